"""The folder a learner's code works in: filled, and read without following anything the code left in it."""

from __future__ import annotations

import os
import re
import stat

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
MOST_FILES = 100
MOST_READ = 1024 * 1024  # of all files read back for one question


def usable(name: object) -> bool:
    """Whether a file may be called so: one plain name, no folder, not hidden."""
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def fill(folder: str, files: dict[str, bytes]) -> None:
    """Write the files into an empty folder."""
    for name, data in files.items():
        fd = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        with open(fd, "wb") as file:
            file.write(data)


def read_back(folder: str, names: list[str]) -> dict[str, bytes]:
    """The regular files among `names`, each opened once and never through a link; others are left out."""
    found, left = {}, MOST_READ
    for name in names:
        if not usable(name):
            continue
        try:
            fd = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            about = os.fstat(fd)
            if stat.S_ISREG(about.st_mode) and about.st_size <= left:
                with open(fd, "rb", closefd=False) as file:
                    found[name] = file.read(left)
                left -= len(found[name])
        finally:
            os.close(fd)
    return found
