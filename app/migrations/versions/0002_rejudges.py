"""Rejudges and the submissions in them.

Revision ID: 0002
"""
from alembic import op
import sqlalchemy as sa

import app.db


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

OPEN = sa.text("stage IN ('preview', 'applying')")


def upgrade():
    op.create_table('rejudge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(length=200), nullable=False),
    sa.Column('which', sa.String(length=10), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('never_lower', sa.Boolean(), nullable=False),
    sa.Column('left_out', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=False),
    sa.Column('created_at', app.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', app.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', app.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_rejudge_course_id_course')),
    sa.ForeignKeyConstraint(['version_id'], ['course_version.id'], name=op.f('fk_rejudge_version_id_course_version')),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_rejudge_created_by_user')),
    sa.ForeignKeyConstraint(['decided_by'], ['user.id'], name=op.f('fk_rejudge_decided_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rejudge'))
    )
    with op.batch_alter_table('rejudge', schema=None) as batch_op:
        batch_op.create_index('ix_rejudge_course', ['course_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rejudge_stage'), ['stage'], unique=False)
        batch_op.create_index('uq_rejudge_open', ['course_id', 'item'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)

    op.create_table('rerun',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rejudge_id', sa.Integer(), nullable=False),
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('before_id', sa.Integer(), nullable=True),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('settled_at', app.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('taken', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['rejudge_id'], ['rejudge.id'], name=op.f('fk_rerun_rejudge_id_rejudge')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_rerun_submission_id_submission')),
    sa.ForeignKeyConstraint(['before_id'], ['verdict.id'], name=op.f('fk_rerun_before_id_verdict')),
    sa.ForeignKeyConstraint(['run_id'], ['submission.id'], name=op.f('fk_rerun_run_id_submission')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rerun')),
    sa.UniqueConstraint('rejudge_id', 'submission_id', name=op.f('uq_rerun_rejudge_id_submission_id')),
    sa.UniqueConstraint('run_id', name=op.f('uq_rerun_run_id'))
    )
    with op.batch_alter_table('rerun', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rerun_submission_id'), ['submission_id'], unique=False)
        batch_op.create_index('ix_rerun_unsettled', ['rejudge_id', 'settled_at'], unique=False)


def downgrade():
    with op.batch_alter_table('rerun', schema=None) as batch_op:
        batch_op.drop_index('ix_rerun_unsettled')
        batch_op.drop_index(batch_op.f('ix_rerun_submission_id'))

    op.drop_table('rerun')
    with op.batch_alter_table('rejudge', schema=None) as batch_op:
        batch_op.drop_index('uq_rejudge_open', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index(batch_op.f('ix_rejudge_stage'))
        batch_op.drop_index('ix_rejudge_course')

    op.drop_table('rejudge')
