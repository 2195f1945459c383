from dataclasses import replace
from pathlib import Path

import pytest

from app.learning.rules import Standing, is_passed, measure
from graders.course.loading import load_course
from graders.course.model import Course

SAMPLE = Path(__file__).parents[1] / "graders" / "sample_course"
DONE = Standing(done=True)


@pytest.fixture(scope="module")
def course() -> Course:
    """welcome (a lesson), check (5 points), initials (10), word-count (6), tables/sales (10); all, score 0.7."""
    return load_course(SAMPLE)


def all_done(**points: float) -> dict[str, Standing]:
    most = {"functions/check": 5.0, "functions/initials": 10.0, "functions/word-count": 6.0, "tables/sales": 10.0}
    return {"functions/welcome": DONE} | {
        key: Standing(points=points.get(key.partition("/")[2].replace("-", "_"), value), done=True)
        for key, value in most.items()
    }


def test_a_beginner_has_nothing_done_and_starts_with_the_first_item(course: Course) -> None:
    progress = measure(course, {})
    assert (progress.done, progress.required, progress.score, progress.finished) == (0, 5, 0.0, False)
    assert progress.next_item == "functions/welcome"


def test_all_items_with_all_points_finish(course: Course) -> None:
    progress = measure(course, all_done())
    assert progress.finished
    assert progress.score == 1.0
    assert progress.next_item is None


def test_every_item_done_is_not_enough_below_the_score(course: Course) -> None:
    progress = measure(course, all_done(initials=6, sales=6, word_count=4, check=3))  # 19 of 31
    assert (progress.done, progress.finished) == (5, False)


def test_the_score_itself_finishes_at_exactly_its_share(course: Course) -> None:
    assert measure(course, all_done(initials=10 - 9.3)).finished  # 21.7 of 31 is 0.7


def test_an_item_not_done_keeps_the_course_open_whatever_the_score(course: Course) -> None:
    standings = all_done()
    standings["functions/welcome"] = Standing()
    progress = measure(course, standings)
    assert not progress.finished
    assert progress.next_item == "functions/welcome"


def test_an_excused_item_counts_neither_as_required_nor_by_points(course: Course) -> None:
    standings = all_done()
    standings["tables/sales"] = Standing(excused=True)
    progress = measure(course, standings)
    assert (progress.required, progress.finished, progress.score) == (4, True, 1.0)


def test_an_item_is_passed_at_its_share_of_points(course: Course) -> None:
    initials = course.item("functions/initials")
    assert initials is not None
    assert is_passed(initials, 6.0)
    assert not is_passed(initials, 5.9)


def test_a_course_that_asks_for_attendance_is_not_finished_by_its_items(course: Course) -> None:
    asking = replace(course, attendance=0.8)
    assert not measure(asking, all_done()).finished
    assert measure(asking, all_done()).attendance_owed
    assert measure(asking, all_done(), attended=True).finished
    assert not measure(asking, {}, attended=True).finished
