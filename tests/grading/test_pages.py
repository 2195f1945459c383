"""Pages of exercises as a browser without JavaScript gets them, and the fragments a browser with it asks for."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Role
from app.audit import AuditEvent
from app.db import db
from app.grading import drafts, queueing, recording
from app.grading.models import Draft, Purpose, State, Submission
from app.grading.seats import Seat
from app.learning.models import ItemProgress
from graders.course import Exercise
from tests.factories import person, signed_in
from tests.grading.rows import NOW
from tests.grading.verdicts import OPEN, SECRET, begun, grade, results

Counting = Callable[[], AbstractContextManager[list[str]]]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def learner(client: FlaskClient, seat: Seat) -> FlaskClient:
    seat.user.language = "en"
    return signed_in(client, seat.user)


@pytest.fixture
def at(seat: Seat) -> str:
    assert seat.enrolment is not None
    return f"/learn/{seat.enrolment.id}/functions/initials"


def form(text: str = "x = 1\n", purpose: str = "submit", **more: str) -> dict[str, str]:
    return {"purpose": purpose, "form_token": "token", "name-0": "initials.py", "text-0": text, **more}


def latest() -> Submission:
    return db.session.scalars(select(Submission).order_by(Submission.id.desc())).first()  # type: ignore[return-value]


def test_an_exercise_is_handed_in_without_javascript(learner: FlaskClient, at: str) -> None:
    page = learner.get(at).get_data(as_text=True)
    assert "def initials" in page
    assert re.search(r'name="form_token" value="[\w-]{20,}"', page)
    answer = learner.post(f"{at}/hand-in", data=form())
    assert answer.status_code == 303
    assert answer.location == f"{at}#result"
    page = learner.get(at).get_data(as_text=True)
    assert '<meta http-equiv="refresh"' in page
    assert "x = 1" in page  # what was typed is the draft now


def test_a_double_click_is_one_submission(learner: FlaskClient, at: str) -> None:
    for _ in range(2):
        learner.post(f"{at}/hand-in", data=form())
    assert db.session.query(Submission).count() == 1


def test_line_ends_of_a_form_become_those_of_files(learner: FlaskClient, at: str) -> None:
    learner.post(f"{at}/hand-in", data=form("\r\na = 1\r\nb = 2\r\n"))
    draft = db.session.scalars(select(Draft)).one()
    assert draft.files == {"initials.py": "a = 1\nb = 2\n"}


def test_the_answer_to_a_fragment_is_the_result_that_asks_again(learner: FlaskClient, at: str) -> None:
    fragment = learner.post(f"{at}/hand-in", data=form(), headers=HTMX).get_data(as_text=True)
    assert 'id="result"' in fragment
    assert f'hx-get="/submissions/{latest().id}/result"' in fragment
    assert 'id="form-token" hx-swap-oob="true"' in fragment
    assert "<html" not in fragment


def test_while_it_waits_the_place_is_shown_and_a_missing_worker_is_named(learner: FlaskClient, at: str) -> None:
    learner.post(f"{at}/hand-in", data=form())
    page = learner.get(at).get_data(as_text=True)
    assert "Grading is paused" in page


def test_checks_arrive_one_by_one_and_hidden_ones_together(learner: FlaskClient, at: str, initials: Exercise) -> None:
    learner.post(f"{at}/hand-in", data=form())
    claim = begun(latest(), initials)
    given = results(initials)
    for one in given[:-1]:
        recording.record(claim, one, now=NOW)
    recording.record(claim, given[-1], now=NOW)  # the hidden one, before the verdict
    fragment = learner.get(f"/submissions/{latest().id}/result", headers=HTMX).get_data(as_text=True)
    assert fragment.count('data-check="') == 3
    assert 'data-check="nobody"' not in fragment
    assert "load delay:" in fragment


def all_pages_of(learner: FlaskClient, at: str, id: int) -> dict[str, bytes]:
    paths = [at, f"{at}/history", f"/submissions/{id}", f"/submissions/{id}/result", f"{at}?as=staff"]
    paths += [f"/submissions/{id}/checks/{check}/0.png" for check in ("two-words", "nobody")]
    paths += [f"/submissions/{id}/files/0", f"{at}/data/x", f"{at}/notebook"]
    return {path: learner.get(path).data for path in paths}


def test_nothing_a_hidden_check_saw_is_in_any_byte_a_learner_gets(
    learner: FlaskClient, at: str, initials: Exercise
) -> None:
    learner.post(f"{at}/hand-in", data=form())
    grade(latest(), initials)
    pages = all_pages_of(learner, at, latest().id)
    assert OPEN.encode() in pages[at]  # the marker would be found
    assert [path for path, body in pages.items() if SECRET.encode() in body] == []
    assert b"0.25" in pages[at]
    assert learner.get(f"/submissions/{latest().id}/checks/two-words/0.png").status_code == 200
    assert learner.get(f"/submissions/{latest().id}/checks/nobody/0.png").status_code == 404


def test_staff_see_what_a_hidden_check_saw_and_may_look_as_the_learner_does(
    client: FlaskClient, seat: Seat, at: str, initials: Exercise
) -> None:
    seat.user.language = "en"
    signed_in(client, seat.user).post(f"{at}/hand-in", data=form())
    grade(latest(), initials)
    teacher = signed_in(client, person("Teacher", role=Role.INSTRUCTOR, course_slug="sample_course"))
    page = f"/staff/submissions/{latest().id}"
    assert SECRET in teacher.get(page).get_data(as_text=True)
    as_learner = teacher.get(f"{page}?as=learner").get_data(as_text=True)
    assert SECRET not in as_learner
    assert OPEN in as_learner
    assert teacher.get(f"{page}/checks/nobody/0.png").status_code == 200


def test_another_learner_and_another_courses_instructor_get_nothing(
    client: FlaskClient, seat: Seat, at: str, initials: Exercise
) -> None:
    signed_in(client, seat.user).post(f"{at}/hand-in", data=form())
    grade(latest(), initials)
    id = latest().id
    stranger = signed_in(client, person("Stranger"))
    for path in (at, f"{at}/history", f"/submissions/{id}", f"/submissions/{id}/result", f"/submissions/{id}/files/0"):
        answer = stranger.get(path)
        assert answer.status_code == 404, path
        assert OPEN.encode() not in answer.data
    assert stranger.post(f"{at}/hand-in", data=form(form_token="other")).status_code == 404
    assert stranger.post(f"/submissions/{id}/restore").status_code == 404
    teacher = signed_in(client, person("Elsewhere", role=Role.INSTRUCTOR, course_slug="another"))
    assert teacher.get(f"/staff/submissions/{id}").status_code == 404
    assert teacher.post(f"/staff/submissions/{id}/points", data={"points": "1", "reason": "r"}).status_code == 404


def test_a_refused_attempt_says_why_and_keeps_the_page(learner: FlaskClient, at: str, initials: Exercise) -> None:
    for n in range(20):
        learner.post(f"{at}/hand-in", data=form(form_token=f"t{n}"))
        submission = latest()
        submission.state = State.GRADED
        db.session.commit()
    answer = learner.post(f"{at}/hand-in", data=form(form_token="one more"), headers=HTMX)
    assert answer.status_code == 429
    assert "within an hour" in answer.get_data(as_text=True)


def test_drafts_are_saved_with_a_revision_and_a_clash_gives_both(learner: FlaskClient, at: str) -> None:
    first = learner.post(f"{at}/draft", json={"files": {"initials.py": "a"}, "revision": 0}).get_json()
    second = learner.post(f"{at}/draft", json={"files": {"initials.py": "b"}, "revision": first["revision"]}).get_json()
    clash = learner.post(f"{at}/draft", json={"files": {"initials.py": "c"}, "revision": first["revision"]}).get_json()
    assert (first["clash"], second["clash"]) == (None, None)
    assert clash["clash"] is not None
    assert clash["files"] == {"initials.py": "b"}
    history = learner.get(f"{at}/history").get_data(as_text=True)
    assert "Other texts that were kept" in history


def test_taking_ones_own_text_after_a_clash_keeps_the_other(learner: FlaskClient, at: str, seat: Seat) -> None:
    for text, revision in (("a", 0), ("b", 1)):
        learner.post(f"{at}/draft", json={"files": {"initials.py": text}, "revision": revision})
    mine = {"files": {"initials.py": "c"}, "revision": 1, "instead": True}
    answer = learner.post(f"{at}/draft", json=mine).get_json()
    assert (answer["clash"], answer["revision"]) == (None, 3)
    assert db.session.scalars(select(Draft)).one().files == {"initials.py": "c"}
    assert {"initials.py": "b"} in [copy.files for copy in drafts.copies(seat, "functions/initials")]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_text_older_than_the_draft_is_not_handed_in_before_its_learner_chose(
    learner: FlaskClient, at: str, seat: Seat, headers: dict[str, str]
) -> None:
    learner.post(f"{at}/draft", json={"files": {"initials.py": "newer = 1\n"}, "revision": 0})
    answer = learner.post(f"{at}/hand-in", data=form("older = 1\n", revision="0"), headers=headers)
    assert answer.status_code == 409
    assert "Nothing was handed in" in answer.get_data(as_text=True)
    assert db.session.query(Submission).count() == 0
    assert db.session.scalars(select(Draft)).one().files == {"initials.py": "newer = 1\n"}
    (copy,) = drafts.copies(seat, "functions/initials")
    assert copy.files == {"initials.py": "older = 1\n"}
    if headers:
        assert answer.headers["HX-Trigger"] == "draft-clash"
        return
    page = answer.get_data(as_text=True)
    assert "newer = 1" in page
    assert f'action="{at}/copies/{copy.id}/restore"' in page
    assert learner.post(f"{at}/copies/{copy.id}/restore").status_code == 303
    assert learner.post(f"{at}/hand-in", data=form("older = 1\n", revision="2")).status_code == 303
    assert {"initials.py": "newer = 1\n"} in [one.files for one in drafts.copies(seat, "functions/initials")]


def test_the_same_text_in_two_tabs_is_handed_in(learner: FlaskClient, at: str) -> None:
    for revision, text in ((0, "x = 0\n"), (1, "x = 1\n")):
        learner.post(f"{at}/draft", json={"files": {"initials.py": text}, "revision": revision})
    assert learner.post(f"{at}/hand-in", data=form("x = 1\n", revision="1")).status_code == 303


@pytest.mark.parametrize("sent", [{}, {"files": []}, {"files": {}, "revision": "1"}, [], "x"])
def test_a_draft_that_makes_no_sense_is_refused(learner: FlaskClient, at: str, sent: object) -> None:
    assert learner.post(f"{at}/draft", json=sent).status_code == 400


def test_a_draft_keeps_no_file_the_exercise_does_not_have(learner: FlaskClient, at: str) -> None:
    learner.post(f"{at}/draft", json={"files": {"initials.py": "a", "checks.py": "evil"}, "revision": 0})
    assert db.session.scalars(select(Draft)).one().files == {"initials.py": "a"}


def test_half_a_character_in_a_draft_does_not_close_the_page(learner: FlaskClient, at: str) -> None:
    learner.post(f"{at}/draft", json={"files": {"initials.py": "a\ud800b"}, "revision": 0})
    assert db.session.scalars(select(Draft)).one().files == {"initials.py": "a?b"}
    assert learner.get(at).status_code == 200


def test_a_number_no_submission_can_have_is_no_error_of_ours(learner: FlaskClient, at: str) -> None:
    quiz = at.rpartition("/")[0] + "/check"
    assert learner.get(f"{quiz}?submission={10**30}").status_code == 200


def test_the_proof_of_a_draft_is_no_submission_to_open(learner: FlaskClient, at: str) -> None:
    learner.post(f"{at}/hand-in", data=form())
    proof = db.session.scalars(select(Submission)).one()
    proof.purpose, proof.kind, proof.item = "proof", "proof", ""
    db.session.commit()
    for path in ("", "/result"):
        assert learner.get(f"/submissions/{proof.id}{path}").status_code == 404


def test_an_ended_session_is_told_as_json_and_the_form_comes_back(client: FlaskClient, at: str) -> None:
    answer = client.post(f"{at}/draft", json={"files": {}, "revision": 0}, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "sign_in" in answer.get_json()


def test_an_uploaded_file_becomes_the_draft(learner: FlaskClient, at: str) -> None:
    upload = {"upload": (io.BytesIO(b"# salam\n"), "mine.py")}
    assert learner.post(f"{at}/upload", data=upload).status_code == 303
    assert "# salam" in learner.get(at).get_data(as_text=True)


def test_an_upload_that_is_no_source_is_refused_with_a_sentence(learner: FlaskClient, at: str) -> None:
    upload = {"upload": (io.BytesIO(b"\0\1\2"), "mine.py")}
    answer = learner.post(f"{at}/upload", data=upload, headers={"Referer": f"http://localhost{at}"})
    assert answer.status_code == 303
    assert "NUL" in learner.get(at).get_data(as_text=True)


def test_an_older_version_is_restored_and_the_present_one_kept(learner: FlaskClient, at: str, seat: Seat) -> None:
    learner.post(f"{at}/hand-in", data=form("old = 1\n"))
    learner.post(f"{at}/draft", json={"files": {"initials.py": "new = 2\n"}, "revision": 1})
    assert learner.post(f"/submissions/{latest().id}/restore").status_code == 303
    page = learner.get(at).get_data(as_text=True)
    assert "old = 1" in page
    assert [copy.files for copy in drafts.copies(seat, "functions/initials")] == [{"initials.py": "new = 2\n"}]


def test_what_was_handed_in_can_be_downloaded_and_never_opened_here(learner: FlaskClient, at: str) -> None:
    learner.post(f"{at}/hand-in", data=form("<script>"))
    answer = learner.get(f"/submissions/{latest().id}/files/0")
    assert answer.data == b"<script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"


def test_an_author_walks_a_version_without_an_enrolment(client: FlaskClient, seat: Seat, initials: Exercise) -> None:
    author = signed_in(client, person("Author", role=Role.INSTRUCTOR, course_slug="sample_course"))
    at = f"/walk/{seat.version.id}/functions/initials"
    assert "walking through a draft" in author.get(at).get_data(as_text=True)
    assert author.post(f"{at}/hand-in", data=form()).status_code == 303
    grade(latest(), initials, right=True)
    assert "10 / 10" in author.get(at).get_data(as_text=True)
    assert db.session.query(ItemProgress).count() == 0
    assert signed_in(client, person("Learner")).get(at).status_code == 404


def test_points_set_by_hand_need_a_reason_and_outrank_graded_ones(
    client: FlaskClient, seat: Seat, at: str, initials: Exercise
) -> None:
    seat.user.language = "en"
    signed_in(client, seat.user).post(f"{at}/hand-in", data=form())
    grade(latest(), initials)
    page = f"/staff/submissions/{latest().id}"
    teacher = signed_in(client, person("Teacher", role=Role.INSTRUCTOR, course_slug="sample_course"))
    back = {"Referer": f"http://localhost{page}"}
    teacher.post(f"{page}/points", data={"points": "8", "reason": " "}, headers=back)
    assert db.session.scalars(select(ItemProgress)).one().set_points is None
    teacher.post(f"{page}/points", data={"points": "99", "reason": "r"}, headers=back)
    assert db.session.scalars(select(ItemProgress)).one().set_points is None
    teacher.post(f"{page}/points", data={"points": "8,5", "reason": "The idea is right"}, headers=back)
    row = db.session.scalars(select(ItemProgress)).one()
    assert (row.set_points, row.set_reason) == (8.5, "The idea is right")
    assert row.done_at is not None
    assert "8.5 / 10" in signed_in(client, seat.user).get(at).get_data(as_text=True)


def test_attempts_are_reset_and_an_item_excused_by_its_instructor(
    client: FlaskClient, seat: Seat, at: str, initials: Exercise
) -> None:
    signed_in(client, seat.user).post(f"{at}/hand-in", data=form())
    grade(latest(), initials)
    page = f"/staff/submissions/{latest().id}"
    teacher = signed_in(client, person("Teacher", role=Role.INSTRUCTOR, course_slug="sample_course"))
    teacher.post(f"{page}/reset-attempts", data={"reason": "the site was down"})
    teacher.post(f"{page}/excuse", data={"reason": "was ill"})
    row = db.session.scalars(select(ItemProgress)).one()
    assert row.attempts_reset_at is not None
    assert row.excused_reason == "was ill"
    acts = set(db.session.scalars(select(AuditEvent.act)))
    assert {"attempts_reset", "item_excused"} <= acts


def test_a_quarantined_submission_is_called_ours_and_put_back_by_staff(
    client: FlaskClient, seat: Seat, at: str, initials: Exercise
) -> None:
    seat.user.language = "en"
    signed_in(client, seat.user).post(f"{at}/hand-in", data=form())
    queueing.set_aside(latest(), "the engine fell over", now=NOW)
    page = client.get(at).get_data(as_text=True)
    assert "We could not grade this" in page
    assert "the engine fell over" not in page
    teacher = signed_in(client, person("Teacher", role=Role.INSTRUCTOR, course_slug="sample_course"))
    teacher.post(f"/staff/submissions/{latest().id}/grade-again")
    assert latest().state == State.QUEUED


def test_the_history_asks_the_same_number_of_queries_however_long_it_is(
    learner: FlaskClient, at: str, counting: Counting, initials: Exercise
) -> None:
    def queries() -> int:
        with counting() as statements:
            assert learner.get(f"{at}/history").status_code == 200
        return len(statements)

    learner.post(f"{at}/hand-in", data=form())
    grade(latest(), initials)
    few = queries()
    for n in range(12):
        learner.post(f"{at}/hand-in", data=form(form_token=f"t{n}", purpose="check"))
        grade(latest(), initials)
    assert queries() == few


def test_polling_asks_few_queries(learner: FlaskClient, at: str, counting: Counting, initials: Exercise) -> None:
    learner.post(f"{at}/hand-in", data=form())
    begun(latest(), initials)
    path = f"/submissions/{latest().id}/result"
    with counting() as statements:
        learner.get(path, headers=HTMX)
    assert len([one for one in statements if one.startswith("SELECT")]) <= 9, statements


def test_hints_open_one_by_one(learner: FlaskClient, at: str) -> None:
    assert 'class="hints__list"' not in learner.get(at).get_data(as_text=True)
    assert learner.post(f"{at}/hint", data={"number": "1"}).status_code == 303
    assert 'class="hints__list"' in learner.get(at).get_data(as_text=True)


def test_run_takes_its_own_input(learner: FlaskClient, at: str) -> None:
    learner.post(f"{at}/hand-in", data=form(purpose="run", stdin="bir\r\niki", args="-v  x"))
    assert latest().purpose == Purpose.RUN
    assert latest().replies == {"stdin": "bir\niki", "args": ["-v", "x"]}
