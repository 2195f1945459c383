"""What a course folder says, and what an author is told when it says something wrong."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from graders.course import (
    ContentError,
    Course,
    CourseErrors,
    Exercise,
    Lesson,
    Quiz,
    load_course,
    load_exercise,
    loading,
)
from graders.course.digesting import files_below
from sandbox.model import Size


def errors_of(folder: Path) -> list[ContentError]:
    with pytest.raises(CourseErrors) as refused:
        load_course(folder)
    return list(refused.value.errors)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_items_come_in_the_order_the_units_name_them(sample: Course) -> None:
    assert [(unit.id, item.key, item.kind) for unit, item in sample.items()] == [
        ("functions", "functions/welcome", "lesson"),
        ("functions", "functions/check", "quiz"),
        ("functions", "functions/initials", "function"),
        ("functions", "functions/word-count", "program"),
        ("tables", "tables/sales", "notebook"),
    ]


def test_a_course_knows_its_facts_and_its_certificate(sample: Course) -> None:
    assert sample.title.get("ru") == "Данные на Python"
    assert (sample.track, sample.level, sample.hours, sample.language) == ("programming", "beginner", 8, "en")
    assert sample.certificate and sample.certificate.valid_months == 36
    assert [skill.id for skill in sample.certificate.skills] == ["python-functions", "data-grouping"]
    assert sample.finish.items == tuple(item.key for _, item in sample.items())
    assert sample.units[1].was == {"sales": "shop"}


def test_a_text_falls_back_to_the_course_language(sample: Course) -> None:
    lesson = sample.item("functions/welcome")
    assert isinstance(lesson, Lesson)
    assert lesson.title.get("az") == "Giving a name to work"
    assert "```python run" in lesson.text.get("ru")
    assert "# Giving" not in lesson.text.get("en")


def test_an_exercise_knows_points_checks_and_files(sample: Course) -> None:
    exercise = sample.item("functions/initials")
    assert isinstance(exercise, Exercise)
    assert (exercise.max_points, exercise.files, exercise.main) == (10, ("initials.py",), "initials.py")
    assert [check.id for check in exercise.hidden_checks] == ["nobody"]
    assert exercise.hidden_checks[0].hint.get("az") == "Ad yazılmayıbsa?"
    assert exercise.limits.memory is Size.SMALL and exercise.limits.run_seconds == 20
    assert list(exercise.starter()) == ["initials.py"]
    assert {answer.name: (answer.points, dict(answer.statuses)) for answer in exercise.answers} == {
        "no-middle": (None, {"two-words": "passed", "four-words": "failed", "nobody": "error", "none": "failed"}),
        "no-none": (7, {}),
        "other-right": (10, {}),
    }


def test_a_program_check_carries_its_hidden_file_to_the_checker_only(sample: Course) -> None:
    exercise = sample.item("functions/word-count")
    assert isinstance(exercise, Exercise)
    long = exercise.check("long")
    assert long and long.hidden and long.declared
    assert long.declared["question"]["files"][0][0] == "long.txt"
    assert long.declared["expect"]["stdout"] is None and long.declared["expect"]["compare"] == "tokens"
    assert exercise.data() == {}
    assert list(exercise.checker_files()) == ["checker/long.txt"]


def test_checks_py_is_read_without_running_it(sample: Course) -> None:
    exercise = sample.item("tables/sales")
    assert isinstance(exercise, Exercise)
    assert [(check.id, check.points, check.hidden, check.data) for check in exercise.checks] == [
        ("total", 2, False, None),
        ("best", 2, False, None),
        ("chart", 3, False, None),
        ("another_month", 3, True, "other-month"),
    ]
    assert exercise.checks[0].title.get("ru") == "Сумма"
    assert exercise.data("other-month")["sales.csv"] != exercise.data()["sales.csv"]
    assert json.loads(exercise.notebook("ru"))["cells"][0]["source"] == ["# Месяц в магазине"]


def test_a_quiz_knows_its_questions(sample: Course) -> None:
    quiz = sample.item("functions/check")
    assert isinstance(quiz, Quiz)
    assert [(question.id, question.kind, question.points) for question in quiz.questions] == [
        ("return", "single", 1), ("vat", "number", 2), ("order", "order", 1), ("keyword", "text", 1),
    ]  # fmt: skip
    assert [option.right for option in quiz.questions[0].options] == [True, False, False]
    assert quiz.questions[2].items[1].get("az") == "    return a * b"


def test_an_exercise_can_be_read_alone(sample: Course) -> None:
    exercise = load_exercise(sample.path / "functions" / "initials")
    assert exercise == sample.item("functions/initials")


def test_the_sides_of_a_match_may_be_texts_or_tables_of_languages(spoiled: Path) -> None:
    path = spoiled / "functions" / "check.quiz.toml"
    path.write_text(
        path.read_text()
        + '\n[[questions]]\nid = "pairs"\nkind = "match"\npoints = 1\ntext = { en = "a", az = "b", ru = "c" }\n'
        + 'pairs = [{ left = "len", right = { en = "how many", az = "neçə", ru = "сколько" } },\n'
        + '{ left = "a", right = "b" }]\n'
    )
    quiz = load_course(spoiled).item("functions/check")
    assert isinstance(quiz, Quiz)
    assert [(pair.left.get("ru"), pair.right.get("ru")) for pair in quiz.questions[-1].pairs] == [
        ("len", "сколько"), ("a", "b"),
    ]  # fmt: skip


def test_files_without_a_language_are_of_the_course_language(spoiled: Path) -> None:
    replace(spoiled / "course.toml", 'language = "en"', 'language = "az"')
    (spoiled / "functions" / "welcome.en.md").write_text("# Hello\n\nText.\n")
    lesson = load_course(spoiled).item("functions/welcome")
    assert lesson and set(lesson.title) == {"az", "en"} and lesson.title.get("en") == "Hello"


def test_the_digest_changes_with_any_file_and_only_then(spoiled: Path, sample: Course) -> None:
    assert load_course(spoiled).digest == sample.digest
    (spoiled / "functions" / "__pycache__").mkdir()
    (spoiled / "functions" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert load_course(spoiled).digest == sample.digest
    (spoiled / "tables" / "sales" / "data" / "sales.csv").write_text("day,product,price\n")
    changed = load_course(spoiled)
    assert changed.digest != sample.digest
    assert changed.item("functions/initials").digest == sample.item("functions/initials").digest  # type: ignore[union-attr]


def test_a_skill_takes_its_title_from_the_file_beside_the_courses(spoiled: Path) -> None:
    skills = spoiled.parent / "skills.toml"
    skills.write_text('[data-grouping]\nen = "Grouping"\naz = "Qruplaşdırma"\nru = "Группировка"\n')
    (error,) = errors_of(spoiled)
    assert 'no "python-functions"' in error.problem
    replace(spoiled / "course.toml", '"python-functions", ', "")
    certificate = load_course(spoiled).certificate
    assert certificate and certificate.skills[0].title.get("az") == "Qruplaşdırma"


def test_every_mistake_is_listed_with_file_line_and_remedy(spoiled: Path) -> None:
    replace(spoiled / "course.toml", "hours = 8", 'hours = "eight"')
    replace(spoiled / "functions" / "initials" / "exercise.toml", "minutes = 15", "minuts = 15")
    (spoiled / "functions" / "welcome.md").write_text("# Hi\n\nSee [this](nowhere) and <b>that</b>.\n")
    found = {(error.file, error.line, error.key) for error in errors_of(spoiled)}
    assert found == {
        ("course.toml", 6, "hours"),
        ("functions/initials/exercise.toml", 4, "minuts"),
        ("functions/initials/exercise.toml", None, "minutes"),
        ("functions/welcome.md", 3, ""),
    }
    assert all(error.remedy for error in errors_of(spoiled))


MISTAKES = [
    ("functions/initials/exercise.toml", 'kind = "function"', 'kind = "robot"', "cannot be graded yet", 1),
    ("functions/initials/exercise.toml", 'memory = "small"', 'memory = "huge"', '"huge" is not known', 7),
    ("functions/initials/exercise.toml", "seconds = 2", "seconds = true", "is not a number", 6),
    ("functions/initials/exercise.toml", 'gives = "\'LM\'"', 'gives = "upper(1)"', "is a call, not a literal", 13),
    ("functions/initials/exercise.toml", 'gives = "\'LM\'"', 'gives = "None"', "doing nothing gives None", 13),
    ("functions/initials/exercise.toml", 'gives = "\'LM\'"', 'gives = "1"\nprints = "2"', "already expected", 14),
    ("functions/initials/exercise.toml", "initials(None)", "initials(x)", "`x` is not a literal", 28),
    ("functions/initials/exercise.toml", "initials(None)", "print('x')", "Python's own", 28),
    ("functions/initials/exercise.toml", 'id = "four-words"', 'id = "two-words"', "used twice", 10),
    ("functions/initials/exercise.toml", "points = 3", "points = 0", "out of bounds", 18),
    ("functions/initials/exercise.toml", "initials(None)\"", "initials(None)\"\nstdin = 'x'", "not known here", 29),
    ("functions/initials/exercise.toml", 'language = "python"', 'language = "cobol"', '"cobol" is not known', 2),
    ("functions/initials/exercise.toml", 'az = "Baş hərflər", ', "", "no text for az", 3),
    ("functions/word-count/exercise.toml", 'run = "count.py"', 'run = "main.py"', 'no file "main.py"', 3),
    ("functions/word-count/exercise.toml", 'compare = "tokens"', 'compare = "words"', '"words" is not known', 23),
    ("functions/word-count/exercise.toml", "hidden = true", "", "would be shown", 21),
    ("functions/word-count/exercise.toml", "checker/long.txt", "checker/short.txt", "there is no file", 21),
    ("functions/check.quiz.toml", "right = true", "right = false", "0 options are right", 6),
    ("functions/check.quiz.toml", "answer = 59", 'answer = "59"', "is not a number", 25),
    ("functions/check.quiz.toml", 'accept = ["def"]', "accept = []", "no answer is accepted", 38),
    ("functions/check.quiz.toml", 'kind = "number"', 'kind = "text"', "has no such key", 25),
    ("functions/unit.toml", '"word-count"]', '"word-count", "gone"]', 'there is no "gone"', 2),
    ("functions/unit.toml", '"word-count"]', '"word-count", "check"]', "is there twice", 2),
    ("tables/unit.toml", 'sales = "shop"', 'shops = "shop"', "not an item of this unit", 3),
    ("course.toml", 'units = ["functions", "tables"]', 'units = ["functions", "Tables"]', "is not a name", 8),
    ("course.toml", 'items = "all"', 'items = ["functions/none"]', "there is no item", 10),
    ("course.toml", 'items = "all"', 'items = "all"\ntest_out = "welcome"', "has no points", 11),
    ("course.toml", "[finish]", "[attendance]\nshare = 1.5\n[finish]", "1.5 is out of bounds", 10),
    ("course.toml", "[finish]", "[finish", "not valid TOML", 9),
    ("tables/sales/checks.py", 'data="other-month"', 'data="other-year"', 'no set "other-year"', None),
    ("tables/sales/checks.py", "points=2, title", "points=2 * n, title", "is not a literal", 3),
    ("tables/sales/checks.py", 'value("total")', 'value("total == 61")', "not a name that may be asked for", 5),
    ("tables/sales/checks.py", "def total():", "def total(:", "not valid Python", 4),
    ("tables/sales/task.ru.ipynb", "'sales.csv'", "'other.csv'", "has other code", None),
    ("tables/sales/task.ru.ipynb", '"best"', '"beste"', "not those of task.ipynb", None),
    ("tables/sales/solution/task.ipynb", '"best"', '"beste"', "no such answer cell", None),
    ("tables/sales/task.ipynb", '"nbformat": 4,', '"nbformat": 3,', "not a notebook of format 4", None),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "problem", "line"), MISTAKES, ids=[entry[3] for entry in MISTAKES])
def test_a_mistake_is_named_where_it_is(
    spoiled: Path, file: str, old: str, new: str, problem: str, line: int | None
) -> None:
    replace(spoiled / file, old, new)
    found = [error for error in errors_of(spoiled) if problem in error.problem]
    assert found, [str(error) for error in errors_of(spoiled)]
    assert line is None or found[0].line == line, str(found[0])


@pytest.mark.parametrize(
    "path",
    ["functions/initials/solution/initials.py", "functions/initials/starter/initials.py", "tables/unit.toml",
     "functions/initials/answers/no-none/expected.toml", "functions/word-count/task.md", "tables/sales/task.ipynb"],
)  # fmt: skip
def test_a_missing_file_is_named(spoiled: Path, path: str) -> None:
    (spoiled / path).unlink()
    assert any(error.file in path or path in error.file for error in errors_of(spoiled))


def test_links_lead_to_items_and_files_but_never_to_answers(spoiled: Path) -> None:
    (spoiled / "functions" / "map.png").write_bytes(b"x")
    lesson = spoiled / "functions" / "welcome.md"
    lesson.write_text(
        "# Hi\n\n[a](initials) [b](tables/sales) [c](check.quiz.toml) ![d](map.png) [e](https://example.org) [f](#x)"
        " `[g](nowhere)`\n\n```\n[h](nowhere) <b>\n```\n"
    )
    item = load_course(spoiled).item("functions/welcome")
    assert item and {href: (link.kind, link.to) for href, link in item.links.items()} == {
        "initials": ("item", "functions/initials"),
        "tables/sales": ("item", "tables/sales"),
        "check.quiz.toml": ("item", "functions/check"),
        "map.png": ("file", "functions/map.png"),
    }
    lesson.write_text("# Hi\n\n[a](initials/solution/initials.py) [b](../../../etc/passwd) [c](/etc/passwd)\n")
    assert len(errors_of(spoiled)) == 3


def test_a_link_of_the_file_system_is_refused(spoiled: Path) -> None:
    (spoiled / "functions" / "map.png").symlink_to("/etc/passwd")
    assert [error.problem for error in errors_of(spoiled)] == ["a link to another file"]


def test_an_optional_item_does_not_count_for_finishing(spoiled: Path) -> None:
    replace(spoiled / "functions" / "unit.toml", '"initials"', '{ id = "initials", optional = true, pass = 0.9 }')
    course = load_course(spoiled)
    item = course.item("functions/initials")
    assert item and item.optional and item.pass_share == 0.9
    assert "functions/initials" not in course.finish.items


def test_of_two_threads_one_reads_a_course_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once made Python 3.11 lose count of the depth of its syntax trees: SystemError."""
    inside, most, both = 0, 0, threading.Barrier(2)
    read = files_below

    def watched(folder: Path) -> list[os.DirEntry[str]]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.1)
        inside -= 1
        return read(folder)

    def load() -> None:
        both.wait(60)
        load_course(Path(__file__).parent / "sample_course")

    monkeypatch.setattr(loading, "files_below", watched)
    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
