"""The images: the same bytes from the same recipe, and one sentence where they cannot be built."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import time
from pathlib import Path

import pytest

from sandbox import assembling, building, debian
from sandbox.building import Recipe
from sandbox.engine import Engine
from sandbox.model import Box, SandboxUnavailable
from tests.sandbox.conftest import run

SOURCES = """Types: deb
# a comment
URIs: http://mirror.example.az/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.example.az/debian-security
Suites: bookworm-security
Components: main
"""


def apt(folder: Path, files: dict[str, str]) -> Path:
    (folder / "sources.list.d").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_the_mirror_is_read_from_paragraphs(tmp_path: Path) -> None:
    found = debian.apt_mirrors(apt(tmp_path, {"sources.list.d/debian.sources": SOURCES}))
    assert found == ("http://mirror.example.az/debian", "http://mirror.example.az/debian-security")


def test_the_mirror_is_read_from_lines(tmp_path: Path) -> None:
    lines = """# deb http://old.example.az/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] https://a.example.az/debian/ bookworm main contrib
deb-src http://b.example.az/debian bookworm main
deb http://c.example.az/debian-security bookworm-security main
deb https://packages.example.com/apt stable main
"""
    found = debian.apt_mirrors(apt(tmp_path, {"sources.list": lines}))
    assert found == ("https://a.example.az/debian", "http://c.example.az/debian-security")


def test_sources_that_are_switched_off_and_those_of_ubuntu_are_passed_over(tmp_path: Path) -> None:
    off = SOURCES.replace("Types: deb\n", "Enabled: no\nTypes: deb\n")
    ubuntu = "deb http://archive.ubuntu.com/ubuntu noble main\n"
    found = debian.apt_mirrors(apt(tmp_path, {"sources.list.d/debian.sources": off, "sources.list": ubuntu}))
    assert found == (debian.MIRROR, debian.SECURITY)


def test_a_recipe_changes_with_our_code_and_the_base_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = building.recipe()
    copy = tmp_path / "images"
    shutil.copytree(building.IMAGES, copy)
    (copy / "python" / "added.py").write_text("x = 1\n")
    monkeypatch.setattr(building, "IMAGES", copy)
    after = building.recipe()
    assert after.base == before.base
    assert after.python != before.python
    assert after.checker == before.checker


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    sums = []
    for name in ("one", "two"):
        site = tmp_path / name / "site"
        (site / "pack").mkdir(parents=True)
        (site / "pack" / "b.py").write_text("b = 2\n")
        (site / "pack" / "a.py").write_text("a = 1\n")
        os.utime(site / "pack" / "a.py", (len(sums), len(sums)))
        (site / "pack" / "a.py").chmod(0o600 + 0o40 * len(sums))
        base = tmp_path / name / "base.tar"
        with tarfile.open(base, "w") as tar:
            entry = tarfile.TarInfo("./usr/bin/su")
            entry.mode = 0o4755
            tar.addfile(entry)
        assembling.assemble(base, {"usr/lib/site": site}, tmp_path / name / "out.tar")
        sums.append(hashlib.sha256((tmp_path / name / "out.tar").read_bytes()).hexdigest())
    assert sums[0] == sums[1]
    with tarfile.open(tmp_path / "one" / "out.tar") as tar:
        assert tar.getnames() == [
            "./usr/bin/su",
            "./usr/lib/site",
            "./usr/lib/site/pack",
            "./usr/lib/site/pack/a.py",
            "./usr/lib/site/pack/b.py",
        ]
        assert tar.getmember("./usr/bin/su").mode == 0o755


def test_too_little_room_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=building.ROOM - 1))
    monkeypatch.setattr(building, "image_id", lambda engine, tag: None)
    with pytest.raises(SandboxUnavailable, match="less than 1 GiB is free"):
        building.build(tmp_path)


def test_without_root_and_without_tools_it_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SandboxUnavailable, match="type: sudo apt-get install -y mmdebstrap uidmap"):
        debian.bootstrap(tmp_path / "root.tar", tmp_path)


def test_no_registry_is_named_in_the_list_of_wheels() -> None:
    text = (building.IMAGES / "wheels.txt").read_text()
    assert "http" not in text
    assert "--hash=sha256:" in text


@pytest.mark.docker
def test_building_what_is_there_takes_no_time_and_leaves_no_files(
    images: Recipe, engine: Engine, tmp_path: Path
) -> None:
    before, began = building.recipe(), time.monotonic()
    if before == images:  # nobody is changing the code inside at this moment
        assert building.build(tmp_path, engine=engine) == images
        assert time.monotonic() - began < 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.docker
def test_an_image_holds_our_code_compiled_and_no_tool_to_change_it(box: Box) -> None:
    code = """
import glob
here = ["/opt/runner/inside/frames.py", "/opt/runner/inside/__pycache__/frames.cpython-311.pyc"]
here += ["/usr/share/bilik/packages", "/opt/matplotlib/fontlist-*.json"]
here += ["/usr/lib/python3/dist-packages/numpy/__pycache__/__init__.cpython-311.pyc"]
away = ["/usr/bin/" + name for name in ("apt", "dpkg", "perl", "su", "mount", "pip")] + ["/opt/checker", "/usr/sbin/*"]
os._exit(len([path for path in here if not glob.glob(path)] + [path for path in away if glob.glob(path)]))
"""
    assert run(box, code).body == b"0"
