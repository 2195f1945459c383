"""A fake identity provider on loopback, which can misbehave in every way ours has to withstand.

    python -m tests.provider 9000      for development: both shapes at once, one person

It speaks OpenID Connect with discovery and, under other addresses, what mygov ID is known to do: no discovery, Basic
authentication of the client, the FIN inside "user", no nonce in the answer.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "bilik", "a secret of tests"
ACCESS_TOKEN = "an access token of tests"
ENDLESS = 1024 * 1024  # bytes


@dataclass
class Person:
    sub: str = "u-1"
    fin: str | None = "5AB12CD"
    first: str = "Aysel"
    last: str = "Həsənova"
    email: str = "aysel@example.com"


@dataclass
class FakeProvider:
    """`fault` names how it misbehaves next; `person` signs in there; `asked` is what came to the token address."""

    address: str = ""
    person: Person = field(default_factory=Person)
    fault: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    signing: ECKey = field(default_factory=lambda: new_key("first"))
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys_asked: int = 0
    gate: threading.Event = field(default_factory=threading.Event)  # "slow" waits for it
    hides: tuple[str, ...] = ()  # claims that only userinfo says
    userinfo_asked: list[str] = field(default_factory=list)  # with which authorization

    def rotate(self) -> None:
        self.signing = new_key(secrets.token_hex(4))

    def about(self, key: str, **more: Any) -> dict[str, Any]:
        """The settings with which the site knows it."""
        found = {"key": key, "name": key.title(), "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        if key == "mygov":
            found |= {
                "kind": "mygov",
                "name": "mygov ID",
                "issuer": f"{self.address}/mygov",
                "authorize_url": f"{self.address}/grant-permission",
                "token_url": f"{self.address}/ssoauth/oauth2/token",
                "jwks_url": f"{self.address}/ssoauth/oauth2/jwks",
                "nonce": False,
            }
        else:
            found |= {"issuer": self.address}
        return found | more


def new_key(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig", "alg": "ES256"})


def application(fake: FakeProvider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def about() -> Response:
        if fake.fault == "broken":
            return Response("<html>", 502)
        return jsonify(
            issuer="https://evil.example" if fake.fault == "other issuer in discovery" else fake.address,
            authorization_endpoint=f"{fake.address}/authorize",
            token_endpoint=f"{fake.address}/token",
            jwks_uri=f"{fake.address}/jwks",
            userinfo_endpoint=f"{fake.address}/userinfo",
            id_token_signing_alg_values_supported=["none", "HS256", "ES256"],
        )

    @app.get("/authorize")
    @app.get("/grant-permission")
    def authorize() -> Any:
        back, state = request.args["redirect_uri"], request.args["state"]
        if fake.fault == "denied":
            return redirect(f"{back}?error=access_denied&state={state}")
        code = secrets.token_urlsafe(16)
        fake.codes[code] = {
            "nonce": request.args.get("nonce"),
            "challenge": request.args.get("code_challenge"),
            "redirect_uri": back,
            "issuer": f"{fake.address}/mygov" if request.path == "/grant-permission" else fake.address,
        }
        said = "" if fake.fault != "other iss in the answer" else "&iss=https://evil.example"
        return redirect(f"{back}?code={code}&state={state}{said}")

    @app.post("/token")
    @app.post("/ssoauth/oauth2/token")
    def token() -> Any:
        if fake.fault == "slow":
            fake.gate.wait(30)
        if fake.fault == "broken":
            return Response("<html>", 502)
        fake.asked.append(dict(request.form) | {"authorization": request.headers.get("Authorization", "")})
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return jsonify(error="invalid_client"), 401
        granted = fake.codes.pop(request.form.get("code", ""), None)
        if granted is None or granted["redirect_uri"] != request.form.get("redirect_uri"):
            return jsonify(error="invalid_grant"), 400
        if granted["challenge"]:
            digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != granted["challenge"]:
                return jsonify(error="invalid_grant"), 400
        if fake.fault == "not json":
            return Response("<html>sign in</html>", 200, mimetype="text/html")
        body = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 300}
        if fake.fault != "no id_token":
            body["id_token"] = id_token(fake, granted)
        return jsonify(body)

    @app.get("/userinfo")
    @app.get("/ssoauth/oauth2/userinfo")
    def userinfo() -> Any:
        fake.userinfo_asked.append(request.headers.get("Authorization", ""))
        if fake.userinfo_asked[-1] != f"Bearer {ACCESS_TOKEN}":
            return jsonify(error="invalid_token"), 401
        said = said_of(fake, mygov=request.path.startswith("/ssoauth")) | {"sub": fake.person.sub}
        match fake.fault:
            case "userinfo of another":
                return jsonify(said | {"sub": "u-2", "fin": "9ZZ99ZZ"})
            case "userinfo with another FIN":
                return jsonify(said | {"fin": "9ZZ99ZZ"})
            case "userinfo without sub":
                return jsonify({name: value for name, value in said.items() if name != "sub"})
            case "userinfo a list":
                return jsonify([said])
            case "userinfo not json":
                return Response("<html>sign in</html>", 200, mimetype="text/html")
            case "userinfo broken":
                return Response("<html>", 500)
            case "userinfo elsewhere":
                return redirect(f"{fake.address}/userinfo?again")
            case "userinfo too large":
                return Response((json.dumps(said)[:-1], ', "x": "', *["x" * 1024] * (ENDLESS // 1024), '"}'))
            case "userinfo slow":
                fake.gate.wait(30)
            case "userinfo drop by drop":
                return Response(drops(fake, json.dumps(said)), mimetype="application/json")
        return jsonify(said)

    @app.get("/jwks")
    @app.get("/ssoauth/oauth2/jwks")
    def jwks() -> Any:
        fake.keys_asked += 1
        return jsonify(KeySet([fake.signing]).as_dict(private=False))

    return app


def drops(fake: FakeProvider, text: str) -> Iterator[str]:
    """A byte now and then, until nobody listens or the test is over."""
    for sign in " " * 10_000 + text:
        if fake.gate.wait(0.05):
            return
        yield sign


def said_of(fake: FakeProvider, *, mygov: bool) -> dict[str, Any]:
    """Who somebody is, in the shape of the provider."""
    who = fake.person
    if mygov:
        return {"user": {"pin": who.fin, "firstName": who.first, "lastName": who.last, "citizenship": "AZE"}}
    return {"fin": who.fin, "name": f"{who.first} {who.last}", "email": who.email, "email_verified": True}


def id_token(fake: FakeProvider, granted: dict[str, Any]) -> str:
    now, who, fault = int(time.time()), fake.person, fake.fault
    claims: dict[str, Any] = {
        "iss": granted["issuer"],
        "aud": CLIENT_ID,
        "sub": who.sub,
        "iat": now,
        "exp": now + 300,
        "name": f"{who.first} {who.last}",
        "email": who.email,
        "email_verified": True,
    }
    if granted["issuer"].endswith("/mygov"):
        claims["user"] = {"pin": who.fin, "firstName": who.first, "lastName": who.last, "citizenship": "AZE"}
    else:
        claims |= {"fin": who.fin, "nonce": granted["nonce"]}
    claims |= {
        "wrong iss": {"iss": "https://evil.example"},
        "wrong aud": {"aud": "somebody-else"},
        "other client's token": {"aud": "somebody-else", "azp": CLIENT_ID},
        "expired": {"iat": now - 900, "exp": now - 600},
        "from the future": {"iat": now + 3600, "exp": now + 7200, "nbf": now + 3600},
        "never expires": {"exp": None},
        "nonce of another": {"nonce": "another"},
        "empty sub": {"sub": ""},
        "sub a number": {"sub": 7},
        "FIN a list": {"user": {"pin": [who.fin]}, "fin": [who.fin]},
        "FIN malformed": {"user": {"pin": "12"}, "fin": "12"},
    }.get(fault, {})
    for name in fake.hides:
        claims.pop(name, None)
    if fault == "nonce not echoed":
        del claims["nonce"]
    for name in ("sub", "exp"):
        if fault == f"no {name}":
            del claims[name]
    if fault == "missing FIN":
        claims.pop("fin", None)
        claims.pop("user", None)
    if fault == "alg=none":
        parts = ({"alg": "none"}, claims)
        return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."
    if fault == "signed with the client's secret":
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET * 2), algorithms=["HS256"])
    key = new_key(fake.signing.kid or "") if fault == "signed by another" else fake.signing
    return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])


@contextmanager
def running(port: int = 0) -> Iterator[FakeProvider]:
    fake = FakeProvider()
    server = make_server("127.0.0.1", port, application(fake), threaded=True)
    fake.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    with running(int(sys.argv[1]) if len(sys.argv) > 1 else 9000) as found:
        settings = [found.about("mygov"), found.about("oidc", fin_claim="fin")]
        print(f"BILIK_PROVIDERS='{json.dumps(settings)}' ./run")
        print(f"Whoever signs in there is {found.person}. Ctrl+C ends it.")
        threading.Event().wait()
