"""S03: an engine that hangs is the house's fault. What the engine itself does then: tests/sandbox/test_engine.py."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest

from graders.grading import grade
from graders.verdict import Purpose, Verdict
from sandbox import engine as module
from sandbox import pool
from sandbox.building import Recipe
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.model import Sandbox, SandboxUnavailable
from tests.hostile.cases import TARGETS
from tests.sandbox.test_engine import Front


def points(sandbox: Sandbox) -> float:
    """Of a right answer."""
    tools = TARGETS["tools"]
    *_, last = grade(tools, tools.solution(), sandbox, purpose=Purpose.SUBMIT, seed=1, key=tools.digest, language="en")
    assert isinstance(last, Verdict)
    return last.points


@pytest.mark.docker
def test_a_hung_engine_gives_no_verdict_and_afterwards_the_right_one(
    tmp_path: Path, images: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.2)
    monkeypatch.setattr(pool, "AGAIN", (0.1, 0.2))
    tools, front = TARGETS["tools"], Front(tmp_path / "docker.sock")
    front.hangs = False
    fronted = Engine(f"unix://{front.path}", seconds=5)
    with (
        contextlib.closing(front),
        DockerSandbox(tmp_path, pool={}, checkers=1, engine=fronted, proved=False, recipe=images) as sandbox,
    ):
        assert points(sandbox) == tools.max_points
        assert sandbox.pool.settle()
        front.hangs = True

        def until_it_is_noticed() -> None:
            for _ in range(20):  # what was prepared before may still serve
                assert points(sandbox) == tools.max_points

        with pytest.raises(SandboxUnavailable):
            until_it_is_noticed()
        front.hangs = False
        deadline = time.monotonic() + 60
        while sandbox.health()["paused"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert points(sandbox) == tools.max_points
