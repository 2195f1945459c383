"""A learner's notebook, rebuilt from the author's: of theirs only source text is taken, damage is tolerated.

Locked cells are always the author's. An answer cell is found by the mark we gave it, by its id, or, where an editor
lost both, by its place between the locked cells. Code cells the learner added are kept behind the cell they followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graders.course.masters import is_answer, source_of
from graders.parsing import Found, Unreadable, cells_of, sources_only
from graders.places import Cell, places_of, taken_apart


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """`flags` say what was put right; they are for staff and change no points."""

    cells: tuple[Cell, ...]
    flags: tuple[str, ...] = ()

    def as_bytes(self) -> bytes:
        """The notebook as a runner gets it."""
        return sources_only([_as_found(cell) for cell in self.cells])

    def sources(self) -> dict[str, str]:
        """What the learner wrote: source by id of answer cell."""
        return {cell.id: cell.source for cell in self.cells if cell.answer}


def master_cells(master: bytes) -> list[Cell]:
    """The cells of an author's notebook."""
    return [
        Cell(id=cell["id"], kind=cell["cell_type"], source=source_of(cell), answer=is_answer(cell))
        for cell in json.loads(master)["cells"]
    ]


def rebuild(master: bytes, upload: bytes) -> Rebuilt:
    """The notebook that is run: the author's, with the learner's sources.

    Damage never makes it fail; Unreadable is raised for what is no notebook at all.
    """
    cells = master_cells(master)
    found = taken_apart(cells, cells_of(upload))
    flags: list[str] = []
    places = places_of(cells, found, flags)
    answers: dict[str, str] = {}
    added: dict[str, list[Cell]] = {}
    behind = ""
    for cell, place in zip(found, places, strict=True):
        if place is not None:
            behind = place.id
            if place.answer:
                answers[place.id] = cell.source
                if cell.kind != "code":
                    flags.append("answer_retyped")
            elif cell.source.strip() != place.source.strip() and place.kind == "code":
                flags.append("locked_cell_changed")
        elif cell.kind == "code" and cell.source.strip():
            added.setdefault(behind, []).append(Cell(id="", kind="code", source=cell.source, added=True))
    if any(cell.answer and cell.id not in answers for cell in cells):
        flags.append("answer_removed")
    rebuilt = list(added.get("", ()))
    for own in cells:
        answer = Cell(id=own.id, kind=own.kind, source=answers.get(own.id, ""), answer=True)
        rebuilt += [answer if own.answer else own, *added.get(own.id, ())]
    return Rebuilt(cells=tuple(_named(rebuilt)), flags=tuple(dict.fromkeys(flags)))


def assemble(master: bytes, sources: Mapping[str, str]) -> bytes:
    """What a page hands in for a learner who typed `sources`, by id of answer cell; all else is the author's."""
    return sources_only(
        [
            _as_found(Cell(id=cell.id, kind=cell.kind, source=sources.get(cell.id, cell.source), answer=True))
            if cell.answer
            else _as_found(cell)
            for cell in master_cells(master)
        ]
    )


def handed_out(master: bytes) -> bytes:
    """The author's notebook as a learner downloads it: marked, so that it is known again whatever happens to ids."""
    return sources_only([_as_found(cell) for cell in master_cells(master)])


def _as_found(cell: Cell) -> Found:
    return Found(
        id=cell.id, mark="" if cell.added else cell.id, kind=cell.kind, source=cell.source, answer=cell.answer
    )  # fmt: skip


def _named(cells: Sequence[Cell]) -> list[Cell]:
    """Added cells get ids that no other cell has."""
    taken, named, number = {cell.id for cell in cells}, [], 0
    for cell in cells:
        if cell.added:
            number += 1
            while f"added-{number}" in taken:
                number += 1
            cell = Cell(id=f"added-{number}", kind=cell.kind, source=cell.source, added=True)
        named.append(cell)
    return named


__all__ = ["Cell", "Rebuilt", "Unreadable", "assemble", "handed_out", "master_cells", "rebuild"]
