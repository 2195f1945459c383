"""Training in person: rooms, trainings of a course, their meetings.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("name", name=op.f("uq_room_name")),
    )
    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("joins_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancels_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_training_seats")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_training_share")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_training_course_id_course")),
        sa.ForeignKeyConstraint(["trainer_id"], ["user.id"], name=op.f("fk_training_trainer_id_user")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_training_created_by_user")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["user.id"], name=op.f("fk_training_cancelled_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_index(op.f("ix_training_course_id"), "training", ["course_id"], unique=False)
    op.create_index(op.f("ix_training_trainer_id"), "training", ["trainer_id"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_meeting_order")),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_meeting_training_id_training")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_meeting_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_training_id"), "meeting", ["training_id"], unique=False)
    op.create_index("ix_meeting_room", "meeting", ["room_id", "starts_at"], unique=False)
    op.create_index("ix_meeting_starts", "meeting", ["starts_at"], unique=False)
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_booking_training_id_training")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_booking_user_id_user")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_booking_enrolment_id_enrolment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
    )
    op.create_index(op.f("ix_booking_user_id"), "booking", ["user_id"], unique=False)
    op.create_index(op.f("ix_booking_enrolment_id"), "booking", ["enrolment_id"], unique=False)
    op.create_index("ix_booking_state", "booking", ["training_id", "state"], unique=False)
    op.create_index(
        "uq_booking_open",
        "booking",
        ["training_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("state != 'left'"),
        postgresql_where=sa.text("state != 'left'"),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendance_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_attendance_booking_id_booking")),
        sa.ForeignKeyConstraint(["marked_by"], ["user.id"], name=op.f("fk_attendance_marked_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("meeting_id", "booking_id", name=op.f("uq_attendance_meeting_id_booking_id")),
    )
    op.create_index(op.f("ix_attendance_booking_id"), "attendance", ["booking_id"], unique=False)
    op.add_column("enrolment", sa.Column("attended_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.drop_column("enrolment", "attended_at")
    op.drop_table("attendance")
    op.drop_table("booking")
    op.drop_table("meeting")
    op.drop_table("training")
    op.drop_table("room")
