"""Once a day everything is brought to where the day has it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.audiences import resolving
from app.clock import in_baku, utc_now
from app.curricula import allocating, changing, moving, settling, sizes
from app.curricula.models import Nightly
from app.db import db, one_at_a_time


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a night changed: numbers of rows."""

    opened: int = 0
    closed: int = 0
    doubted: int = 0
    moved: int = 0
    completed: int = 0
    renewed: int = 0


def run(day: date, now: datetime) -> Summary:
    """Audiences, sources, versions, due days, completions, renewals as of `day`. Twice changes nothing."""
    one_at_a_time("nightly")
    moved = resolving.recompute(day, now)
    sizes.tell("audience_member", sum(came for came, _went in moved.values()))
    return settle(day, now)


def settle(day: date, now: datetime) -> Summary:
    """All of it but the audiences, which are taken as they are kept."""
    allocated = allocating.allocate(day, now, settles=False)
    moved = changing.apply(day) + changing.fill(day) + moving.return_from_leave(day)
    completed, renewed = settling.settle(day)
    return Summary(
        opened=allocated.opened,
        closed=allocated.closed,
        doubted=allocated.doubted,
        moved=moved,
        completed=completed,
        renewed=renewed,
    )


def run_due(now: datetime) -> Summary | None:
    """Run the day's night once, the first time it is asked for on a day; None when that was done."""
    today = in_baku(now).date()
    if db.session.scalar(select(Nightly.day).where(Nightly.day == today)) is not None:
        return None
    one_at_a_time("nightly")
    if db.session.scalar(select(Nightly.day).where(Nightly.day == today)) is not None:
        return None
    row = Nightly(day=today, began_at=now, summary={})
    db.session.add(row)
    db.session.flush()
    done = run(today, now)
    row.summary, row.ended_at = asdict(done), utc_now()
    return done
