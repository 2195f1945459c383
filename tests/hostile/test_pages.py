"""V01: whatever a submission puts out is inert text on every page that shows it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from app.accounts.models import Role
from app.db import db
from app.grading import recording
from app.grading.models import Submission
from app.grading.seats import Seat
from graders.course import Exercise
from graders.verdict import Output, Ran
from tests.factories import person, signed_in
from tests.grading.rows import NOW
from tests.grading.verdicts import begun, feedback, results, verdict_of
from tests.hostile.house import HERE

SHOWN = tomllib.loads((HERE / "V01" / "case.toml").read_text())["shown"]


class Live(HTMLParser):
    """What a browser would run of a page, as far as it is not ours: elements, handlers, addresses, scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        if tag == "iframe":
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc" or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("script", "style") and ("V01" in data or "display: none }" in data):
            self.found.append(data)

    def handle_comment(self, data: str) -> None:
        if "V01" in data:
            self.found.append(data)


def put_out(submission: Submission, exercise: Exercise, text: str) -> None:
    """A verdict with `text` wherever a container's word can stand."""
    claim = begun(submission, exercise)
    given = [replace(one, feedback=feedback(text)) for one in results(exercise)]
    outputs = (
        Output(kind="text", name="stdout", text=text),
        Output(kind="error", type="Error", message=text, trace=(("x.py", 1, text),)),
        Output(kind="table", columns=(text,), rows=((text,),)),
        Output(kind="other", type=text[:100]),
    )
    cells = (Ran(id="cell", ended="error", outputs=outputs, source=text),)
    for one in given:
        recording.record(claim, one, now=NOW)
    recording.record(claim, replace(verdict_of(exercise, "submit", given), cells=cells), now=NOW)
    db.session.commit()


@pytest.mark.parametrize("text", SHOWN)
def test_what_a_submission_puts_out_is_inert_text(
    client: FlaskClient, seat: Seat, initials: Exercise, text: str
) -> None:
    assert seat.enrolment is not None
    seat.user.language = "en"
    at = f"/learn/{seat.enrolment.id}/functions/initials"
    form = {"purpose": "submit", "form_token": "token", "name-0": "initials.py", "text-0": text}
    signed_in(client, seat.user).post(f"{at}/hand-in", data=form)
    submission = db.session.query(Submission).one()
    put_out(submission, initials, text)
    learner = signed_in(client, seat.user)
    pages = {path: learner.get(path) for path in (at, f"{at}/history", f"/submissions/{submission.id}")}
    teacher = signed_in(client, person("Teacher", role=Role.INSTRUCTOR, course_slug="sample_course"))
    staffs = f"/staff/submissions/{submission.id}"
    pages[staffs] = teacher.get(staffs)
    for path, answer in pages.items():
        assert answer.status_code == 200, path
        page = answer.get_data(as_text=True)
        assert Live(page).found == [], path
        assert "<" not in text or text not in page, path
        assert path.endswith("history") or str(escape(text)) in page, path


def test_the_look_for_what_is_live_finds_it() -> None:
    assert all(Live(text).found for text in SHOWN if not text.startswith("["))
