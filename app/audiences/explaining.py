"""Why somebody is in or out: every condition of the rule with the fact that decided it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, pgettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
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
from app.audiences.wording import Names, clause, listed, names_of, quoted
from app.catalogue.models import Course
from app.clock import in_baku
from app.credentials.models import Certificate
from app.db import covers, db
from app.formats import day_text
from app.learning.models import Enrolment
from app.organisations.models import Job
from app.organisations.tree import placed_units


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One line: what is asked, whether it holds, and the fact that decided it ("“İT”", "Since 3 May 2026")."""

    asked: str
    holds: bool
    fact: str = ""
    parts: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """Of one person on one day. `above`: of every unit, the ids of itself and what it stands below."""

    user: User
    day: date
    jobs: Sequence[Job]
    above: dict[int, set[int]]
    finished: dict[str, list[date]]
    papers: dict[str, list[Certificate]]
    names: Names


def why(rule: Rule, organisation_id: int, user: User, day: date) -> Reason:
    """The tree of conditions with what is true of `user` on `day`; its root says whether they are in. Six queries."""
    facts = _facts(rule, organisation_id, user, day)
    here = Reason(asked=gettext("Works in the organisation"), holds=bool(facts.jobs), fact=_jobs(facts.jobs))
    if not here.holds or user.closed_at is not None:
        closed = gettext("The account is closed.") if user.closed_at is not None else here.fact
        return _root(False, Reason(asked=here.asked, holds=False, fact=closed))
    if user.id in rule.never:
        return _root(False, here, Reason(asked=gettext("Named among those who are never in"), holds=True))
    if user.id in rule.always:
        return _root(True, here, Reason(asked=gettext("Named among those who are always in"), holds=True))
    groups = [_group(one, facts) for one in rule.groups]
    return _root(_any_or_all(rule.match, groups), here, *(groups if len(groups) > 1 else _parts(groups)))


def _root(holds: bool, *parts: Reason) -> Reason:
    return Reason(
        asked=gettext("In the audience") if holds else gettext("Not in the audience"), holds=holds, parts=parts
    )


def _parts(groups: Sequence[Reason]) -> tuple[Reason, ...]:
    return groups[0].parts if groups else ()


def _any_or_all(match: Match, reasons: Sequence[Reason]) -> bool:
    return not reasons or (all if match is Match.ALL else any)(one.holds for one in reasons)


def _group(group: Group, facts: _Facts) -> Reason:
    together = group.of_one_job
    job = _best_job(together, facts)
    parts = tuple(
        _of_job(one, [job] if job and one in together else facts.jobs, facts)
        if isinstance(one, OF_JOB)
        else _of_person(one, facts)
        for one in group.conditions
    )
    asked = gettext("All of this is true") if group.match is Match.ALL else gettext("At least one of this is true")
    return Reason(asked=asked, holds=_any_or_all(group.match, parts), parts=parts)


def _best_job(asked: Sequence[Condition], facts: _Facts) -> Job | None:
    """The job of which most is true: who has two learns what is missing from the nearer one."""
    return max(facts.jobs, key=lambda job: sum(_job_fits(one, job, facts) for one in asked), default=None)


def _job_fits(asked: Condition, job: Job, facts: _Facts) -> bool:
    match asked:
        case InUnits():
            return bool(
                set(asked.units) & (facts.above.get(job.unit_id, {job.unit_id}) if asked.below else {job.unit_id})
            )
        case InPositions():
            code = job.position.code if job.position else None
            return code is not None and any(
                code.startswith(one) if asked.beginning else code == one for one in asked.codes
            )
        case Started():
            first, last = asked.bounds(facts.day)
            return (first is None or job.from_on >= first) and (last is None or job.from_on <= last)
    raise TypeError(asked)


