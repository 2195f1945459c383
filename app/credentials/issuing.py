"""Issue what is due, confirm the name it is issued to, find by code, revoke. A certificate is never deleted."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app import audit
from app.accounts import registering
from app.accounts.models import User
from app.catalogue import reading
from app.catalogue.models import CourseVersion
from app.clock import in_baku
from app.credentials import codes, rules
from app.credentials.models import Certificate
from app.db import db, hold
from app.errors import Refused
from app.learning.models import Enrolment
from app.notices.telling import tell

MOST_AT_ONCE = 50


def is_due() -> bool:
    return db.session.scalar(_due().with_only_columns(Enrolment.id).limit(1)) is not None


def issue_due(now: datetime) -> int:
    """Issue one for every finished enrolment that has none and whose holder confirmed the name; return how many.

    May run twice at once: an enrolment has one certificate. At most `MOST_AT_ONCE` a call.
    """
    finished = db.session.scalars(
        _due()
        .options(joinedload(Enrolment.user), joinedload(Enrolment.version), joinedload(Enrolment.course))
        .order_by(Enrolment.completed_at)
        .limit(MOST_AT_ONCE)
    ).all()
    for enrolment in finished:
        _issue(enrolment, now=now)
    return len(finished)


def _due() -> Select[Enrolment]:
    waiting = (
        select(Enrolment)
        .join(User, User.id == Enrolment.user_id)
        .outerjoin(Certificate, Certificate.enrolment_id == Enrolment.id)
        .where(
            Enrolment.completed_at.is_not(None),
            Certificate.id.is_(None),
            User.certificate_name_confirmed_at.is_not(None),
            User.closed_at.is_(None),
        )
    )
    # Who finished a course without a certificate waits for good: those must not fill the limit.
    versions = db.session.scalars(
        select(CourseVersion).where(CourseVersion.id.in_(waiting.with_only_columns(Enrolment.version_id)))
    )
    certified = [version.id for version in versions if reading.load(version).certificate is not None]
    return waiting.where(Enrolment.version_id.in_(certified))


def _issue(enrolment: Enrolment, *, now: datetime) -> None:
    hold(enrolment)
    if db.session.scalar(select(Certificate.id).where(Certificate.enrolment_id == enrolment.id)) is not None:
        return  # another worker was quicker
    course = reading.load(enrolment.version)
    assert course.certificate is not None
    user, rule = enrolment.user, course.certificate
    certificate = Certificate(
        code=codes.new_code(),
        enrolment=enrolment,
        user_id=user.id,
        name=user.name,
        titles=dict(rule.title),
        hours=course.hours,
        language=enrolment.cohort.language if enrolment.cohort else user.language,
        evidence={
            "course": course.id,
            "version": course.digest,
            "score": enrolment.score,
            "way": rules.way(online=bool(course.finish.items), attended=enrolment.attended_at is not None).value,
            "skills": [dict(skill.title) for skill in rule.skills],
        },
        issued_at=now,
        expires_on=rules.expiry(in_baku(now).date(), rule.valid_months),
    )
    db.session.add(certificate)
    db.session.flush()
    audit.record(
        "certificate_issued",
        actor_id=None,
        now=now,
        subject_type="certificate",
        subject_id=certificate.code,
        user_id=user.id,
    )
    tell(
        user.id,
        user.address,
        user.language,
        "certificate",
        {"title": rule.title.get(user.language), "code": certificate.code},
        key=f"certificate:{certificate.code}",
        now=now,
    )


def waits_for_name(user: User) -> bool:
    """A course with a certificate is finished, and the name that goes on it was never confirmed."""
    if user.certificate_name_confirmed_at is not None:
        return False
    finished = db.session.scalars(
        select(Enrolment)
        .where(Enrolment.user_id == user.id, Enrolment.completed_at.is_not(None))
        .options(joinedload(Enrolment.version))
    )
    return any(reading.load(enrolment.version).certificate is not None for enrolment in finished)


def confirm_name(user: User, name: str, *, now: datetime) -> None:
    """The holder says once how the name is printed; afterwards staff change it: a certificate cannot change hands."""
    name = " ".join(name.split())
    if not 3 <= len(name) <= 100 or not any(sign.isalpha() for sign in name):
        raise Refused(_("Write your first and last name as they should be printed, 3 to 100 letters."), field="name")
    if user.certificate_name_confirmed_at is not None:
        raise Refused(_("Your name is already confirmed. If it is wrong, ask the centre to correct it."))
    registering.rename(user, registering.normalise_name(name), by=user, now=now)
    user.certificate_name_confirmed_at = now
    audit.record("certificate_name_confirmed", actor_id=user.id, now=now, subject_type="user", subject_id=user.id)


def certificates_of(user: User) -> list[Certificate]:
    return list(
        db.session.scalars(
            select(Certificate).where(Certificate.user_id == user.id).order_by(Certificate.issued_at.desc())
        )
    )


def certificate_by_code(code: str) -> Certificate | None:
    return db.session.scalar(select(Certificate).where(Certificate.code == code))


def standing_of(certificate: Certificate, *, now: datetime) -> rules.Standing:
    return rules.standing(
        revoked=certificate.revoked_at is not None, expires_on=certificate.expires_on, today=in_baku(now).date()
    )


def revoke(certificate: Certificate, reason: str, *, by: User, now: datetime) -> None:
    """Take a certificate back with a reason that stays on record. Cannot be undone; a new one may be earned."""
    reason = " ".join(reason.split())
    if len(reason) < 5:
        raise Refused(_("Say why the certificate is revoked; the reason is kept."), field="reason")
    if certificate.revoked_at is not None:
        raise Refused(_("This certificate is already revoked."))
    certificate.revoked_at, certificate.revoked_by, certificate.revoked_reason = now, by.id, reason[:500]
    audit.record(
        "certificate_revoked",
        actor_id=by.id,
        now=now,
        subject_type="certificate",
        subject_id=certificate.code,
        reason=reason[:500],
    )
