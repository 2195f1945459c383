"""What readers choose, what nobody can switch off, and calendars at secret addresses."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email import message_from_bytes, policy

from flask import Flask
from flask.testing import FlaskClient

from app.accounts import people
from app.accounts.models import Role
from app.db import db
from app.notices import feeds, icalendar, preferring, workdays, writing
from app.notices.icalendar import Event
from app.notices.kinds import CHOICES, COMPULSORY, Group
from app.notices.models import CalendarFeed, Preference
from app.notices.preferring import Chosen
from app.notices.telling import Mail, tell, tell_many
from tests.factories import NOW, person, signed_in

NIGHT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # a Monday, midnight in Baku
MORNING = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
DUE = {
    "name": "Rəna",
    "organisations": ["Nazirlik"],
    "more": 0,
    "asked": [{"what": "asked", "titles": {"az": "Etika; 1, 2"}, "on": "2026-11-30", "obligation": 7}],
}


def test_what_can_wait_is_mailed_in_the_morning_and_what_is_waited_for_at_once(site: Flask) -> None:
    user = person()
    waits = tell(user.id, user.address, "az", "due", DUE, key="a", now=NIGHT)
    secret = tell(user.id, user.address, "az", "reset_password", {"name": "x", "token": "t"}, key="b", now=NIGHT)
    assert (waits.not_before, secret.not_before) == (MORNING, NIGHT)
    assert waits.created_at == NIGHT  # the page has it now


def test_who_wants_mail_at_any_hour_gets_it(site: Flask) -> None:
    user = person()
    preferring.choose(user.id, Chosen(at_any_hour=True), now=NOW)
    assert tell(user.id, user.address, "az", "due", DUE, key="a", now=NIGHT).not_before == NIGHT


def test_a_mail_that_was_switched_off_stays_on_the_page(site: Flask) -> None:
    user, other = person(), person()
    preferring.choose(user.id, Chosen(not_mailed=frozenset({Group.COHORT})), now=NOW)
    params = {"cohort": "x", "title": "x", "body": "x", "enrolment_id": 1}
    mails = [
        Mail(recipient_id=one.id, address=one.address, language="az", params=params, key=f"k{one.id}")
        for one in (user, other)
    ]
    assert tell_many("announcement", mails, now=NOW) == 2
    assert tell_many("announcement", mails, now=NOW) == 0
    mine, theirs = (
        tell(one.id, one.address, "az", "announcement", params, key=f"k{one.id}", now=NOW) for one in (user, other)
    )
    assert (mine.address, mine.sent_at) == (None, NOW)
    assert (theirs.address, theirs.sent_at) == (other.address, None)


def test_what_is_compulsory_cannot_be_switched_off_whoever_asks(site: Flask, client: FlaskClient) -> None:
    user = person()
    page = signed_in(client, user).get("/notices/settings").get_data(as_text=True)
    assert "Always mailed" in page
    assert "Training that is assigned to you" in page
    answer = client.post("/notices/settings", data={"mailed": ["cohort"]})
    assert answer.status_code == 303
    chosen = preferring.chosen_by([user.id])[user.id]
    assert chosen.not_mailed == set(CHOICES) - {Group.COHORT}
    preferring.choose(user.id, Chosen(not_mailed=frozenset(Group)), now=NOW)
    assert tell(user.id, user.address, "az", "due", DUE, key="a", now=NOW).address == user.address
    assert not set(COMPULSORY) & preferring.chosen_by([user.id])[user.id].not_mailed


def test_a_group_that_is_no_choice_is_refused(site: Flask, client: FlaskClient) -> None:
    user = person()
    assert signed_in(client, user).post("/notices/settings", data={"mailed": ["duty"]}).status_code == 422


def test_a_mail_has_text_html_and_its_days_and_says_whether_it_can_be_switched_off(site: Flask) -> None:
    user = person()
    notice = tell(user.id, user.address, "ru", "asked", DUE, key="a", now=NOW)
    message = message_from_bytes(bytes(writing.mail(notice)), policy=policy.default)
    plain, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert "• Etika; 1, 2: срок 30 ноября 2026" in plain
    assert "отключить" in plain
    assert "<li" in html
    assert "Etika; 1, 2" in html
    (attached,) = message.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "days.ics")
    days = attached.get_content()
    assert "DTSTART;VALUE=DATE:20261130" in days
    assert "UID:obligation-7@127.0.0.1" in days
    choice = tell(user.id, user.address, "en", "certificate", {"title": "x", "code": "0"}, key="b", now=NOW)
    assert "/notices/settings" in writing.mail(choice).get_body(("plain",)).get_content()  # type: ignore[union-attr]


def unfolded(text: str) -> list[str]:
    return re.sub("\r\n ", "", text).split("\r\n")


def test_a_calendar_keeps_to_the_standard(site: Flask) -> None:
    """RFC 5545: lines of 75 octets at most, CRLF, no letter cut in two, commas and semicolons escaped."""
    title = "Şəxsi məlumatların qorunması; giriş, əsas anlayışlar və çox uzun bir başlıq " * 3
    day = date(2026, 11, 30)
    event = Event(uid="x@y", day=day, summary=title, description="a\nb", url="http://x")
    text = icalendar.text([event], name="Bilik, təlim", language="az", now=NOW)
    assert text.count("\n") == text.count("\r\n")
    assert max(len(line) for line in text.encode().split(b"\r\n")) <= 75
    for line in text.encode().split(b"\r\n"):
        line.decode()
    lines = unfolded(text)
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "SUMMARY;LANGUAGE=az:" + title.replace(";", "\\;").replace(",", "\\,") in lines
    assert "DESCRIPTION;LANGUAGE=az:a\\nb" in lines
    assert "DTEND;VALUE=DATE:20261201" in lines
    assert "DTSTAMP:20261122T080000Z" in lines


def test_the_address_of_a_calendar_is_shown_to_its_owner_and_works_until_it_is_revoked(
    site: Flask, client: FlaskClient
) -> None:
    user = person()
    signed_in(client, user)
    visitor = site.test_client()

    def address() -> str:
        page = client.get("/notices/settings").get_data(as_text=True)
        found = re.search(r'value="http://127.0.0.1:8000(/calendar/[^"]+\.ics)"', page)
        return found[1] if found else ""

    assert address() == ""
    client.post("/notices/calendar")
    first = address()
    answer = visitor.get(first)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert visitor.get(first[:-6] + "xx.ics").status_code == 404
    client.post("/notices/calendar")
    assert visitor.get(first).status_code == 404
    assert visitor.get(address()).status_code == 200
    second = address()
    client.post("/notices/calendar/revoke")
    assert visitor.get(second).status_code == 404
    client.post("/notices/calendar")
    third = address()
    people.close_account(user, by=person(role=Role.ADMINISTRATOR), now=NOW)
    assert visitor.get(third).status_code == 404
    assert db.session.query(CalendarFeed).count() + db.session.query(Preference).count() == 0


def test_a_copy_of_the_database_opens_no_calendar(site: Flask) -> None:
    feed = feeds.make(person().id, now=NOW)
    data = site.extensions["bilik.settings"].data_folder
    assert feeds.reader(feed.id, feed.nonce, data) is None
    assert feeds.reader(feed.id, feeds.token(feed, data), data) == feed.recipient_id


def test_an_administrator_enters_what_the_cabinet_announces(site: Flask, client: FlaskClient) -> None:
    signed_in(client, person(role=Role.ADMINISTRATOR))
    year = workdays.in_baku(datetime.now(UTC)).year + 1
    page = client.get(f"/staff/days-off?year={year}").get_data(as_text=True)
    assert "Not entered yet" in page
    for cause, month in (("ramazan", 3), ("qurban", 5)):
        fields = {"cause": cause, "first": f"{year}-{month:02}-10", "last": f"{year}-{month:02}-11", "note": "Qərar 5"}
        assert client.post(f"/staff/days-off?year={year}", data=fields).status_code == 303
    page = client.get(f"/staff/days-off?year={year}").get_data(as_text=True)
    assert "Not entered yet" not in page
    assert page.count("Qərar 5") == 4
    assert client.post("/staff/days-off/take-out", data={"day": f"{year}-03-10"}).status_code == 303
    assert client.post("/staff/days-off/take-out", data={"day": f"{year}-03-10"}).status_code == 404
    assert (
        client.post(
            "/staff/days-off", data={"cause": "other", "first": f"{year}-03-10", "last": f"{year}-01-10"}
        ).status_code
        == 422
    )
