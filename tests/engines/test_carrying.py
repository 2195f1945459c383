"""Wake-ups through a real broker: carried at once, kept until looked at, and never in anybody's way."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.config import Settings
from app.grading import carrying, waking
from tests.servers import Rabbit, until

pytestmark = pytest.mark.engines
ROOT = Path(__file__).parents[2]


class Listener:
    """A worker's end, without a worker: counts wake-ups, and answers them only while `free`."""

    def __init__(self, url: str) -> None:
        self.heard = 0
        self.free = threading.Event()
        self.free.set()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=carrying.listen, args=(url, self.look, self.stopping), daemon=True)

    def look(self, _seconds: float) -> None:
        self.heard += 1
        self.free.wait(60)


@contextmanager
def listening(url: str) -> Iterator[Listener]:
    one = Listener(url)
    one.thread.start()
    try:
        yield one
    finally:
        one.free.set()
        one.stopping.set()
        one.thread.join(30)
        assert not one.thread.is_alive()


@pytest.fixture
def settings(broker: Rabbit) -> Settings:
    return Settings(env="test", broker_url=broker.address)


def send_until(found: Callable[[], bool], settings: Settings) -> None:
    """The first ones may find a connection that was cut."""

    def sent() -> bool:
        waking.announce(settings, 1)
        return found()

    until(sent, 60, "no wake-up arrived")


def test_a_wake_up_arrives(settings: Settings, broker: Rabbit) -> None:
    with listening(broker.address) as worker:
        send_until(lambda: worker.heard > 0, settings)
        assert worker.heard


def test_a_worker_whose_slots_are_busy_leaves_wake_ups_to_the_others(settings: Settings, broker: Rabbit) -> None:
    with listening(broker.address) as busy:
        busy.free.clear()
        send_until(lambda: busy.heard == 1, settings)
        with listening(broker.address) as idle:
            before = idle.heard
            for number in range(5):
                waking.announce(settings, number)
            until(lambda: idle.heard >= before + 5, 60, "the idle one did not hear them")
            assert busy.heard == 1


DEAF = """
import sys, threading, time
from pathlib import Path
from app.grading import carrying

def look(seconds):
    Path(sys.argv[2]).touch()
    time.sleep(600)

carrying.listen(sys.argv[1], look, threading.Event())
"""


def test_the_wake_up_of_a_worker_that_died_goes_to_another(settings: Settings, broker: Rabbit, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    first = subprocess.Popen([sys.executable, "-c", DEAF, broker.address, str(heard)], cwd=ROOT)
    send_until(heard.exists, settings)
    first.kill()
    first.wait()
    with listening(broker.address) as second:
        until(lambda: second.heard, 60, "nobody got it")
        assert second.heard


def test_a_broker_that_is_killed_disturbs_nobody_and_is_found_again(settings: Settings, broker: Rabbit) -> None:
    with listening(broker.address) as worker:
        send_until(lambda: worker.heard > 0, settings)
        broker.kill()
        for number in range(2 * carrying.MOST_WAITING):
            waking.announce(settings, number)  # neither fails nor waits, however many
        broker.start()
        before = worker.heard
        send_until(lambda: worker.heard > before, settings)
        assert worker.thread.is_alive()


LOADED = """
import sys, app, app.worker
from app.config import Settings
from app.grading import waking

app.create_app(settings := Settings(env="test", data=sys.argv[1]))
waking.announce(settings, 1)
sys.exit(any(name.split(".")[0] in ("celery", "kombu", "amqp") for name in sys.modules))
"""


def test_without_a_broker_nothing_of_celery_is_imported(tmp_path: Path) -> None:
    assert subprocess.run([sys.executable, "-c", LOADED, str(tmp_path)], cwd=ROOT, check=False).returncode == 0
