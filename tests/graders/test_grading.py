"""An answer becomes a verdict: what is asked of whom and when, and whose word counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from graders import grading
from graders.course import Course, Exercise
from graders.grading import OwnInput, grade
from graders.replies import Replies
from graders.verdict import CellsRun, CheckerError, CheckResult, Outcome, Purpose, Started, Status, Verdict
from sandbox.model import Ending, Facts, Reply, SandboxUnavailable, Size

Said = dict[str, Any]
VALUE = {"ended": "value", "value": ["i", "1"]}


class Script:
    """A sandbox whose boxes do as a test says, and remember what they were told.

    `runner(question, box)` gives an answer or an Ending (the box dies of it); `asks` names the checks that ask nothing.
    """

    def __init__(self, runner: Callable[[Said, int], Said | Ending] | None = None, **results: Said) -> None:
        self.told: list[tuple[str, Said, bytes]] = []
        self.answer = runner or (lambda question, box: VALUE)
        self.results = results
        self.boxes = 0
        self.wall = 0.0  # what each answer takes by the clock
        self.begins: Ending | None = None
        self.question_of = "answer"
        self.knows: list[str] | None = None

    @contextmanager
    def runner(self, *, size: Size, mode: str, seconds: float) -> Iterator[RunnerBox]:
        self.boxes += 1
        yield RunnerBox(self, self.boxes)

    @contextmanager
    def checker(self, *, key: str) -> Iterator[CheckerBox]:
        yield CheckerBox(self)

    def image(self) -> dict[str, str]:
        return {"recipe": "r", "id": f"script-{id(self)}"}

    def said_to_runners(self) -> bytes:
        return b"".join(
            json.dumps(header).encode() + body for who, header, body in self.told if who.startswith("runner")
        )


class RunnerBox:
    def __init__(self, script: Script, number: int) -> None:
        self.script, self.number, self.id, self.dead = script, number, f"runner-{number}", False

    def ask(
        self, header: Said, body: bytes = b"", *, cpu_seconds: float, wall_seconds: float | None = None
    ) -> Reply:  # fmt: skip
        assert not self.dead, "a dead box was asked"
        self.script.told.append((self.id, header, body))
        if header["do"] == "begin":
            return Reply(header={"is": "begun"}, ended=self.script.begins)
        question = json.loads(body) if body else {"cell": header["index"]}
        answer = self.script.answer(question, self.number)
        wall = self.script.wall
        if wall_seconds is not None and wall > wall_seconds:
            answer, wall = Ending.TIMED_OUT, wall_seconds
        if isinstance(answer, Ending):
            self.dead = True
            return Reply(ended=answer, box_alive=False, cpu_seconds=0.5, wall_seconds=wall)
        return Reply(header={"is": "reply"}, body=json.dumps(answer).encode(), cpu_seconds=0.25, wall_seconds=wall)

    def facts(self) -> Facts:
        return Facts(cpu_seconds=1.0, peak_bytes=100 * self.number, oom_kills=0, wall_seconds=1.0)


class CheckerBox:
    """Asks one question for each check and says what the script's results say of it: passed, unless they differ."""

    id = "checker"

    def __init__(self, script: Script) -> None:
        self.script, self.check, self.declared = script, "", dict[str, Said]()

    def ask(
        self, header: Said, body: bytes = b"", *, cpu_seconds: float, wall_seconds: float | None = None
    ) -> Reply:  # fmt: skip
        self.script.told.append(("checker", header, body))
        match header["do"]:
            case "begin":
                names = [name for name, _ in header["files"]]
                size = dict(header["files"]).get("checks.json", 0)
                assert names[:1] in ([], ["checks.json"])
                checks = json.loads(body[:size])["checks"] if size else []
                self.declared = {check["id"]: check for check in checks}
                knows = self.script.knows
                return Reply(header={"is": "begun", "checks": list(self.declared) if knows is None else knows})
            case "check":
                self.check = header["id"]
                if self.script.results.get(self.check, {}).get("asks") is False:
                    return self._checked()
                question = self.declared.get(self.check, {}).get("question", {"q": "value", "path": self.check})
                header = {"is": "question", "seq": 1, "of": self.script.question_of}
                return Reply(header=header, body=json.dumps(question).encode())
            case "reply":
                return self._checked()
            case "outputs":
                return Reply(
                    header={"is": "outputs"}, body=b'{"ended": "ok", "outputs": [{"is": "text", "text": "salam"}]}'
                )
        return Reply(header={"is": "ended"})

    def _checked(self) -> Reply:
        result = self.script.results.get(self.check, {})
        if "broken" in result:
            return Reply(header={"is": "broken"}, body=result["broken"].encode())
        if "ended" in result:
            return Reply(ended=result["ended"], box_alive=False)
        said = {"id": self.check, "status": "passed", "earned": 1, "stdout": "printed"} | result
        said.pop("asks", None)
        return Reply(header={"is": "checked"}, body=json.dumps(said).encode())

    def facts(self) -> Facts:
        raise AssertionError("nobody asks for the facts of a checker")


