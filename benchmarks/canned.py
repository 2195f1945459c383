"""A worker whose sandbox answers "passed" at once: what is left is the queue, the database and the worker itself.

`python -m benchmarks.canned DATA` serves the data folder until it is told to stop.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM, signal
from typing import Any

from app import create_app
from app.config import Settings
from app.worker import Worker
from sandbox.model import Facts, Reply


class Box:
    """Answers as a checker that asks once for each check, and as a runner that always says the same."""

    id = "canned"

    def __init__(self) -> None:
        self.checks: list[str] = []
        self.check = ""

    def ask(self, header: dict[str, Any], body: bytes = b"", **_limits: Any) -> Reply:
        match header["do"]:
            case "begin":
                size = dict(header["files"]).get("checks.json", 0)
                self.checks = [one["id"] for one in json.loads(body[:size])["checks"]] if size else []
                return Reply(header={"is": "begun", "checks": self.checks})
            case "check":
                self.check = header["id"]
                question = {"q": "call", "name": "squares", "args": [["i", "1"]], "kwargs": []}
                said = {"is": "question", "seq": 1, "of": "answer"}
                return Reply(header=said, body=json.dumps(question).encode())
            case "ask":
                return Reply(header={"is": "reply"}, body=b'{"ended": "value", "value": ["l", []]}')
            case "reply":
                passed = {"id": self.check, "status": "passed", "earned": 1}
                return Reply(header={"is": "checked", "id": self.check}, body=json.dumps(passed).encode())
            case _:
                return Reply(header={"is": "ended"})

    def facts(self) -> Facts:
        return Facts(cpu_seconds=0.0, peak_bytes=0, oom_kills=0, wall_seconds=0.0)


class Sandbox:
    def runner(self, **_shape: Any) -> Any:
        return lend()

    def checker(self, **_key: Any) -> Any:
        return lend()

    def image(self) -> dict[str, str]:
        return {"recipe": "canned", "id": "canned"}

    def is_full(self) -> bool:
        return True

    def health(self) -> dict[str, Any]:
        return {"paused": None}

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def lend() -> Iterator[Box]:
    yield Box()


def main() -> None:
    worker = Worker(create_app(Settings(env="test", data=Path(sys.argv[1]), slots=2)), Sandbox)
    signal(SIGTERM, lambda *_: worker.stop())
    worker.run()


if __name__ == "__main__":
    main()
