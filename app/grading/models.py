"""Everything handed in and everything said about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from app.accounts.models import User
from app.catalogue.models import CourseVersion
from app.db import Key, Model, Moment, UtcDateTime
from app.learning.models import Enrolment


class Purpose(StrEnum):
    RUN = "run"  # own input, nothing judged
    CHECK = "check"  # open checks, does not count
    SUBMIT = "submit"  # all checks, counts
    PROOF = "proof"  # an author's draft proved by `graders check`
    REJUDGE = "rejudge"  # what was submitted, graded again under the newest version; nobody's attempt


OF_LEARNERS = (Purpose.RUN, Purpose.CHECK, Purpose.SUBMIT)  # asked for at an item's page, shown and opened there


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    REPLACED = "replaced"  # a newer one of the same learner and exercise took its place while it waited
    QUARANTINED = "quarantined"  # failed three times by our fault; staff look at it


class Lane(StrEnum):
    LEARNERS = "1-learners"
    AUTHORS = "2-authors"
    REJUDGE = "3-rejudge"


class Submission(Model):
    """What a learner handed in (or tries out, or an author wants proved). The row is the queue."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("user_id", "form_token"),
        Index("ix_submission_queue", "state", "lane", "submitted_at"),
        Index("ix_submission_item", "enrolment_id", "item", "purpose", "submitted_at"),
        Index("ix_submission_course", "course_id", "submitted_at"),
        Index("ix_submission_walk", "user_id", "version_id", "item"),
        Index("ix_submission_running", "user_id", "state"),
        Index("ix_submission_lease", "state", "lease_until"),
        Index(
            "ix_submission_tries",
            "submitted_at",
            sqlite_where=text("purpose IN ('run', 'check')"),
            postgresql_where=text("purpose IN ('run', 'check')"),
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    enrolment_id: Mapped[int | None] = mapped_column(
        ForeignKey("enrolment.id")
    )  # None: an author walking a draft, or a proof
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    item: Mapped[str] = mapped_column(String(200), default="")  # "unit/item"; "" for a proof of the whole version
    kind: Mapped[str] = mapped_column(String(20))  # quiz | program | function | notebook | proof
    purpose: Mapped[str] = mapped_column(String(10))
    form_token: Mapped[str] = mapped_column(String(40))  # a form sent twice is one submission
    language: Mapped[str] = mapped_column(String(2))
    files: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [{"name", "sha256", "size"}], bytes in blobs
    replies: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # of a quiz; stdin/args of a run
    seed: Mapped[int]
    late: Mapped[bool] = mapped_column(default=False)
    hint_cost: Mapped[float] = mapped_column(default=0.0)  # points that hints taken before it take off
    submitted_at: Mapped[Moment]

    state: Mapped[str] = mapped_column(String(12))
    lane: Mapped[str] = mapped_column(String(12))
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)  # back in the queue, not tried again until then
    failures: Mapped[int] = mapped_column(default=0)
    last_failure: Mapped[str] = mapped_column(String(500), default="")  # for staff
    lease_token: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(60))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    promised_seconds: Mapped[float | None]  # until the result, as the learner was told when handing in
    checks_done: Mapped[int] = mapped_column(default=0)
    checks_total: Mapped[int] = mapped_column(default=0)
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey("verdict.id", use_alter=True), index=True)

    user: Mapped[User] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    version: Mapped[CourseVersion] = relationship()
    verdict: Mapped[Verdict | None] = relationship(foreign_keys=[verdict_id], post_update=True)


class CheckRow(Model):
    """One finished check of the run that holds the lease; committed as it finishes, shown while the rest goes on."""

    __tablename__ = "check_result"
    __table_args__ = (UniqueConstraint("submission_id", "lease_token", "check_id"),)

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    lease_token: Mapped[str] = mapped_column(String(40))
    check_id: Mapped[str] = mapped_column(String(100))
    result: Mapped[dict[str, Any]] = mapped_column(JSON)  # graders.verdict.CheckResult


