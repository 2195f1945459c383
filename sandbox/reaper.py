"""Removes containers a dead worker left behind. Goes by our label alone; never touches anybody else's."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from typing import Any

import docker.errors

from sandbox import hardening
from sandbox.engine import Engine

GRACE = 60.0  # seconds past the deadline


def sweep(engine: Engine, *, now: float | None = None) -> list[str]:
    """Remove ours whose worker is gone or whose deadline has passed; the ids that were removed. `now`: seconds since
    1970."""
    now = time.time() if now is None else now
    found: list[dict[str, Any]] = engine.call(
        "listing containers", lambda api: api.containers(all=True, filters={"label": f"app={hardening.LABEL}"})
    )
    removed = []
    for container in found:
        if is_orphan(container.get("Labels") or {}, now=now):
            with contextlib.suppress(docker.errors.APIError):
                hardening.remove(engine, container["Id"])
                removed.append(container["Id"])
    return removed


def is_orphan(labels: dict[str, str], *, now: float) -> bool:
    """Whether nobody can need a container with these labels. Of a worker on another machine or in another container
    only the deadline is known."""
    if labels.get("app") != hardening.LABEL:
        return False
    try:
        deadline = float(labels["deadline"])
        host, space, pid, begun = labels["worker"].split("|")
    except (KeyError, ValueError):
        return False
    if now > deadline + GRACE:
        return True
    if (host, space) != (socket.gethostname(), os.readlink("/proc/self/ns/pid")):
        return False
    return str(hardening.started(int(pid))) != begun
