"""How far a look through what audiences have brought has come.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("reminder_mark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("began_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("after_source", sa.Integer(), nullable=False, server_default="0"))


def downgrade():
    with op.batch_alter_table("reminder_mark", schema=None) as batch_op:
        batch_op.drop_column("after_source")
        batch_op.drop_column("began_at")
