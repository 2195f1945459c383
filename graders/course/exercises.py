"""An exercise folder becomes an `Exercise`."""

from __future__ import annotations

import re
from pathlib import Path

from graders.course.checks import read_checks, unique
from graders.course.declared import read_declared
from graders.course.digesting import digest_of, files_below
from graders.course.masters import check_answer_notebook, check_masters
from graders.course.model import Answer, Check, Exercise, Hint, Limits, Texts
from graders.course.prose import Places, Prose, language_files, read_prose
from graders.course.tables import Problems, Table
from sandbox.model import Size

KINDS = ("program", "function", "notebook")
LATER = ("model", "robot", "ledger", "project")
STATUSES = (
    "passed",
    "failed",
    "error",
    "wrong_type",
    "timed_out",
    "out_of_memory",
    "output_limit",
    "crashed",
    "not_run",
)
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
FOLDERS = ("starter", "solution", "answers", "data", "hidden", "checker")
OWN_FILES = re.compile(r"exercise\.toml|checks\.py|task(\.(az|ru|en))?\.(md|ipynb)|[\w-]+\.(png|jpg|jpeg|svg|webp|gif)")


def read_exercise(
    problems: Problems, folder: Path, *, key: str, own: str, optional: bool, pass_share: float, places: Places
) -> Exercise:  # fmt: skip
    """Read one exercise; what is wrong with it goes to `problems`."""
    table = Table.read(problems, folder / "exercise.toml", fallback=own)
    kind = table.string("kind", "function", required=True)
    if kind in LATER:
        table.complain("kind", f'"{kind}" cannot be graded yet', "use " + ", ".join(KINDS))
        kind = "function"
    kind = table.choice("kind", KINDS, "function")
    language = table.choice("language", ("python",), "python")
    notebook = kind == "notebook"
    files = ("task.ipynb",) if notebook else tuple(_flat(problems, folder / "starter", required=True))
    main = _main(table, kind, files)
    data = tuple(_flat(problems, folder / "data"))
    sets = _hidden_sets(problems, folder, data)
    declared = [
        read_declared(entry, kind=kind, folder=folder, main=main) for entry in table.tables("checks") if entry.content
    ]
    written = read_checks(problems, folder / "checks.py", own=own)
    checks = unique(table, [*declared, *written.checks])
    _check_checks(table, checks, sets)
    _flat(problems, folder / "checker")
    _solution(problems, folder, files, own=own, notebook=notebook)
    prose = Prose(titles=Texts({}, own), text=Texts({}, own), links={}, minutes=0)
    if not notebook or language_files(folder, "task", ".md", own):
        prose = read_prose(
            problems, folder, "task", own=own, places=places, unit=key.partition("/")[0], titled=False
        )  # fmt: skip
    exercise = Exercise(
        kind=kind,
        key=key,
        title=table.texts("title", required=True),
        minutes=table.integer("minutes", 15, required=True, least=1, most=600),
        optional=optional,
        pass_share=table.number("pass", pass_share, most=1),
        links=prose.links,
        folder=folder,
        language=language,
        task=prose.text,
        attempts=table.integer("attempts", 0, most=100),
        cooldown=table.integer("cooldown", 0, most=86400),
        counts=table.choice("counts", ("best", "last"), "best"),
        limits=_limits(table, notebook),
        hints=_hints(table),
        checks=checks,
        files=files,
        main=main,
        data_files=data,
        hidden_sets=sets,
        answers=_answers(problems, folder, checks),
        randomised=written.randomised,
        digest=digest_of(folder, files_below(folder), problems.digests),
    )
    cost = sum(hint.cost for hint in exercise.hints)
    if cost > exercise.max_points:
        table.complain("hints", f"the hints cost {cost} of {exercise.max_points} points", "lower their cost")
    table.close()
    for path in sorted(folder.iterdir()):
        known = path.name in FOLDERS if path.is_dir() else OWN_FILES.fullmatch(path.name)
        if not known and not path.name.startswith((".", "__")):
            problems.add(path, "", "an exercise has no such file", "move it to data/, checker/ or starter/")
    return exercise


def _main(table: Table, kind: str, files: tuple[str, ...]) -> str:
    if kind == "notebook":
        return "notebook.ipynb"
    python = [name for name in files if name.endswith(".py")]
    if kind == "program" or table.has("run"):
        main = table.string("run", required=True, wanted="the file that is run")
        if main and main not in files:
            table.complain("run", f'starter/ has no file "{main}"', "add it there; those files are handed in")
        return main
    if len(python) != 1 and files:
        table.complain("run", f"starter/ has {len(python)} Python files", 'say which is imported: run = "…"')
    return python[0] if python else ""


