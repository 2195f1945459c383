"""The house keeps its shape: sizes, names, and who may touch the request. Each test lists every offender at once."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path
    for top in ("app", "graders", "sandbox")
    for path in (ROOT / top).rglob("*.py")
    if not {"node_modules", "migrations"} & set(path.parts)
)
TESTS = sorted(path for path in (ROOT / "tests").rglob("test_*.py") if "hostile" not in path.parts)
MOST_LINES = 400
VAGUE = {"utils", "util", "helpers", "common", "base", "core", "services", "managers", "misc", "lib"}
OF_THE_REQUEST = {"current_user", "request", "session", "flash", "url_for"}
AT_THE_EDGE = re.compile(r"(.*_)?(views|pages)\.py|(login|web|access|errors|navigation|showing)\.py")
EXECUTE_WHAT_THEY_READ = {"pickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[tuple[str, str]]:
    """(module, name) of every import; the name is empty for `import module`."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {(node.module or "", alias.name) for alias in node.names}
    return found


def test_a_module_is_short_or_says_why_not() -> None:
    long = {
        relative(path): lines
        for path in MODULES
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
        and "long because" not in (ast.get_docstring(tree(path)) or "").lower()
    }
    assert not long


def test_names_say_what_is_inside() -> None:
    assert not [relative(path) for path in MODULES if VAGUE & {path.stem, *path.relative_to(ROOT).parts}]


def test_the_request_is_known_at_the_edge_only() -> None:
    inside = [path for path in MODULES if path.is_relative_to(ROOT / "app") and not AT_THE_EDGE.fullmatch(path.name)]
    assert not {
        relative(path): names
        for path in inside
        if (names := {n for m, n in imported(path) if m in ("flask", "flask_login")} & OF_THE_REQUEST)
    }


def test_a_module_says_what_it_is_for() -> None:
    assert not [relative(path) for path in MODULES if tree(path).body and not ast.get_docstring(tree(path))]


def test_nothing_that_executes_what_it_reads_is_imported() -> None:
    """Bytes from a container or an upload must never be unpickled."""
    outside = [path for path in MODULES if not relative(path).startswith("sandbox/images")]
    assert not [
        relative(path)
        for path in outside
        if {module.partition(".")[0] for module, _ in imported(path)} & EXECUTE_WHAT_THEY_READ
    ]


def test_every_test_asserts_something() -> None:
    """By an assert, by expecting an error, or by letting through one kind of error and no other."""

    def asserts(test: ast.FunctionDef) -> bool:
        for node in ast.walk(test):
            if isinstance(node, ast.Assert | ast.Try):
                return True
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ("raises", "suppress") or name.startswith(("expect", "assert", "to_", "check", "must")):
                    return True
        return False

    assert not [
        f"{relative(path)}::{node.name}"
        for path in TESTS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not asserts(node)
    ]


def test_the_repository_has_only_its_top_level() -> None:
    known = {"app", "courses", "graders", "sandbox", "tests", "benchmarks", "requirements.txt", "requirements.in"}
    known |= {"wsgi.py", "run", "test", "pyproject.toml", "README.md", "var", "__pycache__"}
    assert {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} <= known
