"""An engine that hangs, is away, or comes back: a caller gets an answer or SandboxUnavailable, in bounded time."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import engine as module
from sandbox import pool
from sandbox.building import Recipe
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.model import SandboxUnavailable, Size
from tests.sandbox.conftest import run
from tests.sandbox.stub import COMMAND

REAL = "/var/run/docker.sock"


class Front:
    """A Docker socket that takes connections; silent while it `hangs`, else it passes everything to the engine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hangs = True
        self.connections = 0
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        held = []
        while True:
            try:
                one, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            held.append(one)
            if not self.hangs:
                other = socket.socket(socket.AF_UNIX)
                other.connect(REAL)
                for source, target in ((one, other), (other, one)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    front = Front(tmp_path / "docker.sock")
    yield front
    front.close()


def ping(engine: Engine) -> str:
    return str(engine.call("asking", lambda api: api.ping()))


def test_an_engine_that_never_answers_is_given_up_in_bounded_time(front: Front) -> None:
    engine = Engine(f"unix://{front.path}", seconds=1)
    began = time.monotonic()
    with pytest.raises(SandboxUnavailable, match="did not answer in time"):
        ping(engine)
    assert time.monotonic() - began < 3


@pytest.mark.docker
def test_an_engine_that_hangs_between_creating_and_attaching_is_given_up_in_bounded_time(front: Front) -> None:
    """docker-py attaches without a limit."""
    engine = Engine(f"unix://{front.path}", seconds=1)
    front.hangs = False
    ping(engine)
    engine.call("closing what is open", lambda api: api.close())
    front.hangs = True
    began = time.monotonic()
    with pytest.raises(SandboxUnavailable):
        engine.call("attaching", lambda api: api.attach_socket("none", params={"stream": 1}))
    assert time.monotonic() - began < 20


def test_an_engine_that_did_not_answer_is_left_alone_for_a_while(front: Front) -> None:
    engine = Engine(f"unix://{front.path}", seconds=1)
    with pytest.raises(SandboxUnavailable):
        ping(engine)
    asked, began = front.connections, time.monotonic()
    for _ in range(100):
        with pytest.raises(SandboxUnavailable, match="a moment ago"):
            ping(engine)
    assert time.monotonic() - began < 0.2
    assert front.connections == asked


@pytest.mark.docker
def test_an_engine_that_came_back_is_used_again(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.1)
    engine = Engine(f"unix://{front.path}", seconds=1)
    with pytest.raises(SandboxUnavailable):
        ping(engine)
    front.hangs = False
    time.sleep(0.15)
    assert ping(engine) == "True" or ping(engine) == "OK"


def test_a_sandbox_over_a_hung_engine_does_not_start_and_does_not_hang(front: Front, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(SandboxUnavailable):
        DockerSandbox(tmp_path, engine=Engine(f"unix://{front.path}", seconds=1)).start()
    assert time.monotonic() - began < 3


@pytest.mark.docker
def test_a_sandbox_gets_over_an_engine_that_hangs_for_a_while(
    front: Front, tmp_path: Path, images: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.2)
    monkeypatch.setattr(pool, "AGAIN", (0.1, 0.2))
    front.hangs = False

    def lease() -> None:
        with sandbox.runner(size=Size.SMALL, mode="function", seconds=5) as box:
            assert run(box, "pass").ended is None

    with DockerSandbox(
        tmp_path,
        pool={("function", Size.SMALL): 1},
        checkers=0,
        engine=Engine(f"unix://{front.path}", seconds=1),
        commands={"python": COMMAND},
        proved=False,
        recipe=images,
    ) as sandbox:
        sandbox.pool.fill()
        front.hangs = True
        lease()  # prepared before
        for _ in range(3):
            began = time.monotonic()
            with pytest.raises(SandboxUnavailable):
                lease()
            assert time.monotonic() - began < 10
        assert sandbox.health()["paused"]
        front.hangs = False
        deadline = time.monotonic() + 20
        while sandbox.health()["paused"] or sandbox.pool.numbers()["stuck"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        lease()


def test_no_engine_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="no Docker engine is running here"):
        ping(Engine(f"unix://{tmp_path}/none.sock"))


def test_threads_of_a_hung_engine_do_not_wait_one_after_another(front: Front) -> None:
    engine = Engine(f"unix://{front.path}", seconds=1)

    def ask() -> None:
        with contextlib.suppress(SandboxUnavailable):
            ping(engine)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 3
