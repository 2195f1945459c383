"""What a dead worker left behind goes; what is somebody else's, or still needed, stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from sandbox import hardening, reaper
from sandbox.building import Recipe
from sandbox.engine import Engine
from sandbox.hardening import Shape
from tests.sandbox.test_pool import exists

SHAPE = Shape(image="python", mode="function")
OURS = hardening.labels(SHAPE, seconds=6 * 3600)  # longer than the suite takes


@pytest.fixture(scope="module")
def dead() -> str:
    """The name of a worker that has ended."""
    code = "from sandbox import hardening; print(hardening.worker())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_container_of_a_living_worker_is_no_orphan() -> None:
    assert not reaper.is_orphan(OURS, now=time.time())


def test_a_container_of_a_dead_worker_is_an_orphan(dead: str) -> None:
    assert reaper.is_orphan(OURS | {"worker": dead}, now=time.time())


def test_a_pid_that_was_given_to_another_process_does_not_keep_an_orphan() -> None:
    host, space, pid, begun = hardening.worker().split("|")
    assert reaper.is_orphan(OURS | {"worker": f"{host}|{space}|{pid}|{int(begun) - 1}"}, now=time.time())


def test_past_its_deadline_a_container_is_an_orphan_whoever_owns_it() -> None:
    assert not reaper.is_orphan(OURS, now=float(OURS["deadline"]) + reaper.GRACE - 1)
    assert reaper.is_orphan(OURS, now=float(OURS["deadline"]) + reaper.GRACE + 1)


def test_of_a_worker_on_another_machine_only_the_deadline_counts() -> None:
    elsewhere = OURS | {"worker": f"elsewhere|pid:[1]|{os.getpid()}|1"}
    assert not reaper.is_orphan(elsewhere, now=time.time())
    assert reaper.is_orphan(elsewhere, now=time.time() + 7 * 3600)


@pytest.mark.parametrize("labels", [{}, {"app": "another"}, {"app": hardening.LABEL}, OURS | {"worker": "?"}])
def test_what_is_not_surely_ours_is_left_alone(labels: dict[str, str]) -> None:
    assert not reaper.is_orphan(labels, now=time.time() + 1e6)


@pytest.fixture
def made(images: Recipe, engine: Engine, dead: str) -> Iterator[dict[str, str]]:
    """Containers by what they are; those that are left are removed after."""
    made: dict[str, str] = {}
    named = {
        "orphan, created": {"worker": dead},
        "orphan, started": {"worker": dead},
        "living": {},
        "late": {"deadline": "1"},
        "foreign": {"app": "another"},
    }
    for name, labels in named.items():
        command = ["python3", "-c", "import time; time.sleep(100)"]
        body = hardening.options(images.python, SHAPE, uid=20_000, labels=OURS | labels, command=command, shares=128)
        made[name] = hardening.create(engine, body)
    engine.call("starting", lambda api: api.start(made["orphan, started"]))
    yield made
    for container in made.values():
        hardening.remove(engine, container)


@pytest.mark.docker
def test_a_sweep_removes_orphans_created_or_started_and_nothing_else(made: dict[str, str], engine: Engine) -> None:
    removed = set(reaper.sweep(engine))
    assert {made["orphan, created"], made["orphan, started"], made["late"]} <= removed
    assert {name for name, container in made.items() if exists(engine, container)} == {"living", "foreign"}
    assert not reaper.sweep(engine)
