"""What the worker does by the clock, one act at a time."""

from __future__ import annotations

import threading
from pathlib import Path

from flask import Flask

from app import audit
from app.db import db
from app.keeper import Keeper
from tests.factories import NOW, person


def test_the_worker_seals_what_happened_puts_the_head_down_and_may_write_again(site: Flask, tmp_path: Path) -> None:
    keeper = Keeper(site, threading.Event(), wake=lambda: None, at=lambda _step: None)
    for n in range(audit.AT_ONCE + 3):
        audit.record("signed_in", actor_id=None, now=NOW, subject_type="user", subject_id=n)
    db.session.commit()
    keeper.see_to("audit chain")
    keeper.see_to("anchor")
    assert not audit.has_unsealed()
    assert audit.anchors(tmp_path) == [audit.head()]
    assert audit.head().number >= audit.AT_ONCE + 3
    db.session.rollback()  # what was read here holds SQLite's one write lock
    keeper.see_to("mail")  # writes: what came before has not left the thread reading
    person()
    keeper.see_to("audit chain")
    assert not audit.has_unsealed()
