"""Replies to a quiz from any browser: scored between nothing and all, never an error."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from graders.course import Quiz, load_course
from graders.quiz import read_number, score
from tests.fuzz.spoiling import bounded, examples

COURSES = (load_course(path.parent) for path in sorted((Path(__file__).parents[2] / "courses").glob("*/course.toml")))
QUIZZES = [item for course in COURSES for unit in course.units for item in unit.items if isinstance(item, Quiz)]
replies = st.text(max_size=12) | st.sampled_from(
    ["0", "1", "2", "-1", "59,00", "1e999", "nan", "inf", "9" * 5000, "\0", "\ud800", "İI", "٣", "²", "1_0", "٫", "--5"]
)


@examples(250)
@given(st.data(), st.sampled_from(QUIZZES))
def test_any_replies_are_scored(data: st.DataObject, quiz: Quiz) -> None:
    ids = st.sampled_from([question.id for question in quiz.questions] + ["other"])
    given_replies = data.draw(st.dictionaries(ids, st.lists(replies, max_size=5), max_size=6))
    with bounded():
        result = score(quiz, given_replies)
    assert 0 <= result.earned <= result.points == quiz.max_points


@examples(250)
@given(replies)
def test_any_text_is_a_number_of_a_sensible_size_or_none(text: str) -> None:
    number = read_number(text)
    assert number is None or -1e300 < number < 1e300
