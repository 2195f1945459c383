"""300 damaged notebooks and their undamaged twins on real containers: `python benchmarks/damaged.py [--distinct]`.

With --distinct, those that were rebuilt to the same code are graded once: what is run is the same.

How many could not be graded, and how many got another result than their twin although every answer survived. Both
should be none. Prints each that is not as it should be; exit code 1 if there is any.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from graders.course import Exercise, load_exercise  # noqa: E402
from graders.grading import grade  # noqa: E402
from graders.notebooks import rebuild  # noqa: E402
from graders.uploads import Refusal, read_upload  # noqa: E402
from graders.verdict import CheckerError, Purpose, Verdict  # noqa: E402
from sandbox.building import build  # noqa: E402
from sandbox.docker_sandbox import DockerSandbox  # noqa: E402
from sandbox.model import SandboxUnavailable, Size  # noqa: E402
from tests.wild.damaging import COUNT, NAMES, Base, Damaged, damaged  # noqa: E402

SLOTS = 2
TRIES = 5  # of one notebook, when the sandbox is away: that is the house's fault, not the notebook's
Result = dict[str, str]


def results(exercise: Exercise, base: Base, answer: dict[str, bytes], sandbox: DockerSandbox) -> Result:
    """What each check says. Raises CheckerError."""
    course = base.folder.parents[1].name
    for left in reversed(range(TRIES)):
        try:
            *_, verdict = grade(
                exercise,
                answer,
                sandbox,
                purpose=Purpose.SUBMIT,
                seed=1,
                key=course,
                language=base.language,
            )
        except SandboxUnavailable as why:
            if not left:
                raise
            print(f"  again: {why}", flush=True)
            time.sleep(5)
        else:
            assert isinstance(verdict, Verdict)
            return {check.id: check.status.value for check in verdict.checks}
    raise AssertionError


class Known:
    """Results by what was run."""

    def __init__(self, sandbox: DockerSandbox) -> None:
        self.sandbox, self.lock = sandbox, Lock()
        self.found: dict[Hashable, Result] = {}
        self.graded = 0

    def of(self, one: Damaged, content: bytes, *, known: bool) -> Result:
        """`known`: what an equal notebook got is enough."""
        exercise = load_exercise(one.base.folder)
        answer = read_upload(exercise, {"notebook.ipynb": content})
        cells = rebuild(one.base.master, answer["task.ipynb"]).cells
        key = (one.base.folder, *((cell.id, cell.source) for cell in cells if cell.kind == "code"))
        if not known or key not in self.found:
            found = results(exercise, one.base, answer, self.sandbox)
            with self.lock:
                self.graded += 1
                if known:
                    self.found[key] = found
            return found
        return self.found[key]


def main() -> int:
    began = time.monotonic()
    with ExitStack() as stack:
        data = Path(os.environ.get("BILIK_DATA") or stack.enter_context(tempfile.TemporaryDirectory()))
        pool = {("notebook", Size.MEDIUM): 2}
        sandbox = stack.enter_context(DockerSandbox(data, pool=pool, checkers=2, proved=False, recipe=build(data)))
        known = Known(sandbox)

        def judge(number: int) -> str:
            one = damaged(number)
            try:
                found = known.of(one, one.content, known="--distinct" in sys.argv)
                wanted = known.of(one, one.twin, known=True)
            except (Refusal, CheckerError) as why:
                print(f"UNGRADABLE  {one}: {why}", flush=True)
                return "ungradable"
            except SandboxUnavailable as why:
                print(f"OURS        {one}: {why}", flush=True)
                return "not graded, by our fault"
            if found == wanted:
                return "as its twin"
            differ = {id: (found.get(id), status) for id, status in wanted.items() if found.get(id) != status}
            print(f"DIFFERS     {one}: {differ}", flush=True)
            return "another result"

        counted = Counter[str]()
        with ThreadPoolExecutor(SLOTS) as slots:
            for done, outcome in enumerate(slots.map(judge, range(COUNT)), 1):
                counted[outcome] += 1
                if done % 20 == 0:
                    print(f"{done:>5}  done: {dict(counted)}", flush=True)
    took = time.monotonic() - began
    print(f"{COUNT} damaged notebooks ({len(NAMES)} kinds of damage), {known.graded} gradings, {took / 60:.1f} min")
    for what in ("ungradable", "another result", "as its twin", "not graded, by our fault"):
        print(f"{counted[what]:>5}  {what}")
    return int(counted["as its twin"] != COUNT)


if __name__ == "__main__":
    sys.exit(main())
