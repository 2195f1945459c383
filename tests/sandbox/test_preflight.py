"""The preflight proves every protection, and names the one that is taken away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox import building, preflight
from sandbox.__main__ import main
from sandbox.building import Recipe
from sandbox.engine import Engine
from sandbox.model import SandboxUnavailable

pytestmark = pytest.mark.docker

Body = dict[str, Any]


def without(*path: str, put: Any = None) -> Callable[[Body], None]:
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


def without_seccomp(how: str) -> Callable[[Body], None]:
    def weaken(body: Body) -> None:
        options = body["HostConfig"]["SecurityOpt"]
        body["HostConfig"]["SecurityOpt"] = [text for text in options if "seccomp" not in text] + ([how] if how else [])

    return weaken


def without_privileges_rule(body: Body) -> None:
    """With our profile such a container would not even start: the engine could not set its user."""
    body["HostConfig"]["SecurityOpt"] = ["seccomp=unconfined"]


def with_network(body: Body) -> None:
    body["NetworkDisabled"] = False
    body["HostConfig"]["NetworkMode"] = "bridge"


def with_more_memory(body: Body) -> None:
    body["HostConfig"]["Memory"] = body["HostConfig"]["MemorySwap"] = 1 << 30


def with_variable(body: Body) -> None:
    body["Env"].append("SECRET=42")


def with_large_folder(body: Body) -> None:
    body["HostConfig"]["Tmpfs"]["/box"] = body["HostConfig"]["Tmpfs"]["/box"].replace("size=67108864", "size=268435456")


def without_inode_cap(body: Body) -> None:
    body["HostConfig"]["Tmpfs"]["/tmp"] = body["HostConfig"]["Tmpfs"]["/tmp"].replace(",nr_inodes=4096", "")


WEAKENED: dict[str, tuple[Callable[[Body], None], str]] = {
    "no seccomp": (without_seccomp("seccomp=unconfined"), "seccomp"),
    "Docker's own seccomp": (without_seccomp(""), "seccomp"),
    "a network": (with_network, "network"),
    "a root that can be written": (without("HostConfig", "ReadonlyRootfs", put=False), "read-only root"),
    "Docker's usual capabilities": (without("HostConfig", "CapDrop"), "capabilities"),
    "one capability": (without("HostConfig", "CapAdd", put=["CHOWN"]), "capabilities"),
    "privileges to be gained": (without_privileges_rule, "no new privileges"),
    "four times the memory": (with_more_memory, "memory"),
    "any number of processes": (without("HostConfig", "PidsLimit"), "processes"),
    "all processors": (without("HostConfig", "NanoCpus", put=0), "processor"),
    "root": (without("User", put="0:0"), "user"),
    "a group of the host": (without("HostConfig", "GroupAdd", put=["27"]), "user"),
    "a folder of the host": (without("HostConfig", "Binds", put=["/etc:/mnt/etc:ro"]), "mounts"),
    "the Docker socket": (without("HostConfig", "Binds", put=["/var/run/docker.sock:/var/run/docker.sock"]), "mounts"),
    "a secret": (with_variable, "environment"),
    "a large folder": (with_large_folder, "temporary folders"),
    "a folder of many files": (without_inode_cap, "temporary folders"),
    "no limits of files": (without("HostConfig", "Ulimits"), "limits"),
    "the cgroup's name": (without("HostConfig", "CgroupnsMode", put="host"), "isolation"),
    "processes of the host": (without("HostConfig", "PidMode", put="host"), "isolation"),
}


@pytest.mark.parametrize("what", WEAKENED)
def test_a_protection_that_is_taken_away_is_named(images: Recipe, engine: Engine, what: str) -> None:
    weaken, name = WEAKENED[what]
    report = preflight.prove(engine, {"python": images.python}, quick=True, weaken=weaken)
    assert name in {line.name for line in report.lines if not line.ok}
    with pytest.raises(SandboxUnavailable, match="preflight"):
        preflight.require(report)


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
    assert {"memory", "seccomp", "seccomp (checker)", "disk", "output", "removal"} <= {
        line.name for line in report.lines
    }
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
