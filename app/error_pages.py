"""What is shown when something is refused, missing or broken: a page, a fragment for htmx or JSON, with a way on."""

from __future__ import annotations

from flask import Flask, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from app.blobs import SharedAway
from app.db import db
from app.errors import Refused
from app.web import came_from, log

UNREPEATED = ("password", "csrf_token", "code", "token", "fin")  # fields that are not written back into a page


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, token_gone)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(IntegrityError, database_away)
    app.register_error_handler(SharedAway, database_away)
    app.register_error_handler(Exception, broken)


def wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def is_fragment() -> bool:
    """Asked for by htmx: a piece of a page, not a page."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def refused(refusal: Refused) -> ResponseReturnValue:
    _give_up_transaction()
    if wants_json():
        return jsonify(refused=refusal.message), refusal.status
    if is_fragment():
        return render_template("errors/fragment.html", text=refusal.message), refusal.status
    back = came_from()
    if request.method == "POST" and back and back != request.path:
        flash(refusal.message, "bad")
        return redirect(back, 303)
    return render_template(
        "errors/page.html", title=gettext("That is not possible"), text=refusal.message, back=back
    ), refusal.status


def token_gone(_error: CSRFError) -> ResponseReturnValue:
    """The form's token does not belong to this session: it ended, or somebody else's page sent the form."""
    _give_up_transaction()
    return held(gettext("Your session has ended since you opened this page."))


def held(reason: str) -> ResponseReturnValue:
    """A POST that cannot be taken now: nothing was done, and what was typed comes back with a button to send it again.

    The button is offered only when the form came from a page of ours; another site's form gets no second chance.
    """
    if wants_json():
        return jsonify(refused=reason, sign_in=url_for("accounts.sign_in")), 401
    if is_fragment():
        return render_template("errors/fragment.html", text=reason, sign_in=True), 401
    ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin" and came_from() is not None
    fields = []
    if ours and not request.files:
        fields = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if not any(word in name.lower() for word in UNREPEATED)
        ]
    page = render_template("errors/held.html", reason=reason, fields=fields, back=came_from(), action=request.full_path)
    return page, 401


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400 or isinstance(error, SecurityError):
        return error  # SecurityError: asked by a name that is not ours, for which no address can be built
    _give_up_transaction()
    title, text = _words(error.code)
    if wants_json():
        return jsonify(refused=title), error.code
    if is_fragment():
        return render_template("errors/fragment.html", text=f"{title}. {text}"), error.code
    page = render_template("errors/page.html", title=title, text=text, back=came_from(), code=error.code)
    headers = {"Retry-After": str(getattr(error, "retry_after", None) or 60)} if error.code in (429, 503) else {}
    return page, error.code, headers


def _words(code: int) -> tuple[str, str]:
    known = {
        400: (
            gettext("The request could not be understood"),
            gettext("Go back, check what was entered, and try again."),
        ),
        401: (gettext("Please sign in"), gettext("This page is for people who have signed in.")),
        403: (
            gettext("This page is not open to you"),
            gettext("Your account does not have the role this page needs. If it should, write to us."),
        ),
        404: (
            gettext("There is no such page"),
            gettext("The address may be mistyped, or the page may have been moved or withdrawn."),
        ),
        413: (
            gettext("That is too large"),
            gettext(
                "A file or a text may have up to 8 MB. Remove what is not needed, for example outputs of a notebook, "
                "and send it again."
            ),
        ),
        429: (
            gettext("Too many tries in a short time"),
            gettext("Wait a minute, then try again. Nothing is lost and nobody is locked out."),
        ),
        503: (
            gettext("Back soon"),
            gettext("The site is busy or being updated. Try again in a minute: what you saved is safe."),
        ),
    }
    if code in known:
        return known[code]
    if code == 405 or code == 410:
        return known[404]
    if code < 500:
        return known[400]
    return gettext("Something broke on our side"), gettext(
        "It has been written down. Try again, and if it happens again, write to us."
    )


def database_away(error: OperationalError | IntegrityError | SharedAway) -> ResponseReturnValue:
    """The database (or the folder machines share) is gone, or locked for longer than we wait, or two did the same at
    once: ours, and passing."""
    _record(error)
    return _bare(503), 503, {"Retry-After": "30"}


def broken(error: Exception) -> ResponseReturnValue:
    if current_app.testing or current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    _record(error)
    return _bare(500), 500


def _bare(code: int) -> str:
    """A page that needs neither the database nor who is asking."""
    _give_up_transaction()
    g._login_user = None
    title, text = _words(code)
    return render_template("errors/bare.html", title=title, text=text)


def _record(error: Exception) -> None:
    log.error("broken", rule=str(request.url_rule or "-"), method=request.method, exc_info=error)


def _give_up_transaction() -> None:
    db.session.rollback()
