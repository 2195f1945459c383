"""Scoring of quizzes: pure, on the site, no container."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graders.course import Question, Quiz, Texts

# What a learner's reply to one question is: ids of options, one text, or the order of places.
Reply = Sequence[str]


@dataclass(frozen=True, kw_only=True)
class QuestionResult:
    """`whys` are what the author says to the choices made; `understood` is False where no number could be read."""

    id: str
    points: int
    earned: float
    right: bool
    answered: bool
    whys: tuple[Texts, ...] = ()
    understood: bool = True


@dataclass(frozen=True, kw_only=True)
class QuizResult:
    """All questions in the author's order."""

    questions: tuple[QuestionResult, ...]

    @property
    def points(self) -> int:
        return sum(question.points for question in self.questions)

    @property
    def earned(self) -> float:
        return sum(question.earned for question in self.questions)

    @property
    def share(self) -> float:
        return self.earned / self.points if self.points else 0.0


def score(quiz: Quiz, replies: Mapping[str, Reply]) -> QuizResult:
    """Score `replies`, by id of question.

    single, multiple: ids of the options chosen. number, text: one text. order: places of the items in the author's
    order, as the learner put them. match: for each left side, the place of the right side given to it. What cannot be
    read earns nothing.
    """
    return QuizResult(
        questions=tuple(_score(question, tuple(replies.get(question.id, ()))) for question in quiz.questions)
    )


def _score(question: Question, reply: tuple[str, ...]) -> QuestionResult:
    given = tuple(part for part in reply if part.strip())
    share, understood = 0.0, True
    whys: tuple[Texts, ...] = ()
    match question.kind:
        case "single":
            right = {option.id for option in question.options if option.right}
            share = float(len(given) == 1 and set(given) == right)
        case "multiple":
            share = _multiple(question, set(given))
        case "number":
            number = read_number(given[0]) if len(given) == 1 else None
            understood = number is not None or not given
            if number is not None and question.answer is not None:
                allowed = max(question.abs, question.rel * abs(question.answer), 1e-12 * abs(question.answer))
                share = float(abs(number - question.answer) <= allowed)
        case "text":
            key = (lambda text: text.strip()) if question.exact else fold
            share = float(len(given) == 1 and key(given[0]) in {key(text) for text in question.accept})
        case "order":
            share = _order(question, given)
        case "match":
            share = _match(question, reply)
    if question.kind in ("single", "multiple"):
        whys = tuple(option.why for option in question.options if option.id in given and option.why)
    return QuestionResult(
        id=question.id, points=question.points, earned=round(question.points * share, 2), right=share == 1,
        answered=bool(given), whys=whys, understood=understood,
    )  # fmt: skip


def _multiple(question: Question, given: set[str]) -> float:
    """Every right choice earns its share, every wrong one costs as much; choosing all earns nothing."""
    right = {option.id for option in question.options if option.right}
    wrong = {option.id for option in question.options} - right
    if not wrong:
        return float(given == right)
    return max(0.0, len(given & right) / len(right) - len(given & wrong) / min(len(right), len(wrong)))


def _order(question: Question, given: Sequence[str]) -> float:
    """All right or nothing; items that read the same may change places."""
    texts = [dict(item.by_language) for item in question.items]
    if sorted(given) != sorted(str(place) for place in range(len(texts))):
        return 0.0
    return float([texts[int(place)] for place in given] == texts)


def _match(question: Question, given: Sequence[str]) -> float:
    """The share of left sides that got their right side; equal right sides are interchangeable."""
    rights = {str(place): dict(pair.right.by_language) for place, pair in enumerate(question.pairs)}
    got = [rights.get(place) for place in given[: len(rights)]]
    return sum(one == rights[str(place)] for place, one in enumerate(got)) / len(rights)


def read_number(text: str) -> float | None:
    """A number as people here write it: "59,00", "59.00", "1 234,5", "−3", "18 %"; None where it is none."""
    text = "".join(text.split()).replace("−", "-").replace("₼", "").removesuffix("%").removesuffix("AZN")
    if "," in text and "." in text:  # the last of them is the decimal sign
        thousands = "," if text.rfind(".") > text.rfind(",") else "."
        text = text.replace(thousands, "")
    elif text.count(",") > 1:
        text = text.replace(",", "")
    text = text.replace(",", ".")
    if len(text) > 40 or text.replace("e", "", 1).strip("+-.0123456789"):
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None


def fold(text: str) -> str:
    """`text` for comparing what people type: case as Azerbaijani writes it, blanks and marks of width aside."""
    text = unicodedata.normalize("NFKC", text).replace("İ", "i").replace("I", "ı")
    text = " ".join(text.casefold().split())
    return text.replace("ı", "i")  # a keyboard without ı writes i


def shuffled(question: Question, seed: int, *, shuffle: bool = True) -> tuple[int, ...]:
    """Places of what a question lets choose, as they are shown; the same for the same seed.

    Options keep their order without `shuffle`; items to order and right sides to match are always mixed, and never
    shown solved.
    """
    count = len(question.options or question.items or question.pairs)
    places = list(range(count))
    if question.options and not shuffle:
        return tuple(places)
    rng = random.Random(f"{seed}/{question.id}")  # noqa: S311 - an order on a page, no secret
    rng.shuffle(places)
    if not question.options and count > 1 and places == sorted(places):
        places = places[1:] + places[:1]
    return tuple(places)
