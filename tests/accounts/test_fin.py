from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from flask_babel import force_locale

from app.accounts import fin, people
from app.accounts.models import Role
from app.accounts.signing_in import identify
from app.db import db
from app.errors import Refused
from app.web import settings
from tests.factories import NOW, person


@pytest.mark.parametrize(("typed", "kept"), [("5ab12cd", "5AB12CD"), (" 5AB 12CD ", "5AB12CD"), ("7ZZZZZZ", "7ZZZZZZ")])
def test_a_fin_is_upper_cased_and_its_blanks_go(site: Flask, typed: str, kept: str) -> None:
    assert fin.normalise(typed) == kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("5АB12CD", "Character 2, “А”, is a Cyrillic letter that only looks like the Latin A"),
        ("5AB12Cх", "Character 7, “х”, is a Cyrillic letter that only looks like the Latin X"),
        ("5AI12CD", "Character 3 is the letter I, which no FIN has. It is the digit 1"),
        ("5AB12CO", "Character 7 is the letter O, which no FIN has. It is the digit 0"),
        ("5Aı12CD", "Character 3, “ı”, cannot be in a FIN"),
        ("5AƏ12CD", "Character 3, “Ə”, cannot be in a FIN"),
        ("5AB-2CD", "Character 4, “-”, cannot be in a FIN"),
        ("5AB12C", "A FIN has 7 characters, this one has 6"),
        ("5AB12CDE", "A FIN has 7 characters, this one has 8"),
    ],
)
def test_what_is_wrong_with_a_fin_is_named(site: Flask, typed: str, said: str) -> None:
    with force_locale("en"), pytest.raises(Refused) as refusal:
        fin.normalise(typed)
    assert said in refusal.value.message
    assert refusal.value.field == "fin"


def test_a_fin_is_kept_encrypted_and_shown_masked(site: Flask) -> None:
    user = person()
    fin.keep(user, "5AB12CD", settings().data_folder)
    assert b"5AB" not in (user.fin_encrypted or b"")
    assert "5AB" not in (user.fin_lookup or "")
    assert fin.reveal(user, settings().data_folder) == "5AB12CD"
    assert fin.masked(user, settings().data_folder) == "5AB****"


def test_an_encrypted_fin_opens_in_no_other_row(site: Flask) -> None:
    user, other = person(), person()
    fin.keep(user, "5AB12CD", settings().data_folder)
    other.fin_encrypted = user.fin_encrypted
    with pytest.raises(InvalidTag):
        fin.reveal(other, settings().data_folder)


def test_an_unconfirmed_fin_identifies_nobody_and_blocks_nobody(site: Flask) -> None:
    first, second, staff = person(), person(), person(role=Role.ADMINISTRATOR)
    data = settings().data_folder
    fin.keep(first, "5AB12CD", data)
    fin.keep(second, "5AB12CD", data)
    db.session.commit()
    assert identify("5ab12cd", data) is None
    people.confirm_fin(second, "5AB12CD", data, by=staff, now=NOW)
    db.session.commit()
    assert identify("5ab12cd", data) is second


def test_a_fin_is_confirmed_for_one_account_only(site: Flask) -> None:
    first, second, staff = person(), person(), person(role=Role.ADMINISTRATOR)
    data = settings().data_folder
    people.confirm_fin(first, "5AB12CD", data, by=staff, now=NOW)
    with pytest.raises(Refused):
        people.confirm_fin(second, "5ab12cd", data, by=staff, now=NOW)


def test_a_fin_given_anew_is_not_confirmed(site: Flask) -> None:
    user, staff = person(), person(role=Role.ADMINISTRATOR)
    people.confirm_fin(user, "5AB12CD", settings().data_folder, by=staff, now=NOW)
    fin.keep(user, "7ZZZZZZ", settings().data_folder)
    assert user.fin_confirmed_at is None
