"""A report leaves the app in four formats with every word as typed, and comes back, or is refused in one sentence."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from string import punctuation
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from miniature import by_counts, report
from playwright.sync_api import Browser, Page

from roadmap import export
from roadmap import report as reports
from roadmap.evidence import Event
from roadmap.export import Refused
from roadmap.practice import Calibration, Tally
from roadmap.report import Drilled, Note, Report, ReportedObjective
from roadmap.report.team import Member

SENIOR = by_counts(4, 5, 4, 2, 1)
TYPED = [
    "<script>alert('x')</script>",
    "</script><img src=x onerror=alert(1)>",
    "Tom & Jerry &amp; co",
    '"quoted" \\ back\\slash',
    "**bold** _it_ `code` [a](http://b.c) ![i](j) # h",
    "| a | b | ~~no~~ <http://x.y> 1. x - y + z",
    "=HYPERLINK(\"http://x\";\"y\")",
    "+1", "-2", "@cmd", "＝1",
    "שלום Ada",
    "\u202eright to left",
    "👩🏽‍💻 Zoë Ω 漢字",
    "{{braces}} {0} %s $x$ :smile:",
]  # fmt: skip
"""What people, spreadsheets and attackers type."""


def full(**said: Any) -> Report:
    """A report with everything in it."""
    first = report(by_counts(4, 4, 0, 0, 0), id="00000000-0000-4000-8000-000000000001", as_of=date(2026, 5, 1))
    facts: dict[str, Any] = {
        "id": "11111111-3333-4333-8444-555555555555",
        "message": "A quarter of observability.\n\n  Next: boundaries.",
        "notes": {
            "junior.skill-1": Note(text="Merged.\nTwice.", link="https://example.org/pull/1?a=b&c=d"),
            "beyond.skill-4": Note(text="Not needed in this job."),
        },
        "drilled": Drilled(cards=84, recalls=312, days=1),
        "previous": first,
        "target": "beyond",
    }
    return report(SENIOR, **{**facts, **said})


def checked(**said: Any) -> Report:
    """A report with everything in it and with what was checked: Mid for certain, likely Senior, doubts above."""
    events = [
        Event(date(2026, 11, 20), f"q{stage}{number}{again}", "quiz", right, (f"{stage}.skill-{number}",))
        for stage, right in (("junior", True), ("mid", True), ("senior", False))
        for number in (1, 2, 3, 4)
        for again in (1, 2)
    ]
    events.append(Event(date(2026, 11, 1), "dp-design", "open", True, ("senior.skill-1",)))
    events += [Event(date(2026, 11, 2), f"c{number}", "recall", True, ("junior.skill-1",)) for number in (1, 2, 3)]
    objectives = (
        ReportedObjective(
            id="1",
            text="Lead the <outbox> migration",
            skill="senior.skill-5",
            due=date(2027, 3, 1),
            by="Marta",
            given=date(2026, 8, 20),
            state="accepted",
            words="Started.",
        ),
        ReportedObjective(
            id="2", text="Pair on tests", skill=None, due=None, by="Jo", given=date(2026, 8, 20), state="done"
        ),
    )
    calibration = (
        Calibration(
            category="Core",
            guess=Tally(asked=4, right=1),
            think=Tally(asked=9, right=6),
            sure=Tally(asked=22, right=15),
        ),
        Calibration(category="Testing", sure=Tally(asked=4, right=4)),
    )
    return full(**{"events": events, "objectives": objectives, "calibration": calibration, **said})


class Text(HTMLParser):
    """What a browser shows of a page, and the elements that it makes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] not in ("script", "style"):
            self.shown.append(data)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def by_markdown(data: bytes) -> list[str]:
    """The text of every block that a GitHub-like viewer shows; nothing typed becomes a picture or an element."""
    blocks = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(data.decode()):
        parts = token.children or []
        assert not {part.type for part in parts} & {"html_inline", "image", "em_open", "s_open"}
        assert token.type != "html_block"
        blocks.append("".join("\n" if "break" in part.type else part.content for part in parts))
    return [block for block in blocks if block]


# Words as typed


@pytest.mark.parametrize("typed", TYPED)
def test_words_appear_as_typed_in_json(typed: str) -> None:
    content = json.loads(export.to_json(full(name=typed, role=typed, message=typed)))
    assert (content["name"], content["role"], content["message"]) == (typed, typed, typed)


