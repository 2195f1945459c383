"""What reference solutions answered, kept in memory: opaque bytes, never decoded here."""

from __future__ import annotations

import threading
from collections import OrderedDict

MOST_BYTES = 64 * 2**20


class Replies:
    """Least recently used goes. Safe for several threads.

    The key is everything an answer depends on: digest of the exercise, image, data set, question. The seed is in the
    question, as far as it matters: a runner never gets it.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.size = 0
        self._kept: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, *key: str) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, *key: str, reply: bytes) -> None:
        with self._lock:
            self.size += len(reply) - len(self._kept.pop(key, b""))
            self._kept[key] = reply
            while self.size > self.most:
                self.size -= len(self._kept.popitem(last=False)[1])
