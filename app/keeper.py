"""The thread of the worker that does what is due by the clock: mail, certificates, the audit chain, the night."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from flask import Flask

from app import audit, rounds
from app.accounts import forgetting
from app.clock import utc_now
from app.config import Settings
from app.credentials import issuing
from app.curricula import completing, previewing
from app.curricula.reminding import rounding
from app.curricula.reminding.summaries import Summaries
from app.db import reading, writing
from app.grading import queueing, rejudging, settling
from app.insights import anchoring
from app.notices import delivering
from app.organisations import importing, syncing
from app.organisations.importing import Shelf
from app.training import reminding, vacating

log = logging.getLogger("bilik.worker")

LOOK = 1.0  # seconds
SWEEP = 5.0
FOLLOW = 30.0  # in which a change of who works where is followed
FORGET = 3600.0
AWAY = timedelta(days=1)  # of a worker that comes back; what is older was seen to in the night
LONGEST_TRANSACTION = timedelta(minutes=1)  # after which what it says of its moment is there to be seen
STEPS, BREATH = 20, 0.05  # of a rejudge that comes into force: so many in a row, so many seconds between two

Act = Callable[[], None]
Done = TypeVar("Done")


class Keeper:
    """`run` ends soon after `stopping` is set. `wake` calls the slots; `at` names a step to tests of what survives."""

    def __init__(
        self, site: Flask, stopping: threading.Event, *, wake: Callable[[], object], at: Callable[[str], None]
    ) -> None:
        self.site = site
        self.settings: Settings = site.extensions["bilik.settings"]
        self.shelf = Shelf(data_folder=self.settings.data_folder, blobs=site.extensions["bilik.blobs"])
        self.stopping = stopping
        self.wake = wake
        self.at = at
        self.completed = utc_now() - AWAY  # up to when completing was seen to
        self.seen: dict[int, str] = {}  # how the organisations looked when their audiences were last brought up
        self.summaries: Summaries | None = None  # what leaders are told next
        self.duties = self._duties()

    def run(self) -> None:
        due = dict.fromkeys(self.duties, 0.0)
        while not self.stopping.is_set():
            for name, (every, act) in self.duties.items():
                if time.monotonic() < due[name] or self.stopping.is_set():
                    continue
                due[name] = time.monotonic() + every
                try:
                    act()
                except Exception:
                    log.exception("worker: %s", name)
            self.stopping.wait(0.5)

    def see_to(self, name: str) -> None:
        """One of the duties, now."""
        self.duties[name][1]()

    def _duties(self) -> dict[str, tuple[float, Act]]:
        """What is seen to every so many seconds, in this order."""
        do = self._do
        return {
            "leases": (SWEEP, do(lambda now: queueing.sweep(now=now))),
            "certificates": (LOOK, do(issuing.issue_due, where=lambda _now: issuing.is_due())),
            "completions": (LOOK, do(self._complete, where=self._is_learnt, then=self._is_completed)),
            "mail": (LOOK, self._deliver),
            "rejudges": (LOOK, self._rejudge),
            "audit chain": (LOOK, do(self._seal, where=lambda _now: audit.has_unsealed(), again=True)),
            "lists of the night": (FOLLOW, self._sync),  # before the night, which goes by who works where
            "audiences": (
                FOLLOW,
                do(lambda now: rounds.follow(self.seen, now), where=self._has_changed, then=self._is_followed),
            ),
            "night": (FOLLOW, do(rounds.night)),
            # after the night, which says how everything stands
            "what audiences bring": (FOLLOW, do(rounding.tell_asked, where=rounding.asked_is_due, again=True)),
            "reminders": (
                FOLLOW,
                do(self._remind, where=rounding.is_due, first=self._prepare, then=self._is_reminded, again=True),
            ),
            "seats of who is gone": (FOLLOW, do(vacating.vacate_due, where=vacating.is_due)),
            "meetings": (FOLLOW, do(reminding.remind_due, where=reminding.is_due)),
            "anchor": (FOLLOW, self._anchor),
            "mail of the anchor": (FOLLOW, do(self._tell_anchor, where=self._is_anchor_untold)),
            "tries": (FORGET, do(lambda now: queueing.forget_tries(now=now))),
            "accounts": (FORGET, do(forgetting.forget)),
            "lists": (FORGET, do(importing.forget)),
            "files of lists": (FORGET, self._clear_lists),
            "previews": (FORGET, do(previewing.forget)),
        }

    def _do(
        self,
        act: Callable[[datetime], Done],
        *,
        where: Callable[[datetime], object] = lambda _now: True,
        first: Callable[[datetime], None] | None = None,
        then: Callable[[Done, datetime], None] = lambda _done, _now: None,
        again: bool = False,
    ) -> Act:
        """Where there is something to do, `act` in a transaction; and in others once more while it says so (`again`).

        `where` looks, and `first` reads, without the lock of a writer; `then` comes once it is committed.
        """

        def see_to() -> None:
            now = utc_now()
            with reading(self.site):
                goes_on = bool(where(now))
            while goes_on and not self.stopping.is_set():
                if first is not None:
                    with reading(self.site):
                        first(utc_now())
                with writing(self.site):
                    done = act(now)
                then(done, now)
                goes_on, now = again and bool(done), utc_now()

        return see_to

    def _is_learnt(self, now: datetime) -> bool:
        found = completing.is_due(self.completed)
        if not found:
            self._is_completed(0, now)
        return found

    def _complete(self, now: datetime) -> int:
        return completing.complete_due(now, self.completed)

    def _is_completed(self, _done: int, now: datetime) -> None:
        self.completed = now - LONGEST_TRANSACTION

    def _has_changed(self, _now: datetime) -> bool:
        return rounds.has_changed(self.seen)

    def _is_followed(self, looks: dict[int, str], _now: datetime) -> None:
        self.seen = looks

    def _seal(self, _now: datetime) -> bool:
        """What happened gets its place in the audit chain, two thousand events at a time."""
        return audit.seal() == audit.AT_ONCE

    def _prepare(self, now: datetime) -> None:
        self.summaries = rounding.prepared(now)

    def _remind(self, now: datetime) -> bool:
        return rounding.go_on(now, self.summaries)

    def _is_reminded(self, _done: bool, _now: datetime) -> None:
        self.at("reminded")

    def _is_anchor_untold(self, now: datetime) -> bool:
        return self.settings.mail_audit and anchoring.is_due(self.settings.data_folder, now)

    def _tell_anchor(self, now: datetime) -> int:
        return anchoring.tell_due(self.settings.data_folder, now)

    # What sees to its transactions by itself.

    def _rejudge(self) -> None:
        """Previews go on, decisions are carried out a few learners at a time."""
        with reading(self.site):
            if not rejudging.is_going():
                return
        with writing(self.site):
            fed = rejudging.feed(now=utc_now())
        if fed:
            self.wake()
        for _step in range(STEPS):
            with writing(self.site):
                left = settling.settle_some(now=utc_now())
                self.at("settled")
            if not left or self.stopping.wait(BREATH):
                return

    def _anchor(self) -> None:
        with reading(self.site):
            if audit.anchor(self.settings.data_folder, utc_now()):
                last = audit.head()
                log.info("worker: the audit log ends at %d %s", last.number, last.digest)

    def _clear_lists(self) -> None:
        with reading(self.site):
            importing.clear(self.shelf)

    def _sync(self) -> None:
        """Lists left for the night, each organisation's in a transaction of its own."""
        if not rounds.is_night_over(utc_now()):
            return
        for lying in syncing.left(self.settings.data_folder):
            with writing(self.site):
                is_taken = syncing.take(lying, shelf=self.shelf, now=utc_now())
            if is_taken:
                syncing.clear(lying)

    def _deliver(self) -> None:
        with self.site.app_context():
            delivering.deliver_due(now=utc_now())
