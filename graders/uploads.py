"""What a learner may hand in. What cannot be taken is refused with one sentence that names the file and the limit."""

from __future__ import annotations

import io
import json
import re
import stat
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from graders import parsing
from graders.course import Exercise

MOST_SOURCE = 256 * 1024
MOST_COMMENT = 1024
MOST_PART = 250  # bytes of one name: no file system takes many more
MOST_UPLOAD = 6 * 2**20
PARSING_SECONDS = 20

# The sentence of each refusal; the site words them in the reader's language, by key.
SENTENCES = {
    "upload.empty": "Nothing was handed in.",
    "upload.unknown": "“%(name)s” is not one of the files of this exercise (%(files)s).",
    "upload.missing": "The file “%(name)s” is missing.",
    "upload.twice": "The file “%(name)s” is there twice.",
    "upload.kind": "“%(name)s” cannot be taken here; hand in %(files)s, or a .zip of it.",
    "upload.large": "“%(name)s” is larger than %(limit)s KiB.",
    "upload.not_text": "“%(name)s” is not UTF-8 text; save it as UTF-8.",
    "upload.nul": "“%(name)s” contains a NUL character; it is not a text file.",
    "upload.coding": "“%(name)s” says that it is written in %(found)s; save it as UTF-8.",
    "notebook.large": "“%(name)s” is larger than %(limit)s MiB; clear its outputs and save it again.",
    "notebook.not_json": "“%(name)s” is not a notebook: its content is not JSON.",
    "notebook.not_notebook": "“%(name)s” is JSON, but not a notebook.",
    "notebook.deep": "“%(name)s” is nested more than %(limit)s levels deep.",
    "notebook.version": "“%(name)s” is in notebook format %(found)s; open it in Jupyter and save it as format 4.",
    "notebook.cells": "“%(name)s” has %(found)s cells; at most %(limit)s are taken.",
    "notebook.cell_large": "Cell %(cell)s of “%(name)s” is longer than %(limit)s KiB.",
    "notebook.unreadable": "“%(name)s” could not be read within the time and memory a notebook may take.",
    "zip.broken": "“%(name)s” is not a .zip file that can be read.",
    "zip.comment": "“%(name)s” has a comment longer than %(limit)s KiB.",
    "zip.entries": "“%(name)s” has %(found)s files; at most %(limit)s are taken.",
    "zip.large": "“%(name)s” unpacks to more than %(limit)s MiB.",
    "zip.ratio": "“%(entry)s” in “%(name)s” unpacks to more than %(limit)s times its size.",
    "zip.encrypted": "“%(entry)s” in “%(name)s” is protected by a password.",
    "zip.method": "“%(entry)s” in “%(name)s” is packed in a way that cannot be read; pack it as an ordinary .zip.",
    "zip.link": "“%(entry)s” in “%(name)s” is a link or a device; put the file itself there.",
    "zip.name": "“%(entry)s” in “%(name)s” is a name that cannot be taken; choose a plain one, at most %(limit)s "
    "characters long and %(folders)s folders deep.",
    "zip.nested": "“%(entry)s” in “%(name)s” is an archive in an archive.",
    "zip.overlap": "“%(entry)s” in “%(name)s” shares its bytes with another entry.",
    "zip.damaged": "“%(entry)s” in “%(name)s” is damaged.",
}


class Refusal(Exception):
    """An upload that is not taken: `key` of SENTENCES and its `params`."""

    def __init__(self, key: str, **params: Any) -> None:
        self.key, self.params = key, params
        super().__init__(SENTENCES[key] % params)


@dataclass(frozen=True, kw_only=True)
class ZipLimits:
    """What an archive may hold; the defaults are a learner's."""

    entries: int = 200
    total: int = 20 * 2**20
    ratio: int = 100
    depth: int = 5
    name: int = 100


