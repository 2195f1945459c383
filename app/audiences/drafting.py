"""A rule while it is being put together in the form: what was typed, complete or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.audiences.rules import InPositions, Rule, canonical, written

KINDS = ("unit", "position", "code", "started", "language", "completed", "holds")  # "code": a position by its beginning


@dataclass(kw_only=True)
class Row:
    """One condition as typed. `chosen`: units, positions, languages or courses; `find`: what is looked for of them."""

    kind: str
    negated: bool = False
    chosen: list[str] = field(default_factory=list)
    find: str = ""
    below: bool = True
    need: str = "all"
    how: str = "at_least"
    on: str = ""
    days: str = ""
    months: str = ""
    codes: str = ""

    def said(self) -> dict[str, Any]:
        """The JSON of the condition; what is not right in it is found when it is read."""
        match self.kind:
            case "unit":
                said: dict[str, Any] = {"kind": "unit", "units": [_number(one) for one in self.chosen]}
                said["below"] = self.below
            case "position":
                said = {"kind": "position", "codes": self.chosen, "beginning": False}
            case "code":
                codes = [one for one in self.codes.replace(",", " ").split() if one]
                said = {"kind": "position", "codes": codes, "beginning": True}
            case "started":
                said = {"kind": "started", "how": self.how}
                said |= {"on": self.on} if self.how in ("before", "since") else {"days": _number(self.days)}
            case "language":
                said = {"kind": "language", "languages": self.chosen}
            case _:
                said = {"kind": self.kind, "need": self.need, "courses": self.chosen}
                if self.kind == "completed" and self.months:
                    said["months"] = _number(self.months)
        return said | {"not": self.negated}


@dataclass(kw_only=True)
class Rows:
    """A group of conditions."""

    match: str = "all"
    rows: list[Row] = field(default_factory=list)


@dataclass(kw_only=True)
class Draft:
    name: str = ""
    match: str = "all"
    groups: list[Rows] = field(default_factory=lambda: [Rows()])
    named: dict[str, Row] = field(
        default_factory=lambda: {"always": Row(kind="always"), "never": Row(kind="never")}
    )  # people
    who: str = ""  # whose place in the audience is asked for

    def said(self) -> dict[str, Any]:
        """The JSON of the rule; groups without a condition are left out."""
        groups = [
            {"match": group.match, "conditions": [row.said() for row in group.rows]}
            for group in self.groups
            if group.rows
        ]
        people = {name: [_number(one) for one in row.chosen] for name, row in self.named.items()}
        return {"version": 1, "match": self.match, "groups": groups, **people}

    def place(self, path: str) -> str:
        """The id in the form of what a RuleError calls "groups[0].conditions[2].days"."""
        parts = path.replace("]", "").replace("[", ".").split(".")
        if parts[0] in self.named:
            return parts[0]
        if parts[0] != "groups" or len(parts) < 4:
            return "rule"
        asked = [group for group in self.groups if group.rows][int(parts[1])]
        group = next(n for n, one in enumerate(self.groups) if one is asked)
        return f"c{group}-{parts[3]}"

    def act(self, asked: str, kind: str) -> None:
        """Carry out a button of the form: "add-0" (a condition of `kind` to the first group), "remove-0-2", "group",
        "drop-1". What is not there is not removed."""
        word, *numbers = asked.split("-")
        places = [int(one) for one in numbers if one.isdecimal()]
        match word, places:
            case "add", [group] if group < len(self.groups) and kind in KINDS:
                self.groups[group].rows.append(Row(kind=kind))
            case "remove", [group, row] if group < len(self.groups) and row < len(self.groups[group].rows):
                del self.groups[group].rows[row]
            case "group", []:
                self.groups.append(Rows())
            case "drop", [group] if group < len(self.groups):
                del self.groups[group]
        self.groups = self.groups or [Rows()]


def of_rule(name: str, rule: Rule) -> Draft:
    """The form of a rule that is kept."""
    draft = Draft(name=name, match=rule.match.value)
    draft.groups = [
        Rows(match=group.match.value, rows=[_row(written(one), one) for one in group.conditions])
        for group in rule.groups
    ] or [Rows()]
    said = canonical(rule)
    for people, row in draft.named.items():
        row.chosen = [str(one) for one in said[people]]
    return draft


def _row(said: Mapping[str, Any], condition: object) -> Row:
    by_code = isinstance(condition, InPositions) and condition.beginning
    row = Row(kind="code" if by_code else said["kind"], negated=said["not"])
    chosen: list[Any] = next((said[name] for name in ("units", "codes", "languages", "courses") if name in said), [])
    row.chosen = [str(one) for one in chosen]
    row.below, row.need, row.how = said.get("below", True), said.get("need", "all"), said.get("how", "at_least")
    row.on, row.codes = said.get("on", ""), " ".join(row.chosen) if by_code else ""
    row.days, row.months = ("" if said.get(name) is None else str(said[name]) for name in ("days", "months"))
    return row


def of_form(form: MultiDict[str, str]) -> Draft:
    """What was sent: `group` once for each group, `row` ("0-unit") for each condition in order, `c0-2-days` a part."""
    draft = Draft(name=form.get("name", "")[:300], match=form.get("match", "all"))
    draft.who = form.get("who", "")[:100].strip()
    draft.groups = [Rows(match=form.get(f"g{n}-match", "all")) for n in range(min(20, len(form.getlist("group"))))]
    for one in form.getlist("row")[:200]:
        group, _, kind = one.partition("-")
        if group.isdecimal() and int(group) < len(draft.groups) and kind in KINDS:
            rows = draft.groups[int(group)].rows
            rows.append(_typed(form, f"c{int(group)}-{len(rows)}-", kind))
    draft.groups = draft.groups or [Rows()]
    for name in draft.named:
        draft.named[name] = _typed(form, f"{name}-", name)
    return draft


def _typed(form: MultiDict[str, str], at: str, kind: str) -> Row:
    return Row(
        kind=kind,
        negated=form.get(at + "not") == "1",
        chosen=form.getlist(at + "chosen")[:3000],
        find=form.get(at + "find", "")[:100].strip(),
        below=at + "below" in form,
        need=form.get(at + "need", "all"),
        how=form.get(at + "how", "at_least"),
        on=form.get(at + "on", "").strip(),
        days=form.get(at + "days", "").strip(),
        months=form.get(at + "months", "").strip(),
        codes=form.get(at + "codes", "")[:2000],
    )


def _number(typed: str) -> int | str:
    """The number, or what is none, for the reader of rules to refuse."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 12 else typed
