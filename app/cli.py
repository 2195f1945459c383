"""Commands for who runs the site: `flask backup`, `restore`, `make-administrator`, `audit verify`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app import audit
from app.accounts import granting, registering
from app.accounts.models import Role
from app.audit import Fault, Head, Verdict
from app.clock import in_baku, utc_now
from app.db import db
from app.setup import backup as archive
from app.web import settings


def init_app(site: Flask) -> None:
    for command in (backup, restore, make_administrator, auditing):
        site.cli.add_command(command)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Save the data folder (database, blobs, course versions, keys) to FILE (.tar.gz). The site may go on running."""
    try:
        size = archive.backup(settings().data_folder, file.resolve(), now=utc_now())
    except (archive.BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {size / 2**20:.1f} MiB. It holds the keys: keep it where only staff can read it.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Fill the (empty) data folder from FILE."""
    try:
        made_at = archive.restore(settings().data_folder, file)
    except archive.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored what was saved on {in_baku(made_at):%Y-%m-%d %H:%M} (Baku).")


@click.command("make-administrator")
@click.argument("email")
def make_administrator(email: str) -> None:
    """Make who signed up with EMAIL an administrator of the centre."""
    user = registering.user_of_email(registering.normalise_email(email))
    if user is None or user.password_hash is None:
        raise click.ClickException(
            f"Nobody has signed up as {email} yet. Sign up on the site first, then run this again."
        )
    granting.grant(user, Role.ADMINISTRATOR, by=None, now=utc_now())
    db.session.commit()
    click.echo(f"{user.name} <{email}> is an administrator.")


auditing = AppGroup("audit", help="The log of who did what.")


@auditing.command("verify")
@click.option(
    "--anchor",
    "mailed",
    type=(click.IntRange(1), str),
    multiple=True,
    metavar="NUMBER DIGEST",
    help="How the log ended once, as it was mailed to administrators. As often as there are such mails.",
)
def audit_verify(mailed: Sequence[tuple[int, str]]) -> None:
    """Read the whole audit log and find what was edited, removed, put in between or re-ordered since it was sealed."""
    while audit.seal():
        db.session.commit()
    db.session.commit()
    given = [Head(number=number, digest=digest.lower()) for number, digest in mailed]
    verdict = audit.verify([*audit.anchors(settings().data_folder), *given])
    if verdict.fault is not None:
        raise click.ClickException(said_of(verdict))
    click.echo(
        f"{verdict.head.number} events, each as it was sealed. Head: {verdict.head.number} {verdict.head.digest}"
    )


def said_of(verdict: Verdict) -> str:
    event = f"Event {verdict.number} (row {verdict.event_id})"
    return {
        Fault.CHANGED: f"{event} is not what was sealed: it was edited, or moved to another place.",
        Fault.MISSING: f"Event {verdict.number} is missing: it was removed.",
        Fault.UNLINKED: f"{event} does not follow the one before: it was put in, or the one before was replaced.",
        Fault.CUT: f"The log ends at {verdict.head.number}, but later events had been put down: its end was cut off.",
        Fault.NOT_ANCHORED: f"{event} is not the one that had been put down: the log was written anew up to here.",
    }[verdict.fault or Fault.CHANGED]
