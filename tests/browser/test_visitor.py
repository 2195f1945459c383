"""Item 1: the visitor looks around, changes language, signs up, in and out, forgets the password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Bilik, violations

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_a_visitor_looks_around_in_three_languages_on_a_phone(new_page: Callable[..., Page], language: str) -> None:
    page = new_page(width=390)
    for path in ("/", "/courses", "/courses/data-with-python", "/help", "/privacy", "/sign-in", "/sign-up", "/verify"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        page.locator(f".languages button[value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert page.url.endswith(path)  # the switch keeps the page
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert violations(page) == []


def test_the_language_is_remembered(page: Page) -> None:
    page.goto("/")
    page.locator(".languages button[value=ru]").click()
    page.goto("/courses")
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def test_a_course_is_found_by_its_track_and_by_words_without_marks(page: Page) -> None:
    page.goto("/courses")
    page.locator("#filter-track").select_option("robotics")
    page.locator("main form.filters button").click()
    expect(page.locator(".empty")).to_be_visible()
    page.locator(".languages button[value=az]").click()
    page.locator("#site-search").fill("VERILENLER")
    page.locator("#site-search").press("Enter")
    expect(page.locator(".rows__title").first).to_contain_text("verilənlər")
    page.locator(".rows__title a").first.click()
    expect(page.locator("#syllabus")).to_be_visible()


def test_somebody_signs_up_by_the_link_and_out_again(
    page: Page, bilik: Bilik, newcomer: Callable[..., tuple[str, str]], sign_in: Callable[..., None]
) -> None:
    address, password = newcomer(page)
    page.locator(".menu summary").click()
    page.locator(".menu__panel form button").click()
    expect(page.locator(".menu summary")).to_have_count(0)
    sign_in(page, address, password)


def test_a_known_and_an_unknown_address_get_the_same_answer(page: Page) -> None:
    answers = []
    for address in ("learner@bilik.example", "nobody-knows@example.org"):
        page.goto("/sign-up")
        page.locator("main input[name=name]").fill("Aysel Həsənova")
        page.locator("main input[name=email]").fill(address)
        for box in page.locator("main input[type=checkbox]").all():
            box.check()
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()
        answers.append(page.locator("main").inner_text().replace(address, "…"))
    assert answers[0] == answers[1]


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(page: Page) -> None:
    answers = []
    for address in ("learner@bilik.example", "nobody-knows@example.org"):
        page.goto("/sign-in")
        page.locator("main input[name=identifier]").fill(address)
        page.locator("main input[name=password]").fill("wrong wrong wrong")
        page.locator("main form button[type=submit]").first.click()
        answers.append(page.locator(".error-summary").inner_text())
    assert answers[0] == answers[1]
    assert violations(page) == []


def test_a_link_works_once(page: Page, bilik: Bilik, newcomer: Callable[..., tuple[str, str]]) -> None:
    address, _ = newcomer(page)
    page.context.clear_cookies()
    page.goto(bilik.link_in_mail_to(address).removeprefix(bilik.url))
    expect(page.locator("main input[name=password]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text(re.compile("link", re.IGNORECASE))


def test_a_forgotten_password_is_set_anew_by_mail(
    new_page: Callable[..., Page], bilik: Bilik, newcomer: Callable[..., tuple[str, str]], sign_in: Callable[..., None]
) -> None:
    first = new_page()
    address, _ = newcomer(first)
    page = new_page()
    page.goto("/sign-in")
    page.locator("main a[href*=forgot]").first.click()
    page.locator("main input[type=email]").fill(address)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto(bilik.link_in_mail_to(address, "assword").removeprefix(bilik.url))
    page.locator("main input[name=password]").fill("tamam başqa uzun söz")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".menu summary")).to_be_visible()
    first.goto("/account")
    expect(first).to_have_url(re.compile("/sign-in"))  # the other device was signed out
    sign_in(new_page(), address, "tamam başqa uzun söz")


def test_an_unknown_page_offers_a_way_on(page: Page) -> None:
    answer = page.goto("/no-such-page")
    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main a").first).to_be_visible()
    assert violations(page) == []
