"""Names for versions: the digest of all files below a folder, their names included."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

MAX_FILE = 5 * 2**20
MAX_COURSE = 50 * 2**20


def files_below(folder: Path) -> list[Path]:
    """Every file that belongs to a version, sorted by name; what editors and Python leave behind does not belong."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith(".") or path.name in ("__pycache__", "__MACOSX"):
            continue
        found += files_below(path) if path.is_dir() and not path.is_symlink() else [path]
    return found


def digest_of(folder: Path, files: Iterable[Path]) -> str:
    """SHA-256 over name and content of each file; a file that cannot be read counts by its name."""
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes() if path.is_file() else b""
        name = path.relative_to(folder).as_posix().encode()
        digest.update(b"%d %d " % (len(name), len(content)) + name + content)
    return digest.hexdigest()
