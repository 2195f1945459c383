"""The host's facts about a container, read from the files of its cgroup: Docker's own statistics take a second.

Both versions: v1 has a folder per controller, v2 one folder.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from sandbox.model import SandboxUnavailable

ROOT = Path("/sys/fs/cgroup")


class Gone(Exception):
    """The cgroup is no longer there: the container has ended."""


@dataclass(frozen=True, kw_only=True)
class Cgroup:
    """Where the files of one container lie."""

    cpu: Path  # holds cpuacct.usage or cpu.stat
    shares: Path  # cpu.shares or cpu.weight
    memory: Path  # folder
    unified: bool
    _counters: dict[Path, FileIO] = field(default_factory=dict, init=False, repr=False, compare=False)

    def cpu_seconds(self) -> float:
        """CPU time of all processes the container ever had."""
        if self.unified:
            return _field(self._count(self.cpu), "usage_usec") / 1e6
        return int(self._count(self.cpu)) / 1e9

    def peak_bytes(self) -> int:
        """The most memory it held, page cache and tmpfs included; on v2 before kernel 5.19 what it holds now."""
        if not self.unified:
            return int(self._count(self.memory / "memory.max_usage_in_bytes"))
        try:
            return int(self._count(self.memory / "memory.peak"))
        except Gone:
            return int(self._count(self.memory / "memory.current"))

    def oom_kills(self) -> int:
        """How many of its processes the kernel killed for memory."""
        name = "memory.events" if self.unified else "memory.oom_control"
        return _field(self._count(self.memory / name), "oom_kill")

    def _count(self, path: Path) -> str:
        """What a counter says. Asked hundreds of times a second: opened once, read from the start each time."""
        try:
            if path not in self._counters:
                self._counters[path] = FileIO(path)
            self._counters[path].seek(0)
            return self._counters[path].read(4096).decode()
        except (OSError, ValueError) as why:  # ENOENT before it was opened, ENODEV since, ValueError after `close`
            raise Gone(str(path)) from why

    def close(self) -> None:
        """Nothing more will be asked."""
        for counter in self._counters.values():
            counter.close()

    def processors(self) -> float:
        """How many processors' time it may use; infinity without a limit."""
        if self.unified:
            quota, period = _read(self.shares.with_name("cpu.max")).split()
        else:
            quota, period = (_read(self.shares.with_name(f"cpu.cfs_{name}_us")).strip() for name in ("quota", "period"))
        return math.inf if quota in ("max", "-1") else int(quota) / int(period)

    def swap_bytes(self) -> float:
        """How much swap it may use; infinity without a limit, 0 where the kernel counts none."""
        try:
            if self.unified:
                most = _read(self.memory / "memory.swap.max").strip()
                return math.inf if most == "max" else int(most)
            both = int(_read(self.memory / "memory.memsw.limit_in_bytes"))
            return both - int(_read(self.memory / "memory.limit_in_bytes"))
        except Gone:
            return 0

    def weigh(self, shares: int) -> bool:
        """Set the CPU weight; False where this user may not write the file."""
        value = 1 + (shares - 2) * 9999 // 262142 if self.unified else shares
        try:
            self.shares.write_text(str(value))
        except OSError:
            return False
        return True


def find(pid: int, container: str) -> Cgroup:
    """The cgroup of the container whose PID 1 is `pid` on this machine. Raises Gone if it has ended,
    SandboxUnavailable if the files cannot be seen."""
    lines = _read(Path(f"/proc/{pid}/cgroup")).splitlines()
    paths = {name: path for _, names, path in (line.split(":", 2) for line in lines) for name in names.split(",")}
    if "memory" in paths:
        usage = _folder("cpuacct", paths["cpuacct"], container) / "cpuacct.usage"
        shares = _folder("cpu", paths["cpu"], container) / "cpu.shares"
        return Cgroup(cpu=usage, shares=shares, memory=_folder("memory", paths["memory"], container), unified=False)
    folder = _folder("", paths.get("", "/"), container)
    return Cgroup(cpu=folder / "cpu.stat", shares=folder / "cpu.weight", memory=folder, unified=True)


def _folder(controller: str, path: str, container: str) -> Path:
    """Where a controller is mounted varies ("cpu,cpuacct"); the path may be told as seen from another cgroup
    namespace."""
    roots: list[Path] = [ROOT / controller, *(ROOT.glob(f"*{controller}*") if controller else ())]
    for root in roots:
        for below in (path.lstrip("/"), f"docker/{container}", f"system.slice/docker-{container}.scope"):
            folder = root / below
            if container in below and folder.is_dir():
                return folder
    raise SandboxUnavailable(f"the cgroup files of a container cannot be seen under {ROOT}: limits could not be proved")


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as why:  # ENOENT before opening, ENODEV between opening and reading, ESRCH for /proc
        raise Gone(str(path)) from why


def _field(text: str, name: str) -> int:
    found = re.search(rf"^{name} (\d+)$", text, re.MULTILINE)
    if found is None:
        raise SandboxUnavailable(f"the kernel does not tell {name} of a container")
    return int(found[1])
