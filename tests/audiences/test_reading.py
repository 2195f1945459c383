"""What means the same reads the same; what is wrong is said with its place."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from app.audiences import reading, rules
from app.audiences.reading import Problem, RuleError

FIRST = "groups[0].conditions[0]."  # a place in a rule of one condition
LANGUAGE = {"kind": "language", "languages": ["az"]}


def rule(*conditions: Any, **rest: Any) -> dict[str, Any]:
    return {"version": 1, "groups": [{"conditions": list(conditions)}]} | rest


def test_order_repetition_and_what_is_left_out_make_no_difference() -> None:
    conditions = (
        {"kind": "completed", "courses": ["b", "a", "b"]},
        {"kind": "unit", "units": [3, 1]},
        {"kind": "unit", "units": [1, 3, 3], "below": False, "not": False},
        {"kind": "completed", "need": "all", "courses": ["a", "b"], "months": None},
    )
    digests = {rules.digest(reading.parse(rule(*order))) for order in itertools.permutations(conditions)}
    assert len(digests) == 1
    read = reading.parse(rule(*conditions))
    assert [type(one).__name__ for one in read.groups[0].conditions] == ["InUnits", "Completed"]
    assert reading.parse(rules.canonical(read)) == read


def test_what_differs_has_another_digest() -> None:
    different = [
        rule(LANGUAGE),
        rule(LANGUAGE | {"not": True}),
        rule(LANGUAGE, always=[1]),
        rule(LANGUAGE, never=[1]),
        rule(LANGUAGE, {"kind": "unit", "units": [1]}),
        {"version": 1, "groups": [{"match": "any", "conditions": [LANGUAGE, {"kind": "unit", "units": [1]}]}]},
        {"version": 1},
    ]
    assert len({rules.digest(reading.parse(one)) for one in different}) == len(different)


@pytest.mark.parametrize(
    ("data", "place", "problem"),
    [
        ([], "", Problem.NOT_A_RULE),
        ({}, "version", Problem.UNKNOWN),
        ({"version": True}, "version", Problem.UNKNOWN),
        ({"version": 2}, "version", Problem.UNKNOWN),
        ({"version": 1, "more": 1}, "more", Problem.UNKNOWN),
        ({"version": 1, "match": "some"}, "match", Problem.UNKNOWN),
        ({"version": 1, "groups": {}}, "groups", Problem.NOT_A_RULE),
        ({"version": 1, "groups": [{}]}, "groups[0].conditions", Problem.NOTHING_CHOSEN),
        ({"version": 1, "groups": [{"conditions": [LANGUAGE]}] * 11}, "groups", Problem.TOO_MANY),
        (rule({"kind": []}), FIRST + "kind", Problem.UNKNOWN),
        (rule(LANGUAGE, {"kind": "age"}), "groups[0].conditions[1].kind", Problem.UNKNOWN),
        (rule({"kind": "unit", "units": []}), FIRST + "units", Problem.NOTHING_CHOSEN),
        (rule({"kind": "unit", "units": ["1"]}), FIRST + "units[0]", Problem.NOT_A_NUMBER),
        (rule({"kind": "unit", "units": [2**31]}), FIRST + "units[0]", Problem.NOT_A_NUMBER),
        (rule({"kind": "unit", "units": [1], "below": "yes"}), FIRST + "below", Problem.NOT_A_RULE),
        (
            rule({"kind": "started", "how": "since", "on": "31.01.2026"}),
            FIRST + "on",
            Problem.NOT_A_DAY,
        ),
        (rule({"kind": "started", "how": "since"}), FIRST + "on", Problem.NOT_A_DAY),
        (
            rule({"kind": "started", "how": "at_least", "days": -1}),
            FIRST + "days",
            Problem.NOT_A_NUMBER,
        ),
        (
            rule({"kind": "started", "how": "at_most", "days": True}),
            FIRST + "days",
            Problem.NOT_A_NUMBER,
        ),
        (rule({"kind": "language", "languages": ["de"]}), FIRST + "languages", Problem.UNKNOWN),
        (
            rule({"kind": "completed", "courses": ["a"], "months": 0}),
            FIRST + "months",
            Problem.NOT_A_NUMBER,
        ),
        (rule({"kind": "holds", "courses": ["a"], "need": 1}), FIRST + "need", Problem.UNKNOWN),
        ({"version": 1, "always": [1], "never": [1]}, "never", Problem.IN_AND_OUT),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: object, place: str, problem: Problem) -> None:
    with pytest.raises(RuleError) as caught:
        reading.parse(data)
    assert (caught.value.place, caught.value.problem) == (place, problem)
