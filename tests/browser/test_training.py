"""A training at the centre from its plan to what its learners read of it: in three languages, on screen and phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.accounts.models import Role
from app.clock import in_baku, utc_now
from app.db import db
from tests.browser.conftest import until, violations
from tests.factories import person, published
from tests.training.centre import room

pytestmark = [pytest.mark.browser]

WORDS = {
    "az": {"waits": "Gözləmə siyahısında sıranız: 1", "seat": "Yeriniz var", "there": "gəlmisiniz"},
    "ru": {"waits": "Ваш номер в листе ожидания: 1", "seat": "У вас есть место", "there": "вы были"},
    "en": {"waits": "You are number 1 on the waiting list", "seat": "You have a seat", "there": "you were there"},
}


def soon() -> tuple[datetime, datetime]:
    """A meeting that begins within the hour, in Baku: attendance is marked from an hour before."""
    starts = in_baku(utc_now()) + timedelta(minutes=20)
    if starts.hour == 23 and starts.minute > 50:  # it ends on the day on which it begins
        starts = (starts + timedelta(minutes=15)).replace(minute=1)
    return starts, min(starts + timedelta(hours=2), starts.replace(hour=23, minute=59))


def sound(page: Page) -> None:
    assert violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def plan(page: Page, course: str, seats: int) -> str:
    """Plan a training of one meeting; returns the path of its page."""
    starts, ends = soon()
    page.goto("/training/")
    sound(page)
    page.locator(f'a[href="/training/courses/{course}/new"]').click()
    row = page.locator(".training-row").first
    row.locator("input[type=date]").fill(f"{starts:%Y-%m-%d}")
    row.locator("input[type=time]").first.fill(f"{starts:%H:%M}")
    row.locator("input[type=time]").last.fill(f"{ends:%H:%M}")
    row.locator("select").select_option(index=1)
    page.locator("#seats").fill(str(seats))
    sound(page)
    page.locator("main form.form button[type=submit]").click()
    expect(page.locator(".banner--good")).to_be_visible()
    sound(page)
    return page.evaluate("location.pathname")


def take(page: Page, course: str) -> None:
    """Find the training from the page of the course and ask for a seat."""
    page.goto(f"/courses/{course}")
    page.locator(f'a[href="/courses/{course}/training"]').click()
    sound(page)
    page.locator("main .rows a").click()
    sound(page)
    page.locator('main form[action^="/seats/"] button').click()


@pytest.mark.parametrize("language", WORDS)
def test_from_the_plan_of_a_training_to_what_its_learners_read_of_it(
    site: Flask, visit: Callable[..., Page], language: str
) -> None:
    words, course = WORDS[language], published()
    room(name="Otaq 3")
    people = [person(name, language=language) for name in ("Leyla Birinci", "Rəşad İkinci")]
    trainer = person("Tural Müəllim", language=language, role=Role.INSTRUCTOR, course_slug=course.slug)
    slug = course.slug
    staff, first, second = visit(trainer), visit(people[0], width=390), visit(people[1], width=390)
    db.session.rollback()
    path = plan(staff, slug, seats=1)
    expect(staff.locator("html")).to_have_attribute("lang", language)
    take(first, slug)
    expect(first.locator(".banner__title").last).to_have_text(words["seat"])
    take(second, slug)
    expect(second.locator(".banner__title").last).to_have_text(words["waits"])
    sound(second)
    first.locator('form[action$="/leave"] button').click()
    expect(first.locator(".banner--good")).to_be_visible()
    sound(first)
    second.reload()
    expect(second.locator(".banner__title").last).to_have_text(words["seat"])
    second.goto("/notices")
    expect(second.locator("main")).to_contain_text("Otaq 3")
    staff.goto(path)
    expect(staff.locator("main")).to_contain_text("Rəşad İkinci")
    staff.locator('main a[href^="/training/meetings/"]').click()
    sound(staff)
    staff.locator(".attendance-row label").first.click()
    until(lambda: mark_is_seen(second, path, words["there"]), 30)
    sound(second)
    second.goto(f"/courses/{slug}")
    second.locator('.course-aside a[href^="/learn/"]').click()
    expect(second.locator("#h-training")).to_be_visible()
    sound(second)


def mark_is_seen(page: Page, path: str, word: str) -> bool:
    page.goto(path.replace("/training/", "/seats/"))
    return word in page.locator("main").inner_text()


def test_a_trainer_finds_somebody_puts_them_in_and_takes_them_out(site: Flask, visit: Callable[..., Page]) -> None:
    course = published()
    room(name="Otaq 3")
    learners = [person("Leyla Birinci", "leyla@example.com"), person("Rəşad İkinci", "reshad@example.com")]
    trainer = person("Tural Müəllim", role=Role.INSTRUCTOR, course_slug=course.slug)
    slug = course.slug
    staff, told = visit(trainer, width=390), visit(learners[1])
    db.session.rollback()
    path = plan(staff, slug, seats=1)
    for address, button in (("leyla@example.com", "Give a seat"), ("reshad@example.com", "A seat all the same")):
        staff.locator("#who").fill(address)
        staff.locator("form.filters button").click()
        sound(staff)
        staff.get_by_role("button", name=button).click()
    expect(staff.locator(".banner--warn")).to_contain_text("“Otaq 3” has room for 20")
    sound(staff)
    staff.get_by_role("button", name="Yes, put in all the same").click()
    expect(staff.locator(".banner--good")).to_contain_text("Rəşad İkinci has a seat")
    told.goto("/notices")
    expect(told.locator("main")).to_contain_text("Tural Müəllim has put you into this training")
    staff.goto(path)
    staff.locator("#h-booked + ol li").last.get_by_role("link", name="Take out").click()
    sound(staff)
    staff.locator("#reason").fill("The room is too small for two")
    staff.get_by_role("button", name="Take out").click()
    expect(staff.locator(".banner--good")).to_contain_text("Rəşad İkinci is not expected any more")
    told.reload()
    expect(told.locator("main")).to_contain_text("The room is too small for two")
