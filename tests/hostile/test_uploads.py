"""What the forms refuse before anything is stored; archives and files themselves are cases (test_hostile.py)."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db
from app.grading.models import Draft, Lane, Submission
from app.grading.seats import Seat
from graders.course import Exercise
from tests.factories import signed_in
from tests.hostile.cases import cases, named


@pytest.fixture
def at(seat: Seat, initials: Exercise) -> str:
    assert seat.enrolment is not None
    return f"/learn/{seat.enrolment.id}/{initials.key}"


@pytest.fixture
def learner(client: FlaskClient, seat: Seat) -> FlaskClient:
    return signed_in(client, seat.user)


def stored() -> int:
    db.session.rollback()
    return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Submission, Draft))


def test_a_body_without_a_length_is_not_read(learner: FlaskClient, at: str) -> None:
    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self) -> bool:
            return True

        def readinto(self, room: bytearray) -> int:  # type: ignore[override]
            Endless.read_bytes += len(room)
            assert Endless.read_bytes < 64 * 2**20, "it is being read to an end that it does not have"
            room[:] = b"x" * len(room)
            return len(room)

    for chunked in (True, False):
        answer = learner.post(
            f"{at}/hand-in",
            content_type="application/x-www-form-urlencoded",
            headers={"Transfer-Encoding": "chunked"} if chunked else {},
            environ_overrides={"wsgi.input": io.BufferedReader(Endless()), "wsgi.input_terminated": chunked},
        )
        assert answer.status_code in (400, 411, 413)
    assert not stored()


@pytest.mark.parametrize("kind", ["parts", "fields", "files"])
def test_a_form_of_too_many_parts_is_refused(learner: FlaskClient, at: str, kind: str) -> None:
    if kind == "fields":
        form = {f"name-{number}": "initials.py" for number in range(100_000)}
        answer = learner.post(f"{at}/hand-in", data=form | {"purpose": "submit"})
        assert answer.status_code in (303, 400, 413)  # back to the page, which says why
    else:
        parts = {f"name-{number}": "x" if kind == "parts" else (io.BytesIO(b"x"), "x.py") for number in range(1000)}
        answer = learner.post(f"{at}/upload", data=parts, content_type="multipart/form-data")
        assert answer.status_code in (400, 413)
    assert not stored()


@pytest.mark.parametrize("value", ["0", "-1", "1e308", "NaN", "999999"])
def test_a_form_cannot_say_how_it_is_graded(learner: FlaskClient, at: str, initials: Exercise, value: str) -> None:
    """What decides a verdict is of the course and of the house: a form that speaks of it is not heard."""
    said = dict.fromkeys(
        ("seconds", "memory", "limits", "points", "max_points", "seed", "lane", "image", "late"), value
    )
    form = {"purpose": "submit", "form_token": "t", "name-0": "initials.py", "text-0": "x = 1\n"}
    assert learner.post(f"{at}/hand-in", data=said | form).status_code == 303
    row = db.session.scalars(select(Submission)).one()
    assert 0 <= row.seed < 64
    assert (row.lane, row.late, row.hint_cost, row.replies) == (Lane.LEARNERS, False, 0.0, {})
    assert [file["name"] for file in row.files] == ["initials.py"]
    assert learner.post(f"{at}/hand-in", data=form | {"purpose": "proof"}).status_code == 400
    assert learner.post(f"{at}/hand-in", data=form | {"purpose": value}).status_code == 400


@pytest.mark.parametrize("name", named("refused"))
def test_a_refused_upload_stores_nothing_and_says_why_in_one_sentence(learner: FlaskClient, at: str, name: str) -> None:
    """At the page of an exercise in Python: what is of another kind there is refused just as well."""
    for upload, content in cases()[name].files().items():
        answer = learner.post(
            f"{at}/upload", data={"upload": (io.BytesIO(content), upload)}, content_type="multipart/form-data",
            headers={"HX-Request": "true"},
        )  # fmt: skip
        assert answer.status_code in (413, 422), (upload, answer.status_code)
        assert not stored(), upload
        said = answer.get_data(as_text=True)
        assert "<script>alert" not in said and "Traceback" not in said
