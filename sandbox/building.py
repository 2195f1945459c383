"""Builds the sandbox images: a Debian root, pinned wheels in it, and a thin layer of our own code on top.

    bilik-base:<digest>      Debian 12's Python 3.11 and the wheels; the same bytes every time; half a minute, once
    bilik-python:<digest>    base + /opt/runner: what runs learners' code
    bilik-checker:<digest>   base + /opt/checker: what runs authors' checks

A digest is that of the recipe (everything that goes in), so it is known before anything is built and is the same on every machine.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import docker.errors

from sandbox.assembling import THEN, assemble
from sandbox.engine import Engine
from sandbox.model import SandboxUnavailable

HERE = Path(__file__).parent
IMAGES = HERE / "images"
CODE = {"python": "runner", "checker": "checker"}  # image -> folder under /opt
ROOM = 1 << 30  # bytes that must be free
PULLED = "python:3.11-slim"
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What the images are called; `python` and `checker` cover the code inside."""

    base: str
    python: str
    checker: str


def recipe() -> Recipe:
    """The recipe of this source tree on this kind of machine."""
    base = _base_digest()
    return Recipe(
        base=f"bilik-base:{base}",
        **{image: f"bilik-{image}:{_digest([base, image, *_code_texts(image)])}" for image in CODE},
    )


def build(data: Path, *, engine: Engine | None = None, say: Say = print, force: bool = False) -> Recipe:
    """Build what is missing; nothing to do takes milliseconds. `data`: the folder for what lies around meanwhile, cleaned up after.

    Raises SandboxUnavailable in one sentence that says what to do.
    """
    engine = engine or Engine()
    wanted = recipe()
    if not force and all(image_id(engine, tag) for tag in (wanted.python, wanted.checker)):
        return wanted
    data.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(data).free < ROOM:
        raise SandboxUnavailable(f"less than 1 GiB is free under {data}: make room, then try again")
    with _alone(data / "sandbox-build.lock", say):
        if force or not image_id(engine, wanted.base):
            with _folder(data) as work:
                _build_base(work, wanted.base, engine, say)
        for image, tag in (("python", wanted.python), ("checker", wanted.checker)):
            if force or not image_id(engine, tag):
                say(f"sandbox: adding our code: {tag}")
                _add_code(image, wanted.base, tag, engine)
    return wanted


def image_id(engine: Engine, tag: str) -> str | None:
    """The image's id, None if there is no such image."""
    try:
        return str(engine.call("looking for an image", lambda api: api.inspect_image(tag))["Id"])
    except docker.errors.ImageNotFound:
        return None


# ---- the base: Debian's Python and the wheels


def _build_base(work: Path, tag: str, engine: Engine, say: Say) -> None:
    began = time.monotonic()
    root, site, fonts = work / "root.tar", work / "site", work / "fonts"
    if _has_apt():
        say("sandbox: unpacking a root from Debian packages")
        _bootstrap(root, work)
        destination = "usr/lib/python3/dist-packages"
    else:
        say(f"sandbox: no apt here; pulling {PULLED}")
        _pull(root, engine)
        destination = "usr/local/lib/python3.11/site-packages"
    say("sandbox: fetching the wheels")
    _fetch_wheels(site)
    _run(["sh", str(IMAGES / "slim.sh"), str(site)], "slimming the wheels")
    say("sandbox: compiling them")
    fonts.mkdir()
    half = f"bilik-half:{os.getpid()}"
    _import(root, half, engine)
    try:
        _compile(half, site, fonts, f"/{destination}", engine)
    finally:
        engine.call("removing an image", lambda api: api.remove_image(half, force=True))
    say("sandbox: importing the image")
    assemble(root, {destination: site, "opt/matplotlib": fonts}, work / "image.tar")
    root.unlink()
    _import(work / "image.tar", tag, engine)
    say(f"sandbox: {tag} built in {time.monotonic() - began:.0f} s")


def _bootstrap(out: Path, work: Path) -> None:
    mirror, security = apt_mirrors()
    script = [str(IMAGES / "base.sh"), str(out)]
    advice = "sudo apt-get install -y mmdebstrap"
    as_root: list[str] | None = [] if os.geteuid() == 0 else (["sudo", "-n"] if _sudo() else None)
    if shutil.which("mmdebstrap") is None:
        if as_root is None:
            raise SandboxUnavailable(f"the sandbox images need mmdebstrap; type: {advice} uidmap")
        _run(
            [
                *as_root,
                "apt-get",
                "install",
                "-y",
                "-q",
                "--no-install-recommends",
                "-o",
                "DPkg::Lock::Timeout=300",
                "mmdebstrap",
            ],
            "installing mmdebstrap",
        )
    if as_root is None and shutil.which("newuidmap") is None:
        raise SandboxUnavailable("without root the sandbox images need uidmap; type: sudo apt-get install -y uidmap")
    mode = "unshare" if as_root is None else "root"
    env = {"TMPDIR": str(work), "APT_OPTION": _expired_lists_allowed()}
    command = [
        *(as_root or []),
        "env",
        *(f"{key}={value}" for key, value in env.items() if value),
        "sh",
        *script,
        mode,
        mirror,
        security,
    ]
    try:
        _run(command, "unpacking Debian packages")
    except SandboxUnavailable:
        time.sleep(2)  # a mirror in the middle of its update
        _run(command, "unpacking Debian packages")


