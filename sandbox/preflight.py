"""Proves each protection from inside a container made exactly as a learner's is; the first that is missing is named
and nothing is graded.

What the engine says is not believed: limits are run into, a process is killed for memory and must be seen in the
counter.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sandbox import hardening
from sandbox.box import DockerBox
from sandbox.engine import Engine
from sandbox.hardening import MIB, Shape, Weaken
from sandbox.model import Ending, SandboxUnavailable, Size
from sandbox.pool import CHECKER

SHAPES = {"python": Shape(image="python", mode="function", size=Size.SMALL), "checker": CHECKER}
WRITABLE = {"/box", "/tmp", "/dev/shm"}  # noqa: S108 (inside the container)
MOUNTED = WRITABLE | {"/", "/proc", "/sys", "/sys/fs/cgroup", "/dev", "/dev/pts", "/dev/mqueue"}
MOUNTED |= {"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"}  # Docker's own, read-only
KEYS = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_CTYPE", "HOSTNAME", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"}
KEYS |= {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MPLCONFIGDIR", "MPLBACKEND"}
OLDEST = (20, 10)  # of the engines: what older ones throw away they do not tell
DENIED = {"EPERM", "EACCES", "ENOSYS"}
UNREACHABLE = {"ENETUNREACH", "EHOSTUNREACH", "ECONNREFUSED", "EADDRNOTAVAIL"}
DEVICES = {"console", "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin"}
DEVICES |= {"stdout", "tty", "urandom", "zero"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One protection: whether it holds, and what was seen."""

    name: str
    ok: bool
    seen: str

    def __str__(self) -> str:
        return f"{'ok     ' if self.ok else 'MISSING'}  {self.name}: {self.seen}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one preflight found. `at`: seconds since 1970."""

    lines: tuple[Line, ...]
    at: float
    seconds: float
    quick: bool

    @property
    def missing(self) -> str | None:
        """The first protection that does not hold."""
        return next((line.name for line in self.lines if not line.ok), None)

    def plain(self) -> dict[str, Any]:
        """As JSON, for the administrator's page."""
        return asdict(self) | {"missing": self.missing}


class _Lost(Exception):
    """A protection does not hold; what was seen."""


def prove(
    engine: Engine,
    tags: Mapping[str, str],
    *,
    quick: bool = False,
    weaken: Weaken | None = None,
    say: Callable[[Line], None] | None = None,
) -> Report:
    """Try everything in a container of each image of `tags`. `quick` (about a second) leaves out what only takes time.

    `weaken` changes the options first: the tests of this very function. Raises SandboxUnavailable if no container can
    be made.
    """
    began, lines = time.monotonic(), []
    for image, tag in tags.items():
        shape = SHAPES[image]
        with closing(_proved(engine, shape, tag, quick=quick, weaken=weaken)) as proved:
            for line in proved:
                lines.append(line)
                if say is not None:
                    say(line)
    return Report(lines=tuple(lines), at=time.time(), seconds=time.monotonic() - began, quick=quick)


def _proved(engine: Engine, shape: Shape, tag: str, *, quick: bool, weaken: Weaken | None) -> Generator[Line]:
    """The lines of one image. The first image of all gets the expensive trials; every image is looked at."""
    first = shape.image == "python"
    body = hardening.options(
        tag,
        shape,
        uid=hardening.Uids().take(),
        labels=hardening.labels(shape, seconds=300),
        command=["python3", "-P", "-s", f"{Path(hardening.ENTRY[shape.image]).parent}/inside/probe.py"],
        shares=hardening.SHARES_LEASED,
    )
    if weaken is not None:
        weaken(body)
    if first:
        yield _line("engine", lambda: _engine(engine))
    box = DockerBox(engine, shape, body)
    try:
        box.wait_ready()
        box.lease(seconds=60)
        ask = _Asking(box)
        found = ask("look")
        for name, judge in LOOKED.items():
            yield _line(_named(name, shape), partial(judge, found, shape))
        if first:
            yield _line("memory", lambda: _memory(ask, shape))
            yield _line("processes", lambda: _tasks(ask, shape))
            yield _line("processor", lambda: _processor(ask, quick))
        if not quick:
            yield _line(_named("files of others", shape), lambda: _privileged(ask))
        if first and not quick:
            yield _line("disk", lambda: _disk(ask))
            yield _line("output", lambda: _output(ask))
    finally:
        box.finish()
    if first:
        yield _line("removal", lambda: _removed(engine, box.id))


