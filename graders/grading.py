"""An answer becomes a verdict: open checks, hidden ones, hidden data; the relay between runner and checker."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import ValidationError

from graders.course import Check, Exercise
from graders.course.declared import checks_json
from graders.notebooks import Rebuilt, rebuild
from graders.replies import Replies
from graders.results import cell_of, result_of
from graders.runs import CheckerFailed, Checking, Run, Told
from graders.verdict import (
    CellsRun,
    CheckerError,
    CheckResult,
    Event,
    Outcome,
    Phases,
    Provenance,
    Purpose,
    Ran,
    Started,
    Status,
    Verdict,
)
from sandbox.model import Ending, Sandbox, SandboxUnavailable

SOLUTIONS = Replies()  # shared by all threads of a worker
MOST_QUESTIONS = 500  # of one check


@dataclass(frozen=True, kw_only=True)
class OwnInput:
    """What a learner gives to a program of theirs with Run."""

    stdin: str = ""
    args: tuple[str, ...] = ()


def grade(
    exercise: Exercise,
    answer: Mapping[str, bytes],
    sandbox: Sandbox,
    *,
    purpose: Purpose,
    seed: int,
    key: str,
    language: str,
    own: OwnInput | None = None,
) -> Iterator[Event]:
    """Grade the files of `answer`, by name; a notebook's as `uploads` left it.

    Yields Started, for a notebook CellsRun, each CheckResult when it is known, and last the Verdict. `key` names the
    course version, whose checker may be warm; `seed` is fixed when the submission is stored. Raises SandboxUnavailable
    (ours: try again later), CheckerError (the author's). Close the iterator to give up; its containers go with it.
    """
    purpose = Purpose(purpose)
    with ExitStack() as open_boxes:
        grading = _Grading(exercise, answer, sandbox, open_boxes, seed=seed, key=key, language=language)
        if purpose is Purpose.RUN:
            yield from grading.run(own or OwnInput())
        else:
            yield from grading.judge(purpose)


class _Grading:
    """One grading: the runs it has opened, by whose code and which data set."""

    def __init__(
        self, exercise: Exercise, answer: Mapping[str, bytes], sandbox: Sandbox, open_boxes: ExitStack, *, seed: int,
        key: str, language: str,
    ) -> None:  # fmt: skip
        self.exercise, self.answer, self.sandbox, self.open_boxes = exercise, answer, sandbox, open_boxes
        self.seed, self.key, self.language = seed, key, language
        self.phases = Phases(started=datetime.now(UTC))
        self.image = sandbox.image()
        self.runs: dict[tuple[str, str | None], Run] = {}
        self.rebuilt: dict[str, Rebuilt] = {}
        self.flags: tuple[str, ...] = ()

    # -- the two ways

    def run(self, own: OwnInput) -> Iterator[Event]:
        """Nothing is judged: the program, or the notebook, and what it puts out."""
        checking = self._checking(files={})
        yield Started(checks=())
        run = self._run("answer", None, mode="notebook" if self.exercise.kind == "notebook" else "program")
        if self.exercise.kind == "notebook":
            cells = tuple(self._cells(run, checking))
            yield CellsRun(cells=cells)
        else:
            question = {
                "q": "program",
                "args": list(own.args),
                "stdin": b64encode(own.stdin.encode()).decode(),
                "files": [],
                "read": [],
            }
            cells = (self._shown("program", run.ask(json.dumps(question).encode()), checking, 0),)
        self.phases = replace(self.phases, ran=datetime.now(UTC))
        yield self._verdict(Purpose.RUN, (), cells)

    def judge(self, purpose: Purpose) -> Iterator[Event]:
        """Every open check before the first hidden one; each hidden data set in a container of its own, last."""
        everything = self.exercise.checks if purpose is Purpose.SUBMIT else self.exercise.open_checks
        files = {"checks.json": checks_json(self.exercise.checks), **self.exercise.checker_files()}
        checking = self._checking(files=files)
        yield Started(checks=tuple(check.id for check in everything))
        cells: tuple[Ran, ...] = ()
        if self.exercise.kind == "notebook":
            cells = tuple(self._cells(self._run("answer", None), checking))
            yield CellsRun(cells=cells)
        results: dict[str, CheckResult] = {}
        for check in sorted(everything, key=_when):
            if check.hidden and self.phases.ran is None:
                self.phases = replace(self.phases, ran=datetime.now(UTC))
            results[check.id] = self._check(check, checking)
            yield results[check.id]
        now = datetime.now(UTC)
        self.phases = replace(self.phases, ran=self.phases.ran or now, checked=now)
        yield self._verdict(purpose, [results[check.id] for check in everything], cells)

    # -- checks

    def _checking(self, files: Mapping[str, bytes]) -> Checking:
        checking = Checking(self.open_boxes.enter_context(self.sandbox.checker(key=self.key)))
        try:
            found = checking.begin(kind=self.exercise.kind, seed=self.seed, language=self.language, files=files)
        except CheckerFailed as failure:
            raise CheckerError("", str(failure)) from failure
        missing = {check.id for check in self.exercise.checks} - set(found) if files else set()
        if missing:
            raise CheckerError(min(missing), "the checker does not know this check")
        self.open_boxes.enter_context(_ended_well(checking))
        return checking

    def _check(self, check: Check, checking: Checking) -> CheckResult:
        told: list[Told] = []
        run = self._run("answer", check.data)

        def answer(of: str, question: bytes) -> bytes:
            if len(told) >= MOST_QUESTIONS:
                raise CheckerFailed(f"more than {MOST_QUESTIONS} questions")
            if of == "solution":
                return self._solution(check, question)
            told.append(run.ask(question))
            return told[-1].body

        try:
            body = checking.check(check.id, answer)
            return result_of(check, body, told)
        except (CheckerFailed, ValidationError) as failure:
            raise CheckerError(check.id, str(failure)) from failure

    def _solution(self, check: Check, question: bytes) -> bytes:
        key = (self.exercise.digest, self.image.get("id", ""), check.data or "", question.decode("utf-8", "replace"))
        reply = SOLUTIONS.get(*key)
        if reply is None:
            told = self._run("solution", check.data).ask(question)
            if told.ended:
                raise CheckerFailed(f"the solution ended: {told.ended.value}")
            reply = told.body
            SOLUTIONS.put(*key, reply=reply)
        return reply

    # -- runs

    def _run(self, whose: str, data: str | None, mode: str | None = None) -> Run:
        """The container of one side's code on one data set; begun when it is first asked."""
        if (whose, data) not in self.runs:
            exercise = self.exercise
            files = dict(self.answer) if whose == "answer" else exercise.solution()
            notebook = None
            if exercise.kind == "notebook":
                notebook = self._notebook(whose, files)
                files = {"notebook.ipynb": notebook.as_bytes()}
            self.runs[whose, data] = self.open_boxes.enter_context(
                Run(
                    self.sandbox, mode=mode or exercise.kind, files=files, data=exercise.data(data), main=exercise.main,
                    limits=exercise.limits, notebook=notebook,
                )
            )  # fmt: skip
        return self.runs[whose, data]

    def _notebook(self, whose: str, files: Mapping[str, bytes]) -> Rebuilt:
        if whose not in self.rebuilt:
            content = next(iter(files.values()), b"")
            made = self.rebuilt[whose] = rebuild(self.exercise.notebook(self.language), content)
            if whose == "answer":
                self.flags += made.flags
        return self.rebuilt[whose]

    def _cells(self, run: Run, checking: Checking) -> Iterator[Ran]:
        added = {cell.id: cell.source for cell in (run.notebook.cells if run.notebook else ()) if cell.added}
        for index, (id, told) in enumerate(run.cells()):
            yield self._shown(id, told, checking, index, source=added.get(id))

    def _shown(self, id: str, told: Told, checking: Checking, index: int, source: str | None = None) -> Ran:
        if not told.asked:
            return Ran(id=id, ended=Status.NOT_RUN.value, source=source)
        if told.ended:
            return Ran(id=id, ended=told.ended.value, source=source)
        try:
            return cell_of(id, checking.outputs(index, told.body), source=source)
        except (CheckerFailed, ValidationError) as failure:
            raise CheckerError("", str(failure)) from failure

    # -- the end

    def _verdict(self, purpose: Purpose, results: Sequence[CheckResult], cells: tuple[Ran, ...]) -> Verdict:
        for run in self.runs.values():
            run.close()
        own = [run for (whose, _), run in self.runs.items() if whose == "answer"]
        points, most = round(sum(one.earned for one in results), 2), sum(one.points for one in results)
        flags = self.flags
        if any(Ending.TAMPERED in run.endings for run in own) or any(one.status is Status.TAMPERED for one in results):
            flags += ("tampered",)
        restarts = sum(run.restarts for run in own)
        if restarts:
            flags += ("restarted",)
        outcome = Outcome.PASSED if points >= most else Outcome.PARTLY if points > 0 else Outcome.FAILED
        return Verdict(
            purpose=purpose,
            status=Outcome.RAN if purpose is Purpose.RUN else outcome,
            points=points,
            max_points=most,
            checks=tuple(results),
            cells=cells,
            flags=tuple(dict.fromkeys(flags)),
            provenance=Provenance(
                exercise=self.exercise.digest,
                image=self.image,
                seconds=self.exercise.limits.seconds,
                memory=self.exercise.limits.memory.value,
                seed=self.seed,
                phases=self.phases,
                cpu_seconds=round(sum(run.cpu_seconds for run in own), 4),
                peak_bytes=max((run.peak_bytes for run in own), default=0),
                restarts=restarts,
            ),
        )


@contextmanager
def _ended_well(checking: Checking) -> Iterator[None]:
    """End the fork when the verdict is out and nobody waits. After an error it is not ended: such a checker goes."""
    yield
    with suppress(CheckerFailed, SandboxUnavailable):
        checking.end()


def _when(check: Check) -> tuple[bool, str]:
    """Open checks, then hidden ones on the open data, then one data set after the other."""
    return (check.hidden, check.data or "")
