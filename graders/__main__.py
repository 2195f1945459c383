"""python -m graders grade EXERCISE FILES… | check COURSE: grade an answer, or prove a course, without site or database.

Exit codes: 0 fine, 1 it is not, 2 bad input, 3 the sandbox is unavailable.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from graders.course import CourseErrors, Exercise, load_exercise
from graders.feedback import Shown, shown_checks
from graders.grading import grade
from graders.proving import Report, prove
from graders.uploads import Refusal, read_upload
from graders.verdict import CheckerError, Outcome, Purpose, Verdict, to_json
from sandbox.model import Sandbox, SandboxUnavailable

FINE, NOT_FINE, BAD_INPUT, UNAVAILABLE = 0, 1, 2, 3
MARKS = {"passed": "✓", "failed": "✗"}


def main(arguments: list[str] | None = None, *, sandbox: Sandbox | None = None) -> int:
    """The exit code. `sandbox` takes the place of Docker."""
    parser = argparse.ArgumentParser(prog="python -m graders", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("grade", help="grade an answer to one exercise")
    one.add_argument("exercise", type=Path, help="the folder of the exercise")
    one.add_argument("files", type=Path, nargs="+", help="the files of the answer, or a folder that holds them")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.add_argument("--staff", action="store_true", help="print all of it, not what a learner sees")
    one.add_argument("--seed", type=int, default=1)
    whole = commands.add_parser("check", help="prove a course")
    whole.add_argument("course", type=Path, help="the folder of the course, or of one exercise")
    whole.add_argument("--quick", action="store_true", help="grade each answer once, a solution under every seed")
    whole.add_argument("--only", default="", metavar="UNIT/ITEM", help="grade one item only")
    options = parser.parse_args(arguments)
    with ExitStack() as opened:

        def place() -> Sandbox:
            return sandbox or _docker(opened)

        try:
            if options.command == "grade":
                return _grade(options, place)
            return _check(options, place)
        except SandboxUnavailable as why:
            return _complain(f"the sandbox is unavailable: {why}", UNAVAILABLE)
        except CheckerError as error:
            return _complain(f"the check “{error.check}” failed itself:\n{error.detail}", NOT_FINE)
        except (Refusal, CourseErrors) as why:
            return _complain(str(why), BAD_INPUT)


def _docker(opened: ExitStack) -> Sandbox:
    from sandbox.docker_sandbox import DockerSandbox  # Docker is looked for only when something has to be graded

    folder = Path(os.environ.get("BILIK_DATA", "var"))
    return opened.enter_context(DockerSandbox(folder, pool={}))  # what is asked for is kept warm, and nothing else


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code


def _grade(options: argparse.Namespace, place: Callable[[], Sandbox]) -> int:
    if not (options.exercise / "exercise.toml").is_file():
        return _complain(f"{options.exercise} is not the folder of an exercise: there is no exercise.toml", BAD_INPUT)
    paths = [path for given in options.files for path in (sorted(given.iterdir()) if given.is_dir() else [given])]
    missing = [path for path in paths if not path.exists()]
    if missing:
        return _complain(f"there is no file {missing[0]}", BAD_INPUT)
    exercise = load_exercise(options.exercise)
    answer = read_upload(
        exercise, {path.name: path.read_bytes() for path in paths if path.is_file() and path.name != "expected.toml"}
    )
    *_, verdict = grade(
        exercise, answer, place(), purpose=Purpose.SUBMIT, seed=options.seed, key=exercise.digest, language="en"
    )
    assert isinstance(verdict, Verdict)
    seen = shown_checks(verdict.checks, order=[check.id for check in exercise.checks], done=True)
    if options.json:
        brief = {"status": verdict.status.value, "points": verdict.points, "max_points": verdict.max_points}
        print(json.dumps(to_json(verdict) if options.staff else {**brief, "checks": [asdict(one) for one in seen]}))
    else:
        _print_verdict(exercise, verdict, seen, staff=options.staff)
    return FINE if verdict.status is Outcome.PASSED else NOT_FINE


def _print_verdict(exercise: Exercise, verdict: Verdict, seen: list[Shown], *, staff: bool) -> None:
    print(f"{exercise.key}: {verdict.status.value}, {verdict.points:g} of {verdict.max_points:g} points")
    full = {check.id: check for check in verdict.checks}
    for one in seen:
        result = full[one.id]
        status, feedback = (result.status.value, result.feedback) if staff else (one.status, one.feedback)
        hidden = ", hidden" if one.hidden else ""
        print(f"  {MARKS.get(status, '!')} {one.id} ({one.earned:g} of {one.points:g}{hidden}): {status}")
        if status == "passed" and not staff:
            continue
        for name, text in (("call", feedback.call), ("expected", feedback.expected), ("got", feedback.got)):
            if text is not None:
                print("\n".join(f"      {line}" for line in f"{name}: {text}".splitlines()))
        for note in feedback.notes:
            print(f"      {note.key} {note.params or ''}".rstrip())
        if feedback.error:
            print(f"      {feedback.error}")
        if one.hint.get("en"):
            print(f"      {one.hint['en']}")
    if staff:
        made = verdict.provenance
        flags = ", ".join(verdict.flags) or "none"
        print(f"  {made.cpu_seconds:.2f} CPU s, {made.peak_bytes / 2**20:.0f} MiB, flags: {flags}")


def _check(options: argparse.Namespace, place: Callable[[], Sandbox]) -> int:
    if not any((options.course / name).is_file() for name in ("course.toml", "exercise.toml")):
        return _complain(f"{options.course} is not the folder of a course: there is no course.toml", BAD_INPUT)
    report = prove(
        options.course, place, quick=options.quick, only=options.only, say=lambda line: print(line, flush=True)
    )  # fmt: skip
    print_report(report)
    return FINE if report.fine else NOT_FINE


def print_report(report: Report) -> None:
    """The report for a terminal."""
    if report.items:
        print(", ".join(f"{count} {name}" for name, count in report.items.items()))
    for row in report.coverage:
        print(f"{row.language}: {row.done} of {row.total} texts")
    seconds = sum(one.cpu_seconds for one in report.graded)
    if report.graded:
        print(f"{len(report.graded)} gradings, {seconds:.1f} CPU seconds")
    for finding in report.findings:
        print(f"✗ {finding}")
    print("fine" if report.fine else f"{len(report.findings)} findings")


if __name__ == "__main__":
    sys.exit(main())