@pytest.fixture(autouse=True)
def no_kept_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "SOLUTIONS", Replies())


@pytest.fixture
def initials(sample: Course) -> Exercise:
    exercise = sample.item("functions/initials")
    assert isinstance(exercise, Exercise)
    return exercise


@pytest.fixture
def sales(sample: Course) -> Exercise:
    exercise = sample.item("tables/sales")
    assert isinstance(exercise, Exercise)
    return exercise


def run(exercise: Exercise, script: Script, purpose: Purpose = Purpose.SUBMIT, **how: Any) -> list[Any]:
    answer = (
        dict.fromkeys(exercise.files, b"the learner's code") if exercise.kind != "notebook" else exercise.solution()
    )
    return list(grade(exercise, answer, script, purpose=purpose, seed=3, key="v", language="en", **how))


def verdict(exercise: Exercise, script: Script, purpose: Purpose = Purpose.SUBMIT) -> Verdict:
    last = run(exercise, script, purpose)[-1]
    assert isinstance(last, Verdict)
    return last


def test_checks_come_one_by_one_and_then_the_verdict(initials: Exercise) -> None:
    events = run(initials, Script())
    assert [type(event) for event in events] == [Started, *[CheckResult] * 4, Verdict]
    assert events[0].checks == ("two-words", "four-words", "nobody", "none")
    last = events[-1]
    assert (last.status, last.points, last.max_points) == (Outcome.PASSED, 10, 10)
    assert [check.id for check in last.checks] == ["two-words", "four-words", "nobody", "none"]


def test_no_hidden_input_is_sent_before_every_open_check_is_done(initials: Exercise) -> None:
    events = run(initials, script := Script())
    assert [event.id for event in events[1:-1]] == ["two-words", "four-words", "none", "nobody"]
    asked = [header["id"] for who, header, _ in script.told if who == "checker" and header["do"] == "check"]
    assert asked == ["two-words", "four-words", "none", "nobody"]


def test_check_asks_the_open_ones_only(initials: Exercise) -> None:
    events = run(initials, Script(), Purpose.CHECK)
    assert [event.id for event in events[1:-1]] == ["two-words", "four-words", "none"]
    assert events[-1].max_points == 8


def test_nothing_that_answers_is_ever_sent_to_a_runner(initials: Exercise, sales: Exercise) -> None:
    for exercise, secrets in (
        (initials, (b"'LM'", b"ValueError", b"raises", b"gives")),
        (sales, (b"61.0", b"close_to")),
    ):
        script = Script()
        script.knows = [check.id for check in exercise.checks]
        run(exercise, script)
        said = script.said_to_runners()
        assert not [secret for secret in secrets if secret in said]
    run(initials, script := Script())
    assert b'"seed"' not in script.said_to_runners()


def test_a_hidden_check_keeps_nothing_that_was_printed(initials: Exercise) -> None:
    results = {check.id: check for check in verdict(initials, Script()).checks}
    assert results["nobody"].feedback.stdout == ""
    assert results["none"].feedback.stdout == "printed"


@pytest.mark.parametrize("ending", list(Ending))
def test_the_host_outranks_every_word(initials: Exercise, ending: Ending) -> None:
    script = Script(lambda question, box: ending if box == 1 else VALUE)
    first = verdict(initials, script).checks[0]
    assert (first.status, first.earned) == (Status(ending.value), 0)


