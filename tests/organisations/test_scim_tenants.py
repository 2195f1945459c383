"""A token is of one agency: nobody and nothing of another is seen, named or changed with it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access import TABLE, Audience
from app.accounts.models import Role
from app.clock import utc_now
from app.db import db
from app.organisations.models import Job
from app.organisations.scim import tokens
from app.organisations.scim.models import ScimResource, ScimToken
from tests.factories import person, signed_in
from tests.organisations.scim import ENTERPRISE, GROUPS, USERS, System, system

SECRETS = ("Məxfi Şəxs", "mexfi.ad", "gizli-7", "Gizli şöbə", "mexfi@agency.example.az")


@pytest.fixture
def house(site: Flask, client: FlaskClient) -> tuple[System, System, dict[str, str]]:
    """An agency, another one, and the ids of what the first has."""
    ours, theirs = system(client, "Bizim nazirlik"), system(client, "Onların nazirliyi")
    one = ours.create(
        SECRETS[1],
        externalId=SECRETS[2],
        name={"formatted": SECRETS[0]},
        emails=[{"value": SECRETS[4]}],
        **{ENTERPRISE: {"department": SECRETS[3], "employeeNumber": "9-9"}},
    )
    unit = ours.send("POST", GROUPS, {"displayName": SECRETS[3], "externalId": "G-1"}).get_json(force=True)
    return ours, theirs, {"user": one["id"], "unit": unit["id"]}


def test_nothing_of_another_agency_is_found(house: tuple[System, System, dict[str, str]]) -> None:
    ours, theirs, ids = house
    user, unit = f"{USERS}/{ids['user']}", f"{GROUPS}/{ids['unit']}"
    schema = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    patch = {"schemas": schema, "Operations": [{"op": "replace", "path": "displayName", "value": "Oğurlandı"}]}
    asked = [
        *(("GET", path, None) for path in (user, unit)),
        *(("DELETE", path, None) for path in (user, unit)),
        *(("PATCH", path, patch) for path in (user, unit)),
        ("PUT", user, {"userName": "xx"}),
        ("PUT", unit, {"displayName": "xx"}),
    ]
    for method, path, body in asked:
        answer = theirs.send(method, path, body)
        assert answer.status_code == 404, (method, path)
        assert not [word for word in SECRETS if word in answer.get_data(as_text=True)]
    assert ours.get(user)["name"]["formatted"] == SECRETS[0]
    assert ours.get(unit)["displayName"] == SECRETS[3]


def test_lists_filters_and_searches_end_at_the_agency(house: tuple[System, System, dict[str, str]]) -> None:
    ours, theirs, ids = house
    filters = [None, f'userName eq "{SECRETS[1]}"', f'externalId eq "{SECRETS[2]}"', f'id eq "{ids["user"]}"', "id pr"]
    filters += ['userName co ""', f'displayName eq "{SECRETS[3]}"', 'not (userName eq "zz")', "meta.created pr"]
    for said in filters:
        for path in (USERS, GROUPS, "/scim/v2/", "/scim/v2"):
            if said is not None and path == GROUPS and "userName" in said:
                continue
            answer = theirs.get(path, **({"filter": said} if said else {}))
            assert answer["totalResults"] == 0, (path, said)
        search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": said}
        answer = theirs.send("POST", f"{USERS}/.search", {key: to for key, to in search.items() if to})
        assert answer.status_code == 200
        assert answer.get_json(force=True)["totalResults"] == 0
    assert ours.get("/scim/v2/", filter="id pr")["totalResults"] == 2


def test_names_numbers_and_codes_of_another_agency_are_free(house: tuple[System, System, dict[str, str]]) -> None:
    _ours, theirs, ids = house
    one = theirs.create(SECRETS[1], externalId=SECRETS[2], **{ENTERPRISE: {"employeeNumber": "9-9"}})
    rows = db.session.scalars(select(ScimResource).where(ScimResource.user_name == SECRETS[1])).all()
    assert len({row.user_id for row in rows}) == 2
    unit = theirs.send("POST", GROUPS, {"displayName": SECRETS[3], "externalId": "G-1"})
    assert unit.status_code == 201
    assert len({row.unit_id for row in db.session.query(ScimResource).filter_by(kind="Group")}) == 2
    assert one["id"] != ids["user"]


def test_another_agencys_people_and_units_cannot_be_referred_to(
    house: tuple[System, System, dict[str, str]],
) -> None:
    _ours, theirs, ids = house
    boss = theirs.send("POST", USERS, {"userName": "xx", ENTERPRISE: {"manager": {"value": ids["user"]}}})
    assert boss.status_code == 400
    for member in ids.values():
        answer = theirs.send("POST", GROUPS, {"displayName": "Qrup", "members": [{"value": member}]})
        assert answer.status_code == 400
    assert db.session.query(Job).count() == 1


def test_without_a_token_that_works_nothing_answers(site: Flask, client: FlaskClient) -> None:
    ours = system(client)
    paths = ["/scim/v2", "/scim/v2/", USERS, f"{USERS}/1", GROUPS, "/scim/v2/Schemas", "/scim/v2/Me", "/scim/v2/x/y/z"]
    paths.append("/scim/v2/ServiceProviderConfig")
    signed_in(client, person(role=Role.ADMINISTRATOR))  # a cookie is no token
    wrong = [{}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {ours.token}"}]
    wrong.append({"Authorization": f"Bearer {ours.token}x"})
    for path, headers in zip(paths, wrong * 3, strict=False):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = client.open(path, method=method, headers=headers, data=b"x" * 100)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert json.loads(answer.data)["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_every_address_for_machines_is_closed_without_a_token(site: Flask, client: FlaskClient) -> None:
    for rule in site.url_map.iter_rules():
        if TABLE[rule.endpoint] is Audience.AGENCY:
            path = rule.rule.replace("<path:path>", "Users")
            for method in (rule.methods or set()) - {"OPTIONS"}:
                assert client.open(path, method=method).status_code == 401


def test_a_revoked_token_stops_at_once_and_the_others_work_on(site: Flask, client: FlaskClient) -> None:
    ours = system(client)
    staff = person(role=Role.ADMINISTRATOR)
    second = tokens.hand_out(ours.organisation, "SSO", by=staff, now=utc_now())
    first = db.session.get_one(ScimToken, 1)
    tokens.revoke(first, by=staff, now=utc_now())
    db.session.commit()
    assert ours.send("GET", USERS).status_code == 401
    assert client.get(USERS, headers={"Authorization": f"bearer {second}"}).status_code == 200


def test_the_last_use_of_a_token_is_noted_now_and_then(site: Flask, client: FlaskClient) -> None:
    ours = system(client)
    ours.get(USERS)
    token = db.session.get_one(ScimToken, 1)
    first = token.used_at
    assert first is not None
    ours.get(USERS)
    assert token.used_at == first
    token.used_at = first - timedelta(minutes=11)
    ours.get(USERS)
    assert token.used_at > first - timedelta(minutes=1)


def test_wrong_tokens_are_throttled_and_right_ones_are_not(site: Flask, client: FlaskClient) -> None:
    ours = system(client)
    answers = [client.get(USERS, headers={"Authorization": "Bearer wrong"}) for _ in range(62)]
    assert [one.status_code for one in answers] == [401] * 60 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "60"
    assert ours.send("GET", USERS).status_code == 200


def test_the_token_is_kept_as_a_hash_only(site: Flask, client: FlaskClient) -> None:
    ours = system(client)
    kept = db.session.get_one(ScimToken, 1)
    assert ours.token.startswith("bilik_scim_")
    assert ours.token not in str(vars(kept))
