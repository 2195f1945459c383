"""Files that say who works where: the difference, what is applied, what is refused."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import fin, people
from app.accounts.models import Organisation, Role, Token, User
from app.audit import AuditEvent
from app.db import db
from app.errors import Refused
from app.notices.models import Notice
from app.organisations import importing, tree, working
from app.organisations.importing import Shelf
from app.organisations.models import ImportRun, Job, Placement, RunState, Unit
from app.organisations.plans import Change
from app.web import blobs, settings
from tests.factories import NOW, person

TODAY = date(2026, 11, 22)
PEOPLE = "FIN;Number;Name;E-mail;Unit code;Position code;Position;Manager;From;Until;Language"
FIRST = f"""{PEOPLE}
5AB12CD;1;Aysel Həsənova;aysel@example.az;1;M1;Müdir;;01.02.2020;;az
5AB12CE;2;Banu Quliyeva;banu@example.az;1.1;S1;Mütəxəssis;1;2024-03-01;;ru
;3;Cavid Əliyev;;2;S1;;5AB12CD;01.04.2026;;
"""
UNITS = """Code;Name;Parent code
1;Birinci şöbə;
1.1;Bölmə;1
2;İkinci şöbə;
"""


class Desk:
    """An administrator with an organisation and files; days go by."""

    def __init__(self) -> None:
        self.organisation: Organisation = working.create("Nazirlik", by=None, now=NOW)
        self.by = person("Aytən", role=Role.ADMINISTRATOR)
        self.now = NOW

    @property
    def shelf(self) -> Shelf:
        return Shelf(data_folder=settings().data_folder, blobs=blobs())

    def look(self, text: str, *, is_full: bool = True, by: User | None = None) -> ImportRun:
        by = by or self.by
        found = importing.look(
            self.organisation, "a.csv", text.encode(), is_full=is_full, by=by, shelf=self.shelf, now=self.now
        )
        run = importing.note(found, self.organisation, state=RunState.LOOKED_AT, by=by, shelf=self.shelf, now=self.now)
        db.session.commit()
        return run

    def take(self, text: str, *, is_full: bool = True, ends: int | None = None, by: User | None = None) -> ImportRun:
        run = self.look(text, is_full=is_full, by=by)
        assert run.report["problems"] == []
        assert importing.apply(run, ends=ends, by=by or self.by, shelf=self.shelf, now=self.now)
        db.session.commit()
        return run

    def problems(self, text: str, *, is_full: bool = True) -> list[tuple[int, str, str, str]]:
        run = self.look(text, is_full=is_full)
        assert run.state == RunState.REFUSED
        assert run.kept is None
        return [(one["row"], one["column"], one["value"], one["sentence"]) for one in run.report["problems"]]

    def later(self, days: int = 1) -> date:
        self.now += timedelta(days=days)
        return self.now.date()

    def user(self, name: str) -> User:
        return db.session.scalars(select(User).where(User.name == name)).one()

    def jobs(self, name: str) -> list[tuple[str, date, date | None]]:
        found = db.session.scalars(select(Job).where(Job.user_id == self.user(name).id).order_by(Job.id))
        return [(job.unit.code, job.from_on, job.until_on) for job in found]

    def units(self, day: date = TODAY) -> list[tuple[str, int]]:
        return [(one.unit.code, one.depth) for one in tree.placed_units(self.organisation.id, day)]


@pytest.fixture
def desk(site: Flask) -> Desk:
    return Desk()


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    desk.take(UNITS)
    desk.take(FIRST)
    return desk


def test_a_dry_run_changes_nothing_and_says_what_would(desk: Desk) -> None:
    run = desk.look(UNITS)
    assert run.counts == {"unit_opened": 3}
    assert run.report["lines"][1] == {"kind": "unit_opened", "row": 3, "who": "Bölmə", "after": "1.1"}
    assert desk.units() == [("-", 0)]
    assert importing.apply(run, ends=None, by=desk.by, shelf=desk.shelf, now=NOW)
    assert desk.units() == [("-", 0), ("1", 1), ("1.1", 2), ("2", 1)]
    assert (run.state, run.decided_by, run.kept) == (RunState.APPLIED, desk.by.id, None)
    with pytest.raises(Refused, match="decided"):
        importing.apply(run, ends=None, by=desk.by, shelf=desk.shelf, now=NOW)


def test_new_people_get_accounts_jobs_and_an_invitation(staffed: Desk) -> None:
    aysel, cavid = staffed.user("Aysel Həsənova"), staffed.user("Cavid Əliyev")
    assert staffed.jobs("Aysel Həsənova") == [("1", date(2020, 2, 1), None)]
    assert (aysel.password_hash, aysel.email, aysel.email_confirmed_at) == (None, "aysel@example.az", None)
    assert fin.reveal(aysel, settings().data_folder) == "5AB12CD"
    assert aysel.fin_confirmed_at is not None
    assert cavid.fin_lookup is None
    job = db.session.scalars(select(Job).where(Job.user_id == cavid.id)).one()
    assert job.position is not None
    assert (job.position.name, job.manager_id, job.number) == ("Mütəxəssis", aysel.id, "3")
    mails = {mail.address: mail for mail in db.session.scalars(select(Notice).where(Notice.kind == "invitation"))}
    assert set(mails) == {"aysel@example.az", "banu@example.az"}
    assert mails["banu@example.az"].language == "ru"
    assert db.session.scalar(select(func.count()).select_from(Token)) == 2


def test_the_same_file_again_changes_nothing(staffed: Desk) -> None:
    for text in (FIRST, UNITS):
        run = staffed.look(text)
        assert (run.counts, run.kept) == ({}, None)
    staffed.later()
    assert staffed.look(FIRST).counts == {}


def test_who_moves_or_becomes_something_else_has_another_job_from_today(staffed: Desk) -> None:
    today = staffed.later(10)
    text = FIRST.replace("1.1;S1;Mütəxəssis;1;", "2;S1;Mütəxəssis;1;").replace(
        ";2;S1;;5AB12CD;", ";2;B1;Baş mütəxəssis;2;"
    )
    run = staffed.take(text)
    assert run.counts == {"position_added": 1, "job_moved": 1, "job_changed": 1}
    assert staffed.jobs("Banu Quliyeva") == [
        ("1.1", date(2024, 3, 1), today - timedelta(days=1)),
        ("2", today, None),
    ]
    assert staffed.jobs("Cavid Əliyev")[1:] == [("2", today, None)]
    manager = db.session.scalars(
        select(Job.manager_id).where(Job.user_id == staffed.user("Cavid Əliyev").id, Job.until_on.is_(None))
    ).one()
    assert manager == staffed.user("Banu Quliyeva").id


def test_a_change_dated_ahead_happens_on_its_day(staffed: Desk) -> None:
    day = TODAY + timedelta(days=30)
    staffed.take(FIRST.replace("1.1;S1;Mütəxəssis;1;2024-03-01", f"2;S1;Mütəxəssis;1;{day}"))
    assert staffed.jobs("Banu Quliyeva") == [("1.1", date(2024, 3, 1), day - timedelta(days=1)), ("2", day, None)]


def test_who_is_missing_in_a_full_file_has_left_yesterday_if_that_was_said(staffed: Desk) -> None:
    run = staffed.look("\n".join(FIRST.splitlines()[:3]))
    assert run.counts == {"job_missing": 1}
    for typed in (None, 2):
        with pytest.raises(Refused, match="how many people would leave"):
            importing.apply(run, ends=typed, by=staffed.by, shelf=staffed.shelf, now=staffed.now)
    assert importing.apply(run, ends=1, by=staffed.by, shelf=staffed.shelf, now=staffed.now)
    assert staffed.jobs("Cavid Əliyev") == [("2", date(2026, 4, 1), TODAY - timedelta(days=1))]
    assert staffed.jobs("Banu Quliyeva")[0][2] is None


def test_a_file_that_only_adds_ends_nobody(staffed: Desk) -> None:
    run = staffed.take(f"{PEOPLE}\n;9;Dilarə Məmmədova;;2;S1;;1;;;\n", is_full=False)
    assert run.counts == {"person_new": 1, "job_begun": 1}
    assert staffed.jobs("Dilarə Məmmədova") == [("2", TODAY, None)]
    assert staffed.jobs("Cavid Əliyev")[0][2] is None


def test_a_last_day_ends_a_job_and_taking_it_away_lets_it_go_on(staffed: Desk) -> None:
    last = TODAY + timedelta(days=9)
    staffed.take(FIRST.replace("01.04.2026;;", f"01.04.2026;{last};"))
    assert staffed.jobs("Cavid Əliyev") == [("2", date(2026, 4, 1), last)]
    assert staffed.take(FIRST).counts == {"job_reopened": 1}
    assert staffed.jobs("Cavid Əliyev") == [("2", date(2026, 4, 1), None)]
    staffed.take(FIRST.replace("01.04.2026;;", "01.04.2026;01.05.2026;"))
    assert staffed.jobs("Cavid Əliyev") == [("2", date(2026, 4, 1), TODAY - timedelta(days=1))]  # what was said stays


def test_who_comes_back_begins_anew_today(staffed: Desk) -> None:
    staffed.take("\n".join(FIRST.splitlines()[:3]), ends=1)
    today = staffed.later(5)
    staffed.take(FIRST)
    assert staffed.jobs("Cavid Əliyev")[-1] == ("2", today, None)


def test_several_jobs_of_one_person_are_several_rows(staffed: Desk) -> None:
    staffed.take(FIRST + "5AB12CD;;Həsənova Aysel;;2;S1;;;;;\n")
    assert sorted(staffed.jobs("Aysel Həsənova")) == [("1", date(2020, 2, 1), None), ("2", TODAY, None)]
    staffed.take(FIRST)
    assert [job[2] for job in sorted(staffed.jobs("Aysel Həsənova"))] == [None, TODAY - timedelta(days=1)]


def test_a_file_without_some_columns_leaves_what_they_would_say(staffed: Desk) -> None:
    short = "Number;Name\n1;Aysel Həsənova\n2;Banu Quliyeva\n3;Cavid Əliyev\n"
    assert staffed.look(short).counts == {}


def test_units_are_renamed_moved_and_closed(staffed: Desk) -> None:
    today = staffed.later(3)
    staffed.take(FIRST.replace(";1.1;", ";1;"))
    run = staffed.take(UNITS.replace("2;İkinci şöbə;", "2;İkinci idarə;1").replace("1.1;Bölmə;1\n", "3;Üçüncü;2\n"))
    assert run.counts == {"unit_opened": 1, "unit_renamed": 1, "unit_moved": 1, "unit_closed": 1}
    assert staffed.units(today) == [("-", 0), ("1", 1), ("2", 2), ("3", 3)]
    assert staffed.units(today - timedelta(days=1)) == [("-", 0), ("1", 1), ("1.1", 2), ("2", 1)]


def test_a_closed_unit_that_comes_back_is_a_new_one(staffed: Desk) -> None:
    staffed.take(FIRST.replace(";1.1;", ";1;"))
    staffed.later(1)
    staffed.take(UNITS.replace("1.1;Bölmə;1\n", ""))
    today = staffed.later(1)
    staffed.take(UNITS)
    assert staffed.units(today)[2] == ("1.1", 2)
    assert db.session.scalar(select(func.count()).select_from(Unit)) == 5


def test_one_file_of_people_may_bring_its_units(desk: Desk) -> None:
    desk.take("Name;Number;Unit code;Unit name;Parent code\nAysel H.;1;7;Yeddinci;\nBanu Q.;2;7.1;Bölmə;7\n")
    assert desk.units() == [("-", 0), ("7", 1), ("7.1", 2)]


def test_the_organisation_itself_may_be_the_first_row(desk: Desk) -> None:
    desk.take("Code;Name;Parent code\nN;NAZIRLIK;\n1;Şöbə;N\n")
    assert desk.units() == [("N", 0), ("1", 1)]
    desk.take("Name;Number;Unit code\nAysel H.;1;N\n")
    assert desk.jobs("Aysel H.") == [("N", TODAY, None)]
    assert desk.look("Name;Number;Unit code\nAysel H.;1;N\n").counts == {}


def test_every_wrong_row_is_named_with_its_column_its_value_and_what_to_do(desk: Desk) -> None:
    desk.take(UNITS)
    text = f"""{PEOPLE}
