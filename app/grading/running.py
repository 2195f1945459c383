"""From a claimed row to what `graders.grade` needs, and through it; the worker commits what comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.blobs import Blobs
from app.catalogue import reading
from app.grading import history, queueing
from app.grading import models as modelled
from app.grading.models import Submission
from app.grading.queueing import Claim
from app.grading.recording import item_of
from graders import proving
from graders.course import model as content
from graders.grading import OwnInput, grade
from graders.verdict import Event, Purpose
from sandbox.model import Sandbox


@dataclass(frozen=True, kw_only=True)
class Work:
    """All that grading needs, out of the database: nothing of it is a row."""

    exercise: content.Exercise
    files: dict[str, bytes]
    purpose: Purpose
    seed: int
    key: str  # the course version, whose checker may be warm
    language: str
    own: OwnInput


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A draft to be proved: the folder of its version."""

    folder: Path


def prepare(claim: Claim, blobs: Blobs) -> Work | Proof:
    """Raises LeaseLost; LookupError or OSError where the data folder was damaged."""
    submission = queueing.held(claim)
    if submission.purpose == modelled.Purpose.PROOF:
        return Proof(folder=reading.load(submission.version).path)
    exercise = item_of(submission)
    if not isinstance(exercise, content.Exercise):
        raise LookupError(f"{submission.item} is not graded in a sandbox")
    return Work(
        exercise=exercise,
        files=history.files_of(submission, blobs),
        purpose=Purpose.SUBMIT if submission.purpose == modelled.Purpose.REJUDGE else Purpose(submission.purpose),
        seed=submission.seed,
        key=submission.version.digest,
        language=submission.language,
        own=own_input(submission),
    )


def own_input(submission: Submission) -> OwnInput:
    """What the learner typed beside Run."""
    given = submission.replies
    return OwnInput(stdin=str(given.get("stdin", "")), args=tuple(str(one) for one in given.get("args", ())))


def prove(proof: Proof, sandbox: Sandbox) -> tuple[bool, dict[str, Any]]:
    """Whether the draft is proved, and the report as JSON. Raises SandboxUnavailable."""
    report = proving.prove(proof.folder, lambda: sandbox)
    return report.fine, asdict(report)


def steps(work: Work, sandbox: Sandbox) -> Iterator[Event]:
    """Started, CellsRun, each CheckResult, and last the Verdict. Raises SandboxUnavailable, CheckerError."""
    return grade(
        work.exercise,
        work.files,
        sandbox,
        purpose=work.purpose,
        seed=work.seed,
        key=work.key,
        language=work.language,
        own=work.own,
    )
