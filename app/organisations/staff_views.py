"""Administrators and training officers look after organisations: which there are, their units, who works where."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts.models import Organisation, User
from app.accounts.permissions import is_administrator, oversees
from app.clock import today, utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.organisations import counting, tree, working
from app.organisations.forms import JoinForm, LastDayForm, OrganisationForm, PlaceForm, UnitForm, UnitNameForm
from app.organisations.models import Unit
from app.organisations.teams import overseen_organisations
from app.web import page_number, row_number

pages = Blueprint("structure", __name__, url_prefix="/structure")


@pages.record_once
def end_with_accounts(state: BlueprintSetupState) -> None:
    """Accounts, which does not know of jobs, ends them with an account, and asks for whom somebody works."""
    state.app.extensions["bilik.closing"] = working.end_all
    state.app.extensions["bilik.employers"] = working.employers


def overseen_or_404(organisation_id: int) -> Organisation:
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or not oversees(current_user, organisation_id):
        abort(404)
    return organisation


def choose_organisation(title: str, endpoint: str) -> ResponseReturnValue:
    """Whose page `endpoint` is wanted; where only one organisation is overseen, that page at once."""
    found = overseen()
    if len(found) == 1:
        return redirect(url_for(endpoint, organisation_id=found[0].id))
    return render_template("organisations/choose.html", title=title, endpoint=endpoint, organisations=found)


def overseen() -> list[Organisation]:
    """All for administrators, their own for training officers."""
    found = working.all_organisations()
    if is_administrator(current_user):
        return found
    own = overseen_organisations(current_user)
    return [one for one in found if one.id in own]


def unit_or_404(organisation_id: int, unit_id: int) -> tuple[Organisation, Unit]:
    organisation = overseen_or_404(organisation_id)
    unit = counting.unit_of(organisation.id, unit_id)
    return (organisation, unit) if unit is not None else abort(404)


def asked_day() -> date:
    """The day the page is asked for; today where none or no day is said."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return today()


def unit_choices(organisation_id: int) -> list[tuple[int, str]]:
    """The units of today for a select, those below set in."""
    placed = tree.placed_units(organisation_id, today())
    return [(one.unit.id, "\u2003" * one.depth + one.unit.name) for one in placed]


