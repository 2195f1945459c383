"""How parsers are fuzzed: what is right, spoiled; under a limit of processor time; more of it where that is asked for.

A plain run tries the same examples every time. `BILIK_FUZZ=100 .venv/bin/pytest tests/fuzz` tries a hundred times as
many, at random; what it finds is printed with a line that makes it happen again.
"""

from __future__ import annotations

import copy
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

EFFORT = int(os.environ.get("BILIK_FUZZ") or 1)

# What parsers stumble over.
ODD = [
    b"",
    b"\0",
    b"\n",
    b"\r\n",
    b'"',
    b"'",
    b"\\",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b":",
    b"-",
    b"=",
    b"#",
    b"null",
    b"true",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"1.5",
    b"0x" + b"f" * 5000,
    b"9" * 5000,
    b"-" * 3000,
    b"[" * 1500,
    b"[" * 600 + b"]" * 600,
    b"(" * 300,
    b'{"a":' * 700,
    b"\\ud800",
    b"\\u0041",
    b"\\u0000",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    "\u202e".encode(),
    "ə".encode(),
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x00\x00\x00\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"a" * 300,
    b"../../etc/passwd",
    b"`" * 50,
]

edits = st.tuples(
    st.sampled_from(["flip", "cut", "repeat", "put", "put", "end", "swap"]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(ODD) | st.binary(max_size=8),
)


def examples(many: int) -> settings:
    """So many examples of a plain run."""
    return settings(max_examples=many * EFFORT)


def spoiled(wholes: Sequence[bytes], *, most: int = 5) -> st.SearchStrategy[bytes]:
    """One of `wholes` after up to `most` edits."""
    return st.builds(_edited, st.sampled_from(wholes), st.lists(edits, min_size=1, max_size=most))


def _edited(data: bytes, changes: list[tuple[str, float, float, bytes]]) -> bytes:
    for what, at, until, new in changes:
        first, last = sorted((int(at * len(data)), int(until * len(data))))
        last = min(last, first + 200)
        match what:
            case "flip" if data:
                first = min(first, len(data) - 1)
                data = data[:first] + bytes([data[first] ^ (1 << (last % 8))]) + data[first + 1 :]
            case "cut":
                data = data[:first] + data[last:]
            case "repeat":
                data = data[:last] + data[first:last] * 3 + data[last:]
            case "put":
                data = data[:first] + new + data[first:]
            case "end":
                data = data[:first]
            case "swap":
                data = data[:first] + new + data[last:]
    return data


def grown(wholes: Sequence[Any], parts: Sequence[Any], *, most: int = 4) -> st.SearchStrategy[Any]:
    """One of `wholes`, plain JSON, with others of its parts, or of `parts`, in the place of some of its own."""
    own = [inner for whole in wholes for inner in parts_of(whole)]
    new = st.sampled_from(own) | st.sampled_from(parts)
    return st.builds(
        _grown, st.sampled_from(wholes), st.lists(st.tuples(st.floats(0, 1), new), min_size=1, max_size=most)
    )


def parts_of(plain: Any) -> list[Any]:
    """Every part of plain JSON, itself included."""
    inner = plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ()
    return [plain, *(part for one in inner for part in parts_of(one))]


def _grown(whole: Any, changes: list[tuple[float, Any]]) -> Any:
    root = [copy.deepcopy(whole)]
    for at, part in changes:
        places = [
            (inner, key)
            for inner in parts_of(root)
            if isinstance(inner, (list, dict))
            for key in (list(inner) if isinstance(inner, dict) else range(len(inner)))
        ]
        inner, key = places[min(int(at * len(places)), len(places) - 1)]
        inner[key] = copy.deepcopy(part)
    return root[0]


def in_pieces(data: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    """`data` cut into pieces of these sizes, the rest as one."""
    at = 0
    for size in sizes:
        yield data[at : at + size]
        at += size
    yield data[at:]


class TooSlow(BaseException):
    """More processor time than any input may cost."""


@contextmanager
def bounded(seconds: float = 10.0) -> Iterator[None]:
    """Raise TooSlow in here when it takes more processor time, however busy the machine is."""

    def stop(*_: Any) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
