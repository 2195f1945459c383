"""Uploads that cannot be taken, with what they are refused for: for the reader's tests and for those of its page.

Each is for the exercise `functions/initials` of the sample course, the notebooks for `tables/sales`.
"""

from __future__ import annotations

import io
import json
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

CODE = b"def initials(name):\n    return name\n"
KIB, MIB = 1024, 2**20


@dataclass(frozen=True, kw_only=True)
class Bad:
    """`make` gives the bytes of `name`. `says`: what its sentence names, whatever the language: entry, cell, limit."""

    what: str
    name: str
    make: Callable[[], bytes]
    key: str
    says: tuple[str, ...]

    @property
    def item(self) -> str:
        return "tables/sales" if self.name.endswith(".ipynb") else "functions/initials"


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as made:
        warnings.simplefilter("ignore")
        made.comment = comment
        for name, content in files.items():
            entry = zipfile.ZipInfo("placeholder")
            entry.filename, entry.compress_type = name, method
            made.writestr(entry, content)
    return buffer.getvalue()


def twice(*names: str) -> bytes:
    """An archive with an entry for each name, also where two are the same."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as made:
        warnings.simplefilter("ignore")
        for name in names:
            made.writestr(name, CODE)
    return buffer.getvalue()


def special(kind: int, content: bytes = b"/etc/passwd") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        entry = zipfile.ZipInfo("initials.py")
        entry.external_attr = (kind | 0o644) << 16
        made.writestr(entry, content)
    return buffer.getvalue()


def spoiled(content: bytes, at: int, new: bytes, mark: bytes = b"PK\x01\x02") -> bytes:
    """Bytes of the first record that begins with `mark` replaced: `at` counts from its beginning."""
    place = content.index(mark) + at
    return content[:place] + new + content[place + len(new) :]


def overlapping() -> bytes:
    content = archive({"initials.py": CODE, "second.py": CODE}, zipfile.ZIP_STORED)
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1) + 42
    return content[:second] + struct.pack("<I", 0) + content[second + 4 :]


def one_body(count: int) -> bytes:
    """`count` entries that are all the bytes of the first: small, and endless when unpacked."""
    whole = archive({"00000.py": b"#" * 100_000})
    start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entry = whole[start:end]
    directory = b"".join(entry.replace(b"00000.py", b"%05d.py" % number) for number in range(count))
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, min(count, 65535), min(count, 65535), len(directory), start, 0)
    return whole[:start] + directory + last


def zip64(offset: int) -> bytes:
    """An entry that is said to begin at `offset`, which only the large form can say."""
    content = archive({"initials.py": CODE}, zipfile.ZIP_STORED)
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    extra = struct.pack("<HHQ", 1, 8, offset)
    entry = bytearray(content[start:end])
    entry[30:32], entry[42:46] = struct.pack("<H", len(extra)), b"\xff" * 4
    directory = bytes(entry) + extra
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), start, 0)
    return content[:start] + directory + last


def bomb_of_zeros(size: int) -> bytes:
    """An entry that says it is small and is `size` bytes of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(bytes(size)) + packer.flush()
    content = archive({"initials.py": b"x" * 100}, zipfile.ZIP_STORED)
    head = content[: content.index(b"x" * 100)]
    sizes = struct.pack("<HHHIII", 8, 0, 0x21, zlib.crc32(bytes(size)), len(data), 100)
    head = head[:8] + sizes + head[26:]
    entry = bytearray(content[content.index(b"PK\x01\x02") : content.index(b"PK\x05\x06")])
    entry[10:28] = sizes
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(head) + len(data), 0)
    return head + data + bytes(entry) + last


