"""What every page has: headers, languages, refusals, error pages, health."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import create_app, keys
from app.config import Settings
from app.errors import Refused
from app.web import blobs, safe_next
from tests.factories import person, signed_in

OPEN_PAGES = (
    *("/", "/sign-in", "/sign-up", "/sign-in/code", "/forgotten", "/mail-sent"),
    *("/help", "/privacy", "/courses", "/nothing-here"),
)


@pytest.fixture
def guarded(site: Flask) -> Flask:
    site.config["WTF_CSRF_ENABLED"] = True
    return site


def token_in(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found[1]


# ---- headers


def test_the_content_policy_allows_no_inline_script_or_style(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" in policy
    assert policy.endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")


def test_the_nonce_is_new_with_every_answer(client: FlaskClient) -> None:
    assert client.get("/").headers["Content-Security-Policy"] != client.get("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_no_page_needs_what_the_content_policy_forbids(client: FlaskClient, path: str) -> None:
    page = client.get(path).get_data(as_text=True)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]* src=)", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_pages_are_not_stored_and_bundles_are_kept_for_a_year(site: Flask, client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert site.get_send_file_max_age("dist/site-1.css") == 31536000  # type: ignore[attr-defined]


def test_https_is_insisted_on_only_where_the_request_came_by_it(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "Strict-Transport-Security" in client.get("/", base_url="https://localhost").headers


# ---- languages


def test_a_visitor_without_wishes_reads_azerbaijani(client: FlaskClient) -> None:
    assert '<html lang="az">' in client.get("/").get_data(as_text=True)


def test_the_browser_is_asked_then_the_cookie_then_the_account(client: FlaskClient) -> None:
    russian = {"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"}
    assert '<html lang="ru">' in client.get("/", headers=russian).get_data(as_text=True)
    client.set_cookie("language", "en")
    assert '<html lang="en">' in client.get("/", headers=russian).get_data(as_text=True)
    signed_in(client, person(language="az"))
    assert '<html lang="az">' in client.get("/", headers=russian).get_data(as_text=True)


def test_choosing_a_language_keeps_the_page_and_is_remembered(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "ru", "next": "/help?a=b"})
    assert answer.headers["Location"] == "/help?a=b"
    assert '<html lang="ru">' in client.get("/help").get_data(as_text=True)


def test_the_language_of_an_account_is_kept_in_the_account(client: FlaskClient) -> None:
    user = person(language="az")
    signed_in(client, user).post("/language", data={"language": "en", "next": "/"})
    assert user.language == "en"


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    client.post("/language", data={"language": "xx"})
    assert '<html lang="az">' in client.get("/").get_data(as_text=True)


# ---- where to go


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "evil",
        "",
        None,
        "/a\nb",
        "javascript:alert(1)",
        "\t/x",
    ],
)
def test_nobody_is_led_to_another_site(target: str | None) -> None:
    assert safe_next(target, "/home") == "/home"


def test_a_path_of_ours_is_followed() -> None:
    assert safe_next("/learn/1?tab=2", "/home") == "/learn/1?tab=2"


# ---- refusals


def refuse() -> None:
    raise Refused("Three attempts are allowed.")


@pytest.fixture
def refusing(site: Flask) -> Flask:
    site.view_functions["home.help"] = refuse
    site.view_functions["accounts.mark"] = refuse
    site.view_functions["notices.mark_read"] = refuse
    return site


def test_a_refusal_goes_back_to_the_page_it_came_from(refusing: Flask, client: FlaskClient) -> None:
    signed_in(client, person())
    answer = client.post("/notices/read", headers={"Referer": "http://localhost/notices"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/notices")
    assert "Three attempts are allowed." in client.get("/notices").get_data(as_text=True)


def test_a_refusal_without_a_page_to_go_back_to_is_a_page(refusing: Flask, client: FlaskClient) -> None:
    answer = client.get("/help")
    assert answer.status_code == 409
    assert "Three attempts are allowed." in answer.get_data(as_text=True)


def test_a_refusal_is_a_fragment_for_htmx_and_json_for_scripts(refusing: Flask, client: FlaskClient) -> None:
    fragment = client.get("/help", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Three attempts" in fragment
    assert "<html" not in fragment
    answer = client.get("/help", headers={"Accept": "application/json"})
    assert answer.json == {"refused": "Three attempts are allowed."}


# ---- a session gone while typing


def test_a_form_of_an_ended_session_comes_back_with_what_was_typed(guarded: Flask, client: FlaskClient) -> None:
    answer = client.post(
        "/account/name",
        data={"name-name": "Aysel", "answer": "print('salam')\n" * 10, "password": "gizli söz"},
        headers={"Referer": "http://localhost/account"},
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert 'value="Aysel"' in page
    assert "print(&#39;salam&#39;)" in page
    assert "gizli" not in page
    assert 'action="/account/name' in page


def test_a_form_of_another_site_gets_no_second_chance(guarded: Flask, client: FlaskClient) -> None:
    signed_in(client, person())
    for headers in (
        {"Referer": "https://evil.example/"},
        {"Referer": "http://localhost/", "Sec-Fetch-Site": "cross-site"},
        {},
    ):
        answer = client.post("/account/name", data={"name-name": "Mallory"}, headers=headers)
        assert answer.status_code == 401
        assert "Mallory" not in answer.get_data(as_text=True)


def test_the_form_sent_again_is_taken(guarded: Flask, client: FlaskClient) -> None:
    user = person()
    signed_in(client, user)
    page = client.post(
        "/account/name", data={"name-name": "Aysel Quliyeva"}, headers={"Referer": "http://localhost/account"}
    ).get_data(as_text=True)
    client.post("/account/name", data={"name-name": "Aysel Quliyeva", "csrf_token": token_in(page)})
    assert user.name == "Aysel Quliyeva"


# ---- pages for what goes wrong


def test_an_unknown_address_gives_a_page_with_a_way_on(client: FlaskClient) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert 'href="/help"' in answer.get_data(as_text=True)


def test_a_file_too_large_is_refused_with_the_limit(client: FlaskClient) -> None:
    signed_in(client, person(language="en"))
    answer = client.post("/account/name", data={"name-name": "x" * (9 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "8 MB" in answer.get_data(as_text=True)


def test_a_broken_page_says_so_without_asking_the_database(site: Flask, client: FlaskClient) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    site.view_functions["home.help"] = broken
    answer = client.get("/help")
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.get_data(as_text=True)


def test_the_log_of_a_broken_page_holds_no_values(
    site: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        typed = "gizli mətn"
        raise ZeroDivisionError(len(typed))

    site.view_functions["home.help"] = broken
    client.get("/help?token=gizli")
    said = capsys.readouterr().out
    assert "ZeroDivisionError" in said
    assert "gizli" not in said.replace('typed = "gizli mətn"', "")
    assert "SECRET_KEY" not in said


def test_a_locked_database_is_back_soon(site: Flask, client: FlaskClient) -> None:
    def locked() -> str:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    site.view_functions["home.help"] = locked
    answer = client.get("/help")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


# ---- health and keys


def test_health_and_readiness_answer(client: FlaskClient) -> None:
    assert client.get("/healthz").data == b"ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json is not None
    assert ready.json["database"] == "ok"


def test_a_full_disk_is_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs(), "reserve", 1 << 60)
    assert client.get("/readyz").status_code == 503


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    assert keys.key(tmp_path, "session") == keys.key(tmp_path, "session")
    assert keys.key(tmp_path, "session") != keys.key(tmp_path, "codes")
    assert (tmp_path / "secrets" / "session").stat().st_mode & 0o777 == 0o600


def test_production_answers_to_its_own_name_only(tmp_path: Path) -> None:
    site = create_app(Settings(env="production", data=tmp_path, public_url="https://bilik.example"))
    assert site.test_client().get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert site.test_client().get("/healthz", headers={"Host": "bilik.example"}).status_code == 200
    assert site.config["SESSION_COOKIE_SECURE"]
