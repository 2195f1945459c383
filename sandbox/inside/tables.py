"""Arrays, scalars, series and tables in value codec v1: rebuilt from bounded arrays, never unpickled.

Forms: `["na", dtype, shape, base64]` little-endian in C order, `["no", shape, [values]]`, `["ns", dtype, base64]`,
`["se", column, name, index]`, `["df", [column…], columns, index]`, `["ix", index]`. A column is `["na"…]`,
`["l", [values]]`, `["str", [text|null…]]`, `["cat", column of categories, codes, ordered]`, `["tz", zone, na]` or
`["ext", name, values, mask]`. An index is `["r", start, stop, step, name]`, `["1", column, name]` or
`["m", [column…], [name…]]`.
"""

from __future__ import annotations

import math
import re
import sys
from typing import TYPE_CHECKING, Any

from .packing import Packer, Refusal
from .unpacking import Unpacker, blob, integer, listed, text
from .values import CodecError, Packed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_DIMENSIONS = 8
MOST_LENGTH = 10**7
MOST_ROWS = 10**6  # of an index made from three numbers: it takes room that no bytes have paid for
MOST_ITEM = 1024  # bytes of one text in an array
MOST_COLUMNS = 2000
_DTYPE = re.compile(
    r"\|b1|[|<][iu]1|<[iu][248]|<f[248]|<c(?:8|16)|\|S[0-9]{1,4}|<U[0-9]{1,3}|<[Mm]8(?:\[[0-9]{0,4}(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?"
)
_MASKED = re.compile(r"U?Int(?:8|16|32|64)|Float(?:32|64)|boolean")
_ZONE = re.compile(r"[A-Za-z0-9_+:/-]{1,64}")


def pack(packer: Packer, value: Any, depth: int) -> Packed | None:
    """A value of numpy or pandas packed; None if it is neither. Exact types only: a subclass may lie."""
    import numpy as np

    kind = type(value)
    if kind is np.ndarray:
        return _array(packer, value, depth)
    if issubclass(kind, np.generic) and kind.__module__ == "numpy" and kind is value.dtype.type:
        little = _little(np.asarray(value))
        return None if little is None else ["ns", little.dtype.str, packer.blob(little.tobytes())]
    pandas = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "DataFrame"):
        return None
    if kind is pandas.Timestamp:
        return packer.pack(value.to_pydatetime(warn=False), depth)
    if kind is pandas.Timedelta:
        return packer.pack(value.to_pytimedelta(), depth)
    if value is pandas.NaT:
        return packer.pack(np.datetime64("NaT", "ns"), depth)
    if kind is pandas.Series:
        return [
            "se",
            _column(packer, value.array, depth),
            packer.pack(value.name, depth + 1),
            _index(packer, value.index, depth),
        ]
    if kind is pandas.DataFrame:
        if value.shape[1] > MOST_COLUMNS:
            raise Refusal("large")
        columns = [_column(packer, value.iloc[:, at].array, depth) for at in range(value.shape[1])]
        return ["df", columns, _index(packer, value.columns, depth), _index(packer, value.index, depth)]
    if isinstance(value, pandas.Index) and str(kind.__module__).split(".")[0] == "pandas":
        return ["ix", _index(packer, value, depth)]
    return None


def _little(array: np.ndarray) -> np.ndarray | None:
    """`array` in C order, little-endian; None if its dtype cannot cross."""
    import numpy as np

    if array.dtype.names is not None:
        return None
    array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
    return array if _DTYPE.fullmatch(array.dtype.str) and 0 < array.dtype.itemsize <= MOST_ITEM else None


def _array(packer: Packer, array: np.ndarray, depth: int) -> Packed:
    shape = [str(length) for length in array.shape]
    if array.nbytes > 4 * 1024 * 1024 or array.ndim > MOST_DIMENSIONS:
        raise Refusal("large")
    if array.dtype.kind == "O":
        return ["no", shape, packer.items(array.ravel().tolist(), depth)]
    little = _little(array)
    if little is None:
        return ["u", f"numpy.ndarray.{array.dtype.kind}", "type"]
    return ["na", little.dtype.str, shape, packer.blob(little.tobytes())]


