"""Quizzes are scored on the site: what people type is read as they mean it, and guessing earns nothing."""

from __future__ import annotations

from typing import Any

import pytest

from graders.course import Course, Option, Pair, Question, Quiz, Texts
from graders.quiz import fold, read_number, score, shuffled


def texts(text: str) -> Texts:
    return Texts({"en": text}, "en")


def question(kind: str, **fields: Any) -> Question:
    return Question(id="q", kind=kind, text=texts("?"), points=4, why=texts(""), **fields)


def options(*right: bool) -> tuple[Option, ...]:
    return tuple(
        Option(id=str(place), text=texts(str(place)), right=one, why=texts(f"why {place}"))
        for place, one in enumerate(right)
    )


def earned(one: Question, *reply: str) -> float:
    quiz = Quiz(
        key="u/q", title=texts("t"), minutes=1, optional=False, pass_share=0.6, links={}, folder=None,  # type: ignore[arg-type]
        questions=(one,), attempts=0, cooldown=0, counts="best", key_shown="never", shuffle=True, text=texts(""),
    )  # fmt: skip
    return score(quiz, {"q": reply}).earned


def test_the_sample_quiz_earns_all_its_points(sample: Course) -> None:
    quiz = sample.item("functions/check")
    assert isinstance(quiz, Quiz)
    result = score(quiz, {"return": ["0"], "vat": ["59,00"], "order": ["0", "1", "2"], "keyword": [" DEF "]})
    assert (result.earned, result.points, result.share) == (5, 5, 1.0)


def test_a_wrong_choice_is_told_why(sample: Course) -> None:
    quiz = sample.item("functions/check")
    assert isinstance(quiz, Quiz)
    result = score(quiz, {"return": ["1"]}).questions[0]
    assert result.earned == 0 and not result.right
    assert result.whys[0].get("en").startswith("`0` is a number")


def test_no_reply_earns_nothing(sample: Course) -> None:
    quiz = sample.item("functions/check")
    assert isinstance(quiz, Quiz)
    result = score(quiz, {})
    assert result.earned == 0 and not any(one.answered for one in result.questions)


def test_a_single_choice_of_everything_is_wrong() -> None:
    assert earned(question("single", options=options(True, False)), "0", "1") == 0
    assert earned(question("single", options=options(True, False)), "0") == 4


def test_multiple_choice_gives_shares_and_takes_them_for_wrong_ones() -> None:
    one = question("multiple", options=options(True, True, False, False))
    assert earned(one, "0", "1") == 4
    assert earned(one, "0") == 2
    assert earned(one, "0", "1", "2") == 2
    assert earned(one, "0", "1", "2", "3") == 0
    assert earned(one, "nonsense") == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [("59,00", 59), ("59.00", 59), (" 1 234,5 ", 1234.5), ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("−3", -3),
     ("18 %", 18), ("59 ₼", 59), ("1e3", 1000), ("5\u00a0000", 5000), ("fifty", None), ("", None), ("nan", None),
     ("inf", None), ("1,2,3", 123), ("9" * 60, None), ("0x10", None), ("1_000", None)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: float | None) -> None:
    assert read_number(text) == number


def test_a_number_within_its_tolerance_is_right() -> None:
    assert earned(question("number", answer=59.0, abs=0.005), "59,004") == 4
    assert earned(question("number", answer=59.0, abs=0.005), "59.1") == 0
    assert earned(question("number", answer=200.0, rel=0.01), "198") == 4
    assert earned(question("number", answer=0.0), "zero") == 0


def test_text_is_folded_as_azerbaijani_is_written() -> None:
    assert fold("  İSTİSMAR  Işıq ") == fold("istismar ışıq")
    one = question("text", accept=("Bakı",))
    assert earned(one, "BAKI") == 4 and earned(one, "bakı ") == 4 and earned(one, "baki") == 4
    assert earned(question("text", accept=("None",), exact=True), "none") == 0
    assert earned(question("text", accept=("None",), exact=True), " None ") == 4


def test_an_order_is_right_or_wrong_and_equal_lines_may_change_places() -> None:
    one = question("order", items=(texts("x"), texts("x"), texts("y")))
    assert earned(one, "1", "0", "2") == 4
    assert earned(one, "2", "0", "1") == 0
    assert earned(one, "0", "1") == 0
    assert earned(one, "0", "1", "7") == 0


def test_every_pair_matched_earns_its_share() -> None:
    pairs = tuple(Pair(left=texts(left), right=texts(right)) for left, right in ("ab", "cd", "ef", "gd"))
    one = question("match", pairs=pairs)
    assert earned(one, "0", "1", "2", "3") == 4
    assert earned(one, "0", "3", "2", "1") == 4
    assert earned(one, "0", "2", "1", "3") == 2
    assert earned(one, "", "1", "", "") == 1


def test_the_same_seed_shows_the_same_order() -> None:
    one = question("single", options=options(*[True] + [False] * 5))
    assert shuffled(one, 7) == shuffled(one, 7)
    assert len({shuffled(one, seed) for seed in range(20)}) > 5
    assert shuffled(one, 7, shuffle=False) == (0, 1, 2, 3, 4, 5)


def test_what_is_to_be_ordered_is_never_shown_in_order() -> None:
    one = question("order", items=(texts("a"), texts("b")))
    assert {shuffled(one, seed, shuffle=False) for seed in range(20)} == {(1, 0)}
