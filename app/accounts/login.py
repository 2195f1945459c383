"""Who is asking: from the cookie to the person, and back."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response as BaseResponse

from app import audit
from app.accounts import sessions, tokens
from app.accounts.identity import linking, policies, second_factor
from app.accounts.identity.models import How
from app.accounts.models import LoginSession, SecondFactorState, TokenPurpose, User
from app.accounts.permissions import grants
from app.clock import today, utc_now
from app.web import Answer, begins_itself, is_writing, remember_language, settings, start_afresh

COOKIE = "signed_in"
SECOND_STEP = "second_step"  # in the browser's session: what is left to do once the second factor is shown
LONGEST_WAY = 500  # signs

manager = LoginManager()
manager.session_protection = None  # our sessions are rows; Flask-Login keeps nothing in its own


def init_app(app: Flask) -> None:
    manager.init_app(app)
    app.before_request(_note_seen)


@manager.request_loader
def load(request: Request) -> User | None:
    token = request.cookies.get(COOKIE)
    session = sessions.find_session(token, utc_now()) if token else None
    g.login_session = session
    return session.user if session else None


def this_session() -> LoginSession | None:
    """The row of the device that is asking."""
    session: LoginSession | None = g.get("login_session")
    return session


def address() -> str:
    return request.remote_addr or ""


def sign_in(
    user: User, onward: str, *, how: str, provider: str = "", strong: bool = False, claim: str | None = None
) -> BaseResponse:
    """Let in who has shown a first factor, and lead to `onward`; where a second one is set up, ask for it before.

    `how`: password, code, mail or the provider's key. `strong`: two factors were shown to the provider. `claim`: the
    secret of an identity that belongs to this person, as they have just proved; it is linked. The caller commits.
    Raises Refused where it cannot be linked.
    """
    if second_factor.is_on(user) and not strong:
        start_afresh()
        session[SECOND_STEP] = {
            "token": tokens.hand_out(user, TokenPurpose.SECOND_STEP, now=utc_now()),
            "onward": fitting(onward),
            "how": how,
            "provider": provider,
            "claim": claim,
        }
        return redirect(url_for("accounts.second_step"), 303)
    return _open(user, onward, how, provider, claim, SecondFactorState.GIVEN if strong else SecondFactorState.NONE)


def fitting(onward: str) -> str:
    """A way on that is remembered in a cookie, which holds 4 KB in all."""
    return onward if len(onward) <= LONGEST_WAY else url_for("home.front")


def finish(user: User, step: dict[str, Any]) -> BaseResponse:
    """The second factor was shown, too; `step` is what `sign_in` left to do. The caller commits."""
    return _open(user, step["onward"], step["how"], step["provider"], step["claim"], SecondFactorState.GIVEN)


def _open(
    user: User, onward: str, how: str, provider: str, claim: str | None, shown: SecondFactorState
) -> BaseResponse:
    """A session for the device that is asking, and its cookie."""
    now = utc_now()
    if claim is not None and (row := linking.open_claim(claim, now)) is not None:
        linking.accept(row, user, settings().data_folder, how=How.PASSWORD, address=address(), now=now)
    wanted = policies.demands(employers(user))
    if wanted.two_factor and shown is SecondFactorState.NONE:
        shown = SecondFactorState.OWED
    days = settings().session_days
    token = sessions.open_session(
        user,
        user_agent=request.headers.get("User-Agent", ""),
        address=address(),
        days=days,
        hours=wanted.session_hours,
        second_factor=shown,
        provider=provider,
        now=now,
    )
    audit.record(
        "signed_in", actor_id=user.id, subject_type="user", subject_id=user.id, address=address(), how=how, now=now
    )
    start_afresh()
    response = redirect(onward, 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(sessions.lasting(days, wanted.session_hours).total_seconds()),
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return remember_language(response, user.language)


def owes_second_factor(user: User) -> bool:
    """The device that is asking opens nothing before a second factor is set up; unless nobody demands it any more."""
    device = this_session()
    owed = device is not None and device.second_factor == SecondFactorState.OWED
    return owed and policies.demands(employers(user)).two_factor


def employers(user: User) -> set[int]:
    """The organisations somebody belongs to today, by a job or by a role."""
    of_jobs: set[int] = current_app.extensions["bilik.employers"](user.id, today())
    return of_jobs | {given.organisation_id for given in grants(user) if given.organisation_id}


def sign_out(response: Answer) -> Answer:
    """End this device's session. The page removes drafts kept in the browser when it sees the header."""
    ended = this_session()
    if ended is not None:
        sessions.revoke(ended, utc_now())
    start_afresh()
    response.delete_cookie(COOKIE, path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _note_seen() -> None:
    """Keep "last used" of the device, at most every ten minutes and only where the request writes anyway."""
    if request.endpoint and is_writing() and not begins_itself():
        session = this_session() if current_user.is_authenticated else None
        if session is not None:
            sessions.note_seen(session, utc_now())
