"""Submissions that forge, kill, exhaust, escape and leak, and odd ones that are honest: each is a folder here."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from graders.uploads import Refusal, read_upload
from tests.hostile.cases import TARGETS, cases, named, several
from tests.hostile.house import House
from tests.hostile.visiting import visit

ROOT = Path(__file__).parents[2]
FULL, SHORT = os.environ.get("BILIK_HOSTILE") == "full", 3  # benchmarks/hostile.py runs the long forms
# The list that was agreed on; what is found beside it has a folder of its own, called as its finder likes.
LISTED = """
    F01 F02 F03 F04 F06 F08 F09 F10 F11 F13 F14 F15 F16 F17 F18 F19 F20 F22 F23 F24 F26 F27 F28 F29 F30 F32 F33 F35 F36
    F39 F40 P01 P02 P04 P05 P06 P07 P09 P11 P13 P15 P16 R01 R02 R03 R04 R06 R07 R08 R10 R11 R12 R14 R15 R16 R17 R18 R19
    R20 R21 R23 R25 R26 R27 R29 R30 X01 X02 X03 X04 X06 X07 X08 X10 X11 X12 X13 X15 X16 X17 X18 X19 L01 L02 L04 L05 L07
    L09 L10 L11 L12 L13 L14 L15 N01 N02 N03 N04 N06 N07 N09 N10 N13 N14 N15 N16 N17 N18 N20 N21 N23 N24 N25 N26 N28 N30
    N31 N34 U01 U02 U03 U05 U06 U07 U10 U11 U12 U13 U14 U16 U17 U18 U19 U20 U21 U22 U24 V01 V02 V04 V06 V07 V08 V10 S01
    S02 S03 S04 S05 S06 S08 S09 S10 S11 S12 S14 S15 B01 B02 B03 B04 B05 B06 B08 B09 B10 B12 B14
"""


@pytest.mark.docker
@pytest.mark.parametrize("name", named("graded"))
def test_a_submission_gets_what_it_deserves_and_spoils_nothing(name: str, visits: dict[str, Future[None]]) -> None:
    assert visits[name].result() is None


@pytest.mark.docker
@pytest.mark.parametrize("name", named("busy"))
def test_honest_work_is_done_on_a_busy_machine(name: str, visits: dict[str, Future[None]], house: House) -> None:
    """After all others, for it takes their processors."""
    wait(visits.values())
    case = cases()[name]
    with busy(case.busy):
        assert visit(house, case if FULL else replace(case, times=min(case.times, SHORT))) is None


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Beside processes that take all they get."""
    started = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for one in started:
            one.kill()
            one.wait()


@pytest.mark.parametrize("name", named("refused"))
def test_an_upload_is_refused_by_name(name: str) -> None:
    case = cases()[name]
    files = case.files()
    began = time.process_time()
    for upload, content in files.items():
        with pytest.raises(Refusal) as refused:
            read_upload(case.exercise, {upload: content})
        assert refused.value.key in several(case.refused), upload
        assert str(refused.value).isprintable()
    assert time.process_time() - began <= case.seconds  # of the processor: others may be at work


@pytest.mark.parametrize("name", cases())
def test_a_case_is_proved_by_something(name: str) -> None:
    case = cases()[name]
    assert case.what
    assert case.target in TARGETS or case.proved_by or case.shown
    assert case.target or case.refused is None
    for proof in case.proved_by:
        file, _, test = proof.partition("::")
        functions = {one.name for one in ast.walk(ast.parse((ROOT / file).read_text())) if hasattr(one, "name")}
        assert test in functions, proof


def test_no_case_of_the_list_is_missing() -> None:
    assert set(LISTED.split()) <= cases().keys()
