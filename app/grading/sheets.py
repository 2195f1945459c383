"""A quiz as its page shows it, and what the page sends back as `graders.quiz` reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.errors import Refused
from app.grading import quizzes
from app.grading.answers import storable
from app.grading.models import Verdict
from graders.course import Question, Quiz, Texts
from graders.quiz import score, shuffled

MOST_KEPT = 2_000  # characters of one field of a quiz that is being answered


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One thing to choose, order or match. `chosen`: by the learner; `right`: None while the key is not shown."""

    id: str
    text: Texts
    chosen: bool = False
    right: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question on the page. `choices` are in the order shown; `given` are the reply's parts as sent before.

    After an attempt: `state` is right | partly | wrong | unanswered, `whys` what the author says to what was chosen,
    `key` the right answer in words where it may be seen.
    """

    question: Question
    number: int
    choices: Sequence[Choice]
    given: Sequence[str]
    state: str = ""
    earned: float = 0.0
    whys: Sequence[Texts] = ()
    key: Sequence[Texts] | str | None = None
    understood: bool = True

    @property
    def of_code(self) -> bool:
        """Whether the lines to order are code, told by one that is indented: shown as written, no Markdown."""
        return any(text.startswith((" ", "\t")) for texts in self.question.items for text in texts.values())


def sheet(
    quiz: Quiz,
    *,
    seed: int,
    replies: Mapping[str, Sequence[str]],
    verdict: Verdict | None,
    attempts_left: int | None,
) -> list[Asked]:
    """The questions in the author's order, their choices mixed by `seed`; with `verdict`, what came of `replies`."""
    passed = verdict is not None and verdict.points >= quiz.pass_share * verdict.max_points - 1e-9
    with_key = verdict is not None and quizzes.key_is_shown(quiz, passed=passed, attempts_left=attempts_left)
    outcomes = {one["id"]: one for one in verdict.result.get("questions", ())} if verdict is not None else {}
    said = {one.id: one.whys for one in score(quiz, replies).questions} if verdict is not None else {}
    return [
        _asked(
            question,
            number,
            places=shuffled(question, seed, shuffle=quiz.shuffle),
            given=list(replies.get(question.id, ())),
            outcome=outcomes.get(question.id),
            whys=said.get(question.id, ()),
            with_key=with_key,
        )
        for number, question in enumerate(quiz.questions, start=1)
    ]


def _asked(
    question: Question,
    number: int,
    *,
    places: Sequence[int],
    given: Sequence[str],
    outcome: Mapping[str, object] | None,
    whys: Sequence[Texts],
    with_key: bool,
) -> Asked:
    facts: dict[str, object] = {}
    if outcome is not None:
        earned = float(str(outcome["earned"]))
        state = (
            "right" if outcome["right"] else "partly" if earned else "wrong" if outcome["answered"] else "unanswered"
        )
        explained = [*whys, *([question.why] if question.why and (with_key or outcome["right"]) else [])]
        facts = {
            "state": state,
            "earned": earned,
            "whys": explained,
            "understood": bool(outcome.get("understood", True)),
        }
        if with_key:
            facts["key"] = _key(question)
    return Asked(
        question=question,
        number=number,
        choices=[_choice(question, place, given, with_key=with_key) for place in places],
        given=given,
        **facts,  # type: ignore[arg-type]
    )


def _choice(question: Question, place: int, given: Sequence[str], *, with_key: bool) -> Choice:
    if question.options:
        option = question.options[place]
        right = option.right if with_key else None
        return Choice(id=option.id, text=option.text, chosen=option.id in given, right=right)
    text = question.items[place] if question.items else question.pairs[place].right
    return Choice(id=str(place), text=text)


def _key(question: Question) -> Sequence[Texts] | str | None:
    """The right answer, where the choices do not show it by themselves."""
    match question.kind:
        case "number":
            return f"{question.answer:g}" if question.answer is not None else None
        case "text":
            return question.accept[0] if question.accept else None
        case "order":
            return question.items
    return None


def replies_of(quiz: Quiz, form: MultiDict[str, str]) -> dict[str, list[str]]:
    """What was sent: "q-<id>" for choices, numbers and texts; "q-<id>-<place>" for order and match.

    Raises Refused when two things to order were given the same place.
    """
    return {question.id: _reply(question, form) for question in quiz.questions}


def _reply(question: Question, form: MultiDict[str, str]) -> list[str]:
    name = f"q-{question.id}"
    if question.kind == "order":
        given = {str(place): form.get(f"{name}-{place}", "").strip() for place in range(len(question.items))}
        if not any(given.values()):
            return []
        places = [str(number) for number in range(1, len(given) + 1)]
        return sorted(given, key=lambda place: places.index(given[place]) if given[place] in places else len(places))
    if question.kind == "match":
        return [form.get(f"{name}-{place}", "") for place in range(len(question.pairs))]
    return [part for part in form.getlist(name) if part.strip()]


def known_fields(quiz: Quiz, sent: Mapping[str, object]) -> dict[str, str]:
    """Of what a page sent to be kept ({field: its values, a line each}) the fields that the quiz has."""
    known = {name for question in quiz.questions for name in _fields(question)}
    return {name: storable(text)[:MOST_KEPT] for name, text in sent.items() if name in known and isinstance(text, str)}


def _fields(question: Question) -> list[str]:
    name = f"q-{question.id}"
    places = len(question.items) if question.kind == "order" else len(question.pairs) if question.kind == "match" else 0
    return [f"{name}-{place}" for place in range(places)] or [name]


def kept_replies(quiz: Quiz, kept: Mapping[str, str]) -> dict[str, list[str]]:
    """The replies of what `known_fields` let through."""
    return replies_of(quiz, MultiDict([(name, value) for name, text in kept.items() for value in text.split("\n")]))


def refuse_doubled_places(quiz: Quiz, form: MultiDict[str, str]) -> None:
    """Raises Refused where the things to order were not each given a place of their own; nothing is used up by that."""
    for number, question in enumerate(quiz.questions, start=1):
        if question.kind != "order":
            continue
        given = [form.get(f"q-{question.id}-{place}", "").strip() for place in range(len(question.items))]
        if any(given) and sorted(given) != sorted(str(place) for place in range(1, len(given) + 1)):
            raise Refused(
                _(
                    "Question %(number)s: give every line a place of its own, from 1 to %(last)s.",
                    number=number,
                    last=len(given),
                )
            )
