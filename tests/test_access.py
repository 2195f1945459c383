"""Who may open which page: the table is whole, and it is kept."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.access import NEEDED, TABLE, Audience
from app.accounts.models import Role
from tests.factories import person, signed_in

STAFF = (Audience.INSTRUCTOR, Audience.MANAGER, Audience.OFFICER, Audience.ADMINISTRATOR)


def address(site: Flask, rule: Rule) -> str:
    """An address of the rule, with something in every place."""
    fillers = {"RowConverter": 1, "PathConverter": "a/b", "UnicodeConverter": "x", "FloatConverter": 1.0}
    values = {name: fillers[type(made).__name__] for name, made in rule._converters.items()}
    with site.test_request_context():
        return site.url_map.bind("localhost").build(rule.endpoint, values)


def rules(site: Flask, method: str, *audiences: Audience) -> list[Rule]:
    return [
        rule
        for rule in site.url_map.iter_rules()
        if method in (rule.methods or ()) and TABLE[rule.endpoint] in audiences and rule.endpoint != "static"
    ]


def test_every_page_stands_in_the_table_and_every_line_is_a_page(site: Flask) -> None:
    assert {rule.endpoint for rule in site.url_map.iter_rules()} == set(TABLE)


def test_a_page_missing_from_the_table_is_open_to_nobody(
    site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(TABLE, "home.help")
    assert signed_in(client, person(role=Role.ADMINISTRATOR)).get("/help").status_code == 404


def test_a_visitor_is_asked_to_sign_in_and_comes_back(site: Flask, client: FlaskClient) -> None:
    for rule in rules(site, "GET", Audience.LEARNER, Audience.OWN, *STAFF):
        answer = client.get(address(site, rule))
        assert answer.status_code == 302, rule
        assert answer.headers["Location"].startswith("/sign-in?next="), rule
    assert client.get("/account?x=1").headers["Location"] == "/sign-in?next=/account?x%3D1"


def test_a_form_of_a_visitor_is_not_taken(site: Flask, client: FlaskClient) -> None:
    for rule in rules(site, "POST", Audience.LEARNER, Audience.OWN, *STAFF):
        assert client.post(address(site, rule)).status_code == 401, rule


def test_a_learner_is_turned_away_from_every_page_of_staff(site: Flask, client: FlaskClient) -> None:
    signed_in(client, person())
    for method in ("GET", "POST"):
        for rule in rules(site, method, *STAFF):
            answer = client.open(address(site, rule), method=method)
            assert answer.status_code == 403, (method, rule)


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.MANAGER, Role.OFFICER])
def test_one_role_does_not_open_the_pages_of_another(site: Flask, client: FlaskClient, role: Role) -> None:
    from app.organisations import working
    from tests.factories import NOW

    organisation = working.create("Sınaq", by=None, now=NOW)
    signed_in(client, person(role=role, organisation_id=organisation.id))
    for rule in rules(site, "GET", *(audience for audience in STAFF if NEEDED[audience] is not role)):
        assert client.get(address(site, rule)).status_code == 403, rule


def test_no_form_is_taken_without_its_token(site: Flask, client: FlaskClient) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    signed_in(client, person(role=Role.ADMINISTRATOR))
    for rule in rules(site, "POST", *Audience):
        assert client.post(address(site, rule), data={"name": "x"}).status_code == 401, rule


def test_reading_a_page_never_writes(site: Flask, client: FlaskClient) -> None:
    """The guard of `db.guard_reads` raises in the page; here every page without a place in its address is opened."""
    signed_in(client, person(role=Role.ADMINISTRATOR))
    for rule in rules(site, "GET", *Audience):
        if not rule.arguments:
            assert client.get(rule.rule).status_code < 500, rule


def test_a_number_no_row_can_have_is_no_page(site: Flask, client: FlaskClient) -> None:
    signed_in(client, person(role=Role.ADMINISTRATOR))
    for method in ("GET", "POST"):
        for rule in rules(site, method, *Audience):
            if any(type(made).__name__ == "RowConverter" for made in rule._converters.values()):
                path = address(site, rule).replace("/1/", f"/{10**30}/")
                path = f"{path[:-1]}{10**30}" if path.endswith("/1") else path.replace("/1.png", f"/{10**30}.png")
                assert client.open(path, method=method).status_code in (404, 405), (method, path)


@pytest.mark.parametrize("number", [10**30, -5, 0, "x", "9" * 5000])
def test_any_number_of_a_page_may_be_asked_for(site: Flask, client: FlaskClient, number: object) -> None:
    from app.organisations import working
    from tests.factories import NOW

    made = working.create("Sınaq", by=None, now=NOW)
    signed_in(client, person(role=Role.ADMINISTRATOR))
    for path in (
        "/administration/people",
        "/notices",
        "/staff/audit",
        f"/team/{made.id}",
    ):
        assert client.get(path, query_string={"page": number, "who": number}).status_code == 200, path
