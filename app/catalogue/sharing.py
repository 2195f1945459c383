"""Beyond one machine: a version's files as one archive in the folder all machines share, fetched by who misses them."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.blobs import reachable, write_whole
from graders.course.loading import load_course


@contextmanager
def arriving(folder: Path) -> Iterator[Path]:
    """A new folder that becomes `folder` when the block ends: whole or not at all, whoever else makes the same."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    try:
        yield temporary
        temporary.chmod(0o755)
        os.replace(temporary, folder)
    except OSError:
        if not folder.exists():  # another process may have stored the same version in the meantime
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def share(folder: Path, shared: Path | None) -> None:
    """Put the version in `folder` ("versions/<slug>-<digest>") where machines share them, if they do and it is not."""
    if shared is None or (archive := _archive(folder, shared)).exists():
        return
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as into:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            into.write(file, file.relative_to(folder))
    write_whole(archive, packed.getvalue())


def fetch(folder: Path, shared: Path) -> None:
    """Fill `folder` from there. Raises FileNotFoundError, SharedAway, OSError for files that are not of its digest."""
    slug, _, digest = folder.name.rpartition("-")
    with arriving(folder) as temporary, zipfile.ZipFile(_archive(folder, shared)) as packed:
        packed.extractall(temporary)  # our own archive; names that leave the folder are cut off
        if load_course(temporary / slug).digest != digest:
            raise OSError(f"the files shared as {folder.name} were changed by somebody")


def share_all(versions: Path, shared: Path | None) -> None:
    """Every version of the data folder: for a site that was on one machine before."""
    for folder in versions.glob("[!.]*"):
        share(folder, shared)


def _archive(folder: Path, shared: Path) -> Path:
    return reachable(shared) / "versions" / f"{folder.name}.zip"
