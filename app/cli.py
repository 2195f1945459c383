"""Commands for who runs the site: `flask backup`, `flask restore`, `flask make-administrator`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from app.accounts import granting, registering
from app.accounts.models import Role
from app.clock import in_baku, utc_now
from app.db import db
from app.setup import backup as archive
from app.web import settings


def init_app(site: Flask) -> None:
    for command in (backup, restore, make_administrator):
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
