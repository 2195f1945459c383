"""Fairness of the queue, and the wait that learners are told: `python benchmarks/fairness.py [--quick]`.

A real worker process on a real database; its sandbox is canned and takes a known time (benchmarks/canned.py), so no
Docker is needed and what is measured is the queue. Nothing here asserts: a missed bar is printed as missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402

from app.accounts import registering  # noqa: E402
from app.accounts.models import User  # noqa: E402
from app.catalogue.models import CourseVersion  # noqa: E402
from app.clock import utc_now  # noqa: E402
from app.db import db  # noqa: E402
from app.grading import beating, queueing, rules, submitting, waiting, waking  # noqa: E402
from app.grading.models import Purpose, State, Submission, Verdict  # noqa: E402
from app.grading.seats import Seat  # noqa: E402
from app.learning import enrolling  # noqa: E402
from benchmarks.grading import Bench, Row, quantile  # noqa: E402
from graders.course import Exercise  # noqa: E402

SECONDS = 0.25  # a submission takes between half and one and a half of it
ITEMS = ("speed/function", "speed/program")


class Crowd:
    """Learners and what they hand in, on an installation of its own."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.number = 0
        self.answers: dict[str, tuple[Exercise, list[dict[str, Any]]]] = {}

    def learner(self) -> int:
        self.number += 1
        with self.bench.site.app_context():
            version = db.session.get_one(CourseVersion, self.bench.version_id)
            user = registering.new_user(f"Learner {self.number}", email=None, language="en", now=utc_now())
            db.session.flush()
            enrolling.enrol(user, version.course, now=utc_now())
            db.session.commit()
            return user.id

    def hand_in(self, learner: int, item: str, *, count: int = 1) -> list[int]:
        """`count` submissions of one learner, all waiting: as many tabs and exercises would make."""
        with self.bench.site.app_context():
            version = db.session.get_one(CourseVersion, self.bench.version_id)
            user = db.session.get_one(User, learner)
            seat = Seat(user=user, version=version, enrolment=enrolling.open_enrolment(user, version.course))
            exercise, files = self.answer(seat, item)
            rows = [
                submitting.row(
                    seat,
                    exercise,
                    Purpose.SUBMIT,
                    files=files,
                    form_token=submitting.new_form_token(),
                    language="en",
                    replies={},
                    state=State.QUEUED,
                    now=utc_now(),
                )
                for _ in range(count)
            ]
            db.session.add_all(rows)
            db.session.flush()
            if count == 1:
                waiting.promise(rows[0], slots=beating.slots(now=utc_now()), now=utc_now())
            db.session.commit()
            waking.wake(self.bench.settings.data_folder)
            return [row.id for row in rows]

    def answer(self, seat: Seat, item: str) -> tuple[Exercise, list[dict[str, Any]]]:
        """The exercise and its solution, stored once: the site stores files outside of the transaction that writes."""
        if item not in self.answers:
            exercise = seat.course.item(item)
            assert isinstance(exercise, Exercise)
            stored = submitting.store(exercise.solution(), self.bench.site.extensions["bilik.blobs"])
            self.answers[item] = exercise, stored
        return self.answers[item]

    def until_graded(self, ids: list[int]) -> None:
        with self.bench.site.app_context():
            while True:
                left = db.session.scalar(
                    select(func.count())
                    .select_from(Submission)
                    .where(Submission.id.in_(ids), Submission.state != State.GRADED)
                )
                db.session.rollback()
                if not left:
                    return
                time.sleep(0.02)

    def waits(self, ids: list[int]) -> list[tuple[float, float | None, float]]:
        """(seconds from the commit to the verdict, promised seconds, seconds in a slot) of each."""
        with self.bench.site.app_context():
            rows = db.session.execute(
                select(Submission.submitted_at, Submission.started_at, Verdict.recorded_at, Submission.promised_seconds)
                .join(Verdict, Submission.verdict_id == Verdict.id)
                .where(Submission.id.in_(ids))
            ).all()
            db.session.rollback()
        return [
            ((came - since).total_seconds(), promised, (came - began).total_seconds())
            for since, began, came, promised in rows
            if began is not None
        ]


