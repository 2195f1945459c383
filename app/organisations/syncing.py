"""Lists that another system leaves for the night: `<data>/sync/<organisation id>/`, the newest file of each.

A file that is right and ends few jobs is applied; one that ends many waits for a training officer, one with wrong rows
changes nothing: both are told. Whatever becomes of it, the file is taken out of the folder, since it holds FINs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app.accounts.models import Organisation, Role
from app.clock import begins, in_baku
from app.db import db
from app.errors import Refused
from app.notices.confirming import Params
from app.notices.telling import tell
from app.organisations import counting, importing, tree
from app.organisations.checking import Problem
from app.organisations.importing import Found, Shelf
from app.organisations.models import ImportRun, RunState
from app.organisations.plans import Plan

FOLDER = "sync"
SETTLED = 60  # seconds without a change: what is younger may still be written
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")


@dataclass(frozen=True, kw_only=True)
class Left:
    """What lies in the folder of an organisation: the newest file, and all that go when it was taken."""

    organisation_id: int
    newest: Path
    files: tuple[Path, ...]


def left(data_folder: Path) -> Iterator[Left]:
    """Folders with files in them. What is hidden, unfinished or younger than a minute is not seen."""
    for folder in sorted((data_folder / FOLDER).glob("[1-9]*")):
        if not (folder.is_dir() and folder.name.isdecimal()):
            continue
        files = [file for file in folder.iterdir() if _is_settled(file)]
        if files:
            newest = max(files, key=lambda file: (file.stat().st_mtime, file.name))
            yield Left(organisation_id=int(folder.name), newest=newest, files=tuple(files))


def _is_settled(file: Path) -> bool:
    if file.name.startswith(".") or file.suffix in UNFINISHED or file.is_symlink() or not file.is_file():
        return False
    return time.time() - file.stat().st_mtime > SETTLED


def take(lying: Left, *, shelf: Shelf, now: datetime) -> bool:
    """Compare the newest file and apply it, keep it for a decision, or refuse it. False: not today any more, once a
    day; or no such organisation."""
    tree.change_alone(lying.organisation_id)
    organisation = db.session.get(Organisation, lying.organisation_id)
    midnight = begins(in_baku(now).date())
    today = select(ImportRun.id).where(
        ImportRun.organisation_id == lying.organisation_id, ImportRun.is_nightly, ImportRun.created_at >= midnight
    )
    if organisation is None or db.session.scalar(today.limit(1)) is not None:
        return False
    content = lying.newest.read_bytes()
    try:
        found = importing.look(organisation, lying.newest.name, content, is_full=True, by=None, shelf=shelf, now=now)
    except Refused as refusal:
        problem = Problem(sheet="", row=0, column="", value="", sentence=refusal.message)
        found = Found(file_name=lying.newest.name[-200:], content=content, is_full=True, plan=Plan(problems=[problem]))
    run = importing.note(found, organisation, state=RunState.WAITING, by=None, shelf=shelf, now=now)
    if not found.plan.problems and not found.plan.ends_many:
        importing.carry(found.plan, run, by=None, shelf=shelf, now=now)
    else:
        _tell(run, organisation, found.plan, now)
    return True


def clear(lying: Left) -> None:
    """After what became of the file is committed."""
    for file in lying.files:
        file.unlink(missing_ok=True)


def list_waits(_recipient: int, params: Params, _now: datetime) -> Params | None:
    """Still to be decided, when the mail goes out."""
    run = db.session.get(ImportRun, params["run_id"])
    return params if run is not None and run.state == RunState.WAITING else None


LOOKS = {"list_waits": list_waits}


def _tell(run: ImportRun, organisation: Organisation, plan: Plan, now: datetime) -> None:
    """To the training officers; where there is none, to the administrators."""
    for user in counting.officers_of(organisation.id) or counting.holders_of(Role.ADMINISTRATOR):
        tell(
            user.id,
            user.address,
            user.language,
            "list_waits",
            {
                "organisation": organisation.name,
                "organisation_id": organisation.id,
                "run_id": run.id,
                "file": run.file_name,
                "problems": len(plan.problems),
                "missing": plan.missing,
                "working": plan.working,
            },
            key=f"list_waits:{run.id}:{user.id}",
            now=now,
        )
