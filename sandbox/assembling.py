"""One root from a Debian root and the unpacked wheels: a tar with the same bytes every time."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

THEN = 1_700_000_000  # the time of every file


def assemble(base: Path, trees: dict[str, Path], out: Path) -> None:
    """Write the tar `out`: the entries of the tar `base` in their order, then each folder of `trees` under its
    destination ("usr/lib/…")."""
    with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as target:
        with tarfile.open(base) as source:
            for entry in source:
                entry.mode &= 0o1777  # no setuid, no setgid
                target.addfile(entry, source.extractfile(entry) if entry.isreg() else None)
        for destination, folder in trees.items():
            add_tree(target, folder, destination)


def add_tree(target: tarfile.TarFile, folder: Path, destination: str) -> None:
    """Everything below `folder`, sorted, with one owner, time and mode: what else would differ from one machine to
    the next. Folders that are there already are not added twice, which Docker refuses."""
    names = sorted(os.path.join(parent, name) for parent, folders, files in os.walk(folder) for name in folders + files)
    there = {name.rstrip("/") for name in target.getnames()}
    for name in (str(folder), *names):
        inside = os.path.normpath(os.path.join(destination, os.path.relpath(name, folder)))
        if not (os.path.isdir(name) and f"./{inside}" in there):
            target.add(name, f"./{inside}", recursive=False, filter=_tidy)


def _tidy(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = THEN
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry
