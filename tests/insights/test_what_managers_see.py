"""Status, dates and certificates of what is asked of the own people; never answers, points, or what people take for
themselves; nobody of another unit or organisation. On every page and in every export, found from the access table.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access import TABLE
from app.accounts.models import User
from app.audit import AuditEvent
from app.credentials import issuing
from app.curricula import moving
from app.curricula.models import DueExtension, Period
from app.db import db
from app.grading import drafts
from app.grading.seats import Seat
from app.insights.report_views import TYPES
from app.learning import enrolling
from app.learning.models import ItemProgress
from app.notices.models import Notice
from app.organisations import working
from app.organisations.models import Job
from tests.factories import NOW, published, signed_in
from tests.insights.staff import DAY, Ministry, finished, noon, today

SEEN = ("Aysel Görünən", "İnformasiya təhlükəsizliyi")
OWN = ("gizli_qaralama", "gizli_cavab", "Gizli səbəb", "87654321")  # her draft, answer, words about points, points
HERS = "oz-marağım"  # the course she takes for herself
ELSEWHERE = ("Vüqar Başqa-Şöbə", "Zaur Başqa-Nazirlik", "Başqa tələb", "Hüquq idarəsi")


@dataclass(frozen=True, kw_only=True)
class House:
    ministry: Ministry
    manager: User  # of the unit "IT" and what is below it
    employee: User  # in the unit below
    colleague: User  # in the unit "HQ"
    code: str  # of the certificate of what was asked
    own_code: str  # of the certificate of the course she takes for herself
    values: dict[str, Any]

    @property
    def hidden(self) -> list[str]:
        return [*OWN, HERS, *ELSEWHERE, self.own_code]

    def addresses(self, site: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every page and form of teams and of training officers; exports in every format."""
        found = set()
        for rule in site.url_map.iter_rules():
            if rule.endpoint.partition(".")[0] not in ("team", "oversight"):
                continue
            found.add(rule.endpoint)
            for kind in TYPES if "kind" in rule.arguments else ("",):
                values = {name: (self.values | {"kind": kind})[name] for name in rule.arguments}
                address = site.url_map.bind("localhost").build(rule.endpoint, values)
                for method in sorted({"GET", "POST"} & (rule.methods or set())):
                    yield method, address, {"user": self.values["user_id"], "answer": "Olar"}
        assert found == {name for name in TABLE if name.partition(".")[0] in ("team", "oversight")}


@pytest.fixture
def house(site: Flask) -> House:
    ministry = Ministry()
    employee = ministry.employee(SEEN[0], ministry.code)
    colleague = ministry.employee(ELSEWHERE[0], ministry.law)
    published("asked")
    requirement = ministry.requirement(SEEN[1], "asked", validity_months=24)
    late = ministry.requirement("Etika", "ethics" if published("ethics") else "")
    ministry.ask(requirement, employee, colleague)
    ministry.ask(late, employee, due_on=today() - 5 * DAY)
    issuing.confirm_name(employee, employee.name, now=NOW)
    finished(employee, "asked", today() - 100 * DAY)
    own = published("own")
    own.titles = {"az": HERS, "en": HERS, "ru": HERS}
    _work_of_her_own(employee, own)
    issuing.issue_due(NOW)
    period = db.session.scalars(select(Period).where(Period.obligation_id == ministry.obligation(employee, late).id))
    extension = moving.ask_for_time(period.one(), today() + 30 * DAY, "Məzuniyyət", by=employee, now=noon(today()))
    _another_ministry(employee)
    codes = {one.enrolment.course.slug: one.code for one in issuing.certificates_of(employee)}
    db.session.commit()
    return House(
        ministry=ministry,
        manager=ministry.manager("Müdir", ministry.it),
        employee=employee,
        colleague=colleague,
        code=codes["asked"],
        own_code=codes["own"],
        values={
            "organisation_id": ministry.organisation.id,
            "user_id": employee.id,
            "obligation_id": ministry.obligation(employee, late).id,
            "extension_id": extension.id,
        },
    )


