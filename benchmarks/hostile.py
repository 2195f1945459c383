"""The long forms of hostile cases, on real containers: `python benchmarks/hostile.py`.

What must not be punished, twenty times beside six busy processes (the suite does it three times), and fifty bombs of
one learner while others hand in (the suite: eight). Prints how long each took; exit code 1 if one fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONG = (
    "tests/hostile/test_hostile.py::test_honest_work_is_done_on_a_busy_machine",
    "tests/hostile/test_flood.py",
)


def main() -> int:
    command = [sys.executable, "-m", "pytest", "-q", "--durations=0", "-m", "docker", *LONG]
    return subprocess.run(command, cwd=ROOT, env=os.environ | {"BILIK_HOSTILE": "full"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
