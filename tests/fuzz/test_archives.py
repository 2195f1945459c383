"""Uploads of hostile bytes: files within their limits and with plain names, or one clear refusal."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.course import Exercise, load_course
from graders.uploads import MOST_SOURCE, Refusal, ZipLimits, read_source, read_upload, read_zip
from tests.fuzz.spoiling import ODD, bounded, examples, spoiled
from tests.graders.bad_uploads import CODE, ZIPS, archive, twice

LIMITS = ZipLimits(entries=20, total=100_000, ratio=50, depth=3, name=40)
WHOLE = [
    archive({"initials.py": CODE}),
    archive({"a/initials.py": CODE, "a/": b"", "__MACOSX/x": b"y"}, zipfile.ZIP_STORED),
    archive({"a": b"", "ə.py": CODE * 20}, comment=b"x" * 30),
    *(data for bad in ZIPS if len(data := bad.make()) < 3000),
]
names = st.text(max_size=12) | st.sampled_from(
    ["a", "a/b", "A",
      "../a", "/a", "a/", "a\\b", "con", "e\u0301", "\u00e9", "a.zip", "initials.py", "x" * 50, "ə" * 30, "\0", ".a"]
)  # fmt: skip


@pytest.fixture(scope="module")
def initials() -> Exercise:
    exercise = load_course(Path(__file__).parents[1] / "graders" / "sample_course").item("functions/initials")
    assert isinstance(exercise, Exercise)
    return exercise


def check_said(why: Refusal) -> None:
    assert str(why).isprintable() and len(str(why)) < 500


def check_read(data: bytes) -> None:
    with bounded():
        try:
            files = read_zip(data, name="a.zip", limits=LIMITS)
        except Refusal as why:
            check_said(why)
            return
    assert 0 < len(files) <= LIMITS.entries
    assert sum(map(len, files.values())) <= LIMITS.total
    assert len({name.casefold() for name in files}) == len(files)
    for name in files:
        path = PurePosixPath(name)
        assert str(path) == name and not path.is_absolute() and name.isprintable()
        assert not {"..", "."} & set(path.parts) and len(path.parts) <= LIMITS.depth and len(name) <= LIMITS.name
        assert not {str(folder) for folder in path.parents} & files.keys()  # so that it can be written to a disk


@examples(500)
@given(spoiled(WHOLE, most=3))
def test_a_spoiled_archive_is_read_within_limits_or_refused(data: bytes) -> None:
    check_read(data)


@examples(200)
@given(st.lists(st.tuples(names, st.binary(max_size=40), st.integers(0, 2**32 - 1)), max_size=6))
def test_an_archive_of_any_names_is_read_within_limits_or_refused(entries: list[tuple[str, bytes, int]]) -> None:
    buffer = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(buffer, "w") as made:
        for name, content, attributes in entries:
            entry = zipfile.ZipInfo("x")
            entry.filename, entry.external_attr = name.encode("utf-8", "replace").decode(), attributes
            made.writestr(entry, content)
    check_read(buffer.getvalue())


@examples(200)
@given(
    st.dictionaries(
        names | st.sampled_from(["initials.py", "x.PY", "a.zip", "b.ZIP", "a.ipynb", "."]),
        st.binary(max_size=60) | spoiled([CODE, twice("initials.py")]) | st.sampled_from(ODD),
        max_size=3,
    )
)
def test_files_of_any_name_are_an_answer_or_refused(initials: Exercise, files: dict[str, bytes]) -> None:
    with bounded():
        try:
            answer = read_upload(initials, files)
        except Refusal as why:
            check_said(why)
        else:
            assert list(answer) == ["initials.py"]


@examples(200)
@given(spoiled([CODE, b"# -*- coding: utf-8 -*-\nx = '\xc9\x99'\n"]) | st.binary(max_size=50))
def test_a_source_is_text_or_refused(content: bytes) -> None:
    with bounded():
        try:
            source = read_source(content, name="a.py").decode()
        except Refusal as why:
            check_said(why)
        else:
            assert len(source) <= MOST_SOURCE and "\0" not in source and not source.startswith("\ufeff")
