"""One question, one process: forked ahead, captured, counted, killed with all it started, its leavings removed."""

from __future__ import annotations

import atexit
import base64
import contextlib
import glob
import json
import os
import select
import sys
import threading
from collections.abc import Callable
from typing import Any

import asking
import folder
from inside import frames
from inside.reaping import empty, is_init, settle, sweep

MOST_PRINTED = 8 * frames.MIB  # more than this ends the question
MOST_REPLY = frames.MOST_OUT - 64 * 1024
SCRATCH = ("/tmp", "/dev/shm")  # noqa: S108 - tmpfs of the container
FONTS = "/opt/matplotlib/fontlist-*.json"

Work = Callable[[dict[str, Any], Callable[[], None]], tuple[dict[str, Any], int]]


def prepare_scratch() -> None:
    """Give matplotlib its list of fonts, which it would look for at each start."""
    target = os.environ.get("MPLCONFIGDIR")
    fonts = glob.glob(FONTS)
    if target and fonts and is_init():
        os.makedirs(target, exist_ok=True)
        for path in fonts:
            with contextlib.suppress(FileExistsError):
                os.symlink(path, f"{target}/{os.path.basename(path)}")


def empty_scratch(box: str) -> None:
    """Leave nothing of the question before."""
    empty(box)
    if is_init():
        for path in SCRATCH:
            with contextlib.suppress(FileNotFoundError):
                empty(path)
        prepare_scratch()


def files_of(question: Any) -> dict[str, bytes]:
    """The files a question brings, and its input, by name. Raises ValueError if one cannot be called so."""
    found = {name: base64.b64decode(data) for name, data in question.get("files", [])}
    if len(found) > folder.MOST_FILES or not all(map(folder.usable, found)):
        raise ValueError("a file that cannot be called so")
    return found


class Waiting:
    """A child made ahead: its streams stand, `ready` is done, and it waits for its one question."""

    def __init__(self, ready: Callable[[], None], work: Work, *, run: Any, keep: tuple[int, ...]) -> None:
        """`ready` and `work` run in the child, which holds none of the descriptors `keep`."""
        self._run = run
        self._status: int | None = None
        pipes = {name: os.pipe() for name in ("reply", "loading", "stdout", "stderr")}
        told, self._question = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            _child(ready, work, pipes, told, closed=(*keep, self._question), program=run.mode == "program")
        for end in (told, *(end for _, end in pipes.values())):
            os.close(end)
        self._heard = Heard({name: end for name, (end, _) in pipes.items()}, kept=run.output)

    def answer(self, question: dict[str, Any], *, watched: int) -> bytes:
        """The JSON of the answer. The child may still run: call `end`. `watched` is the host's end: when it closes, so
        do we."""
        heard, run = self._heard, self._run
        with contextlib.suppress(BrokenPipeError):  # it is dead: its status tells
            _write(self._question, json.dumps(question).encode())
        os.close(self._question)
        heard.listen(self._pid, watched)
        names = question.get("read", [])
        if heard.reply is None or names:
            self.end()
        heard.drain()
        own: dict[str, Any] = {
            "stdout": heard.text("stdout"),
            "stderr": heard.text("stderr").replace(f"{run.box}/", ""),
            "loading": heard.text("loading"),
            "cut": heard.cut,
            "files": {},
        }
        if names:
            found = folder.read_back(run.box, names)
            own["files"] = {name: base64.b64encode(data).decode() for name, data in found.items()}
        if heard.overflowed:
            return _joined(own, asking.EMPTY | {"ended": "output_limit"})
        if heard.reply is not None:
            return _joined(own, heard.reply)
        code = os.waitstatus_to_exitcode(self.end())
        ended = "exited" if run.mode == "program" and code >= 0 else "crashed"
        return _joined(own, asking.EMPTY | {"ended": ended, "exit": code})

    def end(self) -> int:
        """Kill the child and all it started; gives its wait status. Twice does no harm."""
        if self._status is None:
            self._status = sweep(self._pid)
        return self._status


