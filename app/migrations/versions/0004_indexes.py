"""Indexes for what grows: the audit log read by act and by person, tries to forget, verdicts that are deleted.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TRIES = sa.text("purpose IN ('run', 'check')")


def upgrade():
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_act"))
        batch_op.drop_index(batch_op.f("ix_audit_event_actor_id"))
        batch_op.create_index("ix_audit_event_act", ["act", "id"], unique=False)
        batch_op.create_index("ix_audit_event_actor", ["actor_id", "id"], unique=False)
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(
            "ix_submission_tries", ["submitted_at"], unique=False, sqlite_where=TRIES, postgresql_where=TRIES
        )
        batch_op.create_index(batch_op.f("ix_submission_verdict_id"), ["verdict_id"], unique=False)
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdict_supersedes_id"), ["supersedes_id"], unique=False)
    with op.batch_alter_table("rerun", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rerun_before_id"), ["before_id"], unique=False)


def downgrade():
    with op.batch_alter_table("rerun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rerun_before_id"))
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdict_supersedes_id"))
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_verdict_id"))
        batch_op.drop_index("ix_submission_tries", sqlite_where=TRIES, postgresql_where=TRIES)
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_actor")
        batch_op.drop_index("ix_audit_event_act")
        batch_op.create_index(batch_op.f("ix_audit_event_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_act"), ["act"], unique=False)
