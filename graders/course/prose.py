"""Markdown of lessons and tasks, one file per language: its title, its links, and what is not accepted in it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath

from graders.course.model import LANGUAGES, Link, Texts
from graders.course.tables import Problems, is_file

HEADING = re.compile(r"^#[ \t]++(.+)$")
FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
# No pattern may look at the same text again and again: a line can be as long as a file.
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*+\])*+\]\(\s*+<?([^)\s>]++)>?(?:\s++[\"'(][^)]*+)?\)")
REFERENCE = re.compile(r"^\s{0,3}\[[^\]^]+\]:\s*<?(\S+?)>?(?:\s|$)")
TICKS = re.compile(r"`+")
HTML = re.compile(r"<(?:/?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|!--)")
AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>\s]*>")
OUTSIDE = ("https:", "http:", "mailto:", "#")


@dataclass(frozen=True, kw_only=True)
class Places:
    """What texts of a course may lead to: the keys of its items, and the course folder."""

    root: Path
    keys: Collection[str]

    def find(self, href: str, *, folder: Path, unit: str) -> Link | None:
        """Where `href` leads: to an item by `item`, `unit/item` or its file, or to a file beside the text."""
        target = href.partition("#")[0]
        if "\\" in target or target.startswith("/"):
            return None
        relative = normpath(f"{folder.relative_to(self.root).as_posix()}/{target}")
        name = relative.removesuffix(".md").removesuffix(".quiz.toml")
        for key in (target, f"{unit}/{target}", relative, name, name.rpartition(".")[0]):
            if key.rstrip("/") in self.keys:
                return Link(kind="item", to=key.rstrip("/"))
        parts = relative.split("/")
        secret = {"solution", "answers", "hidden", "checker"} & set(parts) or parts[-1] in (
            "checks.py",
            "exercise.toml",
        )
        if parts[0] != ".." and not secret and is_file(self.root / relative):
            return Link(kind="file", to=relative)
        return None


@dataclass(frozen=True, kw_only=True)
class Prose:
    """`titles` are the first headings, `text` what follows them."""

    titles: Texts
    text: Texts
    links: dict[str, Link]
    minutes: int


def language_files(folder: Path, stem: str, suffix: str, own: str) -> dict[str, Path]:
    """The files `stem.suffix` (in the course's own language) and `stem.xx.suffix` that exist, the own first."""
    names = {own: folder / f"{stem}{suffix}"}
    for language in LANGUAGES:
        path = folder / f"{stem}.{language}{suffix}"
        if language not in names or (path.is_file() and not names[language].is_file()):
            names[language] = path
    return {language: path for language, path in names.items() if path.is_file()}


def read_prose(
    problems: Problems, folder: Path, stem: str, *, own: str, places: Places, unit: str, titled: bool
) -> Prose:  # fmt: skip
    """`stem.md` and its translations. With `titled` each must begin with a heading."""
    titles, texts = {}, {}
    links: dict[str, Link] = {}
    files = language_files(folder, stem, ".md", own)
    if own not in files:
        problems.add(folder / f"{stem}.md", "", "the file is missing", f"add it, in the course's own language ({own})")
    for language, path in files.items():
        lines = problems.text(path).splitlines()
        first = next((number for number, line in enumerate(lines) if line.strip()), None)
        heading = HEADING.match(lines[first]) if first is not None else None
        if heading and first is not None:
            titles[language] = heading.group(1).rstrip(" \t#").strip() or heading.group(1)
            del lines[: first + 1]
        elif titled:
            problems.add(path, "", "there is no title", "begin with a heading: # Title", line=1)
        texts[language] = "\n".join(lines).strip() + "\n"
        _check(problems, path, lines, skipped=(first or 0) + 1 if heading else 0, links=links, places=places, unit=unit)
    words = max((len(text.split()) for text in texts.values()), default=0)
    return Prose(titles=Texts(titles, own), text=Texts(texts, own), links=links, minutes=max(1, round(words / 130)))


def _without_code(line: str) -> str:
    """`line` without its code spans: each ends with the next run of backticks as long as the one it begins with."""
    runs = list(TICKS.finditer(line))
    ends: dict[int, list[int]] = {}
    for number in reversed(range(len(runs))):
        ends.setdefault(len(runs[number][0]), []).append(number)
    kept, at, free = [], 0, 0
    for number, run in enumerate(runs):
        same = ends[len(run[0])]
        same.pop()  # this one; those behind it are left
        if number >= free and same:
            kept.append(line[at : run.start()])
            at, free = runs[same[-1]].end(), same[-1] + 1
    return "".join([*kept, line[at:]])


def _check(
    problems: Problems, path: Path, lines: list[str], *, skipped: int, links: dict[str, Link], places: Places, unit: str
) -> None:
    fence = ""
    for number, line in enumerate(lines, skipped + 1):
        mark = FENCE.match(line)
        if mark and (not fence or (mark.group(1).startswith(fence) and line.strip() == mark.group(1))):
            fence = "" if fence else mark.group(1)
            continue
        if fence or line.startswith("    "):
            continue
        prose = AUTOLINK.sub("", _without_code(line))
        html = HTML.search(prose)
        if html:
            problems.add(path, "", f"raw HTML is not accepted: {html.group()[:40]}", "write Markdown", line=number)
        targets = [match.group(1) for match in LINK.finditer(prose)]
        reference = REFERENCE.match(prose)
        for href in targets + ([reference.group(1)] if reference else []):
            if href.lower().startswith(OUTSIDE):
                continue
            link = places.find(href, folder=path.parent, unit=unit)
            if link:
                links[href] = link
            else:
                problems.add(
                    path, "", f"the link leads nowhere: {href[:80]}",
                    "name an item (unit/item) or a file of the course folder", line=number,
                )  # fmt: skip
    if fence:
        problems.add(path, "", "a code fence is never closed", f"close it with {fence}")
