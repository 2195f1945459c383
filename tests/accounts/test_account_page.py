from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from app.accounts import passwords
from tests.factories import PASSWORD, person, signed_in


def test_a_name_is_changed(client: FlaskClient) -> None:
    user = person()
    assert signed_in(client, user).post("/account/name", data={"name-name": " Aysel  Quliyeva "}).status_code == 303
    assert (user.name, user.name_folded) == ("Aysel Quliyeva", "aysel quliyeva")


def test_a_name_that_is_none_is_said_above_and_at_the_field(client: FlaskClient) -> None:
    page = signed_in(client, person()).post("/account/name", data={"name-name": "7"})
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert 'href="#name-name"' in text
    assert 'id="name-name-error"' in text
    assert 'value="7"' in text


def test_a_password_is_changed_with_the_old_one_and_other_devices_are_out(site: Flask, client: FlaskClient) -> None:
    user = person(password=PASSWORD)
    signed_in(client, user)
    other = signed_in(site.test_client(), user)
    form = {"password-password": "tamam başqa uzun söz"}
    assert client.post("/account/password", data=form | {"password-current": "yanlış"}).status_code == 422
    assert client.post("/account/password", data=form | {"password-current": PASSWORD}).status_code == 303
    assert passwords.is_right(user.password_hash, "tamam başqa uzun söz")
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_who_has_no_password_yet_sets_one(client: FlaskClient) -> None:
    user = person(email=None)
    assert signed_in(client, user).post("/account/password", data={"password-password": PASSWORD}).status_code == 303
    assert passwords.is_right(user.password_hash, PASSWORD)


def test_a_fin_is_shown_masked_and_can_be_removed_until_confirmed(client: FlaskClient) -> None:
    user = person()
    signed_in(client, user).post("/account/fin", data={"fin-fin": "5ab12cd"})
    page = client.get("/account").get_data(as_text=True)
    assert "5AB****" in page
    assert "5AB12CD" not in page
    client.post("/account/fin/remove")
    assert user.fin_encrypted is None


def test_a_confirmed_fin_is_changed_by_staff_alone(client: FlaskClient) -> None:
    from app.accounts import people
    from app.clock import utc_now
    from app.web import settings

    user = person()
    people.confirm_fin(user, "5AB12CD", settings().data_folder, by=user, now=utc_now())
    signed_in(client, user)
    assert client.post("/account/fin", data={"fin-fin": "7ZZZZZZ"}).status_code == 422
    assert client.post("/account/fin/remove").status_code == 409
    assert user.fin_confirmed_at is not None
