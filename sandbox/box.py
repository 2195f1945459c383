"""One living container and how each question to it ended, decided by the host's facts alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import docker.errors

from sandbox import cgroup, hardening
from sandbox.engine import Engine
from sandbox.hardening import Shape
from sandbox.inside import frames
from sandbox.model import Ending, Facts, Reply, SandboxUnavailable
from sandbox.stream import Closed, Flooded, Stream

LOOK = 0.015  # seconds between two looks at the cgroup while code runs
READY = 150.0  # seconds a container may take to its first frame: it is prepared with little of the processor
ANSWERS = {"begin": "begun", "cell": "cell", "ask": "reply"}  # what a runner may say to what


class DockerBox:
    """A container that was created, attached and started, in this order. Used by one thread at a time.

    `on_end` is called once, when the box is over, whoever ended it; it removes the container.
    """

    def __init__(
        self,
        engine: Engine,
        shape: Shape,
        body: dict[str, Any],
        *,
        on_end: Callable[[DockerBox], None] | None = None,
    ) -> None:
        """Raises SandboxUnavailable; what was created by then is handed to `on_end` as well."""
        self.shape = shape
        self.made_at = time.monotonic()
        self.key: str | None = None  # of a checker: the course version it is bound to
        self._engine = engine
        self._on_end = on_end
        self.ending: Ending | None = None
        self._facts = Facts(cpu_seconds=0.0, peak_bytes=0, oom_kills=0, wall_seconds=0.0)
        self._leased_at = time.monotonic()
        self._cpu_before = 0.0
        self._budget = float(hardening.MOST_SECONDS)
        self._last: dict[str, Any] = {}
        self.id = hardening.create(engine, body)
        try:
            self._stream = Stream(engine, self.id, image=shape.image)
        except docker.errors.APIError as why:
            raise SandboxUnavailable("a container was removed before it started") from why
        except BaseException:
            self._give_back()
            raise
        try:
            self._start()
        except BaseException:
            self._stream.close()
            self._give_back()
            raise

    def _start(self) -> None:
        try:
            self._engine.call("starting a container", lambda api: api.start(self.id))
            state = self._engine.call("looking at a container", lambda api: api.inspect_container(self.id))["State"]
            self._cgroup = cgroup.find(int(state["Pid"]), self.id)
        except docker.errors.APIError as why:
            raise SandboxUnavailable(f"a container does not start: {why.explanation or why}") from why
        except cgroup.Gone as why:
            raise SandboxUnavailable(f"a container ended at once{self._last_words()}") from why

    def wait_ready(self, seconds: float = READY) -> dict[str, Any]:
        """Until its first frame, which must be `ready`; what the frame said. Raises SandboxUnavailable."""
        deadline = time.monotonic() + seconds
        try:
            while not self._stream.arrived:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise SandboxUnavailable(
                        f"a {self.shape.image} container was not ready in {seconds:.0f} s{self._last_words()}"
                    )
                self._stream.turn(min(left, 1.0))
        except (Closed, Flooded, frames.FrameError) as why:
            raise SandboxUnavailable(
                f"a {self.shape.image} container ended before it was ready{self._last_words()}"
            ) from why
        header, _ = self._stream.arrived.pop(0)
        if header.get("is") != "ready" or self._stream.arrived:
            raise SandboxUnavailable(f"a {self.shape.image} container did not say that it is ready")
        return header

    # ---- a lease

    def lease(self, *, seconds: float) -> None:
        """From here on its CPU, bytes and time count. `seconds`: CPU seconds of all questions together."""
        self._budget = seconds
        self._leased_at = time.monotonic()
        self._stream.counted = 0
        self._look()
        self._cpu_before = self._facts.cpu_seconds
        if not self._cgroup.weigh(hardening.SHARES_LEASED):
            shares = hardening.SHARES_LEASED
            try:
                self._engine.call("weighing a container", lambda api: api.update_container(self.id, cpu_shares=shares))
            except docker.errors.APIError as why:
                raise SandboxUnavailable("a container was removed before it was used") from why

    def is_well(self) -> bool:
        """Whether it still waits, silently: neither ended nor speaking unasked."""
        if self.ending is not None:
            return False
        try:
            spoke = self._stream.turn(0) and bool(self._stream.arrived or self._stream.partial)
        except (Closed, Flooded, frames.FrameError, SandboxUnavailable):
            return False
        return not spoke

    @property
    def last(self) -> dict[str, Any]:
        """Header of the last well-formed answer."""
        return self._last

    @property
    def stderr(self) -> str:
        """The last 8 KiB PID 1 wrote there, for staff."""
        return self._stream.stderr.decode("utf-8", "replace")

    @property
    def processors(self) -> float:
        """How many processors' time it may use, as the kernel has it."""
        return self._cgroup.processors()

    @property
    def swap_bytes(self) -> float:
        """How much swap it may use, as the kernel has it."""
        return self._cgroup.swap_bytes()

    def facts(self) -> Facts:
        """CPU, wall time and memory since the lease."""
        if self.ending is None:
            self._look()
        known = self._facts
        return Facts(
            cpu_seconds=max(0.0, known.cpu_seconds - self._cpu_before),
            peak_bytes=known.peak_bytes,
            oom_kills=known.oom_kills,
            wall_seconds=time.monotonic() - self._leased_at,
        )

    def ask(
        self, header: dict[str, Any], body: bytes = b"", *, cpu_seconds: float, wall_seconds: float | None = None
    ) -> Reply:
        """See `sandbox.model.Box`. Raises ValueError for a frame above the caps, SandboxUnavailable when the engine
        is at fault."""
        try:
            frame = frames.encode(header, body)
        except frames.FrameError as why:
            raise ValueError(str(why)) from why
        if self.ending is not None:
            return Reply(ended=self.ending, box_alive=False)
        began = time.monotonic()
        wall = wall_seconds if wall_seconds is not None else 5 * cpu_seconds + 10
        self._look()
        cpu_then, oom_then = self._facts.cpu_seconds, self._facts.oom_kills
        cpu_limit = min(cpu_seconds, self._budget - (cpu_then - self._cpu_before))
        ended: Ending | None = None
        answer: frames.Frame = ({}, b"")
        lost = False  # the stream cannot be trusted any more
        try:
            answer = self._exchange(frame, deadline=began + wall, cpu_deadline=cpu_then + cpu_limit)
            if not self._answers(header, answer[0]):
                raise frames.FrameError("an answer to another question")
            self._look()
            if self._facts.cpu_seconds - cpu_then > cpu_limit:
                ended = Ending.TIMED_OUT  # wherever the last look fell, a limit is a limit
        except Flooded:
            ended, lost = Ending.OUTPUT_LIMIT, True
        except TimeoutError:
            ended, lost = Ending.TIMED_OUT, True
        except frames.FrameError:
            ended, lost = Ending.TAMPERED, True
        except Closed:
            ended, lost = self._how_pid_1_ended(), True
        if lost:
            self._look()
        if ended != Ending.OUTPUT_LIMIT and self._facts.oom_kills > oom_then:
            ended = Ending.OUT_OF_MEMORY
        if lost:
            self.finish(ended)
        elif ended is None:
            self._last = answer[0]
        return Reply(
            header=answer[0],
            body=answer[1],
            ended=ended,
            box_alive=not lost,
            cpu_seconds=max(0.0, self._facts.cpu_seconds - cpu_then),
            wall_seconds=time.monotonic() - began,
        )

    def _exchange(self, frame: bytes, *, deadline: float, cpu_deadline: float) -> frames.Frame:
        """Send, and wait for one frame. TimeoutError at either deadline; FrameError for anything said unasked."""
        stream = self._stream
        stream.turn(0)
        if stream.arrived or stream.partial:
            raise frames.FrameError("bytes that nobody asked for")
        stream.put(frame)
        look_at = time.monotonic() + LOOK
        while not stream.arrived:
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError
            if now >= look_at:
                self._look()
                if self._facts.cpu_seconds >= cpu_deadline:
                    raise TimeoutError
                look_at = now + LOOK
            stream.turn(min(look_at, deadline) - now)
        if len(stream.arrived) > 1 or stream.partial or not stream.sent:
            raise frames.FrameError("more than one answer, or one before the question")
        return stream.arrived.pop()

    def _answers(self, asked: dict[str, Any], said: dict[str, Any]) -> bool:
        """Whether a header answers the other. A checker asks back, so only the run is compared there."""
        if said.get("run") != asked.get("run"):
            return False
        if self.shape.image == "checker":
            return isinstance(said.get("is"), str)
        wanted = ANSWERS.get(str(asked.get("do")))
        return said.get("is") == wanted and all(said.get(key) == asked.get(key) for key in ("seq", "nonce"))

    def _look(self) -> None:
        """Take the facts from the cgroup; after its end the last ones stay."""
        try:
            self._facts = Facts(
                cpu_seconds=self._cgroup.cpu_seconds(),
                peak_bytes=self._cgroup.peak_bytes(),
                oom_kills=self._cgroup.oom_kills(),
                wall_seconds=0.0,
            )
        except cgroup.Gone:
            return

    def _how_pid_1_ended(self) -> Ending:
        """Its cgroup is gone with its counter, and only now does the engine know whether memory was the cause. (While
        PID 1 lives it does not.)

        From inside nothing can kill PID 1 but memory: a SIGKILL came from the host (an engine that was stopped), and
        SandboxUnavailable is raised.
        """
        self._stream.close()
        try:
            for _ in range(50):
                state = self._engine.call("looking at a container", lambda api: api.inspect_container(self.id))["State"]
                if not state["Running"]:
                    break
                time.sleep(0.02)
            if state["OOMKilled"]:
                return Ending.OUT_OF_MEMORY
            if state["Running"] or state["ExitCode"] == 137:
                raise SandboxUnavailable("a container was ended from outside")
        except docker.errors.APIError as why:
            self.finish()
            raise SandboxUnavailable("a container was removed while it was in use") from why
        except SandboxUnavailable:
            self.finish()
            raise
        return Ending.CRASHED

    # ---- the end

    def finish(self, ending: Ending | None = None) -> None:
        """Over: facts are kept, the stream is closed, the container is handed to its remover. Twice does no harm."""
        if self.ending is not None:
            return
        self._look()
        self._cgroup.close()
        self.ending = ending or Ending.CRASHED
        self._stream.close()
        self._give_back()

    def _give_back(self) -> None:
        if self._on_end is not None:
            self._on_end(self)
            return
        try:
            hardening.remove(self._engine, self.id)
        except SandboxUnavailable:
            return  # the reaper finds it by its label

    def _last_words(self) -> str:
        stream = getattr(self, "_stream", None)
        words = self.stderr.strip().splitlines() if stream is not None else []
        return f": {words[-1][:300]}" if words else ""