class Verdict(Model):
    """The outcome of all checks, with where it came from. A later verdict supersedes, never overwrites."""

    __tablename__ = "verdict"

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("verdict.id"), index=True)
    lease_token: Mapped[str | None] = mapped_column(String(40), unique=True)  # one verdict a lease
    status: Mapped[str] = mapped_column(String(20))  # passed | partly | failed
    points: Mapped[float]
    max_points: Mapped[float]
    result: Mapped[dict[str, Any]] = mapped_column(JSON)  # graders.verdict.Verdict: checks, outputs, provenance
    recorded_at: Mapped[Moment]


class Which(StrEnum):
    """Which of somebody's submissions of an exercise are graded again."""

    LATEST = "latest"
    BEST = "best"
    ALL = "all"


class Stage(StrEnum):
    """How far a rejudge is. A preview is finished when none of its runs waits any more."""

    PREVIEW = "preview"
    APPLYING = "applying"
    APPLIED = "applied"
    DROPPED = "dropped"


class Rejudge(Model):
    """Submissions of one exercise graded again: a preview first, which staff apply or drop. One open at a time."""

    __tablename__ = "rejudge"
    __table_args__ = (
        Index("ix_rejudge_course", "course_id", "id"),
        Index(
            "uq_rejudge_open",
            "course_id",
            "item",
            unique=True,
            sqlite_where=text("stage IN ('preview', 'applying')"),
            postgresql_where=text("stage IN ('preview', 'applying')"),
        ),
    )

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))  # the newest published when it was begun
    item: Mapped[str] = mapped_column(String(200))  # as that version calls it
    which: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str] = mapped_column(String(10), index=True)
    reason: Mapped[str] = mapped_column(String(500))  # told to whose result changes
    never_lower: Mapped[bool] = mapped_column(default=False)
    left_out: Mapped[int] = mapped_column(default=0)  # submissions under versions where the points differ
    created_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[Moment]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    version: Mapped[CourseVersion] = relationship()


class Rerun(Model):
    """One submission of a rejudge. `run` is the row that went through the queue for it; its verdict, when applied,
    becomes that of the submission."""

    __tablename__ = "rerun"
    __table_args__ = (
        UniqueConstraint("rejudge_id", "submission_id"),
        Index("ix_rerun_unsettled", "rejudge_id", "settled_at"),
    )

    id: Mapped[Key]
    rejudge_id: Mapped[int] = mapped_column(ForeignKey("rejudge.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    before_id: Mapped[int | None] = mapped_column(
        ForeignKey("verdict.id"), index=True
    )  # in force before; None: never graded
    run_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), unique=True)  # None: not yet in the queue
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken: Mapped[bool] = mapped_column(default=False)  # the new verdict was put in force

    rejudge: Mapped[Rejudge] = relationship()
    submission: Mapped[Submission] = relationship(foreign_keys=[submission_id])
    before: Mapped[Verdict | None] = relationship()
    run: Mapped[Submission | None] = relationship(foreign_keys=[run_id])


class Draft(Model):
    """What somebody is typing. A save that meets a newer revision keeps both: the loser becomes `DraftCopy`."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "version_id", "item"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    item: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=1)
    files: Mapped[dict[str, Any]] = mapped_column(JSON)  # {name or cell id: text}
    saved_at: Mapped[Moment]


class DraftCopy(Model):
    """The other side of a clash of drafts (two tabs, two devices), kept to be looked at and restored."""

    __tablename__ = "draft_copy"

    id: Mapped[Key]
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), index=True)
    files: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[Moment]


class Served(Model):
    """When a course, and in it a learner, was last given a slot: what makes the queue fair."""

    __tablename__ = "served"
    __table_args__ = (
        UniqueConstraint("course_id", "user_id"),
        Index(
            "uq_served_course",
            "course_id",
            unique=True,
            sqlite_where=text("user_id IS NULL"),
            postgresql_where=text("user_id IS NULL"),
        ),
    )

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # None: the course as a whole
    served_at: Mapped[Moment]


class WorkerState(Model):
    """What a worker last said of itself and its sandbox: the only thing the site knows of Docker."""

    __tablename__ = "worker_state"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    beat_at: Mapped[Moment]
    grading: Mapped[bool] = mapped_column(default=False)  # False: paused, `report["reason"]` says why
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # images, preflight, pool, slots
