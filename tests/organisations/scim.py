"""An agency with a token, and its system: a client that speaks SCIM to the site, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.models import Organisation, Role
from app.db import db
from app.organisations import working
from app.organisations.scim import tokens
from tests.factories import NOW, person

USERS, GROUPS = "/scim/v2/Users", "/scim/v2/Groups"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CIVIL = "urn:bilik:params:scim:schemas:extension:2.0:CivilServant"
_numbers = count(1)


def fresh_fin() -> str:
    return f"{next(_numbers):06d}A"


@dataclass(frozen=True, kw_only=True)
class System:
    """What an agency runs; each request comes with its token."""

    client: FlaskClient
    organisation: Organisation
    token: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        given = {"Authorization": f"Bearer {self.token}"} | {name.replace("_", "-"): to for name, to in headers.items()}
        raw = {"data": body, "content_type": "application/scim+json"} if isinstance(body, bytes) else {"json": body}
        if body is None:
            raw = {}
        return self.client.open(path, method=method, headers=given, **raw)

    def create(self, user_name: str, **said: Any) -> dict[str, Any]:
        answer = self.send("POST", USERS, {"userName": user_name, "schemas": [], **said})
        assert answer.status_code == 201, answer.text
        return answer.get_json(force=True)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.client.get(path, query_string=query, headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == 200, answer.text
        return answer.get_json(force=True)

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> TestResponse:
        schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
        return self.send("PATCH", path, {"schemas": [schema], "Operations": list(operations)}, **headers)


def system(client: FlaskClient, name: str = "Maliyyə idarəsi") -> System:
    organisation = working.create(name, by=None, now=NOW)
    token = tokens.hand_out(organisation, "HR", by=person(role=Role.ADMINISTRATOR), now=NOW)
    db.session.commit()
    return System(client=client, organisation=organisation, token=token)
