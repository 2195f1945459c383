"""The host's facts, read from either version of the kernel's files."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sandbox import cgroup
from sandbox.model import SandboxUnavailable

ID = "f" * 64


def files(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cgroup, "ROOT", tmp_path / "cgroup")
    return tmp_path / "cgroup"


def found(monkeypatch: pytest.MonkeyPatch, lines: str) -> cgroup.Cgroup:
    """The cgroup of a process whose /proc/PID/cgroup says `lines`."""
    read = cgroup._read
    monkeypatch.setattr(cgroup, "_read", lambda path: lines if str(path).startswith("/proc/") else read(path))
    return cgroup.find(1, ID)


@pytest.mark.parametrize("place", [f"docker/{ID}", f"system.slice/docker-{ID}.scope"])
def test_version_two_is_read(root: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    files(
        root / place,
        {
            "cpu.stat": "usage_usec 1500000\nuser_usec 1\n",
            "memory.peak": "1048576\n",
            "memory.events": "low 0\noom 3\noom_kill 2\noom_group_kill 0\n",
            "cpu.weight": "100",
            "cpu.max": "150000 100000\n",
        },
    )
    one = found(monkeypatch, f"0::/{place}\n")
    assert (one.cpu_seconds(), one.peak_bytes(), one.oom_kills()) == (1.5, 1 << 20, 2)
    assert one.weigh(256)
    assert one.shares.read_text() == "10"
    assert one.processors() == 1.5


def test_an_old_kernel_without_a_peak_tells_what_is_held_now(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = root / "docker" / ID
    files(place, {"cpu.stat": "usage_usec 1\n", "memory.current": "4096\n", "memory.events": "oom_kill 0\n"})
    assert found(monkeypatch, f"0::/docker/{ID}\n").peak_bytes() == 4096


@pytest.mark.parametrize("mount", [("cpu", "cpuacct"), ("cpu,cpuacct", "cpu,cpuacct")])
def test_version_one_is_read_wherever_its_controllers_are_mounted(
    root: Path, monkeypatch: pytest.MonkeyPatch, mount: tuple[str, str]
) -> None:
    cpu, cpuacct = mount
    files(
        root,
        {
            f"{cpuacct}/docker/{ID}/cpuacct.usage": "2500000000\n",
            f"{cpu}/docker/{ID}/cpu.shares": "128",
            f"{cpu}/docker/{ID}/cpu.cfs_quota_us": "-1\n",
            f"{cpu}/docker/{ID}/cpu.cfs_period_us": "100000\n",
            f"memory/docker/{ID}/memory.max_usage_in_bytes": "8192\n",
            f"memory/docker/{ID}/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
        },
    )
    one = found(monkeypatch, f"4:memory:/docker/{ID}\n2:cpu,cpuacct:/docker/{ID}\n0::/\n")
    assert (one.cpu_seconds(), one.peak_bytes(), one.oom_kills()) == (2.5, 8192, 1)
    assert one.weigh(256)
    assert one.shares.read_text() == "256"
    assert one.processors() == math.inf


def test_a_path_told_from_another_namespace_is_found_by_the_id(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(root / "docker" / ID, {"cpu.stat": "usage_usec 1\n"})
    assert found(monkeypatch, f"0::/../../outer/docker/{ID}\n").unified


def test_files_that_cannot_be_seen_are_an_error_of_the_house(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SandboxUnavailable, match="cannot be seen"):
        found(monkeypatch, "0::/\n")


def test_a_cgroup_that_went_is_told_from_one_that_cannot_be_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(root / "docker" / ID, {"cpu.stat": "usage_usec 1\n"})
    one = found(monkeypatch, f"0::/docker/{ID}\n")
    (root / "docker" / ID / "cpu.stat").unlink()
    with pytest.raises(cgroup.Gone):
        one.cpu_seconds()


@pytest.mark.parametrize(
    ("texts", "most"),
    [
        ({"memory.swap.max": "max\n"}, math.inf),
        ({"memory.swap.max": "0\n"}, 0),
        ({}, 0),  # a kernel that counts no swap
    ],
)
def test_swap_is_told_by_version_two(
    root: Path, monkeypatch: pytest.MonkeyPatch, texts: dict[str, str], most: float
) -> None:
    files(root / "docker" / ID, {"cpu.stat": "usage_usec 1\n", **texts})
    assert found(monkeypatch, f"0::/docker/{ID}\n").swap_bytes() == most


def test_swap_is_told_by_version_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = f"memory/docker/{ID}"
    files(
        root,
        {
            f"cpuacct/docker/{ID}/cpuacct.usage": "1\n",
            f"cpu/docker/{ID}/cpu.shares": "128",
            f"{memory}/memory.memsw.limit_in_bytes": "500\n",
            f"{memory}/memory.limit_in_bytes": "300\n",
        },
    )
    assert found(monkeypatch, f"4:memory:/docker/{ID}\n2:cpu,cpuacct:/docker/{ID}\n").swap_bytes() == 200
