"""The real runner in its real container, against programs that mean harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.building import Recipe
from sandbox.docker_sandbox import DockerSandbox
from sandbox.inside import codec
from sandbox.model import Box, Ending, Reply, Size

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def real(images: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerSandbox]:
    data = tmp_path_factory.mktemp("real")
    pool = {("function", Size.SMALL): 2}
    with DockerSandbox(data, pool=pool, checkers=0, proved=False, recipe=images) as sandbox:
        yield sandbox


class Learner:
    """A box that holds a learner's file."""

    def __init__(self, box: Box, code: str) -> None:
        self.box, self.seq = box, 0
        source = code.encode()
        header = {"do": "begin", "run": "r", "mode": "function", "files": [["x.py", len(source)]], "main": "x.py"}
        assert box.ask(header, source, cpu_seconds=10).header == {"is": "begun", "run": "r"}

    def ask(self, *args: Any, cpu: float = 5.0, wall: float = 40.0) -> Reply:
        self.seq += 1
        question = {"q": "call", "name": "f", "args": [codec.pack(arg) for arg in args], "kwargs": []}
        header = {"do": "ask", "run": "r", "seq": self.seq, "nonce": f"nonce-{self.seq}"}
        return self.box.ask(header, json.dumps(question).encode(), cpu_seconds=cpu, wall_seconds=wall)

    def value(self, *args: Any) -> Any:
        reply = self.ask(*args)
        assert reply.ended is None
        answer = json.loads(reply.body)
        assert answer["ended"] == "value", answer
        return codec.unpack(answer["value"])


@pytest.fixture
def holding(real: DockerSandbox) -> Iterator[Any]:
    with real.runner(size=Size.SMALL, mode="function", seconds=60) as box:
        yield lambda code: Learner(box, code)


def test_a_function_is_called_and_its_value_comes_back(holding: Any) -> None:
    assert holding("def f(n):\n    return {n: [n * n, 'ə']}").value(7) == {7: [49, "ə"]}


def test_what_a_call_costs_is_what_the_host_saw(holding: Any) -> None:
    learner = holding("""
import time
def f():
    began = time.process_time()
    while time.process_time() - began < 0.3:
        pass
""")
    reply = learner.ask()
    assert 0.3 <= reply.cpu_seconds < 0.6


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("def f():\n    while True: pass", Ending.TIMED_OUT),
        ("import time\ndef f():\n    time.sleep(1000)", Ending.TIMED_OUT),
        ("def f():\n    return len(bytearray(600 << 20))", Ending.OUT_OF_MEMORY),
        ("def f():\n    x = []\n    while True: x.append(' ' * 1000000)", Ending.OUT_OF_MEMORY),
        (
            "import mmap\ndef f():\n    m = mmap.mmap(-1, 600 << 20)\n    while m.write(b'x' * 65536): pass",
            Ending.OUT_OF_MEMORY,
        ),
    ],
    ids=["spins", "sleeps", "one large object", "many objects", "a mapping"],
)
def test_a_function_over_its_limits_is_told_by_the_host(holding: Any, code: str, ending: Ending) -> None:
    wall = 1.5 if "sleep" in code else 60.0
    assert holding(code).ask(cpu=1.0 if ending == Ending.TIMED_OUT else 20.0, wall=wall).ended == ending


@pytest.mark.parametrize(
    "code",
    [
        "import os\ndef f():\n    os._exit(0)",
        "import os\ndef f():\n    os.abort()",
        "import os, signal\ndef f():\n    os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes\ndef f():\n    ctypes.string_at(0)",
        "import os\ndef f():\n    for n in (9, 15, 2): os.kill(1, n)\n    os.kill(-1, 9)\n    os._exit(0)",
        "import os\ndef f():\n    os.closerange(0, 256)\n    os._exit(0)",
    ],
    ids=["exits", "aborts", "kills itself", "segfaults", "kills everything", "closes everything"],
)
def test_a_function_that_ends_its_process_gives_no_value_and_spoils_nothing(holding: Any, code: str) -> None:
    learner = holding(code)
    for _ in range(2):
        reply = learner.ask()
        assert (reply.ended, reply.box_alive) == (None, True)
        assert json.loads(reply.body)["ended"] in ("crashed", "exited", "raised")


