"""Value codec v1: Python values as exactly typed, tagged JSON, across a border that pickle must never cross.

`null`, `true`, `false` and texts stand for themselves; everything else is a list that begins with a tag. The encoder
asks for exact types, so that an object which lies about its class is `u`, unsupported, and equal to nothing. The
decoder is the security boundary: bounded in bytes, depth and nodes, and it raises `CodecError`, nothing else, whatever
it is given.

| tag | stands for | tag | stands for |
|---|---|---|---|
| `i` `f` `c` | int (decimal text), float (hex text), complex | `na` `no` `ns` | ndarray, one of objects, scalar |
| `b` | bytes, base64 | `se` `df` `ix` | Series, DataFrame, Index |
| `l` `t` `s` `fs` `d` | list, tuple, set, frozenset, dict as pairs | `fig` | figure as data |
| `it` | what an iterator gave, and whether it ended | `x` | exception: built-in name or `other`, arguments |
| `dec` `fr` | Decimal, Fraction | `u` | unsupported: name of the type, why |
| `date` `time` `dt` `td` | values of datetime | | |
"""

from __future__ import annotations

import json
from typing import Any

from .packing import Packer, Refusal, plain_text, type_name
from .unpacking import Unpacker
from .values import MOST_BYTES, MOST_MADE, Axes, Bars, CodecError, Figure, Packed, Raised, Taken, Unsupported

__all__ = [
    "MOST_MADE",
    "Axes",
    "Bars",
    "CodecError",
    "Figure",
    "Packed",
    "Raised",
    "Taken",
    "Unsupported",
    "decode",
    "dump",
    "encode",
    "pack",
    "plain_text",
    "type_name",
    "unpack",
]


def encode(value: Any) -> bytes:
    """`value` as bytes. Never raises: what cannot cross is encoded as unsupported."""
    return dump(pack(value))


def decode(data: bytes) -> Any:
    """The value in `data`. Raises CodecError."""
    if len(data) > MOST_BYTES:
        raise CodecError("too many bytes")
    try:
        packed = json.loads(
            data.decode("utf-8"), parse_float=_no, parse_int=_no, parse_constant=_no, object_pairs_hook=_no
        )
    except (ValueError, RecursionError, MemoryError):
        raise CodecError("not JSON of this codec") from None
    return unpack(packed)


def pack(value: Any) -> Packed:
    """`value` as plain JSON, to stand inside a larger document. Never raises."""
    try:
        return Packer().pack(value, 0)
    except Refusal as why:
        return ["u", type_name(value), why.reason]
    except (RecursionError, MemoryError):
        return ["u", type_name(value), "large"]
    except Exception:  # noqa: BLE001 - a hostile object can raise anything when looked at
        return ["u", type_name(value), "type"]


def unpack(packed: Packed) -> Any:
    """The value of parsed JSON. Raises CodecError."""
    try:
        return Unpacker().unpack(packed, 0)
    except CodecError:
        raise
    except Exception as why:  # noqa: BLE001 - the boundary: whatever a constructor makes of hostile input
        raise CodecError(f"malformed: {type(why).__name__}") from None


def dump(packed: Packed) -> bytes:
    """Packed JSON as bytes; an unsupported value if that is too long."""
    data = json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode()
    if len(data) > MOST_MADE:
        return b'["u","object","large"]'
    return data


def _no(*_: Any) -> Any:
    raise ValueError
