"""What others need for the same notebook on the same machine, and what a container costs that nobody prepared.

Bare nbclient, nbgrader once and twice side by side, Otter's `otter run`, a cold `docker run`.
nbgrader and Otter live in an environment each, made on first use below the data folder.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

SCIENCE = ["nbclient", "ipykernel", "numpy", "pandas", "matplotlib"]
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'speed'\nc.CourseDirectory.root = {root!r}\n"
EXECUTE = """
import sys, time, nbformat
from nbclient import NotebookClient
for _ in range(int(sys.argv[2])):
    book = nbformat.read(sys.argv[1], as_version=4)
    began = time.perf_counter()
    NotebookClient(book, kernel_name="python3").execute()
    print(time.perf_counter() - began)
"""


OTTER_TEST = """OK_FORMAT = True
case = {"code": ">>> bool(6 < mean < 10)\\nTrue", "hidden": False, "locked": False}
suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
test = {"name": "mean", "points": 1, "suites": [suite]}
"""


def environment(folder: Path, peer: str) -> Path:
    """The Python of the environment of `peer` (a package); installed if it is not there."""
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        print(f"installing {peer} and what it needs…", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        uv = Path(sys.executable).with_name("uv")
        install = [str(uv), "pip", "install", "-q", "--compile-bytecode", "--python", str(python), peer, *SCIENCE]
        subprocess.run(install, check=True)
        (folder / "done").touch()
    return python


def bare_nbclient(python: Path, notebook: Path, times: int) -> list[float]:
    """Seconds of each execution, a new kernel every time."""
    ran = subprocess.run(
        [str(python), "-c", EXECUTE, str(notebook), str(times)], check=True, capture_output=True, text=True
    )
    return [float(line) for line in ran.stdout.split()]


def nbgrader(python: Path, notebook: Path, scratch: Path, *, students: int, side_by_side: int) -> float:
    """Notebooks a second of `nbgrader autograde`, run `side_by_side` times at once over `students` each."""
    command = [str(python), "-m", "nbgrader"]
    found = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}  # it calls alembic by its name
    roots = []
    for number in range(side_by_side):
        root = scratch / f"course{side_by_side}-{number}"
        (root / "source" / "ps1").mkdir(parents=True)
        (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)))
        book = json.loads(notebook.read_text())
        book["cells"].append(graded_cell())
        (root / "source" / "ps1" / "book.ipynb").write_text(json.dumps(book))
        subprocess.run(
            [*command, "generate_assignment", "ps1", "--force"], cwd=root, env=found, check=True, capture_output=True
        )
        for student in range(students):
            shutil.copytree(root / "release" / "ps1", root / "submitted" / f"s{student}" / "ps1")
        roots.append(root)
    began = time.perf_counter()
    running = [
        subprocess.Popen(
            [*command, "autograde", "ps1", "--force"],
            cwd=root,
            env=found,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for root in roots
    ]
    codes = [one.wait() for one in running]
    seconds = time.perf_counter() - began
    if any(codes):
        raise RuntimeError(f"nbgrader ended with {codes}")
    return students * side_by_side / seconds


def otter(python: Path, notebook: Path, scratch: Path, times: int) -> list[float]:
    """Seconds of each `otter run` of one submission, in the grader's own process: no isolation."""
    (scratch / "otter" / "tests").mkdir(parents=True)
    (scratch / "otter" / "tests" / "mean.py").write_text(OTTER_TEST)
    (scratch / "otter" / "out").mkdir()
    command = str(python.with_name("otter"))
    found = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    ran = {"cwd": scratch / "otter", "env": found, "check": True, "capture_output": True}
    subprocess.run([command, "generate", "-t", "tests", "-o", "autograder.zip"], **ran)
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run([command, "run", "--no-logo", "-a", "autograder.zip", "-o", "out", str(notebook)], **ran)
        seconds.append(time.perf_counter() - began)
    if json.loads((scratch / "otter" / "out" / "results.json").read_text())["tests"][-1]["score"] != 1:
        raise RuntimeError("Otter did not find the answer right")
    return seconds


def cold_container(image: str, times: int) -> list[float]:
    """Seconds of each `docker run` of a Python that ends at once: what a container costs that nobody prepared."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "python3", image, "-c", "pass"]
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    return seconds


def graded_cell() -> dict[str, object]:
    marks = {"grade": True, "grade_id": "mean", "locked": True, "points": 1, "schema_version": 3, "solution": False}
    return {
        "cell_type": "code",
        "id": "graded",
        "execution_count": None,
        "outputs": [],
        "metadata": {"nbgrader": {**marks, "task": False, "cell_type": "code"}},
        "source": "assert 6 < mean < 10",
    }


def median(seconds: list[float]) -> float:
    return statistics.median(seconds)
