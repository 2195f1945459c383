"""Commands for who runs the site: `flask backup`, `flask restore`, `flask make-administrator`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from app.clock import in_baku, utc_now
from app.setup import backup as archive
from app.web import settings


def init_app(site: Flask) -> None:
    for command in (backup, restore):
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
