"""`*.quiz.toml` becomes a `Quiz`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graders.course.model import Link, Option, Pair, Question, Quiz, Texts
from graders.course.prose import Places, language_files, read_prose
from graders.course.tables import Problems, Table

KINDS = ("single", "multiple", "number", "text", "order", "match")
OF_KIND = {
    "single": ("options",), "multiple": ("options",), "number": ("answer", "abs", "rel"), "text": ("accept", "exact"),
    "order": ("items",), "match": ("pairs",),
}  # fmt: skip


def read_quiz(
    problems: Problems, path: Path, *, key: str, own: str, optional: bool, pass_share: float, places: Places
) -> Quiz:  # fmt: skip
    """Read one quiz; what is wrong with it goes to `problems`."""
    table = Table.read(problems, path, fallback=own)
    stem = path.name.removesuffix(".quiz.toml")
    text, links = Texts({}, own), dict[str, Link]()
    if language_files(path.parent, f"{stem}.quiz", ".md", own):
        unit = key.partition("/")[0]
        prose = read_prose(
            problems, path.parent, f"{stem}.quiz", own=own, places=places, unit=unit, titled=False
        )  # fmt: skip
        text, links = prose.text, prose.links
    questions = [_question(entry, own) for entry in table.tables("questions", required=True)]
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            table.complain("questions", f'the id "{question.id}" is used twice', "ids stay unique in a quiz")
        seen.add(question.id)
    if not questions:
        table.complain("questions", "there are none", "add at least one")
    quiz = Quiz(
        key=key,
        title=table.texts("title", required=True),
        minutes=table.integer("minutes", max(1, len(questions)), least=1, most=600),
        optional=optional,
        pass_share=table.number("pass", pass_share, most=1),
        links=links,
        folder=path.parent,
        questions=tuple(questions),
        attempts=table.integer("attempts", 0, most=100),
        cooldown=table.integer("cooldown", 0),
        counts=table.choice("counts", ("best", "last"), "best"),
        key_shown=table.choice("key", ("never", "after-passing", "after-last-attempt"), "after-passing"),
        shuffle=table.boolean("shuffle", True),
        text=text,
    )
    table.close()
    return quiz


def _question(table: Table, own: str) -> Question:
    kind = table.choice("kind", KINDS, "single", required=True)
    for other, keys in OF_KIND.items():
        for key in keys:
            if table.has(key) and key not in OF_KIND[kind]:
                table.known.add(key)
                table.complain(key, f'a question of kind "{kind}" has no such key', f'it belongs to kind "{other}"')
    fields: dict[str, Any] = {}
    match kind:
        case "single" | "multiple":
            fields["options"] = _options(table, kind, own)
        case "number":
            fields["answer"] = table.number("answer", 0, required=True, least=-1e15, most=1e15)
            fields["abs"] = table.number("abs", 0)
            fields["rel"] = table.number("rel", 0)
        case "text":
            fields["accept"] = tuple(table.strings("accept", required=True))
            fields["exact"] = table.boolean("exact")
            if not any(text.strip() for text in fields["accept"]):
                table.complain("accept", "no answer is accepted", "list at least one")
        case "order":
            fields["items"] = tuple(_sides(table, "items", own))
            if len(fields["items"]) < 2:
                table.complain("items", "there is nothing to order", "list at least two, in the right order")
        case "match":
            fields["pairs"] = tuple(_pairs(table))
            if len(fields["pairs"]) < 2:
                table.complain("pairs", "there is nothing to match", "list at least two pairs")
    question = Question(
        id=table.id(),
        kind=kind,
        text=table.texts("text", required=True, neutral=True),
        points=table.integer("points", 1, required=True, least=1, most=100),
        why=table.texts("why", neutral=True),
        **fields,
    )
    table.close()
    return question


def _options(table: Table, kind: str, own: str) -> tuple[Option, ...]:
    options = []
    for number, entry in enumerate(table.tables("options", required=True)):
        options.append(
            Option(
                id=str(number),
                text=entry.texts("text", required=True, neutral=True),
                right=entry.boolean("right"),
                why=entry.texts("why", neutral=True),
            )
        )
        entry.close()
    right = sum(option.right for option in options)
    if len(options) < 2:
        table.complain("options", "there is nothing to choose from", "add at least two options")
    elif kind == "single" and right != 1:
        table.complain(
            "options", f"{right} options are right", "mark exactly one with right = true, or ask for multiple"
        )
    elif right == 0:
        table.complain("options", "no option is right", "mark the right ones with right = true")
    return tuple(options)


def _sides(table: Table, key: str, own: str) -> list[Texts]:
    """A list whose entries are plain strings, the same in every language, or tables of languages."""
    sides = []
    for entry in table.raw(key, (list,), "a list", [], required=True):
        if isinstance(entry, str):
            sides.append(Texts({own: entry}, own))
        elif isinstance(entry, dict):
            sides.append(table.languages(key, entry))
        else:
            table.complain(key, "an entry is neither a text nor a table of languages", "write texts in quotes")
    return sides


def _pairs(table: Table) -> list[Pair]:
    pairs = []
    for entry in table.tables("pairs", required=True):
        pairs.append(
            Pair(
                left=entry.texts("left", required=True, neutral=True),
                right=entry.texts("right", required=True, neutral=True),
            )
        )
        entry.close()
    return pairs
