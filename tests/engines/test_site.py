"""The site beyond one machine, while one of its parts is away."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.db import db
from app.grading.models import Submission
from app.grading.seats import Seat
from tests.factories import signed_in
from tests.servers import Postgres, Rabbit

pytestmark = pytest.mark.engines
FORM = {"purpose": "submit", "name-0": "initials.py", "text-0": "x = 1"}


def hand_in(client: FlaskClient, seat: Seat, token: str) -> int:
    assert seat.enrolment is not None
    place = f"/learn/{seat.enrolment.id}/functions/initials"
    return client.post(f"{place}/hand-in", data=FORM | {"form_token": token}).status_code


def test_nothing_is_taken_in_while_the_shared_folder_is_away(client: FlaskClient, seat: Seat, tmp_path: Path) -> None:
    learner = signed_in(client, seat.user)
    (tmp_path / "shared").rename(tmp_path / "elsewhere")
    assert hand_in(learner, seat, "t") == 503
    assert db.session.query(Submission).count() == 0
    (tmp_path / "elsewhere").rename(tmp_path / "shared")
    assert hand_in(learner, seat, "t") == 303
    assert db.session.query(Submission).count() == 1


def test_a_cut_connection_is_noticed_before_the_next_page(
    client: FlaskClient, seat: Seat, postgres: Postgres, database: str
) -> None:
    learner = signed_in(client, seat.user)
    assert learner.get("/").status_code == 200
    db.session.rollback()
    postgres.cut(database)
    assert learner.get("/").status_code == 200


def test_what_is_handed_in_without_a_broker_is_taken(client: FlaskClient, seat: Seat, broker: Rabbit) -> None:
    learner = signed_in(client, seat.user)
    broker.kill()
    try:
        assert hand_in(learner, seat, "t") == 303
    finally:
        broker.start()
    assert db.session.query(Submission).count() == 1