def _named(name: str, shape: Shape) -> str:
    return name if shape.image == "python" else f"{name} ({shape.image})"


def _line(name: str, judge: Callable[[], str]) -> Line:
    try:
        return Line(name=name, ok=True, seen=judge())
    except _Lost as lost:
        return Line(name=name, ok=False, seen=str(lost))


class _Asking:
    """Questions to the probe."""

    def __init__(self, box: DockerBox) -> None:
        self.box = box
        self._seq = 0

    def __call__(self, question: str, **arguments: Any) -> Any:
        self._seq += 1
        header = {"do": "ask", "run": "preflight", "seq": self._seq, "nonce": "preflight"}
        body = json.dumps({"q": question, "with": arguments}).encode()
        self.last = self.box.ask(header, body, cpu_seconds=10, wall_seconds=30)
        if not self.last.box_alive:
            raise _Lost(f"the probe ended ({self.last.ended})")
        return json.loads(self.last.body)


def _need(holds: object, seen: str) -> None:
    if not holds:
        raise _Lost(seen)


# ---- judged by looking


def _engine(engine: Engine) -> str:
    info = engine.call("asking the engine", lambda api: api.info())
    driver, version = info.get("CgroupDriver"), info.get("CgroupVersion", "1")
    _need(driver not in (None, "", "none"), "the engine enforces no limits (a rootless engine without cgroups)")
    lacking = [name for name in ("MemoryLimit", "PidsLimit", "CpuCfsQuota") if not info.get(name, False)]
    _need(not lacking, f"the kernel offers no {', '.join(lacking)}")
    warned = [text for text in info.get("Warnings") or [] if "memory" in text or "swap" in text or "pids" in text]
    _need(not warned, "; ".join(warned))
    known = re.match(r"(\d+)\.(\d+)", info["ServerVersion"])
    _need(known and (int(known[1]), int(known[2])) >= OLDEST, f"Docker {info['ServerVersion']} is too old")
    return f"Docker {info['ServerVersion']}, {info.get('DefaultRuntime')}, cgroup v{version} ({driver})"


def _user(found: dict[str, Any], shape: Shape) -> str:
    uids, gids = set(found["status"]["Uid"].split()), set(found["status"]["Gid"].split())
    groups = set(found["status"]["Groups"].split())
    _need(len(uids) == 1 and len(gids) == 1 and "0" not in uids | gids, f"uid {uids}, gid {gids}")
    _need(groups <= gids, f"groups {groups}")
    return f"uid and gid {uids.pop()}, no other group"


def _capabilities(found: dict[str, Any], shape: Shape) -> str:
    held = {key: value for key, value in found["capabilities"].items() if int(value or "1", 16)}
    _need(not held, f"{held}")
    return "none, none to be had"


def _privileges(found: dict[str, Any], shape: Shape) -> str:
    _need(found["status"]["NoNewPrivs"] == "1", "a program could gain rights")
    return "a program cannot gain rights"


def _seccomp(found: dict[str, Any], shape: Shape) -> str:
    _need(found["status"]["Seccomp"] == "2", "no filter of system calls")
    allowed = [name for name, how in found["calls"].items() if how not in DENIED]
    allowed += [name for name, how in found["families"].items() if how not in DENIED | {"EAFNOSUPPORT"}]
    _need(not allowed, f"not our profile: {', '.join(allowed)} can be called")
    _need(found["int80"] != "done", "32-bit system calls go around the filter")
    return f"our profile: {len(found['calls'])} forbidden calls and {len(found['families'])} socket families refused"


