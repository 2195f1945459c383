"""One submission in the checker: a fork that loads the exercise's checks and runs them as the worker asks."""

from __future__ import annotations

import functools
import importlib.util
import io
import json
import math
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import answers
import checks
import declared
import outputs
import probes
import showing
from inside import frames
from inside.wire import Wire

PATIENCE = 30  # seconds of one stretch of checking, without the time the worker takes to answer
TOLD = 3  # exit code: what went wrong has been said
MOST_FILE = 8 * frames.MIB


class Submission:
    """What `begin` brought, and the checks found in it."""

    def __init__(self, wire: Wire, frame: frames.Frame, box: str) -> None:
        header, body = frame
        self.wire, self.run, self.box, self.asked = wire, header["run"], box, 0
        self.seed = header.get("seed", 0)
        for name, size in header.get("files", []):
            _write(box, name, body[:size])
            body = body[size:]
        self.checks: dict[str, Callable[[], Any]] = {}

    def serve(self) -> None:
        """Answer the worker until `end`. Ends the process."""
        probes.state.transport = self.ask
        signal.alarm(PATIENCE)
        try:
            self.load()
        except BaseException:  # noqa: BLE001 - an author's file may do anything
            self.broken(None)
        self.wire.write({"is": "begun", "run": self.run, "checks": list(self.checks)})
        while True:
            signal.alarm(0)
            header, body = self.wire.read()
            signal.alarm(PATIENCE)
            match header.get("do"):
                case "check":
                    self.check(header["id"])
                case "outputs":
                    reduced = json.dumps(outputs.reduced(body), ensure_ascii=False).encode()
                    self.wire.write({"is": "outputs", "run": self.run, "index": header.get("index")}, reduced)
                case "end":
                    os._exit(0)
                case _:
                    raise ValueError("not what a submission is asked")

    def load(self) -> None:
        """Find the declared checks and those of checks.py, in this order."""
        path = f"{self.box}/checks.json"
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for entry in json.load(file)["checks"]:
                    self.checks[entry["id"]] = functools.partial(declared.check, entry)
        path = f"{self.box}/checks.py"
        if os.path.exists(path):
            spec = importlib.util.spec_from_file_location("exercise_checks", path)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules["exercise_checks"] = module
            spec.loader.exec_module(module)
        for one in checks.registered():
            if one.id in self.checks:
                raise probes.AuthorError(f"two checks are called {one.id}")
            self.checks[one.id] = one.run

    def ask(self, of: str, question: dict[str, Any]) -> answers.Answer:
        """Have the worker put a question to the answer's runner or the solution's."""
        signal.alarm(0)
        self.asked += 1
        header = {"is": "question", "run": self.run, "seq": self.asked, "of": of}
        self.wire.write(header, json.dumps(question, ensure_ascii=False).encode())
        told, body = self.wire.read()
        if told.get("do") == "end":
            os._exit(0)
        if told.get("do") != "reply" or told.get("seq") != self.asked:
            raise ValueError("not the reply to this question")
        signal.alarm(PATIENCE)
        return answers.read(body)

    def check(self, id: str) -> None:
        """Run one check and tell its result."""
        result = judged(id, self.checks[id], seed=self.seed, box=self.box)
        body = json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
        self.wire.write({"is": "checked", "run": self.run, "id": id}, body)

    def broken(self, id: str | None) -> None:
        """Tell that the author's code failed as a whole. Ends the process."""
        text = author_traceback(self.box)
        self.wire.write({"is": "broken", "run": self.run, "id": id}, text.encode("utf-8", "replace"))
        os._exit(TOLD)


def judged(id: str, run: Callable[[], Any], *, seed: int, box: str) -> dict[str, Any]:
    """The result of one check, as the wire carries it."""
    state = probes.state
    state.compared, state.last = 0, None
    checks.rng.seed(f"{seed}:{id}")
    printed = io.StringIO()
    result: dict[str, Any] = {"id": id, "status": "passed", "earned": 1, "notes": []}
    about: dict[str, Any] = {}
    try:
        sys.stdout = printed  # an author's print is for nobody
        returned = run()
        if not state.compared:
            raise probes.AuthorError("this check compared nothing")
        result["earned"] = 1 if returned is None else _share(returned)
        if result["earned"] < 1:
            result["status"] = "failed"
    except probes.Ended as ended:
        result |= {"status": ended.status, "earned": 0, "notes": ended.about.pop("notes", [])}
        state.last, about = ended.probe, ended.about
    except BaseException:  # noqa: BLE001 - an author's check may raise anything
        result |= {"status": "checker_error", "earned": 0, "staff": author_traceback(box)}
    finally:
        sys.stdout = sys.__stdout__
    return result | _seen(state.last, result["notes"], **about)


def _seen(probe: probes.Probe | None, notes: list[Any], *, expected: str | None = None, got: str | None = None,
          difference: Any = None) -> dict[str, Any]:  # fmt: skip
    """Call, got, printed text, trace and plots of what was asked for last."""
    if probe is None:
        empty = {"call": None, "expected": None, "got": None, "difference": None, "stdout": "", "stderr": ""}
        return empty | {"trace": [], "error": None, "plots": []}
    answer = probe.answer
    if answer.cut:
        notes.append({"key": "output.cut", "params": {}})
    error = answer.error if answer.ended == "raised" else None
    return {
        "call": showing.visible(probe.text),
        "expected": expected,
        "got": got if got is not None or answer.ended != "value" else showing.shown(answer.value),
        "difference": difference,
        "stdout": showing.visible(answer.loading + answer.stdout),
        "stderr": showing.visible(answer.stderr),
        "trace": [[file, line, showing.visible(text)] for file, line, text in error.trace] if error else [],
        "error": showing.visible(f"{error.type}: {error.message}".removesuffix(": ")) if error else None,
        "plots": outputs.pictures(answer.plots),
    }


def _share(returned: Any) -> float:
    """What a check returned, as the share of its points. Raises AuthorError for anything but a number from 0 to 1."""
    if isinstance(returned, bool) or not isinstance(returned, (int, float)) or not math.isfinite(returned):
        raise probes.AuthorError(f"a check returns nothing, or its share from 0 to 1, not {returned!r:.80}")
    if not 0 <= returned <= 1:
        raise probes.AuthorError(f"a share lies between 0 and 1: {returned!r:.80}")
    return returned


def author_traceback(box: str) -> str:
    """The exception in hand, for author and staff: only lines of the exercise's own files."""
    kind, error, trace = sys.exc_info()
    own = [step for step in traceback.extract_tb(trace) if step.filename.startswith(f"{box}/")]
    lines = [*traceback.format_list(own[-12:]), *traceback.format_exception_only(kind, error)]
    return "".join(lines).replace(f"{box}/", "")[-showing.MOST_TEXT :]


def _write(box: str, name: str, data: bytes) -> None:
    path = os.path.normpath(f"{box}/{name}")
    if not path.startswith(f"{box}/") or len(data) > MOST_FILE:
        raise ValueError("a file that cannot be called so")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
