"""Several people at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from flask import Flask
from flask_babel import force_locale

from app.db import begin_reading, db


def at_once(site: Flask, acts: Sequence[Callable[[], object]]) -> list[object]:
    """Each act in a thread and a transaction of its own, all begun before one ends; what they gave or raised."""
    db.session.commit()
    db.session.expire_all()
    came: list[object] = [None] * len(acts)
    together = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], object]) -> None:
        with site.app_context(), force_locale("en"):
            begin_reading(False)
            together.wait(60)
            try:
                came[number] = act()
                db.session.commit()
            except Exception as problem:  # looked at by the test
                db.session.rollback()
                came[number] = problem

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    begin_reading(False)
    return came
