"""What sets two versions of a course apart, for those who learn in one of them."""

from __future__ import annotations

from typing import Any

from graders.course import model as content

MOST_NAMED = 10  # items


def same_shape(before: content.Course, after: content.Course) -> bool:
    """The same items with the same points count towards the same finish."""

    def shape(course: content.Course) -> tuple[object, ...]:
        items = tuple((item.key, item.kind, item.max_points, item.pass_share) for _unit, item in course.items())
        return items, course.finish.items, course.finish.score, course.attendance

    return shape(before) == shape(after)


def difference(before: content.Course, after: content.Course) -> dict[str, Any]:
    """As notices keep it: titles of what is in one and not in the other, "hours" where they differ."""
    old, new = ({item.key: item for _unit, item in course.items()} for course in (before, after))
    return {
        **_listed("new", [item for key, item in new.items() if key not in old]),
        **_listed("gone", [item for key, item in old.items() if key not in new]),
        "hours": [before.hours, after.hours] if before.hours != after.hours else None,
    }


def _listed(name: str, items: list[content.Item]) -> dict[str, Any]:
    return {name: [dict(item.title) for item in items[:MOST_NAMED]], f"more_{name}": max(0, len(items) - MOST_NAMED)}
