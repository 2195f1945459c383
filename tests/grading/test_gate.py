"""The worker's door to the sandbox says why it is shut."""

from __future__ import annotations

from typing import Any

import pytest

from app.gate import Gate
from sandbox.model import SandboxUnavailable


class Engine:
    """A sandbox that can be started while `away` is empty, and says then what `paused` says."""

    def __init__(self) -> None:
        self.away = self.paused = ""

    def __call__(self) -> Engine:
        if self.away:
            raise SandboxUnavailable(self.away)
        return self

    def health(self) -> dict[str, Any]:
        return {"paused": self.paused or None}


def test_why_the_sandbox_is_shut_is_logged_once_for_each_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="bilik.worker")
    engine = Engine()
    gate = Gate(engine)
    for engine.away, engine.paused in [
        ("no Docker here", ""),
        ("no Docker here", ""),
        ("the image is missing", ""),
        ("", ""),
        ("", ""),
        ("", "the preflight failed"),
        ("", "the preflight failed"),
    ]:
        gate.look()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "worker: grading is paused: no Docker here"),
        ("WARNING", "worker: grading is paused: the image is missing"),
        ("INFO", "worker: grading goes on"),
        ("WARNING", "worker: grading is paused: the preflight failed"),
    ]
