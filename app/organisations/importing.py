"""A file that says who works where: looked at first, applied when it still means the same, kept in the list of runs.

Nothing is done half: a file with a wrong row changes nothing, and what is applied is one transaction. Until somebody
decides, the file is kept encrypted: it holds FINs. It lies in a folder of its own, from which whatever no run needs any
more is swept: also what a crash left without a row.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask_babel import gettext
from sqlalchemy import func, select, update
from sqlalchemy.orm import defer, joinedload

from app import audit, keys
from app.accounts.models import Organisation, User
from app.accounts.permissions import is_administrator
from app.blobs import Blobs
from app.clock import in_baku
from app.db import db, hold
from app.errors import Refused
from app.organisations import tree
from app.organisations.applying import carry_out
from app.organisations.models import ImportRun, RunState
from app.organisations.planning import plan_of
from app.organisations.plans import Plan
from app.organisations.reading import read

PAGE = 25
UNDECIDED = (RunState.LOOKED_AT, RunState.WAITING)
UNDECIDED_FOR = timedelta(days=30)
FOLDER = "lists"
UNNAMED_FOR = 3600.0  # seconds in which the row that names a file is committed


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Where the site keeps things."""

    data_folder: Path
    blobs: Blobs

    @property
    def lists(self) -> Blobs:
        return self.blobs.beside(FOLDER)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file, and what it would change as of now."""

    file_name: str
    content: bytes
    is_full: bool
    plan: Plan


def look(
    organisation: Organisation,
    file_name: str,
    content: bytes,
    *,
    is_full: bool,
    by: User | None,
    shelf: Shelf,
    now: datetime,
) -> Found:
    """What the file would change; reads only. `by` None: the nightly sync. Raises Refused (field "file")."""
    plan = plan_of(
        read(file_name, content),
        organisation,
        shelf.data_folder,
        is_full=is_full,
        confirms=by is not None and is_administrator(by),
        today=in_baku(now).date(),
    )
    return Found(file_name=file_name[-200:], content=content, is_full=is_full, plan=plan)


def note(
    found: Found, organisation: Organisation, *, state: RunState, by: User | None, shelf: Shelf, now: datetime
) -> ImportRun:
    """The row of a file that was looked at. What can still be applied is kept."""
    keeps = state in UNDECIDED and not found.plan.problems and not found.plan.changes_nothing
    run = ImportRun(
        organisation_id=organisation.id,
        is_nightly=by is None,
        file_name=found.file_name,
        sha256=hashlib.sha256(found.content).hexdigest(),
        kept=shelf.lists.put(_sealed(found.content, organisation.id, shelf.data_folder)) if keeps else None,
        is_full=found.is_full,
        state=RunState.REFUSED if found.plan.problems else state,
        plan_digest=found.plan.digest,
        counts=found.plan.counts,
        report=found.plan.report,
        created_by=by.id if by else None,
        created_at=now,
    )
    db.session.add(run)
    db.session.flush()
    return run


def apply(run: ImportRun, *, ends: int | None, by: User, shelf: Shelf, now: datetime) -> bool:
    """Do what was looked at. False when it would be something else by now: then the run shows the new difference.

    `ends`: the number of people who leave, as typed by who decides; needed where they are many. Raises Refused.
    """
    tree.change_alone(run.organisation_id)
    hold(run)
    if run.state not in UNDECIDED or run.kept is None:
        raise Refused(gettext("This file has been decided about. Upload it again."))
    try:
        content = _opened(shelf.lists.get(run.kept), run.organisation_id, shelf.data_folder)
    except FileNotFoundError as gone:  # no backup has it
        raise Refused(gettext("This file is not kept here any more. Upload it again.")) from gone
    author = by if run.created_by == by.id else None  # another's file confirms no more than they may
    found = look(run.organisation, run.file_name, content, is_full=run.is_full, by=author, shelf=shelf, now=now)
    if found.plan.digest != run.plan_digest:
        run.plan_digest, run.counts, run.report = found.plan.digest, found.plan.counts, found.plan.report
        if found.plan.problems:
            run.state, run.kept = RunState.REFUSED, None
        return False
    if found.plan.ends_many and ends != found.plan.missing:
        sentence = gettext("Type how many people would leave, if that is right: %(count)s.", count=found.plan.missing)
        raise Refused(sentence, field="ends")
    carry(found.plan, run, by=by, shelf=shelf, now=now)
    return True


def carry(plan: Plan, run: ImportRun, *, by: User | None, shelf: Shelf, now: datetime) -> None:
    """Apply the plan of the run."""
    carry_out(
        plan,
        run.organisation,
        shelf.data_folder,
        inviter=by.name if by else run.organisation.name,
        today=in_baku(now).date(),
        now=now,
    )
    _decide(run, RunState.APPLIED, by, now)
    audit.record(
        "import_applied",
        actor_id=by.id if by else None,
        subject_type="organisation",
        subject_id=run.organisation_id,
        now=now,
        run=run.id,
        digest=run.plan_digest,
        **{str(kind): count for kind, count in run.counts.items()},
    )


def drop(run: ImportRun, *, by: User, now: datetime) -> None:
    """The file is not applied. Raises Refused when it was decided about."""
    if run.state not in UNDECIDED:
        raise Refused(gettext("This file has been decided about. Upload it again."))
    _decide(run, RunState.DROPPED, by, now)


def forget(now: datetime) -> None:
    """What nobody decided about in a month is not applied any more; its file, full of FINs, is not kept."""
    waiting = ImportRun.state.in_(UNDECIDED) & (ImportRun.created_at < now - UNDECIDED_FOR)
    db.session.execute(update(ImportRun).where(waiting).values(state=RunState.DROPPED, kept=None, decided_at=now))


def clear(shelf: Shelf) -> int:
    """Remove the files that no run waits for, once that is committed; return how many. Again is harmless."""
    waiting = select(ImportRun.kept).where(ImportRun.state.in_(UNDECIDED), ImportRun.kept.is_not(None))
    return shelf.lists.sweep({str(name) for name in db.session.scalars(waiting)}, older_than=UNNAMED_FOR)


def runs(organisation_id: int, *, page: int) -> tuple[list[ImportRun], int]:
    """The newest first, without their reports, and how many pages of them there are."""
    of = select(ImportRun).where(ImportRun.organisation_id == organisation_id)
    total = db.session.scalar(select(func.count()).select_from(of.subquery())) or 0
    found = db.session.scalars(
        of.options(defer(ImportRun.report), joinedload(ImportRun.author), joinedload(ImportRun.decider))
        .order_by(ImportRun.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    return list(found), max(1, -(-total // PAGE))


def _decide(run: ImportRun, state: RunState, by: User | None, now: datetime) -> None:
    run.state, run.kept = state, None
    run.decided_by, run.decided_at = by.id if by else None, now
    db.session.flush()


def _sealed(content: bytes, organisation_id: int, data_folder: Path) -> bytes:
    return keys.sealed(data_folder, "imports", content, _bound_to(organisation_id))


def _opened(kept: bytes, organisation_id: int, data_folder: Path) -> bytes:
    return keys.opened(data_folder, "imports", kept, _bound_to(organisation_id))


def _bound_to(organisation_id: int) -> bytes:
    return f"import of organisation {organisation_id}".encode()
