"""The trainer's list on a phone whose network comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Error, Page, expect

from app.clock import utc_now
from app.db import begin_reading, db
from app.training import attending, booking
from app.training.models import Meeting, Training
from tests.browser.conftest import until, violations
from tests.factories import NOW, person
from tests.training.centre import training

pytestmark = [pytest.mark.browser]


@pytest.fixture
def held(site: Flask) -> Training:
    """A training of two whose meeting is going on."""
    made = training()
    for name in ("Aygün Gələn", "Rəşad Gecikən"):
        booking.book(person(name), made, now=NOW)
    made.meetings[0].starts_at, made.meetings[0].ends_at = utc_now(), utc_now() + timedelta(hours=2)
    db.session.commit()
    return made


@pytest.fixture
def phone(held: Training, visit: Callable[..., Page]) -> Page:
    """The trainer's, signed in."""
    return visit(held.trainer, width=390)


def present(meeting_id: int) -> Callable[[], list[bool]]:
    def look() -> list[bool]:
        db.session.rollback()
        begin_reading(True)
        found = attending.marks(db.session.get_one(Meeting, meeting_id))
        return [found[seat].present for seat in sorted(found)]

    return look


def test_marks_made_without_network_are_kept_and_sent_when_it_is_back(held: Training, phone: Page) -> None:
    meeting, (first, second) = held.meetings[0].id, booking.bookings(held)
    ids, marked = (first.id, second.id), present(meeting)
    db.session.rollback()
    phone.goto(f"/training/meetings/{meeting}")
    assert violations(phone) == []
    phone.locator(f"label[for=seat-{ids[0]}-present]").click()
    until(lambda: marked() == [True], 30)
    phone.context.set_offline(True)
    phone.locator(f"label[for=seat-{ids[0]}-absent]").click()
    phone.locator(f"label[for=seat-{ids[1]}-present]").click()
    expect(phone.locator("#attendance-said")).to_contain_text("No network")
    assert marked() == [True]
    phone.context.set_offline(False)
    until(lambda: marked() == [False, True], 60)
    expect(phone.locator("#attendance-said")).to_contain_text("Everything is saved")
    phone.reload()
    expect(phone.locator(f"#seat-{ids[1]}-present")).to_be_checked()
    until(lambda: marks_left(phone) == 0, 30)


KEPT = """async (paths) => {
  const found = await Promise.all(paths.map((path) => caches.match(path)));
  return found.every(Boolean) && document.querySelectorAll("link[rel=stylesheet], script[src]").length > 0;
}"""
PARTS = """() => [location.pathname, ...[...document.querySelectorAll("link[rel=stylesheet], script[src]")].map(
  (one) => new URL(one.href ?? one.src).pathname)]"""
LEFT = """async () => [
  (await caches.keys()).length,
  Object.keys(localStorage).filter((name) => name.startsWith("bilik-")).length,
  (await navigator.serviceWorker.getRegistrations()).length,
]"""


def marks_left(page: Page) -> int:
    found: int = page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('bilik-marks')).length")
    return found


def opened_once(phone: Page, meeting: int) -> None:
    """The list, opened with a network, and what it needs kept."""
    phone.goto(f"/training/meetings/{meeting}")
    until(lambda: bool(phone.evaluate(KEPT, phone.evaluate(PARTS))), 60)


def test_a_list_opened_once_opens_without_a_network_with_every_mark_made_since(held: Training, phone: Page) -> None:
    meeting, (first, second) = held.meetings[0].id, booking.bookings(held)
    ids, marked = (first.id, second.id), present(meeting)
    db.session.rollback()
    opened_once(phone, meeting)
    phone.locator(f"label[for=seat-{ids[0]}-present]").click()
    until(lambda: marked() == [True], 30)
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator("#attendance-said")).to_contain_text("No network")
    expect(phone.locator("legend").first).to_have_text("Aygün Gələn")
    expect(phone.locator(f"#seat-{ids[0]}-present")).to_be_checked()  # sent before
    phone.locator(f"label[for=seat-{ids[1]}-absent]").click()
    phone.reload()
    expect(phone.locator(f"#seat-{ids[1]}-absent")).to_be_checked()
    assert phone.evaluate("getComputedStyle(document.querySelector('.rows')).listStyleType") == "none"  # with its looks
    assert marked() == [True]
    phone.context.set_offline(False)
    until(lambda: marked() == [True, False], 60)
    expect(phone.locator("#attendance-said")).to_contain_text("Everything is saved")
    until(lambda: marks_left(phone) == 0, 30)


def test_who_signs_out_leaves_neither_names_nor_marks_behind(held: Training, phone: Page) -> None:
    meeting, (first, _second) = held.meetings[0].id, booking.bookings(held)
    id = first.id
    db.session.rollback()
    opened_once(phone, meeting)
    phone.context.set_offline(True)
    phone.locator(f"label[for=seat-{id}-present]").click()
    expect(phone.locator("#attendance-said")).to_contain_text("No network")
    assert phone.evaluate(LEFT) == [1, 1, 1]
    phone.context.route("**/marks", lambda route: route.abort())  # what is not sent by then is not sent any more
    phone.context.set_offline(False)
    phone.locator(".menu summary").click()
    phone.locator('.menu form[action$="/sign-out"] button').click()
    phone.wait_for_url(lambda url: "/meetings/" not in url)
    until(lambda: phone.evaluate(LEFT) == [0, 0, 0], 30)
    phone.context.set_offline(True)
    with pytest.raises(Error):
        phone.goto(f"/training/meetings/{meeting}")


def test_where_the_session_has_ended_no_list_is_kept(held: Training, phone: Page) -> None:
    meeting = held.meetings[0].id
    db.session.rollback()
    opened_once(phone, meeting)
    phone.context.clear_cookies()
    phone.goto(f"/training/meetings/{meeting}")
    expect(phone.locator("main input[name=password]")).to_be_visible()
    until(lambda: phone.evaluate("caches.keys()") == [], 30)
    phone.context.set_offline(True)
    with pytest.raises(Error):
        phone.goto(f"/training/meetings/{meeting}")


def test_the_code_on_the_screen_is_renewed_by_itself(held: Training, phone: Page) -> None:
    meeting = held.meetings[0].id
    db.session.rollback()
    phone.clock.install()
    phone.goto(f"/training/meetings/{meeting}/code")
    assert violations(phone) == []
    with phone.expect_response(f"**/training/meetings/{meeting}/code") as renewed:
        phone.clock.run_for(11_000)
    assert renewed.value.ok
    expect(phone.locator("#training-code svg")).to_be_visible()
