"""What stands in the header, for whom. A page that does not exist yet is left out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from flask_babel import lazy_gettext
from flask_login import current_user

from app.accounts.models import Role
from app.accounts.permissions import roles
from app.clock import today
from app.organisations.teams import leads

# (endpoint, label, the role it is for; None: everybody, "signed in": everybody with an account,
# "leads": who has a team, by a role or by a job that names them, and training officers)
ENTRIES = (
    ("home.front", lazy_gettext("My learning"), "signed in"),
    ("catalogue.courses", lazy_gettext("Courses"), None),
    ("credentials.mine", lazy_gettext("Certificates"), "signed in"),
    ("teaching.overview", lazy_gettext("Teaching"), Role.INSTRUCTOR),
    ("team.overview", lazy_gettext("My people"), "leads"),
    ("home.administration", lazy_gettext("Administration"), Role.ADMINISTRATOR),
)


WORK = lazy_gettext("Work")
AT_WORK = {"teaching.overview", "team.overview", "home.administration"}  # for one's work; several stand in a menu


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A link; or the label of a menu with the entries `below` it, which is no link itself."""

    endpoint: str = ""
    label: str
    is_here: bool
    below: tuple[Entry, ...] = ()


def navigation() -> list[Entry]:
    held = roles(current_user) if current_user.is_authenticated else set()
    found = []
    for endpoint, label, role in ENTRIES:
        if endpoint not in current_app.view_functions:
            continue
        if role == "signed in" and not current_user.is_authenticated:
            continue
        if role == "leads" and not _leads(held):
            continue
        if isinstance(role, Role) and role not in held and not (role is Role.INSTRUCTOR and Role.ADMINISTRATOR in held):
            continue
        here = request.endpoint == endpoint or (
            endpoint != "home.front" and (request.path + "/").startswith(_path(endpoint))
        )
        found.append(Entry(endpoint=endpoint, label=str(label), is_here=here))
    work = tuple(one for one in found if one.endpoint in AT_WORK)
    if len(work) < 2:
        return found
    menu = Entry(label=str(WORK), is_here=any(one.is_here for one in work), below=work)
    return [one for one in found if one not in work] + [menu]


def _leads(held: set[Role]) -> bool:
    if not current_user.is_authenticated:
        return False
    return bool({Role.MANAGER, Role.OFFICER} & held) or leads(current_user, today())


def _path(endpoint: str) -> str:
    rule = next(current_app.url_map.iter_rules(endpoint))
    return rule.rule.rstrip("/") + "/"
