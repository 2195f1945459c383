"""Every address that names something of somebody, visited by strangers of every role: 404 or 403, and not one word.

The strangers are not visitors: each has the role, of another course, another organisation, with work of their own.
That the addresses are real is proved beside it: whoever they belong to finds them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app.access import TABLE, Audience
from app.accounts.identity import linking
from app.accounts.identity.models import IdentityLink
from app.accounts.identity.providers import Identity
from app.accounts.models import Grant, LoginSession, Organisation, Role, User
from app.audiences import keeping, reading
from app.catalogue.models import Course
from app.clock import utc_now
from app.credentials import issuing
from app.credentials.models import Certificate
from app.curricula import allocating, assigning, evidence, moving, previewing, requirements
from app.curricula.models import Obligation, Period
from app.db import db
from app.grading import drafts, recording, rejudging
from app.grading.models import Purpose, Rerun, State, Submission, Which
from app.grading.seats import Seat
from app.learning import announcing, cohorts
from app.learning.models import Cohort, Enrolment
from app.organisations import importing, leaving, tree, working
from app.organisations.models import RunState
from app.organisations.scim import tokens as scim_tokens
from app.organisations.scim.models import ScimToken
from app.training import booking
from app.web import blobs, settings
from graders.course import Exercise
from graders.verdict import Output, Ran
from tests.factories import NOW, finish, person, published, signed_in
from tests.grading.verdicts import PNG, begun, grade, results, verdict_of
from tests.training import centre

# Open to everybody, or to everybody who has the secret in the address: each says what protects it.
NOBODYS = {
    "static": "the same for all",
    "catalogue.course": "a listed course",
    "catalogue.picture": "a picture of a course, by the digest of its files",
    "credentials.verify": "public on purpose: what is printed, by an unguessable code",
    "accounts.confirm": "a secret from a mail",
    "accounts.confirm_change": "a secret from a mail",
    "accounts.reset": "a secret from a mail",
    "accounts.provider_begin": "a way to sign in, by its key in the settings",
    "accounts.provider_back": "the same, for whom its state was given",
    "accounts.signed_out": "the same, on the way out",
    "learning.enrol": "anybody may begin a listed course",
    "home.take_again": "anybody may ask; refused where no renewal of theirs does",
    "training.of_course": "of a listed course",
    "training.show": "of a listed course: dates, rooms, the trainer, and one’s own seat",
    "training.book": "anybody may ask for a seat",
    "trainings.room": "whoever teaches sees when a room is taken, and by which course",
    "training.here": "a code that lives a minute, for who has a seat: tests/training/test_attendance_pages.py",
    "joining.cohort": "the code is the invitation",
    "calendar.feed": "a secret address of one’s own, which can be switched off: tests/notices/test_preferences.py",
    "scim.serve": "machines, by the token of their agency: tests/organisations/test_scim_tenants.py",
}
LAST = (
    "cancel",
    "archive",
    "leave",
    "out",
    "withdraw",
    "revoke",
    "end",
    "sign-out",
    "close",
)  # what ends things, when the owner visits
MARKERS = (
    *("Məxfi Sahibə", "mexfi.sahibe@example.com", "Gizli qrup", "Gizli idarə", "Gizli elan"),
    *("gizli_cavab", "gizli_qaralama", "gizli_surət", "Gizli səbəb"),
    *("Gizli tələb", "Gizli diplom", "gizli-diplom.pdf", "Gizli üzr", "Gizli xahiş"),
    *("Gizli məzuniyyət", "gizli-siyahı.csv"),
)


@dataclass(frozen=True, kw_only=True)
class House:
    """What belongs to one learner, her instructor, her manager and training officer; and the strangers."""

    values: dict[str, Any]  # what stands in the places of an address
    at: dict[str, dict[str, Any]]  # and where an endpoint needs another
    owner: User
    instructor: User
    manager: User
    officer: User
    administrator: User
    strangers: dict[str, User]
    markers: list[str]

    def address(self, site: Flask, rule: Rule) -> str:
        chosen = self.values | self.at.get(rule.endpoint, {})
        missing = [name for name in rule.arguments if name not in chosen]
        assert not missing, f"{rule.endpoint} has {missing} in its address: give it a value, so that strangers are sent"
        return site.url_map.bind("localhost").build(rule.endpoint, {name: chosen[name] for name in rule.arguments})

    def holder(self, rule: Rule) -> User:
        """Whose the address is."""
        match TABLE[rule.endpoint]:
            case Audience.OWN if rule.endpoint.startswith("team."):
                return self.manager
            case Audience.OWN:
                return self.instructor if "version_id" in rule.arguments else self.owner
            case Audience.INSTRUCTOR:
                return self.instructor
            case Audience.MANAGER:
                return self.manager
            case Audience.OFFICER:
                return self.officer
        return self.administrator


@pytest.fixture
def house(site: Flask) -> House:
    course, other = published("own-course"), published("other-course")
    owner = person(MARKERS[0], MARKERS[1])
    instructor = person("Müəllim", role=Role.INSTRUCTOR, course_slug=course.slug)
    cohort = _cohort(course, MARKERS[2], instructor)
    enrolment = cohorts.join(owner, cohort, now=NOW)
    announcing.announce(cohort, MARKERS[4], MARKERS[4], by=instructor, now=NOW)
    agency = working.create(MARKERS[3], by=None, now=NOW)
    job = working.join(owner, agency, from_on=date(2026, 1, 1), by=None, now=NOW)
    manager = person("Müdir", role=Role.MANAGER, organisation_id=agency.id)
    officer = person("Kadr", role=Role.OFFICER, organisation_id=agency.id)
    assigning.assign(agency, [owner], course, None, by=manager, now=NOW)
    audience = keeping.create(agency, "Gizli auditoriya", reading.parse({"version": 1}), by=officer, now=NOW)
    administrator = person("İnzibatçı", role=Role.ADMINISTRATOR)
    scim_tokens.hand_out(agency, MARKERS[2], by=administrator, now=NOW)
    db.session.commit()
    function, notebook = _handed_in(site, owner, enrolment)
    seat = Seat(user=owner, version=enrolment.version, enrolment=enrolment)
    copy = _copy(seat)
    finish(enrolment)
    issuing.confirm_name(owner, MARKERS[0], now=NOW)
    assert issuing.issue_due(NOW) == 1
    asked = _asked(agency, owner, officer)
    rejudge = rejudging.begin(course, "functions/initials", Which.ALL, reason=MARKERS[8], by=instructor, now=NOW)
    db.session.commit()
    code = db.session.scalars(select(Certificate.code)).one()
    lesson = {"item": "welcome"}
    table = {"unit": "tables", "item": "sales", "name": "sales.csv"}
    return House(
        values={
            "enrolment_id": enrolment.id,
            "cohort_id": cohort.id,
            "version_id": enrolment.version_id,
            "slug": course.slug,
            "unit": "functions",
            "item": "initials",
            "submission_id": function.id,
            "rejudge_id": rejudge.id,
            "rerun_id": db.session.scalars(select(Rerun.id)).one(),
            "copy_id": copy,
            "check": "two-words",
            "number": 0,
            "code": code,
            "organisation_id": agency.id,
            "audience_id": audience.id,
            "kind": "csv",
            **asked,
            "user_id": owner.id,
            "grant_id": db.session.scalars(select(Grant.id).where(Grant.user_id == instructor.id)).one(),
            "job_id": job.id,
            "token_id": db.session.scalars(select(ScimToken.id)).one(),
            "link_id": _linked(owner),
            "claim_id": _claimed(),
            **_of_the_office(agency, owner, officer),
            **_at_the_centre(course, instructor, owner),
            "session_id": db.session.scalars(select(LoginSession.id).where(LoginSession.user_id == owner.id)).one(),
        },
        at={
            "learning.lesson": lesson,
            "learning.finish_lesson": lesson,
            "authoring.walk_lesson": lesson,
            "grading.answer": {"item": "check"},
            "grading.data_file": table,
            "grading.notebook_file": table,
            "grading.output": {"submission_id": notebook.id, "cell": "a-cell"},
            "grading.staff_output": {"submission_id": notebook.id, "cell": "a-cell"},
            "people.revoke": {"user_id": instructor.id},
        },
        owner=owner,
        instructor=instructor,
        manager=manager,
        officer=officer,
        administrator=administrator,
        strangers=_strangers(other),
        markers=[*MARKERS, code, cohort.join_code],
    )


def _asked(agency: Organisation, owner: User, officer: User) -> dict[str, int]:
    """A requirement of hers, a request, a document that was handed in, an exemption, a change that is looked at."""
    parts = [{"need": "all", "courses": ["other-course"]}]
    draft = requirements.Draft(titles={"az": MARKERS[9]}, parts=parts, due={"after": 30, "from": "assigned"})
    requirement = requirements.create(agency, "gizli", draft, by=officer, now=NOW)
    allocating.give(requirement, [owner], by=officer, now=NOW)
    obligation = db.session.scalars(select(Obligation).where(Obligation.requirement_id == requirement.id)).one()
    period = db.session.scalars(select(Period).where(Period.obligation_id == obligation.id)).one()
    wanted = date(2027, 6, 1)
    extension = moving.ask_for_time(period, wanted, MARKERS[13], by=owner, now=NOW)
    blob = blobs().put(b"%PDF-1.7 gizli")
    paper = {"document": blob, "document_name": MARKERS[11]}
    handed_in = evidence.hand_in(
        period, issuer="ADNSU", title=MARKERS[10], learnt_on=date(2026, 6, 1), by=owner, now=NOW, **paper
    )
    exemption = moving.exempt(
        obligation, kind="other", reason=MARKERS[12], from_on=wanted, until_on=None, by=officer, now=NOW, **paper
    )
    proposal = previewing.propose_change(requirement, draft, wanted, by=officer, now=NOW)
    db.session.commit()
    return {
        "requirement_id": requirement.id,
        "proposal_id": proposal.id,
        "obligation_id": obligation.id,
        "extension_id": extension.id,
        "evidence_id": handed_in.id,
        "exemption_id": exemption.id,
    }


def _of_the_office(agency: Organisation, owner: User, officer: User) -> dict[str, int]:
    """A unit, leave with a paper, and a list that waits for a decision."""
    shelf = importing.Shelf(data_folder=settings().data_folder, blobs=blobs())
    away = leaving.Away(
        kind=leaving.LeaveKind.ILLNESS,
        reason="Gizli məzuniyyət",
        from_on=date(2026, 10, 1),
        until_on=None,
        document=blobs().put(b"%PDF-1.4 gizli"),
        document_name="paper.pdf",
    )
    leave = leaving.record(owner, agency, away, by=officer, now=NOW)
    content = b"Number;Name\n1;Gizli Adam\n"
    found = importing.look(agency, "gizli-siyahı.csv", content, is_full=False, by=officer, shelf=shelf, now=NOW)
    run = importing.note(found, agency, state=RunState.LOOKED_AT, by=officer, shelf=shelf, now=NOW)
    db.session.commit()
    return {"unit_id": tree.root(agency.id).id, "leave_id": leave.id, "run_id": run.id}


def _at_the_centre(course: Course, instructor: User, owner: User) -> dict[str, int]:
    """A training of the course in years, in a room."""
    made = centre.training(centre.slot(centre.room(), 3000), course=course, trainer=instructor)
    seat = booking.book(owner, made, now=NOW)
    db.session.commit()
    return {
        "training_id": made.id,
        "booking_id": seat.id,
        "meeting_id": made.meetings[0].id,
        "room_id": made.meetings[0].room_id,
    }


def _linked(owner: User) -> int:
    """Her account is connected with an identity at a provider."""
    row = IdentityLink(
        user_id=owner.id, provider="mygov", issuer="https://x", subject_hash="x", how="staff", linked_at=NOW
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def _claimed() -> int:
    """Somebody from a provider waits for staff."""
    someone = Identity(provider="mygov", issuer="https://x", subject="y", name=MARKERS[0], fin=None, two_factor=False)
    secret = linking.claim(someone, settings().data_folder, now=utc_now())
    claim = linking.open_claim(secret, utc_now())
    assert claim is not None
    linking.ask_staff(claim, "gizli@example.com", now=utc_now())
    db.session.commit()
    return claim.id


def _cohort(course: Course, name: str, by: User) -> Cohort:
    plan = cohorts.Plan(name=name, language="az", starts_on=date(2026, 11, 1), ends_on=None, seats=None)
    return cohorts.open_cohort(course, plan, by=by, now=NOW)


def _strangers(course: Course) -> dict[str, User]:
    """A learner, an instructor, a manager and a training officer, each with what makes them one, elsewhere."""
    learner = person("Yad Şagird")
    instructor = person("Yad Müəllim", role=Role.INSTRUCTOR, course_slug=course.slug)
    cohorts.join(learner, _cohort(course, "Başqa qrup", instructor), now=NOW)
    agency = working.create("Başqa idarə", by=None, now=NOW)
    working.join(learner, agency, from_on=date(2026, 1, 1), by=None, now=NOW)
    manager = person("Yad Müdir", role=Role.MANAGER, organisation_id=agency.id)
    officer = person("Yad Kadr", role=Role.OFFICER, organisation_id=agency.id)
    db.session.commit()
    return {"learner": learner, "instructor": instructor, "manager": manager, "officer": officer}


def _handed_in(site: Flask, owner: User, enrolment: Enrolment) -> tuple[Submission, Submission]:
    """A function with a plot in its feedback, a notebook with one under a cell; both graded."""
    browser = signed_in(site.test_client(), owner)
    form = {"purpose": "submit", "name-0": "initials.py", "text-0": "gizli_cavab = 1\n"}
    assert browser.post(f"/learn/{enrolment.id}/functions/initials/hand-in", data=form).status_code == 303
    function = _latest()
    grade(function, _exercise(enrolment, "functions/initials"))
    assert browser.post(f"/learn/{enrolment.id}/tables/sales/hand-in", data={"purpose": "submit"}).status_code == 303
    notebook, exercise = _latest(), _exercise(enrolment, "tables/sales")
    claim, given = begun(notebook, exercise), results(exercise)
    ran = Ran(id="a-cell", ended="ok", outputs=(Output(kind="image", png=PNG),))
    recording.record(claim, replace(verdict_of(exercise, Purpose.SUBMIT, given), cells=(ran,)), now=NOW)
    db.session.commit()
    assert {function.state, notebook.state} == {State.GRADED}
    return function, notebook


def _copy(seat: Seat) -> int:
    """A draft of hers, and the other side of a clash."""
    item = "functions/initials"
    draft = drafts.draft_of(seat, item)
    drafts.save(seat, item, {"initials.py": "gizli_qaralama"}, revision=draft.revision if draft else 0, now=NOW)
    clash = drafts.save(seat, item, {"initials.py": "gizli_surət"}, revision=0, now=NOW)
    assert clash.copy is not None
    return clash.copy.id


def _latest() -> Submission:
    return db.session.scalars(select(Submission).order_by(Submission.id.desc()).limit(1)).one()


def _exercise(enrolment: Enrolment, key: str) -> Exercise:
    item = Seat(user=enrolment.user, version=enrolment.version, enrolment=enrolment).course.item(key)
    assert isinstance(item, Exercise)
    return item


def somebodys(site: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method and rule that names something of somebody."""
    for rule in site.url_map.iter_rules():
        if rule.arguments and rule.endpoint not in NOBODYS:
            yield from ((method, rule) for method in sorted({"GET", "POST"} & (rule.methods or set())))


