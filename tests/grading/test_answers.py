import json

import pytest
from flask import Flask

from app.errors import Refused
from app.grading import answers
from app.grading.seats import Seat
from graders.course import Exercise
from graders.notebooks import rebuild


@pytest.fixture
def sales(seat: Seat) -> Exercise:
    item = seat.course.item("tables/sales")
    assert isinstance(item, Exercise)
    return item


def test_a_notebook_of_the_page_is_the_authors_with_the_learners_texts(sales: Exercise) -> None:
    texts = answers.starting_texts(sales, "en") | {"total": "total = 1"}
    (content,) = answers.handed_in(sales, texts, "en").values()
    assert rebuild(sales.notebook("en"), content).sources()["total"] == "total = 1"


def test_cells_of_ones_own_go_there_and_back(sales: Exercise) -> None:
    texts = answers.starting_texts(sales, "en") | {"+total:1": "a = 1", "+total:2": "b = 2", "+best:1": "c = 3"}
    files = answers.handed_in(sales, texts, "en")
    assert answers.texts_of(sales, files, "en") == texts


def test_outputs_of_own_cells_are_found_by_the_number_the_graders_give(sales: Exercise) -> None:
    texts = answers.starting_texts(sales, "en") | {"+total:1": "  ", "+total:2": "b = 2", "+best:1": "c = 3"}
    (content,) = answers.handed_in(sales, texts, "en").values()
    theirs = [cell.id for cell in rebuild(sales.notebook("en"), content).cells if cell.added]
    ours = [cell.id for cell in answers.page_cells(sales, texts, "en") if cell.added]
    assert theirs == ["added-1", "added-2"]
    assert ours == ["", "added-1", "added-2"]


def test_an_uploaded_notebook_gives_its_texts_and_nothing_else(sales: Exercise) -> None:
    upload = json.loads(sales.notebook("en"))
    for cell in upload["cells"]:
        cell["source"] = "locked = 'changed'" if not cell["metadata"].get("tags") else "mine = 1"
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "FORGED"}]
    texts = answers.read(sales, {"any name.ipynb": json.dumps(upload).encode()}, "en")
    assert {text for name, text in texts.items() if not name.startswith("+")} == {"mine = 1"}
    assert "FORGED" not in json.dumps(texts)


@pytest.mark.parametrize("content", [b"not json", b"[]", b'{"nbformat": 3, "worksheets": []}'])
def test_what_is_no_notebook_is_refused_with_one_sentence(site: Flask, sales: Exercise, content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        answers.read(sales, {"x.ipynb": content}, "en")
    assert "x.ipynb" in refusal.value.message
    assert refusal.value.status == 422


def test_names_the_exercise_does_not_know_are_dropped(initials: Exercise) -> None:
    sent = {"initials.py": "a\r\nb", "../evil": "x", "+total:1": "y", "number": 3}
    assert answers.known_texts(initials, sent, "en") == {"initials.py": "a\nb"}


def test_a_file_longer_than_a_source_may_be_is_refused(site: Flask, initials: Exercise) -> None:
    with pytest.raises(Refused, match="256 KiB"):
        answers.handed_in(initials, {"initials.py": "x" * 300_000}, "en")
