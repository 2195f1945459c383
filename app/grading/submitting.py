"""Handing in: what may be handed in now, stored once however often the form is sent."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select, update

from app.blobs import Blobs, is_disk_full
from app.db import db, hold
from app.errors import Refused
from app.grading import rules
from app.grading.models import Lane, Purpose, State, Submission
from app.grading.seats import Seat
from app.learning import due, progress
from app.learning.models import ItemProgress
from app.learning.rules import is_late
from graders.course import model as content

SEEDS = 64  # a randomised check draws from one of these
TRIES_PER_GRADED = 10  # runs and checks an hour for each graded submission an hour
TOKEN_CHARACTERS = 40


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """What somebody may still hand in of an item. `left` is None where attempts are unlimited; `wait` is in seconds."""

    used: int
    left: int | None
    wait: int


def new_form_token() -> str:
    """What makes a form sent twice one submission."""
    return secrets.token_urlsafe(24)


def refuse_without_room(blobs: Blobs) -> None:
    """Raises Refused, before anything is written, when a disk is nearly full; SharedAway."""
    if not blobs.has_room():
        raise _no_room()


def _no_room() -> Refused:
    return Refused(
        _("The disk of this site is nearly full, so nothing can be handed in now. Your work is kept as a draft."),
        status=503,
    )


def store(files: Mapping[str, bytes], blobs: Blobs) -> list[dict[str, Any]]:
    """Write the bytes, before the transaction and any row that names them. Raises Refused (a full disk), SharedAway."""
    refuse_without_room(blobs)
    try:
        return [{"name": name, "sha256": blobs.put(body), "size": len(body)} for name, body in files.items()]
    except OSError as problem:
        if is_disk_full(problem):
            raise _no_room() from problem
        raise


def sent_before(seat: Seat, form_token: str) -> Submission | None:
    """The submission this form has already made."""
    return db.session.scalar(
        select(Submission).where(
            Submission.user_id == seat.user.id, Submission.form_token == form_token[:TOKEN_CHARACTERS]
        )
    )


def submit(
    seat: Seat,
    item: content.Exercise,
    purpose: Purpose,
    files: Sequence[Mapping[str, Any]],
    *,
    form_token: str,
    language: str,
    per_hour: int,
    replies: Mapping[str, Any] | None = None,
    now: datetime,
) -> Submission:
    """Queue what `store` stored. The same `form_token` gives the same submission; one still waiting is replaced.

    `replies`: {"stdin": text, "args": [text…]} of a run. Raises Refused when attempts, the cooldown or the hourly limit
    do not allow it.
    """
    hold(seat.user)  # two forms sent at once are counted one after the other
    known = sent_before(seat, form_token)
    if known is not None:
        return known
    replace_waiting(seat, item, purpose)
    admit(seat, item, purpose, per_hour=per_hour, now=now)
    submission = row(
        seat,
        item,
        purpose,
        files=files,
        form_token=form_token,
        language=language,
        replies=replies or {},
        state=State.QUEUED,
        now=now,
    )
    checks = item.open_checks if purpose is Purpose.CHECK else item.checks
    submission.checks_total = len(checks) if purpose is not Purpose.RUN else 0
    db.session.add(submission)
    db.session.flush()
    return submission


def row(
    seat: Seat,
    item: content.Item,
    purpose: Purpose,
    *,
    files: Sequence[Mapping[str, Any]],
    form_token: str,
    language: str,
    replies: Mapping[str, Any],
    state: State,
    now: datetime,
) -> Submission:
    """A submission of `item` as it stands at `now`: late or not, what hints cost so far, its seed for good."""
    deadline = due.due_at(seat.enrolment, item.unit_id) if seat.enrolment is not None else None
    return Submission(
        user=seat.user,
        enrolment=seat.enrolment,
        course_id=seat.version.course_id,
        version=seat.version,
        item=item.key,
        kind=item.kind,
        purpose=purpose,
        form_token=form_token[:TOKEN_CHARACTERS],
        language=language,
        files=list(files),
        replies=dict(replies),
        seed=secrets.randbelow(SEEDS),
        late=purpose is Purpose.SUBMIT and is_late(now, deadline),
        hint_cost=hint_cost(seat, item),
        submitted_at=now,
        state=state,
        lane=Lane.LEARNERS if seat.enrolment is not None else Lane.AUTHORS,
    )


def replace_waiting(seat: Seat, item: content.Item, purpose: Purpose) -> None:
    """What of this item still waits gives its place away; a try never takes the place of what counts."""
    purposes = [Purpose.RUN, Purpose.CHECK, *([Purpose.SUBMIT] if purpose is Purpose.SUBMIT else [])]
    waiting = (
        seat.submissions(item.key, *purposes).where(Submission.state == State.QUEUED).with_only_columns(Submission.id)
    )
    db.session.execute(
        update(Submission).where(Submission.id.in_(waiting.scalar_subquery())).values(state=State.REPLACED)
    )


def admit(seat: Seat, item: content.Exercise | content.Quiz, purpose: Purpose, *, per_hour: int, now: datetime) -> None:
    """Raises Refused when `seat` may not hand `item` in now."""
    if seat.enrolment is not None and seat.enrolment.left_at is not None:
        raise Refused(_("You have left this course. Enrol again to hand work in."))
    allowed = per_hour if purpose is Purpose.SUBMIT else per_hour * TRIES_PER_GRADED
    purposes = [Purpose.SUBMIT] if purpose is Purpose.SUBMIT else [Purpose.RUN, Purpose.CHECK]
    recent = seat.submissions(item.key, *purposes).where(
        Submission.submitted_at > now - timedelta(hours=1), Submission.state != State.REPLACED
    )
    if (db.session.scalar(select(func.count()).select_from(recent.subquery())) or 0) >= allowed:
        raise Refused(
            _(
                "This was handed in %(number)s times within an hour. Look at the feedback and come back later.",
                number=allowed,
            ),
            status=429,
        )
    if purpose is not Purpose.SUBMIT:
        return
    attempts = attempts_of(seat, item, now=now)
    if attempts.left == 0:
        raise Refused(
            ngettext(
                "One attempt is allowed, and it is used.",
                "%(num)d attempts are allowed, and all are used.",
                item.attempts,
            )
        )
    if attempts.wait:
        raise Refused(
            ngettext(
                "Wait one more second before the next attempt.",
                "Wait %(num)d more seconds before the next attempt.",
                attempts.wait,
            )
        )


def attempts_of(seat: Seat, item: content.Exercise | content.Quiz, *, now: datetime) -> Attempts:
    """Attempts used and left. Neither a replaced submission nor one we could not grade is an attempt."""
    query = seat.submissions(item.key, Purpose.SUBMIT).where(
        Submission.state.not_in([State.REPLACED, State.QUARANTINED])
    )
    standing = progress_row(seat, item.key)
    if standing is not None and standing.attempts_reset_at is not None:
        query = query.where(Submission.submitted_at > standing.attempts_reset_at)
    made = query.subquery()
    used, last = db.session.execute(select(func.count(), func.max(made.c.submitted_at))).one()
    wait = math.ceil((last + timedelta(seconds=item.cooldown) - now).total_seconds()) if last and item.cooldown else 0
    return Attempts(used=used, left=rules.attempts_left(item.attempts, used), wait=max(0, wait))


def progress_row(seat: Seat, item: str) -> ItemProgress | None:
    if seat.enrolment is None:
        return None
    return db.session.scalar(
        select(ItemProgress).where(ItemProgress.enrolment_id == seat.enrolment.id, ItemProgress.item == item)
    )


def hint_cost(seat: Seat, item: content.Item) -> float:
    """Points that the hints taken so far take off what is handed in from now on."""
    standing = progress_row(seat, item.key)
    if standing is None or not isinstance(item, content.Exercise):
        return 0.0
    return float(sum(hint.cost for hint in item.hints[: standing.hints_taken]))


def take_hint(seat: Seat, item: content.Exercise, number: int, *, now: datetime) -> None:
    """Show hint `number` (1 is the first) from now on. Taken once; the one before must have been taken.

    Raises Refused when there is none or one is skipped.
    """
    if seat.enrolment is None:
        return
    standing = progress.item_row(seat.enrolment, item.key, now=now)
    if number <= standing.hints_taken:
        return
    if number > len(item.hints) or number != standing.hints_taken + 1:
        raise Refused(_("Hints are taken one by one; this one is not next."))
    standing.hints_taken = number
