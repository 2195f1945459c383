"""The attached stream of a container: frames over Docker's demultiplexing, every byte counted, nothing ever waiting
without a limit."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
from typing import Any

from sandbox.engine import Engine
from sandbox.inside import frames
from sandbox.model import SandboxUnavailable

KNOWN = {
    "python": frozenset({"is", "run", "seq", "nonce", "index", "image"}),
    "checker": frozenset({"is", "run", "seq", "nonce", "index", "image", "of", "id", "checks"}),
}
STDERR_KEPT = 8 * 1024
_PIECE = 256 * 1024


class Closed(Exception):
    """The container closed its end, or ended."""


class Flooded(Exception):
    """More bytes came out than a run may write."""


class Stream:
    """One attached container. Not for two threads at once.

    Frames it has taken lie in `arrived`. Standard error is counted, its end kept in `stderr` for staff.
    """

    def __init__(self, engine: Engine, container: str, *, image: str) -> None:
        """Attach to a container that is created and not yet started, so that nothing is missed."""
        params = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        self._io: Any = engine.call("attaching to a container", lambda api: api.attach_socket(container, params=params))
        self._socket: socket.socket = self._io._sock  # SocketIO cannot send without blocking
        self._socket.setblocking(False)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)
        self._frames = frames.Frames(most=frames.MOST_OUT, known=KNOWN[image])
        self._raw = bytearray()  # Docker's framing, not yet whole
        self._unsent = memoryview(b"")
        self.arrived: list[frames.Frame] = []
        self.stderr = bytearray()
        self.counted = 0
        self.closed = False

    def put(self, frame: bytes) -> None:
        """Queue a frame; `turn` sends it as the container takes it."""
        self._unsent = memoryview(frame)

    @property
    def sent(self) -> bool:
        return not self._unsent

    @property
    def partial(self) -> bool:
        """Bytes lie here that do not make a frame yet."""
        return self._frames.pending > 0

    def turn(self, seconds: float) -> bool:
        """Wait up to `seconds` until something can be read or sent, and do it. False when nothing could.

        Raises Closed, Flooded, or frames.FrameError for bytes that are no frames of ours.
        """
        if self.closed:
            raise Closed
        self._poll.modify(self._socket, select.POLLIN | (select.POLLOUT if self._unsent else 0))
        events = self._poll.poll(max(0.0, seconds) * 1000)
        if not events:
            return False
        event = events[0][1]
        if event & (select.POLLIN | select.POLLHUP | select.POLLERR):
            self._read()
        if event & select.POLLOUT and self._unsent:
            try:
                self._unsent = self._unsent[self._socket.send(self._unsent[:_PIECE]) :]
            except BlockingIOError:
                pass
            except OSError as why:
                raise Closed from why
        return True

    def _read(self) -> None:
        try:
            data = self._socket.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError as why:
            raise Closed from why
        if not data:
            raise Closed
        self.counted += len(data)
        if self.counted > frames.MOST_RUN:
            raise Flooded
        self._raw += data
        at = 0
        while len(self._raw) - at >= 8:
            kind, size = struct.unpack_from(">BxxxL", self._raw, at)
            if kind not in (1, 2):
                raise SandboxUnavailable("the Docker engine sent bytes that are not its own framing")
            if len(self._raw) - at - 8 < size:
                if size > frames.MOST_RUN:
                    raise Flooded
                break
            payload = bytes(self._raw[at + 8 : at + 8 + size])
            at += 8 + size
            if kind == 1:
                self.arrived += self._frames.feed(payload)
            else:
                self.stderr = (self.stderr + payload)[-STDERR_KEPT:]
        del self._raw[:at]

    def close(self) -> None:
        """Both directions. Must come before kill, remove and inspect: those hang while an attached stream is open and
        undrained."""
        if self.closed:
            return
        self.closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        response = getattr(self._io, "_response", None)
        parts: list[Any] = [self._io, response, self._socket]
        for part in parts:
            with contextlib.suppress(Exception):
                part.close()
