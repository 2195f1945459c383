"""A whole Bilik for walks in Chromium: site, worker, real Docker, mail in a folder; a browser for each person."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app.accounts import sessions
from app.accounts.login import COOKIE
from app.accounts.models import User
from app.clock import utc_now
from app.db import db
from tests.doors import Engine

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "graders" / "sample_course"
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SKILLS = """
[python-functions]
en = "Functions in Python"
az = "Python funksiyaları"
ru = "Функции в Python"
[data-grouping]
en = "Grouping data"
az = "Verilənləri qruplaşdırmaq"
ru = "Группировка данных"
"""
expect.set_options(timeout=20_000)


@dataclass
class Bilik:
    """One running installation. `passwords` of the demo people by address."""

    url: str
    data: Path
    environment: dict[str, str]
    engine: Engine
    passwords: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_site(self) -> None:
        port = self.url.rpartition(":")[2]
        options = ["--log-level", "warning", "--no-control-socket", "-k", "gthread", "--threads", "16"]
        self._start(
            "site", [str(Path(sys.executable).with_name("gunicorn")), *options, "-b", f"127.0.0.1:{port}", "wsgi:app"]
        )
        until(lambda: urllib.request.urlopen(f"{self.url}/healthz", timeout=2).status == 200, 90)

    def start_worker(self) -> None:
        self._start("worker", [sys.executable, "-m", "app.worker"])

    def _start(self, name: str, command: list[str]) -> None:
        log = (self.data / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )

    def stop(self, name: str, sign: int = signal.SIGTERM) -> None:
        process = self.processes.pop(name)
        process.send_signal(sign)
        process.wait(120)

    def mail_to(self, address: str, subject: str = "") -> str:
        """The text of the newest mail to `address` whose subject has `subject`; waits for the worker to write it."""
        found: list[str] = []

        def arrived() -> bool:
            for file in sorted((self.data / "mail").glob("*.eml"), key=lambda one: one.stat().st_mtime, reverse=True):
                message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                if address in str(message["To"]) and subject in str(message["Subject"]):
                    body = message.get_body(("plain",))
                    assert body is not None
                    found.append(body.get_content())
                    return True
            return False

        until(arrived, 90)
        return found[0]

    def link_in_mail_to(self, address: str, subject: str = "") -> str:
        match = re.search(rf"{re.escape(self.url)}\S+", self.mail_to(address, subject))
        assert match is not None
        return match.group()


def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait for `true`, asking ten times a second; errors of asking count as not yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="session")
def bilik(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bilik]:
    folder = tmp_path_factory.mktemp("bilik")
    courses, data = folder / "courses", folder / "data"
    shutil.copytree(SAMPLE, courses / "data-with-python")
    (courses / "skills.toml").write_text(SKILLS)
    data.mkdir()
    url = f"http://127.0.0.1:{free_port()}"
    engine = Engine(folder / "docker.sock")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BILIK_")},
        "BILIK_DATA": str(data),
        "BILIK_COURSES": str(courses),
        "BILIK_PUBLIC_URL": url,
        "BILIK_DOCKER_URL": f"unix://{engine.address}",
        "BILIK_POOL": "1",
    }
    boot = [sys.executable, "-m", "app.setup.boot"]
    said = subprocess.run(boot, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
    assert "left out" not in said, said
    running = Bilik(url=url, data=data, environment=environment, engine=engine)
    running.passwords = json.loads((data / "demo-people.json").read_text())
    running.start_site()
    running.start_worker()
    yield running
    for name in list(running.processes):
        running.stop(name)
    engine.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    assert path, "no Chromium: ./test installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Flask, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`visit(user, width=390)`: a page of the site of this test, which is served by threads of this process."""
    server = make_server("127.0.0.1", 0, site, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    address = f"http://127.0.0.1:{server.server_port}"
    contexts = []

    def make(user: User, *, width: int = 1280) -> Page:
        token = sessions.open_session(user, user_agent="", address="127.0.0.1", days=1, now=utc_now())
        db.session.commit()
        context = chromium.new_context(base_url=address, locale="en", viewport={"width": width, "height": 850})
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        context.set_default_timeout(120_000)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    server.shutdown()
    serving.join()
    server.server_close()


def refused(said: ConsoleMessage) -> bool:
    """Something on the page wanted what the Content Security Policy forbids."""
    return said.type == "error" and "Content Security Policy" in said.text


@pytest.fixture
def new_page(bilik: Bilik, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page in a fresh browser profile: `new_page()`, or `new_page(language="ru", width=390)`.

    A script error on a page fails the test that opened it.
    """
    contexts, errors = [], []

    def make(*, language: str = "en", width: int = 1280) -> Page:
        context = chromium.new_context(base_url=bilik.url, locale=language, viewport={"width": width, "height": 850})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(f"{said.text} {said.location}") if refused(said) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


@pytest.fixture
def sign_in(bilik: Bilik) -> Callable[..., None]:
    """`sign_in(page, "learner")` as a demo person, or with an address and a password; the pages are in English then."""

    def act(page: Page, who: str, password: str | None = None) -> None:
        address = who if "@" in who else f"{who}@bilik.example"
        page.goto("/sign-in")
        page.locator("main input[name=identifier]").fill(address)
        page.locator("main input[name=password]").fill(password or bilik.passwords[address])
        page.locator("main form button[type=submit]").first.click()
        expect(page.locator(".menu summary")).to_be_visible()
        if page.locator("html").get_attribute("lang") != "en":  # demo people have languages of their own
            page.locator(".languages button[value=en]").click()
            expect(page.locator("html")).to_have_attribute("lang", "en")

    return act


@pytest.fixture
def newcomer(bilik: Bilik) -> Callable[..., tuple[str, str]]:
    """Sign somebody new up in `page` through the confirmation mail; returns address and password."""

    def act(page: Page, name: str = "Aysel Həsənova") -> tuple[str, str]:
        address = f"p{time.time_ns()}@example.org"
        page.goto("/sign-up")
        page.locator("main input[name=name]").fill(name)
        page.locator("main input[name=email]").fill(address)
        for box in page.locator("main input[type=checkbox]").all():
            box.check()
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()
        return address, choose_password(page, bilik, address)

    return act


def choose_password(page: Page, bilik: Bilik, address: str) -> str:
    """Go where the mail to `address` leads, and open the account there with the password that is returned."""
    password = "dörd uzun sakit söz"
    page.goto(bilik.link_in_mail_to(address).removeprefix(bilik.url))
    page.locator("main input[name=password]").fill(password)
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".menu summary")).to_be_visible()
    return password


def violations(page: Page) -> list[str]:
    """What axe finds on the page (WCAG 2.2 A and AA), one line each."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
