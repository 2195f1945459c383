"""How long the ministries take: `python benchmarks/civil.py [--people 5000] [--engine sqlite|postgresql] [PART…]`.

Parts: `import`, a full list of 3 ministries with 120 units, looked at and applied (bar: 60 s together), then that of
the next day, in which one in fifty has moved. On a database of its own. Nothing here asserts: a missed bar is printed.
"""

from __future__ import annotations

import argparse
import csv
import io
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import structlog  # noqa: E402
from flask import Flask  # noqa: E402
from flask_migrate import upgrade  # noqa: E402
from sqlalchemy import select  # noqa: E402

from app import create_app  # noqa: E402
from app.accounts import granting, registering  # noqa: E402
from app.accounts.models import Organisation, Role, User  # noqa: E402
from app.clock import utc_now  # noqa: E402
from app.config import Settings  # noqa: E402
from app.db import begin_reading, db  # noqa: E402
from app.organisations import importing, working  # noqa: E402
from app.organisations.importing import Shelf  # noqa: E402
from app.organisations.models import RunState  # noqa: E402
from app.web import blobs, settings  # noqa: E402
from tests import servers  # noqa: E402

MINISTRIES = 3
UNITS = 120  # of all ministries together
POSITIONS = 30
BAR = 60.0  # seconds
SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GIVEN = ("Aysel", "Banu", "Cavid", "Dilarə", "Elçin", "Fidan", "Gülər", "Həsən", "İlqar", "Könül", "Leyla", "Murad")
SURNAMES = ("Həsənova", "Quliyeva", "Əliyev", "Məmmədova", "Babayev", "Rzayeva", "Hüseynova", "Əhmədov", "Şükürlü")


def fin(number: int) -> str:
    """A FIN of its own for every number."""
    signs = ""
    for _place in range(7):
        number, rest = divmod(number * 31 + 7, len(SIGNS)) if len(signs) > 4 else divmod(number, len(SIGNS))
        signs += SIGNS[rest]
    return signs


def units_of(ministry: int) -> str:
    """Ten departments, the rest sections below them, as a CSV."""
    lines = ["Code;Name;Parent code"]
    for number in range(UNITS // MINISTRIES):
        parent = "" if number < 10 else f"{ministry}-{number % 10}"
        lines.append(f"{ministry}-{number};Şöbə {ministry}-{number};{parent}")
    return "\n".join(lines)


def people_of(ministry: int, people: int, *, day: int = 0) -> str:
    """One ministry's full list, as a CSV; on a later `day` one in fifty works elsewhere."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(
        [
            "FIN",
            "Tabel nömrəsi",
            "Soyad, ad",
            "E-poçt",
            "Bölmənin kodu",
            "Vəzifənin kodu",
            "Vəzifə",
            "Rəhbər",
            "İlk gün",
        ]
    )
    units = UNITS // MINISTRIES
    for number in range(people):
        who = ministry * 1_000_000 + number
        unit = (number + (1 if day and number % 50 == 0 else 0)) % units
        boss = "" if number < units else f"{ministry}{number % units:06}"
        writer.writerow(
            [
                *(fin(who), f"{ministry}{number:06}", f"{SURNAMES[number % 9]} {GIVEN[number % 12]}"),
                *(f"p{who}@example.az", f"{ministry}-{unit}", f"V{number % POSITIONS}", f"Vəzifə {number % POSITIONS}"),
                *(boss, f"{1 + number % 28:02}.{1 + number % 12:02}.{2010 + number % 15}"),
            ]
        )
    return out.getvalue()


@contextmanager
def house(engine: str) -> Iterator[Flask]:
    """A site on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="civil-") as folder:
        if engine == "sqlite":
            yield _site(Path(folder), None)
            return
        with servers.postgres() as server:
            yield _site(Path(folder), server.address(server.create()))


def _site(folder: Path, address: str | None) -> Flask:
    site = create_app(Settings(env="test", data=folder, database_url=address))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with site.app_context():
        begin_reading(False)
        upgrade()
        now = utc_now()
        for ministry in range(1, MINISTRIES + 1):
            working.create(f"Nazirlik {ministry}", by=None, now=now)
        user = registering.new_user("Aytən", email="aytan@example.com", language="az", now=now)
        granting.grant(user, Role.ADMINISTRATOR, by=None, now=now)
        db.session.commit()
    return site


def take(ministry: int, text: str, *, days: int = 0) -> dict[str, float]:
    """A file looked at and applied; the seconds of both."""
    now = utc_now() + timedelta(days=days)
    by = db.session.scalars(select(User).where(User.email == "aytan@example.com")).one()
    organisation = db.session.get_one(Organisation, ministry)
    shelf = Shelf(data_folder=settings().data_folder, blobs=blobs())
    began = time.perf_counter()
    found = importing.look(organisation, "list.csv", text.encode(), is_full=True, by=by, shelf=shelf, now=now)
    assert not found.plan.problems, found.plan.problems[:3]
    run = importing.note(found, organisation, state=RunState.LOOKED_AT, by=by, shelf=shelf, now=now)
    db.session.commit()
    looked = time.perf_counter()
    assert importing.apply(run, ends=None, by=by, shelf=shelf, now=now)
    db.session.commit()
    return {"looked at": looked - began, "applied": time.perf_counter() - looked}


def run_import(people: int) -> None:
    """Every ministry's units and people, then the next day's list, then that once more, which changes nothing."""
    each, ministries = people // MINISTRIES, range(1, MINISTRIES + 1)
    first = [take(one, text) for one in ministries for text in (units_of(one), people_of(one, each))]
    second = [take(one, people_of(one, each, day=1), days=1) for one in ministries]
    for what, spent in (("first list", first), ("next day's list", second)):
        looked, applied = (sum(one[part] for one in spent) for part in ("looked at", "applied"))
        print(f"  {what:<24} looked at {looked:6.2f} s   applied {applied:6.2f} s", flush=True)
    seconds = sum(sum(one.values()) for one in first)
    print(f"  first list in all {seconds:.1f} s, bar {BAR:.0f} s: {'met' if seconds <= BAR else 'MISSED'}")
    print(f"  longest transaction that writes: {max(one['applied'] for one in (*first, *second)):.2f} s")
    began = time.perf_counter()
    for one in ministries:
        look_again(one, people_of(one, each, day=1), days=2)
    print(f"  the same again           looked at {time.perf_counter() - began:6.2f} s")


def look_again(ministry: int, text: str, *, days: int) -> None:
    organisation, now = db.session.get_one(Organisation, ministry), utc_now() + timedelta(days=days)
    shelf = Shelf(data_folder=settings().data_folder, blobs=blobs())
    found = importing.look(organisation, "list.csv", text.encode(), is_full=True, by=None, shelf=shelf, now=now)
    assert found.plan.changes_nothing, found.plan.counts


PARTS: dict[str, Callable[[int], None]] = {"import": run_import}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    chosen = parser.parse_args()
    for engine in chosen.engine or ["sqlite", "postgresql"]:
        with house(engine) as site, site.app_context():
            begin_reading(False)
            for part in chosen.parts or list(PARTS):
                print(f"{part}, {chosen.people:,} people, {engine}", flush=True)
                PARTS[part](chosen.people)
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
