"""An answer of a runner, read strictly: whatever the learner's container sent becomes an `Answer`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from inside import codec, frames
from inside.unpacking import blob

ENDINGS = frozenset(
    "value raised exited missing no_code crashed timed_out out_of_memory output_limit tampered".split()  # noqa: SIM905
)
KEYS = frozenset(["ended", "value", "error", "stdout", "stderr", "loading", "cut", "exit", "files", "plots"])
ERROR_KEYS = frozenset(["type", "bases", "message", "args", "trace"])
MOST_PLOTS = 10


@dataclass(frozen=True, kw_only=True)
class Error:
    """An exception of the learner's code. `bases`: names of its class and the classes above."""

    type: str
    message: str = ""
    bases: tuple[str, ...] = ()
    args: tuple[Any, ...] = ()
    trace: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How a question ended, the value if it ended with one, and what went with it."""

    ended: str
    value: Any = None
    error: Error | None = None
    stdout: str = ""
    stderr: str = ""
    loading: str = ""
    cut: bool = False
    exit: int | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    plots: list[bytes] = field(default_factory=list)


def read(body: bytes) -> Answer:
    """The answer in `body`; `tampered` if it is none."""
    try:
        told = frames.strict_json(body)
        if type(told) is not dict or not KEYS.issuperset(told):
            raise codec.CodecError("not an answer")
        return Answer(
            ended=_one_of(told.get("ended"), ENDINGS),
            value=codec.unpack(told.get("value")),
            error=_error(told.get("error")),
            stdout=_text(told.get("stdout", "")),
            stderr=_text(told.get("stderr", "")),
            loading=_text(told.get("loading", "")),
            cut=_typed(told.get("cut", False), bool),
            exit=told["exit"] if type(told.get("exit")) is int else None,
            files={_text(name, 64): blob(data) for name, data in _typed(told.get("files", {}), dict).items()},
            plots=[blob(data) for data in _typed(told.get("plots", []), list)[:MOST_PLOTS]],
        )
    except (frames.FrameError, codec.CodecError):
        return Answer(ended="tampered")


def _error(told: Any) -> Error | None:
    if told is None:
        return None
    if type(told) is not dict or not ERROR_KEYS.issuperset(told):
        raise codec.CodecError("not an error")
    trace = [
        [_text(step[0], 80), _typed(step[1], int), _text(step[2], 200)]
        for step in _typed(told.get("trace", []), list)[:20]
        if type(step) is list and len(step) == 3
    ]
    return Error(
        type=re.sub(r"[^\w.]", "", _text(told.get("type"), 80)) or "Exception",
        message=_text(told.get("message", ""), 2000),
        bases=tuple(_text(name, 80) for name in _typed(told.get("bases", []), list)[:20]),
        args=tuple(codec.unpack(value) for value in _typed(told.get("args", []), list)[:20]),
        trace=trace,
    )


def _typed(told: Any, kind: type) -> Any:
    if type(told) is not kind:
        raise codec.CodecError("another type than agreed")
    return told


def _text(told: Any, most: int = 1 << 20) -> str:
    text: str = _typed(told, str)
    if len(text) > most:
        raise codec.CodecError("a text that is too long")
    return text


def _one_of(told: Any, allowed: frozenset[str]) -> str:
    if type(told) is not str or told not in allowed:
        raise codec.CodecError("not one of a list")
    return told
