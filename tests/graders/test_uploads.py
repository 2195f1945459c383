"""What may be handed in: source files and archives of them; everything else is refused by name."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from graders.course import Course, Exercise, load_course
from graders.uploads import SENTENCES, Refusal, ZipLimits, read_source, read_upload, read_zip

CODE = b"def initials(name):\n    return name\n"


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


def archive(files: dict[str, bytes], **how: int) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", how.get("method", zipfile.ZIP_DEFLATED)) as made:
        warnings.simplefilter("ignore")
        for name, content in files.items():
            made.writestr(name, content)
    return buffer.getvalue()


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


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("initials.txt", CODE, "upload.kind"),
        ("initials.exe", b"MZ", "upload.kind"),
        ("initials.py", b"# " + b"x" * 256 * 1024, "upload.large"),
        ("initials.py", "x = 'ə'".encode("cp1254", "replace") + b"\xe9", "upload.not_text"),
        ("initials.py", b"x = 1\0", "upload.nul"),
        ("initials.py", b"# -*- coding: cp1251 -*-\n", "upload.coding"),
        ("a.zip", b"PK\x03\x04 nonsense", "zip.broken"),
        ("a.zip", b"", "zip.broken"),
        ("a.zip", archive({}), "upload.empty"),
        ("a.zip", archive({f"{n}.py": b"" for n in range(201)}), "zip.entries"),
        ("a.zip", archive({"initials.py": b"x" * 21 * 2**20}), "zip.large"),
        ("a.zip", archive({"initials.py": b"x" * 2**20}), "zip.ratio"),
        ("a.zip", archive({"../initials.py": CODE}), "zip.name"),
        ("a.zip", archive({"/etc/passwd": CODE}), "zip.name"),
        ("a.zip", archive({"C:\\initials.py": CODE}), "zip.name"),
        ("a.zip", archive({"a/b/c/d/e/initials.py": CODE}), "zip.name"),
        ("a.zip", archive({"x" * 101: CODE}), "zip.name"),
        ("a.zip", archive({"con.py": CODE}), "zip.name"),
        ("a.zip", archive({"a\x1b[31m.py": CODE}), "zip.name"),
        ("a.zip", archive({"initials.py": CODE, "more.zip": archive({"a": b""})}), "zip.nested"),
        ("a.zip", archive({"initials.py": CODE}, method=zipfile.ZIP_LZMA), "zip.method"),
        ("a.zip", archive({"initials.py": CODE, "Initials.py": CODE}), "upload.twice"),
        ("a.zip", archive({"initials.py": CODE, "other.py": CODE}), "upload.unknown"),
        ("a.tar.gz", b"\x1f\x8b", "upload.kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_by_name(initials: Exercise, name: str, content: bytes, key: str) -> None:
    why = refusal(initials, name, content)
    assert why.key == key
    assert "%(" not in str(why) and "\n" not in str(why) and "\x1b" not in str(why)


def test_nothing_at_all_is_refused(initials: Exercise) -> None:
    with pytest.raises(Refusal, match="Nothing"):
        read_upload(initials, {})


def test_a_byte_order_mark_is_dropped() -> None:
    assert read_source(b"\xef\xbb\xbfx = 1\n", name="a.py") == b"x = 1\n"


def changed(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content and len(old) == len(new)
    return content.replace(old, new)


def test_a_link_in_an_archive_is_refused(initials: Exercise) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        link = zipfile.ZipInfo("initials.py")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert refusal(initials, "a.zip", buffer.getvalue()).key == "zip.link"


def test_a_protected_archive_is_refused(initials: Exercise) -> None:
    content = bytearray(archive({"initials.py": CODE}))
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    assert refusal(initials, "a.zip", bytes(content)).key == "zip.encrypted"


def test_damage_and_a_lying_size_are_refused(initials: Exercise) -> None:
    whole = archive({"initials.py": CODE}, method=zipfile.ZIP_STORED)
    assert refusal(initials, "a.zip", changed(whole, b"return name", b"return nome")).key == "zip.damaged"
    lying = bytearray(whole)
    place = lying.index(b"PK\x01\x02")
    lying[place + 24 : place + 28] = struct.pack("<I", 5)
    assert refusal(initials, "a.zip", bytes(lying)).key == "zip.damaged"


def test_entries_that_share_their_bytes_are_refused(initials: Exercise) -> None:
    content = bytearray(archive({"initials.py": CODE, "second.py": CODE}, method=zipfile.ZIP_STORED))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    assert refusal(initials, "a.zip", bytes(content)).key == "zip.overlap"


def test_other_limits_can_be_given_for_other_archives() -> None:
    content = archive({f"course/{n}/task.md": b"x" for n in range(300)})
    assert len(read_zip(content, name="c.zip", limits=ZipLimits(entries=4000, depth=8))) == 300


def test_every_refusal_names_the_file() -> None:
    assert all("%(name)s" in text for key, text in SENTENCES.items() if key != "upload.empty")
