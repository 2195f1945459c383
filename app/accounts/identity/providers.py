"""The conversation with an identity provider: OpenID Connect's code flow, and what mygov ID makes of it.

Knows neither request nor database. Slow: every function here may wait for another machine; hold no transaction.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from app.accounts import fin as fins
from app.config import Provider
from app.errors import Refused

ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]  # asymmetric ones: whatever the provider offers else
LEEWAY = 60  # seconds its clock may differ from ours
KNOWN_FOR = 3600.0  # seconds what a provider says of itself is believed
RENEWED_AFTER = 30.0  # seconds until its keys are asked for again: a bad signature must not make us ask and ask
LONGEST = 256 * 1024  # bytes of one answer


class Trouble(StrEnum):
    """Why somebody who came from a provider is not let in. The page says what to do next."""

    INVALID_STATE = "invalid_state"
    CANCELLED = "cancelled"
    PROVIDER_AWAY = "provider_away"
    NOT_BELIEVED = "not_believed"
    FIN_NOT_FOUND = "fin_not_found"
    FIN_DIFFERS = "fin_differs"
    OTHER_IDENTITY = "other_identity"
    ACCOUNT_INACTIVE = "account_inactive"
    TOO_MANY_TRIES = "too_many_tries"


class Stopped(Exception):
    """The way through the provider ends here. `detail` is for the log: an error's name, never what a person is."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble
        self.detail = detail


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What the browser is sent to, and what must be remembered until it comes back."""

    url: str
    state: str
    nonce: str | None
    verifier: str | None


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the provider says this is. `fin` is normalised and confirmed by the provider; never log any of it."""

    provider: str  # its key in the settings
    issuer: str
    subject: str
    name: str
    fin: str | None
    two_factor: bool


def begin(provider: Provider, redirect_uri: str) -> Begun:
    """The first step. Raises Stopped when the provider cannot be found."""
    with _errors(), _session(provider, redirect_uri) as session:
        address = provider.authorize_url or _about(provider)["authorization_endpoint"]
        state = secrets.token_urlsafe(24)
        nonce = secrets.token_urlsafe(24) if provider.nonce else None
        verifier = secrets.token_urlsafe(48) if provider.pkce else None
        extra = {"nonce": nonce} if nonce else {}
        url, _state = session.create_authorization_url(address, state=state, code_verifier=verifier, **extra)
    return Begun(url=url, state=state, nonce=nonce, verifier=verifier)


def complete(
    provider: Provider, redirect_uri: str, answer: Mapping[str, str], *, nonce: str | None, verifier: str | None
) -> Identity:
    """The last step: the browser came back with `answer` (its query), whose state was found to be ours.

    Raises Stopped.
    """
    if error := answer.get("error"):
        known = {"access_denied": Trouble.CANCELLED, "temporarily_unavailable": Trouble.PROVIDER_AWAY}
        raise Stopped(known.get(error, Trouble.NOT_BELIEVED), "the provider answered with an error")
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise Stopped(Trouble.NOT_BELIEVED, "the answer is of another provider")
    if not answer.get("code"):
        raise Stopped(Trouble.NOT_BELIEVED, "no code")
    with _errors(), _session(provider, redirect_uri) as session:
        more = {"code_verifier": verifier} if verifier else {}
        token = session.fetch_token(
            provider.token_url or _about(provider)["token_endpoint"],
            grant_type="authorization_code",
            code=answer["code"],
            **more,
        )
        if not isinstance(token.get("id_token"), str):
            raise Stopped(Trouble.NOT_BELIEVED, "no id_token")
        claims = _claims(provider, token, nonce)
        return _identity(provider, _with_userinfo(provider, claims, token))


def _claims(provider: Provider, token: Mapping[str, Any], nonce: str | None) -> Mapping[str, Any]:
    """What the provider says, once signature, issuer, audience, times and nonce are right. Raises JoseError."""
    try:
        found = jwt.decode(token["id_token"], _keys(provider), algorithms=ALGORITHMS)
    except (BadSignatureError, InvalidKeyIdError):  # it has new keys, perhaps
        found = jwt.decode(token["id_token"], _keys(provider, renewed=True), algorithms=ALGORITHMS)
    claims = CodeIDToken(
        found.claims,
        found.header,
        {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},  # with only `azp` ours it is another's token
        },
        {"nonce": nonce, "client_id": provider.client_id, "access_token": token.get("access_token")},
    )
    claims.validate(leeway=LEEWAY)
    return claims


