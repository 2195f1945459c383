"""Arrays, series and tables compared: shape, names, kind of content, then the first cell that differs."""

from __future__ import annotations

import sys
from typing import Any

MOST_CELLS = 200_000
KINDS = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex", "M": "datetime", "m": "timedelta"}


def is_table(value: Any) -> bool:
    """Whether numpy or pandas made it."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
        return True
    return pandas is not None and isinstance(value, (pandas.Series, pandas.DataFrame, pandas.Index))


def compare(expected: Any, got: Any, at: str, same: Any) -> Any:
    """The first Mismatch of two values, at least one of them a table; None if there is none."""
    import numpy as np
    import pandas as pd
    from comparing import Mismatch, type_mismatch

    if isinstance(expected, np.generic) and type(expected) is type(got):  # moments: numbers were made Python's own
        alike = expected == got or (np.isnat(expected) and np.isnat(got))
        return None if alike else Mismatch(key="equals.different", params={"at": at})
    if isinstance(expected, pd.Index) and isinstance(got, pd.Index):
        return _column(expected, got, at, same, None)
    if type(expected) is not type(got):
        return type_mismatch(expected, got, at)
    if expected.shape != got.shape:
        params = {"at": at, "expected": _size(expected.shape), "got": _size(got.shape)}
        if isinstance(expected, pd.DataFrame) and expected.shape[1] != got.shape[1]:
            return _names(expected, got, at) or Mismatch(key="table.shape", params=params)
        return Mismatch(key="table.shape", params=params)
    if isinstance(expected, np.ndarray):
        return _array(expected, got, at, same)
    rows = _rows(expected.index, got.index, at, same)
    if isinstance(expected, pd.Series):
        return rows or _column(expected, got, at, same, expected.index)
    found = _names(expected, got, at) or rows
    for place in range(expected.shape[1]):
        if found:
            break
        name = f"{at}[{_plain(expected.columns[place])!r}]"
        found = _column(expected.iloc[:, place], got.iloc[:, place], name, same, expected.index)
    return found


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) if len(shape) != 1 else str(shape[0])


def _names(expected: Any, got: Any, at: str) -> Any:
    from comparing import Mismatch, canonical

    first, second = ([canonical(_plain(name)) for name in table.columns] for table in (expected, got))
    if first == second:
        return None
    wanted, given = ([repr(_plain(name))[:80] for name in table.columns] for table in (expected, got))
    missing = [name for key, name in zip(first, wanted, strict=True) if key not in second]
    extra = [name for key, name in zip(second, given, strict=True) if key not in first]
    if missing:
        return Mismatch(key="table.columns_missing", params={"at": at, "names": ", ".join(missing[:5])})
    if extra:
        return Mismatch(key="table.columns_extra", params={"at": at, "names": ", ".join(extra[:5])})
    return Mismatch(key="table.columns_order", params={"at": at, "names": ", ".join(wanted[:10])})


def _rows(expected: Any, got: Any, at: str, same: Any) -> Any:
    """The row labels differ. `got` and `expected` have one length."""
    from comparing import Mismatch, canonical

    first, second = (list(map(_plain, index.tolist())) for index in (expected, got))
    pairs = zip(first, second, strict=True)
    place = next((place for place, (one, two) in enumerate(pairs) if not _same(one, two, same)), None)
    if place is None:
        return None
    if sorted(map(canonical, first)) == sorted(map(canonical, second)):
        return Mismatch(key="table.rows_order", params={"at": at})
    params = {"at": at, "expected": repr(first[place])[:200], "got": repr(second[place])[:200], "row": place}
    return Mismatch(key="table.labels", params=params)


def _column(expected: Any, got: Any, at: str, same: Any, labels: Any) -> Any:
    from comparing import Mismatch, is_number

    if len(expected) != len(got):
        return Mismatch(key="equals.length", params={"at": at, "expected": len(expected), "got": len(got)})
    first, second = (list(map(_plain, column.tolist())) for column in (expected, got))
    wanted, given = _kind(expected, first), _kind(got, second)
    if not _kinds_agree(wanted, given, same):
        return Mismatch(key="table.kind", params={"at": at, "expected": wanted, "got": given})
    for place, (one, two) in enumerate(zip(first, second, strict=True)):
        if not _same(one, two, same) and not (is_number(one) and is_number(two) and same(one, two)):
            row = repr(_plain(labels[place])) if labels is not None else str(place)
            params = {"at": at, "row": row[:80], "expected": repr(one)[:200], "got": repr(two)[:200]}
            return Mismatch(key="table.cell", params=params)
    return None


def _array(expected: Any, got: Any, at: str, same: Any) -> Any:
    import numpy as np
    from comparing import Mismatch

    first, second = expected.ravel().tolist(), got.ravel().tolist()
    wanted, given = _kind(expected, first), _kind(got, second)
    if not _kinds_agree(wanted, given, same):
        return Mismatch(key="table.kind", params={"at": at, "expected": wanted, "got": given})
    for place, (one, two) in enumerate(zip(first, second, strict=True)):
        if not _same(one, two, same):
            spot = ", ".join(str(int(one)) for one in np.unravel_index(place, expected.shape))
            params = {"at": f"{at}[{spot}]", "expected": repr(one)[:200], "got": repr(two)[:200]}
            return Mismatch(key="equals.different_at", params=params)
    return None


def _kinds_agree(wanted: str, given: str, same: Any) -> bool:
    """Whether columns of these kinds can be the same: alike, or numbers where any number will do, or nothing in one."""
    if wanted == given or "nothing" in (wanted, given):
        return True
    return bool(same(0, 0.0)) and {wanted, given} <= {"int", "float", "object"}


def _same(one: Any, two: Any, same: Any) -> bool:
    import pandas as pd

    if type(one) in (list, tuple, dict, set) or type(two) in (list, tuple, dict, set):
        from comparing import canonical

        return canonical(one) == canonical(two)
    if one is pd.NaT or two is pd.NaT or one is pd.NA or two is pd.NA or one is None or two is None:
        return _gone(one) and _gone(two)
    return bool(same(one, two))


def _gone(value: Any) -> bool:
    import pandas as pd

    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)


def _kind(column: Any, items: list[Any]) -> str:
    """What a column holds: int, float, text … or `object`."""
    name = str(column.dtype)
    if getattr(column.dtype, "kind", "O") in KINDS and name != "category":
        return KINDS[column.dtype.kind]
    present = [item for item in items if not _gone(item)]
    if not present:
        return "nothing"
    if all(type(item) is str for item in present):
        return "text"
    return "object"


def _plain(value: Any) -> Any:
    from showing import plain

    return plain(value)
