"""Two workers with data folders of their own on one database, one broker, one shared folder; each of them may die."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.clock import utc_now
from app.db import begin_reading, db
from app.grading import submitting, waking
from app.grading.models import CheckRow, Purpose, State, Submission, Verdict, WorkerState
from app.grading.seats import Seat
from app.learning.models import ItemProgress
from app.web import blobs, settings
from graders.course import Exercise
from tests.grading.rows import enrolment, person
from tests.servers import Postgres, Rabbit, until

pytestmark = pytest.mark.engines
ROOT = Path(__file__).parents[2]
PATIENCE = 300.0  # seconds: a lease of 30, a broker's start, and a machine that is busy with everything else
SECONDS = 0.8  # about so long a submission takes, so that a worker can be met grading


@contextmanager
def worker(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A canned worker of two slots on the data folder `data`; settings come from the environment the fixtures made."""
    data.mkdir(exist_ok=True)
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.canned", str(data), "2", str(SECONDS)], cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(300)


class Crowd:
    """Learners of one course who hand the same right answer in, and what became of it."""

    def __init__(self, seat: Seat, item: Exercise) -> None:
        self.seat, self.item = seat, item
        self.ids: list[int] = []

    def hand_in(self, many: int) -> None:
        begin_reading(False)
        for _ in range(many):
            learner = person()
            own = Seat(user=learner, version=self.seat.version, enrolment=enrolment(learner, self.seat.version))
            stored = submitting.store(self.item.solution(), blobs())
            row = submitting.submit(
                own, self.item, Purpose.SUBMIT, stored, form_token="t", language="az", per_hour=20, now=utc_now()
            )
            self.ids.append(row.id)
            db.session.commit()
            waking.announce(settings(), self.ids[-1])
        begin_reading(True)

    def look(self, question: Callable[[], object]) -> Callable[[], object]:
        """`question` asked of the database as it is now, by a connection that may have been cut since."""

        def ask() -> object:
            db.session.rollback()
            return question()

        return ask

    def wait_until_graded(self) -> None:
        left = select(Submission.state).where(Submission.state != State.GRADED)
        until(self.look(lambda: not db.session.scalars(left).all()), PATIENCE, "not all were graded")

    def wait_until_leased(self, many: int = 1) -> None:
        """Until `many` workers grade at once, or nothing is left to grade."""
        rows = select(Submission.leased_by).where(Submission.state.in_([State.QUEUED, State.RUNNING]))

        def ask() -> bool:
            names = set(db.session.scalars(rows))
            return not names or len(names - {None}) >= many

        until(self.look(ask), PATIENCE, f"{many} workers never had a row at once")

    def wait_for_workers(self, many: int) -> None:
        ready = select(func.count()).select_from(WorkerState).where(WorkerState.grading)
        until(self.look(lambda: db.session.scalar(ready) == many), PATIENCE, f"{many} workers did not get ready")

    def assert_counted_once(self) -> None:
        db.session.rollback()
        verdicts = db.session.execute(select(Verdict.submission_id, Verdict.status)).all()
        assert Counter(id for id, _status in verdicts) == dict.fromkeys(self.ids, 1)
        assert {status for _id, status in verdicts} == {"passed"}
        counted = db.session.scalars(select(ItemProgress).where(ItemProgress.points == self.item.max_points)).all()
        assert sorted(row.counting_submission_id or 0 for row in counted) == self.ids
        assert db.session.query(CheckRow).count() == 0
        db.session.rollback()


@pytest.fixture
def crowd(seat: Seat, initials: Exercise) -> Crowd:
    return Crowd(seat, initials)


def test_two_workers_share_the_load_and_one_of_them_may_be_killed(crowd: Crowd, tmp_path: Path) -> None:
    def fetched(folder: str) -> list[Path]:
        return list((tmp_path / folder / "blobs").glob("??/" + "?" * 64))

    with worker(tmp_path / "one") as first, worker(tmp_path / "two"):
        crowd.wait_for_workers(2)
        crowd.hand_in(24)
        crowd.wait_until_leased(2)
        until(lambda: fetched("one"), PATIENCE, "the first worker fetched nothing")
        first.kill()
        first.wait()
        crowd.wait_until_graded()
    crowd.assert_counted_once()
    for folder in ("one", "two"):  # neither has the site's data folder: what they graded they fetched
        assert len(list((tmp_path / folder / "versions").iterdir())) == 1
        assert len(fetched(folder)) == len(crowd.item.solution())
    assert db.session.query(WorkerState).count() == 2


def test_a_broker_that_is_killed_and_comes_back_costs_nothing_but_time(
    crowd: Crowd, tmp_path: Path, broker: Rabbit
) -> None:
    with worker(tmp_path / "one") as first, worker(tmp_path / "two") as second:
        crowd.wait_for_workers(2)
        crowd.hand_in(4)
        crowd.wait_until_leased()
        broker.kill()
        crowd.hand_in(4)
        crowd.wait_until_graded()  # while there is no broker
        broker.start()
        crowd.hand_in(4)
        crowd.wait_until_graded()
        assert first.poll() is None
        assert second.poll() is None
    crowd.assert_counted_once()


def test_connections_to_the_database_that_are_cut_hold_nothing_against_a_submission(
    crowd: Crowd, tmp_path: Path, postgres: Postgres, database: str
) -> None:
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(tmp_path / name)) for name in ("one", "two")]
        crowd.wait_for_workers(2)
        for _round in range(4):
            crowd.hand_in(3)
            crowd.wait_until_leased()
            db.session.rollback()  # this test has a connection, too; it is cut in the pool
            postgres.cut(database)
        crowd.wait_until_graded()
        assert [one.poll() for one in workers] == [None, None]
    crowd.assert_counted_once()
    assert {row.failures for row in db.session.query(Submission)} == {0}
