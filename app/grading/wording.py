"""Keys from the graders become sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from graders.verdict import Note

# The same sentences as graders.uploads.SENTENCES, here to be found and translated
REFUSALS = {
    "upload.empty": lazy_gettext("Nothing was handed in."),
    "upload.unknown": lazy_gettext("“%(name)s” is not one of the files of this exercise (%(files)s)."),
    "upload.missing": lazy_gettext("The file “%(name)s” is missing."),
    "upload.twice": lazy_gettext("The file “%(name)s” is there twice."),
    "upload.kind": lazy_gettext("“%(name)s” cannot be taken here; hand in %(files)s, or a .zip of it."),
    "upload.large": lazy_gettext("“%(name)s” is larger than %(limit)s KiB."),
    "upload.not_text": lazy_gettext("“%(name)s” is not UTF-8 text; save it as UTF-8."),
    "upload.nul": lazy_gettext("“%(name)s” contains a NUL character; it is not a text file."),
    "upload.coding": lazy_gettext("“%(name)s” says that it is written in %(found)s; save it as UTF-8."),
    "notebook.large": lazy_gettext("“%(name)s” is larger than %(limit)s MiB; clear its outputs and save it again."),
    "notebook.not_json": lazy_gettext("“%(name)s” is not a notebook: its content is not JSON."),
    "notebook.not_notebook": lazy_gettext("“%(name)s” is JSON, but not a notebook."),
    "notebook.deep": lazy_gettext("“%(name)s” is nested more than %(limit)s levels deep."),
    "notebook.version": lazy_gettext(
        "“%(name)s” is in notebook format %(found)s; open it in Jupyter and save it as format 4."
    ),
    "notebook.cells": lazy_gettext("“%(name)s” has %(found)s cells; at most %(limit)s are taken."),
    "notebook.cell_large": lazy_gettext("Cell %(cell)s of “%(name)s” is longer than %(limit)s KiB."),
    "notebook.unreadable": lazy_gettext("“%(name)s” could not be read within the time and memory a notebook may take."),
    "zip.broken": lazy_gettext("“%(name)s” is not a .zip file that can be read."),
    "zip.entries": lazy_gettext("“%(name)s” has %(found)s files; at most %(limit)s are taken."),
    "zip.large": lazy_gettext("“%(name)s” unpacks to more than %(limit)s MiB."),
    "zip.ratio": lazy_gettext("“%(entry)s” in “%(name)s” unpacks to more than %(limit)s times its size."),
    "zip.encrypted": lazy_gettext("“%(entry)s” in “%(name)s” is protected by a password."),
    "zip.method": lazy_gettext(
        "“%(entry)s” in “%(name)s” is packed in a way that cannot be read; pack it as an ordinary .zip."
    ),
    "zip.link": lazy_gettext("“%(entry)s” in “%(name)s” is a link; put the file itself there."),
    "zip.name": lazy_gettext("“%(entry)s” in “%(name)s” is a name that cannot be taken."),
    "zip.nested": lazy_gettext("“%(entry)s” in “%(name)s” is an archive in an archive."),
    "zip.overlap": lazy_gettext("“%(entry)s” in “%(name)s” shares its bytes with another entry."),
    "zip.damaged": lazy_gettext("“%(entry)s” in “%(name)s” is damaged."),
}

NOTES: dict[str, Any] = {}

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
    """One sentence about what a check saw; an unknown key says nothing rather than something wrong."""
    return str(NOTES[note.key]) % note.params if note.key in NOTES else ""


def ending_text(ended: str) -> str:
    """Why a cell or a program did not end well."""
    return str(ENDINGS.get(ended, ENDINGS["crashed"]))
