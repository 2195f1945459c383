"""The learner's side of a question: in a process of its own, it holds no secret, and gives a value, never a verdict."""

from __future__ import annotations

import base64
import builtins
import importlib.util
import io
import json
import os
import sys
import types
from collections.abc import Callable
from typing import Any

import figures
from inside import codec

MOST_MESSAGE = 2000
MOST_TRACE = 12
BUILTINS = frozenset(["len", "str", "repr", "list", "sorted", "print", "iter", "next", "bool", "sum", "int", "float"])

Answer = dict[str, Any]
Named = Callable[[str], str | None]
EMPTY: Answer = {"ended": "crashed", "value": None, "error": None, "exit": None, "plots": []}


class Missing(Exception):
    """The code has no such name; args: the name."""


def ask(question: dict[str, Any], *, box: str, main: str | None, items: int, loaded: Callable[[], None]) -> Answer:
    """Answer a question of `function` mode. `loaded` is called when the learner's file has been imported."""
    if main is None or not os.path.isfile(f"{box}/{main}"):
        return {"ended": "no_code"}

    def work() -> Any:
        module = _import(f"{box}/{main}")
        loaded()
        return ANSWERS[question["q"]](question, module.__dict__)

    return guarded(work, own=lambda file: inside(box, file), items=items)


def run(question: dict[str, Any], *, box: str, main: str | None) -> tuple[Answer, int]:
    """Run the learner's file as a program. Gives what happened and the exit code."""
    if main is None or not os.path.isfile(f"{box}/{main}"):
        return {"ended": "no_code"}, 1
    path = f"{box}/{main}"
    sys.argv[:] = [main, *question.get("args", [])]
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = module

    def work() -> None:
        with io.open_code(path) as file:
            code = compile(file.read(), path, "exec")
        exec(code, module.__dict__)  # noqa: S102 - this is what the process is for
        figures.take_open()

    found = guarded(work, own=lambda file: inside(box, file), items=0)
    if found["ended"] == "value":
        return {"ended": "exited", "plots": found["plots"]}, 0
    if found["ended"] == "raised":
        return found, 1
    return found, found["exit"] & 0xFF


def inside(box: str, file: str) -> str | None:
    """The name of a file in the learner's folder; None of any other."""
    return file[len(box) + 1 :][:80] if file.startswith(f"{box}/") else None


def guarded(work: Callable[[], Any], *, own: Named, items: int) -> Answer:
    """What `work()` gives or raises, as an answer. `own` names the learner's files, and no others."""
    try:
        value = taken(work(), items)
        figures.take_open()
        packed = codec.pack(value)
        return {"ended": "value", "value": packed, "plots": _plots()}
    except SystemExit as leaving:
        code = leaving.code
        number = code if type(code) is int else int(code is not None)
        if code is not None and type(code) is not int:
            print(code, file=sys.stderr)
        return {"ended": "exited", "exit": number}
    except Missing as missing:
        return {
            "ended": "missing",
            "error": {"type": "missing", "message": str(missing)[:200], "args": [], "trace": []},
        }
    except BaseException as error:  # noqa: BLE001 - whatever the learner's code raises is an answer
        return {"ended": "raised", "error": described(error, own)}


def nothing_called(name: str) -> dict[str, Any]:
    return {"type": "missing", "message": codec.plain_text(name)[:200], "args": [], "trace": []}


def whole(found: Answer) -> bytes:
    """An answer as JSON; a value that is too large, or pictures that make it so, stay behind."""
    found = EMPTY | found
    value = codec.dump(found["value"])
    if len(value) + sum(map(len, found["plots"])) > codec.MOST_MADE:
        found["plots"] = []
    rest = json.dumps({key: item for key, item in found.items() if key != "value"}, ensure_ascii=False).encode()
    return rest[:-1] + b',"value":' + value + b"}"


def taken(value: Any, items: int) -> Any:
    """What an iterator gives, up to `items`; any other value as it is."""
    if not hasattr(type(value), "__next__") or isinstance(value, io.IOBase):
        return value
    found: list[Any] = []
    for item in value:
        if len(found) == items:
            return codec.Taken(items=found, ended=False)
        found.append(item)
    return codec.Taken(items=found, ended=True)


