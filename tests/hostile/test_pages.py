"""Whatever a submission puts out, or its learner is called, is inert text wherever it is shown."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from app.accounts.models import Role
from app.db import db
from app.grading import recording
from app.grading.models import Submission
from app.grading.seats import Seat
from app.learning.exporting import csv_text
from graders.course import Exercise
from graders.verdict import Output, Ran
from tests.factories import person, signed_in
from tests.grading.rows import NOW
from tests.grading.verdicts import begun, feedback, results, verdict_of
from tests.hostile.cases import cases

SHOWN = [text for case in cases().values() for text in case.shown]

ROOT = Path(__file__).parents[2]


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
    downloads = (
        f"/submissions/{submission.id}/files/0",
        f"/submissions/{submission.id}/checks/{initials.checks[0].id}/0.png",
    )
    learner = signed_in(client, seat.user)
    for path in downloads:
        answer = learner.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.mimetype in ("application/octet-stream", "image/png")


def test_signs_that_turn_code_around_are_seen(client: FlaskClient, seat: Seat, initials: Exercise) -> None:
    """Code that reads otherwise than it runs (CVE-2021-42574), as learner and teacher see it."""
    assert seat.enrolment is not None
    code = "if admin != 'user\u202e \u2066# only if admin\u2069 \u2066':\n    x\u200b = '\ufeff\u00ad'\n"
    at = f"/learn/{seat.enrolment.id}/functions/initials"
    form = {"purpose": "submit", "form_token": "token", "name-0": "initials.py", "text-0": code}
    signed_in(client, seat.user).post(f"{at}/hand-in", data=form)
    submission = db.session.query(Submission).one()
    put_out(submission, initials, "x")
    teacher = person("Teacher", role=Role.INSTRUCTOR, course_slug="sample_course")
    for reader, path in (
        (seat.user, f"/submissions/{submission.id}"),
        (teacher, f"/staff/submissions/{submission.id}"),
    ):
        page = re.sub(r"<[^>]*>", "", signed_in(client, reader).get(path).get_data(as_text=True))
        assert not set(page) & set("\u202e\u2066\u2069\u200b\ufeff\u00ad"), path
        assert "⟨U+202E⟩" in page and "⟨U+200B⟩" in page, path


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\r=1", "\0=1"])
def test_a_name_is_no_formula_in_a_gradebook(name: str) -> None:
    cells = next(csv.reader(io.StringIO(csv_text([[name, "Leyla", "5"]]).removeprefix("\ufeff"), newline="")))
    assert cells[0].startswith("'")
    assert cells[1:] == ["Leyla", "5"]


def test_texts_made_to_take_for_ever_are_rendered() -> None:
    """In a process of its own, which has a limit on processor time: no text is a reason to wait."""
    texts = [
        text * 5_000 for text in ("> ", "[[[[", "*a_*a_", "````", "||||", "- ", "$$$$", "![![", "<<<<", "&&&&", "[a](<")
    ]
    texts += ["$" + "{" * 5_000 + "}" * 5_000 + "$", "\\def\\a{\\a\\a}$\\a$", "$" + "\\frac{" * 2_000 + "$"]
    said = subprocess.run(
        [sys.executable, "-c", RENDERING],
        input=json.dumps(texts),
        text=True,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert said.returncode == 0, said.stderr[-500:]
    for text, size in zip(texts, json.loads(said.stdout), strict=True):
        assert size < 100 * len(text) + 1000, text[:10]


RENDERING = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from app.catalogue.rendering import render
print(json.dumps([len(render(text)) for text in json.load(sys.stdin)]))
"""


def test_the_look_for_what_is_live_finds_it() -> None:
    assert all(Live(text).found for text in SHOWN if not text.startswith("["))
