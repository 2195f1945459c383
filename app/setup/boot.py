"""`python -m app.setup.boot`: migrate, load the courses, make demo people. One process: a start costs a second."""

from __future__ import annotations

import argparse
import ipaddress
import logging
import sys

from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import inspect, text

from app import create_app
from app.authoring import releasing
from app.catalogue import sharing
from app.catalogue.publishing import load_folders
from app.clock import utc_now
from app.config import Settings
from app.db import alone, db
from app.setup import demo
from app.translations import catalogs
from app.web import blobs
from graders.course.errors import CourseErrors


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m app.setup.boot")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--demo-on-network", action="store_true")
    options = parser.parse_args()

    catalogs.compile_all()
    site = create_app(Settings())
    with site.app_context(), alone("starting"):
        if newer := newer_than_the_code():
            return fail(
                f"The database is newer than this code (at migration {newer}). Update the code, or restore a backup."
            )
        logging.getLogger("alembic").setLevel(logging.WARNING)
        upgrade()
        settings: Settings = site.extensions["bilik.settings"]
        if (shared := settings.shared_folder) is not None:
            if not shared.is_dir():
                return fail(f"BILIK_BLOBS says {shared}, and no such folder is there. Mount it, or make it.")
            blobs().share_all()
            sharing.share_all(settings.data_folder / "versions", shared)
        for loaded in load_folders(settings.courses.resolve(), settings.data_folder, now=utc_now()):
            if loaded.errors:
                more = f" (and {len(loaded.errors) - 1} more)" if len(loaded.errors) > 1 else ""
                print(f"           course {loaded.slug} is left out: {loaded.errors[0]}{more}", flush=True)
            elif loaded.version is not None and loaded.former is not None:
                try:
                    releasing.follow(loaded.former, loaded.version, now=utc_now())
                except (CourseErrors, OSError) as error:
                    print(f"           course {loaded.slug}: who is in it stays in the version before ({error})")
        db.session.commit()
        if settings.env == "production":
            return 0
        if demo.people_exist() or demo.may_be_made():
            if not is_loopback(options.host) and not options.demo_on_network:
                return fail(
                    f"Demo accounts with known passwords are in this data folder, so {options.host} is not served. "
                    "Add --demo-on-network if that is meant, or use BILIK_ENV=production with a fresh data folder."
                )
            for line in demo.make_people(settings.data_folder, now=utc_now()):
                print(f"           {line}", flush=True)
            db.session.commit()
    return 0


def fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def newer_than_the_code() -> str | None:
    """The migration the database is at, if this code has never heard of it."""
    if not inspect(db.engine).has_table("alembic_version"):
        return None
    with db.engine.connect() as connection:
        at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    directory = current_app.extensions["migrate"].directory
    known = {script.revision for script in ScriptDirectory(directory).walk_revisions()}
    return at if at is not None and at not in known else None


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
