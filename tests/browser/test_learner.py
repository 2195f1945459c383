"""Items 2, 3 and 7: a learner takes a course to its certificate, in Chromium against real Docker."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Bilik
from tests.browser.learning import (
    COUNT,
    GRADED,
    INITIALS,
    NO_NONE,
    answer_quiz,
    answer_quiz_rightly,
    editor,
    enrol,
    hand_in,
    is_sound,
    saved,
    solution_of_sales,
    typed,
    write,
)

pytestmark = [pytest.mark.browser]
Newcomer = Callable[..., tuple[str, str]]


@pytest.fixture
def outline(page: Page, newcomer: Newcomer) -> str:
    """The outline's address of somebody who has just taken the sample course, signed in in `page`."""
    newcomer(page)
    return enrol(page)


def test_a_course_is_taken_read_in_order_and_left(page: Page, outline: str) -> None:
    expect(page.locator(".course-progress")).to_contain_text("Begin with “Giving a name to work”")
    expect(page.locator(".course-progress")).to_contain_text("0 of 5")
    is_sound(page)
    page.get_by_role("link", name="Begin", exact=True).click()
    expect(page.locator("article h1")).to_have_text("Giving a name to work")
    expect(page.locator("article pre")).to_contain_text("def greet(name)")
    is_sound(page)
    page.get_by_role("button", name="Read, on to").click()
    expect(page.locator("h1")).to_have_text("Functions: are you sure?")
    page.goto(outline)
    expect(page.locator(".course-progress")).to_contain_text("Continue with “Functions: are you sure?”")
    expect(page.locator(".course-progress")).to_contain_text("1 of 5")
    page.goto("/")
    expect(page.locator("main")).to_contain_text("1 of 5")
    page.goto(outline)
    page.get_by_role("link", name="Leave this course").click()
    page.get_by_role("button", name="Leave the course").click()
    expect(page.get_by_role("button", name="Take this course")).to_be_visible()
    page.get_by_role("button", name="Take this course").click()
    expect(page.locator(".course-progress")).to_contain_text("1 of 5")  # what was done is kept


