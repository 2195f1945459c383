"""Everything is killed while work is handed in: `python benchmarks/chaos.py [--engine postgresql] [--jobs 10000]`.

Learners hand in through real HTTP posts to a real site; a post that got no answer is sent again with the same form
token. Meanwhile site, worker, Docker engine (a door before it), database (connections cut; on SQLite its one lock held
for longer than anybody waits) and broker are killed and brought back, which and when by a seed. Most is graded by a
canned sandbox (benchmarks/canned.py), the last `--real` in containers. The account says what was lost or came twice.

With `--engine postgresql` there are a broker and two workers with data folders of their own. The short forms of both
are tests/engines/test_chaos.py.
"""

from __future__ import annotations

import argparse
import itertools
import os
import queue
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import requests
from flask_migrate import upgrade

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402
from sqlalchemy.exc import DBAPIError  # noqa: E402

from app import create_app  # noqa: E402
from app.accounts import registering, sessions  # noqa: E402
from app.accounts.login import COOKIE  # noqa: E402
from app.catalogue import publishing  # noqa: E402
from app.clock import utc_now  # noqa: E402
from app.config import Settings  # noqa: E402
from app.db import begin_reading, db  # noqa: E402
from app.grading import queueing  # noqa: E402
from app.grading.models import CheckRow, State, Submission, Verdict, WorkerState  # noqa: E402
from app.learning import enrolling  # noqa: E402
from app.learning.models import ItemProgress  # noqa: E402
from app.worker import name_on  # noqa: E402
from graders.course import Exercise, load_course  # noqa: E402
from sandbox import hardening  # noqa: E402
from sandbox.engine import Engine  # noqa: E402
from tests import doors, servers  # noqa: E402

COURSE = ROOT / "benchmarks" / "course"
POSTERS = 4
TWICE = 0.05  # of the posts that were taken are sent again on purpose
PATIENCE = 300.0  # seconds for a part to come back, on a loaded machine
LOCKED = 6.0  # seconds SQLite's lock is held: longer than the five anybody waits for it


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """What is there beyond one machine: a database `name` on a server, a broker."""

    postgres: servers.Postgres
    name: str
    broker: servers.Rabbit


@dataclass(frozen=True, kw_only=True)
class Account:
    """What became of it all. A `problem` is a sentence; there should be none."""

    jobs: int
    struck: Mapping[str, int]
    posts: int
    unanswered: int
    set_aside: int
    failures: Mapping[int, int]
    seconds: float
    problems: tuple[str, ...]

    def __str__(self) -> str:
        struck = ", ".join(f"{name} {times}" for name, times in sorted(self.struck.items()))
        again = ", ".join(f"{many} given back {times} ×" for times, many in sorted(self.failures.items()) if times)
        return "\n".join(
            [
                f"{self.jobs} jobs in {self.seconds:.0f} s ({self.jobs / self.seconds:.1f} a second)",
                f"struck: {struck}",
                f"{self.posts} posts, of which {self.unanswered} had no answer or a 5xx and were sent again",
                f"held against submissions: {again or 'none'}; {self.set_aside} set aside, put back by staff",
                *(self.problems or ["0 lost, 0 counted twice, progress consistent, 0 containers left"]),
            ]
        )


