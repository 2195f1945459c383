"""Nothing of a requirement changes before it was seen whom it affects; and only what was seen is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audiences.models import Audience
from app.curricula import previewing, requirements
from app.curricula.completing import complete
from app.curricula.models import AllocationException, Obligation, Proposal, Requirement, RequirementVersion
from app.db import db
from tests.curricula import people
from tests.curricula.office import DAY, Office, by, office, said, today
from tests.curricula.test_requirement_pages import typed
from tests.factories import NOW


def looked_at(client: FlaskClient, address: str, form: dict[str, Any]) -> str:
    """The address of the preview to which this leads."""
    answer = client.post(address, data=form)
    assert answer.status_code == 303, said(answer)
    assert "/changes/" in answer.headers["Location"]
    return str(answer.headers["Location"])


def seen(page: str) -> str:
    return re.findall(r'name="seen" value="([0-9a-f]{64})"', page)[0]


def due(number: int, **other: Any) -> dict[str, Any]:
    """The form of a change that only moves the due day."""
    return typed(due_after=str(number), from_on=today().isoformat()) | other


def attach(client: FlaskClient, desk: Office, made: Requirement, audience: Audience, kind: str = "attach") -> str:
    return looked_at(client, f"{desk.at}/{made.id}/audiences", {"audience": audience.id, "kind": kind})


def due_of(obligation: Obligation) -> date | None:
    return people.stands(obligation.user, today()).due_on


def versions() -> int:
    return db.session.scalar(select(func.count()).select_from(RequirementVersion)) or 0


def test_a_change_is_seen_person_by_person_before_it_happens(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement(due={"after": 20, "from": "assigned"})
    obligation = desk.ask(made, desk.hire("Aynur Əliyeva"), desk.hire("Babək"))[0]
    before = due_of(obligation)
    by(client, desk.officer)
    address = looked_at(client, f"{desk.at}/{made.id}/edit", due(60))
    page = said(client.get(address))
    assert "due later" in page
    assert "Aynur Əliyeva" in page
    assert "Within 60 days of being assigned." in page
    assert "Within 20 days of being assigned." in page
    assert (due_of(obligation), versions()) == (before, 1)
    assert "Babək" not in said(client.get(f"{address}?q=eliyeva"))
    assert "Nobody here is called that" in said(client.get(f"{address}?q=xyz"))
    assert "Aynur" not in said(client.get(f"{address}?kind=earlier"))
    answer = client.post(f"{address}/apply", data={"seen": seen(page)})
    assert answer.status_code == 303
    assert "The change is in force." in said(client.get(answer.headers["Location"]))
    assert (due_of(obligation), versions()) == (today() + 50 * DAY, 2)


def test_applying_twice_changes_once(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement()
    desk.ask(made, desk.hire("Aynur"))
    by(client, desk.officer)
    address = looked_at(client, f"{desk.at}/{made.id}/edit", due(60))
    token = seen(said(client.get(address)))
    for _click in range(2):
        assert client.post(f"{address}/apply", data={"seen": token}).status_code == 303
    assert versions() == 2
    assert client.get(address).headers["Location"] == f"{desk.at}/{made.id}"


def test_what_changed_since_it_was_seen_is_shown_again(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement(due={"after": 20, "from": "assigned"})
    user = desk.hire("Aynur")
    desk.ask(made, user, desk.hire("Babək"))
    by(client, desk.officer)
    address = looked_at(client, f"{desk.at}/{made.id}/edit", due(60))
    token = seen(said(client.get(address)))
    people.take(user, "python", today() - 3 * DAY, today())
    complete(today())
    answer = client.post(f"{address}/apply", data={"seen": token})
    assert answer.status_code == 409
    page = said(answer)
    assert "Nothing was applied: something changed meanwhile" in page
    assert versions() == 1
    assert client.post(f"{address}/apply", data={"seen": ""}).status_code == 409
    assert client.post(f"{address}/apply", data={"seen": seen(page)}).status_code == 303
    assert versions() == 2


def test_of_two_tabs_the_second_sees_what_the_first_did(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement(due={"after": 20, "from": "assigned"})
    desk.ask(made, desk.hire("Aynur"))
    by(client, desk.officer)
    tabs = [looked_at(client, f"{desk.at}/{made.id}/edit", due(days)) for days in (60, 90)]
    tokens = [seen(said(client.get(tab))) for tab in tabs]
    assert client.post(f"{tabs[0]}/apply", data={"seen": tokens[0]}).status_code == 303
    assert client.post(f"{tabs[1]}/apply", data={"seen": tokens[1]}).status_code == 409
    assert versions() == 2


def test_a_change_of_a_later_day_waits_for_it(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement(due={"after": 20, "from": "assigned"})
    obligation = desk.ask(made, desk.hire("Aynur"))[0]
    before = due_of(obligation)
    later = (today() + 3 * DAY).isoformat()
    by(client, desk.officer)
    address = looked_at(client, f"{desk.at}/{made.id}/edit", due(60, from_on=later))
    page = said(client.get(address))
    client.post(f"{address}/apply", data={"seen": seen(page)})
    assert (due_of(obligation), versions()) == (before, 2)
    assert "A change is planned" in said(client.get(f"{desk.at}/{made.id}"))
    again = client.post(f"{desk.at}/{made.id}/edit", data=due(70))
    assert again.status_code == 422
    assert "A later version is planned from" in said(again)
    gone = client.post(f"{desk.at}/{made.id}/edit", data=due(70, from_on=(today() - DAY).isoformat()))
    assert "Give today or a day that is still to come." in said(gone)


def test_what_was_learnt_already_may_be_enough_for_the_new_version(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement("python", "sql")
    user = desk.hire("Aynur")
    desk.ask(made, user)
    people.take(user, "python", today() - 9 * DAY, today() - 5 * DAY)
    by(client, desk.officer)
    page = said(client.get(looked_at(client, f"{desk.at}/{made.id}/edit", due(30, validity_months="12"))))
    assert "have done it by the change" in page
    assert "It concerns the next renewal" not in page
    assert "The validity changes" in page


def test_another_validity_says_whom_it_will_concern_and_moves_no_day(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement(validity_months=12)
    user = desk.hire("Aynur")
    desk.ask(made, user, desk.hire("Babək"))
    people.take(user, "python", today() - 9 * DAY, today() - 5 * DAY)
    complete(today())
    before = people.stands(user, today()).expires_on
    by(client, desk.officer)
    page = said(client.get(address := looked_at(client, f"{desk.at}/{made.id}/edit", due(30, validity_months="24"))))
    assert "It concerns the next renewal of 1 person who is valid now." in page
    assert client.post(f"{address}/apply", data={"seen": seen(page)}).status_code == 303
    assert people.stands(user, today()).expires_on == before


def test_an_audience_is_asked_after_it_was_seen_who_that_is(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement(due={"on": (today() + 2 * DAY).isoformat()}, minimum_days=10)
    asked = desk.requirement("git")
    desk.ask(asked, desk.hire("Aynur"))
    audience = desk.audience(*desk.staff, desk.hire("Babək"))
    by(client, desk.officer)
    page = said(client.get(address := attach(client, desk, made, audience)))
    assert "wait for a decision first" in page
    assert page.count("Too little time") == 2
    client.post(f"{address}/apply", data={"seen": seen(page)})
    assert db.session.scalar(select(func.count()).select_from(AllocationException)) == 2

    page = said(client.get(address := attach(client, desk, asked, audience)))
    assert "asked for one more reason" in page
    assert "newly asked" in page
    token = seen(page)
    for _click in range(2):
        assert client.post(f"{address}/apply", data={"seen": token}).status_code == 303
    count = select(func.count()).select_from(Obligation).where(Obligation.requirement_id == asked.id)
    assert db.session.scalar(count) == 2
    page = said(client.get(f"{desk.at}/{asked.id}"))
    assert f"{audience.name}</p><p" in page
    assert "2 people" in page


def test_the_preview_of_an_audience_says_what_then_is(site: Flask, client: FlaskClient) -> None:
    """Every line of it, against what was done."""
    desk = office()
    made = desk.requirement(due={"after": 30, "from": "assigned"})
    known = desk.hire("Aynur")
    desk.ask(made, known)
    audience = desk.audience(*desk.staff, desk.hire("Babək"), desk.hire("Cəmil"))
    from app.clock import utc_now
    from app.curricula import previewing

    proposal = previewing.propose_audience(made, audience, "attach", by=desk.officer, now=utc_now())
    found = previewing.preview(proposal, now=utc_now())
    assert previewing.apply(proposal, found.digest, by=desk.officer, now=utc_now())
    for line in found.lines:
        row = db.session.execute(
            people.obligations_on(today()).where(
                Obligation.user_id == line.user_id, Obligation.requirement_id == made.id
            )
        ).one()
        assert (row.status, row.due_on) == (line.status_after, line.due_after), line
    assert {line.kind for line in found.lines} == {"asked", "another_source"}


def test_an_audience_is_no_longer_asked_after_it_was_seen_who_stays(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement()
    stays, goes = desk.hire("Aynur"), desk.hire("Babək")
    both, one = desk.audience(stays, goes), desk.audience(stays)
    for audience in (both, one):
        requirements.attach(made, audience, by=desk.officer, now=people.noon(today() - 5 * DAY))
    by(client, desk.officer)
    page = said(client.get(address := attach(client, desk, made, both, "detach")))
    assert "still asked, for another reason" in page
    assert "no longer asked" in page
    assert client.post(f"{address}/apply", data={"seen": seen(page)}).status_code == 303
    assert people.stands(stays, today()).status == "pending"
    assert people.stands(goes, today()).status == "archived"


def test_nothing_is_proposed_across_organisations(site: Flask, client: FlaskClient) -> None:
    desk, other = office(), office("Yad")
    made, theirs = desk.requirement(), other.audience(other.hire("Cəmil"))
    by(client, desk.officer)
    for audience in (theirs.id, "x", ""):
        answer = client.post(f"{desk.at}/{made.id}/audiences", data={"audience": audience, "kind": "attach"})
        assert answer.status_code in (302, 303, 409)
        assert "/changes/" not in answer.headers.get("Location", "")
    assert db.session.scalar(select(Proposal.id)) is None
    own = attach(client, desk, made, desk.audience(desk.hire("Aynur")))
    elsewhere = other.requirement()
    by(client, other.officer)
    assert client.get(own).status_code == 404
    assert client.get(own.replace(f"{desk.at}/{made.id}", f"{other.at}/{elsewhere.id}")).status_code == 404


def test_a_preview_asks_as_much_for_many_as_for_two(
    site: Flask, client: FlaskClient, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    desk = office()
    made = desk.requirement(due={"after": 20, "from": "assigned"})
    desk.ask(made, desk.hire("Aynur"), desk.hire("Babək"))
    audience = desk.audience(*desk.staff)
    by(client, desk.officer)
    addresses = [
        looked_at(client, f"{desk.at}/{made.id}/edit", due(60)),
        attach(client, desk, made, audience),
        attach(client, desk, made, audience, "detach"),
    ]

    def queries() -> list[int]:
        found = []
        for address in addresses:
            with counting() as statements:
                assert client.get(address).status_code == 200
            found.append(len(statements))
        return found

    few = queries()
    desk.ask(made, *[desk.hire(f"Adam {number}") for number in range(15)])
    people.put(audience, [*desk.staff, *[desk.hire(f"Yeni {number}") for number in range(15)]], today() - DAY)
    assert queries() == few


def test_what_was_looked_at_and_never_applied_is_gone_after_a_month(site: Flask) -> None:
    desk = office()
    made = desk.requirement()
    left, applied, young = (
        Proposal(
            requirement=made, kind="detach", draft={}, from_on=NOW.date(), created_by=desk.officer.id, created_at=at
        )
        for at in (NOW, NOW, NOW + timedelta(days=1))
    )
    applied.applied_at = NOW
    db.session.add_all([left, applied, young])
    db.session.flush()
    previewing.forget(NOW + timedelta(days=30, seconds=1))
    assert set(db.session.scalars(select(Proposal.id))) == {applied.id, young.id}
