"""Texts made comparable: what a person types finds what was meant. Neither SQLite nor PostgreSQL folds `ə`."""

from __future__ import annotations

import unicodedata

LETTERS = str.maketrans({"ə": "e", "ı": "i", "İ": "i", "I": "i", "ё": "е", "Ё": "е", "Ə": "e"})
ALPHABET = "abcçdeəfgğhxıijkqlmnoöprsştuüvyzw"  # Azerbaijani order; w stands last, as in foreign words
ORDER = {letter: place for place, letter in enumerate(ALPHABET)}


def fold(text: str) -> str:
    """Lower case, without marks, blanks collapsed: "Şəki  Göygöl" becomes "seki goygol"."""
    plain = unicodedata.normalize("NFKD", text.translate(LETTERS).lower().translate(LETTERS))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def sort_key(text: str) -> tuple[tuple[int, str], ...]:
    """Orders names as an Azerbaijani register does; other letters come after, by their code."""
    lowered = text.replace("İ", "i").replace("I", "ı").lower()
    return tuple((ORDER.get(letter, len(ALPHABET)), letter) for letter in lowered)
