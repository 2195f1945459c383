"""What a rejudge costs those who hand in meanwhile: `python benchmarks/rejudge.py [--full]`.

A learner hands in again and again at odd moments, in turns with and without a rejudge of everything handed in before;
in turns, because a machine has good and bad minutes. The sandbox is canned: a run takes `--seconds`, half as much or
half as much again, about what a container takes for a notebook or an exercise of ten checks. What is measured is the
queue, the lanes, the database and the worker. Nothing here asserts: a missed bar is printed as missed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from flask_babel import force_locale  # noqa: E402
from sqlalchemy import func, select  # noqa: E402

from app.accounts import registering  # noqa: E402
from app.accounts.models import User  # noqa: E402
from app.catalogue.models import CourseVersion  # noqa: E402
from app.clock import utc_now  # noqa: E402
from app.db import db  # noqa: E402
from app.grading import comparing, rejudging  # noqa: E402
from app.grading.models import Rejudge, State, Submission, Which  # noqa: E402
from benchmarks.grading import Bench, Row, quantile  # noqa: E402

ITEM = "speed/function"
MOST_RISE = 1.10


@contextmanager
def canned_worker(bench: Bench, seconds: float) -> Iterator[None]:
    """A worker with two slots, each of whose runs takes about `seconds`."""
    data = bench.settings.data_folder
    with (data / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "benchmarks.canned", str(data), "2", str(seconds)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            bench.until_grading()
            yield
        finally:
            process.terminate()
            process.wait(60)


def handed_in(bench: Bench, count: int) -> None:
    """So many learners have handed in and been graded."""
    for _ in range(count):
        bench.submit(ITEM)
    with canned_worker(bench, 0.0), bench.site.app_context():
        waiting = select(func.count()).select_from(Submission).where(Submission.state != State.GRADED)
        while db.session.scalar(waiting):
            db.session.rollback()
            time.sleep(0.2)
        db.session.rollback()


def begin(bench: Bench) -> int:
    with bench.site.app_context(), force_locale("en"):
        version = db.session.get_one(CourseVersion, bench.version_id)
        by = registering.new_user("Teacher", email=None, language="en", now=utc_now())
        db.session.flush()
        rejudge = rejudging.begin(version.course, ITEM, Which.ALL, reason="benchmark", by=by, now=utc_now())
        db.session.commit()
        return rejudge.id


def end(bench: Bench, rejudge_id: int) -> int:
    """Drop it; how many were graded again."""
    with bench.site.app_context(), force_locale("en"):
        rejudge = db.session.get_one(Rejudge, rejudge_id)
        done = comparing.counts(rejudge).done
        by = db.session.get_one(User, rejudge.created_by)
        rejudging.drop(rejudge, by=by, now=utc_now())
        db.session.commit()
        return done


def live(bench: Bench, times: int, odd: random.Random) -> list[float]:
    """Seconds from the commit of a submission to that of its verdict."""
    found = []
    for _ in range(times):
        time.sleep(odd.uniform(0.05, 0.6))
        id, committed = bench.submit(ITEM)
        found.append(bench.wait(id) - committed)
    return found


def figure(found: list[float]) -> str:
    p50, p95 = (quantile(found, share) for share in (0.5, 0.95))
    return f"p50 {p50:.3f}  p95 {p95:.3f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="1,000 submissions graded again, 400 live ones")
    parser.add_argument("--seconds", type=float, default=0.25, help="that a run takes")
    options = parser.parse_args()
    count, turns, times = (1000, 10, 40) if options.full else (200, 4, 20)
    scratch = Path(tempfile.mkdtemp(prefix="bilik-bench-"))
    without, beside = list[float](), list[float]()
    done, took = 0, 0.0
    odd = random.Random(1)
    try:
        bench = Bench(scratch / "data")
        handed_in(bench, count)
        with canned_worker(bench, options.seconds):
            for turn in range(turns):
                if turn % 2 == 0:
                    without += live(bench, times, odd)
                    continue
                began, rejudge_id = time.perf_counter(), begin(bench)
                beside += live(bench, times, odd)
                took += time.perf_counter() - began
                done += end(bench, rejudge_id)
        rise = quantile(beside, 0.95) / quantile(without, 0.95)
        for row in (
            Row(what="live, commit → verdict, nothing else", figure=figure(without), bar="", met=None),
            Row(what=f"live, while {count}+ are graded again", figure=figure(beside), bar="", met=None),
            Row(what="p95 beside : p95 alone", figure=f"{rise:.2f} ×", bar=f"≤ {MOST_RISE} ×", met=rise <= MOST_RISE),
            Row(what="graded again meanwhile", figure=f"{done / took:.1f} submissions/s", bar="", met=None),
        ):
            print(row)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
