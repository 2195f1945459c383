import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from app.accounts.models import Role, User
from app.audit import AuditEvent
from app.catalogue import reading
from app.catalogue.models import CourseVersion
from app.credentials import issuing
from app.credentials.codes import new_code, read_code
from app.credentials.models import Certificate
from app.credentials.rules import Standing, Way, expiry, standing, way
from app.credentials.views import sheet_of, way_in_words
from app.db import db
from app.errors import Refused
from app.learning import enrolling
from app.learning.models import Enrolment
from app.notices.models import Notice
from tests.factories import NOW, finish, person, published, signed_in


@pytest.fixture
def learner(site: Flask) -> User:
    """Has finished the sample course (valid 36 months), and has not confirmed the name."""
    user = person("Ənvər Şıxəliyev")
    finish(enrolling.enrol(user, published(), now=NOW))
    return user


@pytest.fixture
def certificate(learner: User) -> Certificate:
    issuing.confirm_name(learner, "Ənvər Əli oğlu Şıxəliyev", now=NOW)
    assert issuing.issue_due(NOW) == 1
    db.session.commit()
    return db.session.scalars(select(Certificate)).one()


def test_nothing_is_issued_before_the_holder_confirmed_the_name(learner: User) -> None:
    assert issuing.waits_for_name(learner)
    assert issuing.issue_due(NOW) == 0


def test_a_finished_course_gives_one_certificate_however_often_it_is_asked(certificate: Certificate) -> None:
    assert issuing.issue_due(NOW + timedelta(hours=1)) == 0
    assert certificate.name == "Ənvər Əli oğlu Şıxəliyev"
    assert certificate.expires_on == date(2029, 11, 22)
    told = db.session.scalars(select(Notice).where(Notice.kind == "certificate")).all()
    assert len(told) == 1


def test_an_unfinished_course_gives_none(site: Flask) -> None:
    user = person()
    enrolling.enrol(user, published(), now=NOW)
    issuing.confirm_name(user, "Leyla Məmmədova", now=NOW)
    assert issuing.issue_due(NOW) == 0


def test_the_name_is_confirmed_once(certificate: Certificate, learner: User) -> None:
    with pytest.raises(Refused, match="already confirmed"):
        issuing.confirm_name(learner, "Başqa Adam", now=NOW)


@pytest.mark.parametrize("name", ["", "A", "123 456", "x" * 101])
def test_a_name_that_is_none_is_refused(learner: User, name: str) -> None:
    with pytest.raises(Refused):
        issuing.confirm_name(learner, name, now=NOW)


@pytest.mark.parametrize(
    ("issued", "months", "expected"),
    [
        (date(2026, 11, 22), 36, date(2029, 11, 22)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 5), 1, date(2027, 1, 5)),
        (date(2026, 12, 5), None, None),
    ],
)
def test_validity_ends_on_the_same_day_of_a_later_month(
    issued: date, months: int | None, expected: date | None
) -> None:
    assert expiry(issued, months) == expected


def test_a_certificate_is_valid_through_its_last_day() -> None:
    last = date(2029, 11, 22)
    assert standing(revoked=False, expires_on=last, today=last) is Standing.VALID
    assert standing(revoked=False, expires_on=last, today=last + timedelta(days=1)) is Standing.EXPIRED
    assert standing(revoked=True, expires_on=None, today=last) is Standing.REVOKED


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    assert read_code(code.lower().replace("-", " ")) == code
    assert read_code("OIL0-1111-AAAA") == "0110-1111-AAAA"
    assert read_code("too short") is None
    assert read_code(code + "A") is None


