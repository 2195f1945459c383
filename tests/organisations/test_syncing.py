"""Lists that another system leaves for the night."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Organisation, Role
from app.clock import in_baku
from app.db import db
from app.notices.models import Notice
from app.organisations import importing, syncing, working
from app.organisations.importing import Shelf
from app.organisations.models import ImportRun, Job, RunState
from app.web import blobs, settings
from tests.factories import NOW, person

PEOPLE = "Number;Name\n" + "".join(f"{n};Aysel {'ABCDEFGHIJKL'[n]}\n" for n in range(12))


class Folder:
    """The folder of an organisation."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.path: Path = settings().data_folder / "sync" / str(organisation.id)
        self.path.mkdir(parents=True)
        self.now = NOW

    def lay(self, text: str, name: str = "heyət.csv", *, age: int = 3600) -> Path:
        file = self.path / name
        file.write_text(text)
        then = time.time() - age
        os.utime(file, (then, then))
        return file

    def sync(self) -> ImportRun | None:
        """A night later; the newest run."""
        self.now += timedelta(days=1)
        return self.once()

    def once(self) -> ImportRun | None:
        shelf = Shelf(data_folder=settings().data_folder, blobs=blobs())
        for lying in syncing.left(settings().data_folder):
            is_taken = syncing.take(lying, shelf=shelf, now=self.now)
            db.session.commit()
            if is_taken:
                syncing.clear(lying)
        return db.session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(1)).first()

    def working(self) -> int:
        day = in_baku(self.now).date()
        return working.sizes(day).get(self.organisation.id, 0)


@pytest.fixture
def folder(site: Flask) -> Folder:
    made = Folder(working.create("Nazirlik", by=None, now=NOW))
    db.session.commit()
    return made


def test_the_newest_file_is_applied_and_all_are_taken_out(folder: Folder) -> None:
    folder.lay("Number;Name\n99;Köhnə Adam\n", "old.csv", age=7200)
    folder.lay(PEOPLE)
    run = folder.sync()
    assert run is not None
    assert (run.state, run.is_nightly, run.created_by, run.file_name) == (RunState.APPLIED, True, None, "heyət.csv")
    assert folder.working() == 12
    assert list(folder.path.iterdir()) == []
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 1


def test_once_a_day_is_enough(folder: Folder) -> None:
    folder.lay(PEOPLE)
    folder.sync()
    folder.lay(PEOPLE + "77;Banu Q.\n")
    folder.once()
    assert folder.working() == 12
    folder.sync()
    assert folder.working() == 13


def test_what_is_still_being_written_hidden_or_nobodys_is_left_alone(folder: Folder) -> None:
    folder.lay(PEOPLE, age=5)
    folder.lay(PEOPLE, ".hidden.csv")
    folder.lay(PEOPLE, "x.csv.part")
    outside = folder.lay(PEOPLE, "y.csv")
    outside.rename(settings().data_folder / "y.csv")
    (folder.path / "link.csv").symlink_to(settings().data_folder / "y.csv")
    strange = settings().data_folder / "sync" / "77"
    strange.mkdir()
    (strange / "a.csv").write_text(PEOPLE)
    os.utime(strange / "a.csv", (0, 0))
    assert folder.sync() is None
    assert (strange / "a.csv").exists()


def test_a_list_without_many_who_work_there_waits_for_a_decision(folder: Folder) -> None:
    officer = person("Kadr", role=Role.OFFICER, organisation_id=folder.organisation.id)
    folder.lay(PEOPLE)
    folder.sync()
    folder.lay("\n".join(PEOPLE.splitlines()[:-1]))
    assert getattr(folder.sync(), "state", "") == RunState.APPLIED  # one of twelve is fewer than a tenth
    folder.lay("\n".join(PEOPLE.splitlines()[:6]))
    run = folder.sync()
    assert run is not None
    assert run.state == RunState.WAITING
    assert folder.working() == 11
    notice = db.session.scalars(select(Notice).where(Notice.kind == "list_waits")).one()
    assert (notice.recipient_id, notice.params["missing"], notice.params["working"]) == (officer.id, 6, 11)
    shelf = Shelf(data_folder=settings().data_folder, blobs=blobs())
    assert importing.apply(run, ends=6, by=officer, shelf=shelf, now=folder.now)
    assert folder.working() == 5


@pytest.mark.parametrize("text", ["a;b\n1;2\n", "Number;Name\n1;\n"])
def test_a_list_with_wrong_rows_changes_nothing_and_is_told(folder: Folder, text: str) -> None:
    administrator = person("Aytən", role=Role.ADMINISTRATOR)
    folder.lay(text)
    run = folder.sync()
    assert run is not None
    assert (run.state, len(run.report["problems"]), run.kept) == (RunState.REFUSED, 1, None)
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0
    notice = db.session.scalars(select(Notice).where(Notice.kind == "list_waits")).one()
    assert notice.recipient_id == administrator.id


def test_the_day_begins_at_midnight_in_baku(folder: Folder) -> None:
    folder.now = datetime(2026, 11, 22, 19, 59, tzinfo=UTC)
    folder.lay(PEOPLE)
    folder.once()
    folder.now = datetime(2026, 11, 22, 20, 1, tzinfo=UTC)
    folder.lay(PEOPLE + "77;Banu Q.\n")
    folder.once()
    assert folder.working() == 13
