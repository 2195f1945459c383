"""A rule as a sentence, in the language of the page.

English and Russian say what the people do after "who"; Azerbaijani says it before them, as participles. Each condition
is therefore one whole text, and so is the frame they are put into.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, gettext, ngettext, pgettext
from sqlalchemy import select

from app.accounts.models import Organisation, User
from app.audiences.rules import (
    Completed,
    Condition,
    Group,
    Holds,
    How,
    InPositions,
    InUnits,
    Match,
    Rule,
    Speaks,
    Started,
)
from app.catalogue.models import Course
from app.db import db
from app.formats import day_text
from app.organisations.models import Job, Position, Unit
from graders.course.model import Texts

SHOWN = 6  # names said of a list; then how many more there are


@dataclass(frozen=True, kw_only=True)
class Names:
    """What is named in rules, by what the rule calls it."""

    units: dict[int, str] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=dict)
    courses: dict[str, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)


def names_of(rules: Iterable[Rule], organisation_id: int) -> Names:
    """Everything these rules name, as far as it is of the organisation: a rule made by hand tells nothing of others.

    At most four queries.
    """
    rules = list(rules)
    conditions = [one for rule in rules for group in rule.groups for one in group.conditions]
    units = {id for one in conditions if isinstance(one, InUnits) for id in one.units}
    codes = {code for one in conditions if isinstance(one, InPositions) for code in one.codes}
    slugs = {slug for one in conditions if isinstance(one, Completed | Holds) for slug in one.courses}
    people = {id for rule in rules for id in (*rule.always, *rule.never)}
    language = str(get_locale() or "en")
    units_named = select(Unit.id, Unit.name).where(Unit.id.in_(units), Unit.organisation_id == organisation_id)
    worked_here = select(Job.id).where(Job.user_id == User.id, Job.organisation_id == organisation_id).exists()
    people_named = select(User.id, User.name).where(User.id.in_(people), worked_here)
    return Names(
        units={row[0]: row[1] for row in _rows(units_named, units)},
        positions={
            row[0]: row[1] for row in _rows(select(Position.code, Position.name).where(Position.code.in_(codes)), codes)
        },
        courses={
            row[0]: Texts(row[1], "az").get(language) or row[0]
            for row in _rows(select(Course.slug, Course.titles).where(Course.slug.in_(slugs)), slugs)
        },
        people={row[0]: row[1] for row in _rows(people_named, people)},
    )


def _rows(query: Any, wanted: Collection[object]) -> Sequence[Any]:
    return db.session.execute(query).all() if wanted else []


def sentence(rule: Rule, organisation: Organisation, names: Names | None = None) -> str:
    """ "People of “X” who work in “Y” and have not finished the course “Z”. Always in: Anar Quliyev." """
    names = names or names_of([rule], organisation.id)
    place = quoted(organisation.name)
    if rule.groups:
        text = gettext("People of %(organisation)s who %(what)s.", organisation=place, what=_groups(rule, names))
    else:
        text = gettext("Everybody who works at %(organisation)s.", organisation=place)
    if rule.always:
        text += " " + gettext("Always in: %(names)s.", names=_people(rule.always, names))
    if rule.never:
        text += " " + gettext("Never in: %(names)s.", names=_people(rule.never, names))
    return text


def _groups(rule: Rule, names: Names) -> str:
    text, *others = [group_clause(one, names) for one in rule.groups]
    for other in others:
        if rule.match is Match.ALL:
            text = gettext("%(first)s; and also %(second)s", first=text, second=other)
        else:
            text = gettext("%(first)s; or else %(second)s", first=text, second=other)
    return text


def group_clause(group: Group, names: Names) -> str:
    return listed([clause(one, names) for one in group.conditions], group.match)


def listed(texts: Sequence[str], match: Match) -> str:
    """ "a, b and c", "a, b or c" as the language writes it."""
    return format_list(list(texts), "standard" if match is Match.ALL else "or", get_locale() or "en")


def quoted(name: str) -> str:
    return gettext("“%(name)s”", name=name)


def _list(texts: Sequence[str], match: Match) -> str:
    shown = list(texts[:SHOWN])
    if len(texts) > SHOWN:
        shown.append(ngettext("%(num)d more", "%(num)d more", len(texts) - SHOWN))
    return listed(shown, match)


def _people(ids: Sequence[int], names: Names) -> str:
    return _list([names.people.get(id, "?") for id in ids], Match.ALL)


def clause(condition: Condition, names: Names) -> str:
    """What one condition says of the people, as it stands after "who"."""
    match condition:
        case InUnits():
            return _in_units(condition, names)
        case InPositions():
            return _in_positions(condition, names)
        case Started():
            return _started(condition)
        case Speaks():
            return _speaks(condition)
        case Completed():
            courses = _courses(condition.courses, condition.need, condition.negated, names)
            return _completed(condition, courses)
        case Holds():
            return _holds(condition, _courses(condition.courses, condition.need, condition.negated, names))


def _in_units(said: InUnits, names: Names) -> str:
    text = _list([quoted(names.units.get(id, "?")) for id in said.units], Match.ANY)
    match len(said.units) == 1, said.below, said.negated:
        case True, False, False:
            return gettext("work in %(units)s", units=text)
        case True, True, False:
            return gettext("work in %(units)s or a unit below it", units=text)
        case False, False, False:
            return gettext("work in one of the units %(units)s", units=text)
        case False, True, False:
            return gettext("work in one of the units %(units)s or below them", units=text)
        case True, False, True:
            return gettext("do not work in %(units)s", units=text)
        case True, True, True:
            return gettext("work neither in %(units)s nor in a unit below it", units=text)
        case False, False, True:
            return gettext("work in none of the units %(units)s", units=text)
        case _:
            return gettext("work neither in the units %(units)s nor below them", units=text)


def _in_positions(said: InPositions, names: Names) -> str:
    if said.beginning:
        text = _list([quoted(code) for code in said.codes], Match.ANY)
        if said.negated:
            return gettext("hold no position whose code begins with %(codes)s", codes=text)
        return gettext("hold a position whose code begins with %(codes)s", codes=text)
    text = _list([quoted(names.positions.get(code, code)) for code in said.codes], Match.ANY)
    match len(said.codes) == 1, said.negated:
        case True, False:
            return gettext("hold the position %(names)s", names=text)
        case True, True:
            return gettext("do not hold the position %(names)s", names=text)
        case False, False:
            return gettext("hold one of the positions %(names)s", names=text)
        case _:
            return gettext("hold none of the positions %(names)s", names=text)


def _started(said: Started) -> str:
    if said.on is not None:
        day = day_text(said.on.isoformat())
        match said.how is How.BEFORE, said.negated:
            case True, False:
                return gettext("started in their job before %(day)s", day=day)
            case True, True:
                return gettext("started in no job before %(day)s", day=day)
            case False, False:
                return gettext("started in their job on %(day)s or later", day=day)
            case _:
                return gettext("started in no job on %(day)s or later", day=day)
    days = said.days or 0
    match said.how is How.AT_LEAST, said.negated:
        case True, False:
            return ngettext(
                "have been in their job for at least %(num)d day",
                "have been in their job for at least %(num)d days",
                days,
            )
        case True, True:
            return ngettext(
                "have not been in their job for %(num)d day yet",
                "have not been in their job for %(num)d days yet",
                days,
            )
        case False, False:
            return ngettext(
                "have been in their job for at most %(num)d day",
                "have been in their job for at most %(num)d days",
                days,
            )
        case _:
            return ngettext(
                "have been in their job for more than %(num)d day",
                "have been in their job for more than %(num)d days",
                days,
            )


def _speaks(said: Speaks) -> str:
    words = {
        "az": pgettext("use the site in", "Azerbaijani"),
        "ru": pgettext("use the site in", "Russian"),
        "en": pgettext("use the site in", "English"),
    }
    text = listed([words[one] for one in said.languages], Match.ANY)
    if said.negated:
        return gettext("do not use the site in %(languages)s", languages=text)
    return gettext("use the site in %(languages)s", languages=text)


def _courses(slugs: Sequence[str], need: Match, negated: bool, names: Names) -> str:
    """ "A and B" where all of them are meant, also of "none of A and B"."""
    match = Match.ANY if need is Match.ANY and not negated else Match.ALL
    return _list([quoted(names.courses.get(slug, slug)) for slug in slugs], match)


def _completed(said: Completed, courses: str) -> str:
    if said.months is not None:
        return _completed_lately(said, courses, said.months)
    match len(said.courses) == 1, said.need, said.negated:
        case True, _, False:
            return gettext("have finished the course %(courses)s", courses=courses)
        case True, _, True:
            return gettext("have not finished the course %(courses)s", courses=courses)
        case False, Match.ALL, False:
            return gettext("have finished the courses %(courses)s", courses=courses)
        case False, Match.ALL, True:
            return gettext("have not finished all of the courses %(courses)s", courses=courses)
        case False, Match.ANY, False:
            return gettext("have finished one of the courses %(courses)s", courses=courses)
        case _:
            return gettext("have finished none of the courses %(courses)s", courses=courses)


def _completed_lately(said: Completed, courses: str, months: int) -> str:
    lately = ngettext("in the last %(num)d month", "in the last %(num)d months", months)
    match len(said.courses) == 1, said.need, said.negated:
        case True, _, False:
            return gettext("have finished the course %(courses)s %(lately)s", courses=courses, lately=lately)
        case True, _, True:
            return gettext("have not finished the course %(courses)s %(lately)s", courses=courses, lately=lately)
        case False, Match.ALL, False:
            return gettext("have finished the courses %(courses)s %(lately)s", courses=courses, lately=lately)
        case False, Match.ALL, True:
            return gettext(
                "have not finished all of the courses %(courses)s %(lately)s", courses=courses, lately=lately
            )
        case False, Match.ANY, False:
            return gettext("have finished one of the courses %(courses)s %(lately)s", courses=courses, lately=lately)
        case _:
            return gettext("have finished none of the courses %(courses)s %(lately)s", courses=courses, lately=lately)


def _holds(said: Holds, courses: str) -> str:
    match len(said.courses) == 1, said.need, said.negated:
        case True, _, False:
            return gettext("hold a valid certificate of the course %(courses)s", courses=courses)
        case True, _, True:
            return gettext("hold no valid certificate of the course %(courses)s", courses=courses)
        case False, Match.ALL, False:
            return gettext("hold valid certificates of the courses %(courses)s", courses=courses)
        case False, Match.ALL, True:
            return gettext("do not hold valid certificates of all of the courses %(courses)s", courses=courses)
        case False, Match.ANY, False:
            return gettext("hold a valid certificate of one of the courses %(courses)s", courses=courses)
        case _:
            return gettext("hold a valid certificate of none of the courses %(courses)s", courses=courses)
