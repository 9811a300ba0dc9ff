"""What pages share: Markdown as HTML, words as typed, whose day it is, the inks, and the headers of every answer."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import escape, unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import Served
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest
from visit import catalog

from roadmap import ui
from roadmap.store import Settings
from roadmap.ui import middleware
from roadmap.ui.prose import html


@pytest.fixture(scope="module")
def parts() -> ModuleType:
    return _loaded("parts")


@pytest.fixture(scope="module")
def flashcards() -> ModuleType:
    return _loaded("flashcards")


def _loaded(name: str) -> ModuleType:
    """A module that declares a component, which only a running app may import first."""
    assert not AppTest.from_string(f"from roadmap.ui import {name}", default_timeout=60).run().exception
    return __import__(f"roadmap.ui.{name}", fromlist=[name])


def shown(page: str) -> str:
    """The text that a browser shows of some HTML."""
    return unescape(re.sub(r"<[^>]*>", "", page))


# Markdown of the dataset


def test_typescript_is_inked_and_reads_as_written() -> None:
    code = '@Get(":id")\nasync find(id: string): Promise<User<"a">> { // by id & more\n  return 1;\n}\n'
    page = html(f"```ts run\n{code}```")
    assert shown(page) == code + "\n"
    for ink, text in (("k", "@Get"), ("k", "async"), ("k", "return"), ("s", '":id"'), ("c", "// by id"), ("n", "1")):
        assert re.search(rf"<span class='{ink}'>{re.escape(escape(text))}", page), (ink, text)
    assert "<User" not in page


def test_output_is_told_apart_from_code() -> None:
    assert "<pre class='output'" in html("```text output\n1\n```")
    assert "<pre tabindex" in html("```ts\n1\n```")


def test_code_that_scrolls_can_be_reached_by_the_keyboard() -> None:
    assert html("```ts\n1\n```").count("tabindex='0'") == 1


@pytest.mark.parametrize("language", ["", "no-such-language", "<b>", "ts\u00a0x"])
def test_code_of_an_unknown_language_is_shown_as_it_is(language: str) -> None:
    assert shown(html(f"```{language}\nif (a < b && c) {{}}\n```")).strip() == "if (a < b && c) {}"


@pytest.mark.parametrize(
    "markdown",
    [
        "before\n\n<!-- ts:setup\nsecret\n-->\n\nafter",
        "before\n\n<!--ts:setup stub\nsecret\n-->\n\nafter",
        "before\n\n```ts\n1\n```\n\n<!-- ts:setup\nsecret\n-->",
        "<!-- ts:setup\nsecret\n-->\n\nbefore\n\n<!-- ts:setup\nsecret\n-->\n\nafter",
    ],
)
def test_what_is_hidden_for_the_checker_stays_hidden(markdown: str) -> None:
    page = html(markdown)
    assert "secret" not in page
    assert "setup" not in page
    assert "before" in page
    assert ("after" in page) == ("after" in markdown)


@pytest.mark.parametrize(
    "raw", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- note -->", "a <b>bold</b> move"]
)
def test_raw_html_is_shown_as_text(raw: str) -> None:
    assert escape(raw) in html(raw).replace("&#x27;", "'")
    assert shown(html(raw)).strip() == raw


@pytest.mark.parametrize("link", ["javascript:alert(1)", "vbscript:x", "data:text/html,<script>alert(1)</script>"])
def test_a_link_that_would_run_is_no_link(link: str) -> None:
    assert "href" not in html(f"[here]({link})")


def test_tables_are_tables() -> None:
    assert "<td>2</td>" in html("| a | b |\n|---|---|\n| 1 | 2 |")


@settings(deadline=None)
@given(st.text())
@example("```ts\n")
@example("<!-- ts:setup")
def test_any_markdown_becomes_html_that_runs_nothing(markdown: str) -> None:
    tags = {tag.lower() for tag in re.findall(r"<\s*/?\s*([a-zA-Z][\w-]*)", html(markdown))}
    assert not tags & {"script", "img", "iframe", "style", "form", "input", "svg", "object"} or "![" in markdown
    assert not re.search(r"<[^>]*\son\w+\s*=", html(markdown))


def test_no_card_shows_what_is_hidden_or_leaves_markup_unread() -> None:
    for card in catalog().cards:
        for part in (card.front, card.answer, card.proof, card.why, card.trap):
            page = html(part)
            assert "ts:setup" not in page, card.id
            assert "```" not in page, card.id


# A person's words in a place that reads Markdown

HOSTILE = [
    "**bold** _it_ `code` ~~no~~",
    "[a](http://b.example) ![](http://tracker.example/x.png)",
    "https://example.org www.example.org a@b.example",
    "# not a heading",
    "1. not a list",
    "- not a list",
    "> not a quote",
    "| a | b |",
    "<script>alert(1)</script> <b>",
    ":red[x] :material/home: :smile: $x^2$",
    "a -> b <- c => d",
    "&lt; &amp;",
    "back\\slash",
    "---",
]


def as_read(markdown: str) -> str:
    text = ""
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown):
        assert token.type in ("paragraph_open", "paragraph_close", "inline"), (token.type, markdown)
        for part in token.children or []:
            assert part.type in ("text", "text_special"), (part.type, markdown)
            text += part.content
    return text.replace("\u2060", "")


@pytest.mark.parametrize("words", HOSTILE)
def test_words_appear_as_typed(words: str, parts: ModuleType) -> None:
    assert as_read(parts.typed(words)) == words


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_typed_is_left_for_streamlits_own_markup(words: str, parts: ModuleType) -> None:
    escaped = parts.typed(words)
    for mark in ":$[]<>":
        assert not re.search(rf"(?<!\\){re.escape(mark)}", escaped)
    assert not re.search(r"https?\\?://|www\\?\.|@\w", escaped)


@settings(deadline=None)
@given(words=st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="\u2060") | st.just(" ")))
def test_any_words_appear_as_typed_in_one_line(parts: ModuleType, words: str) -> None:
    assert as_read(parts.typed(words)) == " ".join(words.split())


def test_a_click_that_takes_a_selection_back_picks_nothing(parts: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for state, picked in (
        ({}, None),
        ({"chart": None}, None),
        ({"chart": {"selection": {"points": []}}}, None),
        ({"chart": {"selection": {"points": [{"x": 1}]}}}, None),
        ({"chart": {"selection": {"points": [{"customdata": ["Core", "mid"]}]}}}, ["Core", "mid"]),
    ):
        monkeypatch.setattr(parts.st, "session_state", state)
        assert parts.picked("chart") == picked


# Whose day it is


class Browser:
    """The browser's side of a session, as far as time zones go."""

    def __init__(self, zone: str | None) -> None:
        self.timezone = zone


