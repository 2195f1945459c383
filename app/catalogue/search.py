"""Find courses and items by what they say, in the reader's language, whatever letters were typed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, select

from app.catalogue.models import Course, SearchDocument
from app.db import db
from app.folding import fold

MOST_WORDS = 6


@dataclass(frozen=True, kw_only=True)
class Found:
    """A course (`item` is "") or one item of it, with the course's titles by language."""

    slug: str
    course_titles: dict[str, str]
    item: str
    title: str


def find(words: str, language: str, *, limit: int = 30) -> list[Found]:
    """Every word must be there; courses before items, then in the order of the titles."""
    terms = fold(words).split()[:MOST_WORDS]
    if not terms:
        return []
    query = (
        select(SearchDocument, Course)
        .join(Course, Course.id == SearchDocument.course_id)
        .where(SearchDocument.language == language, Course.published_id.is_not(None), Course.withdrawn_at.is_(None))
        .order_by(case((SearchDocument.item == "", 0), else_=1), SearchDocument.title, SearchDocument.id)
        .limit(limit)
    )
    for term in terms:
        query = query.where(SearchDocument.folded.contains(term, autoescape=True))
    return [
        Found(slug=course.slug, course_titles=course.titles, item=document.item, title=document.title)
        for document, course in db.session.execute(query)
    ]
