import select
from pathlib import Path

from app.grading import waking


def test_a_wake_up_arrives(tmp_path: Path) -> None:
    with waking.listen(tmp_path) as ear:
        waking.wake(tmp_path)
        assert select.select([ear], [], [], 2)[0]


def test_a_folder_with_a_very_long_name_will_do(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 200)
    folder.mkdir()
    with waking.listen(folder) as ear:
        waking.wake(folder)
        assert select.select([ear], [], [], 2)[0]


def test_waking_nobody_or_somebody_deaf_does_no_harm(tmp_path: Path) -> None:
    waking.wake(tmp_path)
    with waking.listen(tmp_path) as ear:
        for _ in range(2000):
            waking.wake(tmp_path)  # more than a socket holds
        assert ear.recv(64) == b"1"
    waking.wake(tmp_path)