@pytest.mark.parametrize("typed", TYPED)
def test_words_appear_as_typed_in_html(typed: str) -> None:
    notes = {"junior.skill-1": Note(text=typed, link="https://example.org")}
    page = Text(export.to_html(full(name=typed, role=typed, message=typed, notes=notes)))
    assert page.shown.count(typed) == len(["name", "role", "message", "note"])
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in Text(export.to_html(full())).tags}


@pytest.mark.parametrize("typed", TYPED)
def test_words_appear_as_typed_in_csv_and_no_cell_is_a_formula(typed: str) -> None:
    made = full(name=typed, role=typed)
    for data in (export.to_csv(made), export.team_csv([Member.of(made)])):
        for row in rows(data):
            assert row["name"].removeprefix("'") == typed.removeprefix("'")
            assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in row.values())


@pytest.mark.parametrize("typed", TYPED)
def test_words_appear_as_typed_in_markdown(typed: str) -> None:
    notes = {"junior.skill-1": Note(text=typed)}
    lines = by_markdown(export.to_markdown(full(name=typed, role=typed, message=typed, notes=notes)))
    assert sum(" ".join(typed.split()) in line for line in lines) == len(["name", "role", "message", "note"])


@given(st.text(st.sampled_from("ab 1)." + punctuation), min_size=1, max_size=20))
@example("1. one")
@example("1234567. one")
@example("--- - + *")
@example("&lt; &#60; a.b c:d")
@settings(deadline=None)
def test_any_punctuation_is_only_punctuation_in_markdown(typed: str) -> None:
    shown = by_markdown(export.to_markdown(full(name=typed, message=typed)))
    words = " ".join(typed.split())
    assert not words or shown.count(words) == len(["name", "message"])


# What was checked


def test_what_is_shown_stands_beside_what_is_claimed_in_every_format() -> None:
    page = " ".join(Text(export.to_html(checked())).shown)
    shown = (
        "Knowledge shown: at least Mid, likely Mid (80 % range Junior to Mid). 25 checked answers, newest 2 days ago."
    )
    for told in (page, "\n".join(by_markdown(export.to_markdown(checked())))):
        assert "Claims Senior" in told
        assert shown in told
        assert "checked by nobody yet" not in told
    row = rows(export.to_csv(checked()))[0]
    assert (row["claimed level"], row["shown level"], row["status"]) == ("Senior", "Mid", "not supported")
    assert (row["state"], row["checked answers"], row["newest answer"]) == ("confirmed", "2", "2026-11-20")
    team = rows(export.team_csv([Member.of(checked())]))[0]
    assert (team["shown level"], team["checked answers"]) == ("Mid", "25")


def test_a_category_with_fewer_than_three_answers_says_so_and_no_share_is_printed() -> None:
    answers = (1, 2, 3)
    events = [Event(date(2026, 11, 20), f"q{n}", "quiz", True, ("junior.skill-1",)) for n in answers]
    events.append(Event(date(2026, 11, 20), "q9", "quiz", True, ("junior.skill-2",)))
    table = export.to_markdown(checked(events=events)).decode().split("## What was checked")[1].split("\n## ")[0]
    assert "3, newest 20 Nov 2026 |" in re.search(r"\| Core .*", table)[0]
    assert "| 1, too few answers |" in re.search(r"\| Data & ORM .*", table)[0]
    assert "| none, too few answers |" in re.search(r"\| Testing .*", table)[0]
    assert "%" not in table


def test_the_parts_stand_in_the_order_in_which_they_are_to_be_read() -> None:
    titles = re.findall(r"^## (.*)", export.to_markdown(checked()).decode(), re.MULTILINE)
    order = [
        "Three questions for the one-to-one",
        "What was checked, up to Beyond",
        "What blocks Architect",
        "Claimed, not supported",
        "Open below the level",
        "Since the report of 1 May 2026",
        "Objectives, and what became of them",
        "How sure, and how right",
        "About this report",
        "What its author adds",
        "Appendix: the answers that count",
    ]
    assert [title for title in titles if title in order] == order


def test_what_closes_a_gap_what_became_of_objectives_and_how_sure_are_told_in_words() -> None:
    told = " ".join(Text(export.to_html(checked())).shown)
    for words in (
        "Lead the <outbox> migration",
        "accepted, due 1 March 2027",
        "By Marta, 20 August 2026. About “Do senior thing number 5.”",
        "In Core surer than right: 15 of 22 right when sure.",
        "In Testing: too few sure answers to say, 4 so far.",
        "Not supported: 2 checked answers, newest 20 November 2026.",
        "Checked answers do not support the tick at “Do senior thing number 1”.",
    ):
        assert words in told
    closing = export.to_html(checked(target="mid", held={"junior.skill-1": date(2026, 1, 5)})).decode()
    assert "To close it: drill 1 card." in closing


