"""What things are called by: sizes of what an agency sends, and which unit it means."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from scim2_models import InvalidValueException, Path
from sqlalchemy import select

from app.db import covers, db
from app.errors import Refused
from app.folding import fold
from app.organisations import tree
from app.organisations.models import Unit
from app.organisations.scim.requests import Asked
from app.organisations.scim.schemas import User

USER_NAME = Path[User]("userName").resolve()
LONGEST = {"userName": 200, "externalId": 200, "employeeNumber": 60, "positionCode": 60, "displayName": 200}
LONGEST_OTHER = 500
MOST_ENTRIES = {"members": 20_000}
MOST_OTHER_ENTRIES = 20


def check(user_name: str | None, external_id: str | None) -> None:
    """Raises InvalidValueException for an empty userName."""
    if user_name is not None and not user_name.strip():
        raise InvalidValueException(detail="userName: it is empty.", attribute="userName")
    if external_id is not None and not external_id.strip():
        raise InvalidValueException(detail="externalId: it is empty.", attribute="externalId")


def check_sizes(said: Any, name: str = "") -> None:
    """Raises InvalidValueException for a text or a list that is longer than anything meant, or holds a NUL."""
    if isinstance(said, dict):
        for key, value in said.items():
            check_sizes(value, key)
    elif isinstance(said, list):
        if len(said) > MOST_ENTRIES.get(name, MOST_OTHER_ENTRIES):
            raise InvalidValueException(detail=f"{name}: too many values.", attribute=name)
        for value in said:
            check_sizes(value, name)
    elif isinstance(said, str) and (len(said) > LONGEST.get(name, LONGEST_OTHER) or "\0" in said):
        longest = LONGEST.get(name, LONGEST_OTHER)
        raise InvalidValueException(detail=f"{name}: up to {longest} characters, none of them NUL.", attribute=name)


def unit_said(asked: Asked, said: str) -> Unit:
    """The unit of this code or name; opened below the agency itself where there is none."""
    said = " ".join(said.split())
    unit = tree.unit_of_code(asked.organisation_id, said)
    if unit is not None and (unit.until_on is None or unit.until_on >= asked.today):
        return unit
    return unit_named(asked, said) or open_unit(asked, said, None)


def unit_named(asked: Asked, name: str) -> Unit | None:
    """The one unit of this name, if it is one. The agency itself counts."""
    open_ones = select(Unit).where(Unit.organisation_id == asked.organisation_id, covers(Unit, asked.today))
    same = [unit for unit in db.session.scalars(open_ones) if fold(unit.name) == fold(name)]
    return same[0] if len(same) == 1 else None


def open_unit(asked: Asked, name: str, code: str | None) -> Unit:
    """Below the agency itself, from today. `code`: of the agency, where it has one that is free and short enough."""
    code = " ".join((code or "").split())
    if not 1 <= len(code) <= 60 or tree.unit_of_code(asked.organisation_id, code) is not None:
        code = f"scim-{uuid4().hex[:12]}"
    top = tree.root(asked.organisation_id)
    try:
        return tree.open_unit(top, code, name, on=asked.today, by=None, now=asked.now)
    except Refused as refusal:
        raise InvalidValueException(detail=refusal.message) from refusal