def apt_mirrors(folder: Path = Path("/etc/apt")) -> tuple[str, str]:
    """The addresses apt uses for Debian and for its security updates; Debian's own where apt's sources are of something else (Ubuntu)."""
    found: list[tuple[str, str]] = []  # address, suite
    for path in sorted(folder.glob("sources.list.d/*.sources")):
        for paragraph in re.split(r"\n\s*\n", path.read_text(errors="replace")):
            fields = dict(re.findall(r"^([\w-]+):[ \t]*(.+)$", paragraph, re.MULTILINE))
            if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes") != "no":
                found += [
                    (uri, suite) for uri in fields.get("URIs", "").split() for suite in fields.get("Suites", "").split()
                ]
    for path in (folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))):
        if path.exists():
            found += re.findall(
                r"^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)", path.read_text(errors="replace"), re.MULTILINE
            )
    debian = [
        (uri.rstrip("/"), suite)
        for uri, suite in found
        if re.search(r"/debian(-security)?/?$", uri) and uri.startswith("http")
    ]
    mirror = next((uri for uri, suite in debian if "security" not in uri + suite), "http://deb.debian.org/debian")
    security = next(
        (uri for uri, suite in debian if "security" in uri + suite), "http://deb.debian.org/debian-security"
    )
    return mirror, security


def _expired_lists_allowed() -> str:
    """A machine whose apt takes expired lists (a snapshot as mirror) takes them here too."""
    told = subprocess.run(
        ["apt-config", "dump", "Acquire::Check-Valid-Until"], capture_output=True, text=True, check=False
    ).stdout
    return 'Acquire::Check-Valid-Until "false"' if '"false"' in told else ""


def _pull(out: Path, engine: Engine) -> None:
    """Only where apt is missing: the root of an image of the public registry, within 25 s as a whole."""
    try:
        subprocess.run(
            ["timeout", "-k", "1", "25", "docker", "pull", "-q", PULLED], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as why:
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


def _fetch_wheels(site: Path) -> None:
    """Outside of any container, with this machine's network settings and certificates; every wheel by its hash."""
    kind = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}.get(
        platform.machine().lower()
    )
    if kind is None:
        raise SandboxUnavailable(f"there are no sandbox images for {platform.machine()}")
    env = dict(os.environ)
    bundle = env.get("SSL_CERT_FILE") or env.get("PIP_CERT") or env.get("REQUESTS_CA_BUNDLE")
    if bundle:
        env |= {"SSL_CERT_FILE": bundle, "PIP_CERT": bundle}
    if env.get("PIP_INDEX_URL"):
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    env["UV_NO_PROGRESS"] = "1"
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")]))
    common = [
        "--target",
        str(site),
        "--python-version",
        "3.11",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "--no-deps",
        "-r",
        str(IMAGES / "wheels.txt"),
    ]
    if uv:
        _run(
            [uv, "pip", "install", "-q", "--python-platform", f"{kind}-manylinux_2_28", *common],
            "fetching the wheels",
            env=env,
        )
    else:
        platforms = [
            part
            for tag in ("2_28", "2_27", "2_17", "2014")
            for part in ("--platform", f"manylinux{'' if tag == '2014' else '_'}{tag}_{kind}")
        ]
        _run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-compile", *platforms, *common],
            "fetching the wheels",
            env=env,
        )


