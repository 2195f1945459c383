import shutil
import zipfile
from pathlib import Path

import pytest

from app.blobs import SharedAway
from app.catalogue import sharing
from graders.course import load_course
from tests.grading.conftest import SAMPLE


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """The stored folder of a version, with the skills that stand beside a course."""
    course = load_course(SAMPLE)
    folder = tmp_path / "here" / f"{course.id}-{course.digest}"
    shutil.copytree(SAMPLE, folder / course.id, ignore=shutil.ignore_patterns("__pycache__"))
    skills = ("python-functions", "data-grouping")
    (folder / "skills.toml").write_text("".join(f'[{skill}]\nen = "e"\naz = "a"\nru = "r"\n' for skill in skills))
    return folder


def test_a_version_one_machine_stored_is_fetched_whole_by_another(tmp_path: Path, shared: Path, version: Path) -> None:
    sharing.share(version, shared)
    there = tmp_path / "there" / version.name
    sharing.fetch(there, shared)
    files = sorted(path.relative_to(version) for path in version.rglob("*"))
    assert sorted(path.relative_to(there) for path in there.rglob("*")) == files
    assert [entry.name for entry in there.parent.iterdir()] == [version.name]


def test_a_version_changed_in_the_shared_folder_is_not_taken(tmp_path: Path, shared: Path, version: Path) -> None:
    sharing.share(version, shared)
    with zipfile.ZipFile(shared / "versions" / f"{version.name}.zip", "a") as packed:
        packed.writestr(f"{SAMPLE.name}/units/more.md", "more")
    there = tmp_path / "there" / version.name
    with pytest.raises(OSError, match="changed"):
        sharing.fetch(there, shared)
    assert not list(there.parent.iterdir())


def test_nothing_is_shared_while_the_shared_folder_is_away(shared: Path, version: Path) -> None:
    shared.rmdir()
    with pytest.raises(SharedAway):
        sharing.share(version, shared)
    assert not shared.exists()


def test_a_site_that_was_alone_shares_its_versions(shared: Path, version: Path) -> None:
    sharing.share_all(version.parent, shared)
    assert (shared / "versions" / f"{version.name}.zip").exists()