def read_upload(exercise: Exercise, uploaded: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of an answer by the names the exercise gives them, from files as they were uploaded. Raises Refusal.

    A single file may have any name; a .zip holds the files, in one folder or none. A notebook comes back as its
    sources.
    """
    if not uploaded:
        raise Refusal("upload.empty")
    wanted, listed = exercise.files, ", ".join(exercise.files)
    files: dict[str, bytes] = {}
    for name, content in uploaded.items():
        shown = printable(name)
        if PurePosixPath(name).suffix.lower() == ".zip":
            inner = _without_folder(read_zip(content, name=shown))
        else:
            inner = {PurePosixPath(name.replace("\\", "/")).name: content}
        for inner_name, inner_content in inner.items():
            target = _target(inner_name, wanted, alone=len(inner) == len(uploaded) == 1)
            if target is None:
                key = "upload.unknown" if len(wanted) > 1 or len(inner) > 1 else "upload.kind"
                raise Refusal(key, name=printable(inner_name), files=listed)
            if target in files:
                raise Refusal("upload.twice", name=target)
            files[target] = _checked(printable(inner_name), target, inner_content)
    for name in wanted:
        if name not in files:
            raise Refusal("upload.missing", name=name)
    return {name: files[name] for name in wanted}


def _target(name: str, wanted: tuple[str, ...], *, alone: bool) -> str | None:
    """Which of the `wanted` files `name` is; one file alone may be called anything with the right ending."""
    folded = unicodedata.normalize("NFC", name).casefold()
    for target in wanted:
        if target.casefold() == folded:
            return target
    same = PurePosixPath(name).suffix.lower() == PurePosixPath(wanted[0]).suffix.lower()
    return wanted[0] if alone and len(wanted) == 1 and same else None


def _checked(shown: str, target: str, content: bytes) -> bytes:
    return read_notebook(content, name=shown) if target.endswith(".ipynb") else read_source(content, name=shown)


def read_source(content: bytes, *, name: str) -> bytes:
    """Source text as UTF-8 without a byte order mark. Raises Refusal."""
    if len(content) > MOST_SOURCE:
        raise Refusal("upload.large", name=name, limit=MOST_SOURCE // 1024)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("upload.not_text", name=name) from None
    if "\0" in text:
        raise Refusal("upload.nul", name=name)
    for line in text.splitlines()[:2]:
        coding = re.match(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", line)
        if coding and coding.group(1).lower().replace("_", "-") not in (
            "utf-8",
            "utf8",
            "utf-8-sig",
            "ascii",
            "us-ascii",
        ):
            raise Refusal("upload.coding", name=name, found=coding.group(1)[:40])
    return text.encode()


def read_notebook(content: bytes, *, name: str) -> bytes:
    """The notebook reduced to its sources, read in a process of its own that may die. Raises Refusal."""
    if len(content) > parsing.MOST_BYTES:
        raise Refusal("notebook.large", name=name, limit=parsing.MOST_BYTES // 2**20)
    try:
        reader = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-I", "-S", str(Path(parsing.__file__))],
            input=content, capture_output=True, timeout=PARSING_SECONDS, env={}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Refusal("notebook.unreadable", name=name) from None
    if reader.returncode == 3:
        why = json.loads(reader.stdout)
        raise Refusal(why["key"], name=name, **why["params"])
    if reader.returncode != 0:
        raise Refusal("notebook.unreadable", name=name)
    return reader.stdout


def read_zip(content: bytes, *, name: str, limits: ZipLimits = ZipLimits()) -> dict[str, bytes]:
    """The regular files of an archive by path, nothing ever unpacked to disk. Raises Refusal.

    Folders and what editors leave behind are passed over; everything odd is refused, by name.
    """
    if content[:4] not in (b"PK\x03\x04", b"PK\x05\x06"):  # zipfile looks for an archive at the end of anything
        raise Refusal("zip.broken", name=name)
    if (found := content.count(b"PK\x01\x02")) > 10 * limits.entries:  # before each is made an object
        raise Refusal("zip.entries", name=name, found=found, limit=limits.entries)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except Exception:  # noqa: BLE001 - the boundary: whatever zipfile makes of hostile bytes
        raise Refusal("zip.broken", name=name) from None
    entries = archive.infolist()
    if len(archive.comment) > MOST_COMMENT:
        raise Refusal("zip.comment", name=name, limit=MOST_COMMENT // 1024)
    if len(entries) > limits.entries:
        raise Refusal("zip.entries", name=name, found=len(entries), limit=limits.entries)
    if sum(entry.file_size for entry in entries) > limits.total:
        raise Refusal("zip.large", name=name, limit=limits.total // 2**20)
    _check_ranges(entries, name)
    files: dict[str, bytes] = {}
    folded: set[str] = set()
    for entry in entries:
        shown = printable(entry.filename)
        path = _safe_name(entry, name, shown, limits)
        if entry.flag_bits & 1:
            raise Refusal("zip.encrypted", name=name, entry=shown)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Refusal("zip.link", name=name, entry=shown)
        if entry.is_dir() or _left_behind(path):
            continue
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refusal("zip.method", name=name, entry=shown)
        if entry.file_size > max(1, entry.compress_size) * limits.ratio:
            raise Refusal("zip.ratio", name=name, entry=shown, limit=limits.ratio)
        if path.suffix.lower() in (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"):
            raise Refusal("zip.nested", name=name, entry=shown)
        if str(path).casefold() in folded:
            raise Refusal("upload.twice", name=shown)
        folded.add(str(path).casefold())
        files[str(path)] = _read(archive, entry, name, shown)
    if not files:
        raise Refusal("upload.empty")
    for both in {str(folder) for path in files for folder in PurePosixPath(path).parents} & files.keys():
        raise Refusal("upload.twice", name=printable(both))  # as a file and as a folder
    return files


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, shown: str) -> bytes:
    """The bytes of an entry; one more than it promised is one too many."""
    try:
        with archive.open(entry) as file:
            content = file.read(entry.file_size + 1)
    except Exception:  # noqa: BLE001 - as above
        raise Refusal("zip.damaged", name=name, entry=shown) from None
    if len(content) != entry.file_size:
        raise Refusal("zip.damaged", name=name, entry=shown)
    return content


def _check_ranges(entries: list[zipfile.ZipInfo], name: str) -> None:
    """No two entries may overlap: that is how a small archive unpacks to petabytes."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise Refusal("zip.overlap", name=name, entry=printable(entry.filename))
        end = entry.header_offset + 30 + len(entry.orig_filename.encode("utf-8", "replace")) + entry.compress_size


def _safe_name(entry: zipfile.ZipInfo, name: str, shown: str, limits: ZipLimits) -> PurePosixPath:
    text = unicodedata.normalize("NFC", entry.filename)
    parts = text.rstrip("/").split("/")
    bad = (
        not text.strip("/")
        or text.startswith("/")
        or not text.isprintable()
        or re.search(r'[\\:*?"<>|]', text)
        or "\0" in entry.orig_filename  # zipfile drops what follows it
        or len(text) > limits.name
        or len(parts) > limits.depth
        or any(len(part.encode()) > MOST_PART for part in parts)
        or any(part in ("", ".", "..") or part != part.strip() or part.endswith(".") for part in parts)
        or any(re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", part) for part in parts)
    )
    if bad:
        raise Refusal("zip.name", name=name, entry=shown, limit=limits.name, folders=limits.depth - 1)
    return PurePosixPath(text.rstrip("/"))


def _left_behind(path: PurePosixPath) -> bool:
    return any(part in ("__MACOSX", "__pycache__") or part.startswith(".") for part in path.parts)


def _without_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """By name, where all lie in one folder; by path otherwise, which no exercise knows."""
    folders = {str(PurePosixPath(path).parent) for path in files}
    return {PurePosixPath(path).name: content for path, content in files.items()} if len(folders) == 1 else files


def printable(name: str) -> str:
    """A name from outside as it may be shown: no control characters, no direction marks, not long."""
    shown = "".join(char if char.isprintable() else "�" for char in name)
    return shown if len(shown) <= 80 else shown[:79] + "…"
