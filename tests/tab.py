"""Tabs of a real browser on the real app, and everything in them that should not have happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from conftest import Served
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, WebError, expect

from roadmap.browser import settled
from roadmap.store import Store

PATIENCE = 15_000  # milliseconds, on a busy machine
PROBES = ("/_stcore/health", "/_stcore/host-config")  # on a deep link Streamlit asks here where it is served from

FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element === document.body) return "";
  return (element.ariaLabel || element.labels?.[0]?.innerText || element.innerText || element.placeholder || "").trim();
}"""

expect.set_options(timeout=PATIENCE)


@contextmanager
def running(folder: Path) -> Iterator[Served]:
    """The app for a whole module of tests."""
    app = Served(f"sqlite:///{folder / 'roadmap.db'}", folder / "app.log")
    app.start()
    try:
        yield app
    finally:
        app.kill()


@contextmanager
def books(app: Served) -> Iterator[tuple[Store, str]]:
    """What the app has stored, and about whom."""
    store = Store(app.database)
    try:
        yield store, store.person()
    finally:
        store.close()


class Tabs:
    """One person's browser. Leaving it, no tab may have complained, asked anything of another host, or opened a box."""

    def __init__(self, browser: Browser, app: Served, **options: Any) -> None:
        self.app = app
        self.context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.context.on("request", self._on_request)
        self.context.on("console", self._on_console)
        self.context.on("dialog", self._on_dialog)
        self.context.on("weberror", self._on_error)

    def __enter__(self) -> Tabs:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self.context.close()
        if failed is None:
            assert not self.complaints, "\n".join(self.complaints)

    def open(self, name: str = "skills") -> Page:
        """A new tab on a page of the app, by its address."""
        page = self.context.new_page()
        page.goto(self.app.url if name == "skills" else f"{self.app.url}/{name}")
        title = name.partition("?")[0].capitalize()
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        settled(page)
        return page

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "file") and address.hostname != "127.0.0.1":
            self.complaints.append(f"asked {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location["url"].endswith(PROBES):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _on_dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"a box opened: {dialog.message}")
        dialog.dismiss()

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(str(error.error))


def go(page: Page, name: str) -> None:
    """Choose a page in the menu, which on a narrow screen has to be opened first."""
    link = page.get_by_role("link", name=name)
    if not link.is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    link.click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    settled(page)


def focused(page: Page) -> str:
    """The words of what has the keyboard's focus, wherever it is nested; empty where nothing has it."""
    return str(page.evaluate(FOCUSED))


def tab_to(target: Locator, *, most: int = 60) -> None:
    """Press Tab until this has the focus, as a person without a mouse does."""
    expect(target).to_be_visible()
    for _ in range(most):
        if target.evaluate("element => element.getRootNode().activeElement === element"):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab did not reach it, but {focused(target.page)!r}")


def skill(page: Page, words: str) -> Locator:
    """The checkbox of a skill by how its words begin."""
    return page.get_by_role("checkbox", name=words)


def stored(page: Page) -> None:
    """Wait until no tick or grade is still being saved."""
    expect(page.get_by_text("Saving", exact=True)).to_have_count(0)
    settled(page)


def download(page: Page, label: str, folder: Path) -> Path:
    """Click a download button; the file as it arrives."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=label).first.click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def drop(page: Page, *files: Path | dict[str, Any]) -> None:
    """Drop files onto the uploader of this page."""
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(list(files))
    settled(page)
