"""A course folder becomes a `Course`."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from graders.course.digesting import MAX_COURSE, MAX_FILE, digest_of, files_below
from graders.course.exercises import read_exercise
from graders.course.model import LANGUAGES, Certificate, Course, Exercise, Finish, Item, Lesson, Skill, Texts, Unit
from graders.course.prose import Places, language_files, read_prose
from graders.course.quizzes import read_quiz
from graders.course.tables import ID, Problems, Table, shown

TRACKS = ("programming", "ai", "robotics", "accounting", "business", "digital-government")
LEVELS = ("beginner", "intermediate", "advanced")
AUDIENCES = ("youth", "civil-servants", "everyone")
# Python 3.11 counts the depth of syntax trees once for all threads: two that parse at once may get a SystemError.
_one_at_a_time = threading.Lock()


def load_course(path: Path) -> Course:
    """Read the folder `path`. Raises CourseErrors with everything that is wrong."""
    with _one_at_a_time:
        return _load(Path(path).resolve())


def _load(path: Path) -> Course:
    problems = Problems(path)
    table = Table.read(problems, path / "course.toml")
    own = table.choice("language", LANGUAGES, "az", required=True)
    table.fallback = own
    files = files_below(path)
    _check_files(problems, files)
    unit_ids = _ids(table, "units")
    units = {id: Table.read(problems, path / id / "unit.toml", fallback=own) for id in unit_ids}
    references = {id: _references(unit) for id, unit in units.items()}
    places = Places(root=path, keys={f"{unit}/{item}" for unit, items in references.items() for item in items})
    finish = table.table("finish")
    pass_share = finish.number("pass", 0.6, most=1)

    def read_unit(id: str, unit: Table) -> Unit:
        items = [
            _item(problems, unit, path / id, item, reference, own=own, pass_share=pass_share, places=places)
            for item, reference in references[id].items()
        ]
        made = Unit(
            id=id,
            title=unit.texts("title", required=True),
            items=tuple(item for item in items if item),
            was=_renamed(unit, references[id]),
        )
        unit.close()
        return made

    read = tuple(read_unit(id, unit) for id, unit in units.items())
    course = Course(
        id=path.name,
        digest=digest_of(path, files, problems.digests),
        path=path,
        title=table.texts("title", required=True),
        summary=table.texts("summary", required=True),
        language=own,
        track=table.choice("track", TRACKS, "programming", required=True),
        level=table.choice("level", LEVELS, "beginner", required=True),
        hours=table.integer("hours", 1, required=True, least=1, most=2000),
        audience=_audience(table),
        units=read,
        finish=_finish(finish, read, pass_share),
        attendance=_attendance(table),
        certificate=_certificate(problems, table, path),
        cover=next((name for name in ("cover.svg", "cover.png", "cover.jpg") if (path / name).is_file()), None),
    )
    finish.close()
    table.close()
    problems.close()
    return course


def load_exercise(folder: Path) -> Exercise:
    """Read one exercise folder alone, or as its course has it where it lies in one. Raises CourseErrors."""
    folder = Path(folder).resolve()
    root = next((parent for parent in folder.parents[:2] if (parent / "course.toml").is_file()), folder.parent)
    problems = Problems(root)
    own, pass_share = "az", 0.6
    if (root / "course.toml").is_file():
        course = Table.read(problems, root / "course.toml")
        own = course.choice("language", LANGUAGES, "az")
        pass_share = course.table("finish").number("pass", 0.6, most=1)
    neighbours = {
        "/".join(path.parts[-2:]) for path in root.glob("*/*") if path.is_dir() or path.suffix in (".md", ".toml")
    }
    keys = {key.removesuffix(".md").removesuffix(".quiz.toml") for key in neighbours}
    exercise = read_exercise(
        problems, folder, key=f"{folder.parent.name}/{folder.name}", own=own, optional=False, pass_share=pass_share,
        places=Places(root=root, keys=keys),
    )  # fmt: skip
    problems.close()
    return exercise


def _check_files(problems: Problems, files: list[os.DirEntry[str]]) -> None:
    total = 0
    for entry in files:
        if entry.is_symlink():
            problems.add(Path(entry.path), "", "a link to another file", "put the file itself here")
            continue
        size = entry.stat().st_size
        total += size
        if size > MAX_FILE:
            problems.add(Path(entry.path), "", "the file is larger than 5 MiB", "make it smaller")
    if total > MAX_COURSE:
        problems.add("course.toml", "", "the course is larger than 50 MiB", "make its files smaller")


def _ids(table: Table, key: str) -> list[str]:
    ids = table.strings(key, required=True)
    for id, times in Counter(ids).items():
        if not ID.fullmatch(id) or times > 1:
            table.complain(key, f'"{id[:80]}" is not a name, or is there twice', "name each folder once")
    return [id for id in dict.fromkeys(ids) if ID.fullmatch(id)]


def _references(unit: Table) -> dict[str, Table]:
    """The items a unit names, in order: by id, with what is said of them there."""
    found: dict[str, Table] = {}
    for entry in unit.raw("items", (list,), "a list of items", [], required=True):
        content = {"id": entry} if isinstance(entry, str) else entry if isinstance(entry, dict) else {}
        reference = Table(
            unit.problems, unit.path, content, lines=unit.lines, start=(unit.line("items") or 1) - 1, within="items"
        )  # fmt: skip
        id = reference.id() if content else ""
        if not content or not ID.fullmatch(id):
            unit.complain("items", f"{shown(entry)} is not an item", "write its id, or { id = …, optional = true }")
        elif id in found:
            unit.complain("items", f'"{id}" is there twice', "name each item once")
        else:
            found[id] = reference
    return found


def _item(
    problems: Problems,
    unit: Table,
    folder: Path,
    id: str,
    reference: Table,
    *,
    own: str,
    pass_share: float,
    places: Places,
) -> Item | None:
    key = f"{folder.name}/{id}"
    optional = reference.boolean("optional")
    share = reference.number("pass", pass_share, most=1)
    minutes = reference.integer("minutes", 0, most=600)
    reference.close()
    quiz, exercise = folder / f"{id}.quiz.toml", folder / id / "exercise.toml"
    lesson = language_files(folder, id, ".md", own)
    found = [
        name
        for name, there in (("quiz", quiz.is_file()), ("exercise", exercise.is_file()), ("lesson", lesson))
        if there
    ]
    if len(found) != 1:
        problem = f'"{id}" is {" and ".join(found)} at once' if found else f'there is no "{id}"'
        unit.complain("items", problem, f"add {id}.md, {id}.quiz.toml or {id}/exercise.toml, one of them")
        return None
    if exercise.is_file():
        return read_exercise(
            problems, folder / id, key=key, own=own, optional=optional, pass_share=share, places=places
        )  # fmt: skip
    if quiz.is_file():
        return read_quiz(problems, quiz, key=key, own=own, optional=optional, pass_share=share, places=places)
    prose = read_prose(problems, folder, id, own=own, places=places, unit=folder.name, titled=True)
    return Lesson(
        key=key, title=prose.titles, minutes=minutes or prose.minutes, optional=optional, pass_share=share,
        links=prose.links, folder=folder, text=prose.text,
    )  # fmt: skip


def _renamed(unit: Table, references: Mapping[str, Table]) -> dict[str, str]:
    was = unit.raw("was", (dict,), 'a table, { new = "old" }', {})
    for new, old in was.items():
        if new not in references:
            unit.complain("was", f'"{new}" is not an item of this unit', 'write { new = "old" }')
        elif not isinstance(old, str) or old in references:
            unit.complain("was", f"{shown(old)} cannot be what {new} was called", "name an item that is gone")
    return {str(new): str(old) for new, old in was.items()}


def _audience(table: Table) -> tuple[str, ...]:
    audience = table.strings("audience", required=True)
    for name in audience:
        if name not in AUDIENCES:
            table.complain("audience", f'"{name}" is not known', "use " + ", ".join(AUDIENCES))
    return tuple(audience)


def _finish(finish: Table, units: tuple[Unit, ...], pass_share: float) -> Finish:
    items = {item.key: item for unit in units for item in unit.items}
    wanted = finish.raw("items", (str, list), '"all", or a list of items', "all")
    test_out = finish.string("test_out") or None
    if test_out and test_out not in items:  # an id alone is enough where it is the only one
        alone = [key for key in items if key.endswith(f"/{test_out}")]
        if len(alone) != 1:
            finish.complain("test_out", f'there is no item "{test_out}"', "name it as unit/item")
        test_out = alone[0] if len(alone) == 1 else None
    if test_out and not items[test_out].max_points:
        finish.complain("test_out", f'"{test_out}" has no points', "name a quiz or an exercise")
    if isinstance(wanted, list):
        named = finish.strings("items")
        for key in named:
            if key not in items:
                finish.complain("items", f'there is no item "{key[:80]}"', "name it as unit/item")
        keys = tuple(key for key in named if key in items and not items[key].optional)
    else:
        if wanted != "all":
            finish.complain("items", f'"{wanted}" is not known', 'write "all", or a list of items')
        keys = tuple(key for key, item in items.items() if not item.optional and key != test_out)
    return Finish(items=keys, pass_share=pass_share, score=finish.number("score", 0.7, most=1), test_out=test_out)


def _attendance(table: Table) -> float | None:
    if not table.has("attendance"):
        return None
    attendance = table.table("attendance")
    share = attendance.number("share", 1.0, least=0.01, most=1)
    attendance.close()
    return share


def _certificate(problems: Problems, table: Table, path: Path) -> Certificate | None:
    if not table.has("certificate"):
        return None
    certificate = table.table("certificate")
    titles = _skills(problems, path)
    names = certificate.strings("skills")
    for name in names:
        if titles is not None and name not in titles:
            certificate.complain("skills", f'courses/skills.toml has no "{name}"', "add it there, in three languages")
    made = Certificate(
        title=certificate.texts("title", required=True),
        valid_months=certificate.integer("valid_months", 0, most=600) or None,
        skills=tuple(
            Skill(id=name, title=(titles or {}).get(name) or Texts({table.fallback: name}, table.fallback))
            for name in names
        ),
    )
    certificate.close()
    return made


def _skills(problems: Problems, path: Path) -> dict[str, Texts] | None:
    """Titles of skills, from the file all courses share; None where there is none."""
    if not (path.parent / "skills.toml").is_file():
        return None
    table = Table.read(problems, path.parent / "skills.toml")
    return {name: table.texts(name) for name in table.content}
