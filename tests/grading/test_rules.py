"""The queue looked ahead: how long until a result."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.grading import rules
from app.grading.rules import Run, Turn
from tests.factories import NOW


def turns(*users: int, seconds: float = 2.0) -> list[Turn]:
    """One turn for each, numbered from 1."""
    return [Turn(submission_id=number, user_id=user, seconds=seconds) for number, user in enumerate(users, start=1)]


def busy(user: int, seconds: float) -> Turn:
    return Turn(submission_id=1000 + user, user_id=user, seconds=seconds)


@pytest.mark.parametrize(("place", "seconds"), [(1, 2), (2, 2), (3, 4), (4, 4), (5, 6)])
def test_two_slots_take_two_at_a_time(place: int, seconds: float) -> None:
    assert rules.ends(turns(1, 2, 3, 4, 5), running=[], slots=2)[place] == seconds


def test_what_runs_is_waited_for_as_long_as_it_still_takes() -> None:
    running = [busy(8, 0.5), busy(9, 1.5)]
    assert rules.ends(turns(1, 2), running=running, slots=2)[1] == 2.5
    assert rules.ends(turns(1, 2), running=running, slots=2)[2] == 3.5


def test_a_slot_that_is_free_is_taken_at_once() -> None:
    assert rules.ends(turns(1), running=[busy(9, 60)], slots=2)[1] == 2


def test_of_one_learner_one_runs_at_a_time() -> None:
    mine = turns(1, 1, 1)
    assert [rules.ends(mine, running=[], slots=2)[n] for n in (1, 2, 3)] == [2, 4, 6]
    assert rules.ends(mine, running=[busy(1, 1.0)], slots=2)[1] == 3


def test_who_waits_for_an_own_one_is_passed_over() -> None:
    assert rules.ends(turns(1, 1, 2), running=[], slots=2)[3] == 2


def test_each_is_expected_to_take_its_own_time() -> None:
    queue = [Turn(submission_id=n, user_id=n, seconds=seconds) for n, seconds in ((1, 10.0), (2, 1.0), (3, 1.0))]
    assert rules.ends(queue, running=[], slots=2)[3] == 2
    assert rules.ends(queue, running=[], slots=1)[3] == 12


def test_more_runs_than_there_are_slots_when_a_worker_has_gone() -> None:
    assert rules.ends(turns(1), running=[busy(8, 1), busy(9, 3)], slots=1)[1] == 5


def run(submitted: float, started: float, ended: float) -> Run:
    at = [NOW + timedelta(seconds=moment) for moment in (submitted, started, ended)]
    return Run(submitted_at=at[0], started_at=at[1], ended_at=at[2])


def test_what_lies_between_a_result_and_the_next_start_is_learnt_where_something_waited() -> None:
    busy_slot = [run(0, 0, 2), run(0, 2.5, 4), run(0, 4.5, 7)]
    assert rules.turnaround(busy_slot) == 0.5
    assert rules.turnaround([*busy_slot, run(60, 60, 62)]) == 0.5  # an empty queue teaches nothing
    assert rules.turnaround([run(0, 0, 2), run(60, 60, 62)]) == 0
    two = [run(0, 0, 2), run(0, 0, 3), run(0, 2.25, 5), run(0, 3.25, 6)]
    assert rules.turnaround(two) == 0.25
    assert rules.turnaround([]) == 0


def test_a_slot_that_stands_idle_while_one_learner_waits_for_the_own_results_teaches_nothing() -> None:
    one_after_another = [run(0, 2.5 * n, 2.5 * n + 2) for n in range(10)]
    of_another = run(0, 0, 3)  # whose slot is free from then on
    assert rules.turnaround([of_another, *one_after_another]) == 0.5


@pytest.mark.parametrize(("promised", "took", "error"), [(12, 10, 0.2), (8, 10, 0.2), (0.5, 0.1, 0.4)])
def test_a_promise_is_held_against_what_came(promised: float, took: float, error: float) -> None:
    assert rules.promise_error(promised, took) == pytest.approx(error)


@pytest.mark.parametrize(
    ("waited", "eta", "seconds"),
    [
        (0.05, 0.4, 0.12),  # graded before one looks twice
        (0.3, None, 0.12),
        (20, None, 0.3),  # another check may be done
        (0.1, 8, 2),
        (0.1, 100, 3),
        (40, 1, 3),  # promised long ago: grading is paused
    ],
)
def test_a_page_asks_soon_where_an_answer_is_near_and_seldom_where_it_is_not(
    waited: float, eta: float | None, seconds: float
) -> None:
    assert rules.ask_again_after(waited, eta) == seconds
