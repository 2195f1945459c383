"""What is hidden stays hidden: through one function, which a new field does not pass unasked, at every address."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from flask import current_app
from flask.testing import FlaskClient

from app.access import TABLE
from app.db import begin_reading, db
from app.grading import recording
from app.grading.models import Submission
from graders import results, verdict
from graders.course import Exercise
from graders.feedback import Shown, shown, shown_checks
from graders.results import result_of
from graders.runs import CheckerFailed, Told
from graders.verdict import CheckResult, Feedback, Note, Status
from tests.factories import signed_in
from tests.grading.rows import NOW
from tests.grading.verdicts import SECRET, begun, feedback, verdict_of
from tests.grading.verdicts import results as results_of
from tests.hostile.cases import MARKERS, TARGETS

# What of each part of a result is decided on, as graders/feedback.py has it. A field that is not here was added
# without a decision: decide in `feedback.shown` what a learner sees of it where the check is hidden, then name it.
DECIDED = {
    CheckResult: "id title points earned status hidden hint seconds feedback",
    Feedback: "call expected got difference notes stdout stderr trace error plots",
    Note: "key params",
    Shown: "id title points earned status hidden hint seconds feedback",
    verdict.Ran: "id ended outputs cut source",
    verdict.Output: "kind name text png columns rows type message trace cut",
    verdict.Verdict: "purpose status points max_points checks provenance cells flags",
    verdict.Provenance: "exercise image seconds memory seed phases cpu_seconds peak_bytes restarts",
    verdict.Phases: "queued started ran checked recorded",
    results.Said: "id status earned notes call expected got difference stdout stderr trace error plots staff",
}


@pytest.mark.parametrize("kind", DECIDED, ids=lambda kind: kind.__name__)
def test_a_new_field_of_a_result_waits_for_a_decision(kind: type) -> None:
    assert {field.name for field in dataclasses.fields(kind)} <= set(DECIDED[kind].split())


def filled(kind: Any, word: str) -> Any:
    """A value of the type with `word` wherever a text can be, and something everywhere."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return filled(inner[0], word)
    if origin in (types.UnionType, typing.Union):
        return filled(next(one for one in inner if one is not type(None)), word)
    if origin is tuple:
        return (filled(inner[0], word),) if inner[-1] is Ellipsis else tuple(filled(one, word) for one in inner)
    if origin is dict:
        return {"en" if "StringConstraints(max_length=2)" in repr(inner[0]) else word: filled(inner[1], word)}
    if origin is typing.Literal:
        return inner[0]
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        return kind(**{field.name: filled(hints[field.name], word) for field in dataclasses.fields(kind)})
    if kind is str:
        return base64.b64encode(word.encode()).decode() if word == PLOT else word
    return {int: 77, float: 77.5, bool: True, Status: Status.FAILED}[kind]


PLOT = "a plot"


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("status", list(Status))
def test_of_a_hidden_check_nothing_passes_but_what_is_named(status: Status, done: bool) -> None:
    """Every field of a result is full of the secret, those that will be added one day too."""
    hints = typing.get_type_hints(Feedback, include_extras=True)
    full = {name: filled(hint, PLOT if name == "plots" else SECRET) for name, hint in hints.items()}
    hints = typing.get_type_hints(CheckResult, include_extras=True)
    rest = {name: filled(hint, SECRET) for name, hint in hints.items() if name != "feedback"}
    named = {
        "id": "c",
        "title": {"en": "Title"},
        "hint": {"en": "Hint"},
        "status": status,
        "hidden": True,
        "points": 2.0,
    }
    result = CheckResult(**{**rest, **named, "earned": 1.0, "feedback": Feedback(**full)})
    seen = dataclasses.asdict(shown(result, done=done))
    assert SECRET not in json.dumps(seen) and "77" not in json.dumps(seen)
    assert seen.pop("feedback") == dataclasses.asdict(Feedback())
    assert seen.pop("status") in ("passed", "failed", "over_limits", "waiting")
    assert seen.pop("seconds") is None
    assert seen.pop("earned") == (1.0 if done else 0.0)
    assert seen.pop("hint") in ({}, {"en": "Hint"})
    assert seen == {"id": "c", "title": {"en": "Title"}, "points": 2.0, "hidden": True}


