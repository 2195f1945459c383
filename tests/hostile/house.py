"""A sandbox that hostile cases come to one after the other, and what must be true of it after each."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from graders.course import Exercise, load_exercise
from graders.feedback import shown_checks
from graders.grading import grade
from graders.verdict import CheckResult, Event, Purpose, Verdict, to_json
from sandbox import hardening
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.model import Box, Sandbox, Size

HERE = Path(__file__).parent
TARGETS = {name: load_exercise(HERE / "targets" / name) for name in ("tools", "report", "shop")}
# In every hidden input, hidden expected value and source of a check of the targets.
MARKERS = ("QZ7K", "K7ZQ", "7310915", "53449478137225", "7310936")


class House:
    """A `Sandbox` that remembers whom it gave which runner."""

    def __init__(self, sandbox: DockerSandbox) -> None:
        self.sandbox, self.runners, self.graded = sandbox, list[str](), 0
        self.waited = 0.0  # seconds, for containers that others' work kept from being ready

    @contextmanager
    def runner(self, *, size: Size, mode: str, seconds: float) -> Iterator[Box]:
        began = time.monotonic()
        with self.sandbox.runner(size=size, mode=mode, seconds=seconds) as box:
            self.waited += time.monotonic() - began
            self.runners.append(box.id)
            yield box

    @contextmanager
    def checker(self, *, key: str) -> Iterator[Box]:
        began = time.monotonic()
        with self.sandbox.checker(key=key) as box:
            self.waited += time.monotonic() - began
            yield box

    def image(self) -> dict[str, str]:
        return self.sandbox.image()

    def look(self, engine: Engine) -> None:
        """Assert that it is as good as new: right answers are right, wrong ones wrong, and nobody is left."""
        tools = TARGETS["tools"]
        right = verdict(graded(tools, tools.solution(), self))
        assert right.points == tools.max_points, [(one.id, one.status.value) for one in right.checks]
        wrong = verdict(graded(tools, {"work.py": (tools.folder / "answers/small-only/work.py").read_bytes()}, self))
        statuses = {one.id: one.status.value for one in wrong.checks}
        assert statuses == {one.id: "failed" if one.id == "square-hidden" else "passed" for one in tools.checks}
        assert "7310915" in json.dumps(to_json(wrong))  # staff see it: a marker that leaked would be found
        assert len(self.runners) == len(set(self.runners))
        self._count(engine)

    def _count(self, engine: Engine) -> None:
        """The containers of this process are those that wait in the pool, and no other."""
        pool = self.sandbox.pool
        ours = {"label": [f"app={hardening.LABEL}", f"worker={hardening.worker()}"]}
        deadline = time.monotonic() + 60
        while True:
            assert pool.settle()
            alive = {one["Id"] for one in engine.call("listing", lambda api: api.containers(all=True, filters=ours))}
            numbers = pool.numbers()
            waiting = sum(shape["ready"] + shape["preparing"] for shape in numbers["shapes"]) + numbers["checkers"]
            if len(alive) == waiting and not alive & set(self.runners):
                return
            assert time.monotonic() < deadline, (len(alive), numbers)
            time.sleep(0.1)


def graded(exercise: Exercise, answer: Mapping[str, bytes], sandbox: Sandbox) -> list[Event]:
    """Everything that grading says of `answer`, as a worker would store it."""
    return list(grade(exercise, answer, sandbox, purpose=Purpose.SUBMIT, seed=1, key=exercise.digest, language="en"))


def verdict(events: list[Event]) -> Verdict:
    last = events[-1]
    assert isinstance(last, Verdict)
    return last


def visible(exercise: Exercise, events: list[Event]) -> str:
    """All that a learner is ever shown of `events`, and all of it that is stored as open."""
    last = verdict(events)
    order = [check.id for check in exercise.checks]
    stored = [
        to_json(event)
        for event in events
        if not isinstance(event, Verdict) and not (isinstance(event, CheckResult) and event.hidden)
    ]
    stored += [to_json(cell) for cell in last.cells]
    seen = [asdict(one) for done in (False, True) for one in shown_checks(last.checks, order=order, done=done)]
    return json.dumps([stored, seen], ensure_ascii=False, default=str)
