"""A training officer says who is told when; everybody's own due days come into their own calendar."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Role
from app.clock import utc_now
from app.curricula import nightly
from app.curricula.models import Nightly
from app.curricula.reminding import choosing, days, rounding
from app.db import db
from app.errors import Refused
from app.notices import workdays
from tests.curricula import people
from tests.curricula.office import DAY, by, office, said, today
from tests.factories import person, signed_in


def test_an_officer_chooses_the_days_and_what_has_to_be_told_stays(site: Flask, client: FlaskClient) -> None:
    here = office()
    page = said(by(client, here.officer).get(f"{here.at}/reminders"))
    assert 'value="-30 -14 -7 -1 +1 +7 +14"' in page
    fields = {"learner": "\u221210, -3 +2", "manager": "", "officer": "+5", "manager_events": ["expired"]}
    assert client.post(f"{here.at}/reminders", data=fields).status_code == 303
    assert {name: list(steps) for name, steps in choosing.chosen(here.organisation.id).items()} == {
        "learner": ["-10", "-3", "2", "moved", "window", "expired", "closed"],
        "manager": ["expired"],
        "officer": ["5"],
    }
    page = said(client.get(f"{here.at}/reminders"))
    assert 'value="-10 -3 +2"' in page


@pytest.mark.parametrize("typed", ["", "+1 +7", "seven", "-999", " ".join(f"-{n}" for n in range(1, 20)), "-7 \u0661"])
def test_days_that_cannot_be_are_refused_at_their_field(site: Flask, client: FlaskClient, typed: str) -> None:
    here = office()
    answer = by(client, here.officer).post(f"{here.at}/reminders", data={"learner": typed})
    assert answer.status_code == 422
    assert 'id="learner-error"' in answer.get_data(as_text=True)


def test_steps_are_chosen_for_the_own_organisation_only(site: Flask, client: FlaskClient) -> None:
    here, there = office(), office()
    assert by(client, here.officer).get(f"{there.at}/reminders").status_code == 404
    assert client.post(f"{there.at}/reminders", data={"learner": "-1"}).status_code == 404
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