def notebook(cells: list[object] | None = None, **more: object) -> bytes:
    return json.dumps({"cells": cells or [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more).encode()


def code(source: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source}


NAMES = {
    "a path to the parent": "../initials.py",
    "a path through a folder to the parent": "a/../../initials.py",
    "a path that stands still": "a/./initials.py",
    "an absolute path": "/etc/initials.py",
    "a drive": "C:/initials.py",
    "back-slashes": "..\\initials.py",
    "a stream of a file": "initials.py:stream",
    "a name with NUL": "initials.py\0.txt",
    "a name with a line break": "initials\n.py",
    "a name with colours": "a\x1b[31m.py",
    "a name with a C1 control": "a\x9bm.py",
    "a name written from right to left": "\u202eyp.slaitini",
    "a name of a device": "con.py",
    "a name of a device without ending": "AUX",
    "a name with a dot at its end": "initials.py.",
    "a name with a blank at its end": "initials.py ",
    "a name with a blank in front": " initials.py",
    "a name of a tag": "<script>alert(1)</script>.py",
    "an empty part": "a//initials.py",
    "a star": "*.py",
}


def packed(what: str, key: str, make: Callable[[], bytes], *says: str) -> Bad:
    return Bad(what=what, name="a.zip", make=make, key=key, says=says)


def zipped(what: str, key: str, make: Callable[[], bytes], *says: str) -> Bad:
    return packed(what, key, make, "a.zip", *says)


def source(what: str, key: str, make: Callable[[], bytes], *says: str) -> Bad:
    return Bad(what=what, name="initials.py", make=make, key=key, says=("initials.py", *says))


def noted(what: str, key: str, make: Callable[[], bytes], *says: str) -> Bad:
    return Bad(what=what, name="n.ipynb", make=make, key=key, says=("n.ipynb", *says))


def bad_name(what: str, name: str) -> Bad:
    return zipped(what, "zip.name", lambda: archive({name: CODE}), "100", "4")


ZIPS = [
    *(bad_name(what, name) for what, name in NAMES.items()),
    bad_name("a name that is too long", "x" * 98 + ".py"),
    bad_name("a name that is too deep", "a/b/c/d/e/initials.py"),
    zipped("nonsense", "zip.broken", lambda: b"PK\x03\x04 nonsense"),
    zipped("nothing", "zip.broken", bytes),
    zipped("a notebook called .zip", "zip.broken", notebook),
    zipped("an image that is an archive, too", "zip.broken", lambda: b"\x89PNG\r\n" + archive({"initials.py": CODE})),
    zipped("cut off", "zip.broken", lambda: archive({"initials.py": CODE * 9})[:-30]),
    zipped(
        "names that are not UTF-8",
        "zip.broken",
        lambda: archive({"initials.py": CODE, "ə.py": CODE}).replace("ə".encode(), b"\xff\xfe"),
    ),
    zipped(
        "a directory beyond the end",
        "zip.broken",
        lambda: spoiled(archive({"a.py": CODE}), 12, b"\xff" * 4, b"PK\x05\x06"),
    ),
    packed("a folder and nothing else", "upload.empty", lambda: archive({"a/": b"", "__MACOSX/x": b"x"})),
    zipped("too many entries", "zip.entries", lambda: archive({f"{n}.py": b"" for n in range(201)}), "201", "200"),
    zipped("a hundred thousand entries", "zip.entries", lambda: one_body(100000), "100000", "200"),
    zipped("a long comment", "zip.comment", lambda: archive({"initials.py": CODE}, comment=b"x" * 60000), "1"),
    zipped("21 MiB", "zip.large", lambda: archive({"initials.py": b"x" * 21 * MIB}), "20"),
    zipped(
        "4 GiB by its own word",
        "zip.large",
        lambda: spoiled(archive({"initials.py": CODE}), 24, b"\xfe\xff\xff\xff"),
        "20",
    ),
    zipped("a mebibyte of nothing", "zip.ratio", lambda: archive({"initials.py": b"x" * MIB}), "initials.py", "100"),
    zipped("a bomb that says it is small", "zip.damaged", lambda: bomb_of_zeros(50 * MIB), "initials.py"),
    zipped("fifty entries with one body", "zip.overlap", lambda: one_body(50), "00001.py"),
    zipped("two entries with one body", "zip.overlap", overlapping, "second.py"),
    zipped(
        "an entry beyond the end",
        "zip.damaged",
        lambda: spoiled(archive({"initials.py": CODE}), 42, b"\xff\xff\xff\x7f"),
        "initials.py",
    ),
    zipped("an entry at 2 to the 64th", "zip.damaged", lambda: zip64(2**64 - 1), "initials.py"),
    zipped("a password", "zip.encrypted", lambda: spoiled(archive({"initials.py": CODE}), 8, b"\x01"), "initials.py"),
    zipped("another packing", "zip.method", lambda: archive({"initials.py": CODE}, zipfile.ZIP_LZMA), "initials.py"),
    zipped(
        "a packing nobody knows",
        "zip.method",
        lambda: spoiled(archive({"initials.py": CODE}), 10, b"c\x00"),
        "initials.py",
    ),
    zipped(
        "a changed byte",
        "zip.damaged",
        lambda: archive({"initials.py": CODE}, zipfile.ZIP_STORED).replace(b"return name", b"return nome"),
        "initials.py",
    ),
    *(
        zipped(what, "zip.link", lambda kind=kind: special(kind), "initials.py")
        for what, kind in {
            "a link": stat.S_IFLNK,
            "a device": stat.S_IFCHR,
            "a disk": stat.S_IFBLK,
            "a pipe": stat.S_IFIFO,
            "a socket": stat.S_IFSOCK,
        }.items()
    ),
    *(
        zipped(
            f"an archive in an archive, .{kind}",
            "zip.nested",
            lambda kind=kind: archive({"initials.py": CODE, f"more.{kind}": b"x"}),
            f"more.{kind}",
        )
        for kind in ("zip", "ZIP", "tar", "gz", "tgz", "7z", "rar", "xz", "bz2")
    ),
    packed("the same name twice", "upload.twice", lambda: twice("initials.py", "initials.py"), "initials.py"),
    packed("names that differ in case", "upload.twice", lambda: twice("initials.py", "Initials.PY"), "Initials.PY"),
    packed("names that are composed differently", "upload.twice", lambda: twice("\u00e9.py", "e\u0301.py")),
    packed("a file that is a folder, too", "upload.twice", lambda: twice("a", "a/initials.py"), "a"),
    packed(
        "a file that was not asked for",
        "upload.unknown",
        lambda: twice("initials.py", "conftest.py"),
        "conftest.py",
        "initials.py",
    ),
    packed("code that is compiled", "upload.kind", lambda: twice("initials.pyc"), "initials.pyc", "initials.py"),
]
SOURCES = [
    Bad(
        what="another kind",
        name="initials.exe",
        make=lambda: b"MZ",
        key="upload.kind",
        says=(
            "initials.exe",
            "initials.py",
        ),
    ),
    Bad(
        what="a tar",
        name="a.tar.gz",
        make=lambda: b"\x1f\x8b",
        key="upload.kind",
        says=(
            "a.tar.gz",
            "initials.py",
        ),
    ),
    source("a long source", "upload.large", lambda: b"#" * (256 * KIB + 1), "256"),
    source("an archive called .py", "upload.not_text", lambda: archive({"initials.py": CODE * 9})),
    source("Windows-1251", "upload.not_text", lambda: "x = 'да'".encode("cp1251")),
    source("UTF-16", "upload.not_text", lambda: "x = 1".encode("utf-16")),
    source("half a character", "upload.not_text", lambda: b"x = '\xed\xa0\x80'"),
    source("NUL", "upload.nul", lambda: b"x = 1\x00"),
    source("another coding", "upload.coding", lambda: b"#!/bin/x\n# -*- coding: cp1251 -*-\n", "cp1251"),
    Bad(
        what="a name of tags",
        name='"><script>alert(1)</script>.exe',
        make=lambda: b"x",
        key="upload.kind",
        says=("initials.py",),
    ),
]
NOTEBOOKS = [
    noted("six mebibytes", "notebook.large", lambda: notebook([code("x")]) + b" " * 5 * MIB, "5"),
    noted("501 cells", "notebook.cells", lambda: notebook([code("1")] * 501), "501", "500"),
    noted("a long cell", "notebook.cell_large", lambda: notebook([code("1"), code("x" * 300000)]), "2", "200"),
    noted("101 levels", "notebook.deep", lambda: b'{"cells": ' + b"[" * 101 + b"]" * 101 + b"}", "100"),
    noted("a million levels", "notebook.deep", lambda: b'{"cells": ' + b"[" * MIB + b"]" * MIB + b"}", "100"),
    noted("a million levels that are never closed", "notebook.deep", lambda: b'{"nbformat": 4, "a":' * 200000, "100"),
    noted("a text that never ends", "notebook.not_json", lambda: b'{"cells": "' + b'\\"' * 2 * MIB),
    noted("a list", "notebook.not_notebook", lambda: b"[1, 2]"),
    noted("other JSON", "notebook.not_notebook", lambda: b'{"name": "x"}'),
    noted("cells that are a number", "notebook.not_notebook", lambda: notebook(**{"cells": 5})),
    noted("format 5", "notebook.version", lambda: notebook(nbformat=5), "5"),
    noted("format 2", "notebook.version", lambda: notebook(nbformat=2, worksheets=[]), "2"),
    noted("an empty notebook of format 3", "notebook.version", lambda: notebook(nbformat=3, worksheets=[]), "3"),
    noted(
        "a format without end",
        "notebook.version",
        lambda: notebook().replace(b'"nbformat": 4', b'"nbformat": ' + b"9" * 5000),
    ),
    noted("cut off", "notebook.not_json", lambda: notebook([code("1")])[:-9]),
    noted("a page", "notebook.not_json", lambda: b"<!DOCTYPE html>"),
    noted("nothing", "notebook.not_json", bytes),
    noted("Windows-1251", "upload.not_text", lambda: '{"cells": ["да"]}'.encode("cp1251")),
    noted("an archive", "upload.not_text", lambda: archive({"n.ipynb": notebook()})),
]
BAD = {f"{one.name.rpartition('.')[2]}: {one.what}": one for one in (*ZIPS, *SOURCES, *NOTEBOOKS)}

# Odd, but a notebook, all of them with one code cell, `x = 1`.
ODD: dict[str, bytes] = {
    "an endless number": notebook([code("x = 1")], a=1).replace(b'"a": 1', b'"a": ' + b"9" * 100_000),
    "NaN": notebook([code("x = 1")], a=[float("nan"), float("inf")]),
    "a large fraction": notebook([code("x = 1")]).replace(b'"metadata"', b'"a": 1e999999, "metadata"'),
    "keys twice": b'{"cells": [], ' + notebook([code("x = 1")])[1:],
    "half characters": notebook([code("x = 1")], a="\ud800", metadata={"\udc00": "\udfff"}),
    "100 levels": notebook([code("x = 1")]).replace(b'"metadata"', b'"a": ' + b"[" * 99 + b"]" * 99 + b', "metadata"'),
    "brackets in a text": notebook([code("x = 1")], a="[" * 5000 + '\\"{' * 50),
    "a source of NUL": notebook([code("x =\0 1")]),
}
