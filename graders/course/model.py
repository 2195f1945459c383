"""What a course says, as frozen values. Made by `load_course` only; nothing here reads TOML or Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sandbox.model import Size

LANGUAGES = ("az", "ru", "en")


@dataclass(frozen=True)
class Texts(Mapping[str, str]):
    """One text in several languages; `get` falls back to the course's own language, then to whatever there is."""

    by_language: Mapping[str, str]
    fallback: str = "en"

    def get(self, language: str, default: str | None = None) -> str:  # type: ignore[override]
        found = self.by_language.get(language) or self.by_language.get(self.fallback)
        return found or default or next((text for text in self.by_language.values() if text), "")

    def __getitem__(self, language: str) -> str:
        return self.by_language[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_language)

    def __len__(self) -> int:
        return len(self.by_language)

    def __bool__(self) -> bool:
        return any(self.by_language.values())


@dataclass(frozen=True, kw_only=True)
class Link:
    """Where a link leads: `kind` is "item" (`to` is its key) or "file" (`to` is a path inside the course folder)."""

    kind: str
    to: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """What all items have.

    `key` is "unit/item"; `pass_share` the share of points that makes it done; `folder` is where its relative files lie;
    `links` maps every link of its texts, as written, to where it leads.
    """

    kind: ClassVar[str]
    key: str
    title: Texts
    minutes: int
    optional: bool
    pass_share: float
    links: Mapping[str, Link]
    folder: Path

    @property
    def id(self) -> str:
        return self.key.partition("/")[2]

    @property
    def unit_id(self) -> str:
        return self.key.partition("/")[0]

    @property
    def max_points(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class Lesson(Item):
    """Prose. `text` is Markdown without its first heading, which is the title."""

    kind = "lesson"
    text: Texts


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice. `id` is its place in the author's order, as text; `why` is said to who chose it."""

    id: str
    text: Texts
    right: bool
    why: Texts


@dataclass(frozen=True, kw_only=True)
class Pair:
    left: Texts
    right: Texts


@dataclass(frozen=True, kw_only=True)
class Question:
    """`kind`: single | multiple | number | text | order | match; fields of other kinds are empty.

    `why` explains the right answer.
    """

    id: str
    kind: str
    text: Texts
    points: int
    why: Texts
    options: tuple[Option, ...] = ()
    answer: float | None = None
    abs: float = 0.0
    rel: float = 0.0
    accept: tuple[str, ...] = ()
    exact: bool = False
    items: tuple[Texts, ...] = ()
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Quiz(Item):
    """`attempts` 0 is unlimited; `key_shown`: never | after-passing | after-last-attempt."""

    kind = "quiz"
    questions: tuple[Question, ...]
    attempts: int
    cooldown: int
    counts: str
    key_shown: str
    shuffle: bool
    text: Texts

    @property
    def max_points(self) -> int:
        return sum(question.points for question in self.questions)


@dataclass(frozen=True, kw_only=True)
class Hint:
    text: Texts
    cost: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`seconds`: CPU seconds of one call, program run or notebook cell; a whole run has ten times that."""

    seconds: float
    memory: Size

    @property
    def run_seconds(self) -> float:
        return 10 * self.seconds


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing looked at. `data` names a set of hidden/.

    `declared` is its entry of checks.json, None where it is a function of checks.py.
    """

    id: str
    title: Texts
    points: int
    hidden: bool
    hint: Texts
    data: str | None
    declared: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A known answer under answers/: either `points` are expected of it, or statuses check by check."""

    name: str
    folder: Path
    points: float | None
    statuses: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Exercise(Item):
    """Code that is graded. `kind` is program, function or notebook; `folder` is its own.

    `files` are the names handed in (of starter/; a notebook: task.ipynb). `main` is the one that is run or imported.
    """

    kind: str  # type: ignore[misc]
    language: str
    task: Texts
    attempts: int
    cooldown: int
    counts: str
    limits: Limits
    hints: tuple[Hint, ...]
    checks: tuple[Check, ...]
    files: tuple[str, ...]
    main: str
    data_files: tuple[str, ...]
    hidden_sets: tuple[str, ...]
    answers: tuple[Answer, ...]
    randomised: bool
    digest: str

    @property
    def max_points(self) -> int:
        return sum(check.points for check in self.checks)

    @property
    def open_checks(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.hidden)

    @property
    def hidden_checks(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.hidden)

    def check(self, id: str) -> Check | None:
        return next((check for check in self.checks if check.id == id), None)

    def starter(self) -> dict[str, bytes]:
        """The files a learner begins with; a notebook's are those of `notebook()`."""
        return read_folder(self.folder / "starter")

    def solution(self) -> dict[str, bytes]:
        return read_folder(self.folder / "solution")

    def data(self, hidden_set: str | None = None) -> dict[str, bytes]:
        """What lies beside the code of a run: data/, with a hidden set laid over it."""
        files = read_folder(self.folder / "data")
        return files | read_folder(self.folder / "hidden" / hidden_set) if hidden_set else files

    def checker_files(self) -> dict[str, bytes]:
        """What the checker alone reads, named from the exercise's folder: checks.py and checker/…"""
        files = {f"checker/{name}": content for name, content in read_folder(self.folder / "checker").items()}
        source = self.folder / "checks.py"
        return files | {"checks.py": source.read_bytes()} if source.exists() else files

    def notebook(self, language: str) -> bytes:
        """The author's notebook in `language`, or in the course's own."""
        translated = self.folder / f"task.{language}.ipynb"
        return (translated if translated.exists() else self.folder / "task.ipynb").read_bytes()


@dataclass(frozen=True, kw_only=True)
class Unit:
    """`was` names items by what they were called before: {new id: old id}."""

    id: str
    title: Texts
    items: tuple[Item, ...]
    was: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Finish:
    """What finishing means: keys of the items to be done, and the share of all their points that is needed.

    `pass_share` is what an item needs that says nothing of its own; passing the item `test_out` alone finishes, too.
    """

    items: tuple[str, ...]
    pass_share: float
    score: float
    test_out: str | None


@dataclass(frozen=True, kw_only=True)
class Skill:
    id: str
    title: Texts


@dataclass(frozen=True, kw_only=True)
class Certificate:
    title: Texts
    valid_months: int | None
    skills: tuple[Skill, ...]


@dataclass(frozen=True, kw_only=True)
class Course:
    """A course as its folder says it.

    `digest` names the version; `cover` is a path inside the folder; without `certificate` none is issued.
    `attendance` is the share of the meetings of a training in person (0..1) that finishing asks for; None: none.
    """

    id: str
    digest: str
    path: Path
    title: Texts
    summary: Texts
    language: str
    track: str
    level: str
    hours: int
    audience: tuple[str, ...]
    units: tuple[Unit, ...]
    finish: Finish
    attendance: float | None
    certificate: Certificate | None
    cover: str | None

    def items(self) -> Iterator[tuple[Unit, Item]]:
        """All items in the order they are taken."""
        return ((unit, item) for unit in self.units for item in unit.items)

    def item(self, key: str) -> Item | None:
        return next((item for _, item in self.items() if item.key == key), None)

    def unit(self, id: str) -> Unit | None:
        return next((unit for unit in self.units if unit.id == id), None)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages the title speaks, the course's own first."""
        return tuple(sorted(self.title, key=lambda language: language != self.language))


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a flat folder by name, in order of names; empty where there is no such folder."""
    if not folder.is_dir():
        return {}
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")
    }
