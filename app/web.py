"""What every page needs: settings, keys, security headers, languages, CSRF, limits, the log, health.

Who may see a page is in `app.access`; what is shown when something is refused or broken in `app.errors`.
"""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, current_app, g, has_request_context, jsonify, request, session, url_for
from flask.sansio.app import App
from flask_babel import Babel, get_locale
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as BaseResponse

from app import db, formats, keys
from app.blobs import Blobs
from app.clock import utc_now
from app.config import LANGUAGES, TIME_ZONE, Settings
from app.translations import catalogs

MiB = 1024 * 1024
LANGUAGE_COOKIE = "language"
LANGUAGE_NAMES = {"az": "Azərbaycanca", "ru": "Русский", "en": "English"}
MOST_ROWS = 2**31 - 1  # what both databases count to; SQLite's driver breaks on more
MOST_PAGES = 100_000
MOST_FIELDS = 5000  # of a form; the longest, a notebook's, has some 1,100
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")
log = structlog.get_logger("bilik")

View = TypeVar("View", bound=Callable[..., Any])
Answer = TypeVar("Answer", bound=BaseResponse)


def configure(app: Flask, settings: Settings) -> None:
    """Everything of the application that is not a domain's own."""
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    https = settings.public_url.startswith("https:")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SECRET_KEY=keys.key(settings.data_folder, "session"),
        MAX_CONTENT_LENGTH=8 * MiB,
        MAX_FORM_MEMORY_SIZE=2 * MiB,  # Cyrillic code grows three times when url-encoded
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=_trusted_hosts(settings),
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a lesson may take an afternoon
        WTF_CSRF_SSL_STRICT=https,
        RATELIMIT_HEADERS_ENABLED=False,
        BABEL_DEFAULT_LOCALE="az",
        CENTRE_NAME=settings.centre_name,
        CONTACT_EMAIL=settings.contact_email,
        MAIL_IS_WRITTEN_DOWN=settings.smtp_host is None and settings.env != "production",
        BABEL_DEFAULT_TIMEZONE=TIME_ZONE,
        BABEL_TRANSLATION_DIRECTORIES=";".join(f"translations/{area}" for area in catalogs.AREAS),
    )
    _write_log(plainly=settings.env == "production")
    app.extensions["bilik.settings"] = settings
    app.extensions["bilik.blobs"] = Blobs(
        settings.data_folder / "blobs", settings.shared_folder, reserve=settings.reserve * MiB
    )
    app.extensions["bilik.strips"] = []
    app.url_map.converters["int"] = RowConverter
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    catalogs.compile_stale()
    Babel().init_app(app, locale_selector=_chosen_language)
    app.before_request(_begin)
    app.before_request(_refuse_endless_form)  # before anybody reads it
    csrf.init_app(app)
    limiter.init_app(app)
    formats.init_app(app)
    app.get_send_file_max_age = _static_max_age  # type: ignore[method-assign]
    app.after_request(_headers)
    app.after_request(_log)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.jinja_env.globals.update(
        asset=asset,
        csp_nonce=csp_nonce,
        strips=strips,
        LANGUAGES=LANGUAGE_NAMES,
        language=language,
        has_page=has_page,
        absolute=absolute,
        link=link,
    )


def _refuse_endless_form() -> None:
    """A form of millions of fields is hundreds of megabytes once it is read; Werkzeug counts parts, not fields."""
    if request.mimetype == "application/x-www-form-urlencoded" and request.get_data().count(b"&") > MOST_FIELDS:
        abort(413)


def settings() -> Settings:
    chosen: Settings = current_app.extensions["bilik.settings"]
    return chosen


def blobs() -> Blobs:
    kept: Blobs = current_app.extensions["bilik.blobs"]
    return kept


def _write_log(*, plainly: bool) -> None:
    """One line an event, as JSON in production. Tracebacks without values of variables: those hold keys and code."""
    start: list[Any] = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso")]
    end: list[Any] = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    if plainly:
        end = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(processors=[*start, *end])


# ---- transactions


def own_transaction(view: View) -> View:
    """For a view with slow work (hashing, rendering, storing a blob) before its first write.

    Other POSTs take SQLite's one write lock with their first statement. This one only reads, until it says
    `begin_writing()`.
    """
    view.own_transaction = True  # type: ignore[attr-defined]
    return view


def begin_writing() -> None:
    """End what was read; the next statement begins a transaction that may write."""
    db.db.session.rollback()
    db.begin_reading(False)


def is_writing() -> bool:
    return request.method not in SAFE_METHODS


def begins_itself() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "own_transaction", False)


# ---- one request


def _begin() -> None:
    g.began = time.perf_counter()
    db.begin_reading(not is_writing() or begins_itself())


