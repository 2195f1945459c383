"""Builds the sandbox images: a Debian root, pinned wheels in it, and a thin layer of our own code on top.

    bilik-base:<digest>      Debian 12's Python 3.11 and the wheels; the same bytes every time; half a minute, once
    bilik-python:<digest>    base + /opt/runner: what runs learners' code
    bilik-checker:<digest>   base + /opt/checker: what runs authors' checks

A digest is that of the recipe (everything that goes in), so it is known before anything is built and is the same on
every machine.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import io
import json
import os
import platform
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import docker.errors

from sandbox import debian
from sandbox.assembling import THEN, assemble
from sandbox.engine import Engine
from sandbox.model import SandboxUnavailable

HERE = Path(__file__).parent
IMAGES = HERE / "images"
CODE = {"python": "runner", "checker": "checker"}  # image -> folder under /opt
ROOM = 1 << 30  # bytes that must be free
UNBUILT = "the sandbox images are not built; type: python -m sandbox build"
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


def build(
    data: Path, *, engine: Engine | None = None, say: Say = print, force: bool = False, base_too: bool = True
) -> Recipe:
    """Build what is missing; nothing to do takes milliseconds. `data`: the folder for what lies around meanwhile,
    cleaned up after. Without `base_too` only the layers of our own code, which take a second, are added.

    Raises SandboxUnavailable in one sentence that says what to do.
    """
    engine = engine or Engine()
    wanted = recipe()
    if not force and all(image_id(engine, tag) for tag in (wanted.python, wanted.checker)):
        return wanted
    if not base_too and not image_id(engine, wanted.base):
        raise SandboxUnavailable(UNBUILT)
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
        remove_old(engine, wanted, days=2)
    return wanted


def remove_old(engine: Engine, kept: Recipe, *, days: float) -> list[str]:
    """Remove our images of other recipes that are older than `days` and that no container uses; their tags."""
    wanted = {kept.base, kept.python, kept.checker}
    removed = []
    for image in engine.call("listing images", lambda api: api.images()):
        for tag in image.get("RepoTags") or []:
            ours = tag.partition(":")[0] in {name.partition(":")[0] for name in wanted}
            if ours and tag not in wanted and time.time() - image["Created"] > days * 86400:
                with contextlib.suppress(docker.errors.APIError):
                    engine.call("removing an image", partial(_remove_image, tag))
                    removed.append(tag)
    return removed


def _remove_image(tag: str, api: Any) -> None:
    api.remove_image(tag)


def image_id(engine: Engine, tag: str) -> str | None:
    """The image's id, None if there is no such image."""

    def act(api: Any) -> str:
        return str(api.inspect_image(tag)["Id"])

    try:
        return engine.call("looking for an image", act)
    except docker.errors.ImageNotFound:
        return None


# ---- the base: Debian's Python and the wheels


def _build_base(work: Path, tag: str, engine: Engine, say: Say) -> None:
    began = time.monotonic()
    root, site, library, fonts = work / "root.tar", work / "site", work / "library", work / "fonts"
    destination, stdlib = "usr/lib/python3/dist-packages", "usr/lib/python3.11"
    with ThreadPoolExecutor(1) as beside:
        wheels = beside.submit(_fetch_wheels, site)
        if debian.has_apt():
            say("sandbox: unpacking a root from Debian packages, fetching the wheels")
            debian.bootstrap(root, work)
        else:
            say(f"sandbox: no apt here; pulling {debian.PULLED}, fetching the wheels")
            debian.pull(root, engine)
            stdlib = "usr/local/lib/python3.11"
            destination = f"{stdlib}/site-packages"
        wheels.result()
    say("sandbox: compiling them")
    library.mkdir()
    fonts.mkdir()
    half = f"bilik-half:{os.getpid()}"
    _import(root, half, engine)
    try:
        _compile(half, site, library, fonts, f"/{destination}", engine)
    finally:
        engine.call("removing an image", lambda api: api.remove_image(half, force=True))
    say("sandbox: importing the image")
    assemble(root, {destination: site, stdlib: library, "opt/matplotlib": fonts}, work / "image.tar")
    root.unlink()
    _import(work / "image.tar", tag, engine)
    say(f"sandbox: {tag} built in {time.monotonic() - began:.0f} s")


