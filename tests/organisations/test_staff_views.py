"""The pages of administrators and training officers: organisations, units, people, leave, lists."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import people
from app.accounts.models import Grant, Organisation, Role, User
from app.clock import in_baku, utc_now
from app.db import db
from app.organisations import tree, working
from app.organisations.models import ImportRun, Job, Leave, RunState, Unit
from app.organisations.working import Place
from app.web import settings
from tests.factories import NOW, person, signed_in

Counting = Callable[[], AbstractContextManager[list[str]]]
PDF = b"%PDF-1.4 arayis"


class House:
    """A ministry with a department and a section, somebody in each, and its training officer."""

    def __init__(self) -> None:
        self.today = in_baku(utc_now()).date()
        self.ministry: Organisation = working.create("Nazirlik", by=None, now=NOW)
        self.root = tree.root(self.ministry.id)
        self.first = self.open(self.root, "1", "Birinci şöbə")
        self.section = self.open(self.first, "1.1", "Bölmə")
        self.aysel, self.banu = person("Aysel Həsənova", "aysel@example.com"), person("Banu Quliyeva")
        self.job = self.hire(self.aysel, self.first, "17")
        self.hire(self.banu, self.section, "18")
        self.officer = person("Kadr", role=Role.OFFICER, organisation_id=self.ministry.id)
        self.path = f"/structure/{self.ministry.id}"
        self.person_path = f"{self.path}/people/{self.aysel.id}"
        db.session.commit()

    def open(self, parent: Unit, code: str, name: str) -> Unit:
        return tree.open_unit(parent, code, name, on=self.today - timedelta(days=30), by=None, now=NOW)

    def hire(self, user: User, unit: Unit, number: str) -> Job:
        place = Place(unit_id=unit.id, number=number)
        day = self.today - timedelta(days=20)
        return working.join(user, self.ministry, from_on=day, place=place, by=None, now=NOW)


@pytest.fixture
def house(site: Flask) -> House:
    return House()


@pytest.fixture
def desk(site: Flask, client: FlaskClient) -> FlaskClient:
    return signed_in(client, person("Aytən", role=Role.ADMINISTRATOR))


@pytest.fixture
def office(house: House, client: FlaskClient) -> FlaskClient:
    return signed_in(client, house.officer)


def shown(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_organisations_have_names_of_their_own(desk: FlaskClient) -> None:
    assert desk.post("/structure/", data={"name": "Şəki Muzeyi"}).status_code == 303
    assert desk.post("/structure/", data={"name": "SEKI muzeyi"}).status_code == 422


def test_somebody_joins_and_leaves_an_organisation(desk: FlaskClient) -> None:
    user, one = person(), working.create("Nümunə", by=None, now=NOW)
    form = {"organisation": str(one.id), "from_on": "2026-01-05"}
    for _again in range(2):
        assert desk.post(f"/structure/people/{user.id}", data=form).status_code == 303
    job = db.session.scalars(select(Job)).one()
    assert str(job.from_on) == "2026-01-05"
    assert user.name in shown(desk, f"/structure/{one.id}/people")
    assert one.name in shown(desk, f"/structure/people/{user.id}")
    assert desk.post(f"/structure/{one.id}/people/{user.id}/jobs/{job.id}/end").status_code == 303
    assert job.until_on is not None
    assert user.name not in shown(desk, f"/structure/{one.id}/people")


def test_organisations_are_counted_in_one_query(site: Flask, desk: FlaskClient, counting: Counting) -> None:
    def asked() -> int:
        with counting() as statements:
            shown(desk, "/structure/")
        return len(statements)

    def open_one(name: str) -> None:
        working.join(person(), working.create(name, by=None, now=NOW), from_on=NOW.date(), by=None, now=NOW)
        db.session.commit()

    open_one("Birinci")
    before = asked()
    for name in ("İkinci", "Üçüncü", "Dördüncü"):
        open_one(name)
    assert asked() == before


def test_a_training_officer_opens_the_own_organisation_alone(house: House, office: FlaskClient) -> None:
    other = working.create("Başqa", by=None, now=NOW)
    assert office.get("/structure/").headers["Location"] == house.path
    assert office.get(house.path).status_code == 200
    assert office.get(f"/structure/{other.id}").status_code == 404
    assert office.post("/structure/", data={"name": "Üçüncü"}).status_code == 404
    assert office.post(f"{house.person_path}/roles", data={"role": "officer"}).status_code == 403


def test_the_tree_counts_heads_today_and_on_a_day(house: House, office: FlaskClient) -> None:
    def heads(path: str) -> list[list[str]]:
        rows = re.findall(r"<tr>(.*?)</tr>", shown(office, path), re.S)[1:]
        return [re.findall(r'class="num">(\d+)<', row) for row in rows]

    assert heads(house.path) == [["0", "2"], ["1", "2"], ["1", "1"]]
    assert heads(f"{house.path}?on={house.today - timedelta(days=25)}") == [["0", "0"]] * 3
    assert len(heads(f"{house.path}?on=1990-01-01")) == 1
    assert "\u2003\u2003" in shown(office, house.path)  # the section stands two steps in


def test_units_are_opened_renamed_moved_and_closed_by_hand(house: House, office: FlaskClient) -> None:
    at = f"{house.path}/units"
    assert (
        office.post(f"{at}/{house.root.id}/below", data={"below-code": "2", "below-name": "İkinci"}).status_code == 303
    )
    second = db.session.scalars(select(Unit).where(Unit.code == "2")).one()
    answer = office.post(f"{at}/{house.root.id}/below", data={"below-code": "2", "below-name": "Yenə"})
    assert (answer.status_code, "has this code" in answer.get_data(as_text=True)) == (422, True)
    office.post(f"{at}/{second.id}/name", data={"name": "İkinci idarə"})
    office.post(f"{at}/{house.section.id}/place", data={"parent": str(second.id)})
    placed = tree.placed_units(house.ministry.id, house.today)
    assert [(one.unit.name, one.depth) for one in placed][2:] == [("İkinci idarə", 1), ("Bölmə", 2)]
    answer = office.post(f"{at}/{second.id}/place", data={"parent": str(house.section.id)})
    assert (answer.status_code, "below itself" in answer.get_data(as_text=True)) == (422, True)
    answer = office.post(f"{at}/{second.id}/close", data={"until_on": str(house.today)})
    assert (answer.status_code, "stand below this one" in answer.get_data(as_text=True)) == (422, True)
    office.post(f"{at}/{house.section.id}/place", data={"parent": str(house.first.id)})
    assert office.post(f"{at}/{second.id}/close", data={"until_on": str(house.today)}).status_code == 303
    assert second.until_on == house.today


def test_people_are_found_by_name_address_and_number(house: House, office: FlaskClient) -> None:
    for words, found in (("hesenova", True), ("aysel@example", True), ("17", True), ("18", False), ("yoxdur", False)):
        assert ("Aysel Həsənova" in shown(office, f"{house.path}/people?q={words}")) is found, words
    assert "Aysel Həsənova" not in shown(office, f"{house.path}/people?on={house.today - timedelta(days=25)}")
    assert "Banu Quliyeva" in shown(office, f"{house.path}/units/{house.first.id}")


def test_a_job_becomes_another_from_today(house: House, office: FlaskClient) -> None:
    form = {"job": str(house.job.id), "job-unit": str(house.section.id), "job-position": "Baş mütəxəssis",
            "job-manager": "18", "job-number": "17", "job-on": str(house.today - timedelta(days=9))}  # fmt: skip
    assert office.post(f"{house.person_path}/jobs", data=form).status_code == 303
    old, new = db.session.scalars(select(Job).where(Job.user_id == house.aysel.id).order_by(Job.id))
    assert (old.until_on, new.from_on) == (house.today - tree.DAY, house.today)
    assert (new.unit_id, new.manager_id, new.position is not None) == (house.section.id, house.banu.id, True)
    assert "Manager: Banu Quliyeva" in shown(office, house.person_path)
    for field, value in (("job-manager", "99"), ("job-manager", "17"), ("job-unit", "1000")):
        assert office.post(f"{house.person_path}/jobs", data=form | {field: value, "job": "0"}).status_code == 422


def test_leave_is_noted_with_its_document_ended_and_taken_back(house: House, office: FlaskClient) -> None:
    form = {
        "leave-kind": "parental",
        "leave-from_on": str(house.today - timedelta(days=5)),
        "leave-reason": "Arayış 12",
        "leave-document": (io.BytesIO(PDF), "arayış.pdf"),
    }
    assert office.post(f"{house.person_path}/leaves", data=form).status_code == 303
    leave = db.session.scalars(select(Leave)).one()
    assert "Arayış 12" in shown(office, house.person_path)
    assert office.get(f"{house.person_path}/leaves/{leave.id}/document").data == PDF
    form["leave-document"] = (io.BytesIO(PDF), "arayış.pdf")
    answer = office.post(f"{house.person_path}/leaves", data=form)
    assert (answer.status_code, "Another leave" in answer.get_data(as_text=True)) == (422, True)
    office.post(f"{house.person_path}/leaves/{leave.id}/end", data={"until_on": str(house.today)})
    assert leave.until_on == house.today
    office.post(f"{house.person_path}/leaves/{leave.id}/end", data={"withdraw": "1"})
    assert leave.withdrawn_at is not None
    assert "Arayış 12" not in shown(office, house.person_path)
    form["leave-document"] = (io.BytesIO(b"<script>"), "a.pdf")
    assert office.post(f"{house.person_path}/leaves", data=form).status_code == 422


def test_an_administrator_makes_a_manager_of_a_unit(house: House, desk: FlaskClient) -> None:
    desk.post(f"{house.person_path}/roles", data={"role": "manager", "unit": str(house.first.id)})
    desk.post(f"{house.person_path}/roles", data={"role": "manager", "unit": str(house.root.id)})
    desk.post(f"{house.person_path}/roles", data={"role": "officer", "unit": str(house.first.id)})
    given = db.session.scalars(select(Grant).where(Grant.user_id == house.aysel.id).order_by(Grant.id)).all()
    assert [(one.role, one.organisation_id, one.unit_id) for one in given] == [
        ("manager", house.ministry.id, house.first.id),
        ("manager", house.ministry.id, None),
        ("officer", house.ministry.id, None),
    ]
    assert "Aysel Həsənova" in shown(desk, house.path)
    assert "Training officer" in shown(desk, house.person_path)


def test_a_list_is_looked_at_and_applied_on_its_page(house: House, office: FlaskClient) -> None:
    assert office.get("/structure/template.xlsx").data[:2] == b"PK"
    text = "Number;Name;Unit code;Color\n17;Aysel Həsənova;1.1;x\n19;Cavid Əliyev;1;y\n"
    form = {"file": (io.BytesIO(text.encode()), "heyət.csv"), "meaning": "full"}
    answer = office.post(f"{house.path}/lists", data=form)
    assert answer.status_code == 303
    run_path = answer.headers["Location"]
    page = shown(office, run_path)
    for words in ("gets an account", " (1) to ", " (1.1)<", "is not in the list", "Color", "1 of 2 people"):
        assert words in page, words
    assert "gets an account" not in shown(office, f"{run_path}?kind=job_moved")
    answer = office.post(f"{run_path}/apply")
    assert (answer.status_code, "how many people would leave" in answer.get_data(as_text=True)) == (422, True)
    assert office.post(f"{run_path}/apply", data={"ends": "1"}).status_code == 303
    assert "Applied" in shown(office, run_path)
    assert "heyət.csv" in shown(office, f"{house.path}/lists")
    assert office.post(f"{run_path}/drop").status_code == 409
    assert "Cavid Əliyev" in shown(office, f"{house.path}/people")
    assert "Banu Quliyeva" not in shown(office, f"{house.path}/people")


def test_wrong_rows_are_shown_and_nothing_can_be_applied(house: House, office: FlaskClient) -> None:
    text = "Number;Name;Unit code;FIN\n17;Aysel Həsənova;99;5AB12CО\n;Banu;1;\n"
    form = {"file": (io.BytesIO(text.encode()), "a.csv"), "meaning": "adds"}
    run_path = office.post(f"{house.path}/lists", data=form).headers["Location"]
    page = shown(office, run_path)
    assert "5AB****" in page
    assert "Give the FIN, the personnel number or the e-mail" in page
    assert office.post(f"{run_path}/apply").status_code == 422
    rows = office.get(f"{run_path}/problems.csv").get_data(as_text=True).splitlines()
    assert len(rows) == 3
    for wrong in (b"", b"a;b\n1;2\n"):
        form = {"file": (io.BytesIO(wrong), "a.csv"), "meaning": "adds"}
        assert office.post(f"{house.path}/lists", data=form).status_code == 422
    assert office.post(f"{house.path}/lists", data={"meaning": "adds"}).status_code == 422


def test_a_difference_that_changed_meanwhile_is_shown_again(house: House, office: FlaskClient) -> None:
    text = "Number;Name;E-mail\n20;Dilarə Məmmədova;dilara@example.com\n"
    form = {"file": (io.BytesIO(text.encode()), "a.csv"), "meaning": "adds"}
    run_path = office.post(f"{house.path}/lists", data=form).headers["Location"]
    person("Dilarə Məmmədova", "dilara@example.com")
    assert office.post(f"{run_path}/apply").headers["Location"] == run_path
    assert "Something has changed" in shown(office, run_path)
    run = db.session.scalars(select(ImportRun)).one()
    assert run.state == RunState.LOOKED_AT
    office.post(f"{run_path}/apply")
    assert run.state == RunState.APPLIED


def test_pages_ask_as_many_queries_for_many_as_for_few(house: House, office: FlaskClient, counting: Counting) -> None:
    text = "Number;Name\n30;Elçin Babayev\n"
    form = {"file": (io.BytesIO(text.encode()), "a.csv"), "meaning": "adds"}
    run_path = office.post(f"{house.path}/lists", data=form).headers["Location"]
    paths = [house.path, f"{house.path}/people", f"{house.path}/units/{house.root.id}", f"{house.path}/lists",
             house.person_path, run_path]  # fmt: skip

    def asked() -> list[int]:
        found = []
        for path in paths:
            shown(office, path)
            with counting() as statements:
                office.get(path)
            found.append(len(statements))
        return found

    before = asked()
    for number in range(5):
        unit = house.open(house.first, f"x{number}", f"Yeni {number}")
        house.hire(person(f"Yeni {number}"), unit, f"y{number}")
        working.change(house.job, Place(unit_id=unit.id, manager_id=house.banu.id), on=house.today, by=None, now=NOW)
        house.job = db.session.scalars(select(Job).where(Job.user_id == house.aysel.id).order_by(Job.id.desc())).first()  # type: ignore[assignment]
        person(f"Müdir {number}", role=Role.MANAGER, organisation_id=house.ministry.id, unit_id=unit.id)
        person(f"Kadr {number}", role=Role.OFFICER, organisation_id=house.ministry.id)
        form = {"file": (io.BytesIO(text.encode()), "a.csv"), "meaning": "adds"}
        office.post(f"{house.path}/lists", data=form)
    assert asked() == before


def test_who_has_left_tells_the_old_house_nothing_new(house: House, office: FlaskClient) -> None:
    working.end(house.job, until_on=house.today - tree.DAY, by=None, now=NOW)
    page = shown(office, house.person_path)
    assert "Birinci şöbə" in page
    assert "aysel@example.com" not in page


def test_a_closed_account_works_nowhere(house: House, desk: FlaskClient) -> None:
    assert desk.post(f"/administration/people/{house.aysel.id}/close").status_code == 303
    assert house.job.until_on == house.today - tree.DAY
    assert "Aysel Həsənova" not in shown(desk, f"{house.path}/people")


def test_the_fin_is_masked_on_the_page_of_a_person(house: House, office: FlaskClient) -> None:
    people.confirm_fin(house.aysel, "5AB12CD", settings().data_folder, by=house.officer, now=NOW)
    page = shown(office, house.person_path)
    assert "5AB****" in page
    assert "5AB12CD" not in page
