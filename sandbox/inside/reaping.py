"""What PID 1 of a container does about processes and leavings. Away from PID 1 (tests) it touches only its own."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys

PR_SET_DUMPABLE = 4
LIBC = ctypes.CDLL(None)  # loaded once, not in every fork


def is_init() -> bool:
    """Whether all other processes here are ours to kill: only in a container."""
    return os.getpid() == 1


def guard_self() -> None:
    """Let no child look into PID 1, and the kernel choose a child when memory ends."""
    if is_init():
        LIBC.prctl(PR_SET_DUMPABLE, 0)
        _adjust_oom("0")


def _adjust_oom(score: str) -> None:
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(score)


def settle() -> None:
    """Become an ordinary process: killable first, with the usual signals, in a session of its own."""
    if os.getppid() == 1:
        LIBC.prctl(PR_SET_DUMPABLE, 1)
        _adjust_oom("1000")
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.dont_write_bytecode = True  # a file of the next question may have this one's name, size and second
    gc.enable()


def sweep(pid: int) -> int:
    """Kill the child and all it started; gives the child's wait status."""
    status = 0
    if not is_init():
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            ended, found = os.waitpid(-1, 0)
        except ChildProcessError:
            return status
        if ended == pid:
            status = found


def empty(folder: str) -> None:
    """Remove all that is in the folder. Folders inside folders are moved up first: no depth can exhaust the stack."""
    moved = 0
    for _ in range(10_000):
        entries = list(os.scandir(folder))
        if not entries:
            return
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)
            for inner in list(os.scandir(entry.path)):
                if inner.is_dir(follow_symlinks=False):
                    moved += 1
                    with contextlib.suppress(OSError):  # a folder that may not be moved until its mode is mended
                        os.chmod(inner.path, 0o700)
                    os.rename(inner.path, f"{folder}/.moved-{os.getpid()}-{moved}")
                else:
                    os.unlink(inner.path)
            os.rmdir(entry.path)
