"""Secret keys in `<data>/secrets`, made once, readable by the site alone (mode 600), and what is sealed with them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes, before what is sealed


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


def sealed(data_folder: Path, name: str, content: bytes, owner: bytes) -> bytes:
    """`content` encrypted with the key `name` (AES-GCM) for `owner` alone: in another's row it does not open."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key(data_folder, name)).encrypt(nonce, content, owner)


def opened(data_folder: Path, name: str, kept: bytes, owner: bytes) -> bytes:
    """What `sealed` made. Raises cryptography.exceptions.InvalidTag for another key, another owner, damaged bytes."""
    return AESGCM(key(data_folder, name)).decrypt(kept[:NONCE], kept[NONCE:], owner)
