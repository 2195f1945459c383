"""The queue of who was not simply asked, and what waits for an answer. Pages of the blueprint of requirements."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.audiences.models import Audience
from app.clock import today, utc_now
from app.curricula import counting, exceptions
from app.curricula.models import (
    AllocationException,
    Doubt,
    DueExtension,
    Evidence,
    Obligation,
    Period,
)
from app.curricula.requirement_views import overseen_or_404, pages
from app.curricula.versions import by_requirement, in_force
from app.db import db
from app.errors import Refused
from app.web import language, page_number, row_number

PAGE = 50
AT_ONCE = 500  # decided in one go of the operation

ACTIONS: dict[str, Callable[..., int]] = {
    "assign": exceptions.assign,
    "realistic": exceptions.assign_realistic,
    "dismiss": exceptions.dismiss,
}


def chosen_filter() -> dict[str, Any]:
    """From the query or the form: {"requirement": id or None, "doubt": one or ""}."""
    doubt = request.values.get("doubt", "")
    return {
        "requirement": request.values.get("requirement", type=row_number),
        "doubt": doubt if doubt in set(Doubt) else "",
    }


def waiting(organisation_id: int, chosen: dict[str, Any]) -> Any:
    wanted = exceptions.waiting(organisation_id)
    if chosen["requirement"]:
        wanted = wanted.where(AllocationException.requirement_id == chosen["requirement"])
    if chosen["doubt"]:
        wanted = wanted.where(AllocationException.doubt == chosen["doubt"])
    return wanted


def titles_of(requirements: set[int]) -> dict[int, dict[str, str]]:
    """By requirement id, its titles today."""
    return {
        one: (in_force(versions, today()) or versions[0]).titles
        for one, versions in by_requirement(requirements).items()
    }


@pages.get("/<int:organisation_id>/exceptions", endpoint="exceptions")
def queue(organisation_id: int) -> str:
    organisation = overseen_or_404(organisation_id)
    chosen, page = chosen_filter(), page_number()
    wanted = waiting(organisation.id, chosen)
    total = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    rows = db.session.scalars(
        wanted.options(joinedload(AllocationException.user)).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    with_some = db.session.scalars(
        exceptions.waiting(organisation.id)
        .with_only_columns(AllocationException.requirement_id)
        .order_by(None)
        .distinct()
    )
    names = select(Audience.id, Audience.name).where(Audience.id.in_({row.audience_id for row in rows}))
    return render_template(
        "curricula/exceptions.html",
        organisation=organisation,
        waiting=counting.waiting_for(organisation.id),
        rows=rows,
        total=total,
        titles=titles_of(set(with_some)),
        audiences={row.id: row.name for row in db.session.execute(names)},
        courses=counting.titles_of_courses(language()),
        doubts=list(Doubt),
        chosen=chosen,
        page=page,
        pages=ceil(total / PAGE),
    )


@pages.post("/<int:organisation_id>/exceptions/confirm", endpoint="confirm_exceptions")
def confirm(organisation_id: int) -> ResponseReturnValue:
    """Says how many it is before anything is decided."""
    organisation = overseen_or_404(organisation_id)
    rows = named(organisation_id)
    if not rows:
        raise Refused(gettext("Tick at least one person."))
    return render_template(
        "curricula/exceptions_confirm.html",
        organisation=organisation,
        action=asked_action(),
        rows=rows[:10],
        total=len(rows),
        fields=request.form.to_dict(flat=False),
        newest=max(row.id for row in rows),
    )


@pages.post("/<int:organisation_id>/exceptions/decide", endpoint="decide_exceptions")
def decide(organisation_id: int) -> ResponseReturnValue:
    """Those named by their numbers, or all of a filter that waited when the number was shown. Again: harmless."""
    overseen_or_404(organisation_id)
    rows, action, now = named(organisation_id), asked_action(), utc_now()
    decided = sum(
        ACTIONS[action](rows[start : start + AT_ONCE], by=current_user, now=now)
        for start in range(0, len(rows), AT_ONCE)
    )
    db.session.commit()
    if action == "dismiss":
        said = ngettext("%(num)s person is not asked.", "%(num)s people are not asked.", decided)
    else:
        said = ngettext("%(num)s person is asked.", "%(num)s people are asked.", decided)
    flash(said, "good" if decided else "info")
    return redirect(url_for(".exceptions", organisation_id=organisation_id, **back_to()), 303)


def named(organisation_id: int) -> list[AllocationException]:
    if "all" in request.form:
        wanted = waiting(organisation_id, chosen_filter())
        newest = request.form.get("newest", type=row_number)
        if newest:
            wanted = wanted.where(AllocationException.id <= newest)
    else:
        ids = request.form.getlist("exception", type=row_number)
        wanted = exceptions.waiting(organisation_id).where(AllocationException.id.in_(ids))
    return list(db.session.scalars(wanted.options(joinedload(AllocationException.user))))


def asked_action() -> str:
    action = request.form.get("action", "")
    if action not in ACTIONS:
        raise Refused(gettext("Choose what to do."))
    return action


def back_to() -> dict[str, Any]:
    return {name: value for name, value in chosen_filter().items() if value}


@pages.get("/<int:organisation_id>/requests", endpoint="requests")
def requests_to_answer(organisation_id: int) -> str:
    """More time asked for, and documents handed in; the oldest first."""
    organisation = overseen_or_404(organisation_id)
    kind = "evidence" if request.args.get("kind") == "evidence" else "extensions"
    table: Any = Evidence if kind == "evidence" else DueExtension
    page, counts = page_number(), counting.waiting_for(organisation.id)
    wanted = select(table).where(table.id.in_(counting.asked_of(table, organisation.id))).order_by(table.id)
    to_user = joinedload(table.period).joinedload(Period.obligation).joinedload(Obligation.user)
    rows = db.session.scalars(wanted.options(to_user).limit(PAGE).offset((page - 1) * PAGE)).all()
    return render_template(
        "curricula/requests.html",
        organisation=organisation,
        waiting=counts,
        kind=kind,
        rows=rows,
        titles=titles_of({row.period.obligation.requirement_id for row in rows}),
        page=page,
        pages=ceil((counts.evidence if kind == "evidence" else counts.extensions) / PAGE),
    )