def said(answer: Any) -> str:
    """All of an answer: its body and where it leads."""
    return f"{answer.headers}{answer.data.decode('utf-8', 'replace')}"


@pytest.mark.parametrize("role", ["learner", "instructor", "manager", "officer"])
def test_a_stranger_gets_nothing_of_anybody(site: Flask, client: FlaskClient, house: House, role: str) -> None:
    signed_in(client, house.strangers[role])
    visited = 0
    for method, rule in somebodys(site):
        allowed = {403} if TABLE[rule.endpoint] is Audience.ADMINISTRATOR else {403, 404}
        address = house.address(site, rule)
        body: dict[str, Any] = {"json": {"files": {}, "revision": 0}} if rule.endpoint == "grading.draft" else {}
        answer = client.open(address, method=method, **body)
        assert answer.status_code in allowed, (method, address, answer.status_code)
        told = said(answer).replace(house.values["code"], "") if house.values["code"] in address else said(answer)
        found = [marker for marker in house.markers if marker in told or json.dumps(marker)[1:-1] in told]
        assert not found, (method, address, found)
        visited += 1
    assert visited > 70


def test_each_address_is_found_by_whom_it_belongs_to(site: Flask, client: FlaskClient, house: House) -> None:
    """So that a stranger's 404 says something. What ends things comes last."""

    def place(one: tuple[str, Rule]) -> tuple[bool, int]:
        end = one[1].rule.rpartition("/")[2]
        return one[0] == "POST", LAST.index(end) if end in LAST else -1

    order = sorted(somebodys(site), key=place)
    shown = ""
    for method, rule in order:
        address = house.address(site, rule)
        if rule.endpoint == "grading.restore_copy" and "version_id" in rule.arguments:
            continue  # the copy is the learner's, also for the instructor: see below
        answer = signed_in(client, house.holder(rule)).open(address, method=method)
        assert answer.status_code not in (401, 403, 404, 405), (method, address)
        assert answer.status_code < 500, (method, address)
        shown += said(answer)
    assert [marker for marker in house.markers if marker not in shown] == []


