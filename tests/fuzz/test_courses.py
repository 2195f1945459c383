"""Course folders with anything in them: a course comes out, or a list of what is wrong; whoever wrote it."""

from __future__ import annotations

import json
import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.course import CourseErrors, load_course
from graders.course.literals import NotALiteral, parse_call, parse_literal, parse_steps
from tests.fuzz.spoiling import bounded, examples, grown, spoiled

SAMPLE = Path(__file__).parents[1] / "graders" / "sample_course"
FILES = [
    path.relative_to(SAMPLE).as_posix()
    for path in sorted(SAMPLE.rglob("*"))
    if path.suffix in (".toml", ".md", ".py", ".ipynb") and "__pycache__" not in path.parts
]
TOML = [name for name in FILES if name.endswith(".toml")]
ODD: list[Any] = [
    True,
    0,
    -1,
    10**20,
    1e308,
    float("nan"),
    float("-inf"),
    "",
    " ",
    "\0",
    "az",
    "None",
    "0",
    "x" * 5000,
    "../../etc/passwd",
    "checker/" + "a" * 300,
    "data/" + "ə" * 200,
    "total == 61",
    "f(",
    "f(1)",
    "lambda: 0",
    "ValueError",
    date(2026, 1, 1),
    [],
    {},
    ["a", 1],
    [[]],
    [{}],
    {"en": "x"},
    {"en": 5, "xx": "y"},
    {"a": {"b": []}},
    "initials('x')",
    "s = S()",
]


def toml(value: Any) -> str:
    """A value as TOML. The standard library only reads it."""
    match value:
        case bool():
            return str(value).lower()
        case float() | int():
            return str(value)
        case str():
            return json.dumps(value).replace("\x7f", "\\u007f")
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    return str(value)


def tables(content: dict[str, Any]) -> str:
    return "\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in content.items())


CONTENTS = {name: tomllib.loads((SAMPLE / name).read_text()) for name in TOML}
odd_tables = st.one_of(
    *(
        st.tuples(
            st.just(name), grown([content], ODD).map(lambda one: tables(one if isinstance(one, dict) else {}).encode())
        )
        for name, content in CONTENTS.items()
    )
)
odd_files = st.one_of(*(st.tuples(st.just(name), spoiled([(SAMPLE / name).read_bytes()])) for name in FILES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample course, put back as it was after each example."""
    return Path(shutil.copytree(SAMPLE, tmp_path_factory.mktemp("fuzz") / "courses" / "sample"))


def check_loads(folder: Path, files: dict[str, bytes]) -> None:
    """The course loads, or all that is wrong with it is said, in words that can be stored."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        with bounded():
            load_course(folder)
    except CourseErrors as wrong:
        check_said(wrong)
    finally:
        for name in files:
            shutil.copy(SAMPLE / name, folder / name)


def check_said(wrong: CourseErrors) -> None:
    assert wrong.errors
    for error in wrong.errors:
        str(error).encode()
        assert error.problem and error.remedy and error.file and (error.line or 1) >= 1


@examples(120)
@given(st.lists(odd_tables, min_size=1, max_size=2).map(dict))
def test_a_course_with_odd_values_loads_or_says_what_is_wrong(folder: Path, files: dict[str, bytes]) -> None:
    check_loads(folder, files)


@examples(150)
@given(st.lists(odd_files, min_size=1, max_size=3).map(dict))
def test_a_course_with_spoiled_files_loads_or_says_what_is_wrong(folder: Path, files: dict[str, bytes]) -> None:
    check_loads(folder, files)


names = st.sampled_from(
    ["a", "a.b", "Decimal", "Fraction", "date", "timedelta", "set", "frozenset", "float", "s", "len", "x" * 300, "None"]
)
atoms = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.text(max_size=6).map(repr),
    st.binary(max_size=4).map(repr),
    names,
    st.just("..."),
    st.sampled_from(
        ["0x" + "f" * 5000, "1e999", "1j", "'\\ud800'", "f'{a}'", "-", "*", "**x", "a :=", "lambda: 0", "''.join"]
    ),
)
codes = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(names, st.lists(inner, max_size=3)).map(lambda pair: f"{pair[0]}({', '.join(pair[1])})"),
        st.lists(inner, max_size=3).map(lambda many: "[" + ", ".join(many) + "]"),
        st.lists(inner, max_size=3).map(lambda many: "{" + ", ".join(many) + "}"),
        st.tuples(inner, inner).map(lambda pair: f"{{{pair[0]}: {pair[1]}}}"),
        st.tuples(inner, st.sampled_from(["+", "-", "*", "==", "if", "."]), inner).map(" ".join),
        inner.map(lambda one: f"-{one}"),
        inner.map(lambda one: f"x = {one}"),
        inner.map(lambda one: f"f(k={one}, **{one})"),
    ),
    max_leaves=8,
)


