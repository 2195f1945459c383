"""How long the pages of leaders take: `python benchmarks/civil_pages.py [--people 5000] [--engine …] [--times 20]`.

One ministry of so many people, of each of whom nine things are asked, three years in: the pages of its training officer
and of the manager of all of it, each asked for so many times. Bar: 95 of 100 within half a second. Nothing here
asserts: a missed bar is printed. "first" is the first time, before anything of past days is remembered.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402
from sqlalchemy import event, func, insert, select, text  # noqa: E402

from app.accounts import granting, registering, sessions  # noqa: E402
from app.accounts.login import COOKIE  # noqa: E402
from app.accounts.models import Organisation, Role, User  # noqa: E402
from app.clock import DAY, today, utc_now  # noqa: E402
from app.curricula.models import DueDate, Obligation, Period, Requirement, RequirementVersion, Source  # noqa: E402
from app.db import begin_reading, db  # noqa: E402
from app.folding import fold  # noqa: E402
from app.organisations import tree  # noqa: E402
from app.organisations.models import Job  # noqa: E402
from benchmarks.civil import GIVEN, SURNAMES, house  # noqa: E402
from benchmarks.grading import quantile  # noqa: E402

BAR = 500.0  # milliseconds
UNITS, REQUIREMENTS, ROWS = 120, 9, 5000
PAGES = (
    ("people", "/team/1", "manager"),
    ("people, late, by name", "/team/1?light=red&sort=name&page=3", "manager"),
    ("people of a unit", "/team/1?unit=7", "manager"),
    ("people named", "/team/1?q=aysel", "manager"),
    ("units", "/team/1/units", "manager"),
    ("overview", "/team/1/overview", "officer"),
    ("outlook", "/team/1/outlook", "officer"),
    ("outlook of a requirement", "/team/1/outlook?requirement=3", "officer"),
    ("report of a past day", "/team/1/report?day={day}", "officer"),
)


def settle(people: int, start: date) -> None:
    """Rows as three years leave them: of ten things nine were done, some renewed once or twice, some late."""
    now, of = utc_now(), db.session.get_one(Organisation, 1)
    root = tree.root(of.id)
    units = [root]
    for n in range(UNITS):
        above = root if n < 12 else units[1 + n % 12]
        units.append(tree.open_unit(above, f"U{n}", f"Şöbə {n}", on=start, by=None, now=now))
    for n in range(REQUIREMENTS):
        made = Requirement(organisation_id=of.id, code=f"R{n}", created_at=now)
        db.session.add(made)
        db.session.flush()
        titles = dict.fromkeys(("az", "ru", "en"), f"Requirement {n}")
        db.session.add(
            RequirementVersion(
                **{"requirement_id": made.id, "number": 1, "from_on": start, "titles": titles, "reasons": {}},
                **{"parts": [], "equivalents": {}, "due": {}, "created_at": now, "validity_months": 12},
            )
        )
    names = [f"{GIVEN[n % len(GIVEN)]} {SURNAMES[n * 7 % len(SURNAMES)]} {n}" for n in range(people)]
    rows = [{"name": name, "name_folded": fold(name), "language": "az", "created_at": now} for name in names]
    ids = list(db.session.scalars(insert(User).returning(User.id, sort_by_parameter_order=True), rows))
    jobs = [
        {"user_id": id, "organisation_id": of.id, "unit_id": units[1 + n % UNITS].id, "from_on": start}
        for n, id in enumerate(ids)
    ]
    _insert(Job, jobs)
    _insert(Obligation, [{"user_id": id, "requirement_id": 1 + n} for id in ids for n in range(REQUIREMENTS)])
    asked = db.session.scalars(select(Obligation.id).order_by(Obligation.id)).all()
    by = db.session.scalar(select(func.min(User.id)))
    said = {"assigned_by": by, "assigned_at": now - timedelta(days=3 * 366), "from_on": start}
    _insert(Source, [{"obligation_id": one} | said for one in asked])
    done, left, dues = _periods(list(asked), start)
    _insert(Period, done)
    _insert(Period, left)
    _insert(DueDate, dues)
    db.session.commit()


def _periods(asked: list[int], start: date) -> tuple[list[dict[str, object]], ...]:
    done: list[dict[str, object]] = []
    left: list[dict[str, object]] = []
    dues: list[dict[str, object]] = []
    key = 0
    for one in asked:
        first, due, number = start, start + timedelta(days=30 + one * 37 % 1150), 0
        while True:
            key += 1
            row = {"id": key, "obligation_id": one, "number": number, "start_on": first}
            dues.append({"period_id": key, "due_on": due, "from_on": first, "cause": "assigned"})
            on = first + timedelta(days=10 + (one * 31 + number * 97) % 390)
            if on >= today() or (one + number * 3) % 10 == 0:
                left.append(row)
                break
            opens, expires = on + timedelta(days=305), on + timedelta(days=365)
            done.append(
                row
                | {"begun_on": first, "completed_on": on, "completed_by": {}}
                | {"window_opens_on": opens, "expires_on": expires}
            )
            if opens > today():
                break
            first, due, number = opens, expires - DAY, number + 1
    return done, left, dues


def _insert(table: type, rows: list[dict[str, object]]) -> None:
    for first in range(0, len(rows), ROWS):
        db.session.execute(insert(table), rows[first : first + ROWS])


def someone(role: Role) -> str:
    """The cookie of a new person with this role in the ministry."""
    now = utc_now()
    user = registering.new_user(role.value, email=f"{role.value}@example.az", language="az", now=now)
    user.consented_at = now
    granting.grant(user, role, organisation_id=1, by=None, now=now)
    return sessions.open_session(user, user_agent="", address="127.0.0.1", days=1, now=now)


def measure(site: Flask, cookies: dict[str, str], times: int) -> None:
    asked: list[str] = []
    with site.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    print(f"  {'page':<28}{'first':>8}{'p50':>8}{'p95':>8}{'cpu':>8}  ms, statements")
    for name, path, role in PAGES:
        client = site.test_client()
        client.set_cookie(COOKIE, cookies[role])
        address = path.format(day=today() - timedelta(days=200))
        spent, cpu = [], []
        for _ in range(times + 1):
            asked.clear()
            began, used = time.perf_counter(), time.process_time()
            answer = client.get(address)
            spent.append(1000 * (time.perf_counter() - began))
            cpu.append(1000 * (time.process_time() - used))
            assert answer.status_code == 200, (address, answer.status_code)
        p50, p95 = quantile(spent[1:], 0.5), quantile(spent[1:], 0.95)
        missed = "" if p95 <= BAR else "  MISSED"
        print(
            f"  {name:<28}{spent[0]:8.0f}{p50:8.0f}{p95:8.0f}{quantile(cpu[1:], 0.5):8.0f}  {len(asked)}{missed}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    chosen = parser.parse_args()
    for engine in chosen.engine or ["sqlite", "postgresql"]:
        with house(engine) as site:
            with site.app_context():
                begin_reading(False)
                settle(chosen.people, today() - timedelta(days=1050))
                if engine == "postgresql":
                    db.session.execute(text("ANALYZE"))
                cookies = {role.value: someone(role) for role in (Role.MANAGER, Role.OFFICER)}
                obligations = db.session.scalar(select(func.count()).select_from(Obligation))
                db.session.commit()
            print(f"{chosen.people:,} people, {obligations:,} obligations, {engine}", flush=True)
            measure(site, cookies, chosen.times)
            with site.app_context():
                db.session.remove()
                db.engine.dispose()


if __name__ == "__main__":
    main()
