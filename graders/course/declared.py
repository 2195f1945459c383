"""A `[[checks]]` table becomes an entry of `checks.json`, as the checker reads it (see sandbox/inside/README.md)."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

from graders.course.checks import PATH, read_check
from graders.course.literals import BUILTINS, Call, Handle, NotALiteral, parse_call, parse_literal, parse_steps
from graders.course.model import Check
from graders.course.tables import Table, is_file
from sandbox.inside.codec import pack

EXPECTATIONS = ("gives", "close_to", "raises", "prints")
Entry = dict[str, Any]


def read_declared(table: Table, *, kind: str, folder: Path, main: str) -> Check:
    """One declared check of an exercise of `kind`; what is wrong goes to the table's problems."""
    id = table.id()
    match kind:
        case "function":
            shown, question = _function_question(table)
            expect = _value_expected(table)
        case "notebook":
            shown = table.string("value", required=True, wanted='the name of a value, "best"')
            question = {"q": "value", "path": shown}
            if shown and not PATH.fullmatch(shown):
                table.complain(
                    "value", f"`{shown}` is not a name that may be asked for", "name a value, index by literals"
                )
            expect = _value_expected(table)
        case _:
            shown, question = _program_question(table, folder=folder, main=main)
            expect = _program_expected(table, folder=folder)
            question["read"] = sorted(expect.get("writes", {}))
    declared = {"id": id, "shown": shown, "question": question, "expect": expect}
    check = read_check(table, id, declared)
    table.close()
    return check


def checks_json(checks: tuple[Check, ...]) -> bytes:
    """The declared ones of `checks` as the checker reads them."""
    return json.dumps({"checks": [check.declared for check in checks if check.declared]}).encode()


def names_called(check: Check) -> list[str]:
    """The names a declared check calls in the answer, first parts only."""
    question = check.declared["question"] if check.declared else {}
    calls = (
        [question.get("name")] if question.get("q") == "call" else [line["call"] for line in question.get("lines", ())]
    )
    return [name.partition(".")[0] for name in calls if name]


def _codec(value: Any) -> Any:
    return {"name": value.name} if isinstance(value, Handle) else pack(value)


def _arguments(call: Call) -> Entry:
    return {"args": [_codec(value) for value in call.args], "kwargs": [[k, _codec(v)] for k, v in call.kwargs]}


def _function_question(table: Table) -> tuple[str, Entry]:
    if table.has("steps"):
        lines = table.strings("steps", required=True)
        try:
            calls = parse_steps(lines)
        except NotALiteral as error:
            table.complain("steps", str(error), "write calls and names with literals, one a line")
            calls = []
        if not lines:
            table.complain("steps", "there are none", "the last line is what is checked")
        steps = []
        for call in calls:
            names = {"call": call.name, "name": None} if call.called else {"call": None, "name": call.name}
            steps.append({"into": call.into, **names, **_arguments(call)})
        return "\n".join(lines), {"q": "steps", "lines": steps}
    shown = table.string("call", required=True, wanted='a call with literals, "area(3, 4)"')
    try:
        call = parse_call(shown) if shown else Call(name="", called=True, args=(), kwargs=())
    except NotALiteral as error:
        table.complain("call", str(error), "write one call with literals")
        call = Call(name="", called=True, args=(), kwargs=())
    if call.name in BUILTINS:
        table.complain("call", f"`{call.name}` is Python's own", "call what the learner writes")
    return shown, {"q": "call", "name": call.name, **_arguments(call)}


def _value_expected(table: Table) -> Entry:
    given = [key for key in EXPECTATIONS if table.has(key)]
    if len(given) > 1:
        table.complain(given[1], f"`{given[0]}` is already expected", "keep one of them")
    if table.has("close_to"):
        return {"is": "close_to", "value": _literal(table, "close_to"), **_tolerance(table)}
    if table.has("gives"):
        value = _literal(table, "gives")
        if table.content["gives"] in ("None", None):
            table.complain("gives", "doing nothing gives None, too", "ask for a value, or for what is printed")
        return {"is": "gives", "value": value}
    if table.has("raises"):
        name = table.string("raises")
        if not name.isidentifier():
            table.complain("raises", f'"{name}" is not the name of an exception', 'write "ValueError"')
        return {"is": "raises", "name": name}
    if table.has("prints"):
        text = table.string("prints")
        if not text.strip():
            table.complain("prints", "doing nothing prints nothing, too", "ask for a text")
        return {"is": "prints", "text": text}
    return {"is": "solution"}


def _literal(table: Table, key: str) -> Any:
    """The codec value of a literal; a bare number may stand without quotes."""
    raw = table.raw(key, (str, int, float), "a Python literal in quotes", "0")
    try:
        return _codec(parse_literal(raw) if isinstance(raw, str) else raw)
    except NotALiteral as error:
        table.complain(key, str(error), "write it as the Python prompt shows it")
        return _codec(0)


def _tolerance(table: Table) -> Entry:
    return {"rel": repr(table.number("rel", 1e-9)), "abs": repr(table.number("abs", 0.0))}


def _program_question(table: Table, *, folder: Path, main: str) -> tuple[str, Entry]:
    args, stdin = table.strings("args"), table.string("stdin")
    files = []
    for name in table.strings("files"):
        if name.startswith("checker/"):
            content = _file(table, "files", folder, name)
            if not table.content.get("hidden"):
                table.complain("files", f'"{name}" would be shown', "make the check hidden, or put the file into data/")
            files.append([name.rpartition("/")[2], b64encode(content).decode()])
        else:  # it is there already
            _file(table, "files", folder, f"data/{name.removeprefix('data/')}")
    shown = " ".join([main, *args]) + (f"\n{stdin}" if stdin else "")
    return shown, {"q": "program", "args": args, "stdin": b64encode(stdin.encode()).decode(), "files": files}


def _program_expected(table: Table, *, folder: Path) -> Entry:
    stdout = table.string("stdout") if table.has("stdout") else None
    code = table.integer("exit_code", 0, most=255) if table.has("exit_code") else None
    writes = {}
    for name, source in table.raw("writes", (dict,), 'a table, { "out.csv" = "checker/out.csv" }', {}).items():
        if not str(source).startswith("checker/"):
            table.complain("writes", f'"{source}" is not a file of checker/', "expected files lie there")
        writes[name] = b64encode(_file(table, "writes", folder, str(source))).decode()
    if stdout is not None and not stdout.strip() and not writes and not code:
        table.complain("stdout", "doing nothing prints nothing, too", "ask for a text")
    compare = table.choice("compare", ("text", "tokens", "numbers"), "text")
    return {
        "is": "program", "stdout": stdout, "compare": compare, **_tolerance(table), "exit_code": code, "writes": writes,
    }  # fmt: skip


def _file(table: Table, key: str, folder: Path, name: str) -> bytes:
    path = folder / name
    if ".." in path.parts or not is_file(path):
        table.complain(key, f'there is no file "{name}"', "add it, or correct the name")
        return b""
    return path.read_bytes()
