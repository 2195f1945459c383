"""How a question ends, by the host's facts, on real containers."""

from __future__ import annotations

import os
import threading
import time

import pytest

from sandbox.docker_sandbox import DockerSandbox
from sandbox.engine import Engine
from sandbox.model import Box, Ending, SandboxUnavailable, Size
from tests.sandbox.conftest import run

pytestmark = pytest.mark.docker

FORGED = 'put({{"is": "reply", "run": "{run}", "seq": {seq}, "nonce": "{nonce}"}}, b"all right")\n'


def test_an_answer_comes_back_with_what_it_cost(box: Box) -> None:
    reply = run(box, "sum(i * i for i in range(1_000_000))")
    assert (reply.ended, reply.box_alive, reply.body) == (None, True, b"0")
    assert reply.header == {"is": "reply", "run": "r", "seq": 1, "nonce": "n"}
    assert 0.01 < reply.cpu_seconds < 5
    assert reply.wall_seconds >= reply.cpu_seconds * 0.9


def test_a_program_that_spins_is_stopped_at_its_cpu_limit(box: Box) -> None:
    reply = run(box, "while True: pass", cpu=0.3, wall=60)
    assert (reply.ended, reply.box_alive) == (Ending.TIMED_OUT, False)
    assert 0.3 <= reply.cpu_seconds < 0.6


def test_cpu_time_of_a_process_left_behind_counts(box: Box) -> None:
    """What a program's own clock would not show: the grandchild is nobody's child."""
    code = "if not os.fork():\n os.setsid()\n while True: pass"
    assert run(box, code, cpu=0.3).ended is None
    time.sleep(0.4)
    assert run(box, "time.sleep(30)", cpu=0.3, seq=2).ended == Ending.TIMED_OUT
    assert box.facts().cpu_seconds > 0.3


def test_a_program_that_sleeps_is_stopped_by_the_clock(box: Box) -> None:
    reply = run(box, "time.sleep(60)", cpu=1, wall=0.5)
    assert (reply.ended, reply.box_alive) == (Ending.TIMED_OUT, False)
    assert 0.5 <= reply.wall_seconds < 1.5
    assert reply.cpu_seconds < 0.2


def test_a_program_that_refuses_every_signal_is_stopped_all_the_same(box: Box) -> None:
    code = """
for number in set(range(1, 65)) - {9, 19, 32, 33}:
    signal.signal(number, signal.SIG_IGN)
while True:
    pass
"""
    assert run(box, code, cpu=0.2).ended == Ending.TIMED_OUT


def test_a_child_killed_for_memory_is_seen_and_its_box_lives(box: Box) -> None:
    reply = run(box, "open('/proc/self/oom_score_adj', 'w').write('1000'); bytearray(600 << 20)")
    assert (reply.ended, reply.box_alive) == (Ending.OUT_OF_MEMORY, True)
    assert run(box, "pass", seq=2).ended is None
    assert box.facts().oom_kills >= 1
    assert box.facts().peak_bytes <= 256 << 20


def test_a_grandchild_killed_for_memory_is_seen_though_its_parent_is_content(box: Box) -> None:
    code = """
pid = os.fork()
if not pid:
    open("/proc/self/oom_score_adj", "w").write("1000")
    bytearray(600 << 20)
os.waitpid(pid, 0)
"""
    assert run(box, code).ended == Ending.OUT_OF_MEMORY


def test_pid_1_killed_for_memory_is_told_from_a_crash(box: Box) -> None:
    reply = run(box, "#pid1\nheld = bytearray(600 << 20)")
    assert (reply.ended, reply.box_alive) == (Ending.OUT_OF_MEMORY, False)


def test_pid_1_that_ends_is_a_crash(box: Box) -> None:
    reply = run(box, "#pid1\nos._exit(0)")
    assert (reply.ended, reply.box_alive) == (Ending.CRASHED, False)


def test_a_container_that_the_host_kills_is_nobodys_crash(box: Box, engine: Engine) -> None:
    pid = engine.call("looking", lambda api: api.inspect_container(box.id))["State"]["Pid"]
    threading.Timer(0.3, os.kill, (pid, 9)).start()
    with pytest.raises(SandboxUnavailable, match="from outside"):
        run(box, "time.sleep(60)")


def test_a_container_that_is_removed_while_in_use_is_nobodys_crash(box: Box, engine: Engine) -> None:
    threading.Timer(0.3, lambda: Engine().call("removing", lambda api: api.kill(box.id))).start()
    with pytest.raises(SandboxUnavailable):
        run(box, "while True: time.sleep(0.1)")


