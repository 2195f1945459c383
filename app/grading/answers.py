"""An answer as the texts its page edits, and as the files that are handed in.

Texts are named by file, in a notebook by answer cell; a cell the learner added is named "+<cell it follows>:<number>".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.errors import Refused
from app.grading.wording import refusal_text
from graders import parsing
from graders.course import model as content
from graders.notebooks import Cell, Rebuilt, master_cells, rebuild
from graders.uploads import Refusal, read_source, read_upload

MOST_ADDED = 50


@dataclass(frozen=True, kw_only=True)
class PageCell:
    """A cell of the notebook page. `name` is that of its text, None where it is locked."""

    id: str
    kind: str
    source: str
    name: str | None
    added: bool


def starting_texts(exercise: content.Exercise, language: str) -> dict[str, str]:
    """What a learner begins with."""
    if exercise.kind == "notebook":
        return {cell.id: cell.source for cell in master_cells(exercise.notebook(language)) if cell.answer}
    starter = exercise.starter()
    return {name: starter.get(name, b"").decode("utf-8", "replace") for name in exercise.files}


def texts_of(exercise: content.Exercise, files: Mapping[str, bytes], language: str) -> dict[str, str]:
    """The texts of files handed in, as `read` or `handed_in` left them."""
    if exercise.kind != "notebook":
        return {name: files.get(name, b"").decode("utf-8", "replace") for name in exercise.files}
    rebuilt = rebuild(exercise.notebook(language), next(iter(files.values()), b"{}"))
    texts: dict[str, str] = {}
    behind, number = "", 0
    for cell in rebuilt.cells:
        if cell.added:
            number += 1
            texts[f"+{behind}:{number}"] = cell.source
        else:
            behind, number = cell.id, 0
            if cell.answer:
                texts[cell.id] = cell.source
    return texts


def read(exercise: content.Exercise, uploaded: Mapping[str, bytes], language: str) -> dict[str, str]:
    """The texts of uploaded files. Raises Refused with one sentence that names the file and the limit."""
    try:
        return texts_of(exercise, read_upload(exercise, uploaded), language)
    except Refusal as refusal:
        raise Refused(refusal_text(refusal.key, refusal.params), status=422) from refusal


def handed_in(exercise: content.Exercise, texts: Mapping[str, str], language: str) -> dict[str, bytes]:
    """The files that are stored and graded; names the exercise does not know are dropped. Raises Refused."""
    try:
        if exercise.kind != "notebook":
            return {name: read_source(texts.get(name, "").encode(), name=name) for name in exercise.files}
        name = exercise.files[0] if exercise.files else "task.ipynb"
        cells = [
            Cell(id=cell.id, kind=cell.kind, source=cell.source, answer=cell.name is not None, added=cell.added)
            for cell in page_cells(exercise, texts, language)
            if not cell.added or cell.source.strip()
        ]
        notebook = Rebuilt(cells=tuple(cells)).as_bytes()
        try:
            parsing.cells_of(notebook)  # the caps of an upload hold for what is typed, too
        except parsing.Unreadable as problem:
            raise Refusal(problem.key, name=name, **problem.params) from problem
        return {name: notebook}
    except Refusal as refusal:
        raise Refused(refusal_text(refusal.key, refusal.params), status=422) from refusal


def page_cells(exercise: content.Exercise, texts: Mapping[str, str], language: str) -> list[PageCell]:
    """The notebook with the learner's texts in it: the author's cells, each followed by those the learner added."""
    return list(_page_cells(exercise, texts, language))


def _page_cells(exercise: content.Exercise, texts: Mapping[str, str], language: str) -> Iterator[PageCell]:
    added: dict[str, list[tuple[str, str]]] = {}
    for name, text in list(texts.items()):
        if name.startswith("+") and sum(map(len, added.values())) < MOST_ADDED:
            added.setdefault(name[1:].rpartition(":")[0], []).append((name, text))
    number = 0
    for cell in [None, *master_cells(exercise.notebook(language))]:
        if cell is not None:
            yield PageCell(
                id=cell.id,
                kind=cell.kind,
                source=texts.get(cell.id, cell.source) if cell.answer else cell.source,
                name=cell.id if cell.answer else None,
                added=False,
            )
        for name, text in added.get(cell.id if cell else "", ()):
            # Numbered as `graders.notebooks` does, which passes over empty ones: outputs are found by it
            number += bool(text.strip())
            yield PageCell(
                id=f"added-{number}" if text.strip() else "", kind="code", source=text, name=name, added=True
            )


def names_of(exercise: content.Exercise, language: str) -> set[str]:
    """The names of texts that the exercise itself has."""
    return set(starting_texts(exercise, language))


def known_texts(exercise: content.Exercise, sent: Mapping[str, object], language: str) -> dict[str, str]:
    """Of what a page sent the texts that belong to the exercise, with line ends as files have them."""
    known = names_of(exercise, language)
    own = exercise.kind == "notebook"
    return {
        name: storable(text).replace("\r\n", "\n").replace("\r", "\n")
        for name, text in sent.items()
        if isinstance(text, str) and (name in known or (own and name.startswith("+") and len(name) < 200))
    }


def storable(text: str) -> str:
    """Half of a character (a lone surrogate, which JSON may carry) can neither be stored nor shown as UTF-8."""
    return text.encode("utf-8", "replace").decode()
