"""What gradings found out so far and nobody has written down yet.

A commit for each finished check would cost a quick submission more than its checks do, and the page asks three times a
second. So the worker writes what all its slots found in one go, a few times a second, and the verdict when it is there.
"""

from __future__ import annotations

import threading

from app.grading.queueing import Claim
from graders.verdict import Event


class Found:
    """The steps of each grading, in their order. Safe for threads."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._steps: dict[Claim, list[Event]] = {}

    def add(self, claim: Claim, step: Event) -> None:
        with self._one:
            self._steps.setdefault(claim, []).append(step)

    def take(self) -> dict[Claim, list[Event]]:
        """All there is, to be written down by the caller."""
        with self._one:
            taken, self._steps = self._steps, {}
            return taken

    def drop(self, claim: Claim) -> None:
        """The verdict holds it all, or there will be none."""
        with self._one:
            self._steps.pop(claim, None)
