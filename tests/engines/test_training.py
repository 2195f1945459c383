"""PostgreSQL too gives every seat once."""

from __future__ import annotations

import pytest

from tests.training.test_attending import (  # noqa: F401 - the same, on this engine
    test_items_alone_do_not_finish_a_course_that_asks_for_attendance,
)
from tests.training.test_booking import (  # noqa: F401 - the same, on this engine
    test_of_many_at_once_none_sits_on_anothers_seat_and_nobody_is_lost,
    test_who_comes_after_the_last_seat_waits_in_order_and_moves_up,
    test_who_has_a_seat_is_reminded_once_on_the_working_day_before,
)
from tests.training.test_planning import test_a_room_holds_one_meeting_at_a_time  # noqa: F401

pytestmark = pytest.mark.engines
