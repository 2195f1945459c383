"""PostgreSQL is told how large a table has become."""

from __future__ import annotations

from sqlalchemy import text

from app.db import db

MANY = 50  # rows at once


def tell(table: str, added: int) -> None:
    """After many rows at once, in the same transaction: PostgreSQL plans by the size it knows, and would go on reading
    all of a table, that was empty a moment ago, for each row that refers to it."""
    if added < MANY or db.engine.dialect.name != "postgresql":
        return
    known = db.session.scalar(text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)"), {"name": table})
    if added > (known or 0) / 4:
        db.session.execute(text(f"ANALYZE {table}"))
