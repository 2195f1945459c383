"""What stands in the rows of a file, cell by cell: turned into days, codes and names, or said to be wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext

from app.accounts import fin as fins
from app.accounts.registering import normalise_email, normalise_name
from app.errors import Refused
from app.folding import fold
from app.organisations.headings import Kind
from app.organisations.reading import Row, Sheet, day_of

LANGUAGE_WORDS = {
    fold(word): language
    for language, words in {
        "az": ("az", "azərbaycanca", "azərbaycan", "azerbaijani", "азербайджанский"),
        "ru": ("ru", "rusca", "rus", "russian", "русский"),
        "en": ("en", "ingiliscə", "ingilis", "english", "английский"),
    }.items()
    for word in words
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a row cannot be used: where it is, what stands there, what to do. A FIN is masked in `value`."""

    sheet: str
    row: int
    column: str  # the heading as it stands in the file; "" for the row as a whole
    value: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the file."""

    sheet: str
    row: int


@dataclass(frozen=True, kw_only=True)
class UnitLine:
    at: Place
    code: str
    name: str
    parent: str
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True, kw_only=True)
class PositionLine:
    at: Place
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """Empty text where nothing is said."""

    at: Place
    name: str
    email: str
    fin: str = field(repr=False)
    number: str
    language: str
    unit: str
    unit_name: str
    parent: str
    position: str
    position_name: str
    manager: str = field(repr=False)
    from_on: date | None
    until_on: date | None


@dataclass(kw_only=True)
class Lines:
    """All of a file. `problems` grow while it is read and planned."""

    units: list[UnitLine] = field(default_factory=list)
    positions: list[PositionLine] = field(default_factory=list)
    people: list[PersonLine] = field(default_factory=list)
    kinds: set[Kind] = field(default_factory=set)
    headings: dict[str, dict[str, str]] = field(default_factory=dict)  # {sheet: {column: heading}}
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, at: Place, column: str, value: str, sentence: str) -> None:
        heading = self.headings.get(at.sheet, {}).get(column, "")
        shown = masked(value) if column in ("fin", "manager") else value[:80]
        self.problems.append(Problem(sheet=at.sheet, row=at.row, column=heading, value=shown, sentence=sentence))


def masked(value: str) -> str:
    """What may be a FIN is shown as on every page; a personnel number stays as it is."""
    return f"{value[:3]}****" if len(value) >= fins.LENGTH else value


def checked(sheets: list[Sheet]) -> Lines:
    lines = Lines()
    for sheet in sheets:
        lines.kinds.add(sheet.kind)
        lines.headings[sheet.title] = sheet.headings
        for row in sheet.rows:
            reader = _Reader(lines, Place(sheet=sheet.title, row=row.number), row)
            match sheet.kind:
                case Kind.UNITS:
                    reader.unit()
                case Kind.POSITIONS:
                    reader.position()
                case Kind.PEOPLE:
                    reader.person()
    return lines


class _Reader:
    """One row. Whatever is wrong in it is noted; the row itself is used only when nothing is."""

    def __init__(self, lines: Lines, at: Place, row: Row) -> None:
        self.lines, self.at, self.cells = lines, at, row.cells
        self.before = len(lines.problems)

    @property
    def is_sound(self) -> bool:
        return len(self.lines.problems) == self.before

    def text(self, column: str, longest: int = 200) -> str:
        value = " ".join(self.cells.get(column, "").split())
        if len(value) > longest:
            self.lines.refuse(
                self.at, column, value, gettext("Longer than %(count)s characters. Shorten it.", count=longest)
            )
        return value

    def needed(self, column: str, longest: int = 200) -> str:
        value = self.text(column, longest)
        if not value:
            self.lines.refuse(self.at, column, "", gettext("Nothing stands here, and something must."))
        return value

    def day(self, column: str) -> date | None:
        typed = self.cells.get(column, "")
        if not typed:
            return None
        found = day_of(typed)
        if found is None:
            self.lines.refuse(self.at, column, typed, gettext("This is not a day. Write it as 31.12.2026."))
        return found

    def days(self) -> tuple[date | None, date | None]:
        first, last = self.day("from"), self.day("until")
        if first and last and last < first:
            self.lines.refuse(
                self.at,
                "until",
                self.cells["until"],
                gettext("The last day lies before the first. Correct one of them."),
            )
        return first, last

    def normal(self, column: str, normalise: Callable[[str], str]) -> str:
        typed = self.cells.get(column, "")
        try:
            return normalise(typed) if typed else ""
        except Refused as refusal:
            self.lines.refuse(self.at, column, typed, refusal.message)
            return ""

    def unit(self) -> None:
        code, name = self.needed("unit", 60), self.needed("unit_name")
        first, last = self.days()
        if self.is_sound:
            self.lines.units.append(
                UnitLine(at=self.at, code=code, name=name, parent=self.text("parent"), from_on=first, until_on=last)
            )

    def position(self) -> None:
        code, name = self.needed("position", 60), self.needed("position_name")
        if self.is_sound:
            self.lines.positions.append(PositionLine(at=self.at, code=code, name=name))

    def person(self) -> None:
        if "surname" in self.cells and "name" in self.cells:
            self.cells["name"] = f"{self.cells['name']} {self.cells['surname']}"
        fin, email = self.normal("fin", fins.normalise), self.normal("email", normalise_email)
        number, first_last = self.text("number", 60), self.days()
        self.needed("name")
        name = self.normal("name", normalise_name)
        said = fold(self.cells.get("language", ""))
        if said and said not in LANGUAGE_WORDS:
            self.lines.refuse(self.at, "language", said, gettext("Not a language of the site. Write az, ru or en."))
        line = PersonLine(
            at=self.at,
            name=name,
            email=email,
            fin=fin,
            number=number,
            language=LANGUAGE_WORDS.get(said, ""),
            unit=self.text("unit", 60),
            unit_name=self.text("unit_name"),
            parent=self.text("parent", 60),
            position=self.text("position", 60),
            position_name=self.text("position_name"),
            manager=self.text("manager", 254),
            from_on=first_last[0],
            until_on=first_last[1],
        )
        if self.is_sound and not (fin or email or number):
            self.lines.refuse(
                self.at,
                "",
                name,
                gettext("Give the FIN, the personnel number or the e-mail: by it they are found again."),
            )
        if self.is_sound:
            self.lines.people.append(line)
