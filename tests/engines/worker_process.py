"""A worker whose sandbox says "passed" after a while: what is tried here is the queue, not Python.

`python -m tests.engines.worker_process DATA`; the other settings come from the environment.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM, signal
from typing import Any

from app import create_app
from app.config import Settings
from app.worker import Worker
from benchmarks import canned
from sandbox.model import Reply

PAUSE = 0.1  # seconds for each answer, so that a worker can be met grading


class SlowBox(canned.Box):
    def ask(self, header: dict[str, Any], body: bytes = b"", **limits: Any) -> Reply:
        time.sleep(PAUSE)
        return super().ask(header, body, **limits)


@contextmanager
def lend() -> Iterator[SlowBox]:
    yield SlowBox()


class Sandbox(canned.Sandbox):
    def runner(self, **_shape: Any) -> Any:
        return lend()

    def checker(self, **_key: Any) -> Any:
        return lend()


def main() -> None:
    worker = Worker(create_app(Settings(env="test", data=Path(sys.argv[1]), slots=2)), Sandbox)
    signal(SIGTERM, lambda *_: worker.stop())
    worker.run()


if __name__ == "__main__":
    main()
