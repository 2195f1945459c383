"""Lines of a scenario (`s = Stack()`, `s.push(1)`, `len(s)`, `s.size`) as the wire carries them; never evaluated."""

from __future__ import annotations

import ast
from typing import Any

from inside import codec


def parse(lines: list[str]) -> list[dict[str, Any]]:
    """Raises ValueError for a line that is more than one call or name."""
    handles: set[str] = set()
    found = []
    for line in lines:
        into, node = None, ast.parse(line.strip()).body
        if len(node) != 1:
            raise ValueError(f"one call or name a line: {line}")
        statement = node[0]
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=work):
                into = name
            case ast.Expr(value=work):
                pass
            case _:
                raise ValueError(f"neither a call nor a name: {line}")
        found.append({"into": into, **_work(work, handles, line)})
        if into:
            handles.add(into)
    return found


def _work(node: ast.expr, handles: set[str], line: str) -> dict[str, Any]:
    if not isinstance(node, ast.Call):
        return {"call": None, "name": _dotted(node, line), "args": [], "kwargs": []}
    args = [_argument(one, handles, line) for one in node.args]
    kwargs = [[str(one.arg), _argument(one.value, handles, line)] for one in node.keywords]
    return {"call": _dotted(node.func, line), "name": None, "args": args, "kwargs": kwargs}


def _argument(node: ast.expr, handles: set[str], line: str) -> Any:
    if isinstance(node, (ast.Name, ast.Attribute)) and _dotted(node, line).split(".")[0] in handles:
        return {"name": _dotted(node, line)}
    return codec.pack(ast.literal_eval(node))


def _dotted(node: ast.expr, line: str) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr=name):
            return f"{_dotted(inner, line)}.{name}"
    raise ValueError(f"not a name: {line}")
