"""Frames: how the worker and the code inside a container speak over one byte stream.

`length: u32 BE | header length: u32 BE | header: UTF-8 JSON object | body: opaque bytes`; `length` counts everything
after itself. Used on both sides; standard library only. Whatever arrives, these functions return a frame or raise
`FrameError`, nothing else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

MIB = 1024 * 1024
MOST_IN = 8 * MIB  # a frame from the worker to a container
MOST_OUT = 4 * MIB  # a frame from a container to the worker
MOST_RUN = 32 * MIB  # all bytes of a run from a container to the worker
MOST_HEADER = 64 * 1024
MOST_DEPTH = 4  # of lists and objects in a header
MOST_NESTED = 250  # of them in a body with escaped characters; a value of the codec needs 200

Frame = tuple[dict[str, Any], bytes]


class FrameError(Exception):
    """The bytes are not a frame of ours."""


def encode(header: dict[str, Any], body: bytes = b"", *, most: int = MOST_IN) -> bytes:
    """One frame as bytes. Raises FrameError if it would be larger than `most` or its header is not plain JSON."""
    try:
        text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as why:
        raise FrameError(f"a header that is not plain JSON: {why}") from None
    size = 4 + len(text) + len(body)
    if len(text) > MOST_HEADER or size > most:
        raise FrameError("a frame that is too large")
    return struct.pack(">II", size, len(text)) + text + body


def parse(payload: bytes, *, known: frozenset[str] | None = None) -> Frame:
    """Header and body of what follows the length. With `known`, a header key outside of it is an error."""
    if len(payload) < 4:
        raise FrameError("a frame without a header")
    (size,) = struct.unpack_from(">I", payload)
    if size > MOST_HEADER or size > len(payload) - 4:
        raise FrameError("a header longer than its frame")
    header = strict_json(payload[4 : 4 + size])
    if not isinstance(header, dict):
        raise FrameError("a header that is not an object")
    _shallow(header, MOST_DEPTH)
    if known is not None and not known.issuperset(header):
        raise FrameError("a header with an unknown key")
    return header, payload[4 + size :]


class Frames:
    """Takes bytes as they come and gives whole frames. After a FrameError the stream is lost."""

    def __init__(self, *, most: int = MOST_OUT, known: frozenset[str] | None = None) -> None:
        self._most = most
        self._known = known
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Every frame that `data` completes, in order."""
        self._pending += data
        whole: list[Frame] = []
        at = 0
        while len(self._pending) - at >= 4:
            size = _checked(self._pending[at : at + 4], self._most)
            if len(self._pending) - at - 4 < size:
                break
            whole.append(parse(bytes(self._pending[at + 4 : at + 4 + size]), known=self._known))
            at += 4 + size
        del self._pending[:at]
        return whole

    @property
    def pending(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return len(self._pending)


def read(take: Callable[[int], bytes], *, most: int = MOST_IN, known: frozenset[str] | None = None) -> Frame | None:
    """One frame from a blocking `take(n) -> at most n bytes`; None when the stream ends before it begins."""
    start = _exactly(take, 4)
    if not start:
        return None
    size = _checked(start, most)
    payload = _exactly(take, size)
    if len(payload) < size:
        raise FrameError("the stream ended inside a frame")
    return parse(payload, known=known)


def strict_json(data: bytes) -> Any:
    """JSON without fractions, numbers over nine digits, NaN and duplicate keys; lone surrogates become U+FFFD."""
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_float=_no, parse_constant=_no, parse_int=_small, object_pairs_hook=_unique)
        return _mended(value) if "\\u" in text else value
    except FrameError:
        raise
    except (ValueError, RecursionError) as why:
        raise FrameError(f"not JSON of ours: {type(why).__name__}") from None


def _checked(start: bytes | bytearray, most: int) -> int:
    if len(start) < 4:
        raise FrameError("the stream ended inside a frame")
    (size,) = struct.unpack(">I", start)
    if not 4 <= size <= most:
        raise FrameError("a frame of an impossible size")
    return int(size)


def _exactly(take: Callable[[int], bytes], size: int) -> bytes:
    parts = []
    while size:
        part = take(min(size, 1 << 20))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _no(text: str) -> Any:
    raise FrameError("a number with a fraction")


def _small(text: str) -> int:
    if len(text) > 10 or len(text.lstrip("-")) > 9:
        raise FrameError("a number that is too large")
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FrameError("a key twice in one object")
    return found


def _mended(value: Any, depth: int = 0) -> Any:
    """`value` with lone surrogates replaced: they cannot be stored or sent as UTF-8."""
    if depth > MOST_NESTED:
        raise FrameError("JSON nested too deeply")
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return _unique([(_mended(key), _mended(item, depth + 1)) for key, item in value.items()])
    return value


def _shallow(value: Any, left: int) -> None:
    if isinstance(value, (dict, list)):
        if not left:
            raise FrameError("a header nested too deeply")
        for item in value.values() if isinstance(value, dict) else value:
            _shallow(item, left - 1)