def test_the_appendix_lists_every_checked_answer_and_recalls_only_by_skill() -> None:
    made = checked()
    table = export.to_markdown(made).decode().split("## Appendix")[1]
    assert table.count("| question |") == 24
    assert "| Do senior thing number 1. | 1 Nov 2026 | scored work | right | 0\\.89 |" in table
    assert table.count("| recalls, 3 | passed |") == 1


def test_a_page_with_every_answer_that_can_count_is_still_small() -> None:
    every = [
        Event(date(2026, 11, 20), f"{skill}{kind}{n}", kind, True, (skill,))
        for skill in full().catalog.skills
        for kind in ("quiz", "open", "recall")
        for n in range(3)
    ]
    assert len(export.to_html(checked(events=every))) < 300_000


# HTML


def test_the_page_carries_the_report_and_gives_it_back() -> None:
    assert export.read("a.html", export.to_html(full())) == full()
    assert export.read("a.html", export.to_html(checked())) == checked()


def test_the_page_needs_nothing_from_outside_and_runs_nothing() -> None:
    page = Text(export.to_html(full()))
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert [attrs for tag, attrs in page.tags if tag == "script"] == [
        {"type": "application/json", "id": "roadmap-report"}
    ]
    assert not [attrs for tag, attrs in page.tags if tag in ("link", "iframe", "form", "img") or "src" in attrs]
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]


def test_the_page_is_small() -> None:
    assert len(export.to_html(full())) < 300_000


def test_headings_go_down_one_level_at_a_time_wherever_the_report_stands() -> None:
    for top in (1, 2, 3):
        levels = [
            int(tag[1])
            for tag, _ in Text(export.body(full(), top=top).encode()).tags
            if tag[0] == "h" and tag[1:].isdigit()
        ]
        assert levels[0] == top
        assert levels.count(top) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_style_touches_nothing_outside_the_report() -> None:
    rules = export.REPORT_STYLE.replace("@media print{", "").replace("@container (max-width:559px){", "")
    selectors = [rule.split("{")[0].strip() for rule in rules.split("}") if "{" in rule]
    assert selectors
    assert all(selector.startswith(".report") for selector in selectors)


def test_in_the_app_the_drawings_are_images_since_its_sanitizer_drops_svg() -> None:
    page = Text(export.body(full()).encode())
    images = [attrs for tag, attrs in page.tags if tag == "img"]
    assert len(images) == 6
    assert all(attrs["alt"] for attrs in images)
    assert not any(tag == "svg" for tag, _ in page.tags)


def test_two_reports_on_one_page_share_no_id() -> None:
    other = full(id="22222222-2222-4333-8444-555555555555")
    page = Text((export.body(full(), draw=lambda svg, _: svg) + export.body(other, draw=lambda svg, _: svg)).encode())
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.fixture(scope="module")
def pages(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, str], Page]:
    """The exported file, opened from disk without a network, at both widths and in both schemes."""
    file = tmp_path_factory.mktemp("export") / "report.html"
    file.write_bytes(export.to_html(checked(name="</title><b>Ada</b> שלום")))
    opened = {}
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
            opened[width, scheme] = context.new_page()
            opened[width, scheme].goto(file.as_uri())
    return opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_opens_offline_fits_and_is_accessible(
    pages: dict[tuple[int, str], Page], width: int, scheme: str
) -> None:
    page = pages[width, scheme]
    assert page.get_by_role("heading", level=1).inner_text() == "</title><b>Ada</b> שלום"
    assert page.title().startswith("</title><b>Ada</b> שלום")
    assert page.get_by_role("img", name="Claimed level: Senior").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []


# The other formats


def test_the_table_has_a_row_for_every_skill_and_goal() -> None:
    table = rows(export.to_csv(full()))
    assert len(table) == 24 + 10
    assert table[0] == {
        "name": "Ada",
        "role": "Backend engineer",
        "as of": "2026-11-22",
        "claimed level": "Senior",
        "shown level": "",
        "status": "not enough evidence",
        "roadmap version": "1",
        "stage": "Junior",
        "kind": "skill",
        "id": "junior.skill-1",
        "text": "Do junior thing number 1.",
        "categories": "Core",
        "ticked": "yes",
        "since": "2026-01-05",
        "state": "claimed",
        "checked answers": "0",
        "newest answer": "",
        "to close it": "",
        "note": "Merged.\nTwice.",
        "link": "https://example.org/pull/1?a=b&c=d",
    }


