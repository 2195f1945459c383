"""Leases: quick, never twice, and nothing is left of them."""

from __future__ import annotations

import os
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docker.errors
import pytest

from sandbox import building, hardening, pool
from sandbox.building import Recipe
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.hardening import Shape
from sandbox.model import SandboxUnavailable, Size
from sandbox.stream import Stream
from tests.sandbox.conftest import SMALL_POOL, run
from tests.sandbox.stub import COMMAND

pytestmark = pytest.mark.docker

SMALL = Shape(image="python", mode="function", size=Size.SMALL)
END = {"do": "end", "run": "r"}


def exists(engine: Engine, container: str) -> bool:
    try:
        engine.call("looking", lambda api: api.inspect_container(container))
    except docker.errors.NotFound:
        return False
    return True


def lease(sandbox: DockerSandbox, size: Size = Size.SMALL) -> str:
    with sandbox.runner(size=size, mode="function", seconds=5) as box:
        assert run(box, "pass").ended is None
        return box.id


def checker(sandbox: DockerSandbox, key: str) -> str:
    """The id of the checker that serves `key`, its fork ended as it should be."""
    with sandbox.checker(key=key) as box:
        assert box.ask(END, cpu_seconds=5).header["is"] == "ended"
        return box.id


def test_a_container_is_gone_after_its_lease(stubs: DockerSandbox, engine: Engine) -> None:
    container = lease(stubs)
    assert stubs.pool.settle()
    assert not exists(engine, container)


def test_a_container_is_gone_even_when_the_lease_fails(stubs: DockerSandbox, engine: Engine) -> None:
    with pytest.raises(RuntimeError), stubs.runner(size=Size.SMALL, mode="function", seconds=5) as box:
        raise RuntimeError
    assert stubs.pool.settle()
    assert not exists(engine, box.id)


def test_twenty_leases_use_twenty_containers_and_leave_nothing(stubs: DockerSandbox, engine: Engine) -> None:
    stubs.pool.fill()
    lease(stubs)
    stubs.pool.settle()
    stubs.pool.fill()
    label = {"label": f"worker={hardening.worker()}"}
    files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    before = len(engine.call("listing", lambda api: api.containers(all=True, filters=label)))
    assert len({lease(stubs) for _ in range(20)}) == 20
    assert stubs.pool.settle()
    assert stubs.pool.fill()
    assert len(engine.call("listing", lambda api: api.containers(all=True, filters=label))) == before
    assert len(os.listdir("/proc/self/fd")) <= files
    assert threading.active_count() <= threads


def test_leases_at_once_never_share_a_container(stubs: DockerSandbox) -> None:
    def one(number: int) -> tuple[str, bytes]:
        with stubs.runner(size=Size.SMALL, mode="function", seconds=5) as box:
            marks = run(box, "os._exit(len([n for n in os.listdir('/tmp') if n.startswith('mark')]))").body
            run(box, f"open('/tmp/mark-{number}', 'w')", seq=2)
            return box.id, marks

    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(one, range(12)))
    assert len({container for container, _ in found}) == 12
    assert {marks for _, marks in found} == {b"0"}


def test_a_lease_of_a_prepared_runner_takes_milliseconds(stubs: DockerSandbox) -> None:
    taken = []
    for _ in range(10):
        stubs.pool.fill()
        stubs.pool.settle()
        began = time.perf_counter()
        with stubs.runner(size=Size.SMALL, mode="function", seconds=5):
            taken.append(time.perf_counter() - began)
    assert statistics.median(taken) < 0.02


def test_a_leased_container_weighs_more_than_one_that_waits(stubs: DockerSandbox) -> None:
    stubs.pool.fill()
    with stubs.runner(size=Size.SMALL, mode="function", seconds=5) as box:
        weight = box._cgroup.shares.read_text().strip()  # type: ignore[attr-defined]
    assert weight == str(hardening.SHARES_LEASED)


def test_a_prepared_container_that_died_is_not_leased(stubs: DockerSandbox, engine: Engine) -> None:
    stubs.pool.fill()
    dead = {box.id for box in stubs.pool._ready[SMALL]}
    for container in dead:
        pid = engine.call("looking", lambda api, one=container: api.inspect_container(one))["State"]["Pid"]
        os.kill(pid, 9)
    time.sleep(0.3)
    assert lease(stubs) not in dead


