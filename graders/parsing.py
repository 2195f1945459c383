"""A notebook from anywhere, read as data: which cells it has, and their source text. Nothing else of it is kept.

Run as a script it does so in a process that may die: `python -I parsing.py < upload.ipynb > sources.ipynb`; standard
library only. Exit code 0: the notebook reduced to its sources; 3: one JSON line, what is wrong with it.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 5 * 2**20
MOST_DEPTH = 100
MOST_CELLS = 500
MOST_SOURCE = 200 * 1024
KINDS = ("code", "markdown", "raw")
CODE = {"outputs", "execution_count", "input"}  # what a cell that does not say its kind has, if it is code
# One that is never closed runs to the end: looked for again from each quote in it, it would take hours.
STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
BRACKET = re.compile(r"[\[\]{}]")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A cell: `mark` is the id we gave it, as far as it is still there; `id` the one its editor gave."""

    id: str
    mark: str
    kind: str
    source: str
    answer: bool


class Unreadable(Exception):
    """Not a notebook we take. `key` names the sentence, `params` fill it in."""

    def __init__(self, key: str, **params: Any) -> None:
        self.key, self.params = key, params
        super().__init__(key, params)


def cells_of(data: bytes) -> list[Found]:
    """The cells of a notebook, damaged or not, in order. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable("notebook.large", limit=MOST_BYTES // 2**20)
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable("upload.not_text") from None
    if _depth(text) > MOST_DEPTH:
        raise Unreadable("notebook.deep", limit=MOST_DEPTH)
    try:
        notebook = json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError):
        raise Unreadable("notebook.not_json") from None
    if not isinstance(notebook, dict) or not ({"cells", "worksheets", "nbformat"} & set(notebook)):
        raise Unreadable("notebook.not_notebook")
    version, cells = notebook.get("nbformat"), notebook.get("cells")
    if version not in (None, 3, 4, "4"):
        raise Unreadable("notebook.version", found=_short(version) or "?")
    if not cells and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if version == 3 and not cells:
        raise Unreadable("notebook.version", found="3")
    if not isinstance(cells, list):
        raise Unreadable("notebook.not_notebook")
    if len(cells) > MOST_CELLS:
        raise Unreadable("notebook.cells", found=len(cells), limit=MOST_CELLS)
    return [_found(cell, number) for number, cell in enumerate(cells, 1) if isinstance(cell, dict)]


def sources_only(cells: list[Found]) -> bytes:
    """The same cells as a notebook that has nothing but sources, and reads back as the same cells."""
    kept = []
    for cell in cells:
        metadata: dict[str, Any] = {"bilik": {"cell": cell.mark}} if cell.mark else {}
        if cell.answer:
            metadata["tags"] = ["answer"]
        one: dict[str, Any] = {"cell_type": cell.kind, "id": cell.id, "metadata": metadata, "source": cell.source}
        if cell.kind == "code":
            one |= {"execution_count": None, "outputs": []}
        kept.append(one)
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps(
        {"cells": kept, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=True
    ).encode()


def _found(cell: dict[str, Any], number: int) -> Found:
    source = _text(cell.get("source", cell.get("input")))  # the latter is what format 3 calls it
    if len(source) > MOST_SOURCE:
        raise Unreadable("notebook.cell_large", cell=number, limit=MOST_SOURCE // 1024)
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    ours, tags = metadata.get("bilik"), metadata.get("tags")
    kind = cell.get("cell_type")
    if kind == "heading":  # of format 3
        level = cell.get("level")
        kind, source = "markdown", "#" * (level if type(level) is int and 0 < level < 7 else 1) + " " + source
    return Found(
        id=_short(cell.get("id")),
        mark=_short(ours.get("cell")) if isinstance(ours, dict) else "",
        kind=kind if kind in KINDS else "code" if CODE & cell.keys() else "raw",
        source=source,
        answer=isinstance(tags, list) and "answer" in tags,
    )


def _text(source: Any) -> str:
    """The source of a cell, which may be one text or a list of lines; what cannot be stored is replaced."""
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        ended = any(line.endswith("\n") for line in lines[:-1]) or max(map(len, lines), default=0) < 2
        source = ("" if ended else "\n").join(lines)  # some editors leave the line ends out
    if not isinstance(source, str):
        return ""
    text = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")
    return text.encode("utf-8", "replace").decode()  # lone surrogates


def _integer(text: str) -> int:
    """Numbers are looked at for their versions alone; Python refuses to read the longest."""
    return int(text) if len(text) < 20 else 0


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value[:100].encode("utf-8", "replace").decode()
    return str(value) if type(value) is int and abs(value) < 10**9 else ""


def _depth(text: str) -> int:
    """How deeply brackets nest outside of strings, or that it is too deep; counted before anything is built."""
    depth = deepest = 0
    for bracket in BRACKET.finditer(STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
        if depth > MOST_DEPTH:
            break
    return deepest


def main() -> int:
    import resource

    for limit, value in ((resource.RLIMIT_AS, 2**30), (resource.RLIMIT_CPU, 10), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(limit, (value, value))
    try:
        sys.stdout.buffer.write(sources_only(cells_of(sys.stdin.buffer.read(MOST_BYTES + 1))))
    except Unreadable as why:
        sys.stdout.write(json.dumps({"key": why.key, "params": why.params}))
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
