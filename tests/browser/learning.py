"""What learners do in the sample course, in a few words: enrol, type, hand in, answer the quiz, finish."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SAMPLE, violations

GRADED = 240_000  # ms; a verdict takes a second or two, on a machine that does ten other things much more
INITIALS = (SAMPLE / "functions/initials/solution/initials.py").read_text()
NO_NONE = (SAMPLE / "functions/initials/answers/no-none/initials.py").read_text()
COUNT = (SAMPLE / "functions/word-count/solution/count.py").read_text()


def enrol(page: Page, course: str = "data-with-python") -> str:
    """Take the course; returns the address of the outline."""
    page.goto(f"/courses/{course}")
    page.get_by_role("button", name="Take this course").click()
    expect(page.locator(".course-progress")).to_be_visible()
    return page.url


def editor(page: Page, name: str = "") -> Locator:
    """The editor of a file or an answer cell; the first without a name."""
    chosen = f'[data-file="{name}"]' if name else "[data-file]"
    return page.locator(f"textarea{chosen} + .cm-editor .cm-content").first


def typed(page: Page, name: str = "") -> str:
    """What is in the editor, as it would be sent."""
    chosen = f'[data-file="{name}"]' if name else "[data-file]"
    return page.locator(f"textarea{chosen}").first.input_value()


PASTE = """(editor, text) => {
  const clipboard = new DataTransfer();
  clipboard.setData("text/plain", text);
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""


def write(page: Page, text: str, name: str = "") -> None:
    """Put `text` in the place of all that is in the editor, as a learner who pastes."""
    editor(page, name).click()
    page.keyboard.press("ControlOrMeta+a")
    editor(page, name).evaluate(PASTE, text)
    assert typed(page, name) == text


def hand_in(page: Page, purpose: str) -> Locator:
    """Press Run, Check or Submit and wait for the result; returns it."""
    before = page.locator("#result").get_attribute("data-submission") or ""
    page.locator(f"button[data-key={purpose}]").click()
    result = page.locator(f'#result[data-state=graded]:not([data-submission="{before}"])')
    expect(result).to_be_visible(timeout=GRADED)
    return result


def answer_quiz(page: Page, *, option: str, number: str, order: list[str], word: str) -> None:
    """Fill the sample course's quiz in and hand it in."""
    page.locator("#question-return").get_by_label(option, exact=True).check()
    page.locator("#q-vat").fill(number)
    rows = page.locator("#question-order li")
    for place, text in enumerate(order, 1):
        rows.filter(has_text=text).locator("select").select_option(str(place))
    page.locator("#q-keyword").fill(word)
    page.locator("#quiz button[type=submit]").last.click()
    expect(page.locator("#result")).to_be_visible()


def answer_quiz_rightly(page: Page) -> None:
    answer_quiz(page, option="None", number="59,00", order=["def area", "return a", "print(area"], word="def")


def solution_of_sales() -> dict[str, str]:
    """Answer cells of the sample notebook by id, as its author solved it."""
    cells = json.loads((SAMPLE / "tables/sales/solution/task.ipynb").read_text())["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


def saved(page: Page) -> None:
    """Wait until the site has what was typed."""
    expect(page.locator("#draft-said")).to_have_class("draft-said draft-said--good")


def is_sound(page: Page) -> None:
    """No violation that axe can see, and nothing to scroll sideways on a phone."""
    wide = page.viewport_size
    assert wide is not None
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 850})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    assert violations(page) == []
    page.set_viewport_size(wide)