def test_a_dead_box_is_replaced_twice_and_then_nothing_more_is_run(initials: Exercise) -> None:
    last = verdict(initials, script := Script(lambda question, box: Ending.CRASHED))
    assert script.boxes == 3
    assert [check.status for check in last.checks] == [Status.CRASHED, Status.CRASHED, Status.NOT_RUN, Status.CRASHED]
    assert last.provenance.restarts == 2 and last.points == 0 and last.status is Outcome.FAILED
    assert "restarted" in last.flags


def test_who_sleeps_a_little_in_every_question_does_not_hold_a_slot_for_ever(initials: Exercise) -> None:
    """Each question stays within the time of one; all of them together have a time, too."""
    hurried = replace(initials, limits=replace(initials.limits, seconds=0.5))  # 12.5 s a question, 35 s in all
    script = Script()
    script.wall = 12.0
    last = verdict(hurried, script)
    assert [check.status.value for check in last.checks] == [
        "passed",
        "passed",
        "not_run",
        "timed_out",
    ]  # the third is asked last
    assert script.boxes == 1
    script = Script()
    script.wall = 8.0
    assert verdict(hurried, script).points == 10


def test_checks_after_a_dead_box_can_still_pass(initials: Exercise) -> None:
    last = verdict(initials, Script(lambda question, box: Ending.TAMPERED if box == 1 else VALUE))
    assert [check.status.value for check in last.checks] == ["tampered", "passed", "passed", "passed"]
    assert (last.points, last.status, last.flags) == (8, Outcome.PARTLY, ("tampered", "restarted"))
    assert last.provenance.cpu_seconds == 2.0 and last.provenance.peak_bytes == 200


def test_no_question_no_points(initials: Exercise) -> None:
    with pytest.raises(CheckerError, match="without asking"):
        verdict(initials, Script(**{"two-words": {"asks": False}}))


def test_a_share_of_the_points_can_be_earned(initials: Exercise) -> None:
    last = verdict(initials, Script(none={"status": "failed", "earned": 0.5}))
    assert (last.points, last.status) == (8.5, Outcome.PARTLY)


@pytest.mark.parametrize(
    "result",
    [{"broken": "Traceback …\nZeroDivisionError"}, {"ended": Ending.TIMED_OUT}, {"ended": Ending.OUT_OF_MEMORY},
     {"status": "checker_error", "staff": "ZeroDivisionError"}, {"status": "splendid"}, {"earned": 2},
     {"id": "another"}, {"unknown": 1}, {"call": "x" * 100_000}],
)  # fmt: skip
def test_a_check_that_fails_itself_is_the_authors(initials: Exercise, result: Said) -> None:
    with pytest.raises(CheckerError) as failed:
        verdict(initials, Script(none=result))
    assert failed.value.check == "none"


def test_checks_the_checker_does_not_find_are_the_authors(initials: Exercise) -> None:
    script = Script()
    script.knows = ["two-words", "none"]
    with pytest.raises(CheckerError, match="does not know"):
        verdict(initials, script)


def test_a_runner_that_does_not_begin_is_ours(initials: Exercise) -> None:
    script = Script()
    script.begins = Ending.CRASHED
    with pytest.raises(SandboxUnavailable):
        verdict(initials, script)


def test_the_solution_is_asked_once_and_remembered(initials: Exercise) -> None:
    script = Script()
    script.question_of = "solution"
    ask = {"asks": True}
    with pytest.raises(CheckerError, match="without asking"):  # the answer itself was not asked
        run(initials, script, Purpose.CHECK)
    before = script.boxes
    assert before == 1
    assert ask and b"a name is needed" in script.said_to_runners()
    with pytest.raises(CheckerError):
        run(initials, script, Purpose.CHECK)
    assert script.boxes == before


def test_a_solution_that_dies_is_the_authors(initials: Exercise) -> None:
    script = Script(lambda question, box: Ending.TIMED_OUT)
    script.question_of = "solution"
    with pytest.raises(CheckerError, match="the solution ended: timed_out"):
        verdict(initials, script)


