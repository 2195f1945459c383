"""Administrators look after people."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.accounts import fin, granting, people, registering, sessions
from app.accounts.forms import FinForm, GrantForm, NameForm, PersonForm
from app.accounts.identity import linking, second_factor
from app.accounts.models import Grant, Organisation, Role, User
from app.accounts.permissions import grants
from app.clock import utc_now
from app.db import db
from app.errors import Refused, refused_in
from app.folding import sort_key
from app.web import language, page_number, row_number, settings

pages = Blueprint("people", __name__, url_prefix="/administration")


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
    grant_form = GrantForm(formdata=None)
    organisations = sorted(db.session.scalars(db.select(Organisation)), key=lambda one: sort_key(one.name))
    grant_form.organisation.choices = [(0, "—"), *((one.id, one.name) for one in organisations)]
    grant_form.course.choices = [("", gettext("Every course")), *course_names().items()]
    page = render_template(
        "accounts/person.html",
        person=user,
        grants=grants(user),
        masked_fin=fin.masked(user, settings().data_folder),
        devices=sessions.open_sessions(user, utc_now()),
        links=linking.links_of(user),
        has_second_factor=second_factor.is_on(user),
        grant_form=grant_form,
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
    current_app.extensions["bilik.closing"](user, by=current_user, now=utc_now())  # what domains above end with it
    people.close_account(user, by=current_user, now=utc_now())
    return back_to(user_id, gettext("The account has been closed."))
