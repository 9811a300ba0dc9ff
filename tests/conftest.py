"""What every test stands on: a database of its own, no cache left over, and where asked the real app in a browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from roadmap.browser import FLAGS, find_browser

ROOT = Path(__file__).resolve().parents[1]
settings.register_profile("shared machine", deadline=None)  # a busy machine is no bug
settings.load_profile("shared machine")
PATIENCE = 60  # seconds for a start on a busy machine


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test never meets what another one stored, nor anything of the person who runs it."""
    monkeypatch.setenv("ROADMAP_DATABASE_URL", f"sqlite:///{tmp_path / 'roadmap.db'}")
    _forget()
    yield
    _forget()


def _forget() -> None:
    if streamlit := sys.modules.get("streamlit"):  # a test of a pure room never loads it
        streamlit.cache_data.clear()
        streamlit.cache_resource.clear()


class Served:
    """The real app in a process of its own, over a database that outlives it: stop it, kill it, start it again."""

    def __init__(self, database: str, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = database
        self.log = log

    def start(self) -> None:
        command = [sys.executable, "-m", "roadmap", "run", "--no-browser", "--port", str(self.port)]
        environment = {**os.environ, "ROADMAP_DATABASE_URL": self.database}
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self.is_well():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                pytest.fail(f"the app did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def is_well(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> None:
        """End it as Ctrl+C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """End it as a power cut does: nothing gets to finish."""
        self.process.kill()
        self.process.wait(PATIENCE)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    app = Served(os.environ["ROADMAP_DATABASE_URL"], tmp_path / "app.log")
    app.start()
    yield app
    app.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
