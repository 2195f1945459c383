"""The hours at which the people of an organisation are mailed.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("reminder_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours", sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table("reminder_rules", schema=None) as batch_op:
        batch_op.drop_column("hours")