@pytest.fixture
def browsing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    yield lambda zone: monkeypatch.setattr(ui.st, "context", Browser(zone))


@pytest.mark.parametrize(
    ("chosen", "browsers", "expected"),
    [
        ("Asia/Tokyo", "Europe/Paris", "Asia/Tokyo"),
        (None, "Europe/Paris", "Europe/Paris"),
        (None, None, "UTC"),
        ("", "", "UTC"),
        ("Mars/Base", "Europe/Paris", "Europe/Paris"),
        ("Mars/Base", "Mars/Base", "UTC"),
        ("Europe", None, "UTC"),
        ("../../etc/passwd", "/etc/localtime", "UTC"),
        ("x" * 5000, "a\0b", "UTC"),
    ],
)
def test_the_zone_is_the_persons_else_the_browsers_else_utc(
    chosen: str | None, browsers: str | None, expected: str, browsing: Any
) -> None:
    browsing(browsers)
    assert ui.zone(Settings(time_zone=chosen)).key == expected


@pytest.mark.parametrize(
    ("zone", "at", "today"),
    [
        ("UTC", "2026-11-22T00:00:00", date(2026, 11, 22)),
        ("UTC", "2026-11-21T23:59:59", date(2026, 11, 21)),
        ("Pacific/Kiritimati", "2026-11-22T10:00:00", date(2026, 11, 23)),
        ("Pacific/Kiritimati", "2026-11-22T09:59:59", date(2026, 11, 22)),
        ("America/Los_Angeles", "2026-11-22T07:59:59", date(2026, 11, 21)),
        ("America/Havana", "2026-03-08T05:00:00", date(2026, 3, 8)),  # the clocks leap over this midnight
        ("America/Havana", "2026-03-08T04:59:59", date(2026, 3, 7)),
    ],
)
def test_a_day_begins_and_ends_at_the_persons_midnight(
    zone: str, at: str, today: date, browsing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browsing(None)
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    monkeypatch.setattr(ui, "now", lambda: moment)
    day = ui.day(Settings(time_zone=zone, daily_budget=7, new_limit=3))
    assert (day.today, day.budget, day.new_limit) == (today, 7, 3)
    assert day.of(moment) == today
    begun = day.start
    assert begun <= moment < begun + timedelta(days=1, hours=1)
    assert day.of(begun) == today
    assert day.of(begun - timedelta(seconds=1)) < today


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "1 day"),
        (2, "2 days"),
        (30, "30 days"),
        (31, "1.0 months"),
        (61, "2.0 months"),
        (364, "12.0 months"),
        (365, "1 year"),
    ],
)
def test_an_interval_is_a_few_words(days: int, words: str, flashcards: ModuleType) -> None:
    assert flashcards._in_days(days) == words


# The headers


def test_the_policy_lets_no_injected_script_run() -> None:
    policy = dict(part.split(" ", 1) for part in middleware._policy().split("; "))
    assert "unsafe" not in policy["script-src"]
    assert policy["script-src"].startswith("'self' 'sha256-")
    assert "data:" not in policy["script-src"]
    assert (policy["default-src"], policy["connect-src"]) == ("'self'", "'self'")
    assert (policy["object-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
    assert (policy["base-uri"], policy["form-action"]) == ("'self'", "'self'")
    assert "http" not in middleware._policy().replace("'self'", "")


def test_every_answer_carries_the_headers(served: Served) -> None:
    page = _answer(f"{served.url}/")
    script = re.search(rb'src="\./(static/js/[^"]+\.js)"', page[2])
    assert script
    for path in (
        "/",
        "/team",
        "/drill?skill=x",
        "/_stcore/health",
        "/_stcore/host-config",
        f"/{script[1].decode()}",
        "/media/none",
    ):
        status, found, _ = _answer(f"{served.url}{path}")
        assert found["content-security-policy"] == middleware._policy(), (path, status)
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "same-origin"
        assert found["x-frame-options"] == "DENY"
        assert found.get_all("content-security-policy") == [middleware._policy()]


def _answer(url: str) -> tuple[int, Any, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:  # a refusal is an answer too
        return refused.code, refused.headers, refused.read()


def test_the_style_and_the_icon_are_where_the_app_looks_for_them() -> None:
    assert ui.STYLE.read_text("utf-8")
    assert ui.ICON.read_bytes().startswith(b"\x89PNG")
    assert all(Path(ui.page(name)).is_file() for name in ("skills", "drill", "progress"))