def test_what_may_be_shown_of_a_notebook_is_told_before_the_first_hidden_question(sales: Exercise) -> None:
    script = Script()
    script.knows = [check.id for check in sales.checks]
    events = run(sales, script)
    assert [type(event) for event in events] == [Started, CellsRun, *[CheckResult] * 4, Verdict]
    assert [cell.id for cell in events[1].cells] == ["load", "total", "best", "chart"]
    assert events[1].cells[0].outputs[0].text == "salam"
    assert events[-1].cells == events[1].cells


def test_a_hidden_data_set_has_a_container_of_its_own(sales: Exercise) -> None:
    script = Script()
    script.knows = [check.id for check in sales.checks]
    run(sales, script)
    begun = [(who, body) for who, header, body in script.told if who.startswith("runner") and header["do"] == "begin"]
    assert [who for who, _ in begun] == ["runner-1", "runner-2"]
    assert b"1,tea,20.5" in begun[0][1] and b"1,bread,30" not in begun[0][1]
    assert b"1,bread,30" in begun[1][1] and b"1,tea,20.5" not in begun[1][1]
    shown = [header["index"] for who, header, _ in script.told if who == "checker" and header["do"] == "outputs"]
    assert len(shown) == 4  # of the open run alone


def test_a_kernel_that_is_gone_ends_every_later_question(sales: Exercise) -> None:
    script = Script(lambda question, box: Ending.OUT_OF_MEMORY if question == {"cell": 3} else VALUE)
    script.knows = [check.id for check in sales.checks]
    last = verdict(sales, script)
    assert [cell.ended for cell in last.cells] == ["ok", "out_of_memory", "not_run", "not_run"]
    assert {check.status for check in last.checks} == {Status.OUT_OF_MEMORY}
    assert last.provenance.restarts == 0


def test_run_gives_own_input_and_judges_nothing(initials: Exercise) -> None:
    events = run(initials, script := Script(), Purpose.RUN, own=OwnInput(stdin="Leyla\n", args=("-v",)))
    last = events[-1]
    assert [type(event) for event in events] == [Started, Verdict]
    assert (last.status, last.max_points, last.checks) == (Outcome.RAN, 0, ())
    assert last.cells[0].outputs[0].text == "salam"
    asked = next(json.loads(body) for who, header, body in script.told if header["do"] == "ask")
    assert asked["q"] == "program" and asked["args"] == ["-v"]
    assert not any(who == "checker" and header["do"] == "check" for who, header, _ in script.told)
    assert not any(b"LM" in body for who, _, body in script.told)


def test_a_verdict_says_where_it_came_from(initials: Exercise) -> None:
    made = verdict(initials, script := Script()).provenance
    assert (made.exercise, made.seed, made.seconds, made.memory) == (initials.digest, 3, 2, "small")
    assert made.image == script.image()
    assert made.phases.started <= made.phases.ran <= made.phases.checked  # type: ignore[operator]


def test_replies_of_solutions_are_forgotten_oldest_first() -> None:
    replies = Replies(most=10)
    replies.put("a", reply=b"12345")
    replies.put("b", reply=b"12345")
    assert replies.get("a") == b"12345"
    replies.put("c", reply=b"1")
    assert (replies.get("a"), replies.get("b"), replies.get("c"), replies.size) == (b"12345", None, b"1", 6)
    replies.put("a", reply=b"")
    assert replies.size == 1


def test_the_answer_to_a_question_too_many_is_the_authors(initials: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "MOST_QUESTIONS", 0)
    with pytest.raises(CheckerError, match="more than 0 questions"):
        verdict(initials, Script())


def test_giving_up_lets_every_box_go(initials: Exercise) -> None:
    script, left = Script(), []
    real = script.runner

    @contextmanager
    def watched(**how: Any) -> Iterator[RunnerBox]:
        with real(**how) as box:
            try:
                yield box
            finally:
                left.append(box.id)

    script.runner = watched  # type: ignore[method-assign]
    events = grade(
        replace(initials), {"initials.py": b""}, script, purpose=Purpose.SUBMIT, seed=1, key="v", language="en"
    )
    next(events), next(events)
    assert left == []
    events.close()  # type: ignore[attr-defined]
    assert left == ["runner-1"]
