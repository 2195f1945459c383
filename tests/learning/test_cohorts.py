from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit import AuditEvent
from app.clock import BAKU
from app.db import db
from app.errors import Refused
from app.learning import announcing, cohorts, due, enrolling, progress
from app.learning.cohorts import Plan
from app.learning.gradebook import gradebook
from app.learning.models import Cohort, Enrolment
from app.notices.models import Notice
from tests.factories import NOW, person, published

PLAN = Plan(name="Payız", language="az", starts_on=date(2026, 11, 1), ends_on=date(2027, 2, 1), seats=2)


@pytest.fixture
def cohort(site: Flask) -> Cohort:
    opened = cohorts.open_cohort(published(), PLAN, by=person("Müəllim"), now=NOW)
    db.session.commit()
    return opened


def test_a_cohort_is_joined_by_its_code_however_it_is_typed(cohort: Cohort) -> None:
    typed = f" {cohort.join_code[:4].lower()}-{cohort.join_code[4:]} "
    assert cohorts.cohort_by_code(typed) == cohort
    enrolment = cohorts.join(person(), cohort, now=NOW)
    assert (enrolment.cohort, enrolment.course) == (cohort, cohort.course)


def test_joining_twice_is_joining_once(cohort: Cohort) -> None:
    learner = person()
    assert cohorts.join(learner, cohort, now=NOW) is cohorts.join(learner, cohort, now=NOW)
    assert cohorts.seats_taken(cohort) == 1


def test_a_full_cohort_takes_nobody(cohort: Cohort) -> None:
    for _ in range(2):
        cohorts.join(person(), cohort, now=NOW)
    with pytest.raises(Refused, match="All 2 seats"):
        cohorts.join(person(), cohort, now=NOW)


def test_a_closed_or_ended_cohort_takes_nobody(cohort: Cohort) -> None:
    with pytest.raises(Refused, match="has ended"):
        cohorts.join(person(), cohort, now=NOW + timedelta(days=100))
    cohorts.close_cohort(cohort, by=person(), now=NOW)
    with pytest.raises(Refused, match="closed"):
        cohorts.join(person(), cohort, now=NOW)


def test_who_learns_alone_keeps_what_is_done_when_joining(cohort: Cohort) -> None:
    learner = person()
    alone = enrolling.enrol(learner, cohort.course, now=NOW)
    progress.finish_lesson(alone, "functions/welcome", now=NOW)
    joined = cohorts.join(learner, cohort, now=NOW)
    assert joined is alone
    assert progress.progress_of(joined).done == 1


def another(cohort: Cohort, name: str = "Yaz") -> Cohort:
    """A second cohort of the same course."""
    plan = Plan(name=name, language="az", starts_on=date(2026, 12, 1), ends_on=None, seats=None)
    return cohorts.open_cohort(cohort.course, plan, by=person("Müəllim"), now=NOW)


def test_nobody_is_moved_to_another_cohort_without_saying_so(cohort: Cohort) -> None:
    learner, other = person(), another(cohort)
    enrolment = cohorts.join(learner, cohort, now=NOW)
    for leaving in (None, other.id, 0):
        with pytest.raises(Refused, match="Already in the cohort “Payız”"):
            cohorts.join(learner, other, leaving=leaving, now=NOW)
    with pytest.raises(Refused, match="Already in the cohort “Payız”"):
        enrolling.enrol(learner, cohort.course, cohort=other, now=NOW)
    assert enrolment.cohort is cohort
    assert cohorts.join(learner, other, leaving=cohort.id, now=NOW) is enrolment
    assert enrolment.cohort is other
    moved = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "cohort_moved")).one()
    assert (moved.actor_id, moved.details) == (learner.id, {"before": cohort.id, "cohort_id": other.id})


