"""By which requirements an audience is used, for who wants to archive it."""

from __future__ import annotations

from flask_babel import get_locale
from sqlalchemy import select

from app.clock import today
from app.curricula.models import Requirement, RequirementAudience
from app.curricula.versions import by_requirement, in_force
from app.db import db
from graders.course.model import Texts


def titles_using(audience_id: int) -> list[str]:
    """The titles, in the language of the page, of the requirements that are asked of everybody in it."""
    asking = (
        select(RequirementAudience.requirement_id)
        .join(Requirement, Requirement.id == RequirementAudience.requirement_id)
        .where(
            RequirementAudience.audience_id == audience_id,
            RequirementAudience.until_on.is_(None),
            Requirement.archived_on.is_(None),
        )
    )
    language = str(get_locale() or "en")
    found = by_requirement(set(db.session.scalars(asking)))
    return sorted(Texts((in_force(all, today()) or all[0]).titles, "az").get(language) for all in found.values())
