"""Keys from the graders become sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.grading.sentences import NOTES, REFUSALS
from graders.verdict import Note
from sandbox.inside.notes import worded

ENDINGS = {
    "timed_out": lazy_gettext("It took too long and was stopped."),
    "out_of_memory": lazy_gettext("It needed more memory than it may have and was stopped."),
    "output_limit": lazy_gettext("It printed more than can be kept and was stopped."),
    "crashed": lazy_gettext("It crashed: the process ended by itself."),
    "tampered": lazy_gettext("What it gave back could not be read."),
    "not_run": lazy_gettext("It was not run, because what came before it was stopped."),
}


def refusal_text(key: str, params: Mapping[str, Any]) -> str:
    """Why an upload was not taken."""
    return str(REFUSALS[key]) % dict(params) if key in REFUSALS else gettext("This file cannot be taken.")


def note_text(note: Note) -> str:
    """One sentence about what a check saw, in the language of the page."""
    template = NOTES.get(note.key)
    return worded(note.key, note.params, {note.key: str(template)} if template is not None else {})


def ending_text(ended: str) -> str:
    """Why a cell or a program did not end well."""
    return str(ENDINGS.get(ended, ENDINGS["crashed"]))