def test_anybody_sees_that_a_certificate_is_valid_and_nothing_beyond_what_is_printed(
    certificate: Certificate, learner: User, client: FlaskClient
) -> None:
    answer = client.get(f"/verify/{certificate.code}", headers={"Accept-Language": "en"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "This certificate is valid" in page
    assert certificate.name in page
    assert str(learner.email) not in page


def test_an_unknown_code_is_said_to_be_unknown(site: Flask, client: FlaskClient) -> None:
    answer = client.get("/verify/0000-0000-0000", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "no certificate with this code" in answer.get_data(as_text=True)


def test_a_revoked_certificate_says_so_and_stays_on_record(certificate: Certificate, client: FlaskClient) -> None:
    signed_in(client, person(role=Role.ADMINISTRATOR))
    answer = client.post(f"/staff/certificates/{certificate.code}/revoke", data={"reason": "Səhvən verilib"})
    assert answer.status_code == 302
    page = client.get(f"/verify/{certificate.code}").get_data(as_text=True)
    assert "has been revoked" in page
    assert "Səhvən" not in page
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "certificate_revoked")).one()
    assert event.details["reason"] == "Səhvən verilib"


def test_revoking_needs_a_reason_and_happens_once(certificate: Certificate) -> None:
    administrator = person()
    with pytest.raises(Refused):
        issuing.revoke(certificate, "  ", by=administrator, now=NOW)
    issuing.revoke(certificate, "Səhvən verilib", by=administrator, now=NOW)
    with pytest.raises(Refused):
        issuing.revoke(certificate, "Yenə", by=administrator, now=NOW)


def test_an_instructor_cannot_revoke(certificate: Certificate, client: FlaskClient) -> None:
    signed_in(client, person(role=Role.INSTRUCTOR))
    assert client.post(f"/staff/certificates/{certificate.code}/revoke", data={"reason": "xxxxxx"}).status_code == 403
    assert client.get(f"/verify/{certificate.code}").status_code == 200
    assert db.session.get(Certificate, certificate.id).revoked_at is None


def test_the_pdf_has_every_letter_right_and_is_the_holders_alone(
    certificate: Certificate, learner: User, site: Flask
) -> None:
    answer = signed_in(site.test_client(), learner).get(f"/certificates/{certificate.code}.pdf?language=az")
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    for part in ("Ənvər Əli oğlu Şıxəliyev", certificate.code, f"/verify/{certificate.code}"):
        assert part in text
    stranger = signed_in(site.test_client(), person())
    assert stranger.get(f"/certificates/{certificate.code}.pdf").status_code == 404


def test_two_certificates_printed_one_after_the_other_keep_their_own_names(certificate: Certificate) -> None:
    from app.credentials import printing

    with certificate_request():
        first = sheet_of(certificate, "ru")
    texts = [
        PdfReader(io.BytesIO(printing.pdf(sheet))).pages[0].extract_text()
        for sheet in (first, printing.Sheet(**{**vars(first), "name": "Мария Иванова"}), first)
    ]
    assert ["Мария Иванова" in text for text in texts] == [False, True, False]
    assert certificate.name in texts[2]


def certificate_request():  # type: ignore[no-untyped-def]
    from flask import current_app

    return current_app.test_request_context()


def test_who_waits_for_nothing_does_not_hold_up_the_others(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished courses without a certificate stay finished without one for good."""
    course = published()
    bare, certified = CourseVersion(course=course, digest="0" * 64, created_at=NOW), course.published
    db.session.add(bare)
    for version in (bare, bare, certified):
        user = person()
        user.certificate_name_confirmed_at = NOW
        db.session.add(
            Enrolment(user=user, course=course, version=version, enrolled_at=NOW, completed_at=NOW, score=1.0)
        )
    db.session.flush()
    monkeypatch.setattr(issuing, "MOST_AT_ONCE", 1)
    read = reading.load
    monkeypatch.setattr(
        reading,
        "load",
        lambda version: replace(read(certified), certificate=None) if version is bare else read(version),
    )
    assert issuing.issue_due(NOW) == 1


def test_a_name_is_printed_without_hidden_signs(learner: User) -> None:
    with pytest.raises(Refused):
        issuing.confirm_name(learner, "Ənvər \u202eveyilixıŞ", now=NOW)


@pytest.mark.parametrize(
    ("online", "attended", "expected"),
    [(True, False, Way.ONLINE), (False, True, Way.IN_PERSON), (True, True, Way.BOTH)],
)
def test_the_way_of_learning_is_by_items_and_attendance(online: bool, attended: bool, expected: Way) -> None:
    assert way(online=online, attended=attended) == expected


def test_a_certificate_says_how_it_was_learnt_on_the_page_and_on_paper(client: FlaskClient, learner: User) -> None:
    db.session.scalars(select(Enrolment)).one().attended_at = NOW
    issuing.confirm_name(learner, "Ənvər Şıxəliyev", now=NOW)
    assert issuing.issue_due(NOW) == 1
    made = db.session.scalars(select(Certificate)).one()
    assert made.evidence["way"] == "both"
    page = signed_in(client, learner).get(f"/certificates/{made.code}").text
    assert "Learnt online and in person at the centre" in page
    paper = client.get(f"/certificates/{made.code}.pdf?language=en").data
    words = " ".join(PdfReader(io.BytesIO(paper)).pages[0].extract_text().split())
    assert "8 hours of study · Learnt online and in person at the centre" in words


def test_what_was_issued_before_says_nothing_of_it(site: Flask, certificate: Certificate) -> None:
    assert way_in_words(certificate) == "Learnt online"
    certificate.evidence = {name: value for name, value in certificate.evidence.items() if name != "way"}
    assert way_in_words(certificate) == ""
