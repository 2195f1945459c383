"""The `Sandbox` that production uses: prepared containers of one Docker engine, proved before the first lease."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox import building, hardening, preflight, reaper
from sandbox.engine import Engine
from sandbox.hardening import Shape
from sandbox.model import Box, SandboxUnavailable, Size
from sandbox.pool import CHECKER, Pool

log = logging.getLogger(__name__)

POOL = {("function", Size.SMALL): 2, ("program", Size.SMALL): 1, ("notebook", Size.MEDIUM): 2}
SWEEP = 60.0  # seconds between two looks for orphans


class DockerSandbox:
    """Use as a context manager, or `start` and `close`. Safe for many threads; a box is for one.

    `pool`: how many runners of a mode and size wait; other sizes are made when asked for and then kept warm for ten
    minutes.
    `checkers`: how many course versions keep a warm checker.
    """

    def __init__(
        self,
        data: Path,
        *,
        pool: Mapping[tuple[str, Size], int] = POOL,
        checkers: int = 4,
        engine: Engine | None = None,
        commands: dict[str, list[str]] | None = None,
        threads: int | None = None,
        proved: bool = True,
        recipe: building.Recipe | None = None,
    ) -> None:
        """`data`: the folder where a passed preflight is remembered.

        For tests: `commands` replace the images' PID 1, `proved=False` leaves the preflight out, `recipe` names images.
        """
        self._data = data
        self._engine = engine or Engine()
        self._targets = {Shape(image="python", mode=mode, size=size): many for (mode, size), many in pool.items()}
        if checkers:
            self._targets[CHECKER] = 1
        self._checkers, self._commands, self._threads, self._proved = checkers, commands, threads, proved
        self._recipe = recipe
        self._report: preflight.Report | None = None
        self._pool: Pool | None = None
        self._image: dict[str, str] = {}
        self._images: dict[str, str] = {}
        self._stop = threading.Event()

    def start(self) -> None:
        """Look for the images, remove orphans, prove the protections, begin to fill the pool.

        Takes 3 s the first time and a second later. Raises SandboxUnavailable; may be tried again.
        """
        wanted = self._recipe or building.build(self._data, engine=self._engine, say=log.info, base_too=False)
        tags = {"python": wanted.python, "checker": wanted.checker}
        for image, tag in tags.items():
            found = building.image_id(self._engine, tag)
            if found is None:
                raise SandboxUnavailable(building.UNBUILT)
            self._images[tag] = found
            if image == "python":
                self._image = {"recipe": tag.partition(":")[2], "id": found}
        reaper.sweep(self._engine)
        if self._proved:
            self._prove(tags)
        self._pool = Pool(
            self._engine, tags, self._targets, checkers=self._checkers, commands=self._commands, threads=self._threads
        )
        self._pool.start()
        self._stop = threading.Event()
        threading.Thread(target=self._sweep, args=(self._stop,), name="sandbox_reaper", daemon=True).start()

    def _prove(self, tags: dict[str, str]) -> None:
        """The whole preflight once for these images and this engine, the quick one at later starts."""
        path = self._data / "sandbox-preflight.json"
        version = self._engine.call("asking the engine", lambda api: api.version())
        key = " ".join(
            [*self._images.values(), version["Version"], version.get("KernelVersion", ""), hardening.digest()]
        )
        self._report = preflight.prove(self._engine, tags, quick=preflight.remembered(path, key))
        preflight.require(self._report)
        if not self._report.quick:
            preflight.remember(path, key)

    def close(self) -> None:
        """End and remove every container of ours. Twice does no harm."""
        self._stop.set()
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    def __enter__(self) -> DockerSandbox:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def runner(self, *, size: Size, mode: str, seconds: float) -> Iterator[Box]:
        """See `sandbox.model.Sandbox`. ValueError for more than 300 `seconds` or an unknown mode."""
        if mode not in ("function", "program", "notebook"):
            raise ValueError(f"no runner has the mode {mode!r}")
        if not 0 < seconds <= hardening.MOST_SECONDS:
            raise ValueError(f"a run has up to {hardening.MOST_SECONDS} CPU seconds, not {seconds}")
        box = self.pool.runner(Shape(image="python", mode=mode, size=size), seconds=seconds)
        try:
            yield box
        finally:
            box.finish()

    @contextmanager
    def checker(self, *, key: str) -> Iterator[Box]:
        """See `sandbox.model.Sandbox`. A checker whose fork was not ended with `end` and `ended` is destroyed."""
        pool = self.pool
        box = pool.checker(key)
        try:
            yield box
        finally:
            if box.ending is None and box.last.get("is") == "ended":
                pool.keep(box)
            else:
                box.finish()

    def image(self) -> dict[str, str]:
        return dict(self._image)

    @property
    def pool(self) -> Pool:
        if self._pool is None:
            raise SandboxUnavailable("the sandbox has not been started")
        return self._pool

    def is_full(self) -> bool:
        """Whether every container prepared ahead is there: what can wait should, until it is."""
        return self._pool is not None and self._pool.fill(seconds=0)

    def health(self) -> dict[str, Any]:
        """For the administrator's page; plain JSON. Asks the engine for its version, so at most once a few seconds."""
        try:
            version: str | None = str(
                self._engine.call("asking the engine", lambda api: api.version(), seconds=3.0)["Version"]
            )
            paused = None
        except SandboxUnavailable as why:
            version, paused = None, str(why)
        numbers = self._pool.numbers() if self._pool is not None else {}
        return {
            "engine": version,
            "paused": paused or numbers.get("failing"),
            "images": dict(self._images),
            "pool": numbers,
            "preflight": self._report.plain() if self._report else None,
        }

    def _sweep(self, stop: threading.Event) -> None:
        while not stop.wait(SWEEP):
            try:
                reaper.sweep(self._engine)
                self.pool.remove_lost()
            except SandboxUnavailable as why:
                log.warning("sandbox: looking for orphans: %s", why)
            except Exception:  # the thread must live
                log.exception("sandbox: looking for orphans")
