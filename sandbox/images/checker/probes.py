"""Something asked of a learner's code, and what it is compared with.

A probe knows how it was asked for, so that feedback shows call, expected, got and difference. A comparison that does
not hold ends the check; one that holds gives the probe back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import comparing
import texts
from answers import Answer
from comparing import Mismatch
from inside import codec
from inside.values import Axes, Figure, Taken
from showing import difference, shown, visible

Transport = Callable[[str, dict[str, Any]], Answer]


class Ended(BaseException):
    """A comparison did not hold. Not an Exception: an author's `except Exception` must not hide it."""

    def __init__(self, status: str, probe: Probe, **about: Any) -> None:
        super().__init__(status)
        self.status, self.probe, self.about = status, probe, about


class AuthorError(Exception):
    """The check itself makes no sense; for author and staff."""


@dataclass(frozen=True, kw_only=True)
class Registered:
    id: str
    run: Callable[[], Any]
    data: str | None = None


class _State:
    """What the running submission is: set by the fork, one process each."""

    transport: Transport
    compared: int = 0
    last: Probe | None = None
    registered: dict[str, Registered]
    program: str = "program"

    def __init__(self) -> None:
        self.registered = {}


state = _State()


class Probe:
    """Something asked for, and how. Comparisons that do not hold end the check, others give the probe back."""

    def __init__(self, text: str, answer: Answer, *, of: str) -> None:
        self.text, self.answer, self.of = text, answer, of
        if of == "answer":
            state.last = self

    @property
    def it(self) -> Any:
        """The value itself. Ends the check if there is none."""
        self._must("value")
        found = comparing.unsupported(self.answer.value)
        if found:
            self._fail(found)
        return self.answer.value

    @property
    def stdout(self) -> Probe:
        """What was printed."""
        self._must("value", "exited")
        return self._derived("printed text", self.answer.stdout)

    @property
    def items(self) -> Probe:
        """What an iterator gave, as a list."""
        self._must("value")
        taken = self.answer.value
        return self._derived("", taken.items if isinstance(taken, Taken) else taken)

    def equals(self, expected: Any, *, any_order: bool = False, index: bool = True) -> Probe:
        """Exactly the value `expected` (or what another probe gave). Tables: without row order or labels if asked."""
        if self._raised_alike(expected):
            return self
        wanted, got = self._both(expected)
        if any_order or not index:
            wanted, got = (texts.arranged(one, any_order=any_order, index=index) for one in (wanted, got))
        return self._held(comparing.equals(wanted, got), wanted, got)

    def close_to(self, expected: Any, *, rel: float = 1e-9, abs: float = 0.0) -> Probe:
        """Numbers within max(rel * |expected|, abs) of `expected`, at any depth."""
        if self._raised_alike(expected):
            return self
        wanted, got = self._both(expected)
        return self._held(comparing.close_to(wanted, got, rel=rel, abs=abs), wanted, got)

    def is_not(self, other: Any) -> Probe:
        """Any value but `other`."""
        unwanted, got = self._both(other)
        same = comparing.equals(unwanted, got) is None
        return self._held(Mismatch(key="is_not.same", params={"value": shown(got)[:500]}) if same else None, None, got)

    def raises(self, *kinds: str | type[BaseException], message: str | None = None) -> Probe:
        """An exception of one of the classes came out; its message holds `message`, if that is given."""
        names = [kind if isinstance(kind, str) else kind.__name__ for kind in kinds]
        state.compared += 1
        error = self.answer.error
        if self.answer.ended == "value":
            found = Mismatch(
                key="raises.nothing", params={"expected": " / ".join(names), "value": shown(self.answer.value)[:500]}
            )
            self._fail(found, expected=" / ".join(names))
        self._must("raised")
        if error is None or not set(names) & {error.type, *error.bases}:
            given = error.type if error else "Exception"
            found = Mismatch(key="raises.other", params={"expected": " / ".join(names), "got": given})
            self._fail(found, expected=" / ".join(names))
        if message is not None and message not in error.message:
            self._fail(Mismatch(key="raises.message", params={"message": message}), expected=message)
        return self

    def prints(self, expected: Any, *, compare: str = "text", rel: float = 1e-9, abs: float = 0.0) -> Probe:
        """The printed text; `compare`: text (line ends and the last newline do not count), tokens or numbers."""
        self._must("value", "exited")
        wanted = expected.answer.stdout if isinstance(expected, Probe) else expected
        return self._said(wanted, self.answer.stdout, compare, rel, abs)

    def writes(self, name: str, expected: Any, *, compare: str = "text", rel: float = 1e-9, abs: float = 0.0) -> Probe:
        """A file the program wrote. `expected`: text, bytes or a probe that wrote the same file."""
        self._must("exited")
        wanted = expected.answer.files.get(name, b"") if isinstance(expected, Probe) else expected
        if name not in self.answer.files:
            state.compared += 1
            self._fail(Mismatch(key="writes.missing", params={"name": name}))
        raw = wanted if isinstance(wanted, bytes) else wanted.encode()
        got = self.answer.files[name]
        both = [one.decode("utf-8", "backslashreplace") for one in (raw, got)]
        return self._said(both[0], both[1], compare, rel, abs)

    def exits(self, code: int) -> Probe:
        """The exit code of a program."""
        state.compared += 1
        self._must("exited", "raised")
        if self.answer.exit != code:
            self._fail(Mismatch(key="exits.other", params={"expected": code, "got": self.answer.exit}))
        return self

    def seen(self) -> Probe:
        """Nothing is compared: what came is shown (a learner's own call)."""
        state.compared += 1
        self._must("value", "exited")
        return self

    def satisfies(self, rule: Callable[[Any], Any], note: str | None = None) -> Probe:
        """`rule(value)` is true. `note` says to the learner what was wanted."""
        value = self.it
        state.compared += 1
        try:
            held = bool(rule(value))
        except (TypeError, ValueError, AttributeError, KeyError, IndexError):
            held = False  # not a value the rule can look at
        if not held:
            self._fail(
                Mismatch(key="satisfies.note" if note else "satisfies.not", params={"note": note} if note else {})
            )
        return self

    def __bool__(self) -> NoReturn:
        raise AuthorError("a probe is neither true nor false: compare it with .equals, .close_to, .satisfies …")

    def __eq__(self, other: object) -> NoReturn:  # type: ignore[override]
        raise AuthorError("write .equals(…) in place of ==")

    __hash__ = None  # type: ignore[assignment]

    def _both(self, expected: Any) -> tuple[Any, Any]:
        state.compared += 1
        if isinstance(expected, Probe):
            wanted = expected.it
        else:
            wanted = codec.unpack(codec.pack(expected))
            if comparing.unsupported(wanted):
                raise AuthorError(f"{shown(wanted)} cannot be compared with")
        return wanted, self.it

    def _raised_alike(self, expected: Any) -> bool:
        """Whether the solution raised, and so did the answer; ends the check if only the solution did."""
        if not (isinstance(expected, Probe) and expected.of == "solution" and expected.answer.ended == "raised"):
            return False
        assert expected.answer.error is not None
        self.raises(expected.answer.error.type)
        return True

    def _held(self, found: Mismatch | None, expected: Any, got: Any) -> Probe:
        if found is None:
            return self
        pieces = None
        if isinstance(expected, str) and isinstance(got, str):
            pieces = difference(expected, got)
        self._fail(found, expected=None if found.key.startswith("is_not") else shown(expected), difference=pieces)

    def _said(self, expected: str, got: str, compare: str, rel: float, abs: float) -> Probe:
        state.compared += 1
        found = texts.compare(expected, got, compare=compare, rel=rel, abs=abs)
        if found:
            self._fail(
                found,
                expected=visible(expected),
                got=visible(got),
                difference=difference(*texts.normal_both(expected, got)),
            )
        return self

    def _must(self, *endings: str) -> None:
        """End the check unless the question ended in one of these ways."""
        ended = self.answer.ended
        if ended in endings:
            return
        if self.of == "solution":
            raise AuthorError(f"the solution ended with {ended}: {self.answer.error}")
        status = {"raised": "error", "exited": "error", "missing": "failed", "no_code": "failed"}.get(ended, ended)
        params: dict[str, Any] = {}
        if ended == "missing" and self.answer.error:
            params = {"name": self.answer.error.message[:200]}
        elif ended == "value":
            status, ended = "failed", "no_exit"
        elif ended == "raised" and self.answer.error:
            params = {"type": self.answer.error.type}
        raise Ended(status, self, notes=[{"key": f"ended.{ended}", "params": params}])

    def _fail(self, found: Mismatch, **about: Any) -> NoReturn:
        if self.of == "solution":
            raise AuthorError(f"compared what the solution gave: {found.key}; ask `answer`")
        note = {"key": found.key, "params": {key: item for key, item in found.params.items() if item != ""}}
        raise Ended("wrong_type" if found.wrong_type else "failed", self, notes=[note], **about)

    def _derived(self, name: str, value: Any, kind: type[Any] | None = None) -> Any:
        """A part of what was asked for, compared and shown as such."""
        answer = replace(self.answer, ended="value", value=value)
        return (kind or Probe)(f"{self.text} {name}".strip(), answer, of=self.of)


