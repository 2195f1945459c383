"""The process that grades: `python -m app.worker`, one for each data folder, the only one that speaks to Docker.

A thread for each slot grades; one renews leases and says how it goes; one watches the sandbox; one sweeps, sends mail
and issues certificates. Without Docker it does all but grade, and notices when Docker is back.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import select
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from flask import Flask
from sqlalchemy.exc import OperationalError

from app import create_app
from app.blobs import SharedAway, is_disk_full
from app.clock import utc_now
from app.config import Settings
from app.db import reading, writing
from app.gate import Gate
from app.grading import beating, blaming, queueing, recording, running, waking
from app.grading.found import Found
from app.grading.queueing import Claim, LeaseLost
from app.keeper import Keeper
from graders.verdict import CheckerError, CheckResult, Verdict
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.model import Sandbox, SandboxUnavailable

log = logging.getLogger("bilik.worker")

LOOK = 1.0  # seconds after which it looks by itself, if no wake-up came
BEAT = 3.0  # a lease of 30 s outlives nine that fail
TRY_SANDBOX = 3.0
PATIENCE = 5.0  # seconds a stop waits for what is being graded
SHOW = 0.2  # seconds after which the page may learn what has been found out; it asks every 0.3


class AlreadyRunning(Exception):
    """Another worker holds the lock of this data folder."""


class Worker:
    """The threads and what they share. `run` returns after `stop` (or SIGTERM) with everything given back."""

    def __init__(self, site: Flask, open_sandbox: Callable[[], Any]) -> None:
        self.site = site
        self.settings: Settings = site.extensions["bilik.settings"]
        self.gate = Gate(open_sandbox)
        self.name = name_on(self.settings.data_folder)
        self.stopping = threading.Event()
        lock = threading.RLock()
        self.call, self.answer = threading.Condition(lock), threading.Condition(lock)
        self.calls = self.answered = 0
        self.held: set[str] = set()  # tokens of what is being graded
        self.found = Found()

    def run(self) -> None:
        """Raises AlreadyRunning when another worker has this data folder."""
        with _lock(self.settings), waking.listen(self.settings.data_folder) as ear:
            self._take_back()
            slots = [
                threading.Thread(target=self._slot, args=(n == 0,), name=f"slot-{n}")
                for n in range(self.settings.slots)
            ]
            beside = (self._live, self._watch, self._keep, self._show)
            others = [threading.Thread(target=act, name=act.__name__) for act in beside]
            if self.settings.broker_url is not None:
                from app.grading import carrying  # without a broker nothing of Celery is imported

                carried = (self.settings.broker_url, self.look, self.stopping)
                others.append(threading.Thread(target=carrying.listen, args=carried, name="broker"))
            for thread in [*slots, *others]:
                thread.daemon = True
                thread.start()
            while not self.stopping.is_set():
                if select.select([ear], [], [], LOOK)[0]:
                    ear.recv(64)
                    self.wake(1)  # one row came: two slots would only get in each other's way
            self._wind_up(slots)

    def stop(self) -> None:
        self.stopping.set()

    def wake(self, most: int | None = None) -> None:
        """Let every idle slot look now, or `most` of them."""
        with self.call:
            self.calls += 1
            self.call.notify(most or self.settings.slots)

    def look(self, seconds: float) -> None:
        """Wake the slots, and wait until one has looked for a row since, at most `seconds`."""
        with self.call:
            self.wake()
            mine = self.calls
            self.answer.wait_for(lambda: self.answered >= mine, timeout=seconds)

    def _take_back(self) -> None:
        """What this worker held when it died goes back to the queue, as soon as the database answers."""
        while not self.stopping.is_set():
            try:
                with writing(self.site):
                    lost = queueing.take_back(self.name, now=utc_now())
            except OperationalError as error:
                log.warning("worker: the database does not answer yet: %s", error.orig)
                self.stopping.wait(LOOK)
            else:
                log.info("worker %s: %d slots, %d leases taken back", self.name, self.settings.slots, lost)
                return

    def _wind_up(self, slots: list[threading.Thread]) -> None:
        """Let what nearly is graded finish, end the rest, and give it back without holding it against anybody."""
        self.wake()
        deadline = time.monotonic() + PATIENCE
        for thread in slots:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        self.gate.close()  # ends the containers: who still asks gets SandboxUnavailable
        for thread in slots:
            thread.join(timeout=PATIENCE)
        try:
            with writing(self.site):
                queueing.take_back(self.name, counts=False, now=utc_now())
                beating.beat(self.name, grading=False, report={"reason": "the worker was stopped"}, now=utc_now())
        except OperationalError as error:  # the leases lapse by themselves
            log.warning("worker: the database does not answer at the end: %s", error.orig)

    # ---- slots

    def _slot(self, first: bool) -> None:
        """Only the first slot grades again what was graded, and only when there is nothing else to do or to prepare:
        a learner who comes finds a slot free, and a container."""
        while not self.stopping.is_set():
            seen = self.calls
            try:
                if self.gate.is_open and self._grade_next(first and not self.held and self.gate.is_rested):
                    self.wake()  # the same learner's next one may go now
                    continue
            except Exception:
                log.exception("worker: a slot stumbled")
                self.stopping.wait(LOOK)
            with self.call:
                if self.calls == seen:
                    self.call.wait(LOOK)

    def _grade_next(self, rejudges: bool = False) -> bool:
        with writing(self.site):
            seen = self.calls
            claim = queueing.claim(self.name, rejudges=rejudges, now=utc_now())
            if claim is not None:
                self._at("claimed")
        with self.call:
            self.answered = max(self.answered, seen)
            self.answer.notify_all()
        if claim is None:
            return False
        self.held.add(claim.token)
        try:
            self._at("leased")
            self._grade(claim)
        except LeaseLost:
            log.warning("worker: submission %d was taken over", claim.submission_id)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the submission goes back
            self._return(claim, problem)
        finally:
            self.found.drop(claim)
            self.held.discard(claim.token)
        return True

    def _return(self, claim: Claim, problem: Exception) -> None:
        """Give the submission back, by whose fault it was."""
        reason = str(problem)
        if isinstance(problem, CheckerError):
            log.warning("worker: the checks of submission %d broke: %s", claim.submission_id, reason)
        elif isinstance(problem, SandboxUnavailable):
            log.warning("worker: submission %d: %s", claim.submission_id, reason)
            self.gate.look()
        else:
            log.error("worker: submission %d", claim.submission_id, exc_info=problem)
            reason = f"{type(problem).__name__}: {problem}"
        # An engine or a database that is away, or a worker that stops, says nothing against the submission.
        ours = isinstance(problem, SandboxUnavailable) and (self.stopping.is_set() or not self.gate.is_open)
        ours = ours or isinstance(problem, OperationalError | SharedAway) or is_disk_full(problem)
        while True:
            try:
                with writing(self.site):
                    submission = queueing.held(claim)
                    if isinstance(problem, CheckerError):
                        blaming.set_aside(submission, problem, now=utc_now())
                    else:
                        queueing.give_back(submission, reason, counts=not ours, now=utc_now())
                return
            except LeaseLost:
                return  # somebody else has it already
            except OperationalError:
                if self.stopping.wait(LOOK):  # until the database is back: the lease is kept meanwhile
                    return

    def _grade(self, claim: Claim) -> None:
        with reading(self.site):
            work = running.prepare(claim, self.site.extensions["bilik.blobs"])
        self._at("begun")
        if isinstance(work, running.Proof):
            proved, report = running.prove(work, self.gate.sandbox)
            with writing(self.site):
                recording.record_proof(claim, proved=proved, report=report, now=utc_now())
            return
        for step in running.steps(work, self.gate.sandbox):
            if claim.token not in self.held:
                raise LeaseLost(claim.submission_id)
            if not isinstance(step, Verdict):
                self.found.add(claim, step)
                if isinstance(step, CheckResult):
                    self._at("between_checks")
                continue
            self._at("before_recording")
            self.found.drop(claim)
            with writing(self.site):
                recording.record(claim, step, now=utc_now())
        self._at("after_recording")

    def _at(self, step: str) -> None:
        """Die here, when a test of what survives asks for it."""
        if self.settings.env == "test" and self.settings.die_at == step:
            os.kill(os.getpid(), signal.SIGKILL)

    # ---- the threads beside

    def _live(self) -> None:
        """Keep the leases and say that the worker lives: neither waits for Docker or a mail server."""
        while not self.stopping.is_set():
            try:
                self._beat()
            except Exception:
                log.exception("worker: renewing leases")
            self.stopping.wait(BEAT)

    def _show(self) -> None:
        """Let the page see what has been found out so far."""
        while not self.stopping.wait(SHOW):
            for claim, steps in self.found.take().items():
                try:
                    with writing(self.site):
                        for step in steps:
                            recording.record(claim, step, now=utc_now())
                except LeaseLost:
                    self.held.discard(claim.token)  # its slot gives up before the next step
                except Exception:
                    log.exception("worker: showing what was found")

    def _watch(self) -> None:
        """Asking Docker may take long; mail and certificates do not wait for it."""
        while not self.stopping.is_set():
            was_open = self.gate.is_open
            try:
                self.gate.look()
                if self.gate.is_open != was_open:
                    self._beat()  # the pages say at once that grading is paused, or goes on
            except Exception:
                log.exception("worker: looking at the sandbox")
            self.wake()
            self.stopping.wait(TRY_SANDBOX)

    def _keep(self) -> None:
        Keeper(self.site, self.stopping, wake=self.wake, at=self._at).run()

    def _beat(self) -> None:
        report = {
            "reason": self.gate.reason,
            "slots": self.settings.slots,
            "running": len(self.held),
            "free_MiB": shutil.disk_usage(self.settings.data_folder).free >> 20,
            "sandbox": self.gate.health,
        }
        with writing(self.site):
            queueing.renew(list(self.held), now=utc_now())
            beating.beat(self.name, grading=self.gate.is_open, report=report, now=utc_now())


def name_on(folder: Path) -> str:
    """The name of the one worker of the data folder `folder` (resolved) of this machine."""
    return f"{socket.gethostname()[:40]}-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


@contextmanager
def _lock(settings: Settings) -> Iterator[IO[str]]:
    """One worker for each data folder; the lock goes with the process, however it ends."""
    with (settings.data_folder / "worker.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"a worker is already running on {settings.data_folder}") from error
        yield file


def docker_sandbox(settings: Settings) -> Callable[[], Sandbox]:
    def start() -> Sandbox:
        sandbox = DockerSandbox(settings.data_folder, checkers=settings.checkers, engine=Engine(settings.docker_url))
        sandbox.start()
        return sandbox

    return start


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    site = create_app()
    worker = Worker(site, docker_sandbox(site.extensions["bilik.settings"]))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    try:
        worker.run()
    except AlreadyRunning as error:
        print(f"worker: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
