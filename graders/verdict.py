"""What grading says: progress, results of checks, the verdict; and the same as JSON, for a row of a database.

Everything here that came out of a container is bounded. Texts for people are kept as keys with parameters (`Note`)
or in all languages, so that a change of language needs no grading.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic.dataclasses import dataclass

Short = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Long = Annotated[str, StringConstraints(max_length=70_000)]
Png = Annotated[str, StringConstraints(max_length=1_500_000, pattern=r"^[A-Za-z0-9+/=]*$")]
Languages = dict[Annotated[str, StringConstraints(max_length=2)], Text]
Trace = Annotated[tuple[tuple[Short, int, Text], ...], Field(max_length=60)]
Difference = Annotated[tuple[tuple[Short, Text], ...], Field(max_length=2000)]
Plots = Annotated[tuple[Png, ...], Field(max_length=10)]
FORBID = ConfigDict(extra="forbid")


class Purpose(StrEnum):
    """Run: own input, nothing judged. Check: the open checks. Submit: all of them, and it counts."""

    RUN = "run"
    CHECK = "check"
    SUBMIT = "submit"


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # the learner's code raised
    WRONG_TYPE = "wrong_type"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"
    CRASHED = "crashed"
    TAMPERED = "tampered"
    NOT_RUN = "not_run"


class Outcome(StrEnum):
    """How an answer did as a whole; `ran` where nothing was judged."""

    PASSED = "passed"
    PARTLY = "partly"
    FAILED = "failed"
    RAN = "ran"


class CheckerError(Exception):
    """The author's checks failed, not the answer: the attempt does not count. `detail` is for staff and author."""

    def __init__(self, check: str, detail: str) -> None:
        self.check, self.detail = check, detail
        super().__init__(f"{check}: {detail.strip().splitlines()[-1] if detail.strip() else 'the checker failed'}")


@dataclass(frozen=True, kw_only=True, config=FORBID)
class Note:
    """One sentence, as a key to be worded in the reader's language, and its parameters."""

    key: Short
    params: dict[Short, Text | int | float | bool | None] = Field(default_factory=dict, max_length=20)


@dataclass(frozen=True, kw_only=True, config=FORBID)
class Feedback:
    """What a check saw. Of a hidden check only staff may see any of it. `plots` are PNG in base64."""

    call: Text | None = None
    expected: Text | None = None
    got: Text | None = None
    difference: Difference | None = None
    notes: Annotated[tuple[Note, ...], Field(max_length=50)] = ()
    stdout: Long = ""
    stderr: Long = ""
    trace: Trace = ()
    error: Text | None = None
    plots: Plots = ()


@dataclass(frozen=True, kw_only=True, config=FORBID)
class CheckResult:
    """One finished check. `points` can be earned, `earned` were; `seconds` is CPU time spent for it by the answer."""

    id: Short
    title: Languages
    points: float
    earned: float
    status: Status
    hidden: bool
    hint: Languages = Field(default_factory=dict)
    seconds: float = 0.0
    feedback: Feedback = Feedback()


@dataclass(frozen=True, kw_only=True, config=FORBID)
class Output:
    """One piece of output made safe: `kind` is text | image | table | error | other, which says what else is there."""

    kind: Literal["text", "image", "table", "error", "other"]
    name: Short = ""
    text: Long = ""
    png: Png = ""
    columns: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    rows: Annotated[tuple[tuple[Text, ...], ...], Field(max_length=1000)] = ()
    type: Short = ""
    message: Text = ""
    trace: Trace = ()
    cut: bool = False


@dataclass(frozen=True, kw_only=True, config=FORBID)
class Ran:
    """What one cell, or a whole program, put out. `ended`: ok, or why it did not end well.

    `id` is the cell's; `source` is there for cells the learner added.
    """

    id: Short
    ended: Short
    outputs: Annotated[tuple[Output, ...], Field(max_length=200)] = ()
    cut: bool = False
    source: Annotated[str, StringConstraints(max_length=210_000)] | None = None


@dataclass(frozen=True, kw_only=True, config=FORBID)
class Started:
    """The code is in its container; `checks` are the ids that will be looked at, in the author's order."""

    checks: tuple[Short, ...]


@dataclass(frozen=True, kw_only=True, config=FORBID)
class CellsRun:
    """The notebook has run on its open data; this is what may be shown of it, whatever happens later."""

    cells: Annotated[tuple[Ran, ...], Field(max_length=600)]


@dataclass(frozen=True, kw_only=True, config=FORBID)
class Phases:
    """Moments of a run, UTC: put into the queue (known to the site alone, as is the last), taken up, code done with the
    open questions, all checks done, verdict recorded."""

    queued: datetime | None = None
    started: datetime
    ran: datetime | None = None
    checked: datetime | None = None
    recorded: datetime | None = None


@dataclass(frozen=True, kw_only=True, config=FORBID)
class Provenance:
    """Where a verdict came from: all that decides it, and what it cost."""

    exercise: Short
    image: dict[Short, Short]
    seconds: float
    memory: Short
    seed: int
    phases: Phases
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    restarts: int = 0


@dataclass(frozen=True, kw_only=True, config=FORBID)
class Verdict:
    """The outcome. `checks` are in the author's order, `cells` what a run put out; `flags` are for staff."""

    purpose: Purpose
    status: Outcome
    points: float
    max_points: float
    checks: Annotated[tuple[CheckResult, ...], Field(max_length=500)]
    provenance: Provenance
    cells: Annotated[tuple[Ran, ...], Field(max_length=600)] = ()
    flags: Annotated[tuple[Short, ...], Field(max_length=100)] = ()

    @property
    def share(self) -> float:
        return self.points / self.max_points if self.max_points else 0.0


Event = Started | CellsRun | CheckResult | Verdict
Made = TypeVar("Made")


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Building one takes milliseconds, so each is kept."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def to_json(value: Any) -> dict[str, Any]:
    """Any of the above as plain JSON, for a row; what is not set is left out."""
    made: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json", exclude_defaults=True)
    return made


def from_json(kind: type[Made], value: Any) -> Made:
    """The value that `to_json` made JSON of. Raises pydantic.ValidationError."""
    made: Made = _adapter(kind).validate_python(value)
    return made


def parse(kind: type[Made], data: bytes) -> Made:
    """A value from the bytes of a frame. Raises pydantic.ValidationError on what does not fit or is too long."""
    made: Made = _adapter(kind).validate_json(data)
    return made
