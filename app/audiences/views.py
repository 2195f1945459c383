"""A training officer says who belongs together: audiences listed, shown, made, changed, archived."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import CompoundSelect, Select, except_, func, select

from app.accounts.models import Organisation, User
from app.audiences import choosing, drafting, explaining, keeping, reading, resolving
from app.audiences.drafting import Draft
from app.audiences.explaining import Reason
from app.audiences.models import Audience
from app.audiences.reading import Problem, RuleError
from app.audiences.rules import Rule
from app.audiences.wording import names_of, sentence
from app.clock import today, utc_now
from app.db import db
from app.errors import Refused
from app.folding import fold
from app.organisations.staff_views import choose_organisation, overseen_or_404
from app.organisations.teams import staff_on
from app.web import begin_writing, language, own_transaction, page_number

pages = Blueprint("audiences", __name__, url_prefix="/audiences")

PAGE = 25
PEOPLE = 20  # names of a preview
ASKED = 5  # people of whom it is said why


def audience_or_404(organisation_id: int, audience_id: int) -> Audience:
    overseen_or_404(organisation_id)
    found = db.session.get(Audience, audience_id)
    if found is None or found.organisation_id != organisation_id:
        abort(404)
    return found


@pages.get("/")
def index() -> ResponseReturnValue:
    return choose_organisation(gettext("Audiences"), "audiences.listing")


@pages.get("/<int:organisation_id>")
def listing(organisation_id: int) -> str:
    organisation = overseen_or_404(organisation_id)
    page, words, archived = page_number(), request.args.get("q", "").strip()[:100], "archived" in request.args
    found = keeping.listed(organisation.id, today(), words=fold(words), archived=archived)
    rows = found[(page - 1) * PAGE : page * PAGE]
    names = names_of([row.rule for row in rows], organisation.id)
    return render_template(
        "audiences/listing.html",
        organisation=organisation,
        rows=[(row, sentence(row.rule, organisation, names)) for row in rows],
        words=words,
        archived=archived,
        page=page,
        pages=ceil(len(found) / PAGE),
    )


@pages.get("/<int:organisation_id>/<int:audience_id>")
def show(organisation_id: int, audience_id: int) -> str:
    """Who is in it, why somebody is or is not, and what it said before."""
    audience = audience_or_404(organisation_id, audience_id)
    page, words = page_number(), request.args.get("q", "").strip()[:100]
    versions = keeping.versions(audience)
    said = [reading.parse(one.rule) for one in versions]
    names = names_of(said, organisation_id)
    inside = resolving.members_on(audience.id, today())
    total = db.session.scalar(select(func.count()).select_from(inside.subquery())) or 0
    by = select(User.id, User.name).where(User.id.in_({one.created_by for one in versions}))
    return render_template(
        "audiences/audience.html",
        organisation=audience.organisation,
        audience=audience,
        said=sentence(said[0], audience.organisation, names),
        total=total,
        people=named(inside, PAGE, (page - 1) * PAGE),
        page=page,
        pages=ceil(total / PAGE),
        words=words,
        asked=asked(words, said[0], organisation_id),
        versions=[
            (one, sentence(rule, audience.organisation, names)) for one, rule in zip(versions, said, strict=True)
        ],
        makers={row[0]: row[1] for row in db.session.execute(by)},
        used_by=keeping.used_by(audience),
    )


@pages.route("/<int:organisation_id>/new", methods=["GET", "POST"])
@own_transaction
def new(organisation_id: int) -> ResponseReturnValue:
    return edited(overseen_or_404(organisation_id), None)


@pages.route("/<int:organisation_id>/<int:audience_id>/edit", methods=["GET", "POST"])
@own_transaction
def edit(organisation_id: int, audience_id: int) -> ResponseReturnValue:
    audience = audience_or_404(organisation_id, audience_id)
    return edited(audience.organisation, audience)


@pages.route("/<int:organisation_id>/<int:audience_id>/archive", methods=["GET", "POST"])
def archive(organisation_id: int, audience_id: int) -> ResponseReturnValue:
    audience = audience_or_404(organisation_id, audience_id)
    if request.method == "POST":
        keeping.archive(audience, by=current_user, now=utc_now())
        db.session.commit()
        flash(gettext("The audience has been archived."), "good")
        return redirect(url_for("audiences.listing", organisation_id=organisation_id), 303)
    return render_template(
        "audiences/archive.html",
        organisation=audience.organisation,
        audience=audience,
        used_by=keeping.used_by(audience),
        total=db.session.scalar(
            select(func.count()).select_from(resolving.members_on(audience.id, today()).subquery())
        ),
    )


# ---- the form


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the rule in the form says, whom it finds, and what would change."""

    said: str
    total: int
    people: list[tuple[int, str]]
    came: int
    went: int
    asked: list[tuple[str, Reason]]