class FigureProbe(Probe):
    """A figure as data."""

    @property
    def axes(self) -> list[AxesProbe]:
        figure = self.it
        if not isinstance(figure, Figure):
            raise AuthorError("not a figure")
        parts = (self._derived(f"axes {at + 1}", axes, AxesProbe) for at, axes in enumerate(figure.axes))
        found = _AxesList(parts)
        found.figure = self
        return found


class _AxesList(list["AxesProbe"]):
    figure: FigureProbe

    def __getitem__(self, at: Any) -> Any:
        try:
            return list.__getitem__(self, at)
        except IndexError:
            self.figure._fail(Mismatch(key="figure.no_axes", params={"count": len(self)}))


class AxesProbe(Probe):
    """One pair of axes: each part is compared like any value."""

    def _part(self, name: str) -> Probe:
        axes = self.it
        assert isinstance(axes, Axes)
        return self._derived(name, getattr(axes, name))

    @property
    def title(self) -> Probe:
        return self._part("title")

    @property
    def xlabel(self) -> Probe:
        return self._part("xlabel")

    @property
    def ylabel(self) -> Probe:
        return self._part("ylabel")

    @property
    def legend(self) -> Probe:
        return self._part("legend")

    @property
    def lines(self) -> Probe:
        """[(xs, ys)] of every line."""
        return self._part("lines")

    @property
    def points(self) -> Probe:
        """[(xs, ys)] of every scatter."""
        return self._part("points")

    @property
    def bars(self) -> Probe:
        """{label: height}; of several series of bars {series: {label: height}}."""
        bars = self.it.bars
        value = bars[0].heights if len(bars) == 1 else {one.label: one.heights for one in bars}
        return self._derived("bars", value)


class CellProbe(Probe):
    """A cell of the notebook that ran."""

    @property
    def output(self) -> Probe:
        """What it printed and showed, as text."""
        self._must("value")
        return self._derived("output", self.answer.value["stdout"] + self.answer.value["text"])

    @property
    def error(self) -> Probe:
        """The exception it ended with, as text; empty if none."""
        self._must("value")
        return self._derived("error", self.answer.value["error"] or "")
