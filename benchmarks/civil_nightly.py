"""How long a night takes: `python benchmarks/civil_nightly.py [--people 5000,20000,100000] [--told 20000]`.

On PostgreSQL: three ministries, 120 units, nine requirements asked of everybody, so nine obligations a person. The
first night asks everybody for everything; then one in which nothing happened; then one after a day on which one in
fifty moved, one in fifty finished something, and windows opened. Bar for 5,000: 30 s, then at most linear in people.
With at most `--told` people they are also told of it all, which the worker does in small parts beside other work.
Nothing here asserts: a missed bar is printed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select, text  # noqa: E402

from app.accounts.models import Organisation  # noqa: E402
from app.audiences.models import Audience, AudienceVersion  # noqa: E402
from app.curricula import nightly, requirements  # noqa: E402
from app.curricula.models import Nightly, Obligation, RequirementAudience  # noqa: E402
from app.curricula.reminding import rounding  # noqa: E402
from app.curricula.requirements import Draft  # noqa: E402
from app.curricula.standing import obligations_on  # noqa: E402
from app.db import db  # noqa: E402
from app.notices.models import Notice  # noqa: E402
from app.organisations.models import Unit  # noqa: E402
from benchmarks.civil import MINISTRIES, UNITS, house  # noqa: E402
from tests.curricula.people import course, noon  # noqa: E402

FIRST = date(2026, 11, 23)
BAR = 30.0  # seconds, for 5,000 people
REQUIREMENTS = 9
EVERYBODY = {"version": 1, "match": "all", "groups": [], "always": [], "never": []}

PEOPLE = (
    """INSERT INTO unit (organisation_id, code, name, from_on)
    SELECT 1 + mod(k, :ministries), 'U' || k, 'Unit ' || k, '2020-01-01' FROM generate_series(1, :units) AS k""",
    """INSERT INTO placement (unit_id, parent_id, from_on)
    SELECT unit.id, root.id, '2020-01-01' FROM unit
    JOIN unit AS root ON root.organisation_id = unit.organisation_id AND root.code = '-' WHERE unit.code <> '-'""",
    """INSERT INTO "user" (id, name, name_folded, language, created_at, first_signed_in_at)
    SELECT 1000 + n, 'Person ' || n, 'person ' || n, 'az', '2026-01-01', '2026-01-02'
    FROM generate_series(1, :people) AS n""",
    """INSERT INTO job (user_id, organisation_id, unit_id, from_on)
    SELECT 1000 + n, unit.organisation_id, unit.id, DATE '2026-01-01' - mod(n, 900)
    FROM generate_series(1, :people) AS n JOIN unit ON unit.code = 'U' || (1 + mod(n, :units))""",
    """INSERT INTO enrolment (user_id, course_id, version_id, enrolled_at, completed_at)
    SELECT 1000 + n, course.id, course.published_id, came,
        CASE WHEN mod(n + course.id, 10) < 7 THEN came + interval '9 days' END
    FROM generate_series(1, :people) AS n CROSS JOIN course CROSS JOIN LATERAL
        (SELECT timestamptz '2026-11-10' - interval '1 day' * mod(n * 7 + course.id * 31, 400) AS came) AS began
    WHERE mod(n + course.id, 10) < 9""",
)
DAY_AFTER = (  # one in fifty moves to the next unit of the same ministry; one in fifty finishes a course
    """CREATE TEMP TABLE moved AS SELECT job.id, job.user_id, job.organisation_id,
        (SELECT min(id) FROM unit WHERE organisation_id = job.organisation_id AND id <> job.unit_id) AS unit_id
    FROM job WHERE mod(user_id, 50) = 0""",
    "UPDATE job SET until_on = CAST(:day AS date) - 1 WHERE id IN (SELECT id FROM moved)",
    """INSERT INTO job (user_id, organisation_id, unit_id, from_on)
    SELECT user_id, organisation_id, unit_id, CAST(:day AS date) FROM moved""",
    """UPDATE enrolment SET completed_at = CAST(:now AS timestamptz)
    WHERE completed_at IS NULL AND mod(user_id, 50) = 1""",
)


def run(statement: str, **facts: object) -> None:
    db.session.execute(text(statement), {name: value for name, value in facts.items() if f":{name}" in statement})


def settle(people: int) -> None:
    """Everybody with what they learnt so far; requirements asked of all staff, a third of half of the units as well."""
    slugs = [f"course-{n}" for n in range(REQUIREMENTS)]
    for slug in slugs:
        course(slug)
    db.session.flush()
    for statement in PEOPLE:
        run(statement, ministries=MINISTRIES, units=UNITS, people=people)
    db.session.execute(text('ANALYZE unit, placement, "user", job, course, enrolment'))  # the others are empty
    rules = ("completion", "expiry", "fixed")
    for organisation in db.session.scalars(select(Organisation)).all():
        half = list(db.session.scalars(select(Unit.id).where(Unit.organisation_id == organisation.id)))
        there = {"kind": "unit", "units": sorted(half[: len(half) // 2]), "below": True, "not": False}
        some = EVERYBODY | {"groups": [{"match": "all", "conditions": [there]}]}
        audiences = [_audience(organisation, name, rule) for name, rule in (("All", EVERYBODY), ("Half", some))]
        for n, slug in enumerate(slugs):
            draft = Draft(
                titles={"az": slug},
                parts=[{"need": "all", "courses": [slug]}],
                due={"after": 60, "from": "assigned"},
                validity_months=12,
                window_days=60,
                renewal=rules[n % 3],
                minimum_validity_days=90,
                look_back_days=330,
                minimum_days=14,
            )
            made = requirements.create(organisation, f"R{n}", draft, by=None, now=noon(FIRST))
            for audience in audiences if n % 3 == 0 else audiences[:1]:
                db.session.add(RequirementAudience(requirement_id=made.id, audience_id=audience.id, from_on=FIRST))
    db.session.commit()


def _audience(organisation: Organisation, name: str, rule: dict[str, object]) -> Audience:
    made = Audience(organisation_id=organisation.id, name=name, created_at=noon(FIRST))
    db.session.add(made)
    db.session.flush()
    db.session.add(AudienceVersion(audience_id=made.id, number=1, rule=rule, created_at=noon(FIRST)))
    return made


def night(what: str, day: date) -> float:
    began = time.perf_counter()
    done = nightly.run(day, noon(day))
    db.session.commit()
    seconds = time.perf_counter() - began
    changed = ", ".join(f"{name} {count}" for name, count in vars(done).items() if count) or "nothing changed"
    print(f"  {what:<34}{seconds:8.2f} s   {changed}", flush=True)
    return seconds


def tell(what: str, act: Callable[[datetime], bool], now: datetime) -> None:
    """Everything that is to be told, each part in a transaction of its own, as the worker does it."""
    parts, began = [0.0], time.perf_counter()
    while act(now):
        db.session.commit()
        parts.append(time.perf_counter() - began - sum(parts))
    db.session.commit()
    told = db.session.scalar(select(func.count()).select_from(Notice).where(Notice.created_at == now))
    seconds = time.perf_counter() - began
    print(f"  {what:<34}{seconds:8.2f} s   notices {told}, longest transaction {max(parts):.2f} s", flush=True)


def remind() -> None:
    """The round of a week before everybody's due day, and the one before it."""
    due = FIRST + timedelta(days=60)
    for days, what in ((8, "a round with little to say"), (7, "a round a week before the due day")):
        on = due - timedelta(days=days)  # a Thursday and a Friday
        db.session.add(Nightly(day=on, began_at=noon(on), ended_at=noon(on), summary={}))
        db.session.commit()
        tell(what, lambda now: rounding.go_on(now, rounding.prepared(now)), noon(on))


