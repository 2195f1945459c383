"""What an instructor says to a cohort: on its page, and to everybody's inbox and e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts.models import User
from app.db import db
from app.errors import Refused
from app.learning.cohorts import in_cohort
from app.learning.models import Announcement, Cohort, Enrolment
from app.notices.telling import tell


def announce(cohort: Cohort, title: str, body: str, *, by: User, now: datetime) -> Announcement:
    """Say it once; the same words again within a minute (a double click) are the same announcement."""
    title, body = " ".join(title.split()), body.strip()
    if not title or not body:
        raise Refused(_("An announcement has a title and a text."), field="body" if title else "title")
    last = db.session.scalar(
        select(Announcement).where(Announcement.cohort_id == cohort.id).order_by(Announcement.id.desc()).limit(1)
    )
    if last and (last.title, last.body) == (title, body) and (now - last.created_at).total_seconds() < 60:
        return last
    said = Announcement(cohort_id=cohort.id, title=title, body=body, created_by=by.id, created_at=now)
    db.session.add(said)
    db.session.flush()
    for enrolment in db.session.scalars(select(Enrolment).where(in_cohort(cohort)).options(joinedload(Enrolment.user))):
        user = enrolment.user
        tell(
            user.id,
            user.address,
            user.language,
            "announcement",
            {"cohort": cohort.name, "title": title, "body": body, "enrolment_id": enrolment.id},
            key=f"announcement:{said.id}:{user.id}",
            now=now,
        )
    audit.record("announced", actor_id=by.id, now=now, subject_type="cohort", subject_id=cohort.id)
    return said


def announcements(cohort: Cohort, *, limit: int = 50) -> Sequence[Announcement]:
    """The latest first."""
    return db.session.scalars(
        select(Announcement).where(Announcement.cohort_id == cohort.id).order_by(Announcement.id.desc()).limit(limit)
    ).all()
