"""How every container is created: all protections at once, in the words of the Docker API (container create, version
1.41).

`preflight.py` proves each of them from inside, so what is written here is also what is checked. Where a limit could
be discarded by the
engine with a mere warning, `create` refuses the container.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import random
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import docker.errors

from sandbox.engine import Engine
from sandbox.model import SandboxUnavailable, Size

MIB = 1024 * 1024
LABEL = "bilik-sandbox"
MOST_SECONDS = 300  # CPU seconds a run may be given; the kernel's own limit per process lies just above
SHARES_WAITING, SHARES_LEASED = 128, 256  # of CPU weight; the site has Docker's usual 1024
TMP_BYTES, TMP_FILES, SHM_BYTES = 64 * MIB, 4096, 16 * MIB
OOM_FIRST = 500  # short of memory, the machine gives up a sandbox before the site
ENTRY = {"python": "/opt/runner/pid1.py", "checker": "/opt/checker/forkserver.py"}
Weaken = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What kind of container: `image` is python or checker, `mode` what the runner imports ahead ("" for a checker)."""

    image: str
    mode: str = ""
    size: Size = Size.MEDIUM

    @property
    def tasks(self) -> int:
        """Processes and threads; a kernel's and numpy's threads count."""
        return 64 if self.mode in ("function", "program") else 128


@cache
def seccomp() -> str:
    """The profile as text: the API takes no path. One list for every image; tried with numpy, pandas, ipykernel, gcc,
    node and java."""
    text = (Path(__file__).parent / "images" / "seccomp.json").read_text()
    return json.dumps(json.loads(text), separators=(",", ":"))


@cache
def digest() -> str:
    """Of these options and the profile: a preflight that was passed for others proves nothing."""
    return hashlib.sha256(Path(__file__).read_bytes() + seccomp().encode()).hexdigest()[:16]


def options(
    tag: str, shape: Shape, *, uid: int, labels: dict[str, str], command: list[str], shares: int
) -> dict[str, Any]:
    """The body of "create container". Never: binds, volumes, devices, ports, links, host namespaces, extra groups."""
    memory = shape.size.mebibytes * MIB
    inline = shape.mode == "notebook"
    tmpfs = f"rw,nosuid,nodev,size={TMP_BYTES},nr_inodes={TMP_FILES}"
    return {
        "Image": tag,
        "Entrypoint": command,
        "Cmd": [],
        "User": f"{uid}:{uid}",
        "WorkingDir": "/box",
        "Hostname": "sandbox",
        "NetworkDisabled": True,
        "OpenStdin": True,
        "StdinOnce": True,  # a worker that dies closes it, and PID 1 exits
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": False,
        "Healthcheck": {"Test": ["NONE"]},
        "StopSignal": "SIGKILL",
        "Labels": labels,
        "Env": [
            "PATH=/usr/local/bin:/usr/bin:/bin",
            "HOME=/box",
            "USER=learner",  # the uid has no name; getpass and pandas ask
            "LOGNAME=learner",
            "LANG=C.UTF-8",
            "PYTHONDONTWRITEBYTECODE=1",
            "PYTHONHASHSEED=0",  # the same order of sets for everyone
            "OMP_NUM_THREADS=1",
            "OPENBLAS_NUM_THREADS=1",
            "MKL_NUM_THREADS=1",
            "MPLCONFIGDIR=/tmp/matplotlib",
            f"MPLBACKEND={'module://matplotlib_inline.backend_inline' if inline else 'Agg'}",
        ],
        "HostConfig": {
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "Privileged": False,
            "AutoRemove": False,  # facts are read after the end
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges=true", f"seccomp={seccomp()}"],
            "Memory": memory,
            "MemorySwap": memory,  # equal: no swap; left out it would be twice as much
            "NanoCpus": 1_000_000_000,
            "CpuShares": shares,
            "PidsLimit": shape.tasks,
            "OomScoreAdj": OOM_FIRST,
            "IpcMode": "private",
            "CgroupnsMode": "private",  # else /proc/self/cgroup names the container
            "ShmSize": SHM_BYTES,
            "Tmpfs": {
                # Docker adds noexec unless "exec" is written; compiled programs will need it in /box.
                "/tmp": f"{tmpfs},noexec,mode=1777",  # noqa: S108 (inside the container)
                "/box": f"{tmpfs},exec,mode=0700,uid={uid},gid={uid}",
            },
            "Ulimits": [
                _limit("nofile", 256),
                _limit("fsize", 64 * MIB),
                _limit("core", 0),
                _limit("cpu", MOST_SECONDS + 10),
                _limit("memlock", 0),
                _limit("msgqueue", 0),
            ],
            "LogConfig": {"Type": "none"},  # bytes leave through the attached stream only, and are counted there
            "Init": False,
        },
    }


def _limit(name: str, value: int) -> dict[str, Any]:
    return {"Name": name, "Soft": value, "Hard": value}


def create(engine: Engine, body: dict[str, Any]) -> str:
    """The new container's id. A warning means that the engine threw a limit away: the container goes and
    SandboxUnavailable is raised."""
    name = f"bilik-{secrets.token_hex(8)}"

    def act(api: Any) -> dict[str, Any]:
        return dict(api.create_container_from_config(body, name))

    try:
        made = engine.call("creating a container", act)
    except docker.errors.ImageNotFound as why:
        raise SandboxUnavailable("the sandbox images are not built; type: python -m sandbox build") from why
    except docker.errors.APIError as why:
        raise SandboxUnavailable(f"a container cannot be created: {why.explanation or why}") from why
    if made.get("Warnings"):
        remove(engine, made["Id"])
        raise SandboxUnavailable(f"the Docker engine discards a limit: {'; '.join(made['Warnings'])}")
    return str(made["Id"])


def remove(engine: Engine, container: str) -> None:
    """Kill and remove. The attached stream must be closed before, else the engine never answers."""
    try:
        engine.call("removing a container", lambda api: api.remove_container(container, force=True, v=True))
    except docker.errors.NotFound:
        return
    except docker.errors.APIError as why:
        if why.status_code != 409:  # 409: someone else is removing it
            raise SandboxUnavailable(f"a container cannot be removed: {why.explanation or why}") from why


# ---- whose container it is


def labels(shape: Shape, *, seconds: float) -> dict[str, str]:
    """What the reaper goes by: the worker that made the container, and when nobody can need it any more."""
    return {
        "app": LABEL,
        "worker": worker(),
        "deadline": str(int(time.time() + seconds)),
        "shape": f"{shape.image} {shape.mode} {shape.size}",
    }


def worker() -> str:
    """This process, so that another process of this machine can tell whether it still lives: name, process namespace,
    pid, start."""
    return f"{socket.gethostname()}|{os.readlink('/proc/self/ns/pid')}|{os.getpid()}|{started(os.getpid())}"


def started(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None if there is none."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return None


class Uids:
    """One uid per living container. The kernel counts pipes, inotify and pending signals by uid across containers:
    with one shared uid a
    hostile run would starve its neighbours although every cgroup limit holds."""

    FIRST, COUNT = 20_000, 30_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: set[int] = set()

    def take(self) -> int:
        with self._lock:
            while True:  # at random: two workers on one machine do not know each other
                uid = self.FIRST + random.randrange(self.COUNT)  # noqa: S311 (not a secret)
                if uid not in self._used and not _is_a_person(uid):
                    self._used.add(uid)
                    return uid

    def give_back(self, uid: int) -> None:
        with self._lock:
            self._used.discard(uid)


def _is_a_person(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
