"""Every way a provider, or somebody between, may misbehave: nobody is signed in, and the page says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import ValidationError
from sqlalchemy import select

from app.accounts import throttling
from app.accounts.identity import providers
from app.accounts.models import SignInAttempt, User
from app.audit import AuditEvent
from app.config import Provider, Settings
from app.db import db
from tests.accounts.identity.conftest import connect, go, through
from tests.factories import person
from tests.provider import ACCESS_TOKEN, CLIENT_SECRET, FakeProvider

BOTH = pytest.mark.parametrize("key", ["oidc", "mygov"])


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


@BOTH
def test_whoever_the_provider_confirms_is_signed_in_and_goes_where_they_wanted(
    client: FlaskClient, known: User, key: str
) -> None:
    answer = through(client, key, next="/account?x=1")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/account?x=1"
    assert is_signed_in(client)
    events = list(db.session.scalars(select(AuditEvent).where(AuditEvent.act == "signed_in")))
    assert [(one.actor_id, one.details["how"]) for one in events] == [(known.id, key)]


@pytest.mark.parametrize(
    "fault",
    [
        "wrong iss",
        "wrong aud",
        "other client's token",
        "expired",
        "from the future",
        "never expires",
        "no exp",
        "no sub",
        "empty sub",
        "sub a number",
        "alg=none",
        "signed with the client's secret",
        "signed by another",
        "no id_token",
        "not json",
        "other iss in the answer",
    ],
)
@BOTH
def test_what_is_not_to_be_believed_signs_nobody_in(
    client: FlaskClient, known: User, fake: FakeProvider, key: str, fault: str
) -> None:
    fake.fault = fault
    answer = through(client, key)
    assert answer.status_code == 403
    page = answer.get_data(as_text=True)
    assert "not_believed" in page
    assert "/sign-in?" in page or 'href="/sign-in"' in page
    assert not is_signed_in(client)
    refused = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "provider_refused")).one()
    assert refused.details == {"provider": key, "reason": "not_believed"}


@pytest.mark.parametrize("fault", ["nonce not echoed", "nonce of another", "other issuer in discovery"])
def test_discovery_and_nonce_are_believed_only_when_they_are_right(
    client: FlaskClient, known: User, fake: FakeProvider, fault: str
) -> None:
    fake.fault = fault
    answer = client.get("/sign-in/with/oidc") if "discovery" in fault else through(client, "oidc")
    assert "not_believed" in answer.get_data(as_text=True)
    assert not is_signed_in(client)


def test_a_provider_that_echoes_no_nonce_can_be_connected_without(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    connect(site, fake.about("oidc", fin_claim="fin", nonce=False))
    fake.fault = "nonce not echoed"
    assert "nonce=" not in client.get("/sign-in/with/oidc").headers["Location"]
    assert through(client, "oidc").status_code == 303


@pytest.mark.parametrize("pkce", [True, False])
def test_the_proof_of_the_code_is_sent_where_it_is_wanted(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider, pkce: bool
) -> None:
    connect(site, fake.about("mygov", pkce=pkce))
    assert ("code_challenge=" in client.get("/sign-in/with/mygov").headers["Location"]) is pkce
    assert through(client).status_code == 303
    assert ("code_verifier" in fake.asked[-1]) is pkce


def test_the_secret_travels_in_the_header_or_as_the_provider_wants(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    through(client)
    assert fake.asked[-1]["authorization"].startswith("Basic ")
    assert "client_secret" not in fake.asked[-1]
    connect(site, fake.about("mygov", client_auth="client_secret_post"))
    through(client)  # refused by this one, but see what it got
    assert fake.asked[-1]["client_secret"]
    assert not fake.asked[-1]["authorization"]


def test_a_code_is_taken_once(client: FlaskClient, known: User) -> None:
    path = go(client)
    assert client.get(path).status_code == 303
    again = client.get(path)
    assert again.status_code == 400
    assert "invalid_state" in again.get_data(as_text=True)


def test_a_code_that_was_used_already_is_refused_by_the_provider(
    client: FlaskClient, known: User, fake: FakeProvider
) -> None:
    path = go(client)
    fake.codes.clear()
    assert "not_believed" in client.get(path).get_data(as_text=True)


@pytest.mark.parametrize("state", ["", "another", None])
def test_an_answer_this_browser_did_not_begin_is_refused(
    client: FlaskClient, site: Flask, known: User, state: str | None
) -> None:
    path = go(client)
    code = path.partition("code=")[2].partition("&")[0]
    query = {"code": code} | ({"state": state} if state is not None else {})
    answer = client.get("/sign-in/with/mygov/back", query_string=query)
    assert answer.status_code == 400
    assert "invalid_state" in answer.get_data(as_text=True)
    stranger = site.test_client()
    assert stranger.get(path).status_code == 400
    assert not is_signed_in(stranger)


def test_what_began_at_one_provider_does_not_end_at_another(client: FlaskClient, known: User) -> None:
    answer = client.get(go(client, "oidc").replace("/oidc/", "/mygov/"))
    assert answer.status_code == 400


def test_who_cancels_there_can_try_again_or_use_the_password(
    client: FlaskClient, known: User, fake: FakeProvider
) -> None:
    fake.fault = "denied"
    answer = through(client, next="/account")
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "cancelled" in page
    assert "/sign-in?next=/account" in page
    assert db.session.scalars(select(SignInAttempt)).all() == []


@pytest.mark.parametrize("fault", ["missing FIN", "FIN malformed", "FIN a list"])
def test_without_a_fin_nobody_comes_in_by_mygov(
    client: FlaskClient, known: User, fake: FakeProvider, fault: str
) -> None:
    through(client)  # also who is connected already
    client.post("/sign-out")
    fake.fault = fault
    answer = through(client)
    assert "fin_not_found" in answer.get_data(as_text=True)
    assert not is_signed_in(client)


@BOTH
def test_new_keys_of_the_provider_are_found(
    client: FlaskClient, known: User, fake: FakeProvider, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert through(client, key).status_code == 303
    client.post("/sign-out")
    monkeypatch.setattr(providers, "RENEWED_AFTER", 0.0)
    fake.rotate()
    assert through(client, key).status_code == 303


def test_bad_signatures_do_not_make_us_ask_for_keys_again_and_again(
    client: FlaskClient, known: User, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "RENEWED_AFTER", 3600.0)
    through(client)
    fake.fault = "signed by another"
    before = fake.keys_asked
    for _ in range(3):
        through(client)
    assert fake.keys_asked == before > 0


def test_a_provider_that_is_away_leaves_the_password(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    fake.fault = "broken"
    for answer in (client.get("/sign-in/with/oidc"), through(client)):
        assert answer.status_code == 503
        assert "provider_away" in answer.get_data(as_text=True)
    connect(site, fake.about("mygov", token_url="http://127.0.0.1:9/token"))  # nobody listens there
    assert through(client).status_code == 503
    assert client.get("/sign-in").status_code == 200


def test_a_secret_that_cannot_be_read_is_ours_and_passing(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    connect(site, fake.about("mygov") | {"client_secret": None, "client_secret_file": file})
    assert client.get("/sign-in/with/mygov").status_code == 503
    file.write_text(f"{CLIENT_SECRET}\n")
    assert through(client).status_code == 303


def test_a_provider_that_does_not_answer_is_waited_for_only_so_long(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    connect(site, fake.about("mygov", timeout=0.2))
    fake.fault = "slow"
    assert "provider_away" in through(client).get_data(as_text=True)


def hiding(site: Flask, fake: FakeProvider, **more: object) -> None:
    """The FIN and the name stand in userinfo alone, of the provider with discovery."""
    fake.hides = ("fin", "name", "email")
    connect(site, fake.about("oidc", fin_claim="fin", **more))


@pytest.mark.parametrize("userinfo", [True, False])
def test_what_the_id_token_does_not_say_is_asked_of_userinfo(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider, userinfo: bool
) -> None:
    hiding(site, fake, userinfo=userinfo)
    assert through(client, "oidc").status_code == 303
    assert is_signed_in(client)
    assert fake.userinfo_asked == [f"Bearer {ACCESS_TOKEN}"]


def test_a_provider_without_discovery_is_asked_where_the_settings_say(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    fake.hides = ("user",)
    connect(site, fake.about("mygov"))
    assert "fin_not_found" in through(client).get_data(as_text=True)
    connect(site, fake.about("mygov", userinfo_url=f"{fake.address}/ssoauth/oauth2/userinfo"))
    assert through(client).status_code == 303


def test_userinfo_is_left_alone_where_the_id_token_says_all(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    assert through(client, "oidc").status_code == 303
    assert fake.userinfo_asked == []
    client.post("/sign-out")
    connect(site, fake.about("oidc", fin_claim="fin", userinfo=True))
    assert through(client, "oidc").status_code == 303
    assert len(fake.userinfo_asked) == 1


def test_what_is_signed_wins_over_what_is_not(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    connect(site, fake.about("oidc", fin_claim="fin", userinfo=True))
    fake.fault = "userinfo with another FIN"
    assert through(client, "oidc").status_code == 303
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ("userinfo of another", "not_believed"),
        ("userinfo without sub", "not_believed"),
        ("userinfo a list", "not_believed"),
        ("userinfo not json", "not_believed"),
        ("userinfo broken", "provider_away"),
        ("userinfo elsewhere", "provider_away"),
        ("userinfo too large", "provider_away"),
        ("userinfo slow", "provider_away"),
        ("userinfo drop by drop", "provider_away"),
    ],
)
def test_userinfo_that_misbehaves_signs_nobody_in(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider, fault: str, trouble: str
) -> None:
    hiding(site, fake)
    path = go(client, "oidc")
    if fault in ("userinfo slow", "userinfo drop by drop"):
        hiding(site, fake, timeout=0.5)
    fake.fault = fault
    answer = client.get(path)
    assert trouble in answer.get_data(as_text=True)
    assert not is_signed_in(client)


def test_the_way_on_leads_to_no_other_site(client: FlaskClient, known: User) -> None:
    assert through(client, next="//evil.example").headers["Location"] == "/"


def test_a_way_on_too_long_for_a_cookie_is_left_out(client: FlaskClient, known: User) -> None:
    assert through(client, next="/account?" + "x" * 4000).headers["Location"] == "/"
    assert is_signed_in(client)


@pytest.mark.parametrize("window", [1, 4])
def test_of_five_windows_the_oldest_begins_again(client: FlaskClient, known: User, window: int) -> None:
    paths = [go(client, next=f"/account?{'x' * 480}{n}") for n in range(5)]
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert len(cookie.value) < 4000
    assert client.get(paths[0]).status_code == 400  # the oldest was forgotten
    assert client.get(paths[window]).headers["Location"].endswith(f"x{window}")


def test_failures_from_one_place_make_it_wait(
    client: FlaskClient, known: User, fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "MOST_OF_ADDRESS", 2)
    fake.fault = "wrong aud"
    for _ in range(2):
        through(client)
    fake.fault = ""
    answer = through(client)
    assert answer.status_code == 429
    assert not is_signed_in(client)


def test_signing_in_begins_a_new_session(client: FlaskClient, known: User) -> None:
    path = go(client)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    client.get(path)
    with client.session_transaction() as session:
        assert "planted" not in session


def test_the_privacy_page_names_whom_one_signs_in_through(client: FlaskClient, site: Flask, fake: FakeProvider) -> None:
    assert "mygov ID" not in client.get("/privacy").get_data(as_text=True)
    connect(site, fake.about("mygov"))
    assert "mygov ID" in client.get("/privacy").get_data(as_text=True)


def test_without_a_provider_there_is_none_of_it(client: FlaskClient, site: Flask) -> None:
    assert client.get("/sign-in/with/mygov").status_code == 404
    assert client.get("/sign-in/with/mygov/back?code=1&state=2").status_code == 404
    assert "/sign-in/with" not in client.get("/sign-in").get_data(as_text=True)


def test_after_signing_out_the_provider_s_own_session_is_pointed_at(
    client: FlaskClient, site: Flask, known: User, fake: FakeProvider
) -> None:
    connect(site, fake.about("mygov", sign_out_url="https://mygov.example/out"))
    through(client)
    out = client.post("/sign-out")
    assert out.headers["Location"] == "/signed-out/mygov"
    assert "https://mygov.example/out" in client.get("/signed-out/mygov").get_data(as_text=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://mygov.example"},
        {"token_url": None},
        {"client_secret": None},
        {"client_secret_file": "/x"},
        {"key": "A B"},
        {"unknown": 1},
        {"userinfo": True},
        {"userinfo_url": "http://mygov.example/userinfo"},
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(fake: FakeProvider, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Provider.model_validate(fake.about("mygov") | wrong)
    assert Provider.model_validate(fake.about("mygov")).fin_claim == "user.pin"


def test_what_is_wrong_in_the_settings_is_said_without_the_secret(fake: FakeProvider) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(env="test", providers=[fake.about("mygov") | {"token_url": None}])
    assert "providers" in str(refused.value)
    assert CLIENT_SECRET not in str(refused.value) + repr(Provider.model_validate(fake.about("mygov")))


def test_two_providers_of_one_key_are_refused(fake: FakeProvider) -> None:
    with pytest.raises(ValidationError, match="same key"):
        Settings(env="test", providers=[fake.about("mygov"), fake.about("mygov")])


def test_no_account_is_made_for_whom_the_provider_knows(client: FlaskClient, connected: Flask) -> None:
    person()
    before = len(db.session.scalars(select(User)).all())
    assert through(client).headers["Location"] == "/sign-in/connect"
    assert len(db.session.scalars(select(User)).all()) == before
