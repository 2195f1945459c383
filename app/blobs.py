"""Content-addressed bytes: written once, named by their sha256; in the data folder, and where machines share them.

Beyond one machine every machine has a data folder of its own, and `BILIK_BLOBS` names a folder all of them see (NFS, a
mounted bucket). What is kept goes there before any row names it; what a machine misses it fetches from there, looks
whether it is what its name says, and keeps.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

RESERVE = 200 * 2**20  # bytes


class SharedAway(OSError):
    """The shared folder is not there: ours, and passing."""


def reachable(shared: Path) -> Path:
    """The shared folder itself. Raises SharedAway: it is never made here, which would hide that nothing is mounted."""
    if not shared.is_dir():
        raise SharedAway(f"the shared folder {shared} is not there")
    return shared


def is_disk_full(problem: BaseException) -> bool:
    """Whether nothing more fits on the disk, or into what its user may have of it."""
    return isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT)


def write_whole(path: Path, content: bytes) -> None:
    """All of `content` or nothing, on the disk when this returns. Raises OSError; nothing half-written stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o640)  # the site and the worker may be two users of a group
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


class Blobs:
    """`put` stores bytes durably before any row names them.

    `folder` lies in the data folder. `shared` is the folder all machines see; None on one machine. `reserve`: bytes
    that what was taken in needs to be graded; with less nothing new is taken in. `name`: of the place within `shared`.
    """

    def __init__(
        self, folder: Path, shared: Path | None = None, *, reserve: int = RESERVE, name: str = "blobs"
    ) -> None:
        self.folder = folder
        self.shared = shared
        self.reserve = reserve
        self.name = name

    def beside(self, name: str) -> Blobs:
        """A place of its own for what is not kept for good: only there is anything ever swept."""
        return Blobs(self.folder.with_name(name), self.shared, reserve=self.reserve, name=name)

    def has_room(self) -> bool:
        """Whether the reserve is free on every disk that is written to. Raises SharedAway. Costs microseconds."""
        disks = [self.folder.parent] if self.shared is None else [self.folder.parent, reachable(self.shared)]
        return all(shutil.disk_usage(disk).free >= self.reserve for disk in disks)

    def path(self, sha256: str) -> Path:
        return self.folder / _place(sha256)

    def put(self, content: bytes) -> str:
        """Store `content`, return its sha256 in hex. Raises OSError on a full disk; nothing half-written stays."""
        name = hashlib.sha256(content).hexdigest()
        for folder in self._folders():  # the shared one first: what is only here would be missing elsewhere
            if not (folder / _place(name)).exists():
                write_whole(folder / _place(name), content)
        return name

    def get(self, sha256: str) -> bytes:
        """Raises FileNotFoundError if it was never stored, SharedAway, OSError if it is not what its name says."""
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            if self.shared is None:
                raise
        content = (reachable(self.shared) / self.name / _place(sha256)).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise OSError(f"what is shared as {sha256} was changed by somebody")
        try:
            write_whole(self.path(sha256), content)
        except OSError as problem:
            if not is_disk_full(problem):
                raise
        return content  # kept or not: on a full disk what waits is graded all the same

    def share_all(self) -> None:
        """Copy to the shared folder what it misses: for a site that was on one machine before."""
        if self.shared is None:
            return
        for path in self.folder.glob("??/" + "?" * 64):
            if not (self.shared / self.name / _place(path.name)).exists():
                self.put(path.read_bytes())

    def sweep(self, needed: Collection[str], *, older_than: float) -> int:
        """Remove all but the `needed`, by their sha256; return how many. Raises SharedAway.

        `older_than`: seconds; what is younger may be about to be named by a row. What a crash has left half-written
        goes, too. Each machine sweeps its own folder as well as the shared one.
        """
        last, removed = time.time() - older_than, 0
        for folder in self._folders():
            for path in folder.glob("??/*"):
                with suppress(FileNotFoundError):  # another machine sweeps the shared folder, too
                    if path.name not in needed and path.stat().st_mtime < last:
                        path.unlink()
                        removed += 1
        return removed

    def _folders(self) -> list[Path]:
        if self.shared is None:
            return [self.folder]
        return [reachable(self.shared) / self.name, self.folder]


def _place(sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a sha256")
    return f"{sha256[:2]}/{sha256}"
