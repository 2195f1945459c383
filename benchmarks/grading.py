"""Speed of grading, beside its peers, in one run: `python benchmarks/grading.py [--quick] [--no-peers]`.

Needs the Docker engine and the sandbox images. Everything runs on this machine, the site on loopback. What counts are
the ratios; the bars are those of the design. Nothing here asserts: a missed bar is printed as missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import sync_playwright
from sqlalchemy import func, select

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from app import create_app  # noqa: E402
from app.accounts import registering, sessions  # noqa: E402
from app.accounts.login import COOKIE  # noqa: E402
from app.catalogue import publishing  # noqa: E402
from app.catalogue.models import CourseVersion  # noqa: E402
from app.clock import utc_now  # noqa: E402
from app.config import Settings  # noqa: E402
from app.db import db  # noqa: E402
from app.grading import submitting, waking  # noqa: E402
from app.grading.models import Purpose, State, Submission, Verdict, WorkerState  # noqa: E402
from app.grading.seats import Seat  # noqa: E402
from app.learning import enrolling  # noqa: E402
from benchmarks import peers  # noqa: E402
from graders.course import Exercise, load_course  # noqa: E402
from sandbox.building import recipe  # noqa: E402

COURSE = ROOT / "benchmarks" / "course"
NOTEBOOK = ROOT / "benchmarks" / "notebook.ipynb"
# Waiting from outside looks twice a second only; the page itself sees the click, and the frame in which the result is.
WATCH = """former => {
  window.watched = new Promise((resolve, reject) => {
    setTimeout(reject, 60_000, 'no result within a minute')
    let clicked
    addEventListener('click', event => { clicked ??= event.timeStamp }, { capture: true })
    new MutationObserver((_, watching) => {
      const result = document.querySelector('#result[data-state="graded"]')
      if (!result || result.dataset.submission === former) return
      watching.disconnect()
      requestAnimationFrame(() => resolve((performance.now() - clicked) / 1000))
    }).observe(document.body, { subtree: true, childList: true })
  })
}"""


@dataclass(frozen=True, kw_only=True)
class Row:
    what: str
    figure: str
    bar: str
    met: bool | None  # None: nothing to compare with

    def __str__(self) -> str:
        word = {True: "met", False: "MISSED", None: ""}[self.met]
        return f"{self.what:<58} {self.figure:<34} {self.bar:<34} {word}"


class Bench:
    """One installation of its own: database, files, a worker process."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(env="test", data=folder, courses=COURSE.parent, submissions_per_hour=100_000)
        self.site: Flask = create_app(self.settings)
        with self.site.app_context():
            upgrade()
            course = load_course(COURSE)
            version = publishing.store_version(course, folder, created_by=None, now=utc_now())
            publishing.publish(version, course, now=utc_now())
            db.session.commit()
            self.version_id = version.id
        self.number = 0

    @contextmanager
    def worker(self, *, pool: int = 2, canned: bool = False) -> Iterator[psutil.Process]:
        """A worker process; a `canned` one has a sandbox that answers at once (benchmarks/canned.py)."""
        environment = {
            **os.environ,
            "BILIK_DATA": str(self.settings.data_folder),
            "BILIK_POOL": str(pool),
            "BILIK_ENV": "test",
            "BILIK_SLOTS": "2",
        }
        log = (self.settings.data_folder / "worker.log").open("ab")
        what = ["benchmarks.canned", str(self.settings.data_folder)] if canned else ["app.worker"]
        process = subprocess.Popen([sys.executable, "-m", *what], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(60)

    def until_grading(self, seconds: float = 120) -> None:
        """Wait until the worker grades and its pool is full."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.site.app_context():
                state = db.session.scalar(select(WorkerState).order_by(WorkerState.beat_at.desc()).limit(1))
                db.session.rollback()
                if state is not None and state.grading:
                    return rest()  # the pool fills behind the first
            time.sleep(0.2)
        raise TimeoutError("the worker does not grade; see its log")

    def submit(self, item: str) -> tuple[int, float]:
        """A newcomer hands the solution in; returns the row's id and the moment after its commit."""
        self.number += 1
        with self.site.app_context():
            version = db.session.get(CourseVersion, self.version_id)
            assert version is not None
            user = registering.new_user(f"Learner {self.number}", email=None, language="en", now=utc_now())
            db.session.flush()
            enrolment = enrolling.enrol(user, version.course, now=utc_now())
            seat = Seat(user=user, version=version, enrolment=enrolment)
            exercise = seat.course.item(item)
            assert isinstance(exercise, Exercise)
            files = submitting.store(exercise.solution(), self.site.extensions["bilik.blobs"])
            submission = submitting.submit(
                seat,
                exercise,
                Purpose.SUBMIT,
                files,
                form_token=submitting.new_form_token(),
                language="en",
                per_hour=100_000,
                now=utc_now(),
            )
            db.session.commit()
            committed = time.perf_counter()
            waking.wake(self.settings.data_folder)
            return submission.id, committed

    def wait(self, submission_id: int) -> float:
        """The moment the verdict was seen committed.

        Looked for whenever somebody has committed, which is asked every two milliseconds and costs microseconds: a
        watcher that is always busy would take one of two cores from what it measures.
        """
        with self.site.app_context(), closing(sqlite3.connect(self.settings.data_folder / "bilik.sqlite3")) as file:
            seen = None
            while True:
                if (commits := file.execute("PRAGMA data_version").fetchone()) != seen:
                    seen = commits
                    state = db.session.scalar(select(Submission.state).where(Submission.id == submission_id))
                    db.session.rollback()
                    if state == State.GRADED:
                        return time.perf_counter()
                    if state == State.QUARANTINED:
                        raise RuntimeError("a submission of the benchmark was set aside; see the worker's log")
                time.sleep(0.002)

    def latencies(self, item: str, times: int) -> list[float]:
        """Commit of the row → commit of the verdict, one after another, the pool full again before each."""
        found = []
        for _ in range(times):
            rest()
            id, committed = self.submit(item)
            found.append(self.wait(id) - committed)
        return found

    def used(self, last: int) -> tuple[float, int]:
        """Of the `last` verdicts: CPU seconds in the containers on average, and the highest peak of memory in bytes."""
        with self.site.app_context():
            rows = db.session.scalars(select(Verdict.result).order_by(Verdict.id.desc()).limit(last)).all()
        said = [row["provenance"] for row in rows]
        return sum(one["cpu_seconds"] for one in said) / len(said), max(one["peak_bytes"] for one in said)

    def burst(self, item: str, count: int) -> float:
        """Notebooks a second when `count` learners hand in before the worker starts, its pool empty."""
        for _ in range(count):
            self.submit(item)
        with self.site.app_context():
            before = (
                db.session.scalar(select(func.count()).select_from(Submission).where(Submission.state == State.GRADED))
                or 0
            )
        began = time.perf_counter()
        with self.worker(), self.site.app_context():
            while True:
                graded = (
                    db.session.scalar(
                        select(func.count()).select_from(Submission).where(Submission.state == State.GRADED)
                    )
                    or 0
                )
                db.session.rollback()
                if graded - before >= count:
                    return count / (time.perf_counter() - began)
                time.sleep(0.05)

    def memory_growth(self, early: int, late: int) -> float:
        """Memory of a canned worker after `late` submissions by that after `early`."""
        sizes = []
        with self.worker(canned=True) as worker:
            for count in (early, late - early):
                ids = [self.submit("speed/function")[0] for _ in range(count)]
                self.wait(ids[-1])
                time.sleep(1)
                sizes.append(worker.memory_info().rss)
        return sizes[1] / sizes[0]


def rest(seconds: float = 20) -> None:
    """Until the machine has nothing to do: what is prepared ahead is there, what was used is cleared away."""
    end = time.monotonic() + seconds
    quiet = 0
    while quiet < 2 and time.monotonic() < end:
        quiet = quiet + 1 if psutil.cpu_percent(interval=0.25) < 15 else 0


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


@contextmanager
def site(bench: Bench) -> Iterator[str]:
    """The benchmark's site on loopback, as ./run serves it; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {
        **os.environ,
        "BILIK_DATA": str(bench.settings.data_folder),
        "BILIK_ENV": "test",
        "BILIK_SUBMISSIONS_PER_HOUR": str(bench.settings.submissions_per_hour),
    }
    options = ["--log-level", "error", "--no-control-socket", "-k", "gthread", "--threads", "24", "-b", address]
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    process = subprocess.Popen(
        [gunicorn, *options, "wsgi:app"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://{address}/healthz", timeout=2).read()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def pages_under_load(bench: Bench, learners: int, seconds: float) -> tuple[float, float, int]:
    """(p95 of page times, seconds from the last hand-in to its verdict, failed pages) while as many read as submit."""
    paths = ("/", "/courses", "/courses/course")
    times: list[float] = []
    failed = 0
    stop = threading.Event()

    def read(address: str, number: int) -> None:
        nonlocal failed
        time.sleep(number / learners)  # nobody sits down at the same moment as everybody else
        while not stop.is_set():
            for path in paths:
                began = time.perf_counter()
                try:
                    with urllib.request.urlopen(address + path, timeout=30) as answer:
                        answer.read()
                    times.append(time.perf_counter() - began)
                except OSError:
                    failed += 1
                time.sleep(1.0)  # a reader looks at a page

    with site(bench) as address:
        for path in paths:  # the site has been up for a while
            urllib.request.urlopen(address + path, timeout=30).close()
        readers = [threading.Thread(target=read, args=(address, n), daemon=True) for n in range(learners)]
        for reader in readers:
            reader.start()
        ids = []
        for number in range(learners):
            item = ("speed/notebook", "speed/function", "speed/program")[number % 3]
            ids.append(bench.submit(item)[0])
            time.sleep(seconds / learners)
        last = time.perf_counter()
        for id in ids:
            bench.wait(id)
        waited = time.perf_counter() - last
        stop.set()
        for reader in readers:  # what is under way when the site ends would count as failed
            reader.join()
    return quantile(times, 0.95), waited, failed


def clicks(bench: Bench, times: int) -> list[float]:
    """Seconds from the click on Submit to the last check on the page, in Chromium on loopback."""
    path = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))))
    with bench.site.app_context():
        version = db.session.get(CourseVersion, bench.version_id)
        assert version is not None
        user = registering.new_user("Leyla Məmmədova", email=None, language="en", now=utc_now())
        user.consented_at = utc_now()
        db.session.flush()
        enrolment = enrolling.enrol(user, version.course, now=utc_now())
        token = sessions.open_session(user, user_agent="", address="127.0.0.1", days=1, now=utc_now())
        db.session.commit()
        page_path = f"/learn/{enrolment.id}/speed/function"
    found = []
    with site(bench) as address, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        context = browser.new_context(base_url=address)
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page = context.new_page()
        for _ in range(times):
            page.goto(page_path)
            former = page.locator("#result[data-submission]")
            number = former.get_attribute("data-submission") if former.count() else "none"
            page.evaluate(WATCH, number)
            page.locator("button[value=submit]").first.click()
            found.append(page.evaluate("watched"))
            rest()
        browser.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--no-peers", action="store_true", help="leave the peers out")
    options = parser.parse_args()
    times = 15 if options.quick else 100
    many = 40 if options.quick else 200
    cache = Path(os.environ.get("BILIK_DATA", ROOT / "var")) / "cache"
    scratch = Path(tempfile.mkdtemp(prefix="bilik-bench-"))

    def say(**figures: Any) -> None:
        print(Row(**figures), flush=True)

    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    try:
        bare = alone = twice = None
        if not options.no_peers:
            python = peers.environment(cache / "peers", "nbgrader")
            bare = peers.median(peers.bare_nbclient(python, NOTEBOOK, 5 if options.quick else 20))
            students = 4 if options.quick else 10
            alone = peers.nbgrader(python, NOTEBOOK, scratch, students=students, side_by_side=1)
            twice = peers.nbgrader(python, NOTEBOOK, scratch, students=students, side_by_side=2)
            say(what="peer: bare nbclient, p50", figure=f"{bare:.2f} s", bar="", met=None)
            say(what="peer: nbgrader autograde, once", figure=f"{alone:.2f} notebooks/s", bar="", met=None)
            say(what="peer: nbgrader autograde, two side by side", figure=f"{twice:.2f} notebooks/s", bar="", met=None)
            python = peers.environment(cache / "peers-otter", "otter-grader")
            run = peers.median(peers.otter(python, NOTEBOOK, scratch, 3 if options.quick else 10))
            say(what="peer: otter run, p50", figure=f"{run:.2f} s", bar="", met=None)
            cold = peers.median(peers.cold_container(recipe().python, 5 if options.quick else 20))
            say(what="peer: a cold `docker run` of nothing, p50", figure=f"{cold:.2f} s", bar="", met=None)
        bench = Bench(scratch / "data")
        with bench.worker() as worker:
            bench.until_grading()
            for item, what, limit in (
                ("speed/notebook", "notebook of 7 cells", None),
                ("speed/function", "function, 10 checks", 0.15),
                ("speed/program", "program, 10 checks", 0.15),
            ):
                before = sum(worker.cpu_times()[:2])
                found = bench.latencies(item, times)
                own = (sum(worker.cpu_times()[:2]) - before) / times
                p50, p95, p99 = (quantile(found, share) for share in (0.5, 0.95, 0.99))
                figure = f"p50 {p50:.3f}  p95 {p95:.3f}  p99 {p99:.3f} s"
                if limit is None:
                    bar = "p50 ≤ 0.15 ×, p95 ≤ 0.4 × bare nbclient"
                    met = None if bare is None else p50 <= 0.15 * bare and p95 <= 0.4 * bare
                    figure += f" ({p50 / bare:.2f} ×, {p95 / bare:.2f} ×)" if bare else ""
                else:
                    bar, met = f"p50 ≤ {limit} s", p50 <= limit
                say(what=f"{what}, commit → verdict, {times} times", figure=figure, bar=bar, met=met)
                inside, peak = bench.used(times)
                figure = f"{inside:.2f} + worker {own:.2f} CPU s, peak {peak / 2**20:.0f} MiB"
                say(what="  each: in containers + outside", figure=figure, bar="", met=None)
            found = clicks(bench, 5 if options.quick else 30)
            figure = f"p50 {quantile(found, 0.5):.2f}  p95 {quantile(found, 0.95):.2f} s"
            met = quantile(found, 0.5) <= 0.8
            say(what="click on Submit → last check on the page", figure=figure, bar="p50 ≤ 0.8 s", met=met)
            p95, waited, failed = pages_under_load(bench, 10 if options.quick else 50, 12 if options.quick else 60)
            figure = f"pages p95 {p95:.2f} s, last {waited:.0f} s, {failed} failed"
            bar = "p95 ≤ 0.5 s, last ≤ 60 s, none failed"
            met = p95 <= 0.5 and waited <= 60 and not failed
            say(what="learners submit within a minute, as many read", figure=figure, bar=bar, met=met)
        rate = bench.burst("speed/notebook", many)
        figure, bar, met = f"{rate:.2f} notebooks/s", "≥ 3 × nbgrader, ≥ 1.6 × two of it", None
        if alone and twice:
            figure += f" ({rate / alone:.1f} ×, {rate / twice:.1f} ×)"
            met = rate >= 3 * alone and rate >= 1.6 * twice
        say(what=f"{many} notebooks at once, own container each, pool empty", figure=figure, bar=bar, met=met)
        early, late = (100, 1000) if options.quick else (500, 10_000)
        growth = bench.memory_growth(early, late)
        what = f"worker memory after {late} canned submissions"
        figure = f"{growth:.2f} × that after {early}"
        say(what=what, figure=figure, bar="≤ 1.1 ×", met=growth <= 1.1)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"load {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