def test_an_open_check_does_show_what_it_saw() -> None:
    """Else the test above would pass for a function that shows nothing at all."""
    result = CheckResult(
        id="c", title={}, points=1, earned=0, status=Status.FAILED, hidden=False, feedback=feedback(SECRET)
    )
    assert SECRET in json.dumps(dataclasses.asdict(shown_checks([result], order=["c"], done=False)[0]))


@pytest.mark.parametrize("earned", ["1e308", "NaN", "Infinity", '"100"', "-5", "1.0000001", "null", "[1]"])
def test_points_that_there_are_not_are_the_checkers_fault(earned: str) -> None:
    check = TARGETS["tools"].checks[0]
    told = [Told(body=b"{}")]
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's own, which `grade` makes a CheckerError of
        result_of(check, b'{"id":"%s","status":"passed","earned":%s}' % (check.id.encode(), earned.encode()), told)
    whole = result_of(check, b'{"id":"%s","status":"passed","earned":1}' % check.id.encode(), told)
    assert whole.earned == check.points
    with pytest.raises(CheckerFailed):
        result_of(check, b'{"id":"other","status":"passed","earned":1}', told)


# ---- over the site


@pytest.fixture
def handed_in(client: FlaskClient, seat: Any, initials: Exercise) -> tuple[FlaskClient, Submission]:
    """A submission whose hidden checks saw the secret, while it runs: open checks done, hidden ones begun."""
    seat.user.language = "en"
    form = {"purpose": "submit", "form_token": "t", "name-0": "initials.py", "text-0": "x = 1\n"}
    learner = signed_in(client, seat.user)
    learner.post(f"/learn/{seat.enrolment.id}/{initials.key}/hand-in", data=form)
    return learner, db.session.query(Submission).one()


def addresses(seat: Any, submission: Submission) -> Iterator[str]:
    """Every address of the site that takes no more than is known here, and some that somebody may try."""
    item = submission.item.split("/")
    known = {
        "enrolment_id": seat.enrolment.id, "submission_id": submission.id, "version_id": submission.version_id,
        "unit": item[0], "item": item[1], "slug": seat.version.course.slug, "number": 0, "check": "no-none",
        "cell": "total", "name": "checks.py", "copy_id": 1, "user_id": seat.user.id, "course_id": submission.course_id,
    }  # fmt: skip
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint in TABLE and "GET" in (rule.methods or ()) and set(rule.arguments) <= set(known):
            yield current_app.url_map.bind("localhost").build(
                rule.endpoint, {one: known[one] for one in rule.arguments}
            )
    at, own = f"/learn/{seat.enrolment.id}/{submission.item}", f"/submissions/{submission.id}"
    yield from (
        f"{own}/result?debug=1",
        f"{own}?as=staff",
        f"{own}.json",
        f"{own}/result.json",
        f"{own}/verdict",
        f"/api{own}",
    )
    yield from (
        f"{at}/data/../checks.py",
        f"{at}/data/%2e%2e/checks.py",
        f"{at}/data/checks.json",
        f"{at}/solution",
        f"{at}?full=1",
    )


def test_no_address_gives_a_learner_what_is_hidden(seat: Any, initials: Exercise, handed_in: Any) -> None:
    learner, submission = handed_in
    claim = begun(submission, initials)
    given = results_of(initials)
    for one in given:
        recording.record(claim, one, now=NOW)
    db.session.commit()
    visited = list(addresses(seat, submission))
    assert len(visited) > 40
    seen: dict[str, bytes] = {}

    def visit(when: str) -> None:
        for address in visited:
            for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
                answer = learner.get(address, headers=headers)
                assert answer.status_code < 500, (address, answer.status_code)
                seen[f"{when} {address}"] = answer.get_data()

    visit("running")
    begin_reading(False)
    recording.record(claim, verdict_of(initials, "submit", given), now=NOW)
    db.session.commit()
    visit("graded")
    assert not [address for address, content in seen.items() if SECRET.encode() in content]
    assert any(b"Q7-open-marker" in content for content in seen.values())  # what is open was there to be seen
    hidden = next(one for one in initials.checks if one.hidden)
    early = [
        address
        for address, content in seen.items()
        if address.startswith("running") and f'"check-{hidden.id}"'.encode() in content
    ]
    assert not early


