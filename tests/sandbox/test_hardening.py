"""How containers are created, looked at as an auditor would (the container section of the CIS Docker benchmark)."""

from __future__ import annotations

import json

import pytest

from sandbox import hardening
from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.hardening import Shape, Uids
from sandbox.model import Size


def test_a_living_container_passes_the_audit(stubs: DockerSandbox, engine: Engine) -> None:
    with stubs.runner(size=Size.SMALL, mode="function", seconds=5) as box:
        found = engine.call("looking", lambda api: api.inspect_container(box.id))
    host, config = found["HostConfig"], found["Config"]
    assert not host["Privileged"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Binds"]
    assert not found["Mounts"]
    assert not host["PortBindings"]
    assert not host["Devices"]
    assert not host["GroupAdd"]
    assert (host["NetworkMode"], host["PidMode"], host["UTSMode"], host["UsernsMode"]) == ("none", "", "", "")
    assert (host["IpcMode"], host["CgroupnsMode"]) == ("private", "private")
    assert host["Memory"] == host["MemorySwap"] == 256 << 20
    assert (host["NanoCpus"], host["PidsLimit"], host["CpuShares"]) == (1_000_000_000, 64, 128)
    assert host["ReadonlyRootfs"]
    assert host["RestartPolicy"]["Name"] in ("", "no")
    assert not host["OomKillDisable"]
    assert host["LogConfig"]["Type"] == "none"
    assert {option.partition("=")[0] for option in host["SecurityOpt"]} == {"no-new-privileges", "seccomp"}
    assert int(config["User"].split(":")[0]) >= Uids.FIRST
    assert not config["Volumes"]
    assert (config["Tty"], config["StdinOnce"]) == (False, True)
    assert "docker.sock" not in json.dumps(found)


def test_no_two_living_containers_share_a_uid() -> None:
    uids = Uids()
    taken = {uids.take() for _ in range(1000)}
    assert len(taken) == 1000
    assert all(20_000 <= uid < 50_000 for uid in taken)


def test_a_uid_of_a_person_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardening, "_is_a_person", lambda uid: uid % 2 == 0)
    uids = Uids()
    assert all(uids.take() % 2 for _ in range(200))


def test_plots_are_drawn_inline_in_notebooks_only() -> None:
    def backend(mode: str) -> str:
        body = hardening.options(
            "tag", Shape(image="python", mode=mode), uid=20_000, labels={}, command=["x"], shares=128
        )
        return next(entry for entry in body["Env"] if entry.startswith("MPLBACKEND="))

    assert backend("notebook") == "MPLBACKEND=module://matplotlib_inline.backend_inline"
    assert backend("function") == backend("program") == "MPLBACKEND=Agg"


def test_the_profile_names_what_it_allows_and_refuses_the_rest() -> None:
    profile = json.loads(hardening.seccomp())
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert all(not machine["subArchitectures"] for machine in profile["archMap"])
    allowed = {name for rule in profile["syscalls"] if not rule.get("args") for name in rule["names"]}
    dangerous = (
        "ptrace mount unshare setns bpf keyctl userfaultfd io_uring_setup memfd_create process_vm_readv kexec_load"
    )
    assert not allowed & set(dangerous.split())
    assert not allowed & {"socket", "socketpair", "clone", "prlimit64", "setpriority", "sched_setscheduler"}
