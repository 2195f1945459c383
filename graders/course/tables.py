"""A TOML table that knows its file: a wrong key becomes a `ContentError` with line and remedy, and reading goes on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graders.course.errors import ContentError, CourseErrors
from graders.course.model import LANGUAGES, Texts

MOST_NUMBER = 10**18
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Problems:
    """What is wrong with the folder `root`, gathered while it is read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.errors: dict[ContentError, None] = {}  # each once, in order
        self.digests: dict[str, bytes] = {}

    def add(self, file: Path | str, key: str, problem: str, remedy: str, *, line: int | None = None) -> None:
        name = file if isinstance(file, str) else self.name(file)
        error = ContentError(file=name, line=line, key=key, problem=problem, remedy=remedy)
        self.errors[error] = None

    def close(self) -> None:
        """Raises CourseErrors if there was anything."""
        if self.errors:
            raise CourseErrors(sorted(self.errors, key=lambda error: (error.file, error.line or 0)))

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def text(self, path: Path) -> str:
        """The text of a file; empty, with an error, where it cannot be read."""
        try:
            return path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.add(path, "", "the file is missing", "add it")
        except (UnicodeDecodeError, OSError):
            self.add(path, "", "the file is not UTF-8 text", "save it as UTF-8")
        return ""


class Table:
    """One table. Each reading method marks its key as known; `close` complains about the rest."""

    def __init__(
        self, problems: Problems, path: Path, content: Mapping[str, Any], *, lines: Sequence[str], start: int = 0,
        within: str = "", fallback: str = "en",
    ) -> None:  # fmt: skip
        self.problems, self.path, self.content, self.lines = problems, path, content, lines
        self.start, self.within, self.fallback = start, within, fallback
        self.known: set[str] = set()

    @classmethod
    def read(cls, problems: Problems, path: Path, *, fallback: str = "en") -> Table:
        """The file `path`; an empty table, with an error, where there is none or it is not TOML."""
        text = problems.text(path)
        try:
            content = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # numbers and brackets without end, besides what is no TOML
            content = {}
            line = re.search(r"line (\d+)", str(error))
            problems.add(
                path, "", f"not valid TOML: {error}", "correct the line", line=int(line.group(1)) if line else None
            )
        return cls(problems, path, content, lines=text.splitlines(), fallback=fallback)

    def line(self, key: str) -> int | None:
        """Where `key` is written: tomllib does not say, so its first mention in this table is looked for."""
        pattern = re.compile(rf"(?:^|[\s{{,.\[])[\"']?{re.escape(key)}[\"']?\s*(?:=|\.|\])")
        for number, line in enumerate(self.lines[self.start :], self.start + 1):
            if number > self.start + 1 and self.within and re.match(r"\s*\[", line):
                break
            if key in line and pattern.search(line):
                return number
        return self.start + 1 if self.within else None

    def complain(self, key: str, problem: str, remedy: str) -> None:
        name = f"{self.within}.{key}" if self.within and key else key or self.within
        self.problems.add(self.path, name, problem, remedy, line=self.line(key) if key else self.start + 1)

    def close(self) -> None:
        for key in self.content:
            if key not in self.known:
                near = [name for name in sorted(self.known) if name[:3] == key[:3]]
                self.complain(key, "the key is not known here", f"did you mean `{near[0]}`?" if near else "remove it")

    def has(self, key: str) -> bool:
        return key in self.content

    def raw(self, key: str, kinds: tuple[type, ...], wanted: str, default: Any, *, required: bool = False) -> Any:
        self.known.add(key)
        if key not in self.content:
            if required and self.content:
                self.complain(key, "the key is missing", f"add it: {wanted}")
            return default
        value = self.content[key]
        huge = isinstance(value, int) and abs(value) > MOST_NUMBER
        if huge or not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            self.complain(key, f"{shown(value)} is not {wanted}", f"write {wanted}")
            return default
        return value

    def string(self, key: str, default: str = "", *, required: bool = False, wanted: str = "a text in quotes") -> str:
        return str(self.raw(key, (str,), wanted, default, required=required))

    def boolean(self, key: str, default: bool = False) -> bool:
        return bool(self.raw(key, (bool,), "true or false", default))

    def number(
        self, key: str, default: float, *, required: bool = False, least: float = 0.0, most: float = 1e9
    ) -> float:
        value = self.raw(key, (int, float), "a number", default, required=required)
        if not least <= value <= most:
            self.complain(key, f"{value} is out of bounds", f"write a number from {least:g} to {most:g}")
            return default
        return float(value)

    def integer(self, key: str, default: int, *, required: bool = False, least: int = 0, most: int = 10**6) -> int:
        value = int(self.raw(key, (int,), "a whole number", default, required=required))
        if key in self.content and not least <= value <= most:
            self.complain(key, f"{value} is out of bounds", f"write a whole number from {least} to {most}")
            return default
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str, *, required: bool = False) -> str:
        wanted = "one of " + ", ".join(f'"{name}"' for name in allowed)
        value = self.string(key, default, required=required, wanted=wanted)
        if value not in allowed:
            self.complain(key, f'"{value}" is not known', f"write {wanted}")
            return default
        return value

    def id(self, key: str = "id") -> str:
        value = self.string(key, required=True)
        if value and not ID.fullmatch(value):
            self.complain(key, f'"{value}" cannot be a name', "use small latin letters, digits, - and _")
        return value

    def strings(self, key: str, *, required: bool = False) -> list[str]:
        value = self.raw(key, (list,), "a list of texts", [], required=required)
        if not all(isinstance(entry, str) for entry in value):
            self.complain(key, "not every entry is a text", "write a list of texts in quotes")
            return []
        return list(value)

    def texts(self, key: str, *, required: bool = False, neutral: bool = False) -> Texts:
        """A table of languages; `neutral`: a plain string is allowed too and is the same in all."""
        value = self.raw(
            key, (dict, str) if neutral else (dict,), "a text for each language: { en = …, az = …, ru = … }", {},
            required=required,
        )  # fmt: skip
        if isinstance(value, str):
            return Texts({self.fallback: value}, self.fallback)
        return self.languages(key, value) if value else Texts({}, self.fallback)

    def languages(self, key: str, value: Mapping[str, Any]) -> Texts:
        for language, text in value.items():
            if language not in LANGUAGES:
                self.complain(key, f'"{language}" is not a language of the site', "use en, az and ru")
            elif not isinstance(text, str):
                self.complain(key, f"the text for {language} is not a text", "write it in quotes")
        texts = {language: text for language, text in value.items() if isinstance(text, str)}
        missing = [
            name for name in LANGUAGES if not texts.get(name, "").strip() and (name in texts or name not in value)
        ]
        if missing:
            self.complain(key, f"there is no text for {', '.join(missing)}", "translate it")
        return Texts(texts, self.fallback)

    def table(self, key: str, *, required: bool = False) -> Table:
        value = self.raw(key, (dict,), "a table", {}, required=required)
        return self._inner(key, value, self.line(key) or self.start + 1)

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        value = self.raw(key, (list,), f"tables, each under [[{key}]]", [], required=required)
        if not all(isinstance(entry, dict) for entry in value):
            self.complain(key, "not every entry is a table", f"write each under [[{key}]]")
            return []
        outer = re.sub(r"\[.*?\]", "", self.within)
        name = re.escape(f"{outer}.{key}" if outer else key)
        header = re.compile(rf"\s*\[\[\s*{name}\s*\]\]")
        found = [number for number, line in enumerate(self.lines[self.start :], self.start + 1) if header.match(line)]
        starts = found + [self.line(key) or self.start + 1] * len(value)
        return [self._inner(f"{key}[{index + 1}]", entry, starts[index]) for index, entry in enumerate(value)]

    def _inner(self, name: str, content: Mapping[str, Any], line: int) -> Table:
        within = f"{self.within}.{name}" if self.within else name
        return Table(
            self.problems, self.path, content, lines=self.lines, start=line - 1, within=within, fallback=self.fallback
        )  # fmt: skip


def is_file(path: Path) -> bool:
    """Also of names that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python does not write the longest numbers
        text = "a number of thousands of digits"
    return text if len(text) <= 40 else text[:39] + "…"