@examples(300)
@given(
    codes
    | spoiled([b"initials('x', k=(1, {2: [3]}))", b"s.push(Decimal('1.5'))", b"{1, 2}"]).map(
        lambda data: data.decode("utf-8", "replace")
    )
)
def test_a_literal_a_call_and_a_step_are_read_or_refused(code: str) -> None:
    for parse in (parse_literal, parse_call, lambda text: parse_steps([text, "s = S()", text])):
        with bounded():
            try:
                parse(code)
            except NotALiteral as why:
                str(why)


DEEP = {
    "minus": "-" * 3000 + "1",
    "not": "not " * 3000 + "1",
    "brackets": "[" * 150 + "]" * 150,
    "parentheses": "(" * 150 + "1" + ")" * 150,
    "many parentheses": "(" * 5000,
    "a sum": "1" + "+1" * 3000,
    "attributes": "a" + ".a" * 3000,
    "calls": "a" + "()" * 3000,
    "calls in calls": "a(" * 150 + ")" * 150,
    "indexes": "a" + "[0]" * 3000,
    "comparisons": "1" + " < 1" * 3000,
    "conditions": "1" + " if 1 else 1" * 2000,
    "lambdas": "lambda: " * 3000 + "1",
    "texts": "'a' " * 5000,
    "a number": "9" * 5000,
    "a hexadecimal number": "0x" + "f" * 5000,
    "its negative": "-0x" + "f" * 5000,
    "a power": "9" + "**9" * 200,
    "a product": "'a' * 10**9",
    "a decimal": "Decimal('1E+999999999')",
    "a date": "date(0x" + "f" * 5000 + ", 1, 1)",
    "a time": "timedelta(0x" + "f" * 5000 + ")",
    "a fraction": "float(0x" + "f" * 5000 + ")",
    "NUL": "'\0'",
    "half a character": "'\ud800'",
}  # fmt: skip


@pytest.mark.parametrize("what", DEEP)
def test_code_that_is_deep_or_long_is_read_or_refused(what: str) -> None:
    said = []
    for parse in (parse_literal, parse_call, lambda text: parse_steps([text])):
        with bounded():
            try:
                parse(DEEP[what])
            except NotALiteral as why:
                said.append(str(why))
    assert all(len(one) < 300 for one in said)


@pytest.mark.parametrize("what", DEEP)
def test_a_checks_py_that_is_deep_or_long_is_read_or_complained_about(folder: Path, what: str) -> None:
    code = DEEP[what].encode("utf-8", "surrogatepass")
    for source in (
        b"x = " + code,
        b"@check(points=" + code + b")\ndef a():\n    answer.value(" + code + b")\n",
        b"@check(points=1, title={'en': " + code + b"})\ndef a():\n    answer.call(" + code + b")\n",
    ):
        check_loads(folder, {"tables/sales/checks.py": source})


LONG = {
    "backticks": "`" * 20_000,
    "brackets": "[" * 20_000,
    "closed brackets": "[]" * 10_000,
    "bangs": "![" * 10_000,
    "links without end": "[a](" * 5_000,
    "links in links": "[" * 5_000 + "](a)" * 5_000,
    "blanks in a link": "[a](b" + " " * 20_000,
    "comments": "<!--" * 5_000,
    "tags": "<a " * 7_000,
    "less than": "<" * 20_000,
    "a link to a long name": f"[a]({'x' * 300})",
    "a link to NUL": "[a](\0)",
    "blanks": " " * 20_000 + "x",
    "hashes": "# a" + " #" * 10_000 + "x",
    "a reference": "[" + "a" * 20_000,
    "fences": "```\n" * 5_001,
    "backticks in ever longer runs": "".join("`" * number + "a" for number in range(1, 200)),
    "backticks of two lengths": "` ``" * 5_000,
    "dead links": "[a](b) " * 3_000,
}


@pytest.mark.parametrize("what", LONG)
def test_a_text_made_to_be_slow_is_read_in_time(folder: Path, what: str) -> None:
    check_loads(folder, {"functions/welcome.md": f"# Title\n\n{LONG[what]}\n".encode()})
    check_loads(folder, {"functions/welcome.md": f"# {LONG[what]}\n".encode()})


NESTED = {
    "lists": "a = " + "[" * 2000 + "]" * 2000,
    "tables": "a = " + "{a = " * 2000 + "1" + "}" * 2000,
    "headers": "[" + ".".join("a" * 2000) + "]",
    "keys": ".".join("a" * 2000) + " = 1",
    "never closed": "a = " + "[" * 100_000,
    "a hexadecimal number": "hours = 0x" + "f" * 5000,
    "a number": "hours = " + "9" * 5000,
    "a table of them": "[finish]\nscore = 0x" + "f" * 5000,
    "a text of them": "track = 0x" + "f" * 5000,
    "many units": "units = [" + '"a", ' * 20_000 + "]",
    "many keys": "\n".join(f"k{number} = 1" for number in range(1000)),
}


@pytest.mark.parametrize("what", NESTED)
def test_toml_that_is_deep_or_long_is_complained_about(folder: Path, what: str) -> None:
    check_loads(folder, {"course.toml": NESTED[what].encode()})
    check_loads(folder, {"functions/initials/exercise.toml": NESTED[what].encode()})
