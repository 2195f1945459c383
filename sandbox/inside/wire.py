"""The container's end of the stream of frames."""

from __future__ import annotations

import os
from typing import Any

from . import frames


class Wire:
    """The container's stdin and stdout, moved out of reach of what is started later."""

    def __init__(self, *, known: frozenset[str]) -> None:
        self.known = known
        self.source, self.target = (os.dup(fd) for fd in (0, 1))
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.close(null)

    def read(self) -> frames.Frame:
        """The next frame. Ends the process when there is none; after `bye`, when the host closes."""
        found = frames.read(lambda size: os.read(self.source, size), known=self.known)
        if found is None:
            os._exit(0)
        if found[0].get("do") == "bye":
            while os.read(self.source, 65536):  # the host reads what this cost, then closes
                pass
            os._exit(0)
        return found

    def write(self, header: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame. Raises FrameError if it is too large."""
        data = memoryview(frames.encode(header, body, most=frames.MOST_OUT))
        while data:
            data = data[os.write(self.target, data) :]
