"""Who is asking: from the cookie to the person, and back."""

from __future__ import annotations

from flask import Flask, Request, g, request
from flask_login import LoginManager, current_user

from app.accounts import sessions
from app.accounts.models import LoginSession, User
from app.clock import utc_now
from app.web import Answer, begins_itself, is_writing, remember_language, settings, start_afresh

COOKIE = "signed_in"

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


def sign_in(user: User, response: Answer) -> Answer:
    """Open a session for the device that is asking and give it the cookie. The caller commits."""
    days = settings().session_days
    token = sessions.open_session(
        user, user_agent=request.headers.get("User-Agent", ""), address=address(), days=days, now=utc_now()
    )
    start_afresh()
    response.set_cookie(
        COOKIE, token, max_age=days * 86400, secure=request.is_secure, httponly=True, samesite="Lax", path="/"
    )
    return remember_language(response, user.language)


def sign_out(response: Answer) -> Answer:
    """End this device's session. The page removes drafts kept in the browser when it sees the header."""
    session = this_session()
    if session is not None:
        sessions.revoke(session, utc_now())
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
