"""A small ministry lives for years by a simulated clock: what happens goes into the site and into a list of events.

What the site says of everybody in the evening is kept.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.audiences import resolving
from app.audiences.models import Audience, AudienceVersion
from app.curricula import allocating, completing, evidence, exceptions, moving, nightly, requirements
from app.curricula.models import Exemption, Obligation, Period, Requirement
from app.curricula.requirements import Draft
from app.curricula.standing import obligations_on
from app.db import db
from app.learning.models import Enrolment
from app.organisations import tree, working
from app.organisations.models import Job, Leave, Unit
from tests.curricula import people
from tests.curricula.people import DAY, noon
from tests.curricula.reckoning import Events, Version

FIRST = date(2027, 1, 4)
UNITS = ("A", "B", "C")
ANSWERED = ("pending", "in_progress", "overdue")
Said = dict[tuple[int, int], tuple[str, date | None, date | None]]


def draft(version: Version) -> Draft:
    kind, count, courses = version.needs
    part: dict[str, Any] = {"need": kind, "courses": list(courses)}
    return Draft(
        titles={"az": "Tələb"},
        parts=[part | {"count": count} if kind == "any" else part],
        due=version.due,
        closes_after_days=version.closes,
        validity_months=version.months,
        window_days=version.window,
        renewal=version.rule,
        minimum_validity_days=version.least,
        look_back_days=version.back,
        minimum_days=version.minimum,
    )


def plan(first: date) -> list[list[Version]]:
    """Four requirements with all their versions: by completion, by expiry, with a fixed day, by hand and for good."""

    def on(days: int) -> date:
        return first + timedelta(days=days)

    ethics = ("all", 1, ("ethics",))
    two = ("any", 2, ("data", "python", "sql"))
    return [
        [
            Version(from_on=on(0), needs=ethics, due={"after": 30, "from": "assigned"}, months=12, window=60, back=90),
            Version(
                from_on=on(300),
                needs=("all", 2, ("ethics", "privacy")),
                due={"after": 14, "from": "assigned"},
                months=12,
                window=60,
                minimum=10,
            ),
            Version(from_on=on(640), needs=ethics, due={"after": 45, "from": "assigned"}, months=6, window=30),
        ],
        [
            Version(
                from_on=on(0),
                needs=("all", 1, ("security",)),
                due={"after": 20, "from": "job"},
                closes=15,
                months=6,
                window=30,
                rule="expiry",
            ),
            Version(
                from_on=on(500),
                needs=("all", 1, ("security",)),
                due={"after": 40, "from": "job"},
                closes=30,
                months=13,
                window=45,
                rule="expiry",
            ),
        ],
        [
            Version(
                from_on=on(0),
                needs=two,
                due={"on": on(240).isoformat()},
                months=12,
                window=30,
                rule="fixed",
                least=40,
                minimum=14,
            )
        ],
        [Version(from_on=on(0), needs=("in_order", 2, ("law", "practice")), due={"after": 15, "from": "assigned"})],
    ]


@dataclass(kw_only=True)
class World:
    organisation: Organisation
    officer: User
    units: dict[str, Unit]
    chance: random.Random
    plans: list[list[Version]]
    requirements: list[Requirement] = field(default_factory=list)
    users: dict[int, User] = field(default_factory=dict)
    events: Events = field(default_factory=Events)
    said: dict[date, Said] = field(default_factory=dict)
    opened: dict[tuple[int, str], tuple[Enrolment, list[Any]]] = field(default_factory=dict)

    def likely(self, odds: float) -> bool:
        return self.chance.random() < odds


def found(first: date, seed: int) -> World:
    organisation = people.agency(first)
    root = tree.root(organisation.id)
    units = {code: tree.open_unit(root, code, code, on=first, by=None, now=noon(first)) for code in UNITS}
    officer = people.employee(organisation, first, "Kadr")
    world = World(
        organisation=organisation, officer=officer, units=units, chance=random.Random(seed), plans=plan(first)
    )
    for slug in ("ethics", "privacy", "security", "data", "python", "sql", "law", "practice"):
        people.course(slug)
    for n, (versions, asked) in enumerate(zip(world.plans, ("AB", "ABC", "BC", ""), strict=True)):
        made = requirements.create(organisation, f"R{n}", draft(versions[0]), by=officer, now=noon(first))
        world.requirements.append(made)
        world.events.versions[made.id] = [versions[0]]
        world.events.units[made.id] = set(asked)
        if asked:
            requirements.attach(made, audience(world, asked, first), by=officer, now=noon(first))
    return world


def audience(world: World, asked: str, day: date) -> Audience:
    made = people.audience(world.organisation, day)
    condition = {"kind": "unit", "units": sorted(world.units[one].id for one in asked), "below": True, "not": False}
    group = {"match": "all", "conditions": [condition]}
    rule = {"version": 1, "match": "all", "groups": [group], "always": [], "never": []}
    db.session.add(AudienceVersion(audience_id=made.id, number=1, rule=rule, created_at=noon(day)))
    db.session.flush()
    return made


def live(world: World, day: date, number: int) -> None:
    """One day: the round of the night, what people do and the site follows at once, what is said of everybody then."""
    nightly.settle(day, noon(day) - timedelta(hours=10))
    change(world, day, number)
    if come_and_go(world, day) or number == 0:
        resolving.recompute(day, noon(day))
        allocating.allocate(day, noon(day))
    learn(world, day)
    completing.complete_due(noon(day), noon(day) - timedelta(hours=1))
    decide(world, day, number)
    world.said[day] = told(day)


def told(day: date) -> Said:
    rows = db.session.execute(obligations_on(day))
    return {
        (row.user_id, row.requirement_id): (
            row.status,
            row.due_on if row.completed_on is None and row.status != "archived" else None,
            row.expires_on if row.status in ("valid", "window_open", "expired") else None,
        )
        for row in rows
    }


def change(world: World, day: date, number: int) -> None:
    for made, versions in zip(world.requirements, world.plans, strict=True):
        for version in versions[1:]:
            if version.from_on - 10 * DAY == day:  # said ten days before
                requirements.change(made, draft(version), from_on=version.from_on, by=world.officer, now=noon(day))
                world.events.versions[made.id].append(version)
    if number == 900:
        requirements.archive(world.requirements[2], by=world.officer, now=noon(day))
        world.events.archived[world.requirements[2].id] = day


def come_and_go(world: World, day: date) -> bool:
    """Whether anybody did."""
    chance, events, before = world.chance, world.events, str(world.events.jobs)
    working_now = [one for one, jobs in events.jobs.items() if jobs[-1][1] is None]
    if len(working_now) < 40 and world.likely(0.3 if len(working_now) < 30 else 0.05):
        user = people.employee(world.organisation, day)
        job = db.session.scalars(select(Job).where(Job.user_id == user.id)).one()
        unit = chance.choice(UNITS)
        job.unit_id = world.units[unit].id
        world.users[user.id] = user
        events.jobs[user.id] = [(day, None, unit)]
    gone = [one for one, jobs in events.jobs.items() if jobs[-1][1] is not None and jobs[-1][1] < day - 40 * DAY]
    if gone and world.likely(0.02):
        user_id, unit = chance.choice(gone), chance.choice(UNITS)
        place = working.Place(unit_id=world.units[unit].id)
        working.join(world.users[user_id], world.organisation, from_on=day, by=None, now=noon(day), place=place)
        events.jobs[user_id].append((day, None, unit))
    for user_id in working_now:
        first, _until, unit = events.jobs[user_id][-1]
        if first == day:
            continue
        job = db.session.scalars(select(Job).where(Job.user_id == user_id, Job.until_on.is_(None))).one()
        if world.likely(0.0015):
            new = chance.choice([one for one in UNITS if one != unit])
            working.change(job, working.Place(unit_id=world.units[new].id), on=day, by=None, now=noon(day))
            events.jobs[user_id][-1] = (first, day - DAY, unit)
            events.jobs[user_id].append((day, None, new))
        elif world.likely(0.0008):
            working.end(job, until_on=day - DAY, by=None, now=noon(day))
            events.jobs[user_id][-1] = (first, day - DAY, unit)
            for spell in events.by_hand.get((user_id, world.requirements[3].id), []):
                spell[1] = spell[1] or day - DAY  # what was asked by hand ends with the job
    leave(world, day, working_now)
    return str(events.jobs) != before


def leave(world: World, day: date, working_now: list[int]) -> None:
    for user_id in working_now:
        known = world.events.leaves.setdefault(user_id, [])
        if world.likely(0.0015) and not (known and known[-1][1] >= day - DAY):
            last = day + timedelta(days=world.chance.randint(5, 120))
            known.append((day, last))
            away = Leave(
                user_id=user_id,
                organisation_id=world.organisation.id,
                kind="illness",
                from_on=day,
                until_on=last,
                recorded_at=noon(day),
            )
            db.session.add(away)
    db.session.flush()


def learn(world: World, day: date) -> None:
    for user_id, user in world.users.items():
        takings = world.events.takings.setdefault(user_id, [])
        for slug in ("ethics", "privacy", "security", "data", "python", "sql", "law", "practice"):
            if (user_id, slug) in world.opened:
                if world.likely(0.06):
                    enrolment, taking = world.opened.pop((user_id, slug))
                    enrolment.completed_at = noon(day)
                    taking[2] = day
            elif world.likely(0.006):
                taking = [slug, day, None]
                world.opened[user_id, slug] = people.take(user, slug, day), taking
                takings.append(taking)
    db.session.flush()


def decide(world: World, day: date, number: int) -> None:
    """More time, exemptions, proofs, assignments by hand, doubts."""
    events, chance, officer, now = world.events, world.chance, world.officer, noon(day)
    doubts = [one for one in db.session.scalars(exceptions.waiting(world.organisation.id)) if world.likely(0.4)]
    for one in doubts:
        job = events.jobs[one.user_id][-1]
        if job[0] == day or job[1] is not None:  # moved today: the round takes it off the queue
            continue
        action = chance.choice(("assign", "realistic", "dismiss"))
        act = {"assign": exceptions.assign, "realistic": exceptions.assign_realistic, "dismiss": exceptions.dismiss}
        assert act[action]([one], by=officer, now=now) == 1
        events.decided.setdefault((one.user_id, one.requirement_id), []).append((day, action))
    by_hand = world.requirements[3]
    for user_id in [one for one, jobs in events.jobs.items() if jobs[-1][1] is None and jobs[-1][0] < day]:
        key = (user_id, by_hand.id)
        given = events.by_hand.setdefault(key, [])
        if (not given or given[-1][1] is not None) and world.likely(0.003):
            allocating.give(by_hand, [world.users[user_id]], by=officer, now=now)
            given.append([day, None])
        elif given and given[-1][1] is None and given[-1][0] < day and world.likely(0.002):
            what = select(Obligation).where(Obligation.user_id == user_id, Obligation.requirement_id == by_hand.id)
            allocating.take_back(db.session.scalars(what).one(), by=officer, now=now)
            given[-1][1] = day - DAY
    for row in db.session.execute(obligations_on(day)).all() if number % 3 == 0 else ():
        person_decides(world, day, row)


def person_decides(world: World, day: date, row: Any) -> None:
    events, officer, now, key = world.events, world.officer, noon(day), (row.user_id, row.requirement_id)
    if row.status in ANSWERED and row.due_on is not None and world.likely(0.012) and not just_changed(world, key, day):
        period = db.session.get_one(Period, row.period_id)
        until = max(row.due_on, day) + timedelta(days=world.chance.randint(1, 60))
        asked = moving.ask_for_time(period, until, "xəstəlik", by=world.users[row.user_id], now=now)
        if world.likely(0.7):
            moving.grant_time(asked, until, by=officer, now=now)
            events.extended.setdefault(key, []).append((day, until))
        else:
            moving.refuse_time(asked, "yox", by=officer, now=now)
    elif row.status in ANSWERED and row.number == 0 and world.likely(0.003) and not just_changed(world, key, day):
        period = db.session.get_one(Period, row.period_id)
        learnt = day - timedelta(days=world.chance.randint(0, 20))
        said = {"issuer": "Akademiya", "title": "Etika", "document": "0" * 64, "document_name": "a.pdf"}
        handed = evidence.hand_in(period, learnt_on=learnt, by=world.users[row.user_id], now=now, **said)
        evidence.grant(handed, by=officer, now=now)
        events.proved.setdefault(key, []).append((day, learnt))
    elif row.status not in ("archived", "exempt") and world.likely(0.002):
        last = day + timedelta(days=world.chance.randint(10, 90)) if world.likely(0.6) else None
        obligation = db.session.get_one(Obligation, row.obligation_id)
        moving.exempt(obligation, kind="other", reason="səbəb", from_on=day, until_on=last, by=officer, now=now)
        events.exempt.setdefault(key, []).append([day, last])
    elif row.status == "exempt" and world.likely(0.03):
        spell = events.exempt[key][-1]
        if spell[0] < day:
            one = select(Exemption).where(Exemption.obligation_id == row.obligation_id).order_by(Exemption.id.desc())
            moving.end_exemption(db.session.scalars(one).first(), by=officer, now=now)  # type: ignore[arg-type]
            spell[1] = day - DAY


def just_changed(world: World, key: tuple[int, int], day: date) -> bool:
    """The person moved or left today: the round has not seen it yet, and neither may a decision of today."""
    first, last, _unit = world.events.jobs[key[0]][-1]
    begins = any(one.from_on == day for one in world.events.versions[key[1]])
    return first == day or last is not None or begins