def measure(people: int, *, told: bool) -> float:
    """The seconds of the night after an ordinary day."""
    with house("postgresql") as site, site.app_context():
        settle(people)
        night("first: everybody is asked", FIRST)
        db.session.execute(text("ANALYZE"))  # as the server does by itself within minutes
        db.session.commit()
        if told:
            tell("what everybody is asked is told", rounding.tell_asked, noon(FIRST))
        night("again the same day", FIRST)
        day = FIRST + timedelta(days=1)
        for statement in DAY_AFTER:
            run(statement, day=day, now=noon(day))
        db.session.commit()
        seconds = night("the next, after an ordinary day", day)
        asked = db.session.scalar(select(func.count()).select_from(Obligation))
        began = time.perf_counter()
        rows = obligations_on(day).subquery()
        counts = db.session.execute(select(rows.c.status, func.count()).group_by(rows.c.status)).all()
        spent = time.perf_counter() - began
        print(
            f"  {'how all stand, counted in SQL':<34}{spent:8.2f} s   {asked} obligations: {dict(map(tuple, counts))}"
        )
        if told:
            remind()
        db.session.remove()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", default="5000,20000,100000")
    parser.add_argument("--told", type=int, default=20000)
    asked = parser.parse_args()
    spent: dict[int, float] = {}
    for people in map(int, asked.people.split(",")):
        print(f"{people} people, {UNITS} units, {REQUIREMENTS} requirements", flush=True)
        spent[people] = measure(people, told=people <= asked.told)
    least, most = min(spent), max(spent)
    if least <= 5000:
        print(f"bar of {BAR:.0f} s for 5,000: {'kept' if spent[least] < BAR else 'MISSED'}")
    if most > least:
        growth = spent[most] / spent[least] / (most / least)
        print(f"from {least} to {most} people the night grew by {growth:.2f} of linear")


if __name__ == "__main__":
    main()
