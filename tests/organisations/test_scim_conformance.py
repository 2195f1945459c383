"""scim2-tester, which is not ours, finds nothing wrong with the service. It fills every attribute with something."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import pytest
from flask import Flask
from pydantic import Field
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import CaseExact, Extension, Mutability, ResourceType, Returned, Schema, ScimProvider
from scim2_tester import Status, check_server
from scim2_tester.utils import ResourceManager

from app.db import db
from app.organisations import working
from app.organisations.scim import schemas
from tests.organisations.scim import fresh_fin, system


class Fins(list[str]):
    """A FIN nobody has, each time one is taken: the tester draws what it sends from a field's examples."""

    def __getitem__(self, _place: Any) -> str:
        return fresh_fin()


class CivilServant(Extension):
    """As the service publishes it, with examples of what no schema can say."""

    __schema__ = schemas.CivilServant.__schema__

    fin: Annotated[str | None, Mutability.write_only, Returned.never, CaseExact.true] = Field(None, examples=Fins("x"))
    position_code: Annotated[str | None, CaseExact.true] = Field(None, examples=["M-1", "M-2"])
    hire_date: str | None = Field(None, examples=["2024-02-29", "2026-11-01"])

    def model_dump(self, *args: Any, **options: Any) -> dict[str, Any]:
        """The tester compares a whole extension this way, and does not see that a part of it is never given back."""
        dumped = super().model_dump(*args, **options)
        if "scim_ctx" not in options:
            dumped.pop("fin", None)
        return dumped


@pytest.fixture(autouse=True)
def cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tester deletes again, after each check, all it ever made: two thirds of its requests."""
    clean = ResourceManager.cleanup

    def cleanup(manager: ResourceManager) -> None:
        clean(manager)
        manager.resources.clear()

    monkeypatch.setattr(ResourceManager, "cleanup", cleanup)


@pytest.fixture
def tester(site: Flask) -> WSGISCIMClient:
    ours = system(site.test_client())
    working.position("M-1", "Mütəxəssis")
    working.position("M-2", "Baş mütəxəssis")
    db.session.commit()
    provider = ScimProvider(
        models=[schemas.User, schemas.EnterpriseUser, CivilServant, schemas.Group],
        resource_types=[
            ResourceType.from_resource(schemas.User[schemas.EnterpriseUser | CivilServant]),
            ResourceType.from_resource(schemas.Group),
        ],
    )
    client = WSGISCIMClient(
        site.wsgi_app,
        base_url="http://127.0.0.1:8000/scim/v2",
        headers={"Authorization": f"Bearer {ours.token}"},
        provider=provider,
    )
    return client


def test_the_tester_finds_nothing_wrong(tester: WSGISCIMClient) -> None:
    results = check_server(tester)
    wrong = [
        (one.status.name, one.resource_type, one.title, one.reason)
        for one in results
        if one.status not in (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE)
    ]
    assert not wrong, "\n".join(map(str, wrong))
    assert len(results) > 100, Counter(one.title for one in results)


def test_the_schemas_say_what_is_never_given_back(tester: WSGISCIMClient) -> None:
    published = {str(schema.id): schema for schema in tester.query(Schema).resources}
    attributes = {one.name: one for one in published[str(schemas.CivilServant.__schema__)].attributes}
    assert set(attributes) == {"fin", "positionCode", "hireDate"}
    assert (attributes["fin"].mutability, attributes["fin"].returned) == (Mutability.write_only, Returned.never)