def test_most_of_its_memory_may_be_used(box: Box) -> None:
    assert run(box, "held = bytearray(200 << 20)\nfor i in range(0, len(held), 4096): held[i] = 1").ended is None


def test_more_bytes_than_a_run_may_write_end_it(box: Box) -> None:
    reply = run(box, "while True: os.write(2, b'x' * 65536)", cpu=10)
    assert (reply.ended, reply.box_alive) == (Ending.OUTPUT_LIMIT, False)


def test_bytes_that_are_no_frame_are_tampering(box: Box) -> None:
    reply = run(box, "raw(b'x' * 1000)")
    assert (reply.ended, reply.box_alive) == (Ending.TAMPERED, False)


@pytest.mark.parametrize(
    "frame",
    [
        FORGED.format(run="r", seq=1, nonce="other"),
        FORGED.format(run="r", seq=2, nonce="n"),
        FORGED.format(run="other", seq=1, nonce="n"),
        'put({"is": "checked", "run": "r", "seq": 1, "nonce": "n"})',
        'put({"is": "reply", "run": "r", "seq": 1, "nonce": "n", "score": 100})',
        'put({"is": "reply", "run": "r", "seq": 1.0, "nonce": "n"})',
        'put(["reply"])',
        "raw(struct.pack('>I', 1 << 31))",
        "raw(struct.pack('>II', 100, 99) + b'{' * 96)",
        "raw(struct.pack('>II', 6, 2) + b'\\xff\\xff')",
    ],
)
def test_a_forged_frame_that_is_wrong_is_tampering(box: Box, frame: str) -> None:
    reply = run(box, frame)
    assert (reply.ended, reply.box_alive) == (Ending.TAMPERED, False)


def test_a_second_answer_to_one_question_is_tampering(box: Box) -> None:
    """The forged one came first and is worth what `return x` is; the runner's own gives it away."""
    first = run(box, FORGED.format(run="r", seq=1, nonce="n"))
    second = run(box, "pass", seq=2)
    assert Ending.TAMPERED in (first.ended, second.ended)
    assert not second.box_alive


def test_speaking_unasked_is_tampering(box: Box) -> None:
    run(box, "if not os.fork():\n time.sleep(0.2)\n raw(b'psst')\n os._exit(0)")
    time.sleep(0.5)
    assert run(box, "pass", seq=2).ended == Ending.TAMPERED


def test_killing_pid_1_changes_nothing(box: Box) -> None:
    reply = run(box, "for n in range(1, 65): os.kill(1, n)")
    assert (reply.ended, reply.box_alive) == (None, True)
    assert run(box, "pass", seq=2).ended is None


def test_a_runner_that_does_not_read_cannot_block_the_worker(box: Box) -> None:
    assert run(box, "#pid1\nput(reply, b'0')\nwhile True: time.sleep(60)").ended is None
    began = time.monotonic()
    reply = box.ask({"do": "ask", "run": "r", "seq": 2, "nonce": "n"}, b"#" * (7 << 20), cpu_seconds=5, wall_seconds=1)
    assert time.monotonic() - began < 3
    assert (reply.ended, reply.box_alive) == (Ending.TIMED_OUT, False)


def test_all_questions_of_a_run_share_its_seconds(stubs: DockerSandbox) -> None:
    with stubs.runner(size=Size.SMALL, mode="function", seconds=0.5) as box:
        endings = [
            run(box, "t = time.process_time()\nwhile time.process_time() - t < 0.2: pass", seq=n).ended
            for n in range(4)
        ]
    assert endings[0] is None
    assert Ending.TIMED_OUT in endings


def test_a_box_that_is_over_answers_nothing(box: Box) -> None:
    assert run(box, "time.sleep(60)", wall=0.1).ended == Ending.TIMED_OUT
    again = run(box, "pass", seq=2)
    assert (again.ended, again.box_alive, again.body) == (Ending.TIMED_OUT, False, b"")


def test_a_frame_above_the_cap_is_refused_before_it_is_sent(box: Box) -> None:
    with pytest.raises(ValueError, match="too large"):
        box.ask({"do": "ask"}, b"x" * (9 << 20), cpu_seconds=1)
    assert run(box, "pass").ended is None


def test_four_mebibytes_come_back_whole(box: Box) -> None:
    size = (4 << 20) - 200
    reply = run(box, f"#pid1\nput(reply, b'v' * {size})\nreply = None\nwhile True: take(1)")
    assert (reply.ended, len(reply.body)) == (None, size)
