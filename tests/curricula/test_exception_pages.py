"""The queue of exceptions: narrowed, decided one by one or in bulk, always after the number was said."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.curricula import requirements
from app.curricula.models import AllocationException, Obligation, Requirement
from app.db import db
from tests.curricula import people
from tests.curricula.office import DAY, Office, by, office, said, today


def doubted(desk: Office, count: int = 2, slug: str = "python") -> Requirement:
    """So many people wait: there is too little time."""
    made = desk.requirement(slug, due={"on": (today() + 2 * DAY).isoformat()}, minimum_days=10)
    staff = [desk.hire(f"{slug} {number}") for number in range(count)]
    requirements.attach(made, desk.audience(*staff), by=desk.officer, now=people.noon(today()))
    db.session.commit()
    return made


def waiting() -> list[AllocationException]:
    query = select(AllocationException).where(AllocationException.action.is_(None)).order_by(AllocationException.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def obligations() -> int:
    return db.session.scalar(select(func.count()).select_from(Obligation)) or 0


def hidden(page: str) -> dict[str, Any]:
    """The fields of the page that confirms."""
    form = page[page.index("/exceptions/decide") :]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


def test_who_waits_is_listed_with_the_reason_and_narrowed(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made, other = doubted(desk), doubted(desk, 1, "sql")
    page = said(by(client, desk.officer).get(f"{desk.at}/exceptions"))
    assert "Exceptions (3)" in page
    assert page.count("Too little time") == 3 + 1  # and among the choices
    assert "would be due on" in page
    narrowed = said(client.get(f"{desk.at}/exceptions?requirement={other.id}"))
    assert "sql 0" in narrowed
    assert "python 0" not in narrowed
    assert "Nobody waits for a decision" in said(client.get(f"{desk.at}/exceptions?doubt=duplicate"))
    assert client.get(f"{desk.at}/exceptions?doubt=nonsense&requirement=x").status_code == 200
    assert made.id != other.id


@pytest.mark.parametrize(("action", "days"), [("assign", 2), ("realistic", 17), ("dismiss", None)])
def test_one_is_decided_with_one_press_and_once(
    site: Flask, client: FlaskClient, action: str, days: int | None
) -> None:
    desk = office()
    doubted(desk)
    one = waiting()[0]
    by(client, desk.officer)
    for _click in range(2):
        answer = client.post(f"{desk.at}/exceptions/decide", data={"exception": one.id, "action": action})
        assert answer.status_code == 303
    assert len(waiting()) == 1
    row = people.stands(one.user, today())
    assert (row.due_on if row else None) == (today() + days * DAY if days is not None else None)
    assert obligations() == (days is not None)


def test_the_number_is_said_before_several_are_decided(site: Flask, client: FlaskClient) -> None:
    desk = office()
    doubted(desk, 3)
    by(client, desk.officer)
    ticked = [one.id for one in waiting()[:2]]
    page = said(client.post(f"{desk.at}/exceptions/confirm", data={"exception": ticked, "action": "realistic"}))
    assert "Assign to 2 people with a realistic day?" in page
    assert obligations() == 0
    answer = client.post(f"{desk.at}/exceptions/decide", data=hidden(page))
    assert "2 people are asked." in said(client.get(answer.headers["Location"]))
    assert (len(waiting()), obligations()) == (1, 2)


def test_all_of_the_list_are_those_that_were_there_when_the_number_was_said(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = doubted(desk, 12)
    by(client, desk.officer)
    page = said(
        client.post(f"{desk.at}/exceptions/confirm", data={"all": "1", "action": "dismiss", "requirement": made.id})
    )
    assert "Do not assign to 12 people?" in page
    assert "and 2 more" in page
    late = desk.hire("Gec gələn")
    requirements.attach(made, desk.audience(late), by=desk.officer, now=people.noon(today()))
    doubted(desk, 1, "sql")
    for _click in range(2):
        assert client.post(f"{desk.at}/exceptions/decide", data=hidden(page)).status_code == 303
    assert [one.user.name for one in waiting()] == ["Gec gələn", "sql 0"]


def test_nothing_is_decided_for_another_organisation(site: Flask, client: FlaskClient) -> None:
    desk, other = office(), office("Yad")
    doubted(desk)
    ids = [one.id for one in waiting()]
    by(client, other.officer)
    for form in ({"exception": ids, "action": "assign"}, {"all": "1", "action": "assign"}):
        client.post(f"{other.at}/exceptions/decide", data=form)
        assert client.post(f"{desk.at}/exceptions/decide", data=form).status_code == 404
    assert [one.id for one in waiting()] == ids
    assert "python 0" not in said(client.get(f"{other.at}/exceptions"))


def test_a_choice_is_needed(site: Flask, client: FlaskClient) -> None:
    desk = office()
    doubted(desk)
    by(client, desk.officer)
    back = {"Referer": f"http://localhost{desk.at}/exceptions"}
    answer = client.post(f"{desk.at}/exceptions/confirm", data={"action": "assign"}, headers=back)
    assert "Tick at least one person." in said(client.get(answer.headers["Location"]))
    answer = client.post(f"{desk.at}/exceptions/decide", data={"all": "1", "action": "delete"}, headers=back)
    assert "Choose what to do." in said(client.get(answer.headers["Location"]))
    assert len(waiting()) == 2


def test_the_queue_asks_as_much_for_many_as_for_two(
    site: Flask, client: FlaskClient, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    desk = office()
    doubted(desk)
    by(client, desk.officer)

    def queries() -> int:
        with counting() as statements:
            assert client.get(f"{desk.at}/exceptions").status_code == 200
        return len(statements)

    few = queries()
    doubted(desk, 20, "sql")
    assert queries() == few
