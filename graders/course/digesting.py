"""Names for versions: the digest of all files below a folder, their names included."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

MAX_FILE = 5 * 2**20
MAX_COURSE = 50 * 2**20


def files_below(folder: Path | str) -> list[os.DirEntry[str]]:
    """Every file that belongs to a version, sorted by name; what editors and Python leave behind does not belong."""
    found: list[os.DirEntry[str]] = []
    if not os.path.isdir(folder):
        return found
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if not entry.name.startswith(".") and entry.name not in ("__pycache__", "__MACOSX"):
            found += files_below(entry.path) if entry.is_dir(follow_symlinks=False) else [entry]
    return found


def digest_of(folder: Path, files: Iterable[os.DirEntry[str]], known: dict[str, bytes] | None = None) -> str:
    """SHA-256 over name and content of each file below `folder`; `known` keeps digests of contents between calls."""
    known = {} if known is None else known
    digest = hashlib.sha256()
    for entry in files:
        content = known.get(entry.path)
        if content is None:
            content = known[entry.path] = _content_digest(entry)
        name = os.fsencode(entry.path[len(str(folder)) + 1 :])
        digest.update(b"%d " % len(name) + name + content)
    return digest.hexdigest()


def _content_digest(entry: os.DirEntry[str]) -> bytes:
    if not entry.is_file(follow_symlinks=False):  # refused elsewhere
        return b"-" * 32
    with open(entry.path, "rb") as file:
        return hashlib.sha256(file.read()).digest()