def edited(organisation: Organisation, audience: Audience | None) -> ResponseReturnValue:
    """The form: nothing is kept before "save"; every other button, and what is typed, shows it anew."""
    wrong: list[tuple[str, str]] = []  # (id of the field, what is wrong)
    rule: Rule | None = None
    do = request.form.get("do", "")
    if request.method == "POST":
        draft = drafting.of_form(request.form)
        group = do.removeprefix("add-")
        draft.act(do, request.form.get(f"kind-{group}", ""))
    elif audience is not None:
        draft = drafting.of_rule(audience.name, reading.parse(resolving.latest_version(audience.id).rule))
    else:
        draft = Draft()
    try:
        rule = reading.parse(draft.said())
    except RuleError as error:
        wrong.append((draft.place(error.place), problem_words(error.problem)))
    if do == "save" and rule is not None:
        try:
            return saved(organisation.id, audience.id if audience else None, draft.name, rule)
        except Refused as refusal:
            db.session.rollback()
            wrong.append((refusal.field or "rule", refusal.message))
            organisation = overseen_or_404(organisation.id)
    lists = choosing.Lists(organisation.id, today(), language())
    return render_template(
        "audiences/edit.html",
        organisation=organisation,
        audience=audience,
        draft=draft,
        offers=choosing.offers(draft, lists),
        shown=preview(rule, organisation, audience, draft.who) if rule is not None else None,
        wrong=wrong,
        is_refused=do == "save",
        kinds=drafting.KINDS,
    )


def saved(organisation_id: int, audience_id: int | None, name: str, rule: Rule) -> ResponseReturnValue:
    begin_writing()
    now = utc_now()
    organisation = overseen_or_404(organisation_id)
    if audience_id is None:
        audience = keeping.create(organisation, name, rule, by=current_user, now=now)
        flash(gettext("The audience has been made."), "good")
    else:
        audience = audience_or_404(organisation_id, audience_id)
        keeping.change(audience, name, rule, by=current_user, now=now)
        flash(gettext("The audience has been changed."), "good")
    db.session.commit()
    return redirect(url_for("audiences.show", organisation_id=organisation_id, audience_id=audience.id), 303)


def preview(rule: Rule, organisation: Organisation, audience: Audience | None, who: str) -> Preview:
    fitting = resolving.people(rule, organisation.id, today())
    total, came, went = counted(fitting), 0, 0
    if audience is not None:
        inside = resolving.members_on(audience.id, today())
        came, went = counted(except_(fitting, inside)), counted(except_(inside, fitting))
    return Preview(
        said=sentence(rule, organisation),
        total=total,
        people=named(fitting, PEOPLE),
        came=came,
        went=went,
        asked=asked(who, rule, organisation.id),
    )


def counted(ids: Select[int] | CompoundSelect[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def named(ids: Select[int], most: int, after: int = 0) -> list[tuple[int, str]]:
    wanted = select(User.id, User.name).where(User.id.in_(ids)).order_by(User.name_folded, User.id)
    return [(row[0], row[1]) for row in db.session.execute(wanted.limit(most).offset(after))]


def asked(words: str, rule: Rule, organisation_id: int) -> list[tuple[str, Reason]]:
    """Of the first people of the organisation with such a name, why they are in or out."""
    if not fold(words):
        return []
    found = db.session.scalars(
        select(User)
        .where(
            User.id.in_(staff_on(organisation_id, today())),
            User.name_folded.contains(fold(words), autoescape=True),
        )
        .order_by(User.name_folded, User.id)
        .limit(ASKED)
    )
    return [(user.name, explaining.why(rule, organisation_id, user, today())) for user in found]


def problem_words(problem: Problem) -> str:
    return {
        Problem.NOT_A_RULE: gettext("This cannot be read."),
        Problem.UNKNOWN: gettext("Choose one of what is offered."),
        Problem.NOTHING_CHOSEN: gettext("Choose at least one, or remove the condition."),
        Problem.TOO_MANY: gettext("These are too many."),
        Problem.NOT_A_DAY: gettext("Give a day."),
        Problem.NOT_A_NUMBER: gettext("Give a whole number."),
        Problem.IN_AND_OUT: gettext("Somebody is named both among those always in and among those never in."),
    }[problem]
