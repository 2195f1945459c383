from datetime import timedelta

import pytest

from app.db import db
from app.errors import Refused
from app.grading import drafts
from app.grading.models import DraftCopy
from app.grading.seats import Seat
from tests.grading.rows import NOW, person

ITEM = "functions/initials"
LATER = NOW + timedelta(minutes=1)


def test_a_draft_is_saved_with_the_next_revision(seat: Seat) -> None:
    first = drafts.save(seat, ITEM, {"a.py": "1"}, revision=0, now=NOW)
    second = drafts.save(seat, ITEM, {"a.py": "2"}, revision=first.revision, now=LATER)
    assert (first.revision, second.revision, second.saved_at) == (1, 2, LATER)
    assert not second.clashed


def test_a_save_that_meets_a_newer_one_keeps_both(seat: Seat) -> None:
    drafts.save(seat, ITEM, {"a.py": "start"}, revision=0, now=NOW)
    drafts.save(seat, ITEM, {"a.py": "one tab"}, revision=1, now=NOW)
    clash = drafts.save(seat, ITEM, {"a.py": "other tab"}, revision=1, now=LATER)
    draft = drafts.draft_of(seat, ITEM)
    assert clash.clashed
    assert clash.revision == 2
    assert draft is not None
    assert draft.files == {"a.py": "one tab"}
    assert [copy.files for copy in drafts.copies(seat, ITEM)] == [{"a.py": "other tab"}]


def test_the_same_text_from_two_tabs_is_no_clash(seat: Seat) -> None:
    drafts.save(seat, ITEM, {"a.py": "1"}, revision=0, now=NOW)
    drafts.save(seat, ITEM, {"a.py": "2"}, revision=1, now=NOW)
    assert not drafts.save(seat, ITEM, {"a.py": "2"}, revision=1, now=LATER).clashed


def test_restoring_keeps_what_was_the_draft(seat: Seat) -> None:
    drafts.save(seat, ITEM, {"a.py": "today"}, revision=0, now=NOW)
    restored = drafts.restore(seat, ITEM, {"a.py": "yesterday"}, now=LATER)
    assert not restored.clashed
    assert [copy.files for copy in drafts.copies(seat, ITEM)] == [{"a.py": "today"}]


def test_what_was_handed_in_is_no_draft_any_more_and_a_late_save_does_not_bring_it_back(seat: Seat) -> None:
    drafts.save(seat, ITEM, {"a.py": "1"}, revision=0, now=NOW)
    drafts.save(seat, ITEM, {"a.py": "another tab"}, revision=0, now=NOW)
    drafts.clear(seat, ITEM, now=LATER)
    assert drafts.copies(seat, ITEM) == []
    late = drafts.save(seat, ITEM, {"a.py": "1"}, revision=1, now=LATER)
    draft = drafts.draft_of(seat, ITEM)
    assert draft is not None
    assert (late.clashed, draft.files, draft.revision) == (True, {}, 2)


def test_a_save_after_the_first_that_was_handed_in_is_late_as_well(seat: Seat) -> None:
    drafts.clear(seat, ITEM, now=NOW)
    assert drafts.save(seat, ITEM, {"a.py": "1"}, revision=0, now=LATER).clashed


def test_twenty_copies_are_kept(seat: Seat) -> None:
    drafts.save(seat, ITEM, {"a.py": "draft"}, revision=0, now=NOW)
    for n in range(30):
        drafts.save(seat, ITEM, {"a.py": str(n)}, revision=99, now=NOW)
    assert db.session.query(DraftCopy).count() == 20
    assert drafts.copies(seat, ITEM)[0].files == {"a.py": "29"}


def test_a_draft_belongs_to_its_person(seat: Seat) -> None:
    drafts.save(seat, ITEM, {"a.py": "1"}, revision=0, now=NOW)
    assert drafts.draft_of(Seat(user=person(), version=seat.version), ITEM) is None


def test_a_draft_of_millions_of_letters_is_refused(seat: Seat) -> None:
    with pytest.raises(Refused, match="too long"):
        drafts.save(seat, ITEM, {"a.py": "x" * 1_000_001}, revision=0, now=NOW)
