"""The audit log is a chain: every edit made in the database is found, and named with its event."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import audit
from app.accounts import people, registering
from app.audit import Fault, Head
from app.cli import audit_verify
from app.clock import in_baku
from app.db import db
from tests.factories import NOW, person

HOW_MANY = 6


def write(number: int = HOW_MANY) -> None:
    for n in range(number):
        audit.record(
            "signed_in", actor_id=None, now=NOW + timedelta(seconds=n), subject_type="user", subject_id=n, n=n / 3
        )
    db.session.commit()


def seal() -> int:
    sealed = audit.seal()
    db.session.commit()
    return sealed


@pytest.fixture
def chain(site: Flask) -> Flask:
    write()
    assert seal() == HOW_MANY
    return site


def sql(statement: str, **values: Any) -> None:
    db.session.execute(text(statement), values)
    db.session.commit()
    db.session.expire_all()


def found(*anchors: Head) -> tuple[Fault | None, int]:
    verdict = audit.verify(anchors)
    db.session.rollback()
    return verdict.fault, verdict.number


def test_what_nobody_touched_is_as_it_was_sealed_and_goes_on(chain: Flask) -> None:
    assert found() == (None, 0)
    first = audit.head()
    assert first.number == HOW_MANY
    write(2)
    assert found() == (None, 0)
    assert seal() == 2
    assert seal() == 0
    assert audit.head().number == HOW_MANY + 2
    assert found(first) == (None, 0)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("act", "signed_out"),
        ("at", "2026-11-22 08:00:02.000001"),
        ("subject_type", "course"),
        ("subject_id", "77"),
        ("details", json.dumps({"n": 2.5})),
        ("address", "10.0.0.1"),
        ("digest", "f" * 64),
        ("previous", "f" * 64),
    ],
)
def test_an_event_that_was_edited_is_named(chain: Flask, column: str, value: str) -> None:
    kind = {"details": "JSON", "at": "TIMESTAMP"}.get(column) if db.engine.dialect.name == "postgresql" else None
    new = f"CAST(:value AS {kind})" if kind else ":value"
    sql(f"UPDATE audit_event SET {column} = {new} WHERE number = 3", value=value)
    assert found() == (Fault.CHANGED, 3)


def test_an_event_whose_actor_was_changed_is_named(chain: Flask) -> None:
    sql("UPDATE audit_event SET actor_id = :who WHERE number = 4", who=person().id)
    assert found() == (Fault.CHANGED, 4)


def test_an_event_that_was_removed_is_named(chain: Flask) -> None:
    sql("DELETE FROM audit_event WHERE number = 3")
    assert found() == (Fault.MISSING, 3)
    write(1)
    seal()
    assert found() == (Fault.MISSING, 3)  # what comes later heals nothing


def test_the_first_event_that_was_removed_is_named(chain: Flask) -> None:
    sql("DELETE FROM audit_event WHERE number = 1")
    assert found() == (Fault.MISSING, 1)


def test_closing_the_gap_of_what_was_removed_is_found(chain: Flask) -> None:
    sql("DELETE FROM audit_event WHERE number = 3")
    for number in range(4, HOW_MANY + 1):
        sql("UPDATE audit_event SET number = :new WHERE number = :old", new=number - 1, old=number)
    assert found() == (Fault.CHANGED, 3)


def test_two_events_that_changed_places_are_named(chain: Flask) -> None:
    for old, new in ((2, 99), (5, 2), (99, 5)):
        sql("UPDATE audit_event SET number = :new WHERE number = :old", new=new, old=old)
    assert found() == (Fault.CHANGED, 2)


def test_an_event_that_was_taken_back_to_be_sealed_anew_leaves_its_gap(chain: Flask) -> None:
    sql("UPDATE audit_event SET number = NULL, act = 'x' WHERE number = 2")
    seal()
    assert found() == (Fault.MISSING, 2)


def resealed(number: int) -> None:
    """What somebody does who knows how digests are made: the event's own is right again."""
    event = db.session.query(audit.AuditEvent).filter_by(number=number).one()
    sql("UPDATE audit_event SET digest = :d WHERE number = :n", d=audit.digest_of(event), n=number)


def test_an_edit_with_a_right_digest_breaks_the_link_after_it(chain: Flask) -> None:
    sql("UPDATE audit_event SET act = 'x' WHERE number = 3")
    resealed(3)
    assert found() == (Fault.UNLINKED, 4)


def test_an_event_put_in_between_with_right_digests_breaks_the_link(chain: Flask) -> None:
    for number in range(HOW_MANY, 2, -1):
        sql("UPDATE audit_event SET number = :new WHERE number = :old", new=number + 1, old=number)
    write(1)
    sql("UPDATE audit_event SET number = 3, previous = :p WHERE number IS NULL", p="0" * 64)
    resealed(3)
    assert found() == (Fault.UNLINKED, 3)