def test_the_team_table_lists_people_by_name_and_counts_in_words() -> None:
    people = [report(by_counts(5, 5, 5, 5, 4), name="zoe", person="zoe"), report(by_counts(5, 2, 0, 0, 1), name="Ada")]
    table = rows(export.team_csv([Member.of(one) for one in people]))
    assert [row["name"] for row in table] == ["Ada", "zoe"]
    assert (table[0]["claimed level"], table[0]["toward the next"], table[0]["Mid"]) == (
        "Junior",
        "2 of 4 toward Mid",
        "2 of 5",
    )


def test_markdown_tells_the_same_story() -> None:
    shown = "\n".join(by_markdown(export.to_markdown(full())))
    for words in (
        "Claims Senior.",
        "A quarter of observability.",
        "Next: boundaries.",
        "84 cards recalled 312 times on 1 day.",
    ):
        assert words in shown
    assert "- [x] Do junior thing number 1. (since 5 January 2026)" in export.to_markdown(full()).decode()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Lovelace", "roadmap-report-ada-lovelace-2026-11-22.json"),
        ("Zoë O'Neil", "roadmap-report-zoe-o-neil-2026-11-22.json"),
        ("../../etc/passwd", "roadmap-report-etc-passwd-2026-11-22.json"),
        ("CON", "roadmap-report-con-2026-11-22.json"),
        ("שלום", "roadmap-report-11111111-2026-11-22.json"),
        ("x" * 120, f"roadmap-report-{'x' * 60}-2026-11-22.json"),
    ],
)
def test_a_file_is_named_safely_for_its_owner_and_its_day(name: str, expected: str) -> None:
    assert export.filename(report(name=name), "json") == expected


# And back


@given(st.sets(st.sampled_from(sorted(report().lines))), st.text(max_size=60), st.text(max_size=200))
@settings(max_examples=50, deadline=None)
def test_whatever_is_exported_comes_back_the_same(ticks: set[str], name: str, message: str) -> None:
    made = report(ticks, name=name, message=message)
    assert export.read("a.json", export.to_json(made)) == made
    assert export.read("a.html", export.to_html(made)) == made
    assert export.to_json(export.read("a.html", export.to_html(made))) == export.to_json(made)


def resealed(**changes: Any) -> bytes:
    """A report that someone edited and sealed again: the shape must refuse what the checksum cannot."""
    content = {**reports.payload(full()), **changes}
    return json.dumps({**content, "checksum": reports.checksum(content)}).encode()


MILLION = {"level": "junior", "ticked": 0, "needed": 4, "debts": [], "ahead": ["a"] * 1_000_000}
MANY = {"category": "Core", "held": [], "missing": ["a"] * 900_000}


