"""Long lists in pages: as many queries for many as for few; filters, orders, and what is spared."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from app.accounts.models import User
from app.db import db
from app.organisations import tree
from app.organisations.models import Job, Unit
from app.organisations.scim import searching
from app.organisations.scim.models import ScimResource
from tests.factories import NOW
from tests.organisations.scim import ENTERPRISE, GROUPS, USERS, System, system

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def agency(site: Flask, client: FlaskClient) -> System:
    return system(client)


def fill(agency: System, many: int) -> None:
    """`many` people in ten units, each under the first person, straight into the tables."""
    of, known = agency.organisation.id, db.session.query(ScimResource).count()
    top = tree.root(of)
    names = [f"p{known + number:05}" for number in range(many)]
    codes = [f"U{place}" for place in range(10)]
    units = [tree.unit_of_code(of, code) for code in codes]
    if units[0] is None:
        units = [tree.open_unit(top, code, f"Şöbə {code}", on=date(2026, 1, 1), by=None, now=NOW) for code in codes]
    people = [
        {"name": name, "name_folded": name, "language": "az", "created_at": NOW, "consented_at": NOW} for name in names
    ]
    ids = list(db.session.scalars(insert(User).returning(User.id, sort_by_parameter_order=True), people))
    first = db.session.query(Job.user_id).order_by(Job.id).limit(1).scalar() or ids[0]
    shared = {"organisation_id": of, "from_on": date(2026, 1, 1)}
    rows = [
        {"user_id": id, "unit_id": units[place % 10].id, "manager_id": first if id != first else None} | shared  # type: ignore[union-attr]
        for place, id in enumerate(ids)
    ]
    db.session.execute(insert(Job), rows)
    resources = [
        {
            **{"uid": f"uid-{name}", "organisation_id": of, "kind": "User", "user_id": id, "user_name": name.upper()},
            **{"user_name_key": name, "external_id": f"e-{name}", "extra": {"said": {"displayName": name}}},
            **{"created_at": NOW, "changed_at": NOW, "made_account": True, "revision": 1},
        }
        for name, id in zip(names, ids, strict=True)
    ]
    db.session.execute(insert(ScimResource), resources)
    db.session.commit()


def test_a_page_asks_as_many_queries_for_a_hundred_as_for_two(agency: System, counting: Counting) -> None:
    fill(agency, 120)
    agency.get(USERS)  # the first use of the token is noted
    for path in (USERS, f"{USERS}?filter=userName sw %22P0%22", f"{USERS}?sortBy=userName&sortOrder=descending"):
        asked = []
        for count in (2, 100):
            mark = "&" if "?" in path else "?"
            with counting() as statements:
                answer = agency.send("GET", f"{path}{mark}count={count}")
            shown = answer.get_json(force=True)
            assert (len(shown["Resources"]), shown["totalResults"]) == (count, 120)
            asked.append(len(statements))
        assert asked[0] == asked[1] <= 8, path


@pytest.mark.slow
def test_five_thousand_are_read_page_by_page_each_once(agency: System) -> None:
    fill(agency, 5000)
    seen: list[str] = []
    while len(seen) < 5000:
        page = agency.get(USERS, startIndex=len(seen) + 1, count=1000)
        assert page["itemsPerPage"] == 200
        assert page["totalResults"] == 5000
        seen += [one["id"] for one in page["Resources"]]
    assert len(set(seen)) == 5000
    last = agency.get(USERS, startIndex=4999)["Resources"]
    assert [one["userName"] for one in last] == ["P04998", "P04999"]
    assert agency.get(USERS, startIndex=5001)["Resources"] == []
    assert agency.get(USERS, count=0)["totalResults"] == 5000


@pytest.mark.parametrize(
    ("said", "index"),
    [
        ('userName eq "P00007"', "uq_scim_resource_user_name"),
        ('externalId eq "e-p00007"', "ix_scim_resource_external"),
        ('id eq "uid-p00007"', "(uid=?)"),
    ],
)
def test_one_person_is_found_by_an_index(agency: System, counting: Counting, said: str, index: str) -> None:
    fill(agency, 400)
    agency.get(USERS, count=1)
    with counting() as statements:
        found = agency.get(USERS, filter=said)
    assert [one["userName"] for one in found["Resources"]] == ["P00007"]
    assert len(statements) <= 8
    if db.engine.dialect.name == "sqlite":
        (query,) = [one for one in statements if "FROM scim_resource" in one and "LIMIT" in one]
        of = query.count("?")
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", tuple(range(of)))
        assert index in str(plan.all())


FILTERS = [
    ('userName eq "p00003"', ["P00003"]),
    ('userName sw "P0000" and externalId ew "5"', ["P00005"]),
    ('userName co "0000" and not (userName lt "P00009")', ["P00009"]),
    ('externalId eq "E-P00003"', []),
    ('not (externalId eq "e-p00003") and userName gt "P00001" and userName le "P00004"', ["P00002", "P00004"]),
    ('displayName eq "P00011"', ["P00011"]),
    ('displayName pr and userName eq "P00001"', ["P00001"]),
    (f'{ENTERPRISE}:department eq "şöbə u3" and userName le "P00013"', ["P00003", "P00013"]),
    (f'{ENTERPRISE}:manager.value eq "uid-p00000" and userName lt "P00003"', ["P00001", "P00002"]),
    ('active eq false or id eq "uid-p00002"', ["P00002"]),
    ('meta.created gt "2020-01-01T00:00:00Z" and userName eq "P00004"', ["P00004"]),
    ('meta.lastModified lt "2020-01-01T00:00:00+04:00"', []),
    ('userName ne "P00000" and userName lt "P00002"', ["P00001"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "names"), FILTERS, ids=[said for said, _ in FILTERS])
def test_a_filter_finds_the_same_by_columns_and_by_looking_at_each(
    agency: System, monkeypatch: pytest.MonkeyPatch, said: str, names: list[str]
) -> None:
    fill(agency, 30)
    assert [one["userName"] for one in agency.get(USERS, filter=said)["Resources"]] == names
    monkeypatch.setattr(searching, "COLUMNS", {})
    assert [one["userName"] for one in agency.get(USERS, filter=said)["Resources"]] == names


def test_orders_are_by_what_is_asked(agency: System) -> None:
    for name, shown in (("Bir", "Zəhra"), ("İki", "Aytən"), ("Üç", None)):
        agency.create(name, **({"displayName": shown} if shown else {"name": {"formatted": "Kimsə"}}))

    def order(**by: str) -> list[str]:
        return [one["userName"] for one in agency.get(USERS, **by)["Resources"]]

    assert order(sortBy="displayName") == ["İki", "Bir", "Üç"]
    assert order(sortBy="displayName", sortOrder="descending") == ["Üç", "Bir", "İki"]
    assert order(sortBy="meta.created", sortOrder="descending", count="1") == ["Üç"]
    assert order(sortBy="userName", filter='userName co "i"', startIndex="2") == ["İki"]


def test_a_filter_nobody_can_answer_in_time_says_so(agency: System, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(agency, 12)
    monkeypatch.setattr("app.organisations.scim.storage.MOST_MATCHED", 10)
    answer = agency.send("GET", f"{USERS}?filter={quote('displayName pr')}")
    assert (answer.status_code, answer.get_json(force=True)["scimType"]) == (400, "tooMany")
    assert agency.get(USERS, filter='displayName pr and userName sw "P0000"')["totalResults"] == 10


def test_groups_are_listed_without_their_members_where_nobody_asks_for_them(agency: System, counting: Counting) -> None:
    fill(agency, 50)
    for place in range(10):
        made = agency.send("POST", GROUPS, {"displayName": f"Şöbə U{place}"})
        assert len(made.get_json(force=True)["members"]) == 5
    with counting() as statements:
        (found,) = agency.get(GROUPS, filter='displayName eq "ŞÖBƏ U3"', excludedAttributes="members")["Resources"]
    assert "members" not in found
    assert len(statements) <= 8
    assert len(agency.get(GROUPS, attributes="members")["Resources"][0]["members"]) == 5
    assert agency.get(GROUPS, filter='members eq "uid-p00003"')["totalResults"] == 1
    assert db.session.query(Unit).count() == 11
    assert db.session.execute(text("SELECT count(*) FROM scim_resource")).scalar() == 60
