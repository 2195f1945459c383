"""What we understand of SCIM: a person, a unit, and what the service can do. Published at /Schemas and its neighbours.

Of the core schema only what the platform needs is declared; anything else an agency sends is neither kept nor refused.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Union

from pydantic import EmailStr, Field
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    Schema,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.resource import AnyExtension
from scim2_models.resources.user import GroupMembership
from scim2_models.urn import URN

MOST_RESULTS = 200  # on one page


class Name(ComplexAttribute):
    formatted: str | None = None
    """The full name as it stands on certificates."""

    family_name: str | None = None
    given_name: str | None = None

    middle_name: str | None = None
    """The patronymic."""


class Email(ComplexAttribute):
    value: EmailStr | None = None
    type: str | None = None
    primary: bool | None = None


class User(Resource[AnyExtension]):
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """What the agency calls the person by; unique within the agency."""

    name: Name | None = None
    Name: ClassVar[type[ComplexAttribute]] = Name

    display_name: str | None = None
    """The name, where the parts of it are not given."""

    preferred_language: str | None = None
    """"az", "ru" or "en": the language of pages and mails."""

    active: bool | None = None
    """Whether the person works at the agency, today or from a later day on."""

    emails: list[Email] | None = None
    Emails: ClassVar[type[ComplexAttribute]] = Email

    groups: Annotated[list[GroupMembership] | None, Mutability.read_only] = None
    """The units the person works in."""


class Manager(ComplexAttribute):
    value: Annotated[str | None, CaseExact.true] = None
    """The id of the manager, a User of the same agency."""

    ref: Reference[User] | None = Field(None, serialization_alias="$ref", validation_alias="$ref")


class EnterpriseUser(Extension):
    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: str | None = None
    """The number of the person in the personnel system of the agency."""

    cost_center: str | None = None
    organization: str | None = None
    division: str | None = None

    department: str | None = None
    """Code or name of the unit the person works in; one that is not there yet is opened below the agency itself."""

    manager: Manager | None = None


class CivilServant(Extension):
    __schema__ = URN("urn:bilik:params:scim:schemas:extension:2.0:CivilServant")

    fin: Annotated[str | None, Mutability.write_only, Returned.never, CaseExact.true] = None
    """The FIN of the identity card. Taken as confirmed by the agency; never given back."""

    position_code: Annotated[str | None, CaseExact.true] = None
    """The code of the position in the classification of the civil service."""

    hire_date: str | None = None
    """The first day of the job, as YYYY-MM-DD; it counts when the job is opened."""


OfBoth = Union["User", "Group"]  # read as two types by the models, not as one name


class GroupMember(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[OfBoth] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User", "Group"])


class Group(Resource):
    """A unit: its members are who works in it and the units directly below."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    members: list[GroupMember] | None = None
    Members: ClassVar[type[ComplexAttribute]] = GroupMember


CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST_RESULTS),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="The token an administrator of the platform made for the agency.",
            primary=True,
        )
    ],
)

# As agencies' systems really send: attributes of their own, and PATCH the way Microsoft Entra writes it.
LENIENT = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)

PERSON = User[EnterpriseUser | CivilServant]

PROVIDER = ScimProvider(
    models=[User, EnterpriseUser, CivilServant, Group, ResourceType, Schema, ServiceProviderConfig],
    resource_types=[ResourceType.from_resource(PERSON), ResourceType.from_resource(Group)],
    config=CONFIG,
    policy=LENIENT,
)
