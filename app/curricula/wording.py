"""What a requirement asks, in sentences; the words of standings, doubts and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.clock import DAY
from app.curricula.models import Renewal, RequirementVersion
from app.curricula.requirements import Draft
from app.curricula.rules import Terms, validity
from app.formats import day_text

Said = Draft | RequirementVersion
EXAMPLE_DAY = date(2026, 3, 10)


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """What is to be done, by when, how long it is valid."""

    what: list[str]
    when: list[str]
    valid: list[str]


def sentences(said: Said, titles: Mapping[str, str]) -> Sentences:
    """`titles`: {slug: title in the reader's language}."""
    return Sentences(what=_what(said, titles), when=_when(said, titles), valid=_valid(said))


def _named(slugs: Any, titles: Mapping[str, str]) -> str:
    return ", ".join(_("“%(title)s”", title=titles.get(slug, slug)) for slug in slugs)


def _what(said: Said, titles: Mapping[str, str]) -> list[str]:
    found = []
    for part in said.parts:
        courses = _named(part["courses"], titles)
        if len(part["courses"]) == 1:
            found.append(_("Finish the course %(courses)s.", courses=courses))
        elif part["need"] == "any":
            number = part.get("count") or 1
            found.append(
                ngettext(
                    "Finish any %(num)s of these courses: %(courses)s.",
                    "Finish any %(num)s of these courses: %(courses)s.",
                    number,
                    courses=courses,
                )
            )
        elif part["need"] == "in_order":
            found.append(_("Finish these courses in this order: %(courses)s.", courses=courses))
        else:
            found.append(_("Finish all of these courses: %(courses)s.", courses=courses))
    for course, others in said.equivalents.items():
        found.append(
            _(
                "In place of %(course)s counts: %(others)s.",
                course=_named([course], titles),
                others=_named(others, titles),
            )
        )
    if said.test_out:
        found.append(_("Whoever finishes %(course)s has done all of it.", course=_named([said.test_out], titles)))
    if said.look_back_days:
        found.append(
            ngettext(
                "Courses finished up to %(num)s day before it was assigned count, too.",
                "Courses finished up to %(num)s days before it was assigned count, too.",
                said.look_back_days,
            )
        )
    return found


def _when(said: Said, titles: Mapping[str, str]) -> list[str]:
    due = said.due
    if "on" in due:
        found = [_("By %(day)s.", day=day_text(due["on"]))]
    elif "after" in due:
        found = [_after(due, titles)]
    else:
        found = [_("There is no due day.")]
    if said.closes_after_days is not None and due:
        found.append(
            ngettext(
                "It closes %(num)s day after the due day; who has not finished by then has failed.",
                "It closes %(num)s days after the due day; who has not finished by then has failed.",
                said.closes_after_days,
            )
        )
    if said.minimum_days:
        found.append(
            ngettext(
                "It takes at least %(num)s day; who would have less waits for a decision.",
                "It takes at least %(num)s days; who would have less waits for a decision.",
                said.minimum_days,
            )
        )
    return found


def _after(due: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    days = due["after"]
    match due["from"]:
        case "job":
            return ngettext(
                "Within %(num)s day of the first day in the position.",
                "Within %(num)s days of the first day in the position.",
                days,
            )
        case "sign_in":
            return ngettext(
                "Within %(num)s day of the first sign-in.", "Within %(num)s days of the first sign-in.", days
            )
        case "course":
            return ngettext(
                "Within %(num)s day of finishing %(course)s.",
                "Within %(num)s days of finishing %(course)s.",
                days,
                course=_named([due.get("course", "")], titles),
            )
    return ngettext("Within %(num)s day of being assigned.", "Within %(num)s days of being assigned.", days)


def _valid(said: Said) -> list[str]:
    if said.validity_months is None:
        return [_("Once finished, it is valid for good.")]
    found = [
        ngettext(
            "A completion is valid for %(num)s month.",
            "A completion is valid for %(num)s months.",
            said.validity_months,
        )
    ]
    if said.window_days:
        found.append(
            ngettext(
                "Renewal opens %(num)s day before it expires.",
                "Renewal opens %(num)s days before it expires.",
                said.window_days,
            )
        )
    found.append(
        example(
            Terms(
                renewal=said.renewal,
                validity_months=said.validity_months,
                window_days=said.window_days,
                minimum_validity_days=said.minimum_validity_days,
            )
        )
    )
    return found


def examples(terms: Terms) -> dict[str, str]:
    """For each rule of renewal, what it means, on days; the other terms as given."""
    return {rule.value: example(replace(terms, renewal=rule.value)) for rule in Renewal}


def example(terms: Terms) -> str:
    """A sentence and an example of the renewal rule of `terms`, which expire; with a window of 30 days if none."""
    last = date(2026, 3, 31)
    window = terms.window_days or 30
    terms = replace(terms, window_days=window, minimum_validity_days=max(terms.minimum_validity_days, window))

    def until(finished: date, expires: date | None) -> str:
        found = validity(terms, completed_on=finished, due_on=None, expires_on=expires)
        assert found.expires_on is not None
        return day_text((found.expires_on - DAY).isoformat())

    early, late = max(EXAMPLE_DAY, last + DAY - timedelta(days=window)), last + timedelta(days=10)
    if terms.renewal == Renewal.COMPLETION:
        return _(
            "The validity counts from the day it is finished. Finished on %(day)s → valid until %(until)s.",
            day=day_text(EXAMPLE_DAY.isoformat()),
            until=until(EXAMPLE_DAY, None),
        )
    days = {
        "last": day_text(last.isoformat()),
        "day": day_text(early.isoformat()),
        "until": until(early, last + DAY),
        "late": day_text(late.isoformat()),
        "late_until": until(late, last + DAY),
    }
    if terms.renewal == Renewal.EXPIRY:
        return _(
            "Who renews in time loses no day: the validity counts from the end of the one before. Valid until %(last)s "
            "and renewed on %(day)s → valid until %(until)s; renewed late, on %(late)s → until %(late_until)s.",
            **days,
        )
    return _(
        "Everybody expires on the same day, early or late. Valid until %(last)s and renewed on %(day)s → valid until "
        "%(until)s; renewed late, on %(late)s → until %(late_until)s.",
        **days,
    )
