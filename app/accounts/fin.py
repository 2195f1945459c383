"""The FIN, the seven signs on an identity card: checked, encrypted, found by a keyed hash.

A FIN that staff or an identity provider has not confirmed identifies nobody, blocks nobody and links nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import string
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext

from app import keys
from app.accounts.models import User
from app.errors import Refused

LENGTH = 7
ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
TO_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)  # upper() makes "ı" an "I"
LOOK_ALIKES = dict(zip("АВСЕНКМОРТХУЅІЈЗавсеорхуѕіјкмнт", "ABCEHKMOPTXYSIJ3ABCEOPXYSIJKMHT", strict=True))


def normalise(text: str) -> str:
    """The FIN as it is stored: upper case, no blanks. Raises Refused (field "fin") naming what is wrong."""
    fin = "".join(text.split()).translate(TO_UPPER)
    for place, sign in enumerate(fin, start=1):
        if sign in ALPHABET:
            continue
        if sign in LOOK_ALIKES:
            message = gettext(
                "Character %(place)s, “%(sign)s”, is a Cyrillic letter that only looks like the Latin %(latin)s. "
                "Switch the keyboard to Latin letters and type it again.",
                place=place,
                sign=sign,
                latin=LOOK_ALIKES[sign],
            )
        elif sign in "IO":
            message = gettext(
                "Character %(place)s is the letter %(sign)s, which no FIN has. It is the digit %(digit)s.",
                place=place,
                sign=sign,
                digit={"I": 1, "O": 0}[sign],
            )
        else:
            message = gettext(
                "Character %(place)s, “%(sign)s”, cannot be in a FIN: it has the digits 0–9 and Latin letters.",
                place=place,
                sign=sign,
            )
        raise Refused(message, field="fin")
    if len(fin) != LENGTH:
        raise Refused(
            gettext(
                "A FIN has 7 characters, this one has %(count)s. It is on the front of the identity card.",
                count=len(fin),
            ),
            field="fin",
        )
    return fin


def lookup(fin: str, data_folder: Path) -> str:
    """A keyed hash, to find a FIN without reading any. 35 bits of FIN would be guessed from a plain one."""
    return hmac.new(keys.key(data_folder, "fin-lookup"), fin.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What of a FIN stands in a row."""

    encrypted: bytes
    lookup: str


def sealed(user_id: int, fin: str, data_folder: Path) -> Sealed:
    """`fin` (normalised) for the row with this id, which alone can open it."""
    return sealed_for(_bound_to(user_id), fin, data_folder)


def sealed_for(owner: bytes, fin: str, data_folder: Path) -> Sealed:
    """`fin` for the row called `owner`, which alone can open it."""
    encrypted = keys.sealed(data_folder, "fin-encryption", fin.encode(), owner)
    return Sealed(encrypted=encrypted, lookup=lookup(fin, data_folder))


def keep(user: User, fin: str, data_folder: Path) -> None:
    """Write the FIN (normalised) into the row of `user`, who has an id; it is not confirmed by this."""
    kept = sealed(user.id, fin, data_folder)
    user.fin_encrypted, user.fin_lookup = kept.encrypted, kept.lookup
    user.fin_confirmed_at = None


def forget(user: User) -> None:
    user.fin_encrypted = user.fin_lookup = user.fin_confirmed_at = None


def reveal(user: User, data_folder: Path) -> str | None:
    """The FIN itself. Raises InvalidTag when the bytes are not of this row and this key."""
    return opened(user.fin_encrypted, _bound_to(user.id), data_folder) if user.fin_encrypted is not None else None


def opened(encrypted: bytes, owner: bytes, data_folder: Path) -> str:
    """The FIN that `sealed_for` sealed. Raises InvalidTag when the bytes are not of this row and this key."""
    return keys.opened(data_folder, "fin-encryption", encrypted, owner).decode()


def masked(user: User, data_folder: Path) -> str:
    """ "5AB****", or "" when there is none."""
    return mask(reveal(user, data_folder))


def mask(fin: str | None) -> str:
    return f"{fin[:3]}****" if fin else ""


def _bound_to(user_id: int) -> bytes:
    """The ciphertext opens only in the row it was made for."""
    return f"fin of user {user_id}".encode()
