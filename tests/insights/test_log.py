"""The audit log, a page at a time, however much there is."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from app import audit
from app.accounts.models import Role
from app.db import db
from app.insights.system_views import PAGE, entries
from tests.factories import NOW, person, signed_in


def written(count: int, act: str = "enrolled", actor_id: int | None = None) -> list[int]:
    """The ids of so many new entries, the latest first."""
    for _ in range(count):
        audit.record(act, actor_id=actor_id, now=NOW)
    db.session.flush()
    return [event.id for event in entries(act, actor_id).events][:count]


def test_the_log_is_turned_over_to_its_first_entry_and_back(site: Flask) -> None:
    written(2 * PAGE + 30)
    pages = [entries("", None)]
    while pages[-1].has_older:
        pages.append(entries("", None, before=pages[-1].events[-1].id))
    ids = [event.id for page in pages for event in page.events]
    assert len(ids) == 2 * PAGE + 30
    assert ids == sorted(ids, reverse=True)
    assert [page.has_newer for page in pages] == [False, True, True]
    back = entries("", None, after=pages[2].events[0].id)
    assert [event.id for event in back.events] == [event.id for event in pages[1].events]
    assert (back.has_newer, back.has_older) == (True, True)
    assert not entries("", None, after=pages[1].events[0].id).has_newer


def test_a_page_of_one_act_leads_to_the_next_of_the_same_act(client: FlaskClient) -> None:
    reader = person(role=Role.ADMINISTRATOR)
    written(PAGE + 1, act="renamed")
    written(3, act="enrolled")
    page = signed_in(client, reader).get("/staff/audit?act=renamed").get_data(as_text=True)
    assert page.count("<tr>") == PAGE + 1
    (older,) = re.findall(r'href="([^"]+)" rel="next"', page)
    rest = client.get(older.replace("&amp;", "&")).get_data(as_text=True)
    assert rest.count("<tr>") == 2
    assert 'rel="prev"' in rest and 'rel="next"' not in rest


def test_the_log_of_a_person_or_an_act_is_read_by_its_index(site: Flask) -> None:
    for query, name in (("act = 'renamed'", "ix_audit_event_act"), ("actor_id = 1", "ix_audit_event_actor")):
        if db.engine.dialect.name != "sqlite":
            return  # a planner that looks at how much there is
        sql = f"EXPLAIN QUERY PLAN SELECT * FROM audit_event WHERE {query} ORDER BY id DESC LIMIT 101"
        plan = " ".join(row.detail for row in db.session.connection().exec_driver_sql(sql))
        assert name in plan
        assert "TEMP B-TREE" not in plan
