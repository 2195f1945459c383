"""Whether pages stay as quick as they were: `python benchmarks/pages.py [--quick] [--times N]`.

The same pages of the same people on a real PostgreSQL server of its own, with 10³, 10⁴, 10⁵ and 10⁶ submissions
(`--quick`: up to 10⁵) and all that comes with them. For each page the time as a reader waits for it, the statements and
what the database spends on them; in the end how much slower it got, beside the bar, and every table that grows and was
gone through from end to end. Nothing here asserts: a missed bar is printed as missed.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402
import structlog  # noqa: E402
from flask import Flask  # noqa: E402
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import event, func, insert, select  # noqa: E402

from app import create_app  # noqa: E402
from app.accounts import forgetting, granting, registering, sessions  # noqa: E402
from app.accounts.login import COOKIE  # noqa: E402
from app.accounts.models import Role, User  # noqa: E402
from app.catalogue import publishing  # noqa: E402
from app.clock import utc_now  # noqa: E402
from app.config import Settings  # noqa: E402
from app.credentials import issuing  # noqa: E402
from app.db import begin_reading, db  # noqa: E402
from app.grading import beating, queueing, settling, waiting  # noqa: E402
from app.grading.models import Lane, Purpose, State, Submission  # noqa: E402
from app.organisations import working  # noqa: E402
from benchmarks import seeding  # noqa: E402
from benchmarks.grading import quantile  # noqa: E402
from graders.course import load_course  # noqa: E402
from tests import servers  # noqa: E402

COURSES = ("python-basics", "ai-first-steps")
FLAT = 1.5  # times as slow as with a thousand submissions
NOISE = 5.0  # milliseconds that a page may take longer whatever the ratio says
QUICKLY = {
    "max_wal_size": "8GB",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}  # to make
SMALL = 2000  # rows of a table that may be gone through from end to end


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A page, or an act of the worker, at one size: milliseconds as waited for, statements, milliseconds of the
    database for all of them, and the tables gone through from end to end. What else runs on the machine makes some
    requests slower and none quicker: growth is seen in the quickest."""

    quickest: float
    p50: float
    p95: float
    statements: int
    database: float
    scans: tuple[str, ...]


class House:
    """A site on PostgreSQL with staff, courses and organisations, before anybody learns."""

    def __init__(self, server: servers.Postgres, folder: Path) -> None:
        self.server, self.name = server, server.create()
        settings = Settings(
            env="test", data=folder, database_url=server.address(self.name), public_url="http://localhost"
        )
        self.site: Flask = create_app(settings)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        self.learners = 0
        with self.site.app_context():
            begin_reading(False)
            upgrade()
            now = utc_now()
            for slug in COURSES:
                course = load_course(ROOT / "courses" / slug)
                version = publishing.store_version(course, folder, created_by=None, now=now)
                publishing.publish(version, course, now=now)
                if slug == COURSES[0]:
                    self.course, ids = course, {"course": version.course_id, "version": version.id}
            for number in range(seeding.ORGANISATIONS):
                working.create(f"Organisation {number}", by=None, now=now)
            self.staff = {
                "administrator": self._person(Role.ADMINISTRATOR),
                "instructor": self._person(Role.INSTRUCTOR, course_slug=COURSES[0]),
                "manager": self._person(Role.MANAGER, organisation_id=1),
            }
            self.ids = {**ids, "staff": self.staff["instructor"]}
            beating.beat("bench", grading=True, report={"slots": 2, "reason": ""}, now=now)
            db.session.commit()

    def _person(self, role: Role, **narrowed: Any) -> int:
        user = registering.new_user(f"{role} of the house", email=f"{role}@example.com", language="en", now=utc_now())
        user.consented_at = user.email_confirmed_at = utc_now()
        granting.grant(user, role, by=None, now=utc_now(), **narrowed)
        db.session.flush()
        return user.id

    def grow(self, submissions: int) -> float:
        """Until there are so many submissions; the seconds it took."""
        began, wanted = time.perf_counter(), submissions // seeding.PER_LEARNER
        with psycopg.connect(host="127.0.0.1", port=self.server.port, user="bilik", dbname=self.name) as connection:
            seeding.grow(connection, self.course, ids=self.ids, begin=self.learners, end=wanted, now=utc_now())
        self.learners = wanted
        return time.perf_counter() - began

    def cookie(self, user_id: int) -> str:
        with self.site.app_context():
            begin_reading(False)
            user = db.session.get_one(User, user_id)
            token = sessions.open_session(user, user_agent="", address="127.0.0.1", days=1, now=utc_now())
            db.session.commit()
            return token

    # ---- measuring

    def page(self, path: str, user_id: int, times: int) -> Figure:
        client = self.site.test_client()
        client.set_cookie(COOKIE, self.cookie(user_id))

        def open_page() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status}"

        return self._figure(open_page, times)

    def act(self, act: Callable[[], object], times: int) -> Figure:
        """What the worker or a page does in a transaction; nothing of it is kept."""

        def rolled_back() -> None:
            with self.site.app_context():
                begin_reading(False)
                act()
                db.session.rollback()

        return self._figure(rolled_back, times)

    def _figure(self, act: Callable[[], None], times: int) -> Figure:
        for _ in range(2):
            act()
        with self._statements() as sent:
            act()
        took = []
        for _ in range(times):
            began = time.perf_counter()
            act()
            took.append((time.perf_counter() - began) * 1000)
        plans = list(self._plans(sent))
        return Figure(
            quickest=min(took),
            p50=statistics.median(took),
            p95=quantile(took, 0.95),
            statements=len(sent),
            database=sum(plan["Execution Time"] for plan in plans),
            scans=tuple(sorted({name for plan in plans for name in scans(plan["Plan"])})),
        )

    @contextmanager
    def _statements(self) -> Iterator[list[tuple[str, Any]]]:
        sent: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            sent.append((statement, parameters))

        with self.site.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def _plans(self, sent: list[tuple[str, Any]]) -> Iterator[dict[str, Any]]:
        """Each statement once more, explained; whatever it changes is undone."""
        with self.site.app_context(), db.engine.connect() as connection:
            for statement, parameters in sent:
                if statement.lstrip().split(" ")[0].upper() not in ("SELECT", "UPDATE", "DELETE", "WITH"):
                    continue
                explained = connection.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters
                ).scalar()
                yield explained[0] if isinstance(explained, list) else json.loads(explained or "[{}]")[0]
                connection.rollback()


