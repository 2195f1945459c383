"""Python literals, calls and scenarios of `exercise.toml`: parsed with `ast`, never evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

# What the Python prompt shows of these types is a call; the arguments are literals again.
CONSTRUCTORS: dict[str, Callable[..., Any]] = {
    "Decimal": Decimal,
    "Fraction": Fraction,
    "date": date,
    "datetime": datetime,
    "time": time,
    "timedelta": timedelta,
    "set": set,
    "frozenset": frozenset,
    "float": float,
}
BUILTINS = ("len", "str", "repr", "list", "sorted", "print", "iter", "next", "bool", "sum", "int", "float")


class NotALiteral(ValueError):
    """The text is not what it should be; the message says what was found."""


@dataclass(frozen=True)
class Handle:
    """An argument of a step that names an object made by an earlier step."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """One line: `into = name(args, **kwargs)`, or a bare dotted `name` where `called` is False."""

    name: str
    called: bool
    args: tuple[Any, ...]
    kwargs: tuple[tuple[str, Any], ...]
    into: str | None = None


@contextmanager
def _readable(text: str) -> Iterator[None]:
    """Python's own parser, and what walks over its trees, give up in many ways."""
    try:
        yield
    except NotALiteral:
        raise
    except (ValueError, ArithmeticError, RecursionError, MemoryError):
        raise NotALiteral(f"`{_short(text)}` is too large, or nested too deeply") from None


def parse_literal(text: str) -> Any:
    """The value of a literal as the prompt shows it. Raises NotALiteral."""
    with _readable(text):
        return _value(_expression(text))


def parse_call(text: str) -> Call:
    """`name(…)` or `name.method(…)` with literals. Raises NotALiteral."""
    with _readable(text):
        call = _call(_expression(text), handles=frozenset())
    if not call.called:
        raise NotALiteral(f"`{_short(text)}` calls nothing")
    return call


def parse_steps(lines: list[str]) -> list[Call]:
    """A scenario; objects made by a line may be used by later ones. Raises NotALiteral."""
    calls: list[Call] = []
    handles: set[str] = set()
    for line in lines:
        with _readable(line):
            call = _step(line, frozenset(handles))
        calls.append(call)
        if call.into:
            handles.add(call.into)
    return calls


def _step(line: str, handles: frozenset[str]) -> Call:
    shown, into = _short(line), None
    try:
        body = ast.parse(line.strip()).body
    except SyntaxError:
        raise NotALiteral(f"`{shown}` is not Python") from None
    if len(body) != 1:
        raise NotALiteral(f"`{shown}` is not one step")
    statement = body[0]
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            raise NotALiteral(f"`{shown}` does not assign to a plain name")
        into, expression = target.id, statement.value
    elif isinstance(statement, ast.Expr):
        expression = statement.value
    else:
        raise NotALiteral(f"`{shown}` is neither a call nor a name")
    call = _call(expression, handles=handles)
    return Call(name=call.name, called=call.called, args=call.args, kwargs=call.kwargs, into=into)


def _expression(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise NotALiteral(f"`{_short(text)}` is not a Python expression") from None


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _written(node: ast.expr) -> str:
    return _short(ast.unparse(node))


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` of names and attributes, None for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else None
    return None


def _call(node: ast.expr, *, handles: frozenset[str]) -> Call:
    if not isinstance(node, ast.Call):
        name = dotted(node)
        if name is None:
            raise NotALiteral(f"`{_written(node)}` is neither a call nor a name")
        return Call(name=name, called=False, args=(), kwargs=())
    name = dotted(node.func)
    if name is None:
        raise NotALiteral(f"`{_written(node.func)}` is not a name that can be called")

    def argument(value: ast.expr) -> Any:
        if isinstance(value, ast.Name) and value.id in handles:
            return Handle(value.id)
        return _value(value)

    if any(keyword.arg is None for keyword in node.keywords):
        raise NotALiteral("`**` is not a literal")
    return Call(
        name=name,
        called=True,
        args=tuple(argument(value) for value in node.args),
        kwargs=tuple((str(keyword.arg), argument(keyword.value)) for keyword in node.keywords),
    )


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value) if value is not Ellipsis:
            return value
        case (
            ast.UnaryOp(op=ast.USub() | ast.UAdd()) | ast.BinOp()
        ):  # -1, 2+3j; literal_eval knows which of these are numbers
            try:
                return ast.literal_eval(node)
            except (ValueError, TypeError):
                raise NotALiteral(f"`{_written(node)}` is not a literal") from None
        case ast.List(elts=elements):
            return [_value(element) for element in elements]
        case ast.Tuple(elts=elements):
            return tuple(_value(element) for element in elements)
        case ast.Set(elts=elements):
            return _made(set, [_value(element) for element in elements], node)
        case ast.Dict(keys=keys, values=values):
            if any(key is None for key in keys):
                raise NotALiteral("`**` is not a literal")
            return _made(
                dict, [(_value(key), _value(value)) for key, value in zip(keys, values, strict=True) if key], node
            )
        case ast.Call(func=function, args=arguments, keywords=keywords):
            maker = CONSTRUCTORS.get((dotted(function) or "").removeprefix("datetime.").removeprefix("decimal."))
            if maker is None:
                raise NotALiteral(f"`{_written(node)}` is a call, not a literal")
            named = {str(keyword.arg): _value(keyword.value) for keyword in keywords}
            try:
                return maker(*[_value(argument) for argument in arguments], **named)
            except (TypeError, ValueError, ArithmeticError) as error:
                raise NotALiteral(f"`{_written(node)}`: {error}") from None
    raise NotALiteral(f"`{_written(node)}` is not a literal")


def _made(maker: Callable[[Any], Any], content: Any, node: ast.expr) -> Any:
    try:
        return maker(content)
    except TypeError as error:
        raise NotALiteral(f"`{_written(node)}`: {error}") from None
