"""A quiz: its questions, and what came of an attempt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.clock import utc_now
from app.db import db
from app.errors import Refused
from app.grading import drafts, history, quizzes, sheets, submitting
from app.grading.desk_views import Desk, desk_at, desk_page, frame, lang, links_of
from app.grading.models import Submission
from app.web import blobs, row_number, settings


def quiz_page(desk: Desk, *, refused: str = "", replies: Mapping[str, list[str]] | None = None) -> str:
    asked = request.args.get("submission", 0, type=row_number)
    again = "again" in request.args or replies is not None
    answered = None
    if not again:
        answered = history.own_submission(current_user, asked) if asked else history.latest(desk.seat, desk.item.key)
    if answered is not None and (answered.item != desk.item.key or answered.verdict is None):
        abort(404)
    draft = drafts.draft_of(desk.seat, desk.item.key)
    kept = sheets.kept_replies(desk.quiz, draft.files) if draft else {}
    facts = frame(desk)
    used = facts["attempts"].used
    return render_template(
        "grading/quiz.html",
        quiz=desk.quiz,
        answered=answered,
        sheet=(
            sheet_of(desk, answered, attempts_left=facts["attempts"].left)
            if answered
            else sheets.sheet(
                desk.quiz,
                seed=_seed(desk, used),
                replies=kept if replies is None else replies,
                verdict=None,
                attempts_left=None,
            )
        ),
        links=links_of(desk),
        refused=refused,
        draft=draft,
        begun=any(kept.values()),
        key=f"{desk.seat.version.id}/{desk.item.key}",
        form_token=submitting.new_form_token(),
        **facts,
    )


def sheet_of(desk: Desk, answered: Submission, *, attempts_left: int | None) -> list[sheets.Asked]:
    """An attempt as it was put on the page."""
    return sheets.sheet(
        desk.quiz,
        seed=answered.seed,
        replies=answered.replies,
        verdict=answered.verdict,
        attempts_left=attempts_left,
    )


def _seed(desk: Desk, used: int) -> int:
    """The order of the choices: the same while an attempt lasts, another at the next."""
    return desk.seat.user.id * 1000 + used


@desk_page("/answer", endpoint="answer", methods=["POST"])
def answer(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    desk = desk_at(unit, item, **place)
    replies = sheets.replies_of(desk.quiz, request.form)
    try:
        sheets.refuse_doubled_places(desk.quiz, request.form)
        submitting.refuse_without_room(blobs())
        submission = quizzes.answer(
            desk.seat,
            desk.quiz,
            replies,
            seed=_seed(desk, submitting.attempts_of(desk.seat, desk.quiz, now=utc_now()).used),
            form_token=request.form.get("form_token") or submitting.new_form_token(),
            language=lang(),
            per_hour=settings().submissions_per_hour,
            now=utc_now(),
        )
    except Refused as refusal:
        db.session.rollback()
        desk = desk_at(unit, item, **place)
        return quiz_page(desk, refused=refusal.message, replies=replies), refusal.status
    db.session.commit()
    return redirect(desk.to("item", submission=submission.id, _anchor="result"), 303)
