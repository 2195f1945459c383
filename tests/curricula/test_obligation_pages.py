"""The page of what is asked of one person: what the person may ask, what the training officer decides, who sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Role
from app.audit import AuditEvent
from app.curricula import renewing
from app.curricula.completing import complete
from app.curricula.models import DueExtension, Evidence, Exemption, Obligation
from app.db import db
from app.notices.models import Notice
from app.notices.writing import letter
from app.organisations import working
from app.organisations.documents import MOST
from tests.curricula import people
from tests.curricula.office import DAY, Office, by, office, said, today
from tests.factories import person

PDF = b"%PDF-1.7 a diploma"


def asked(desk: Office, **terms: Any) -> tuple[Obligation, str]:
    """Asked ten days ago, due in twenty."""
    terms = {"due": {"after": 30, "from": "assigned"}} | terms
    obligation = desk.ask(desk.requirement(**terms), desk.hire("Aynur Əliyeva"))[0]
    return obligation, f"/obligations/{obligation.id}"


def day(number: int) -> str:
    return (today() + number * DAY).isoformat()


def paper(**other: Any) -> dict[str, Any]:
    return {
        "title": "Diplom",
        "issuer": "ADNSU",
        "learnt_on": day(-40),
        "document": (BytesIO(PDF), "diplom.pdf"),
    } | other


def told(obligation: Obligation, kind: str) -> list[Notice]:
    rows = db.session.scalars(select(Notice).where(Notice.recipient_id == obligation.user_id, Notice.kind == kind))
    return list(rows)


def acts(act: str) -> int:
    return len(db.session.scalars(select(AuditEvent.id).where(AuditEvent.act == act)).all())


def fresh(table: Any) -> Any:
    return db.session.scalars(select(table).execution_options(populate_existing=True)).one()


def test_somebody_reads_why_until_when_and_how_it_stands(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk, validity_months=12, reasons={"en": "The law asks for it."})
    page = said(by(client, obligation.user).get(at))
    for text in (
        "Not started",
        "20 days left",
        "member of “Qrup",
        "The law asks for it.",
        "Finish the course “python”",
    ):
        assert text in page, text
    assert "Exempt</h2>" not in page
    people.take(obligation.user, "python", today() - 5 * DAY, today() - 2 * DAY)
    complete(today())
    page = said(client.get(at))
    assert "Valid until" in page
    assert 'class="valid"' in page
    assert "Ask for more time" not in page
    assert "I have learnt this elsewhere" not in page


def test_more_time_is_asked_for_and_granted_and_shown_with_the_due_day(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk)
    by(client, obligation.user)
    form = {"wanted_on": day(60), "reason": "Uzun ezamiyyət"}
    for _click in range(2):
        client.post(f"{at}/time", data=form)
    assert "Not decided yet" in said(client.get(at))
    row = fresh(DueExtension)
    by(client, desk.officer)
    assert "Requests (1)" in said(client.get(desk.at))
    assert "Uzun ezamiyyət" in said(client.get(f"{desk.at}/requests"))
    answer = {"time-decision": "grant", "time-granted_on": day(50), "time-answer": "Uğurlar"}
    for _click in range(2):
        client.post(f"{at}/extensions/{row.id}", data=answer)
    assert fresh(DueExtension).granted_on == today() + 50 * DAY
    page = said(by(client, obligation.user).get(at))
    assert "extended" in page
    assert "before: " in page
    assert "More time given by Kadr" in page
    (notice,) = told(obligation, "extension_answered")
    words = letter(notice.kind, notice.params, "en")
    assert words.subject == "You have more time for “Tələb”"
    assert "Uğurlar" in words.text
    assert (acts("extension_asked"), acts("extension_granted")) == (1, 1)


def test_more_time_is_refused_with_an_answer(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk)
    by(client, obligation.user).post(f"{at}/time", data={"wanted_on": day(60), "reason": "Uzun ezamiyyət"})
    row = fresh(DueExtension)
    by(client, desk.officer)
    without = client.post(f"{at}/extensions/{row.id}", data={"time-decision": "refuse", "time-answer": " "})
    assert without.status_code == 422
    assert '<a href="#time-answer">' in said(without)
    assert client.post(f"{at}/extensions/{row.id}", data={"time-answer": "Yox"}).status_code == 422
    assert (
        client.post(f"{at}/extensions/{row.id}", data={"time-decision": "refuse", "time-answer": "Yox"}).status_code
        == 303
    )
    assert people.stands(obligation.user, today()).due_on == today() + 20 * DAY
    (notice,) = told(obligation, "extension_answered")
    assert letter(notice.kind, notice.params, "en").subject == "You get no more time for “Tələb”"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"wanted_on": "", "reason": "x"}, "wanted_on"),
        ({"wanted_on": "31.12.2026", "reason": "x"}, "wanted_on"),
        ({"wanted_on": day(3), "reason": "x"}, "wanted_on"),
        ({"wanted_on": day(60), "reason": ""}, "reason"),
    ],
)
def test_an_error_of_a_request_stands_at_its_field(
    site: Flask, client: FlaskClient, form: dict[str, str], field: str
) -> None:
    desk = office()
    obligation, at = asked(desk)
    answer = by(client, obligation.user).post(f"{at}/time", data=form)
    assert answer.status_code == 422
    page = said(answer)
    assert f'<a href="#{field}">' in page
    assert '<details class="fold" open>' in page


def test_the_validity_once_expired_no_time_can_be_asked_for(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement(validity_months=1, since=today() - 90 * DAY, due={"after": 5, "from": "assigned"})
    (obligation,) = desk.ask(made, user := desk.hire("Aynur"), since=today() - 80 * DAY)
    people.take(user, "python", today() - 79 * DAY, today() - 78 * DAY)
    complete(today() - 78 * DAY)
    renewing.open_windows(today())
    db.session.commit()
    at = f"/obligations/{obligation.id}"
    page = said(by(client, user).get(at))
    assert "Expired" in page
    assert "more time can no longer be asked for" in page
    assert client.post(f"{at}/time", data={"wanted_on": day(60), "reason": "x"}).status_code == 422
    assert "I have learnt this elsewhere" in page


def test_the_officer_gives_time_unasked(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk)
    by(client, desk.officer)
    assert client.post(f"{at}/extensions", data={"wanted_on": day(45), "reason": "Ezamiyyət"}).status_code == 303
    assert people.stands(obligation.user, today()).due_on == today() + 45 * DAY
    assert f'/people/{obligation.user_id}"' in said(client.get(at))  # where leave is noted
    assert len(told(obligation, "extension_answered")) == 1


def test_earlier_learning_is_handed_in_checked_and_counts(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk, validity_months=12)
    by(client, obligation.user)
    assert client.post(f"{at}/evidence", data=paper(note="Orijinal məndədir")).status_code == 303
    again = client.post(f"{at}/evidence", data=paper())
    assert "A document was handed in already" in said(again)
    row = fresh(Evidence)
    document = client.get(f"{at}/evidence/{row.id}/document")
    assert document.data == PDF
    assert document.headers["Content-Disposition"] == "attachment; filename=diplom.pdf"
    assert document.headers["Cache-Control"] == "private, no-store"
    by(client, desk.officer)
    assert "Diplom, ADNSU" in said(client.get(f"{desk.at}/requests?kind=evidence"))
    assert client.get(f"{at}/evidence/{row.id}/document").data == PDF
    for _click in range(2):
        client.post(f"{at}/evidence/{row.id}", data={"evidence-decision": "grant", "evidence-answer": ""})
    standing = people.stands(obligation.user, today())
    assert (standing.status, standing.completed_on) == ("valid", today())
    page = said(by(client, obligation.user).get(at))
    assert "Completed by earlier learning that was accepted" in page
    (notice,) = told(obligation, "evidence_answered")
    assert letter(notice.kind, notice.params, "en").subject == "Your document counts for “Tələb”"


def test_a_refused_document_leaves_everything_as_it_was(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk)
    by(client, obligation.user).post(f"{at}/evidence", data=paper())
    row = fresh(Evidence)
    by(client, desk.officer)
    assert client.post(f"{at}/evidence/{row.id}", data={"evidence-decision": "refuse"}).status_code == 422
    form = {"evidence-decision": "refuse", "evidence-answer": "Oxunmur"}
    assert client.post(f"{at}/evidence/{row.id}", data=form).status_code == 303
    assert people.stands(obligation.user, today()).status == "pending"
    page = said(by(client, obligation.user).get(at))
    assert "Oxunmur" in page
    assert "I have learnt this elsewhere" in page


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ((BytesIO(b"MZ an executable"), "diplom.pdf"), "The document must be a PDF, a JPEG or a PNG."),
        ((BytesIO(b""), "diplom.pdf"), "Choose the document."),
        ((BytesIO(b"%PDF-" + b"0" * MOST), "diplom.pdf"), "The document is larger than 10 MB."),
    ],
)
def test_a_document_is_what_it_says_and_not_too_large(
    site: Flask, client: FlaskClient, document: tuple[BytesIO, str], message: str
) -> None:
    desk = office()
    obligation, at = asked(desk)
    answer = by(client, obligation.user).post(f"{at}/evidence", data=paper(document=document))
    assert answer.status_code == 422
    assert message in said(answer)
    assert db.session.scalar(select(Evidence.id)) is None


def test_the_name_of_a_document_is_one_line_with_the_ending_of_its_content(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk)
    odd = (BytesIO(b"\xff\xd8\xff a photograph"), "../../evil.html")
    by(client, obligation.user).post(f"{at}/evidence", data=paper(document=odd))
    assert fresh(Evidence).document_name.endswith(".jpg")
    headers = client.get(f"{at}/evidence/{fresh(Evidence).id}/document").headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"] == "attachment; filename=evil.jpg"


def test_somebody_is_exempted_and_asked_again(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk)
    by(client, desk.officer)
    exemption = {"kind": "medical", "reason": "Arayış var", "from_on": day(0), "until_on": day(90)}
    form = {f"exempt-{name}": value for name, value in exemption.items()}
    wrong = client.post(f"{at}/exemptions", data=form | {"exempt-until_on": day(-5)})
    assert '<a href="#exempt-until_on">' in said(wrong)
    form |= {"exempt-document": (BytesIO(PDF), "arayış.pdf")}
    assert client.post(f"{at}/exemptions", data=form).status_code == 303
    assert people.stands(obligation.user, today()).status == "exempt"
    row = fresh(Exemption)
    page = said(by(client, obligation.user).get(at))
    assert "Exempt: Medical" in page
    assert client.get(f"{at}/exemptions/{row.id}/document").data == PDF
    (notice,) = told(obligation, "exempted")
    assert letter(notice.kind, notice.params, "en").subject == "You are exempt from “Tələb”"
    by(client, desk.officer)
    for _click in range(2):
        assert client.post(f"{at}/exemptions/{row.id}/lift").status_code == 303
    assert people.stands(obligation.user, today()).status == "pending"
    assert (acts("exempted"), acts("exemption_ended")) == (1, 1)


def test_papers_are_of_the_person_the_officer_and_administrators_alone(site: Flask, client: FlaskClient) -> None:
    desk, other = office(), office("Yad")
    obligation, at = asked(desk)
    by(client, obligation.user).post(f"{at}/evidence", data=paper())
    document = f"{at}/evidence/{fresh(Evidence).id}/document"
    manager = person("Müdir", role=Role.MANAGER, organisation_id=desk.organisation.id)
    for who in (other.officer, manager, desk.hire("Həmkar"), person("Kənar")):
        for address in (at, document):
            assert by(client, who).get(address).status_code == 404, who.name
    for who in (obligation.user, desk.officer, person("İnzibatçı", role=Role.ADMINISTRATOR)):
        assert by(client, who).get(document).status_code == 200, who.name


def test_an_officer_decides_neither_about_herself_nor_about_who_has_left(site: Flask, client: FlaskClient) -> None:
    desk = office()
    made = desk.requirement(due={"after": 30, "from": "assigned"})
    gone = desk.hire("Gedən")
    working.join(desk.officer, desk.organisation, from_on=today() - 50 * DAY, by=None, now=people.noon(today()))
    rows = {one.user_id: one for one in desk.ask(made, gone, desk.officer)}
    own, left = f"/obligations/{rows[desk.officer.id].id}", f"/obligations/{rows[gone.id].id}"
    by(client, desk.officer)
    assert "Ask for more time" in said(client.get(own))
    form = {"exempt-kind": "other", "exempt-reason": "Mən belə istəyirəm", "exempt-from_on": day(0)}
    assert client.post(f"{own}/exemptions", data=form).status_code == 404
    assert client.get(left).status_code == 200
    for job in working.jobs_on(today(), gone.id):
        working.end(job, until_on=today() - DAY, by=None, now=people.noon(today()))
    assert client.get(left).status_code == 404
    assert client.post(f"{left}/exemptions", data=form).status_code == 404


def test_a_learner_answers_no_request(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk)
    by(client, obligation.user).post(f"{at}/time", data={"wanted_on": day(60), "reason": "x"})
    row = fresh(DueExtension)
    assert client.post(f"{at}/extensions/{row.id}", data={"time-decision": "grant"}).status_code == 403
    elsewhere, there = asked(desk)
    assert (
        by(client, desk.officer).post(f"{there}/extensions/{row.id}", data={"time-decision": "grant"}).status_code
        == 404
    )
    assert elsewhere.id != obligation.id


def test_the_page_asks_as_much_after_years_as_at_the_beginning(
    site: Flask, client: FlaskClient, counting: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    desk = office()
    since = today() - 900 * DAY
    made = desk.requirement(validity_months=3, window_days=30, since=since, due={"after": 30, "from": "assigned"})
    new, old = desk.hire("Yeni", since), desk.hire("Köhnə", since)
    (first,) = desk.ask(made, old, since=since)
    for number in range(9):
        begin = since + number * 80 * DAY
        people.take(old, "python", begin, begin + 2 * DAY)
        renewing.open_windows(begin)
        complete(begin + 2 * DAY)
    second = desk.ask(made, new)[-1]
    by(client, desk.officer)

    def queries(obligation: Obligation) -> int:
        with counting() as statements:
            assert client.get(f"/obligations/{obligation.id}").status_code == 200
        return len(statements)

    assert len(people.periods(old)) > 5
    assert queries(first) <= queries(second) + 1  # names of who completed


def test_no_two_fields_of_the_page_have_the_same_name_for_a_label(site: Flask, client: FlaskClient) -> None:
    desk = office()
    obligation, at = asked(desk)
    by(client, obligation.user).post(f"{at}/time", data={"wanted_on": day(60), "reason": "x"})
    client.post(f"{at}/evidence", data=paper())
    for who in (obligation.user, desk.officer):
        ids = re.findall(r' id="([^"]+)"', said(by(client, who).get(at)))
        assert len(ids) == len(set(ids)), who.name