def test_an_extension_never_makes_the_dates_of_a_new_cohort_earlier(cohort: Cohort) -> None:
    learner, other, teacher = person(), another(cohort), person()
    enrolment = cohorts.join(learner, cohort, now=NOW)
    cohorts.extend(enrolment, "functions", date(2026, 12, 9), "Xəstəlik", by=teacher, now=NOW)
    cohorts.set_due(other, {"functions": date(2027, 1, 20)}, by=teacher, now=NOW)
    cohorts.join(learner, other, leaving=cohort.id, now=NOW)
    assert due.due_at(enrolment, "functions") == cohorts.end_of_day(date(2027, 1, 20))


def test_taken_out_a_learner_goes_on_alone_without_due_dates(cohort: Cohort) -> None:
    enrolment = cohorts.join(person(), cohort, now=NOW)
    cohorts.set_due(cohort, {"functions": date(2026, 12, 1)}, by=person(), now=NOW)
    cohorts.take_out(enrolment, by=person(), now=NOW)
    db.session.flush()
    assert enrolment.left_at is None
    assert due.due_moments(enrolment) == {}


def test_a_unit_is_due_at_the_end_of_the_day_in_baku(cohort: Cohort) -> None:
    enrolment = cohorts.join(person(), cohort, now=NOW)
    cohorts.set_due(cohort, {"functions": date(2026, 12, 1)}, by=person(), now=NOW)
    assert due.due_at(enrolment, "functions") == datetime(2026, 12, 1, 23, 59, 59, tzinfo=BAKU)
    assert due.due_at(enrolment, "functions") == datetime(2026, 12, 1, 19, 59, 59, tzinfo=UTC)
    cohorts.set_due(cohort, {"functions": None}, by=person(), now=NOW)
    assert due.due_at(enrolment, "functions") is None


def test_an_extension_moves_one_learner_and_nobody_else(cohort: Cohort) -> None:
    lucky, other = (cohorts.join(person(), cohort, now=NOW) for _ in range(2))
    cohorts.set_due(cohort, {"functions": date(2026, 12, 1)}, by=person(), now=NOW)
    cohorts.extend(lucky, "functions", date(2026, 12, 9), "Xəstəlik", by=person(), now=NOW)
    assert due.due_at(lucky, "functions") == cohorts.end_of_day(date(2026, 12, 9))
    assert due.due_at(other, "functions") == cohorts.end_of_day(date(2026, 12, 1))


@pytest.mark.parametrize(
    ("unit", "day", "reason"),
    [("functions", date(2026, 12, 9), "  "), ("nowhere", date(2026, 12, 9), "x"), ("functions", date(2026, 1, 1), "x")],
)
def test_an_extension_needs_a_unit_a_day_to_come_and_a_reason(
    cohort: Cohort, unit: str, day: date, reason: str
) -> None:
    enrolment = cohorts.join(person(), cohort, now=NOW)
    with pytest.raises(Refused):
        cohorts.extend(enrolment, unit, day, reason, by=person(), now=NOW)


def test_seats_cannot_fall_below_who_is_in(cohort: Cohort) -> None:
    for _ in range(2):
        cohorts.join(person(), cohort, now=NOW)
    plan = Plan(name="x", language="az", starts_on=PLAN.starts_on, ends_on=None, seats=1)
    with pytest.raises(Refused, match="2 learners are in it"):
        cohorts.change_cohort(cohort, plan, by=person(), now=NOW)


def test_a_list_is_read_as_people_and_excel_write_it(site: Flask) -> None:
    lines = ["\ufeffAd;E-poçt", "Leyla Məmmədova;LEYLA@example.az", "", "yox-ünvan;bu deyil"]
    text = "\r\n".join([*lines, ";orxan@example.az", "Leyla;leyla@example.az", ""])
    rows = cohorts.read_list(text)
    assert [(row.line, row.email, bool(row.problem)) for row in rows] == [
        (2, "leyla@example.az", False),
        (4, "", True),
        (5, "orxan@example.az", True),
        (6, "leyla@example.az", True),
    ]
    assert rows[0].name == "Leyla Məmmədova"


