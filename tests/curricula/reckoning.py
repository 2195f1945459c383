"""How everybody stands on every day, worked out from a list of events alone, one day after the other.

Written from the words of the design, not from the code: nothing of app/curricula is imported. Slow and simple.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)


@dataclass(kw_only=True)
class Version:
    """What a requirement asks from a day on; `needs`: ("all" | "any" | "in_order", count, courses)."""

    from_on: date
    needs: tuple[str, int, tuple[str, ...]]
    due: dict[str, Any]
    closes: int | None = None
    months: int | None = None
    window: int = 0
    rule: str = "completion"
    least: int = 0
    back: int = 0
    minimum: int = 0


@dataclass(kw_only=True)
class Events:
    """Everything that happened, by person and requirement; days are inclusive, None is open."""

    jobs: dict[int, list[tuple[date, date | None, str]]] = field(default_factory=dict)  # from, until, unit
    takings: dict[int, list[list[Any]]] = field(default_factory=dict)  # [course, began, finished or None]
    versions: dict[int, list[Version]] = field(default_factory=dict)
    units: dict[int, set[str]] = field(default_factory=dict)  # of the audience of a requirement
    archived: dict[int, date] = field(default_factory=dict)
    by_hand: dict[tuple[int, int], list[list[Any]]] = field(default_factory=dict)  # [from, until or None]
    decided: dict[tuple[int, int], list[tuple[date, str]]] = field(default_factory=dict)  # of doubts
    extended: dict[tuple[int, int], list[tuple[date, date]]] = field(default_factory=dict)  # on, until
    exempt: dict[tuple[int, int], list[list[Any]]] = field(default_factory=dict)
    proved: dict[tuple[int, int], list[tuple[date, date]]] = field(default_factory=dict)  # granted on, learnt on
    leaves: dict[int, list[tuple[date, date]]] = field(default_factory=dict)


@dataclass(kw_only=True)
class Stand:
    status: str
    due_on: date | None = None
    expires_on: date | None = None


def months_later(day: date, months: int) -> date:
    total = day.year * 12 + (day.month - 1) + months
    for last in (day.day, 30, 29, 28):
        try:
            return date(total // 12, total % 12 + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def until(version: Version, learnt: date, due: date | None, former: date | None) -> tuple[date | None, date | None]:
    """(window opens, expires) by the three rules; days that end something end with the midnight after them."""
    if version.months is None:
        return None, None
    due_end = due + DAY if due else None
    if version.rule == "completion":
        base = learnt
    elif version.rule == "expiry":
        if former is None:
            base = due_end if due_end and learnt < due_end else learnt
        elif learnt >= former:
            base = learnt
        else:
            base = former  # in the window: sooner does not count
    else:
        anchor, step = former or due_end or learnt, 0
        while months_later(anchor, step * version.months) - timedelta(days=version.least) > learnt:
            step -= 1
        while months_later(anchor, (step + 1) * version.months) <= learnt + timedelta(days=version.least):
            step += 1
        base = months_later(anchor, step * version.months)
    expires = months_later(base, version.months)
    return max(learnt + DAY, expires - timedelta(days=version.window)), expires


class Person:
    """One person and one requirement, walked through the days."""

    def __init__(self, events: Events, user: int, requirement: int) -> None:
        self.events, self.user, self.requirement = events, user, requirement
        self.key = (user, requirement)
        self.start: date | None = None  # of the period that is open
        self.number = 0
        self.open = True
        self.begun = False
        self.was_asked = False
        self.waits = False
        self.admitted: bool | str = False  # into what the audience asks
        self.due: date | None = None
        self.closes: date | None = None
        self.due_set = date.min
        self.cause = ""
        self.due_on_day: dict[date, date | None] = {}
        self.opens: date | None = None
        self.expires: date | None = None

    def version(self, day: date) -> Version:
        return [one for one in self.events.versions[self.requirement] if one.from_on <= day][-1]

    def job(self, day: date) -> tuple[date, str] | None:
        for first, last, unit in self.events.jobs.get(self.user, []):
            if first <= day and (last is None or day <= last):
                return first, unit
        return None

    def rule_due(self, version: Version, day: date) -> date | None:
        if "on" in version.due:
            return date.fromisoformat(version.due["on"])
        if "after" not in version.due:
            return None
        first = self.asked_since if version.due["from"] == "assigned" else self.job(day)[0]  # type: ignore[index]
        return first + timedelta(days=version.due["after"])

    def set_due(self, day: date, due: date | None, closes: int | None, cause: str) -> None:
        closing = due + timedelta(days=closes) if due and closes is not None else None
        if (due, closing) != (self.due, self.closes) or self.due_set == date.min:
            self.due, self.closes, self.due_set, self.cause = due, closing, day, cause

    def asked(self, day: date, version: Version) -> bool:
        """Whether somebody asks; a doubt about who newly comes into the audience waits for a decision."""
        hand = any(a <= day and (b is None or day <= b) for a, b in self.events.by_hand.get(self.key, []))
        job = self.job(day)
        hand = hand and job is not None
        member = job is not None and job[1] in self.events.units.get(self.requirement, set())
        if not member:
            self.waits, self.admitted = False, False
        elif self.waits:
            for on, action in self.events.decided.get(self.key, []):
                if on == day:
                    self.waits, self.admitted = False, action
        elif not self.admitted:
            self.asked_since = day
            due = self.rule_due(version, day)
            doubtful = due is not None and due < day + timedelta(days=version.minimum)
            self.waits = doubtful and self.number == 0 and self.open and not self.was_asked
            self.admitted = not self.waits
        return hand or (member and self.admitted not in (False, "dismiss"))

    def step(self, day: date) -> Stand | None:
        """The stand at the end of `day`; None before the person was ever asked."""
        version = self.version(day)
        if day >= self.events.archived.get(self.requirement, date.max):
            return Stand(status="archived") if self.start else None
        first_open = self.number == 0 and self.open
        asked = self.asked(day, version)
        if asked and not self.was_asked:
            self.asked_since = day
            if self.start is None:
                self.start = day
            if first_open:
                due, cause = self.rule_due(version, day), "assigned"
                if self.admitted == "realistic" and (day, "realistic") in self.events.decided.get(self.key, []):
                    due, cause = day + timedelta(days=version.minimum + 7), "realistic"
                self.set_due(day, due, version.closes, cause)
        self.was_asked = asked
        if self.start is None:
            return None
        if first_open:
            self.move(day, version, asked)
        if self.number == 0:
            self.due_on_day[day] = self.due
        for _turn in range(50):
            if not self.learn(day, asked):
                break
        return self.stand(day, asked)

    def move(self, day: date, version: Version, asked: bool) -> None:
        versions = [one for one in self.events.versions[self.requirement] if one.from_on <= day]
        if asked and version.from_on == day and len(versions) > 1:
            before = versions[-2]
            if (before.due, before.closes) != (version.due, version.closes):
                due = self.rule_due(version, day)
                due = max(due, day + timedelta(days=version.minimum)) if due else None
                cause = "changed"
                if self.cause in ("extended", "realistic", "leave") and self.due and due and due <= self.due:
                    due, cause = self.due, self.cause
                self.set_due(day, due, version.closes, cause)
        for first, last in self.events.leaves.get(self.user, []):
            if last + DAY == day and self.due and first <= self.due and self.due_set <= last:
                away = (last - max(first, self.due_set)).days + 1
                old = self.closes
                self.set_due(day, self.due + timedelta(days=away), None, "leave")
                self.closes = old + timedelta(days=away) if old else None
        for on, granted in self.events.extended.get(self.key, []):
            if on == day:
                self.set_due(day, granted, version.closes, "extended")

    def satisfied(self, day: date, now: date) -> date | None:
        """The last course's day, if the version in force on `day` is done by what was finished by then."""
        version = self.version(day)
        assert self.start is not None
        earliest = self.start if self.number else self.start - timedelta(days=version.back)
        taken = self.events.takings.get(self.user, [])
        done = sorted((f, c) for c, _b, f in taken if f and earliest <= f <= min(day, now))
        kind, count, courses = version.needs
        days: list[date] = []
        for course in courses:
            after = days[-1] if kind == "in_order" and days else date.min
            found = [f for f, c in done if c == course and f >= after]
            if found:
                days.append(found[0])
            elif kind != "any":
                return None
        if kind == "any":
            days = sorted(days)[:count] if len(days) >= count else []
        return max(days, default=None)

    def learn(self, day: date, asked: bool) -> bool:
        """Count what was learnt; whether something changed, so that there may be more to count."""
        if not asked or self.start is None:
            return False
        if not self.open:
            if self.opens is not None and self.opens <= day:
                self.open, self.begun, self.start, self.number = True, False, self.opens, self.number + 1
                return True
            return False
        if day < self.start:
            return False
        version = self.version(day)
        earliest = self.start if self.number else self.start - timedelta(days=version.back)
        for course, began, finished in self.events.takings.get(self.user, []):
            # What is finished today was being taken this morning.
            counts = course in version.needs[2] and began <= day and (not finished or finished >= earliest)
            self.begun = self.begun or counts
        finished = [f for _c, _b, f in self.events.takings.get(self.user, []) if f]
        changed = [one.from_on for one in self.events.versions[self.requirement]]
        for on in sorted(one for one in {self.start, *finished, *changed} if self.start <= one <= day):
            last = self.satisfied(on, day)
            if last is not None:
                completed = last if on == self.start else on
                known = self.due_on_day.get(completed)
                if completed not in self.due_on_day:
                    known = self.due_on_day[min(self.due_on_day)]
                self.complete(self.version(on), completed, completed, known)
                return True
        for granted, learnt in self.events.proved.get(self.key, []):
            if granted == day:
                self.complete(version, learnt, granted, self.due)
                return True
        return False

    def complete(self, version: Version, learnt: date, completed: date, due: date | None) -> None:
        opens, expires = until(version, learnt, due, self.expires if self.number else None)
        if opens is not None and expires is not None:
            opens = min(max(opens, completed + DAY), expires)
        self.open, self.opens, self.expires = False, opens, expires

    def stand(self, day: date, asked: bool) -> Stand:
        if not asked:
            return Stand(status="archived")
        if any(a <= day and (b is None or day <= b) for a, b in self.events.exempt.get(self.key, [])):
            return Stand(status="exempt")
        if any(a <= day <= b for a, b in self.events.leaves.get(self.user, [])):
            return Stand(status="suspended")
        if self.number or not self.open:
            if self.expires is None or (self.opens and day < self.opens):
                return Stand(status="valid", expires_on=self.expires)
            return Stand(status="window_open" if day < self.expires else "expired", expires_on=self.expires)
        if self.closes and day > self.closes:
            return Stand(status="failed", due_on=self.due)
        if self.due and day > self.due:
            return Stand(status="overdue", due_on=self.due)
        return Stand(status="in_progress" if self.begun else "pending", due_on=self.due)