def csp_nonce() -> str:
    """This response's nonce, for the one <style> CodeMirror makes."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "font-src 'self'; media-src 'self'; manifest-src 'self'; connect-src 'self'; worker-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(nonce=csp_nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if response.mimetype == "text/html" and "Cache-Control" not in headers:
        # A page carries a nonce and a person's own data: neither may come from a cache.
        headers["Cache-Control"] = "no-store"
    return response


def _log(response: Response) -> Response:
    """One line a request. The rule, not the path: paths hold tokens of mails."""
    if request.endpoint != "static":
        log.info(
            "request",
            method=request.method,
            rule=str(request.url_rule or "-"),
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            user=g.get("user_id"),
        )
    return response


# ---- languages


def language() -> str:
    """The language of this page: "az", "ru" or "en"."""
    return str(get_locale() or "az")


def _chosen_language() -> str:
    """What the account says, else the cookie, else what the browser asks for, else Azerbaijani."""
    if not has_request_context():
        return "az"
    told = getattr(current_user, "language", None) or request.cookies.get(LANGUAGE_COOKIE)
    if told in LANGUAGES:
        return told
    return request.accept_languages.best_match(LANGUAGES, default="az") or "az"


def remember_language(response: Answer, chosen: str) -> Answer:
    response.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=365 * 86400, secure=request.is_secure, httponly=True, samesite="Lax"
    )
    return response


# ---- numbers that people can type


class RowConverter(IntegerConverter):
    """`<int:…>` in an address: a number no row can have is no page."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": MOST_ROWS} | options)


def row_number(text: str) -> int:
    """A row's number out of a form or a query, for `type=`. Raises ValueError for what no row can have."""
    number = int(text)
    if not 0 < number <= MOST_ROWS:
        raise ValueError(text)
    return number


def page_number() -> int:
    """Which page of a long list is asked for; 1 is the first."""
    return min(max(1, request.args.get("page", 1, type=int)), MOST_PAGES)


# ---- where to go


def safe_next(target: str | None, otherwise: str) -> str:
    """`target` when it is a path of this site, else `otherwise`: nobody is led away by a link to our sign-in page."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(sign) < 33 for sign in target):
        return otherwise
    return target


def came_from() -> str | None:
    """The path and query of the page of ours that sent this request, if it says so."""
    parts = urlsplit(request.referrer or "")
    if not parts.netloc or parts.netloc != request.host:
        return None
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""), "") or None


def has_page(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def absolute(path: str) -> str:
    """How the world reaches `path`: for mails and QR codes."""
    return settings().public_url.rstrip("/") + path


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page, also where nothing is being requested (the worker writes mails)."""
    parts = urlsplit(settings().public_url)
    adapter = current_app.url_map.bind(parts.netloc, parts.path.rstrip("/") or None, url_scheme=parts.scheme)
    return adapter.build(endpoint, values, force_external=True)


# ---- pieces of pages


def strip(app: App, function: Callable[[], str | None]) -> None:
    """`function()` gives a sentence to show above every page ("Grading is paused …"), or None."""
    app.extensions["bilik.strips"].append(function)


def strips() -> list[str]:
    return [said for function in current_app.extensions["bilik.strips"] if (said := function())]


def asset(name: str) -> str:
    """The address of a bundle of app/frontend: asset("site.css")."""
    folder = Path(current_app.static_folder or "") / "dist"
    built = current_app.extensions.get("bilik.assets")
    manifest = folder / "manifest.json"
    try:
        changed = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        return url_for("static", filename=f"dist/{name}")  # not built yet: a plain page is better than none
    if built is None or built[0] != changed:
        built = (changed, json.loads(manifest.read_text()))
        current_app.extensions["bilik.assets"] = built
    return url_for("static", filename=f"dist/{built[1].get(name, name)}")


def _static_max_age(filename: str | None) -> int:
    hashed = filename is not None and filename.startswith("dist/")
    return 365 * 86400 if hashed else 3600


# ---- health


def healthz() -> Response:
    """The process answers."""
    return current_app.response_class("ok\n", mimetype="text/plain")


def readyz() -> tuple[Response, int]:
    """The site can do its work: the database answers and has room to grow."""
    found: dict[str, str] = {}
    try:
        db.db.session.execute(text("SELECT 1"))
        found["database"] = "ok"
    except Exception as problem:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        found["database"] = type(problem).__name__
    free = shutil.disk_usage(settings().data_folder).free
    found["disk"] = "ok" if free >= blobs().reserve else f"{free // MiB} MiB free"
    ready = all(state == "ok" for state in found.values())
    return jsonify(found | {"at": utc_now().isoformat(timespec="seconds")}), 200 if ready else 503


def _trusted_hosts(settings: Settings) -> list[str] | None:
    """Production answers only to its own names; elsewhere any name will do."""
    if settings.trusted_hosts:
        return settings.trusted_hosts
    if settings.env == "production":
        return [urlsplit(settings.public_url).hostname or "localhost", "127.0.0.1", "localhost"]
    return None


def start_afresh() -> None:
    """A new session and CSRF token, when somebody signs in or out."""
    session.clear()
