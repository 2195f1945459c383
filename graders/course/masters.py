"""The notebooks of an exercise, as their author wrote them: answer cells, locked cells, the same in every language."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from graders.course.prose import language_files
from graders.course.tables import Problems

Cell = dict[str, Any]


def source_of(cell: Cell) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(str(line) for line in source)


def is_answer(cell: Cell) -> bool:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return cell.get("cell_type") == "code" and isinstance(tags, list) and "answer" in tags


def read_cells(problems: Problems, path: Path) -> list[Cell]:
    """The cells of a notebook by an author; empty, with an error, where it is not one."""
    text = problems.text(path)
    if not text:
        return []
    try:
        notebook = json.loads(text)
        cells = notebook["cells"]
        if notebook.get("nbformat") != 4 or not all(
            isinstance(cell, dict) and source_of(cell) is not None for cell in cells
        ):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        problems.add(path, "", "not a notebook of format 4", "save it with Jupyter")
        return []
    ids = [cell.get("id") for cell in cells]
    if not all(isinstance(id, str) and id for id in ids):
        problems.add(path, "cells", "a cell has no id", "save it with a newer Jupyter (nbformat 4.5)")
        return []
    for id, times in Counter(ids).items():
        if times > 1:
            problems.add(path, f"cells.{id}", "two cells have this id", "give each its own")
    return list(cells)


def check_masters(problems: Problems, folder: Path, *, own: str) -> set[str]:
    """The names of the answer cells of `task.ipynb`; complains where a translation differs in more than prose."""
    files = language_files(folder, "task", ".ipynb", own)
    if own not in files:
        problems.add(
            folder / "task.ipynb", "", "the file is missing", "add what the learner gets, in the course's own language"
        )
        return set()
    cells = {language: read_cells(problems, path) for language, path in files.items()}
    master = cells[own]
    answers = {cell["id"] for cell in master if is_answer(cell)}
    if master and not answers:
        problems.add(files[own], "cells", "no cell is tagged `answer`", "tag the code cells the learner fills in")
    for language, path in files.items():
        if language == own or not cells[language]:
            continue
        wanted, found = _code(master), _code(cells[language])
        if list(wanted) != list(found):
            problems.add(path, "cells", "its code cells are not those of task.ipynb", "keep ids and order the same")
            continue
        for id, source in wanted.items():
            if found[id] != source:
                what = "is an answer cell in one language only" if None in (source, found[id]) else "has other code"
                problems.add(path, f"cells.{id}", f"the cell {what}", "copy the cell from task.ipynb")
    return answers


def check_answer_notebook(problems: Problems, path: Path, answers: set[str]) -> None:
    """A notebook of solution/ or answers/: the answer cells it names exist."""
    named = {cell["id"] for cell in read_cells(problems, path) if is_answer(cell)}
    for id in sorted(named - answers):
        problems.add(path, f"cells.{id}", "task.ipynb has no such answer cell", "correct the id")


def _code(cells: list[Cell]) -> dict[str, str | None]:
    """Code cells in order by id: the source of locked ones, None for answer cells."""
    return {
        cell["id"]: None if is_answer(cell) else source_of(cell) for cell in cells if cell.get("cell_type") == "code"
    }
