"""Renewal days by worked examples, written out by hand from the reference; and what holds of any days at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import BAKU
from app.curricula import rules
from app.curricula.rules import DAY, Asked, Finish, Status, Terms, Validity

D = date.fromisoformat
YEAR = Terms(renewal="completion", validity_months=12, window_days=60)
BY_EXPIRY = Terms(renewal="expiry", validity_months=12, window_days=60)
FIXED = Terms(renewal="fixed", validity_months=12, window_days=60, minimum_validity_days=90)

TERMS = {"year": YEAR, "by_expiry": BY_EXPIRY, "fixed": FIXED}
# A year, opening 60 days before it ends. Due by 30 June means until midnight: the year begins with 1 July, so that
# 30 June of the next year is the last valid day. With a fixed day everybody's year ends with 31 December.
# terms, completed on, due on, former expiry → window opens on, expires on (the first day that is not valid): what it is
EXAMPLES = """
year      2026-03-10 2026-06-30 -          → 2027-01-09 2027-03-10 : completion: from the day it was completed
year      2027-02-01 -          2027-03-10 → 2027-12-03 2028-02-01 : completion: renewed early, the rest is lost
year      2027-05-01 -          2027-03-10 → 2028-03-02 2028-05-01 : completion: renewed late
by_expiry 2026-03-10 2026-06-30 -          → 2027-05-02 2027-07-01 : expiry: first, in time, from the due day
by_expiry 2026-06-30 2026-06-30 -          → 2027-05-02 2027-07-01 : expiry: first, on the due day itself
by_expiry 2026-07-01 2026-06-30 -          → 2027-05-02 2027-07-01 : expiry: first, late, from the completion
by_expiry 2026-08-15 2026-06-30 -          → 2027-06-16 2027-08-15 : expiry: first, later still
by_expiry 2026-03-10 -          -          → 2027-01-09 2027-03-10 : expiry: first, no due day, from the completion
by_expiry 2027-06-01 -          2027-07-01 → 2028-05-02 2028-07-01 : expiry: renewed in the window, no day is lost
by_expiry 2027-05-02 -          2027-07-01 → 2028-05-02 2028-07-01 : expiry: renewed on the first day of the window
by_expiry 2027-07-01 -          2027-07-01 → 2028-05-02 2028-07-01 : expiry: renewed on the day it expires is late
by_expiry 2027-09-20 -          2027-07-01 → 2028-07-22 2028-09-20 : expiry: renewed late, from the completion
by_expiry 2027-03-01 -          2027-07-01 → 2027-05-02 2027-07-01 : expiry: renewed before the window, nothing gained
fixed     2026-03-10 2026-12-31 -          → 2026-11-02 2027-01-01 : fixed: first, due at the end of the year
fixed     2026-11-10 2026-12-31 -          → 2027-11-02 2028-01-01 : fixed: too near the end, the year after
fixed     2026-12-01 -          2027-01-01 → 2027-11-02 2028-01-01 : fixed: renewed in the window
fixed     2027-04-05 -          2027-01-01 → 2027-11-02 2028-01-01 : fixed: renewed late, still to the end of the year
fixed     2029-11-20 -          2027-01-01 → 2030-11-02 2031-01-01 : fixed: years late, steps forward
fixed     2026-03-10 2029-12-31 -          → 2026-11-02 2027-01-01 : fixed: due in years, steps back
fixed     2026-03-10 -          -          → 2027-01-09 2027-03-10 : fixed: nothing to count from but the completion
year      2028-02-29 -          -          → 2028-12-30 2029-02-28 : a leap day: a year later there is none
year      2028-02-28 -          -          → 2028-12-30 2029-02-28 : the day before
"""
LINES = EXAMPLES.strip().splitlines()


@pytest.mark.parametrize("line", LINES, ids=[line.split(" : ")[1] for line in LINES])
def test_the_three_rules_give_the_days_of_the_worked_examples(line: str) -> None:
    terms, completed, due, former, _arrow, opens, expires = line.split(" : ")[0].split()
    found = rules.validity(
        TERMS[terms],
        completed_on=D(completed),
        due_on=None if due == "-" else D(due),
        expires_on=None if former == "-" else D(former),
    )
    assert (found.window_opens_on, found.expires_on) == (D(opens), D(expires))


def test_what_has_no_term_is_valid_for_good() -> None:
    for_good = Terms(renewal="expiry", validity_months=None, window_days=0)
    assert rules.validity(for_good, completed_on=D("2026-01-01"), due_on=None, expires_on=None) == Validity()


def test_months_end_with_their_last_day() -> None:
    assert rules.add_months(D("2026-01-31"), 1) == D("2026-02-28")
    assert rules.add_months(D("2028-01-31"), 1) == D("2028-02-29")
    assert rules.add_months(D("2028-02-29"), 48) == D("2032-02-29")
    assert rules.add_months(D("2026-03-15"), -15) == D("2024-12-15")


def test_a_window_as_long_as_the_validity_opens_the_day_after() -> None:
    terms = Terms(renewal="completion", validity_months=1, window_days=200)
    found = rules.validity(terms, completed_on=D("2026-05-10"), due_on=None, expires_on=None)
    assert (found.window_opens_on, found.expires_on) == (D("2026-05-11"), D("2026-06-10"))


days = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))
terms_of = st.builds(
    lambda renewal, months, window, least: Terms(
        renewal=renewal,
        validity_months=months,
        window_days=window,
        minimum_validity_days=max(window, least),
    ),
    st.sampled_from(["completion", "expiry", "fixed"]),
    st.integers(2, 60),
    st.integers(0, 50),
    st.integers(0, 55),
)


@given(terms_of, days, st.none() | days, st.none() | days)
def test_completed_before_the_window_opens_and_that_not_after_it_expires(
    terms: Terms, completed: date, due: date | None, former: date | None
) -> None:
    found = rules.validity(terms, completed_on=completed, due_on=due, expires_on=former)
    assert found.window_opens_on is not None
    assert found.expires_on is not None
    assert found.window_opens_on <= found.expires_on
    if not (terms.renewal == "expiry" and former is not None and completed < former):  # which gains nothing, ever
        assert completed < found.window_opens_on


@given(terms_of, days, st.none() | days, st.lists(st.integers(0, 900), min_size=1, max_size=6))
def test_days_only_go_forward_from_renewal_to_renewal(
    terms: Terms, first: date, due: date | None, gaps: list[int]
) -> None:
    valid = rules.validity(terms, completed_on=first, due_on=due, expires_on=None)
    completed = first
    for gap in gaps:
        assert valid.window_opens_on is not None
        completed_again = valid.window_opens_on + timedelta(days=gap)  # nothing counts before the window opens
        again = rules.validity(terms, completed_on=completed_again, due_on=None, expires_on=valid.expires_on)
        assert again.expires_on is not None
        assert valid.expires_on is not None
        assert completed < completed_again < again.window_opens_on  # type: ignore[operator]
        assert again.expires_on >= valid.expires_on
        completed, valid = completed_again, again


@given(days, days, st.none() | days, st.none() | st.integers(0, 60), st.none() | days, st.booleans(), terms_of)
def test_a_day_has_one_status_and_it_goes_forward_with_the_days(
    start: date, completed: date, due: date | None, closes: int | None, begun: date | None, done: bool, terms: Terms
) -> None:
    completed = max(completed, start)
    valid = rules.validity(terms, completed_on=completed, due_on=due, expires_on=None)
    order = ["future", "pending", "in_progress", "overdue", "failed", "valid", "window_open", "expired"]
    last = -1
    turns = {start, completed, due, begun, valid.window_opens_on, valid.expires_on, rules.closing_day(due, closes)}
    for turn in sorted(one for one in turns if one is not None):
        for day in (turn - DAY, turn, turn + DAY):
            now = rules.status(
                day,
                in_force=True,
                exempt=False,
                on_leave=False,
                valid=valid if done and completed <= day else None,
                start_on=start,
                due_on=due,
                closes_on=rules.closing_day(due, closes),
                begun_on=begun,
            )
            assert order.index(now) >= last or {order[last], now} == {"in_progress", "pending"}, (day, now)
            last = order.index(now)


def test_the_first_that_holds_is_the_status() -> None:
    day = D("2026-06-01")
    past = {"start_on": day - 9 * DAY, "due_on": day - DAY, "closes_on": day - DAY, "begun_on": day - 5 * DAY}
    valid = Validity(window_opens_on=day + DAY, expires_on=day + 2 * DAY)

    def now(**facts: object) -> Status:
        given = {"in_force": True, "exempt": False, "on_leave": False, "valid": None, **past, **facts}
        return rules.status(day, **given)  # type: ignore[arg-type]

    assert now(in_force=False, exempt=True, on_leave=True, valid=valid) is Status.ARCHIVED
    assert now(exempt=True, on_leave=True, valid=valid) is Status.EXEMPT
    assert now(on_leave=True, valid=valid) is Status.SUSPENDED
    assert now(valid=valid) is Status.VALID
    assert now(valid=Validity(window_opens_on=day, expires_on=day + DAY)) is Status.WINDOW_OPEN
    assert now(valid=Validity(window_opens_on=day - DAY, expires_on=day)) is Status.EXPIRED
    assert now(start_on=day + DAY) is Status.FUTURE
    assert now() is Status.FAILED
    assert now(closes_on=day) is Status.OVERDUE
    assert now(closes_on=None, due_on=day) is Status.IN_PROGRESS
    assert now(closes_on=None, due_on=None, begun_on=day + DAY) is Status.PENDING


# ---- what completes


def version(*parts: dict[str, object], from_on: str = "2026-01-01", until: str | None = None, **said: object) -> Asked:
    given: dict[str, object] = {"equivalents": {}, "test_out": None, "look_back_days": 0, "terms": YEAR}
    return Asked(
        version_id=int(from_on[5:7]),
        from_on=D(from_on),
        until_on=D(until) if until else None,
        parts=parts,
        **(given | said),  # type: ignore[arg-type]
    )


def finished(*takings: str) -> list[Finish]:
    """ "ethics 2026-03-01" … each with its own enrolment, at noon."""
    found = []
    for n, (slug, day) in enumerate(one.split() for one in takings):
        at = datetime.combine(D(day), time(12), BAKU).astimezone(UTC)
        found.append(Finish(course=slug, at=at, on=D(day), enrolment_id=n))
    return found


def completed(
    versions: list[Asked], takings: list[Finish], *, number: int = 0, start: str = "2026-02-01"
) -> date | None:
    done = rules.complete(
        versions, takings, number=number, start_on=D(start), due_on=lambda _day: None, expires_on=None
    )
    return done and done.on


ETHICS = {"need": "all", "courses": ["ethics"]}


def test_all_any_and_in_order() -> None:
    every = version({"need": "all", "courses": ["a", "b"]})
    some = version({"need": "any", "count": 2, "courses": ["a", "b", "c"]})
    row = version({"need": "in_order", "courses": ["a", "b"]})
    first, second, third = "b 2026-02-10", "a 2026-02-20", "b 2026-02-25"
    assert completed([every], finished(first, second)) == D("2026-02-20")
    assert completed([every], finished(first)) is None
    assert completed([some], finished(first, "c 2026-03-01", "a 2026-03-09")) == D("2026-03-01")
    assert completed([row], finished(first, second)) is None
    assert completed([row], finished(first, second, third)) == D("2026-02-25")


def test_a_set_after_a_set_is_done_when_both_are() -> None:
    both = version(ETHICS, {"need": "any", "count": 1, "courses": ["a", "b"]})
    assert completed([both], finished("b 2026-02-10", "ethics 2026-02-05")) == D("2026-02-10")


def test_an_equivalent_and_a_test_out_count_in_place() -> None:
    asked = version(ETHICS, equivalents={"ethics": ["old-ethics"]}, test_out="exam")
    assert completed([asked], finished("old-ethics 2026-02-10")) == D("2026-02-10")
    assert completed([asked], finished("exam 2026-02-03", "ethics 2026-02-10")) == D("2026-02-03")


def test_what_was_learnt_before_counts_as_far_back_as_is_looked() -> None:
    asked = version(ETHICS, look_back_days=30)
    assert completed([asked], finished("ethics 2026-01-02")) == D("2026-01-02")
    assert completed([asked], finished("ethics 2026-01-01")) is None
    assert completed([asked], finished("ethics 2026-01-15"), number=1) is None


def test_what_would_have_expired_before_the_start_does_not_count() -> None:
    asked = version(ETHICS, look_back_days=900, terms=Terms(renewal="completion", validity_months=1, window_days=0))
    assert completed([asked], finished("ethics 2025-12-31")) is None
    assert completed([asked], finished("ethics 2025-12-31", "ethics 2026-02-07")) == D("2026-02-07")


def test_the_version_of_the_day_decides() -> None:
    more = version({"need": "all", "courses": ["ethics", "law"]}, until="2026-05-31")
    less = version(ETHICS, from_on="2026-06-01")
    assert completed([more, less], finished("ethics 2026-03-01")) == D("2026-06-01")
    assert completed([more, less], finished("ethics 2026-03-01", "law 2026-04-01")) == D("2026-04-01")
    assert completed([more, less], finished("ethics 2026-07-01")) == D("2026-07-01")


def test_a_finish_falls_on_the_day_it_was_in_baku() -> None:
    late = datetime(2026, 3, 1, 19, 59, tzinfo=UTC)  # 23:59 in Baku
    assert late.astimezone(BAKU).date() == D("2026-03-01")
    assert (late + timedelta(minutes=1)).astimezone(BAKU).date() == D("2026-03-02")


def test_due_days() -> None:
    assert rules.due_day({"on": "2026-12-31"}, None) == D("2026-12-31")
    assert rules.due_day({"after": 30, "from": "assigned"}, D("2026-01-01")) == D("2026-01-31")
    assert rules.due_day({"after": 30, "from": "sign_in"}, None) is None
    assert rules.due_day({}, D("2026-01-01")) is None
    assert rules.is_too_soon(D("2026-01-13"), D("2026-01-01"), 13)
    assert not rules.is_too_soon(D("2026-01-14"), D("2026-01-01"), 13)
    assert rules.realistic_day(D("2026-01-01"), 13) == D("2026-01-21")
    assert rules.changed_due(D("2026-01-05"), D("2026-01-01"), 10) == D("2026-01-11")