def test_a_fork_bomb_takes_only_its_own_question(holding: Any) -> None:
    learner = holding("""
import os
def f(n):
    if n:
        return n
    while True:
        try:
            os.fork()
        except OSError:
            pass
""")
    assert learner.value(1) == 1
    assert learner.ask(0, cpu=1.0).ended == Ending.TIMED_OUT


def test_processes_left_behind_are_gone_before_the_next_question(holding: Any) -> None:
    learner = holding("""
import os, time
def f(leave):
    for number in range(20 if leave else 0):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(1000)
            os._exit(0)
    return len([name for name in os.listdir("/proc") if name.isdigit()])
""")
    learner.value(True)
    assert learner.value(False) == 2


def test_no_trace_of_a_question_is_left_for_the_next(holding: Any) -> None:
    learner = holding("""
import os
count = 0
def f():
    global count
    count += 1
    seen = sorted(os.listdir("/box")) + sorted(os.listdir("/dev/shm")) + [n for n in os.listdir("/tmp") if n == "mark"]
    for path in ("/box/mark", "/tmp/mark", "/dev/shm/mark"):
        open(path, "w").close()
    return count, seen
""")
    first = learner.value()
    assert first[0] == 1
    assert learner.value() == first


def test_the_network_the_host_and_the_runner_are_out_of_reach(holding: Any) -> None:
    learner = holding("""
import os, socket, urllib.request
def f():
    found = []
    for act in (
        lambda: socket.create_connection(("1.1.1.1", 80), 1),
        lambda: urllib.request.urlopen("http://169.254.169.254/", timeout=1),
        lambda: open("/proc/1/mem", "rb").read(1),
        lambda: open("/proc/1/environ").read(),
        lambda: os.listdir("/proc/1/fd"),
        lambda: open("/opt/runner/pid1.py", "a"),
        lambda: open("/etc/passwd", "a"),
        lambda: os.setuid(0),
        lambda: os.chroot("/tmp"),
    ):
        try:
            act()
            found.append("done")
        except OSError:
            found.append("refused")
    return found
""")
    assert learner.value() == ["refused"] * 9


def test_a_frame_forged_on_every_open_file_earns_no_more_than_its_value(holding: Any) -> None:
    """The host takes what carries this run, question and nonce, and nothing else; a forger ends as tampered or as
    what he wrote."""
    learner = holding("""
import json, os, struct
def f():
    header = json.dumps({"is": "reply", "run": "r", "seq": 1, "nonce": "guess", "score": 100}).encode()
    frame = struct.pack(">II", 4 + len(header), len(header)) + header
    for number in range(256):
        try:
            os.write(number, frame)
        except OSError:
            pass
    return 1
""")
    reply = learner.ask()
    assert reply.ended in (None, Ending.TAMPERED)
    if reply.ended is None:
        assert reply.header == {"is": "reply", "run": "r", "seq": 1, "nonce": "nonce-1"}


def test_honest_programs_are_not_disturbed(holding: Any) -> None:
    learner = holding("""
import subprocess, sys, tempfile, threading, sqlite3
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool
def f(n):
    with tempfile.TemporaryDirectory() as folder, open(folder + "/x", "w") as file:
        file.write("x")
    with Pool(2) as pool:
        squares = pool.map(abs, [-1, -2])
    with ThreadPoolExecutor(4) as threads:
        doubled = list(threads.map(lambda x: 2 * x, squares))
    said = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True).stdout
    row = sqlite3.connect(":memory:").execute("select 1").fetchone()
    return doubled, int(said), list(row)
""")
    assert learner.value(1) == ([2, 4], 42, [1])
