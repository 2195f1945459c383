"""The training officer's pages: a rule is put together without a script, looked at, kept, changed, archived."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Role, User
from app.audiences import keeping, reading, resolving
from app.audiences.models import Audience, AudienceVersion
from app.audit import AuditEvent
from app.clock import today
from app.curricula.models import Requirement, RequirementAudience, RequirementVersion
from app.db import db
from app.errors import Refused
from app.organisations.models import Position
from tests.audiences.population import organisation, unit, works
from tests.factories import NOW, person, published, signed_in


class House:
    def __init__(self) -> None:
        self.organisation, self.root = organisation("Nazirlik")
        self.it = unit(self.organisation, "IT", "İT şöbəsi", self.root)
        self.net = unit(self.organisation, "NET", "Şəbəkə bölməsi", self.it)
        self.officer = person("Kadr", role=Role.OFFICER, organisation_id=self.organisation.id)
        self.kamran, self.leyla, self.nigar = (person(name) for name in ("Kamran Əliyev", "Leyla Həsənova", "Nigar"))
        for who, where in ((self.kamran, self.net), (self.leyla, self.it), (self.nigar, self.root)):
            works(who, where)
        db.session.commit()

    @property
    def at(self) -> str:
        return f"/audiences/{self.organisation.id}"

    def made(self, name: str = "İT işçiləri", **rule: Any) -> Audience:
        rule = rule or {"groups": [{"conditions": [{"kind": "unit", "units": [self.it.id], "below": True}]}]}
        parsed = reading.parse({"version": 1} | rule)
        made = keeping.create(self.organisation, name, parsed, by=self.officer, now=NOW)
        db.session.commit()
        return made


@pytest.fixture
def house(site: Flask) -> House:
    return House()


@pytest.fixture
def officer(client: FlaskClient, house: House) -> FlaskClient:
    return signed_in(client, house.officer)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_a_rule_is_put_together_by_buttons_alone(officer: FlaskClient, house: House) -> None:
    form: dict[str, Any] = {"name": "İT", "group": "0", "do": "add-0", "kind-0": "unit"}
    page = officer.post(f"{house.at}/new", data=form)
    assert 'name="row" value="0-unit"' in page.text
    assert "Nazirlik" in page.text
    assert "İT şöbəsi › Şəbəkə bölməsi" in page.text
    form |= {"row": "0-unit", "c0-0-chosen": str(house.it.id), "c0-0-below": "1", "do": "preview", "who": "nigar"}
    page = officer.post(f"{house.at}/new", data=form)
    said = text_of(page)
    assert "People of “Nazirlik” who work in “İT şöbəsi” or a unit below it." in said
    assert "2 people" in said
    assert "Kamran Əliyev" in said
    assert "Nigar Not in the audience" in said
    assert db.session.query(Audience).count() == 0
    answer = officer.post(f"{house.at}/new", data=form | {"do": "save"})
    assert answer.status_code == 303
    made = db.session.query(Audience).one()
    assert set(db.session.scalars(resolving.members_on(made.id, today()))) == {house.kamran.id, house.leyla.id}
    page = officer.get(answer.headers["Location"])
    assert "Leyla Həsənova" in page.text
    assert "The audience has been made." in page.text


def test_conditions_and_groups_are_removed_again(officer: FlaskClient, house: House) -> None:
    form = {
        "group": ["0", "1"],
        "row": ["0-language", "0-started", "1-code"],
        "c1-0-codes": "M-1 M-2",
        "c0-1-days": "30",
    }
    page = officer.post(f"{house.at}/new", data=form | {"do": "remove-0-0"}).text
    assert "0-language" not in page
    assert 'name="c0-0-days" value="30"' in page
    page = officer.post(f"{house.at}/new", data=form | {"do": "drop-0"}).text
    assert 'value="0-code"' in page
    assert 'value="M-1 M-2"' in page
    for nonsense in ("remove-9-9", "drop-7", "add-x", "add-5", "x", "remove--1-0"):
        assert officer.post(f"{house.at}/new", data=form | {"do": nonsense, "kind-5": "unit"}).status_code == 200


def test_what_is_wrong_is_said_at_its_condition_and_nothing_is_lost(officer: FlaskClient, house: House) -> None:
    form = {"name": "X1", "group": "0", "row": ["0-language", "0-started"], "c0-0-chosen": "az", "c0-1-days": "many"}
    page = officer.post(f"{house.at}/new", data=form | {"do": "save"}).text
    assert '<a href="#c0-1">Give a whole number.</a>' in page
    assert 'value="many"' in page
    assert db.session.query(Audience).count() == 0


def test_a_name_that_is_taken_is_refused_in_the_form(officer: FlaskClient, house: House) -> None:
    house.made("Hamı")
    page = officer.post(f"{house.at}/new", data={"name": "hami", "group": "0", "do": "save"}).text
    assert '<a href="#name">There is an audience of this name already.</a>' in page


def test_a_change_shows_the_difference_first_and_is_a_new_version(officer: FlaskClient, house: House) -> None:
    made = house.made()
    page = officer.get(f"{house.at}/{made.id}/edit").text
    assert f'value="{house.it.id}" checked' in page
    form = {"name": made.name, "group": "0", "row": "0-unit", "c0-0-chosen": str(house.it.id)}  # without those below
    form |= {"always-chosen": str(house.nigar.id)}
    assert "(+1 −1)" in officer.post(f"{house.at}/{made.id}/edit", data=form | {"do": "preview"}).text
    assert officer.post(f"{house.at}/{made.id}/edit", data=form | {"do": "save"}).status_code == 303
    versions = db.session.query(AudienceVersion).order_by(AudienceVersion.number).all()
    assert [(one.number, one.created_by) for one in versions] == [(1, house.officer.id), (2, house.officer.id)]
    page = text_of(officer.get(f"{house.at}/{made.id}"))
    assert "work in “İT şöbəsi” or a unit below it." in page
    assert "work in “İT şöbəsi”. Always in: Nigar." in page
    assert officer.post(f"{house.at}/{made.id}/edit", data=form | {"do": "save"}).status_code == 303
    assert db.session.query(AudienceVersion).count() == 2  # the same rule is no new version
    acts = [one.act for one in db.session.query(AuditEvent).filter_by(subject_type="audience").order_by(AuditEvent.id)]
    assert acts == ["audience_created", "audience_changed"]


def test_why_somebody_is_in_or_out_is_said_condition_by_condition(officer: FlaskClient, house: House) -> None:
    made = house.made(
        groups=[
            {
                "conditions": [
                    {"kind": "unit", "units": [house.it.id], "below": True},
                    {"kind": "language", "languages": ["az"]},
                ]
            }
        ]
    )
    page = text_of(officer.get(f"{house.at}/{made.id}?q=kamran"))
    assert "Not in the audience" in page
    assert "“Şəbəkə bölməsi”" in page
    assert "use the site in Azerbaijani · English" in page
    assert "Nobody of that name" in officer.get(f"{house.at}/{made.id}?q=xyz").text


def test_long_lists_are_searched(officer: FlaskClient, house: House) -> None:
    db.session.add_all([Position(code=f"K-{n}", name=f"Vəzifə {n}") for n in range(30)])
    db.session.commit()
    form = {"group": "0", "row": "0-position", "c0-0-chosen": "K-3", "c0-0-find": "k-22", "do": "find"}
    page = officer.post(f"{house.at}/new", data=form).text
    assert 'value="K-3" checked' in page
    assert 'value="K-22"' in page
    assert 'value="K-21"' not in page
    form = {"group": "0", "never-find": "leyla", "do": "find"}
    assert f'value="{house.leyla.id}"' in officer.post(f"{house.at}/new", data=form).text


def test_a_list_has_sizes_and_is_searched(officer: FlaskClient, house: House) -> None:
    house.made()
    house.made("Hamı", groups=[])
    page = text_of(officer.get(house.at))
    assert page.index("Hamı") < page.index("İT işçiləri")
    assert "3 people" in page
    assert "Hamı" not in officer.get(f"{house.at}?q=isci").text


def test_an_audience_in_use_is_not_archived_and_says_by_what(site: Flask, officer: FlaskClient, house: House) -> None:
    made = house.made()
    used, uses = made.id, ["Təhlükəsizlik"]
    keeping.tells_use(site, lambda audience_id: uses if audience_id == used else [])
    assert "Təhlükəsizlik" in officer.get(f"{house.at}/{made.id}/archive").text
    assert officer.post(f"{house.at}/{made.id}/archive").status_code in (302, 303, 409)
    db.session.expire_all()
    assert made.archived_at is None
    uses.clear()
    assert officer.post(f"{house.at}/{made.id}/archive").status_code == 303
    db.session.expire_all()
    assert made.archived_at is not None
    assert list(db.session.scalars(resolving.members_on(made.id, today()))) == []
    assert "İT işçiləri" in officer.get(f"{house.at}?archived=1").text


def test_a_form_made_by_hand_names_nothing_of_another_organisation(officer: FlaskClient, house: House) -> None:
    other, elsewhere = organisation("Başqa agentlik")
    secret = unit(other, "S", "Gizli şöbə", elsewhere)
    stranger: User = person("Yad Adam")
    works(stranger, elsewhere)
    form = {
        "name": "X1",
        "group": "0",
        "row": "0-unit",
        "c0-0-chosen": str(secret.id),
        "always-chosen": str(stranger.id),
    }
    for do in ("preview", "save"):
        page = officer.post(f"{house.at}/new", data=form | {"do": do}).text
        assert "Gizli" not in page
        assert "Yad Adam" not in page
    assert db.session.query(Audience).count() == 0
    rule = reading.parse({"version": 1, "never": [stranger.id]})
    with pytest.raises(Refused, match="not known here"):
        keeping.create(house.organisation, "X2", rule, by=house.officer, now=NOW)


def test_courses_are_chosen_by_title(officer: FlaskClient, house: House) -> None:
    course = published()
    form = {
        "name": "X1",
        "group": "0",
        "row": "0-completed",
        "c0-0-chosen": course.slug,
        "c0-0-not": "1",
        "c0-0-months": "6",
    }
    page = text_of(officer.post(f"{house.at}/new", data=form | {"do": "preview"}))
    assert "have not finished the course" in page
    assert "in the last 6 months" in page


def test_an_officer_of_another_organisation_finds_nothing(client: FlaskClient, house: House) -> None:
    made = house.made()
    other, _root = organisation("Başqa agentlik")
    signed_in(client, person("Yad", role=Role.OFFICER, organisation_id=other.id))
    for path in (house.at, f"{house.at}/new", f"{house.at}/{made.id}", f"{house.at}/{made.id}/edit"):
        assert client.get(path).status_code == 404, path
    assert client.post(f"{house.at}/{made.id}/archive").status_code == 404
    assert client.get(f"/audiences/{other.id}/{made.id}").status_code == 404
    assert client.post(f"/audiences/{other.id}/{made.id}/archive").status_code == 404


def test_an_audience_of_a_requirement_names_it_and_is_not_archived(officer: FlaskClient, house: House) -> None:
    made, course = house.made(), published()
    requirement = Requirement(organisation_id=house.organisation.id, code="s", created_at=NOW)
    db.session.add(requirement)
    db.session.flush()
    parts = [{"need": "all", "courses": [course.slug]}]
    titles = {"en": "Security at work", "az": "Təhlükəsizlik"}
    said = {"titles": titles, "reasons": {}, "parts": parts, "equivalents": {}, "due": {}}
    row = RequirementVersion(requirement_id=requirement.id, number=1, from_on=NOW.date(), created_at=NOW, **said)
    asking = RequirementAudience(requirement_id=requirement.id, audience_id=made.id, from_on=NOW.date())
    db.session.add_all([row, asking])
    db.session.commit()
    assert "Security at work" in officer.get(f"{house.at}/{made.id}/archive").text
    assert "Security at work" in officer.get(f"{house.at}/{made.id}").text
    with pytest.raises(Refused, match="Security at work"):
        keeping.archive(made, by=house.officer, now=NOW)
