"""Secret keys in `<data>/secrets`, made once, readable by the site alone (mode 600)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def key(data_folder: Path, name: str) -> bytes:
    """The 32 random bytes called `name`, made on first use. Several processes may ask at once: all get the same."""
    path = data_folder / "secrets" / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = path.with_name(f".{name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(mine, path)  # unlike a rename, fails when another process was first
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    return path.read_bytes()
