"""A door before the Docker engine of this machine: a test shuts it, and nobody else's engine is stopped."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

DOCKER = "/var/run/docker.sock"


class Engine:
    """A door to the Docker engine that can be shut and opened again, as if the engine had stopped.

    While it `hangs` it takes connections and says nothing to them, as an engine does that waits for its own lock.
    """

    def __init__(self, address: Path) -> None:
        self.address = address
        self.hangs = False
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.start()

    def start(self) -> None:
        self.address.unlink(missing_ok=True)
        listener = self._listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.address))
        listener.listen(64)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self) -> None:
        assert self._listener is not None
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # else `accept` goes on with the next caller
        self._listener.close()
        self.address.unlink(missing_ok=True)
        for one in list(self._open):
            self._close(one)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            if self.hangs:
                self._open.add(caller)
                continue
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(DOCKER)
            self._open |= {caller, engine}
            for source, target in ((caller, engine), (engine, caller)):
                threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        finally:  # an attached stream that is left open and unread would stop the engine's removals, all of them
            self._close(source)
            self._close(target)

    def _close(self, one: socket.socket) -> None:
        self._open.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