def done(sentence: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    db.session.commit()
    flash(sentence, "good")
    return redirect(url_for(endpoint, **values), 303)


@pages.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Every organisation for administrators, their own for training officers."""
    form = OrganisationForm()
    if form.is_submitted() and not is_administrator(current_user):
        abort(404)
    if form.validate_on_submit():
        try:
            made = working.create(form.name.data or "", by=current_user, now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(
                gettext("The organisation has been created."), "structure.organisation", organisation_id=made.id
            )
    found = overseen()
    if len(found) == 1 and not is_administrator(current_user):
        return redirect(url_for("structure.organisation", organisation_id=found[0].id))
    page = render_template(
        "organisations/index.html",
        form=form if is_administrator(current_user) else None,
        found=found,
        counts=working.sizes(today()),
    )
    return page, 422 if form.errors else 200


@pages.get("/<int:organisation_id>")
def organisation(organisation_id: int) -> ResponseReturnValue:
    """The tree with head counts, today or on a day."""
    one, day = overseen_or_404(organisation_id), asked_day()
    return render_template(
        "organisations/organisation.html",
        organisation=one,
        day=day,
        today=today(),
        units=counting.counted_units(one.id, day),
        officers=counting.officers_of(one.id),
        is_administrator=is_administrator(current_user),
    )


@pages.get("/<int:organisation_id>/units/<int:unit_id>")
def unit(organisation_id: int, unit_id: int) -> ResponseReturnValue:
    return shown_unit(*unit_or_404(organisation_id, unit_id))


def shown_unit(one: Organisation, unit: Unit, **tried: Any) -> ResponseReturnValue:
    """The page of a unit; `tried`: the form that was refused."""
    units = counting.counted_units(one.id, today())
    found = next((counted for counted in units if counted.placed.unit.id == unit.id), None)
    number = page_number()
    within = tree.below([unit.id], today())
    jobs, total = counting.jobs_of(one.id, today(), units=within, page=number)
    place_form = tried.get("place_form") or PlaceForm(formdata=None)
    place_form.parent.choices = [
        (counted.placed.unit.id, "\u2003" * counted.placed.depth + counted.placed.unit.name)
        for counted in units
        if unit.id not in counted.placed.path
    ]
    if found and "place_form" not in tried:
        place_form.parent.data = found.placed.parent_id
    page = render_template(
        "organisations/unit.html",
        organisation=one,
        unit=unit,
        counted=found,
        above=[counted.placed.unit for counted in units if found and counted.placed.unit.id in found.placed.path[:-1]],
        below=[counted for counted in units if counted.placed.parent_id == unit.id],
        jobs=jobs,
        total=total,
        page=number,
        pages=-(-total // counting.PAGE),
        below_form=tried.get("below_form") or UnitForm(formdata=None, prefix="below"),
        name_form=tried.get("name_form") or UnitNameForm(formdata=None, data={"name": unit.name}),
        place_form=place_form,
        last_form=tried.get("last_form") or LastDayForm(formdata=None, data={"until_on": today() - tree.DAY}),
        tried=next(iter(tried.values()), None),
    )
    return page, 422 if tried else 200


@pages.post("/<int:organisation_id>/units/<int:unit_id>/below")
def open_unit(organisation_id: int, unit_id: int) -> ResponseReturnValue:
    one, parent = unit_or_404(organisation_id, unit_id)
    form = UnitForm(prefix="below")
    if form.validate():
        try:
            made = tree.open_unit(
                parent, form.code.data or "", form.name.data or "", on=today(), by=current_user, now=utc_now()
            )
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return done(gettext("The unit is there."), "structure.unit", organisation_id=one.id, unit_id=made.id)
    return shown_unit(one, parent, below_form=form)


@pages.post("/<int:organisation_id>/units/<int:unit_id>/name")
def rename_unit(organisation_id: int, unit_id: int) -> ResponseReturnValue:
    one, unit = unit_or_404(organisation_id, unit_id)
    form = UnitNameForm()
    if not form.validate():
        return shown_unit(one, unit, name_form=form)
    tree.rename(unit, form.name.data or "", by=current_user, now=utc_now())
    return done(gettext("The name has been changed."), "structure.unit", organisation_id=one.id, unit_id=unit.id)


@pages.post("/<int:organisation_id>/units/<int:unit_id>/place")
def move_unit(organisation_id: int, unit_id: int) -> ResponseReturnValue:
    one, unit = unit_or_404(organisation_id, unit_id)
    form = PlaceForm()
    parent = counting.unit_of(one.id, request.form.get("parent", 0, type=row_number))
    try:
        if parent is None:
            raise Refused(gettext("Choose a unit of the same organisation."), field="parent")
        tree.move(unit, parent, on=today(), by=current_user, now=utc_now())
    except Refused as refusal:
        db.session.rollback()
        refused_in(form, refusal)
        return shown_unit(one, unit, place_form=form)
    return done(gettext("The unit has been moved."), "structure.unit", organisation_id=one.id, unit_id=unit.id)


@pages.post("/<int:organisation_id>/units/<int:unit_id>/close")
def close_unit(organisation_id: int, unit_id: int) -> ResponseReturnValue:
    one, unit = unit_or_404(organisation_id, unit_id)
    form = LastDayForm()
    if form.validate():
        try:
            last = max(form.until_on.data or today(), today() - tree.DAY)  # days gone by stay as they were
            tree.close(unit, until_on=last, by=current_user, now=utc_now())
        except Refused as refusal:
            form.until_on.errors = [*form.until_on.errors, refusal.message]
        else:
            return done(gettext("The unit is closed."), "structure.organisation", organisation_id=one.id)
    return shown_unit(one, unit, last_form=form)


@pages.get("/<int:organisation_id>/people")
def people(organisation_id: int) -> ResponseReturnValue:
    one, number, day = overseen_or_404(organisation_id), page_number(), asked_day()
    words = request.args.get("q", "").strip()[:100]
    jobs, total = counting.jobs_of(one.id, day, words=words, page=number)
    return render_template(
        "organisations/people.html",
        organisation=one,
        day=day,
        today=today(),
        jobs=jobs,
        total=total,
        words=words,
        page=number,
        pages=-(-total // counting.PAGE),
    )


@pages.route("/people/<int:user_id>", methods=["GET", "POST"])
def works(user_id: int) -> ResponseReturnValue:
    """For administrators: in which organisations somebody works, and into which one they come."""
    user = db.get_or_404(User, user_id)
    form = JoinForm(from_on=today())
    form.organisation.choices = [(one.id, one.name) for one in working.all_organisations()]
    if form.validate_on_submit():
        one = db.session.get(Organisation, form.organisation.data or 0)
        if one is None:
            raise Refused(gettext("Choose an organisation."))
        working.join(user, one, from_on=form.from_on.data or today(), by=current_user, now=utc_now())
        return done(gettext("The job has been noted."), "structure.person", organisation_id=one.id, user_id=user.id)
    jobs = working.jobs_on(today(), user.id)
    return render_template("organisations/works.html", person=user, jobs=jobs, form=form)
