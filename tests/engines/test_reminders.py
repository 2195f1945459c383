"""PostgreSQL too tells everything once, whoever dies and however many tell."""

from __future__ import annotations

import pytest

from tests.curricula.test_reminding import (  # noqa: F401 - the same, on this engine
    agency,
    test_a_worker_killed_at_any_step_begins_again_and_everything_is_told_once,
    test_schedulers_that_run_at_once_tell_everything_once,
    test_the_ladder_is_climbed_a_step_at_a_time_and_each_is_told_once,
    test_what_an_audience_brings_is_told_once_with_all_of_it_in_one_notice,
)

pytestmark = pytest.mark.engines
