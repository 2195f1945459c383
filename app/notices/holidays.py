"""Which days nobody works in Azerbaijan, by the law alone: no database, no request. Days are days in Asia/Baku.

Labour Code (Əmək Məcəlləsi), article 105: part 1 names the holidays, part 2 which of them are not worked, part 4 has
the days of Ramazan and Qurban set each year by the Cabinet of Ministers, before the end of December; part 5: a holiday
on a Saturday or Sunday moves the day of rest to the next working day; part 6: where Ramazan or Qurban meets another
holiday, the next working day is a day of rest. Article 106: 20 January is not worked either, and moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.clock import DAY

HOLIDAYS: Mapping[tuple[int, int], str] = {
    (1, 1): "new_year",
    (1, 2): "new_year",
    (3, 8): "womens_day",
    **{(3, day): "novruz" for day in range(20, 25)},
    (5, 9): "victory_over_fascism",
    (5, 28): "independence",
    (6, 15): "salvation",
    (6, 26): "armed_forces",
    (11, 8): "victory",
    (11, 9): "flag",
    (12, 31): "solidarity",
}
MOURNING = (1, 20)
MOVABLE = ("ramazan", "qurban")
# "2026-cı il üçün Novruz, Ramazan və Qurban bayramları günlərinin müəyyən edilməsi haqqında", Cabinet of Ministers,
# December 2025. Later years are entered by staff when they are announced (notices/workdays.py).
ANNOUNCED: Mapping[date, str] = {
    date(2026, 3, 20): "ramazan",
    date(2026, 3, 21): "ramazan",
    date(2026, 5, 27): "qurban",
    date(2026, 5, 28): "qurban",
}


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def days_off(year: int, movable: Mapping[date, str]) -> dict[date, str]:
    """The days of `year` not worked besides Saturdays and Sundays that are no holidays, with why; "moved" for those
    that stand in for another. `movable`: what was announced, this year's and that of the year before."""
    meant: dict[date, list[str]] = {}
    for one in (year - 1, year):  # the rest of 31 December may move into January
        for number, cause in HOLIDAYS.items():
            meant.setdefault(date(one, *number), []).append(cause)
    for on, cause in movable.items():
        if on.year in (year - 1, year):
            meant.setdefault(on, []).append(cause)
    off = {date(one, *MOURNING): "mourning" for one in (year - 1, year)}
    off |= {day: causes[-1] for day, causes in meant.items()}
    for day, causes in sorted(meant.items()):
        for _rest in range(is_weekend(day) + (len(causes) - 1)):  # part 5, part 6
            off[_next_worked(day, off)] = "moved"
    return {day: cause for day, cause in sorted(off.items()) if day.year == year}


def _next_worked(day: date, off: Mapping[date, str]) -> date:
    day += DAY
    while day in off or is_weekend(day):
        day += DAY
    return day
