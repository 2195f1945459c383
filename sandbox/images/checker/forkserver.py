"""PID 1 of a checker: warm with the packages, it gives each submission a fork, and keeps nothing of it afterwards."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
gc.disable()

import numpy  # noqa: E402, F401 - paid for once, before any submission
import pandas  # noqa: E402, F401
import PIL.Image  # noqa: E402
import submission  # noqa: E402 - our folder is on the path only now
import tables_compared  # noqa: E402, F401
from inside import tables  # noqa: E402, F401
from inside.reaping import empty, guard_self, is_init, settle, sweep  # noqa: E402
from inside.wire import Wire  # noqa: E402

KNOWN = frozenset(["do", "run", "kind", "seed", "language", "files", "id", "seq", "index"])


def main() -> None:
    guard_self()
    PIL.Image.preinit()  # its plugins, which the first picture would import
    box = os.path.realpath(os.environ.get("HOME", "/box"))
    wire = Wire(known=KNOWN)
    gc.freeze()
    wire.write({"is": "ready", "image": "checker"})
    while True:
        frame = wire.read()
        run = frame[0].get("run")
        if frame[0].get("do") == "begin":
            code = fork(wire, frame, box)
            if code == submission.TOLD:
                continue
            if code:
                said = f"the checks ended without a result (exit code {code})"
                wire.write({"is": "broken", "run": run, "id": None}, said.encode())
                continue
        wire.write({"is": "ended", "run": run})


def fork(wire: Wire, frame: tuple[dict[str, object], bytes], box: str) -> int:
    """Let a fork serve one submission; gives its exit code (negative: the signal) once nothing of it is left."""
    pid = os.fork()
    if not pid:
        code = 70
        try:
            settle()
            os.chdir(box)
            sys.path[:] = [box, *(path for path in sys.path if path != HERE)]
            submission.Submission(wire, frame, box).serve()
        except BaseException as why:  # noqa: BLE001 - to staff, by standard error
            sys.excepthook(type(why), why, why.__traceback__)
        finally:
            os._exit(code)
    gone = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(gone, select.POLLIN)
    poll.register(wire.source, 0)
    if wire.source in dict(poll.poll()):
        os._exit(0)
    os.close(gone)
    code = os.waitstatus_to_exitcode(sweep(pid))
    empty(box)
    for path in ("/tmp", "/dev/shm") if is_init() else ():  # noqa: S108 - tmpfs of the container
        with contextlib.suppress(FileNotFoundError):
            empty(path)
    return code


if __name__ == "__main__":
    main()
