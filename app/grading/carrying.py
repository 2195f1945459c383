"""Beyond one machine: Celery carries the ids of submissions over RabbitMQ to whichever worker has a slot free.

A message is a wake-up and nothing more. The row with its lease says who grades what, and workers look by themselves
every second: a message that is lost, late or doubled costs that second. What Celery promises of tasks, here it
promises of looks:

- a quorum queue: a broker that was killed comes back with what waited in it;
- prefetch 1, acknowledged late: a worker gets its next message only after one of its slots has looked for a row, so
  that the messages go where slots are free;
- rejected when the worker is lost: RabbitMQ hands the message of a worker that died to another one at once.

Celery says what the queue, the message and the connection are. Its own worker is not used: its pool would be a second
set of slots beside ours and its acknowledgement a second truth beside the lease, it wants the main thread for itself,
and beside a quorum queue it declares 28 more for delays nobody asks for. Only this module imports Celery, and only
where a broker is set is it imported.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery import Celery
from kombu import Consumer

log = logging.getLogger("bilik.carrying")

QUEUE = "bilik"
LOOK = "bilik.look"  # the name of Celery's task
STALE = 60.0  # seconds after which a wake-up tells nothing: its row has been looked at many times
HELD = 10.0  # seconds a worker whose slots are all busy keeps one message from the others; well below the heartbeat
HEARTBEAT = 30.0
AGAIN = 1.0  # seconds between two tries to reach a broker that is away
MOST_WAITING = 1000

_outboxes: dict[str, queue.Queue[int]] = {}
_starting = threading.Lock()


def carrier(url: str) -> Celery:
    app = Celery("bilik", broker=url, set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE,
        task_default_queue_type="quorum",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        broker_connection_timeout=1.0,
    )
    return app


def send(url: str, submission_id: int) -> None:
    """Let a worker know, without waiting for the broker: a thread sends. While the broker is away nothing is kept."""
    with _starting:
        if (outbox := _outboxes.get(url)) is None:
            outbox = _outboxes[url] = queue.Queue(MOST_WAITING)
            threading.Thread(target=_send_all, args=(url, outbox), name="wake-ups", daemon=True).start()
    with suppress(queue.Full):  # the broker has been away for long; workers find the row by themselves
        outbox.put_nowait(submission_id)


def _send_all(url: str, outbox: queue.Queue[int]) -> None:
    app = carrier(url)
    once_more = {
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    }  # the connection of the last time may have been cut since
    while True:
        submission_id = outbox.get()
        try:
            app.send_task(LOOK, [submission_id], expires=STALE, retry=True, retry_policy=once_more)
        except Exception as problem:  # noqa: BLE001 - whatever a broker does, the site goes on
            log.warning("the wake-up for submission %d was not sent: %s", submission_id, problem)


def listen(url: str, look: Callable[[float], None], stopping: threading.Event) -> None:
    """Call `look(HELD)` for each message until `stopping` is set. A broker that is away is tried every second."""
    app = carrier(url)

    def on_message(message: Any) -> None:
        look(HELD)
        message.ack()

    while not stopping.is_set():
        try:
            with app.connection_for_read(heartbeat=HEARTBEAT) as connection:
                connection.connect()
                channel, here = connection.default_channel, app.amqp.queues[QUEUE]
                with Consumer(channel, queues=[here], on_message=on_message, prefetch_count=1):
                    log.info("listening to %s", connection.as_uri())
                    while not stopping.is_set():
                        try:
                            connection.drain_events(timeout=1.0)
                        except TimeoutError:
                            connection.heartbeat_check()
        except Exception as problem:  # noqa: BLE001 - whatever a broker does, grading goes on
            log.warning("the broker does not answer, so this worker looks by itself: %s", problem)
            stopping.wait(AGAIN)
