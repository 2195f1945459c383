"""The audit log, a page at a time, however much there is."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from app import audit
from app.accounts.models import Role
from app.db import db
from app.insights.logbook import PAGE, Chosen, entries
from tests.factories import NOW, person, signed_in


def written(count: int, act: str = "enrolled", actor_id: int | None = None) -> list[int]:
    """The ids of so many new entries, the latest first."""
    for _ in range(count):
        audit.record(act, actor_id=actor_id, now=NOW)
    db.session.flush()
    return [event.id for event in entries(Chosen(act=act, who=actor_id)).events][:count]


def test_the_log_is_turned_over_to_its_first_entry_and_back(site: Flask) -> None:
    written(2 * PAGE + 30)
    pages = [entries(Chosen())]
    while pages[-1].has_older:
        pages.append(entries(Chosen(), before=pages[-1].events[-1].id))
    ids = [event.id for page in pages for event in page.events]
    assert len(ids) == 2 * PAGE + 30
    assert ids == sorted(ids, reverse=True)
    assert [page.has_newer for page in pages] == [False, True, True]
    back = entries(Chosen(), after=pages[2].events[0].id)
    assert [event.id for event in back.events] == [event.id for event in pages[1].events]
    assert (back.has_newer, back.has_older) == (True, True)
    assert not entries(Chosen(), after=pages[1].events[0].id).has_newer


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


def logged(client: FlaskClient, **chosen: object) -> set[str]:
    """The acts that are shown."""
    page = client.get("/staff/audit", query_string=chosen).get_data(as_text=True)
    return set(re.findall(r'data-label="Act">([^<]*)<', page))


def test_the_log_is_narrowed_by_act_person_subject_and_days(client: FlaskClient) -> None:
    reader, other = person(role=Role.ADMINISTRATOR), person("Şəbnəm Quliyeva")
    audit.record("renamed", actor_id=other.id, now=NOW, subject_type="user", subject_id=7)
    audit.record("enrolled", actor_id=reader.id, now=NOW - timedelta(days=2), subject_type="enrolment", subject_id=7)
    audit.record("completed", actor_id=reader.id, now=NOW - timedelta(days=3), subject_type="enrolment", subject_id=8)
    signed_in(client, reader)
    assert logged(client, person="sebnem") == {"Name changed"}
    assert logged(client, subject="enrolment") == {"Enrolled in a course", "Course completed"}
    assert logged(client, subject="enrolment", subject_id="8") == {"Course completed"}
    assert logged(client, first="2026-11-20", last="2026-11-20") == {"Enrolled in a course"}
    assert logged(client, last="2026-11-19") == {"Course completed"}
    assert logged(client, first="nonsense", last="9999-12-31", act="renamed") == {"Name changed"}
    assert logged(client, who=reader.id, first="2026-11-20", last="2026-11-21") == {"Enrolled in a course"}


def test_an_export_holds_what_is_chosen_and_is_an_event_without_names(client: FlaskClient) -> None:
    reader = person("Aysel", role=Role.ADMINISTRATOR)
    audit.record("renamed", actor_id=reader.id, now=NOW, subject_type="user", subject_id=7, reason="=1+1")
    audit.record("enrolled", actor_id=reader.id, now=NOW)
    db.session.commit()
    audit.seal()
    answer = signed_in(client, reader).post("/staff/audit.csv", data={"act": "renamed", "person": "aysel"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.get_data(as_text=True)
    assert "Name changed" in text and "Enrolled" not in text
    event = db.session.query(audit.AuditEvent).filter_by(act="audit_exported").one()
    assert (event.actor_id, event.details) == (reader.id, {"filter": "act: renamed, person: …"})


def test_administrators_see_the_head_of_the_chain(client: FlaskClient) -> None:
    reader = person(role=Role.ADMINISTRATOR)
    while audit.seal():
        db.session.commit()
    head = audit.head()
    page = signed_in(client, reader).get("/staff/system").get_data(as_text=True)
    assert f"{head.number} {head.digest}" in page
