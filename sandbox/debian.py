"""Where the root of an image comes from: Debian's own packages, through the mirror apt on this machine already uses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from sandbox.engine import Engine
from sandbox.model import SandboxUnavailable

SCRIPT = Path(__file__).parent / "images" / "base.sh"
PULLED = "python:3.11-slim"
MIRROR, SECURITY = "http://deb.debian.org/debian", "http://deb.debian.org/debian-security"
APT_INSTALL = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]


def has_apt() -> bool:
    """Whether this machine can bootstrap a Debian root."""
    return shutil.which("apt-get") is not None


def bootstrap(out: Path, work: Path) -> None:
    """Write the root as the tar `out`. As root, by sudo without a password, or in a user namespace.

    Raises SandboxUnavailable with what to type, where none of them can be had.
    """
    as_root: list[str] | None = [] if os.geteuid() == 0 else (["sudo", "-n"] if _sudo() else None)
    if shutil.which("mmdebstrap") is None and as_root is not None:
        run([*as_root, *APT_INSTALL, "mmdebstrap"], "installing mmdebstrap")
    if as_root is None and (shutil.which("mmdebstrap") is None or shutil.which("newuidmap") is None):
        raise SandboxUnavailable(
            "the sandbox images need two packages; type: sudo apt-get install -y mmdebstrap uidmap"
        )
    # in a user namespace "root" is nobody of this machine, and may not look into a private data folder
    settings = [] if as_root is None else [f"TMPDIR={work}"]
    if '"false"' in run(["apt-config", "dump", "Acquire::Check-Valid-Until"], "asking apt for its settings"):
        settings.append('APT_OPTION=Acquire::Check-Valid-Until "false"')  # a snapshot as mirror
    mode = "unshare" if as_root is None else "root"
    command = [*(as_root or []), "env", *settings, "sh", str(SCRIPT), str(out), mode, *apt_mirrors()]
    try:
        run(command, "unpacking Debian packages")
    except SandboxUnavailable:
        time.sleep(2)  # a mirror in the middle of its update
        run(command, "unpacking Debian packages")


def apt_mirrors(folder: Path = Path("/etc/apt")) -> tuple[str, str]:
    """The addresses apt uses for Debian and for its security updates; Debian's own where apt has other sources
    (Ubuntu).

    Reads both forms, the paragraphs of `.sources` and the lines of `.list`.
    """
    found: list[tuple[str, str]] = []  # address, suite
    for path in sorted(folder.glob("sources.list.d/*.sources")):
        for paragraph in re.split(r"\n\s*\n", path.read_text(errors="replace")):
            field = dict(re.findall(r"^([\w-]+):[ \t]*(.+)$", paragraph, re.MULTILINE))
            if "deb" in field.get("Types", "").split() and field.get("Enabled", "yes") != "no":
                suites = field.get("Suites", "").split()
                found += [(address, suite) for address in field.get("URIs", "").split() for suite in suites]
    for path in (folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))):
        if path.exists():
            text = path.read_text(errors="replace")
            found += re.findall(r"^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)", text, re.MULTILINE)
    pattern = re.compile(r"http.*/debian(-security)?/?$")
    debian = [(address.rstrip("/"), suite) for address, suite in found if pattern.match(address)]
    mirror = next((address for address, suite in debian if "security" not in address + suite), MIRROR)
    security = next((address for address, suite in debian if "security" in address + suite), SECURITY)
    return mirror, security


def pull(out: Path, engine: Engine) -> None:
    """Only where apt is missing: the root of an image of the public registry, within 25 s as a whole. (Not tried: no
    registry could be reached where this was written.)"""
    try:
        run(["timeout", "-k", "1", "25", "docker", "pull", "-q", PULLED], f"pulling {PULLED}")
    except SandboxUnavailable as why:
        raise SandboxUnavailable(
            f"neither apt nor {PULLED} can be had here; build the images on a Debian machine and `docker save` them"
        ) from why
    made = engine.call(
        "creating a container",
        lambda api: api.create_container(PULLED, command=["true"], labels={"app": "bilik-build"}),
    )
    try:
        with out.open("wb") as file:
            for piece in engine.call("exporting a root", lambda api: api.export(made["Id"])):
                file.write(piece)
    finally:
        engine.call("removing a container", lambda api: api.remove_container(made["Id"], force=True, v=True))


def run(command: list[str], what: str, *, env: dict[str, str] | None = None) -> str:
    """What the command printed. SandboxUnavailable with its last words if it fails or takes ten minutes."""
    try:
        done = subprocess.run(  # noqa: S603 (our own words and paths, no shell)
            command, check=True, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, timeout=600
        )
    except subprocess.CalledProcessError as why:
        told = " ".join((why.stderr or why.stdout or "").strip().splitlines()[-3:])
        raise SandboxUnavailable(f"{what} failed: {told[-400:]}") from why
    except (OSError, subprocess.TimeoutExpired) as why:
        raise SandboxUnavailable(f"{what} failed: {why}") from why
    return done.stdout


def _sudo() -> bool:
    if shutil.which("sudo") is None:
        return False
    try:
        run(["sudo", "-n", "true"], "sudo")
    except SandboxUnavailable:
        return False
    return True
