"""A SCIM request over our tables, from its bytes to its answer. Slow to import (pydantic models): see views.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask_babel import force_locale
from scim2_models import (
    InvalidFilterException,
    InvalidValueException,
    PayloadTooLargeException,
    Resource,
    SCIMException,
    UnauthorizedException,
)
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from sqlalchemy.exc import IntegrityError

from app.errors import Refused
from app.organisations.scim.requests import Asked
from app.organisations.scim.schemas import PROVIDER
from app.organisations.scim.storage import MOST_SIGNS, AgencyStorage

LONGEST_SEARCH = 16_000  # bytes of the body of a search


class Service(ScimService):
    """The protocol, spared what our storage has done: each resource it gives is new, and its references are whole."""

    def publish(self, base_url: str, resource: Resource[Any]) -> Resource[Any]:
        assert resource.meta is not None
        assert resource.id is not None
        resource.meta.location = self.resource_location(base_url, self.get_resource_type_of(resource), resource.id)
        return resource


SERVICE = Service(PROVIDER)

__all__ = ["Answer", "ScimRequest", "answer_to", "failure", "serve", "unauthorised"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]


def serve(request: ScimRequest, asked: Asked) -> Answer:
    """Raises what `answer_to` makes an answer of: then nothing may be committed."""
    with force_locale("en"):  # machines, and those who read their logs
        if len(request.query.get("filter", "")) > MOST_SIGNS:  # before anybody reads it
            raise InvalidFilterException(detail=f"filter: up to {MOST_SIGNS} characters.")
        if request.path.endswith("/.search") and len(request.body) > LONGEST_SEARCH:
            raise PayloadTooLargeException(detail=f"A search has up to {LONGEST_SEARCH} bytes.")
        try:
            return answer(ScimHandler(SERVICE, AgencyStorage(asked)).handle(request))
        except Refused as refusal:
            raise InvalidValueException(detail=refusal.message) from refusal
        except RecursionError as deep:
            raise InvalidValueException(detail="This is nested too deeply.") from deep


def answer(response: ScimResponse) -> Answer:
    body = b"" if response.body is None else json.dumps(response.body).encode()
    return Answer(status=response.status, body=body, headers=response.headers)


def answer_to(problem: Exception) -> Answer | None:
    """What the agency is told; None for a fault of ours."""
    if isinstance(problem, IntegrityError):  # somebody else wrote the same at the same moment
        return failure(HTTPStatus.CONFLICT, "Somebody else did the same at once. Send it again.")
    if isinstance(problem, SCIMException):
        return answer(SERVICE.error_response(problem))
    return None


def unauthorised() -> Answer:
    return answer(SERVICE.error_response(UnauthorizedException(detail="This token is not known, or it was revoked.")))


def failure(status: HTTPStatus, detail: str, **headers: str) -> Answer:
    """A SCIM error of this status."""
    problem = SCIMException(detail=detail)
    problem.status = status
    given = answer(SERVICE.error_response(problem))
    return Answer(status=given.status, body=given.body, headers=given.headers | headers)
