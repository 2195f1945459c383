"""Graded again: which submissions, under which version, in which lane; dropped or decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import db
from app.errors import Refused
from app.grading import blaming, comparing, history, queueing, rejudging, submitting, waiting
from app.grading.models import Lane, Purpose, Rerun, Served, Stage, State, Submission, Which
from app.grading.seats import Seat
from app.learning.models import ItemProgress
from graders.course import Exercise
from graders.verdict import CheckerError
from tests.grading.again import LATER, another, begin, corrected, everything, handed_in, nothing, run_all, settle
from tests.grading.rows import NOW


def runs() -> list[Submission]:
    return list(db.session.scalars(select(Submission).where(Submission.purpose == Purpose.REJUDGE)))


def chosen() -> list[int]:
    return sorted(db.session.scalars(select(Rerun.submission_id)))


def test_a_run_is_the_submission_again_under_the_newest_version_with_its_own_seed(
    seat: Seat, initials: Exercise, tmp_path: Path
) -> None:
    submission = handed_in(seat, initials, right=False)
    submission.seed = 41
    version = corrected(seat, tmp_path)
    begin(seat)
    (run,) = runs()
    assert (run.version_id, run.item, run.seed, run.files) == (version.id, initials.key, 41, submission.files)
    assert (run.lane, run.state, run.enrolment_id) == (Lane.REJUDGE, State.QUEUED, None)


def test_best_latest_and_all_of_each_learner_are_chosen(seat: Seat, initials: Exercise) -> None:
    rows = {name: handed_in(seat, initials, right=name == "best", after=n) for n, name in enumerate(["a", "best", "b"])}
    other = handed_in(another(seat), initials, right=False, after=9)
    expected = {
        Which.BEST: [rows["best"].id, other.id],
        Which.LATEST: [rows["b"].id, other.id],
        Which.ALL: [*(row.id for row in rows.values()), other.id],
    }
    for which, ids in expected.items():
        rejudging.begin(seat.version.course, initials.key, which, reason="r", by=seat.user, now=LATER)
        assert chosen() == sorted(ids), which
        db.session.rollback()


def test_who_left_is_not_graded_again_and_what_never_could_be_graded_is(seat: Seat, initials: Exercise) -> None:
    gone, broken = another(seat), another(seat)
    handed_in(gone, initials, right=True, after=1)
    assert gone.enrolment is not None
    gone.enrolment.left_at = LATER
    row = submitting.submit(broken, initials, Purpose.SUBMIT, [], form_token="b", language="az", per_hour=9, now=NOW)
    blaming.set_aside(row, CheckerError("none", "NameError: x"), now=NOW)
    db.session.commit()
    begin(seat, Which.LATEST)
    assert chosen() == [row.id]


def test_the_queue_is_fed_forty_at_a_time(seat: Seat, initials: Exercise) -> None:
    for n in range(45):
        handed_in(another(seat), initials, right=False, after=n)
    rejudge = begin(seat)
    assert len(runs()) == 40
    assert rejudging.feed(now=LATER) == 0
    assert run_all(initials, everything) == 45
    assert rejudging.is_finished(rejudge)
    assert rejudging.feed(now=LATER) == 0


def test_a_learner_goes_first_and_is_not_held_up_by_being_graded_again(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    begin(seat)
    again = queueing.claim("w", now=LATER)
    assert again is not None
    begin_state = db.session.get_one(Submission, again.submission_id)
    assert begin_state.purpose == Purpose.REJUDGE
    live = submitting.submit(seat, initials, Purpose.SUBMIT, [], form_token="n", language="az", per_hour=9, now=LATER)
    claim = queueing.claim("w", now=LATER)
    assert claim is not None and claim.submission_id == live.id
    queueing.give_back(queueing.held(again), "x", counts=False, now=NOW)
    assert queueing.claim("w", rejudges=False, now=LATER) is None


def test_being_graded_again_takes_no_turn_from_the_course(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    begin(seat)
    served = {row.id: row.served_at for row in db.session.scalars(select(Served))}
    assert queueing.claim("w", now=LATER) is not None
    assert {row.id: row.served_at for row in db.session.scalars(select(Served))} == served


def test_what_is_graded_again_stands_in_nobodys_place(seat: Seat, initials: Exercise) -> None:
    for n in range(5):
        handed_in(another(seat), initials, right=False, after=n)
    begin(seat)
    live = submitting.submit(seat, initials, Purpose.SUBMIT, [], form_token="n", language="az", per_hour=9, now=LATER)
    assert waiting.place_of(live, slots=1, now=NOW).place == 1


def test_a_preview_changes_nothing_for_anybody(seat: Seat, initials: Exercise) -> None:
    submission = handed_in(seat, initials, right=True)
    begin(seat)
    run_all(initials, nothing)
    row = db.session.scalars(select(ItemProgress)).one()
    assert (row.points, row.counting_submission_id) == (10, submission.id)
    assert [entry.id for entry in history.entries(seat, initials.key)] == [submission.id]
    assert submitting.attempts_of(seat, initials, now=LATER).used == 1


def test_a_run_is_no_page_of_the_learner(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=True)
    begin(seat)
    (run,) = runs()
    assert run.user_id == seat.user.id
    assert history.own_submission(seat.user, run.id) is None
    assert history.any_submission(run.id) is None


def test_the_counts_say_how_many_go_where(seat: Seat, initials: Exercise) -> None:
    ups = [handed_in(another(seat), initials, right=False, after=n) for n in range(3)]
    down = handed_in(another(seat), initials, right=True, after=5)
    same = handed_in(another(seat), initials, right=True, after=6)
    rejudge = begin(seat)
    assert comparing.counts(rejudge).by_change["waiting"] == 5
    by_run = {rerun.run_id: rerun.submission_id for rerun in db.session.scalars(select(Rerun))}
    run_all(initials, lambda run, _check: by_run[run.id] != down.id)
    counts = comparing.counts(rejudge)
    assert counts.by_change == {"up": 3, "down": 1, "same": 1, "new": 0, "error": 0, "waiting": 0}
    assert (counts.total, counts.done, counts.certified) == (5, 5, 0)
    listed = comparing.lines(rejudge, "up", page=1)
    assert {line.submission_id for line in listed} == {row.id for row in ups}
    assert {(line.before, line.after, line.most) for line in listed} == {(0, 10, 10)}
    assert [line.submission_id for line in comparing.lines(rejudge, "same", page=1)] == [same.id]


def test_what_cannot_be_graded_again_is_an_error_that_can_be_tried_again(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    rejudge = begin(seat)
    claim = queueing.claim("w", now=LATER)
    assert claim is not None
    blaming.set_aside(queueing.held(claim), CheckerError("none", "NameError: x"), now=LATER)
    assert comparing.counts(rejudge).by_change["error"] == 1
    assert rejudging.is_finished(rejudge)
    assert rejudging.try_again(rejudge) == 1
    assert not rejudging.is_finished(rejudge)
    run_all(initials, everything)
    assert comparing.counts(rejudge).by_change["up"] == 1


def test_one_rejudge_of_an_exercise_is_open_at_a_time(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    first = begin(seat)
    with pytest.raises(Refused, match="open"):
        begin(seat)
    db.session.rollback()
    rejudging.drop(first, by=seat.user, now=LATER)
    assert begin(seat).id != first.id


def test_without_a_reason_or_anything_handed_in_none_is_begun(seat: Seat, initials: Exercise) -> None:
    with pytest.raises(Refused, match="Nothing was handed in"):
        begin(seat)
    handed_in(seat, initials, right=False)
    with pytest.raises(Refused, match="reason"):
        begin(seat, reason=" ")
    with pytest.raises(Refused, match="not in the newest"):
        rejudging.begin(seat.version.course, "functions/gone", Which.ALL, reason="r", by=seat.user, now=LATER)


def test_work_under_a_version_with_other_points_is_left_out_and_counted(
    seat: Seat, initials: Exercise, tmp_path: Path
) -> None:
    stays, moved = another(seat), another(seat)
    handed_in(stays, initials, right=False, after=1)
    row = handed_in(moved, initials, right=False, after=2)
    version = corrected(
        seat, tmp_path, old='raises = "ValueError"\npoints = 3', new='raises = "ValueError"\npoints = 4'
    )
    with pytest.raises(Refused, match="points of this exercise have changed"):
        begin(seat)
    db.session.rollback()
    assert moved.enrolment is not None
    moved.enrolment.version = version
    db.session.commit()
    rejudge = begin(seat)
    assert chosen() == [row.id]
    assert rejudge.left_out == 1


def test_an_exercise_that_was_renamed_keeps_what_was_handed_in(seat: Seat, initials: Exercise, tmp_path: Path) -> None:
    row = handed_in(seat, initials, right=False)
    corrected(seat, tmp_path, renamed="letters", moves=False)
    course = seat.version.course
    assert "functions/letters" in [item.key for _unit, item in rejudging.exercises(course)]
    rejudge = rejudging.begin(course, "functions/letters", Which.ALL, reason="r", by=seat.user, now=LATER)
    assert chosen() == [row.id]
    run_all(initials, everything)
    rejudging.apply(rejudge, reason="r", never_lower=False, by=seat.user, now=LATER)
    settle()
    progress = db.session.scalars(select(ItemProgress)).one()
    assert (progress.item, progress.points) == ("functions/initials", 10)


def test_a_dropped_preview_leaves_the_queue_and_changes_nothing(seat: Seat, initials: Exercise) -> None:
    submission = handed_in(seat, initials, right=False)
    before = submission.verdict_id
    rejudge = begin(seat)
    rejudging.drop(rejudge, by=seat.user, now=LATER)
    rejudging.drop(rejudge, by=seat.user, now=LATER)
    db.session.commit()
    assert [run.state for run in runs()] == [State.REPLACED]
    assert queueing.claim("w", now=LATER) is None
    assert rejudging.feed(now=LATER) == 0
    assert settle() == 0
    assert (rejudge.stage, submission.verdict_id) == (Stage.DROPPED, before)
    with pytest.raises(Refused, match="dropped"):
        rejudging.apply(rejudge, reason="r", never_lower=False, by=seat.user, now=LATER)


def test_an_unfinished_preview_is_not_applied(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    rejudge = begin(seat)
    with pytest.raises(Refused, match="not finished"):
        rejudging.apply(rejudge, reason="r", never_lower=False, by=seat.user, now=LATER)


def test_what_was_applied_cannot_be_dropped_and_applying_twice_does_no_harm(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=False)
    rejudge = begin(seat)
    run_all(initials, everything)
    for _time in range(2):
        rejudging.apply(rejudge, reason="r", never_lower=False, by=seat.user, now=LATER)
        with pytest.raises(Refused, match="applied"):
            rejudging.drop(rejudge, by=seat.user, now=LATER)
        settle()
    assert rejudge.stage == Stage.APPLIED
