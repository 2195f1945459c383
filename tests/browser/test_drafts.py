"""What is typed while the site is away stays in the browser, and is sent when the site is back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Bilik
from tests.browser.learning import enrol, saved, typed, write

pytestmark = [pytest.mark.browser]
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('bilik-draft:')).length"


def test_while_the_site_is_away_the_text_stays_and_is_sent_when_it_is_back(
    page: Page, bilik: Bilik, newcomer: Callable[..., tuple[str, str]]
) -> None:
    newcomer(page)
    page.goto(f"{enrol(page)}/functions/initials")
    bilik.stop("site")
    try:
        write(page, "typed_while_away = 1")
        expect(page.locator("#draft-said")).to_contain_text("cannot be reached")
        assert page.evaluate(KEPT) == 1
    finally:
        bilik.start_site()
    saved(page)
    assert page.evaluate(KEPT) == 0
    page.reload()
    assert "typed_while_away = 1" in typed(page)
