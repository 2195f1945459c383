"""Where somebody works: in an enrolment, or, an author walking a draft, in a version alone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select

from app.accounts.models import User
from app.catalogue import reading
from app.catalogue.models import CourseVersion
from app.grading.models import OF_LEARNERS, Purpose, Submission
from app.learning.models import Enrolment
from graders.course import model as content


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Whose work, on which version; without `enrolment` (an author walks a draft) it counts for nothing."""

    user: User
    version: CourseVersion
    enrolment: Enrolment | None = None

    @property
    def course(self) -> content.Course:
        return reading.load(self.version)

    def submissions(self, item: str, *purposes: Purpose) -> Select[Submission]:
        """This seat's rows of `item` with one of `purposes`, unordered."""
        query = select(Submission).where(Submission.item == item, Submission.purpose.in_(purposes or OF_LEARNERS))
        if self.enrolment is not None:
            return query.where(Submission.enrolment_id == self.enrolment.id)
        return query.where(
            Submission.enrolment_id.is_(None),
            Submission.user_id == self.user.id,
            Submission.version_id == self.version.id,
        )


def seat_of(submission: Submission) -> Seat:
    return Seat(user=submission.user, version=submission.version, enrolment=submission.enrolment)
