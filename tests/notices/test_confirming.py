"""A mail that waited says what is true when it is sent, or is not sent."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy

import pytest
from flask import Flask
from sqlalchemy import update

from app.accounts import registering, tokens
from app.accounts.models import TokenPurpose, User
from app.db import db
from app.notices import delivering, preferring
from app.notices.confirming import Params, confirms
from app.notices.kinds import Group
from app.notices.models import Notice
from app.notices.preferring import Chosen
from app.notices.telling import tell
from app.web import settings
from tests.factories import NOW, person
from tests.notices.test_preferences import MORNING, NIGHT


def waiting(user: User, kind: str = "reviewed") -> Notice:
    params = {"what": "excused", "title": "Baş hərflər", "by": "Müəllim", "reason": "x", "enrolment_id": 1}
    made = tell(user.id, user.address, "en", kind, params, key=f"k{user.id}", now=NIGHT)
    db.session.commit()
    assert made.not_before == MORNING
    return made


def mails() -> list[str]:
    files = sorted(delivering.mail_folder(settings()).glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"] for file in files]


def test_what_is_settled_meanwhile_is_not_mailed_and_stays_on_the_page(site: Flask) -> None:
    notice = waiting(person())
    confirms(site, {"reviewed": lambda _recipient, _params, _now: None})
    assert [delivering.deliver_due(MORNING), delivering.deliver_due(MORNING)] == [0, 0]
    assert (notice.address, notice.sent_at) == (None, MORNING)
    assert notice.params["title"] == "Baş hərflər"
    assert not delivering.mail_folder(settings()).exists()


def test_what_has_changed_is_mailed_as_it_is_now_and_stays_on_the_page_as_it_was_told(site: Flask) -> None:
    user = person()
    notice = waiting(user)
    seen: list[tuple[int, datetime]] = []

    def look(recipient: int, params: Params, now: datetime) -> Params:
        seen.append((recipient, now))
        return {**params, "title": "Söz sayı"}

    confirms(site, {"reviewed": look})
    assert delivering.deliver_due(MORNING) == 1
    assert seen == [(user.id, MORNING)]
    assert mails() == ["“Söz sayı” no longer counts for you"]
    assert notice.params["title"] == "Baş hərflər"


def test_a_kind_that_nobody_looks_at_is_mailed_as_it_was_told(site: Flask) -> None:
    waiting(person())
    assert delivering.deliver_due(MORNING) == 1
    assert mails() == ["“Baş hərflər” no longer counts for you"]


def test_who_switched_the_mail_off_meanwhile_gets_none(site: Flask) -> None:
    user = person()
    notice = waiting(user)
    preferring.choose(user.id, Chosen(not_mailed=frozenset({Group.RESULT})), now=NIGHT)
    db.session.commit()
    assert delivering.deliver_due(MORNING) == 0
    assert notice.address is None


def test_a_look_that_fails_is_tried_again_and_holds_up_no_other(site: Flask) -> None:
    def stumble(_recipient: int, params: Params, _now: datetime) -> Params:
        raise KeyError("missing")

    broken, good = waiting(person()), waiting(person(), "rejudged")
    good.params = {"title": "x", "points": 1, "most": 2, "before": 0, "reason": "x", "finished": False, "submission": 1}
    confirms(site, {"reviewed": stumble})
    db.session.commit()
    assert delivering.deliver_due(MORNING) == 1
    assert (broken.failures, broken.sent_at, good.sent_at) == (1, None, MORNING)
    confirms(site, {"reviewed": lambda _recipient, params, _now: params})
    assert delivering.deliver_due(broken.not_before) == 1


def test_a_worker_that_died_while_it_looked_has_lost_nothing(site: Flask) -> None:
    """Taken, looked at, and nothing noted: as if another worker had died there."""
    notice = waiting(person())
    later = MORNING + delivering.SENDING
    db.session.execute(update(Notice).values(not_before=later))
    db.session.commit()
    assert delivering.deliver_due(MORNING) == 0
    confirms(site, {"reviewed": lambda _recipient, _params, _now: None})
    assert delivering.deliver_due(later) == 0
    db.session.refresh(notice)
    assert notice.sent_at == later


@pytest.mark.parametrize(("kind", "address"), [("reviewed", "new@example.com"), ("safety", "old@example.com")])
def test_what_waits_follows_its_reader_to_a_new_address_and_a_warning_does_not(
    site: Flask, kind: str, address: str
) -> None:
    user = person(email="old@example.com")
    notice = tell(user.id, user.address, "en", kind, {}, key="k", now=NIGHT)
    secret = tokens.hand_out(user, TokenPurpose.CHANGE_EMAIL, email="new@example.com", now=NOW)
    token = tokens.find(secret, TokenPurpose.CHANGE_EMAIL, now=NOW)
    assert token is not None
    registering.change_email(token, now=NOW)
    db.session.refresh(notice)
    assert notice.address == address