def _column(packer: Packer, array: Any, depth: int) -> Packed:
    import numpy as np
    import pandas as pd

    dtype = array.dtype
    if type(array) is pd.arrays.NumpyExtensionArray:
        dtype = dtype.numpy_dtype
    if len(array) > MOST_ROWS:
        raise Refusal("large")
    if isinstance(dtype, np.dtype) and dtype.kind in "biufcMm":
        return _array(packer, np.asarray(array), depth)
    if isinstance(dtype, pd.StringDtype):
        return [
            "str",
            [
                None if missing else packer.pack(item, depth + 1)
                for item, missing in zip(array, array.isna(), strict=True)
            ],
        ]
    if isinstance(dtype, pd.CategoricalDtype):
        categories = _column(packer, array.categories.array, depth + 1)
        return ["cat", categories, _array(packer, np.asarray(array.codes), depth), bool(array.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return ["tz", str(dtype.tz), _array(packer, np.asarray(array.tz_convert("UTC").tz_localize(None)), depth)]
    if _MASKED.fullmatch(str(dtype)) and hasattr(array, "_mask"):
        filled = array.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return ["ext", str(dtype), _array(packer, filled, depth), _array(packer, np.asarray(array.isna()), depth)]
    return ["l", packer.items(list(array), depth)]


def _index(packer: Packer, index: Any, depth: int) -> Packed:
    import pandas as pd

    if type(index) is pd.RangeIndex:
        if len(index) > MOST_ROWS:
            raise Refusal("large")
        return ["r", str(index.start), str(index.stop), str(index.step), packer.pack(index.name, depth + 1)]
    if isinstance(index, pd.MultiIndex):
        levels = [_column(packer, index.get_level_values(at).array, depth + 1) for at in range(index.nlevels)]
        return ["m", levels, packer.items(list(index.names), depth)]
    return ["1", _column(packer, index.array, depth + 1), packer.pack(index.name, depth + 1)]


def _read_array(unpacker: Unpacker, depth: int, dtype: Packed, shape: Packed, data: Packed) -> np.ndarray:
    import numpy as np

    lengths = _shape(shape)
    raw = blob(data)
    kind = np.dtype(text(dtype, _DTYPE, 24))
    if not 0 < kind.itemsize <= MOST_ITEM or math.prod(lengths) * kind.itemsize != len(raw):
        raise CodecError("an array whose size and shape disagree")
    array = np.frombuffer(raw, dtype=kind).reshape(lengths)
    if kind.kind == "b" and array.size and np.frombuffer(raw, dtype="u1").max() > 1:
        raise CodecError("a truth value that is neither")
    if kind.kind == "U" and array.size:
        points = np.frombuffer(raw, dtype="<u4")
        if ((points > 0x10FFFF) | ((points >= 0xD800) & (points <= 0xDFFF))).any():
            raise CodecError("a character that does not exist")
    return array.copy()


def _shape(packed: Packed) -> list[int]:
    lengths = [int(text(one, r"[0-9]{1,8}")) for one in listed(packed)]
    if len(lengths) > MOST_DIMENSIONS or any(length > MOST_LENGTH for length in lengths):
        raise CodecError("an array of impossible shape")
    return lengths


def _read_objects(unpacker: Unpacker, depth: int, shape: Packed, values: Packed) -> np.ndarray:
    import numpy as np

    lengths = _shape(shape)
    items = unpacker.items(values, depth)
    if math.prod(lengths) != len(items):
        raise CodecError("an array whose size and shape disagree")
    array = np.empty(len(items), dtype=object)
    for at, item in enumerate(items):
        array[at] = item
    return array.reshape(lengths)


def _read_scalar(unpacker: Unpacker, depth: int, dtype: Packed, data: Packed) -> Any:
    return _read_array(unpacker, depth, dtype, [], data)[()]


def _read_column(unpacker: Unpacker, depth: int, packed: Packed) -> Any:
    import pandas as pd

    unpacker.count(depth)
    tag, *rest = listed(packed)
    if tag == "na":
        array = _read_array(unpacker, depth, *rest)
        if array.ndim != 1 or array.dtype.kind in "SU":
            raise CodecError("not a column")
        return pd.Series(array).array
    if tag == "l":
        return pd.Series(unpacker.items(_only(rest), depth), dtype=object).array
    if tag == "str":
        items = unpacker.items(_only(rest), depth)
        if any(item is not None and type(item) is not str for item in items):
            raise CodecError("a column of texts that holds something else")
        return pd.array(items, dtype="str")
    if tag == "cat":
        categories, codes, ordered = rest
        places = _read_column(unpacker, depth + 1, codes)
        if type(ordered) is not bool:
            raise CodecError("not a truth value")
        return pd.Categorical.from_codes(
            places, categories=pd.Index(_read_column(unpacker, depth + 1, categories)), ordered=ordered
        )
    if tag == "tz":
        zone, moments = rest
        found = pd.DatetimeIndex(_read_column(unpacker, depth + 1, moments)).tz_localize("UTC")
        return found.tz_convert(text(zone, _ZONE)).array
    if tag == "ext":
        name, values, mask = rest
        column = pd.Series(_read_column(unpacker, depth + 1, values)).astype(text(name, _MASKED))
        return column.mask(pd.Series(_read_column(unpacker, depth + 1, mask)).astype(bool)).array
    raise CodecError("an unknown kind of column")


def _only(packed: Packed) -> Packed:
    if len(packed) != 1:
        raise CodecError("more than was asked")
    return packed[0]


def _read_name(unpacker: Unpacker, depth: int, packed: Packed) -> Any:
    name = unpacker.unpack(packed, depth + 1)
    hash(name)
    return name


def _read_index(unpacker: Unpacker, depth: int, packed: Packed) -> pd.Index:
    import pandas as pd

    unpacker.count(depth)
    tag, *rest = listed(packed)
    if tag == "r":
        start, stop, step, name = rest
        ends = [integer(one) for one in (start, stop, step)]
        if len(range(*ends)) > MOST_ROWS or any(abs(end) > 10**12 for end in ends):
            raise CodecError("an index that is too long")
        return pd.RangeIndex(*ends, name=_read_name(unpacker, depth, name))
    if tag == "1":
        column, name = rest
        return pd.Index(
            _read_column(unpacker, depth + 1, column), name=_read_name(unpacker, depth, name), tupleize_cols=False
        )
    if tag == "m":
        levels, names = rest
        arrays = [_read_column(unpacker, depth + 1, level) for level in listed(levels)]
        if not 1 <= len(arrays) <= 32:
            raise CodecError("an index without levels")
        return pd.MultiIndex.from_arrays(arrays, names=[_read_name(unpacker, depth, name) for name in listed(names)])
    raise CodecError("an unknown kind of index")


def _read_series(unpacker: Unpacker, depth: int, column: Packed, name: Packed, index: Packed) -> pd.Series:
    import pandas as pd

    found, rows = _read_column(unpacker, depth + 1, column), _read_index(unpacker, depth + 1, index)
    if len(found) != len(rows):
        raise CodecError("an index of another length")
    return pd.Series(found, name=_read_name(unpacker, depth, name), index=rows)


def _read_table(unpacker: Unpacker, depth: int, columns: Packed, names: Packed, index: Packed) -> pd.DataFrame:
    import pandas as pd

    if len(listed(columns)) > MOST_COLUMNS:
        raise CodecError("too many columns")
    arrays = [_read_column(unpacker, depth + 1, column) for column in listed(columns)]
    header, rows = _read_index(unpacker, depth + 1, names), _read_index(unpacker, depth + 1, index)
    if len(arrays) != len(header) or any(len(array) != len(rows) for array in arrays):
        raise CodecError("a table whose columns and rows disagree")
    table = pd.DataFrame(dict(enumerate(arrays)), index=rows)
    table.columns = header
    return table


READERS: dict[str, Any] = {
    "na": _read_array,
    "no": _read_objects,
    "ns": _read_scalar,
    "se": _read_series,
    "df": _read_table,
    "ix": lambda unpacker, depth, index: _read_index(unpacker, depth + 1, index),
}
