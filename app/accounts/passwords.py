"""Passwords: argon2id, no more than two at a time (64 MiB each). Slow on purpose: call before a transaction begins."""

from __future__ import annotations

import threading
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from argon2.profiles import RFC_9106_LOW_MEMORY
from flask_babel import gettext

from app.errors import Refused
from app.folding import fold

SHORTEST, LONGEST = 10, 200
# What people try first where ten signs are asked for; a long list would belong to a file.
TOO_KNOWN = frozenset(
    [
        "1234567890",
        "0123456789",
        "0987654321",
        "1111111111",
        "0000000000",
        "qwertyuiop",
        "qwerty1234",
        "qwerty12345",
        "qwerty123456",
        "password12",
        "password123",
        "password1234",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "azerbaycan",
        "azerbaijan",
        "azerbaycan1",
        "salamsalam",
        "123456789a",
        "1234512345",
        "12345678910",
        "123456789012",
        "asdfghjkl1",
        "parolparol",
        "parol12345",
        "bakibaki123",
        "adminadmin",
        "admin12345",
    ]
)

hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_at_once = threading.BoundedSemaphore(2)


def check_new(password: str, *, name: str = "", email: str = "") -> None:
    """Raises Refused (field "password") with what is wrong with a password somebody wants to have."""
    if len(password) < SHORTEST:
        raise Refused(gettext("Choose a password of at least %(count)s characters.", count=SHORTEST), field="password")
    if len(password) > LONGEST:
        raise Refused(gettext("A password may have up to %(count)s characters.", count=LONGEST), field="password")
    plain = fold(password)
    about_them = {fold(word) for word in [*name.split(), email.partition("@")[0]] if len(word) >= 4}
    if (
        plain in TOO_KNOWN
        or len(set(password)) < 4
        or any(plain.strip("0123456789.!_-") == word for word in about_them)
    ):
        raise Refused(
            gettext("This password is easy to guess. Three or four unrelated words make a good one."), field="password"
        )


def hash_password(password: str) -> str:
    with _at_once:
        return hasher.hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Takes the same time whether or not there is an account or a password to compare with."""
    with _at_once:
        try:
            return hasher.verify(stored or _nobodys(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def _nobodys() -> str:
    """A hash that takes as long to compare with as any other and that no password has: nothing but zeros."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (b64encode(bytes(length)).decode().rstrip("=") for length in (hasher.salt_len, hasher.hash_len))
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def renewed(stored: str, password: str) -> str | None:
    """A hash with today's parameters, when `stored` was made with older ones; `password` is known to be right."""
    return hash_password(password) if hasher.check_needs_rehash(stored) else None
