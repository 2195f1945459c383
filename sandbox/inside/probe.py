"""Run as PID 1 by the preflight in place of a runner: says what a hostile program would find here.
`sandbox/preflight.py` judges it.

Each attempt that could do harm where a protection is missing is made in a fork.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import platform
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from inside import frames

MIB = 1024 * 1024
NUMBERS: dict[str, tuple[int, int, tuple[int, ...]]] = {
    # name: number on x86_64, number on aarch64, arguments
    "unshare": (272, 97, (0x10000000,)),  # CLONE_NEWUSER
    "ptrace": (101, 117, (0, 0, 0, 0)),  # PTRACE_TRACEME
    "io_uring_setup": (425, 425, (1, 0)),
    "keyctl": (250, 219, (0, -3, 0)),
    "memfd_create": (319, 279, (0, 0)),
    "mount": (165, 40, (0, 0, 0, 0, 0)),
    "bpf": (321, 280, (0, 0, 0)),
    "userfaultfd": (323, 282, (0,)),
    "perf_event_open": (298, 241, (0, 0, -1, -1, 0)),
    "shmget": (29, 194, (0, 4096, 0o1600)),
    "setns": (308, 268, (-1, 0)),
    "process_vm_readv": (310, 270, (0, 0, 0, 0, 0, 0)),
    "vmsplice": (278, 75, (-1, 0, 0, 0)),
    "sched_setaffinity": (203, 122, (0, 0, 0)),
}
FAMILIES = {"AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17, "AF_ALG": 38, "AF_VSOCK": 40}
ADDRESSES = ("1.1.1.1", "169.254.169.254", "172.17.0.1", "127.0.0.1")


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    write({"is": "ready", "image": "probe"})
    while (found := frames.read(lambda size: os.read(0, size))) is not None:
        header, body = found
        question = json.loads(body)
        answer = QUESTIONS[question["q"]](**question.get("with", {}))
        keep = {key: header[key] for key in ("run", "seq", "nonce") if key in header}
        write({"is": "reply"} | keep, json.dumps(answer).encode())


def write(header: dict[str, Any], body: bytes = b"") -> None:
    data = frames.encode(header, body)
    while data:
        data = data[os.write(1, data) :]


# ---- what is there


def look() -> dict[str, Any]:
    """Everything that can be read or tried without using much of anything."""
    status = dict(line.split(":\t", 1) for line in _text("/proc/self/status").splitlines() if ":\t" in line)
    mounts = [line.split()[:4] for line in _text("/proc/self/mounts").splitlines()]
    return {
        "pid": os.getpid(),
        "status": {key: status.get(key, "").strip() for key in ("Uid", "Gid", "Groups", "NoNewPrivs", "Seccomp")},
        "capabilities": {key: status.get(key, "") for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")},
        "mounts": mounts,
        "writable": sorted({target for _, target, *_ in mounts if _can_write(target)} | _writable_folders()),
        "file_systems": {path: _file_system(path) for path in ("/tmp", "/box", "/dev/shm")},  # noqa: S108
        "interfaces": sorted(os.listdir("/sys/class/net")) if os.path.isdir("/sys/class/net") else [],
        "routes": len(_text("/proc/net/route").splitlines()) - 1,
        "families": {name: attempt(partial(_open_socket, number)) for name, number in FAMILIES.items()},
        "connections": {address: _connect(address) for address in ADDRESSES},
        "lookup": _lookup(),
        "calls": {name: attempt(partial(_call, name)) for name in NUMBERS if _number(name) is not None},
        "int80": attempt(_int80) if platform.machine() == "x86_64" else "EPERM",
        "limits": {line[:25].strip(): line[25:].split()[:2] for line in _text("/proc/self/limits").splitlines()[1:]},
        "environment": sorted(os.environ),
        "sockets": [
            path for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd") if os.path.exists(path)
        ],
        "devices": sorted(os.listdir("/dev")),
        "mknod": attempt(lambda: os.mknod("/tmp/null", 0o20666, os.makedev(1, 3))),  # noqa: S108
        "cgroup": _text("/proc/self/cgroup").splitlines(),
        "kernel_settings": attempt(lambda: _overwrite("/proc/sys/kernel/hostname")),
        "masked": {path: len(_bytes(path)) for path in ("/proc/kcore", "/proc/keys", "/proc/timer_list")},
        "hostname": socket.gethostname(),
        "oom_score_adj": int(_text("/proc/self/oom_score_adj")),
    }


def privileged_files() -> list[str]:
    """Files that would run with another's rights."""
    found = []
    for parent, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(parent, name) not in ("/proc", "/sys", "/dev")]
        for name in files:
            path = os.path.join(parent, name)
            if os.lstat(path).st_mode & 0o6000 and not os.path.islink(path):
                found.append(path)
    return found


# ---- what is used up