def described(error: BaseException, own: Named) -> dict[str, Any]:
    """An exception as the learner may see it: only the learner's own lines, by relative names."""
    kind = type(error)
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - a learner's __str__
        message = ""
    if isinstance(error, SyntaxError):
        message = str(error.msg)
    packed = codec.pack(list(error.args)) if type(error.args) is tuple else []
    return {
        "type": kind.__name__[:80],
        "bases": [base.__name__[:80] for base in kind.__mro__ if issubclass(base, BaseException)][:20],
        "message": codec.plain_text(message)[:MOST_MESSAGE],
        "args": packed[1] if packed and packed[0] == "l" and not isinstance(error, SyntaxError) else [],
        "trace": trace(error, own),
    }


def trace(error: BaseException, own: Named) -> list[list[Any]]:
    """[file, line, text] of the learner's own frames, the outermost first."""
    import linecache

    found: list[list[Any]] = []
    step = error.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        name = own(file)
        if name is not None:
            text = linecache.getline(file, step.tb_lineno).strip()
            found.append([name, step.tb_lineno, codec.plain_text(text)[:200]])
        step = step.tb_next
    if isinstance(error, SyntaxError) and (name := own(str(error.filename))) is not None:
        found.append([name, error.lineno or 0, codec.plain_text(str(error.text or "").strip())[:200]])
    return found if len(found) <= MOST_TRACE else found[:4] + found[4 - MOST_TRACE :]


def _plots() -> list[str]:
    return [base64.b64encode(picture).decode() for picture in figures.pictures]


def _import(path: str) -> types.ModuleType:
    """The learner's file, found by its path: it may be called like a module of the library."""
    name = os.path.basename(path).removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise Missing(os.path.basename(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def find(name: str, *scopes: dict[str, Any]) -> Any:
    """The value of a dotted name. Raises Missing."""
    first, *rest = name.split(".")
    for scope in scopes:
        if first in scope:
            found = scope[first]
            break
    else:
        raise Missing(first)
    for at, part in enumerate(rest):
        try:
            found = getattr(found, part)
        except AttributeError:
            if hasattr(type(found), part):
                raise  # a property of the learner's failed: that is an exception, not a gap
            raise Missing(".".join([first, *rest[: at + 1]])) from None
    return found


def call(question: dict[str, Any], names: dict[str, Any]) -> Any:
    args = [codec.unpack(value) for value in question.get("args", [])]
    kwargs = {name: codec.unpack(value) for name, value in question.get("kwargs", [])}
    return find(question["name"], names)(*args, **kwargs)


def steps(question: dict[str, Any], names: dict[str, Any]) -> Any:
    """Play a scenario; its handles stay here, the value of the last line goes out."""
    handles: dict[str, Any] = {}
    allowed = {name: getattr(builtins, name) for name in BUILTINS}

    def argument(value: Any) -> Any:
        return find(value["name"], handles, names) if isinstance(value, dict) else codec.unpack(value)

    value = None
    for line in question["lines"]:
        if line.get("call") is None:
            value = find(line["name"], handles, names)
        else:
            args = [argument(one) for one in line.get("args", [])]
            kwargs = {name: argument(one) for name, one in line.get("kwargs", [])}
            value = find(line["call"], handles, names, allowed)(*args, **kwargs)
        if line.get("into"):
            handles[line["into"]] = value
    return value


def figure(question: dict[str, Any], names: dict[str, Any]) -> Any:
    figures.take_open()
    if not 1 <= question["index"] <= len(figures.shown):
        raise Missing(f"figure {question['index']}")
    return figures.shown[question["index"] - 1]


def value(question: dict[str, Any], names: dict[str, Any]) -> Any:
    """A name, indexed by literals: `means['tea']`, `xs[0]`, `shop.prices`. Raises Missing for what is not there."""
    import ast

    def look(node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return find(name, names)
            case ast.Attribute(value=inner, attr=name):
                found = look(inner)
                return find(f"it.{name}", {"it": found})
            case ast.Subscript(value=inner, slice=key):
                return look(inner)[ast.literal_eval(key)]
        raise Missing(ast.unparse(node))

    path = question["path"]
    try:
        return look(ast.parse(path, mode="eval").body)
    except (KeyError, IndexError):
        raise Missing(path) from None


ANSWERS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Any]] = {
    "call": call,
    "steps": steps,
    "figure": figure,
    "value": value,
}
