"""Putting people into a cohort from a list: who is invited, who is told, who is moved only when that was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts import registering
from app.accounts.models import User
from app.clock import in_baku
from app.db import db
from app.errors import Refused
from app.learning import cohorts
from app.learning.cohorts import Listed
from app.learning.models import Cohort, Enrolment
from app.notices.confirming import Params
from app.notices.telling import tell


@dataclass(frozen=True, kw_only=True)
class Enlisted:
    """How many are in the cohort now, and how many stay in another cohort of the course."""

    count: int
    stayed: int


def now_in(cohort: Cohort, rows: Sequence[Listed]) -> dict[str, Cohort]:
    """{address: the cohort of this course in which its owner is now, this one or another}; nobody who has finished."""
    found = db.session.execute(
        select(User.email, Cohort)
        .join(Enrolment, Enrolment.user_id == User.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(
            User.email.in_([row.email for row in rows]),
            Enrolment.course_id == cohort.course_id,
            Enrolment.left_at.is_(None),
            Enrolment.completed_at.is_(None),
        )
    )
    return {email: current for email, current in found if email is not None}


def enlist(cohort: Cohort, rows: Sequence[Listed], *, move: bool, by: User, now: datetime) -> Enlisted:
    """All of them or, raising Refused that names the one who cannot be, nobody. Lines with a problem are passed over.

    Who is new is invited, who has an account is told; who is in another cohort of the course is moved or, without
    `move`, stays there.
    """
    present = now_in(cohort, rows)
    stayed = count = 0
    for row in rows:
        if row.problem:
            continue
        former = present.get(row.email)
        if former is not None and former != cohort and not move:
            stayed += 1
            continue
        count += 1
        user, is_new = registering.invite(
            row.name, row.email, language=cohort.language, by=by, reason=cohort.name, now=now
        )
        try:
            enrolment = cohorts.join(user, cohort, leaving=former.id if former else None, by=by, now=now)
        except Refused as refusal:
            raise Refused(f"{row.email}: {refusal.message}", field="list") from refusal
        if not is_new and former != cohort:
            _tell(enrolment, former, by=by, now=now)
    return Enlisted(count=count, stayed=stayed)


def still_in(_recipient: int, params: Params, _now: datetime) -> Params | None:
    """Of what is told somebody of their cohort: they are in it when the mail goes out, and not done with the course."""
    enrolment = db.session.get(Enrolment, params["enrolment_id"])
    if enrolment is None or enrolment.left_at is not None or enrolment.completed_at is not None:
        return None
    return params if enrolment.cohort is not None and enrolment.cohort.name == params["cohort"] else None


LOOKS = {"enlisted": still_in, "dates_changed": still_in}


def _tell(enrolment: Enrolment, former: Cohort | None, *, by: User, now: datetime) -> None:
    user, cohort = enrolment.user, enrolment.cohort
    assert cohort is not None
    tell(
        user.id,
        user.address,
        user.language,
        "enlisted",
        {
            "cohort": cohort.name,
            "former": former.name if former else "",
            "titles": cohort.course.titles,
            "by": by.name,
            "starts_on": cohort.starts_on.isoformat() if cohort.starts_on > in_baku(now).date() else None,
            "enrolment_id": enrolment.id,
        },
        key=f"enlisted:{enrolment.id}:{cohort.id}:{now.isoformat()}",
        now=now,
    )
