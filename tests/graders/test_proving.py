"""A course is proved: right answers get their points, wrong ones do not, and every check can tell."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graders.__main__ import main
from graders.course import Course, Exercise, load_course
from graders.course.model import Texts
from graders.proving import Graded, judge, prove
from tests.fakes import ProcessSandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ProcessSandbox]:
    with ProcessSandbox() as place:
        yield place


@pytest.fixture
def initials(spoiled: Path) -> Path:
    return spoiled / "functions" / "initials"


SOLVED = {"two-words": "passed", "four-words": "passed", "nobody": "passed", "none": "passed"}
FAILED = dict.fromkeys(SOLVED, "failed")


def graded(answer: str, statuses: dict[str, str], **changes: Any) -> Graded:
    points = {"two-words": 2, "four-words": 3, "nobody": 2, "none": 3}
    earned = sum(points[id] for id, status in statuses.items() if status == "passed")
    fields = {"seed": 1, "cpu_seconds": 0.1, "peak_bytes": 2**24, "slowest": 0.05, "points": earned, "max_points": 10}
    return Graded(**{"item": "functions/initials", "answer": answer, "statuses": statuses, **fields, **changes})


def as_it_should_be() -> dict[str, Graded]:
    return {
        "solution": graded("solution", SOLVED),
        "starter": graded("starter", FAILED),
        "doing nothing": graded("doing nothing", FAILED),
        "other-right": graded("other-right", SOLVED),
        "no-none": graded("no-none", SOLVED | {"none": "failed"}),
        "no-middle": graded(
            "no-middle", {"two-words": "passed", "four-words": "failed", "nobody": "error", "none": "failed"}
        ),
    }


def found(sample: Course, *more: Graded, **changes: Graded) -> list[str]:
    """What is found when some gradings differ from what they should be."""
    exercise = sample.item("functions/initials")
    assert isinstance(exercise, Exercise)
    gradings = as_it_should_be() | {one.answer: one for one in changes.values()}
    return [f"{one.check}: {one.problem}" for one in judge(exercise, [*gradings.values(), *more])]


def test_an_exercise_as_it_should_be_has_no_findings(sample: Course) -> None:
    assert found(sample) == []


def test_a_solution_that_is_wrong_is_found(sample: Course) -> None:
    wrong = graded("solution", SOLVED | {"none": "timed_out"})
    assert "none: solution/ does not pass: timed_out" in found(sample, changed=wrong)


def test_a_starter_that_is_enough_is_found(sample: Course) -> None:
    enough = graded("starter", SOLVED | {"none": "failed"})
    assert ": starter/ reaches 7 of 10 points" in found(sample, changed=enough)


def test_a_known_answer_that_ends_otherwise_is_found(sample: Course) -> None:
    problems = found(sample, changed=graded("no-none", FAILED))
    assert len(problems) == 1 and problems[0].startswith(": answers/no-none gets 0 points, not 7 (two-words failed,")
    other = graded("no-middle", SOLVED | {"nobody": "failed"})
    assert "nobody: answers/no-middle ends failed, not error" in found(sample, changed=other)


def test_a_check_that_nobody_fails_is_found(sample: Course) -> None:
    assert found(sample, changed=graded("starter", FAILED | {"two-words": "passed"})) == [
        "two-words: no known answer fails the check"
    ]


def test_a_check_that_is_passed_by_doing_nothing_is_found(sample: Course) -> None:
    idle = graded("doing nothing", FAILED | {"nobody": "passed"})
    assert found(sample, changed=idle) == ["nobody: the check is passed by doing nothing"]


@pytest.mark.parametrize(
    ("title", "value", "given_away"),
    [
        ("Initials of two", "Z. Ə.", False),
        ("Gives Z. Ə.!", "Z. Ə.", True),
        ("Why -7310915?", ["i", "-7310915"], True),
        ("Seven", ["i", "7"], False),
        ("None", None, False),
    ],
)
def test_a_title_that_gives_a_hidden_value_away_is_found(
    sample: Course, title: str, value: object, given_away: bool
) -> None:
    """A learner sees the title of a hidden check, and nothing that it expects."""
    exercise = sample.item("functions/initials")
    assert isinstance(exercise, Exercise)
    declared = {"question": {}, "expect": {"is": "gives", "value": value}}
    told = replace(exercise.hidden_checks[0], title=Texts({"en": title}), declared=declared)
    exercise = replace(exercise, checks=tuple(told if check.id == told.id else check for check in exercise.checks))
    findings = list(judge(exercise, list(as_it_should_be().values())))
    assert [one.check for one in findings if "the title of the hidden check says" in one.problem] == [
        told.id
    ] * given_away


def test_an_answer_that_is_graded_in_two_ways_is_found(sample: Course) -> None:
    assert found(sample, graded("solution", SOLVED, seed=2)) == []
    assert found(sample, graded("no-none", FAILED, seed=2)) != []


def test_a_solution_that_needs_most_of_its_limits_is_found(sample: Course) -> None:
    assert found(sample, changed=graded("solution", SOLVED, slowest=1.2)) == [": solution/ takes 1.2 CPU seconds"]
    assert found(sample, changed=graded("solution", SOLVED, cpu_seconds=11.0)) == [": solution/ takes 11.0 CPU seconds"]
    large = graded("solution", SOLVED, peak_bytes=250 * 2**20)
    assert found(sample, changed=large) == [": solution/ takes 250 MiB"]


def test_a_second_right_answer_must_be_another_program(spoiled: Path) -> None:
    folder = spoiled / "functions" / "initials"
    solution = (folder / "solution" / "initials.py").read_text()
    (folder / "answers" / "other-right" / "initials.py").write_text("# mine\n" + solution + "\n\n")
    assert found(load_course(spoiled)) == [": there is no other right answer, written differently"]


def test_two_wrong_answers_are_asked_for(spoiled: Path) -> None:
    shutil.rmtree(spoiled / "functions" / "initials" / "answers" / "no-none")
    assert found(load_course(spoiled)) == [": there are fewer than two wrong answers"]


def test_a_course_that_does_not_load_says_all_that_is_wrong(spoiled: Path) -> None:
    (spoiled / "functions" / "welcome.md").unlink()
    (spoiled / "tables" / "unit.toml").unlink()

    def never() -> ProcessSandbox:
        raise AssertionError("no sandbox is needed")

    report = prove(spoiled, never)
    assert len(report.findings) == 2 and report.graded == ()


def test_a_course_is_proved_by_grading(spoiled: Path, sandbox: ProcessSandbox) -> None:
    (spoiled / "functions" / "welcome.az.md").write_text("# Salam\n")
    report = prove(spoiled, lambda: sandbox, only="functions/initials")
    assert report.fine, report.findings
    assert {one.item for one in report.graded} == {"functions/initials"}
    assert {one.answer: one.seed for one in report.graded} == {
        "solution": 2, "starter": 1, "doing nothing": 1, "no-middle": 2, "no-none": 2, "other-right": 2,
    }  # fmt: skip
    assert [(row.language, row.done, row.total) for row in report.coverage] == [
        ("az", 2, 4),
        ("ru", 1, 4),
        ("en", 4, 4),
    ]
    assert "functions/initials/task.ru.md" in report.coverage[1].missing
    assert report.items["checks"] == 11


@pytest.mark.slow
def test_checks_that_break_or_draw_lots_are_found(initials: Path, sandbox: ProcessSandbox) -> None:
    (initials / "checks.py").write_text(
        "from checks import answer, check, rng\n\n@check(points=1)\ndef chance():\n"
        "    answer.call('initials', 'A').equals('A' if rng.random() < 0.5 else 'B')\n"
    )
    shutil.rmtree(initials / "answers")
    report = prove(initials, lambda: sandbox)
    assert any(one.check == "chance" and "different verdicts" in one.problem for one in report.findings)
    assert max(one.seed for one in report.graded if one.answer == "solution") == 10
    with (initials / "checks.py").open("a") as file:
        file.write("\n@check(points=1)\ndef broken():\n    answer.call('initials', 'A')\n    1 / 0\n")
    (broken,) = prove(initials, lambda: sandbox, quick=True).findings
    assert broken.check == "broken" and "ZeroDivisionError" in broken.problem


# -- the commands


def test_grade_prints_what_a_learner_sees(
    initials: Path, sandbox: ProcessSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = str(initials / "answers" / "no-none")
    assert main(["grade", str(initials), answer], sandbox=sandbox) == 1
    said = capsys.readouterr().out
    assert "functions/initials: partly, 7 of 10 points" in said
    assert "✓ nobody (2 of 2, hidden): passed" in said
    assert "expected: ValueError" in said


def test_grade_prints_json_that_holds_nothing_hidden(
    initials: Path, sandbox: ProcessSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = str(initials / "answers" / "no-middle" / "initials.py")
    assert main(["grade", str(initials), answer, "--json"], sandbox=sandbox) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], said["points"], said["max_points"]) == ("partly", 2, 10)
    hidden = next(check for check in said["checks"] if check["id"] == "nobody")
    assert hidden["status"] == "failed" and hidden["feedback"]["call"] is None
    assert main(["grade", str(initials), answer, "--json", "--staff"], sandbox=sandbox) == 1
    staff = json.loads(capsys.readouterr().out)
    assert next(check for check in staff["checks"] if check["id"] == "nobody")["feedback"]["call"] == "initials('')"


def test_grade_is_fine_with_a_right_answer(initials: Path, sandbox: ProcessSandbox) -> None:
    assert main(["grade", str(initials), str(initials / "solution")], sandbox=sandbox) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["grade", "nowhere", "x.py"], "not the folder of an exercise"), (["grade", ".", "x.py"], "there is no file x.py"),
     (["grade", ".", "exercise.toml"], "cannot be taken here"), (["check", "nowhere"], "not the folder of a course")],
)  # fmt: skip
def test_bad_input_is_one_clear_line(
    initials: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(initials)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_without_docker_the_exit_code_says_so(
    initials: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    assert main(["grade", str(initials), str(initials / "solution")]) == 3
    assert "the sandbox is unavailable" in capsys.readouterr().err


@pytest.mark.slow
def test_a_quick_proof_grades_each_answer_once_and_the_solution_again(initials: Path, sandbox: ProcessSandbox) -> None:
    def times(*, quick: bool) -> dict[str, int]:
        return dict(Counter(one.answer for one in prove(initials, lambda: sandbox, quick=quick).graded))

    once = dict.fromkeys(times(quick=True), 1)
    assert times(quick=True) == once | {"solution": 2}
    assert times(quick=False) == dict.fromkeys(once, 2) | {"starter": 1, "doing nothing": 1}


@pytest.mark.slow
def test_check_prints_its_findings(initials: Path, sandbox: ProcessSandbox, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(initials / "answers")
    assert main(["check", str(initials), "--quick"], sandbox=sandbox) == 1
    said = capsys.readouterr().out
    assert "functions/initials: solution: 10 of 10 points" in said
    assert "fewer than two wrong answers" in said and said.endswith("findings\n")
