"""Verdicts survive being stored, and nothing unbounded gets into one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from graders.verdict import (
    CheckResult,
    Feedback,
    Note,
    Output,
    Phases,
    Provenance,
    Ran,
    Verdict,
    from_json,
    parse,
    to_json,
)


def verdict() -> Verdict:
    feedback = Feedback(call="f(1)", difference=(("+", "ə"),), notes=(Note(key="equals.different", params={"n": 1}),))
    check = CheckResult(
        id="one", title={"en": "One", "az": "Bir"}, points=3, earned=1.5, status="failed", hidden=False,
        feedback=feedback,
    )  # fmt: skip
    return Verdict(
        purpose="submit", status="partly", points=1.5, max_points=3, checks=(check,), flags=("restarted",),
        cells=(Ran(id="c1", ended="ok", outputs=(Output(kind="table", columns=("a",), rows=(("1",),)),)),),
        provenance=Provenance(
            exercise="abc", image={"recipe": "r", "id": "i"}, seconds=2, memory="small", seed=7,
            phases=Phases(started=datetime(2026, 11, 22, 4, 0, tzinfo=UTC)),
        ),
    )  # fmt: skip


def test_a_verdict_comes_back_from_a_row_as_it_was() -> None:
    stored = json.dumps(to_json(verdict()))
    assert from_json(Verdict, json.loads(stored)) == verdict()
    assert verdict().share == 0.5


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b'{"call": 1}', b'{"unknown": 1}', b'{"call": "' + b"x" * 30_000 + b'"}', b'{"plots": ["<svg>"]}',
     b'{"notes": [{"key": "k", "params": {"a": [1]}}]}', b"[" * 100_000, b'{"stdout": "\xff"}', b'{"call": "\\ud800"}'],
)  # fmt: skip
def test_what_does_not_fit_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        parse(Feedback, body)
