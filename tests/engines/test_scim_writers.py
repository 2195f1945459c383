"""An agency's system that sends the same twice at the same moment."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask

from app.accounts.models import User
from app.db import db
from app.organisations.models import Job, Unit
from app.organisations.scim.models import ScimResource
from tests.engines.test_writers import at_once
from tests.organisations.scim import CIVIL, ENTERPRISE, GROUPS, USERS, System, system

pytestmark = pytest.mark.engines
AYSEL = {
    "userName": "aysel",
    "emails": [{"value": "aysel@nazirlik.example.az"}],
    CIVIL: {"fin": "5ABCDE1"},
    ENTERPRISE: {"department": "Büdcə şöbəsi"},
}


def of_its_own(site: Flask, ours: System) -> System:
    return System(client=site.test_client(), organisation=ours.organisation, token=ours.token)


def test_a_person_sent_twice_at_the_same_moment_is_one_person(site: Flask) -> None:
    ours = system(site.test_client())
    systems = [of_its_own(site, ours) for _ in range(4)]
    came = at_once(site, [lambda one=one: one.send("POST", USERS, AYSEL).status_code for one in systems])
    assert Counter(came) == {201: 1, 409: 3}
    counts = [db.session.query(table).count() for table in (ScimResource, Job, User)]
    assert counts == [1, 1, 2]  # the second of the people made the token
    assert db.session.query(Unit).count() == 2


def test_one_person_sent_by_two_agencies_at_the_same_moment_is_one_account(site: Flask) -> None:
    agencies = [system(site.test_client(), name) for name in ("Maliyyə nazirliyi", "Ədliyyə nazirliyi")]
    sent = {key: value for key, value in AYSEL.items() if key != "emails"}
    came = at_once(site, [lambda one=one: one.send("POST", USERS, sent).status_code for one in agencies])
    if Counter(came) == {201: 1, 409: 1}:  # the FIN was being confirmed by the other: sent again, it links
        late = agencies[came.index(409)]
        assert late.send("POST", USERS, sent).status_code == 201
    assert db.session.query(ScimResource.user_id).distinct().count() == 1
    assert db.session.query(Job).count() == 2


def test_two_changes_of_the_same_version_at_the_same_moment_are_one_change(site: Flask) -> None:
    ours = system(site.test_client())
    sent = ours.create("aysel")
    systems = [of_its_own(site, ours) for _ in range(4)]
    path, version = f"{USERS}/{sent['id']}", sent["meta"]["version"]

    def change(one: System, number: int) -> int:
        operation = {"op": "replace", "path": "displayName", "value": f"Ad {number}"}
        return one.patch(path, operation, If_Match=version).status_code

    came = at_once(site, [lambda one=one, n=n: change(one, n) for n, one in enumerate(systems)])
    assert Counter(came) == {204: 1, 412: 3}


def test_people_put_into_and_taken_out_of_a_unit_at_the_same_moment_are_where_the_last_one_said(site: Flask) -> None:
    ours = system(site.test_client())
    people = [ours.create(f"person {number}", name={"formatted": "Kimsə"}) for number in range(4)]
    made = ours.send("POST", GROUPS, {"displayName": "Büdcə şöbəsi"}).get_json(force=True)
    systems = [of_its_own(site, ours) for _ in people]

    def add(one: System, id: str) -> int:
        operation = {"op": "add", "path": "members", "value": [{"value": id}]}
        return one.patch(f"{GROUPS}/{made['id']}", operation).status_code

    pairs = list(zip(systems, people, strict=True))
    came = at_once(site, [lambda one=one, who=who: add(one, who["id"]) for one, who in pairs])
    assert came == [204] * 4
    assert {one["value"] for one in ours.get(f"{GROUPS}/{made['id']}")["members"]} == {one["id"] for one in people}
