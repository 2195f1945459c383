from flask import Flask
from flask_babel import force_locale

from app.grading.sentences import NOTES, REFUSALS
from app.grading.wording import note_text, refusal_text
from graders.uploads import SENTENCES
from graders.verdict import Note
from sandbox.inside import notes


def test_every_sentence_of_checks_and_uploads_is_there_to_be_translated(site: Flask) -> None:
    with force_locale("en"):
        assert {key: str(text) for key, text in NOTES.items()} == notes.NOTES
        assert {key: str(text) for key, text in REFUSALS.items()} == SENTENCES


def test_a_note_is_worded_with_its_parameters(site: Flask) -> None:
    note = Note(key="equals.length", params={"at": "", "expected": 3, "got": 2})
    with force_locale("en"):
        assert note_text(note) == "Items given: 2; asked: 3."


def test_an_old_note_is_read_in_the_language_of_today(site: Flask) -> None:
    note = Note(key="prints.nothing")
    with force_locale("az"):
        in_az = note_text(note)
    with force_locale("ru"):
        in_ru = note_text(note)
    assert len({in_az, in_ru, "Nothing was printed."}) == 3


def test_a_refused_upload_names_the_file_and_the_limit(site: Flask) -> None:
    with force_locale("en"):
        assert "big.ipynb" in refusal_text("notebook.large", {"name": "big.ipynb", "limit": 5})
