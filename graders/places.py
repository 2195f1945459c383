"""Which of the author's cells each cell of an upload is, whatever happened to its id, its kind and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from graders.parsing import Found

LEAST_TEXT = 20  # characters of a locked cell that are looked for inside of others: fewer stand anywhere
ALIKE = 0.6  # of two texts, from 0 to 1: the same one, edited


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of a rebuilt notebook. `added`: the learner's own; `answer`: its source is the learner's."""

    id: str
    kind: str
    source: str
    answer: bool = False
    added: bool = False


def taken_apart(cells: Sequence[Cell], found: Sequence[Found]) -> list[Found]:
    """`found`, with cells cut where they were merged: at the text of a locked cell that stands nowhere else."""
    whole = {_plain(one.source) for one in found}
    named = {name for one in found for name in (one.mark, one.id)}
    pieces = list(found)
    for cell in cells:
        text = cell.source.strip()
        if cell.answer or len(text) < LEAST_TEXT or _plain(text) in whole:
            continue
        holding = [number for number, one in enumerate(pieces) if text in one.source]
        if len(holding) == 1 and (cell.id not in named or _name(pieces[holding[0]], cell.id)):
            pieces[holding[0] : holding[0] + 1] = _cut(pieces[holding[0]], cell, text)
    return pieces


def _cut(one: Found, cell: Cell, text: str) -> Iterator[Found]:
    before, _, after = one.source.partition(text)
    if before.strip():
        own = one if not _name(one, cell.id) else replace(one, id="", mark="")
        yield replace(own, source=before.rstrip())
    yield Found(id=cell.id, mark=cell.id, kind=cell.kind, source=text, answer=False)
    if after.strip():
        yield Found(id="", mark="", kind="code", source=after.lstrip("\n"), answer=False)


def _name(one: Found, id: str) -> bool:
    return id in (one.mark, one.id)


def places_of(cells: Sequence[Cell], found: Sequence[Found], flags: list[str]) -> list[Cell | None]:
    """For each cell of an upload the author's cell it is, or None. Each of the author's is found once at most."""
    places: list[Cell | None] = [None] * len(found)
    own = {cell.id for cell in cells}
    for names in ([one.mark if one.mark in own else one.id for one in found], [one.id for one in found]):
        _by_name(cells, found, names, places, flags)
    if any(cell.answer and cell not in places for cell in cells):
        _by_neighbours(cells, found, places)
    return places


def _by_name(
    cells: Sequence[Cell], found: Sequence[Found], names: Sequence[str], places: list[Cell | None], flags: list[str]
) -> None:  # fmt: skip
    by_id = {cell.id: cell for cell in cells}
    rank = {cell.id: number for number, cell in enumerate(cells)}
    taken = {place.id for place in places if place}
    claims: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        if places[number] is None and name in by_id:
            claims.setdefault(name, []).append(number)
    for id, claimants in sorted(claims.items(), key=lambda claim: len(claim[1])):
        own = by_id[id]

        def oddness(number: int, own: Cell = own) -> tuple[bool, bool, int, int]:
            """Of copies the one that was worked on is the cell, then the one with its id, then the one in its place."""
            source = found[number].source.strip()
            crossed = sum((at < number) != (rank[place.id] < rank[own.id]) for at, place in enumerate(places) if place)
            return source in ("", own.source.strip()), found[number].id != own.id, crossed, number

        if id in taken or len(claimants) > 1:
            flags.append("duplicate_id")  # the others run as added cells
        if id not in taken:
            places[min(claimants, key=oddness)] = own


def _by_neighbours(cells: Sequence[Cell], found: Sequence[Found], places: list[Cell | None]) -> None:
    """Answer cells that lost their ids: between known cells, code cells are the answers expected there, in order."""
    taken = {place.id for place in places if place}

    def known(cell: Cell | None, kind: str, source: str) -> tuple[str, str]:
        return ("id", cell.id) if cell and cell.id in taken else (kind, _plain(source))

    ours = [known(cell, cell.kind, cell.source) for cell in cells]
    theirs = [known(place, one.kind, one.source) for place, one in zip(places, found, strict=True)]
    for tag, *spans in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        span, their_span = cells[spans[0] : spans[1]], range(spans[2], spans[3])
        if tag == "equal":
            pairs = [(own, number) for own, number in zip(span, their_span, strict=True) if own.id not in taken]
        else:
            expected = [cell for cell in span if cell.answer and cell.id not in taken]
            free = [number for number in their_span if places[number] is None]
            locked = [cell.source for cell in span if not cell.answer]
            pairs = list(zip(expected, _likely(found, free, len(expected), locked), strict=False))
        for own, number in pairs:
            if places[number] is None:
                places[number] = own
                taken.add(own.id)


def _likely(found: Sequence[Found], free: Sequence[int], wanted: int, locked: Sequence[str]) -> list[int]:
    """Which of the cells `free` are answers: tagged ones, code, and where these are too few, text that is new."""
    tagged = [number for number in free if found[number].answer]
    if len(tagged) >= wanted:
        return tagged
    code = [number for number in free if found[number].kind == "code"]
    others = [
        number
        for number in free
        if number not in code and not any(_alike(found[number].source, text) for text in locked)
    ]
    return sorted(code + others[: max(0, wanted - len(code))])


def _plain(source: str) -> str:
    return " ".join(source.split())


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one[:300], other[:300]).ratio() > ALIKE
