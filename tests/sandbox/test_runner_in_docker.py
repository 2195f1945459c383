"""The real runner in its real container. Programs that mean harm: tests/hostile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.building import Recipe
from sandbox.docker_sandbox import DockerSandbox
from sandbox.inside import codec
from sandbox.model import Box, Reply, Size

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def real(images: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerSandbox]:
    data = tmp_path_factory.mktemp("real")
    pool = {("function", Size.SMALL): 2}
    with DockerSandbox(data, pool=pool, checkers=0, proved=False, recipe=images) as sandbox:
        yield sandbox


class Learner:
    """A box that holds a learner's file."""

    def __init__(self, box: Box, code: str) -> None:
        self.box, self.seq = box, 0
        source = code.encode()
        header = {"do": "begin", "run": "r", "mode": "function", "files": [["x.py", len(source)]], "main": "x.py"}
        assert box.ask(header, source, cpu_seconds=10).header == {"is": "begun", "run": "r"}

    def ask(self, *args: Any, cpu: float = 5.0, wall: float = 40.0) -> Reply:
        self.seq += 1
        question = {"q": "call", "name": "f", "args": [codec.pack(arg) for arg in args], "kwargs": []}
        header = {"do": "ask", "run": "r", "seq": self.seq, "nonce": f"nonce-{self.seq}"}
        return self.box.ask(header, json.dumps(question).encode(), cpu_seconds=cpu, wall_seconds=wall)

    def value(self, *args: Any) -> Any:
        reply = self.ask(*args)
        assert reply.ended is None
        answer = json.loads(reply.body)
        assert answer["ended"] == "value", answer
        return codec.unpack(answer["value"])


@pytest.fixture
def holding(real: DockerSandbox) -> Iterator[Any]:
    with real.runner(size=Size.SMALL, mode="function", seconds=60) as box:
        yield lambda code: Learner(box, code)


def test_a_function_is_called_and_its_value_comes_back(holding: Any) -> None:
    assert holding("def f(n):\n    return {n: [n * n, 'ə']}").value(7) == {7: [49, "ə"]}


def test_what_a_call_costs_is_what_the_host_saw(holding: Any) -> None:
    learner = holding("""
import time
def f():
    began = time.process_time()
    while time.process_time() - began < 0.3:
        pass
""")
    reply = learner.ask()
    assert 0.3 <= reply.cpu_seconds < 0.6


def test_no_trace_of_a_question_is_left_for_the_next(holding: Any) -> None:
    learner = holding("""
import os
count = 0
def f():
    global count
    count += 1
    seen = sorted(os.listdir("/box")) + sorted(os.listdir("/dev/shm")) + [n for n in os.listdir("/tmp") if n == "mark"]
    for path in ("/box/mark", "/tmp/mark", "/dev/shm/mark"):
        open(path, "w").close()
    return count, seen
""")
    first = learner.value()
    assert first[0] == 1
    assert learner.value() == first
