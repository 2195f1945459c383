"""A training officer says who is told when; everybody's own due days come into their own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Role
from app.clock import utc_now
from app.curricula import nightly
from app.curricula.models import Nightly
from app.curricula.reminding import choosing, days, hours, ladder, rounding
from app.db import db
from app.errors import Refused
from app.notices import workdays
from app.notices.models import Notice
from app.notices.telling import Mail, tell_many
from app.notices.workdays import Hours
from app.organisations import working
from tests.curricula import people
from tests.curricula.office import DAY, by, office, said, today
from tests.factories import person, signed_in

HOURS = {"opens": "09:00", "closes": "18:00", "weekdays": ["0", "1", "2", "3", "4"]}


def test_an_officer_chooses_the_days_and_what_has_to_be_told_stays(site: Flask, client: FlaskClient) -> None:
    here = office()
    page = said(by(client, here.officer).get(f"{here.at}/reminders"))
    assert 'value="-30 -14 -7 -1 +1 +7 +14"' in page
    fields = HOURS | {"learner": "\u221210, -3 +2", "manager": "", "officer": "+5", "manager_events": ["expired"]}
    assert client.post(f"{here.at}/reminders", data=fields).status_code == 303
    assert {name: list(steps) for name, steps in choosing.chosen(here.organisation.id).items()} == {
        "learner": ["-10", "-3", "2", "moved", "window", "expired", "closed"],
        "manager": ["expired"],
        "officer": ["5"],
    }
    assert hours.chosen(here.organisation.id) == workdays.USUAL
    page = said(client.get(f"{here.at}/reminders"))
    assert 'value="-10 -3 +2"' in page


def test_an_officer_chooses_the_hours_in_which_people_are_mailed(site: Flask, client: FlaskClient) -> None:
    here = office()
    page = said(by(client, here.officer).get(f"{here.at}/reminders"))
    assert 'value="09:00"' in page
    assert "Saturday" in page
    fields = {"learner": "-7", "opens": "08:30", "closes": "17:15", "weekdays": ["0", "1", "2", "5"]}
    assert client.post(f"{here.at}/reminders", data=fields).status_code == 303
    wanted = Hours(opens=time(8, 30), closes=time(17, 15), weekdays=frozenset({0, 1, 2, 5}))
    assert hours.chosen(here.organisation.id) == wanted
    user = here.hire("Rəna")
    assert hours.hours_of([user.id, here.officer.id], today()) == {user.id: (wanted,)}
    page = said(signed_in(client, user).get("/notices/settings"))
    assert "between 08:30 and 17:15" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"opens": ""}, "opens"),
        ({"closes": "25:00"}, "closes"),
        ({"opens": "18:00", "closes": "09:00"}, "closes"),
        ({"opens": "09:00", "closes": "09:30"}, "closes"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["0", "1", "2"]}, "weekdays"),
        ({"weekdays": ["7"]}, "weekdays"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_field(
    site: Flask, client: FlaskClient, wrong: dict[str, object], field: str
) -> None:
    here = office()
    answer = by(client, here.officer).post(f"{here.at}/reminders", data={"learner": "-7"} | HOURS | wrong)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.get_data(as_text=True)
    assert hours.chosen(here.organisation.id) == workdays.USUAL


def test_mail_waits_for_the_hours_of_where_its_reader_works(site: Flask) -> None:
    here, there = office(), office()
    early, usual, both, nobody = here.hire("Rəna"), there.hire("Elçin"), here.hire("Nigar"), person()
    working.join(both, there.organisation, from_on=date(2026, 1, 5), by=None, now=utc_now())
    chosen = Hours(opens=time(7), closes=time(16), weekdays=frozenset({0, 1, 2, 3, 4, 5}))
    choosing.choose(here.organisation, ladder.USUAL, chosen, by=here.officer, now=utc_now())
    friday = datetime(2026, 11, 27, 13, 0, tzinfo=UTC)  # 17:00 in Baku
    users = (early, usual, both, nobody)
    mails = [Mail(recipient_id=one.id, address=one.address, language="en", params={}, key=f"{one.id}") for one in users]
    tell_many("due", mails, now=friday)
    opens = dict(db.session.execute(select(Notice.recipient_id, Notice.not_before)).all())
    saturday = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)  # 7:00 in Baku
    assert [opens[one.id] for one in users] == [saturday, friday, friday, friday]


@pytest.mark.parametrize("typed", ["", "+1 +7", "seven", "-999", " ".join(f"-{n}" for n in range(1, 20)), "-7 \u0661"])
def test_days_that_cannot_be_are_refused_at_their_field(site: Flask, client: FlaskClient, typed: str) -> None:
    here = office()
    answer = by(client, here.officer).post(f"{here.at}/reminders", data=HOURS | {"learner": typed})
    assert answer.status_code == 422
    assert 'id="learner-error"' in answer.get_data(as_text=True)


def test_steps_are_chosen_for_the_own_organisation_only(site: Flask, client: FlaskClient) -> None:
    here, there = office(), office()
    assert by(client, here.officer).get(f"{there.at}/reminders").status_code == 404
    assert client.post(f"{there.at}/reminders", data=HOURS | {"learner": "-1"}).status_code == 404
    with pytest.raises(Refused):
        choosing.choose(here.organisation, {"learner": ["1"]}, by=here.officer, now=utc_now())


def test_a_calendar_has_one_event_for_each_thing_asked_on_its_last_day(site: Flask) -> None:
    here = office("Nazirlik, 1")
    user = here.hire("Rəna")
    due = today() + 20 * DAY
    (late,) = here.ask(here.requirement("late", due={"on": due.isoformat()}), user)
    (valid,) = here.ask(here.requirement("valid", validity_months=12, window_days=30, look_back_days=60), user)
    here.ask(here.requirement("open", due={}), user)
    people.take(user, "valid", today() - 5 * DAY, today() - 4 * DAY)
    nightly.settle(today(), utc_now())
    lines = days.calendar_of(user, now=utc_now()).replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith("UID")] == [
        f"UID:obligation-{late.id}@127.0.0.1",
        f"UID:obligation-{valid.id}@127.0.0.1",
    ]
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in lines
    until = people.stands(user, today(), valid.requirement).expires_on - DAY
    assert f"DTSTART;VALUE=DATE:{until:%Y%m%d}" in lines
    assert any(line.startswith("SUMMARY") and "Last day to renew" in line for line in lines)


def test_the_system_page_says_how_the_last_round_went_and_which_feasts_are_missing(
    site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(client, person(role=Role.ADMINISTRATOR))
    assert "No round has been made yet" in said(client.get("/staff/system"))
    monkeypatch.setattr("app.notices.workdays.ANNOUNCED", {})
    page = said(client.get("/staff/system"))
    assert f"The days of Ramazan or Qurban of {today().year} are not entered" in page
    day = workdays.calendar(today()).next_worked(today())
    db.session.add(Nightly(day=day, began_at=utc_now(), ended_at=utc_now(), summary={}))
    while rounding.go_on(people.noon(day), rounding.prepared(people.noon(day))):
        db.session.commit()
    db.session.commit()
    assert "Last round:" in said(client.get("/staff/system"))
