"""Whom the rows of a file mean: by confirmed FIN, personnel number, e-mail. Never a guess, never a silent merge."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext

from app.accounts.models import User
from app.folding import fold
from app.organisations.checking import Lines, PersonLine
from app.organisations.known import Known
from app.organisations.plans import Change, NewPerson, Plan


@dataclass(kw_only=True)
class Someone:
    """A person of the file with all of their rows. `ref`: the user's id; negative for who has no account yet."""

    ref: int
    user: User | None
    lines: list[PersonLine] = field(default_factory=list)

    @property
    def first(self) -> PersonLine:
        return self.lines[0]

    def said(self, column: str) -> str:
        """What the first row that says it says."""
        return next((value for line in self.lines if (value := str(getattr(line, column)))), "")


@dataclass(frozen=True, kw_only=True)
class Identified:
    """`by_key`: whom a FIN, personnel number or e-mail address means, for the column of managers."""

    people: list[Someone]
    by_key: dict[str, int]


def identify(plan: Plan, lines: Lines, known: Known, hashes: dict[str, str], *, confirms: bool) -> Identified:
    """Group the rows by person and find their accounts; add to `plan` who is new and what their accounts gain.

    `hashes`: {FIN: its keyed hash}. `confirms`: the FIN of an account that somebody uses is confirmed, too; otherwise
    only that of a new account or one never used, since who gives a FIN to somebody's account could take it.
    """
    found: list[Someone] = []
    for group in _groups(lines):
        user, is_clear = _account(group, lines, known, hashes)
        if not is_clear:
            continue
        someone = Someone(ref=user.id if user else -len(found) - 1, user=user, lines=group)
        found.append(someone)
        if user is None:
            _make(plan, someone)
        else:
            _complete(plan, someone, user, known, hashes, confirms=confirms)
    _refuse_twice(found, lines)
    here = {number: ids & known.jobs.keys() for number, ids in known.numbers.items()}
    by_key = {number: min(ids) for number, ids in here.items() if len(ids) == 1}
    for someone in found:
        for line in someone.lines:
            by_key |= {key: someone.ref for key in (line.fin, line.number, line.email) if key}
    return Identified(people=found, by_key=by_key)


def _groups(lines: Lines) -> list[list[PersonLine]]:
    """Rows that share a FIN, a personnel number or an e-mail are of one person; where they contradict, a problem."""
    groups: list[list[PersonLine]] = []
    of_key: dict[tuple[str, str], list[PersonLine]] = {}
    for line in lines.people:
        keys = [(column, value) for column in ("fin", "number", "email") if (value := getattr(line, column))]
        group = next((of_key[key] for key in keys if key in of_key), None)
        if group is None:
            group = []
            groups.append(group)
        else:
            before = group[0]
            for column in ("fin", "email", "number"):
                mine, others = getattr(line, column), {getattr(one, column) for one in group} - {""}
                if column != "number" and mine and others and mine not in others:
                    sentence = gettext("Row %(row)s is of the same person, with another value here.", row=before.at.row)
                    lines.refuse(line.at, column, mine, sentence)
            if not _alike(line.name, before.name):
                sentence = gettext(
                    "Row %(row)s has the same number, FIN or e-mail with another name: %(name)s. Correct one of them.",
                    row=before.at.row,
                    name=before.name,
                )
                lines.refuse(line.at, "name", line.name, sentence)
        group.append(line)
        for column, value in keys:
            other = of_key.setdefault((column, value), group)
            if other is not group:
                sentence = gettext("Row %(row)s has this, and is of another person.", row=other[0].at.row)
                lines.refuse(line.at, column, value, sentence)
    return groups


