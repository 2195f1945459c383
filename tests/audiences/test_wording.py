"""A rule is a sentence that somebody would say, in each language."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.audiences import reading, wording
from app.db import db
from app.organisations.models import Position, Unit
from tests.audiences.population import course, organisation, unit, works
from tests.factories import person


@pytest.fixture
def place(site: Flask) -> Any:
    made, root = organisation("Rəqəmsal İnkişaf Nazirliyi")
    it, finance = unit(made, "IT", "İT şöbəsi", root), unit(made, "F", "Maliyyə şöbəsi", root)
    db.session.add_all([Position(code="M-1", name="Mühəndis"), Position(code="M-2", name="Analitik")])
    course("etika", "Xidməti etika")
    course("python", "Python")
    return made, it.id, finance.id


def said(place: Any, language: str, *conditions: dict[str, Any], **rest: Any) -> str:
    groups = [{"conditions": list(conditions)}] if conditions else []
    rule = reading.parse({"version": 1, "groups": groups} | rest)
    with force_locale(language):
        return wording.sentence(rule, place[0])


def test_a_whole_rule_in_three_languages(place: Any) -> None:
    conditions = (
        {"kind": "unit", "units": [place[1]], "below": True},
        {"kind": "position", "codes": ["M-1", "M-2"]},
        {"kind": "started", "how": "at_least", "days": 30},
        {"kind": "completed", "courses": ["etika"], "months": 12, "not": True},
    )
    assert said(place, "en", *conditions) == (
        "People of “Rəqəmsal İnkişaf Nazirliyi” who work in “İT şöbəsi” or a unit below it, hold one of the positions "
        "“Mühəndis” or “Analitik”, have been in their job for at least 30 days, and have not finished the course "
        "“Xidməti etika” in the last 12 months."
    )
    assert said(place, "az", *conditions) == (
        "«Rəqəmsal İnkişaf Nazirliyi» təşkilatının «İT şöbəsi» bölməsində və ya ona tabe bölmələrdə işləyən, "
        "«Mühəndis» yaxud «Analitik» vəzifələrindən birini tutan, vəzifəsində ən azı 30 gündür işləyən və "
        "son 12 ayda «Xidməti etika» kursunu bitirməmiş əməkdaşları."
    )
    assert said(place, "ru", *conditions) == (
        "Сотрудники организации «Rəqəmsal İnkişaf Nazirliyi», которые работают в подразделении «İT şöbəsi» или в "
        "подчинённых ему, занимают одну из должностей «Mühəndis» или «Analitik», работают на своём месте не менее "
        "30 дней и не завершили за последние 12 месяцев курс «Xidməti etika»."
    )


def test_a_rule_without_conditions_is_everybody(place: Any) -> None:
    assert said(place, "en") == "Everybody who works at “Rəqəmsal İnkişaf Nazirliyi”."
    assert said(place, "az") == "«Rəqəmsal İnkişaf Nazirliyi» təşkilatının bütün əməkdaşları."
    assert said(place, "ru") == "Все сотрудники организации «Rəqəmsal İnkişaf Nazirliyi»."


def test_two_groups_and_those_who_are_named(place: Any) -> None:
    always, never = person("Anar Quliyev"), person("Leyla Əliyeva")
    for who in (always, never):
        works(who, db.session.get_one(Unit, place[1]))
    groups = [
        {
            "match": "any",
            "conditions": [{"kind": "language", "languages": ["ru", "en"]}, {"kind": "holds", "courses": ["python"]}],
        },
        {"conditions": [{"kind": "unit", "units": [place[1]], "not": True}]},
    ]
    rest = {"match": "any", "groups": groups, "always": [always.id], "never": [never.id]}
    assert said(place, "en", **rest) == (
        "People of “Rəqəmsal İnkişaf Nazirliyi” who do not work in “İT şöbəsi”; or else use the site in English or "
        "Russian or hold a valid certificate of the course “Python”. Always in: Anar Quliyev. Never in: Leyla Əliyeva."
    )
    assert said(place, "ru", **rest) == (
        "Сотрудники организации «Rəqəmsal İnkişaf Nazirliyi», которые не работают в подразделении «İT şöbəsi», либо "
        "пользуются сайтом на английском или русском языке или имеют действующий сертификат по курсу «Python». "
        "Всегда входят: Anar Quliyev. Никогда не входят: Leyla Əliyeva."
    )


@pytest.mark.parametrize(
    ("condition", "en", "az", "ru"),
    [
        (
            {"kind": "started", "how": "since", "on": "2026-02-01", "not": True},
            "started in no job on 1 February 2026 or later",
            "1 fevral 2026 tarixində və ya sonra işə başlamamış",
            "не приступали к работе 1 февраля 2026 или позже",
        ),
        (
            {"kind": "started", "how": "at_most", "days": 21},
            "have been in their job for at most 21 days",
            "vəzifəsində ən çoxu 21 gündür işləyən",
            "работают на своём месте не более 21 дня",
        ),
        (
            {"kind": "completed", "need": "any", "courses": ["etika", "python"], "not": True},
            "have finished none of the courses “Xidməti etika” and “Python”",
            "«Xidməti etika» və «Python» kurslarının heç birini bitirməmiş",
            "не завершили ни одного из курсов «Xidməti etika» и «Python»",
        ),
        (
            {"kind": "position", "codes": ["M-"], "beginning": True},
            "hold a position whose code begins with “M-”",
            "kodu «M-» ilə başlayan vəzifə tutan",
            "занимают должность с кодом, который начинается на «M-»",
        ),
    ],
)
def test_one_condition(place: Any, condition: dict[str, Any], en: str, az: str, ru: str) -> None:
    assert said(place, "en", condition) == f"People of “Rəqəmsal İnkişaf Nazirliyi” who {en}."
    assert said(place, "az", condition) == f"«Rəqəmsal İnkişaf Nazirliyi» təşkilatının {az} əməkdaşları."
    assert said(place, "ru", condition) == f"Сотрудники организации «Rəqəmsal İnkişaf Nazirliyi», которые {ru}."


def test_a_long_list_is_cut(place: Any) -> None:
    codes = [f"X-{n}" for n in range(9)]
    assert "“X-5”, or 3 more." in said(place, "en", {"kind": "position", "codes": codes, "beginning": True})
