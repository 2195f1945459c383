"""The line of time of an obligation: what is drawn where."""

from __future__ import annotations

from datetime import date, timedelta

from app.curricula.timeline import Drawing, Taking, draw

DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)


def taking(start: date, **days: date | None) -> Taking:
    none: dict[str, date | None] = dict.fromkeys(("due_on", "completed_on", "window_opens_on", "expires_on"))
    return Taking(start_on=start, **(none | days))


def kinds(drawing: Drawing) -> list[str]:
    return [bar.kind for bar in drawing.bars]


def test_what_is_still_in_time_is_drawn_to_its_due_day() -> None:
    drawing = draw([taking(TODAY - 10 * DAY, due_on=TODAY + 20 * DAY)], TODAY)
    assert kinds(drawing) == ["asked"]
    (bar,) = drawing.bars
    assert bar.x < drawing.today < bar.x + bar.width


def test_what_is_late_is_late_from_the_day_after_the_due_one() -> None:
    drawing = draw([taking(TODAY - 30 * DAY, due_on=TODAY - 10 * DAY)], TODAY)
    asked, late = drawing.bars
    assert kinds(drawing) == ["asked", "late"]
    assert asked.x + asked.width == late.x
    assert late.x + late.width >= drawing.today


def test_a_validity_ends_with_its_window_and_a_renewal_has_a_lane_of_its_own() -> None:
    first = taking(
        date(2025, 1, 1),
        due_on=date(2025, 3, 1),
        completed_on=date(2025, 2, 1),
        window_opens_on=date(2026, 1, 1),
        expires_on=date(2026, 2, 1),
    )
    drawing = draw([first, taking(date(2026, 1, 1), due_on=date(2026, 1, 31))], TODAY)
    assert kinds(drawing) == ["asked", "valid", "window", "asked", "late"]
    assert drawing.bars[2].x == drawing.bars[3].x
    assert drawing.bars[2].y < drawing.bars[3].y
    assert [year.text for year in drawing.years] == ["2025", "2026"]


def test_what_is_valid_for_good_is_drawn_to_the_end() -> None:
    drawing = draw([taking(TODAY - 100 * DAY, completed_on=TODAY - 50 * DAY)], TODAY)
    assert kinds(drawing) == ["asked", "valid"]
    assert round(drawing.bars[1].x + drawing.bars[1].width) == 100


def test_nobody_is_late_after_it_was_last_asked() -> None:
    start, ended = TODAY - 300 * DAY, TODAY - 200 * DAY
    drawing = draw([taking(start, due_on=TODAY - 250 * DAY)], TODAY, ended)
    late = drawing.bars[-1]
    assert late.x + late.width < drawing.today


def test_many_years_are_not_all_named() -> None:
    drawing = draw([taking(date(1990, 5, 1))], TODAY)
    assert len(drawing.years) <= 9
    assert all(bar.x >= 0 and bar.x + bar.width <= 100.5 for bar in drawing.bars)
