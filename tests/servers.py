"""PostgreSQL and RabbitMQ of the suite's own: on loopback, in folders of their own, thrown away afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psutil
import psycopg

BOOT = 120.0  # seconds a server may take on a loaded machine


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
    return port


def until(found: Callable[[], object], seconds: float, what: str) -> None:
    """Wait for `found()` to be true. Raises AssertionError that names `what`."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """A folder with a short path (sockets lie in it), open to the user PostgreSQL runs as."""
    folder = Path(tempfile.mkdtemp(prefix=f"bilik-{name}-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """A running server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = count(1)

    def address(self, name: str) -> str:
        return f"postgresql+psycopg://bilik@127.0.0.1:{self.port}/{name}"

    def create(self) -> str:
        """The name of a new database without tables."""
        name = f"bilik{next(self._numbers)}"
        self.say(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def cut(self, name: str) -> None:
        """End every connection to the database `name`."""
        self.say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def empty(self, name: str) -> None:
        """Leave the tables and what the migrations noted, and nothing else. Ten times quicker than a new database."""
        self.cut(name)
        tables = self.say("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name)
        filled = ", ".join(f'"{table}"' for (table,) in tables if table != "alembic_version")
        self.say(f"TRUNCATE {filled} RESTART IDENTITY CASCADE", name)

    def say(self, statement: str, name: str = "postgres") -> list[tuple[object, ...]]:
        """Run `statement` in the database `name`; its rows."""
        with psycopg.connect(host="127.0.0.1", port=self.port, user="bilik", dbname=name, autocommit=True) as c:
            cursor = c.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def _as_postgres(*command: str) -> None:
    """PostgreSQL refuses to be root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/tmp")


@contextmanager
def postgres() -> Iterator[Postgres]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "no PostgreSQL: ./test installs it"
    binaries = found[-1].parent
    with _folder("postgres") as folder:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        port, data = free_port(), str(folder / "data")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        _as_postgres(f"{binaries}/initdb", "-D", data, "-U", "bilik", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        _as_postgres(f"{binaries}/pg_ctl", "-D", data, "-w", "-t", "120", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield Postgres(port)
        finally:
            _as_postgres(f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


class Rabbit:
    """A broker that can be killed and started again on the same port and data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self._distribution, self._names = free_port(), free_port(), free_port()
        self.address = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "log.console = true\nlog.console.level = warning\n"
            "vm_memory_high_watermark.absolute = 512MB\ndisk_free_limit.absolute = 50MB\n"
        )
        (self.folder / "enabled_plugins").write_text("[].")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RABBITMQ_NODENAME": f"bilik-{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        with (self.folder / "out").open("ab") as out:
            self._process = subprocess.Popen(
                ["/usr/lib/rabbitmq/bin/rabbitmq-server"],  # not the wrapper in sbin, which wants its own user
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        until(self._answers, BOOT, f"RabbitMQ does not answer: {(self.folder / 'out').read_text()[-2000:]}")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "out").read_text()[-2000:]
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as s:
                s.settimeout(2)
                s.sendall(b"AMQP\0\0\x09\x01")
                return s.recv(1) == b"\1"
        except OSError:
            return False

    def kill(self) -> None:
        """As a power cut does."""
        if self._process is None:
            return
        family = psutil.Process(self._process.pid).children(recursive=True)
        os.killpg(self._process.pid, signal.SIGKILL)
        for process in family:  # what left the group
            if process.is_running() and process.name() != "epmd":
                process.kill()
        self._process.wait()
        psutil.wait_procs(family, timeout=10)
        self._process = None

    def close(self) -> None:
        self.kill()
        # The daemon of Erlang's names is on a port of its own, so this ends nobody else's.
        environment = os.environ | {"ERL_EPMD_PORT": str(self._names)}
        subprocess.run(["epmd", "-kill"], env=environment, capture_output=True, check=False)


@contextmanager
def rabbitmq() -> Iterator[Rabbit]:
    assert Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists(), "no RabbitMQ: ./test installs it"
    with _folder("rabbitmq") as folder:
        broker = Rabbit(folder)
        try:
            broker.start()
            yield broker
        finally:
            broker.close()
