"""A worker as a process of its own, with plain processes for a sandbox: what the tests of its death start."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from signal import SIGTERM, signal
from typing import Any

from app import create_app
from app.config import Settings
from app.worker import Worker
from tests.fakes import ProcessSandbox


class Healthy(ProcessSandbox):
    def is_full(self) -> bool:
        return True

    def health(self) -> dict[str, Any]:
        return {"paused": None}


def main() -> None:
    data, die_at = Path(sys.argv[1]), sys.argv[2] or None
    site = create_app(Settings(env="test", data=data, slots=2, die_at=die_at))
    worker = Worker(site, Healthy)
    signal(SIGTERM, lambda *_: worker.stop())
    assert threading.current_thread() is threading.main_thread()
    worker.run()


if __name__ == "__main__":
    main()
