"""A worker whose sandbox answers "passed" at once: what is left is the queue, the database and the worker itself.

`python -m benchmarks.canned DATA [SLOTS [SECONDS]]` serves the data folder until it is told to stop. With SECONDS each
submission takes between half and one and a half times as long, asleep.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
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

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.checks: list[str] = []
        self.check = ""

    def ask(self, header: dict[str, Any], body: bytes = b"", **_limits: Any) -> Reply:
        match header["do"]:
            case "begin":
                size = dict(header["files"]).get("checks.json", 0)
                self.checks = [one["id"] for one in json.loads(body[:size])["checks"]] if size else []
                if self.checks:
                    time.sleep(self.seconds * random.uniform(0.5, 1.5))
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
    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def runner(self, **_shape: Any) -> Any:
        return lend(self.seconds)

    def checker(self, **_key: Any) -> Any:
        return lend(self.seconds)

    def image(self) -> dict[str, str]:
        return {"recipe": "canned", "id": "canned"}

    def is_full(self) -> bool:
        return True

    def health(self) -> dict[str, Any]:
        return {"paused": None}

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def lend(seconds: float) -> Iterator[Box]:
    yield Box(seconds)


def main() -> None:
    slots = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    site = create_app(Settings(env="test", data=Path(sys.argv[1]), slots=slots))
    worker = Worker(site, partial(Sandbox, seconds))
    signal(SIGTERM, lambda *_: worker.stop())
    worker.run()


if __name__ == "__main__":
    main()