def _account(group: list[PersonLine], lines: Lines, known: Known, hashes: dict[str, str]) -> tuple[User | None, bool]:
    """The account these rows mean, and whether nothing speaks against it."""
    hits: dict[str, User] = {}
    for line in group:
        if line.fin and (user := known.by_fin.get(hashes[line.fin])):
            hits.setdefault("fin", user)
        if (
            line.number
            and len(ids := known.numbers.get(line.number, set())) == 1
            and (user := known.people.get(min(ids)))
        ):
            hits.setdefault("number", user)
        if line.email and (user := known.by_email.get(line.email)):
            hits.setdefault("email", user)
    if not hits:
        return None, True
    column, user = next(iter(sorted(hits.items(), key=lambda hit: ("fin", "number", "email").index(hit[0]))))
    at = group[0]
    for other, holder in hits.items():
        if holder.id != user.id:
            sentence = {
                "number": gettext(
                    "This number is of another person here than the one of this FIN. Correct one of them."
                ),
                "email": gettext("This address is of another account. Correct it, or leave it empty."),
            }[other]
            lines.refuse(at.at, other, next(value for one in group if (value := getattr(one, other))), sentence)
            return user, False
    given = next((line.fin for line in group if line.fin), "")
    if given and user.fin_confirmed_at is not None and user.fin_lookup != hashes[given]:
        sentence = gettext("The account found by %(key)s has another confirmed FIN. Correct the row.",
                           key=gettext("number") if column == "number" else gettext("e-mail"))  # fmt: skip
        lines.refuse(at.at, "fin", given, sentence)
        return user, False
    if not _alike(at.name, user.name):
        sentence = gettext(
            "The account found for this row has quite another name. Check FIN, number and e-mail; if they are right, "
            "have the name of the account changed first."
        )
        lines.refuse(at.at, "name", at.name, sentence)
        return user, False
    return user, True


def _make(plan: Plan, someone: Someone) -> None:
    line = someone.first
    plan.people.append(
        NewPerson(
            ref=someone.ref,
            name=line.name,
            email=someone.said("email") or None,
            language=someone.said("language") or "az",
            fin=someone.said("fin") or None,
        )
    )
    plan.say(Change.PERSON_NEW, line.name, row=line.at.row, after=someone.said("email"))


def _complete(
    plan: Plan, someone: Someone, user: User, known: Known, hashes: dict[str, str], *, confirms: bool
) -> None:
    line, given, email = someone.first, someone.said("fin"), someone.said("email")
    if user.id not in known.past:
        plan.say(Change.PERSON_FOUND, user.name, row=line.at.row)
    if line.name != user.name and fold(line.name) != fold(user.name):
        plan.say(Change.NAME_KEPT, user.name, row=line.at.row, after=line.name)
    if given and (user.fin_confirmed_at is None or user.fin_lookup != hashes[given]):
        if confirms or (user.password_hash is None and user.first_signed_in_at is None):
            plan.fins.append((user.id, given))
            plan.say(Change.FIN_CONFIRMED, user.name, row=line.at.row)
        else:
            plan.say(Change.FIN_KEPT_OUT, user.name, row=line.at.row)
    if email and user.email is None:
        plan.emails.append((user.id, email))
        plan.say(Change.EMAIL_ADDED, user.name, row=line.at.row, after=email)
    elif email and user.email != email:
        plan.say(Change.EMAIL_KEPT, user.name, row=line.at.row, after=email)


def _refuse_twice(people: list[Someone], lines: Lines) -> None:
    """Two groups of rows that mean one account: by the FIN in one row, say, and the number in another."""
    seen: dict[int, Someone] = {}
    for someone in people:
        before = seen.setdefault(someone.ref, someone)
        if before is not someone:
            sentence = gettext("Row %(row)s means the same account. Give both rows the same FIN or number.",
                               row=before.first.at.row)  # fmt: skip
            lines.refuse(someone.first.at, "name", someone.first.name, sentence)


def _alike(one: str, other: str) -> bool:
    """A word in common: surnames change, the order of the parts does, all of a name does not."""
    return bool(set(fold(one).split()) & set(fold(other).split()))
