"""People an agency's system sends: who they are, where they work, what may be written about them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import fin, granting, people, registering
from app.accounts.models import Role, User
from app.audit import AuditEvent
from app.clock import in_baku, utc_now
from app.db import db
from app.notices.models import Notice
from app.organisations import tree, working
from app.organisations.models import Job, Unit
from app.organisations.scim.models import ScimResource
from app.web import settings
from tests.factories import NOW, person
from tests.organisations.scim import CIVIL, ENTERPRISE, USERS, System, system

DAY = timedelta(days=1)


def today() -> date:
    return in_baku(utc_now()).date()


@pytest.fixture
def agency(site: Flask, client: FlaskClient) -> System:
    return system(client)


def account(agency: System, user_name: str) -> User:
    row = db.session.scalars(select(ScimResource).where(ScimResource.user_name == user_name)).one()
    assert row.user is not None
    return row.user


def jobs(user: User) -> list[Job]:
    return list(db.session.scalars(select(Job).where(Job.user_id == user.id).order_by(Job.id)))


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


AYSEL = {
    "name": {"givenName": "Aysel", "middleName": "Rauf qızı", "familyName": "Həsənova"},
    "emails": [{"value": "Aysel@nazirlik.example.az", "type": "work", "primary": True}],
    "preferredLanguage": "az-AZ",
    ENTERPRISE: {"employeeNumber": "A-17", "department": "Büdcə şöbəsi"},
    CIVIL: {"fin": "5abcde1", "hireDate": "2024-03-01"},
}


def test_a_person_who_is_sent_has_an_account_and_works_in_the_unit_named(agency: System) -> None:
    sent = agency.create("aysel", externalId="77", **AYSEL)
    user = account(agency, "aysel")
    assert (user.name, user.email, user.language) == (
        "Aysel Rauf qızı Həsənova",
        "aysel@nazirlik.example.az",
        "az",
    )
    assert user.fin_confirmed_at is not None
    assert fin.reveal(user, settings().data_folder) == "5ABCDE1"
    (job,) = jobs(user)
    assert (job.number, job.from_on, job.until_on, job.unit.name) == ("A-17", date(2024, 3, 1), None, "Büdcə şöbəsi")
    assert sent["active"] is True
    assert sent["externalId"] == "77"
    assert sent["meta"]["location"].endswith(f"/scim/v2/Users/{sent['id']}")
    assert db.session.scalars(select(Notice.kind)).all() == ["invitation"]


def test_the_fin_is_never_given_back(agency: System) -> None:
    agency.create("aysel", **AYSEL)
    for path in (USERS, f"{USERS}?attributes={CIVIL}:fin", f'{USERS}?filter={CIVIL}:fin eq "5ABCDE1"'):
        answer = agency.send("GET", path)
        assert answer.status_code == 200
        assert "5ABCDE1" not in answer.text.upper()
    assert agency.get(USERS, filter=f'{CIVIL}:fin eq "5ABCDE1"')["totalResults"] == 0
    assert "5ABCDE1" not in str(db.session.scalars(select(ScimResource.extra)).all()).upper()


def test_who_is_suspended_worked_until_yesterday_and_who_comes_back_has_a_new_job(agency: System) -> None:
    sent = agency.create("aysel", **AYSEL)
    path = f"{USERS}/{sent['id']}"
    assert agency.patch(path, replace("active", False)).status_code == 204
    assert agency.get(path)["active"] is False
    user = account(agency, "aysel")
    assert [job.until_on for job in jobs(user)] == [today() - DAY]
    assert user.is_active  # the account is the person's

    assert agency.patch(path, replace("active", "True")).status_code == 204  # as Microsoft Entra writes it
    old, new = jobs(user)
    assert (new.from_on, new.until_on) == (today(), None)
    assert (new.unit_id, new.number) == (old.unit_id, "A-17")
    shown = agency.get(path)
    assert shown["active"] is True
    assert shown[ENTERPRISE]["department"] == "Büdcə şöbəsi"


def test_what_changes_about_a_job_ends_it_and_begins_another(agency: System) -> None:
    boss = agency.create("boss", name={"formatted": "Rəis Rəisov"})
    sent = agency.create("aysel", **AYSEL)
    path = f"{USERS}/{sent['id']}"
    working.position("M-1", "Mütəxəssis")
    changed = agency.patch(
        path,
        replace(f"{ENTERPRISE}:department", "Vergi şöbəsi"),
        replace(f"{ENTERPRISE}:manager", {"value": boss["id"]}),
        replace(f"{CIVIL}:positionCode", "M-1"),
    )
    assert changed.status_code == 204, changed.text
    old, new = jobs(account(agency, "aysel"))
    assert (old.until_on, new.from_on) == (today() - DAY, today())
    assert (new.unit.name, new.position.code, new.manager.name) == ("Vergi şöbəsi", "M-1", "Rəis Rəisov")  # type: ignore[union-attr]
    shown = agency.get(path)
    assert shown[ENTERPRISE]["manager"]["$ref"].endswith(f"/Users/{boss['id']}")
    assert shown[CIVIL]["positionCode"] == "M-1"


def test_a_unit_is_found_by_code_or_name_before_it_is_opened(agency: System) -> None:
    top = tree.root(agency.organisation.id)
    unit = tree.open_unit(top, "B-1", "Büdcə şöbəsi", on=date(2026, 1, 1), by=None, now=NOW)
    for number, said in enumerate(("B-1", "büdcə  ŞÖBƏSİ", "Büdcə şöbəsi")):
        sent = agency.create(f"u{number}", **{ENTERPRISE: {"department": said}})
        assert jobs(account(agency, f"u{number}"))[0].unit_id == unit.id
        assert sent[ENTERPRISE]["department"] == said
    assert db.session.query(Unit).count() == 2


def test_what_other_hands_wrote_about_a_job_is_shown_and_not_undone(agency: System) -> None:
    sent = agency.create("aysel", **AYSEL)
    path = f"{USERS}/{sent['id']}"
    (job,) = jobs(account(agency, "aysel"))
    top = tree.root(agency.organisation.id)
    unit = tree.open_unit(top, "X", "Hüquq şöbəsi", on=today(), by=None, now=NOW)
    moved = working.change(job, working.Place(unit_id=unit.id, number="B-2"), on=today(), by=None, now=NOW)
    shown = agency.get(path)
    assert shown["meta"]["version"] != sent["meta"]["version"]
    assert shown[ENTERPRISE] == {"employeeNumber": "B-2", "department": "Hüquq şöbəsi"}
    assert agency.patch(path, replace("displayName", "Aysel H.")).status_code == 204
    db.session.refresh(moved)
    assert (moved.until_on, moved.unit_id, moved.number) == (None, unit.id, "B-2")


def test_a_confirmed_fin_links_and_shows_nothing_of_the_account(agency: System) -> None:
    known = person("Aysel Quliyeva", "aysel@home.example.az")
    fin.keep(known, "5ABCDE1", settings().data_folder)
    known.fin_confirmed_at = NOW
    sent = agency.create("aysel", **AYSEL)
    assert account(agency, "aysel").id == known.id
    assert (known.name, known.email) == ("Aysel Quliyeva", "aysel@home.example.az")
    assert "Quliyeva" not in str(sent)
    assert "home.example" not in str(sent)
    assert len(jobs(known)) == 1
    assert db.session.query(Notice).count() == 0


def test_an_unconfirmed_fin_links_nobody(agency: System) -> None:
    other = person("Başqası", "other@example.com")
    fin.keep(other, "5ABCDE1", settings().data_folder)
    db.session.commit()
    agency.create("aysel", **AYSEL)
    assert account(agency, "aysel").id != other.id


def test_an_address_links_nobody_and_says_what_to_do(agency: System) -> None:
    known = person("Aysel", "aysel@nazirlik.example.az")
    answer = agency.send("POST", USERS, {"userName": "aysel"} | AYSEL)
    assert answer.status_code == 409
    told = answer.get_json(force=True)
    assert told["scimType"] == "uniqueness"
    assert "FIN" in told["detail"]
    assert jobs(known) == []


def test_a_number_of_the_agency_links_to_whom_a_file_put_there(agency: System) -> None:
    known = person("Aysel", "aysel@nazirlik.example.az")
    place = working.Place(unit_id=tree.root(agency.organisation.id).id, number="A-17")
    working.join(known, agency.organisation, from_on=date(2025, 1, 1), by=None, now=NOW, place=place)
    agency.create("aysel", **{key: value for key, value in AYSEL.items() if key != CIVIL})
    assert account(agency, "aysel").id == known.id
    assert [job.until_on for job in jobs(known)] == [today() - DAY, None]  # moved into the unit that was said
    again = agency.send("POST", USERS, {"userName": "second", ENTERPRISE: {"employeeNumber": "A-17"}})
    assert again.status_code == 409


def test_the_fin_of_whom_a_file_put_there_is_taken_until_they_use_their_account(agency: System) -> None:
    top = tree.root(agency.organisation.id)
    for number, is_used in (("A-1", False), ("A-2", True)):
        known = registering.new_user("Kimsə", email=None, language="az", now=NOW)
        known.consented_at = NOW if is_used else None
        place = working.Place(unit_id=top.id, number=number)
        working.join(known, agency.organisation, from_on=date(2025, 1, 1), by=None, now=NOW, place=place)
    said = [{ENTERPRISE: {"employeeNumber": f"A-{n}"}, CIVIL: {"fin": f"5ABCDE{n}"}} for n in (1, 2)]
    agency.create("first", **said[0])
    assert account(agency, "first").fin_confirmed_at is not None
    assert agency.send("POST", USERS, {"userName": "second"} | said[1]).status_code == 409


def test_a_closed_account_is_nobodys(agency: System) -> None:
    known = person("Aysel", None)
    place = working.Place(unit_id=tree.root(agency.organisation.id).id, number="A-17")
    working.join(known, agency.organisation, from_on=date(2025, 1, 1), by=None, now=NOW, place=place)
    people.close_account(known, by=person(), now=NOW)
    agency.create("aysel", **AYSEL)
    assert account(agency, "aysel").id != known.id


def test_a_fin_of_somebody_else_is_a_conflict(agency: System) -> None:
    agency.create("aysel", **AYSEL)
    other = agency.create("other")
    answer = agency.patch(f"{USERS}/{other['id']}", replace(f"{CIVIL}:fin", "5ABCDE1"))
    assert (answer.status_code, answer.get_json(force=True)["scimType"]) == (409, "uniqueness")
    twice = agency.send("POST", USERS, {"userName": "third", CIVIL: {"fin": "5ABCDE1"}})
    assert (twice.status_code, twice.get_json(force=True)["scimType"]) == (409, "uniqueness")


@pytest.mark.parametrize("wrong", ["5ABCD", "5АВСDE1", "5ABCDEO", "5ABCDE12"])
def test_a_fin_that_is_none_is_refused_with_its_reason(agency: System, wrong: str) -> None:
    answer = agency.send("POST", USERS, {"userName": "xx", CIVIL: {"fin": wrong}})
    assert (answer.status_code, answer.get_json(force=True)["scimType"]) == (400, "invalidValue")
    assert db.session.query(ScimResource).count() == 0


def test_an_account_in_use_keeps_its_address_name_and_fin(agency: System) -> None:
    sent = agency.create("aysel", **AYSEL)
    user = account(agency, "aysel")
    user.password_hash = user.consented_at = None
    user.email_confirmed_at = user.certificate_name_confirmed_at = NOW
    db.session.commit()
    path = f"{USERS}/{sent['id']}"
    taken = [{"value": "attacker@example.com", "primary": True}]
    assert agency.patch(path, replace("emails", taken), replace("name.familyName", "Başqa")).status_code == 204
    assert (user.email, user.name) == ("aysel@nazirlik.example.az", "Aysel Rauf qızı Həsənova")
    assert agency.get(path)["emails"] == taken
    assert agency.patch(path, replace(f"{CIVIL}:fin", "7ZZZZZ9")).status_code == 409
    assert fin.reveal(user, settings().data_folder) == "5ABCDE1"


def test_an_account_that_another_organisation_shares_is_not_written_to(agency: System) -> None:
    sent = agency.create("aysel", **AYSEL)
    user = account(agency, "aysel")
    other = working.create("Başqa nazirlik", by=None, now=NOW)
    working.join(user, other, from_on=date(2026, 1, 1), by=None, now=NOW)
    answer = agency.patch(f"{USERS}/{sent['id']}", replace("emails", [{"value": "attacker@example.com"}]))
    assert answer.status_code == 204
    assert user.email == "aysel@nazirlik.example.az"
    assert agency.send("DELETE", f"{USERS}/{sent['id']}").status_code == 204
    assert [job.organisation_id for job in jobs(user) if job.until_on is None] == [other.id]


def test_an_account_with_a_role_is_not_written_to(agency: System) -> None:
    """Whoever could change its address could have the password mailed, and the role with it."""
    sent = agency.create("aysel", **AYSEL)
    user = account(agency, "aysel")
    granting.grant(user, Role.MANAGER, by=None, organisation_id=agency.organisation.id, now=NOW)
    path = f"{USERS}/{sent['id']}"
    assert agency.patch(path, replace("emails", [{"value": "attacker@example.com"}])).status_code == 204
    assert user.email == "aysel@nazirlik.example.az"
    assert agency.patch(path, replace(f"{CIVIL}:fin", "7ZZZZZ9")).status_code == 409


def test_who_cannot_have_read_the_invitation_gets_another_and_who_is_not_active_none(agency: System) -> None:
    sent = agency.create("aysel", active=False, **AYSEL)
    path = f"{USERS}/{sent['id']}"

    def invited() -> list[str | None]:
        return list(db.session.scalars(select(Notice.address).order_by(Notice.id)))

    assert invited() == []
    agency.patch(path, replace("active", True))
    agency.patch(path, replace("emails", [{"value": "yeni@nazirlik.example.az"}]))
    assert invited() == ["aysel@nazirlik.example.az", "yeni@nazirlik.example.az"]
    agency.patch(path, replace("displayName", "Aysel"))
    for _ in range(6):
        agency.patch(path, replace("active", False))
        agency.patch(path, replace("active", True))
    assert len(invited()) == 5  # an hour


def test_who_is_deleted_is_gone_for_the_agency_and_known_when_sent_again(agency: System) -> None:
    sent = agency.create("aysel", **AYSEL)
    user = account(agency, "aysel")
    path = f"{USERS}/{sent['id']}"
    assert agency.send("DELETE", path).status_code == 204
    assert agency.send("GET", path).status_code == 404
    assert agency.send("DELETE", path).status_code == 404
    assert agency.get(USERS)["totalResults"] == 0
    assert user.is_active
    assert [job.until_on for job in jobs(user)] == [today() - DAY]
    without_fin = {key: value for key, value in AYSEL.items() if key != CIVIL}
    again = agency.create("aysel", **without_fin)
    assert again["id"] != sent["id"]
    assert db.session.query(User).filter(User.email == "aysel@nazirlik.example.az").count() == 1
    assert len(jobs(user)) == 2


def test_a_user_name_is_unique_whatever_its_case_and_free_after_deletion(agency: System) -> None:
    sent = agency.create("Aysel")
    answer = agency.send("POST", USERS, {"userName": "AYSEL"})
    assert (answer.status_code, answer.get_json(force=True)["scimType"]) == (409, "uniqueness")
    other = agency.create("other")
    assert agency.patch(f"{USERS}/{other['id']}", replace("userName", "aYSEL")).status_code == 409
    agency.send("DELETE", f"{USERS}/{sent['id']}")
    assert agency.create("AYSEL")["userName"] == "AYSEL"


def test_a_position_nobody_knows_and_a_manager_of_nobody_are_refused(agency: System) -> None:
    for said in ({CIVIL: {"positionCode": "?"}}, {ENTERPRISE: {"manager": {"value": "nobody"}}}):
        answer = agency.send("POST", USERS, {"userName": "xx"} | said)
        assert (answer.status_code, answer.get_json(force=True)["scimType"]) == (400, "invalidValue")
    sent = agency.create("xx")
    own = agency.patch(f"{USERS}/{sent['id']}", replace(f"{ENTERPRISE}:manager.value", sent["id"]))
    assert own.status_code == 400


def test_every_change_is_in_the_audit_log_with_its_token(agency: System) -> None:
    sent = agency.create("aysel")
    agency.patch(f"{USERS}/{sent['id']}", replace("displayName", "Aysel"))
    agency.send("DELETE", f"{USERS}/{sent['id']}")
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.act.startswith("scim_user"))).all()
    assert [event.act for event in events] == ["scim_user_created", "scim_user_changed", "scim_user_deleted"]
    assert {(event.actor_id, event.details["token"], event.details["resource"]) for event in events} == {
        (None, 1, sent["id"])
    }


def test_a_change_that_met_another_is_not_made(agency: System) -> None:
    sent = agency.create("aysel")
    path, version = f"{USERS}/{sent['id']}", sent["meta"]["version"]
    unchanged = agency.send("GET", path, If_None_Match=version)
    assert (unchanged.status_code, unchanged.data, unchanged.headers["ETag"]) == (304, b"", version)
    assert agency.patch(path, replace("displayName", "Bir"), If_Match=version).status_code == 204
    late = agency.patch(path, replace("displayName", "İki"), If_Match=version)
    assert late.status_code == 412
    assert agency.send("PUT", path, {"userName": "xx"}, If_Match=version).status_code == 412
    assert agency.send("DELETE", path, If_Match=version).status_code == 412
    assert agency.get(path)["displayName"] == "Bir"
