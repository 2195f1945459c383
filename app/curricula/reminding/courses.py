"""A course that is asked of people has changed: who answers for these people is told, as the organisation chose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import User
from app.catalogue.models import CourseVersion
from app.clock import in_baku
from app.curricula.models import Obligation, Requirement, RequirementCourse, RequirementVersion
from app.curricula.reminding import ladder, looking
from app.curricula.reminding.letters import names_of
from app.curricula.rules import Status
from app.curricula.standing import obligations_on
from app.curricula.versions import in_force_on
from app.db import db
from app.notices.confirming import Params
from app.notices.telling import Mail, tell_many
from app.organisations import teams

TO_DO = (*ladder.BEFORE, *ladder.LATE)


def tell_leaders(version: CourseVersion, said: Mapping[str, Any], *, now: datetime) -> int:
    """`version` of a course is published, and differs from the one before by what is `said`; how many were told."""
    day = in_baku(now).date()
    rules = looking.rules_of_all()
    mails: list[Mail] = []
    for organisation_id, asking in _asking(version, day).items():
        audiences = [name for name in ladder.LEADERS if ladder.COURSE in rules[organisation_id][name]]
        if audiences:
            mails += _mails(organisation_id, asking, audiences, version, said, day)
    return tell_many("asked_course_changed", mails, now=now)


def _asking(version: CourseVersion, day: date) -> dict[int, list[RequirementVersion]]:
    """By organisation, what is asked there on `day` and names the course."""
    naming = dict(
        db.session.execute(
            select(RequirementCourse.version_id, RequirementCourse.requirement_id).where(
                RequirementCourse.course_id == version.course_id
            )
        ).all()
    )
    in_force = in_force_on(day, set(naming.values()))
    of = dict(
        db.session.execute(
            select(Requirement.id, Requirement.organisation_id).where(Requirement.id.in_(in_force))
        ).all()
    )
    found: dict[int, list[RequirementVersion]] = {}
    for requirement_id, asked in sorted(in_force.items()):
        if asked.id in naming:
            found.setdefault(of[requirement_id], []).append(asked)
    return found


def _mails(
    organisation_id: int,
    asking: Sequence[RequirementVersion],
    audiences: Collection[str],
    version: CourseVersion,
    said: Mapping[str, Any],
    day: date,
) -> list[Mail]:
    rows = obligations_on(day).where(Obligation.requirement_id.in_([one.requirement_id for one in asking])).subquery()
    if not db.session.scalar(select(func.count()).where(rows.c.status != Status.ARCHIVED)):
        return []  # nobody is asked
    waiting = select(rows.c.user_id).where(rows.c.status.in_(TO_DO)).distinct()
    (name,) = names_of([organisation_id]).values()
    whole = {
        **said,
        "version": version.id,
        "organisation": name,
        "organisation_id": organisation_id,
        "asking": [{"titles": dict(one.titles), "id": one.requirement_id} for one in asking],
    }
    people: dict[tuple[int, str], int] = {}  # (leader, as what): of how many people it is still to be done
    if ladder.MANAGER in audiences:
        users = set(db.session.scalars(waiting))
        for leaders in teams.nearest_leaders(organisation_id, users, day).values():
            for leader in leaders:
                people[leader, ladder.MANAGER] = people.get((leader, ladder.MANAGER), 0) + 1
    if ladder.OFFICER in audiences:
        number = db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
        people |= {(officer, ladder.OFFICER): number for officer in teams.officers(organisation_id)}
    accounts = looking.kept_accounts({leader for leader, _role in people})
    return [
        _mail(accounts[leader], whole | {"role": role, "people": number}, version.id)
        for (leader, role), number in sorted(people.items())
        if leader in accounts and not (role == ladder.MANAGER and (leader, ladder.OFFICER) in people)
    ]


def _mail(user: User, params: Mapping[str, Any], version_id: int) -> Mail:
    return Mail(
        recipient_id=user.id,
        address=user.address,
        language=user.language,
        params={"name": user.name, **params},
        key=f"asked_course_changed:{version_id}:{params['organisation_id']}:{user.id}",
    )


def asked_course_changed(recipient: int, params: Params, now: datetime) -> Params | None:
    """Still so when the mail goes out: no newer version has been published, and they still answer for these people."""
    version = db.session.get(CourseVersion, params["version"])
    if version is None or version.course.published_id != version.id:
        return None
    organisation_id = params["organisation_id"]
    if params["role"] == ladder.OFFICER:
        leads = recipient in teams.officers(organisation_id)
    else:
        user = db.session.get_one(User, recipient)
        leads = organisation_id in teams.led_organisations(user, in_baku(now).date())
    return params if leads else None