def _network(found: dict[str, Any], shape: Shape) -> str:
    _need(found["interfaces"] in (["lo"], []), f"interfaces {found['interfaces']}")
    _need(found["routes"] <= 0, "there is a route")
    # Refused by name, not by the clock: a busy machine is slow, and a connection that is waited for ends without an
    # errno.
    tried = [address for address, how in found["connections"].items() if how not in DENIED | UNREACHABLE]
    _need(not tried, f"{tried[:1]} can be reached, or is waited for")
    _need(found["lookup"] != "done", "names can be looked up")
    return "only lo; connecting and looking up names fail at once"


def _root(found: dict[str, Any], shape: Shape) -> str:
    options = next(mount[3].split(",") for mount in found["mounts"] if mount[1] == "/")
    _need("ro" in options, "/ can be written")
    _need(set(found["writable"]) <= WRITABLE, f"{sorted(set(found['writable']) - WRITABLE)} can be written")
    return f"read-only but for {', '.join(sorted(found['writable']))}"


def _mounts(found: dict[str, Any], shape: Shape) -> str:
    strange = [
        mount[1]
        for mount in found["mounts"]
        if mount[1] not in MOUNTED and not mount[1].startswith(("/proc/", "/sys/"))
    ]
    _need(not strange, f"{strange} is mounted")
    _need(not found["sockets"], f"{found['sockets']} is there")
    return "nothing of the host, no Docker socket"


def _temporary(found: dict[str, Any], shape: Shape) -> str:
    for path in ("/tmp", "/box"):  # noqa: S108
        size, count = found["file_systems"][path]["bytes"], found["file_systems"][path]["files"]
        _need(
            0 < size <= hardening.TMP_BYTES and 0 < count <= hardening.TMP_FILES, f"{path}: {size} bytes, {count} files"
        )
    _need(0 < found["file_systems"]["/dev/shm"]["bytes"] <= hardening.SHM_BYTES, "/dev/shm is too large")  # noqa: S108
    flags = {mount[1]: set(mount[3].split(",")) for mount in found["mounts"]}
    for path in WRITABLE:
        _need({"nosuid", "nodev"} <= flags.get(path, set()), f"{path} is mounted {sorted(flags.get(path, ()))}")
    _need("noexec" in flags["/tmp"], "/tmp allows programs")  # noqa: S108
    return f"/tmp and /box {hardening.TMP_BYTES // MIB} MiB, {hardening.TMP_FILES} files; /dev/shm 16 MiB"  # noqa: S108


def _limits(found: dict[str, Any], shape: Shape) -> str:
    wanted = {
        "Max open files": 256,
        "Max file size": 64 * MIB,
        "Max core file size": 0,
        "Max cpu time": hardening.MOST_SECONDS + 10,
        "Max locked memory": 0,
        "Max msgqueue size": 0,
    }
    wrong = {
        name: found["limits"].get(name) for name, most in wanted.items() if found["limits"].get(name) != [str(most)] * 2
    }
    _need(not wrong, f"{wrong}")
    _need(found["oom_score_adj"] >= hardening.OOM_FIRST, "the site would be killed before it when memory is short")
    return "open files 256, file size 64 MiB, no core files, no locked memory, CPU time bounded; first to go"


def _environment(found: dict[str, Any], shape: Shape) -> str:
    extra = set(found["environment"]) - KEYS
    _need(not extra, f"{sorted(extra)}")
    return f"{len(found['environment'])} variables, all ours"


def _isolation(found: dict[str, Any], shape: Shape) -> str:
    _need(found["pid"] == 1, "processes of others can be seen")
    _need(found["hostname"] == "sandbox", "the host's name can be seen")
    _need(all(line.endswith(":/") for line in found["cgroup"]), "the container's id can be read")
    _need(set(found["devices"]) <= DEVICES, f"devices {sorted(set(found['devices']) - DEVICES)}")
    _need(found["mknod"] in DENIED, f"making a device: {found['mknod']}")
    _need(found["kernel_settings"] in DENIED | {"EROFS"}, "kernel settings can be written")
    _need(not any(found["masked"].values()), f"{[path for path, size in found['masked'].items() if size]} can be read")
    return "own processes, name, cgroup; no devices; kernel settings out of reach"


