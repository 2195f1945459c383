"""All that is kept of one obligation, for the page of one person: sources, periods, decisions, as one history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.clock import in_baku
from app.curricula.models import (
    Decision,
    DueDate,
    DueExtension,
    Evidence,
    Exemption,
    Obligation,
    Period,
    RequirementVersion,
    Source,
)
from app.curricula.requirements import versions
from app.curricula.rules import Status, is_expiring
from app.curricula.standing import obligations_on
from app.curricula.versions import in_force
from app.db import db
from app.organisations.models import Leave


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, or will on a day that is known; the page has the sentence of each `what`."""

    on: date
    what: str
    row: Any = None
    kind: str = ""  # good, bad, warn, info: the colour


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """One obligation on a day. Lists: the oldest first."""

    obligation: Obligation
    version: RequirementVersion
    standing: Any  # a row of `obligations_on`
    period: Period  # the one to be taken
    sources: Sequence[Source]
    periods: Sequence[Period]
    dues: Sequence[DueDate]
    extensions: Sequence[DueExtension]
    evidence: Sequence[Evidence]
    exemptions: Sequence[Exemption]
    leaves: Sequence[Leave]
    names: dict[int, str]  # of whoever assigned, asked or decided
    day: date

    @property
    def status(self) -> Status:
        return Status(self.standing.status)

    @property
    def is_expiring(self) -> bool:
        return is_expiring(self.day, self.standing.expires_on)

    @property
    def extended_from(self) -> date | None:
        """The due day before it was extended; None where it was not."""
        if self.standing.due_cause != "extended":
            return None
        held = [one for one in self.dues if one.period_id == self.period.id and one.cause != "extended"]
        return held[-1].due_on if held else None

    @property
    def may_ask_for_time(self) -> bool:
        open_ones = {Status.PENDING, Status.IN_PROGRESS, Status.OVERDUE}
        return (
            self.status in open_ones
            and self.standing.due_on is not None
            and not any(one.decision == Decision.WAITING for one in self.extensions)
        )

    @property
    def may_hand_in(self) -> bool:
        waits = any(one.decision == Decision.WAITING for one in self.evidence)
        return self.status is not Status.ARCHIVED and self.period.completed_on is None and not waits

    def is_in_force(self, exemption: Exemption) -> bool:
        return exemption.until_on is None or exemption.until_on >= self.day

    def history(self) -> list[Event]:
        """Everything, the latest first."""
        events = [*self._of_sources(), *self._of_periods(), *self._of_decisions()]
        return sorted(events, key=lambda one: one.on)[::-1]  # of one day, too: what came later stands above

    def _of_sources(self) -> list[Event]:
        found = [Event(on=one.from_on, what="asked", row=one, kind="info") for one in self.sources]
        found += [Event(on=one.until_on, what="no_longer_asked", row=one) for one in self.sources if one.until_on]
        moved = [one for one in self.dues if one.cause not in ("assigned", "renewal", "extended")]
        return found + [Event(on=one.from_on, what=f"due_{one.cause}", row=one) for one in moved if one.due_on]

    def _of_periods(self) -> list[Event]:
        found = []
        for one in self.periods:
            if one.number:
                found.append(Event(on=one.start_on, what="window_opened", row=one, kind="warn"))
            if one.begun_on:
                found.append(Event(on=one.begun_on, what="begun", row=one, kind="info"))
            if one.completed_on:
                found.append(Event(on=one.completed_on, what="completed", row=one, kind="good"))
            if one.expires_on and one.expires_on <= self.day and not self._renewed(one):
                found.append(Event(on=one.expires_on, what="expired", row=one, kind="bad"))
        return found

    def _renewed(self, period: Period) -> bool:
        later = next((one for one in self.periods if one.number == period.number + 1), None)
        return bool(later and later.completed_on and period.expires_on and later.completed_on < period.expires_on)

    def _of_decisions(self) -> list[Event]:
        found = []
        for time in self.extensions:
            if time.asked_by != time.decided_by:
                found.append(Event(on=day_of(time.asked_at), what="time_asked", row=time))
            if time.decided_at:
                good = "good" if time.decision == Decision.GRANTED else "bad"
                found.append(Event(on=day_of(time.decided_at), what=f"time_{time.decision}", row=time, kind=good))
        for paper in self.evidence:
            found.append(Event(on=day_of(paper.handed_in_at), what="handed_in", row=paper))
            if paper.decided_at:
                good = "good" if paper.decision == Decision.GRANTED else "bad"
                found.append(
                    Event(on=day_of(paper.decided_at), what=f"evidence_{paper.decision}", row=paper, kind=good)
                )
        found += [Event(on=one.from_on, what="exempt", row=one) for one in self.exemptions]
        found += [Event(on=one.from_on, what="away", row=one) for one in self.leaves]
        return found


def day_of(moment: datetime) -> date:
    return in_baku(moment).date()


def of(obligation: Obligation, day: date) -> Dossier | None:
    """As of `day`; None before the obligation was known. A dozen queries, however long its history."""
    row = db.session.execute(obligations_on(day).where(Obligation.id == obligation.id)).one_or_none()
    if row is None:
        return None
    periods = _all(select(Period).where(Period.obligation_id == obligation.id).order_by(Period.number))
    ids = [one.id for one in periods]
    sources = _all(
        select(Source)
        .where(Source.obligation_id == obligation.id)
        .options(joinedload(Source.audience))
        .order_by(Source.from_on, Source.id)
    )
    extensions = _all(select(DueExtension).where(DueExtension.period_id.in_(ids)).order_by(DueExtension.id))
    evidence = _all(select(Evidence).where(Evidence.period_id.in_(ids)).order_by(Evidence.id))
    exemptions = _all(select(Exemption).where(Exemption.obligation_id == obligation.id).order_by(Exemption.id))
    people = {one.assigned_by for one in sources} | {one.decided_by for one in (*extensions, *evidence, *exemptions)}
    people |= {one.completed_by.get("by") for one in periods if one.completed_by}
    names = select(User.id, User.name).where(User.id.in_({one for one in people if one is not None}))
    known = versions(obligation.requirement)
    return Dossier(
        obligation=obligation,
        version=in_force(known, day) or known[0],
        standing=row,
        period=next(one for one in periods if one.id == row.period_id),
        sources=sources,
        periods=periods,
        dues=_all(select(DueDate).where(DueDate.period_id.in_(ids)).order_by(DueDate.from_on, DueDate.id)),
        extensions=extensions,
        evidence=evidence,
        exemptions=exemptions,
        leaves=_all(
            select(Leave)
            .where(
                Leave.user_id == obligation.user_id,
                Leave.organisation_id == obligation.requirement.organisation_id,
                Leave.withdrawn_at.is_(None),
                or_(Leave.until_on.is_(None), Leave.until_on >= periods[0].start_on),
            )
            .order_by(Leave.from_on)
        ),
        names={row.id: row.name for row in db.session.execute(names)},
        day=day,
    )


def _all(query: Any) -> Sequence[Any]:
    return db.session.scalars(query).all()