5AB12CО;1;Aysel Həsənova;;1;;;;;;
;2;Banu;no address;99;;;;31.02.2026;;
;3;;;1;;;;;;
;;Cavid Əliyev;;1;;;;;;
;5;Dilarə Q.;;1;X9;;;;;
;6;Elçin Q.;;1;;;77;;;
;7;Fidan Q.;;1;;;7;;;
;8;Gülər Q.;;1;;;;01.05.2026;01.04.2026;fr
;9;Həsən Q.;;1;;;;;;
;9;Həsən Q.;;1;;;;;;
"""
    found = [(row, column, value) for row, column, value, _sentence in desk.problems(text)]
    assert found == [
        (2, "FIN", "5AB****"),
        (3, "E-mail", "no address"),
        (3, "From", "31.02.2026"),
        (4, "Name", ""),
        (5, "", "Cavid Əliyev"),
        (9, "Until", "01.04.2026"),
        (9, "Language", "fr"),
        (6, "Position code", "X9"),
        (7, "Manager", "77"),
        (8, "Manager", "7"),
        (11, "Unit code", "1"),
    ]
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_units_below_themselves_twice_or_below_nothing_are_refused(desk: Desk) -> None:
    text = "Code;Name;Parent code\n1;A;2\n2;B;1\n3;C;9\n3;D;\n"
    assert [(row, column, value) for row, column, value, _why in desk.problems(text)] == [
        (5, "Code", "3"),
        (4, "Parent code", "9"),
        (2, "Parent code", "2"),
        (3, "Parent code", "1"),
    ]


def test_a_unit_with_people_is_not_closed(staffed: Desk) -> None:
    (problem,) = staffed.problems(UNITS.replace("2;İkinci şöbə;\n", ""))
    assert "1 people still work there" in problem[3]


def test_a_fin_of_another_account_is_refused_and_merges_nothing(staffed: Desk) -> None:
    other = person("Elnur Babayev", "elnur@example.az")
    people.confirm_fin(other, "7ZZ99ZZ", settings().data_folder, by=staffed.by, now=NOW)
    db.session.commit()

    def refused(row: str) -> tuple[int, str, str]:
        return staffed.problems(FIRST + row)[0][:3]

    assert refused("7ZZ99ZZ;9;Gülnar Rzayeva;;1;;;;;;\n") == (5, "Name", "Gülnar Rzayeva")
    assert refused("7ZZ99ZZ;3;Elnur Babayev;;1;;;;;;\n")[1] == "Name"  # the number is of row 4
    assert refused(";8;Gülnar Rzayeva;elnur@example.az;1;;;;;;\n") == (5, "Name", "Gülnar Rzayeva")
    assert staffed.problems(FIRST.replace(";3;Cavid Əliyev;;", "7ZZ99ZZ;3;Cavid Əliyev;;"))[0][:3] == (4, "Number", "3")
    assert staffed.problems(FIRST.replace("5AB12CE", "5AB12CX"))[0][:3] == (3, "FIN", "5AB****")
    assert staffed.problems(FIRST.replace("banu@", "aysel@"))[0][:3] == (3, "FIN", "5AB****")
    assert staffed.jobs("Elnur Babayev") == []


def test_who_has_an_account_is_found_by_address_and_invited_by_nobody(desk: Desk) -> None:
    desk.take(UNITS)
    user = person("Aysel Həsənova", "aysel@example.az", password="dörd uzun sakit söz")
    run = desk.take(FIRST)
    assert run.counts["person_found"] == 1
    assert desk.jobs("Aysel Həsənova")[0][0] == "1"
    assert user.fin_confirmed_at is not None  # by an administrator
    mails = db.session.scalars(select(Notice.address).where(Notice.kind == "invitation")).all()
    assert mails == ["banu@example.az"]


def test_an_officer_confirms_no_fin_of_an_account_in_use(desk: Desk) -> None:
    """Who could give a FIN to somebody's account could sign in to it with their own."""
    desk.take(UNITS)
    user = person("Aysel Həsənova", "aysel@example.az", password="dörd uzun sakit söz")
    officer = person("Kadr", role=Role.OFFICER, organisation_id=desk.organisation.id)
    run = desk.take(FIRST, by=officer)
    assert run.counts["fin_kept_out"] == 1
    assert (user.fin_lookup, user.fin_confirmed_at) == (None, None)
    assert desk.user("Banu Quliyeva").fin_confirmed_at is not None  # new: nobody uses it yet


