"""Proving a draft: a row in the one queue; its verdict is the report of `graders check`."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.catalogue.models import CourseVersion
from app.db import db, hold
from app.grading.models import Lane, Purpose, State, Submission


def request_proof(version: CourseVersion, *, by: User, now: datetime) -> Submission:
    """Queue a proof of `version`; one that waits or runs is not doubled."""
    hold(version)
    current = latest_proof(version)
    if current is not None and current.state in (State.QUEUED, State.RUNNING):
        return current
    proof = Submission(
        user=by,
        course_id=version.course_id,
        version=version,
        kind="proof",
        purpose=Purpose.PROOF,
        form_token=secrets.token_urlsafe(24),
        language=by.language,
        seed=0,
        submitted_at=now,
        state=State.QUEUED,
        lane=Lane.AUTHORS,
    )
    db.session.add(proof)
    db.session.flush()
    return proof


def latest_proof(version: CourseVersion) -> Submission | None:
    return db.session.scalar(
        select(Submission)
        .where(Submission.version_id == version.id, Submission.purpose == Purpose.PROOF)
        .order_by(Submission.id.desc())
        .limit(1)
    )


def is_proved(version: CourseVersion) -> bool:
    proof = latest_proof(version)
    return proof is not None and proof.verdict is not None and proof.verdict.status == "passed"
