"""People an agency sends: created, changed, suspended, deleted. What they learnt stays whatever happens here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from scim2_models import InvalidValueException, UniquenessException, default_comparison_key
from sqlalchemy import select

from app.accounts import registering
from app.accounts.models import Organisation
from app.clock import DAY
from app.db import db
from app.organisations import tree, working
from app.organisations.models import Job, Position
from app.organisations.scim import knowing, naming
from app.organisations.scim.models import Kind, ScimResource
from app.organisations.scim.reading import CIVIL, ENTERPRISE, Working, alive, people, works
from app.organisations.scim.requests import Asked
from app.organisations.working import Place

OURS = {"id", "meta", "schemas", "userName", "externalId", "active", "groups"}  # not kept in `extra`


def create(asked: Asked, person: Any) -> ScimResource:
    """A person of the agency, new or known, at work unless they are said not to be active."""
    _refuse_taken(asked, person)
    said, is_active = knowing.said_of(person), person.active is not False
    user, made = knowing.find(said, asked.organisation_id, asked.data_folder, asked.today)
    is_new = user is None
    user = user or registering.new_user(said.name, email=said.email, language=said.language or "az", now=asked.now)
    row = ScimResource(
        uid=str(uuid4()),
        organisation_id=asked.organisation_id,
        kind=Kind.USER,
        user_id=user.id,
        user_name=person.user_name,
        user_name_key=key_of(person.user_name),
        external_id=person.external_id,
        made_account=made,
        extra={"said": kept(person)},
        created_at=asked.now,
        changed_at=asked.now,
    )
    db.session.add(row)
    db.session.flush()
    knowing.write_to_account(row, said, None, asked.data_folder, now=asked.now)
    at = works([row], asked.today).get(row.id)
    if is_active and at is None:
        _begin_work(asked, row, person)
    elif is_active and at is not None:  # a file had them here already
        row.job_id = at.main.id
        _change_work(asked, row, at, people([row], asked.today)[0], person, said_before={})
    elif at is not None:
        _end_work(asked, at)
    if is_new and is_active:
        knowing.invite(row, now=asked.now)
    asked.record("scim_user_created", row)
    return row


def update(asked: Asked, row: ScimResource, person: Any) -> None:
    """Only what differs from what is shown now is acted upon: other hands may have written the rest."""
    before = people([row], asked.today)[0]
    _refuse_taken(asked, person, but=row)
    was, said = knowing.said_of(before), knowing.said_of(person)
    row.user_name, row.user_name_key = person.user_name, key_of(person.user_name)
    row.external_id = person.external_id
    said_before = row.extra["said"] if asked.replaces else None
    row.extra = row.extra | {"said": kept(person)}
    assert row.user is not None
    address = row.user.email
    knowing.write_to_account(row, said, was, asked.data_folder, now=asked.now)
    at = works([row], asked.today).get(row.id)
    if person.active is not False and (row.user.email != address or (at is None and person.active)):
        knowing.invite(row, now=asked.now)
    if person.active is False:
        if at is not None:
            _end_work(asked, at)
    elif at is None:
        if person.active:  # not said, or taken back: it stays as it is
            _begin_work(asked, row, person)
    else:
        _change_work(asked, row, at, before, person, said_before=said_before)
    # Whether they work there is not shown to an agency that took `active` back, until it is another than it was then.
    silent = None if person.active is not None else at is not None
    row.extra = row.extra | {"silent": silent}
    asked.changed("scim_user_changed", row)


def delete(asked: Asked, row: ScimResource) -> None:
    """The person works there no longer and the agency knows them no longer; the account and what was learnt stay."""
    at = works([row], asked.today).get(row.id)
    if at is not None:
        _end_work(asked, at)
    row.deleted_at = asked.now
    asked.changed("scim_user_deleted", row)


def key_of(user_name: str) -> str:
    """As user names are compared: without case."""
    return default_comparison_key(naming.USER_NAME, user_name)


def kept(person: Any) -> dict[str, Any]:
    """What the agency gets back of what it said, as SCIM writes it. Never the FIN."""
    said: dict[str, Any] = person.model_dump(mode="json")
    civil = {name: value for name, value in (said.pop(CIVIL, None) or {}).items() if name != "fin"}
    return {name: value for name, value in said.items() if name not in OURS} | ({CIVIL: civil} if civil else {})


def _refuse_taken(asked: Asked, person: Any, but: ScimResource | None = None) -> None:
    naming.check(person.user_name, person.external_id)
    same = select(ScimResource).where(
        alive(asked.organisation_id), ScimResource.user_name_key == key_of(person.user_name)
    )
    if (taken := db.session.scalar(same)) is not None and taken is not but:
        raise UniquenessException(detail="There is a person of this userName already.", attribute="userName")


# ---- where they work


def _begin_work(asked: Asked, row: ScimResource, person: Any) -> None:
    """A job where and as what the agency says, from the day of hiring or from today."""
    place = replace(
        Place(unit_id=_unit(asked, row, person) or tree.root(asked.organisation_id).id),
        position_id=_position(person),
        manager_id=_manager(asked, person),
        number=_number(person),
    )
    ended = select(Job.until_on).where(Job.user_id == row.user_id, Job.organisation_id == asked.organisation_id)
    last = max((day for day in db.session.scalars(ended) if day), default=None)
    first = _hire_date(person) or asked.today
    if last is not None and first <= last:
        first = asked.today  # the day of hiring was of an earlier job
    assert row.user is not None
    organisation = db.session.get_one(Organisation, asked.organisation_id)
    row.job_id = working.join(row.user, organisation, from_on=first, by=None, now=asked.now, place=place).id
    db.session.flush()


def _change_work(
    asked: Asked, row: ScimResource, at: Working, before: Any, person: Any, *, said_before: dict[str, Any] | None
) -> None:
    """Only what is said otherwise than it is shown. `said_before`: what the agency has said until now, where silence
    about anything else means nothing; None: silence takes away whatever is shown."""
    main, place = at.main, working.place_of(at.main)

    def differs(new: object, shown: object, schema: str, name: str) -> bool:
        is_silence = new is None and said_before is not None and not (said_before.get(schema) or {}).get(name)
        return new != shown and not is_silence

    old_unit = _of(before, "EnterpriseUser", "department")
    if differs(_of(person, "EnterpriseUser", "department"), old_unit, ENTERPRISE, "department"):
        place = replace(place, unit_id=_unit(asked, row, person) or tree.root(asked.organisation_id).id)
    old_position = _of(before, "CivilServant", "position_code")
    if differs(_of(person, "CivilServant", "position_code"), old_position, CIVIL, "positionCode"):
        place = replace(place, position_id=_position(person))
    if differs(_manager_uid(person), _manager_uid(before), ENTERPRISE, "manager"):
        place = replace(place, manager_id=_manager(asked, person))
    if differs(_number(person), _number(before), ENTERPRISE, "employeeNumber"):
        main.number = _number(person)  # what somebody is called by is no fact of a day
    first = _hire_date(person)
    if first is not None and main.from_on > asked.today and first >= asked.today and main.until_on is None:
        main.from_on = first  # not begun yet
    place = replace(place, number=main.number)
    row.job_id = working.change(main, place, on=max(asked.today, main.from_on), by=None, now=asked.now).id
    db.session.flush()


def _end_work(asked: Asked, at: Working) -> None:
    for job in at.jobs:
        working.end(job, until_on=asked.today - DAY, by=None, now=asked.now)


def _unit(asked: Asked, row: ScimResource, person: Any) -> int | None:
    """The unit of the department, opened where it is not there yet; `row` notes which it is."""
    said = _of(person, "EnterpriseUser", "department")
    if not said or not said.strip():
        return None
    unit = naming.unit_said(asked, said)
    row.extra = row.extra | {"unit": unit.id}
    return unit.id


def _position(person: Any) -> int | None:
    code = _of(person, "CivilServant", "position_code")
    if not code:
        return None
    known = db.session.scalar(select(Position.id).where(Position.code == code))
    if known is None:
        raise InvalidValueException(
            detail=f"positionCode: the classification has no position {code!r}. The staff of the platform keep it.",
            attribute="positionCode",
        )
    return known


def _manager(asked: Asked, person: Any) -> int | None:
    uid = _manager_uid(person)
    if uid is None:
        return None
    row = db.session.scalar(
        select(ScimResource).where(
            alive(asked.organisation_id), ScimResource.uid == uid, ScimResource.kind == Kind.USER
        )
    )
    if row is None:
        raise InvalidValueException(detail="manager.value: you have no User of this id.", attribute="manager")
    return row.user_id


def _manager_uid(person: Any) -> str | None:
    manager = _of(person, "EnterpriseUser", "manager")
    return manager.value if manager else None


def _number(person: Any) -> str | None:
    return _of(person, "EnterpriseUser", "employee_number") or None


def _hire_date(person: Any) -> date | None:
    said = _of(person, "CivilServant", "hire_date")
    if not said:
        return None
    try:
        found = date.fromisoformat(said[:10])
    except ValueError:
        found = date.min
    if not 1900 <= found.year <= 2100:
        raise InvalidValueException(detail="hireDate: write the day as YYYY-MM-DD.", attribute="hireDate")
    return found


def _of(person: Any, extension: str, name: str) -> Any:
    return getattr(getattr(person, extension), name, None)