JSON = export.to_json(full())
HTML = export.to_html(full())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b" " * (5 * 1024 * 1024 + 1), "larger than 5 MB", id="large"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\xff\xfe{}", "not UTF-8", id="not UTF-8"),
        pytest.param("Zoë {".encode("latin-1"), "not UTF-8", id="Latin-1"),
        pytest.param(b'{\n "schema": 1,,\n', "line 2, column 14", id="broken"),
        pytest.param(JSON[:-200], "breaks off at line", id="cut off"),
        pytest.param(b"[" * 200_000, "nested", id="nested lists"),
        pytest.param(b'{"a":' * 200_000, "nested", id="nested objects"),
        pytest.param(b'{"schema": ' + b"9" * 10_000 + b"}", "numbered", id="endless number"),
        pytest.param(b'{"schema": 1, "schema": 1}', "twice", id="said twice"),
        pytest.param(b'{"schema": NaN}', "NaN", id="not a number"),
        pytest.param(b'{"schema": -Infinity}', "-Infinity", id="infinity"),
        pytest.param(b'{"schema": 1, "checksum": "", "a": 1e999}', "text or numbers", id="infinity in disguise"),
        pytest.param(b"[1, 2]", "a list", id="list"),
        pytest.param(b'{"level": "mid"}', "not a roadmap report", id="other JSON"),
        pytest.param(b'{"schema": true, "checksum": ""}', "not a roadmap report", id="schema is no number"),
        pytest.param(resealed(schema=7), "schema 7, this one reads 2", id="newer"),
        pytest.param(resealed(schema=0), "not shaped like a report", id="older than the first"),
        pytest.param(JSON.replace(b'"name": "Ada"', b'"name": "Eve"'), "changed or damaged", id="edited"),
        pytest.param(HTML.replace(b'"name":"Ada"', b'"name":"Eve"'), "changed or damaged", id="edited page"),
        pytest.param(resealed(name=5), "name", id="wrong type"),
        pytest.param(resealed(name="x" * 121), "name", id="long name"),
        pytest.param(resealed(later=1), "later", id="unknown field"),
        pytest.param(resealed(as_of="2026-11-22T00:00:00"), "as_of", id="time of day"),
        pytest.param(resealed(name="a\nb"), "never holds", id="control character"),
        pytest.param(JSON.replace(b'"name": "Ada"', b'"name": "\\ud800"'), "text or numbers", id="half a character"),
        pytest.param(resealed(claimed=MILLION), "does not follow", id="a million ticks"),
        pytest.param(resealed(gaps=[MANY]), "at most 5000", id="long list"),
        pytest.param(b"<!doctype html><title>News</title>", "without a report's data", id="web page"),
        pytest.param(HTML.replace(b"roadmap-report", b"x"), "without a report's data", id="page without data"),
        pytest.param(b'<script id="roadmap-report">', "breaks off", id="page with empty data"),
        pytest.param(b"PK\x03\x04 and more", "zip", id="zip"),
        pytest.param(b"%PDF-1.7 and more", "PDF", id="PDF"),
        pytest.param(export.to_csv(full()), "neither the JSON nor the HTML", id="CSV"),
        pytest.param(export.to_markdown(full()), "neither the JSON nor the HTML", id="Markdown"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_report_is_refused_by_name_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        export.read("ada.json", data)
    sentence = str(refused.value)
    assert reason in sentence
    assert sentence.startswith("ada.json was not opened: ")
    assert sentence.endswith(".")
    assert len(sentence) < 300
    assert "\n" not in sentence


def test_a_byte_order_mark_or_spaces_before_the_report_do_no_harm() -> None:
    assert export.read("a", b"\xef\xbb\xbf\n  " + JSON) == full()


def test_a_page_that_a_browser_saved_again_is_still_read() -> None:
    again = HTML.replace(
        b'<script type="application/json" id="roadmap-report">', b"<SCRIPT id='roadmap-report'\ntype=application/json>"
    )
    assert again != HTML
    assert export.read("a", again) == full()


@given(st.binary(max_size=400))
@example(b"<script id=roadmap-report>{}</script>")
@example(b"{}")
def test_any_bytes_are_a_report_or_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        export.read("x", data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda of: st.lists(of) | st.dictionaries(st.text(), of),
    )
)
def test_any_json_is_refused(content: Any) -> None:
    with pytest.raises(Refused):
        export.read("x", json.dumps(content).encode())


FIELDS = sorted(reports.payload(full()))


@given(
    st.sampled_from(FIELDS),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda of: st.lists(of, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), of, max_size=3),
    ),
)
@settings(deadline=None)
def test_a_sealed_report_with_any_field_replaced_is_a_report_or_refused(field: str, value: Any) -> None:
    try:
        assert isinstance(export.read("x", resealed(**{field: value})), Report)
    except Refused as refused:
        assert "\n" not in str(refused)


@given(st.sampled_from([JSON, HTML]), st.data())
@settings(deadline=None)
def test_a_mutated_export_is_the_same_report_or_refused(exported: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(exported) - 1))
    put, cut = data.draw(st.binary(max_size=8)), data.draw(st.integers(0, 8))
    try:
        assert export.read("x", exported[:at] + put + exported[at + cut :]) == full()
    except Refused as refused:
        assert refused.name == "x"


@pytest.mark.parametrize(
    "hostile",
    [
        b"<script " * 600_000,
        b'<script id="x">' * 300_000,
        b"<script roadmap-report>" * 200_000,
        b"<!--" * 1_200_000,
        b"<" * 5_000_000,
        b"<a " + b"b=c " * 1_200_000,
        b"{" * 5_000_000,
        b'{"a":"' + b"\\" * 5_000_000,
    ],
    ids=lambda data: data[:12].decode(),
)
def test_five_hostile_megabytes_are_refused_at_once(hostile: bytes) -> None:
    start = time.perf_counter()
    with pytest.raises(Refused):
        export.read("x", hostile)
    assert time.perf_counter() - start < 3
