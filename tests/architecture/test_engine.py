"""No wait for Docker is without an end: every call goes through `Engine.call`, which bounds it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

SANDBOX = Path(__file__).parents[2] / "sandbox"
MODULES = [path for path in sorted(SANDBOX.glob("*.py")) if path.name != "engine.py"]
CLIENTS = {"APIClient", "DockerClient", "from_env", "UnixHTTPAdapter"}


def calls_around(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Where a client of Docker is made, or used outside what `call` is given: `lambda api: ...` or `def act(api)`."""
    bounded = [node for node in ast.walk(tree) if _is_bounded(node)]
    given = {id(argument) for node in bounded for argument in node.args}
    names = {argument.id for node in bounded for argument in _names(node)}
    takers = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda | ast.FunctionDef) and _takes_client(node)]
    inside = {id(part) for node in takers for part in ast.walk(node)}
    yield from (node for node in takers if isinstance(node, ast.Lambda) and id(node) not in given)
    yield from (node for node in takers if isinstance(node, ast.FunctionDef) and node.name not in names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLIENTS | {"_client"}:
            yield node
        if isinstance(node, ast.Name) and node.id == "api" and id(node) not in inside:
            yield node


def _is_bounded(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "call"


def _names(node: ast.Call) -> Iterator[ast.Name]:
    """The functions given to `call`, by name or as `partial(name, …)`."""
    for argument in node.args:
        yield from (one for one in ast.walk(argument) if isinstance(one, ast.Name))


def _takes_client(node: ast.Lambda | ast.FunctionDef) -> bool:
    return any(
        argument.arg == "api" or (argument.annotation is not None and "APIClient" in ast.unparse(argument.annotation))
        for argument in node.args.args
    )


def test_every_call_of_docker_is_bounded() -> None:
    found = []
    for path in MODULES:
        tree = ast.parse(path.read_text())
        annotations = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.arg) and node.annotation is not None
            for part in ast.walk(node.annotation)
        }
        found += [f"{path.name}:{node.lineno}" for node in calls_around(tree) if id(node) not in annotations]
    assert not found


def test_a_call_around_is_found() -> None:
    for text in (
        "client = docker.APIClient()",
        "docker.from_env().containers.list()",
        "engine._client(3).ping()",
        "ask = lambda api: api.ping()",
        "def ask(api: docker.APIClient): return api.ping()",
        "api.ping()",
    ):
        assert list(calls_around(ast.parse(text))), text
    for text in ("engine.call('asking', lambda api: api.ping())", "def act(api): ...\nengine.call('asking', act)"):
        assert not list(calls_around(ast.parse(text))), text
