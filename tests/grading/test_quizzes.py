"""The quiz of the sample course: one choice, a number, an order, a word; three attempts; the key after passing."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.db import db
from app.grading import quizzes, sheets
from app.grading.models import Draft, Submission
from app.grading.seats import Seat
from app.learning.models import ItemProgress
from graders.course import Quiz, Texts
from tests.factories import signed_in
from tests.grading.rows import NOW


@pytest.fixture
def learner(client: FlaskClient, seat: Seat) -> FlaskClient:
    seat.user.language = "en"
    return signed_in(client, seat.user)


@pytest.fixture
def at(seat: Seat) -> str:
    assert seat.enrolment is not None
    return f"/learn/{seat.enrolment.id}/functions/check"


def replies(quiz: Quiz, *, right: bool = True) -> dict[str, list[str]]:
    """A whole reply, all right or, but for the number, wrong."""
    found: dict[str, list[str]] = {}
    for question in quiz.questions:
        match question.kind:
            case "single":
                found[question.id] = [next(option.id for option in question.options if option.right is right)]
            case "number":
                found[question.id] = ["59,00"]
            case "text":
                found[question.id] = ["DEF" if right else "function"]
            case "order":
                places = [str(place) for place in range(len(question.items))]
                found[question.id] = places if right else places[::-1]
    return found


def as_form(quiz: Quiz, given: dict[str, list[str]], token: str = "t") -> dict[str, str]:
    """The same as a page without JavaScript sends it."""
    form = {"form_token": token}
    for question in quiz.questions:
        if question.kind == "order":
            for place, item in enumerate(given[question.id], start=1):
                form[f"q-{question.id}-{item}"] = str(place)
        else:
            form[f"q-{question.id}"] = given[question.id][0]
    return form


def answer(seat: Seat, quiz: Quiz, given: dict[str, list[str]], token: str = "t") -> Submission:
    return quizzes.answer(seat, quiz, given, seed=1, form_token=token, language="en", per_hour=20, now=NOW)


def test_right_answers_are_points_and_progress_at_once(seat: Seat, quiz: Quiz) -> None:
    submission = answer(seat, quiz, replies(quiz))
    assert submission.verdict is not None
    assert (submission.verdict.status, submission.verdict.points) == ("passed", 5)
    row = db.session.scalars(select(ItemProgress)).one()
    assert (row.points, row.counting_submission_id) == (5, submission.id)


def test_the_same_form_is_one_attempt(seat: Seat, quiz: Quiz) -> None:
    assert answer(seat, quiz, replies(quiz)).id == answer(seat, quiz, replies(quiz)).id


def test_a_quiz_is_answered_without_javascript(learner: FlaskClient, at: str, quiz: Quiz) -> None:
    sent = learner.post(f"{at}/answer", data=as_form(quiz, replies(quiz, right=False)))
    assert sent.status_code == 303
    page = learner.get(sent.location).get_data(as_text=True)
    assert "2 / 5 points" in page
    assert "Not right" in page
    assert "2 attempts left" in page


def test_what_was_chosen_is_explained_and_the_key_waits_for_passing(learner: FlaskClient, at: str, quiz: Quiz) -> None:
    wrong = learner.post(f"{at}/answer", data=as_form(quiz, replies(quiz, right=False))).location
    page = learner.get(wrong).get_data(as_text=True)
    chosen = next(option for option in quiz.questions[0].options if not option.right)
    assert ("nothing was returned" in page) == bool(chosen.why)
    assert "The right answer:" not in page
    right = learner.post(f"{at}/answer", data=as_form(quiz, replies(quiz), token="u")).location
    assert 'class="choice choice--right"' in learner.get(right).get_data(as_text=True)


def test_a_fourth_attempt_at_the_quiz_is_refused_and_the_answers_stay_on_the_page(
    learner: FlaskClient, at: str, quiz: Quiz
) -> None:
    for token in "abc":
        learner.post(f"{at}/answer", data=as_form(quiz, replies(quiz, right=False), token=token))
    refused = learner.post(f"{at}/answer", data=as_form(quiz, replies(quiz), token="d"))
    assert refused.status_code == 409
    page = refused.get_data(as_text=True)
    assert "3 attempts are allowed, and all are used." in page
    assert 'value="DEF"' in page
    assert db.session.query(Submission).count() == 3


def test_two_lines_at_one_place_are_no_attempt(learner: FlaskClient, at: str, quiz: Quiz) -> None:
    form = as_form(quiz, replies(quiz))
    order = next(question for question in quiz.questions if question.kind == "order")
    form[f"q-{order.id}-0"] = form[f"q-{order.id}-1"]
    refused = learner.post(f"{at}/answer", data=form)
    assert "give every line a place of its own" in refused.get_data(as_text=True)
    assert db.session.query(Submission).count() == 0


def test_a_hostile_form_is_only_wrong(learner: FlaskClient, at: str, quiz: Quiz) -> None:
    form = {f"q-{question.id}": "9" * 5000 for question in quiz.questions} | {"form_token": "t" * 500}
    assert learner.post(f"{at}/answer", data=form).status_code == 303
    row = db.session.scalars(select(Submission)).one()
    assert all(len(part) <= quizzes.MAX_REPLY for parts in row.replies.values() for part in parts)


def test_a_place_that_only_looks_like_a_number_is_taken_as_none(quiz: Quiz) -> None:
    form = MultiDict({"q-order-0": "²", "q-order-1": "2", "q-order-2": "1"})
    assert sheets.replies_of(quiz, form)["order"] == ["2", "1", "0"]


def kept(learner: FlaskClient, at: str, files: dict[str, str], revision: int = 0) -> dict[str, object]:
    answer: dict[str, object] = learner.post(f"{at}/draft", json={"files": files, "revision": revision}).get_json()
    return answer


def test_what_was_ticked_and_typed_is_there_after_a_reload(learner: FlaskClient, at: str, quiz: Quiz) -> None:
    kept(
        learner, at, {"q-return": "1", "q-vat": "59", "q-order-0": "2", "q-order-1": "1", "q-order-2": "3", "evil": "x"}
    )
    page = learner.get(at).get_data(as_text=True)
    assert re.search(r'name="q-return" value="1" checked', page)
    assert page.count(" checked") == 1
    assert 'name="q-vat" inputmode="decimal" autocomplete="off" maxlength="40" value="59"' in page
    selects = re.findall(r'<select[^>]* name="(q-order-\d)".*?<option value="(\d)" selected>', page, re.DOTALL)
    assert selects == [("q-order-1", "1"), ("q-order-0", "2"), ("q-order-2", "3")]
    assert "Draft saved" in page
    assert db.session.scalars(select(Draft)).one().files.keys() == {
        "q-return",
        "q-vat",
        "q-order-0",
        "q-order-1",
        "q-order-2",
    }


def test_more_than_one_choice_is_kept(quiz: Quiz) -> None:
    question = dataclasses.replace(quiz.questions[0], kind="multiple")
    asked = dataclasses.replace(quiz, questions=(question,))
    assert sheets.kept_replies(asked, sheets.known_fields(asked, {"q-return": "0\n2", "q-vat": "1", "q-x": 3})) == {
        "return": ["0", "2"]
    }


def test_what_was_kept_is_gone_when_it_is_handed_in(learner: FlaskClient, at: str, quiz: Quiz) -> None:
    kept(learner, at, {"q-vat": "59"})
    learner.post(f"{at}/answer", data=as_form(quiz, replies(quiz, right=False)))
    page = learner.get(f"{at}?again=1").get_data(as_text=True)
    assert 'value="59"' not in page
    assert "Draft saved" not in page
    late = kept(learner, at, {"q-vat": "59"}, revision=1)
    assert late["clash"] is not None
    assert 'value="59"' not in learner.get(f"{at}?again=1").get_data(as_text=True)


def test_an_attempt_that_was_begun_is_gone_on_with(learner: FlaskClient, at: str, quiz: Quiz) -> None:
    learner.post(f"{at}/answer", data=as_form(quiz, replies(quiz, right=False)))
    assert "Try again" in learner.get(at).get_data(as_text=True)
    kept(learner, at, {"q-vat": "59"}, revision=1)
    assert "Go on with your next attempt" in learner.get(at).get_data(as_text=True)


def test_lines_of_code_to_order_keep_their_indentation(learner: FlaskClient, at: str, quiz: Quiz) -> None:
    line = '<code class="line">    return a * b</code>'
    assert line in learner.get(at).get_data(as_text=True)
    learner.post(f"{at}/answer", data=as_form(quiz, replies(quiz)))
    assert line in learner.get(at).get_data(as_text=True)
    plain = dataclasses.replace(quiz.questions[2], items=(Texts({"en": "Shuffle `rows`"}), Texts({"en": "Split"})))
    (asked,) = sheets.sheet(
        dataclasses.replace(quiz, questions=(plain,)), seed=1, replies={}, verdict=None, attempts_left=None
    )
    assert not asked.of_code
