"""A PostgreSQL server of the suite's own, on loopback, thrown away afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

_numbers = count(1)


def as_postgres(*command: str) -> None:
    """Run as an ordinary user: PostgreSQL refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/tmp")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """`postgres()` is the address of an empty database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "no PostgreSQL: ./test installs it"
    binaries = found[-1].parent
    folder = Path("/tmp") / f"bilik-postgres-{os.getpid()}"  # a short path: sockets lie in it
    folder.mkdir()
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    data = str(folder / "data")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    as_postgres(str(binaries / "initdb"), "-D", data, "-U", "bilik", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    as_postgres(str(binaries / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")

    def empty() -> str:
        name = f"bilik{next(_numbers)}"
        as_postgres(str(binaries / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "bilik", name)
        return f"postgresql+psycopg://bilik@127.0.0.1:{port}/{name}"

    yield empty
    as_postgres(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)
