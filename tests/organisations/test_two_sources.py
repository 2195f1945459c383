"""Lists and a connected system both say who works where: what the system keeps stays, and no word of the other is lost.

Each way round: a list over what a system made, a system over what a list brought.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Role, User
from app.clock import today, utc_now
from app.db import db
from app.organisations import importing, tree, wording
from app.organisations.importing import Shelf
from app.organisations.models import ImportRun, Job, RunState
from app.organisations.plans import Change
from app.organisations.scim import tokens
from app.organisations.scim.models import ScimToken
from app.web import blobs, settings
from tests.factories import person
from tests.organisations.scim import CIVIL, ENTERPRISE, GROUPS, USERS, System, system

PEOPLE = "Number;Name;E-mail;Unit code;Position;Manager;Until\n"
UNITS = "Code;Name;Parent code\n"


class Both:
    """An agency with a connected system, and an administrator who brings lists."""

    def __init__(self, client: FlaskClient) -> None:
        self.system: System = system(client)
        self.by = person("Aytən", role=Role.ADMINISTRATOR)

    @property
    def shelf(self) -> Shelf:
        return Shelf(data_folder=settings().data_folder, blobs=blobs())

    def look(self, text: str, *, is_full: bool = True) -> ImportRun:
        organisation, now = self.system.organisation, utc_now()
        found = importing.look(
            organisation, "a.csv", text.encode(), is_full=is_full, by=self.by, shelf=self.shelf, now=now
        )
        run = importing.note(found, organisation, state=RunState.LOOKED_AT, by=self.by, shelf=self.shelf, now=now)
        db.session.commit()
        return run

    def take(self, text: str, *, is_full: bool = True) -> ImportRun:
        run = self.look(text, is_full=is_full)
        assert run.report["problems"] == []
        if run.kept is not None:
            missing = run.report["missing"]
            assert importing.apply(run, ends=missing, by=self.by, shelf=self.shelf, now=utc_now())
            db.session.commit()
        return run

    def works(self, name: str) -> list[tuple[str, str | None]]:
        """(unit, number) of the jobs that have not ended."""
        db.session.expire_all()
        user = db.session.scalars(select(User).where(User.name == name)).one()
        jobs = db.session.scalars(select(Job).where(Job.user_id == user.id, Job.until_on.is_(None)).order_by(Job.id))
        return [(job.unit.name, job.number) for job in jobs]

    def units(self) -> dict[str, str]:
        db.session.expire_all()
        return {one.unit.code: one.unit.name for one in tree.placed_units(self.system.organisation.id, today())}


@pytest.fixture
def both(site: Flask, client: FlaskClient) -> Both:
    return Both(client)


def lines(run: ImportRun) -> list[tuple[str, int | None, str, str]]:
    return [(one["kind"], one.get("row"), one.get("before", ""), one.get("after", "")) for one in run.report["lines"]]


AYSEL: dict[str, Any] = {
    "name": {"formatted": "Zəhra Abbasova"},
    ENTERPRISE: {"employeeNumber": "1", "department": "Büdcə"},
}


def group(both: Both, name: str, code: str) -> str:
    made = both.system.send("POST", GROUPS, {"displayName": name, "externalId": code})
    assert made.status_code == 201, made.text
    return str(made.get_json(force=True)["id"])


# ---- a list over what a system made


def test_a_list_moves_nobody_whom_a_system_has_and_says_what_it_says_otherwise(both: Both) -> None:
    group(both, "Büdcə", "B")
    both.take(UNITS + "V;Vergi;\n", is_full=False)
    both.system.create("zehra", **AYSEL)
    run = both.look(PEOPLE + "1;Zəhra Abbasova;;V;;;\n2;Banu Quliyeva;;V;;1;\n", is_full=False)
    assert ("job_begun", 3, today().isoformat(), "V") in lines(run)
    assert ("job_owned", 2, "B", "V") in lines(run)
    assert "B" in wording.sentence(run.report["lines"][[one[0] for one in lines(run)].index("job_owned")])
    assert importing.apply(run, ends=None, by=both.by, shelf=both.shelf, now=utc_now())
    db.session.commit()
    assert both.works("Zəhra Abbasova") == [("Büdcə", "1")]
    assert both.works("Banu Quliyeva") == [("Vergi", "2")]
    same = both.look(PEOPLE + "1;Zəhra Abbasova;;B;;;\n", is_full=False)
    assert (lines(same), same.kept) == ([], None)


@pytest.mark.parametrize(
    ("row", "otherwise"),
    [
        ("1;Zəhra Abbasova;;B;Müdir;;", "Müdir"),
        ("1;Zəhra Abbasova;;B;;2;", "2"),
        ("1;Zəhra Abbasova;;Yoxdur;;;", "Yoxdur"),
        ("1;Zəhra Abbasova;;B;;;01.02.2020", "2020-02-01"),
    ],
)
def test_every_word_of_a_row_that_is_not_followed_is_shown(both: Both, row: str, otherwise: str) -> None:
    group(both, "Büdcə", "B")
    both.system.create("zehra", **AYSEL)
    both.take(PEOPLE + "2;Banu Quliyeva;;B;;;\n", is_full=False)
    run = both.look(PEOPLE + row + "\n2;Banu Quliyeva;;B;;;\n", is_full=False)
    assert run.report["problems"] == []
    assert [one for one in lines(run) if one[0] == Change.JOB_OWNED] == [("job_owned", 2, "B", otherwise)]


def test_a_full_list_ends_nobody_and_closes_nothing_that_a_system_has(both: Both) -> None:
    both.take(UNITS + "T;Təsərrüfat;\nV;Vergi;\n", is_full=False)
    below = group(both, "Büdcə", "B")
    above = group(both, "Maliyyə", "M")
    member = {"op": "add", "path": "members", "value": [{"value": below}]}
    assert both.system.patch(f"{GROUPS}/{above}", member).status_code in (200, 204)
    both.system.create("zehra", **AYSEL)
    both.system.create("zaur", **{"name": {"formatted": "Zaur Rəsulov"}, ENTERPRISE: {"department": "Təsərrüfat"}})
    both.take(PEOPLE + "2;Banu Quliyeva;;V;;;\n3;Cavid Əliyev;;V;;;\n", is_full=False)
    run = both.take(PEOPLE + "2;Banu Quliyeva;;V;;;\n")
    assert (run.report["missing"], run.counts) == (1, {"job_missing": 1, "people_owned": 1})
    assert ("people_owned", None, "2", "") in lines(run)
    assert both.works("Zəhra Abbasova") == [("Büdcə", "1")]
    assert both.works("Cavid Əliyev") == []
    run = both.take(UNITS + "V;Vergi və yığım;\n")
    # the unit of its own groups, and the one it has people in; nothing else
    assert lines(run) == [("unit_renamed", 2, "Vergi", "Vergi və yığım"), ("units_owned", None, "3", "")]
    assert both.units().keys() == {"-", "T", "V", "B", "M"}


def test_a_list_neither_renames_nor_moves_nor_closes_nor_doubles_a_unit_of_a_system(both: Both) -> None:
    group(both, "Büdcə", "B")
    run = both.take(UNITS + "V;Vergi;\nB;Büdcə şöbəsi;V\n", is_full=False)
    assert lines(run)[1:] == [("unit_owned", 3, "Büdcə", "Büdcə şöbəsi"), ("unit_owned", 3, "-", "V")]
    assert both.units() == {"-": both.system.organisation.name, "B": "Büdcə", "V": "Vergi"}
    refused = both.look(UNITS + "B-7;büdcə;\n", is_full=False)
    assert refused.state == RunState.REFUSED
    assert "code B" in refused.report["problems"][0]["sentence"]


def test_who_is_suspended_by_a_system_is_not_put_back_to_work_by_a_list(both: Both) -> None:
    group(both, "Büdcə", "B")
    sent = both.system.create("zehra", **AYSEL)
    both.system.patch(f"{USERS}/{sent['id']}", {"op": "replace", "path": "active", "value": False})
    run = both.take(PEOPLE + "1;Zəhra Abbasova;;B;;;\n", is_full=False)
    assert ("job_owned", 2, "", "B") in lines(run)
    assert both.works("Zəhra Abbasova") == []


def test_what_a_system_has_deleted_or_left_behind_is_the_lists_again(both: Both) -> None:
    group(both, "Büdcə", "B")
    first = both.system.create("zehra", **AYSEL)
    both.system.create("banu", **{"name": {"formatted": "Banu Quliyeva"}, ENTERPRISE: {"employeeNumber": "2"}})
    assert both.system.send("DELETE", f"{USERS}/{first['id']}").status_code == 204
    both.take(PEOPLE + "1;Zəhra Abbasova;;B;;;\n2;Banu Quliyeva;;B;;;\n", is_full=False)
    assert both.works("Zəhra Abbasova") == [("Büdcə", "1")]
    assert both.works("Banu Quliyeva") == [(both.system.organisation.name, "2")]
    for token in db.session.scalars(select(ScimToken)):
        tokens.revoke(token, by=both.by, now=utc_now())
    db.session.commit()
    run = both.take(PEOPLE + "1;Zəhra Abbasova;;B;;;\n2;Banu Quliyeva;;B;;;\n")
    assert run.counts == {"job_moved": 1}
    assert both.works("Banu Quliyeva") == [("Büdcə", "2")]


# ---- a system over what a list brought


def listed(both: Both) -> None:
    both.take(UNITS + "B;Büdcə;\nV;Vergi;\n", is_full=False)
    both.take(
        PEOPLE.replace("Until", "Until;Language")
        + "1;Zəhra Abbasova;zehra@example.az;B;Müdir;;;ru\n2;Banu Quliyeva;;B;;1;;\n",
        is_full=False,
    )


def test_a_system_that_names_somebody_of_a_list_takes_them_over_and_changes_only_what_it_says(both: Both) -> None:
    listed(both)
    sent = both.system.create("banu", **{"name": {"formatted": "Banu Quliyeva"}, ENTERPRISE: {"employeeNumber": "2"}})
    assert sent[ENTERPRISE]["department"] == "Büdcə"
    assert both.works("Banu Quliyeva") == [("Büdcə", "2")]
    whole = {"userName": "banu", "schemas": [], "name": {"formatted": "Banu Quliyeva"}, "active": True}
    whole[ENTERPRISE] = {"employeeNumber": "2"}
    for _ in range(2):
        assert both.system.send("PUT", f"{USERS}/{sent['id']}", whole).status_code == 200
    (job,) = db.session.scalars(select(Job).where(Job.number == "2"))
    assert job.manager is not None
    assert (job.unit.code, job.manager.name) == ("B", "Zəhra Abbasova")
    whole[ENTERPRISE] = {"employeeNumber": "2", "department": "Vergi"}
    assert both.system.send("PUT", f"{USERS}/{sent['id']}", whole).status_code == 200
    assert both.works("Banu Quliyeva") == [("Vergi", "2")]
    run = both.look(PEOPLE + "2;Banu Quliyeva;;B;;1;\n", is_full=False)
    assert lines(run) == [("job_owned", 2, "V", "B")]
    whole[ENTERPRISE] = {"employeeNumber": "2"}  # said before, and now no more: taken back
    assert both.system.send("PUT", f"{USERS}/{sent['id']}", whole).status_code == 200
    assert both.works("Banu Quliyeva") == [(both.system.organisation.name, "2")]


def test_what_a_system_takes_away_by_name_is_taken_away_whoever_said_it(both: Both) -> None:
    listed(both)
    sent = both.system.create("banu", **{"name": {"formatted": "Banu Quliyeva"}, ENTERPRISE: {"employeeNumber": "2"}})
    gone = {"op": "remove", "path": f"{ENTERPRISE}:department"}
    assert both.system.patch(f"{USERS}/{sent['id']}", gone).status_code in (200, 204)
    assert both.works("Banu Quliyeva") == [(both.system.organisation.name, "2")]


def test_an_account_that_a_list_made_keeps_the_address_and_the_language_that_a_system_does_not_say(both: Both) -> None:
    listed(both)
    both.system.create("zehra", **{"name": {"formatted": "Zəhra Abbasova"}, ENTERPRISE: {"employeeNumber": "1"}})
    user = db.session.scalars(select(User).where(User.name == "Zəhra Abbasova")).one()
    assert (user.email, user.language) == ("zehra@example.az", "ru")


def test_an_address_alone_makes_nobody_of_a_list_a_systems(both: Both) -> None:
    listed(both)
    body = {"userName": "x", "schemas": [], "displayName": "Kimsə", "emails": [{"value": "zehra@example.az"}]}
    refused = both.system.send("POST", USERS, body)
    assert refused.status_code == 409
    assert "FIN" in refused.get_json(force=True)["detail"]
    run = both.take(PEOPLE + "1;Zəhra Abbasova;;V;;;\n", is_full=False)
    assert run.counts["job_moved"] == 1


def test_a_group_that_is_deleted_does_not_take_people_of_a_list_with_it(both: Both) -> None:
    listed(both)
    made = group(both, "Büdcə", "B")  # the list's unit, taken over
    assert both.units()["B"] == "Büdcə"
    refused = both.system.send("DELETE", f"{GROUPS}/{made}")
    assert (refused.status_code, "still work" in refused.text) == (400, True)
    assert both.works("Zəhra Abbasova") == [("Büdcə", "1")]
    assert "B" in both.units()


def test_the_night_leaves_alone_what_a_system_has(both: Both) -> None:
    """Also when all of a list's own people are gone from it, those of the system count for nothing."""
    group(both, "Büdcə", "B")
    for number in range(10):
        both.system.create(f"u{number}", **{ENTERPRISE: {"department": "Büdcə"}, "displayName": f"Kimsə {number}"})
    both.take(PEOPLE + "77;Banu Quliyeva;;B;;;\n", is_full=False)
    now = utc_now() + timedelta(days=1)
    text = PEOPLE + "77;Banu Quliyeva;;B;;;\n"
    found = importing.look(
        both.system.organisation, "n.csv", text.encode(), is_full=True, by=None, shelf=both.shelf, now=now
    )
    assert not found.plan.ends_many
    assert found.plan.changes_nothing
    assert [line.kind for line in found.plan.lines] == [Change.PEOPLE_OWNED]
    assert CIVIL not in str(found.plan.report)
