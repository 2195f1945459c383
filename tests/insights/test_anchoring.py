"""The head of the audit log comes to administrators by mail: once a day on which it is another, to each."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app import audit
from app.accounts.models import Role
from app.db import db
from app.insights import anchoring
from app.notices.models import Notice
from tests.factories import NOW, person


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def happen(folder: Path, now: datetime) -> None:
    audit.record("signed_in", actor_id=None, now=now, subject_type="user", subject_id=1)
    db.session.flush()
    while audit.seal():
        pass
    audit.anchor(folder, now)
    db.session.commit()


def tell(folder: Path, now: datetime) -> list[str]:
    """Who is told by this; and what is told is due before, and not afterwards."""
    before = set(db.session.scalars(select(Notice.id)))
    due = anchoring.is_due(folder, now)
    told = anchoring.tell_due(folder, now)
    db.session.commit()
    assert due == bool(told)
    assert not anchoring.is_due(folder, now)
    new = db.session.scalars(select(Notice).where(Notice.id.not_in(before)).order_by(Notice.id)).all()
    return [str(one.address) for one in new]


def test_each_administrator_is_mailed_once_a_day_while_there_is_something_new(site: Flask, tmp_path: Path) -> None:
    people = ["a@example.com", "b@example.com", None]
    for address in people:
        person("Aytən", address, role=Role.ADMINISTRATOR)
    person("Müəllim", "teacher@example.com", role=Role.INSTRUCTOR)
    assert tell(tmp_path, day(0)) == []  # nothing was put down yet
    happen(tmp_path, day(0))
    assert tell(tmp_path, day(0)) == ["a@example.com", "b@example.com"]
    assert tell(tmp_path, day(0)) == []
    notice = db.session.scalars(select(Notice).limit(1)).one()
    head = audit.head()
    assert notice.params == {"number": head.number, "digest": head.digest, "day": "2026-11-22"}
    assert (notice.recipient_id, notice.not_before) == (None, day(0))  # at once, though it is a Sunday
    person("Zaur", "c@example.com", role=Role.ADMINISTRATOR)
    assert tell(tmp_path, day(0)) == ["c@example.com"]
    audit.anchor(tmp_path, day(1))
    seen = tell(tmp_path, day(1))
    assert seen == []  # that Zaur is one was written before, but not sealed: nothing new
    happen(tmp_path, day(2))
    assert tell(tmp_path, day(2)) == ["a@example.com", "b@example.com", "c@example.com"]
    assert tell(tmp_path, day(3)) == []


def test_a_log_that_was_cut_is_news_as_well(site: Flask, tmp_path: Path) -> None:
    person("Aytən", "a@example.com", role=Role.ADMINISTRATOR)
    happen(tmp_path, day(0))
    happen(tmp_path, day(1))
    db.session.execute(audit.AuditEvent.__table__.delete().where(audit.AuditEvent.__table__.c.number > 1))
    db.session.commit()
    audit.anchor(tmp_path, day(2))
    assert tell(tmp_path, day(2)) == ["a@example.com"]
