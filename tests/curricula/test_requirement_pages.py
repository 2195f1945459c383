"""A training officer says on pages what is asked; errors name their field; lists cost as much for many as for two."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.curricula import requirements
from app.curricula.models import Requirement
from app.db import db
from tests.curricula import people
from tests.curricula.office import DAY, by, office, said, today


def typed(**other: Any) -> dict[str, Any]:
    return {
        "code": "security",
        "title_az": "Məlumat təhlükəsizliyi",
        "title_en": "Information security",
        "parts-0-need": "all",
        "parts-0-courses-0": "python",
        "due_kind": "after",
        "due_after": "30",
        "due_from": "assigned",
        "renewal": "completion",
    } | other


def only_one() -> Requirement:
    return db.session.scalars(select(Requirement).execution_options(populate_existing=True)).one()


def test_a_requirement_is_typed_and_read_as_sentences(site: Flask, client: FlaskClient) -> None:
    desk = office()
    for slug in ("python", "sql", "git", "exam"):
        people.course(slug)
    form = typed(
        **{"parts-0-courses-1": "sql", "parts-1-need": "any", "parts-1-count": "1", "parts-1-courses-0": "git"},
        **{"parts-1-courses-1": "sql", "equivalents-0-course": "python", "equivalents-0-instead": "git"},
        **{"test_out": "exam", "closes_after_days": "10", "validity_months": "12", "window_days": "60"},
        **{"look_back_days": "90", "minimum_days": "5"},
    )
    answer = by(client, desk.officer).post(f"{desk.at}/new", data=form)
    assert answer.status_code == 303
    page = said(client.get(answer.headers["Location"]))
    for sentence in (
        "Information security",
        "Finish all of these courses: “python”, “sql”.",
        "Finish any 1 of these courses: “git”, “sql”.",
        "In place of “python” counts: “git”.",
        "Whoever finishes “exam” has done all of it.",
        "Courses finished up to 90 days before it was assigned count, too.",
        "Within 30 days of being assigned.",
        "It closes 10 days after the due day",
        "It takes at least 5 days",
        "A completion is valid for 12 months.",
        "Renewal opens 60 days before it expires.",
        "Finished on 10 March 2026 → valid until 9 March 2027.",
    ):
        assert sentence in page, sentence


def test_every_error_stands_at_its_field_and_what_was_typed_stays(site: Flask, client: FlaskClient) -> None:
    desk = office()
    people.course("python")
    by(client, desk.officer)
    for changed, field, message in (
        ({"title_az": ""}, "title_az", "This is needed."),
        ({"code": ""}, "code", "This is needed."),
        ({"parts-0-courses-0": ""}, "parts", "Choose at least one course."),
        ({"parts-0-need": "any", "parts-0-count": "3"}, "parts", "A part cannot need more courses than it names."),
        ({"parts-0-need": "any", "parts-0-count": "zwei"}, "parts", "Set 1: “zwei” is not a whole number."),
        ({"due_kind": "on"}, "due_on", "Say on which day it is due."),
        ({"due_kind": "on", "due_on": "2026-02-30"}, "due_on", "“2026-02-30” is not a day."),
        ({"due_after": ""}, "due_after", "Say after how many days it is due."),
        ({"due_after": "-4"}, "due_after", "Give a number of days from 0 to 36500."),
        ({"due_from": "course"}, "due_course", "Say after which course the days count."),
        ({"validity_months": "0"}, "validity_months", "Give a number of months from 1 to 600."),
        ({"validity_months": "1", "window_days": "40"}, "window_days", "The window for renewing must be shorter"),
        (
            {"validity_months": "12", "window_days": "30", "renewal": "fixed"},
            "minimum_validity_days",
            "the minimum validity lies between",
        ),
    ):
        answer = client.post(f"{desk.at}/new", data=typed(**changed))
        page = said(answer)
        assert answer.status_code == 422, changed
        assert f'<a href="#{field}">' in page, changed
        assert f'id="{field}"' in page, changed
        assert message in page, changed
        assert "Information security" in page
    assert db.session.scalar(select(Requirement.id)) is None


def test_a_code_is_taken_once(site: Flask, client: FlaskClient) -> None:
    desk = office()
    people.course("python")
    by(client, desk.officer)
    assert client.post(f"{desk.at}/new", data=typed()).status_code == 303
    again = client.post(f"{desk.at}/new", data=typed())
    assert again.status_code == 422
    assert "This code is taken by another requirement." in said(again)


def test_more_places_are_made_without_losing_what_was_typed(site: Flask, client: FlaskClient) -> None:
    desk = office()
    people.course("python")
    by(client, desk.officer)
    page = said(client.post(f"{desk.at}/new", data=typed(more="part")))
    assert 'name="parts-1-need"' in page
    assert '<option selected value="python">' in page
    assert "error-summary" not in page
    page = said(client.post(f"{desk.at}/new", data=typed(more="course-0")))
    assert 'name="parts-0-courses-3"' in page
    page = said(client.post(f"{desk.at}/new", data=typed(more="equivalent")))
    assert 'name="equivalents-1-course"' in page
    for odd in ("course-99", "course-x", "nothing"):
        assert client.post(f"{desk.at}/new", data=typed(more=odd)).status_code == 200


def test_the_order_of_the_places_is_the_order_of_the_courses(site: Flask, client: FlaskClient) -> None:
    desk = office()
    for slug in ("python", "sql", "git"):
        people.course(slug)
    form = typed(**{"parts-0-need": "in_order", "parts-0-courses-0": "sql", "parts-0-courses-2": "git"})
    assert by(client, desk.officer).post(f"{desk.at}/new", data=form).status_code == 303
    assert requirements.versions(only_one())[0].parts == [{"need": "in_order", "courses": ["sql", "git"]}]


def test_each_rule_of_renewal_is_shown_with_days(site: Flask, client: FlaskClient) -> None:
    desk = office()
    page = said(by(client, desk.officer).get(f"{desk.at}/new"))
    assert "Finished on 10 March 2026 → valid until 9 March 2027." in page
    assert (
        "renewed on 10 March 2026 → valid until 31 March 2027; renewed late, on 10 April 2026 → until 9 April" in page
    )
    assert (
        "renewed on 10 March 2026 → valid until 31 March 2027; renewed late, on 10 April 2026 → until 31 March" in page
    )


def test_the_form_of_a_change_holds_what_is_asked_now(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement("python", "sql", due={"after": 45, "from": "job"}, validity_months=24, window_days=30)
    page = said(by(client, desk.officer).get(f"{desk.at}/{made.id}/edit"))
    assert '<option selected value="sql">' in page
    assert '<option selected value="job">' in page
    assert 'value="45"' in page
    assert 'value="24"' in page
    assert f'value="{today().isoformat()}"' in page


def test_the_list_counts_people_and_finds_by_folded_words(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement("python", due={"after": 5, "from": "assigned"})
    done, late = desk.hire("Aynur"), desk.hire("Babək")
    desk.ask(made, done, late)
    people.take(done, "python", today() - 5 * DAY, today() - 2 * DAY)
    from app.curricula.completing import complete

    complete(today())
    db.session.commit()
    page = said(by(client, desk.officer).get(desk.at))
    row = page[page.index("<tbody>") :]
    numbers = [part.split("</td>")[0] for part in row.split('class="num">')[1:]]
    assert [int("".join(sign for sign in number if sign.isdigit())) for number in numbers] == [2, 1, 0, 1, 0]
    assert "Tələb" in said(client.get(f"{desk.at}?q=TELEB"))
    assert "No requirement is called that" in said(client.get(f"{desk.at}?q=fizika"))
    assert "None has ended" in said(client.get(f"{desk.at}?ended=1"))


def test_a_requirement_ends_after_it_was_said_of_how_many(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement()
    desk.ask(made, desk.hire("Aynur"), desk.hire("Babək"))
    page = said(by(client, desk.officer).get(f"{desk.at}/{made.id}/archive"))
    assert "2 people are asked now, and will not be from today." in page
    for _twice in range(2):
        assert client.post(f"{desk.at}/{made.id}/archive").status_code == 303
    assert only_one().archived_on == today()
    assert "This requirement has ended" in said(client.get(f"{desk.at}/{made.id}"))
    assert client.post(f"{desk.at}/{made.id}/edit", data=typed()).status_code in (302, 303, 409)
    assert "Tələb" in said(client.get(f"{desk.at}?ended=1"))


def test_an_officer_finds_the_only_organisation_at_once(site: Flask, client: FlaskClient) -> None:
    desk = office()
    other = office("Yad")
    assert by(client, desk.officer).get("/requirements/").headers["Location"] == desk.at
    for method in (client.get, client.post):
        assert method(f"{other.at}/new").status_code == 404
    theirs = other.requirement()
    for address in (f"{other.at}/{theirs.id}", f"{desk.at}/{theirs.id}", f"{desk.at}/{theirs.id}/edit"):
        assert client.get(address).status_code == 404, address


def test_the_list_asks_as_much_for_many_as_for_two(
    site: Flask, client: FlaskClient, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    desk = office()
    by(client, desk.officer)

    def queries(address: str) -> int:
        with counting() as statements:
            assert client.get(address).status_code == 200
        return len(statements)

    made = desk.requirement()
    desk.ask(made, desk.hire("Aynur"), desk.hire("Babək"))
    few = [queries(desk.at), queries(f"{desk.at}/{made.id}")]
    for number in range(12):
        desk.ask(desk.requirement(), desk.hire(f"Adam {number}"), *desk.staff[:2])
    desk.ask(made, *desk.staff)
    assert [queries(desk.at), queries(f"{desk.at}/{made.id}")] == few
    assert few[0] < 20