def _with_userinfo(provider: Provider, claims: Mapping[str, Any], token: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims, and beside them what the provider says only when asked for it (OpenID Connect Core 5.3).

    Asked where the settings want it, and where the FIN is missing and there is an address to ask at. What is signed,
    the id_token, wins.
    """
    address = provider.userinfo_url
    if address is None and not provider.authorize_url:
        address = _about(provider).get("userinfo_endpoint")
    lacks_fin = provider.fin_claim is not None and not _inside(claims, provider.fin_claim)
    if not provider.userinfo and not (address and lacks_fin):
        return claims
    if not isinstance(address, str) or not isinstance(token.get("access_token"), str):
        raise Stopped(Trouble.NOT_BELIEVED, "userinfo cannot be asked")
    said = json.loads(_body(provider, address, {"Authorization": f"Bearer {token['access_token']}"}))
    if not isinstance(said, dict) or said.get("sub") != claims["sub"]:  # 5.3.2: else it is not to be used
        raise Stopped(Trouble.NOT_BELIEVED, "userinfo is of somebody else")
    return _merged(said, claims)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Of both, `above` where both say something; inside "user" and the like as well."""
    found = dict(below)
    for name, said in above.items():
        known = found.get(name)
        if isinstance(known, Mapping) and isinstance(said, Mapping):
            found[name] = _merged(known, said)
        else:
            found[name] = said
    return found


def _identity(provider: Provider, claims: Mapping[str, Any]) -> Identity:
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Stopped(Trouble.NOT_BELIEVED, "sub is no name")
    names = (_inside(claims, path) for path in provider.name_claims)
    name = " ".join(" ".join(part for part in names if part).split())
    return Identity(
        provider=provider.key,
        issuer=provider.issuer,
        subject=subject,
        name="".join(sign for sign in name if sign.isprintable())[:120],
        fin=_fin(provider, claims),
        two_factor=provider.two_factor,
    )


def _fin(provider: Provider, claims: Mapping[str, Any]) -> str | None:
    said = _inside(claims, provider.fin_claim) if provider.fin_claim else ""
    if not said:
        if provider.fin_needed:
            raise Stopped(Trouble.FIN_NOT_FOUND, "no FIN in the claims")
        return None
    try:
        return fins.normalise(said)
    except Refused as refusal:
        raise Stopped(Trouble.FIN_NOT_FOUND, "what should be a FIN is none") from refusal


def _inside(claims: Mapping[str, Any], path: str) -> str:
    """ "user.pin" is `claims["user"]["pin"]`; "" where there is no such text."""
    found: Any = claims
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found.strip() if isinstance(found, str) else ""


# ---- what a provider says of itself


@dataclass(frozen=True)
class _Known:
    what: Any
    at: float


_known: dict[tuple[str, str], _Known] = {}  # by address and what is there; each process asks for itself
_asking = threading.Lock()


def forget_all() -> None:
    """Ask every provider anew what it says of itself."""
    _known.clear()


def _about(provider: Provider) -> dict[str, Any]:
    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    about = _fetched(provider, address, KNOWN_FOR)
    if not isinstance(about, dict) or about.get("issuer") != provider.issuer:
        raise Stopped(Trouble.NOT_BELIEVED, "its own description is of another issuer")
    return about


def _keys(provider: Provider, *, renewed: bool = False) -> KeySet:
    address = provider.jwks_url or _about(provider)["jwks_uri"]
    return KeySet.import_key_set(_fetched(provider, address, RENEWED_AFTER if renewed else KNOWN_FOR))


def _fetched(provider: Provider, address: str, at_most: float) -> Any:
    """The JSON at `address`, not older than `at_most` seconds."""
    known = _known.get((provider.key, address))
    if known is None or time.monotonic() - known.at > at_most:
        known = _Known(json.loads(_body(provider, address)), time.monotonic())
        with _asking:
            _known[provider.key, address] = known
    return known.what


def _body(provider: Provider, address: str, headers: Mapping[str, str] | None = None) -> bytes:
    """What is at `address`, whole within the time and the size that is let it; from nowhere else."""
    until = time.monotonic() + provider.timeout
    body = bytearray()
    asked = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    with requests.get(address, headers=asked, timeout=provider.timeout, allow_redirects=False, stream=True) as answer:
        if answer.status_code != 200:
            raise Stopped(Trouble.PROVIDER_AWAY, f"answered with {answer.status_code}")
        while piece := answer.raw.read1(16_384, decode_content=False):  # as it comes, were it a byte at a time
            body += piece
            if len(body) > LONGEST:
                raise Stopped(Trouble.PROVIDER_AWAY, "answered with too much")
            if time.monotonic() > until:
                raise Stopped(Trouble.PROVIDER_AWAY, "answers too slowly")
    return bytes(body)


def _session(provider: Provider, redirect_uri: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.secret(),
        scope=provider.scope,
        redirect_uri=redirect_uri,
        token_endpoint_auth_method=provider.client_auth,
        code_challenge_method="S256" if provider.pkce else None,
        default_timeout=provider.timeout,
    )


@contextmanager
def _errors() -> Iterator[None]:
    """What libraries raise, as Stopped. Their messages may hold claims and answers: only their names go on."""
    try:
        yield
    except (OSError, HTTPError) as problem:  # the network, and a file of the secret that cannot be read
        raise Stopped(Trouble.PROVIDER_AWAY, type(problem).__name__) from None
    except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError) as problem:
        raise Stopped(Trouble.NOT_BELIEVED, type(problem).__name__) from None
