"""The Docker engine, asked in bounded time: whatever it does, a caller gets an answer or SandboxUnavailable."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import docker
import docker.errors
import requests.exceptions
from docker.transport import UnixHTTPAdapter

from sandbox.model import SandboxUnavailable

T = TypeVar("T")

SOCKET = "unix:///var/run/docker.sock"
PAUSE = 5.0  # seconds in which nothing is asked of an engine that did not answer


class _Client(docker.APIClient):
    """No request without a limit: docker-py sends some with none (attaching, building, importing)."""

    def send(self, request: Any, **options: Any) -> Any:
        return super().send(request, **{**options, "timeout": options.get("timeout") or self.timeout})


class Engine:
    """One engine. Each thread has a client of its own: docker-py's are not made to be shared.

    An engine that does not answer within its time is left alone for `PAUSE` seconds: calls fail at once, so that a
    worker's threads do not all wait on a dead socket. The first call after that tries a ping with a short time.
    """

    def __init__(self, url: str | None = None, *, seconds: float = 15.0) -> None:
        # docker-py would follow the command line's contexts; a worker follows its environment only.
        self.url = url or os.environ.get("DOCKER_HOST") or SOCKET
        self.seconds = seconds
        self._own = threading.local()
        self._lock = threading.Lock()
        self._closed_until = 0.0
        self._silent = False

    def call(self, what: str, act: Callable[[docker.APIClient], T], *, seconds: float | None = None) -> T:
        """`act` on this thread's client. NotFound (404) and conflicts (409) pass through as docker.errors.APIError; all
        else is SandboxUnavailable."""
        self._refuse_while_silent(what)
        try:
            client = self._client(seconds or self.seconds)
            answer = act(client)
        except docker.errors.APIError as why:
            self._answered()
            if why.status_code not in (404, 409):
                raise SandboxUnavailable(f"{what}: the Docker engine says {why.explanation or why}") from why
            raise
        except (requests.exceptions.RequestException, docker.errors.DockerException, OSError) as why:
            self._own.client = None
            self._did_not_answer()
            raise SandboxUnavailable(f"{what}: {self._blame(why)}") from why
        self._answered()
        return answer

    def _client(self, seconds: float) -> docker.APIClient:
        client: docker.APIClient | None = getattr(self._own, "client", None)
        if client is None:
            first = math.ceil(min(seconds, self.seconds))
            client = _Client(base_url=self.url, version="auto", timeout=first)
            client.trust_env = False  # proxies are not for an engine, and would be looked for at each request
            if self.url.startswith("unix://"):
                # docker-py keeps a connection open for each of the last 25 addresses it asked; ours name containers.
                socket = self.url.replace("unix://", "http+unix://")
                client.mount("http+docker://", UnixHTTPAdapter(socket, first, pool_connections=1))
            self._own.client = client
        client.timeout = math.ceil(seconds)
        return client

    def _refuse_while_silent(self, what: str) -> None:
        with self._lock:
            if not self._silent:
                return
            if time.monotonic() < self._closed_until:
                raise SandboxUnavailable(f"{what}: the Docker engine did not answer a moment ago")
            self._closed_until = time.monotonic() + PAUSE  # this thread tries; the others go on refusing
        try:
            self._client(2.0).ping()
        except (requests.exceptions.RequestException, docker.errors.DockerException, OSError) as why:
            self._own.client = None
            self._did_not_answer()
            raise SandboxUnavailable(f"{what}: {self._blame(why)}") from why
        self._answered()

    def _did_not_answer(self) -> None:
        with self._lock:
            self._silent = True
            self._closed_until = time.monotonic() + PAUSE

    def _answered(self) -> None:
        if self._silent:
            with self._lock:
                self._silent = False

    def _blame(self, why: BaseException) -> str:
        path = self.url.removeprefix("unix://")
        if path != self.url:
            if not os.path.exists(path):
                return "no Docker engine is running here"
            if not os.access(path, os.R_OK | os.W_OK):
                return (
                    "Docker runs, but this user may not use it; type: sudo usermod -aG docker $USER, then log in again"
                )
        if isinstance(why, (requests.exceptions.Timeout, TimeoutError)) or "timed out" in str(why).lower():
            return "the Docker engine did not answer in time"
        return f"the Docker engine cannot be reached ({type(why).__name__})"