def test_writing_everything_anew_is_found_by_the_anchor(chain: Flask) -> None:
    anchored = audit.head()
    sql("UPDATE audit_event SET act = 'x' WHERE number = 3")
    for number in range(3, HOW_MANY + 1):
        resealed(number)
        sql(
            "UPDATE audit_event SET previous = (SELECT digest FROM audit_event e WHERE e.number = :n)"
            " WHERE number = :m",
            n=number,
            m=number + 1,
        )
    assert found() == (None, 0)
    assert found(anchored) == (Fault.NOT_ANCHORED, HOW_MANY)


def test_cutting_off_the_end_is_found_by_the_anchor(chain: Flask) -> None:
    anchored = audit.head()
    sql("DELETE FROM audit_event WHERE number > 4")
    assert found() == (None, 0)
    assert found(anchored) == (Fault.CUT, 5)


def test_the_head_is_put_down_once_a_day(chain: Flask, tmp_path: Path) -> None:
    first = audit.head()
    assert audit.anchor(tmp_path, NOW)
    assert not audit.anchor(tmp_path, NOW + timedelta(hours=1))
    write(1)
    seal()
    assert audit.anchor(tmp_path, NOW + timedelta(days=1))
    assert audit.anchors(tmp_path) == [first, audit.head()]


def test_the_command_says_that_all_is_well_or_names_the_event(chain: Flask) -> None:
    write(1)  # not sealed yet: the command does
    runner = chain.test_cli_runner()
    answer = runner.invoke(audit_verify)
    assert (answer.exit_code, f"{HOW_MANY + 1} events" in answer.output) == (0, True)
    assert audit.anchor(chain.extensions["bilik.settings"].data_folder, NOW)
    sql("UPDATE audit_event SET act = 'x' WHERE number = 5")
    answer = runner.invoke(audit_verify)
    assert answer.exit_code == 1
    assert "Event 5" in answer.output
    sql("DELETE FROM audit_event WHERE number > 4")
    answer = runner.invoke(audit_verify)
    assert (answer.exit_code, "ends at 4" in answer.output) == (1, True)


def test_the_command_takes_what_was_mailed_when_all_on_the_machine_was_cut(chain: Flask) -> None:
    mailed = ["--anchor", str(HOW_MANY), audit.head().digest.upper()]  # as somebody may type it
    runner = chain.test_cli_runner()
    assert runner.invoke(audit_verify, [*mailed, "--anchor", "1", audit.verify().head.digest]).exit_code == 1
    assert runner.invoke(audit_verify, mailed).exit_code == 0
    sql("DELETE FROM audit_event WHERE number > 4")  # and what was put down beside it
    assert runner.invoke(audit_verify).exit_code == 0
    answer = runner.invoke(audit_verify, mailed)
    assert (answer.exit_code, "cut off" in answer.output) == (1, True)
    assert runner.invoke(audit_verify, ["--anchor", "x", "y"]).exit_code == 2


def test_an_anchor_is_news_where_another_stood_before_and_a_torn_line_says_nothing(
    chain: Flask, tmp_path: Path
) -> None:
    assert audit.news(tmp_path) is None
    audit.anchor(tmp_path, NOW)
    first = audit.news(tmp_path)
    assert first is not None
    assert (first.head, first.day) == (audit.head(), in_baku(NOW).date())
    audit.anchor(tmp_path, NOW + timedelta(days=1))
    assert audit.news(tmp_path) is None
    with (tmp_path / audit.ANCHORS).open("a") as file:
        file.write("7 abc")  # the disk was full
    write(1)
    seal()
    assert audit.anchor(tmp_path, NOW + timedelta(days=2))  # torn by what stood there; looked at again within a minute
    assert audit.anchor(tmp_path, NOW + timedelta(days=2))
    assert not audit.anchor(tmp_path, NOW + timedelta(days=2))
    second = audit.news(tmp_path)
    assert second is not None
    assert second.head.number == HOW_MANY + 1


def test_several_writers_and_sealers_make_one_chain_without_gaps(site: Flask) -> None:
    def work(n: int) -> None:
        with site.app_context():
            for _ in range(5):
                write(2)
                seal()
            db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal()
    assert audit.head().number == 40
    assert found() == (None, 0)


def test_somebody_who_is_renamed_and_closed_is_named_in_no_event_and_the_chain_holds(site: Flask) -> None:
    by, who = person("Kadr"), person("Gizli Adam", "gizli@example.com")
    registering.rename(who, "Başqa Gizli", by=by, now=NOW)
    db.session.commit()
    seal()
    people.close_account(who, by=by, now=NOW)
    who.name = who.name_folded = "—"  # and forgotten by hand
    db.session.commit()
    seal()
    assert found() == (None, 0)
    written = str([(one.details, one.subject_id) for one in db.session.query(audit.AuditEvent)])
    assert "izli" not in written