def _limits(table: Table, notebook: bool) -> Limits:
    limits = table.table("limits")
    seconds = limits.number("seconds", 10 if notebook else 2, least=0.1, most=30)
    size = limits.choice("memory", [size.value for size in Size], "medium" if notebook else "small")
    if notebook and size == Size.SMALL:
        limits.complain("memory", "a notebook does not fit into it", 'write "medium" or "large"')
    limits.close()
    return Limits(seconds=seconds, memory=Size(size))


def _hints(table: Table) -> tuple[Hint, ...]:
    hints = []
    for entry in table.tables("hints"):
        hints.append(Hint(text=entry.texts("text", required=True), cost=entry.integer("cost", 0, most=100)))
        entry.close()
    return tuple(hints)


def _check_checks(table: Table, checks: tuple[Check, ...], sets: tuple[str, ...]) -> None:
    if not checks:
        table.complain("checks", "there are none", "add [[checks]] or a checks.py")
    for check in checks:
        if check.data and check.data not in sets:
            table.complain("data", f'hidden/ has no set "{check.data}"', "add the folder, or correct the name")
        if "." in check.id:
            table.complain("checks", f'"{check.id}" cannot be a name', "use latin letters, digits, - and _")


def _flat(problems: Problems, folder: Path, *, required: bool = False) -> list[str]:
    """Names of the files of a folder that has no folders in it; what runs in a container is flat."""
    if not folder.is_dir():
        if required:
            problems.add(folder, "", "the folder is missing", "add it, with what the learner begins with")
        return []
    names = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir() or path.is_symlink():
            problems.add(path, "", "only plain files may lie here", "move its files up")
        elif not FILE_NAME.fullmatch(path.name):
            problems.add(path, "", "the name cannot be used in a run", "use latin letters, digits, . - and _")
        else:
            names.append(path.name)
    if required and not names:
        problems.add(folder, "", "the folder is empty", "add what the learner begins with")
    return names


def _hidden_sets(problems: Problems, folder: Path, data: tuple[str, ...]) -> tuple[str, ...]:
    names = []
    for path in sorted((folder / "hidden").iterdir()) if (folder / "hidden").is_dir() else []:
        if path.is_dir():
            names.append(path.name)
            for name in _flat(problems, path):
                if name not in data:
                    problems.add(
                        path / name, "", "data/ has no file of this name", "a set takes the place of files of data/"
                    )
        elif not path.name.startswith("."):
            problems.add(path, "", "a hidden set is a folder", "move the file into one")
    return tuple(names)


def _solution(problems: Problems, folder: Path, files: tuple[str, ...], *, own: str, notebook: bool) -> None:
    """solution/ and each answer hold the files that are handed in, and no other."""
    cells = check_masters(problems, folder, own=own) if notebook else set()
    known = (
        sorted(path for path in (folder / "answers").iterdir() if path.is_dir())
        if (folder / "answers").is_dir()
        else []
    )
    if not (folder / "solution").is_dir():
        problems.add(folder / "solution", "", "the folder is missing", "add a right answer")
    for answer in [folder / "solution", *known]:
        names = [name for name in _flat(problems, answer) if name != "expected.toml"] if answer.is_dir() else []
        for name in files:
            if answer.is_dir() and name not in names:
                problems.add(answer / name, "", "the file is missing", "an answer has every file that is handed in")
            elif notebook and answer.is_dir():
                check_answer_notebook(problems, answer / name, cells)
        for name in names:
            if name not in files:
                problems.add(answer / name, "", "starter/ has no file of this name", "only those are handed in")


def _answers(problems: Problems, folder: Path, checks: tuple[Check, ...]) -> tuple[Answer, ...]:
    answers = []
    for path in sorted((folder / "answers").iterdir()) if (folder / "answers").is_dir() else []:
        if not path.is_dir():
            continue
        table = Table.read(problems, path / "expected.toml")
        points = table.number("points", 0) if table.has("points") else None
        statuses = {check.id: table.choice(check.id, STATUSES, "passed") for check in checks if table.has(check.id)}
        if table.content and points is None and not statuses:
            table.complain("points", "nothing is expected", 'write points = … or check-id = "failed"')
        table.close()
        answers.append(Answer(name=path.name, folder=path, points=points, statuses=statuses))
    return tuple(answers)
