"""What an author's checks.py may use: `from checks import answer, check, rng, solution`.

`answer` asks the learner's code, `solution` the reference solution; each question gives something that knows how it was asked for, so that
feedback shows call, expected, got and difference without the author writing any of it:

    answer.call("squares", 5).equals([0, 1, 4, 9, 16])
    answer.steps(["s = Stack()", "s.push(1)", "s.pop()"]).equals(1)
    answer.program(stdin="3\\n").prints("9")
    answer.value("df").equals(solution.value("df"))
    answer.figure(1).axes[0].title.is_not("")
    answer.cell("task-3").output.satisfies(lambda text: "42" in text)

A check passes when it compared something and every comparison held. The first that does not hold ends it.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import comparing
import scenario
import texts
from answers import Answer
from comparing import Mismatch
from inside import codec
from inside.values import Axes, Figure, Taken, Unsupported
from showing import difference, shown, visible

Transport = Callable[[str, dict[str, Any]], Answer]
rng = random.Random()


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


def check(
    *, points: float = 1, hidden: bool = False, title: Any = None, hint: Any = None, data: str | None = None
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Make a function a check; its name is the id. Points, titles and hints are read by the course, not here."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        name = function.__name__
        if name in state.registered:
            raise AuthorError(f"two checks are called {name}")
        state.registered[name] = Registered(id=name, run=function, data=data)
        return function

    return register


class Probe:
    """Something asked for, and how. Comparisons end the check when they do not hold, and give the probe when they do."""

    def __init__(self, text: str, answer: Answer, *, of: str, value: Any = None) -> None:
        self.text, self.answer, self.of = text, answer, of
        self._value = answer.value if value is None else value
        if of == "answer":
            state.last = self

    @property
    def it(self) -> Any:
        """The value itself. Ends the check if there is none."""
        self._must("value")
        found = comparing.unsupported(self._value)
        if found:
            self._fail(found)
        return self._value

    @property
    def stdout(self) -> Probe:
        """What was printed."""
        self._must("value", "exited")
        return self._derived("printed text", self.answer.stdout)

    @property
    def items(self) -> Probe:
        """What an iterator gave, as a list."""
        self._must("value")
        taken = self._value
        return self._derived("", taken.items if isinstance(taken, Taken) else taken)

    def equals(self, expected: Any, *, any_order: bool = False, index: bool = True) -> Probe:
        """Exactly the value `expected` (or what another probe gave). Tables: without row order or labels if asked."""
        wanted, got = self._both(expected)
        if any_order or not index:
            wanted, got = (texts.arranged(one, any_order=any_order, index=index) for one in (wanted, got))
        return self._held(comparing.equals(wanted, got), wanted, got)

    def close_to(self, expected: Any, *, rel: float = 1e-9, abs: float = 0.0) -> Probe:
        """Numbers within max(rel * |expected|, abs) of `expected`, at any depth."""
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
                key="raises.nothing", params={"expected": " / ".join(names), "value": shown(self._value)[:500]}
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
            if expected.of == "solution" and expected.answer.ended == "raised" and expected.answer.error:
                self.raises(expected.answer.error.type)
                raise Ended("passed", self)
            wanted = expected.it
        else:
            wanted = codec.unpack(codec.pack(expected))
            if comparing.unsupported(wanted):
                raise AuthorError(f"{shown(wanted)} cannot be compared with")
        return wanted, self.it

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

    def _derived(self, name: str, value: Any) -> Probe:
        return Probe(
            f"{self.text} {name}".strip(), replace(self.answer, ended="value", value=value), of=self.of, value=value
        )


class FigureProbe(Probe):
    """A figure as data."""

    @property
    def axes(self) -> list[AxesProbe]:
        value = self.it
        if not isinstance(value, Figure):
            raise AuthorError("not a figure")
        found = _AxesList(
            AxesProbe(f"{self.text}, axes {at + 1}", self.answer, of=self.of, value=axes)
            for at, axes in enumerate(value.axes)
        )
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
        return self._derived("output", self._value["stdout"] + self._value["text"])

    @property
    def error(self) -> Probe:
        """The exception it ended with, as text; empty if none."""
        self._must("value")
        return self._derived("error", self._value["error"] or "")


class Asked:
    """Whom to ask: the learner's code, or the solution's."""

    def __init__(self, of: str) -> None:
        self._of = of

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> Probe:
        """Call a function, or a method of something the module holds, with plain values."""
        named = [*map(repr, args), *(f"{key}={value!r}" for key, value in kwargs.items())]
        question = {"q": "call", "name": name, "args": list(map(_sent, args)), "kwargs": _sent_names(kwargs)}
        return self._ask(f"{name}({', '.join(named)})", question)

    def steps(self, lines: list[str]) -> Probe:
        """Play a scenario in one process; the value is that of the last line."""
        return self._ask("\n".join(lines), {"q": "steps", "lines": scenario.parse(lines)})

    def program(self, *, args: Any = (), stdin: str | bytes = "", files: Any = None, read: Any = ()) -> Probe:
        """Run the program with arguments, input and files {name: text or bytes}; files in `read` come back."""
        raw = {name: one if isinstance(one, bytes) else one.encode() for name, one in (files or {}).items()}
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        question = {
            "q": "program",
            "args": list(args),
            "stdin": base64.b64encode(data).decode(),
            "files": [[name, base64.b64encode(one).decode()] for name, one in raw.items()],
            "read": list(read),
        }
        text = " ".join([state.program, *map(str, args)]) + (f"\n{data.decode('utf-8', 'replace')}" if data else "")
        return self._ask(text, question)

    def value(self, path: str) -> Probe:
        """A name of the notebook, indexed by literals: `means['tea']`."""
        return self._ask(path, {"q": "value", "path": path})

    def figure(self, index: int = 1) -> FigureProbe:
        """The n-th figure that was shown, as data; the first is 1."""
        return self._ask(f"figure {index}", {"q": "figure", "index": index}, FigureProbe)  # type: ignore[return-value]

    def cell(self, id: str) -> CellProbe:
        """A cell of the notebook by its id."""
        return self._ask(f"cell {id}", {"q": "cell", "id": id}, CellProbe)  # type: ignore[return-value]

    def ask(self, text: str, question: dict[str, Any]) -> Probe:
        """Put a question of the wire as it is; `text` is how it is shown."""
        return self._ask(text, question)

    def _ask(self, text: str, question: dict[str, Any], kind: type[Probe] = Probe) -> Probe:
        return kind(text, state.transport(self._of, question), of=self._of)


def _sent(value: Any) -> Any:
    packed = codec.pack(value)
    if isinstance(codec.unpack(packed), Unsupported):
        raise AuthorError(f"{value!r} cannot be sent to a runner")
    return packed


def _sent_names(kwargs: dict[str, Any]) -> list[list[Any]]:
    return [[name, _sent(value)] for name, value in kwargs.items()]


def registered() -> Iterator[Registered]:
    """The checks of the author's file, in its order."""
    yield from state.registered.values()


answer = Asked("answer")
solution = Asked("solution")