LOOKED: dict[str, Callable[[dict[str, Any], Shape], str]] = {
    "user": _user,
    "capabilities": _capabilities,
    "no new privileges": _privileges,
    "network": _network,
    "seccomp": _seccomp,
    "limits": _limits,  # before the root: without them queues of messages are a folder that can be written
    "read-only root": _root,
    "mounts": _mounts,
    "temporary folders": _temporary,
    "environment": _environment,
    "isolation": _isolation,
}


# ---- judged by trying


def _memory(ask: _Asking, shape: Shape) -> str:
    most = shape.size.mebibytes
    _need(ask.box.swap_bytes == 0, f"{ask.box.swap_bytes} bytes of swap may be used")
    how = ask("memory", mebibytes=2 * most)
    _need(how != "done", f"a process took twice its {most} MiB")
    _need(ask.last.ended == Ending.OUT_OF_MEMORY, f"a process ended ({how}) and the kernel's counter did not move")
    peak = ask.box.facts().peak_bytes
    _need(peak <= most * MIB, f"{peak} bytes were held")
    return f"a process that took {2 * most} MiB of {most} was killed, and the host's counter saw it"


def _tasks(ask: _Asking, shape: Shape) -> str:
    count = ask("tasks", most=shape.tasks + 8)
    _need(count <= shape.tasks, f"{count} processes and more, {shape.tasks} are allowed")
    return f"the {count + 1}th process is refused"


def _privileged(ask: _Asking) -> str:
    found = ask("privileged_files")
    _need(not found, f"{found[:3]}")
    return "no file runs with another's rights"


def _processor(ask: _Asking, quick: bool) -> str:
    allowed = ask.box.processors
    _need(allowed <= 1, f"{allowed} processors may be used")
    if quick:
        return "the kernel allows it one processor"
    ask("spin", seconds=1.0, processes=3)
    used, wall = ask.last.cpu_seconds, ask.last.wall_seconds
    _need(used <= 1.25 * max(wall, 1.0), f"{used:.2f} CPU s in {wall:.2f} s")
    _need(used > 0.05, "the host's clock of CPU time does not move")
    return f"the kernel allows it one; 3 processes used {used:.2f} CPU s in {wall:.2f} s"


def _disk(ask: _Asking) -> str:
    for path, size in (("/tmp", hardening.TMP_BYTES), ("/box", hardening.TMP_BYTES), ("/dev/shm", hardening.SHM_BYTES)):  # noqa: S108
        done = ask("fill", path=path, most=2 * size)
        _need(done["why"] == "ENOSPC" and done["bytes"] <= size, f"{path} took {done['bytes']} bytes ({done['why']})")
    made = ask("files", path="/box", most=2 * hardening.TMP_FILES)
    _need(made <= hardening.TMP_FILES, f"/box took {made} files")
    return f"each folder is full when it should be; {made} files in /box"


def _output(ask: _Asking) -> str:
    try:
        ask("flood", mebibytes=64)
    except _Lost:
        _need(ask.last.ended == Ending.OUTPUT_LIMIT, f"a flood of output ended as {ask.last.ended}")
        return "cut by the host at 32 MiB, and the container ended"
    raise _Lost("64 MiB of output went through")


def _removed(engine: Engine, container: str) -> str:
    left = engine.call("listing containers", lambda api: api.containers(all=True, filters={"id": container}))
    _need(not left, "the container is still there")
    return "the container is gone"


# ---- remembered


def remembered(path: Path, key: str) -> bool:
    """Whether a full preflight passed for `key` (images, engine, this source): then the quick form is enough."""
    try:
        return bool(json.loads(path.read_text()) == {"key": key})
    except (OSError, ValueError):
        return False


def remember(path: Path, key: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"key": key}))
    new.replace(path)


def require(report: Report) -> None:
    """Raises SandboxUnavailable naming the first protection that is missing."""
    for line in report.lines:
        if not line.ok:
            raise SandboxUnavailable(
                f"preflight: {line.name} is missing ({line.seen}); nothing is graded until it is there"
            )