def test_commas_tabs_and_a_missing_heading_are_understood(site: Flask) -> None:
    for sign in (",", "\t"):
        (row,) = cohorts.read_list(f"Orxan Əliyev{sign}orxan@example.az")
        assert (row.name, row.email, row.problem) == ("Orxan Əliyev", "orxan@example.az", "")


def test_a_list_without_end_is_refused(site: Flask) -> None:
    with pytest.raises(Refused, match="up to 500"):
        cohorts.read_list("\n".join(f"N,p{number}@example.az" for number in range(501)))


def test_an_announcement_reaches_everybody_once_even_clicked_twice(cohort: Cohort) -> None:
    learners = [person(), person(email=None)]
    for learner in learners:
        cohorts.join(learner, cohort, now=NOW)
    teacher = person()
    for second in (0, 3):
        announcing.announce(cohort, "Salam", "Sabah *dərs* var", by=teacher, now=NOW + timedelta(seconds=second))
    told = db.session.scalars(select(Notice).where(Notice.kind == "announcement")).all()
    assert sorted(notice.recipient_id for notice in told) == sorted(learner.id for learner in learners)
    assert {notice.address for notice in told} == {learners[0].email, None}


def test_the_gradebook_asks_the_same_number_of_queries_for_2_and_for_40_learners(cohort: Cohort, counting) -> None:
    cohort.seats = None

    def fill(count: int) -> None:
        for _ in range(count):
            enrolment = cohorts.join(person(), cohort, now=NOW)
            progress.finish_lesson(enrolment, "functions/welcome", now=NOW)
        db.session.commit()

    fill(2)
    with counting() as few:
        gradebook(cohort)
    fill(38)
    with counting() as many:
        book = gradebook(cohort)
    assert len(book.lines) == 40
    assert len(many) == len(few)


def test_the_gradebook_finds_a_name_whatever_letters_are_typed(cohort: Cohort) -> None:
    for name in ("Şəhla Əliyeva", "Orxan Quliyev"):
        cohorts.join(person(name), cohort, now=NOW)
    db.session.commit()
    assert [line.enrolment.user.name for line in gradebook(cohort, search="sehla").lines] == ["Şəhla Əliyeva"]


def test_a_learner_has_one_open_taking_of_a_course(cohort: Cohort) -> None:
    learner = person()
    cohorts.join(learner, cohort, now=NOW)
    enrolling.enrol(learner, cohort.course, now=NOW)
    assert len(db.session.scalars(select(Enrolment).where(Enrolment.user_id == learner.id)).all()) == 1


def test_who_left_and_comes_back_goes_on_where_it_was_left(cohort: Cohort) -> None:
    learner = person()
    taken = enrolling.enrol(learner, cohort.course, now=NOW)
    progress.finish_lesson(taken, "functions/welcome", now=NOW)
    enrolling.leave(taken, by=learner, now=NOW)
    assert enrolling.open_enrolment(learner, cohort.course) is None
    assert enrolling.enrol(learner, cohort.course, now=NOW) is taken
    assert enrolling.open_enrolment(learner, cohort.course) is taken


def test_who_is_in_a_cohort_is_told_once_when_its_dates_change(cohort: Cohort) -> None:
    learner, teacher = person(), person("Müəllim")
    cohorts.join(learner, cohort, now=NOW)
    days: dict[str, date | None] = {"functions": date(2026, 12, 5), "tables": date(2026, 12, 20)}

    def told() -> list[str | None]:
        query = select(Notice).where(Notice.kind == "dates_changed").order_by(Notice.id)
        return [one.params["next_on"] for one in db.session.scalars(query)]

    cohorts.set_due(cohort, days, by=teacher, now=NOW)
    cohorts.set_due(cohort, days, by=teacher, now=NOW + timedelta(minutes=1))
    assert told() == ["2026-12-05"]
    cohorts.set_due(cohort, {"functions": None}, by=teacher, now=NOW + timedelta(minutes=2))
    cohorts.set_due(cohort, {"functions": None, "tables": None}, by=teacher, now=NOW + timedelta(minutes=3))
    assert told() == ["2026-12-05", "2026-12-20", None]
