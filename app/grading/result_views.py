"""Results as they arrive, the history, and the files of submissions and exercises."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import abort, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from pygments import highlight
from pygments.lexers import PythonLexer
from werkzeug.wrappers import Response

from app.catalogue import rendering
from app.clock import utc_now
from app.grading import answers, differences, drafts, history, queueing, reporting, submitting, wording
from app.grading.desk_views import desk_at, desk_of, desk_page, frame, lang, pages, standing_facts
from app.grading.models import Submission
from app.grading.sheets import Choice
from app.web import blobs
from graders.course import Quiz
from graders.notebooks import handed_out

PYTHON = PythonLexer(stripnl=False)
UNSEEN = {  # directions, joiners, spaces without width: code that reads otherwise than it runs (CVE-2021-42574)
    code: f"⟨U+{code:04X}⟩"
    for code in (0xAD, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
}

pages.app_template_filter("worded")(wording.note_text)
pages.app_template_filter("ending")(wording.ending_text)
pages.app_template_filter("inline")(rendering.render_inline)
pages.app_template_filter("diff_side")(differences.side)
pages.app_template_filter("prose_of")(rendering.render)


@pages.app_template_filter()
def python(source: str) -> Markup:
    """Source code with its words coloured, by classes, and with signs that hide or turn what one reads made visible."""
    return Markup(highlight(source.translate(UNSEEN), PYTHON, rendering.FORMATTER))  # noqa: S704 - Pygments escapes


@pages.app_template_filter()
def sort_by_given(choices: Sequence[Choice], given: Sequence[str]) -> list[Choice]:
    """Things to order as the learner put them; those not placed keep their places behind."""
    return sorted(choices, key=lambda choice: given.index(choice.id) if choice.id in given else len(given))


@pages.app_template_global()
def plot_url(submission: Submission, check: str, number: int, staff: bool = False, verdict: int | None = None) -> str:
    """`verdict`: the row of one that is not in force, for staff."""
    endpoint = "grading.staff_plot" if staff else "grading.plot"
    return url_for(endpoint, submission_id=submission.id, check=check, number=number, verdict=verdict or None)


@pages.app_template_global()
def output_url(submission: Submission, cell: str, number: int, staff: bool = False, verdict: int | None = None) -> str:
    endpoint = "grading.staff_output" if staff else "grading.output"
    return url_for(endpoint, submission_id=submission.id, cell=cell, number=number, verdict=verdict or None)


def own_or_404(submission_id: int) -> Submission:
    return history.own_submission(current_user, submission_id) or abort(404)


@pages.get("/submissions/<int:submission_id>/result")
def result(submission_id: int) -> ResponseReturnValue:
    """What is known by now, as a piece of a page that asks again by itself."""
    return result_fragment(own_or_404(submission_id))


def result_fragment(submission: Submission, *, swapped: bool = False, revision: int | None = None) -> str:
    desk = desk_of(submission)
    return render_template(
        "grading/result.html" if submission.kind != "notebook" else "grading/notebook_result.html",
        report=reporting.report_for_learner(submission),
        fragment=True,
        swapped=swapped,
        revision=revision,
        form_token=submitting.new_form_token() if swapped else "",
        paused=queueing.grading_now(now=utc_now()).paused,
        **standing_facts(desk),
    )


@pages.get("/submissions/<int:submission_id>")
def submission(submission_id: int) -> ResponseReturnValue:
    found = own_or_404(submission_id)
    desk = desk_of(found)
    if isinstance(desk.item, Quiz):
        return redirect(desk.to("item", submission=found.id), 303)
    return render_template(
        "grading/submission.html",
        report=reporting.report_for_learner(found),
        texts=answers.texts_of(desk.exercise, history.files_of(found, blobs()), found.language),
        paused=queueing.grading_now(now=utc_now()).paused,
        **frame(desk),
    )


@desk_page("/history", endpoint="history", methods=["GET"])
def history_page(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    desk = desk_at(unit, item, **place)
    return render_template(
        "grading/history.html",
        entries=history.entries(desk.seat, desk.item.key),
        copies=drafts.copies(desk.seat, desk.item.key),
        **frame(desk),
    )


# ---- files


@pages.get("/submissions/<int:submission_id>/files/<int:number>")
def submitted_file(submission_id: int, number: int) -> ResponseReturnValue:
    return file_of(own_or_404(submission_id), number)


@desk_page("/data/<path:name>", endpoint="data_file", methods=["GET"])
def data_file(unit: str, item: str, name: str, **place: Any) -> ResponseReturnValue:
    """A file that lies beside the learner's code; hidden sets and the checker's files are not among them."""
    exercise = desk_at(unit, item, **place).exercise
    if name not in exercise.data_files:
        abort(404)
    return download(exercise.data()[name], name)


@desk_page("/notebook", endpoint="notebook_file", methods=["GET"])
def notebook_file(unit: str, item: str, **place: Any) -> ResponseReturnValue:
    """The notebook to work on elsewhere: the author's, with what is in the draft."""
    desk = desk_at(unit, item, **place)
    exercise = desk.exercise
    if exercise.kind != "notebook":
        abort(404)
    kept = drafts.draft_of(desk.seat, exercise.key)
    content = (
        next(iter(answers.handed_in(exercise, kept.files, lang()).values()))
        if kept
        else handed_out(exercise.notebook(lang()))
    )
    return download(content, f"{exercise.id}.ipynb")


@pages.get("/submissions/<int:submission_id>/checks/<check>/<int:number>.png")
def plot(submission_id: int, check: str, number: int) -> ResponseReturnValue:
    report = reporting.report_for_learner(own_or_404(submission_id))
    return picture(reporting.picture_of_check(report, check, number))


@pages.get("/submissions/<int:submission_id>/cells/<cell>/<int:number>.png")
def output(submission_id: int, cell: str, number: int) -> ResponseReturnValue:
    report = reporting.report_for_learner(own_or_404(submission_id))
    return picture(reporting.picture_of_cell(report, cell, number))


def file_of(submission: Submission, number: int) -> Response:
    """File `number` (0 is the first) of a submission, as it was handed in."""
    if not 0 <= number < len(submission.files):
        abort(404)
    file = submission.files[number]
    return download(blobs().get(file["sha256"]), file["name"])


def download(content: bytes, name: str) -> Response:
    """Bytes to be kept, never to be opened on this site."""
    response = send_file(BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def picture(png: bytes | None) -> Response:
    if png is None:
        abort(404)
    response = send_file(BytesIO(png), mimetype="image/png")
    response.headers["Cache-Control"] = "private, max-age=60"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
