from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app import formats

MOMENT = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "22 Nov 2026, 14:02 (Baku)"),
        ("az", "22 noy 2026, 14:02 (Bakı)"),
        ("ru", "22 нояб. 2026, 14:02 (Баку)"),
    ],
)
def test_a_moment_is_that_of_baku_and_says_so(site: Flask, language: str, written: str) -> None:
    with force_locale(language):
        assert formats.moment_text(MOMENT) == written


def test_the_day_of_a_moment_is_the_day_in_baku(site: Flask) -> None:
    late = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
    with force_locale("az"):
        assert "23 noyabr 2026" in formats.day(late)
        assert formats.day(date(2026, 1, 5)) == '<time datetime="2026-01-05">5 yanvar 2026</time>'


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=59), "только что"),
        (timedelta(minutes=1), "1 минуту назад"),
        (timedelta(minutes=3), "3 минуты назад"),
        (timedelta(hours=5), "5 часов назад"),
        (timedelta(days=1, hours=1), "вчера"),
        (timedelta(days=6), "6 дней назад"),
        (timedelta(days=10), "12 ноября 2026"),
    ],
)
def test_how_long_ago_is_said_in_russian_plurals(site: Flask, passed: timedelta, said: str) -> None:
    with force_locale("ru"):
        assert formats.ago_text(MOMENT - passed, MOMENT) == said


def test_azerbaijani_keeps_the_noun_in_the_singular(site: Flask) -> None:
    with force_locale("az"):
        assert formats.days_left(date(2026, 11, 25), date(2026, 11, 22)) == "3 gün qalıb"
        assert formats.days_left(date(2026, 11, 22), date(2026, 11, 22)) == "bu gün"


def test_numbers_use_the_marks_of_the_language(site: Flask) -> None:
    with force_locale("az"):
        assert formats.points(7.5, 10) == "7,5 / 10"
    with force_locale("en"):
        assert formats.points(7.0) == "7"


def test_nothing_unfinished_is_shown_as_whole() -> None:
    assert formats.percent(0.999) == "99%"
    assert formats.percent(1.0) == "100%"


@pytest.mark.parametrize(
    ("name", "letters"), [("Aygün Məmmədova", "AM"), ("Leyla", "L"), ("Əli Rza oğlu Quliyev", "ƏQ"), ("", "?")]
)
def test_initials_are_of_the_first_and_last_name(name: str, letters: str) -> None:
    assert formats.initials(name) == letters
