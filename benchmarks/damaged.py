"""300 damaged notebooks and their undamaged twins on real containers: `python benchmarks/damaged.py [FIRST LAST]`.

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

from graders.course import load_exercise  # noqa: E402
from graders.grading import grade  # noqa: E402
from graders.uploads import Refusal, read_upload  # noqa: E402
from graders.verdict import CheckerError, Purpose, Verdict  # noqa: E402
from sandbox.building import build  # noqa: E402
from sandbox.docker_sandbox import DockerSandbox  # noqa: E402
from sandbox.model import SandboxUnavailable, Size  # noqa: E402
from tests.wild.damaging import COUNT, NAMES, Base, damaged  # noqa: E402

SLOTS = 2
TRIES = 5  # of one notebook, when the sandbox is away: that is the house's fault, not the notebook's
Result = dict[str, str]


def results(base: Base, content: bytes, sandbox: DockerSandbox) -> Result:
    """What each check says. Raises Refusal or CheckerError for a notebook that cannot be graded."""
    exercise, course = load_exercise(base.folder), base.folder.parents[1].name
    answer = read_upload(exercise, {"notebook.ipynb": content})
    for left in reversed(range(TRIES)):
        try:
            *_, verdict = grade(
                exercise,
                answer,
                sandbox,
                purpose=Purpose.SUBMIT,
                seed=1,
                key=base.folder.parents[1].name,
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


class Twins:
    """Results of undamaged notebooks, each graded once."""

    def __init__(self, sandbox: DockerSandbox) -> None:
        self.sandbox, self.known, self.lock = sandbox, dict[Hashable, Result](), Lock()

    def of(self, base: Base, sources: dict[str, str], content: bytes) -> Result:
        key = (base, *sorted(sources.items()))
        if key not in self.known:
            found = results(base, content, self.sandbox)
            with self.lock:
                self.known[key] = found
        return self.known[key]


def main() -> int:
    first, last = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (0, COUNT)
    began = time.monotonic()
    with ExitStack() as stack:
        data = Path(os.environ.get("BILIK_DATA") or stack.enter_context(tempfile.TemporaryDirectory()))
        pool = {("notebook", Size.MEDIUM): 2}
        sandbox = stack.enter_context(DockerSandbox(data, pool=pool, checkers=2, proved=False, recipe=build(data)))
        twins = Twins(sandbox)

        def judge(number: int) -> str:
            one = damaged(number)
            try:
                found = results(one.base, one.content, sandbox)
            except (Refusal, CheckerError) as why:
                print(f"UNGRADABLE  {one}: {why}", flush=True)
                return "ungradable"
            wanted = twins.of(one.base, one.sources, one.twin)
            if found == wanted:
                return "as its twin"
            differ = {id: (found.get(id), status) for id, status in wanted.items() if found.get(id) != status}
            print(f"DIFFERS     {one}: {differ}", flush=True)
            return "another result"

        with ThreadPoolExecutor(SLOTS) as slots:
            counted = Counter(slots.map(judge, range(first, last)))
    took = time.monotonic() - began
    done = sum(counted.values())
    print(f"{done} damaged notebooks ({len(NAMES)} kinds of damage), {len(twins.known)} twins, {took / 60:.1f} min")
    for what in ("ungradable", "another result", "as its twin"):
        print(f"{counted[what]:>5}  {what}")
    return int(counted["as its twin"] != done)


if __name__ == "__main__":
    sys.exit(main())
