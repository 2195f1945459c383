"""One person as a manager sees them: what the organisation asks, since when and why, what came of it. Nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.audiences.models import Audience
from app.credentials.models import Certificate
from app.curricula.models import DueDate, DueExtension, Exemption, Obligation, Period, Requirement, Source
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.db import db
from app.insights.listing import Line, line
from app.insights.viewing import View
from app.organisations.models import Leave


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why somebody is asked: an audience they are in, or a person who assigned it."""

    audience: str
    person: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, kw_only=True)
class History:
    """All of one obligation until the day of the view."""

    line: Line
    obligation: Obligation
    causes: Sequence[Cause]
    periods: Sequence[Period]
    dues: dict[int, list[DueDate]]  # by period, the oldest first
    extensions: Sequence[DueExtension]
    exemptions: Sequence[Exemption]
    certificates: dict[int, list[Certificate]]  # by period


def lines_of(view: View, user_id: int) -> list[Line]:
    """What the organisation asks of one person, the most urgent first; archived ones left out. One query."""
    query = obligations_on(view.day).where(
        Requirement.organisation_id == view.organisation.id, Obligation.user_id == user_id
    )
    found = [line(view.day, row) for row in db.session.execute(query)]
    found = [one for one in found if one.status is not Status.ARCHIVED]
    return sorted(found, key=lambda one: (one.light, one.until or date.max, one.requirement_id))


def certificates_of(periods: Iterable[Period]) -> dict[int, list[Certificate]]:
    """The certificates of the courses by which each of these periods was completed, by period. One query."""
    wanted = {
        enrolment: period.id
        for period in periods
        if period.completed_by
        for enrolment in period.completed_by.get("enrolments", ())
    }
    found: dict[int, list[Certificate]] = {}
    if wanted:
        for one in db.session.scalars(select(Certificate).where(Certificate.enrolment_id.in_(wanted))):
            found.setdefault(wanted[one.enrolment_id], []).append(one)
    return found


def completed_periods(lines: Sequence[Line]) -> list[Period]:
    """The newest completed period of each of these obligations. One query."""
    ids = [one.obligation_id for one in lines if one.completed_on]
    rows = db.session.scalars(
        select(Period).where(Period.obligation_id.in_(ids), Period.completed_on.is_not(None)).order_by(Period.number)
    )
    return list({one.obligation_id: one for one in rows}.values())


def history(view: View, obligation_id: int) -> History | None:
    """None where the obligation is another organisation's, or of nobody who is seen."""
    query = obligations_on(view.day).where(
        Requirement.organisation_id == view.organisation.id,
        Obligation.id == obligation_id,
        Obligation.user_id.in_(view.people()),
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    own = Period.obligation_id == obligation_id
    periods = db.session.scalars(select(Period).where(own, Period.start_on <= view.day).order_by(Period.number)).all()
    numbers = [period.id for period in periods]
    dues: dict[int, list[DueDate]] = {}
    for due in db.session.scalars(
        select(DueDate).where(DueDate.period_id.in_(numbers), DueDate.from_on <= view.day).order_by(DueDate.from_on)
    ):
        dues.setdefault(due.period_id, []).append(due)
    extensions = select(DueExtension).where(DueExtension.period_id.in_(numbers)).order_by(DueExtension.id)
    exemptions = select(Exemption).where(Exemption.obligation_id == obligation_id).order_by(Exemption.from_on)
    return History(
        line=line(view.day, row),
        obligation=db.session.scalars(
            select(Obligation).where(Obligation.id == obligation_id).options(joinedload(Obligation.user))
        ).one(),
        causes=causes([obligation_id], view.day).get(obligation_id, []),
        periods=periods,
        dues=dues,
        extensions=db.session.scalars(extensions).all(),
        exemptions=db.session.scalars(exemptions).all(),
        certificates=certificates_of(periods),
    )


def causes(obligations: Sequence[int], day: date, *, ended: bool = True) -> dict[int, list[Cause]]:
    """Every source of these obligations begun by `day`, by obligation; `ended` False: only those that hold then."""
    query = (
        select(Source.obligation_id, Source.from_on, Source.until_on, Audience.name, User.name.label("person"))
        .outerjoin(Audience, Audience.id == Source.audience_id)
        .outerjoin(User, User.id == Source.assigned_by)
        .where(Source.obligation_id.in_(obligations))
    )
    if not ended:
        query = query.where(or_(Source.until_on.is_(None), Source.until_on >= day))
    else:
        query = query.where(Source.from_on <= day)
    found: dict[int, list[Cause]] = {}
    for row in db.session.execute(query.order_by(Source.from_on, Source.id)):
        cause = Cause(audience=row.name or "", person=row.person or "", from_on=row.from_on, until_on=row.until_on)
        found.setdefault(row.obligation_id, []).append(cause)
    return found


def leaves(view: View, user_id: int) -> Sequence[Leave]:
    """When this person is away, from the day of the view on."""
    return db.session.scalars(
        select(Leave)
        .where(
            Leave.user_id == user_id,
            Leave.organisation_id == view.organisation.id,
            Leave.withdrawn_at.is_(None),
            or_(Leave.until_on.is_(None), Leave.until_on >= view.day),
        )
        .order_by(Leave.from_on)
    ).all()
