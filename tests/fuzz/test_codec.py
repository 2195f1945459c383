"""Values that a hostile container says it has: decoded within bounds to a value that can cross again, or CodecError."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.inside import codec
from tests.fuzz.spoiling import bounded, examples, grown, spoiled

small = st.integers(-(10**20), 10**20)
letters = st.text(max_size=8)
hashable = small | letters | st.booleans() | st.floats(allow_nan=False) | st.tuples(small, letters)
plain = (
    st.none()
    | hashable
    | st.binary(max_size=9)
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.timedeltas()
)
arrays = st.builds(
    lambda kind, shape, fill: np.full(shape, fill).astype(kind),
    st.sampled_from(["<i8", "|u1", "<f4", "<f8", "<c16", "|b1", "<U3", "|S4", "<M8[D]", "<m8[ms]"]),
    st.lists(st.integers(0, 3), max_size=3).map(tuple),
    st.integers(0, 9),
)
columns = st.sampled_from(
    [
        [1, 2, 3],
        [1.5, None, 3.0],
        ["tea", None, "ə"],
        [True, False, True],
        pd.Categorical(["x", "y", "x"]),
        [[1], {"a": 2}, None],
        pd.array([1, None, 3], dtype="Int64"),
        pd.array([True, None, False], dtype="boolean"),
        pd.date_range("2026-01-01", periods=3, tz="Asia/Baku"),
        pd.date_range("2026-01-01", periods=3),
        pd.timedelta_range("1D", periods=3),
    ]
)
indexes = st.sampled_from(
    [
        pd.RangeIndex(3),
        pd.RangeIndex(9, 3, -2),
        pd.Index(["a", "b", "c"], name="key"),
        pd.Index([1, 1, 2]),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["x", None]),
        pd.date_range("2026-01-01", periods=3),
    ]
)
tables = st.builds(
    lambda found, index: pd.DataFrame(
        {f"c{number}": column for number, column in enumerate(found)}, index=None
    ).set_axis(index),
    st.lists(columns, min_size=1, max_size=4),
    indexes,
)
figures = st.builds(
    lambda title, bars: codec.Figure(
        axes=[
            codec.Axes(
                title=title,
                xlabel="",
                ylabel="₼",
                legend=[title],
                bars=[codec.Bars(label="", heights=bars)],
                lines=[([1.0], [2.0])],
                points=[],
            )
        ]
    ),
    letters,
    st.dictionaries(letters, st.floats(allow_nan=False), max_size=3),
)
values = st.recursive(
    plain | arrays | tables | figures | st.builds(lambda table: table.iloc[:, 0], tables),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(hashable, inner, max_size=3)
        | st.sets(hashable, max_size=3)
        | st.builds(codec.Taken, items=st.lists(inner, max_size=3), ended=st.booleans())
    ),
    max_leaves=8,
)


@examples(250)
@given(values)
def test_what_crossed_crosses_again_as_the_same(value: Any) -> None:
    once = codec.encode(value)
    assert ordered(codec.encode(codec.decode(once))) == ordered(once)


def ordered(data: bytes) -> Any:
    """The packed JSON, sets in one order: theirs is another in every process."""

    def walked(packed: Any) -> Any:
        if not isinstance(packed, list):
            return packed
        inner = [walked(one) for one in packed]
        return (
            [inner[0], sorted(inner[1], key=json.dumps)] if packed[:1] in (["s"], ["fs"]) and len(inner) == 2 else inner
        )

    return walked(json.loads(data))


def check_decoded(data: bytes) -> None:
    """Decode, or CodecError; whatever comes out can be shown and stored, and if it can cross again it is the same."""
    with bounded(), contextlib.suppress(codec.CodecError):
        found = codec.decode(data)
        again = codec.encode(found)
        if b'["u",' not in again:  # exceptions and what is unsupported go one way only
            assert ordered(codec.encode(codec.decode(again))) == ordered(again)
        assert [text for text in texts_in(found) if not storable(text)] == []


def texts_in(value: Any) -> Iterator[str]:
    """Every text of a decoded value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from texts_in(pair)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from texts_in(item)
    elif is_dataclass(value):
        yield from texts_in(list(vars(value).values()))
    elif isinstance(value, (np.ndarray, np.generic, pd.Index)):
        yield from texts_in(value.tolist()) if value.size < 1000 else ()
    elif isinstance(value, pd.Series):
        yield from texts_in([value.name, value.index, value.tolist()])
    elif isinstance(value, pd.DataFrame):
        yield from texts_in([value.columns, value.index, *(value.iloc[:, at].tolist() for at in range(value.shape[1]))])


