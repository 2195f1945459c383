"""In Chromium: a link to the provider and back, the forms between, in three languages, on a phone and a desk."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.config import Provider, Settings
from app.db import begin_reading, db
from tests.browser.conftest import FLAGS, free_port, refused, violations
from tests.factories import PASSWORD, person
from tests.provider import FakeProvider

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    assert path, "no Chromium: ./test installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path, database: None, fake: FakeProvider) -> Iterator[Flask]:
    """A site that answers at its public address."""
    url = f"http://127.0.0.1:{free_port()}"
    about = Provider.model_validate(fake.about("mygov"))
    site = create_app(Settings(env="test", data=tmp_path, public_url=url, providers=(about,)))
    server = make_server("127.0.0.1", int(url.rpartition(":")[2]), site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    begin_reading(False)
    with site.app_context():
        yield site
        server.shutdown()
        thread.join()
        server.server_close()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def opened(served: Flask, chromium: Browser) -> Iterator[Callable[[str, int], Page]]:
    errors: list[str] = []
    contexts = []

    def make(language: str, width: int) -> Page:
        url = served.extensions["bilik.settings"].public_url
        context = chromium.new_context(base_url=url, locale=language, viewport={"width": width, "height": 850})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if refused(said) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors


def check_page(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


@pytest.mark.parametrize(("language", "width"), [("az", 1280), ("ru", 390), ("en", 390)])
def test_somebody_connects_sets_up_a_second_factor_and_comes_back(
    opened: Callable[[str, int], Page], fake: FakeProvider, language: str, width: int
) -> None:
    person(email="aysel@example.com", password=PASSWORD, language=language)
    page = opened(language, width)
    page.goto("/sign-in?next=/account/second-factor")
    check_page(page, width)
    fake.fault = "wrong aud"
    page.locator("main a[href^='/sign-in/with/mygov']").click()
    expect(page.locator("main")).to_contain_text("not_believed")
    check_page(page, width)
    fake.fault = ""
    page.locator("main a[href^='/sign-in/with/mygov']").click()
    expect(page.locator("main")).to_contain_text("5AB****")
    check_page(page, width)
    page.locator("main input[name=identifier]").fill("aysel@example.com")
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main form[action='/sign-in/connect'] button").click()
    page.locator("form[action$='/prepare'] button").click()
    check_page(page, width)
    secret = page.locator("main ol code").inner_text().replace(" ", "")
    page.locator("main input[name=code]").fill(pyotp.TOTP(secret).now())
    page.locator("form[action$='/confirm'] button").click()
    recovery = page.locator(".slip code").first.inner_text()
    check_page(page, width)
    page.goto("/account")
    expect(page.locator("form[action$='/disconnect']")).to_be_visible()
    check_page(page, width)

    again = opened(language, width)
    again.goto("/sign-in?next=/account")
    again.locator("main a[href^='/sign-in/with/mygov']").click()
    check_page(again, width)
    again.locator("main input[name=code]").fill(recovery)
    again.locator("main form button").click()
    expect(again.locator("#h-second")).to_be_visible()
