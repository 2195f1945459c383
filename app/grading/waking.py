"""What says "look now" to a worker: the row is the truth, so a lost wake-up costs a second, nothing more.

On one machine it is a datagram to the worker beside; where `BILIK_BROKER_URL` is set, a message (app.grading.carrying).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.config import Settings

NAME = "worker.sock"


@contextmanager
def _short_address(folder: Path) -> Iterator[str]:
    """The socket's address by its folder's descriptor: the address of a Unix socket has room for 107 characters."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)


def announce(settings: Settings, submission_id: int) -> None:
    """Let a worker know, after the commit, that `submission_id` waits. Never fails, never blocks."""
    if settings.broker_url is None:
        wake(settings.data_folder)
        return
    from app.grading import carrying  # Celery takes a third of a second to import: only where there is a broker

    carrying.send(settings.broker_url, submission_id)


def wake(data: Path) -> None:
    """Tell the worker of the data folder `data`, after the commit, that something waits. Never fails, never blocks."""
    try:
        with _short_address(data) as address, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(b"1", address)
    except OSError:
        pass  # nobody listens, or more wake-ups wait than are needed: the worker looks by itself every second


def listen(data: Path) -> socket.socket:
    """The worker's end, made anew. The site may run as another user: who can enter the data folder may write to it."""
    (data / NAME).unlink(missing_ok=True)
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with _short_address(data) as address:
        receiver.bind(address)
    (data / NAME).chmod(0o666)
    return receiver