def test_what_changed_meanwhile_is_shown_again_before_it_is_applied(desk: Desk) -> None:
    desk.take(UNITS)
    run = desk.look(FIRST)
    person("Aysel Həsənova", "aysel@example.az")
    assert not importing.apply(run, ends=None, by=desk.by, shelf=desk.shelf, now=NOW)
    assert run.counts["person_found"] == 1
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0
    assert importing.apply(run, ends=None, by=desk.by, shelf=desk.shelf, now=NOW)
    run = desk.look(FIRST.replace(";2;S1;;", ";1;S1;;"))
    desk.later()
    assert not importing.apply(run, ends=None, by=desk.by, shelf=desk.shelf, now=desk.now)  # "today" is another


def test_nothing_is_left_of_what_breaks_in_the_middle(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.look(UNITS)
    monkeypatch.setattr(importing, "_decide", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        importing.apply(run, ends=None, by=desk.by, shelf=desk.shelf, now=NOW)
    db.session.rollback()
    assert desk.units() == [("-", 0)]
    assert run.state == RunState.LOOKED_AT
    assert db.session.scalar(select(func.count()).select_from(Placement)) == 0


def test_no_fin_is_kept_in_reports_or_readable_in_files(desk: Desk) -> None:
    desk.take(UNITS)
    run = desk.look(FIRST)
    assert run.kept is not None
    kept = desk.shelf.lists.get(run.kept)
    assert b"5AB12CD" not in kept
    assert "5AB12C" not in str(run.report)
    importing.apply(run, ends=None, by=desk.by, shelf=desk.shelf, now=NOW)
    assert "5AB12C" not in str([event.details for event in db.session.scalars(select(AuditEvent))])
    (event,) = db.session.scalars(
        select(AuditEvent).where(AuditEvent.act == "import_applied").order_by(AuditEvent.id.desc()).limit(1)
    )
    assert event.details["person_new"] == 3


def test_what_nobody_decided_about_in_a_month_is_not_applied_and_its_file_is_forgotten(desk: Desk) -> None:
    old = desk.look(UNITS)
    desk.now += timedelta(days=29)
    young = desk.look(UNITS)
    importing.forget(NOW + timedelta(days=30, seconds=1))
    db.session.expire_all()
    assert (old.state, old.kept) == (RunState.DROPPED, None)
    assert (young.state, bool(young.kept)) == (RunState.LOOKED_AT, True)


def test_a_file_is_removed_once_it_is_decided_about_forgotten_or_left_by_a_crash(desk: Desk) -> None:
    runs = [desk.look(UNITS) for _ in range(4)]
    applied, dropped, forgotten, waiting = (str(run.kept) for run in runs)
    orphan = desk.shelf.lists.put(b"a file whose row was never committed")
    lying = {applied, dropped, forgotten, waiting, orphan}
    runs[2].created_at = NOW - timedelta(days=31)
    for name in lying:
        os.utime(desk.shelf.lists.path(name), (0, 0))
    young = str(desk.look(UNITS).kept)

    def clear() -> set[str]:
        importing.clear(desk.shelf)
        return {path.name for path in desk.shelf.lists.folder.glob("??/*")}

    assert clear() == {applied, dropped, forgotten, waiting, young}
    assert importing.apply(runs[0], ends=None, by=desk.by, shelf=desk.shelf, now=NOW)
    importing.drop(runs[1], by=desk.by, now=NOW)
    importing.forget(NOW)
    db.session.rollback()  # nothing of it came to be: all of them are still needed
    assert clear() == {applied, dropped, forgotten, waiting, young}
    assert importing.apply(runs[0], ends=None, by=desk.by, shelf=desk.shelf, now=NOW)
    importing.drop(runs[1], by=desk.by, now=NOW)
    runs[2].created_at = NOW - timedelta(days=31)
    importing.forget(NOW)
    db.session.commit()
    assert clear() == {waiting, young}
    desk.shelf.lists.path(waiting).unlink()  # as after a restore: no backup has these files
    with pytest.raises(Refused, match="not kept here"):
        importing.apply(runs[3], ends=None, by=desk.by, shelf=desk.shelf, now=NOW)


def test_the_day_is_the_one_in_baku(desk: Desk) -> None:
    desk.now = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
    desk.take("Name;Number\nAysel H.;1\n")
    assert desk.jobs("Aysel H.") == [("-", date(2026, 11, 23), None)]
    assert Change.JOB_BEGUN in db.session.scalars(select(ImportRun)).one().counts