def _joined(own: dict[str, Any], told: dict[str, Any] | bytes) -> bytes:
    """Our part and the child's part of an answer as one object. The child's is not parsed: it is only passed on."""
    if isinstance(told, dict):
        told = json.dumps(told).encode()
    ours = json.dumps(own, ensure_ascii=False, separators=(",", ":")).encode()
    if len(ours) + len(told) > MOST_REPLY and own["files"]:
        return _joined(own | {"files": {}}, told)
    if len(ours) + len(told) > MOST_REPLY:
        return _joined(own, asking.EMPTY | {"ended": "value", "value": ["u", "object", "large"]})
    return ours[:-1] + b"," + told[1:]


class Heard:
    """What a child says on its pipes: kept up to a cap, read and counted beyond it."""

    def __init__(self, ends: dict[str, int], *, kept: int) -> None:
        self._ends = ends
        self._most = dict.fromkeys(ends, kept) | {"reply": MOST_REPLY}
        self._texts = {name: bytearray() for name in ends}
        self._printed = 0
        self.cut = False
        for end in ends.values():
            os.set_blocking(end, False)

    def listen(self, pid: int, watched: int) -> None:
        """Until the reply is whole, the child is dead or it has printed too much."""
        poll = select.poll()
        names = {end: name for name, end in self._ends.items()}
        for end in names:
            poll.register(end, select.POLLIN)
        poll.register(watched, 0)
        gone = os.pidfd_open(pid)
        poll.register(gone, select.POLLIN)
        try:
            while self.reply is None and not self.overflowed:
                events = dict(poll.poll())
                if watched in events:
                    os._exit(0)
                for end in events.keys() & names.keys():
                    if not self._take(names[end]):
                        poll.unregister(end)
                if gone in events:
                    break
        finally:
            os.close(gone)

    def drain(self) -> None:
        """What was still in the pipes when the child ended."""
        for name, end in self._ends.items():
            for _ in range(64):
                if not self._take(name):
                    break
            os.close(end)

    def _take(self, name: str) -> bool:
        """Read once; False when nothing is there or nothing will come."""
        try:
            data = os.read(self._ends[name], 65536)
        except BlockingIOError:
            return False
        if name != "reply":
            self._printed += len(data)
        room = self._most[name] - len(self._texts[name])
        self._texts[name] += data[:room]
        self.cut = self.cut or len(data) > room
        return bool(data)

    @property
    def overflowed(self) -> bool:
        return self._printed > MOST_PRINTED

    @property
    def reply(self) -> bytes | None:
        said = self._texts["reply"]
        size = int.from_bytes(said[:4], "big")
        return bytes(said[4 : 4 + size]) if len(said) >= 6 and size >= 2 and len(said) - 4 >= size else None

    def text(self, name: str) -> str:
        return self._texts[name].decode("utf-8", "backslashreplace")


def _child(
    ready: Callable[[], None],
    work: Work,
    pipes: dict[str, tuple[int, int]],
    told: int,
    *,
    closed: tuple[int, ...],
    program: bool,
) -> None:
    """The learner's process. Never returns."""
    code = 70
    try:
        for end in (*closed, *(end for end, _ in pipes.values())):
            os.close(end)
        settle()
        _redirect(0, os.open("/dev/null", os.O_RDONLY))
        _redirect(1, pipes["stdout" if program else "loading"][1])
        _redirect(2, pipes["stderr"][1])
        fresh_streams()
        ready()
        with open(told, "rb") as file:
            asked = file.read()
        if not asked:
            os._exit(0)  # nobody will ask any more
        question = json.loads(asked)
        if question.get("stdin"):
            _redirect(0, _input(question["stdin"]))

        def loaded() -> None:
            sys.stdout.flush()
            _redirect(1, pipes["stdout"][1])

        found, code = work(question, loaded)
        if program:
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
            found["exit"] = code
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        body = asking.whole(found)
        _write(pipes["reply"][1], len(body).to_bytes(4, "big") + body)
    finally:
        os._exit(code)


def fresh_streams() -> None:
    """Python's own streams, over whatever 0, 1 and 2 are now."""
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    for name, fd in (("stdout", 1), ("stderr", 2)):
        stream = open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _redirect(fd: int, to: int) -> None:
    os.dup2(to, fd)


def _input(text: str) -> int:
    """The question's input (base64) as a file without a name."""
    fd = os.open(SCRATCH[0], os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    with open(fd, "wb", closefd=False) as file:
        file.write(base64.b64decode(text))
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _write(fd: int, content: bytes) -> None:
    data = memoryview(content)
    while data:
        data = data[os.write(fd, data) :]
