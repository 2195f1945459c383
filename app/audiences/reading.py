"""A rule as it came (from a form, from the database) becomes the rule in its normal form, or one clear error. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from app.audiences.rules import (
    ORDER,
    VERSION,
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
    text_of,
    written,
    written_group,
)

MOST_GROUPS, MOST_CONDITIONS, MOST_NAMED, MOST_PEOPLE = 10, 20, 200, 2000
MOST_DAYS, MOST_MONTHS = 36_500, 600
LANGUAGES = ("az", "en", "ru")


class Problem(StrEnum):
    """What is wrong with a rule; the page has a sentence for each."""

    NOT_A_RULE = "not_a_rule"  # of another shape
    UNKNOWN = "unknown"  # a word that is none of the possible ones
    NOTHING_CHOSEN = "nothing_chosen"
    TOO_MANY = "too_many"
    NOT_A_DAY = "not_a_day"
    NOT_A_NUMBER = "not_a_number"
    IN_AND_OUT = "in_and_out"  # somebody is named among those always in and among those never in


class RuleError(ValueError):
    """`place` is the path in the JSON: "groups[0].conditions[2].days"."""

    def __init__(self, place: str, problem: Problem) -> None:
        super().__init__(f"{place or 'rule'}: {problem.value}")
        self.place = place
        self.problem = problem


def parse(data: object) -> Rule:
    """The rule in its normal form: what means the same reads the same. Raises RuleError."""
    rule = _table(data, "")
    _known(rule, "", {"version", "match", "groups", "always", "never"})
    if rule.get("version") != VERSION or isinstance(rule["version"], bool):
        raise RuleError("version", Problem.UNKNOWN)
    groups = [_group(one, f"groups[{n}]") for n, one in enumerate(_list(rule, "groups", "", MOST_GROUPS))]
    groups = sorted(set(groups), key=lambda one: text_of([written_group(one)]))
    always, never = (_people(rule, name) for name in ("always", "never"))
    if set(always) & set(never):
        raise RuleError("never", Problem.IN_AND_OUT)
    match = _match(rule, "match", "")
    return Rule(match=match if len(groups) > 1 else Match.ALL, groups=tuple(groups), always=always, never=never)


def _group(data: object, place: str) -> Group:
    group = _table(data, place)
    _known(group, place, {"match", "conditions"})
    given = _list(group, "conditions", place, MOST_CONDITIONS)
    if not given:
        raise RuleError(f"{place}.conditions", Problem.NOTHING_CHOSEN)
    conditions = {_condition(one, f"{place}.conditions[{n}]") for n, one in enumerate(given)}
    ordered = sorted(conditions, key=lambda one: (ORDER.index(type(one)), one.negated, text_of(written(one))))
    match = _match(group, "match", place)
    return Group(match=match if len(ordered) > 1 else Match.ALL, conditions=tuple(ordered))


def _condition(data: object, place: str) -> Condition:
    given = _table(data, place)
    kind = given.get("kind")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise RuleError(f"{place}.kind", Problem.UNKNOWN)
    return read(given, place)


def _in_units(given: Mapping[str, Any], place: str) -> InUnits:
    _known(given, place, {"kind", "units", "below", "not"})
    return InUnits(
        units=_ids(given, "units", place), below=_yes(given, "below", place), negated=_yes(given, "not", place)
    )


def _in_positions(given: Mapping[str, Any], place: str) -> InPositions:
    _known(given, place, {"kind", "codes", "beginning", "not"})
    return InPositions(
        codes=_codes(given, "codes", place),
        beginning=_yes(given, "beginning", place),
        negated=_yes(given, "not", place),
    )


def _started(given: Mapping[str, Any], place: str) -> Started:
    _known(given, place, {"kind", "how", "on", "days", "not"})
    how = given.get("how")
    if not isinstance(how, str) or how not in set(How):
        raise RuleError(f"{place}.how", Problem.UNKNOWN)
    negated = _yes(given, "not", place)
    if how in (How.AT_LEAST, How.AT_MOST):
        return Started(how=How(how), days=_number(given, "days", place, MOST_DAYS, least=0), negated=negated)
    try:
        on = date.fromisoformat(given["on"])
    except (KeyError, TypeError, ValueError):
        raise RuleError(f"{place}.on", Problem.NOT_A_DAY) from None
    if on.year < 1900:  # room to count back from it
        raise RuleError(f"{place}.on", Problem.NOT_A_DAY)
    return Started(how=How(how), on=on, negated=negated)


def _speaks(given: Mapping[str, Any], place: str) -> Speaks:
    _known(given, place, {"kind", "languages", "not"})
    languages = _codes(given, "languages", place)
    if not set(languages) <= set(LANGUAGES):
        raise RuleError(f"{place}.languages", Problem.UNKNOWN)
    return Speaks(languages=languages, negated=_yes(given, "not", place))


def _completed(given: Mapping[str, Any], place: str) -> Completed:
    _known(given, place, {"kind", "need", "courses", "months", "not"})
    months = None
    if given.get("months") is not None:
        months = _number(given, "months", place, MOST_MONTHS, least=1)
    need, courses = _need(given, place)
    return Completed(need=need, courses=courses, months=months, negated=_yes(given, "not", place))


def _holds(given: Mapping[str, Any], place: str) -> Holds:
    _known(given, place, {"kind", "need", "courses", "not"})
    need, courses = _need(given, place)
    return Holds(need=need, courses=courses, negated=_yes(given, "not", place))


_READERS: dict[str, Callable[[Mapping[str, Any], str], Condition]] = {
    "unit": _in_units,
    "position": _in_positions,
    "started": _started,
    "language": _speaks,
    "completed": _completed,
    "holds": _holds,
}


def _need(given: Mapping[str, Any], place: str) -> tuple[Match, tuple[str, ...]]:
    courses = _codes(given, "courses", place)
    need = _match(given, "need", place)
    return need if len(courses) > 1 else Match.ALL, courses


def _table(data: object, place: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise RuleError(place, Problem.NOT_A_RULE)
    return data


def _known(given: Mapping[str, Any], place: str, names: set[str]) -> None:
    for name in given:
        if name not in names:
            raise RuleError(_at(place, str(name)), Problem.UNKNOWN)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _list(given: Mapping[str, Any], name: str, place: str, most: int) -> Sequence[Any]:
    found = given.get(name, [])
    if not isinstance(found, list):
        raise RuleError(_at(place, name), Problem.NOT_A_RULE)
    if len(found) > most:
        raise RuleError(_at(place, name), Problem.TOO_MANY)
    return found


def _match(given: Mapping[str, Any], name: str, place: str) -> Match:
    found = given.get(name, Match.ALL)
    if not isinstance(found, str) or found not in set(Match):
        raise RuleError(_at(place, name), Problem.UNKNOWN)
    return Match(found)


def _yes(given: Mapping[str, Any], name: str, place: str) -> bool:
    found = given.get(name, False)
    if not isinstance(found, bool):
        raise RuleError(_at(place, name), Problem.NOT_A_RULE)
    return found


def _number(given: Mapping[str, Any], name: str, place: str, most: int, *, least: int) -> int:
    found = given.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
        raise RuleError(_at(place, name), Problem.NOT_A_NUMBER)
    return found


def _codes(given: Mapping[str, Any], name: str, place: str) -> tuple[str, ...]:
    found = _list(given, name, place, MOST_NAMED)
    if not found:
        raise RuleError(_at(place, name), Problem.NOTHING_CHOSEN)
    for n, one in enumerate(found):
        if not isinstance(one, str) or not one or len(one) > 100:
            raise RuleError(f"{_at(place, name)}[{n}]", Problem.NOT_A_RULE)
    return tuple(sorted(set(found)))


def _people(given: Mapping[str, Any], name: str) -> tuple[int, ...]:
    return _numbers(_list(given, name, "", MOST_PEOPLE), name)


def _ids(given: Mapping[str, Any], name: str, place: str) -> tuple[int, ...]:
    found = _list(given, name, place, MOST_NAMED)
    if not found:
        raise RuleError(_at(place, name), Problem.NOTHING_CHOSEN)
    return _numbers(found, _at(place, name))


def _numbers(found: Sequence[Any], place: str) -> tuple[int, ...]:
    for n, one in enumerate(found):
        if not isinstance(one, int) or isinstance(one, bool) or not 0 < one < 2**31:
            raise RuleError(f"{place}[{n}]", Problem.NOT_A_NUMBER)
    return tuple(sorted(set(found)))
