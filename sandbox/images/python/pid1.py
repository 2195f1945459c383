"""PID 1 of a runner: takes frames, lets each question be answered by a fresh process, and leaves nothing behind it.

Everything here is as untrusted as the learner's code beside it: it keeps runs orderly, not honest. Started as a plain
process (tests), it does the same but kills only what it started.
"""

from __future__ import annotations

import gc
import importlib
import os
import re
import signal
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import asking  # noqa: E402 - our folder is on the path only now
import figures  # noqa: E402
import folder  # noqa: E402
import process  # noqa: E402
from inside import frames, tables  # noqa: E402, F401 - tables: found later without our folder on the path
from inside.reaping import guard_self  # noqa: E402
from inside.wire import Wire  # noqa: E402

BEGIN = frozenset({"do", "run", "mode", "files", "main", "limits"})
KNOWN = BEGIN | {"seq", "nonce", "index"}
MODES = ("function", "program", "notebook")
PACKAGES = {b"numpy": "numpy", b"pandas": "pandas", b"matplotlib": "matplotlib.pyplot"}  # slow to import
IMPORTS = re.compile(rb"^\s*(?:import|from)\s+(numpy|pandas|matplotlib)\b", re.MULTILINE)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    guard_self()
    wire = Wire(known=KNOWN)
    box = os.path.realpath(os.environ.get("HOME", "/box"))
    if sys.argv[1:] == ["notebook"]:
        import driver

        process.prepare_scratch()
        gc.disable()
        driver.preload()
        gc.freeze()
        driver.serve(wire, lambda frame: Run(frame, box=box), box=box, ours=_ours())
        return
    gc.freeze()
    wire.write({"is": "ready", "image": "python"})
    run = Run(wire.read(), box=box)
    preload(run)
    wire.write({"is": "begun", "run": run.id})
    serve(wire, run)


class Run:
    """What `begin` said. Raises ValueError if it makes no sense."""

    def __init__(self, frame: frames.Frame, *, box: str) -> None:
        header, body = frame
        limits = header.get("limits") or {}
        if header.get("do") != "begin" or header.get("mode") not in MODES or not BEGIN.issuperset(header):
            raise ValueError("a run must begin with begin")
        self.id, self.mode, self.main, self.box = header["run"], header["mode"], header.get("main"), box
        self.output, self.items = int(limits.get("output", 65536)), int(limits.get("items", 1000))
        self.files: dict[str, bytes] = {}
        for name, size in header.get("files", []):
            if not folder.usable(name) or name in self.files or len(self.files) == folder.MOST_FILES:
                raise ValueError("a file that cannot be called so")
            self.files[name], body = body[:size], body[size:]
        if self.main is not None and not folder.usable(self.main):
            raise ValueError("a main file that cannot be called so")
        code = b"\n".join(data for name, data in self.files.items() if name.endswith(".py"))
        wanted = {name for name in IMPORTS.findall(code) if f"{name.decode()}.py" not in self.files}
        self.preload = sorted(PACKAGES[name] for name in wanted)


def preload(run: Run) -> None:
    """Import once, for all questions, the slow packages that the code itself imports. Nothing of the code runs."""
    if run.preload:
        process.prepare_scratch()
        gc.disable()
        for name in run.preload:
            if name == "matplotlib.pyplot":
                figures.import_pyplot()
            else:
                importlib.import_module(name)
        gc.freeze()


def serve(wire: Wire, run: Run) -> None:
    """Answer questions, each in a fork of this process and a fresh folder; both are made before the question comes."""
    ours = _ours()

    def ready() -> None:
        sys.path[:] = [run.box, *(path for path in sys.path if path != HERE)]
        for name in [*ours, "__main__"]:
            sys.modules.pop(name, None)
        os.chdir(run.box)
        figures.watch()

    def work(question: dict[str, Any], loaded: Any) -> tuple[asking.Answer, int]:
        if run.mode == "program":
            return asking.run(question, box=run.box, main=run.main)
        sys.argv[:] = [run.main or ""]
        sys.modules["__main__"] = type(sys)("__main__")
        return asking.ask(question, box=run.box, main=run.main, items=run.items, loaded=loaded), 0

    while True:
        process.empty_scratch(run.box)
        folder.fill(run.box, run.files)
        child = process.Waiting(ready, work, run=run, keep=(wire.source, wire.target))
        header, body = wire.read()
        question = frames.strict_json(body)
        if header.get("do") != "ask":
            raise ValueError("a run can begin only once")
        folder.fill(run.box, process.files_of(question))
        answer = child.answer(question, watched=wire.source)
        wire.write({"is": "reply", "run": run.id, "seq": header.get("seq"), "nonce": header.get("nonce")}, answer)
        child.end()


def _ours() -> list[str]:
    """Modules of ours that a learner's of the same name must not meet. `inside` stays: it imports parts of itself."""
    return [
        name
        for name, module in sys.modules.items()
        if str(getattr(module, "__file__", None) or "").startswith(f"{HERE}/") and name.split(".")[0] != "inside"
    ]


if __name__ == "__main__":
    main()