def tasks(most: int) -> int:
    """How many processes there can be, this one included; tries no more than `most`."""
    children: list[int] = []
    try:
        while len(children) < most:
            pid = os.fork()
            if pid == 0:
                signal.pause()
            children.append(pid)
    except OSError:
        pass
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return len(children) + 1


def memory(mebibytes: int) -> str:
    """What happens to a child that takes this much."""

    def take() -> None:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        held = bytearray(mebibytes * MIB)
        for at in range(0, len(held), 4096):
            held[at] = 1

    return attempt(take)


def spin(seconds: float, processes: int) -> int:
    """Several processes that compute for so long."""
    until = time.monotonic() + seconds
    children = [_fork(lambda: _busy(until)) for _ in range(processes)]
    for pid in children:
        os.waitpid(pid, 0)
    return len(children)


def fill(path: str, most: int) -> dict[str, Any]:
    """How many bytes, and how many files, a folder takes, up to `most` bytes."""
    written, why = 0, ""
    block = b"x" * MIB
    names: list[str] = []
    try:
        while written < most:  # several files: one alone ends at the limit of file size
            names.append(f"{path}/fill-{len(names)}")
            with open(names[-1], "wb", buffering=0) as file:
                for _ in range(16):
                    written += file.write(block)
    except OSError as error:
        why = errno.errorcode.get(error.errno or 0, "?")
    for name in names:
        os.unlink(name)
    return {"bytes": written, "why": why}


def files(path: str, most: int) -> int:
    """How many files a folder takes, up to `most`."""
    made = 0
    try:
        while made < most:
            os.close(os.open(f"{path}/file-{made}", os.O_CREAT | os.O_WRONLY))
            made += 1
    except OSError:
        pass
    for number in range(made):
        os.unlink(f"{path}/file-{number}")
    return made


def flood(mebibytes: int) -> None:
    """Much more output than anything may have."""
    block = b"x" * MIB
    for _ in range(mebibytes):
        os.write(2, block)


QUESTIONS: dict[str, Callable[..., Any]] = {
    "look": look,
    "privileged_files": privileged_files,
    "tasks": tasks,
    "memory": memory,
    "spin": spin,
    "fill": fill,
    "files": files,
    "flood": flood,
}


# ---- attempts


def attempt(act: Callable[[], Any]) -> str:
    """How `act` ended in a fork: "done", the name of an errno, "killed by N" or "failed"."""
    pid = _fork(act)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return f"killed by {os.WTERMSIG(status)}"
    code = os.WEXITSTATUS(status)
    return "done" if code == 0 else errno.errorcode.get(code, "failed")


def _fork(act: Callable[[], Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        act()
    except OSError as error:
        os._exit(error.errno or 255)
    except BaseException:  # noqa: BLE001 (whatever it was, the fork ends here)
        os._exit(255)
    os._exit(0)


def _number(name: str) -> int | None:
    on_x86, on_arm, _ = NUMBERS[name]
    return {"x86_64": on_x86, "aarch64": on_arm}.get(platform.machine())


def _call(name: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = NUMBERS[name][2]
    if libc.syscall(ctypes.c_long(_number(name) or 0), *(ctypes.c_long(value) for value in arguments)) < 0:
        raise OSError(ctypes.get_errno(), name)


def _int80() -> None:
    """getpid by the 32-bit way in, which argument filters for 64-bit calls do not see."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20; int 0x80; ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    ctypes.CFUNCTYPE(ctypes.c_int)(address)()


def _open_socket(family: int) -> None:
    kind = socket.SOCK_RAW if family in (16, 17) else socket.SOCK_SEQPACKET if family == 38 else socket.SOCK_STREAM
    socket.socket(family, kind)


def _connect(address: str) -> str:
    def act() -> None:
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        one.settimeout(0.3)
        one.connect((address, 80))

    return attempt(act)


def _lookup() -> str:
    def act() -> None:
        try:
            socket.getaddrinfo("example.com", 80)
        except socket.gaierror as error:
            raise OSError(errno.ENETUNREACH, "no name service") from error

    return attempt(act)


def _busy(until: float) -> None:
    while time.monotonic() < until:
        pass


def _can_write(folder: str) -> bool:
    if not os.path.isdir(folder) or folder.startswith(("/proc", "/sys")):
        return False
    try:
        os.close(os.open(f"{folder}/.probe", os.O_CREAT | os.O_WRONLY))
        os.unlink(f"{folder}/.probe")
    except OSError:
        return False
    return True


def _writable_folders() -> set[str]:
    places = ("/", "/opt", "/opt/runner", "/opt/checker", "/etc", "/usr", "/usr/lib", "/var", "/home", "/root", "/dev")
    return {path for path in places if _can_write(path)}


def _overwrite(path: str) -> None:
    with open(path, "w") as file:
        file.write("probe")


def _file_system(path: str) -> dict[str, int]:
    found = os.statvfs(path)
    return {"bytes": found.f_blocks * found.f_frsize, "files": found.f_files, "flags": found.f_flag}


def _text(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(64)
    except OSError:
        return b""


if __name__ == "__main__":
    main()
