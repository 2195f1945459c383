"""A site and its worker on a disk of 32 MiB that fills up: `python -m tests.grading.full_disk FOLDER`.

Run inside a mount namespace of its own (tests/grading/test_full_disk.py does), so that the disk goes with this process.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from flask_migrate import upgrade
from sqlalchemy import func, select

from app import create_app
from app.accounts.models import Role
from app.blobs import Blobs, is_disk_full
from app.catalogue.models import CourseVersion
from app.config import Settings
from app.db import begin_reading, db
from app.errors import Refused
from app.grading import submitting
from app.grading.models import Purpose, State, Submission, Verdict
from app.learning import enrolling
from app.worker import Worker
from benchmarks import canned
from tests.conftest import Browser
from tests.factories import NOW, SAMPLE, person, published, signed_in
from tests.servers import until

MIB = 2**20
RESERVE = 8  # MiB
INITIALS = (SAMPLE / "functions" / "initials" / "solution" / "initials.py").read_text()


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], check=True)

    def leave(self, free: int) -> None:
        """Fill the disk until about `free` bytes are left."""
        self.empty()
        with (self.folder / "filling").open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while (over := shutil.disk_usage(self.folder).free - free) > 0:
                file.write(bytes(min(over, MIB)))

    def empty(self) -> None:
        (self.folder / "filling").unlink(missing_ok=True)


class Learner:
    """Somebody new in the course, with the page of the exercise open."""

    def __init__(self, site: Flask) -> None:
        user = person()
        version = db.session.scalars(select(CourseVersion)).one()
        taking = enrolling.enrol(user, version.course, now=NOW)
        self.client: FlaskClient = signed_in(site.test_client(), user)
        self.path = f"/learn/{taking.id}/functions/initials"

    def hand_in(self) -> tuple[int, str]:
        form = {"purpose": "submit", "form_token": "t", "name-0": "initials.py", "text-0": INITIALS}
        answer = self.client.post(f"{self.path}/hand-in", data=form)
        return answer.status_code, answer.get_data(as_text=True)


@contextmanager
def working(site: Flask) -> Iterator[None]:
    worker = Worker(site, canned.Sandbox)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(60)


def count(state: State) -> int:
    begin_reading(True)
    found = (
        db.session.scalar(select(func.count()).where(Submission.state == state, Submission.purpose == Purpose.SUBMIT))
        or 0
    )
    db.session.rollback()
    begin_reading(False)
    return found


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def archive() -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for file in sorted(path for path in SAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            into.write(file, Path("another") / file.relative_to(SAMPLE))
    packed.seek(0)
    return packed


def story(site: Flask, data: Path, disk: Disk) -> None:
    published()
    first, second, third, fourth = (Learner(site) for _ in range(4))
    teacher = signed_in(site.test_client(), person("Teacher", role=Role.INSTRUCTOR))
    db.session.commit()
    blobs: Blobs = site.extensions["bilik.blobs"]
    assert first.hand_in()[0] == 303
    assert "The disk is nearly full" not in teacher.get("/").get_data(as_text=True)

    # Less is free than the reserve: nothing is begun, and said in one sentence. What waits is graded.
    disk.leave(RESERVE * MIB - 4096)
    before = files(data / "blobs"), files(data / "versions")
    status, said = second.hand_in()
    assert (status, "so nothing can be handed in now" in said) == (503, True)
    said = teacher.post("/authoring/upload", data={"file": (archive(), "another.zip")}).get_data(as_text=True)
    assert "so no course can be uploaded now" in said
    assert "The disk is nearly full (at the site" in said
    assert (files(data / "blobs"), files(data / "versions")) == before
    assert count(State.QUEUED) == 1
    with working(site):
        until(lambda: count(State.GRADED) == 1, 120, "what waits is not graded on a disk that is nearly full")

        # There is room for the reserve, and then none at all: as if it filled between the look and the write.
        disk.empty()
        assert second.hand_in()[0] == 303
        until(lambda: count(State.GRADED) == 2, 120, "with room again nothing is graded")
        blobs.reserve = 0
        disk.leave(0)
        before = files(data / "blobs"), files(data / "versions")
        with pytest.raises(Refused, match="nothing can be handed in now"):
            submitting.store({"initials.py": os.urandom(MIB)}, blobs)
        with pytest.raises(OSError) as raised:  # noqa: PT011 - which one is asked for below
            blobs.put(os.urandom(MIB))
        assert is_disk_full(raised.value)
        said = teacher.post("/authoring/upload", data={"file": (archive(), "another.zip")}).get_data(as_text=True)
        assert "so no course can be uploaded now" in said
        assert third.hand_in()[0] in (303, 503)  # SQLite may have had room in its log
        assert fourth.hand_in()[0] in (303, 503)
        assert {path for path in files(data) if path.name.startswith(".")} == set()
        assert files(data / "versions") == before[1]

        # Space is freed, and all goes on without a restart; the same forms are sent again.
        disk.empty()
        assert third.hand_in()[0] == 303
        assert fourth.hand_in()[0] == 303
        until(lambda: count(State.GRADED) == 4, 120, "after space was freed nothing is graded")
        assert teacher.post("/authoring/upload", data={"file": (archive(), "another.zip")}).status_code == 302
    begin_reading(True)
    handed_in = (
        select(Submission.failures, Verdict.id)
        .where(Submission.purpose == Purpose.SUBMIT)
        .join(Verdict, Verdict.submission_id == Submission.id)
    )  # the proof of the other course is not asked for
    assert [failures for failures, _verdict in db.session.execute(handed_in)] == [0] * 4
    db.session.rollback()
    with contextlib.closing(sqlite3.connect(data / "bilik.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def main() -> None:
    data = Path(sys.argv[1])
    disk = Disk(data)
    site = create_app(Settings(env="test", data=data, reserve=RESERVE))
    site.config["WTF_CSRF_ENABLED"] = False
    site.test_client_class = Browser
    begin_reading(False)
    with site.app_context(), force_locale("en"):
        upgrade()
        story(site, data, disk)
    print("it went on")


if __name__ == "__main__":
    main()
