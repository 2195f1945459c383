import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Organisation
from app.db import db
from app.setup.backup import BackupError, backup, restore

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def filled(site: Flask, tmp_path: Path) -> Path:
    """A data folder with a row, a blob and a key in it."""
    db.session.add(Organisation(name="Rəqəmsal İnkişaf", created_at=NOW))
    db.session.commit()
    site.extensions["bilik.blobs"].put(b"an answer")
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "test-key").write_text("key")
    return tmp_path


def test_what_was_backed_up_comes_back_whole(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    archive = tmp_path_factory.mktemp("archive") / "bilik.tar.gz"
    assert backup(filled, archive, now=NOW) > 1000
    fresh = tmp_path_factory.mktemp("fresh")
    assert restore(fresh, archive) == NOW
    from app import create_app
    from app.config import Settings

    again = create_app(Settings(env="test", data=fresh))
    with again.app_context():
        assert db.session.scalars(select(Organisation.name)).all() == ["Rəqəmsal İnkişaf"]
        db.session.remove()
    assert [path.read_bytes() for path in (fresh / "blobs").rglob("*") if path.is_file()] == [b"an answer"]
    assert (fresh / "secrets" / "test-key").read_text() == "key"


def test_a_backup_is_for_staff_eyes_and_replaces_nothing(
    filled: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = tmp_path_factory.mktemp("archive") / "bilik.tar.gz"
    backup(filled, archive, now=NOW)
    assert archive.stat().st_mode & 0o077 == 0
    with pytest.raises(BackupError, match="there already"):
        backup(filled, archive, now=NOW)


def test_a_folder_in_use_is_not_restored_over(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    archive = tmp_path_factory.mktemp("archive") / "bilik.tar.gz"
    backup(filled, archive, now=NOW)
    with pytest.raises(BackupError, match="in use"):
        restore(filled, archive)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b\x08\x00broken"])
def test_a_file_that_is_no_backup_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.tar.gz"
    file.write_bytes(content)
    with pytest.raises(BackupError, match="cannot be read as a backup"):
        restore(tmp_path / "fresh", file)
    assert not (tmp_path / "fresh" / "bilik.sqlite3").exists()


def test_an_archive_that_would_write_elsewhere_is_refused(
    filled: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    backup(filled, folder / "good.tar.gz", now=NOW)
    with tarfile.open(folder / "good.tar.gz") as good, tarfile.open(folder / "bad.tar.gz", "w:gz") as bad:
        bad.addfile(good.getmember("bilik-backup.json"), good.extractfile("bilik-backup.json"))
        bad.addfile(tarfile.TarInfo("../escape"), io.BytesIO())
    with pytest.raises(BackupError, match="has no place"):
        restore(folder / "fresh", folder / "bad.tar.gz")
    assert not (folder / "escape").exists()