def storable(text: str) -> bool:
    with contextlib.suppress(UnicodeEncodeError):
        text.encode()
        return True
    return False


WHOLE = [
    codec.encode(value)
    for value in (
        [1, -2.5, "ə", b"ab", None, True, 1j],
        {"a": (1, 2), 3: {4, 5}},
        np.arange(6).reshape(2, 3),
        np.array(["a", 5], dtype=object),
        pd.DataFrame(
            {
                "a": [1, 2],
                "b": ["x", None],
                "c": pd.Categorical(["u", "v"]),
                "d": pd.date_range("2026-01-01", periods=2, tz="UTC"),
            }
        ),
        pd.DataFrame({"v": pd.array([1, None], "Int64")}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
        pd.Series([1.5, 2.5], name="s"),
        pd.Index(["a"]),
        np.float32(1.5),
        np.datetime64("2026-01-01"),
        ValueError("x", 1),
        codec.Figure(
            axes=[
                codec.Axes(
                    title="t",
                    xlabel="x",
                    ylabel="y",
                    legend=["l"],
                    bars=[codec.Bars(label="", heights={"a": 1.0})],
                    lines=[([1.0], [2.0])],
                    points=[(["a"], [1.0])],
                )
            ]
        ),
        codec.Taken(items=[1], ended=False),
    )
]


@examples(500)
@given(spoiled(WHOLE))
def test_a_spoiled_value_is_a_value_or_a_codec_error(data: bytes) -> None:
    check_decoded(data)


ODD = [
    None,
    True,
    "",
    "-0",
    "0x1.8p+1",
    "nan",
    "AAAA",
    "<i8",
    "<U3",
    "<M8",
    "|O",
    "99999999",
    "\ud800",
    "Infinity",
    [],
    "r",
    "m",
    "str",
    "cat",
    "tz",
    "ext",
    "1",
    "Asia/Baku",
    "/etc/localtime",
    "Int64",
    "2026-01-01",
    "9999-12-31T23:59:59.999999+23:59",
    "type",
    "other",
    "KeyError",
    "-" + "9" * 4000,
    "1E999999",
    "NaN1",
    ["i", "5"],
    ["f", "inf"],
    ["dec", "1E-999999"],
    ["fr", "1", "3"],
]


@examples(500)
@given(grown([json.loads(data) for data in WHOLE], ODD))
def test_a_value_grown_together_from_others_is_a_value_or_a_codec_error(packed: Any) -> None:
    check_decoded(json.dumps(packed).encode())


@pytest.mark.parametrize("depth", [10, 60, 64, 65, 300, 490, 900, 3000, 100_000])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ('["l",[', "]]"),
        ('["t",[["l",[', "]]]]"),
        ('["d",[["a",', "]]]"),
        ('["x","KeyError",[', "]]"),
        ("[", "]"),
        ('["cat",', ',["na","|i1",["0"],""],true]'),
        ('["no",["1"],[', "]]"),
    ],
)
def test_depth_is_a_codec_error_and_nothing_worse(depth: int, start: str, end: str) -> None:
    with contextlib.suppress(codec.CodecError):
        codec.decode((start * depth + "null" + end * depth).encode())
