"""What `python -m graders check` proves of a course: its checks know right answers from wrong ones."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.course import ContentError, Course, CourseErrors, Exercise, Lesson, load_course, load_exercise
from graders.course.checks import read_checks
from graders.course.declared import names_called
from graders.course.model import LANGUAGES, Check, read_folder
from graders.course.prose import language_files
from graders.course.tables import Problems
from graders.grading import grade
from graders.notebooks import assemble, master_cells
from graders.verdict import CheckerError, Purpose, Status, Verdict
from sandbox.model import Sandbox, SandboxUnavailable

SLOTS = 2  # gradings at once
TRIES = 3  # of one grading
SEEDS = 10  # of an exercise whose checks draw random numbers
SHORTEST_SECRET = 4  # letters or digits; shorter ones stand in any sentence
STARTER, SOLUTION, NOTHING = "starter", "solution", "doing nothing"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be. `item` is "unit/item" or empty; `check` the id of a check or empty."""

    item: str
    check: str
    problem: str
    remedy: str
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file or self.item
        parts = [place, self.check, self.problem]
        return ": ".join(part for part in parts if part) + f" ({self.remedy})"


@dataclass(frozen=True, kw_only=True)
class Graded:
    """One grading of a proof. `answer` is starter, solution, doing nothing, or the name of a known answer."""

    item: str
    answer: str
    seed: int
    points: float
    max_points: float
    cpu_seconds: float
    peak_bytes: int
    statuses: dict[str, str]
    slowest: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of a course speaks a language: texts that have it, of all, and the files that are missing."""

    language: str
    done: int
    total: int
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome: fine when there are no findings. A course that does not load has nothing graded."""

    findings: tuple[Finding, ...] = ()
    graded: tuple[Graded, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    items: dict[str, int] = field(default_factory=dict)

    @property
    def fine(self) -> bool:
        return not self.findings


@dataclass(frozen=True, kw_only=True)
class _Job:
    exercise: Exercise
    answer: str
    files: Mapping[str, bytes]
    seed: int
    language: str


def prove(
    path: Path,
    sandbox: Callable[[], Sandbox],
    *,
    quick: bool = False,
    say: Callable[[str], None] = lambda line: None,
    only: str = "",
) -> Report:
    """Prove the course at `path`, or the one exercise. `quick` grades each answer once, a solution under every seed;
    `only` looks at one item.

    `sandbox` is asked for when the course loads and something has to be graded; `say` hears a line as each grading
    ends. Raises SandboxUnavailable.
    """
    course: Course | None = None
    try:
        if (path / "exercise.toml").is_file():
            exercises = [load_exercise(path)]
        else:
            course = load_course(path)
            exercises = [item for _, item in course.items() if isinstance(item, Exercise) and only in ("", item.key)]
    except CourseErrors as wrong:
        return Report(findings=tuple(_of_content(error) for error in wrong.errors))
    jobs = [job for exercise in exercises for job in _jobs(exercise, quick)]
    key = course.digest if course else exercises[0].digest
    findings: list[Finding] = []
    graded: list[Graded] = []
    if jobs:
        place = sandbox()
        with ThreadPoolExecutor(SLOTS, thread_name_prefix="proof") as pool:
            try:
                for done in pool.map(lambda job: _grade(job, place, key), jobs):
                    if isinstance(done, Finding):
                        if (done.item, done.check) not in {(one.item, one.check) for one in findings}:
                            findings.append(done)
                    else:
                        graded.append(done)
                        say(f"{done.item}: {done.answer}: {done.points:g} of {done.max_points:g} points")
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    broken = {finding.item for finding in findings}
    for exercise in exercises:
        if exercise.key not in broken:
            findings += judge(exercise, [one for one in graded if one.item == exercise.key])
    return Report(
        findings=tuple(findings),
        graded=tuple(graded),
        coverage=_coverage(course) if course else (),
        items=_counts(course) if course else {},
    )


# -- what is graded


def _jobs(exercise: Exercise, quick: bool) -> Iterator[_Job]:
    language = exercise.title.fallback  # the course's own
    answers: dict[str, dict[str, bytes]] = {
        SOLUTION: exercise.solution(),
        STARTER: {"task.ipynb": exercise.notebook(language)} if exercise.kind == "notebook" else exercise.starter(),
        NOTHING: _nothing(exercise, language),
    }
    for answer in exercise.answers:
        files = read_folder(answer.folder)
        files.pop("expected.toml", None)
        answers[answer.name] = files
    for name, files in answers.items():
        again = SEEDS if exercise.randomised else 2
        seeds = again if name == SOLUTION or not (quick or name in (STARTER, NOTHING)) else 1
        for seed in range(1, seeds + 1):
            yield _Job(exercise=exercise, answer=name, files=files, seed=seed, language=language)


def _nothing(exercise: Exercise, language: str) -> dict[str, bytes]:
    """An answer that is there and does nothing: empty files, functions that only pass, answer cells left empty."""
    if exercise.kind == "notebook":
        master = exercise.notebook(language)
        return {"task.ipynb": assemble(master, {cell.id: "" for cell in master_cells(master) if cell.answer})}
    names: list[str] = []
    if exercise.kind == "function":
        written = read_checks(Problems(exercise.folder), exercise.folder / "checks.py", own=language)
        names = [name for check in exercise.checks for name in names_called(check)]
        names += [name.partition(".")[0] for name in written.called]
    stub = "".join(
        f"def {name}(*args, **kwargs):\n    pass\n\n" for name in dict.fromkeys(names) if name.isidentifier()
    )
    return {name: stub.encode() if name == exercise.main else b"" for name in exercise.files}


def _verdict(job: _Job, sandbox: Sandbox, key: str) -> Verdict:
    """As in the queue of the site, a failure of ours is tried again. Raises SandboxUnavailable after the last try."""
    for tried in range(1, TRIES + 1):
        try:
            *_, verdict = grade(
                job.exercise, job.files, sandbox, purpose=Purpose.SUBMIT, seed=job.seed, key=key, language=job.language
            )
        except SandboxUnavailable:
            if tried == TRIES:
                raise
            time.sleep(tried)
        else:
            assert isinstance(verdict, Verdict)
            return verdict
    raise AssertionError("a try ends in a verdict or an error")


def _grade(job: _Job, sandbox: Sandbox, key: str) -> Graded | Finding:
    try:
        verdict = _verdict(job, sandbox, key)
    except CheckerError as error:
        return Finding(
            item=job.exercise.key,
            check=error.check,
            problem=f"the check itself failed on “{job.answer}”: {error.detail[-1500:]}",
            remedy="correct the check; an answer of any kind must not break it",
        )
    return Graded(
        item=job.exercise.key,
        answer=job.answer,
        seed=job.seed,
        points=verdict.points,
        max_points=verdict.max_points,
        cpu_seconds=verdict.provenance.cpu_seconds,
        peak_bytes=verdict.provenance.peak_bytes,
        statuses={check.id: check.status.value for check in verdict.checks},
        slowest=max((check.seconds for check in verdict.checks), default=0.0),
    )


# -- what it must show


def judge(exercise: Exercise, graded: Sequence[Graded]) -> Iterator[Finding]:
    """What the gradings of an exercise's starter, solution, known answers and of doing nothing do not show."""
    first = {one.answer: one for one in reversed(graded)}

    def finding(problem: str, remedy: str, check: str = "") -> Finding:
        return Finding(item=exercise.key, check=check, problem=problem, remedy=remedy)

    solution = first[SOLUTION]
    for id, status in solution.statuses.items():
        if status != Status.PASSED:
            yield finding(f"solution/ does not pass: {status}", "correct the solution or the check", id)
    if first[STARTER].points >= exercise.pass_share * exercise.max_points:
        yield finding(
            f"starter/ reaches {first[STARTER].points:g} of {exercise.max_points} points", "take away from it"
        )
    for id, status in first[NOTHING].statuses.items():
        if status == Status.PASSED:
            yield finding("the check is passed by doing nothing", "ask for something that must be made", id)
    yield from _expected(exercise, first, finding)
    known = [first[STARTER], *(first[answer.name] for answer in exercise.answers)]
    for check in exercise.checks:
        if all(one.statuses[check.id] == Status.PASSED for one in known):
            yield finding("no known answer fails the check", "add a wrong answer that does, to answers/", check.id)
    full = {answer.name for answer in exercise.answers if first[answer.name].points == exercise.max_points}
    if not any(_differs(exercise, answer.folder) for answer in exercise.answers if answer.name in full):
        yield finding("there is no other right answer, written differently", "add one to answers/")
    if len(exercise.answers) - len(full) < 2:
        yield finding("there are fewer than two wrong answers", "add what real learners write to answers/")
    yield from _given_away(exercise, finding)
    yield from _steady(exercise, graded, finding)


def _given_away(exercise: Exercise, finding: Callable[..., Finding]) -> Iterator[Finding]:
    """The title of a hidden check is shown: what it expects must not stand in it. (What a hint says is chosen.)"""
    for check in exercise.hidden_checks:
        titles = " ".join(check.title.values()).casefold()
        for word in _expected_words(check):
            if len(word) >= SHORTEST_SECRET and word.casefold() in titles:
                yield finding(f"the title of the hidden check says “{word}”", "say what is looked at", check.id)


def _expected_words(check: Check) -> Iterator[str]:
    """The value or text that a declared check expects, where it is one word or number."""
    expect: Mapping[str, Any] = (check.declared or {}).get("expect", {})
    for wanted in (expect.get("value"), expect.get("text"), expect.get("stdout")):
        match wanted:
            case str(text):
                yield text.strip()
            case ["i" | "dec", str(number)]:
                yield number.removeprefix("-")


def _expected(exercise: Exercise, first: Mapping[str, Graded], finding: Callable[..., Finding]) -> Iterator[Finding]:
    for answer in exercise.answers:
        got = first[answer.name]
        if answer.points is not None and got.points != answer.points:
            said = ", ".join(f"{id} {status}" for id, status in got.statuses.items())
            yield finding(
                f"answers/{answer.name} gets {got.points:g} points, not {answer.points:g} ({said})",
                "correct its expected.toml or the checks",
            )
        for id, status in answer.statuses.items():
            if got.statuses[id] != status:
                problem = f"answers/{answer.name} ends {got.statuses[id]}, not {status}"
                yield finding(problem, "correct its expected.toml or the check", id)


def _steady(exercise: Exercise, graded: Sequence[Graded], finding: Callable[..., Finding]) -> Iterator[Finding]:
    """The same answer gets the same verdict, and right ones stay well within the limits."""
    for name in dict.fromkeys(one.answer for one in graded):
        verdicts = {tuple(sorted(one.statuses.items())) for one in graded if one.answer == name}
        if len(verdicts) > 1:
            apart = sorted({id for one in verdicts for id, _ in set(one) ^ set(next(iter(verdicts)))})
            yield finding(
                f"“{name}” gets different verdicts when graded again", "take chance out of the check", apart[0]
            )
    right = [one for one in graded if one.answer == SOLUTION]
    seconds, memory = exercise.limits.seconds, exercise.limits.memory.mebibytes * 2**20
    slowest, peak = max(one.slowest for one in right), max(one.peak_bytes for one in right)
    total = max(one.cpu_seconds for one in right)
    if slowest > seconds / 2 or total > exercise.limits.run_seconds / 2:
        yield finding(
            f"solution/ takes {max(slowest, total):.1f} CPU seconds", f"raise the limit of {seconds:g} seconds"
        )
    if peak > memory / 2 + WARM:
        yield finding(f"solution/ takes {peak / 2**20:.0f} MiB", "take the next size of memory")


WARM = 115 * 2**20  # what a runner holds before any code is in it


def _differs(exercise: Exercise, folder: Path) -> bool:
    """Whether an answer is another program than solution/, not the same with other blanks and comments."""

    def meaning(files: Mapping[str, bytes]) -> list[str]:
        found = []
        for name, content in sorted(files.items()):
            if name.endswith(".ipynb"):
                sources = [cell.source for cell in master_cells(content) if cell.kind == "code"]
            else:
                sources = [content.decode("utf-8", "replace")]
            for source in sources:
                try:
                    found.append(ast.dump(ast.parse(source)))
                except SyntaxError:
                    found.append(" ".join(source.split()))
        return found

    files = read_folder(folder)
    files.pop("expected.toml", None)
    return meaning(files) != meaning(exercise.solution())


# -- languages


def _coverage(course: Course) -> tuple[Coverage, ...]:
    """Files of lessons, tasks and notebooks in each language; tables of languages are complete if they load."""
    texts = []
    for _, item in course.items():
        if isinstance(item, Lesson):
            texts.append((item.folder, item.id, ".md"))
        elif isinstance(item, Exercise) and item.kind == "notebook":
            texts.append((item.folder, "task", ".ipynb"))
        elif isinstance(item, Exercise):
            texts.append((item.folder, "task", ".md"))
    found = [(language_files(*text, course.language), text) for text in texts]
    rows = []
    for language in LANGUAGES:
        missing = tuple(
            (folder / f"{stem}.{language}{suffix}").relative_to(course.path).as_posix()
            for files, (folder, stem, suffix) in found
            if language not in files
        )
        rows.append(
            Coverage(language=language, done=len(found) - len(missing), total=len(found), missing=missing)
        )  # fmt: skip
    return tuple(rows)


def _counts(course: Course) -> dict[str, int]:
    counts: dict[str, int] = {"units": len(course.units)}
    for _, item in course.items():
        counts[item.kind] = counts.get(item.kind, 0) + 1
        if isinstance(item, Exercise):
            counts["checks"] = counts.get("checks", 0) + len(item.checks)
            counts["hidden checks"] = counts.get("hidden checks", 0) + len(item.hidden_checks)
    return counts


def _of_content(error: ContentError) -> Finding:
    key = f"{error.key}: " if error.key else ""
    return Finding(
        item="", check="", problem=f"{key}{error.problem}", remedy=error.remedy, file=error.file, line=error.line
    )  # fmt: skip
