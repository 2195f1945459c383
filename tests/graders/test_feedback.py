"""A learner sees all of an open check, and of a hidden one nothing but its name and how it went, when all is over."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from graders.feedback import shown, shown_checks
from graders.verdict import CheckResult, Feedback, Note, Status

SECRET = "Zərifə"


def texts_of(value: Any) -> list[str]:
    """Every text below `value`."""
    if isinstance(value, str):
        return [value]
    if is_dataclass(value):
        return [text for field in fields(value) for text in texts_of(getattr(value, field.name))]
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts_of(part)]
    return [text for inner in value for text in texts_of(inner)] if isinstance(value, list | tuple) else []


def result(id: str = "c", *, hidden: bool, status: Status = Status.FAILED) -> CheckResult:
    feedback = Feedback(
        call=SECRET, expected=SECRET, got=SECRET, difference=((SECRET, SECRET),), stdout=SECRET, stderr=SECRET,
        notes=(Note(key=SECRET, params={SECRET: SECRET}),), trace=((SECRET, 1, SECRET),), error=SECRET, plots=(),
    )  # fmt: skip
    return CheckResult(
        id=id, title={"en": "A title"}, points=2, earned=0, status=status, hidden=hidden, hint={"en": "A hint"},
        seconds=1.25, feedback=feedback,
    )  # fmt: skip


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("done", [True, False])
def test_nothing_a_hidden_check_met_is_shown(status: Status, done: bool) -> None:
    seen = shown(result(hidden=True, status=status), done=done)
    assert not [text for text in texts_of(seen) if SECRET in text]
    assert seen.seconds is None
    assert seen.status in ("passed", "failed", "over_limits", "waiting")


def test_a_hidden_check_says_no_more_than_how_it_went() -> None:
    said = {status: shown(result(hidden=True, status=status), done=True).status for status in Status}
    assert said.pop(Status.PASSED) == "passed"
    assert {said.pop(status) for status in (Status.TIMED_OUT, Status.OUT_OF_MEMORY, Status.OUTPUT_LIMIT)} == {
        "over_limits"
    }
    assert set(said.values()) == {"failed"}


def test_a_hidden_check_gives_its_authors_hint_when_it_fails() -> None:
    assert shown(result(hidden=True), done=True).hint == {"en": "A hint"}
    assert shown(result(hidden=True, status=Status.PASSED), done=True).hint == {}
    assert shown(result(hidden=True), done=False).hint == {}


def test_an_open_check_is_shown_with_all_it_saw() -> None:
    seen = shown(result(hidden=False), done=False)
    assert (seen.status, seen.seconds, seen.feedback.got) == ("failed", 1.25, SECRET)


def test_hidden_checks_appear_together_in_the_authors_order() -> None:
    results = [result("a", hidden=False), result("c", hidden=False), result("b", hidden=True)]
    assert [one.id for one in shown_checks(results, order=("a", "b", "c"), done=False)] == ["a", "c"]
    assert [one.id for one in shown_checks(results, order=("a", "b", "c"), done=True)] == ["a", "b", "c"]
