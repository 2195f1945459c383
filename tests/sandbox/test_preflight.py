"""The preflight proves every protection, and names the one that is taken away."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox import building, hardening, preflight
from sandbox.__main__ import main
from sandbox.building import Recipe
from sandbox.engine import Engine
from sandbox.hardening import Weaken
from sandbox.inside import frames
from sandbox.model import SandboxUnavailable

pytestmark = pytest.mark.docker

Body = dict[str, Any]


def without(*path: str, put: Any = None) -> Weaken:
    """Take one option away, or put another value there."""

    def weaken(body: Body) -> None:
        inner = body
        for key in path[:-1]:
            inner = inner[key]
        if put is None:
            del inner[path[-1]]
        else:
            inner[path[-1]] = put

    return weaken


def with_seccomp(*profile: str) -> Weaken:
    def weaken(body: Body) -> None:
        options = body["HostConfig"]["SecurityOpt"]
        body["HostConfig"]["SecurityOpt"] = [text for text in options if "seccomp" not in text] + list(profile)

    return weaken


def with_call(name: str, *arguments: dict[str, Any]) -> Weaken:
    """Our profile, with one more system call allowed."""
    profile = json.loads(hardening.seccomp())
    rule: dict[str, Any] = {"names": [name], "action": "SCMP_ACT_ALLOW"}
    profile["syscalls"].append(rule | ({"args": list(arguments)} if arguments else {}))
    return with_seccomp(f"seccomp={json.dumps(profile)}")


def with_family(number: int) -> Weaken:
    return with_call("socket", {"index": 0, "value": number, "op": "SCMP_CMP_EQ"})


def with_limit(name: str, value: int) -> Weaken:
    def weaken(body: Body) -> None:
        for limit in body["HostConfig"]["Ulimits"]:
            if limit["Name"] == name:
                limit["Soft"] = limit["Hard"] = value

    return weaken


def with_folder(path: str, old: str, new: str) -> Weaken:
    """A temporary folder with another option."""

    def weaken(body: Body) -> None:
        options = body["HostConfig"]["Tmpfs"][path]
        assert old in options
        body["HostConfig"]["Tmpfs"][path] = options.replace(old, new)

    return weaken


def with_host(**options: Any) -> Weaken:
    """Other values in the part that says what the container shares with the machine."""
    return lambda body: body["HostConfig"].update(options)


def without_privileges_rule(body: Body) -> None:
    """With our profile such a container would not even start: the engine could not set its user."""
    body["HostConfig"]["SecurityOpt"] = ["seccomp=unconfined"]


def with_network(body: Body) -> None:
    body["NetworkDisabled"] = False
    body["HostConfig"]["NetworkMode"] = "bridge"


def with_name_of_host(body: Body) -> None:
    del body["Hostname"]
    body["HostConfig"]["UTSMode"] = "host"


# What is taken away: how, and the line that names it. The rest of an option is as in production.
LOOKED: dict[str, tuple[Weaken, str]] = {
    "root": (without("User", put="0:0"), "user"),
    "root's group": (without("User", put="23456:0"), "user"),
    "a group of the host": (with_host(GroupAdd=["27"]), "user"),
    "Docker's usual capabilities": (without("HostConfig", "CapDrop"), "capabilities"),
    "one capability": (with_host(CapAdd=["CHOWN"]), "capabilities"),
    "all privileges": (with_host(Privileged=True), "capabilities"),
    "privileges to be gained": (without_privileges_rule, "no new privileges"),
    "a network": (with_network, "network"),
    "no seccomp": (with_seccomp("seccomp=unconfined"), "seccomp"),
    "Docker's own seccomp": (with_seccomp(), "seccomp"),
    "making namespaces": (with_call("unshare"), "seccomp"),
    "tracing": (with_call("ptrace"), "seccomp"),
    "the kernel's keys": (with_call("keyctl"), "seccomp"),
    "files in memory": (with_call("memfd_create"), "seccomp"),
    "io_uring": (with_call("io_uring_setup"), "seccomp"),
    "entering namespaces": (with_call("setns"), "seccomp"),
    "reading another's memory": (with_call("process_vm_readv"), "seccomp"),
    "shared memory of System V": (with_call("shmget"), "seccomp"),
    "netlink": (with_family(16), "seccomp"),
    "sockets of the internet": (with_family(2), "seccomp"),
    "a root that can be written": (with_host(ReadonlyRootfs=False), "read-only root"),
    "a folder of the host": (with_host(Binds=["/etc:/mnt/etc:ro"]), "mounts"),
    "a folder of the host, to write": (with_host(Binds=["/tmp:/mnt/tmp"]), "read-only root"),
    "the Docker socket": (with_host(Binds=["/var/run/docker.sock:/var/run/docker.sock"]), "mounts"),
    "another folder in memory": (
        lambda body: body["HostConfig"]["Tmpfs"].update({"/mnt": "size=1m"}),
        "read-only root",
    ),
    "a large folder": (with_folder("/box", "size=67108864", "size=268435456"), "temporary folders"),
    "a large folder of temporary files": (with_folder("/tmp", "size=67108864", "size=268435456"), "temporary folders"),
    "a folder of any size": (with_folder("/tmp", "size=67108864,", ""), "temporary folders"),
    "a folder of many files": (with_folder("/tmp", ",nr_inodes=4096", ""), "temporary folders"),
    "programs among the temporary files": (with_folder("/tmp", ",noexec", ",exec"), "temporary folders"),
    "programs with another's rights": (with_folder("/box", ",nosuid", ",suid"), "temporary folders"),
    "devices in a folder": (with_folder("/box", ",nodev", ",dev"), "temporary folders"),
    "much shared memory": (with_host(ShmSize=1 << 30), "temporary folders"),
    "no limits of files": (without("HostConfig", "Ulimits"), "limits"),
    "many open files": (with_limit("nofile", 4096), "limits"),
    "large files": (with_limit("fsize", 1 << 30), "limits"),
    "core files": (with_limit("core", 1 << 20), "limits"),
    "an hour of processor time": (with_limit("cpu", 3600), "limits"),
    "locked memory": (with_limit("memlock", 1 << 20), "limits"),
    "queues of messages": (with_limit("msgqueue", 819200), "limits"),
    "a life longer than the site's": (without("HostConfig", "OomScoreAdj"), "limits"),
    "a secret": (lambda body: body["Env"].append("SECRET=42"), "environment"),
    "the cgroup's name": (with_host(CgroupnsMode="host"), "isolation"),
    "processes of the host": (with_host(PidMode="host"), "isolation"),
    "the name of the host": (with_name_of_host, "isolation"),
    "a device": (
        with_host(Devices=[{"PathOnHost": "/dev/null", "PathInContainer": "/dev/more", "CgroupPermissions": "rwm"}]),
        "isolation",
    ),
}
TRIED: dict[str, tuple[Weaken, str]] = {
    "four times the memory": (with_host(Memory=1 << 30, MemorySwap=1 << 30), "memory"),
    "swap": (without("HostConfig", "MemorySwap"), "memory"),
    "any number of processes": (without("HostConfig", "PidsLimit"), "processes"),
    "more processes": (with_host(PidsLimit=256), "processes"),
    "all processors": (with_host(NanoCpus=0), "processor"),
    "two processors": (with_host(NanoCpus=2 * 10**9), "processor"),
}
WEAKENED = LOOKED | TRIED
ENGINE: dict[str, dict[str, Any]] = {
    "no cgroups": {"CgroupDriver": "none"},
    "no limit of memory": {"MemoryLimit": False},
    "no limit of processes": {"PidsLimit": False},
    "no limit of processor time": {"CpuCfsQuota": False},
    "a limit that is thrown away": {"Warnings": ["WARNING: No swap limit support"]},
    "an old version": {"ServerVersion": "19.03.15"},
    "a version that says nothing": {"ServerVersion": "dev"},
}


def first_missing(engine: Engine, tags: dict[str, str], **how: Any) -> str | None:
    """The first line that does not hold, which is what grading stops for; nothing more is tried."""

    class Missing(Exception):
        pass

    def stop(line: preflight.Line) -> None:
        if not line.ok:
            raise Missing(line.name)

    try:
        preflight.prove(engine, tags, say=stop, **how)
    except Missing as missing:
        return str(missing)
    return None


@pytest.fixture(scope="module")
def named(request: pytest.FixtureRequest, images: Recipe, engine: Engine) -> Iterator[dict[str, Future[str | None]]]:
    """What is named without each protection that a test asks for; three at a time, as a container mostly waits."""
    asked = [
        item.callspec.params["what"] for item in request.session.items if "named" in getattr(item, "fixturenames", ())
    ]  # type: ignore[attr-defined]
    with ThreadPoolExecutor(3) as threads:
        tags = {"python": images.python}
        yield {
            what: threads.submit(first_missing, engine, tags, quick=True, weaken=WEAKENED[what][0]) for what in asked
        }


@pytest.mark.parametrize("what", WEAKENED)
def test_a_protection_that_is_taken_away_is_named(named: dict[str, Future[str | None]], what: str) -> None:
    assert named[what].result() == WEAKENED[what][1]


@pytest.mark.parametrize("what", ["a secret", "a network"])
def test_a_protection_of_the_checker_is_named_as_that(images: Recipe, engine: Engine, what: str) -> None:
    weaken, name = WEAKENED[what]
    assert first_missing(engine, {"checker": images.checker}, quick=True, weaken=weaken) == f"{name} (checker)"


class Altered(Engine):
    """The engine, which says other things of itself."""

    def __init__(self, **said: Any) -> None:
        super().__init__()
        self.said = said

    def call(self, what: str, act: Callable[[Any], Any], *, seconds: float | None = None) -> Any:
        found = super().call(what, act, seconds=seconds)
        return found | self.said if what == "asking the engine" else found


@pytest.mark.parametrize("what", ENGINE)
def test_an_engine_that_cannot_hold_limits_is_named(images: Recipe, what: str) -> None:
    assert first_missing(Altered(**ENGINE[what]), {"python": images.python}, quick=True) == "engine"


def test_a_file_that_runs_with_anothers_rights_is_named(images: Recipe, engine: Engine) -> None:
    text = f'FROM {images.python}\nUSER 0\nRUN ["python3", "-c", "import os; os.chmod(\'/usr/bin/env\', 0o4755)"]\n'

    def build(api: Any) -> None:
        said = list(api.build(fileobj=io.BytesIO(text.encode()), tag="bilik-test-rights", decode=True, rm=True))
        assert not [line for line in said if "error" in line], said

    engine.call("building an image", build, seconds=120)
    try:
        assert first_missing(engine, {"python": "bilik-test-rights"}) == "files of others"
    finally:
        engine.call("removing an image", lambda api: api.remove_image("bilik-test-rights", force=True))


def test_a_folder_that_is_never_full_is_named(images: Recipe, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size it is mounted with is looked at before; here the trial is all there is."""
    monkeypatch.setitem(preflight.LOOKED, "temporary folders", lambda found, shape: "")
    weaken = with_folder("/box", "size=67108864", "size=268435456")
    assert first_missing(engine, {"python": images.python}, weaken=weaken) == "disk"


