"""Who fits a rule on a day, and who has been in an audience since when.

Everything is asked as EXISTS of one person: as a set, PostgreSQL joins it; inside an "or", it looks up an index, where
a list of a hundred thousand ids would no longer fit the memory it keeps for that.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    delete,
    except_,
    false,
    func,
    insert,
    intersect,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.audiences import reading
from app.audiences.models import Audience, AudienceMember, AudienceVersion
from app.audiences.rules import (
    OF_JOB,
    Completed,
    Condition,
    Group,
    Holds,
    InPositions,
    InUnits,
    Match,
    Rule,
    Speaks,
    Started,
)
from app.catalogue.models import Course
from app.clock import DAY, begins, end_of
from app.credentials.models import Certificate
from app.db import covers, db, in_parts, one_at_a_time
from app.learning.models import Enrolment
from app.organisations.models import Job, Placement, Position, Unit
from app.organisations.tree import below

AT_ONCE = 500  # ids named in one statement


def people(rule: Rule, organisation_id: int, day: date) -> Select[int]:
    """The ids of who fits on `day`: a SELECT for `in_()`, for counting and for joining. One row a person."""
    fits = _any_or_all(rule.match, [_group(one, organisation_id, day) for one in rule.groups])
    if rule.always:
        fits = or_(fits, User.id.in_(rule.always))
    if rule.never:
        fits = and_(fits, User.id.not_in(rule.never))
    return select(User.id).where(User.closed_at.is_(None), _has_job([], organisation_id, day), fits)


def _group(group: Group, organisation_id: int, day: date) -> ColumnElement[bool]:
    together = group.of_one_job
    asked = [_condition(one, organisation_id, day) for one in group.conditions if one not in together]
    if together:
        asked.append(_has_job(together, organisation_id, day))
    return _any_or_all(group.match, asked)


def _any_or_all(match: Match, asked: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    if not asked:
        return true()
    return and_(*asked) if match is Match.ALL else or_(*asked)


def _condition(condition: Condition, organisation_id: int, day: date) -> ColumnElement[bool]:
    match condition:
        case Speaks():
            holds: ColumnElement[bool] = User.language.in_(condition.languages)
        case Completed():
            since = condition.since(day)
            holds = _any_or_all(condition.need, [_completed(slug, since, day) for slug in condition.courses])
        case Holds():
            holds = _any_or_all(condition.need, [_holds(slug, day) for slug in condition.courses])
        case _:
            holds = _has_job([condition], organisation_id, day)
    return ~holds if condition.negated else holds


def _has_job(asked: Collection[Condition], organisation_id: int, day: date) -> ColumnElement[bool]:
    """One job of the organisation on `day` of which all of `asked` is true (whether negated is not looked at)."""
    job = aliased(Job)
    query = select(job.id).where(job.user_id == User.id, job.organisation_id == organisation_id, covers(job, day))
    for one in asked:
        assert isinstance(one, OF_JOB)
        query = query.where(_of_job(job, one, organisation_id, day))
    return query.correlate(User).exists()


def _of_job(job: Any, condition: InUnits | InPositions | Started, organisation_id: int, day: date) -> Any:
    match condition:
        case InUnits():
            named = select(Unit.id).where(Unit.id.in_(condition.units), Unit.organisation_id == organisation_id)
            return job.unit_id.in_(below(named, day) if condition.below else named)
        case InPositions(beginning=True):
            beginnings = [Position.code.startswith(code, autoescape=True) for code in condition.codes]
            return job.position_id.in_(select(Position.id).where(or_(*beginnings)))
        case InPositions():
            return job.position_id.in_(select(Position.id).where(Position.code.in_(condition.codes)))
    first, last = condition.bounds(day)
    return and_(
        job.from_on >= first if first is not None else true(), job.from_on <= last if last is not None else true()
    )


def _completed(slug: str, since: date | None, day: date) -> ColumnElement[bool]:
    taking = aliased(Enrolment)
    query = select(taking.id).where(
        taking.user_id == User.id,
        taking.course_id.in_(_course(slug)),
        taking.left_at.is_(None),
        taking.completed_at < end_of(day),
    )
    if since is not None:
        query = query.where(taking.completed_at >= begins(since))
    return query.correlate(User).exists()


def _holds(slug: str, day: date) -> ColumnElement[bool]:
    """Issued and not revoked by the end of `day`, which is not after its last day."""
    paper, taking = aliased(Certificate), aliased(Enrolment)
    tomorrow = end_of(day)
    query = (
        select(paper.id)
        .join(taking, taking.id == paper.enrolment_id)
        .where(
            paper.user_id == User.id,
            taking.course_id.in_(_course(slug)),
            paper.issued_at < tomorrow,
            or_(paper.revoked_at.is_(None), paper.revoked_at >= tomorrow),
            or_(paper.expires_on.is_(None), paper.expires_on >= day),
        )
    )
    return query.correlate(User).exists()


def _course(slug: str) -> Select[int]:
    return select(Course.id).where(Course.slug == slug)


# ---- audiences


def latest_version(audience_id: int) -> AudienceVersion:
    """The one in force."""
    return db.session.scalars(
        select(AudienceVersion)
        .where(AudienceVersion.audience_id == audience_id)
        .order_by(AudienceVersion.number.desc())
        .limit(1)
    ).one()


def members_on(audience_id: int, day: date) -> Select[int]:
    """The ids of who was in the audience on `day`, as kept."""
    return select(AudienceMember.user_id).where(AudienceMember.audience_id == audience_id, covers(AudienceMember, day))


def recompute(day: date, now: datetime, audiences: Collection[int] | None = None) -> dict[int, tuple[int, int]]:
    """Close and open the rows of AudienceMember so that who is in on `day` is who fits; archived ones lose everybody.

    `audiences`: ids; None: every one. Set by set, in the caller's transaction; again on the same day changes nothing.
    Returns {audience id: (came in, went out)} of those where somebody did. One round at a time.
    """
    one_at_a_time("audiences")
    wanted = select(Audience).order_by(Audience.id)
    if audiences is not None:
        wanted = wanted.where(Audience.id.in_(audiences))
    changes: dict[int, tuple[int, int]] = {}
    for audience in db.session.scalars(wanted).all():
        came, went = _keep(audience, day)
        audience.recomputed_at = now
        if came or went:
            changes[audience.id] = (came, went)
    db.session.flush()
    return changes


def _keep(audience: Audience, day: date) -> tuple[int, int]:
    """Bring the rows of one audience up to `day`; return how many came in and went out."""
    fitting = select(User.id).where(false())
    if audience.archived_at is None:
        rule = reading.parse(latest_version(audience.id).rule)
        fitting = people(rule, audience.organisation_id, day)
    member, unseen = AudienceMember, {"synchronize_session": False}  # nobody holds these rows as objects
    of_it = member.audience_id == audience.id
    inside = select(member.user_id).where(of_it, member.until_on.is_(None))
    going = list(db.session.scalars(except_(inside, fitting)))
    for some in in_parts(going, AT_ONCE):
        leaving = (of_it, member.until_on.is_(None), member.user_id.in_(some))
        today = delete(member).where(*leaving, member.from_on >= day)  # who came today was never in
        db.session.execute(today, execution_options=unseen)
        db.session.execute(update(member).where(*leaving).values(until_on=day - DAY), execution_options=unseen)
    # Who was in until yesterday and fits has not been out.
    yesterday = (of_it, member.until_on == day - DAY)
    left = select(member.user_id).where(*yesterday)
    back = list(db.session.scalars(intersect(left, fitting))) if db.session.scalar(left.limit(1)) else []
    for some in in_parts(back, AT_ONCE):
        again = update(member).where(*yesterday, member.user_id.in_(some)).values(until_on=None)
        db.session.execute(again, execution_options=unseen)
    new = except_(fitting, inside).subquery()
    count = select(func.count()).select_from(inside.subquery())  # SQLite does not say how many an INSERT made
    row = select(literal(audience.id), new.c.id, literal(day, Date()))
    before = db.session.scalar(count)
    db.session.execute(insert(member).from_select(["audience_id", "user_id", "from_on"], row))
    return len(back) + (db.session.scalar(count) or 0) - (before or 0), len(going)


# ---- what is due


def fingerprints() -> dict[int, str]:
    """Of each organisation with audiences, what changes when a job, a unit's place or a rule does. Three queries.

    Whoever remembers it sees which organisations changed since, whichever way that came in (a file, SCIM, a page).
    """
    used = select(Audience.organisation_id)
    job, place = Job, Placement
    jobs = (
        *(func.count(), func.max(job.id), func.count(job.until_on), func.max(job.until_on)),
        *(func.min(job.from_on), func.max(job.from_on), func.sum(job.unit_id), func.sum(job.position_id)),
    )
    places = (func.count(), func.max(place.id), func.count(place.until_on), func.sum(place.parent_id))
    found: dict[int, list[str]] = {}
    for row in db.session.execute(
        select(job.organisation_id, *jobs).where(job.organisation_id.in_(used)).group_by(job.organisation_id)
    ):
        found.setdefault(row[0], []).append(str(tuple(row[1:])))
    for placed in db.session.execute(
        select(Unit.organisation_id, *places)
        .join(Unit, Unit.id == place.unit_id)
        .where(Unit.organisation_id.in_(used))
        .group_by(Unit.organisation_id)
    ):
        found.setdefault(placed[0], []).append(str(tuple(placed[1:])))
    rules = (func.count(AudienceVersion.id), func.max(AudienceVersion.id), func.count(Audience.archived_at))
    for ruled in db.session.execute(
        select(Audience.organisation_id, *rules)
        .join(AudienceVersion, AudienceVersion.audience_id == Audience.id)
        .group_by(Audience.organisation_id)
    ):
        found.setdefault(ruled[0], []).append(str(tuple(ruled[1:])))
    return {id: " ".join(parts) for id, parts in found.items()}


def audiences_of(organisations: Collection[int]) -> list[int]:
    """The ids of the audiences there."""
    return list(db.session.scalars(select(Audience.id).where(Audience.organisation_id.in_(organisations))))
