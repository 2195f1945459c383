"""What may be handed in: source files and archives of them; everything else is refused by name."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from graders.course import Course, Exercise, load_course
from graders.uploads import SENTENCES, Refusal, ZipLimits, read_source, read_upload, read_zip
from tests.graders.bad_uploads import BAD, CODE, ODD, ZIPS, archive


@pytest.fixture
def initials(sample: Course) -> Exercise:
    exercise = sample.item("functions/initials")
    assert isinstance(exercise, Exercise)
    return exercise


@pytest.fixture
def two_files(spoiled: Path) -> Exercise:
    for folder in ("starter", "solution", "answers/no-none", "answers/no-middle", "answers/other-right"):
        (spoiled / "functions" / "initials" / folder / "names.txt").write_text("Leyla\n")
    exercise = load_course(spoiled).item("functions/initials")
    assert isinstance(exercise, Exercise)
    return exercise


def refusal(exercise: Exercise, name: str, content: bytes) -> Refusal:
    with pytest.raises(Refusal) as refused:
        read_upload(exercise, {name: content})
    return refused.value


@pytest.mark.parametrize("name", ["initials.py", "INITIALS.PY", "my answer (2).py", "həll.py"])
def test_a_single_file_may_have_any_name(initials: Exercise, name: str) -> None:
    assert read_upload(initials, {name: CODE}) == {"initials.py": CODE}


@pytest.mark.parametrize("name", ["initials.py", "folder/initials.py", "other.py"])
def test_an_archive_holds_the_files_in_one_folder_or_none(initials: Exercise, name: str) -> None:
    files = {name: CODE, "__MACOSX/._x": b"x", ".DS_Store": b"x", "folder/__pycache__/x.pyc": b"x"}
    assert read_upload(initials, {"answer.zip": archive(files)}) == {"initials.py": CODE}


def test_all_files_of_an_exercise_are_asked_for(two_files: Exercise) -> None:
    assert two_files.files == ("initials.py", "names.txt")
    with pytest.raises(Refusal, match=r"“names\.txt” is missing"):
        read_upload(two_files, {"initials.py": CODE})
    with pytest.raises(Refusal, match=r"“notes\.txt” is not one of the files"):
        read_upload(two_files, {"initials.py": CODE, "notes.txt": b"x"})
    with pytest.raises(Refusal, match="there twice"):
        read_upload(two_files, {"initials.py": CODE, "Initials.py": CODE, "names.txt": b""})
    assert list(read_upload(two_files, {"names.txt": b"x", "initials.py": CODE})) == ["initials.py", "names.txt"]


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_taken_is_refused_by_name(sample: Course, what: str) -> None:
    bad = BAD[what]
    exercise = sample.item(bad.item)
    assert isinstance(exercise, Exercise)
    why = refusal(exercise, bad.name, bad.make())
    said = str(why)
    assert why.key == bad.key
    assert [word for word in bad.says if word not in said] == []
    assert said.isprintable() and "%(" not in said and len(said) < 500


@pytest.mark.parametrize("what", ODD)
def test_an_odd_notebook_is_one_all_the_same(sample: Course, what: str) -> None:
    exercise = sample.item("tables/sales")
    assert isinstance(exercise, Exercise)
    taken = json.loads(read_upload(exercise, {"odd.ipynb": ODD[what]})["task.ipynb"])
    assert [cell["source"] for cell in taken["cells"]] == ["x = 1"]


def test_every_refusal_has_an_example() -> None:
    made = {bad.key for bad in BAD.values()} | {"notebook.unreadable", "upload.missing"}  # each has a test of its own
    assert made == set(SENTENCES)


def test_reading_what_was_made_to_be_slow_is_quick_enough(sample: Course) -> None:
    """Processor time of this process: what a bomb costs the site. Notebooks are read in one of their own."""
    exercise = sample.item("functions/initials")
    assert isinstance(exercise, Exercise)
    for bad in ZIPS:
        content = bad.make()
        began = time.process_time()
        refusal(exercise, bad.name, content)
        assert time.process_time() - began < 2, bad.what


def test_nothing_at_all_is_refused(initials: Exercise) -> None:
    with pytest.raises(Refusal, match="Nothing"):
        read_upload(initials, {})


def test_a_byte_order_mark_is_dropped() -> None:
    assert read_source(b"\xef\xbb\xbfx = 1\n", name="a.py") == b"x = 1\n"


def test_other_limits_can_be_given_for_other_archives() -> None:
    content = archive({f"course/{n}/task.md": b"x" for n in range(300)})
    assert len(read_zip(content, name="c.zip", limits=ZipLimits(entries=4000, depth=8))) == 300


def test_every_refusal_names_the_file() -> None:
    assert all("%(name)s" in text for key, text in SENTENCES.items() if key != "upload.empty")
