"""Checks declared as data in exercise.toml (`checks.json`, see inside/README.md), played through the same library."""

from __future__ import annotations

import base64
from typing import Any

from checks import answer, solution
from inside import codec
from probes import AuthorError, Probe


def check(entry: dict[str, Any]) -> None:
    """Ask, and compare as the entry expects. Ends with probes.Ended where it does not hold."""
    question, expect = entry["question"], entry["expect"]
    got = answer.ask(entry["shown"], question)
    match expect["is"]:
        case "gives":
            got.equals(codec.unpack(expect["value"]))
        case "close_to":
            got.close_to(codec.unpack(expect["value"]), **_tolerance(expect))
        case "raises":
            got.raises(expect["name"])
        case "prints":
            got.prints(expect["text"])
        case "program":
            _program(got, entry)
        case "solution":
            _as_solution(got, solution.ask(entry["shown"], question))
        case "shows":
            got.seen()
        case other:
            raise AuthorError(f"an unknown expectation: {other}")


def _tolerance(expect: dict[str, Any]) -> dict[str, float]:
    return {"rel": float(expect.get("rel", "1e-9")), "abs": float(expect.get("abs", "0.0"))}


def _as_solution(got: Probe, wanted: Probe) -> None:
    if wanted.answer.ended == "exited":
        got.prints(wanted).exits(wanted.answer.exit or 0)
        return
    got.equals(wanted)
    if wanted.answer.ended == "value" and wanted.answer.value is None:
        got.prints(wanted)


def _program(got: Probe, entry: dict[str, Any]) -> None:
    expect = entry["expect"]
    how = {"compare": expect.get("compare", "text"), **_tolerance(expect)}
    code, stdout, writes = expect.get("exit_code"), expect.get("stdout"), expect.get("writes") or {}
    if code is not None:
        got.exits(code)
    if stdout is not None:
        got.prints(stdout, **how)
    elif not writes and code is None:
        got.prints(solution.ask(entry["shown"], entry["question"]), **how)
    for name, data in writes.items():
        got.writes(name, base64.b64decode(data), **how)