def test_ones_own_place_does_not_open_what_is_anothers(site: Flask, client: FlaskClient, house: House) -> None:
    """The first number of the address is the stranger's own, the second is not."""
    learner, instructor, manager, _officer = house.strangers.values()
    taking = db.session.scalars(select(Enrolment).where(Enrolment.user_id == learner.id)).one()
    agency = next(iter(db.session.scalars(select(Grant.organisation_id).where(Grant.user_id == manager.id))))
    cohort, at = taking.cohort_id, house.values
    for who, method, address in (
        (learner, "POST", f"/learn/{taking.id}/functions/initials/copies/{at['copy_id']}/restore"),
        (instructor, "POST", f"/walk/{taking.version_id}/functions/initials/copies/{at['copy_id']}/restore"),
        (house.instructor, "POST", f"/walk/{at['version_id']}/functions/initials/copies/{at['copy_id']}/restore"),
        (instructor, "GET", f"/teach/cohorts/{cohort}/learners/{at['enrolment_id']}"),
        (instructor, "POST", f"/teach/cohorts/{cohort}/learners/{at['enrolment_id']}"),
        (instructor, "POST", f"/teach/cohorts/{cohort}/learners/{at['enrolment_id']}/out"),
        (manager, "POST", f"/team/{agency}/obligations/{at['obligation_id']}/withdraw"),
    ):
        answer = signed_in(client, who).open(address, method=method)
        assert answer.status_code == 404, (method, address)
        assert not [marker for marker in house.markers if marker in said(answer)], address


@pytest.mark.parametrize("role", ["learner", "instructor", "manager", "officer"])
def test_what_needs_no_number_shows_a_stranger_nothing_either(
    site: Flask, client: FlaskClient, house: House, role: str
) -> None:
    """Lists, searches and dashboards, asked for with her words."""
    signed_in(client, house.strangers[role])
    asked = {"q": "Məxfi", "submission": house.values["submission_id"], "code": "", "who": house.owner.id}
    for rule in site.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()) and rule.endpoint != "home.dev_mail":
            told = said(client.get(rule.rule, query_string=asked))
            assert not [marker for marker in house.markers if marker in told], rule


def test_the_list_of_what_is_nobodys_names_pages_only(site: Flask) -> None:
    assert set(NOBODYS) <= {rule.endpoint for rule in site.url_map.iter_rules() if rule.arguments}


def test_the_public_page_of_a_certificate_says_what_is_printed_and_no_more(client: FlaskClient, house: House) -> None:
    told = said(client.get(f"/verify/{house.values['code']}"))
    assert MARKERS[0] in told
    assert not [marker for marker in MARKERS[1:] if marker in told]
