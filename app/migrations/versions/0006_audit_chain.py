"""The audit log is a chain: each event has a number, the digest of the one before and its own.

What is there already is sealed like what comes: by the worker, in the order it was written, within its first seconds.

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNSEALED = sa.text("number IS NULL")


def upgrade():
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("previous", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("digest", sa.String(length=64), nullable=True))
    op.create_index("uq_audit_event_number", "audit_event", ["number"], unique=True)
    op.create_index(
        "ix_audit_event_unsealed",
        "audit_event",
        ["id"],
        unique=False,
        sqlite_where=UNSEALED,
        postgresql_where=UNSEALED,
    )


def downgrade():
    op.drop_index("ix_audit_event_unsealed", "audit_event", sqlite_where=UNSEALED, postgresql_where=UNSEALED)
    op.drop_index("uq_audit_event_number", "audit_event")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_column("digest")
        batch_op.drop_column("previous")
        batch_op.drop_column("number")
