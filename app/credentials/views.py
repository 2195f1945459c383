"""A holder's certificates, the page and PDF of one, verification by anybody, revoking by administrators."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.permissions import is_administrator
from app.clock import in_baku, utc_now
from app.credentials import codes, issuing, printing, rules
from app.credentials.models import Certificate
from app.db import db
from app.errors import Refused
from app.web import language, settings
from graders.course.model import LANGUAGES, Texts

pages = Blueprint("credentials", __name__)


@pages.app_template_global()
def certificate_standing(certificate: Certificate) -> str:
    return issuing.standing_of(certificate, now=utc_now()).value


@pages.app_template_filter("certificate_title")
def title_in_language(certificate: Certificate) -> str:
    return Texts(certificate.titles, "az").get(language())


@pages.app_template_filter("certificate_way")
def way_in_words(certificate: Certificate) -> str:
    """How it was learnt; nothing for what was issued before that was written down."""
    words = {
        rules.Way.ONLINE: gettext("Learnt online"),
        rules.Way.IN_PERSON: gettext("Learnt in person at the centre"),
        rules.Way.BOTH: gettext("Learnt online and in person at the centre"),
    }
    return words.get(certificate.evidence.get("way", ""), "")


@pages.get("/certificates")
def mine() -> str:
    return render_template(
        "credentials/mine.html",
        certificates=issuing.certificates_of(current_user),
        waits_for_name=issuing.waits_for_name(current_user),
    )


@pages.post("/certificates/name")
def confirm_name() -> str | BaseResponse:
    name = request.form.get("name", "")
    try:
        issuing.confirm_name(current_user, name, now=utc_now())
    except Refused as refused:
        db.session.rollback()
        return render_template(
            "credentials/mine.html",
            certificates=issuing.certificates_of(current_user),
            waits_for_name=issuing.waits_for_name(current_user),
            typed=name,
            refused=refused.message,
        )
    issuing.issue_due(utc_now())
    db.session.commit()
    flash(gettext("Thank you. Your certificate is ready."), "good")
    return redirect(url_for("credentials.mine"))


@pages.get("/certificates/<code>")
def certificate(code: str) -> str:
    found = own_or_404(code)
    return render_template("credentials/certificate.html", certificate=found, verify_url=verify_url(found))


@pages.get("/certificates/<code>.pdf")
def download(code: str) -> Response:
    found = own_or_404(code)
    asked = request.args.get("language", "")
    made = printing.pdf(sheet_of(found, asked if asked in LANGUAGES else found.language))
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="certificate-{found.code}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.get("/verify")
def check() -> str | BaseResponse:
    typed = request.args.get("code", "").strip()[:60]
    if typed and (code := codes.read_code(typed)):
        return redirect(url_for("credentials.verify", code=code))
    return render_template("credentials/check.html", typed=typed)


@pages.get("/verify/<code>")
def verify(code: str) -> tuple[str, int] | BaseResponse:
    """Valid, expired, revoked or unknown; of the person nothing beyond what is printed."""
    read = codes.read_code(code)
    if read is not None and read != code:
        return redirect(url_for("credentials.verify", code=read))
    found = issuing.certificate_by_code(read) if read else None
    page = render_template("credentials/verify.html", certificate=found, code=code[:60], checked_at=utc_now())
    return page, 200 if found else 404


@pages.route("/staff/certificates/<code>/revoke", methods=["GET", "POST"])
def revoke(code: str) -> str | BaseResponse:
    if not is_administrator(current_user):
        abort(404)
    found = issuing.certificate_by_code(code) or abort(404)
    reason = request.form.get("reason", "")
    refused = None
    if request.method == "POST":
        try:
            issuing.revoke(found, reason, by=current_user, now=utc_now())
        except Refused as error:
            db.session.rollback()
            refused = error.message
        else:
            db.session.commit()
            flash(gettext("The certificate is revoked; its verification page says so from now on."), "good")
            return redirect(url_for("credentials.verify", code=found.code))
    return render_template("credentials/revoke.html", certificate=found, reason=reason, refused=refused)


def own_or_404(code: str) -> Certificate:
    found = issuing.certificate_by_code(code)
    if found is None or not (found.user_id == current_user.id or is_administrator(current_user)):
        abort(404)
    return found


def verify_url(certificate: Certificate) -> str:
    """What the QR code opens. From the settings, not from the request: it is printed and must hold for years."""
    return f"{settings().public_url.rstrip('/')}{url_for('credentials.verify', code=certificate.code)}"


def sheet_of(certificate: Certificate, locale: str) -> printing.Sheet:
    """Everything printed, in `language`."""
    with force_locale(locale):
        issued_on = in_baku(certificate.issued_at).date()
        skills = ", ".join(Texts(titles, "az").get(locale) for titles in certificate.evidence.get("skills", []))
        hours = ngettext("%(num)s hour of study", "%(num)s hours of study", certificate.hours)
        return printing.Sheet(
            language=locale,
            heading=gettext("Certificate of completion"),
            intro=gettext("This certifies that"),
            name=certificate.name,
            achievement=gettext("has completed the course"),
            title=Texts(certificate.titles, "az").get(locale),
            details=" · ".join(filter(None, (hours, way_in_words(certificate)))),
            issued=gettext("Issued on %(day)s", day=printing.in_words(issued_on, locale)),
            expires=gettext("Valid until %(day)s", day=printing.in_words(certificate.expires_on, locale))
            if certificate.expires_on
            else gettext("Valid without an end date"),
            skills=gettext("Skills: %(skills)s", skills=skills) if skills else "",
            centre=settings().centre_name,
            code_label=gettext("Code:"),
            code=certificate.code,
            verify_label=gettext("Anyone can check this certificate at"),
            verify_url=verify_url(certificate),
            issued_at=certificate.issued_at,
        )
