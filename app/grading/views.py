"""Pages where a learner works on an exercise or a notebook: handing in, hints, drafts, uploads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.catalogue import rendering
from app.clock import utc_now
from app.db import db
from app.error_pages import is_fragment
from app.errors import Refused
from app.formats import moment_text
from app.grading import answers, beating, drafts, history, queueing, reporting, sheets, submitting, waiting, waking
from app.grading.desk_views import Desk, desk_at, desk_of, desk_page, frame, lang, links_of, pages, place_of
from app.grading.models import OF_LEARNERS, DraftCopy, Purpose
from app.grading.quiz_views import quiz_page
from app.grading.result_views import own_or_404, result_fragment
from app.web import begin_writing, blobs, own_transaction, settings
from graders.course import Exercise, Quiz

MOST_STDIN = 64 * 1024


@desk_page(endpoint="item", methods=["GET"])
def item(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    desk = desk_at(unit, item, **place)
    if isinstance(desk.item, Quiz):
        return quiz_page(desk)
    return _exercise_page(desk, desk.item)


def _exercise_page(desk: Desk, exercise: Exercise) -> str:
    draft = drafts.draft_of(desk.seat, exercise.key)
    texts = answers.starting_texts(exercise, lang()) | (draft.files if draft else {})
    submission = history.latest(desk.seat, exercise.key)
    report = reporting.report_for_learner(submission) if submission else None
    own = submission.replies if submission else {}
    facts: dict[str, Any] = {
        "draft": draft,
        "report": report,
        "hints_taken": hints_shown(desk),
        "form_token": submitting.new_form_token(),
        "key": f"{desk.seat.version.id}/{exercise.key}",
        "stdin": own.get("stdin", ""),
        "args": " ".join(own.get("args", ())),
        "paused": queueing.grading_now(now=utc_now()).paused,
    }
    if exercise.kind == "notebook":
        return render_template(
            "grading/notebook.html",
            cells=answers.page_cells(exercise, texts, lang()),
            links=links_of(desk),
            **facts,
            **frame(desk),
        )
    return render_template(
        "grading/exercise.html",
        files=[{"name": name, "text": texts.get(name, "")} for name in exercise.files],
        task=rendering.render(exercise.task.get(lang()), links_of(desk)),
        **facts,
        **frame(desk),
    )


def hints_shown(desk: Desk) -> int:
    """How many hints are open; an author walking a draft sees all."""
    if desk.seat.enrolment is None:
        return len(desk.item.hints) if isinstance(desk.item, Exercise) else 0
    row = submitting.progress_row(desk.seat, desk.item.key)
    return row.hints_taken if row else 0


# ---- handing in


@desk_page("/hand-in", endpoint="hand_in", methods=["POST"])
@own_transaction
def hand_in(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    desk = desk_at(unit, item, **place)
    try:
        purpose = Purpose(request.form.get("purpose", ""))
    except ValueError:
        abort(400)
    if purpose not in OF_LEARNERS:
        abort(400)
    texts = sent_texts(desk.exercise)
    files = answers.handed_in(desk.exercise, texts, lang())
    stored = submitting.store(files, blobs())
    begin_writing()
    desk = desk_at(unit, item, **place)
    saved = _typed(desk, texts)
    if saved.copy is not None and submitting.sent_before(desk.seat, request.form.get("form_token", "")) is None:
        db.session.commit()
        return _ask_which(desk, texts)
    submission = submitting.submit(
        desk.seat,
        desk.exercise,
        purpose,
        stored,
        form_token=request.form.get("form_token") or submitting.new_form_token(),
        language=lang(),
        per_hour=settings().submissions_per_hour,
        replies=own_input() if purpose is Purpose.RUN else {},
        now=utc_now(),
    )
    waiting.promise(submission, slots=beating.slots(now=utc_now()), now=utc_now())
    db.session.commit()
    waking.announce(settings(), submission.id)
    if is_fragment():
        return result_fragment(submission, swapped=True, revision=saved.revision)
    return redirect(desk.to("item", _anchor="result"), 303)


def sent_texts(exercise: Exercise) -> dict[str, str]:
    """The texts of the form: name-0 and text-0, name-1 and text-1 …"""
    numbers = [name.removeprefix("name-") for name in request.form if name.startswith("name-")]
    sent = {request.form[f"name-{n}"]: request.form.get(f"text-{n}", "").removeprefix("\r\n") for n in numbers}
    return answers.known_texts(exercise, sent, lang())


def own_input() -> dict[str, Any]:
    """What stands beside Run."""
    stdin = request.form.get("stdin", "").replace("\r\n", "\n")
    if len(stdin) > MOST_STDIN:
        raise Refused(gettext("The input is too long; up to 64 KB are taken."), status=413)
    return {"stdin": stdin, "args": request.form.get("args", "").split()[:50]}


def _typed(desk: Desk, texts: dict[str, str]) -> drafts.Saved:
    """What is handed in is the draft from now on, unless it was typed on top of an older one than there is."""
    revision = request.form.get("revision", type=int)
    if revision is None:  # from somebody who keeps no drafts
        return drafts.restore(desk.seat, desk.item.key, texts, now=utc_now())
    return drafts.save(desk.seat, desk.item.key, texts, revision=revision, now=utc_now())


def _ask_which(desk: Desk, texts: dict[str, str]) -> ResponseReturnValue:
    """Nothing is handed in while two texts ask for it: both are kept, and the learner says which."""
    said = gettext("Nothing was handed in: this was changed in another tab or on another device. Both texts are kept.")
    if is_fragment():
        said += " " + gettext("Choose below the editor which one to go on with, then hand it in.")
        return render_template("errors/fragment.html", text=said), 409, {"HX-Trigger": "draft-clash"}
    draft, copies = drafts.draft_of(desk.seat, desk.item.key), drafts.copies(desk.seat, desk.item.key)
    copy = next(one for one in copies if one.files == texts)
    return render_template("grading/clash.html", said=said, draft=draft, copy=copy, **frame(desk)), 409


@desk_page("/hint", endpoint="hint", methods=["POST"])
def hint(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    desk = desk_at(unit, item, **place)
    submitting.take_hint(desk.seat, desk.exercise, request.form.get("number", 0, type=int), now=utc_now())
    db.session.commit()
    return redirect(desk.to("item", _anchor="hints-title"), 303)


# ---- drafts


@desk_page("/draft", endpoint="draft", methods=["POST"])
def draft(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    """JSON {"files": {name: text}, "revision": number} → {"revision", "saved", "clash": id of the copy or null, …}.

    `"instead": true` puts it in the place of a newer one, which is kept as a copy.
    """
    desk = desk_at(unit, item, **place)
    sent = request.get_json(silent=True)
    if (
        not isinstance(sent, dict)
        or not isinstance(sent.get("files"), dict)
        or not isinstance(sent.get("revision"), int)
    ):
        abort(400)
    texts = (
        sheets.known_fields(desk.item, sent["files"])
        if isinstance(desk.item, Quiz)
        else answers.known_texts(desk.exercise, sent["files"], lang())
    )
    if sent.get("instead") is True:
        saved = drafts.restore(desk.seat, desk.item.key, texts, now=utc_now())
    else:
        saved = drafts.save(desk.seat, desk.item.key, texts, revision=sent["revision"], now=utc_now())
    db.session.commit()
    current = drafts.draft_of(desk.seat, desk.item.key)
    return jsonify(
        revision=saved.revision,
        saved=moment_text(saved.saved_at),
        clash=saved.copy.id if saved.copy else None,
        files=current.files if saved.clashed and current else None,
    )


@desk_page("/upload", endpoint="upload", methods=["POST"])
@own_transaction
def upload(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    """Uploaded files become the draft; they are handed in with the buttons of the page."""
    desk = desk_at(unit, item, **place)
    sent = {file.filename or "": file.read() for file in request.files.getlist("upload") if file.filename}
    texts = answers.read(desk.exercise, sent, lang())
    return _take_as_draft(desk, texts, place, gettext("The file is in the editor. Check it or submit it now."))


@desk_page("/begin-again", endpoint="begin_again", methods=["POST"])
@own_transaction
def begin_again(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    desk = desk_at(unit, item, **place)
    said = gettext("These are the files of the task again. What you had is kept in the history.")
    return _take_as_draft(desk, answers.starting_texts(desk.exercise, lang()), place, said)


@pages.post("/submissions/<int:submission_id>/restore")
@own_transaction
def restore(submission_id: int) -> ResponseReturnValue:
    submission = own_or_404(submission_id)
    desk = desk_of(submission)
    texts = answers.texts_of(desk.exercise, history.files_of(submission, blobs()), submission.language)
    return _take_as_draft(desk, texts, place_of(desk.seat), gettext("This version is in the editor again."))


@desk_page("/copies/<int:copy_id>/restore", endpoint="restore_copy", methods=["POST"])
@own_transaction
def restore_copy(unit: str, item: str, copy_id: int, **place: Any) -> ResponseReturnValue:
    desk = desk_at(unit, item, **place)
    copy = _own_copy(desk, copy_id)
    return _take_as_draft(desk, dict(copy.files), place, gettext("This version is in the editor again."))


def _take_as_draft(desk: Desk, texts: dict[str, str], place: Mapping[str, int], said: str) -> Response:
    unit, item = desk.item.unit_id, desk.item.id
    begin_writing()
    desk = desk_at(unit, item, **place)
    drafts.restore(desk.seat, desk.item.key, texts, now=utc_now())
    db.session.commit()
    flash(said, "good")
    return redirect(desk.to("item", **({"again": 1} if isinstance(desk.item, Quiz) else {})), 303)


def _own_copy(desk: Desk, copy_id: int) -> DraftCopy:
    return next((copy for copy in drafts.copies(desk.seat, desk.item.key) if copy.id == copy_id), None) or abort(404)