def _fetch_wheels(site: Path) -> None:
    """Outside of any container, with this machine's network settings and certificates; every wheel by its hash, less
    what no program needs."""
    kind = platform.machine()
    if kind not in ("x86_64", "aarch64"):
        raise SandboxUnavailable(f"there are no sandbox images for {kind}")
    env = dict(os.environ)
    bundle = env.get("SSL_CERT_FILE") or env.get("PIP_CERT") or env.get("REQUESTS_CA_BUNDLE")
    if bundle:
        env |= {"SSL_CERT_FILE": bundle, "PIP_CERT": bundle}
    if env.get("PIP_INDEX_URL"):
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    env["UV_NO_PROGRESS"] = "1"
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", "")]))
    common = ["--target", str(site), "-r", str(IMAGES / "wheels.txt")]
    common += ["--python-version", "3.11", "--only-binary", ":all:", "--require-hashes", "--no-deps"]
    if uv:
        command = [uv, "pip", "install", "-q", "--python-platform", f"{kind}-manylinux_2_28", *common]
    else:
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-compile", *common]
        for platform_tag in ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014"):
            command += ["--platform", f"{platform_tag}_{kind}"]
    debian.run(command, "fetching the wheels", env=env)
    debian.run(["sh", str(IMAGES / "slim.sh"), str(site)], "slimming the wheels")


def _compile(image: str, site: Path, library: Path, fonts: Path, destination: str, engine: Engine) -> None:
    """With the image's own Python: .pyc without time stamps, and matplotlib's list of fonts."""
    script = IMAGES / "compile.sh"
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/fonts", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
    folders = {site: destination, library: "/library", fonts: "/fonts", script: "/compile.sh:ro"}
    binds = [f"{outside.resolve()}:{inside}" for outside, inside in folders.items()]
    made = engine.call(
        "creating a container",
        lambda api: api.create_container(
            image,
            command=["/bin/sh", "/compile.sh", destination, "/library", "/fonts"],
            user=f"{os.getuid()}:{os.getgid()}",
            environment=environment,
            labels={"app": "bilik-build"},
            host_config=api.create_host_config(
                network_mode="none", binds=binds, cap_drop=["ALL"], security_opt=["no-new-privileges=true"]
            ),
        ),
    )["Id"]
    try:
        engine.call("starting a container", lambda api: api.start(made))
        ended = engine.call("compiling", lambda api: api.wait(made, timeout=600), seconds=600)
        if ended["StatusCode"] != 0:
            told = engine.call("reading the log", lambda api: api.logs(made, tail=5)).decode(errors="replace")
            raise SandboxUnavailable(f"the wheels could not be compiled: {told.strip()}")
    finally:
        engine.call("removing a container", lambda api: api.remove_container(made, force=True, v=True))
    for path in fonts.glob("*.json"):  # matplotlib lists fonts as the file system does: in any order
        listing = json.loads(path.read_text())
        for kind in ("afmlist", "ttflist"):
            listing[kind].sort(key=lambda font: json.dumps(font, sort_keys=True))
        path.write_text(json.dumps(listing))


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

    before = image_id(engine, tag)
    told = engine.call("importing an image", act, seconds=300)
    if '"error"' in told:
        raise SandboxUnavailable(f"the image could not be imported: {told.strip()[-200:]}")
    if before is not None and before != image_id(engine, tag):
        with contextlib.suppress(docker.errors.APIError):  # a container may still use it
            engine.call("removing an image", lambda api: api.remove_image(before))


# ---- our code on top


def _add_code(image: str, base: str, tag: str, engine: Engine) -> None:
    folder = f"/opt/{CODE[image]}"
    dockerfile = (
        f"FROM {base}\nCOPY code {folder}\nUSER 0\n"
        f"RUN python3 -m compileall -q --invalidation-mode unchecked-hash {folder}\n"
        "USER 65534\n"
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
    parts = [
        IMAGES / "base.sh",
        IMAGES / "slim.sh",
        IMAGES / "compile.sh",
        IMAGES / "wheels.txt",
        HERE / "assembling.py",
    ]
    origin = "debian 12" if debian.has_apt() else debian.PULLED
    return _digest([origin, platform.machine(), *(hashlib.sha256(path.read_bytes()).hexdigest() for path in parts)])


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


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
