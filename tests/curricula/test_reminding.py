"""Obligations speak up: each step once, to whom it concerns, on working days, whatever happens in between."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.accounts import granting, registering
from app.accounts.models import Organisation, Role, User
from app.curricula import moving, nightly, requirements
from app.curricula.models import Nightly, Requirement
from app.curricula.reminding import ladder, looking, rounding
from app.curricula.reminding.models import Reminder, ReminderMark, ReminderRules
from app.db import db
from app.notices.models import Notice
from app.organisations import leaving, tree, working
from app.organisations.models import Job
from app.organisations.working import Place
from tests.curricula import people
from tests.curricula.people import DAY, noon
from tests.engines.test_writers import at_once

START = date(2027, 1, 11)  # a Monday
DUE = date(2027, 2, 24)  # a Wednesday


@pytest.fixture
def agency(site: Flask) -> Organisation:
    return people.agency(START)


def employee(of: Organisation, name: str = "Rəna Vəliyeva") -> User:
    user = people.employee(of, START, name)
    user.email_confirmed_at = noon(START)
    user.language = "en"
    db.session.flush()
    return user


def asked(of: Organisation, *users: User, slug: str = "ethics", **said: object) -> Requirement:
    made = people.requirement(of, START, slug, **({"due": {"on": DUE.isoformat()}} | said))
    group = people.audience(of, START)
    people.put(group, users, START)
    requirements.attach(made, group, by=None, now=noon(START))
    db.session.commit()
    return made


def night(day: date) -> None:
    """The night of `day`, as `nightly.run_due` makes it."""
    if db.session.get(Nightly, day) is None:
        db.session.add(Nightly(day=day, began_at=noon(day), ended_at=noon(day), summary={}))
    nightly.settle(day, noon(day))
    db.session.commit()


def told_on(day: date) -> None:
    """The night and the whole round of `day`, each part in a transaction of its own."""
    night(day)
    while rounding.go_on(noon(day), rounding.prepared(noon(day))):
        db.session.commit()
    db.session.commit()


def notices(user: User, kind: str = "due") -> list[Notice]:
    query = select(Notice).where(Notice.recipient_id == user.id, Notice.kind == kind).order_by(Notice.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def told(user: User, kind: str = "due") -> list[tuple[date, list[str]]]:
    """(day, what was said) of each notice."""
    return [(one.created_at.date(), [line["what"] for line in one.params["asked"]]) for one in notices(user, kind)]


def test_the_ladder_is_climbed_a_step_at_a_time_and_each_is_told_once(agency: Organisation) -> None:
    user = employee(agency)
    asked(agency, user)
    for days in range(60):
        told_on(START + days * DAY)
    steps = [(DUE - 30 * DAY, "due"), (DUE - 14 * DAY, "due"), (DUE - 7 * DAY, "due"), (DUE - DAY, "due")]
    steps += [(DUE + DAY, "late"), (DUE + 7 * DAY, "late")]
    assert told(user) == [
        *((day, [what]) for day, what in steps),
        (date(2027, 3, 10), ["late"]),  # a fortnight after the due day; 8 March is a Monday
    ]


def test_what_falls_on_days_off_is_told_on_the_last_working_day_before_and_after_them(agency: Organisation) -> None:
    user = employee(agency)
    monday = date(2027, 2, 22)
    asked(agency, user, due={"on": monday.isoformat()})
    for days in range(60):
        told_on(START + days * DAY)
    friday = monday - 3 * DAY
    assert (friday, ["due"]) in told(user)  # the day before the due day is a Sunday
    assert all(day.weekday() < 5 for day, _what in told(user))
    late = [day for day, what in told(user) if what == ["late"]]
    assert late == [monday + DAY, monday + 7 * DAY, date(2027, 3, 9)]  # the 8th is a day off


def test_after_days_without_a_worker_only_the_newest_step_is_told(agency: Organisation) -> None:
    user, other = employee(agency), employee(agency)
    asked(agency, user)
    asked(agency, other, slug="data", due={"on": (DUE + 21 * DAY).isoformat()})
    told_on(DUE - 31 * DAY - 5 * DAY)
    told_on(DUE + DAY)
    assert told(user) == [(DUE + DAY, ["late"])]
    assert told(other) == [(DUE + DAY, ["due"])]  # 30 days before has come and gone; nothing is forgotten


def test_a_first_round_says_nothing_of_what_is_long_past(agency: Organisation) -> None:
    user = employee(agency)
    asked(agency, user)
    told_on(DUE + 100 * DAY)
    assert told(user) == []


def test_one_notice_has_everything_of_a_day_the_most_urgent_first(agency: Organisation) -> None:
    user = employee(agency)
    asked(agency, user)
    asked(agency, user, slug="data", due={"on": (DUE + 8 * DAY).isoformat()})
    asked(agency, user, slug="law", due={"on": (DUE - 6 * DAY).isoformat()}, closes_after_days=6)
    told_on(DUE - 3 * DAY)
    told_on(DUE + DAY)
    assert told(user) == [(DUE + DAY, ["closed", "late", "due"])]
    assert len(db.session.scalars(select(Reminder).where(Reminder.audience == "learner")).all()) == 3


def test_who_has_done_it_is_away_or_exempt_is_left_alone(agency: Organisation) -> None:
    done, away, exempt = (employee(agency) for _n in range(3))
    officer = employee(agency)
    asked(agency, done, away, exempt)
    people.take(done, "ethics", START, START + DAY)
    absence = leaving.Away(kind=leaving.LeaveKind.ILLNESS, reason="", from_on=START, until_on=None)
    leaving.record(away, agency, absence, by=officer, now=noon(START))
    (obligation,) = [one.obligation for one in people.periods(exempt)]
    moving.exempt(obligation, kind="medical", reason="x", from_on=START, until_on=None, by=officer, now=noon(START))
    told_on(DUE - 8 * DAY)
    told_on(DUE - 7 * DAY)
    assert [told(user) for user in (done, away, exempt)] == [[], [], []]


def test_more_time_begins_the_ladder_anew_and_is_not_reminded_of_on_the_same_day(agency: Organisation) -> None:
    user, officer = employee(agency), employee(agency)
    asked(agency, user)
    told_on(DUE - 8 * DAY)
    (period,) = people.periods(user)
    later = DUE + 7 * DAY
    moving.give_time(period, later, "x", by=officer, now=noon(DUE - 7 * DAY))
    for days in range(-7, 40):
        told_on(DUE + days * DAY)
    days = [day for day, _what in told(user)]
    assert days == [later - 7 * DAY, later - DAY, later + DAY, later + 7 * DAY, later + 14 * DAY]


def test_a_renewal_is_announced_when_its_window_opens_and_when_it_has_expired(agency: Organisation) -> None:
    user = employee(agency)
    asked(agency, user, validity_months=3, window_days=20, due={})
    people.take(user, "ethics", START, START)
    for days in range(0, 130):
        told_on(START + days * DAY)
    row = people.stands(user, START + 80 * DAY)
    assert (row.window_opens_on, row.expires_on) == (date(2027, 3, 22), date(2027, 4, 11))  # in Novruz; a Sunday
    assert told(user) == [
        (date(2027, 3, 29), ["window"]),
        (date(2027, 4, 2), ["due"]),  # a week before the last day, a Saturday
        (date(2027, 4, 9), ["due"]),
        (date(2027, 4, 12), ["expired"]),  # not beside "one day late"
        (date(2027, 4, 19), ["late"]),
        (date(2027, 4, 26), ["late"]),
    ]


def test_a_due_day_that_a_changed_requirement_moves_is_told(agency: Organisation) -> None:
    user = employee(agency)
    made = asked(agency, user)
    sooner = people.asks("ethics", due={"on": (DUE - 3 * DAY).isoformat()})
    change = date(2027, 2, 2)
    requirements.change(made, sooner, from_on=change, by=None, now=noon(START))  # type: ignore[arg-type]
    for day in (change - DAY, change, change + DAY):
        told_on(day)
    assert told(user) == [(change, ["moved"])]
    assert notices(user)[0].params["asked"][0]["on"] == (DUE - 3 * DAY).isoformat()


def test_what_an_audience_brings_is_told_once_with_all_of_it_in_one_notice(agency: Organisation) -> None:
    user, done = employee(agency), employee(agency)
    people.take(done, "ethics", START - DAY, START - DAY)
    asked(agency, user, done, look_back_days=30)
    asked(agency, user, slug="data", due={})
    night(START)
    for moment in (noon(START) + timedelta(minutes=n) for n in range(3)):
        while rounding.asked_is_due(moment) and rounding.tell_asked(moment):
            db.session.commit()
        db.session.commit()
    assert told(user, "asked") == [(START, ["asked", "asked"])]
    assert [line["on"] for line in notices(user, "asked")[0].params["asked"]] == [DUE.isoformat(), None]
    assert told(done, "asked") == []


def test_many_whom_an_audience_brings_something_are_told_in_parts_that_go_on_where_the_last_ended(
    agency: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounding, "PART", 2)
    team = [employee(agency) for _n in range(5)]
    asked(agency, *team)
    asked(agency, *team, slug="data", due={})
    night(START)
    parts, after = 0, []
    while rounding.tell_asked(noon(START)):
        parts += 1
        after.append(db.session.get_one(ReminderMark, ladder.ASKED).after_source)
    assert parts == 3  # of two, two and one
    assert after == sorted(set(after))
    assert [told(user, "asked") for user in team] == [[(START, ["asked", "asked"])]] * 5


def test_what_an_audience_brought_and_committed_late_is_found_within_the_hour(agency: Organisation) -> None:
    user = employee(agency)
    asked(agency, user)
    night(START)
    mark = ReminderMark(name=ladder.ASKED, at=noon(START), after_source=1000)  # others, newer, were seen before it
    db.session.add(mark)
    db.session.flush()
    soon = noon(START) + timedelta(minutes=59)
    assert not rounding.asked_is_due(soon)
    assert not rounding.tell_asked(soon)
    later = soon + timedelta(minutes=2)
    assert rounding.asked_is_due(later)
    assert rounding.tell_asked(later)
    assert not rounding.tell_asked(later)
    assert told(user, "asked") == [(START, ["asked"])]
    assert mark.at == later


def test_a_second_audience_asks_nothing_new_and_who_comes_back_is_told_again(agency: Organisation) -> None:
    user = employee(agency)
    made = asked(agency, user)
    rounding.tell_asked(noon(START))
    group = people.audience(agency, START + DAY)
    people.put(group, [user], START + DAY)
    requirements.attach(made, group, by=None, now=noon(START + DAY))
    assert not rounding.tell_asked(noon(START + DAY))
    sources = select(people.Obligation).where(people.Obligation.user_id == user.id)
    assert db.session.scalar(sources) is not None
    for each in db.session.scalars(select(people.Audience)):
        people.put(each, [], START + 5 * DAY)
    night(START + 5 * DAY)
    people.put(group, [user], START + 9 * DAY)
    night(START + 9 * DAY)
    assert rounding.tell_asked(noon(START + 9 * DAY))
    assert len(told(user, "asked")) == 2


def test_a_round_waits_for_its_night_and_is_not_made_on_a_day_off(agency: Organisation) -> None:
    asked(agency, employee(agency))
    assert not rounding.is_due(noon(DUE))
    night(DUE)
    assert rounding.is_due(noon(DUE))
    saturday = DUE + 3 * DAY
    night(saturday)
    assert not rounding.is_due(noon(saturday))
    assert not rounding.go_on(noon(saturday))


# ---- nothing twice, nothing forgotten


def part_in_a_process(site: Flask, day: date, *, dies_at: int) -> bool:
    """A part of the round of `day` in a process of its own, killed at its so-many-th writing statement; did it live?"""
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child:
        _pid, status = os.waitpid(child, 0)
        assert status in (0, signal.SIGKILL), status
        return status == 0
    seen = 0

    def die(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        nonlocal seen
        if text.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            seen += 1
            if seen == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    try:
        event.listen(db.engine, "after_cursor_execute", die)
        rounding.go_on(noon(day), rounding.prepared(noon(day)))
        db.session.commit()
        os._exit(0)
    finally:
        os._exit(1)


def test_a_worker_killed_at_any_step_begins_again_and_everything_is_told_once(
    site: Flask, agency: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounding, "PART", 3)
    boss = employee(agency, "Müdir")
    team = [employee(agency) for _n in range(5)]
    granting.grant(boss, Role.MANAGER, organisation_id=agency.id, by=None, now=noon(START))
    asked(agency, *team)
    told_on(DUE - 8 * DAY)
    day = DUE - 7 * DAY
    night(day)
    ids, boss_id, killed = [user.id for user in team], boss.id, 0
    for _part in range(20):
        if not rounding.is_due(noon(day)):
            break
        for statement in range(1, 10):
            if part_in_a_process(site, day, dies_at=statement):
                break
            killed += 1
    assert not rounding.is_due(noon(day))
    assert killed >= 10
    sent = Counter(db.session.scalars(select(Notice.recipient_id).where(Notice.kind == "due")))
    assert sent == dict.fromkeys(ids, 1)
    digest = db.session.scalars(select(Notice).where(Notice.kind == "team_digest")).one()
    assert (digest.recipient_id, digest.params["people"]) == (boss_id, 5)
    assert db.session.query(Reminder).filter(Reminder.told_on == day).count() == 10


def test_schedulers_that_run_at_once_tell_everything_once(
    site: Flask, agency: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounding, "PART", 4)
    boss = employee(agency, "Müdir")
    team = [employee(agency) for _n in range(12)]
    granting.grant(boss, Role.MANAGER, organisation_id=agency.id, by=None, now=noon(START))
    asked(agency, *team)
    told_on(DUE - 8 * DAY)
    day = DUE - 7 * DAY
    db.session.add(ReminderMark(name=ladder.ASKED, at=noon(START)))
    night(day)

    def whole_round() -> str:
        while rounding.go_on(noon(day), rounding.prepared(noon(day))):
            db.session.commit()
        db.session.commit()
        while rounding.tell_asked(noon(day)):
            db.session.commit()
        return "done"

    assert at_once(site, [whole_round] * 3) == ["done"] * 3
    for kind in ("due", "asked"):
        assert [len(notices(user, kind)) for user in team] == [1] * 12, kind
    (digest,) = notices(boss, "team_digest")
    assert digest.params["people"] == 12


def test_a_round_that_was_never_finished_is_finished_by_that_of_the_next_day(
    agency: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounding, "PART", 2)
    boss = employee(agency, "Müdir")
    granting.grant(boss, Role.MANAGER, organisation_id=agency.id, by=None, now=noon(START))
    team = [employee(agency) for _n in range(4)]
    asked(agency, *team)
    told_on(DUE - 8 * DAY)
    night(DUE - 7 * DAY)
    assert rounding.go_on(noon(DUE - 7 * DAY))  # two of four are told, then nobody works until the day after
    db.session.commit()
    told_on(DUE - 6 * DAY)
    assert [len(notices(user)) for user in team] == [1] * 4
    (digest,) = notices(boss, "team_digest")
    assert digest.params["people"] == 4


# ---- leaders


def test_a_manager_hears_of_the_own_people_in_one_summary_and_an_officer_gets_numbers(agency: Organisation) -> None:
    root = tree.root(agency.id)
    unit = tree.open_unit(root, "IT", "IT", on=START, by=None, now=noon(START))
    boss, officer, head = employee(agency, "Müdir"), employee(agency, "Kadr"), employee(agency, "Rəis")
    granting.grant(boss, Role.MANAGER, organisation_id=agency.id, unit_id=unit.id, by=None, now=noon(START))
    granting.grant(head, Role.MANAGER, organisation_id=agency.id, by=None, now=noon(START))
    granting.grant(officer, Role.OFFICER, organisation_id=agency.id, by=None, now=noon(START))
    team = []
    for name in ("Aysel", "Zaur"):
        user = registering.new_user(name, email=f"{name}@example.com", language="az", now=noon(START))
        db.session.flush()
        working.join(user, agency, from_on=START, by=None, now=noon(START), place=Place(unit_id=unit.id))
        team.append(user)
    asked(agency, *team)
    told_on(DUE + 9 * DAY)
    told_on(DUE + 14 * DAY + 2 * DAY)
    (digest,) = notices(boss, "team_digest")
    assert [(line["what"], line["people"]) for line in digest.params["lines"]] == [("late", ["Aysel", "Zaur"])]
    assert notices(head, "team_digest") == []  # the nearest one is told
    (numbers,) = notices(officer, "team_digest")
    assert [(row["what"], row["count"]) for row in numbers.params["numbers"]] == [("late", 2)]
    assert "lines" not in numbers.params


def test_an_organisation_chooses_its_steps_but_not_that_people_hear_nothing(agency: Organisation) -> None:
    user, boss = employee(agency), employee(agency)
    granting.grant(boss, Role.MANAGER, organisation_id=agency.id, by=None, now=noon(START))
    db.session.add(
        ReminderRules(
            organisation_id=agency.id,
            steps={"learner": ["-3"], "manager": ["-2"], "officer": []},
            changed_at=noon(START),
        )
    )
    asked(agency, user)
    for days in range(-10, 20):
        told_on(DUE + days * DAY)
    assert [day for day, _what in told(user)] == [DUE - 5 * DAY]  # Sunday is told on Friday
    assert [one.created_at.date() for one in notices(boss, "team_digest")] == [DUE - 2 * DAY]
    assert "expired" in looking.rules_of_all()[agency.id]["learner"]


def test_a_round_asks_as_many_queries_for_many_as_for_few(
    agency: Organisation, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    def statements(number: int, slug: str, due: date) -> int:
        users = [employee(agency) for _n in range(number)]
        boss = employee(agency)
        for user in users:
            db.session.scalars(select(Job).where(Job.user_id == user.id)).one().manager_id = boss.id
        told_on(due - 8 * DAY)
        asked(agency, *users, slug=slug, due={"on": due.isoformat()})
        night(due - 7 * DAY)
        db.session.expire_all()
        with counting() as seen:
            while rounding.go_on(noon(due - 7 * DAY), rounding.prepared(noon(due - 7 * DAY))):
                db.session.commit()
        assert all(len(notices(user)) == 1 for user in users)
        return len(seen)

    assert statements(2, "one", DUE) == statements(20, "two", DUE + 63 * DAY)
