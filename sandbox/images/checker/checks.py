"""What an author's checks.py may use: `from checks import answer, check, rng, solution`.

`answer` asks the learner's code, `solution` the reference solution; each question gives something that knows how it
was asked for, so that feedback shows call, expected, got and difference without the author writing any of it:

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
from typing import Any

import scenario
from inside import codec
from inside.values import Unsupported
from probes import AuthorError, CellProbe, FigureProbe, Probe, Registered, state

__all__ = ["answer", "check", "registered", "rng", "solution"]

rng = random.Random()  # noqa: S311 - seeded for each check, so that a rejudge draws the same


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
