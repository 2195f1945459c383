"""A disk that fills up takes nothing in by halves, and what was taken in is graded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_full_disk_refuses_before_anything_is_half_written_and_all_goes_on_when_space_is_freed(
    tmp_path: Path,
) -> None:
    own_mounts = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BILIK_")}
    told = subprocess.run(
        [*own_mounts, sys.executable, "-m", "tests.grading.full_disk", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert told.stdout.endswith("it went on\n"), told.stdout[-2000:] + told.stderr[-4000:]
