"""A course whose checks were corrected, and verdicts by them: what the tests of grading again begin with."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from app.catalogue import publishing
from app.catalogue.models import CourseVersion
from app.db import db
from app.grading import queueing, recording, rejudging, settling, submitting
from app.grading.models import Purpose, Rejudge, Submission, Which
from app.grading.seats import Seat
from app.web import blobs, settings
from graders.course import Exercise, load_course
from graders.verdict import Started, Status
from tests.grading.rows import NOW, enrolment, person
from tests.grading.verdicts import grade, result_of, verdict_of

SAMPLE = Path(__file__).parents[1] / "graders" / "sample_course"
LATER = NOW + timedelta(days=1)


def corrected(
    seat: Seat,
    scratch: Path,
    old: str = "gives = \"'LM'\"",
    new: str = "gives = \"'ML'\"",
    *,
    renamed: str = "",
    moves: bool = True,
) -> CourseVersion:
    """A newer published version of the sample course, with one text of the exercise replaced; `moves` the learner."""
    folder = scratch / "corrected" / seat.version.course.slug
    shutil.copytree(SAMPLE, folder)
    file = folder / "functions" / "initials" / "exercise.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    shutil.rmtree(file.parent / "answers")  # what is known of answers names the checks
    if renamed:
        shutil.move(file.parent, file.parent.with_name(renamed))
        unit = folder / "functions" / "unit.toml"
        words = unit.read_text().replace('"initials"', f'"{renamed}"')
        unit.write_text(f'{words}\n[was]\n{renamed} = "initials"\n')
    course = load_course(folder)
    version = publishing.store_version(course, settings().data_folder, created_by=None, now=LATER)
    publishing.publish(version, course, now=LATER)
    if moves and seat.enrolment is not None:
        seat.enrolment.version = version
    db.session.commit()
    return version


def another(seat: Seat, name: str = "Another") -> Seat:
    user = person(name)
    user.email_confirmed_at = NOW
    return Seat(user=user, version=seat.version, enrolment=enrolment(user, seat.version))


def handed_in(seat: Seat, item: Exercise, *, right: bool, after: float = 1, token: str = "") -> Submission:
    """Submitted and graded, minutes after NOW."""
    now = NOW + timedelta(minutes=after)
    files = submitting.store(item.solution(), blobs())
    row = submitting.submit(
        seat, item, Purpose.SUBMIT, files, form_token=token or f"t{after}", language="az", per_hour=99, now=now
    )
    grade(row, item, right=right, now=now)
    return row


def begin(seat: Seat, which: Which = Which.BEST, reason: str = "The first check was wrong.") -> Rejudge:
    begun = rejudging.begin(seat.version.course, "functions/initials", which, reason=reason, by=seat.user, now=LATER)
    db.session.commit()
    return begun


def run_all(item: Exercise, passes: Callable[[Submission, str], bool], *, now: datetime = LATER) -> int:
    """Grade what waits in the lane of rejudges: `passes(run, check)` says which checks pass. Returns how many."""
    done = 0
    while (claim := queueing.claim("w", now=now)) is not None:
        run = queueing.held(claim)
        recording.record(claim, Started(checks=tuple(check.id for check in item.checks)), now=now)
        given = [
            result_of(check, Status.PASSED if passes(run, check.id) else Status.FAILED)
            for check in sorted(item.checks, key=lambda check: check.hidden)
        ]
        for one in given:
            recording.record(claim, one, now=now)
        recording.record(claim, verdict_of(item, "submit", given), now=now)
        db.session.commit()
        done += 1
        rejudging.feed(now=now)
    return done


def everything(_run: Submission, _check: str) -> bool:
    return True


def nothing(_run: Submission, _check: str) -> bool:
    return False


def settle(now: datetime = LATER) -> int:
    """Carry decisions out; how many steps that took."""
    steps = 0
    while settling.settle_some(now=now):
        db.session.commit()
        steps += 1
    return steps