def _work_of_her_own(employee: User, own: Any) -> None:
    finished(employee, "own", today() - 50 * DAY)
    enrolment = enrolling.enrol(employee, published("ethics"), now=noon(today() - DAY))
    seat = Seat(user=employee, version=enrolment.version, enrolment=enrolment)
    drafts.save(seat, "functions/initials", {"initials.py": f"{OWN[0]} = {OWN[1]}"}, revision=0, now=NOW)
    db.session.add(
        ItemProgress(
            enrolment_id=enrolment.id,
            item="functions/word-count",
            opened_at=NOW,
            points=float(OWN[3]),
            max_points=float(OWN[3]),
            set_points=float(OWN[3]),
            set_reason=OWN[2],
        )
    )
    db.session.commit()


def _another_ministry(employee: User) -> None:
    """She works there, too, and another manager asks another thing of her there; that is theirs."""
    other = Ministry("Başqa nazirlik")
    working.join(employee, other.organisation, from_on=other.since, by=None, now=noon(other.since))
    stranger = other.employee(ELSEWHERE[1], other.it)
    other.ask(other.requirement(ELSEWHERE[2], "asked"), employee, stranger)


def told(answer: Any) -> str:
    """All that an answer says; a spreadsheet by its cells, a PDF by its bytes."""
    body = answer.data
    if answer.mimetype == TYPES["xlsx"]:
        book = openpyxl.load_workbook(io.BytesIO(body))
        body = json.dumps([[str(cell) for cell in row] for row in book.active.values], ensure_ascii=False).encode()
    return f"{answer.headers}{body.decode('utf-8', 'replace')}"


def test_a_manager_sees_what_is_asked_of_the_own_people_and_nothing_else(
    site: Flask, client: FlaskClient, house: House
) -> None:
    signed_in(client, house.manager)
    everything = ""
    for method, address, form in house.addresses(site):
        answer = client.open(address, method=method, data=form if method == "POST" else None)
        if "/overview" in address or "/outlook" in address:
            assert answer.status_code in (403, 404), address
            continue
        assert answer.status_code < 500 and answer.status_code not in (401, 403, 404), (method, address)
        said = told(answer)
        found = [marker for marker in house.hidden if marker in said]
        assert not found, (method, address, found)
        everything += said
    for marker in (*SEEN, house.code, "Etika"):
        assert marker in everything, marker


def test_a_training_officer_sees_the_whole_organisation_and_as_little_of_anybody(
    site: Flask, client: FlaskClient, house: House
) -> None:
    signed_in(client, house.ministry.officer)
    everything = ""
    for method, address, form in house.addresses(site):
        answer = client.open(address, method=method, data=form if method == "POST" else None)
        assert answer.status_code < 500 and answer.status_code not in (401, 403, 404), (method, address)
        said = told(answer)
        found = [marker for marker in (*OWN, HERS, *ELSEWHERE[1:3], house.own_code) if marker in said]
        assert not found, (method, address, found)
        everything += said
    for marker in (*SEEN, house.code, house.colleague.name, ELSEWHERE[3]):
        assert marker in everything, marker


def test_people_of_another_unit_are_found_by_no_number(site: Flask, client: FlaskClient, house: House) -> None:
    """The manager asks for the colleague's pages, and acts on them."""
    asked = house.ministry.organisation.id
    number = db.session.scalars(
        select(Period.obligation_id).join(Period.obligation).where(Period.obligation.has(user_id=house.colleague.id))
    ).one()
    signed_in(client, house.manager)
    for method, address in (
        ("GET", f"/team/{asked}/people/{house.colleague.id}"),
        ("GET", f"/team/{asked}/obligations/{number}"),
        ("POST", f"/team/{asked}/obligations/{number}/withdraw"),
    ):
        answer = client.open(address, method=method)
        assert answer.status_code == 404, address
        assert ELSEWHERE[0] not in told(answer)
    answer = client.post(f"/team/{asked}/remind", data={"user": house.colleague.id})
    assert answer.status_code == 409
    assert db.session.scalar(select(Notice.id).where(Notice.kind == "reminded")) is None
    for words in ({"unit": house.ministry.law.id}, {"q": "Vüqar"}, {"unit": 10**6}):
        page = client.get(f"/team/{asked}", query_string=words).get_data(as_text=True)
        assert ELSEWHERE[0] not in page


