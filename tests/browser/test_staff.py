"""Items 4 to 6: instructor, author, manager and administrator at work, in Chromium against real Docker."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SAMPLE, Bilik, violations

pytestmark = [pytest.mark.browser]


def choose(page: Page, label: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=label).click()


def test_an_instructor_opens_a_cohort_and_a_learner_joins_by_its_code(
    new_page: Callable[..., Page], newcomer: Callable[..., tuple[str, str]], sign_in: Callable[..., None]
) -> None:
    teacher, learner = new_page(), new_page(width=390)
    sign_in(teacher, "instructor")
    teacher.goto("/teach/courses/data-with-python/cohorts/new")
    teacher.locator("#name").fill("Spring evening group")
    teacher.locator("#ends_on").fill("2020-01-01")
    choose(teacher, "Open the cohort")
    expect(teacher.locator(".error-summary")).to_contain_text("end is before the beginning")
    teacher.locator("#ends_on").fill("")
    teacher.locator("#seats").fill("1")
    choose(teacher, "Open the cohort")
    code = teacher.locator(".secret").inner_text()
    cohort = teacher.url

    newcomer(learner, "Tural Əsgərov")
    learner.goto("/join")
    learner.locator("#code").fill("WRONGCODE")
    choose(learner, "Continue")
    expect(learner.locator(".error-summary")).to_contain_text("No cohort has this code")
    learner.locator("#code").fill(code.lower())
    choose(learner, "Continue")
    choose(learner, "Join the cohort")
    expect(learner.locator("h1")).to_be_visible()
    assert "/learn/" in learner.url

    late = new_page()
    newcomer(late)
    late.goto(f"/join/{code}")
    choose(late, "Join the cohort")
    expect(late.locator(".banner--bad, main")).to_contain_text("seats of this cohort are taken")

    teacher.goto(cohort)
    teacher.locator("#q").fill("esgerov")
    choose(teacher, "Find")
    expect(teacher.locator("tbody tr")).to_have_count(1)
    assert violations(teacher) == []


def test_due_dates_an_extension_an_announcement_and_the_gradebook(
    new_page: Callable[..., Page], bilik: Bilik, newcomer: Callable[..., tuple[str, str]], sign_in: Callable[..., None]
) -> None:
    teacher, learner = new_page(), new_page()
    sign_in(teacher, "instructor")
    teacher.goto("/teach/courses/data-with-python/cohorts/new")
    teacher.locator("#name").fill("Due group")
    choose(teacher, "Open the cohort")
    cohort, code = teacher.url, teacher.locator(".secret").inner_text()
    teacher.goto(f"{cohort}/dates")
    teacher.locator("#due-functions").fill("2030-03-05")
    choose(teacher, "Save")
    address, _ = newcomer(learner, "Günel Rzayeva")
    learner.goto(f"/join/{code}")
    choose(learner, "Join the cohort")
    expect(learner.locator("#unit-functions").locator("..")).to_contain_text("5 Mar 2030, 23:59")

    teacher.goto(cohort)
    teacher.get_by_role("link", name="Günel Rzayeva").click()
    teacher.locator("#unit").select_option("functions")
    teacher.locator("#day").fill("2030-03-09")
    teacher.locator("#reason").fill("Illness")
    choose(teacher, "Give the extension")
    expect(teacher.locator(".banner--good")).to_be_visible()
    learner.reload()
    expect(learner.locator("#unit-functions").locator("..")).to_contain_text("9 Mar 2030, 23:59")

    teacher.goto(f"{cohort}/announcements")
    teacher.locator("#title").fill("Room changed")
    teacher.locator("#body").fill("We meet in room **12** <script>alert(1)</script>")
    teacher.get_by_role("button", name="Announce").dblclick()
    expect(teacher.locator("article.card")).to_have_count(1)
    assert "room **12**" in bilik.mail_to(address, "Room changed")
    learner.goto("/notices")
    expect(learner.locator("main")).to_contain_text("Room changed")

    learner.goto(learner.url)
    teacher.goto(f"{cohort}/gradebook")
    expect(teacher.locator(".gradebook tbody th")).to_contain_text("Günel Rzayeva")
    assert violations(teacher) == []
    with teacher.expect_download() as download:
        teacher.get_by_role("link", name="Export as CSV").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert rows[1][:2] == ["Günel Rzayeva", address]


def test_learners_are_put_in_from_a_list_and_the_new_are_invited(
    new_page: Callable[..., Page], bilik: Bilik, sign_in: Callable[..., None]
) -> None:
    teacher, invited = new_page(), new_page()
    sign_in(teacher, "instructor")
    teacher.goto("/teach/courses/data-with-python/cohorts/new")
    teacher.locator("#name").fill("List group")
    choose(teacher, "Open the cohort")
    teacher.get_by_role("link", name="Put in from a list").click()
    teacher.locator("#list").fill("Name;E-mail\nNərgiz Babayeva;nergiz@example.org\nNo address;here\n")
    choose(teacher, "Look at it first")
    expect(teacher.locator("tbody tr")).to_have_count(2)
    expect(teacher.locator("tbody")).to_contain_text("is not an e-mail address")
    choose(teacher, "Put them in")
    expect(teacher.locator("tbody")).to_contain_text("Nərgiz Babayeva")
    invited.goto(bilik.link_in_mail_to("nergiz@example.org").removeprefix(bilik.url))
    invited.locator("main input[name=password]").fill("dörd uzun sakit söz")
    for box in invited.locator("main input[type=checkbox]").all():
        box.check()
    invited.locator("main form button[type=submit]").first.click()
    expect(invited.locator(".menu summary")).to_be_visible()


def zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder.parent))
    return target


def test_an_author_uploads_a_course_mends_it_walks_through_it_and_publishes(
    new_page: Callable[..., Page], bilik: Bilik, sign_in: Callable[..., None], tmp_path: Path
) -> None:
    page = new_page()
    sign_in(page, "instructor")
    folder = tmp_path / "small-course"
    shutil.copytree(SAMPLE, folder)
    shutil.copy(Path(bilik.environment["BILIK_COURSES"]) / "skills.toml", tmp_path / "skills.toml")
    toml = folder / "course.toml"
    good = re.sub(r"skills = .*", "", toml.read_text()).replace('"functions", "tables"', '"functions"')
    shutil.rmtree(folder / "tables")
    toml.write_text(good.replace('track = "programming"', 'track = "cooking"'))
    page.goto("/authoring/upload")
    page.locator("#file").set_input_files(zipped(folder, tmp_path / "bad.zip"))
    choose(page, "Upload")
    expect(page.locator("tbody")).to_contain_text("course.toml")
    expect(page.locator("tbody")).to_contain_text("cooking")

    page.locator("#file").set_input_files({"name": "x.zip", "mimeType": "application/zip", "buffer": b"not a zip"})
    choose(page, "Upload")
    expect(page.locator(".error-summary")).to_be_visible()

    toml.write_text(good)
    page.locator("#file").set_input_files(zipped(folder, tmp_path / "good.zip"))
    choose(page, "Upload")
    expect(page.locator("#report")).to_be_visible()
    draft = page.url
    visitor = new_page()
    expect_offered(visitor, 404)

    page.get_by_role("link", name="Walk through as a learner").click()
    page.locator(".rows__title a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.goto(draft)
    expect(page.locator("#report .banner")).to_be_visible(timeout=300_000)
    expect(page.locator("#report .banner")).to_contain_text("The check passed")
    assert violations(page) == []
    choose(page, "Publish")  # offered without loading the page anew
    expect(page.locator(".banner--good").first).to_be_visible()
    expect_offered(visitor, 200)
    page.goto("/authoring/courses/small-course")
    choose(page, "Withdraw the course")
    expect(page.locator(".banner--good")).to_be_visible()
    expect_offered(visitor, 404)


def expect_offered(visitor: Page, status: int) -> None:
    answer = visitor.goto("/courses/small-course")
    assert answer is not None
    assert answer.status == status


def test_a_manager_assigns_a_course_and_sees_how_people_stand(
    new_page: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    manager, learner = new_page(), new_page()
    sign_in(manager, "manager")
    manager.goto("/team/")
    expect(manager.locator("h1")).to_contain_text("Nümunə Agentliyi")
    manager.locator("summary", has_text="Assign a course").click()
    manager.locator("#course").select_option("data-with-python")
    manager.get_by_label("Leyla Məmmədova").check()
    manager.locator("#due_on").fill("2030-01-31")
    choose(manager, "Assign")
    expect(manager.locator(".banner--good")).to_be_visible()
    assert violations(manager) == []
    manager.get_by_role("link", name="Leyla Məmmədova").click()
    expect(manager.locator("main")).to_contain_text("31 January 2030")
    assert violations(manager) == []
    sign_in(learner, "learner")
    learner.goto("/")
    expect(learner.locator("main")).to_contain_text("31 January 2030")
    with manager.expect_download() as download:
        manager.goto("/team/")
        manager.get_by_role("button", name="CSV").click()
    assert "Leyla Məmmədova" in Path(download.value.path()).read_text("utf-8-sig")


def test_an_administrator_sees_people_the_queue_the_sandbox_and_the_log(
    page: Page, sign_in: Callable[..., None]
) -> None:
    sign_in(page, "administrator")
    for path in ("/staff/system", "/staff/audit", "/administration/people"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        assert violations(page) == []
    page.goto("/staff/audit")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.goto("/staff/system")
    expect(page.locator("main")).to_contain_text("grading")


def test_a_learner_finds_no_door_to_staff_pages(page: Page, sign_in: Callable[..., None]) -> None:
    sign_in(page, "learner")
    for path in ("/teach/", "/authoring/", "/team/1/overview", "/staff/system", "/staff/audit"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 403, path
        expect(page.locator("main a").first).to_be_visible()
