"""What a caller of the sandbox sees: boxes that answer frames, and the host's facts about them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Size(StrEnum):
    """Memory of a runner; the sizes the pool keeps warm."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"

    @property
    def mebibytes(self) -> int:
        return {Size.SMALL: 256, Size.MEDIUM: 512, Size.LARGE: 1024}[self]


class Ending(StrEnum):
    """Why the host, by its own facts, ended a question or a whole box. First match wins, in this order."""

    OUTPUT_LIMIT = "output_limit"
    OUT_OF_MEMORY = "out_of_memory"
    TIMED_OUT = "timed_out"
    TAMPERED = "tampered"
    CRASHED = "crashed"


class SandboxUnavailable(Exception):
    """The house cannot run code now (no engine, no image, a call hung, a limit was discarded). Never a learner's
    fault."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back for one frame.

    `ended` is None when a well-formed frame arrived in time. After any other ending `box_alive` says whether further
    questions can be put to
    the same box (a child was killed for memory) or not (the box is gone).
    """

    header: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""
    ended: Ending | None = None
    box_alive: bool = True
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The host's account of a box, read from its cgroup before removal."""

    cpu_seconds: float
    peak_bytes: int
    oom_kills: int
    wall_seconds: float


class Box(Protocol):
    """One container, leased for one run (a runner) or one submission (a fork of a checker)."""

    id: str

    def ask(
        self, header: dict[str, Any], body: bytes = b"", *, cpu_seconds: float, wall_seconds: float | None = None
    ) -> Reply:
        """Send one frame, wait for one. The wall limit defaults to 5 x `cpu_seconds` + 10.

        Raises SandboxUnavailable when the engine, not the code inside, is at fault.
        """

    def facts(self) -> Facts: ...


class Sandbox(Protocol):
    """Where boxes come from."""

    def runner(self, *, size: Size, mode: str, seconds: float) -> AbstractContextManager[Box]:
        """A fresh box for one run, destroyed on exit. `mode`: function | program | notebook; `seconds`: CPU seconds
        of the whole run."""

    def checker(self, *, key: str) -> AbstractContextManager[Box]:
        """The warm checker of the course version `key`; the caller begins and ends its fork with frames."""

    def image(self) -> dict[str, str]:
        """Recipe digest and image id, for the provenance of a verdict: {"recipe": …, "id": …}."""
