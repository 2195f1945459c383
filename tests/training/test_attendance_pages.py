"""The trainer's list, the code on the screen, and the learner's phone."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import utc_now
from app.db import db
from app.training import attending, booking, codes
from app.training.models import Booking, Training
from app.web import settings
from tests.factories import NOW, person, signed_in
from tests.training.centre import training


@pytest.fixture
def now_held(site: Flask) -> Training:
    """A training whose meeting is going on."""
    made = training()
    booking.book(person("Aygün Gələn"), made, now=NOW)
    for meeting in made.meetings:
        meeting.starts_at, meeting.ends_at = utc_now() - timedelta(minutes=5), utc_now() + timedelta(hours=2)
    db.session.commit()
    return made


def test_the_worker_of_the_list_is_code_that_is_never_old(client: FlaskClient, site: Flask, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    dist.mkdir()
    site.static_folder = str(tmp_path)
    assert client.get("/training/meetings/offline.js").status_code == 404  # not built yet
    versions = set()
    for built in ("one", "two"):
        (dist / "offline-X.js").write_text("const list = 1;")
        (dist / "manifest.json").write_text(json.dumps({"offline.js": "offline-X.js", "site.css": built}))
        answer = client.get("/training/meetings/offline.js")
        assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        version, code = answer.text.split("\n", 1)
        assert version.startswith("const VERSION = ") and code == "const list = 1;"
        versions.add(version)
    assert len(versions) == 2


def test_a_trainer_marks_who_is_there(client: FlaskClient, now_held: Training) -> None:
    meeting, (seat,) = now_held.meetings[0], booking.bookings(now_held)
    signed_in(client, now_held.trainer)
    assert "Aygün Gələn" in client.get(f"/training/meetings/{meeting.id}").text
    for said in ("present", "absent"):
        answer = client.post(f"/training/meetings/{meeting.id}", data={f"seat-{seat.id}": said, "seat-999": "present"})
        assert answer.status_code == 303
        (mark,) = attending.marks(meeting).values()
        db.session.refresh(mark)
        assert mark.present == (said == "present")
    page = client.get(f"/training/meetings/{meeting.id}/code").text
    assert "<svg" in page and "0 of 1" in page


def test_a_learner_scans_the_code_and_is_marked_once(client: FlaskClient, now_held: Training) -> None:
    meeting, (seat,) = now_held.meetings[0], booking.bookings(now_held)
    signed_in(client, seat.user)
    code = codes.code(meeting.id, settings().data_folder, utc_now())
    page = client.get(f"/here/{meeting.id}/{code}").text
    address = re.findall(rf'action="(/here/{meeting.id}/[^"]+)"', page)[0]
    assert client.post(address).status_code == 303
    assert client.post(address).status_code == 303
    (mark,) = attending.marks(meeting).values()
    assert (mark.present, mark.how) == (True, "code")


def test_a_code_of_yesterday_anothers_ticket_and_who_has_no_seat_are_refused(
    client: FlaskClient, now_held: Training
) -> None:
    meeting, (seat,) = now_held.meetings[0], booking.bookings(now_held)
    folder = settings().data_folder
    old = codes.code(meeting.id, folder, utc_now() - timedelta(days=1))
    assert signed_in(client, seat.user).get(f"/here/{meeting.id}/{old}").status_code == 410
    stranger = person()
    others = codes.ticket(meeting.id, stranger.id, folder, utc_now())
    assert client.post(f"/here/{meeting.id}/{others}").status_code == 410
    code = codes.code(meeting.id, folder, utc_now())
    signed_in(client, stranger)
    assert client.get(f"/here/{meeting.id}/{code}").status_code == 403
    assert client.post(f"/here/{meeting.id}/{others}").status_code == 403
    assert not attending.marks(meeting)
    assert db.session.get_one(Booking, seat.id).state == "booked"


def test_marks_of_a_phone_without_network_arrive_late_twice_and_in_any_order(
    client: FlaskClient, now_held: Training
) -> None:
    meeting, (seat,) = now_held.meetings[0], booking.bookings(now_held)
    signed_in(client, now_held.trainer)
    earlier, later = (utc_now() - timedelta(minutes=n) for n in (4, 2))
    path = f"/training/meetings/{meeting.id}/marks"
    sent = [{"seat": seat.id, "present": True, "at": later.isoformat()}]
    old = [{"seat": seat.id, "present": False, "at": earlier.isoformat().replace("+00:00", "Z")}]
    for marks in (sent, old, sent):
        answer = client.post(path, json={"marks": marks})
        assert (answer.status_code, answer.json) == (200, {"refused": []})
        (mark,) = attending.marks(meeting).values()
        db.session.refresh(mark)
        assert (mark.present, mark.marked_at) == (True, later)
    answer = client.post(path, json={"marks": [{"seat": 10**6, "present": True, "at": later.isoformat()}, *sent]})
    assert answer.json == {"refused": ["Only who has a seat can be marked."]}


@pytest.mark.parametrize(
    "sent", [None, [], {"marks": 5}, {"marks": [{"seat": "x"}]}, {"marks": [{"seat": 1, "present": True, "at": "5"}]}]
)
def test_what_is_no_mark_is_refused(client: FlaskClient, now_held: Training, sent: object) -> None:
    signed_in(client, now_held.trainer)
    answer = client.post(f"/training/meetings/{now_held.meetings[0].id}/marks", json=sent)
    assert answer.status_code == 400
    assert not attending.marks(now_held.meetings[0])
