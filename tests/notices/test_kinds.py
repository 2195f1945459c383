"""Every kind of notice that is told has its words in every language."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.notices.kinds import KINDS
from app.notices.writing import letter

ROOT = Path(__file__).parents[2]
TITLES = {"az": "Etika", "ru": "Этика", "en": "Ethics"}


def line(what: str, **more: object) -> dict[str, object]:
    return {"what": what, "titles": TITLES, "on": "2026-11-30", "obligation": 1, **more}


EVERY_LINE = [line(what) for what in ("closed", "expired", "late", "due", "moved", "window")]
MINE = {"name": "Rəna", "organisations": ["Nazirlik"], "more": 0}
TEAM = {"name": "Müdir", "organisation": "Nazirlik", "organisation_id": 1, "more": 3, "people": 2}
CHANGED = {
    "titles": {"az": "Sıfırdan Python"},
    "new": [TITLES],
    "more_new": 2,
    "gone": [TITLES],
    "more_gone": 0,
    "hours": [4, 6],
}
PARAMS = {
    "due": MINE | {"asked": EVERY_LINE, "more": 2},
    **{f"due:{one['what']}": MINE | {"asked": [one]} for one in EVERY_LINE},
    "asked": MINE | {"asked": [line("asked")]},
    "asked:several": MINE | {"asked": [line("asked"), line("asked", on=None)]},
    "team_digest": TEAM
    | {
        "lines": [
            line("late", people=["Aysel", "Zaur"], others=0),
            line("due", people=["Aysel"], others=2),
        ]
    },
    "team_digest:numbers": TEAM
    | {"numbers": [{"what": one["what"], "titles": TITLES, "count": n} for n, one in enumerate(EVERY_LINE, 1)]},
    "assigned": {
        "course": "python-basics",
        "titles": {"az": "Sıfırdan Python"},
        "organisation": "Nazirlik",
        "due_on": "2027-01-21",
    },
    "announcement": {"cohort": "Payız", "title": "Salam", "body": "Sabah dərs var", "enrolment_id": 1},
    "enlisted": {
        "cohort": "Payız",
        "former": "Yaz",
        "titles": {"az": "Sıfırdan Python"},
        "by": "Müəllim",
        "starts_on": "2027-01-21",
        "enrolment_id": 1,
    },
    "reminded": {
        "by": "Müdir",
        "organisation": "Nazirlik",
        "asked": [
            {"titles": {"az": "Sıfırdan Python"}, "status": "overdue", "on": "2026-11-01"},
            {"titles": {"az": "Təhlükəsizlik"}, "status": "expired", "on": "2026-10-01"},
            {"titles": {"az": "Etika"}, "status": "window_open", "on": "2026-12-01"},
        ],
        "more": 2,
    },
    "list_waits": {
        "organisation": "Nazirlik",
        "organisation_id": 1,
        "run_id": 1,
        "file": "heyət.csv",
        "problems": 0,
        "missing": 12,
        "working": 40,
    },
    "extension_answered": {
        "titles": {"az": "Təhlükəsizlik"},
        "organisation": "Nazirlik",
        "obligation": 1,
        "decision": "granted",
        "until": "2027-01-21",
        "answer": "",
    },
    "evidence_answered": {
        "titles": {"az": "Təhlükəsizlik"},
        "organisation": "Nazirlik",
        "obligation": 1,
        "decision": "refused",
        "document": "Diplom",
        "answer": "Oxunmur",
    },
    "exempted": {
        "titles": {"az": "Təhlükəsizlik"},
        "organisation": "Nazirlik",
        "obligation": 1,
        "from_on": "2026-11-22",
        "until": None,
    },
    **{
        f"reviewed:{what}": {
            "what": what,
            "title": "Baş hərflər",
            "points": 7.5,
            "most": 10,
            "reason": "Şəbəkə kəsilmişdi",
            "by": "Müəllim",
            "enrolment_id": 1,
        }
        for what in ("points", "excused", "attempts")
    },
    "dates_changed": {
        "cohort": "Payız",
        "titles": {"az": "Sıfırdan Python"},
        "by": "Müəllim",
        "next_on": "2027-01-21",
        "enrolment_id": 1,
    },
    **{
        f"training:{what}": {
            "what": what,
            "name": "Aysel",
            "titles": {"az": "Sıfırdan Python"},
            "meetings": [
                {"id": 1, "starts": "2026-12-01T06:00:00+00:00", "ends": "2026-12-01T09:00:00+00:00", "place": "Otaq 1"}
            ],
            "by": "Müəllim",
            "reason": "Müəllim xəstədir",
            "training": 1,
        }
        for what in (
            *("booked", "waiting", "promoted", "left", "left_course", "cancelled", "moved"),
            *("put_in", "put_on_list", "taken_out", "taken_off_list"),
        )
    },
    "training_reminder": {
        "name": "Aysel",
        "titles": {"az": "Sıfırdan Python"},
        "meetings": [
            {"id": 1, "starts": "2026-12-01T06:00:00+00:00", "ends": "2026-12-01T09:00:00+00:00", "place": "Otaq 1"}
        ],
        "training": 1,
    },
    **{
        f"safety:{what}{by}": {
            "what": what,
            "name": "Aysel",
            "by_staff": bool(by),
            "provider": "mygov",
            "at": "2026-11-22T10:02:00+00:00",
            "left": 1,
        }
        for what in ("connected", "disconnected", "factor_set", "factor_removed", "codes_renewed", "code_used")
        for by in ("", ":staff")
    },
    **{
        f"course_changed:{'cohort' if in_cohort else 'alone'}": CHANGED
        | {"name": "Aysel", "enrolment_id": 1, "in_cohort": in_cohort}
        for in_cohort in (True, False)
    },
    "course_changed:points": CHANGED
    | {"name": "Aysel", "enrolment_id": 1, "in_cohort": False, "new": [], "more_new": 0, "gone": [], "hours": None},
    **{
        f"asked_course_changed:{role}": CHANGED
        | {
            "name": "Müdir",
            "organisation": "Nazirlik",
            "organisation_id": 1,
            "asking": [{"titles": TITLES, "id": 1}],
            "people": 3,
            "role": role,
        }
        for role in ("manager", "officer")
    },
    "certificate": {"title": "Sıfırdan Python", "code": "0000-0000-0000"},
    "graded": {"title": "Baş hərflər", "points": 7, "most": 10, "submission": 1},
    "audit_head": {"number": 4711, "digest": "5e" * 32, "day": "2026-11-22"},
    "checks_broke": {"course": "c", "item": "u/i", "check": "x", "detail": "NameError: x", "submission": 1},
}


@pytest.mark.parametrize("kind", PARAMS)
@pytest.mark.parametrize("language", ["az", "ru", "en"])
def test_a_notice_of_a_domain_is_written_with_a_link(site: Flask, kind: str, language: str) -> None:
    written = letter(kind.partition(":")[0], PARAMS[kind], language)
    assert written.subject
    assert "\n\n\n" not in written.text
    assert any(paragraph.address.startswith("http") for paragraph in written.paragraphs)


def test_every_kind_that_the_site_tells_has_a_template() -> None:
    told = {
        kind
        for path in (ROOT / "app").rglob("*.py")
        for call in re.findall(r"\btell\((.*?)\bnow=now", path.read_text(), re.DOTALL)
        for kind in re.findall(r'^\s*"([a-z_]+)",\s*$', call, re.MULTILINE)
    }
    assert {"assigned", "announcement", "certificate"} <= told
    assert not {kind for kind in told if not (ROOT / "app/templates/notices" / f"{kind}.txt").exists()}


def test_every_kind_says_whether_it_may_be_switched_off_and_whether_it_waits() -> None:
    written = {path.stem for path in (ROOT / "app/templates/notices").glob("*.txt")} - {"footer", "lines", "versions"}
    assert written == set(KINDS)


def test_a_notice_of_one_thing_names_it_and_its_day_in_the_subject(site: Flask) -> None:
    subjects = [letter("due", PARAMS["due:due"], language).subject for language in ("az", "ru", "en")]
    assert subjects == [
        "«Etika» təlimini bitirin, son gün: 30 noyabr 2026",
        "Завершите «Этика» до 30 ноября 2026 включительно",
        "Please finish “Ethics” by 30 November 2026",
    ]