class Program:
    """A process with all it starts, that can be killed and started again."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.command, self.environment, self.log = command, environment, log
        self.names: list[str] = []  # "|pid|start" of each, as containers are labelled
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.names.append(f"|{self._process.pid}|{hardening.started(self._process.pid)}")

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, sign)
        self._process.wait(120)
        self._process = None


@dataclass
class Learner:
    enrolment: int
    user: int
    http: requests.Session
    one: threading.Lock = field(default_factory=threading.Lock)  # of a person's forms one is on its way
    csrf: str = ""


@dataclass(frozen=True, kw_only=True)
class Job:
    learner: Learner
    item: str
    token: str


class House:
    """An installation of its own: a course of `items` equal exercises, `learners`, a site; workers on request."""

    def __init__(self, folder: Path, *, learners: int, items: int, beyond: Beyond | None = None) -> None:
        self.folder, self.beyond = folder, beyond
        self.data = folder / "site"
        self.data.mkdir(parents=True)
        (folder / "shared").mkdir()
        self.door = doors.Engine(folder / "docker.sock")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("BILIK_")} | {
            "PYTHONDONTWRITEBYTECODE": "1",  # gunicorn would leave one beside wsgi.py
            "BILIK_ENV": "test",
            "BILIK_SLOTS": "2",
            "BILIK_COURSES": str(folder / "courses"),
            "BILIK_DOCKER_URL": f"unix://{self.door.address}",
        }
        shared: dict[str, Any] = {}
        if beyond is not None:
            shared = {
                "database_url": beyond.postgres.address(beyond.name),
                "broker_url": beyond.broker.address,
                "blobs": str(folder / "shared"),
            }
            self.environment |= {f"BILIK_{name.upper()}": value for name, value in shared.items()}
        self.site = create_app(Settings(env="test", data=self.data, **shared))
        self.address = f"http://127.0.0.1:{servers.free_port()}"
        self.learners = self._people(learners, items)
        self.server = self._program("site", self._gunicorn(), self.data)

    def _gunicorn(self) -> list[str]:
        options = ["--log-level", "warning", "--no-control-socket", "-k", "gthread", "--threads", "16", "-b"]
        return [
            str(Path(sys.executable).with_name("gunicorn")),
            *options,
            self.address.removeprefix("http://"),
            "wsgi:app",
        ]

    def _program(self, name: str, command: list[str], data: Path) -> Program:
        data.mkdir(exist_ok=True)
        return Program(command, self.environment | {"BILIK_DATA": str(data)}, self.folder / f"{name}.log")

    def workers(self, *, canned: bool) -> list[Program]:
        """One on one machine; beyond it two, each with a data folder of its own (a real one comes alone)."""
        folders = [self.data] if self.beyond is None else [self.folder / "one", self.folder / "two"]
        if not canned:
            return [self._program("worker", [sys.executable, "-m", "app.worker"], folders[0])]
        return [
            self._program(
                f"worker-{data.name}", [sys.executable, "-m", "benchmarks.canned", str(data), "2", "0.02"], data
            )
            for data in folders
        ]

    def _people(self, learners: int, items: int) -> list[Learner]:
        root = self.folder / "courses" / "chaos"
        shutil.copytree(COURSE, root)
        for n in range(items):
            shutil.copytree(root / "speed" / "function", root / "speed" / f"f{n:03d}")
        self.items = [f"f{n:03d}" for n in range(items)]
        for other in ("function", "program", "notebook"):
            shutil.rmtree(root / "speed" / other)
        unit = root / "speed" / "unit.toml"
        unit.write_text(f"{unit.read_text().splitlines()[0]}\nitems = {self.items}\n")
        with self.site.app_context():
            begin_reading(False)
            upgrade()
            course = load_course(root)
            version = publishing.store_version(course, self.data, created_by=None, now=utc_now())
            publishing.publish(version, course, now=utc_now())
            exercise = course.item(f"speed/{self.items[0]}")
            assert isinstance(exercise, Exercise)
            self.answer, self.points = exercise.solution(), exercise.max_points
            made = []
            for n in range(learners):
                user = registering.new_user(f"Learner {n}", email=None, language="en", now=utc_now())
                user.consented_at = utc_now()
                db.session.flush()
                taking = enrolling.enrol(user, version.course, now=utc_now())
                token = sessions.open_session(user, user_agent="", address="127.0.0.1", days=1, now=utc_now())
                http = requests.Session()
                http.cookies.set(COOKIE, token)
                made.append(Learner(taking.id, user.id, http))
            db.session.commit()
        return made

    def ask(self, question: Callable[[], Any]) -> Any:
        """`question` asked of the database as it is now, however often the connection is cut meanwhile."""
        while True:
            with self.site.app_context():
                try:
                    begin_reading(True)
                    return question()
                except DBAPIError:
                    time.sleep(0.2)

    def until_grading(self, workers: list[Program]) -> None:
        since, names = utc_now(), [name_on(Path(one.environment["BILIK_DATA"])) for one in workers]
        rows = select(func.count()).where(WorkerState.name.in_(names), WorkerState.grading, WorkerState.beat_at > since)
        servers.until(lambda: self.ask(lambda: db.session.scalar(rows)) == len(names), PATIENCE, "no worker grades")

    def put_back(self) -> int:
        """What was set aside is let into the queue again, as staff do; how many."""

        def act() -> int:
            begin_reading(False)
            rows = db.session.scalars(select(Submission).where(Submission.state == State.QUARANTINED)).all()
            for row in rows:
                queueing.put_back(row)
            db.session.commit()
            return len(rows)

        return int(self.ask(act))

    def waiting(self) -> int:
        rows = select(func.count()).select_from(Submission).where(Submission.state.in_([State.QUEUED, State.RUNNING]))
        return int(self.ask(lambda: db.session.scalar(rows)))

    # ---- what is struck

    def victims(self, workers: list[Program], *, canned: bool) -> dict[str, Callable[[random.Random], None]]:
        """Each takes a part away and returns when it is back."""
        found: dict[str, Callable[[random.Random], None]] = {"site": self._restart_site}
        for n, worker in enumerate(workers):
            found[f"worker {n + 1}"] = partial(self._restart_worker, worker)
        found["database"] = self._cut
        if self.beyond is not None:
            found["broker"] = self._kill_broker
        if not canned:
            found["engine"] = self._shut
        return found

    def _restart_site(self, _chance: random.Random) -> None:
        self.server.kill()
        self.server.start()
        servers.until(self._answers, PATIENCE, "the site does not answer")

    def _answers(self) -> bool:
        with suppress(requests.RequestException):
            return requests.get(f"{self.address}/healthz", timeout=5).ok
        return False

    def _restart_worker(self, worker: Program, chance: random.Random) -> None:
        worker.kill()
        worker.start()
        if chance.random() < 0.2:  # also while it starts
            time.sleep(chance.uniform(0, 3))
            worker.kill()
            worker.start()
        self.until_grading([worker])

    def _cut(self, chance: random.Random) -> None:
        if self.beyond is not None:
            self.beyond.postgres.cut(self.beyond.name)
            return
        with sqlite3.connect(self.data / "bilik.sqlite3", timeout=60, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(chance.choice((0.5, LOCKED)))
            other.execute("ROLLBACK")
        other.close()

    def _kill_broker(self, chance: random.Random) -> None:
        assert self.beyond is not None
        self.beyond.broker.kill()
        time.sleep(chance.uniform(0, 2))
        self.beyond.broker.start()

    def _shut(self, chance: random.Random) -> None:
        """Gone, or there and silent."""
        if chance.random() < 0.5:
            self.door.stop()
            time.sleep(chance.uniform(0.2, 4))
            self.door.start()
        else:
            self.door.hangs = True
            time.sleep(chance.uniform(0.2, 4))
            self.door.hangs = False

    def close(self) -> None:
        self.server.kill()
        self.door.stop()
        with self.site.app_context():
            db.engine.dispose()


class Post:
    """Posts jobs with a few threads until all are taken; what had no answer is sent again with its form token."""

    def __init__(self, house: House, jobs: list[Job], chance: random.Random) -> None:
        self.house = house
        self.sent = self.unanswered = 0
        self.problems: list[str] = []
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for job in jobs:
            self._jobs.put(job)
        self._twice = {job.token for job in jobs if chance.random() < TWICE}
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(POSTERS)]
        for thread in self._threads:
            thread.start()

    @property
    def is_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            try:
                with job.learner.one:
                    self._hand_in(job)
                    if job.token in self._twice:
                        self._hand_in(job)
            except Exception as problem:  # noqa: BLE001 - it is part of the account
                self.problems.append(f"a post failed: {type(problem).__name__}: {problem}")

    def _hand_in(self, job: Job) -> None:
        learner, path = job.learner, f"{self.house.address}/learn/{job.learner.enrolment}/speed/{job.item}"
        if not learner.csrf:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self._answered(learner.http, "GET", path).text)
            assert found is not None
            learner.csrf = found.group(1)
        form = {"csrf_token": learner.csrf, "form_token": job.token, "purpose": "submit"}
        for n, (name, body) in enumerate(self.house.answer.items()):
            form |= {f"name-{n}": name, f"text-{n}": body.decode()}
        answer = self._answered(learner.http, "POST", f"{path}/hand-in", data=form)
        if answer.status_code != 303 or not answer.headers["Location"].endswith("#result"):
            raise AssertionError(f"{answer.status_code} {answer.headers.get('Location')} {answer.text[-300:]}")

    def _answered(self, http: requests.Session, method: str, path: str, **more: Any) -> requests.Response:
        while True:
            self.sent += 1
            with suppress(requests.RequestException):
                answer = http.request(method, path, timeout=30, allow_redirects=False, **more)
                if answer.status_code < 500:
                    return answer
            self.unanswered += 1
            time.sleep(0.3)


class Chaos:
    """Strikes one of the victims that are up every few seconds, each at least once; `stop` waits until all are back."""

    def __init__(self, victims: Mapping[str, Callable[[random.Random], None]], chance: random.Random, every: float):
        self.struck: Counter[str] = Counter()
        self.problems: list[str] = []
        self._victims, self._chance, self._every = victims, chance, every
        self._first = list(victims)
        chance.shuffle(self._first)
        self._down: dict[str, threading.Thread] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(self._chance.uniform(0.5, 1.5) * self._every):
            up = [name for name in self._victims if name not in self._down or not self._down[name].is_alive()]
            if up:
                name = self._first.pop() if self._first else self._chance.choice(up)
                thread = threading.Thread(target=self._strike, args=(name, random.Random(self._chance.random())))
                self._down[name] = thread
                thread.start()

    def _strike(self, name: str, chance: random.Random) -> None:
        try:
            began = time.monotonic()
            self._victims[name](chance)
            self.struck[name] += 1
            took = time.monotonic() - began
            print(f"{name}: back after {took:.1f} s", file=sys.stderr, flush=True)
            self._stop.wait(max(self._every, took))  # else a slow machine would never get anything done
        except Exception as problem:  # noqa: BLE001 - it is part of the account
            self.problems.append(f"{name} did not come back: {type(problem).__name__}: {problem}")

    @property
    def has_struck_all(self) -> bool:
        return not self._first

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        for thread in self._down.values():
            thread.join()


def run(
    folder: Path,
    *,
    canned: int,
    real: int,
    seed: int,
    every: float,
    beyond: Beyond | None = None,
    calm: bool = False,
    patience: float = 3600.0,
) -> Account:
    """`calm`: nothing is struck any more once all is handed in and each was struck. `patience` is for each phase, in
    seconds; what is not graded then is a problem of the account."""
    chance, total = random.Random(seed), canned + real
    items = min(100, max(10, round(total**0.5)))
    house = House(folder, learners=-(-total // items), items=items, beyond=beyond)
    pairs = list(itertools.product(house.learners, house.items))
    chance.shuffle(pairs)
    jobs = [Job(learner=learner, item=item, token=f"form-{n}") for n, (learner, item) in enumerate(pairs[:total])]
    struck: Counter[str] = Counter()
    problems: list[str] = []
    sent = unanswered = aside = 0
    began = time.monotonic()
    try:
        house.server.start()
        owners: list[str] = []
        for part, is_canned in ((jobs[:canned], True), (jobs[canned:], False)):
            if not part:
                continue
            workers = house.workers(canned=is_canned)
            with running(workers):
                house.until_grading(workers)
                chaos = Chaos(house.victims(workers, canned=is_canned), chance, every if is_canned else 2 * every)
                post = Post(house, part, chance)
                end = time.monotonic() + patience
                stopped = False
                while True:
                    drained = post.is_done and not house.waiting()
                    if drained and (set_aside := house.put_back()):
                        aside += set_aside
                        drained = False
                    if not stopped and chaos.has_struck_all and post.is_done and (calm or drained):
                        chaos.stop()
                        stopped = True
                        continue  # what was struck last may have given something back
                    if drained and stopped:
                        break
                    if time.monotonic() > end:
                        problems.append(f"not drained in {patience:.0f} s: {house.waiting()} wait")
                        chaos.stop()
                        break
                    time.sleep(0.1)
                house.until_grading(workers)  # whoever was started last has swept
            struck += chaos.struck
            problems += chaos.problems + post.problems
            sent, unanswered = sent + post.sent, unanswered + post.unanswered
            owners += [name for worker in workers for name in worker.names]
        seconds = time.monotonic() - began
        failures = house.ask(
            lambda: dict(
                db.session.execute(select(Submission.failures, func.count()).group_by(Submission.failures)).all()
            )
        )
        problems += house.ask(lambda: _wrong(house, jobs)) + _left(owners)
    finally:
        house.close()
    return Account(
        jobs=total,
        struck=struck,
        posts=sent,
        unanswered=unanswered,
        set_aside=aside,
        failures=failures,
        seconds=seconds,
        problems=tuple(problems),
    )


@contextmanager
def running(workers: list[Program]) -> Iterator[None]:
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()


def _wrong(house: House, jobs: list[Job]) -> list[str]:
    """Sentences about what is not exactly one counting verdict for each form that was taken."""
    found = []
    rows = {(row.user_id, row.form_token): row for row in db.session.scalars(select(Submission))}
    wanted = {(job.learner.user, job.token): job for job in jobs}
    if lost := wanted.keys() - rows.keys():
        found.append(f"{len(lost)} accepted forms have no submission")
    if more := rows.keys() - wanted.keys():
        found.append(f"{len(more)} submissions nobody sent")
    states = Counter(row.state for row in rows.values())
    if states != {State.GRADED: len(jobs)}:
        found.append(f"not all are graded: {dict(states)}")
    verdicts = Counter(db.session.scalars(select(Verdict.submission_id)))
    if twice := [id for id, many in verdicts.items() if many != 1]:
        found.append(f"{len(twice)} submissions have more than one verdict")
    if held := [row.id for row in rows.values() if row.lease_token is not None]:
        found.append(f"{len(held)} submissions are still leased")
    progress = {(row.enrolment_id, row.item): row for row in db.session.scalars(select(ItemProgress))}
    wrong = 0
    for key, job in wanted.items():
        row, standing = rows.get(key), progress.get((job.learner.enrolment, f"speed/{job.item}"))
        wrong += (
            row is None
            or standing is None
            or standing.counting_submission_id != row.id
            or standing.points != house.points
            or standing.done_at is None
        )
    if wrong or len(progress) != len(jobs):
        found.append(f"{wrong} of {len(progress)} progress rows do not say what was graded")
    if rest := db.session.scalar(select(func.count()).select_from(CheckRow)):
        found.append(f"{rest} check rows are left")
    return found


def _left(owners: list[str]) -> list[str]:
    """Containers of the workers with these names, as a sentence; they have half a minute to go."""
    end = time.monotonic() + 30
    while True:
        labelled = (
            Engine().call(
                "listing containers", lambda api: api.containers(all=True, filters={"label": f"app={hardening.LABEL}"})
            )
            if Path(doors.DOCKER).exists()
            else []
        )
        left = [one for one in labelled if one["Labels"].get("worker", "").endswith(tuple(owners))]
        if not left:
            return []
        if time.monotonic() > end:
            return [f"{len(left)} containers are left"]
        time.sleep(0.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--jobs", type=int, default=10_000, help="in all")
    parser.add_argument("--real", type=int, default=200, help="of them graded in containers")
    parser.add_argument("--every", type=float, default=3.0, help="seconds between two strikes, on average")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended
    folder = Path(tempfile.mkdtemp(prefix="bilik-chaos-", dir="/tmp"))
    plan = {"canned": options.jobs - options.real, "real": options.real, "seed": options.seed, "every": options.every}
    try:
        if options.engine == "sqlite":
            account = run(folder / "house", **plan)
        else:
            with servers.postgres() as postgres, servers.rabbitmq() as broker:
                beyond = Beyond(postgres=postgres, name=postgres.create(), broker=broker)
                account = run(folder / "house", beyond=beyond, **plan)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{options.engine}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, seed {options.seed}")
    print(account)
    return 1 if account.problems else 0


if __name__ == "__main__":
    sys.exit(main())