def scans(node: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan goes through from end to end and that hold more than a few rows."""
    rows = (node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)) * node.get("Actual Loops", 1)
    if node["Node Type"] == "Seq Scan" and rows > SMALL:
        yield f"{node['Relation Name']} ({rows:,.0f} rows)"
    for child in node.get("Plans", ()):
        yield from scans(child)


def pages(house: House) -> list[tuple[str, str, int]]:
    """(what, address, whose)."""
    learner, item = seeding.MEASURED, next(row["item"] for row in seeding.samples(house.course, utc_now()))
    admin, teacher, manager = (house.staff[name] for name in ("administrator", "instructor", "manager"))
    with house.site.app_context():
        handed_in = db.session.scalar(select(func.max(Submission.id)).where(Submission.user_id == learner))
    return [
        ("gradebook, first page", "/teach/cohorts/1/gradebook", teacher),
        ("gradebook, page 2", "/teach/cohorts/1/gradebook?page=2", teacher),
        ("gradebook, search", "/teach/cohorts/1/gradebook?q=a", teacher),
        ("learners of a cohort", "/teach/cohorts/1", teacher),
        ("one learner, for staff", f"/teach/cohorts/1/learners/{learner}", teacher),
        ("submission, for staff", f"/staff/submissions/{handed_in}", teacher),
        ("instructor's cohorts", "/teach/", teacher),
        ("instructor's course", f"/authoring/courses/{COURSES[0]}", teacher),
        ("grading again", f"/staff/rejudges/{COURSES[0]}", teacher),
        ("dashboard", "/", learner),
        ("outline", f"/learn/{learner}", learner),
        ("exercise", f"/learn/{learner}/{item}", learner),
        ("submissions of an exercise", f"/learn/{learner}/{item}/history", learner),
        ("result, polled", f"/submissions/{handed_in}/result", learner),
        ("notices", "/notices", learner),
        ("certificates", "/certificates", learner),
        ("manager's people", "/team/1", manager),
        ("manager's people, search", "/team/1?q=a", manager),
        ("people", "/administration/people", admin),
        ("people, search", "/administration/people?q=a", admin),
        ("people, last page", "/administration/people?page=100000", admin),
        ("organisations", "/structure/", admin),
        ("organisation", "/structure/1", admin),
        ("system", "/staff/system", admin),
        ("audit log", "/staff/audit", admin),
        ("audit log, by act", "/staff/audit?act=organisation_created", admin),
        ("audit log, by person", f"/staff/audit?who={learner}", admin),
        ("instructor's cohorts, administrator", "/teach/", admin),
    ]


def acts() -> list[tuple[str, Callable[[], object]]]:
    """What the worker does all the time, with nothing to do."""
    return [
        ("worker: claim", lambda: queueing.claim("bench", now=utc_now())),
        ("worker: sweep", lambda: queueing.sweep(now=utc_now())),
        ("worker: certificates due", lambda: issuing.issue_due(utc_now())),
        ("worker: rejudges", lambda: settling.settle_some(now=utc_now())),
        ("worker: forget tries, none", lambda: queueing.forget_tries(now=utc_now())),
        ("worker: forget devices", lambda: forgetting.forget(utc_now())),
        ("hand-in: the wait", waiting.expected_seconds),
    ]


def measure(house: House, times: int) -> Iterator[tuple[str, Figure]]:
    for what, path, user_id in pages(house):
        yield what, house.page(path, user_id, times)
    for what, act in acts():
        yield what, house.act(act, max(3, times // 3))


def is_flat(first: Figure, last: Figure) -> bool:
    return last.quickest <= first.quickest * FLAT or last.quickest - first.quickest < NOISE


def show(by_size: dict[int, dict[str, Figure]]) -> None:
    sizes = list(by_size)
    print(f"\n{'p50 / p95 in ms':<38}" + "".join(f"{size:>18,}" for size in sizes), end="")
    print(f"{'ratio':>8}  bar ≤ {FLAT}   {'statements':>10}  database ms")
    for what, first in by_size[sizes[0]].items():
        if any(what not in by_size[size] for size in sizes):
            continue
        figures = [by_size[size][what] for size in sizes]
        last = figures[-1]
        times = "".join(f"{f'{one.p50:.1f} / {one.p95:.1f}':>18}" for one in figures)
        word = "met" if is_flat(first, last) else "MISSED"
        number = (
            f"{first.statements}" if first.statements == last.statements else f"{first.statements} → {last.statements}"
        )
        print(f"{what:<38}{times}{last.quickest / first.quickest:>8.2f}  {word:<9} {number:>10}  ", end="")
        print(f"{first.database:.1f} → {last.database:.1f}")
    print("\ngone through from end to end at the largest size:")
    found = [(what, one.scans) for what, one in by_size[sizes[-1]].items() if one.scans]
    for what, tables in found:
        print(f"  {what}: {', '.join(tables)}")
    if not found:
        print("  nothing that grows")


def crowd(house: House, waiting_rows: int, times: int) -> None:
    """Polling and claiming with so many rows in the queue."""
    with house.site.app_context():
        begin_reading(False)
        now, last = utc_now(), db.session.scalar(select(func.max(Submission.id))) or 0
        like = db.session.scalars(select(Submission).where(Submission.id == seeding.PER_LEARNER)).one()
        columns = {
            "course_id": like.course_id,
            "version_id": like.version_id,
            "item": like.item,
            "kind": like.kind,
            "purpose": Purpose.SUBMIT,
            "language": "az",
            "files": [],
            "replies": {},
            "seed": 1,
            "submitted_at": now,
            "state": State.QUEUED,
            "lane": Lane.LEARNERS,
        }
        people = min(house.learners, waiting_rows)
        rows = [
            {**columns, "user_id": who, "enrolment_id": who, "form_token": f"q{number}", "id": last + 1 + number}
            for number in range(waiting_rows)
            for who in [seeding.FIRST_LEARNER + number % people]
        ]
        db.session.execute(insert(Submission), rows)
        db.session.execute(select(func.setval("submission_id_seq", last + waiting_rows)))
        db.session.commit()
        mine = next(row for row in rows if row["user_id"] == seeding.MEASURED)["id"]
    print(f"\nwith {waiting_rows:,} waiting:")
    for what, one in (
        ("result, polled", house.page(f"/submissions/{mine}/result", seeding.MEASURED, times)),
        ("worker: claim", house.act(lambda: queueing.claim("bench", now=utc_now()), times)),
        ("system", house.page("/staff/system", house.staff["administrator"], times)),
    ):
        print(f"  {what:<36}{one.p50:.1f} / {one.p95:.1f} ms, the database {one.database:.1f} ms")
    with house.site.app_context():
        begin_reading(False)
        db.session.execute(db.delete(Submission).where(Submission.id > last))
        db.session.commit()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="up to 100,000 submissions")
    parser.add_argument("--times", type=int, default=30, help="requests of each page")
    parser.add_argument("--sizes", type=int, nargs="+", help="submissions, rising; at least 1,000")
    chosen = parser.parse_args()
    sizes = chosen.sizes or [10**3, 10**4, 10**5, *([] if chosen.quick else [10**6])]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server goes, too
    folder = Path(tempfile.mkdtemp(prefix="bilik-pages-"))
    by_size: dict[int, dict[str, Figure]] = {}
    try:
        with servers.postgres() as server:
            for name, value in QUICKLY.items():
                server.say(f"ALTER SYSTEM SET {name} = '{value}'")
            server.say("SELECT pg_reload_conf()")
            house = House(server, folder)
            for size in sizes:
                print(f"{size:,} submissions: {house.grow(size):.0f} s to make", flush=True)
                by_size[size] = {}
                for what, figure in measure(house, chosen.times):
                    by_size[size][what] = figure
            crowd(house, 10_000, max(5, chosen.times // 3))
            with house.site.app_context():
                db.engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if by_size:
            show(by_size)  # as far as it came
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
