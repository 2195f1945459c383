"""What the page says of uploads that cannot be taken, in the reader's language, and that nothing of them is kept."""

from __future__ import annotations

import html
import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import func, select

from app.db import db
from app.grading.seats import Seat
from app.grading.wording import refusal_text
from app.web import settings
from graders.course import Exercise
from graders.uploads import Refusal, read_upload
from tests.factories import signed_in
from tests.graders.bad_uploads import BAD, CODE, Bad

LANGUAGES = ("az", "ru", "en")
EXAMPLES = {bad.key: name for name, bad in BAD.items()}  # one for each refusal


@pytest.fixture
def learner(client: FlaskClient, seat: Seat) -> FlaskClient:
    return signed_in(client, seat.user)


def refused(seat: Seat, bad: Bad) -> Refusal:
    exercise = seat.course.item(bad.item)
    assert isinstance(exercise, Exercise)
    with pytest.raises(Refusal) as caught:
        read_upload(exercise, {bad.name: bad.make()})
    return caught.value


def kept(seat: Seat) -> tuple[dict[str, int], list[str]]:
    """How many rows each table has, and which files lie in the data folder."""
    rows = {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in db.metadata.tables.items()
    }
    folder = Path(settings().data_folder)
    files = [
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and "sqlite3" not in path.name
    ]
    return rows, sorted(files)


def upload(learner: FlaskClient, seat: Seat, bad: Bad) -> str:
    """The page after the upload, as it is sent."""
    assert seat.enrolment is not None
    at = f"/learn/{seat.enrolment.id}/{bad.item}"
    sent = {"upload": (io.BytesIO(bad.make()), bad.name)}
    answer = learner.post(f"{at}/upload", data=sent, headers={"Referer": f"http://localhost{at}"})
    assert answer.status_code == 303
    return learner.get(at).get_data(as_text=True)


@pytest.mark.parametrize("what", EXAMPLES.values())
def test_a_refused_upload_says_the_same_in_three_languages(site: Flask, seat: Seat, what: str) -> None:
    bad = BAD[what]
    why = refused(seat, bad)
    said = {}
    for language in LANGUAGES:
        with force_locale(language):
            said[language] = refusal_text(why.key, why.params)
        assert [word for word in bad.says if word not in said[language]] == [], said[language]
        assert said[language].count(".") >= 1 and "\n" not in said[language]
    assert len(set(said.values())) == 3
    assert said["en"] == str(why)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["zip.name", "upload.not_text", "notebook.cells"])
def test_the_page_words_a_refusal_in_the_readers_language(
    learner: FlaskClient, seat: Seat, language: str, kind: str
) -> None:
    seat.user.language = language
    bad = BAD[EXAMPLES[kind]]
    why = refused(seat, bad)
    with force_locale(language):
        wanted = refusal_text(why.key, why.params)
    assert wanted in html.unescape(upload(learner, seat, bad))


def test_nothing_of_a_refused_upload_is_kept(learner: FlaskClient, seat: Seat) -> None:
    seat.user.language = "en"
    good = Bad(what="fine", name="initials.py", make=lambda: CODE, key="", says=())
    upload(learner, seat, good)  # a draft that a bad upload must not touch
    before = kept(seat)
    for bad in [*(BAD[what] for what in EXAMPLES.values()), BAD["zip: a name of a tag"], BAD["exe: a name of tags"]]:
        page = upload(learner, seat, bad)
        assert "<script>alert" not in page
    assert kept(seat) == before
    assert seat.enrolment is not None
    assert CODE.decode().splitlines()[0] in learner.get(f"/learn/{seat.enrolment.id}/functions/initials").get_data(
        as_text=True
    )