def test_a_hidden_check_that_ends_changes_nothing_that_is_seen(seat: Any, initials: Exercise, handed_in: Any) -> None:
    """Who sleeps as long as a hidden input says would read it off the bar of progress."""
    learner, submission = handed_in
    claim = begun(submission, initials)
    given = results_of(initials)
    pages = (
        f"/submissions/{submission.id}/result",
        f"/submissions/{submission.id}",
        f"/learn/{seat.enrolment.id}/{submission.item}",
    )

    def seen() -> list[str]:
        found = [learner.get(page, headers={"HX-Request": "true"}).get_data(as_text=True) for page in pages]
        begin_reading(False)
        # beside tokens, when to ask again: that goes by the clock alone
        own = r"nonce[^ >]*|content=\"[^\"]{60,}\"|value=\"[\w.-]{20,}\"|delay:\d+ms"
        return [re.sub(own, "", page) for page in found]

    at_first = seen()
    for one in given:
        recording.record(claim, one, now=NOW)
        now = seen()
        pairs = zip("\n".join(at_first).split("\n"), "\n".join(now).split("\n"), strict=False)
        different = [pair for pair in pairs if pair[0] != pair[1]]
        assert bool(different) != one.hidden, (one.id, different)
        at_first = now


def test_no_page_that_leads_from_an_exercise_says_what_is_hidden(
    client: FlaskClient, seat: Any, initials: Exercise
) -> None:
    """The page of each exercise with every script, style and file that it names."""
    learner, visited, found = signed_in(client, seat.user), set[str](), dict[str, bytes]()
    course = seat.version
    todo = [f"/learn/{seat.enrolment.id}/{item.key}" for unit in seat.course.units for item in unit.items]
    assert course
    while todo and len(visited) < 200:
        address = todo.pop()
        if address in visited:
            continue
        visited.add(address)
        answer = learner.get(address)
        found[address] = answer.get_data()
        if answer.mimetype == "text/html":
            links = re.findall(r'(?:href|src|action|data-[\w-]+)="(/[^"#]*)', answer.get_data(as_text=True))
            todo += [link for link in links if "sign" not in link and "staff" not in link]
    assert len(found) > 20
    hidden = secrets(seat)
    assert len(hidden) > 5
    leaked = [(address, word) for address, content in found.items() for word in hidden if word.encode() in content]
    assert not leaked


def secrets(seat: Any) -> set[str]:
    """Lines that only the hidden parts of the course's exercises have: checks, solutions, hidden data."""
    hidden: set[str] = set()
    shown_too: set[str] = set()
    for unit in seat.course.units:
        for item in unit.items:
            if not isinstance(item, Exercise):
                continue
            for path in item.folder.rglob("*"):
                if not path.is_file() or path.suffix in (".png", ".jpg"):
                    continue
                top = path.relative_to(item.folder).parts[0]
                lines = {line.strip() for line in path.read_text().splitlines() if len(line.strip()) > 18}
                (hidden if top in ("checks.py", "solution", "hidden", "checker", "answers") else shown_too).update(
                    lines
                )
    return hidden - shown_too


def test_the_markers_are_where_they_are_looked_for() -> None:
    """A marker that is planted nowhere proves nothing."""
    reckoned = f"{7310915**2} {7310915 + 21}"  # what solutions make of hidden input
    planted = reckoned + "".join(
        path.read_text()
        for one in TARGETS.values()
        for path in one.folder.rglob("*")
        if path.suffix in (".toml", ".py", ".csv", ".txt")
    )
    for marker in MARKERS:
        assert marker in planted, marker