def _of_job(asked: InUnits | InPositions | Started, jobs: Sequence[Job], facts: _Facts) -> Reason:
    fitting = [job for job in jobs if _job_fits(asked, job, facts)]
    shown = fitting or jobs
    match asked:
        case InUnits():
            fact = listed([quoted(job.unit.name) for job in shown], Match.ALL)
        case InPositions():
            named = [f"{job.position.name} ({job.position.code})" for job in shown if job.position]
            fact = listed(named, Match.ALL) if named else gettext("No position is recorded.")
        case Started():
            fact = gettext("Since %(day)s", day=day_text(max(job.from_on for job in shown).isoformat()))
    return Reason(asked=clause(asked, facts.names), holds=bool(fitting) != asked.negated, fact=fact)


def _of_person(asked: Condition, facts: _Facts) -> Reason:
    match asked:
        case Speaks():
            holds = facts.user.language in asked.languages
            words = {
                "az": pgettext("language of the site", "Azerbaijani"),
                "ru": pgettext("language of the site", "Russian"),
                "en": pgettext("language of the site", "English"),
            }
            said = words[facts.user.language]
        case Completed():
            since = asked.since(facts.day) or date.min
            counted = {slug: [on for on in facts.finished[slug] if since <= on <= facts.day] for slug in asked.courses}
            holds = (all if asked.need is Match.ALL else any)(counted.values())
            said = listed([_finished(slug, bool(days), facts) for slug, days in counted.items()], Match.ALL)
        case Holds():
            valid = {slug: any(_is_valid(one, facts.day) for one in facts.papers[slug]) for slug in asked.courses}
            holds = (all if asked.need is Match.ALL else any)(valid.values())
            said = listed([_paper(slug, is_valid, facts) for slug, is_valid in valid.items()], Match.ALL)
        case _:
            raise TypeError(asked)
    return Reason(asked=clause(asked, facts.names), holds=holds != asked.negated, fact=said)


def _finished(slug: str, is_counted: bool, facts: _Facts) -> str:
    """No day: the course may be one that somebody took for themselves."""
    course = quoted(facts.names.courses.get(slug, slug))
    if is_counted:
        return gettext("%(course)s: finished", course=course)
    return gettext("%(course)s: not finished", course=course)


def _paper(slug: str, is_valid: bool, facts: _Facts) -> str:
    course = quoted(facts.names.courses.get(slug, slug))
    if is_valid:
        return gettext("%(course)s: valid certificate", course=course)
    return gettext("%(course)s: no valid certificate", course=course)


def _is_valid(paper: Certificate, day: date) -> bool:
    revoked = paper.revoked_at is not None and in_baku(paper.revoked_at).date() <= day
    issued = in_baku(paper.issued_at).date() <= day
    return issued and not revoked and (paper.expires_on is None or day <= paper.expires_on)


def _jobs(jobs: Sequence[Job]) -> str:
    if not jobs:
        return gettext("Has no job there on this day.")
    return listed([quoted(job.unit.name) for job in jobs], Match.ALL)


def _facts(rule: Rule, organisation_id: int, user: User, day: date) -> _Facts:
    jobs = db.session.scalars(
        select(Job)
        .where(Job.user_id == user.id, Job.organisation_id == organisation_id, covers(Job, day))
        .options(joinedload(Job.unit), joinedload(Job.position))
        .order_by(Job.from_on, Job.id)
    ).all()
    finished, papers = defaultdict(list), defaultdict(list)
    takings = select(Enrolment.completed_at, Course.slug).join(Course, Course.id == Enrolment.course_id)
    for moment, slug in db.session.execute(takings.where(Enrolment.user_id == user.id, Enrolment.left_at.is_(None))):
        if moment is not None:
            finished[slug].append(in_baku(moment).date())
    for paper, slug in db.session.execute(
        select(Certificate, Course.slug)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Certificate.user_id == user.id)
    ):
        papers[slug].append(paper)
    above = {one.unit.id: set(one.path) for one in placed_units(organisation_id, day)}
    return _Facts(
        user=user,
        day=day,
        jobs=jobs,
        above=above,
        finished=finished,
        papers=papers,
        names=names_of([rule], organisation_id),
    )
