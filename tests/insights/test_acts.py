"""The audit log is read in words, in the reader's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

import app
from app import audit
from app.accounts.models import Role
from app.db import db
from app.insights.acts import ACTS, DETAILS, SUBJECTS
from tests.factories import NOW, person, signed_in


def recording_calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls of `audit.record` in a module, and of its own functions that hand their first parameter on as the act."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    direct = [call for call in calls if ast.unparse(call.func) == "audit.record"]
    handing_on = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.args.args
        for call in direct
        if call in set(ast.walk(function)) and ast.unparse(call.args[0]) == function.args.args[0].arg
    }
    for call in calls:
        if call in direct and isinstance(call.args[0], ast.Constant):
            yield call
        elif call in direct:
            assert ast.unparse(call.args[0]) == "act", f"say the act as a text: {ast.unparse(call)}"
        elif isinstance(call.func, ast.Name) and call.func.id in handing_on:
            yield call


def modules() -> Iterator[ast.Module]:
    """Those that record acts."""
    for path in Path(app.__file__).parent.rglob("*.py"):
        if "audit.record(" in (code := path.read_text()):
            yield ast.parse(code)


def recorded() -> Iterator[tuple[str, ast.Call]]:
    for module in modules():
        for call in recording_calls(module):
            assert isinstance(call.args[0], ast.Constant), f"say the act as a text: {ast.unparse(call)}"
            yield str(call.args[0].value), call


def test_every_act_that_is_recorded_has_its_words() -> None:
    acts = {act for act, _call in recorded()}
    assert {"signed_in", "role_granted", "points_set", "certificate_revoked"} <= acts
    assert acts - set(ACTS) == set(), "app/insights/acts.py says the acts in words"


def test_every_subject_has_its_words() -> None:
    given = {
        keyword.value.value
        for _act, call in recorded()
        for keyword in call.keywords
        if keyword.arg == "subject_type" and isinstance(keyword.value, ast.Constant)
    }
    assert {"user", "course"} <= given <= set(SUBJECTS)


def test_what_stands_beside_an_act_is_named_in_words() -> None:
    ours = {"actor_id", "subject_type", "subject_id", "address", "by", "now"}
    nodes = [node for module in modules() for node in ast.walk(module) if isinstance(node, ast.Call)]
    calls = [node for node in nodes if ast.unparse(node.func) == "audit.record"] + [call for _act, call in recorded()]
    details = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg} - ours
    assert {"reason", "state", "name"} <= details
    assert details - set(DETAILS) == set(), "app/insights/acts.py says the names of details in words"


def test_the_log_is_read_in_the_language_of_its_reader(client: FlaskClient) -> None:
    reader = person(role=Role.ADMINISTRATOR, language="az")
    audit.record("points_set", actor_id=reader.id, now=NOW, subject_type="enrolment", subject_id=7, reason="səhv")
    audit.record("role_granted", actor_id=None, now=NOW, role="administrator", organisation=None)
    audit.record("an_act_of_an_older_site", actor_id=None, now=NOW)
    db.session.commit()
    page = signed_in(client, reader).get("/staff/audit").get_data(as_text=True)
    assert "Bal əl ilə verilib" in page
    assert "səbəb: səhv" in page
    assert "points_set" not in page.replace('value="points_set"', "")
    assert "None" not in page
    assert "an_act_of_an_older_site" in page
