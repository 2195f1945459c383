"""What stands above every page while something is not as usual."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app.accounts.models import Role
from app.clock import utc_now
from app.db import db
from app.grading import beating
from app.home import pausing
from app.web import blobs
from sandbox.engine import Engine
from sandbox.model import SandboxUnavailable
from tests.factories import person, published, signed_in
from tests.grading.rows import queued

NO_ENGINE = "asking the engine: no Docker engine is running here"


def says(site: Flask, *, role: Role | None, language: str, page: str = "/") -> str:
    client = signed_in(site.test_client(), person(role=role, language=language))
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def pause(reason: str) -> None:
    beating.beat("w", grading=False, report={"reason": reason}, now=utc_now())
    db.session.commit()


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("en", "The Docker engine has stopped: start it again. Waiting now: 1."),
        ("az", "Docker dayanıb: onu yenidən başladın. Hazırda növbədə gözləyən: 1."),
        ("ru", "Docker остановлен: запустите его снова. Сейчас в очереди: 1."),
    ],
)
def test_staff_are_told_in_their_language_why_grading_is_paused(site: Flask, language: str, why: str) -> None:
    version = published().published
    assert version is not None
    queued(person(), version)
    pause(NO_ENGINE)
    assert why in says(site, role=Role.ADMINISTRATOR, language=language, page="/staff/system")
    assert why in says(site, role=Role.INSTRUCTOR, language=language)
    assert why not in says(site, role=None, language=language)


def test_learners_are_told_only_that_grading_is_paused(site: Flask) -> None:
    pause(NO_ENGINE)
    said = says(site, role=None, language="en")
    assert "Grading is paused." in said
    assert "Docker" not in said


def test_what_the_sandbox_says_of_a_missing_engine_is_known(site: Flask) -> None:
    with pytest.raises(SandboxUnavailable) as raised:
        Engine("unix:///nowhere/docker.sock").call("asking", lambda api: api.ping())
    pause(str(raised.value))
    with force_locale("en"):
        assert pausing.why(utc_now()) == "The Docker engine has stopped: start it again."


def test_with_a_worker_that_grades_nothing_is_said(site: Flask) -> None:
    beating.beat("w", grading=True, report={"reason": "", "free_MiB": 100_000}, now=utc_now())
    db.session.commit()
    assert 'class="strip"' not in says(site, role=Role.ADMINISTRATOR, language="en")


def test_a_worker_that_is_silent_is_not_quoted(site: Flask) -> None:
    beating.beat("w", grading=True, report={"reason": ""}, now=utc_now() - timedelta(minutes=5))
    db.session.commit()
    assert "No worker is running" in says(site, role=Role.INSTRUCTOR, language="en")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The disk is nearly full (w)."),
        ("az", "Disk demək olar ki, dolub (w)."),
        ("ru", "Диск почти заполнен (w)."),
    ],
)
def test_staff_are_told_whose_disk_is_nearly_full(site: Flask, language: str, told: str) -> None:
    assert shutil.disk_usage(blobs().folder.parent).free > blobs().reserve, "this machine has too little room"
    beating.beat("w", grading=True, report={"reason": "", "free_MiB": 150}, now=utc_now())
    db.session.commit()
    assert told in says(site, role=Role.INSTRUCTOR, language=language)
    assert told not in says(site, role=None, language=language)
