"""A mail about an obligation that waited says how it stands when it is sent, or is not sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import granting
from app.accounts.models import Grant, Organisation, Role, User
from app.curricula import assigning, moving, nightly
from app.curricula.models import DueExtension, Exemption, Obligation, Source
from app.curricula.reminding import confirming, rounding
from app.curricula.rules import Status
from app.db import db
from app.insights import asking
from app.insights.viewing import View
from app.notices import delivering
from app.notices.models import Notice
from app.organisations import leaving
from app.organisations.models import Job
from app.web import settings
from tests.curricula import people
from tests.curricula.people import DAY, noon
from tests.curricula.test_reminding import DUE, START, asked, employee, night, notices, told_on

HOUR = timedelta(hours=1)
WEEK_BEFORE = DUE - 7 * DAY


@pytest.fixture
def agency(site: Flask) -> Organisation:
    return people.agency(START)


@pytest.fixture
def officer(agency: Organisation) -> User:
    return employee(agency, "Kadr")


def mailed(now: datetime) -> list[str]:
    """The texts of what is sent by `now`, without the subject, the latest kept last."""
    folder = delivering.mail_folder(settings())
    known = set(folder.glob("*.eml"))
    db.session.commit()
    delivering.deliver_due(now)
    new = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in set(folder.glob("*.eml")) - known]
    return [message.get_body(("plain",)).get_content() for message in new]  # type: ignore[union-attr]


def done(user: User, slug: str, day: date) -> None:
    people.take(user, slug, day, day)
    nightly.settle(day, noon(day))


def obligation_of(user: User) -> Obligation:
    return db.session.scalars(select(Obligation).where(Obligation.user_id == user.id)).first()  # type: ignore[return-value]


def learnt(user: User, _officer: User, day: date) -> None:
    done(user, "ethics", day)


def exempt(user: User, officer: User, day: date) -> None:
    moving.exempt(
        obligation_of(user), kind="medical", reason="x", from_on=day, until_on=None, by=officer, now=noon(day)
    )


def away(user: User, officer: User, day: date) -> None:
    absence = leaving.Away(kind=leaving.LeaveKind.ILLNESS, reason="", from_on=day, until_on=None)
    of = db.session.scalars(select(Job).where(Job.user_id == user.id)).one().organisation_id
    leaving.record(user, db.session.get_one(Organisation, of), absence, by=officer, now=noon(day))


def more_time(user: User, officer: User, day: date) -> None:
    (period,) = people.periods(user)
    moving.give_time(period, DUE + 20 * DAY, "x", by=officer, now=noon(day))


def no_longer_asked(user: User, _officer: User, day: date) -> None:
    for source in db.session.scalars(select(Source).where(Source.obligation_id == obligation_of(user).id)):
        source.until_on = day - DAY


@pytest.mark.parametrize("settles", [learnt, exempt, away, more_time, no_longer_asked])
def test_a_reminder_of_what_is_settled_is_not_mailed(
    agency: Organisation, officer: User, settles: Callable[[User, User, date], None]
) -> None:
    user = employee(agency)
    asked(agency, user)
    told_on(WEEK_BEFORE - DAY)
    told_on(WEEK_BEFORE)
    (reminder,) = notices(user)
    settles(user, officer, WEEK_BEFORE)
    assert [text for text in mailed(noon(WEEK_BEFORE) + HOUR) if "due on" in text and "is now due" not in text] == []
    (reminder,) = notices(user)
    assert (reminder.address, reminder.sent_at) == (None, noon(WEEK_BEFORE) + HOUR)


def test_a_reminder_of_several_things_is_mailed_of_what_is_left(agency: Organisation) -> None:
    user = employee(agency)
    asked(agency, user, titles={"az": "Etika"})
    asked(agency, user, slug="data", titles={"az": "Verilənlər"})
    told_on(WEEK_BEFORE - DAY)
    told_on(WEEK_BEFORE)
    done(user, "data", WEEK_BEFORE)
    (text,) = mailed(noon(WEEK_BEFORE) + HOUR)
    assert "Etika" in text
    assert "Verilənlər" not in text
    assert len(notices(user)[0].params["asked"]) == 2  # the page has what was told


def test_a_reminder_that_lay_until_it_was_late_says_so(agency: Organisation) -> None:
    user = employee(agency)
    asked(agency, user)
    told_on(DUE - 2 * DAY)
    told_on(DUE - DAY)
    (text,) = mailed(noon(DUE + DAY))
    assert "was due on" in text


def test_what_an_audience_brought_and_took_away_again_is_not_mailed(agency: Organisation, officer: User) -> None:
    user, other = employee(agency), employee(agency)
    asked(agency, user, other)
    night(START)
    assert rounding.tell_asked(noon(START))
    no_longer_asked(user, officer, START)
    assert len(mailed(noon(START) + HOUR)) == 1
    assert notices(user, "asked")[0].address is None
    assert notices(other, "asked")[0].address == other.address


def test_what_was_assigned_by_hand_and_is_done_is_not_mailed(agency: Organisation, officer: User) -> None:
    user, other = employee(agency), employee(agency)
    ethics = people.course("ethics")
    assigning.assign(agency, [user, other], ethics, DUE, by=officer, now=noon(START))
    done(user, "ethics", START)
    assert len(mailed(noon(START) + HOUR)) == 1
    assert notices(other, "assigned")[0].sent_at == noon(START) + HOUR
    assert notices(user, "assigned")[0].address is None


def test_of_two_answers_about_more_time_only_the_one_that_holds_is_mailed(agency: Organisation, officer: User) -> None:
    user = employee(agency)
    asked(agency, user)
    (period,) = people.periods(user)
    for days in (10, 20):
        moving.give_time(period, DUE + days * DAY, "x", by=officer, now=noon(START) + days * timedelta(minutes=1))
    (text,) = mailed(noon(START) + HOUR)
    assert f"{DUE + 20 * DAY:%-d} March 2027" in text
    assert db.session.query(DueExtension).count() == 2


def test_an_exemption_that_was_ended_is_not_mailed(agency: Organisation, officer: User) -> None:
    user, other = employee(agency), employee(agency)
    asked(agency, user, other)
    for one in (user, other):
        exempt(one, officer, START + DAY)
    ended = db.session.scalars(select(Exemption).where(Exemption.obligation_id == obligation_of(user).id)).one()
    moving.end_exemption(ended, by=officer, now=noon(START + DAY))
    assert len(mailed(noon(START + DAY) + HOUR)) == 1
    assert notices(user, "exempted")[0].address is None


def led(agency: Organisation) -> tuple[User, User, list[User]]:
    boss, kadr = employee(agency, "Müdir"), employee(agency, "Kadr")
    granting.grant(boss, Role.MANAGER, organisation_id=agency.id, by=None, now=noon(START))
    granting.grant(kadr, Role.OFFICER, organisation_id=agency.id, by=None, now=noon(START))
    team = [employee(agency, name) for name in ("Aysel", "Zaur", "Nigar")]
    asked(agency, *team)
    told_on(DUE + 13 * DAY)
    told_on(date(2027, 3, 10))  # a fortnight after the due day; 8 March is a Monday
    return boss, kadr, team


def test_a_summary_names_who_is_still_late_and_counts_them(agency: Organisation) -> None:
    boss, kadr, (aysel, zaur, _nigar) = led(agency)
    day = date(2027, 3, 10)
    done(aysel, "ethics", day)
    for job in db.session.scalars(select(Job).where(Job.user_id == zaur.id)):
        job.until_on = day - DAY  # no longer of this team
    texts = mailed(noon(day) + HOUR)
    (names,) = [text for text in texts if "in your team" in text]
    assert "Aysel" not in names
    assert "Zaur" not in names
    assert "Nigar" in names
    (numbers,) = [text for text in texts if "2 people are late" in text]
    assert "Nigar" not in numbers
    assert notices(boss, "team_digest")[0].params["people"] == 3
    assert notices(kadr, "team_digest")[0].sent_at == noon(day) + HOUR


def test_who_no_longer_leads_gets_no_summary(agency: Organisation) -> None:
    boss, kadr, _team = led(agency)
    for grant in db.session.scalars(select(Grant).where(Grant.user_id.in_([boss.id, kadr.id]))):
        db.session.delete(grant)
    mailed(noon(date(2027, 3, 10)) + HOUR)
    assert [notices(one, "team_digest")[0].address for one in (boss, kadr)] == [None, None]


def test_a_reminder_of_a_manager_names_what_is_still_to_be_done(agency: Organisation) -> None:
    boss, user, other = employee(agency, "Müdir"), employee(agency), employee(agency)
    granting.grant(boss, Role.MANAGER, organisation_id=agency.id, by=None, now=noon(START))
    asked(agency, user, other, titles={"az": "Etika"})
    asked(agency, user, slug="data", titles={"az": "Verilənlər"})
    day = DUE + DAY
    night(day)
    view = View(organisation=agency, user=boss, day=day, today=day, is_whole=False)
    asking.remind(view, [user, other], by=boss, now=noon(day))
    for one in (user, other):
        done(one, "ethics", day)
    (text,) = [text for text in mailed(noon(day) + HOUR) if "reminds you" in text]
    assert "Verilənlər" in text
    assert "Etika" not in text
    assert notices(other, "reminded")[0].address is None


def test_every_way_an_obligation_may_stand_is_thought_of() -> None:
    assert set(confirming.SAID_NOW) | set(confirming.SETTLED) == set(Status)
    assert not set(confirming.SAID_NOW) & set(confirming.SETTLED)


def test_notices_told_before_this_was_built_are_mailed_as_they_were(agency: Organisation) -> None:
    boss, _kadr, _team = led(agency)
    (digest,) = notices(boss, "team_digest")
    digest.params = {name: value for name, value in digest.params.items() if name != "day"}
    mailed(noon(date(2027, 3, 10)) + HOUR)
    kept = db.session.scalars(select(Notice).where(Notice.id == digest.id)).one()
    assert kept.address == boss.address
