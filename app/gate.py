"""What stands between the worker and its sandbox: open while Docker answers and every protection holds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from sandbox.model import SandboxUnavailable

log = logging.getLogger("bilik.worker")


class Gate:
    """The sandbox while there is one. `open_sandbox` starts it and raises SandboxUnavailable as long as it cannot."""

    def __init__(self, open_sandbox: Callable[[], Any]) -> None:
        self._open = open_sandbox
        self.sandbox: Any = None
        self.reason = "the sandbox is starting"
        self.health: dict[str, Any] = {}
        self._one = threading.Lock()

    def look(self) -> None:
        """Start the sandbox if it is not, and ask how it is. One thread at a time."""
        with self._one:
            before = self.reason
            try:
                if self.sandbox is None:
                    self.sandbox = self._open()
                self.health = self.sandbox.health()
                self.reason = str(self.health.get("paused") or "")
            except SandboxUnavailable as why:
                self.reason = str(why)
            if self.reason and self.reason != before:  # it is looked at every few seconds, and said once
                log.warning("worker: grading is paused: %s", self.reason)
            elif before and not self.reason:
                log.info("worker: grading goes on")

    @property
    def is_open(self) -> bool:
        return self.sandbox is not None and not self.reason

    @property
    def is_rested(self) -> bool:
        """Every container prepared ahead is there."""
        return self.sandbox is not None and self.sandbox.is_full()

    def close(self) -> None:
        if self.sandbox is not None:
            self.sandbox.close()
