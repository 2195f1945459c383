"""Units an agency's system sends as groups, and who is in them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.organisations import tree
from app.organisations.models import Job, Unit
from app.organisations.scim.models import ScimResource
from tests.factories import NOW
from tests.organisations.scim import ENTERPRISE, GROUPS, USERS, System, system
from tests.organisations.test_scim_people import DAY, account, jobs, replace, today


@pytest.fixture
def agency(site: Flask, client: FlaskClient) -> System:
    return system(client)


def group(agency: System, name: str, **said: Any) -> dict[str, Any]:
    answer = agency.send("POST", GROUPS, {"displayName": name, **said})
    assert answer.status_code == 201, answer.text
    return answer.get_json(force=True)


def unit(agency: System, shown: dict[str, Any]) -> Unit:
    row = db.session.scalars(select(ScimResource).where(ScimResource.uid == shown["id"])).one()
    assert row.unit is not None
    return row.unit


def where(agency: System, user_name: str) -> list[str]:
    return sorted(job.unit.name for job in jobs(account(agency, user_name)) if job.until_on is None)


def add(*people: dict[str, Any]) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": one["id"]} for one in people]}


def test_a_group_is_a_unit_below_the_agency_with_its_code(agency: System) -> None:
    made = unit(agency, group(agency, "Büdcə şöbəsi", externalId="B-1"))
    assert (made.code, made.name, made.from_on, made.until_on) == ("B-1", "Büdcə şöbəsi", today(), None)
    (top, placed) = tree.placed_units(agency.organisation.id, today())
    assert (placed.unit.id, placed.parent_id) == (made.id, top.unit.id)


def test_members_work_in_the_unit_and_those_taken_out_work_at_the_agency_itself(agency: System) -> None:
    one, two = agency.create("Bir"), agency.create("İki")
    made = group(agency, "Büdcə şöbəsi", members=[{"value": one["id"]}])
    path = f"{GROUPS}/{made['id']}"
    assert where(agency, "Bir") == ["Büdcə şöbəsi"]
    assert agency.patch(path, add(two)).status_code == 204
    assert {member["value"] for member in agency.get(path)["members"]} == {one["id"], two["id"]}
    assert [entry["display"] for entry in agency.get(f"{USERS}/{two['id']}")["groups"]] == ["Büdcə şöbəsi"]

    taken_out = {"op": "remove", "path": f'members[value eq "{one["id"]}"]'}
    assert agency.patch(path, taken_out).status_code == 204
    assert where(agency, "Bir") == [agency.organisation.name]
    assert agency.get(f"{USERS}/{one['id']}")["active"] is True
    entra = {"op": "Remove", "path": "members", "value": [{"value": two["id"]}]}  # as Microsoft Entra writes it
    assert agency.patch(path, entra).status_code == 204
    assert "members" not in agency.get(path)


def test_who_works_in_one_unit_and_is_added_to_another_has_two_jobs(agency: System) -> None:
    one = agency.create("Bir", **{ENTERPRISE: {"department": "Büdcə şöbəsi", "employeeNumber": "7"}})
    second = group(agency, "Layihə qrupu")
    agency.patch(f"{GROUPS}/{second['id']}", add(one))
    assert where(agency, "Bir") == ["Büdcə şöbəsi", "Layihə qrupu"]
    shown = agency.get(f"{USERS}/{one['id']}")
    assert shown[ENTERPRISE] == {"department": "Büdcə şöbəsi", "employeeNumber": "7"}
    agency.patch(f"{USERS}/{one['id']}", replace("active", False))
    assert where(agency, "Bir") == []


def test_a_group_takes_over_the_unit_of_its_code_or_name(agency: System) -> None:
    top = tree.root(agency.organisation.id)
    coded = tree.open_unit(top, "V-1", "Vergi", on=date(2026, 1, 1), by=None, now=NOW)
    one = agency.create("Bir", **{ENTERPRISE: {"department": "Büdcə şöbəsi"}})
    assert unit(agency, group(agency, "Vergi şöbəsi", externalId="V-1")).id == coded.id
    assert coded.name == "Vergi şöbəsi"
    named = group(agency, "Büdcə şöbəsi")
    assert [member["value"] for member in named["members"]] == [one["id"]]
    assert unit(agency, group(agency, "Büdcə şöbəsi")).id != unit(agency, named).id  # one unit is one group
    own = group(agency, agency.organisation.name)  # nobody takes over the agency itself
    assert unit(agency, own).id != tree.root(agency.organisation.id).id


def test_units_stand_below_units_and_cannot_stand_below_themselves(agency: System) -> None:
    below = group(agency, "Şöbə")
    above = group(agency, "İdarə", members=[{"value": below["id"]}])
    assert [member["type"] for member in above["members"]] == ["Group"]
    placed = {one.unit.name: one.depth for one in tree.placed_units(agency.organisation.id, today())}
    assert (placed["İdarə"], placed["Şöbə"]) == (1, 2)
    circle = agency.patch(f"{GROUPS}/{below['id']}", add(above))
    assert (circle.status_code, circle.get_json(force=True)["scimType"]) == (400, "invalidValue")
    assert agency.send("DELETE", f"{GROUPS}/{above['id']}").status_code == 204
    assert {one.unit.name: one.depth for one in tree.placed_units(agency.organisation.id, today())}["Şöbə"] == 1


def test_a_group_that_is_deleted_is_a_unit_that_is_closed_and_nobody_is_out_of_work(agency: System) -> None:
    one = agency.create("Bir")
    made = group(agency, "Büdcə şöbəsi", members=[{"value": one["id"]}])
    closed = unit(agency, made)
    assert agency.send("DELETE", f"{GROUPS}/{made['id']}").status_code == 204
    assert agency.send("GET", f"{GROUPS}/{made['id']}").status_code == 404
    assert closed.until_on == today() - DAY
    assert where(agency, "Bir") == [agency.organisation.name]


def test_a_new_name_is_the_units_and_who_is_in_it_stays(agency: System) -> None:
    one = agency.create("Bir")
    made = group(agency, "Büdcə", members=[{"value": one["id"]}])
    assert agency.patch(f"{GROUPS}/{made['id']}", replace("displayName", "Büdcə şöbəsi")).status_code == 204
    assert where(agency, "Bir") == ["Büdcə şöbəsi"]
    assert db.session.query(Job).filter(Job.unit_id == unit(agency, made).id).count() == 1


def test_who_is_suspended_or_unknown_cannot_be_put_into_a_unit(agency: System) -> None:
    away = agency.create("Bir", active=False)
    made = group(agency, "Büdcə şöbəsi")
    for one in (away, {"id": "nobody"}):
        answer = agency.patch(f"{GROUPS}/{made['id']}", add(one))
        assert (answer.status_code, answer.get_json(force=True)["scimType"]) == (400, "invalidValue")
    assert "members" not in agency.get(f"{GROUPS}/{made['id']}")


def test_the_version_of_a_group_changes_with_who_is_in_it_by_whatever_hand(agency: System) -> None:
    made = group(agency, "Büdcə şöbəsi")
    agency.create("Bir", **{ENTERPRISE: {"department": "Büdcə şöbəsi"}})
    shown = agency.get(f"{GROUPS}/{made['id']}")
    assert len(shown["members"]) == 1
    assert shown["meta"]["version"] != made["meta"]["version"]
    (listed,) = agency.get(GROUPS, excludedAttributes="members")["Resources"]
    assert "members" not in listed
    assert listed["meta"]["version"] == shown["meta"]["version"]
