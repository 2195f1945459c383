"""`checks.py` read without running it: ids, points, titles of its checks, from the decorators."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graders.course.model import Check, Texts
from graders.course.tables import ID, Problems, Table, shown

KEYS = ("points", "hidden", "title", "hint", "data")
# A question names, indexes by literals or takes an attribute; it never compares and never calls.
PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[(?:-?\d+|'[^'\\]*'|\"[^\"\\]*\")\])*")


@dataclass(frozen=True, kw_only=True)
class Written:
    """The checks of a checks.py, whether they draw random numbers, and the names they call in the answer."""

    checks: tuple[Check, ...] = ()
    randomised: bool = False
    called: tuple[str, ...] = ()


def read_checks(problems: Problems, path: Path, *, own: str) -> Written:
    """The checks of `path` in the order they are written; none where there is no such file."""
    if not path.is_file():
        return Written()
    source = problems.text(path)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        problems.add(path, "", f"not valid Python: {error}", "correct the line", line=line)
        return Written()
    lines = source.splitlines()
    checks = [
        _check(problems, path, node, decorator, lines, own)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if _named(decorator) == "check"
    ]
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in names:
        _question(problems, path, node)
    return Written(
        checks=tuple(checks),
        randomised=any(isinstance(node, ast.Name) and node.id == "rng" for node in ast.walk(tree)),
        called=tuple(
            node.args[0].value
            for node in names
            if _method(node) == "call"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ),
    )


def _check(
    problems: Problems, path: Path, node: ast.FunctionDef, decorator: ast.expr, lines: list[str], own: str
) -> Check:  # fmt: skip
    content: dict[str, Any] = {}
    if isinstance(decorator, ast.Call):
        if decorator.args:
            problems.add(path, node.name, "@check takes named arguments only", "write points=…", line=decorator.lineno)
        for keyword in decorator.keywords:
            try:
                content[str(keyword.arg)] = ast.literal_eval(keyword.value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                problems.add(
                    path, f"{node.name}.{keyword.arg}", "the value is not a literal",
                    "write it out; checks.py is read without running it", line=keyword.value.lineno,
                )  # fmt: skip
                content[str(keyword.arg)] = {"points": 1}.get(str(keyword.arg), "")
    table = _Decorator(problems, path, content, lines=lines, start=decorator.lineno - 1, within=node.name, fallback=own)
    if not ID.fullmatch(node.name.lower()):
        problems.add(path, node.name, "cannot be the name of a check", "use latin letters and digits", line=node.lineno)
    check = read_check(table, node.name)
    table.close()
    return check


class _Decorator(Table):
    """The keywords of a decorator, read as a table; every line number is the decorator's."""

    def line(self, key: str) -> int | None:
        return self.start + 1


def read_check(table: Table, id: str, declared: Mapping[str, Any] | None = None) -> Check:
    """What a check in either form says of itself."""
    title = table.texts("title")
    return Check(
        id=id,
        title=title or Texts({table.fallback: id.replace("-", " ").replace("_", " ")}, table.fallback),
        points=table.integer("points", 1, required=True, least=1, most=1000),
        hidden=table.boolean("hidden"),
        hint=table.texts("hint"),
        data=table.string("data") or None,
        declared=declared,
    )


def unique(table: Table, checks: list[Check]) -> tuple[Check, ...]:
    """The checks, each id once; and nothing hidden may be shown by a check that is open."""
    seen: set[str] = set()
    for check in checks:
        if check.id in seen:
            table.complain("checks", f'the id "{check.id}" is used twice', "ids stay unique in an exercise")
        seen.add(check.id)
    return tuple(replace(check, hidden=True) if check.data else check for check in checks)


def _question(problems: Problems, path: Path, node: ast.Call) -> None:
    if _method(node) != "value" or not node.args or not isinstance(node.args[0], ast.Constant):
        return
    asked = node.args[0].value
    if not isinstance(asked, str) or not PATH.fullmatch(asked):
        problems.add(
            path, "value", f"{shown(asked)} is not a name that may be asked for",
            "ask for a value by name, and compare here", line=node.lineno,
        )  # fmt: skip


def _method(node: ast.Call) -> str:
    """`value` of `answer.value(…)` and `solution.value(…)`."""
    function = node.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id in ("answer", "solution") else ""
    return ""


def _named(decorator: ast.expr) -> str:
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
