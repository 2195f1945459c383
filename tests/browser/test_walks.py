"""From a list of people to an answered request: officer, employee and manager at work together, in each language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.organisations.headings import HEADINGS, LANGUAGES
from tests.browser.conftest import Bilik, choose_password, violations
from tests.browser.test_teams import look, speak
from tests.insights.staff import today

pytestmark = [pytest.mark.browser]

COLUMNS = ("number", "name", "email", "unit", "unit_name", "parent", "position_name", "manager")
ENCODINGS = {"az": "utf-8-sig", "ru": "cp1251", "en": "utf-8"}  # as Excel writes a CSV there
WORDS: dict[str, dict[str, Any]] = {
    "az": {
        "people": ("Kənan Yusifov", "Aygün Səfərli"),
        "unit": "Rəqəmsal arxiv",
        "title": "Məlumatların qorunması",
        "reason": "Bunu qanun tələb edir.",
        "change": "hesab açılır",
    },
    "ru": {
        "people": ("Тимур Алиев", "Ольга Петрова"),
        "unit": "Электронный архив",
        "title": "Защита данных",
        "reason": "Этого требует закон.",
        "change": "получает учётную запись",
    },
    "en": {
        "people": ("Kamran Yusif", "Nigar Safarli"),
        "unit": "Digital archive",
        "title": "Protection of data",
        "reason": "The law asks it.",
        "change": "gets an account",
    },
}


def the_list(language: str, said: dict[str, Any]) -> dict[str, Any]:
    """Two people in a new unit below that of the manager, with the headings and the bytes of the language."""
    unit = [f"A-{language}", said["unit"], "1"]
    rows = [
        [HEADINGS[column][LANGUAGES.index(language)] for column in COLUMNS],
        [f"{language}-1", said["people"][0], f"boss-{language}@bilik.example", *unit, "Arxivçi", ""],
        [f"{language}-2", said["people"][1], f"clerk-{language}@bilik.example", *unit, "Arxivçi", f"{language}-1"],
    ]
    text = "\r\n".join(";".join(row) for row in rows)
    return {
        "name": f"{language}.csv",
        "mimeType": "text/csv",
        "buffer": text.replace("ç", "c").encode(ENCODINGS[language]),
    }


def press(page: Page, button: str) -> None:
    """Press it and wait for the page that follows."""
    before = page.url
    with page.expect_navigation():
        page.locator(button).first.click()
    assert page.locator("main h1").count() == 1, before


def bring_the_list(officer: Page, language: str, said: dict[str, Any]) -> None:
    officer.goto("/structure/1/lists")
    officer.locator("#file").set_input_files(the_list(language, said))
    officer.locator("input[name=meaning][value=adds]").check()
    press(officer, "form:has(#file) .form__actions button")
    preview = officer.locator("main table")
    expect(preview).to_contain_text(said["unit"])
    for name in said["people"]:
        expect(preview.locator("tr", has_text=name).first).to_contain_text(said["change"])
    assert violations(officer) == []
    press(officer, "form[action$='/apply'] button")
    expect(officer.locator(".banner--good")).to_be_visible()


def choose_the_audience(officer: Page, said: dict[str, Any]) -> None:
    officer.goto("/audiences/1/new")
    officer.locator("#name").fill(said["unit"])
    officer.locator("#kind-0").select_option("unit")
    officer.locator("#do-add-0").click()
    condition = officer.locator("#c0-0")
    expect(condition).to_be_visible()
    if officer.locator("#c0-0-find").count():
        officer.locator("#c0-0-find").fill(said["unit"])
    condition.get_by_label(said["unit"], exact=False).first.check()
    preview = officer.locator("#preview")
    expect(preview.locator(".preview__count")).to_contain_text("2")
    expect(preview.locator("p").first).to_contain_text(said["unit"])
    officer.locator("#who").fill(said["people"][1])
    officer.locator("aside button[value=preview]").click()
    expect(preview.locator(".why-card", has_text=said["people"][1]).locator(".badge--good")).to_be_visible()
    assert violations(officer) == []
    press(officer, "button[value=save]")
    expect(officer.locator("main")).to_contain_text(said["people"][0])


def ask_it(officer: Page, language: str, said: dict[str, Any]) -> None:
    officer.goto("/requirements/1/new")
    officer.locator("#code").fill(f"archive-{language}")
    officer.locator(f"#title_{language}").fill(said["title"])
    officer.locator("#title_az").fill(said["title"])  # the one every reader may be shown
    officer.locator("details:has(#reason_az) > summary").click()
    officer.locator("#reason_az").fill(said["reason"])
    officer.locator("#parts .set__courses select").first.select_option("data-with-python")
    officer.locator("input[name=due_kind][value=after]").check()
    officer.locator("#due_after").fill("20")
    press(officer, ".requirement-form .form__actions button")
    audience = officer.locator("#audience option", has_text=said["unit"]).get_attribute("value")
    officer.locator("#audience").select_option(audience)
    press(officer, "form:has(#audience) button")
    affected = officer.locator("main")
    for name in said["people"]:
        expect(affected).to_contain_text(name)
    assert violations(officer) == []
    press(officer, "section[aria-labelledby=decide] form button")
    expect(officer.locator(".banner--good")).to_be_visible()


def look_at_the_whole(officer: Page, said: dict[str, Any]) -> None:
    """Overview with heat map, forecast, a past day, the three exports."""
    officer.goto("/team/1/overview")
    expect(officer.locator(".heat-map")).to_contain_text(said["title"])
    officer.goto("/team/1/outlook")
    expect(officer.locator("main svg").first).to_be_visible()
    officer.goto(f"/team/1/report?day={today() - timedelta(days=1)}")
    expect(officer.locator("main")).not_to_contain_text(said["people"][1])
    officer.goto("/team/1/report")
    expect(officer.locator("main")).to_contain_text(said["people"][1])
    take_the_exports(officer)


def take_the_exports(page: Page) -> None:
    for name, begins in (("Excel", b"PK"), ("CSV", b"\xef\xbb\xbf"), ("PDF", b"%PDF-")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert Path(download.value.path()).read_bytes().startswith(begins), name


def ask_for_time(employee: Page, said: dict[str, Any]) -> None:
    """The task says why and by when; more time is asked for."""
    look(employee, "/")
    task = employee.locator(".task", has_text=said["title"])
    expect(task).to_be_visible()
    task.locator("a[href*='/obligations/']").first.click()
    main = employee.locator("main")
    expect(main).to_contain_text(said["reason"])
    expect(main).to_contain_text(said["unit"])  # from whom, and because of what
    expect(main).to_contain_text("Nümunə Agentliyi")
    employee.locator("details:has(form[action$='/time']) > summary").click()
    form = employee.locator("form[action$='/time']")
    form.locator("#wanted_on").fill((today() + timedelta(days=45)).isoformat())
    form.locator("#reason").fill("Ezamiyyət")
    assert violations(employee) == []
    press(employee, "form[action$='/time'] button")
    expect(employee.locator(".card--ask")).to_contain_text("Ezamiyyət")


def lead(manager: Page, said: dict[str, Any]) -> None:
    """The lights, down to one person's obligation, a reminder, the request granted, the exports."""
    manager.goto("/team/1")
    manager.locator(".lights__one--amber").click()
    row = manager.locator("tbody tr", has_text=said["people"][1])
    row.locator("input[type=checkbox]").check()
    press(manager, "#act button[type=submit]:not([formaction])")
    expect(manager.locator(".banner--good")).to_be_visible()
    manager.goto("/team/1/requests")
    assert violations(manager) == []
    request = manager.locator("article", has_text=said["people"][1])
    request.locator("input[name=answer]").fill("Razıyam")
    request.locator("button[value=grant]").click()
    expect(manager.locator(".banner--good")).to_be_visible()
    expect(manager.locator("article", has_text=said["people"][1])).to_have_count(0)
    manager.goto("/team/1")
    manager.locator("tbody th a", has_text=said["people"][1]).click()
    manager.locator("main .rows a", has_text=said["title"]).click()
    expect(manager.locator("main")).to_contain_text(said["reason"])
    manager.goto("/team/1")
    take_the_exports(manager)


@pytest.mark.parametrize("language", WORDS)
def test_what_a_list_brings_is_asked_shown_put_off_and_answered(
    language: str, bilik: Bilik, new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    said = WORDS[language]
    officer, manager, employee = new_page(), new_page(), new_page(width=390, language=language)
    for page, who in ((officer, "officer"), (manager, "manager")):
        sign_in(page, who)
        speak(page, language)
    bring_the_list(officer, language, said)
    choose_the_audience(officer, said)
    ask_it(officer, language, said)
    look_at_the_whole(officer, said)
    choose_password(employee, bilik, f"clerk-{language}@bilik.example")
    speak(employee, language)
    ask_for_time(employee, said)
    lead(manager, said)
    employee.goto("/notices")
    expect(employee.locator("main")).to_contain_text("Razıyam")
    assert violations(employee) == []
    employee.goto("/")
    expect(employee.locator(".task", has_text=said["title"])).to_be_visible()
