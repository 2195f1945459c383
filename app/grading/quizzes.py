"""Quizzes: compared on the site at once, stored as a submission with its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.db import db, hold
from app.grading import counting, drafts, submitting
from app.grading.models import Purpose, State, Submission, Verdict
from app.grading.seats import Seat
from graders import quiz as scoring
from graders.course import model as content

MAX_REPLY = 500  # characters of one part of a reply
MAX_PARTS = 100


def answer(
    seat: Seat,
    quiz: content.Quiz,
    replies: Mapping[str, Sequence[str]],
    *,
    seed: int,
    form_token: str,
    language: str,
    per_hour: int,
    now: datetime,
) -> Submission:
    """Score `replies` ({question: parts, as `graders.quiz.score` reads them}) and store both; once for each form.

    `seed` is that of the order in which the page had the choices. Raises Refused as `submitting.admit` does.
    """
    hold(seat.user)
    known = submitting.sent_before(seat, form_token)
    if known is not None:
        return known
    submitting.admit(seat, quiz, Purpose.SUBMIT, per_hour=per_hour, now=now)
    given = {
        question.id: [part[:MAX_REPLY] for part in replies.get(question.id, ())][:MAX_PARTS]
        for question in quiz.questions
    }
    submission = submitting.row(
        seat,
        quiz,
        Purpose.SUBMIT,
        files=[],
        form_token=form_token,
        language=language,
        replies=given,
        state=State.GRADED,
        now=now,
    )
    submission.started_at, submission.seed = now, seed
    db.session.add(submission)
    db.session.flush()
    result = scoring.score(quiz, given)
    submission.verdict = Verdict(
        submission_id=submission.id,
        status="passed" if result.share == 1 else "partly" if result.earned else "failed",
        points=result.earned,
        max_points=result.points,
        result={
            "questions": [
                {"id": one.id, "earned": one.earned, "points": one.points, "right": one.right, "answered": one.answered}
                | {"understood": one.understood}
                for one in result.questions
            ],
            "course": seat.version.digest,
        },
        recorded_at=now,
    )
    db.session.flush()
    counting.settle(seat, quiz, now=now)
    drafts.clear(seat, quiz.key, now=now)
    return submission


def key_is_shown(quiz: content.Quiz, *, passed: bool, attempts_left: int | None) -> bool:
    """Whether the right answers may be seen now."""
    match quiz.key_shown:
        case "after-passing":
            return passed
        case "after-last-attempt":
            return attempts_left == 0
    return False
