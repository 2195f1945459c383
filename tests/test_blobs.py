import os
from pathlib import Path

import pytest

from app.blobs import Blobs, SharedAway


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def test_what_one_machine_keeps_another_finds_and_keeps(tmp_path: Path, shared: Path) -> None:
    here, there = Blobs(tmp_path / "here", shared), Blobs(tmp_path / "there", shared)
    name = here.put(b"an answer")
    assert there.get(name) == b"an answer"
    shared.rename(tmp_path / "gone")
    assert there.get(name) == b"an answer"


def test_what_was_changed_in_the_shared_folder_is_not_taken(tmp_path: Path, shared: Path) -> None:
    name = Blobs(tmp_path / "here", shared).put(b"an answer")
    (shared / "blobs" / name[:2] / name).write_bytes(b"another")
    there = Blobs(tmp_path / "there", shared)
    with pytest.raises(OSError, match="changed"):
        there.get(name)
    assert not there.path(name).exists()


def test_nothing_is_stored_here_alone_while_the_shared_folder_is_away(tmp_path: Path, shared: Path) -> None:
    here = Blobs(tmp_path / "here", shared)
    shared.rmdir()
    with pytest.raises(SharedAway):
        here.put(b"an answer")
    assert not shared.exists()  # made here, it would hide that nothing is mounted
    assert not (tmp_path / "here").exists()
    with pytest.raises(SharedAway):
        here.get("0" * 64)


def test_what_was_never_stored_is_not_found(tmp_path: Path, shared: Path) -> None:
    for blobs in (Blobs(tmp_path / "here"), Blobs(tmp_path / "there", shared)):
        with pytest.raises(FileNotFoundError):
            blobs.get("0" * 64)


def test_a_site_that_was_alone_shares_what_it_has(tmp_path: Path, shared: Path) -> None:
    name = Blobs(tmp_path / "here").put(b"an answer")
    Blobs(tmp_path / "here", shared).share_all()
    assert Blobs(tmp_path / "there", shared).get(name) == b"an answer"


def test_only_what_is_neither_needed_nor_new_is_swept_here_and_in_the_shared_folder(
    tmp_path: Path, shared: Path
) -> None:
    beside = [Blobs(tmp_path / machine / "blobs", shared).beside("lists") for machine in ("here", "there")]
    needed, done, young = (beside[0].put(text) for text in (b"needed", b"done", b"young"))
    answer = Blobs(tmp_path / "here" / "blobs", shared).put(b"done")  # the same bytes, of somebody else
    for name in (needed, done):
        beside[1].get(name)
        for folder in (beside[0].folder, beside[1].folder, shared / "lists"):
            os.utime(folder / name[:2] / name, (0, 0))
    half = beside[0].folder / done[:2] / ".new-x"  # of a machine that lost its power
    half.write_bytes(b"")
    os.utime(half, (0, 0))
    for machine, count in zip(beside, (3, 1), strict=True):
        assert machine.sweep({needed}, older_than=60) == count
        assert machine.sweep({needed}, older_than=60) == 0
        assert machine.get(needed) == b"needed"
        with pytest.raises(FileNotFoundError):
            machine.get(done)
    assert beside[0].get(young) == b"young"
    assert Blobs(tmp_path / "there" / "blobs", shared).get(answer) == b"done"
    assert not half.exists()
