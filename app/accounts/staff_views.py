"""Administrators look after people and organisations."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app.accounts import fin, granting, organisations, people, registering, sessions
from app.accounts.forms import FinForm, GrantForm, MembershipForm, NameForm, OrganisationForm, PersonForm
from app.accounts.models import Grant, Membership, Organisation, Role, User
from app.accounts.permissions import grants
from app.clock import in_baku, utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.web import language, page_number, row_number, settings

pages = Blueprint("people", __name__, url_prefix="/administration")


def today() -> date:
    return in_baku(utc_now()).date()


def back_to(user_id: int, sentence: str) -> ResponseReturnValue:
    db.session.commit()
    flash(sentence, "good")
    return redirect(url_for("people.person", user_id=user_id), 303)


@pages.get("/people")
def index() -> ResponseReturnValue:
    words = request.args.get("q", "")[:100]
    role = next((role for role in Role if role == request.args.get("role")), None)
    number = page_number()
    found, count = people.find_people(words, role=role, page=number)
    return render_template(
        "accounts/people.html",
        found=found,
        roles=people.roles_of(found),
        words=words,
        role=role,
        all_roles=list(Role),
        page=number,
        pages=count,
    )


@pages.route("/people/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    form = PersonForm(language="az")
    if form.validate_on_submit():
        try:
            user = people.add_person(
                form.name.data or "",
                form.email.data or "",
                language=form.language.data,
                by=current_user,
                now=utc_now(),
            )
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            return back_to(user.id, gettext("The person has been added. Print a code for the first sign-in."))
    return render_template("accounts/person_new.html", form=form), 422 if form.errors else 200


def show(user: User, fin_form: FinForm | None = None) -> ResponseReturnValue:
    grant_form, membership_form = (
        GrantForm(formdata=None),
        MembershipForm(formdata=None, prefix="membership", data={"from_on": today()}),
    )
    choices = [(one.id, one.name) for one in organisations.all_organisations()]
    grant_form.organisation.choices = [(0, "—"), *choices]
    grant_form.course.choices = [("", gettext("Every course")), *course_names().items()]
    membership_form.organisation.choices = choices
    page = render_template(
        "accounts/person.html",
        person=user,
        grants=grants(user),
        masked_fin=fin.masked(user, settings().data_folder),
        memberships=organisations.open_memberships(today(), user.id),
        devices=sessions.open_sessions(user, utc_now()),
        grant_form=grant_form,
        membership_form=membership_form,
        name_form=NameForm(formdata=None, data={"name": user.name}),
        fin_form=fin_form or FinForm(formdata=None),
    )
    return page, 422 if fin_form else 200


def course_names() -> dict[str, str]:
    """{slug: title and slug} of every course there is. The catalogue, which accounts does not know, says which."""
    titles = current_app.extensions["bilik.courses"]()
    chosen = {slug: said.get(language()) or next(iter(said.values()), "") for slug, said in titles.items()}
    return {slug: f"{title} ({slug})" if title else slug for slug, title in chosen.items()}


@pages.get("/people/<int:user_id>")
def person(user_id: int) -> ResponseReturnValue:
    return show(db.get_or_404(User, user_id))


@pages.post("/people/<int:user_id>/name")
def rename(user_id: int) -> ResponseReturnValue:
    user = db.get_or_404(User, user_id)
    registering.rename(user, registering.normalise_name(request.form.get("name", "")), by=current_user, now=utc_now())
    return back_to(user_id, gettext("The name has been changed."))


@pages.post("/people/<int:user_id>/roles")
def grant(user_id: int) -> ResponseReturnValue:
    user = db.get_or_404(User, user_id)
    role = next((role for role in Role if role == request.form.get("role")), None)
    if role is None:
        raise Refused(gettext("Choose a role."))
    organisation = db.session.get(Organisation, request.form.get("organisation", 0, type=row_number))
    course = request.form.get("course", "").strip()
    if role is Role.INSTRUCTOR and course and course not in course_names():
        raise Refused(gettext("There is no course “%(slug)s”. Choose one from the list.", slug=course[:100]))
    granting.grant(
        user,
        role,
        by=current_user,
        organisation_id=organisation.id if organisation else None,
        course_slug=course or None,
        now=utc_now(),
    )
    return back_to(user_id, gettext("The role has been given."))


@pages.post("/people/<int:user_id>/roles/<int:grant_id>/revoke")
def revoke(user_id: int, grant_id: int) -> ResponseReturnValue:
    given = db.first_or_404(db.select(Grant).where(Grant.id == grant_id, Grant.user_id == user_id))
    granting.revoke(given, by=current_user, now=utc_now())
    return back_to(user_id, gettext("The role has been taken back."))


@pages.post("/people/<int:user_id>/code")
def code(user_id: int) -> ResponseReturnValue:
    """Shown once, for printing: it is not kept in readable form."""
    user = db.get_or_404(User, user_id)
    made = people.issue_code(user, settings().data_folder, by=current_user, now=utc_now())
    db.session.commit()
    return render_template("accounts/person_code.html", person=user, code=made)


@pages.post("/people/<int:user_id>/fin")
def confirm_fin(user_id: int) -> ResponseReturnValue:
    user = db.get_or_404(User, user_id)
    form = FinForm()
    if not form.validate():
        return show(user, form)
    try:
        people.confirm_fin(user, form.fin.data or "", settings().data_folder, by=current_user, now=utc_now())
    except Refused as refusal:
        refused_in(form, refusal)
        return show(user, form)
    return back_to(user_id, gettext("The FIN has been confirmed."))


@pages.post("/people/<int:user_id>/sign-out")
def sign_out(user_id: int) -> ResponseReturnValue:
    user = db.get_or_404(User, user_id)
    sessions.revoke_all(user, now=utc_now())
    return back_to(user_id, gettext("Every device of this person has been signed out."))


@pages.route("/people/<int:user_id>/close", methods=["GET", "POST"])
def close(user_id: int) -> ResponseReturnValue:
    user = db.get_or_404(User, user_id)
    if request.method == "GET":
        return render_template(
            "parts/confirm.html",
            title=gettext("Close the account of %(name)s?", name=user.name),
            text=gettext(
                "They are signed out everywhere and cannot sign in again; address, password, FIN and roles are "
                "removed. What was learnt and certified stays. This cannot be undone."
            ),
            action=url_for("people.close", user_id=user_id),
            submit=gettext("Close the account"),
            back=url_for("people.person", user_id=user_id),
        )
    if user.id == current_user.id:
        raise Refused(gettext("You cannot close your own account."))
    people.close_account(user, by=current_user, now=utc_now())
    return back_to(user_id, gettext("The account has been closed."))


@pages.post("/people/<int:user_id>/memberships")
def join(user_id: int) -> ResponseReturnValue:
    user = db.get_or_404(User, user_id)
    form = MembershipForm(prefix="membership")
    organisation = db.session.get(Organisation, form.organisation.data or 0)
    if organisation is None:
        raise Refused(gettext("Choose an organisation."))
    organisations.join(user, organisation, from_on=form.from_on.data or today(), by=current_user, now=utc_now())
    return back_to(user_id, gettext("The membership has been noted."))


@pages.post("/people/<int:user_id>/memberships/<int:membership_id>/end")
def end_membership(user_id: int, membership_id: int) -> ResponseReturnValue:
    membership = db.first_or_404(
        db.select(Membership).where(Membership.id == membership_id, Membership.user_id == user_id)
    )
    organisations.end(membership, until_on=today(), by=current_user, now=utc_now())
    return back_to(user_id, gettext("The membership ends today."))


@pages.route("/organisations", methods=["GET", "POST"])
def organisation_list() -> ResponseReturnValue:
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            organisations.create(form.name.data or "", by=current_user, now=utc_now())
        except Refused as refusal:
            refused_in(form, refusal)
        else:
            db.session.commit()
            flash(gettext("The organisation has been created."), "good")
            return redirect(url_for("people.organisation_list"), 303)
    found = organisations.all_organisations()
    page = render_template("accounts/organisations.html", form=form, found=found, counts=organisations.sizes(today()))
    return page, 422 if form.errors else 200


@pages.get("/organisations/<int:organisation_id>")
def organisation(organisation_id: int) -> ResponseReturnValue:
    one = db.get_or_404(Organisation, organisation_id)
    number = page_number()
    memberships, count = organisations.members(one.id, today(), page=number)
    managing = db.select(Grant).where(Grant.role == Role.MANAGER, Grant.organisation_id == one.id)
    return render_template(
        "accounts/organisation.html",
        organisation=one,
        memberships=memberships,
        managers=db.session.scalars(managing.options(joinedload(Grant.user)).order_by(Grant.id)).all(),
        page=number,
        pages=count,
    )
