import collections
import contextlib
import datetime as dt
import enum
import json
import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.inside import codec, unpacking

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**60), 10**60)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | texts
    | st.binary()
    | st.decimals(allow_nan=False, places=4)
    | st.fractions()
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.timedeltas()
    | st.datetimes(timezones=st.just(dt.UTC))
)
keys = st.integers() | texts | st.tuples(st.integers(), texts) | st.dates()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
        | st.sets(keys, max_size=4)
        | st.frozensets(keys, max_size=4)
    ),
    max_leaves=12,
)


def crossed(value):
    return codec.decode(codec.encode(value))


def same(a, b):
    """Equal, and of the same types all the way down."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return a == b


@given(values)
def test_a_value_comes_back_with_its_exact_types(value):
    assert same(crossed(value), value)


def test_nan_infinities_and_minus_zero_come_back():
    nan, inf, zero = crossed([math.nan, -math.inf, -0.0])
    assert math.isnan(nan)
    assert inf == -math.inf
    assert math.copysign(1, zero) == -1


packed = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=6)
    | st.sampled_from(["1", "0x1.8p+1", "AAAA", "<i8", "|b1", "r", "1", "m", "str", "cat"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(st.sampled_from(sorted(unpacking._UNPACK)), inner, inner).map(list)
        | st.tuples(st.sampled_from(sorted(unpacking._UNPACK)), st.lists(inner, max_size=3)).map(list)
        | st.tuples(st.sampled_from(["na", "no", "se", "df"]), inner, inner, inner).map(list)
    ),
    max_leaves=20,
)


@given(packed)
@settings(max_examples=400)
def test_hostile_json_raises_nothing_but_the_codecs_own_error(value):
    with contextlib.suppress(codec.CodecError):
        codec.decode(json.dumps(value).encode())


@given(st.binary())
def test_hostile_bytes_raise_nothing_but_the_codecs_own_error(data):
    with contextlib.suppress(codec.CodecError):
        codec.decode(data)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1.5",
        "{}",
        "[]",
        '["zz",1]',
        '["i",5]',
        '["i","٣"]',
        '["i","' + "9" * 4001 + '"]',
        '["f","1.5"]',
        '["f","0x1.8p+9999"]',
        '["b","%%%"]',
        '["s",[["l",[]]]]',
        '["s",["a","a"]]',
        '["d",[["a",null],["a",null]]]',
        '["d",[["a"]]]',
        '["fr","1","0"]',
        '["date","2026-13-01"]',
        '["dt","2026-01-01"]',
        '["td","9999999999999","0","0"]',
        '["x","SystemError2",[]]',
        '["u","a b","type"]',
        '["u","int","why"]',
        '["dec","1e5"]',
        "[" * 100_000 + "]" * 100_000,
        '["l",' * 70 + "[]" + "]" * 70,
        '["na","<i8",["4611686018427387904"],""]',
        '["na","<i8",["-1"],""]',
        '["na","<i8",["3"],"AAAAAAAAAAA="]',
        '["na","|O",["1"],"AAAAAAAAAAA="]',
        '["na","|V9999999",["1"],""]',
        '["na","<U0",["10000000"],""]',
        '["na","|b1",["1"],"Ag=="]',
        '["na","<U1",["1"],"/////w=="]',
        '["na","<i8",["1","1","1","1","1","1","1","1","1"],"AAAAAAAAAAA="]',
        '["df",[],["r","0","99999999999","1",null],["r","0","0","1",null]]',
        '["se",["l",[]],null,["r","0","1000000000","1",null]]',
        '["fig",[["t"]]]',
        '["s",[' + ",".join(f'["i","{n * (2**61 - 1)}"]' for n in range(1, 1500)) + "]]",
        json.dumps(["d", [[["t", [["i", i] for i in key]], None] for key in product(("-1", "-2"), repeat=11)]]),
        '["l",[' + ",".join(["null"] * 200_001) + "]]",
    ],
)
def test_a_forged_value_is_refused(text):
    with pytest.raises(codec.CodecError):
        codec.decode(text.encode())


class Liar:
    __class__ = int

    def __eq__(self, other):
        return True

    __hash__ = None


class IntLiar(int):
    def __eq__(self, other):
        return True

    __hash__ = None


class FloatLiar(np.float64):
    def __lt__(self, other):
        return True


class ListLiar(list):
    def __iter__(self):
        return iter([1, 2, 3])


class DictLiar(dict):
    def items(self):
        return [("a", 1)]


class TableLiar(pd.DataFrame):
    def equals(self, other):
        return True


class Meta(type):
    def __getattribute__(cls, name):
        raise RuntimeError


class Nameless(metaclass=Meta):
    pass


def generator():
    yield 1


@pytest.mark.parametrize(
    "value",
    [
        Liar(),
        IntLiar(5),
        FloatLiar(1.0),
        ListLiar(),
        DictLiar(),
        TableLiar({"a": [1]}),
        Nameless(),
        generator(),
        len,
        lambda: 1,
        json,
        object,
        {}.keys(),
        range(3),
        bytearray(b"x"),
        ...,
        np.array([(1, 2)], dtype="i4,i4"),
        np.ma.array([1]),
    ],
    ids=lambda value: type.__repr__(type(value)),  # no addresses: two processes must collect the same
)
def test_a_value_of_another_class_than_it_says_is_unsupported(value):
    found = crossed(value)
    assert isinstance(found, codec.Unsupported)
    assert found != found
    assert isinstance(crossed([1, value])[1], codec.Unsupported)


def test_a_cyclic_a_deep_and_a_large_value_say_so():
    cyclic = []
    cyclic.append(cyclic)
    deep = []
    for _ in range(10**5):
        deep = [deep]
    whys = [
        crossed(value).why
        for value in (cyclic, deep, 10**5000, "x" * 10**7, [0] * 10**6, b"x" * (2 << 20), np.zeros(10**6))
    ]
    assert whys == ["cyclic", "deep", "large", "large", "large", "large", "large"]
    while deep:
        deep = deep.pop()


def test_a_value_seen_twice_is_not_cyclic():
    row = [1]
    assert crossed([row, row]) == [[1], [1]]


def test_relatives_of_plain_types_cross_as_them():
    point = collections.namedtuple("point", "x y")(1, 2)
    number = enum.IntEnum("number", {"one": 1}).one
    found = crossed(
        [point, number, collections.Counter("aa"), collections.defaultdict(int, a=1), collections.OrderedDict(b=2)]
    )
    assert same(found, [(1, 2), 1, {"a": 2}, {"a": 1}, {"b": 2}])


def test_exceptions_cross_by_name():
    assert crossed(ValueError("x", 1)) == codec.Raised(name="ValueError", args=("x", 1))
    assert crossed(type("Mine", (ValueError,), {})()).name == "other"


def test_what_an_iterator_gave_crosses():
    assert crossed(codec.Taken(items=[1, 2], ended=False)) == codec.Taken(items=[1, 2], ended=False)


def test_a_lone_surrogate_becomes_a_replacement_sign():
    assert crossed("a\ud800b") == "a�b"


def test_half_a_character_in_a_figure_becomes_a_replacement_sign():
    forged = json.dumps(["fig", [["\ud800", "", "", ["\udfff"], [["\ud800", []]], [], []]]])
    (axes,) = codec.decode(forged.encode()).axes
    assert (axes.title, axes.legend, axes.bars[0].label) == ("\ufffd", ["\ufffd"], "\ufffd")


def test_a_figure_crosses_as_data():
    axes = codec.Axes(
        title="Income",
        xlabel="",
        ylabel="₼",
        legend=["a"],
        bars=[codec.Bars(label="", heights={"tea": 41.0, 3: 2.0})],
        lines=[([1.0, 2.0], [3.0, math.inf])],
        points=[(["a"], [1.0])],
    )
    assert crossed(codec.Figure(axes=[axes])) == codec.Figure(axes=[axes])


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.array([], dtype="f4"),
        np.array(3.5),
        np.array([True, False]),
        np.array(["ə", "long enough a text"]),
        np.array(["2026-01-01", "NaT"], dtype="M8[D]"),
        np.array([1 + 2j]),
        np.arange(6).reshape(2, 3).T,
        np.arange(3, dtype=">i4"),
        np.array([b"ab"]),
        np.array([np.nan, np.inf]),
    ],
)
def test_an_array_comes_back(array):
    found = crossed(array)
    assert found.dtype == array.dtype.newbyteorder("<")
    np.testing.assert_array_equal(found, array)


def test_an_array_of_objects_is_rebuilt_and_never_unpickled():
    class Bomb:
        def __reduce__(self):
            raise AssertionError

    found = crossed(np.array([1, "a", None, Bomb()], dtype=object))
    assert found.dtype == object
    assert found.tolist()[:3] == [1, "a", None]
    assert isinstance(found[3], codec.Unsupported)


@pytest.mark.parametrize(
    "scalar",
    [np.int64(5), np.float32(1.5), np.bool_(True), np.str_("ə"), np.datetime64("2026-01-01"), np.timedelta64(3, "s")],
)
def test_a_numpy_scalar_comes_back(scalar):
    found = crossed(scalar)
    assert type(found) is type(scalar)
    assert found == scalar


MOMENTS = pd.date_range("2026-01-01", periods=2, tz="Asia/Baku")


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"product": ["tea", None], "price": [20.5, 8.0], "n": [1, 2], "ok": [True, False]}),
        pd.DataFrame(),
        pd.DataFrame({"a": []}, index=[]),
        pd.DataFrame([[1, 2], [3, 4]]),
        pd.DataFrame(
            {
                "a": pd.array([1, None], dtype="Int64"),
                "b": pd.array([True, None], dtype="boolean"),
                "c": pd.array([1.5, None], "Float64"),
            }
        ),
        pd.DataFrame(
            {
                "a": pd.Categorical(["x", "y"], categories=["y", "x"], ordered=True),
                "when": MOMENTS,
                "naive": MOMENTS.tz_localize(None),
            }
        ),
        pd.DataFrame({"a": [1, "x"], "a b": [[1], {"k": 2}]}, index=pd.Index(["p", "q"], name="key")),
        pd.DataFrame({("a", 1): [1, 2], ("b", 2): [3, 4]}),
        pd.DataFrame({"g": ["x", "x", "y"], "h": [1, 2, 2], "v": [1.0, 2, 3]}).groupby(["g", "h"]).sum(),
        pd.DataFrame([[1, 2]], columns=["same", "same"]),
    ],
)
def test_a_table_comes_back(table):
    pd.testing.assert_frame_equal(crossed(table), table, check_column_type=False)


def test_a_series_and_an_index_come_back():
    series = pd.Series({"tea": 41.0, "bread": 20.0}, name="price")
    pd.testing.assert_series_equal(crossed(series), series)
    pd.testing.assert_index_equal(crossed(series.index), series.index)
    pd.testing.assert_series_equal(crossed(series.value_counts()), series.value_counts())
    assert crossed(pd.Timestamp("2026-01-01 10:00")) == dt.datetime(2026, 1, 1, 10)  # noqa: DTZ001 - as pandas made it