def test_a_quiz_answered_wrongly_says_why_and_rightly_gives_all_points(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/check")
    expect(page.locator("#quiz")).to_contain_text("3 attempts left")
    is_sound(page)
    answer_quiz(page, option="0", number="50", order=["print(area", "return a", "def area"], word="function")
    expect(page.locator("#result")).to_contain_text("0 / 5 points")
    expect(page.locator("#question-return")).to_contain_text("0 is a number like any other; nothing was returned.")
    expect(page.locator("#question-return")).to_contain_text("Not right")
    expect(page.locator("main")).not_to_contain_text("The right answer")  # only after passing
    is_sound(page)
    page.get_by_role("link", name="Try again").click()
    answer_quiz_rightly(page)
    expect(page.locator("#result")).to_contain_text("5 / 5 points")
    is_sound(page)
    page.goto(outline)
    expect(page.locator(".rows li", has_text="Functions: are you sure?")).to_contain_text("5 of 5 points")


def test_a_function_is_run_checked_and_submitted_wrongly_then_rightly(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/initials")
    page.evaluate("window.sameDocument = true")
    write(page, f"{NO_NONE}\nprint(initials('Leyla Məmmədova'))\n")
    expect(hand_in(page, "run").locator(".output")).to_have_text("LM")
    write(page, NO_NONE)
    checked = hand_in(page, "check")
    expect(checked.locator(".check")).to_have_count(3)  # nothing of the hidden one
    expect(checked).not_to_contain_text("What if nobody wrote a name?")

    result = hand_in(page, "submit")
    expect(result).to_contain_text("7 / 10 points")
    expect(page.locator("#standing")).to_contain_text("7 / 10 points")
    failed = result.locator("#check-none")
    expect(failed.locator(".check__body")).to_be_visible()  # the first that fails is unfolded
    expect(failed).to_contain_text("ValueError")
    expect(failed).to_contain_text("initials(None)")
    expect(result.locator("#check-nobody")).not_to_contain_text("initials('')")
    is_sound(page)

    write(page, "def initials(name):\n    return name[0]\n")
    result = hand_in(page, "submit")
    hidden = result.locator("#check-nobody")
    hidden.locator("summary").click()
    expect(hidden).to_contain_text("What if nobody wrote a name?")
    expect(hidden.locator(".check__body")).not_to_contain_text("IndexError")

    write(page, INITIALS)
    expect(hand_in(page, "submit")).to_contain_text("10 / 10 points")
    assert page.evaluate("window.sameDocument")  # never reloaded
    is_sound(page)


def test_a_verdict_arrives_check_by_check(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/initials")
    write(page, f"import time\n{INITIALS.replace('    if', '    time.sleep(2)' + chr(10) + '    if')}")
    page.locator("button[data-key=submit]").click()
    running = page.locator("#result[data-state=running]")
    expect(running.locator("#check-two-words.check--good")).to_be_visible(timeout=GRADED)
    expect(running).to_contain_text("of 4")
    expect(running.locator("#check-nobody.check--good")).to_have_count(0)
    expect(page.locator("#result[data-state=graded]")).to_contain_text("10 / 10 points", timeout=GRADED)


def test_a_hint_is_taken_and_what_was_just_typed_stays(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/initials")
    write(page, "# half an idea")
    page.get_by_role("button", name="Show hint 1 of 1").click()
    expect(page.locator(".hints")).to_contain_text("split() gives the words of a text.")
    assert typed(page) == "# half an idea"


def test_history_shows_every_version_and_gives_one_back(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/initials")
    write(page, NO_NONE)
    hand_in(page, "check")
    write(page, INITIALS)
    page.locator("button[data-key=submit]").dblclick()
    expect(page.locator("#result[data-state=graded]")).to_contain_text("10 / 10 points", timeout=GRADED)
    page.get_by_role("link", name="History").click()
    expect(page.locator("tbody tr")).to_have_count(2)  # the double click handed in once
    is_sound(page)
    page.locator("tbody tr a").first.click()
    expect(page.locator("figure.said pre").last).to_contain_text("raise")
    is_sound(page)
    page.go_back()
    page.locator("tbody tr", has_text="Check").get_by_role("button", name="Restore").click()
    expect(page.locator(".banner--good")).to_be_visible()
    assert typed(page) == NO_NONE


def test_a_program_takes_own_input_and_files(page: Page, outline: str, tmp_path: Path) -> None:
    page.goto(f"{outline}/functions/word-count")
    source = tmp_path / "my-count.py"
    source.write_text(COUNT)
    page.get_by_text("Hand in a file, or begin again").click()
    page.locator("#upload-file").set_input_files(source)
    expect(editor(page)).to_contain_text("sorted(")
    page.get_by_text("Input for Run").click()
    page.locator("#stdin").fill("bir iki bir\n")
    expect(hand_in(page, "run").locator(".output")).to_contain_text("bir 2\niki 1")
    expect(hand_in(page, "submit")).to_contain_text("6 / 6 points")
    is_sound(page)

    picture = {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\0\0"}
    if not page.locator("#upload-file").is_visible():
        page.get_by_text("Hand in a file, or begin again").click()
    page.locator("#upload-file").set_input_files(picture)  # type: ignore[arg-type]
    page.get_by_role("button", name="Put into the editor").click()
    refused = page.locator(".banner--bad p")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("photo.png")
    assert typed(page) == COUNT  # and nothing was lost


def test_a_notebook_shows_its_outputs_under_its_cells_and_gets_all_points(page: Page, outline: str) -> None:
    page.goto(f"{outline}/tables/sales")
    cells = solution_of_sales()
    is_sound(page)
    write(page, "total = 0\nprint('so far', total)", "total")
    checked = hand_in(page, "check")
    expect(page.locator("#out-total")).to_contain_text("so far 0")
    expect(checked.locator("#check-total")).to_contain_text("61")
    for name, text in cells.items():
        write(page, f"{text}\nprint('here is', {name})" if name == "total" else text, name)
    hand_in(page, "check")
    expect(page.locator("#out-total")).to_contain_text("here is 61.0")
    expect(page.locator("#out-chart img")).to_be_visible()
    expect(hand_in(page, "submit")).to_contain_text("10 / 10 points")
    is_sound(page)

    page.locator("[data-cell=best] .cell__add").click()
    own = page.locator(".cell--own .cm-content")
    own.fill("print('a cell of my own')")
    hand_in(page, "run")
    expect(page.locator(".cell--own .cell__out")).to_contain_text("a cell of my own")
    page.locator("#upload-file").set_input_files(
        {"name": "work.ipynb", "mimeType": "application/json", "buffer": b"this is not a notebook"}
    )
    page.get_by_role("button", name="Put into the editor").click()
    expect(page.locator(".banner--bad p")).to_have_count(1)
    expect(page.locator(".banner--bad p")).to_contain_text("work.ipynb")
    expect(page.locator(".cell--own .cm-content")).to_contain_text("a cell of my own")
    upload = {"name": "work.ipynb", "mimeType": "application/json", "buffer": as_notebook(cells)}
    page.locator("#upload-file").set_input_files(upload)  # type: ignore[arg-type]
    page.get_by_role("button", name="Put into the editor").click()
    expect(page.locator(".banner--good")).to_be_visible()
    assert typed(page, "best") == cells["best"]


def as_notebook(cells: dict[str, str]) -> bytes:
    code = [
        {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": 1, "source": text}
        for name, text in cells.items()
    ]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


# ---- drafts


def test_what_is_typed_is_there_after_a_reload(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/initials")
    write(page, "# typed and not handed in")
    saved(page)
    expect(page.locator("#draft-said")).to_contain_text("Saved")
    assert page.evaluate("Object.keys(localStorage)") == []  # the site has it
    page.reload()
    assert typed(page) == "# typed and not handed in"
    expect(page.locator("#draft-said")).to_contain_text("Draft saved")


def test_two_tabs_keep_both_texts(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/initials")
    other = page.context.new_page()
    other.goto(page.url)
    write(page, "# from the first tab")
    saved(page)
    write(other, "# from the second tab")
    expect(other.locator("#draft-said")).to_contain_text("Both texts are kept.")
    other.get_by_role("button", name="Take the other one").click()
    saved(other)
    assert typed(other) == "# from the first tab"
    other.goto(f"{outline}/functions/initials/history")
    kept = other.locator(".rows li")
    expect(kept).to_have_count(1)
    kept.get_by_text("Show").click()
    expect(kept).to_contain_text("# from the second tab")
    kept.get_by_role("button", name="Restore").click()
    assert typed(other) == "# from the second tab"


def test_submit_on_top_of_another_tabs_text_asks_which_one_to_go_on_with(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/initials")
    other = page.context.new_page()
    other.goto(page.url)
    write(page, "# from the first tab")
    saved(page)
    write(other, NO_NONE)
    other.locator("button[data-key=submit]").click()
    expect(other.locator("#refused")).to_contain_text("Nothing was handed in")
    expect(other.locator("#draft-said")).to_contain_text("Both texts are kept.")
    assert other.locator("#result[data-submission]").count() == 0
    is_sound(other)
    other.get_by_role("button", name="Go on with this one").click()
    saved(other)
    assert typed(other) == NO_NONE
    expect(hand_in(other, "submit")).to_contain_text("7 / 10 points")
    expect(other.locator("#refused")).to_be_empty()
    other.goto(f"{outline}/functions/initials/history")
    expect(other.locator("main")).to_contain_text("# from the first tab")


def answered_late(route: Route) -> None:
    route.request.frame.page.wait_for_timeout(600)
    route.fallback()


def test_a_refusal_stays_while_an_older_result_is_waited_for(page: Page, outline: str) -> None:
    def still_waiting(route: Route) -> None:
        poll = f'hx-get="{route.request.url}" hx-trigger="load delay:200ms" hx-swap="outerHTML"'
        route.fulfill(body=f'<section id="result" data-submission="1" {poll}>…</section>', content_type="text/html")

    page.route("**/result", still_waiting)
    page.goto(f"{outline}/functions/initials")
    other = page.context.new_page()
    other.route("**/result", still_waiting)
    other.goto(page.url)
    write(other, NO_NONE)
    other.locator("button[data-key=run]").click()
    expect(other.locator("#result[data-submission]")).to_be_visible()
    write(page, "# older")
    page.locator("button[data-key=submit]").click()
    expect(page.locator("#refused")).to_contain_text("Nothing was handed in")
    other.bring_to_front()
    write(other, f"{NO_NONE}# newer")
    saved(other)
    page.get_by_role("button", name="Go on with this one").click()
    saved(page)
    # the answer comes after the older result was asked for again: what stood there when Run was pressed is gone
    other.route("**/hand-in", answered_late)
    other.locator("button[data-key=run]").click()
    expect(other.locator("#refused")).to_contain_text("Nothing was handed in")
    for _ in range(2):
        with other.expect_response("**/result"):
            pass
    expect(other.locator("#refused")).to_contain_text("Nothing was handed in")


def test_what_is_ticked_and_typed_in_a_quiz_is_there_after_a_reload_until_it_is_handed_in(
    page: Page, outline: str
) -> None:
    page.goto(f"{outline}/functions/check")
    page.locator("#question-return").get_by_label("0", exact=True).check()
    page.locator("#q-vat").fill("50")
    lines = page.locator("#question-order li label")
    page.locator("#question-order li").last.get_by_role("button", name="Move up").click()
    arranged = lines.all_inner_texts()
    assert "    return a * b" in arranged  # code keeps its indentation
    saved(page)
    page.reload()
    expect(page.locator("#question-return").get_by_label("0", exact=True)).to_be_checked()
    expect(page.locator("#q-vat")).to_have_value("50")
    assert lines.all_inner_texts() == arranged
    expect(page.locator("#draft-said")).to_contain_text("Draft saved")

    page.route("**/draft", lambda route: route.abort())
    page.locator("#q-keyword").fill("def")
    expect(page.locator("#draft-said")).to_contain_text("The site cannot be reached")
    page.unroute("**/draft")
    page.reload()
    expect(page.locator("#q-keyword")).to_have_value("def")  # it was in this browser
    saved(page)
    is_sound(page)
    answer_quiz_rightly(page)
    assert page.evaluate("Object.keys(localStorage)") == []
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("#q-vat")).to_have_value("")
    expect(page.locator("input:checked")).to_have_count(0)


def test_a_session_that_ends_while_typing_asks_to_sign_in_and_the_text_is_back(
    page: Page, newcomer: Newcomer, sign_in: Callable[..., None]
) -> None:
    address, password = newcomer(page)
    page.goto(f"{enrol(page)}/functions/initials")
    page.context.clear_cookies()
    write(page, "# typed without a session")
    expect(page.locator("#draft-said")).to_contain_text("Your session has ended")
    with page.context.expect_page() as opened:
        page.locator("#draft-said a").click()
    sign_in(opened.value, address, password)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # headless Chromium tells no tab that it is in front
    saved(page)
    page.reload()
    assert typed(page) == "# typed without a session"
    assert page.evaluate("Object.keys(localStorage)") == []


def test_signing_out_leaves_nothing_of_it_in_the_browser(page: Page, outline: str) -> None:
    page.goto(f"{outline}/functions/initials")
    page.route("**/draft", lambda route: route.abort())
    write(page, "# for nobody else's eyes")
    expect(page.locator("#draft-said")).to_contain_text("The site cannot be reached")
    assert "nobody else" in page.evaluate("JSON.stringify(localStorage)")
    write(page, "# for nobody else's eyes, and typed this second")
    page.locator(".menu summary").click()
    page.locator(".menu__panel form button").click()
    expect(page.locator(".menu summary")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage)") == []


# ---- to the end


def finish(page: Page, outline: str) -> None:
    page.goto(f"{outline}/lessons/functions/welcome")
    page.get_by_role("button", name="Read, on to").click()
    answer_quiz_rightly(page)
    page.goto(f"{outline}/functions/initials")
    write(page, INITIALS)
    hand_in(page, "submit")
    page.goto(f"{outline}/functions/word-count")
    write(page, COUNT)
    hand_in(page, "submit")
    page.goto(f"{outline}/tables/sales")
    for name, text in solution_of_sales().items():
        write(page, text, name)
    hand_in(page, "submit")


def test_finishing_the_course_gives_a_certificate_that_anybody_can_verify(
    page: Page,
    new_page: Callable[..., Page],
    newcomer: Newcomer,
    sign_in: Callable[..., None],
    bilik: Bilik,
    tmp_path: Path,
) -> None:
    newcomer(page, "Əli Şıxəliyev")
    outline = enrol(page)
    finish(page, outline)
    page.goto(outline)
    expect(page.locator(".course-progress")).to_contain_text("You have finished this course")
    is_sound(page)
    page.get_by_role("link", name="Your certificates").click()
    expect(page.locator("#name")).to_have_value("Əli Şıxəliyev")
    is_sound(page)
    page.locator("#name").fill("Əli Şıxəli oğlu Şıxəliyev")
    page.get_by_role("button", name="This is right").click()
    expect(page.locator(".rows__title")).to_have_count(1)
    is_sound(page)
    page.locator(".rows__title a").click()
    expect(page.locator("dl.facts")).to_contain_text("Əli Şıxəli oğlu Şıxəliyev")
    for language in ("az", "ru", "en"):
        page.locator(f".languages button[value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        is_sound(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="In English").click()
    pdf = tmp_path / "certificate.pdf"
    download.value.save_as(pdf)
    address = read_qr(pdf)
    assert address.startswith(f"{bilik.url}/verify/")
    assert "Əli Şıxəli oğlu Şıxəliyev" in run("pdftotext", str(pdf), "-")

    anybody = new_page()
    anybody.goto(address)
    expect(anybody.locator(".banner--good")).to_contain_text("This certificate is valid")
    expect(anybody.locator("dl.facts")).to_contain_text("Əli Şıxəli oğlu Şıxəliyev")
    is_sound(anybody)
    unknown = anybody.goto("/verify/7K2M-9QRT-X4WB")
    assert unknown is not None
    assert unknown.status == 404
    expect(anybody.locator(".banner--bad")).to_contain_text("There is no certificate with this code")
    is_sound(anybody)

    administrator = new_page()
    sign_in(administrator, "administrator")
    administrator.goto(address.replace("/verify/", "/staff/certificates/") + "/revoke")
    administrator.locator("#reason").fill("Issued by mistake")
    is_sound(administrator)
    administrator.get_by_role("button", name="Revoke the certificate").click()
    anybody.goto(address)
    expect(anybody.locator(".banner--bad")).to_contain_text("This certificate has been revoked")
    expect(anybody.locator("main")).not_to_contain_text("Issued by mistake")


def read_qr(pdf: Path) -> str:
    run("pdftoppm", "-r", "150", "-png", "-singlefile", str(pdf), str(pdf.with_suffix("")))
    return run("zbarimg", "--quiet", "--raw", str(pdf.with_suffix(".png"))).strip()


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_the_pages_of_a_learner_are_sound_in_three_languages(page: Page, outline: str, language: str) -> None:
    page.goto(outline)
    page.locator(f".languages button[value={language}]").click()
    page.goto(f"{outline}/functions/initials")
    write(page, NO_NONE)
    hand_in(page, "submit")
    page.set_viewport_size({"width": 390, "height": 850})
    for path in (
        outline,
        f"{outline}/lessons/functions/welcome",
        f"{outline}/functions/check",
        f"{outline}/functions/initials",
        f"{outline}/functions/initials/history",
        f"{outline}/functions/word-count",
        f"{outline}/tables/sales",
        f"{outline}/leave",
        "/",
        "/certificates",
        "/account",
        "/notices",
    ):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        is_sound(page)
