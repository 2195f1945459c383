"""Literals of exercise.toml: read, never evaluated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from graders.course.literals import Handle, NotALiteral, parse_call, parse_literal, parse_steps


@pytest.mark.parametrize(
    ("text", "value"),
    [("None", None), ("-1.5", -1.5), ("2+3j", 2 + 3j), ("(1,)", (1,)), ("{1, 2}", {1, 2}), ("set()", set()),
     ("b'x'", b"x"), ("{'a': [1, {2: 3}]}", {"a": [1, {2: 3}]}), ("Decimal('1.50')", Decimal("1.50")),
     ("datetime.date(2026, 11, 22)", date(2026, 11, 22)), ("frozenset({1})", frozenset({1})), ("'a' 'b'", "ab")],
)  # fmt: skip
def test_a_literal_is_the_value_the_prompt_shows(text: str, value: Any) -> None:
    read = parse_literal(text)
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(
    "text",
    ["open('x')", "[x for x in y]", "a", "1 +", "...", "{**a}", "{[]: 1}", "__import__('os')", "lambda: 1", "f'{1}'",
     "Decimal('x')", "1 if 1 else 2", "(" * 500, "9**9**9", "'a' * 10"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotALiteral):
        parse_literal(text)


def test_a_call_has_a_dotted_name_and_literals() -> None:
    call = parse_call("shop.total([1, 2], tax=0.18)")
    assert (call.name, call.args, call.kwargs) == ("shop.total", ([1, 2],), (("tax", 0.18),))
    for text in ("total", "f(x)", "f(*a)", "f(**a)", "f()()", "f(g(1))"):
        with pytest.raises(NotALiteral):
            parse_call(text)


def test_a_scenario_may_use_what_it_has_made() -> None:
    steps = parse_steps(["s = Stack()", "s.push(1)", "len(s)", "s.size"])
    assert [(step.into, step.name, step.called, step.args) for step in steps] == [
        ("s", "Stack", True, ()), (None, "s.push", True, (1,)), (None, "len", True, (Handle("s"),)),
        (None, "s.size", False, ()),
    ]  # fmt: skip
    for line in ("import os", "a, b = f()", "s.x = 1", "f(unknown)", "f(); g()"):
        with pytest.raises(NotALiteral):
            parse_steps([line])
