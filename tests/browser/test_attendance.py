"""The trainer's list on a phone whose network comes and goes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app.accounts import sessions
from app.accounts.login import COOKIE
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
def phone(site: Flask, held: Training, chromium: Browser) -> Iterator[Page]:
    """The trainer's, signed in."""
    token = sessions.open_session(held.trainer, user_agent="", address="127.0.0.1", days=1, now=utc_now())
    db.session.commit()
    server = make_server("127.0.0.1", 0, site, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    address = f"http://127.0.0.1:{server.server_port}"
    context = chromium.new_context(base_url=address, locale="en", viewport={"width": 390, "height": 800})
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    yield context.new_page()
    context.close()
    server.shutdown()
    serving.join()
    server.server_close()


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
    assert phone.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('bilik-marks')).length") == 0


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
