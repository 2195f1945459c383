"""Employee, manager and training officer at work with what is asked: in three languages, on screen and phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import violations
from tests.insights.staff import today

pytestmark = [pytest.mark.browser]

WORDS = {
    "az": {"task": "Sizdən tələb olunur", "late": "Vaxtı yaxınlaşır", "heat": "Bölmələr və tələblər"},
    "ru": {"task": "От вас требуется", "late": "Скоро срок", "heat": "Подразделения и требования"},
    "en": {"task": "Asked of you", "late": "Due soon", "heat": "Units by requirements"},
}


def speak(page: Page, language: str) -> None:
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f".languages button[value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)


def look(page: Page, path: str) -> None:
    """Opened, without anything that keeps somebody out, and no wider than the screen."""
    answer = page.goto(path)
    assert answer is not None and answer.ok, path
    assert violations(page) == [], path
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.fixture
def asked(new_page: Callable[..., Page], sign_in: Callable[..., None]) -> Page:
    """A manager who has asked Leyla to take a course within nine days."""
    manager: Page = new_page()
    sign_in(manager, "manager")
    manager.goto("/team/")
    manager.locator("summary", has_text="Assign a course").click()
    manager.locator("#course").select_option("data-with-python")
    manager.locator("#due_on").fill((today() + timedelta(days=9)).isoformat())
    manager.get_by_label("Leyla Məmmədova").check()
    manager.get_by_role("button", name="Assign", exact=True).click()
    expect(manager.locator(".banner--good")).to_be_visible()
    return manager


def test_a_manager_sees_who_is_near_a_due_day_and_reminds(
    asked: Page, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    manager = asked
    for language in WORDS:
        speak(manager, language)
        manager.locator(".lights__one--amber").click()
        expect(manager.locator("tbody tr", has_text="Leyla")).to_contain_text(WORDS[language]["late"])
        assert violations(manager) == []
        look(manager, "/team/")
    manager.get_by_label("Tick everybody on this page").check()
    manager.get_by_role("button", name="Remind those ticked").click()
    expect(manager.locator(".banner--good")).to_contain_text("1 person was reminded")
    manager.get_by_role("link", name="Leyla Məmmədova").click()
    manager.locator("main .rows a").first.click()
    expect(manager.locator("main")).to_contain_text("Assigned by Şəbnəm Hüseynova")
    assert violations(manager) == []
    manager.goto("/team/")
    with manager.expect_download() as download:
        manager.get_by_role("button", name="PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    learner = new_page()
    sign_in(learner, "learner")
    learner.goto("/notices")
    expect(learner.locator("main")).to_contain_text("Şəbnəm Hüseynova")


def test_an_employee_finds_the_task_first_and_begins(
    asked: Page, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    learner = new_page(width=390)
    sign_in(learner, "learner")
    for language in WORDS:
        speak(learner, language)
        look(learner, "/")
        expect(learner.locator("main h2").first).to_have_text(WORDS[language]["task"])
    task = learner.locator(".task").first
    expect(task).to_contain_text("9 days left")
    task.get_by_role("button", name="Start").or_(task.get_by_role("link", name="Continue")).click()
    learner.wait_for_url("**/learn/*")


def test_a_training_officer_sees_the_organisation_its_past_and_what_comes(
    asked: Page, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    wide, phone = new_page(), new_page(width=390)
    for page in (wide, phone):
        sign_in(page, "officer")
    for language in WORDS:
        speak(wide, language)
        look(wide, "/team/")
        expect(wide.locator("#h-heat")).to_have_text(WORDS[language]["heat"])
        speak(phone, language)
        here = wide.url.removesuffix("/overview")
        for path in ("overview", "outlook", "units", "report", "requests"):
            look(phone, f"{here}/{path}")
    wide.locator(".heat-map tfoot a").first.click()
    expect(wide.locator("tbody tr", has_text="Leyla")).to_be_visible()
    wide.locator("nav.tabs a").last.click()
    wide.locator("#day").fill((today() - timedelta(days=1)).isoformat())
    wide.locator("form.filters button").click()
    expect(wide.locator("main")).not_to_contain_text("Leyla Məmmədova")
