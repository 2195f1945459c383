"""Containers prepared ahead: started, imports done, waiting for a lease. A lease costs a millisecond; preparing one
costs a third of a second.

A runner that was leased never comes back. A checker does, bound to its course version, if its last fork ended cleanly.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import secrets
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Any

from sandbox import hardening
from sandbox.box import DockerBox
from sandbox.engine import Engine
from sandbox.hardening import Shape
from sandbox.model import SandboxUnavailable

log = logging.getLogger(__name__)

AGE = 600.0  # seconds a prepared runner is kept
CHECKER_AGE = 6 * 3600.0
LEASE_WAIT = 90.0  # seconds a lease waits for a container at most
GRACE = 1.0  # seconds the machine is left to who has just leased before a container is prepared in its place
RECENT = 600.0  # a shape asked for within this many seconds keeps one warm
AGAIN = (0.2, 1.0, 5.0, 30.0)  # pauses between attempts to remove a container
LOST = 180.0  # seconds after which a container that is being made is known, or lost
MOST_STUCK = 3  # containers that cannot be removed before no more are made

CHECKER = Shape(image="checker")


class Pool:
    """Keeps `targets` ready by as many threads as there are cores, and removes what is over."""

    def __init__(
        self,
        engine: Engine,
        tags: dict[str, str],
        targets: dict[Shape, int],
        *,
        checkers: int,
        commands: dict[str, list[str]] | None = None,
        threads: int | None = None,
    ) -> None:
        """`tags`: image -> tag. `checkers`: how many bound ones stay warm. `commands` replace the images' PID 1
        (tests)."""
        self._engine, self._tags, self._targets = engine, tags, dict(targets)
        self._checkers, self._commands = checkers, commands or {}
        self._threads = threads or os.cpu_count() or 1
        self._change = threading.Condition()
        self._ready: dict[Shape, deque[DockerBox]] = {}
        self._preparing: Counter[Shape] = Counter()
        self._waiting: Counter[Shape] = Counter()
        self._asked: dict[Shape, float] = {}
        self._failed: dict[Shape, tuple[float, SandboxUnavailable, int]] = {}  # when, why, how often in a row
        self._bound: OrderedDict[str, list[DockerBox]] = (
            OrderedDict()
        )  # course version -> idle checkers, least recent first
        self._leased: set[DockerBox] = set()
        self._leased_at = 0.0  # when the last one was
        self._name = secrets.token_hex(8)  # on every container of ours
        self._uids = hardening.Uids()
        self._uid_of: dict[str, int] = {}
        self._over: queue.SimpleQueue[tuple[DockerBox, int, float] | None] = queue.SimpleQueue()
        self._removing = 0
        self._stuck: set[str] = set()
        self._closing = False
        self._stop = threading.Event()
        self._workers: list[threading.Thread] = []

    def start(self) -> None:
        work: list[Callable[[], None]] = [self._refill] * self._threads + [self._remove] * 2
        for act in work:
            thread = threading.Thread(target=act, name=f"sandbox{act.__name__}", daemon=True)
            thread.start()
            self._workers.append(thread)

    # ---- leases

    def runner(self, shape: Shape, *, seconds: float) -> DockerBox:
        """A prepared runner that nobody had before. Raises SandboxUnavailable."""
        box = self._take(shape)
        return self._leased_out(box, seconds)

    def checker(self, key: str) -> DockerBox:
        """The warm checker bound to `key`, or a fresh one, bound from now on."""
        with self._change:
            idle = self._bound.get(key, [])
            box = idle.pop() if idle else None
            if not idle:
                self._bound.pop(key, None)
            if box is not None:
                self._note_lease(box)
        if box is not None and (not box.is_well() or time.monotonic() - box.made_at > CHECKER_AGE):
            box.finish()
            box = None
        box = box or self._take(CHECKER)
        box.key = key
        return self._leased_out(box, float(hardening.MOST_SECONDS))

    def keep(self, box: DockerBox) -> None:
        """Take a checker back whose fork has ended cleanly; the least recently used goes where there are too many."""
        surplus: list[DockerBox] = []
        with self._change:
            self._leased.discard(box)
            if self._closing or box.key is None:
                surplus.append(box)
            else:
                self._bound.setdefault(box.key, []).append(box)
                self._bound.move_to_end(box.key)
                while sum(map(len, self._bound.values())) > self._checkers:
                    oldest = next(iter(self._bound))
                    surplus.append(self._bound[oldest].pop(0))
                    if not self._bound[oldest]:
                        del self._bound[oldest]
            self._change.notify_all()
        for one in surplus:
            one.finish()

    def _note_lease(self, box: DockerBox) -> None:
        """Called with the lock held, in which it was taken: nobody prepares another in between."""
        self._leased.add(box)
        self._leased_at = time.monotonic()

    @staticmethod
    def _leased_out(box: DockerBox, seconds: float) -> DockerBox:
        try:
            box.lease(seconds=seconds)
        except BaseException:
            box.finish()
            raise
        return box

    def _take(self, shape: Shape) -> DockerBox:
        """A ready one, or wait for the threads to make one."""
        deadline = time.monotonic() + LEASE_WAIT
        with self._change:
            self._asked[shape] = time.monotonic()
            self._waiting[shape] += 1
            self._change.notify_all()
            try:
                began = time.monotonic()
                while True:
                    self._refuse_if_closed()
                    ready = self._ready.get(shape)
                    if ready:
                        box = ready.popleft()
                        if time.monotonic() - box.made_at < AGE and box.is_well():
                            self._note_lease(box)
                            return box
                        self._change.release()
                        try:
                            box.finish()
                        finally:
                            self._change.acquire()
                        continue
                    failed = self._failed.get(shape)
                    if failed is not None and failed[0] >= began:
                        raise failed[1]
                    if not self._change.wait(timeout=deadline - time.monotonic()) and time.monotonic() >= deadline:
                        raise SandboxUnavailable(f"no container became ready in {LEASE_WAIT:.0f} s")
            finally:
                self._waiting[shape] -= 1
                self._change.notify_all()

    def _refuse_if_closed(self) -> None:
        if self._closing:
            raise SandboxUnavailable("the sandbox is shutting down")
        if len(self._stuck) >= MOST_STUCK:
            raise SandboxUnavailable(
                f"{len(self._stuck)} containers cannot be removed: the Docker engine needs attention"
            )

    # ---- preparing

    def _refill(self) -> None:
        while True:
            with self._change:
                shape = self._next_wanted()
                while shape is None and not self._closing:
                    self._change.wait(timeout=GRACE if self._leased else 5.0)
                    self._drop_aged()
                    shape = self._next_wanted()
                if self._closing or shape is None:
                    return
                self._preparing[shape] += 1
                urgent = self._waiting[shape] > 0
            box, failed = self._prepared(shape, urgent=urgent)
            with self._change:
                self._preparing[shape] -= 1
                if box is not None and not self._closing:
                    self._failed.pop(shape, None)
                    self._ready.setdefault(shape, deque()).append(box)
                    box = None
                elif failed is not None:
                    row = self._failed[shape][2] + 1 if shape in self._failed else 1
                    self._failed[shape] = (time.monotonic(), failed, row)
                    log.warning("sandbox: cannot prepare a container: %s", failed)
                self._change.notify_all()
            if box is not None:
                box.finish()

    def _next_wanted(self) -> Shape | None:
        """Who waits first, then what is missing from the targets. A shape that failed rests, longer each time, unless
        somebody waits."""
        now = time.monotonic()
        if self._closing or len(self._stuck) >= MOST_STUCK:
            return None
        for shape, waiting in self._waiting.items():
            if waiting > len(self._ready.get(shape, ())) + self._preparing[shape] and not self._rests(shape, now, 0.5):
                return shape
        if any(self._waiting.values()) or (self._leased and now - self._leased_at < GRACE):
            return None  # a learner waits: the core is not ours
        for shape, target in self._wanted(now).items():
            if len(self._ready.get(shape, ())) + self._preparing[shape] < target and not self._rests(shape, now, 10.0):
                return shape
        return None

    def _wanted(self, now: float) -> dict[Shape, int]:
        recent = {shape: 1 for shape, at in self._asked.items() if now - at < RECENT}
        return recent | self._targets

    def _rests(self, shape: Shape, now: float, longest: float) -> bool:
        failed = self._failed.get(shape)
        return failed is not None and now - failed[0] < min(0.5 * 2.0 ** failed[2], longest)

    def _prepared(self, shape: Shape, *, urgent: bool) -> tuple[DockerBox | None, SandboxUnavailable | None]:
        try:
            return self.make(shape, shares=hardening.SHARES_LEASED if urgent else hardening.SHARES_WAITING), None
        except SandboxUnavailable as why:
            return None, why
        except Exception as why:  # the thread must live
            log.exception("sandbox: preparing a container")
            return None, SandboxUnavailable(f"preparing a container failed: {type(why).__name__}")

    def make(self, shape: Shape, *, shares: int) -> DockerBox:
        """A container of ours, started and ready, in nobody's hands yet. Raises SandboxUnavailable."""
        uid = self._uids.take()
        body = hardening.options(
            self._tags[shape.image],
            shape,
            uid=uid,
            labels=hardening.labels(shape, seconds=(CHECKER_AGE if shape.image == "checker" else AGE) + 3600)
            | {"pool": self._name},
            command=self._commands.get(shape.image) or command(shape),
            shares=shares,
        )
        try:
            box = DockerBox(self._engine, shape, body, on_end=self._ended)
        except BaseException:
            self._uids.give_back(uid)
            raise
        with self._change:
            self._uid_of[box.id] = uid
        try:
            box.wait_ready()
        except BaseException:
            box.finish()
            raise
        return box

    def _drop_aged(self) -> None:
        """Called with the lock held: `finish` only queues, it asks nothing of the engine."""
        now = time.monotonic()
        for ready in self._ready.values():
            while ready and now - ready[0].made_at > AGE:
                ready.popleft().finish()

    # ---- removing

    def _ended(self, box: DockerBox) -> None:
        with self._change:
            self._leased.discard(box)
            self._removing += 1
            self._change.notify_all()
        self._over.put((box, 0, 0.0))

    def _remove(self) -> None:
        while (item := self._over.get()) is not None:
            box, tries, not_before = item
            pause = not_before - time.monotonic()
            if pause > 0:
                self._stop.wait(min(pause, 0.2))
                self._over.put((box, tries, 0.0 if self._closing else not_before))
                continue
            try:
                hardening.remove(self._engine, box.id)
            except SandboxUnavailable as why:
                if not self._closing:
                    self._over.put((box, tries + 1, time.monotonic() + AGAIN[min(tries, len(AGAIN) - 1)]))
                if tries == len(AGAIN) or (self._closing and tries < len(AGAIN)):
                    log.error("sandbox: container %s cannot be removed: %s", box.id[:12], why)
                    with self._change:  # no longer waited for; tried again as long as this process lives
                        self._removing -= 1
                        self._stuck.add(box.id)
                        self._change.notify_all()
                continue
            with self._change:
                if box.id in self._stuck:
                    self._stuck.discard(box.id)
                else:
                    self._removing -= 1
                uid = self._uid_of.pop(box.id, None)
                if uid is not None:
                    self._uids.give_back(uid)
                self._change.notify_all()

    def remove_lost(self, *, age: float = LOST) -> list[str]:
        """Remove what the engine made of ours after it had stopped answering, so that nobody knows of it; the ids.

        `age`: seconds since it was made. Raises SandboxUnavailable.
        """
        filters = {"label": f"pool={self._name}"}
        found: list[dict[str, Any]] = self._engine.call(
            "listing containers", lambda api: api.containers(all=True, filters=filters)
        )
        with self._change:
            known = set(self._uid_of)
        lost = [one["Id"] for one in found if one["Id"] not in known and time.time() - one["Created"] >= age]
        for container in lost:
            hardening.remove(self._engine, container)
        return lost

    def settle(self, seconds: float = 30.0) -> bool:
        """Wait until everything that is over is removed; False if that took longer."""
        with self._change:
            return self._change.wait_for(lambda: self._removing == 0, timeout=seconds)

    def fill(self, seconds: float = 120.0) -> bool:
        """Wait until every target is met; False if that took longer."""
        with self._change:
            return self._change.wait_for(
                lambda: all(len(self._ready.get(shape, ())) >= target for shape, target in self._targets.items()),
                timeout=seconds,
            )

    def close(self) -> None:
        """End and remove everything that is ours; leases in other threads end too."""
        with self._change:
            self._closing = True
            self._stop.set()
            boxes = [box for ready in self._ready.values() for box in ready]
            boxes += [box for idle in self._bound.values() for box in idle] + list(self._leased)
            self._ready.clear()
            self._bound.clear()
            self._change.notify_all()
        for thread in self._workers[: self._threads]:
            thread.join(timeout=30)
        for box in boxes:
            box.finish()
        self.settle()
        for _ in range(2):
            self._over.put(None)
        for thread in self._workers[self._threads :]:
            thread.join(timeout=10)
        with contextlib.suppress(SandboxUnavailable):  # then the next worker's sweep finds them
            self.remove_lost(age=0)

    def numbers(self) -> dict[str, Any]:
        """For the page of the administrator."""
        with self._change:
            now = time.monotonic()
            shapes = set(self._wanted(now)) | set(self._ready) | set(self._preparing)
            return {
                "shapes": [
                    {
                        "image": shape.image,
                        "mode": shape.mode,
                        "size": str(shape.size),
                        "target": self._wanted(now).get(shape, 0),
                        "ready": len(self._ready.get(shape, ())),
                        "preparing": self._preparing[shape],
                        "waiting": self._waiting[shape],
                    }
                    for shape in sorted(shapes, key=lambda one: (one.image, one.mode, one.size.mebibytes))
                ],
                "leased": len(self._leased),
                "checkers": sum(map(len, self._bound.values())),
                "removing": self._removing,
                "stuck": sorted(self._stuck),
                "failing": next((str(why) for _, why, _ in self._failed.values()), None),
            }


def command(shape: Shape) -> list[str]:
    """PID 1 of the image. -P: /box is not where its modules come from; -s: no user folder. (-I would ignore
    PYTHONHASHSEED.)"""
    return ["python3", "-P", "-s", hardening.ENTRY[shape.image], *([shape.mode] if shape.mode else [])]
