"""Our tables as the storage scim2-server asks for: of one agency, in the transaction of one request."""

from __future__ import annotations

from typing import Any

from scim2_models import (
    InvalidFilterException,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
    TooManyException,
)
from scim2_server.storage import ScimStorage, SearchPage
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.organisations.scim import naming, people, reading, searching, units
from app.organisations.scim.models import Kind, ScimResource
from app.organisations.scim.requests import Asked

MOST_MATCHED = 10_000  # resources that are looked at one by one for a filter no column answers
CHUNK = 1_000
MOST_SIGNS = 2_000  # of a filter


class AgencyStorage(ScimStorage):
    """Everything here is of the organisation of `asked`: another's ids are not found."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        return self._shown(self._row(resource_type, resource_id))

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        if len(search_request.filter or "") > MOST_SIGNS:
            raise InvalidFilterException(detail=f"filter: up to {MOST_SIGNS} characters.")
        conditions, whole = searching.condition(search_request.filter)
        kinds = [str(one.name) for one in resource_types]
        rows = select(ScimResource).where(
            reading.alive(self.asked.organisation_id), ScimResource.kind.in_(kinds), *conditions
        )
        order = searching.order(search_request)
        if not whole or order is None:
            return self._matched(rows, search_request)
        total = db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
        start, count = search_request.start_index_0 or 0, search_request.count
        if count == 0 or start >= total:
            return SearchPage(total, [])
        page = rows.order_by(*order).offset(start).limit(count).options(joinedload(ScimResource.unit))
        return SearchPage(total, self._all_shown(list(db.session.scalars(page)), _wants_members(search_request)))

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        naming.check_sizes(resource.model_dump(mode="json"))
        make = people.create if resource_type.name == Kind.USER else units.create
        return self._shown(make(self.asked, resource))

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        naming.check_sizes(resource.model_dump(mode="json"))
        row = self._row(resource_type, str(resource.id))
        self._expect(row, expected_version)
        change = people.update if row.kind == Kind.USER else units.update
        change(self.asked, row, resource)
        db.session.flush()
        return self._shown(row)

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        row = self._row(resource_type, resource_id)
        self._expect(row, expected_version)
        (people.delete if row.kind == Kind.USER else units.delete)(self.asked, row)

    def _row(self, resource_type: ResourceType, uid: str) -> ScimResource:
        found = select(ScimResource).where(
            reading.alive(self.asked.organisation_id), ScimResource.uid == uid, ScimResource.kind == resource_type.name
        )
        row = db.session.scalar(found) if "\0" not in uid else None
        if row is None:
            raise NotFoundException(detail=f"There is no {resource_type.name} of this id.")
        return row

    def _shown(self, row: ScimResource) -> Resource[Any]:
        return self._all_shown([row])[0]

    def _all_shown(self, rows: list[ScimResource], with_members: bool = True) -> list[Resource[Any]]:
        """In the order of the rows."""
        shown: dict[int, Resource[Any]] = {}
        for kind in Kind:
            of_kind = [row for row in rows if row.kind == kind]
            found = (
                reading.people(of_kind, self.asked.today, address=self.asked.address)
                if kind is Kind.USER
                else reading.units(of_kind, self.asked.today, address=self.asked.address, with_members=with_members)
            )
            shown |= {row.id: one for row, one in zip(of_kind, found, strict=True)}
        return [shown[row.id] for row in rows]

    def _expect(self, row: ScimResource, version: str | None) -> None:
        """The whole version was compared a moment ago, in this transaction; of the agency nobody else writes in it."""
        if version is not None and not version.startswith(f'W/"{row.revision}-'):
            raise PreconditionFailedException

    def _matched(self, rows: Any, search_request: SearchRequest[Any]) -> SearchPage:
        """For a filter or an order that only the whole resource answers."""
        many = list(
            db.session.scalars(
                rows.order_by(ScimResource.id).limit(MOST_MATCHED + 1).options(joinedload(ScimResource.unit))
            )
        )
        if len(many) > MOST_MATCHED:
            raise TooManyException(detail="Filter by userName, externalId, id or meta, or page through all of them.")
        with_members = _wants_members(search_request) or "members" in str(search_request.filter or "").lower()
        found: list[Resource[Any]] = []
        for start in range(0, len(many), CHUNK):
            found += self._all_shown(many[start : start + CHUNK], with_members)
        if search_request.filter is not None:
            found = [one for one in found if search_request.filter.match(one)]
        found = search_request.sort(found)
        return SearchPage(len(found), found[search_request.start_index_0 : search_request.stop_index_0])


def _wants_members(search_request: SearchRequest[Any]) -> bool:
    """A list of a thousand units without their members is what most systems ask for."""
    asked = {str(path).lower() for path in search_request.attributes or []}
    spared = {str(path).lower().rpartition(":")[2] for path in search_request.excluded_attributes or []}
    return "members" not in spared and (not asked or any("members" in path for path in asked))
