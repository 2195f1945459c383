"""`flask backup FILE` and `flask restore FILE`: the whole data folder in one archive, taken while the site runs.

SQLite is copied through its own backup call, so that the copy is one moment; blobs and versions are immutable, so that
copying them afterwards can only bring more than the database names, never less. A PostgreSQL database is the
operator's own to dump; the archive then says so.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from contextlib import closing
from datetime import datetime
from pathlib import Path, PurePosixPath

FOLDERS = ("blobs", "versions", "secrets", "anchors")
DATABASE = "bilik.sqlite3"
MANIFEST = "bilik-backup.json"


class BackupError(Exception):
    """A sentence that says what stands in the way."""


def backup(data: Path, target: Path, *, now: datetime) -> int:
    """Write `target` (.tar.gz) and return its size in bytes. Nothing half-written is left behind."""
    if target.exists():
        raise BackupError(f"{target} is there already; choose another name")
    database = data / DATABASE
    temporary = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch, tarfile.open(temporary, "w:gz") as archive:
            manifest = Path(scratch) / MANIFEST
            manifest.write_text(json.dumps({"format": 1, "made_at": now.isoformat(), "database": database.exists()}))
            archive.add(manifest, MANIFEST)
            if database.exists():
                copy = Path(scratch) / DATABASE
                with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target_database:
                    source.backup(target_database)
                archive.add(copy, DATABASE)
            for name in FOLDERS:
                if (data / name).exists():
                    archive.add(data / name, name)
        temporary.chmod(0o600)  # it holds the keys
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target.stat().st_size


def restore(data: Path, source: Path) -> datetime:
    """Fill the empty folder `data` from `source`; return when the backup was made.

    Raises BackupError for a folder in use and for a file that is not a backup, before anything is written.
    """
    # Keys alone do not count: the command itself, being the site, may just have made them.
    if any((data / name).exists() for name in (DATABASE, "blobs", "versions")):
        raise BackupError(f"{data} is in use; give an empty folder (BILIK_DATA=/some/folder flask restore …)")
    try:
        with tarfile.open(source, "r:gz") as archive:
            file = archive.extractfile(MANIFEST)
            if file is None:
                raise KeyError(MANIFEST)
            made_at = datetime.fromisoformat(json.load(file)["made_at"])
            data.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=data) as unpacked:  # whole or not at all
                archive.extractall(unpacked, members=plain_members(archive))  # noqa: S202 - looked at
                for name in (*FOLDERS, DATABASE):
                    if (Path(unpacked) / name).exists():
                        shutil.rmtree(data / name, ignore_errors=True)
                        os.replace(Path(unpacked) / name, data / name)
    except (tarfile.TarError, zlib.error, EOFError, KeyError, ValueError, OSError) as error:
        raise BackupError(f"{source} cannot be read as a backup of Bilik ({error})") from error
    return made_at


def plain_members(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """Files and folders that stay inside (`filter="data"` is not in Python 3.11.2). Raises ValueError for others."""
    members = archive.getmembers()
    for member in members:
        parts = PurePosixPath(member.name).parts
        if not (member.isfile() or member.isdir()) or member.name.startswith("/") or ".." in parts:
            raise ValueError(f"{member.name} has no place in a backup")
    return members