def test_a_prepared_container_that_is_too_old_is_not_leased(
    stubs: DockerSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubs.pool.fill()
    old = {box.id for box in stubs.pool._ready[SMALL]}
    for box in stubs.pool._ready[SMALL]:
        box.made_at -= pool.AGE + 1
    assert lease(stubs) not in old


def test_a_size_nobody_prepared_is_made_when_asked_for_and_then_kept_warm(stubs: DockerSandbox) -> None:
    medium = Shape(image="python", mode="function", size=Size.MEDIUM)
    lease(stubs, Size.MEDIUM)
    deadline = time.monotonic() + 20
    while not stubs.pool._ready.get(medium) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(stubs.pool._ready[medium]) == 1


@pytest.mark.parametrize(("mode", "seconds"), [("shell", 5.0), ("function", 0.0), ("function", 301.0)])
def test_a_mode_or_a_time_that_does_not_exist_is_refused(stubs: DockerSandbox, mode: str, seconds: float) -> None:
    with (
        pytest.raises(ValueError, match=r"mode|CPU seconds"),
        stubs.runner(size=Size.SMALL, mode=mode, seconds=seconds),
    ):
        pass


def test_a_checker_serves_its_course_version_again_and_no_other(stubs: DockerSandbox) -> None:
    first = checker(stubs, "course-1")
    assert checker(stubs, "course-1") == first
    assert checker(stubs, "course-2") != first


def test_two_submissions_of_one_course_have_a_checker_each(stubs: DockerSandbox) -> None:
    with stubs.checker(key="busy") as one, stubs.checker(key="busy") as other:
        assert one.id != other.id


def test_the_checker_least_recently_used_goes(stubs: DockerSandbox, engine: Engine) -> None:
    oldest, kept = checker(stubs, "a"), checker(stubs, "b")
    newest = checker(stubs, "c")
    stubs.pool.settle()
    assert [exists(engine, one) for one in (oldest, kept, newest)] == [False, True, True]
    assert checker(stubs, "a") != oldest


def test_a_checker_whose_fork_was_not_ended_is_replaced(stubs: DockerSandbox, engine: Engine) -> None:
    with stubs.checker(key="left") as box:
        box.ask({"do": "check", "run": "r", "id": "one"}, b"pass", cpu_seconds=5)
    stubs.pool.settle()
    assert not exists(engine, box.id)
    assert checker(stubs, "left") != box.id


def test_a_limit_the_engine_throws_away_is_refused(images: Recipe, engine: Engine) -> None:
    body = hardening.options(
        images.python, SMALL, uid=20_000, labels=hardening.labels(SMALL, seconds=60), command=COMMAND, shares=128
    )
    body["HostConfig"]["BlkioWeight"] = 500
    body["HostConfig"]["KernelMemory"] = 64 << 20
    body["Labels"]["test"] = "warned"
    with pytest.raises(SandboxUnavailable, match="discards a limit"):
        hardening.create(engine, body)
    assert not engine.call("listing", lambda api: api.containers(all=True, filters={"label": "test=warned"}))


def test_containers_that_cannot_be_removed_stop_the_sandbox(
    images: Recipe, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = hardening.remove

    def fail(engine: Engine, container: str) -> None:
        raise SandboxUnavailable("the engine is stuck")

    monkeypatch.setattr(pool, "AGAIN", (0.01,))
    commands = {"python": COMMAND}
    left = []
    with DockerSandbox(
        tmp_path, pool=SMALL_POOL, checkers=0, commands=commands, proved=False, recipe=images
    ) as sandbox:
        sandbox.pool.fill()
        monkeypatch.setattr(hardening, "remove", fail)
        for _ in range(pool.MOST_STUCK):
            left.append(lease(sandbox))
            sandbox.pool.settle()
        with pytest.raises(SandboxUnavailable, match="cannot be removed"):
            lease(sandbox)
        assert sorted(sandbox.health()["pool"]["stuck"]) == sorted(left)
        monkeypatch.setattr(hardening, "remove", really)
        deadline = time.monotonic() + 10
        while sandbox.pool.numbers()["stuck"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        lease(sandbox)
    assert [exists(engine, container) for container in left] == [False] * len(left)


def test_a_container_that_could_not_be_attached_to_is_removed_when_the_engine_answers_again(
    stubs: DockerSandbox, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    removed = hardening.remove

    def attach(_self: Stream, _engine: Engine, container: str, *, image: str) -> None:
        made.append(container)
        raise SandboxUnavailable("the engine hangs")

    def remove_later(engine: Engine, container: str) -> None:
        monkeypatch.setattr(hardening, "remove", removed)
        raise SandboxUnavailable("the engine hangs")

    stubs.pool.fill()
    with monkeypatch.context() as hung:
        hung.setattr(Stream, "__init__", attach)
        monkeypatch.setattr(hardening, "remove", remove_later)
        with pytest.raises(SandboxUnavailable, match="hangs"):
            stubs.pool.make(SMALL, shares=hardening.SHARES_WAITING)
    assert len(made) == 1
    assert stubs.pool.settle()
    assert not exists(engine, made[0])


def test_a_container_the_engine_made_after_it_had_stopped_answering_is_found_and_removed(
    images: Recipe, tmp_path: Path, engine: Engine
) -> None:
    made: list[str] = []

    def make_unknown(sandbox: DockerSandbox) -> str:
        """As if the answer to creating it had never come."""
        labels = hardening.labels(SMALL, seconds=600) | {"pool": sandbox.pool._name}
        body = hardening.options(images.python, SMALL, uid=20_000, labels=labels, command=COMMAND, shares=128)
        made.append(hardening.create(engine, body))
        return made[-1]

    with DockerSandbox(
        tmp_path, pool=SMALL_POOL, checkers=0, commands={"python": COMMAND}, proved=False, recipe=images
    ) as sandbox:
        sandbox.pool.fill()
        lost = make_unknown(sandbox)
        assert sandbox.pool.remove_lost(age=60) == []
        assert sandbox.pool.remove_lost(age=0) == [lost]
        lease(sandbox)  # what it knows is there
        make_unknown(sandbox)
    assert [exists(engine, one) for one in made] == [False, False]


def test_who_has_just_leased_shares_the_machine_with_nobody_who_prepares(
    stubs: DockerSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepared() -> set[str]:
        return {box.id for box in stubs.pool._ready[SMALL]}

    monkeypatch.setattr(pool, "GRACE", 30.0)
    stubs.pool.fill()
    while any(shape["preparing"] for shape in stubs.pool.numbers()["shapes"]):
        time.sleep(0.05)
    before = prepared()
    with stubs.runner(size=Size.SMALL, mode="function", seconds=20) as box:
        assert run(box, "import time; time.sleep(0.5)").ended is None
        assert prepared() == before - {box.id}  # type: ignore[attr-defined]
        assert not any(shape["preparing"] for shape in stubs.pool.numbers()["shapes"])
    assert stubs.pool.fill(20)  # at the end of the lease, without waiting for the rest of the time


def test_a_sandbox_that_is_closed_leaves_no_container_and_refuses(
    images: Recipe, tmp_path: Path, engine: Engine
) -> None:
    sandbox = DockerSandbox(
        tmp_path,
        pool=SMALL_POOL,
        checkers=1,
        commands={"python": COMMAND, "checker": COMMAND},
        proved=False,
        recipe=images,
    )
    sandbox.start()
    inner = sandbox.pool
    inner.fill()
    ids = [box.id for ready in inner._ready.values() for box in ready]
    assert len(ids) == 3
    sandbox.close()
    assert [exists(engine, one) for one in ids] == [False] * 3
    with pytest.raises(SandboxUnavailable, match="not been started"):
        lease(sandbox)


def test_an_image_that_is_missing_is_told_with_what_to_type(tmp_path: Path) -> None:
    recipe = Recipe(base="bilik-base:none", python="bilik-python:none", checker="bilik-checker:none")
    with pytest.raises(SandboxUnavailable, match="python -m sandbox build"):
        DockerSandbox(tmp_path, recipe=recipe).start()


def test_a_runner_that_cannot_start_is_told_to_who_waits_for_it(images: Recipe, tmp_path: Path) -> None:
    commands = {"python": ["python3", "-c", "import sys; sys.exit('no such course')"]}
    with (
        DockerSandbox(tmp_path, pool={}, checkers=0, commands=commands, proved=False, recipe=images) as sandbox,
        pytest.raises(SandboxUnavailable, match="no such course"),
    ):
        lease(sandbox)


def test_without_a_base_image_nothing_is_built_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Recipe(base="bilik-base:none", python="bilik-python:none", checker="bilik-checker:none")
    monkeypatch.setattr(building, "recipe", lambda: missing)
    with pytest.raises(SandboxUnavailable, match="python -m sandbox build"):
        DockerSandbox(tmp_path / "data").start()
    assert not (tmp_path / "data").exists()
