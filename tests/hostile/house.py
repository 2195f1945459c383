"""A whole Bilik that hostile submissions come to, and what must be true of it after them (A to E of README.md).

The site, its database, the worker with two slots and the sandbox are those of production; the worker's threads run in
this process, so that what it logs and takes of memory can be seen.
"""

from __future__ import annotations

import gc
import hashlib
import io
import itertools
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker.errors
import psutil
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.catalogue import publishing
from app.catalogue.models import CourseVersion
from app.config import Settings
from app.db import begin_reading, db
from app.grading import submitting, waking
from app.grading.models import Purpose, State, Submission
from app.grading.seats import Seat
from app.learning import enrolling
from app.learning.models import Enrolment
from app.web import blobs
from app.worker import Worker
from graders.course import Exercise, load_course
from graders.verdict import Verdict, from_json
from sandbox import hardening
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.model import Box, Size
from tests.conftest import Browser
from tests.factories import NOW, person, signed_in
from tests.hostile.cases import HERE, MARKERS, TARGETS

UNIT = "tasks"
MIB = 2**20
MOST_PAGE = 3 * MIB  # whatever a submission puts out, its page stays one that opens
PICTURE = re.compile(r"/submissions/\d+/(?:checks|cells)/[^\"']+\.png")
ENDED = (State.GRADED, State.QUARANTINED, State.REPLACED)


class Watched:
    """A `Sandbox` that remembers whom it gave which runner, and how long that took."""

    def __init__(self, sandbox: DockerSandbox) -> None:
        self.sandbox = sandbox
        self.given, self.over = list[str](), set[str]()
        self.waited = 0.0  # seconds, for containers that others' work kept from being ready

    @contextmanager
    def runner(self, *, size: Size, mode: str, seconds: float) -> Iterator[Box]:
        began = time.monotonic()
        with self.sandbox.runner(size=size, mode=mode, seconds=seconds) as box:
            self.waited += time.monotonic() - began
            self.given.append(box.id)
            try:
                yield box
            finally:
                self.over.add(box.id)

    @contextmanager
    def checker(self, *, key: str) -> Iterator[Box]:
        began = time.monotonic()
        with self.sandbox.checker(key=key) as box:
            self.waited += time.monotonic() - began
            yield box

    def image(self) -> dict[str, str]:
        return self.sandbox.image()

    def is_full(self) -> bool:
        return self.sandbox.is_full()

    def health(self) -> dict[str, Any]:
        return self.sandbox.health()

    def close(self) -> None:
        """The fixture that made the sandbox closes it."""


@dataclass
class Seen:
    """A submission that is over: its verdict, and every byte its learner was ever given on the way."""

    id: int
    verdict: Verdict
    bytes: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0  # from claim to verdict, besides waiting for a container

    def holding(self, *words: str) -> list[tuple[str, str]]:
        """Where one of `words` can be read: (address, word)."""
        return [(at, word) for at, content in self.bytes.items() for word in words if word.encode() in content]


