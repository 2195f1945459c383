"""The database: typed columns, UTC moments, and how transactions keep out of each other's way.

SQLite has one writer at a time: who begins to write waits for the one before. PostgreSQL has many. What reads first and
writes by what it read takes a lock there by name: `hold` a row, or `one_at_a_time`. On SQLite both have nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from zlib import crc32

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ColumnElement, DateTime, Dialect, Engine, MetaData, String, Text, event, func, or_, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on both engines (SQLite gives naive ones back)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given; moments are aware and in UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(render_as_batch=True, compare_type=True)

if TYPE_CHECKING:

    class Model(Base):
        __abstract__ = True

        def __init__(self, **columns: Any) -> None: ...
else:
    Model = db.Model

Key = Annotated[int, mapped_column(primary_key=True)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Short = Annotated[str, mapped_column(String(200))]
Long = Annotated[str, mapped_column(Text)]
Json = Annotated[dict[str, Any], mapped_column(JSON)]
JsonList = Annotated[list[Any], mapped_column(JSON)]

AT_ONCE = 5_000  # values named in one statement; SQLite takes 32,766
T = TypeVar("T")


# What the next transaction of this thread is for. GET and HEAD read (web.py says so at the start of each request);
# POST, the worker and commands write, and take SQLite's write lock at the start: a read that turns into a write
# fails at once with "locked" when another writer was there first.
_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)


def begin_reading(reads_only: bool) -> None:
    """Say of the coming transactions of this thread whether they only read."""
    _reads_only.set(reads_only)


# No wait on PostgreSQL is without an end, whoever dies: a server that is not reached (5 s), a network that swallows
# everything (15 s), a lock held by somebody else (5 s, as SQLite's busy_timeout), a process that froze inside its
# transaction (60 s, then the server ends it). A connection that was cut is noticed before it is used again.
# Statements are not compiled to machine code: for the long ones of leaders' pages that took 4 s, and they 1 s.
POSTGRESQL = {
    "pool_pre_ping": True,
    "pool_size": 10,
    "max_overflow": 30,  # more than the threads of a site and its worker
    "pool_timeout": 10,
    "connect_args": {
        "connect_timeout": 5,
        "keepalives_idle": 5,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s -c timezone=UTC -c jit=off",
    },
}


def init_app(app: Flask) -> None:
    """Bind the database and, on SQLite, make transactions explicit: readers DEFERRED, writers IMMEDIATE."""
    if make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name() == "postgresql":
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = POSTGRESQL
    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(__file__).with_name("migrations")))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)


@contextmanager
def writing(site: Flask) -> Iterator[None]:
    """Outside a request: one transaction that writes, committed at the end."""
    with site.app_context():
        begin_reading(False)
        yield
        db.session.commit()


@contextmanager
def reading(site: Flask) -> Iterator[None]:
    """Outside a request: looking takes no lock, however often it is done."""
    with site.app_context():
        begin_reading(True)
        try:
            yield
        finally:
            begin_reading(False)


def covers(table: Any, day: date) -> ColumnElement[bool]:
    """Of rows with `from_on` and `until_on`, the last day that counts (None: open): they hold on `day`."""
    held: ColumnElement[bool] = (table.from_on <= day) & or_(table.until_on.is_(None), table.until_on >= day)
    return held


def in_parts(many: Collection[T], most: int = AT_ONCE) -> Iterator[list[T]]:
    """`many` in lists that fit into one statement."""
    rest = iter(many)
    while some := list(islice(rest, most)):
        yield some


def hold(row: Model) -> None:
    """Keep others from changing `row` until this transaction ends, and read it as it is now.

    Raises sqlalchemy.exc.OperationalError when somebody else holds it for longer than we wait.
    """
    if not _has_many_writers():
        return
    table: Any = row.__class__  # not `type(row)`: that of the one signed in is a proxy
    # `key_share`: others may go on writing rows that refer to this one.
    locked = select(table).where(table.id == row.id).with_for_update(key_share=True)  # type: ignore[attr-defined]
    db.session.execute(locked.execution_options(populate_existing=True))


def one_at_a_time(act: str) -> None:
    """Until this transaction ends, whoever else does `act` waits."""
    if _has_many_writers():
        db.session.execute(select(func.pg_advisory_xact_lock(crc32(act.encode()))))


@contextmanager
def alone(act: str) -> Iterator[None]:
    """Of all processes on all machines one at a time does `act`, over as many transactions as it needs."""
    if not _has_many_writers():
        yield
        return
    key = crc32(act.encode())
    with db.engine.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = 0")  # migrating may take longer than anybody waits for a row
        connection.execute(select(func.pg_advisory_lock(key)))
        connection.commit()
        try:
            yield
        finally:
            connection.invalidate()  # the lock ends with the connection, however this ended


def _has_many_writers() -> bool:
    return db.engine.dialect.name == "postgresql"


def guard_reads(engine: Engine) -> None:
    """Fail a test whose GET writes."""

    @event.listens_for(engine, "before_cursor_execute")
    def refuse_writes(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if _reads_only.get() and statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            raise AssertionError(f"a GET request writes: {statement[:200]}")


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions: we do
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if _reads_only.get() else "BEGIN IMMEDIATE")
