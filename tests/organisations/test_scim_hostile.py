"""What a broken or hostile system may send: an answer in SCIM's words each time, and nothing is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.organisations.models import Job
from app.organisations.scim.models import ScimResource
from app.organisations.scim.requests import Asked
from tests.organisations.scim import CIVIL, ENTERPRISE, GROUPS, USERS, System, system


@pytest.fixture
def agency(site: Flask, client: FlaskClient) -> System:
    return system(client)


def told(answer: Any) -> dict[str, Any]:
    """The error, which is SCIM's and says nothing of our insides."""
    said = json.loads(answer.data)
    assert said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert int(said["status"]) == answer.status_code
    assert answer.mimetype == "application/scim+json"
    assert "Traceback" not in answer.text
    assert "sqlalchemy" not in answer.text.lower()
    return said


DEEP = 100_000
BODIES = {
    "not json": b"userName=xx",
    "nothing": b"",
    "half": b'{"userName": "xx',
    "not utf-8": b'{"userName": "\xff\xfe"}',
    "a list": b"[]",
    "a number": b"1e999",
    "null": b"null",
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"name":' * DEEP + b"1" + b"}" * DEEP,
    "a half character": b'{"userName": "\\ud800x"}',
    "a NUL": b'{"userName": "x\\u0000x"}',
    "no user name": b"{}",
    "an empty one": b'{"userName": "  "}',
    "a number as name": b'{"userName": 7}',
    "a list as name": b'{"userName": ["xx"]}',
    "an object as active": b'{"userName": "xx", "active": {"a": 1}}',
    "a word as emails": b'{"userName": "xx", "emails": "a@b.az"}',
    "no address": b'{"userName": "xx", "emails": [{"value": "nobody"}]}',
    "a list as name parts": b'{"userName": "xx", "name": []}',
    "a long user name": json.dumps({"userName": "x" * 201}).encode(),
    "a long id": json.dumps({"userName": "xx", "externalId": "x" * 201}).encode(),
    "a long name": json.dumps({"userName": "xx", "name": {"formatted": "x" * 100_000}}).encode(),
    "many addresses": json.dumps({"userName": "xx", "emails": [{"value": "a@b.az"}] * 1000}).encode(),
    "a long number": json.dumps({"userName": "xx", ENTERPRISE: {"employeeNumber": "9" * 61}}).encode(),
    "a word as extension": json.dumps({"userName": "xx", ENTERPRISE: "Büdcə"}).encode(),
    "no day": json.dumps({"userName": "xx", CIVIL: {"hireDate": "0000-00-00"}}).encode(),
    "a far day": json.dumps({"userName": "xx", CIVIL: {"hireDate": "9999-12-31"}}).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_wrong_is_refused_and_nothing_is_written(agency: System, body: bytes) -> None:
    answer = agency.send("POST", USERS, body)
    assert answer.status_code == 400, answer.text
    told(answer)
    assert db.session.query(ScimResource).count() == db.session.query(Job).count() == 0


def test_a_body_larger_than_anything_meant_is_not_read(agency: System) -> None:
    answer = agency.send("POST", USERS, b'{"userName": "' + b"x" * (4 * 1024 * 1024) + b'"}')
    assert answer.status_code == 413
    told(answer)


def test_a_body_of_another_type_is_refused(agency: System) -> None:
    headers = {"Authorization": f"Bearer {agency.token}"}
    for kind in ("text/xml", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = agency.client.post(USERS, data=b"userName=xx", content_type=kind, headers=headers)
        assert answer.status_code == 415, kind
        told(answer)


FILTERS = {
    "nonsense": "userName",
    "half": 'userName eq "',
    "an unknown attribute": 'shoeSize eq "44"',
    "an unknown operator": 'userName is "x"',
    "an order of truth": "active gt true",
    "a word as a day": 'meta.created gt "yesterday"',
    "deep brackets": "(" * 900 + 'userName eq "x"' + ")" * 901,
    "deep nots": "not (" * 300 + "id pr" + ")" * 300,
    "long": " or ".join(['userName eq "x"'] * 200),
    "a list of what has no parts": 'userName[value eq "x"]',
}


@pytest.mark.parametrize("said", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("how", ["GET", "POST"])
def test_a_filter_that_is_wrong_or_endless_is_refused(agency: System, how: str, said: str) -> None:
    if how == "GET":
        headers = {"Authorization": f"Bearer {agency.token}"}
        answer = agency.client.get(USERS, query_string={"filter": said}, headers=headers)
    else:
        schema = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]
        answer = agency.send("POST", f"{USERS}/.search", {"schemas": schema, "filter": said})
    assert answer.status_code == 400, answer.text
    assert told(answer)["scimType"] in ("invalidFilter", "invalidValue", "invalidPath")


def test_a_search_has_the_size_of_a_question(agency: System) -> None:
    schema = ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]
    endless = "(" * 500_000 + "id pr" + ")" * 500_000
    answer = agency.send("POST", f"{USERS}/.search", {"schemas": schema, "filter": endless})
    assert answer.status_code == 413
    told(answer)


@pytest.mark.parametrize(
    "query",
    [{"count": "many"}, {"startIndex": "x"}, {"sortBy": "shoeSize"}, {"sortBy": "name"}, {"sortOrder": "sideways"}],
)
def test_a_page_asked_for_wrongly_is_refused(agency: System, query: dict[str, str]) -> None:
    answer = agency.client.get(USERS, query_string=query, headers={"Authorization": f"Bearer {agency.token}"})
    assert answer.status_code == 400
    told(answer)


@pytest.mark.parametrize("number", [0, -5, 10**9, 10**30])
def test_any_number_may_be_asked_for(agency: System, number: int) -> None:
    agency.create("Bir")
    for query in ({"startIndex": number}, {"count": number}):
        answer = agency.client.get(USERS, query_string=query, headers={"Authorization": f"Bearer {agency.token}"})
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            assert answer.get_json(force=True)["totalResults"] == 1


OPERATIONS: dict[str, Any] = {
    "no operations": [],
    "not a list": {"op": "add"},
    "an unknown act": [{"op": "steal", "path": "userName", "value": "xx"}],
    "no path to remove": [{"op": "remove"}],
    "no value": [{"op": "add", "path": "userName"}],
    "the id": [{"op": "replace", "path": "id", "value": "1"}],
    "the groups": [{"op": "add", "path": "groups", "value": [{"value": "1"}]}],
    "the name that is needed": [{"op": "remove", "path": "userName"}],
    "an empty path": [{"op": "add", "path": "", "value": 1}],
    "a broken path": [{"op": "replace", "path": 'emails[type eq "work', "value": "a@b.az"}],
    "a wrong type": [{"op": "replace", "path": "active", "value": "perhaps"}],
    "a filter for what has no parts": [{"op": "replace", "path": 'userName[value eq "x"]', "value": "y"}],
}


@pytest.mark.parametrize("operations", OPERATIONS.values(), ids=OPERATIONS)
def test_a_patch_that_is_wrong_changes_nothing(agency: System, operations: Any) -> None:
    sent = agency.create("Bir", emails=[{"value": "a@b.az", "type": "work"}])
    path = f"{USERS}/{sent['id']}"
    schema = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    good = [{"op": "replace", "path": "displayName", "value": "Dəyişdi"}]
    asked = good + operations if isinstance(operations, list) and operations else operations
    answer = agency.send("PATCH", path, {"schemas": schema, "Operations": asked})
    assert answer.status_code == 400, answer.text
    told(answer)
    assert agency.get(path) == sent


def test_a_patch_of_what_is_not_kept_changes_nothing(agency: System) -> None:
    sent = agency.create("Bir")
    path = f"{USERS}/{sent['id']}"
    for operation in (
        {"op": "replace", "path": "shoeSize", "value": 44},
        {"op": "add", "path": "urn:example:2.0:User:shoeSize", "value": 44},
        {"op": "add", "value": {"shoeSize": 44, "password": "t1meMa$heen"}},
    ):
        answer = agency.patch(path, operation)
        assert answer.status_code in (200, 204), answer.text
    assert agency.get(path) == sent


def test_what_is_not_known_is_neither_kept_nor_refused(agency: System) -> None:
    sent = agency.create("Bir", password="t1meMa$heen", phoneNumbers=[{"value": "+994"}], shoeSize=44)
    assert not {"password", "phoneNumbers", "shoeSize"} & set(sent)
    assert "t1meMa" not in str([row.extra for row in db.session.query(ScimResource)])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/scim/v2/Me", 501),
        ("PATCH", "/scim/v2/Me", 501),
        ("POST", "/scim/v2/Bulk", 501),
        ("GET", "/scim/v2/Bulk", 405),
        ("DELETE", "/scim/v2/Users", 405),
        ("POST", "/scim/v2/Schemas", 405),
        ("GET", "/scim/v2/Shoes", 404),
        ("GET", "/scim/v2/Users/../../administration/people", 404),
        ("GET", "/scim/v2/Users/%00", 404),
        ("GET", "/scim/v2/Users/1/2/3", 404),
        ("GET", f"/scim/v2/Users/{'9' * 3000}", 404),
        ("GET", "/scim/v2/Schemas?filter=id pr", 403),
    ],
)
def test_what_is_not_there_says_so_in_scims_words(agency: System, method: str, path: str, status: int) -> None:
    answer = agency.send(method, path, b"{}" if method in ("POST", "PATCH") else None)
    assert answer.status_code == status
    told(answer)


def test_a_group_with_more_members_than_anybody_has_is_refused(agency: System) -> None:
    members = [{"value": f"u{number}"} for number in range(20_001)]
    answer = agency.send("POST", GROUPS, {"displayName": "Hamı", "members": members})
    assert answer.status_code == 400
    told(answer)


def test_a_fault_of_ours_is_said_in_scims_words_and_leaves_nothing_behind(
    agency: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: Any, **_named: Any) -> None:
        raise ZeroDivisionError("gizli")

    monkeypatch.setattr(Asked, "record", breaks)
    answer = agency.send("POST", USERS, {"userName": "Bir"})
    assert answer.status_code == 500
    assert "gizli" not in told(answer)["detail"]
    assert db.session.query(ScimResource).count() == db.session.query(Job).count() == 0
