"""The browser that the tests drive: found on the machine, else installed, else one line says what to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Root in a container needs the first two; the others keep the browser from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PLAYWRIGHTS = [[sys.executable, "-m", "playwright", "install", "chromium"]]
DEBIANS = [["apt-get", "update"], ["apt-get", "install", "--yes", "chromium"]]


def find_browser() -> str:
    """The path of a browser that starts: one at hand, else Playwright's, else Debian's where we may install it."""
    may_install = shutil.which("apt-get") and os.geteuid() == 0
    for commands in ([], PLAYWRIGHTS, DEBIANS if may_install else []):
        if all(_works(command, shown=True) for command in commands) and (found := next(_at_hand(), None)):
            return found
    raise SystemExit("There is no browser to test with. Type: python -m playwright install --with-deps chromium")


def _at_hand() -> Iterator[str]:
    for name in filter(None, (os.environ.get("CHROME_BIN"), *NAMES)):
        if (path := shutil.which(name)) and _works([path, *FLAGS, "--version"]):
            yield path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if _works([path, *FLAGS, "--version"]):  # one whose system libraries are missing is there, but does not start
        yield path


def _works(command: list[str], *, shown: bool = False) -> bool:
    output = sys.stderr if shown else subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)  # noqa: S603 - all ours
        return done.returncode == 0
    except OSError:
        return False


def settled(page: Page) -> None:
    """Wait until the app has done what the last action asked for; Streamlit itself says when, so nothing is guessed."""
    page.wait_for_timeout(210)  # before this has passed Streamlit may not have sent what was typed
    for state in ("connection-state=CONNECTED", "script-state=notRunning"):
        page.locator(f"[data-testid=stApp][data-test-{state}]").wait_for(state="attached")


if __name__ == "__main__":
    print(find_browser())