@contextmanager
def worker(bench: Bench, *, slots: int) -> Iterator[None]:
    data = bench.settings.data_folder
    command = [sys.executable, "-m", "benchmarks.canned", str(data), str(slots), str(SECONDS)]
    with (data / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            until_grading(bench, slots)
            yield
        finally:
            process.terminate()
            process.wait(60)


def until_grading(bench: Bench, slots: int) -> None:
    """Until a worker with so many slots grades."""
    for _ in range(600):
        with bench.site.app_context():
            paused = queueing.grading_now(now=utc_now()).paused
            found = beating.slots(now=utc_now())
            db.session.rollback()
        if not paused and found == slots:
            return
        time.sleep(0.1)
    raise TimeoutError("the worker does not grade; see its log")


def flooded(crowd: Crowd, *, slots: int, flood: int, others: int) -> tuple[float, float, float]:
    """(another learner's p95 wait in an empty queue, the same beside the flood, p95 of the time in a slot)."""
    with worker(crowd.bench, slots=slots):
        quiet = one_by_one(crowd, others)
        waiting_ids = crowd.hand_in(crowd.learner(), ITEMS[0], count=flood)
        beside = one_by_one(crowd, others)
        with crowd.bench.site.app_context():
            left = queueing.counts_by_state().get(State.QUEUED, 0)
            db.session.rollback()
        if not left:
            print(f"the flood of {flood} was over before the others were done: give it more", file=sys.stderr)
        crowd.until_graded(waiting_ids)
    alone, delayed = (quantile([wait for wait, *_ in measured], 0.95) for measured in (quiet, beside))
    return alone, delayed, quantile([taken for *_, taken in quiet + beside], 0.95)


def one_by_one(crowd: Crowd, count: int) -> list[tuple[float, float | None, float]]:
    """A learner hands in, waits for the result, thinks a moment, hands in again."""
    learner, ids = crowd.learner(), []
    for number in range(count):
        ids += crowd.hand_in(learner, ITEMS[number % len(ITEMS)])
        crowd.until_graded(ids[-1:])
        time.sleep(random.uniform(0, SECONDS))
    return crowd.waits(ids)


def promised(crowd: Crowd, *, learners: int) -> list[tuple[float, float]]:
    """(seconds told, seconds waited) of each who waited over two seconds when a class hands in."""
    with worker(crowd.bench, slots=2):
        people = [crowd.learner() for _ in range(learners)]
        busy = crowd.learner()
        ids: list[int] = []
        for number, learner in enumerate(people):
            ids += crowd.hand_in(learner, ITEMS[number % len(ITEMS)])
            if number % 4 == 0:
                crowd.hand_in(busy, ITEMS[0])
            time.sleep(random.uniform(0, SECONDS / 4))  # people do not click at the same moment
        crowd.until_graded(ids)
    return [(told, wait) for wait, told, _taken in crowd.waits(ids) if told is not None and wait > 2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    options = parser.parse_args()
    flood, others, learners = (60, 12, 40) if options.quick else (200, 40, 150)
    scratch = Path(tempfile.mkdtemp(prefix="bilik-fairness-"))
    rows: list[Row] = []
    try:
        crowd = Crowd(Bench(scratch / "data"))
        for slots in (1, 2):
            quiet, beside, taken = flooded(crowd, slots=slots, flood=flood, others=others)
            rows.append(
                Row(
                    what=f"another's p95 wait beside {flood} of one learner, slots: {slots}",
                    figure=f"{beside:.2f} s; alone {quiet:.2f} s (+{beside - quiet:.2f})",
                    bar=f"later by one slot, {taken:.2f} s, at most",
                    met=beside - quiet <= taken,
                )
            )
        told = promised(crowd, learners=learners)
        error = statistics.median(rules.promise_error(said, wait) for said, wait in told)
        leaning = statistics.median(said / wait - 1 for said, wait in told)
        rows.append(
            Row(
                what=f"median error of the wait told, {len(told)} waits of 2 to {max(w for _, w in told):.0f} s",
                figure=f"{error:.1%}; told {leaning:+.0%} of what came",
                bar="under 20 %",
                met=error < 0.2,
            )
        )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}")
    for row in rows:
        print(row)
    return 0


if __name__ == "__main__":
    sys.exit(main())
