"""A rejudge comes into force: what counts is worked out anew, who is concerned is told, nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import begin_reading, db
from app.grading import blaming, comparing, overriding, queueing, recording, rejudging, settling, submitting, waiting
from app.grading.models import Purpose, Rejudge, Rerun, Stage, State, Submission, Verdict, Which
from app.grading.seats import Seat
from app.learning.models import ItemProgress
from app.notices.models import Notice
from app.notices.writing import mail
from graders.course import Exercise
from graders.verdict import CheckerError, Status
from tests.grading.again import LATER, another, begin, everything, handed_in, nothing, run_all, settle
from tests.grading.rows import NOW
from tests.grading.verdicts import grade, result_of, verdict_of


def progress_of(seat: Seat) -> ItemProgress:
    assert seat.enrolment is not None
    return db.session.scalars(select(ItemProgress).where(ItemProgress.enrolment_id == seat.enrolment.id)).one()


def rejudged(
    seat: Seat,
    item: Exercise,
    passes: Callable[[Submission, str], bool],
    *,
    which: Which = Which.BEST,
    never_lower: bool = False,
) -> Rejudge:
    """Previewed and decided, not yet carried out."""
    rejudge = begin(seat, which)
    run_all(item, passes)
    rejudging.apply(rejudge, reason="Yoxlama səhv idi", never_lower=never_lower, by=seat.user, now=LATER)
    db.session.commit()
    return rejudge


def told() -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.kind == "rejudged").order_by(Notice.id)))


def test_the_new_verdict_counts_and_the_old_one_stays(seat: Seat, initials: Exercise) -> None:
    submission = handed_in(seat, initials, right=False)
    old = submission.verdict_id
    rejudge = rejudged(seat, initials, everything)
    assert progress_of(seat).points == 0
    settle()
    db.session.refresh(submission)
    assert submission.verdict is not None
    assert (submission.verdict.points, submission.verdict.supersedes_id) == (10, old)
    assert (progress_of(seat).points, progress_of(seat).counting_submission_id) == (10, submission.id)
    assert progress_of(seat).done_at is not None
    assert db.session.get(Verdict, old) is not None
    assert [verdict.id for verdict, _by in comparing.verdicts(submission)] == [submission.verdict_id, old]
    assert (rejudge.stage, comparing.counts(rejudge).taken) == (Stage.APPLIED, 1)


def test_never_lower_keeps_what_would_go_down(seat: Seat, initials: Exercise) -> None:
    other = another(seat)
    high, low = handed_in(seat, initials, right=True, after=1), handed_in(other, initials, right=False, after=2)
    by_run = {}

    def passes(run: Submission, check: str) -> bool:
        by_run.setdefault(run.id, run.user_id)
        return run.user_id == other.user.id

    rejudge = rejudged(seat, initials, passes, never_lower=True)
    settle()
    assert (progress_of(seat).points, progress_of(other).points) == (10, 10)
    assert len(comparing.verdicts(high)) == 1
    assert len(comparing.verdicts(low)) == 2
    assert [notice.recipient_id for notice in told()] == [other.user.id]
    assert comparing.counts(rejudge).taken == 1


def test_done_stays_done_when_the_points_go_down(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=True)
    assert seat.enrolment is not None
    seat.enrolment.completed_at, seat.enrolment.score = NOW, 1.0
    db.session.commit()
    done_at = progress_of(seat).done_at
    rejudge = begin(seat)
    run_all(initials, nothing)
    counts = comparing.counts(rejudge)
    assert (counts.by_change["down"], counts.certified) == (1, 1)
    assert [line.certified for line in comparing.lines(rejudge, "certified", page=1)] == [True]
    rejudging.apply(rejudge, reason="r", never_lower=False, by=seat.user, now=LATER)
    settle()
    assert (progress_of(seat).points, progress_of(seat).done_at) == (0, done_at)
    assert (seat.enrolment.completed_at, seat.enrolment.score) == (NOW, 1.0)
    (notice,) = told()
    assert "certificate" in _text(notice, "en")


def _text(notice: Notice, language: str) -> str:
    notice.language = language
    notice.address = notice.address or "x@example.org"
    body = mail(notice).get_body(("plain",))
    assert body is not None
    return str(mail(notice)["Subject"]) + "\n" + str(body.get_content())


@pytest.mark.parametrize(
    ("language", "words"),
    [("az", "yenidən yoxlandı"), ("ru", "проверена заново"), ("en", "was graded again")],
)
def test_whose_result_changes_is_told_why_in_their_language(
    seat: Seat, initials: Exercise, language: str, words: str
) -> None:
    seat.user.language, seat.user.email_confirmed_at = language, NOW
    handed_in(seat, initials, right=False)
    rejudged(seat, initials, everything)
    settle()
    (notice,) = told()
    assert (notice.language, notice.address, notice.recipient_id) == (language, seat.user.email, seat.user.id)
    said = _text(notice, language)
    assert words in said and "Yoxlama səhv idi" in said and "10" in said
    assert initials.title.get(language) in said


def test_whose_result_stays_is_told_nothing(seat: Seat, initials: Exercise) -> None:
    unchanged, other = handed_in(seat, initials, right=True, after=1), another(seat)
    first, last = (handed_in(other, initials, right=right, after=n) for right, n in ((True, 2), (False, 3)))
    rejudged(seat, initials, everything, which=Which.ALL)  # the failed one of the other passes now: the best stays 10
    settle()
    assert told() == []
    assert progress_of(other).counting_submission_id == first.id
    assert unchanged.verdict is not None and len(comparing.verdicts(last)) == 2


def test_points_set_by_hand_outrank_what_was_graded_again(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=True)
    overriding.set_points(seat, initials, 5, reason="oral", by=seat.user, now=NOW)
    rejudged(seat, initials, nothing)
    settle()
    assert progress_of(seat).set_points == 5
    (notice,) = db.session.scalars(select(Notice).where(Notice.kind == "reviewed"))
    assert (notice.recipient_id, notice.params["points"], notice.params["reason"]) == (seat.user.id, 5, "oral")
    assert told() == []


def test_what_was_handed_in_after_the_preview_is_respected(seat: Seat, initials: Exercise) -> None:
    handed_in(seat, initials, right=True, after=1)
    rejudge = begin(seat, Which.LATEST)
    run_all(initials, nothing)
    newer = handed_in(seat, initials, right=True, after=9, token="newer")
    rejudging.apply(rejudge, reason="r", never_lower=False, by=seat.user, now=LATER)
    settle()
    assert (progress_of(seat).points, progress_of(seat).counting_submission_id) == (10, newer.id)
    assert told() == []  # the result is what it was: another attempt brings it


def test_what_could_not_be_graded_gets_its_first_verdict_and_counts_as_an_attempt(
    seat: Seat, initials: Exercise
) -> None:
    row = submitting.submit(seat, initials, Purpose.SUBMIT, [], form_token="b", language="az", per_hour=9, now=NOW)
    blaming.set_aside(row, CheckerError("none", "NameError: x"), now=NOW)
    db.session.commit()
    rejudge = rejudged(seat, initials, nothing, which=Which.LATEST)
    assert comparing.counts(rejudge).by_change["new"] == 1
    settle()
    db.session.refresh(row)
    assert row.state == State.GRADED and row.verdict is not None
    assert submitting.attempts_of(seat, initials, now=LATER).used == 1
    assert len(told()) == 1


def test_what_could_not_be_graded_again_keeps_its_result(seat: Seat, initials: Exercise) -> None:
    submission = handed_in(seat, initials, right=True)
    old = submission.verdict_id
    rejudge = begin(seat)
    claim = queueing.claim("w", now=LATER)
    assert claim is not None
    blaming.set_aside(queueing.held(claim), CheckerError("none", "NameError: x"), now=LATER)
    rejudging.apply(rejudge, reason="r", never_lower=False, by=seat.user, now=LATER)
    settle()
    db.session.refresh(submission)
    assert (submission.verdict_id, progress_of(seat).points) == (old, 10)


def test_what_is_being_graded_when_the_rejudge_is_applied_is_left_alone(seat: Seat, initials: Exercise) -> None:
    row = submitting.submit(seat, initials, Purpose.SUBMIT, [], form_token="b", language="az", per_hour=9, now=NOW)
    blaming.set_aside(row, CheckerError("none", "NameError: x"), now=NOW)
    db.session.commit()
    rejudged(seat, initials, nothing, which=Which.LATEST)
    overriding.grade_again(row, by=seat.user, now=LATER)
    db.session.commit()
    settle()
    db.session.refresh(row)
    assert (row.state, row.verdict_id) == (State.QUEUED, None)
    grade(row, initials, right=True, now=LATER)
    assert progress_of(seat).points == 10


def test_killed_in_the_middle_it_goes_on_and_tells_nobody_twice(seat: Seat, initials: Exercise) -> None:
    everybody = [another(seat) for _ in range(settling.LEARNERS_AT_ONCE + 3)]
    for n, one in enumerate(everybody):
        handed_in(one, initials, right=False, after=n)
    rejudge = rejudged(seat, initials, everything)
    assert settling.settle_some(now=LATER)
    db.session.commit()
    settled = select(Rerun).where(Rerun.settled_at.is_not(None))
    assert len(db.session.scalars(settled).all()) == settling.LEARNERS_AT_ONCE
    assert settling.settle_some(now=LATER)
    db.session.rollback()  # the worker died before it could commit
    assert len(told()) == settling.LEARNERS_AT_ONCE
    settle(LATER + timedelta(minutes=1))
    assert rejudge.stage == Stage.APPLIED
    assert len(told()) == len(everybody)
    assert {progress_of(one).points for one in everybody} == {10}
    assert not settling.settle_some(now=LATER)


def test_all_submissions_of_a_learner_are_settled_at_once_and_told_once(seat: Seat, initials: Exercise) -> None:
    for n in range(settling.LEARNERS_AT_ONCE + 5):
        handed_in(seat, initials, right=False, after=n)
    rejudged(seat, initials, everything, which=Which.ALL)
    assert settling.settle_some(now=LATER)
    assert db.session.scalars(select(Rerun).where(Rerun.settled_at.is_(None))).all() == []
    assert [(notice.params["before"], notice.params["points"]) for notice in told()] == [(0, 10)]


def test_an_old_verdict_does_not_make_the_queue_look_slow(seat: Seat, initials: Exercise) -> None:
    """The submission was taken up a day before its new verdict: that is no day of grading."""
    handed_in(seat, initials, right=False)
    rejudged(seat, initials, everything)
    settle()
    assert waiting.expected_seconds()(()) < 60


def test_a_second_rejudge_compares_with_the_first(seat: Seat, initials: Exercise) -> None:
    submission = handed_in(seat, initials, right=False)
    rejudged(seat, initials, everything)
    settle()
    second = rejudged(seat, initials, nothing)
    assert comparing.counts(second).by_change["down"] == 1
    settle()
    points = [(verdict.points, by is not None) for verdict, by in comparing.verdicts(submission)]
    assert points == [(0, True), (10, True), (0, False)]


def test_a_verdict_recorded_at_the_same_moment_is_counted_with_the_new_one(
    site: Flask, seat: Seat, initials: Exercise
) -> None:
    """Best of 0 (what had 10 until now) and 5 (what is being recorded) is 5, whoever is first."""
    handed_in(seat, initials, right=True)
    rejudged(seat, initials, nothing)
    live = submitting.submit(seat, initials, Purpose.SUBMIT, [], form_token="n", language="az", per_hour=9, now=LATER)
    claim = queueing.claim("w", now=LATER)
    assert claim is not None and claim.submission_id == live.id
    db.session.commit()
    given = [
        result_of(check, Status.PASSED if check.id in ("two-words", "four-words") else Status.FAILED)
        for check in initials.checks
    ]
    verdict = verdict_of(initials, "submit", given)
    settled, may_commit = threading.Event(), threading.Event()

    def settle_slowly() -> None:
        begin_reading(False)
        with site.app_context():
            assert settling.settle_some(now=LATER)
            settled.set()
            may_commit.wait(30)
            db.session.commit()

    def record() -> None:
        begin_reading(False)
        with site.app_context():
            recording.record(claim, verdict, now=LATER)
            db.session.commit()

    threads = [threading.Thread(target=act) for act in (settle_slowly, record)]
    threads[0].start()
    assert settled.wait(30)
    threads[1].start()
    threads[1].join(1)  # long enough to get as far as it can
    may_commit.set()
    for thread in threads:
        thread.join(30)
    db.session.expire_all()
    assert (progress_of(seat).points, progress_of(seat).counting_submission_id) == (5, live.id)
