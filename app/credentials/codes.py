"""The code of a certificate: short enough to type from paper, long enough not to be guessed (60 bits)."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")


def new_code() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def read_code(typed: str) -> str | None:
    """A code as typed in its one written form, or None. Case, blanks, dashes do not matter; O is 0, I and L are 1."""
    signs = re.sub(r"[\s\-–—]", "", typed).upper().replace("O", "0").replace("I", "1").replace("L", "1")
    code = f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"
    return code if CODE.fullmatch(code) else None
