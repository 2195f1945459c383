"""Runs of the code inside, without Docker."""

import base64
import contextlib
import json

import pytest

from sandbox.inside import codec, frames
from sandbox.model import Size
from tests.fakes import ProcessSandbox


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
        answer["files"] = {name: base64.b64decode(data) for name, data in answer["files"].items()}
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
