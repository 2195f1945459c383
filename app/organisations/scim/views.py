"""SCIM over HTTP, for machines: who asks is said by a token, not by a cookie; every answer is SCIM's JSON."""

from __future__ import annotations

from http import HTTPStatus
from types import ModuleType
from typing import Any

from flask import Blueprint, Response, request
from limits import parse
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import RequestEntityTooLarge

from app.accounts import login
from app.clock import utc_now
from app.db import begin_reading, db, one_at_a_time
from app.organisations.scim import tokens
from app.organisations.scim.requests import Asked
from app.web import absolute, begin_writing, csrf, limiter, log, own_transaction, settings

pages = Blueprint("scim", __name__, url_prefix="/scim/v2")

MOST_BYTES = 4 * 1024 * 1024  # a unit of 20,000 people is 2 MB
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
WRONG_TOKENS = parse("60/minute")  # from one address


def protocol() -> ModuleType:
    """Its models take half a second to make: the first agency waits for them, not every start of site and worker."""
    from app.organisations.scim import serving

    return serving


@csrf.exempt
@own_transaction
def serve(path: str = "") -> Response:
    answer = _answer(path)
    response = Response(answer.body, answer.status, answer.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


pages.add_url_rule("", "serve", serve, methods=METHODS)
pages.add_url_rule("/", "serve", serve, methods=METHODS)
pages.add_url_rule("/<path:path>", "serve", serve, methods=METHODS)


def _answer(path: str) -> Any:  # serving.Answer, which is not imported here
    serving = protocol()
    try:
        now = utc_now()
        agency = tokens.agency_of(_bearer(), now=now)
        if agency is None:
            if not limiter.limiter.hit(WRONG_TOKENS, "scim", login.address()):
                wait = {"Retry-After": "60"}
                return serving.failure(HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong tokens. Wait a minute.", **wait)
            return serving.unauthorised()
        request.max_content_length = MOST_BYTES
        address = absolute("/scim/v2")
        asked = Asked(
            agency=agency,
            address=address,
            data_folder=settings().data_folder,
            now=now,
            replaces=request.method == "PUT",
        )
        sent = serving.ScimRequest(
            method="GET" if request.method == "HEAD" else request.method,
            base_url=address,
            path=f"/{path}",
            query=request.args.to_dict(),
            headers=list(request.headers.items()),
            body=request.get_data(cache=False),
        )
        return _in_transaction(serving, sent, asked)
    except RequestEntityTooLarge:
        return serving.failure(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Up to {MOST_BYTES} bytes at once.")
    except OperationalError as problem:
        db.session.rollback()
        log.error("broken", rule="scim", method=request.method, exc_info=problem)
        return serving.failure(HTTPStatus.SERVICE_UNAVAILABLE, "Busy. Try again.", **{"Retry-After": "30"})
    except Exception as problem:  # noqa: BLE001 - ours, whatever it is; a machine is answered in its language
        db.session.rollback()
        log.error("broken", rule="scim", method=request.method, exc_info=problem)
        return serving.failure(HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke on our side. It was written down.")


def _in_transaction(serving: ModuleType, sent: Any, asked: Asked) -> Any:
    """Whatever fails leaves nothing behind. Of one agency one request writes at a time."""
    if not asked.agency.is_noted:
        begin_writing()
        tokens.note_use(asked.agency, now=asked.now)
        db.session.commit()
    writes = sent.method != "GET" and not sent.path.endswith("/.search")
    if writes:
        begin_writing()
        one_at_a_time(f"scim of {asked.organisation_id}")
    else:
        begin_reading(True)
    try:
        answer = serving.serve(sent, asked)
        db.session.commit()
        return answer
    except Exception as problem:
        db.session.rollback()
        told = serving.answer_to(problem)
        if told is None:
            raise
        return told


def _bearer() -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
