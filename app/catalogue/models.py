"""Courses and their versions. The content itself is read from the version's folder and cached by digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from app.db import Key, Long, Model, Moment, UtcDateTime


class Course(Model):
    """A course by its slug (the folder's name). Listed when it has a published version and is not withdrawn."""

    __tablename__ = "course"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    published_id: Mapped[int | None] = mapped_column(ForeignKey("course_version.id", use_alter=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[Moment]
    # Facts of the published version that lists and search need without opening files
    titles: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # {language: text}
    summaries: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    track: Mapped[str] = mapped_column(String(40), default="", index=True)
    level: Mapped[str] = mapped_column(String(20), default="")
    hours: Mapped[int] = mapped_column(default=0)
    audience: Mapped[list[Any]] = mapped_column(JSON, default=list)

    published: Mapped[CourseVersion | None] = relationship(foreign_keys=[published_id], post_update=True)

    @property
    def is_listed(self) -> bool:
        return self.published_id is not None and self.withdrawn_at is None


class CourseVersion(Model):
    """The files of a course at one moment: `<data>/versions/<slug>-<digest>/`. A draft until `published_at`."""

    __tablename__ = "course_version"
    __table_args__ = (UniqueConstraint("course_id", "digest"),)

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    course: Mapped[Course] = relationship(foreign_keys=[course_id])


class SearchDocument(Model):
    """One searchable text (a course, a unit, an item) in one language, folded (ə→e, ё→е, lower case)."""

    __tablename__ = "search_document"
    __table_args__ = (Index("ix_search_document_course", "course_id", "language"),)

    id: Mapped[Key]
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    language: Mapped[str] = mapped_column(String(2))
    item: Mapped[str] = mapped_column(String(200), default="")  # "" for the course itself, else "unit/item"
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[Long]
    folded: Mapped[Long]
