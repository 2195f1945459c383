"""One run of somebody's code on one data set: its container, its questions, and how the host says they ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from graders.course import Limits
from graders.notebooks import Rebuilt
from sandbox.model import Box, Ending, Reply, Sandbox, SandboxUnavailable

MOST_RESTARTS = 2
WALL, WALL_MORE = 5, 10.0  # of a clock's seconds for each CPU second, and beside: for a question, and for all of them
OUTPUT = 64 * 1024  # bytes kept of what a question prints
ITEMS = 1000  # taken from a generator


@dataclass(frozen=True, kw_only=True)
class Told:
    """What came back for a question: an answer as opaque bytes, and the host's ending where it wrote that itself.

    `asked` False: nobody was left to ask. A kernel that is gone ended as it did for every later question.
    """

    body: bytes
    ended: Ending | None = None
    cpu_seconds: float = 0.0
    asked: bool = True


class Run:
    """Code in a container of its own, started when first needed. A box that dies is replaced twice, a kernel never.

    `files` are the code, `data` what lies beside it; `notebook` is there when cells are run before questions.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        mode: str,
        files: Mapping[str, bytes],
        data: Mapping[str, bytes],
        main: str,
        limits: Limits,
        notebook: Rebuilt | None = None,
    ) -> None:
        self.sandbox, self.mode, self.main, self.limits, self.notebook = sandbox, mode, main, limits, notebook
        self.files = {**data, **files}
        self.id = token_hex(8)
        self.cpu_seconds, self.peak_bytes, self.restarts = 0.0, 0, 0
        self.wall_left = WALL * limits.run_seconds + WALL_MORE
        self.endings: list[Ending] = []
        self.cells_run = False
        self._seq = 0
        self._box: Box | None = None
        self._dead: Ending | None = None
        self._open = ExitStack()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def cells(self) -> Iterator[tuple[str, Told]]:
        """Run the notebook: every code cell's id with what came of it. Goes on after an error."""
        self.cells_run = True
        for index, cell in enumerate(self.notebook.cells if self.notebook else ()):
            if cell.kind == "code":
                yield cell.id, self._say({"do": "cell", "index": index}, b"")

    def ask(self, question: bytes) -> Told:
        """Put a question; after the death of the last box `asked` is False."""
        if self.notebook and not self.cells_run:
            for _ in self.cells():
                pass
        return self._say({"do": "ask"}, question)

    def _say(self, header: dict[str, Any], body: bytes) -> Told:
        box = self._living()
        if box is None:
            dead = self._dead or Ending.CRASHED
            return Told(body=ended_answer(dead), ended=dead if self.notebook else None, asked=False)
        self._seq += 1
        reply = box.ask(
            {**header, "run": self.id, "seq": self._seq, "nonce": token_hex(8)},
            body,
            cpu_seconds=self.limits.seconds,
            wall_seconds=max(0.0, min(WALL * self.limits.seconds + WALL_MORE, self.wall_left)),
        )
        self.wall_left -= reply.wall_seconds
        if reply.ended is None:
            return Told(body=reply.body, cpu_seconds=reply.cpu_seconds)
        self.endings.append(reply.ended)
        if not reply.box_alive or self.mode == "notebook":  # a kernel that was killed knows nothing any more
            self._dead = reply.ended
        return Told(body=ended_answer(reply.ended), ended=reply.ended, cpu_seconds=reply.cpu_seconds)

    def _living(self) -> Box | None:
        if self._box is None or self._dead:
            if self._box is not None:
                over = self._spent() >= self.limits.run_seconds or self.wall_left <= 0
                if self.mode == "notebook" or self.restarts == MOST_RESTARTS or over:
                    return None
                self.close()
                self.restarts += 1
                self._dead = None
            self._begin()
        return self._box

    def _begin(self) -> None:
        seconds = max(self.limits.seconds, self.limits.run_seconds - self.cpu_seconds)
        lease = self.sandbox.runner(size=self.limits.memory, mode=self.mode, seconds=seconds)
        self._box = self._open.enter_context(lease)
        header = {
            "do": "begin",
            "run": self.id,
            "mode": self.mode,
            "files": [[name, len(content)] for name, content in self.files.items()],
            "main": self.main,
            "limits": {"output": OUTPUT, "items": ITEMS},
        }
        reply = self._box.ask(header, b"".join(self.files.values()), cpu_seconds=20, wall_seconds=120)
        if reply.ended or reply.header.get("is") != "begun":  # nothing of the learner's has run yet
            raise SandboxUnavailable(f"a runner did not begin: {reply.ended or reply.header}")

    def _spent(self) -> float:
        return self.cpu_seconds + (self._box.facts().cpu_seconds if self._box else 0.0)

    def close(self) -> None:
        """Give the container up; what it used is known from here on. Twice does no harm."""
        if self._box is not None:
            facts = self._box.facts()
            self.cpu_seconds += facts.cpu_seconds
            self.peak_bytes = max(self.peak_bytes, facts.peak_bytes)
            self._box = None
        self._open.close()


def ended_answer(ending: Ending) -> bytes:
    """The answer the worker writes itself when the host's facts say how a question ended."""
    return json.dumps(
        {"ended": ending.value, "value": None, "error": None, "stdout": "", "stderr": "", "cut": False, "exit": None,
         "files": {}, "plots": []}
    ).encode()  # fmt: skip


class Checking:
    """The fork of a checker that belongs to one submission. Raises CheckerFailed for all that goes wrong in it."""

    SECONDS = 10.0

    def __init__(self, box: Box) -> None:
        self.box, self.id = box, token_hex(8)

    def begin(self, *, kind: str, seed: int, language: str, files: Mapping[str, bytes]) -> list[str]:
        """Hand over the author's files; the ids of the checks found in them."""
        reply = self._ask(
            {"do": "begin", "kind": kind, "seed": seed, "language": language,
             "files": [[name, len(content)] for name, content in files.items()]},
            b"".join(files.values()),
        )  # fmt: skip
        found = reply.header.get("checks", [])
        return [str(id) for id in found] if isinstance(found, list) else []

    def check(self, id: str, answer: Callable[[str, bytes], bytes]) -> bytes:
        """Let one check ask; `answer(of, question)` finds what to tell it. The result, as JSON."""
        reply = self._ask({"do": "check", "id": id}, b"")
        while reply.header.get("is") == "question":
            of = str(reply.header.get("of"))
            reply = self._ask({"do": "reply", "seq": reply.header.get("seq")}, answer(of, reply.body))
        if reply.header.get("is") != "checked":
            raise CheckerFailed(f"an unexpected frame: {reply.header}")
        return reply.body

    def outputs(self, index: int, body: bytes) -> bytes:
        """The outputs of a cell or a program, made safe and bounded."""
        return self._ask({"do": "outputs", "index": index}, body).body

    def end(self) -> None:
        self._ask({"do": "end"}, b"")

    def _ask(self, header: dict[str, Any], body: bytes) -> Reply:
        try:
            reply = self.box.ask({**header, "run": self.id}, body, cpu_seconds=self.SECONDS)
        except ValueError as error:  # a frame larger than may be sent
            raise CheckerFailed(str(error)) from error
        if reply.ended:
            raise CheckerFailed(f"the checker ended: {reply.ended.value}")
        if reply.header.get("is") == "broken":
            raise CheckerFailed(reply.body[:8000].decode("utf-8", "replace"))
        return reply


class CheckerFailed(Exception):
    """What happened in a checker; becomes a CheckerError that names the check."""
