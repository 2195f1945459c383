"""Where people work, groups of them by rule, what is asked of them.

Revision ID: 0005
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('position',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_position')),
    sa.UniqueConstraint('code', name=op.f('uq_position_code'))
    )
    op.create_table('audience',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recomputed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_audience_created_by_user')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_audience_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audience')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_audience_organisation_id_name'))
    )
    op.create_table('leave',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('document', sa.String(length=64), nullable=True),
    sa.Column('document_name', sa.String(length=200), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('until_on IS NULL OR until_on >= from_on', name=op.f('ck_leave_days')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_leave_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['recorded_by'], ['user.id'], name=op.f('fk_leave_recorded_by_user')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_leave_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leave'))
    )
    with op.batch_alter_table('leave', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_leave_user_id'), ['user_id'], unique=False)

    op.create_table('import_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('is_nightly', sa.Boolean(), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('kept', sa.String(length=64), nullable=True),
    sa.Column('is_full', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('plan_digest', sa.String(length=64), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_import_run_created_by_user')),
    sa.ForeignKeyConstraint(['decided_by'], ['user.id'], name=op.f('fk_import_run_decided_by_user')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_import_run_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_run'))
    )
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.create_index('ix_import_run_organisation', ['organisation_id', 'id'], unique=False)

    op.create_table('requirement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=120), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('archived_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_requirement_created_by_user')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_requirement_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement')),
    sa.UniqueConstraint('organisation_id', 'code', name=op.f('uq_requirement_organisation_id_code'))
    )
    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_unit_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('id', 'organisation_id', name=op.f('uq_unit_id_organisation_id')),
    sa.UniqueConstraint('organisation_id', 'code', name=op.f('uq_unit_organisation_id_code'))
    )
    op.create_table('allocation_exception',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=True),
    sa.Column('member_since', sa.Date(), nullable=True),
    sa.Column('doubt', sa.String(length=20), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=12), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['audience_id'], ['audience.id'], name=op.f('fk_allocation_exception_audience_id_audience')),
    sa.ForeignKeyConstraint(['decided_by'], ['user.id'], name=op.f('fk_allocation_exception_decided_by_user')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_allocation_exception_requirement_id_requirement')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_allocation_exception_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation_exception'))
    )
    with op.batch_alter_table('allocation_exception', schema=None) as batch_op:
        batch_op.create_index('ix_allocation_exception_who', ['user_id', 'requirement_id'], unique=False)
        batch_op.create_index('uq_allocation_exception_open', ['requirement_id', 'user_id', 'audience_id', 'doubt'], unique=True, sqlite_where=sa.text('action IS NULL'), postgresql_where=sa.text('action IS NULL'))

    op.create_table('audience_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['audience_id'], ['audience.id'], name=op.f('fk_audience_member_audience_id_audience')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_audience_member_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audience_member'))
    )
    with op.batch_alter_table('audience_member', schema=None) as batch_op:
        batch_op.create_index('ix_audience_member_days', ['audience_id', 'until_on'], unique=False)
        batch_op.create_index('ix_audience_member_user', ['user_id'], unique=False)
        batch_op.create_index('uq_audience_member_open', ['audience_id', 'user_id'], unique=True, sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))

    op.create_table('audience_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('rule', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['audience_id'], ['audience.id'], name=op.f('fk_audience_version_audience_id_audience')),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_audience_version_created_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audience_version')),
    sa.UniqueConstraint('audience_id', 'number', name=op.f('uq_audience_version_audience_id_number'))
    )
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('position_id', sa.Integer(), nullable=True),
    sa.Column('manager_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['manager_id'], ['user.id'], name=op.f('fk_job_manager_id_user')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_job_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['position_id'], ['position.id'], name=op.f('fk_job_position_id_position')),
    sa.ForeignKeyConstraint(['unit_id', 'organisation_id'], ['unit.id', 'unit.organisation_id'], name='fk_job_unit_of_organisation'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_job_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_job_manager_id'), ['manager_id'], unique=False)
        batch_op.create_index('ix_job_number', ['organisation_id', 'number'], unique=False)
        batch_op.create_index('ix_job_organisation', ['organisation_id', 'until_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_position_id'), ['position_id'], unique=False)
        batch_op.create_index('ix_job_unit', ['unit_id', 'until_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_job_user_id'), ['user_id'], unique=False)

    # Who worked in an organisation works in the unit that is the organisation itself.
    op.execute("""INSERT INTO unit (organisation_id, code, name, from_on)
        SELECT id, '-', name, '1900-01-01' FROM organisation ORDER BY id""")
    op.execute("""INSERT INTO job (user_id, organisation_id, unit_id, from_on, until_on)
        SELECT membership.user_id, membership.organisation_id, unit.id, membership.from_on, membership.until_on
        FROM membership JOIN unit ON unit.organisation_id = membership.organisation_id ORDER BY membership.id""")
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_membership_user_id'))
    op.drop_table('membership')

    op.create_table('obligation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_obligation_requirement_id_requirement')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_obligation_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_obligation')),
    sa.UniqueConstraint('user_id', 'requirement_id', name=op.f('uq_obligation_user_id_requirement_id'))
    )
    with op.batch_alter_table('obligation', schema=None) as batch_op:
        batch_op.create_index(op.f('ix_obligation_requirement_id'), ['requirement_id'], unique=False)

    op.create_table('placement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_placement_parent_id_unit')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_placement_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement'))
    )
    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.create_index('ix_placement_parent', ['parent_id', 'unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_unit_id'), ['unit_id'], unique=False)

    op.create_table('requirement_audience',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['audience_id'], ['audience.id'], name=op.f('fk_requirement_audience_audience_id_audience')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_requirement_audience_requirement_id_requirement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_audience'))
    )
    with op.batch_alter_table('requirement_audience', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requirement_audience_audience_id'), ['audience_id'], unique=False)
        batch_op.create_index('uq_requirement_audience_open', ['requirement_id', 'audience_id'], unique=True, sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))

    op.create_table('requirement_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('titles', sa.JSON(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('equivalents', sa.JSON(), nullable=False),
    sa.Column('test_out', sa.String(length=100), nullable=True),
    sa.Column('due', sa.JSON(), nullable=False),
    sa.Column('closes_after_days', sa.Integer(), nullable=True),
    sa.Column('validity_months', sa.Integer(), nullable=True),
    sa.Column('window_days', sa.Integer(), nullable=False),
    sa.Column('renewal', sa.String(length=12), nullable=False),
    sa.Column('minimum_validity_days', sa.Integer(), nullable=False),
    sa.Column('look_back_days', sa.Integer(), nullable=False),
    sa.Column('minimum_days', sa.Integer(), nullable=False),
    sa.Column('applied_on', sa.Date(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('validity_months IS NULL OR validity_months > 0', name=op.f('ck_requirement_version_validity')),
    sa.CheckConstraint('window_days >= 0', name=op.f('ck_requirement_version_window')),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_requirement_version_created_by_user')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_requirement_version_requirement_id_requirement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_version')),
    sa.UniqueConstraint('requirement_id', 'number', name=op.f('uq_requirement_version_requirement_id_number'))
    )
    op.create_table('requirement_course',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_requirement_course_course_id_course')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_requirement_course_requirement_id_requirement')),
    sa.ForeignKeyConstraint(['version_id'], ['requirement_version.id'], name=op.f('fk_requirement_course_version_id_requirement_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_course')),
    sa.UniqueConstraint('version_id', 'course_id', name=op.f('uq_requirement_course_version_id_course_id'))
    )
    with op.batch_alter_table('requirement_course', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requirement_course_course_id'), ['course_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_requirement_course_requirement_id'), ['requirement_id'], unique=False)

    op.create_table('nightly',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('summary', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_nightly'))
    )
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.create_index('ix_enrolment_enrolled', ['enrolled_at'], unique=False)

    op.create_table('exemption',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('obligation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('document', sa.String(length=64), nullable=True),
    sa.Column('document_name', sa.String(length=200), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['user.id'], name=op.f('fk_exemption_decided_by_user')),
    sa.ForeignKeyConstraint(['obligation_id'], ['obligation.id'], name=op.f('fk_exemption_obligation_id_obligation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exemption'))
    )
    with op.batch_alter_table('exemption', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exemption_obligation_id'), ['obligation_id'], unique=False)

    op.create_table('period',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('obligation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('start_on', sa.Date(), nullable=False),
    sa.Column('begun_on', sa.Date(), nullable=True),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('completed_on', sa.Date(), nullable=True),
    sa.Column('completed_by', sa.JSON(), nullable=True),
    sa.Column('window_opens_on', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.CheckConstraint('(completed_on IS NULL) = (completed_by IS NULL)', name=op.f('ck_period_completed')),
    sa.CheckConstraint('expires_on IS NULL OR window_opens_on <= expires_on', name=op.f('ck_period_window')),
    sa.ForeignKeyConstraint(['obligation_id'], ['obligation.id'], name=op.f('fk_period_obligation_id_obligation')),
    sa.ForeignKeyConstraint(['version_id'], ['requirement_version.id'], name=op.f('fk_period_version_id_requirement_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_period')),
    sa.UniqueConstraint('obligation_id', 'number', name=op.f('uq_period_obligation_id_number'))
    )
    with op.batch_alter_table('period', schema=None) as batch_op:
        batch_op.create_index('ix_period_expires', ['expires_on'], unique=False)
        batch_op.create_index('ix_period_window', ['window_opens_on'], unique=False)

    op.create_table('source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('obligation_id', sa.Integer(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=True),
    sa.Column('assigned_by', sa.Integer(), nullable=True),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.CheckConstraint('(audience_id IS NULL) != (assigned_by IS NULL)', name=op.f('ck_source_one_cause')),
    sa.ForeignKeyConstraint(['assigned_by'], ['user.id'], name=op.f('fk_source_assigned_by_user')),
    sa.ForeignKeyConstraint(['audience_id'], ['audience.id'], name=op.f('fk_source_audience_id_audience')),
    sa.ForeignKeyConstraint(['obligation_id'], ['obligation.id'], name=op.f('fk_source_obligation_id_obligation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source'))
    )
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.create_index('ix_source_audience', ['audience_id', 'until_on'], unique=False)
        batch_op.create_index('ix_source_obligation', ['obligation_id', 'until_on'], unique=False)
        batch_op.create_index('uq_source_audience_open', ['obligation_id', 'audience_id'], unique=True, sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))

    op.create_table('due_date',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('closes_on', sa.Date(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('cause', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['period_id'], ['period.id'], name=op.f('fk_due_date_period_id_period')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_due_date'))
    )
    with op.batch_alter_table('due_date', schema=None) as batch_op:
        batch_op.create_index('ix_due_date_due', ['due_on'], unique=False)
        batch_op.create_index('ix_due_date_period', ['period_id', 'from_on'], unique=False)
        batch_op.create_index('uq_due_date_open', ['period_id'], unique=True, sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))

    op.create_table('due_extension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period_id', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('wanted_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('granted_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['user.id'], name=op.f('fk_due_extension_asked_by_user')),
    sa.ForeignKeyConstraint(['decided_by'], ['user.id'], name=op.f('fk_due_extension_decided_by_user')),
    sa.ForeignKeyConstraint(['period_id'], ['period.id'], name=op.f('fk_due_extension_period_id_period')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_due_extension'))
    )
    with op.batch_alter_table('due_extension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_due_extension_period_id'), ['period_id'], unique=False)
        batch_op.create_index('uq_due_extension_waiting', ['period_id'], unique=True, sqlite_where=sa.text("decision = 'waiting'"), postgresql_where=sa.text("decision = 'waiting'"))

    op.create_table('evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('period_id', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(length=200), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('learnt_on', sa.Date(), nullable=False),
    sa.Column('document', sa.String(length=64), nullable=False),
    sa.Column('document_name', sa.String(length=200), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('handed_in_by', sa.Integer(), nullable=False),
    sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['user.id'], name=op.f('fk_evidence_decided_by_user')),
    sa.ForeignKeyConstraint(['handed_in_by'], ['user.id'], name=op.f('fk_evidence_handed_in_by_user')),
    sa.ForeignKeyConstraint(['period_id'], ['period.id'], name=op.f('fk_evidence_period_id_period')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence'))
    )
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_decision'), ['decision'], unique=False)
        batch_op.create_index(batch_op.f('ix_evidence_period_id'), ['period_id'], unique=False)

    _carry_assignments(op.get_bind())
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_index('uq_assignment_open', sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_assignment_user_id'))
        batch_op.drop_index(batch_op.f('ix_assignment_organisation_id'))

    op.drop_table('assignment')

    with op.batch_alter_table('grant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unit_id', sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_grant_user_id_role_organisation_id_course_slug'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_grant_user_id_role_organisation_id_unit_id_course_slug'), ['user_id', 'role', 'organisation_id', 'unit_id', 'course_slug'])
        batch_op.create_foreign_key(batch_op.f('fk_grant_unit_id_unit'), 'unit', ['unit_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_grant_officer_of_organisation'), "role != 'officer' OR organisation_id IS NOT NULL")

    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.add_column(sa.Column('first_signed_in_at', sa.DateTime(timezone=True), nullable=True))
    op.execute("""UPDATE "user" SET first_signed_in_at =
        (SELECT min(created_at) FROM login_session WHERE login_session.user_id = "user".id)""")

    op.create_table('scim_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_scim_token_created_by_user')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_scim_token_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scim_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_scim_token_token_hash'))
    )
    with op.batch_alter_table('scim_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scim_token_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('scim_resource',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('user_name', sa.String(length=200), nullable=False),
    sa.Column('user_name_key', sa.String(length=200), nullable=True),
    sa.Column('external_id', sa.String(length=200), nullable=True),
    sa.Column('made_account', sa.Boolean(), nullable=False),
    sa.Column('extra', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(kind = 'User' AND user_id IS NOT NULL AND unit_id IS NULL AND user_name_key IS NOT NULL) OR (kind = 'Group' AND user_id IS NULL AND unit_id IS NOT NULL)", name=op.f('ck_scim_resource_of_kind')),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_scim_resource_job_id_job')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_scim_resource_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_scim_resource_unit_id_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_scim_resource_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scim_resource')),
    sa.UniqueConstraint('uid', name=op.f('uq_scim_resource_uid'))
    )
    with op.batch_alter_table('scim_resource', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scim_resource_user_id'), ['user_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_scim_resource_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index('ix_scim_resource_external', ['organisation_id', 'kind', 'external_id'], unique=False)
        batch_op.create_index('ix_scim_resource_kind', ['organisation_id', 'kind', 'id'], unique=False)
        for what, column in (('user_name', 'user_name_key'), ('user', 'user_id'), ('unit', 'unit_id')):
            batch_op.create_index(f'uq_scim_resource_{what}', ['organisation_id', column], unique=True, sqlite_where=sa.text('deleted_at IS NULL'), postgresql_where=sa.text('deleted_at IS NULL'))

    op.create_table('proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('requirement_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('draft', sa.JSON(), nullable=False),
    sa.Column('audience_id', sa.Integer(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['audience_id'], ['audience.id'], name=op.f('fk_proposal_audience_id_audience')),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_proposal_created_by_user')),
    sa.ForeignKeyConstraint(['requirement_id'], ['requirement.id'], name=op.f('fk_proposal_requirement_id_requirement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal'))
    )
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_requirement_id'), ['requirement_id'], unique=False)



def downgrade():
    op.drop_table('proposal')
    op.drop_table('scim_resource')
    op.drop_table('scim_token')
    op.drop_column('user', 'first_signed_in_at')  # in place: what refers to users forbids making the table anew

    with op.batch_alter_table('grant', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_grant_officer_of_organisation'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_grant_unit_id_unit'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_grant_user_id_role_organisation_id_unit_id_course_slug'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_grant_user_id_role_organisation_id_course_slug'), ['user_id', 'role', 'organisation_id', 'course_slug'])
        batch_op.drop_column('unit_id')

    op.create_table('assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('assigned_by', sa.Integer(), nullable=False),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['assigned_by'], ['user.id'], name=op.f('fk_assignment_assigned_by_user')),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_assignment_course_id_course')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_assignment_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_assignment_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_assignment_open', ['user_id', 'course_id', 'organisation_id'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
    _carry_back(op.get_bind())

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evidence_period_id'))
        batch_op.drop_index(batch_op.f('ix_evidence_decision'))

    op.drop_table('evidence')
    with op.batch_alter_table('due_extension', schema=None) as batch_op:
        batch_op.drop_index('uq_due_extension_waiting', sqlite_where=sa.text("decision = 'waiting'"), postgresql_where=sa.text("decision = 'waiting'"))
        batch_op.drop_index(batch_op.f('ix_due_extension_period_id'))

    op.drop_table('due_extension')
    with op.batch_alter_table('due_date', schema=None) as batch_op:
        batch_op.drop_index('uq_due_date_open', sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))
        batch_op.drop_index('ix_due_date_period')
        batch_op.drop_index('ix_due_date_due')

    op.drop_table('due_date')
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.drop_index('uq_source_audience_open', sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))
        batch_op.drop_index('ix_source_obligation')
        batch_op.drop_index('ix_source_audience')

    op.drop_table('source')
    with op.batch_alter_table('period', schema=None) as batch_op:
        batch_op.drop_index('ix_period_window')
        batch_op.drop_index('ix_period_expires')

    op.drop_table('period')
    with op.batch_alter_table('exemption', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exemption_obligation_id'))

    op.drop_table('exemption')
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.drop_index('ix_enrolment_enrolled')

    op.drop_table('nightly')
    with op.batch_alter_table('requirement_course', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_requirement_course_requirement_id'))
        batch_op.drop_index(batch_op.f('ix_requirement_course_course_id'))

    op.drop_table('requirement_course')
    op.drop_table('requirement_version')
    with op.batch_alter_table('requirement_audience', schema=None) as batch_op:
        batch_op.drop_index('uq_requirement_audience_open', sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))
        batch_op.drop_index(batch_op.f('ix_requirement_audience_audience_id'))

    op.drop_table('requirement_audience')
    with op.batch_alter_table('placement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_placement_unit_id'))
        batch_op.drop_index('ix_placement_parent')

    op.drop_table('placement')
    with op.batch_alter_table('obligation', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_obligation_requirement_id'))

    op.drop_table('obligation')
    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_membership_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_membership_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_user_id'), ['user_id'], unique=False)
    op.execute("""INSERT INTO membership (user_id, organisation_id, from_on, until_on)
        SELECT user_id, organisation_id, from_on, until_on FROM job ORDER BY id""")
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_job_user_id'))
        batch_op.drop_index('ix_job_unit')
        batch_op.drop_index(batch_op.f('ix_job_position_id'))
        batch_op.drop_index('ix_job_organisation')
        batch_op.drop_index('ix_job_number')
        batch_op.drop_index(batch_op.f('ix_job_manager_id'))

    op.drop_table('job')
    op.drop_table('audience_version')
    with op.batch_alter_table('audience_member', schema=None) as batch_op:
        batch_op.drop_index('uq_audience_member_open', sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))
        batch_op.drop_index('ix_audience_member_user')
        batch_op.drop_index('ix_audience_member_days')

    op.drop_table('audience_member')
    with op.batch_alter_table('allocation_exception', schema=None) as batch_op:
        batch_op.drop_index('uq_allocation_exception_open', sqlite_where=sa.text('action IS NULL'), postgresql_where=sa.text('action IS NULL'))
        batch_op.drop_index('ix_allocation_exception_who')

    op.drop_table('allocation_exception')
    op.drop_table('unit')
    op.drop_table('requirement')
    with op.batch_alter_table('leave', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_leave_user_id'))

    op.drop_table('leave')
    with op.batch_alter_table('import_run', schema=None) as batch_op:
        batch_op.drop_index('ix_import_run_organisation')

    op.drop_table('import_run')
    op.drop_table('audience')
    op.drop_table('position')


# A course that an organisation assigned is a requirement of one course; who assigned it is its source by hand.
BAKU = ZoneInfo("Asia/Baku")
KEPT = ("organisation", "course", "assignment", "requirement", "requirement_version", "requirement_course", "obligation",
        "source", "period", "due_date")


def _tables(bind):
    found = sa.MetaData()
    found.reflect(bind, only=KEPT)
    return found.tables


def _day(moment):
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(BAKU).date()


def _carry_assignments(bind):
    at = _tables(bind)
    assignment, course = at["assignment"], at["course"]

    def add(table, **row):
        return bind.execute(at[table].insert().values(row)).inserted_primary_key[0]

    requirements, obligations = {}, {}
    asked = sa.select(assignment, course.c.slug, course.c.titles).join(course, course.c.id == assignment.c.course_id)
    for row in bind.execute(asked.order_by(assignment.c.assigned_at, assignment.c.id)).all():
        day = _day(row.assigned_at)
        what = (row.organisation_id, row.course_id)
        if what not in requirements:
            made = {"created_by": row.assigned_by, "created_at": row.assigned_at}
            key = add("requirement", organisation_id=row.organisation_id, code=f"course:{row.slug}", **made)
            version = add(
                "requirement_version", requirement_id=key, number=1, from_on=day, applied_on=day, titles=row.titles,
                reasons={}, parts=[{"need": "all", "courses": [row.slug]}], equivalents={}, due={}, window_days=0,
                renewal="completion", minimum_validity_days=0, look_back_days=36500, minimum_days=0, **made,
            )
            add("requirement_course", requirement_id=key, version_id=version, course_id=row.course_id)
            requirements[what] = key
        who = (row.user_id, requirements[what])
        if who not in obligations:
            obligation = add("obligation", user_id=row.user_id, requirement_id=who[1])
            period = add("period", obligation_id=obligation, number=0, start_on=day)
            obligations[who] = obligation, add("due_date", period_id=period, from_on=day, cause="assigned")
        obligation, held = obligations[who]
        last = _day(row.withdrawn_at) - timedelta(days=1) if row.withdrawn_at else None
        add("source", obligation_id=obligation, assigned_by=row.assigned_by, assigned_at=row.assigned_at, from_on=day,
            until_on=last)
        # What was due before it was assigned again was not kept: the newest day stands for all of it.
        due = at["due_date"]
        bind.execute(due.update().where(due.c.id == held).values(due_on=row.due_on))


def _carry_back(bind):
    at = _tables(bind)
    source, obligation, requirement = at["source"], at["obligation"], at["requirement"]
    course, period, due = at["course"], at["period"], at["due_date"]
    rows = bind.execute(
        sa.select(source, obligation.c.user_id, course.c.id.label("course_id"), requirement.c.organisation_id, due.c.due_on)
        .join(obligation, obligation.c.id == source.c.obligation_id)
        .join(requirement, requirement.c.id == obligation.c.requirement_id)
        .join(course, requirement.c.code == "course:" + course.c.slug)
        .join(period, (period.c.obligation_id == obligation.c.id) & (period.c.number == 0))
        .outerjoin(due, (due.c.period_id == period.c.id) & due.c.until_on.is_(None))
        .where(source.c.assigned_by.is_not(None))
        .order_by(source.c.id)
    ).all()
    for row in rows:
        ended = row.until_on and datetime.combine(row.until_on + timedelta(days=1), time(), BAKU).astimezone(UTC)
        if ended and bind.dialect.name == "sqlite":
            ended = ended.replace(tzinfo=None)
        bind.execute(
            at["assignment"].insert().values(
                user_id=row.user_id, course_id=row.course_id, organisation_id=row.organisation_id, due_on=row.due_on,
                assigned_by=row.assigned_by, assigned_at=row.assigned_at, withdrawn_at=ended,
            )
        )
