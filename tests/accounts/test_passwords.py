from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask

from app.accounts import passwords
from app.errors import Refused


@pytest.mark.parametrize("password", ["qısa", "1234567890", "aaaaaaaaaaaa", "Azerbaycan", "Həsənova2026", "x" * 201])
def test_a_short_known_or_personal_password_is_refused(site: Flask, password: str) -> None:
    with pytest.raises(Refused) as refusal:
        passwords.check_new(password, name="Aysel Həsənova", email="aysel.hasanova@example.com")
    assert refusal.value.field == "password"


def test_a_few_unrelated_words_are_taken(site: Flask) -> None:
    passwords.check_new("dörd uzun sakit söz", name="Aysel Həsənova")


def test_only_the_right_password_is_right(site: Flask) -> None:
    stored = passwords.hash_password("dörd uzun sakit söz")
    assert stored.startswith("$argon2id$")
    assert passwords.is_right(stored, "dörd uzun sakit söz")
    assert not passwords.is_right(stored, "dörd uzun sakit soz")
    assert not passwords.is_right(None, "an account that does not exist")
    assert not passwords.is_right("not a hash", "x")


def test_a_hash_made_with_older_parameters_is_renewed() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("dörd uzun sakit söz")
    renewed = passwords.renewed(weak, "dörd uzun sakit söz")
    assert renewed is not None
    assert passwords.renewed(renewed, "dörd uzun sakit söz") is None


def test_who_has_no_account_is_compared_with_a_hash_of_the_same_cost_that_no_password_has() -> None:
    assert not passwords.hasher.check_needs_rehash(passwords._nobodys())
    with pytest.raises(VerifyMismatchError):  # it was computed, not refused as no hash at all
        passwords.hasher.verify(passwords._nobodys(), "")
    assert not passwords.is_right(None, "")
