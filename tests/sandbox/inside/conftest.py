"""Runs of the code inside, without Docker."""

import base64
import contextlib
import json

import pytest

from sandbox.inside import codec, frames
from sandbox.model import Size
from tests.fakes import ProcessSandbox, relay
from tests.fakes import begin as begin_box


@pytest.fixture(scope="session")
def boxes():
    with ProcessSandbox() as sandbox:
        yield sandbox


class Asked:
    """A runner that has begun, asked in Python's own terms."""

    def __init__(self, box):
        self.box, self.seq = box, 0

    def ask(self, question, *, cpu_seconds=10, wall_seconds=None):
        self.seq += 1
        header = {"do": "ask", "run": "r", "seq": self.seq, "nonce": "n"}
        reply = self.box.ask(header, json.dumps(question).encode(), cpu_seconds=cpu_seconds, wall_seconds=wall_seconds)
        if reply.ended is not None:
            return {"ended": reply.ended.value, "said": self.box.errors() if not reply.box_alive else ""}
        assert reply.header == {"is": "reply", "run": "r", "seq": self.seq, "nonce": "n"}
        try:
            answer = frames.strict_json(reply.body)
        except frames.FrameError:
            return {"ended": "tampered"}
        if answer["ended"] == "value":
            answer["value"] = codec.unpack(answer["value"])
        answer["files"] = {name: base64.b64decode(data) for name, data in answer.get("files", {}).items()}
        return answer

    def call(self, name, *args, **kwargs):
        packed = [[key, codec.pack(value)] for key, value in kwargs.items()]
        return self.ask({"q": "call", "name": name, "args": [codec.pack(value) for value in args], "kwargs": packed})

    def program(self, *args, stdin=b"", files=None, read=()):
        named = [[name, base64.b64encode(data).decode()] for name, data in (files or {}).items()]
        text = base64.b64encode(stdin).decode()
        return self.ask({"q": "program", "args": list(args), "stdin": text, "files": named, "read": list(read)})


@pytest.fixture
def begin(boxes):
    """`begin({"x.py": code}, mode="function")` gives a runner that holds these files."""
    with contextlib.ExitStack() as stack:

        def begin(files, *, mode="function", main="x.py", **more):
            box = stack.enter_context(boxes.runner(size=Size.SMALL, mode=mode, seconds=20))
            data = [text.encode() if isinstance(text, str) else text for text in files.values()]
            header = {"do": "begin", "run": "r", "mode": mode, "main": main, **more}
            header["files"] = [[name, len(text)] for name, text in zip(files, data, strict=True)]
            reply = box.ask(header, b"".join(data), cpu_seconds=20)
            assert reply.header == {"is": "begun", "run": "r"}, box.errors()
            return Asked(box)

        yield begin


class Graded:
    """A submission in the checker, with runners of the answer and the solution behind it."""

    def __init__(self, checker, answer, solution, begun):
        self.checker, self.runners = checker, {"answer": answer, "solution": solution}
        self.ids = begun.header.get("checks", [])
        self.broken = begun.body.decode() if begun.header["is"] == "broken" else None
        self.asked = []

    def check(self, id):
        reply = self.checker.ask({"do": "check", "run": "s", "id": id}, cpu_seconds=30)
        reply = relay(self.checker, reply, self._ask)
        if reply.header["is"] == "broken":
            self.broken = reply.body.decode()
            return {"status": "broken", "text": self.broken}
        assert reply.header == {"is": "checked", "run": "s", "id": id}, (reply, self.checker.errors())
        return json.loads(reply.body)

    def only(self):
        """The result of the one check there is."""
        (id,) = self.ids
        return self.check(id)

    def outputs(self, body):
        reply = self.checker.ask({"do": "outputs", "run": "s", "index": 0}, body, cpu_seconds=30)
        assert reply.header == {"is": "outputs", "run": "s", "index": 0}
        return json.loads(reply.body)

    def end(self):
        if self.broken is not None:
            return
        self.broken = "ended"
        assert self.checker.ask({"do": "end", "run": "s"}, cpu_seconds=30).header == {"is": "ended", "run": "s"}

    def _ask(self, of, body):
        self.asked.append((of, json.loads(body)))
        runner = self.runners[of]
        if isinstance(runner, bytes):
            return runner
        runner.seq += 1
        header = {"do": "ask", "run": "r", "seq": runner.seq, "nonce": "n"}
        reply = runner.box.ask(header, body, cpu_seconds=3)
        return json.dumps({"ended": reply.ended.value}).encode() if reply.ended else reply.body


@pytest.fixture
def grade(boxes, begin):
    """`grade(code, checks)` loads `checks` (a checks.py, or declared ones) over an answer (code, or forged bytes)."""
    begun_before = []
    with contextlib.ExitStack() as stack:

        def grade(answer, checks, *, solution="", mode="function", seed=1, key="k", **files):
            runners = [
                one if isinstance(one, bytes) else begin({"x.py": one}, mode=mode) if one else b""
                for one in (answer, solution)
            ]
            checker = stack.enter_context(boxes.checker(key=key))
            declared = json.dumps({"checks": checks}).encode() if isinstance(checks, list) else None
            own = {"checks.json": declared} if declared else {"checks.py": checks.encode()}
            while begun_before:
                begun_before.pop().end()
            header = {"run": "s", "kind": mode, "seed": seed, "language": "en"}
            begun = begin_box(checker, header, own | files)
            assert begun.header.get("is") in ("begun", "broken"), (begun, checker.errors())
            graded = Graded(checker, *runners, begun)
            begun_before.append(graded)
            stack.callback(graded.end)
            return graded

        yield grade