def test_a_flood_of_output_that_is_not_cut_is_named(
    images: Recipe, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "MOST_RUN", 1 << 30)
    assert first_missing(engine, {"python": images.python}) == "output"


def test_a_container_that_stays_is_named(images: Recipe, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    stayed: list[str] = []
    remove = hardening.remove
    monkeypatch.setattr(hardening, "remove", lambda _engine, container: stayed.append(container))
    assert first_missing(engine, {"python": images.python}, quick=True) == "removal"
    for container in stayed:
        remove(engine, container)


def test_a_container_without_the_rule_on_privileges_cannot_start_under_our_profile(
    images: Recipe, engine: Engine
) -> None:
    def weaken(body: Body) -> None:
        body["HostConfig"]["SecurityOpt"].remove("no-new-privileges=true")

    with pytest.raises(SandboxUnavailable, match="setgroups"):
        preflight.prove(engine, {"python": images.python}, quick=True, weaken=weaken)


def test_every_protection_holds_in_both_images(images: Recipe, engine: Engine) -> None:
    report = preflight.prove(engine, {"python": images.python, "checker": images.checker})
    assert [str(line) for line in report.lines if not line.ok] == []
    names = {line.name for line in report.lines}
    alone = {"engine", "files of others", "disk", "output", "removal"}  # these have a test of their own
    assert {name.removesuffix(" (checker)") for name in names} == {name for _, name in WEAKENED.values()} | alone
    assert {f"{name} (checker)" for _, name in LOOKED.values()} <= names
    with pytest.raises(SandboxUnavailable, match="preflight: network is missing"):
        preflight.require(replace(report, lines=(*report.lines, preflight.Line(name="network", ok=False, seen="x"))))
    json.dumps(report.plain())


def test_a_full_preflight_is_remembered_for_the_same_images_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "preflight.json"
    assert not preflight.remembered(path, "one")
    preflight.remember(path, "one")
    assert preflight.remembered(path, "one")
    assert not preflight.remembered(path, "two")


def test_the_command_prints_a_line_for_each_and_says_what_is_missing(
    images: Recipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(building, "recipe", lambda: images)
    monkeypatch.setattr("sandbox.__main__.recipe", lambda: images)
    assert main(["check", "--quick"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("ok       network: only lo") for line in lines)
    original = preflight.hardening.options

    def weaker(*args: Any, **kwargs: Any) -> Body:
        body = original(*args, **kwargs)
        body["HostConfig"]["ReadonlyRootfs"] = False
        return body

    monkeypatch.setattr(preflight.hardening, "options", weaker)
    assert main(["check", "--quick"]) == 1
    assert "missing: read-only root" in capsys.readouterr().err
