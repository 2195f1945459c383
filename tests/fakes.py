"""Stand-ins for tests: a sandbox of plain processes. It isolates nothing: only for code the tests themselves wrote."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

import sandbox
from sandbox.inside import frames
from sandbox.model import Ending, Facts, Reply, SandboxUnavailable, Size

SOURCE = Path(sandbox.__file__).parent
CACHE = Path(tempfile.gettempdir()) / "bilik-process-sandbox"


class ProcessBox:
    """The code of an image as a local process, spoken to as a container is."""

    def __init__(self, command: list[str], *, home: Path, env: dict[str, str] | None = None) -> None:
        self.id = f"process-{home.name}"
        self._begun = time.monotonic()
        self.last: object = None  # what the last frame was
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        for folder in (home, home.parent / "tmp"):
            folder.mkdir(parents=True, exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PYTHONPYCACHEPREFIX": str(CACHE / "pyc"),  # compiled once, and not in the learner's folder
            "MPLCONFIGDIR": str(CACHE / "matplotlib"),  # its list of fonts takes seconds to make
            "PYTHONHASHSEED": "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MPLBACKEND": "Agg",
            "TMPDIR": str(home.parent / "tmp"),
        }
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            cwd=home,
            env=environment | (env or {}),
            bufsize=0,
        )
        self._frames = frames.Frames()
        self._found: list[frames.Frame] = []
        ready = self._hear(cpu_seconds=30, wall_seconds=60)
        if ready.header.get("is") != "ready":
            raise SandboxUnavailable(f"not ready: {ready} {self.errors()}")

    def ask(
        self, header: dict[str, Any], body: bytes = b"", *, cpu_seconds: float, wall_seconds: float | None = None
    ) -> Reply:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(frames.encode(header, body))
        except BrokenPipeError:
            return Reply(ended=Ending.CRASHED, box_alive=False)
        return self._hear(cpu_seconds=cpu_seconds, wall_seconds=wall_seconds or 5 * cpu_seconds + 10)

    def errors(self) -> str:
        """What the process itself wrote to its standard error."""
        self._said.seek(0)
        return self._said.read().decode(errors="replace")

    def facts(self) -> Facts:
        return Facts(
            cpu_seconds=self._cpu(), peak_bytes=0, oom_kills=0, wall_seconds=round(time.monotonic() - self._begun, 3)
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        for process in [*self._family(), psutil.Process(self._process.pid)] if self.alive else []:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._said):
            assert stream is not None
            stream.close()

    def _hear(self, *, cpu_seconds: float, wall_seconds: float) -> Reply:
        assert self._process.stdout is not None
        began, spent = time.monotonic(), self._cpu()
        ended: Ending | None = None
        while not self._found and ended is None:
            if select.select([self._process.stdout], [], [], 0.1)[0]:
                data = os.read(self._process.stdout.fileno(), 1 << 16)
                try:
                    self._found += self._frames.feed(data)
                except frames.FrameError:
                    ended = Ending.TAMPERED
                if not data:
                    ended = Ending.CRASHED
            elif time.monotonic() - began > min(cpu_seconds / 2, wall_seconds) and (
                time.monotonic() - began > wall_seconds or self._cpu(deep=True) - spent > cpu_seconds
            ):
                ended = Ending.TIMED_OUT
        wall = time.monotonic() - began
        if ended is not None:
            self.kill()
            return Reply(ended=ended, box_alive=False, wall_seconds=wall)
        header, body = self._found.pop(0)
        self.last = header.get("is")
        return Reply(header=header, body=body, wall_seconds=wall, cpu_seconds=max(self._cpu() - spent, 0.0))

    def kill(self) -> None:
        for process in self._family():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.kill()

    def _family(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _cpu(self, *, deep: bool = False) -> float:
        """Seconds of the process and those it has waited for; `deep`: and of its living children."""
        total = 0.0
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [psutil.Process(self._process.pid), *(self._family() if deep else [])]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    total += sum(process.cpu_times()[:4])
        return total


class ProcessSandbox:
    """`sandbox.model.Sandbox` over local processes. Close it, or use it as a context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="bilik-boxes-"))
        self._count = 0
        self._checkers: dict[str, ProcessBox] = {}
        for image, place in (("python", "runner"), ("checker", "checker")):
            if (SOURCE / "images" / image).exists():
                shutil.copytree(SOURCE / "images" / image, self._folder / place)
                shutil.copytree(SOURCE / "inside", self._folder / place / "inside")

    def __enter__(self) -> ProcessSandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for box in self._checkers.values():
            box.close()
        subprocess.run(
            ["rm", "-rf", self._folder], check=False
        )  # rmtree recurses: a test nests folders deeper than it can

    @contextlib.contextmanager
    def runner(self, *, size: Size, mode: str, seconds: float) -> Iterator[ProcessBox]:
        box = self._start("runner", "pid1.py", mode)
        try:
            yield box
        finally:
            box.close()

    @contextlib.contextmanager
    def checker(self, *, key: str) -> Iterator[ProcessBox]:
        box = self._checkers.pop(key, None)  # nobody else's while it is leased
        if box is None or not box.alive:
            box = self._start("checker", "forkserver.py")
        try:
            yield box
        finally:
            clean = box.last == "ended"  # else a fork of it is still at work
            if not clean or self._checkers.setdefault(key, box) is not box:
                box.close()

    def image(self) -> dict[str, str]:
        return {"recipe": "process", "id": "process"}

    def _start(self, place: str, script: str, *arguments: str) -> ProcessBox:
        self._count += 1
        home = self._folder / f"box-{self._count}"
        env = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"} if arguments == ("notebook",) else {}
        return ProcessBox(
            [sys.executable, "-P", "-s", str(self._folder / place / script), *arguments], home=home, env=env
        )


def begin(box: Any, header: dict[str, Any], files: dict[str, bytes], *, cpu_seconds: float = 20) -> Reply:
    """Send `begin` with the files as the body."""
    named = [[name, len(data)] for name, data in files.items()]
    return box.ask({"do": "begin", **header, "files": named}, b"".join(files.values()), cpu_seconds=cpu_seconds)


def relay(checker: Any, reply: Reply, ask: Any) -> Reply:
    """Let `ask(of, body) -> body` answer the checker's questions until it says something else."""
    while reply.header.get("is") == "question":
        body = ask(reply.header["of"], reply.body)
        header = {"do": "reply", "run": reply.header["run"], "seq": reply.header["seq"]}
        reply = checker.ask(header, body, cpu_seconds=30)
    return reply
