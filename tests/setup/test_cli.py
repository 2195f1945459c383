from flask import Flask

from app.accounts.permissions import is_administrator
from tests.factories import person


def test_who_signed_up_becomes_administrator_by_command(site: Flask) -> None:
    user = person(email="boss@example.org", password="dörd uzun sakit söz")
    answer = site.test_cli_runner().invoke(args=["make-administrator", "Boss@Example.org"])
    assert "is an administrator" in answer.output
    assert is_administrator(user)


def test_who_never_signed_up_does_not(site: Flask) -> None:
    answer = site.test_cli_runner().invoke(args=["make-administrator", "nobody@example.org"])
    assert answer.exit_code == 1
    assert "Sign up on the site first" in answer.output