def test_who_leaves_a_unit_leaves_its_view_the_same_day_and_stays_in_the_days_before(
    client: FlaskClient, house: House
) -> None:
    job = db.session.scalars(
        select(Job).where(Job.user_id == house.employee.id, Job.organisation_id == house.ministry.organisation.id)
    ).one()
    place = working.place_of(job)
    working.change(
        job,
        working.Place(unit_id=house.ministry.law.id, position_id=place.position_id),
        on=today(),
        by=None,
        now=noon(today()),
    )
    signed_in(client, house.manager)
    base = f"/team/{house.ministry.organisation.id}"
    for address in (base, f"{base}/report", f"{base}/units", f"{base}/requests"):
        assert SEEN[0] not in client.get(address).get_data(as_text=True), address
    assert client.get(f"{base}/people/{house.employee.id}").status_code == 404
    yesterday = (today() - DAY).isoformat()
    assert SEEN[0] in client.get(f"{base}/report?day={yesterday}").get_data(as_text=True)
    assert SEEN[0] in client.post(f"{base}/report.csv", data={"day": yesterday}).get_data(as_text=True)
    assert SEEN[0] not in client.post(f"{base}/report.csv").get_data(as_text=True)


def test_who_no_longer_manages_sees_no_past_either(client: FlaskClient, house: House) -> None:
    lead = house.ministry.employee("Köhnə Rəhbər", house.ministry.it)
    report = house.ministry.employee("Tabe Olan", house.ministry.it, under=lead)
    base = f"/team/{house.ministry.organisation.id}"
    assert report.name in signed_in(client, lead).get(base).get_data(as_text=True)
    job = db.session.scalars(select(Job).where(Job.user_id == report.id)).one()
    working.change(job, working.Place(unit_id=house.ministry.it.id), on=today(), by=None, now=noon(today()))
    db.session.commit()
    assert client.get(base).status_code == 404
    assert client.get(f"{base}/report?day={(today() - DAY).isoformat()}").status_code == 404


@pytest.mark.parametrize("kind", TYPES)
def test_an_export_says_as_of_when_what_and_by_whom_and_stands_in_the_log(
    client: FlaskClient, house: House, kind: str
) -> None:
    signed_in(client, house.manager)
    form = {"light": "red", "unit": house.ministry.it.id, "q": "Aysel"}
    answer = client.post(f"/team/{house.ministry.organisation.id}/report.{kind}", data=form)
    assert answer.mimetype == TYPES[kind].partition(";")[0]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "report_exported")).one()
    assert (event.actor_id, event.details["how"]) == (house.manager.id, kind)
    assert event.details["shown"] == "only “Late”; unit “IT idarəsi” and below; names with “Aysel”"
    if kind != "pdf":
        said = told(answer)
        for words in (event.details["shown"], "Müdir", today().strftime("%d.%m.%Y"), "Nazirlik", "Etika"):
            assert words in said, words
        assert SEEN[1] not in said  # that one is valid, not late
    else:
        assert answer.data.startswith(b"%PDF-")


def test_no_cell_of_an_export_is_a_formula(client: FlaskClient, house: House) -> None:
    evil = house.ministry.employee('=HYPERLINK("http://x")', house.ministry.it)
    house.ministry.ask(house.ministry.requirement("+Tələb", "asked"), evil)
    signed_in(client, house.manager)
    base = f"/team/{house.ministry.organisation.id}"
    assert "'=HYPERLINK" in client.post(f"{base}/report.csv").get_data(as_text=True)
    book = openpyxl.load_workbook(io.BytesIO(client.post(f"{base}/report.xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert '\'=HYPERLINK("http://x")' in [cell.value for cell in cells]
    assert "'+Tələb" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "d"}


def test_a_request_is_answered_once_by_who_leads_and_never_by_oneself(client: FlaskClient, house: House) -> None:
    base = f"/team/{house.ministry.organisation.id}/requests"
    number = house.values["extension_id"]
    outsider = house.ministry.manager("Hüquq Müdiri", house.ministry.law)
    assert signed_in(client, outsider).post(f"{base}/{number}", data={"answer": "Olar"}).status_code == 404
    day = today() + timedelta(days=12)
    signed_in(client, house.manager).post(f"{base}/{number}", data={"granted_on": day.isoformat()})
    extension = db.session.get_one(DueExtension, number, populate_existing=True)
    assert (extension.decision, extension.granted_on, extension.decided_by) == ("granted", day, house.manager.id)
    assert client.post(f"{base}/{number}", data={"decision": "refuse", "answer": "Yox"}).status_code == 409
