"""A check is corrected; what was handed in is graded again, looked at, applied, and the learner is told why."""

from __future__ import annotations

import contextvars
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app import create_app
from app.catalogue import publishing
from app.clock import utc_now
from app.config import Settings
from app.db import begin_reading, db
from graders.course import load_course
from tests.browser.conftest import SAMPLE, Bilik
from tests.browser.learning import GRADED, INITIALS, enrol, hand_in, is_sound, write

pytestmark = [pytest.mark.browser]
COURSE = "again-with-python"
WHY = "The first check asked for the wrong order."


def publish(bilik: Bilik, scratch: Path, *, gives: str) -> None:
    """A version of the sample course as a course of its own, whose first check expects `gives`."""
    folder = scratch / gives / COURSE
    shutil.copytree(SAMPLE, folder)
    file = folder / "functions" / "initials" / "exercise.toml"
    file.write_text(file.read_text().replace("gives = \"'LM'\"", f"gives = \"'{gives}'\""))

    def store() -> None:
        begin_reading(False)
        site = create_app(Settings(data=bilik.data))
        with site.app_context():
            course = load_course(folder)
            version = publishing.store_version(course, bilik.data, created_by=None, now=utc_now())
            publishing.publish(version, course, now=utc_now())
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    contextvars.Context().run(store)


def test_an_instructor_grades_again_and_the_learner_reads_why(
    bilik: Bilik,
    new_page: Callable[..., Page],
    newcomer: Callable[..., tuple[str, str]],
    sign_in: Callable[..., None],
    tmp_path: Path,
) -> None:
    publish(bilik, tmp_path, gives="LM")
    learner, teacher = new_page(width=390), new_page()
    address, _password = newcomer(learner, "Nigar Əliyeva")
    outline = enrol(learner, COURSE)
    learner.goto(f"{outline}/functions/initials")
    write(learner, INITIALS)
    expect(hand_in(learner, "submit").locator(".result__points")).to_contain_text("10 / 10")

    publish(bilik, tmp_path, gives="ML")
    sign_in(teacher, "administrator")
    teacher.goto(f"/authoring/courses/{COURSE}")
    teacher.get_by_role("link", name="Grade again").click()
    teacher.locator("#item").select_option("functions/initials")
    teacher.get_by_label("All submissions").check()
    teacher.locator("#reason").fill(WHY)
    is_sound(teacher)
    teacher.get_by_role("button", name="Begin the preview").click()
    decide = teacher.get_by_role("button", name="Apply the new results")
    expect(decide).to_be_visible(timeout=GRADED)  # the page asks by itself
    preview = teacher.url
    is_sound(teacher)
    row = teacher.locator("tbody tr", has_text="Nigar Əliyeva")
    expect(row).to_contain_text("Goes down")
    row.get_by_role("link").click()
    expect(teacher.locator("tbody tr", has_text="two words")).to_contain_text("changed")
    is_sound(teacher)

    learner.reload()
    expect(learner.locator("#result")).to_contain_text("10 / 10")  # a preview changes nothing
    learner.goto("/notices/settings")  # else its mail waits for working hours
    learner.locator("#at_any_hour").check()
    learner.get_by_role("button", name="Save").click()
    expect(learner.locator(".flash--good, .banner--good").first).to_be_visible()
    teacher.goto(preview)
    decide.click()
    expect(teacher.get_by_text("1 new verdict is in force")).to_be_visible(timeout=GRADED)
    is_sound(teacher)

    said = bilik.mail_to(address)
    assert WHY in said
    assert "8" in said
    learner.goto(bilik.link_in_mail_to(address).removeprefix(bilik.url))
    expect(learner.locator("#result")).to_contain_text("8 / 10")
    expect(learner.locator("#result")).to_contain_text(WHY)
    is_sound(learner)