class House:
    """Use as a context manager. Methods may be called by several threads, each of a learner of its own."""

    def __init__(self, data: Path, migrated: Path, sandbox: DockerSandbox, engine: Engine) -> None:
        shutil.copy(migrated, data / "bilik.sqlite3")
        self.data, self.engine = data, engine
        self.sandbox = Watched(sandbox)
        self.site: Flask = create_app(Settings(env="test", data=data, slots=2, submissions_per_hour=1000))
        self.site.config["WTF_CSRF_ENABLED"] = False
        self.site.test_client_class = Browser
        self.worker = Worker(self.site, lambda: self.sandbox)
        self.log = io.StringIO()
        self._handler = logging.StreamHandler(self.log)
        self._thread = threading.Thread(target=self.worker.run, name="worker", daemon=True)
        self._seats = threading.Lock()
        self._count = itertools.count(1)
        self.memory = 0

    def __enter__(self) -> House:
        logging.getLogger().addHandler(self._handler)
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(self.log), cache_logger_on_first_use=False)  # type: ignore[arg-type]
        with self.site.app_context():
            begin_reading(False)
            self.version_id = self._publish()
            self._plant()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.worker.stop()
        self._thread.join(60)
        structlog.configure(logger_factory=structlog.PrintLoggerFactory())  # type: ignore[arg-type]
        logging.getLogger().removeHandler(self._handler)

    def _publish(self) -> int:
        """One course whose exercises are the targets."""
        folder = self.data / "course" / "hostile"
        (folder / UNIT).mkdir(parents=True)
        for name in TARGETS:
            shutil.copytree(HERE / "targets" / name, folder / UNIT / name)
        (folder / "course.toml").write_text(COURSE.format(unit=UNIT))
        (folder / UNIT / "unit.toml").write_text(UNIT_TOML.format(items=list(TARGETS)))
        course = load_course(folder)
        version = publishing.store_version(course, self.data, created_by=None, now=NOW)
        publishing.publish(version, course, now=NOW)
        db.session.commit()
        return version.id

    def _plant(self) -> None:
        """Somebody else's submission, which no other learner may see."""
        seat = self.seat("neighbour")
        stored = submitting.store({"work.py": b"def square(n):\n    return 'neighbour-QZ7K'\n"}, blobs())
        row = submitting.submit(seat, item_of(seat, "tools"), Purpose.SUBMIT, stored, form_token="n", language="en",
                                per_hour=20, now=NOW)  # fmt: skip
        db.session.commit()
        self.neighbour = row.id

    def counted(self) -> int:
        """How many cases have come by now."""
        return next(self._count)

    # ---- handing in

    def seat(self, name: str) -> Seat:
        """A new learner in the course. Within an application context."""
        with self._seats:
            user = person(f"Learner {name}")
            version = db.session.get_one(CourseVersion, self.version_id)
            taking = enrolling.enrol(user, version.course, now=NOW)
            db.session.commit()
        return Seat(user=user, version=version, enrolment=taking)

    def graded(self, target: str, files: Mapping[str, bytes], *, fetch: bool = True, beside: Any = None) -> Seen:
        """Hand `files` in as a new learner, follow the page until the end, then fetch all there is.

        `beside` is called while it is being graded.
        """
        with self.site.app_context():
            begin_reading(False)
            seat = self.seat(target)
            client = signed_in(self.site.test_client(), seat.user)
            waited = self.sandbox.waited
            id = self._hand_in(client, seat, target, files)
            if beside is not None:
                self._until(id, State.RUNNING, *ENDED)
                beside()
            seen = self._follow(client, id)
            seen.seconds -= self.sandbox.waited - waited
            if fetch:
                for address in self.addresses(seat.enrolment, target, id):
                    seen.bytes[address] = get(client, address)
                for address in {
                    found for page in list(seen.bytes.values()) for found in PICTURE.findall(page.decode())
                }:
                    seen.bytes[address] = get(client, address)
            self._is_recorded(id, files)
            return seen

    def _hand_in(self, client: FlaskClient, seat: Seat, target: str, files: Mapping[str, bytes]) -> int:
        """By the form of the page; a notebook as the file it is, for the page makes cells of it before.

        `files` are as `read_upload` left them.
        """
        at = f"/learn/{seat.enrolment.id}/{UNIT}/{target}"
        token = submitting.new_form_token()
        exercise = item_of(seat, target)
        if exercise.kind == "notebook":
            stored = submitting.store(files, blobs())
            begin_reading(False)
            submitting.submit(seat, exercise, Purpose.SUBMIT, stored, form_token=token, language="en", per_hour=20,
                              now=NOW)  # fmt: skip
            db.session.commit()
            waking.wake(self.data)
        else:
            form = {"purpose": "submit", "form_token": token}
            for number, (name, content) in enumerate(files.items()):
                form |= {f"name-{number}": name, f"text-{number}": content.decode()}
            answer = client.post(f"{at}/hand-in", data=form)
            assert answer.status_code == 303, (answer.status_code, answer.get_data(as_text=True)[:2000])
        begin_reading(True)
        db.session.rollback()
        return db.session.scalars(select(Submission.id).where(Submission.user_id == seat.user.id)).one()

    def _state(self, id: int) -> str:
        begin_reading(True)
        db.session.rollback()
        state = db.session.scalar(select(Submission.state).where(Submission.id == id))
        db.session.rollback()
        return str(state)

    def _until(self, id: int, *states: State, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while self._state(id) not in states:
            assert time.monotonic() < deadline, f"submission {id} is {self._state(id)}: {self.log.getvalue()[-2000:]}"
            time.sleep(0.05)

    def _follow(self, client: FlaskClient, id: int) -> Seen:
        """Until the end, asking as the page asks."""
        fragment, pieces, deadline = f"/submissions/{id}/result", set[bytes](), time.monotonic() + 300
        while self._state(id) not in ENDED:
            assert time.monotonic() < deadline, f"submission {id}: {self.log.getvalue()[-2000:]}"
            pieces.add(get(client, fragment))
            time.sleep(0.15)
        pieces.add(get(client, fragment))
        row = db.session.get_one(Submission, id)
        assert row.state == State.GRADED, (row.state, row.last_failure)
        assert row.failures == 0 or "ready in" in row.last_failure, row.last_failure  # a machine may be too busy, once
        assert row.verdict is not None
        verdict = from_json(Verdict, row.verdict.result)
        phases = verdict.provenance.phases
        assert phases.checked is not None
        return Seen(id=id, verdict=verdict, bytes={fragment: b"\n".join(pieces)},
                    seconds=(phases.checked - phases.started).total_seconds())  # fmt: skip

    def addresses(self, enrolment: Enrolment | None, target: str, id: int) -> list[str]:
        """Everything a learner can open of a submission, and around it."""
        assert enrolment is not None
        at = f"/learn/{enrolment.id}/{UNIT}/{target}"
        files = [f"/submissions/{id}/files/{number}" for number in range(len(TARGETS[target].files))]
        more = [f"{at}/notebook"] if TARGETS[target].kind == "notebook" else []
        return ["/", at, f"{at}/history", f"/learn/{enrolment.id}", f"/submissions/{id}", *files, *more]

    # ---- the invariants

    def look(self) -> None:
        """Assert that the house is as good as new."""
        self._grades_right()
        self._is_alone()
        self._keeps_quiet()
        self._stays_small()

    def _grades_right(self) -> None:
        """B: a right answer has all points, a wrong one exactly those it deserves."""
        tools = TARGETS["tools"]
        right = self.graded("tools", tools.solution(), fetch=False).verdict
        assert right.points == tools.max_points, [(one.id, one.status.value) for one in right.checks]
        wrong = {"work.py": (tools.folder / "answers/small-only/work.py").read_bytes()}
        seen = self.graded("tools", wrong, fetch=False)
        statuses = {one.id: one.status.value for one in seen.verdict.checks}
        assert statuses == {one.id: "failed" if one.id == "square-hidden" else "passed" for one in tools.checks}
        with self.site.app_context():
            begin_reading(True)
            row = db.session.get_one(Submission, seen.id)
            assert row.verdict is not None
            assert "7310915" in str(row.verdict.result)  # staff see it: a marker that leaked would be found

    def _is_alone(self) -> None:
        """A: no container but those of the pool, none twice; the engine answers, and keeps no volume of ours."""
        given = list(self.sandbox.given)
        assert len(given) == len(set(given))
        pool = self.sandbox.sandbox.pool
        ours = {"label": [f"app={hardening.LABEL}", f"worker={hardening.worker()}"]}
        deadline = time.monotonic() + 120
        while True:
            over = set(self.sandbox.over)
            pool.settle()
            found = self.engine.call("listing", lambda api: api.containers(all=True, filters=ours))
            alive, numbers = {one["Id"] for one in found}, pool.numbers()
            known = sum(shape["ready"] + shape["preparing"] for shape in numbers["shapes"])
            known += numbers["checkers"] + numbers["leased"]
            if len(alive) == known and not alive & over:
                break
            assert time.monotonic() < deadline, (len(alive), alive & over, numbers)
            time.sleep(0.1)
        last = given[-1] if given and given[-1] in over else None
        if last:
            try:
                self.engine.call("looking", lambda api: api.inspect_container(last))
            except docker.errors.NotFound:
                assert not list(Path("/sys/fs/cgroup").glob(f"*/docker/{last}"))
            else:
                raise AssertionError("a container is there after its end")
        volumes = self.engine.call("listing volumes", lambda api: api.volumes())["Volumes"] or []
        assert not [one for one in volumes if (one.get("Labels") or {}).get("app") == hardening.LABEL]

    def _keeps_quiet(self) -> None:
        """C: neither a mail nor the log says what nobody may know."""
        mails = "\n".join(path.read_text() for path in self.data.glob("mail/*.eml"))
        assert not [marker for marker in MARKERS if marker in mails or marker in self.log.getvalue()]

    def _stays_small(self) -> None:
        """D: the worker takes no more memory, and the data folder no more room, however much came to them."""
        gc.collect()
        memory = psutil.Process(os.getpid()).memory_info().rss
        grown, self.memory = memory - (self.memory or memory), max(memory, self.memory)
        assert grown < 50 * MIB, f"{grown / MIB:.0f} MiB more"
        assert sum(path.stat().st_size for path in self.data.rglob("*") if path.is_file()) < 100 * MIB

    def _is_recorded(self, id: int, files: Mapping[str, bytes]) -> None:
        """E: what was handed in and what came of it is on record, by its bytes, with times and costs."""
        row = db.session.get_one(Submission, id)
        assert {file["name"]: file["sha256"] for file in row.files} == {
            name: hashlib.sha256(content).hexdigest() for name, content in files.items()
        }
        assert row.verdict is not None
        told = from_json(Verdict, row.verdict.result)
        made = told.provenance
        assert row.verdict.status == told.status.value
        assert made.exercise
        assert made.image["id"]
        assert made.phases.started <= (made.phases.checked or made.phases.started)
        assert made.cpu_seconds > 0
        assert made.peak_bytes > 0


def item_of(seat: Seat, target: str) -> Exercise:
    item = seat.course.item(f"{UNIT}/{target}")
    assert isinstance(item, Exercise)
    return item


def get(client: FlaskClient, address: str) -> bytes:
    """A page as it comes, which must be a page."""
    answer = client.get(address)
    assert answer.status_code in (200, 303), (address, answer.status_code)
    assert len(answer.get_data()) < MOST_PAGE, (address, len(answer.get_data()))
    return answer.get_data() + b"\n".join(f"{key}: {value}".encode() for key, value in answer.headers)


UNIT_TOML = """\
title = {{ en = "Tasks", az = "Tapşırıqlar", ru = "Задачи" }}
items = {items}
"""
COURSE = """\
title = {{ en = "Tasks", az = "Tapşırıqlar", ru = "Задачи" }}
summary = {{ en = "Small tasks.", az = "Kiçik tapşırıqlar.", ru = "Небольшие задачи." }}
language = "en"
track = "programming"
level = "beginner"
hours = 1
audience = ["youth"]
units = ["{unit}"]
[finish]
items = "all"
pass = 0.6
score = 0.7
"""