def _compile(image: str, site: Path, fonts: Path, destination: str, engine: Engine) -> None:
    """With the image's own Python: .pyc without time stamps, and matplotlib's list of fonts."""
    script = (
        f"python3 -m compileall -q -j 2 --invalidation-mode unchecked-hash {destination} && "
        "MPLCONFIGDIR=/fonts python3 -B -c 'import matplotlib.font_manager' && rm -rf /fonts/tex.cache /fonts/*.lock"
    )
    binds = [f"{site.resolve()}:{destination}", f"{fonts.resolve()}:/fonts"]
    made = engine.call(
        "creating a container",
        lambda api: api.create_container(
            image,
            command=["/bin/sh", "-c", script],
            user=f"{os.getuid()}:{os.getgid()}",
            environment={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"},  # noqa: S108 (inside the container)
            labels={"app": "bilik-build"},
            host_config=api.create_host_config(
                network_mode="none", binds=binds, cap_drop=["ALL"], security_opt=["no-new-privileges=true"]
            ),
        ),
    )["Id"]
    try:
        engine.call("starting a container", lambda api: api.start(made))
        ended = engine.call("compiling", lambda api: api.wait(made, timeout=300), seconds=300)
        if ended["StatusCode"] != 0:
            told = engine.call("reading the log", lambda api: api.logs(made, tail=5)).decode(errors="replace")
            raise SandboxUnavailable(f"the wheels could not be compiled: {told.strip()}")
    finally:
        engine.call("removing a container", lambda api: api.remove_container(made, force=True, v=True))


def _import(tar: Path, tag: str, engine: Engine) -> None:
    repository, _, version = tag.partition(":")

    def act(api: Any) -> str:
        with tar.open("rb") as file:
            pieces = iter(
                lambda: file.read(1 << 20), b""
            )  # a generator: given a file, docker-py sends two kinds of length
            return str(
                api.import_image_from_stream(
                    pieces, repository=repository, tag=version, changes=["ENV LANG=C.UTF-8", "USER 65534"]
                )
            )

    told = engine.call("importing an image", act, seconds=300)
    if '"error"' in told:
        raise SandboxUnavailable(f"the image could not be imported: {told.strip()[-200:]}")


# ---- our code on top


def _add_code(image: str, base: str, tag: str, engine: Engine) -> None:
    folder = f"/opt/{CODE[image]}"
    dockerfile = (
        f"FROM {base}\nCOPY code {folder}\nUSER 0\n"
        f"RUN python3 -m compileall -q --invalidation-mode unchecked-hash {folder}\nUSER 65534\nLABEL app=bilik-sandbox\n"
    )
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        files = {"Dockerfile": dockerfile.encode()} | {f"code/{name}": text for name, text in _code(image).items()}
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(text), THEN, 0o644
            tar.addfile(entry, io.BytesIO(text))
    context.seek(0)

    def act(api: Any) -> list[dict[str, Any]]:
        return list(
            api.build(
                fileobj=context,
                custom_context=True,
                tag=tag,
                rm=True,
                forcerm=True,
                network_mode="none",
                decode=True,
                use_config_proxy=False,
            )
        )

    failed = [line["error"] for line in engine.call("building an image", act, seconds=120) if "error" in line]
    if failed:
        raise SandboxUnavailable(f"{tag} could not be built: {failed[0].strip()}")


def _code(image: str) -> dict[str, bytes]:
    """The Python files under /opt/<folder>, by name: the image's own, and those of `inside`."""
    own, shared = IMAGES / image, HERE / "inside"
    found = {path.relative_to(own).as_posix(): path.read_bytes() for path in sorted(own.rglob("*.py"))}
    return found | {f"inside/{path.name}": path.read_bytes() for path in sorted(shared.glob("*.py"))}


def _code_texts(image: str) -> Iterator[str]:
    for name, text in _code(image).items():
        yield name
        yield hashlib.sha256(text).hexdigest()


@cache
def _base_digest() -> str:
    parts = [IMAGES / "base.sh", IMAGES / "slim.sh", IMAGES / "wheels.txt", HERE / "assembling.py"]
    origin = "debian 12" if _has_apt() else PULLED
    return _digest([origin, platform.machine(), *(hashlib.sha256(path.read_bytes()).hexdigest() for path in parts)])


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


# ---- the machine


def _has_apt() -> bool:
    return shutil.which("apt-get") is not None


def _sudo() -> bool:
    return (
        shutil.which("sudo") is not None
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    )


def _run(command: list[str], what: str, *, env: dict[str, str] | None = None) -> None:
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, timeout=600
        )
    except subprocess.CalledProcessError as why:
        told = " ".join((why.stderr or why.stdout or "").strip().splitlines()[-3:])
        raise SandboxUnavailable(f"{what} failed: {told[-400:]}") from why
    except (OSError, subprocess.TimeoutExpired) as why:
        raise SandboxUnavailable(f"{what} failed: {why}") from why


@contextlib.contextmanager
def _folder(data: Path) -> Iterator[Path]:
    for left in data.glob("sandbox-build-*"):  # of a build that was killed; the lock says nobody is in it
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix="sandbox-build-", dir=data))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextlib.contextmanager
def _alone(lock: Path, say: Say) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("sandbox: another process builds the images; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
