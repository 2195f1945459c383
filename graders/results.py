"""What a checker says, read within bounds, with the host's facts laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from graders.course import Check
from graders.runs import CheckerFailed, Told
from graders.verdict import (
    CheckResult,
    Difference,
    Feedback,
    Long,
    Note,
    Output,
    Plots,
    Ran,
    Short,
    Status,
    Text,
    Trace,
    parse,
)

Notes = Annotated[tuple[Note, ...], Field(max_length=50)]


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Said:
    """A result as it comes from the checker (sandbox/inside/README.md)."""

    id: Short
    status: Status | Literal["checker_error"]
    earned: Annotated[float, Field(ge=0, le=1)]
    notes: Notes = ()
    call: Text | None = None
    expected: Text | None = None
    got: Text | None = None
    difference: Difference | None = None
    stdout: Long = ""
    stderr: Long = ""
    trace: Trace = ()
    error: Text | None = None
    plots: Plots = ()
    staff: Text | None = None


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Reduced:
    """Outputs of a cell as they come from the checker."""

    ended: Short
    outputs: Annotated[list[dict[str, Any]], Field(max_length=200)] = Field(default_factory=list)
    cut: bool = False


def result_of(check: Check, body: bytes, told: Sequence[Told]) -> CheckResult:
    """The result of `check`. Where the host ended a question the check cannot have passed, whatever was said.

    Raises pydantic.ValidationError for a malformed body, CheckerFailed for a `checker_error`, and for points without a
    question: no evidence, no points.
    """
    said = parse(Said, body)
    if said.status == "checker_error" or said.id != check.id:
        raise CheckerFailed(
            said.staff or said.error or "\n".join(f"{file}:{line}: {text}" for file, line, text in said.trace)
        )
    status, share = said.status, said.earned
    ended = next((one.ended for one in told if one.ended), None)
    if ended:
        status, share = Status(ended.value), 0.0
    elif told and not any(one.asked for one in told):
        status, share = Status.NOT_RUN, 0.0
    if (share or status is Status.PASSED) and not told:
        raise CheckerFailed("the check gave points without asking the answer anything")
    hidden = check.hidden
    return CheckResult(
        id=check.id,
        title=dict(check.title),
        points=check.points,
        earned=check.points if status is Status.PASSED else round(check.points * share, 2),
        status=status,
        hidden=hidden,
        hint=dict(check.hint),
        seconds=round(sum(one.cpu_seconds for one in told), 4),
        feedback=Feedback(
            call=said.call,
            expected=said.expected,
            got=said.got,
            difference=said.difference,
            notes=said.notes,
            error=said.error,
            stdout="" if hidden else said.stdout,  # compared and dropped
            stderr="" if hidden else said.stderr,
            trace=() if hidden else said.trace,
            plots=() if hidden else said.plots,
        ),
    )


def cell_of(id: str, body: bytes, *, source: str | None) -> Ran:
    """What a cell put out, from the checker's reduction of it. Raises pydantic.ValidationError."""
    said = parse(Reduced, body)
    renamed = ({"kind" if name == "is" else name: value for name, value in one.items()} for one in said.outputs)
    outputs = tuple(Output(**one) for one in renamed)
    return Ran(id=id, ended=said.ended, outputs=outputs, cut=said.cut, source=source)
