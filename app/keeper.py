"""The thread of the worker that does what is due by the clock: mail, certificates, the audit chain, the night."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from app import audit, rounds
from app.accounts import forgetting
from app.clock import utc_now
from app.config import Settings
from app.credentials import issuing
from app.curricula import completing, previewing
from app.curricula.reminding import rounding
from app.db import reading, writing
from app.grading import queueing, rejudging, settling
from app.notices import delivering
from app.organisations import importing, syncing
from app.organisations.importing import Shelf
from app.training import reminding

log = logging.getLogger("bilik.worker")

LOOK = 1.0  # seconds
SWEEP = 5.0
FOLLOW = 30.0  # in which a change of who works where is followed
FORGET = 3600.0
AWAY = timedelta(days=1)  # of a worker that comes back; what is older was seen to in the night
LONGEST_TRANSACTION = timedelta(minutes=1)  # after which what it says of its moment is there to be seen
STEPS, BREATH = 20, 0.05  # of a rejudge that comes into force: so many in a row, so many seconds between two


class Keeper:
    """`run` ends soon after `stopping` is set. `wake` calls the slots; `at` names a step to tests of what survives."""

    def __init__(
        self, site: Flask, stopping: threading.Event, *, wake: Callable[[], object], at: Callable[[str], None]
    ) -> None:
        self.site = site
        self.settings: Settings = site.extensions["bilik.settings"]
        self.stopping = stopping
        self.wake = wake
        self.at = at
        self.completed = utc_now() - AWAY  # up to when completing was seen to
        self.seen: dict[int, str] = {}  # how the organisations looked when their audiences were last brought up

    def run(self) -> None:
        acts = [
            (SWEEP, self._in_transaction(lambda: queueing.sweep(now=utc_now()))),
            (LOOK, self._issue),
            (LOOK, self._complete),
            (LOOK, self._deliver),
            (LOOK, self._rejudge),
            (LOOK, self._seal),
            (FOLLOW, self._sync),  # before the night, which goes by who works where
            (FOLLOW, self._follow),
            (FOLLOW, self._in_transaction(lambda: rounds.night(utc_now()))),
            (FOLLOW, self._remind),  # after the night, which says how everything stands
            (FOLLOW, self._remind_of_meetings),
            (FOLLOW, self._anchor),
            (FORGET, self._in_transaction(lambda: queueing.forget_tries(now=utc_now()))),
            (FORGET, self._in_transaction(lambda: forgetting.forget(utc_now()))),
            (FORGET, self._in_transaction(lambda: importing.forget(utc_now()))),
            (FORGET, self._in_transaction(lambda: previewing.forget(utc_now()))),
        ]
        due = [0.0] * len(acts)
        while not self.stopping.is_set():
            for n, (every, act) in enumerate(acts):
                if time.monotonic() < due[n] or self.stopping.is_set():
                    continue
                due[n] = time.monotonic() + every
                try:
                    act()
                except Exception:
                    log.exception("worker: %s", act)
            self.stopping.wait(0.5)

    def _in_transaction(self, act: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with writing(self.site):
                act()

        return run

    # What is looked for every second is looked for without the lock of a writer: mostly there is nothing to do.

    def _issue(self) -> None:
        with reading(self.site):
            if not issuing.is_due():
                return
        with writing(self.site):
            issuing.issue_due(utc_now())

    def _complete(self) -> None:
        now = utc_now()
        with reading(self.site):
            is_due = completing.is_due(self.completed)
        if is_due:
            with writing(self.site):
                completing.complete_due(now, self.completed)
        self.completed = now - LONGEST_TRANSACTION

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

    def _seal(self) -> None:
        """What happened gets its place in the audit chain, two thousand events at a time."""
        while not self.stopping.is_set():
            with reading(self.site):
                if not audit.has_unsealed():
                    return
            with writing(self.site):
                audit.seal()

    def _remind(self) -> None:
        """What audiences have brought, then the round of the day: a few hundred people in a transaction."""
        with reading(self.site):
            goes_on = rounding.asked_is_due(utc_now())
        while goes_on and not self.stopping.is_set():
            with writing(self.site):
                goes_on = rounding.tell_asked(utc_now())
        with reading(self.site):
            goes_on = rounding.is_due(utc_now())
        while goes_on and not self.stopping.is_set():
            with reading(self.site):
                ready = rounding.prepared(utc_now())
            with writing(self.site):
                goes_on = rounding.go_on(utc_now(), ready)
            self.at("reminded")

    def _remind_of_meetings(self) -> None:
        with reading(self.site):
            if not reminding.is_due(utc_now()):
                return
        with writing(self.site):
            reminding.remind_due(utc_now())

    def _anchor(self) -> None:
        with reading(self.site):
            if audit.anchor(self.settings.data_folder, utc_now()):
                last = audit.head()
                log.info("worker: the audit log ends at %d %s", last.number, last.digest)

    def _sync(self) -> None:
        """Lists left for the night, each organisation's in a transaction of its own."""
        if not rounds.is_night_over(utc_now()):
            return
        shelf = Shelf(data_folder=self.settings.data_folder, blobs=self.site.extensions["bilik.blobs"])
        for lying in syncing.left(self.settings.data_folder):
            with writing(self.site):
                is_taken = syncing.take(lying, shelf=shelf, now=utc_now())
            if is_taken:
                syncing.clear(lying)

    def _follow(self) -> None:
        with reading(self.site):
            if not rounds.has_changed(self.seen):
                return
        with writing(self.site):
            looks = rounds.follow(self.seen, utc_now())
        self.seen = looks

    def _deliver(self) -> None:
        with self.site.app_context():
            delivering.deliver_due(now=utc_now())
