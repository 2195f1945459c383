"""When something fails: Docker, the worker, the site, a link. Nothing is lost and nothing counts twice."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Bilik
from tests.browser.learning import GRADED, INITIALS, enrol, is_sound, saved, typed, write

pytestmark = [pytest.mark.browser]
SLOW = INITIALS.replace("    if", "    __import__('time').sleep(1.5)\n    if", 1)


@pytest.fixture
def exercise(page: Page, newcomer: Callable[..., tuple[str, str]]) -> str:
    """The address of the function exercise of somebody who has just taken the course, open in `page`."""
    newcomer(page)
    address = f"{enrol(page)}/functions/initials"
    page.goto(address)
    return address


def submissions(bilik: Bilik, page: Page) -> list[tuple[str, int]]:
    """State and number of verdicts of each submission of the exercise open in `page`."""
    enrolment = page.url.split("/learn/")[1].split("/")[0]
    with sqlite3.connect(bilik.data / "bilik.sqlite3") as database:
        return database.execute(
            "SELECT state, (SELECT count(*) FROM verdict WHERE submission_id = submission.id) FROM submission"
            " WHERE enrolment_id = ?",
            (enrolment,),
        ).fetchall()


def test_while_docker_is_away_work_waits_and_it_is_graded_when_docker_is_back(
    page: Page, exercise: str, bilik: Bilik
) -> None:
    strip_is_shown(page, False)  # the sandbox is there
    write(page, INITIALS)
    saved(page)
    bilik.engine.stop()
    try:
        strip_is_shown(page, True)
        page.locator("button[data-key=submit]").click()
        expect(page.locator("#result[data-state=queued]")).to_contain_text("Your work is kept in the queue")
        is_sound(page)
        assert submissions(bilik, page) == [("queued", 0)]
    finally:
        bilik.engine.start()
    expect(page.locator("#result[data-state=graded]")).to_contain_text("10 / 10 points", timeout=2 * GRADED)
    assert submissions(bilik, page) == [("graded", 1)]
    strip_is_shown(page, False)


def strip_is_shown(page: Page, shown: bool) -> None:
    """Load the page anew until "Grading is paused" stands on top of it, or no longer does."""
    for _ in range(90):
        if ("Grading is paused" in " ".join(page.locator(".strip").all_inner_texts())) is shown:
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"the strip is {'not ' if shown else ''}shown")


def test_a_worker_killed_while_grading_grades_it_once_after_its_start(page: Page, exercise: str, bilik: Bilik) -> None:
    write(page, SLOW)
    page.locator("button[data-key=submit]").click()
    expect(page.locator("#result[data-state=running]")).to_be_visible(timeout=GRADED)
    bilik.stop("worker", signal.SIGKILL)
    bilik.start_worker()
    expect(page.locator("#result[data-state=graded]")).to_contain_text("10 / 10 points", timeout=2 * GRADED)
    assert submissions(bilik, page) == [("graded", 1)]


def test_while_the_site_is_away_what_is_typed_stays_and_is_sent_on_its_return(
    page: Page, exercise: str, bilik: Bilik
) -> None:
    write(page, "# before")
    saved(page)
    bilik.stop("site")
    try:
        write(page, "# typed while the site was away")
        expect(page.locator("#draft-said")).to_contain_text("The site cannot be reached")
        assert "while the site was away" in page.evaluate("JSON.stringify(localStorage)")
    finally:
        bilik.start_site()
    saved(page)
    assert page.evaluate("Object.keys(localStorage)") == []
    page.reload()  # the session has outlived the site
    assert typed(page) == "# typed while the site was away"


def test_a_double_click_hands_in_once(page: Page, exercise: str, bilik: Bilik) -> None:
    write(page, INITIALS)
    page.locator("button[data-key=submit]").dblclick()
    expect(page.locator("#result[data-state=graded]")).to_contain_text("10 / 10 points", timeout=GRADED)
    assert submissions(bilik, page) == [("graded", 1)]


def test_a_link_that_has_expired_says_so_and_offers_another(page: Page, bilik: Bilik) -> None:
    address = "late-comer@example.org"
    page.goto("/sign-up")
    page.locator("main input[name=name]").fill("Gecikən Qonaq")
    page.locator("main input[name=email]").fill(address)
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.locator("main form button[type=submit]").first.click()
    link = bilik.link_in_mail_to(address)
    with sqlite3.connect(bilik.data / "bilik.sqlite3", timeout=10) as database:
        database.execute("UPDATE token SET expires_at = '2020-01-01 00:00:00.000000' WHERE used_at IS NULL")
    page.goto(link.removeprefix(bilik.url))
    expect(page.locator("main input[name=password]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("expired")
    expect(page.locator("main a[href*=sign-up]")).to_be_visible()
    is_sound(page)
