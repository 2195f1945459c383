"""Days off as they were in fact, and hours in which mails go out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask

from app.errors import Refused
from app.notices import workdays
from app.notices.holidays import ANNOUNCED, days_off
from app.notices.workdays import Hours
from tests.factories import NOW


def days(month: int, *numbers: int, year: int = 2026) -> set[date]:
    return {date(year, month, number) for number in numbers}


def test_novruz_and_ramazan_together_gave_eleven_days_in_2026() -> None:
    """As the press of December 2025 counted them after the Cabinet's decision: 20 to 30 March."""
    off = days_off(2026, ANNOUNCED)
    assert {day for day in off if day.month == 3} - days(3, 8, 9) == days(3, 20, 21, 22, 23, 24, 25, 26, 27, 30)
    assert off[date(2026, 3, 30)] == "moved"


def test_a_holiday_at_the_weekend_moves_to_the_next_working_day() -> None:
    assert {day for day in days_off(2025, {}) if day.month == 11} == days(11, 8, 9, 10, 11, year=2025)
    assert date(2026, 3, 9) in days_off(2026, ANNOUNCED)  # 8 March was a Sunday
    assert date(2026, 5, 29) in days_off(2026, ANNOUNCED)  # Qurban met 28 May


def test_the_rest_of_the_last_day_of_a_year_moves_into_the_next() -> None:
    assert date(2023, 1, 3) in days_off(2023, {})  # 31 December 2022 and 1 January 2023 were a weekend
    assert date(2023, 1, 4) in days_off(2023, {})


def test_the_day_of_mourning_is_not_worked_and_moves_nothing() -> None:
    off = days_off(2024, {})
    assert date(2024, 1, 20) in off  # a Saturday
    assert date(2024, 1, 22) not in off


def test_a_year_whose_feasts_nobody_has_entered_says_so(site: Flask) -> None:
    kept = workdays.calendar(date(2026, 11, 22))
    assert (kept.missing(2026), kept.missing(2027)) == ([], ["ramazan", "qurban"])
    first, last = date(2027, 3, 9), date(2027, 3, 10)
    workdays.enter(first, last, cause="ramazan", is_off=True, note="Qərar", by=None, now=NOW)
    kept = workdays.calendar(date(2026, 11, 22))
    assert kept.missing(2027) == ["qurban"]
    assert [kept.is_worked(day) for day in (first, last, date(2027, 3, 11))] == [False, False, True]


def test_what_staff_enter_of_a_feast_takes_the_place_of_what_was_announced(site: Flask) -> None:
    workdays.enter(date(2026, 5, 26), date(2026, 5, 27), cause="qurban", is_off=True, note="", by=None, now=NOW)
    kept = workdays.calendar(date(2026, 5, 1))
    assert [kept.is_worked(date(2026, 5, n)) for n in (26, 27, 28, 29)] == [False, False, False, True]


def test_days_are_exchanged(site: Flask) -> None:
    """In 2024 the Friday after Ramazan was free, and the Saturday before it worked instead."""
    friday, saturday = date(2024, 4, 12), date(2024, 4, 6)
    workdays.enter(friday, friday, cause="other", is_off=True, note="", by=None, now=NOW)
    workdays.enter(saturday, saturday, cause="other", is_off=False, note="", by=None, now=NOW)
    kept = workdays.calendar(friday)
    assert (kept.is_worked(friday), kept.is_worked(saturday)) == (False, True)
    assert workdays.take_out(friday)
    assert workdays.calendar(friday).is_worked(friday)


def test_days_that_cannot_be_are_refused(site: Flask) -> None:
    day = date(2027, 3, 9)
    for wrong in (
        {"first": day, "last": date(2027, 3, 8), "cause": "ramazan", "is_off": True},
        {"first": day, "last": date(2027, 4, 9), "cause": "ramazan", "is_off": True},
        {"first": day, "last": day, "cause": "birthday", "is_off": True},
        {"first": day, "last": day, "cause": "ramazan", "is_off": False},
    ):
        with pytest.raises(Refused):
            workdays.enter(**wrong, note="", by=None, now=NOW)  # type: ignore[arg-type]


def test_who_works_at_two_places_is_reached_when_the_first_opens(site: Flask) -> None:
    kept = workdays.calendar(date(2026, 11, 22))
    early = Hours(opens=time(7), closes=time(10), weekdays=frozenset({2}))
    night = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # Tuesday, midnight in Baku
    assert kept.opens(night, early) == datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
    assert kept.opens_for(night, [early, workdays.USUAL]) == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert kept.opens_for(night, []) == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert not kept.is_worked(date(2026, 12, 31), Hours(weekdays=frozenset(range(7))))  # a holiday is one for all


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ((2026, 11, 23, 7, 0), (2026, 11, 23, 7, 0)),  # Monday 11:00 in Baku
        ((2026, 11, 23, 1, 0), (2026, 11, 23, 5, 0)),  # at five in the morning: from nine
        ((2026, 11, 23, 14, 0), (2026, 11, 24, 5, 0)),  # from 18:00 on: tomorrow
        ((2026, 11, 20, 20, 30), (2026, 11, 23, 5, 0)),  # Saturday, half past midnight: Monday
        ((2026, 3, 19, 16, 0), (2026, 3, 31, 5, 0)),  # before eleven days off
    ],
)
def test_what_can_wait_waits_for_working_hours(site: Flask, now: tuple[int, ...], opens: tuple[int, ...]) -> None:
    moment, wanted = datetime(*now, tzinfo=UTC), datetime(*opens, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert workdays.calendar(moment.date()).opens(moment) == wanted
