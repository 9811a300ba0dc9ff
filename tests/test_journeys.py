"""What people do with the dashboard from end to end: a real browser, the real server, the real roadmap."""

from __future__ import annotations

import re
import signal
import socket
import time
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Served
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, Response, expect
from pypdf import PdfReader
from tab import Tabs, books, download, drop, focused, go, running, settled, skill, stored, tab_to
from visit import PAGES, catalog, skills

from roadmap import bench, export, report
from roadmap.facts import Confidence, Grade, Recall
from roadmap.levels import held
from roadmap.recall import graded

JUNIOR = [one.text for one in catalog().stages[0].skills]
NARROW = {"viewport": {"width": 390, "height": 844}}
HOSTILE = (
    "<img src=x onerror='window.__pwned=1'><script>window.__pwned=1</script>",
    "**Bold** _it_ `code` [link](javascript:alert(1)) ![](http://tracker.example/x.png) :red[red] $x^2$ # 1",
    '=HYPERLINK("http://tracker.example")',
    "שלום \u202eעולם\u202c 🦊👩🏽‍💻 Zoë",
    "</script><iframe srcdoc='<script>parent.__pwned=1</script>'></iframe>",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with running(tmp_path_factory.mktemp("journeys")) as started:
        yield started


@pytest.fixture
def tabs(app: Served, browser: Browser) -> Iterator[Tabs]:
    """The browser of somebody of whom nothing is known yet."""
    with books(app) as (store, who):
        store.erase(who)
    with Tabs(browser, app) as opened:
        yield opened


def ticked(app: Served) -> set[str]:
    with books(app) as (store, who):
        return set(held(store.ticks(who)))


def recalled(app: Served) -> list[str]:
    with books(app) as (store, who):
        return [recall.card for recall in store.recalls(who)]


def answered(app: Served) -> list[str]:
    with books(app) as (store, who):
        return [answer.question for answer in store.answers(who)]


def tick(app: Served, *ids: str) -> None:
    with books(app) as (store, who):
        store.tick(who, dict.fromkeys(ids, True), datetime.now(UTC))


def choose(app: Served, **settings: object) -> None:
    with books(app) as (store, who):
        store.choose(who, settings, datetime.now(UTC))


def reveal(page: Page) -> str:
    """Show the answer of the card by its key; gives the question."""
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()
    question = page.locator(".front").inner_text()
    page.keyboard.press("s")
    expect(page.locator(".back")).to_be_visible()
    return question


def exported(name: str, *, message: str = "", role: str = "Engineer", place: int = 1) -> bytes:
    """The HTML report of somebody else."""
    made = report.make(
        catalog(),
        id=str(uuid.UUID(int=place)),
        as_of=date(2026, 11, 20),
        person=f"person-{place}",
        name=name,
        role=role,
        message=message,
        target="senior",
        held=dict.fromkeys(skills(junior=5), date(2026, 5, 1)),
        notes={},
        drilled=None,
        previous=None,
        show_notes=True,
        show_cards=True,
    )
    return export.to_html(made)


# A new user


def test_the_first_visit_says_in_two_sentences_what_to_do(tabs: Tabs) -> None:
    welcome = tabs.open().get_by_label("Welcome").locator("p")
    assert len(re.findall(r"\.(?:\s|$)", welcome.inner_text())) == 2


def test_ticking_by_keyboard_alone_moves_the_level_and_says_what_blocks_the_next(tabs: Tabs) -> None:
    page = tabs.open()
    for count, words in enumerate(JUNIOR[:4], start=1):
        tab_to(skill(page, words))
        page.keyboard.press("Space")
        expect(page.locator(".toward")).to_have_text(
            f"{count} of 4 toward Junior" if count < 4 else "0 of 4 toward Mid"
        )
        assert focused(page) == words
    expect(page.locator(".level")).to_have_text("Junior")
    expect(page.get_by_role("status").filter(has_text="hold you from Mid")).to_be_visible()


def test_everything_up_to_mid_is_ticked_in_one_step_and_undone_in_one(tabs: Tabs) -> None:
    page = tabs.open()
    page.get_by_role("button", name="Tick everything up to Mid").click()
    expect(page.locator(".level")).to_have_text("Mid")
    page.get_by_role("button", name="Undo 10 ticks").click()
    expect(page.locator(".level")).to_have_text("Starting out")
    stored(page)
    assert ticked(tabs.app) == set()


def test_a_tick_and_a_note_with_its_link_are_there_after_a_reload(tabs: Tabs) -> None:
    page = tabs.open()
    skill(page, JUNIOR[0]).click()
    details = page.get_by_role("button", name=f"Details of: {JUNIOR[0]}")
    details.click()
    page.get_by_label("Your note").fill("The billing module <b>")
    page.get_by_label("Link to evidence").fill("https://example.com/pull/1")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_role("button", name="Undo the last note")).to_be_visible()
    page.reload()
    expect(skill(page, JUNIOR[0])).to_be_checked()
    details.click()
    expect(page.get_by_label("Your note")).to_have_value("The billing module <b>")
    expect(page.get_by_label("Link to evidence")).to_have_value("https://example.com/pull/1")
    expect(page.locator(".toward")).to_have_text("1 of 4 toward Junior")


def test_a_tick_moves_its_gap_on_progress(tabs: Tabs) -> None:
    page = tabs.open()
    skill(page, JUNIOR[2]).click()  # DI & Modules, so that Progress has something to show
    stored(page)
    go(page, "Progress")
    core = page.locator(".st-key-gaps text").filter(has_text=re.compile("^. of 2$"))
    expect(core).to_have_text(["0 of 2"])
    go(page, "Skills")
    skill(page, JUNIOR[0]).click()  # Core
    stored(page)
    go(page, "Progress")
    expect(core).to_have_text(["1 of 2"])


def test_three_cards_are_drilled_by_keys_and_undo_brings_the_last_one_back(tabs: Tabs) -> None:
    page = tabs.open("drill")
    for count, grade in enumerate("324", start=1):
        question = reveal(page)
        page.keyboard.press(grade)
        expect(page.get_by_text(f"{count} of 10 today")).to_be_visible()
    assert len(recalled(tabs.app)) == 3
    page.keyboard.press("u")
    expect(page.get_by_text("2 of 10 today")).to_be_visible()
    expect(page.locator(".front")).to_have_text(question, use_inner_text=True)
    assert len(recalled(tabs.app)) == 2


def test_questions_are_answered_by_keys_to_the_summary_and_the_missed_cards_drilled(tabs: Tabs) -> None:
    page = tabs.open("drill")
    tab_to(page.get_by_role("radio", name="Cards"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator(".options button").first).to_be_visible()
    for count in range(1, 11):
        expect(page.get_by_text("Right answer")).to_have_count(0)
        question = page.locator(".front").inner_text()
        page.keyboard.press("1")
        page.keyboard.press("2")  # a second thought
        page.keyboard.press("jkl"[count % 3])
        expect(page.get_by_text("Right answer")).to_be_visible()
        expect(page.get_by_text("Your answer")).to_be_visible()
        expect(page.get_by_text(f"{count} of 10 answered")).to_be_visible()
        page.keyboard.press("u")  # an answer stands
        page.keyboard.press("n")
        if count < 10:
            expect(page.locator(".front")).not_to_have_text(question, use_inner_text=True)
    expect(page.get_by_role("heading", name="of 10 right")).to_be_visible()
    assert len(answered(tabs.app)) == len({*answered(tabs.app)}) == 10
    page.get_by_role("button", name="Drill the missed cards").press("Enter")
    expect(page.get_by_text("Missed in a question today").first).to_be_visible()
    reveal(page)
    page.keyboard.press("3")
    expect(page.get_by_text(re.compile("^1 of .* today$"))).to_be_visible()
    assert len(recalled(tabs.app)) == 1


def test_an_answer_waits_for_how_sure_the_person_is_and_keeps_what_they_said(tabs: Tabs) -> None:
    page = tabs.open("drill?mode=questions")
    options = page.locator(".options button")
    expect(options.first).to_be_visible()
    page.keyboard.press("l")  # of what?
    page.keyboard.press("1")
    expect(options.nth(0)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("2")
    expect(options.nth(0)).to_have_attribute("aria-pressed", "false")
    expect(options.nth(1)).to_have_attribute("aria-pressed", "true")
    words = options.nth(1).locator("span").first.inner_text()
    assert answered(tabs.app) == []
    page.keyboard.press("k")
    expect(page.get_by_text("You thought so.")).to_be_visible()
    expect(page.locator(".option.yours .words")).to_have_text(words, use_inner_text=True)
    with books(tabs.app) as (store, who):
        assert [answer.confidence for answer in store.answers(who)] == [Confidence.think]


def test_not_asked_how_sure_they_are_a_person_answers_with_one_key(tabs: Tabs) -> None:
    choose(tabs.app, confidence=False)
    page = tabs.open("drill?mode=questions")
    expect(page.locator(".options button").first).to_be_visible()
    expect(page.get_by_role("button", name="Sure")).to_be_hidden()
    page.keyboard.press("2")
    expect(page.get_by_text("Right answer")).to_be_visible()
    page = tabs.open("drill")
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()
    page.keyboard.press("l")
    expect(page.locator(".back")).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator(".back")).to_be_visible()


def test_a_card_is_shown_by_saying_how_sure_one_is_and_the_grade_carries_it(tabs: Tabs) -> None:
    page = tabs.open("drill")
    for count, (key, said) in enumerate((("j", "a guess"), ("l", "sure"), ("s", None)), start=1):
        expect(page.get_by_role("button", name="Show answer")).to_be_visible()
        page.keyboard.press(key)
        expect(page.locator(".back")).to_be_visible()
        expect(page.get_by_text("You said: ")).to_have_text([f"You said: {said}."] if said else [])
        page.keyboard.press("3")
        expect(page.get_by_text(f"{count} of 10 today")).to_be_visible()
    with books(tabs.app) as (store, who):
        said_of = [recall.confidence for recall in store.recalls(who)]
    assert said_of == [Confidence.guess, Confidence.sure, None]


def test_an_answer_given_while_the_server_hangs_is_stored_once_and_shows_no_key_before(tabs: Tabs) -> None:
    page = tabs.open("drill?mode=questions")
    expect(page.locator(".options button").first).to_be_visible()
    tabs.app.process.send_signal(signal.SIGSTOP)
    try:
        page.keyboard.press("1")
        page.keyboard.press("l")
        page.keyboard.press("2")
        page.keyboard.press("j")
        expect(page.get_by_text("Saving", exact=True)).to_be_visible()
        page.wait_for_timeout(2000)  # long enough for the browser to send it twice
        expect(page.get_by_text("Right answer")).to_have_count(0)
    finally:
        tabs.app.process.send_signal(signal.SIGCONT)
    expect(page.get_by_text("Right answer")).to_be_visible()
    stored(page)
    assert len(answered(tabs.app)) == 1


def test_a_report_is_read_offline_without_scripts_and_opened_by_a_manager(
    tabs: Tabs, browser: Browser, tmp_path: Path
) -> None:
    tick(tabs.app, *skills(junior=5, mid=4))
    page = tabs.open("report")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Your name").press("Enter")
    page.get_by_role("button", name="Make report").click()
    expect(page.get_by_text("Your report is made.")).to_be_visible()
    file = download(page, "HTML", tmp_path)

    offline = browser.new_context(java_script_enabled=False, offline=True)
    paper = offline.new_page()
    paper.goto(file.as_uri())
    expect(paper.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(paper.get_by_text("Claims Mid")).to_be_visible()
    offline.close()

    go(page, "Team")
    drop(page, file)
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(page.get_by_text("Claims Mid")).to_be_visible()


def test_a_report_comes_on_paper_and_as_a_spreadsheet_too(tabs: Tabs, tmp_path: Path) -> None:
    tick(tabs.app, *skills(junior=5, mid=4))
    choose(tabs.app, name="Zoë =1+1 #import 漢字")
    page = tabs.open("report")
    page.get_by_role("button", name="Make report").click()
    expect(page.get_by_text("Your report is made.")).to_be_visible()
    paper, book = (download(page, label, tmp_path) for label in ("PDF", "XLSX"))
    assert paper.name.endswith(".pdf")
    assert "Claims Mid" in PdfReader(paper).pages[0].extract_text()
    summary = [row[:2] for row in load_workbook(book)["Summary"].iter_rows(values_only=True)]
    assert ("Name", "Zoë =1+1 #import 漢字") in summary
    assert ("Claimed level", "Mid") in summary


def test_the_whole_loop_works_by_keyboard_on_a_narrow_screen(app: Served, browser: Browser) -> None:
    with books(app) as (store, who):
        store.erase(who)
    with Tabs(browser, app, **NARROW) as tabs:
        page = tabs.open()
        tab_to(skill(page, JUNIOR[0]))
        page.keyboard.press("Space")
        expect(page.locator(".line")).to_contain_text("1 of 4")
        page.get_by_test_id("stExpandSidebarButton").press("Enter")
        page.get_by_role("link", name="Drill").press("Enter")
        tab_to(page.get_by_role("button", name="Show answer"))
        page.keyboard.press("Enter")
        tab_to(page.get_by_role("button", name="Good"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("1 of 10 today")).to_be_visible()
        page.goto(f"{app.url}/report")
        tab_to(page.get_by_label("Your name"))
        page.keyboard.type("Ada")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Make report")).to_be_enabled()
        tab_to(page.get_by_role("button", name="Make report"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("Your report is made.")).to_be_visible()


# Tabs, restarts, quick fingers


def test_a_first_visit_ever_by_a_deep_link_gets_the_menu_and_the_page(served: Served, browser: Browser) -> None:
    with Tabs(browser, served) as tabs:
        page = tabs.open("team")
        expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(len(PAGES))
        expect(page.get_by_text("Ask each engineer for the HTML file")).to_be_visible()
        assert page.title() == "Team · Roadmap"


def test_two_tabs_agree_within_two_seconds(tabs: Tabs, record_property: Any) -> None:
    one, other = tabs.open(), tabs.open()
    taken = []
    for words in JUNIOR[:3]:
        started = time.monotonic()
        skill(one, words).evaluate("box => box.click()")  # at once: Playwright's own click waits for a quiet page
        expect(skill(other, words)).to_be_checked(timeout=3000)
        taken.append(time.monotonic() - started)
    record_property("seconds until two tabs agree", [round(seconds, 2) for seconds in taken])
    assert max(taken) < 2, taken


def test_nothing_confirmed_is_lost_to_a_kill_and_the_first_click_after_it_counts(
    served: Served, browser: Browser
) -> None:
    tabs = Tabs(browser, served)
    page = tabs.open()
    page.get_by_role("button", name=re.compile("^Mid:")).click()
    burst = [*skills(junior=5, mid=3)]
    for id in burst:
        page.locator(f"[id='tick-{id}']").click(no_wait_after=True)
    expect(page.get_by_text("Saving", exact=True)).to_have_count(0)
    served.kill()
    assert ticked(served) == set(burst)

    away = page.locator("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])")
    away.wait_for(state="attached")
    served.start()
    page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for(state="attached", timeout=60_000)
    [first] = skills(mid=4)[3:]
    page.locator(f"[id='tick-{first}']").click(no_wait_after=True)
    stored(page)
    expect(page.locator(f"[id='tick-{first}']")).to_be_checked()
    expect(page.locator(".level")).to_have_text("Mid")
    assert ticked(served) == {*burst, first}
    tabs.context.close()  # a browser complains of a server that is away, so the complaints are not asked for


def test_nothing_moves_from_under_the_pointer_when_the_first_tick_is_stored(tabs: Tabs) -> None:
    page = tabs.open()
    second = skill(page, JUNIOR[1])
    before = second.bounding_box()
    skill(page, JUNIOR[0]).click()
    stored(page)
    assert second.bounding_box() == before
    page.reload()
    expect(page.get_by_label("Welcome")).to_be_hidden()


def test_a_tick_made_while_the_server_hangs_is_shown_as_saving_and_stored_once(tabs: Tabs) -> None:
    page = tabs.open()
    tabs.app.process.send_signal(signal.SIGSTOP)
    try:
        skill(page, JUNIOR[0]).click()
        expect(page.get_by_text("Saving", exact=True)).to_have_count(1)
        page.wait_for_timeout(3500)  # long enough for the browser to send it three times
        expect(page.get_by_text("Saving", exact=True)).to_have_count(1)
    finally:
        tabs.app.process.send_signal(signal.SIGCONT)
    stored(page)
    with books(tabs.app) as (store, who):
        assert [one.skill for one in store.ticks(who)] == list(skills(junior=1))


def test_a_card_is_suspended_by_its_key_and_undone_by_its_key(tabs: Tabs) -> None:
    page = tabs.open("drill")
    front = page.locator(".front")
    expect(front).to_be_visible()
    first = front.inner_text()
    for key, said in (("x", "Suspended: it stays out"), ("b", "Buried until tomorrow.")):
        page.keyboard.press(key)
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
        expect(front).not_to_have_text(first, use_inner_text=True)
        stored(page)
        page.keyboard.press("u")
        expect(front).to_have_text(first, use_inner_text=True)
        stored(page)
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Flagged")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status").filter(has_text="Flagged; Deck finds it. U takes it back.")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Flag")).to_have_attribute("aria-pressed", "false")
    stored(page)
    with books(tabs.app) as (store, who):
        assert not any(store.labels(who).values())


def test_a_card_is_suspended_by_its_button_and_the_focus_goes_on(tabs: Tabs) -> None:
    page = tabs.open("drill")
    tab_to(page.get_by_role("button", name="Suspend"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Show answer")).to_be_focused()
    stored(page)
    with books(tabs.app) as (store, who):
        assert len(store.labels(who)["suspended"]) == 1


def test_a_card_is_found_in_the_deck_read_flagged_and_suspended_by_keyboard(tabs: Tabs) -> None:
    page = tabs.open("drill?mode=deck")
    names = page.locator(".name")
    expect(page.get_by_text(f"{len(catalog().cards)} cards", exact=True)).to_be_visible()
    card = catalog().cards[100]
    tab_to(page.get_by_label("Search cards"))
    page.keyboard.type(card.id)
    expect(names).to_have_count(1)
    tab_to(names)
    page.keyboard.press("Enter")
    expect(page.locator(".inside .back")).to_be_visible()
    expect(names).to_be_focused()
    expect(page.get_by_text("No recall of this card yet.")).to_be_visible()
    for button, then in (("Flag", "Take the flag off"), ("Suspend", "Bring back")):
        tab_to(page.get_by_role("button", name=button, exact=True))
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=then, exact=True)).to_be_focused()
    expect(page.get_by_role("cell", name="Suspended")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Flag", exact=True)).to_be_visible()
    with books(tabs.app) as (store, who):
        assert {label for label, cards in store.labels(who).items() if card.id in cards} == {"suspended"}
    tab_to(page.get_by_label("Search cards"), most=200)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.get_by_label("State").select_option("Suspended")
    expect(page.get_by_text(f"1 of {len(catalog().cards)} cards")).to_be_visible()
    names.press("Enter")
    expect(page.locator(".inside")).to_have_count(0)


def test_the_deck_is_sorted_by_a_column_and_shows_more_on_demand(tabs: Tabs) -> None:
    with books(tabs.app) as (store, who):
        at = datetime.now(UTC)
        for card in catalog().cards[-2:]:
            store.recall(who, Recall(at, card.id, Grade.easy, None, graded(None, Grade.easy, at).dumps(), 1), since=at)
    page = tabs.open("drill?mode=deck")
    rows = page.locator(".name")
    expect(rows).to_have_count(50)
    due = page.get_by_role("columnheader", name="Due")
    due.get_by_role("button").press("Enter")
    expect(due).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("tbody tr").nth(1)).to_contain_text("8 days")
    expect(page.locator("tbody tr").nth(2)).to_contain_text("New")
    page.get_by_role("button", name="Show 50 more").press("Enter")
    expect(rows).to_have_count(100)
    expect(rows.nth(50)).to_be_focused()


def test_the_text_that_reports_an_error_is_copied(tabs: Tabs) -> None:
    tabs.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = tabs.open("drill?mode=deck")
    page.locator(".name").first.click()
    page.get_by_text("Report an error in this card").click()
    page.get_by_role("button", name="Copy the text").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert f"Card: {catalog().cards[0].id}" in page.evaluate("navigator.clipboard.readText()")
    expect(page.get_by_role("link", name="Open the issue form")).to_have_count(0)


def test_a_grade_shows_as_saving_until_it_is_stored(tabs: Tabs) -> None:
    page = tabs.open("drill")
    reveal(page)
    tabs.app.process.send_signal(signal.SIGSTOP)
    try:
        page.keyboard.press("3")
        expect(page.get_by_text("1 of 10 · saving")).to_be_visible()
    finally:
        tabs.app.process.send_signal(signal.SIGCONT)
    expect(page.get_by_text("1 of 10 today")).to_be_visible()
    assert len(recalled(tabs.app)) == 1


def test_a_grade_key_pressed_twice_grades_one_card_once(tabs: Tabs) -> None:
    page = tabs.open("drill")
    for count in (1, 2, 3):
        reveal(page)
        page.keyboard.press("3")
        page.keyboard.press("3")
        expect(page.get_by_text(f"{count} of 10 today")).to_be_visible()
        expect(page.get_by_role("button", name="Show answer")).to_be_visible()
    assert len(recalled(tabs.app)) == len(set(recalled(tabs.app))) == 3


def test_undo_pressed_twice_in_a_hurry_takes_back_two_grades_and_no_more(tabs: Tabs) -> None:
    page = tabs.open("drill")
    for count in (1, 2, 3):
        reveal(page)
        page.keyboard.press("3")
        expect(page.get_by_text(f"{count} of 10 today")).to_be_visible()
    tabs.app.process.send_signal(signal.SIGSTOP)
    try:
        page.keyboard.press("u")
        page.keyboard.press("u")
    finally:
        tabs.app.process.send_signal(signal.SIGCONT)
    expect(page.get_by_text("1 of 10 today")).to_be_visible()
    settled(page)
    assert len(recalled(tabs.app)) == 1


# Keys


def test_without_keys_a_question_is_answered_by_its_buttons_alone(tabs: Tabs) -> None:
    choose(tabs.app, shortcuts=False)
    page = tabs.open("drill?mode=questions")
    expect(page.locator(".options button").first).to_be_visible()
    page.keyboard.press("1")
    settled(page)
    assert answered(tabs.app) == []
    expect(page.locator("kbd").first).to_be_hidden()
    page.locator(".options button").first.press("Enter")
    page.keyboard.press("j")
    settled(page)
    assert answered(tabs.app) == []
    tab_to(page.get_by_role("button", name="Sure"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Right answer")).to_be_visible()
    page.keyboard.press("n")
    settled(page)
    expect(page.get_by_text("Right answer")).to_be_visible()


def test_keys_can_be_switched_off(tabs: Tabs) -> None:
    page = tabs.open("settings")
    page.get_by_text("Keyboard shortcuts on Drill").click()
    settled(page)
    go(page, "Drill")
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()
    page.keyboard.press("s")
    settled(page)
    expect(page.locator(".back")).to_be_hidden()
    expect(page.locator("kbd").first).to_be_hidden()


def test_typing_into_a_filter_grades_nothing(tabs: Tabs) -> None:
    page = tabs.open("drill")
    reveal(page)
    page.get_by_text("Choose cards").click()
    page.get_by_label("Skill or goal").click()
    page.keyboard.type("s1234u")
    settled(page)
    expect(page.locator(".back")).to_be_visible()
    assert recalled(tabs.app) == []


# Hostile words and files


@pytest.mark.parametrize("name", HOSTILE, ids=["html", "markdown", "formula", "right-to-left", "frame"])
def test_a_hostile_name_appears_as_typed_on_report_in_its_file_and_on_team(
    name: str, tabs: Tabs, tmp_path: Path
) -> None:
    tick(tabs.app, *skills(junior=5))
    choose(tabs.app, name=name, role=name, message=name)
    page = tabs.open("report")
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    page.get_by_role("button", name="Make report").click()
    expect(page.get_by_text("Your report is made.")).to_be_visible()
    file = download(page, "HTML", tmp_path)
    paper = tabs.context.new_page()
    paper.goto(file.as_uri())
    go(page, "Team")
    drop(page, file)
    for shown in (paper, page):
        heading = shown.get_by_role("heading", name=name, exact=True)
        expect(heading).to_be_visible()
        assert heading.text_content() == name
        expect(shown.get_by_text(name, exact=True).nth(1)).to_be_visible()  # the message says it too
        assert shown.evaluate("window.__pwned") is None


def test_hostile_names_appear_as_typed_in_a_team(tabs: Tabs) -> None:
    page = tabs.open("team")
    files = [
        {"name": f"{place}.html", "mimeType": "text/html", "buffer": exported(name, place=place)}
        for place, name in enumerate(HOSTILE, start=1)
    ]
    drop(page, *files)
    expect(page.get_by_role("heading", name="5 people")).to_be_visible()
    cells = page.get_by_test_id("stDataFrame").first.locator("[role=gridcell]")
    for name in HOSTILE:
        expect(cells.filter(has_text=name)).to_have_count(1)
    assert page.evaluate("window.__pwned") is None


def test_bad_files_are_refused_by_name_and_the_good_one_still_opens(tabs: Tabs, tmp_path: Path) -> None:
    page = tabs.open("team")
    good = {"name": "good.html", "mimeType": "text/html", "buffer": exported("Grace Hopper")}
    bad = {
        "broken.json": b'{"schema": 1,',
        "latin.json": "é".encode("latin-1"),
        "page.html": b"<!doctype html><p>hello",
        "list.json": b"[1, 2]",
        "archive.json": b"PK\x03\x04",
        "empty.html": b"",
        "<b>bold **x**.json": b"{}",
    }
    drop(page, good, *({"name": name, "mimeType": "text/plain", "buffer": data} for name, data in bad.items()))
    expect(page.get_by_role("heading", name="Grace Hopper")).to_be_visible()
    errors = page.get_by_test_id("stAlert")
    expect(errors).to_have_count(len(bad))
    said = [text.replace("\u2060", "") for text in errors.all_inner_texts()]  # what keeps a name from becoming a link
    for name in bad:
        assert sum(f"{name} was not opened: " in text for text in said) == 1, said
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_file_over_5_mb_is_refused_in_words(tabs: Tabs) -> None:
    page = tabs.open("team")
    big = {"name": "big.html", "mimeType": "text/html", "buffer": b"<p>" + b"x" * (5 * 1024**2)}
    drop(page, big)
    expect(page.get_by_text(re.compile("big.html was not opened: it is larger than 5 MB"))).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


# A manager with a .zip


def test_a_manager_drops_a_zip_reads_one_keeps_the_team_and_opens_it_again(tabs: Tabs, tmp_path: Path) -> None:
    page = tabs.open("team")
    people = list(bench.crowd(catalog(), 6, seed=3))
    drop(page, {"name": "team.zip", "mimeType": "application/zip", "buffer": bench.packed(people)})
    expect(page.get_by_role("heading", name="6 people")).to_be_visible()

    page.get_by_label("Read a report").click()
    page.get_by_role("option", name="Chiara Conti").click()
    expect(page.get_by_role("heading", name="Chiara Conti")).to_be_visible()
    expect(page.get_by_role("button", name="Answer this report")).to_be_visible()

    page.get_by_role("tab", name="Training plan").click()
    expect(page.get_by_text("of 6 people lack it.").first).to_be_visible()

    page.get_by_role("button", name="Download", exact=True).click()
    book = load_workbook(download(page, "XLSX of the team", tmp_path))
    assert [row[0].value for row in book["People"].iter_rows(min_row=2)] == sorted({one.name for one in people})
    page.keyboard.press("Escape")

    with books(tabs.app) as (store, who):
        assert store.teams(who) == {}
    page.get_by_role("button", name="Keep as a team").click()
    page.get_by_label("Name of the team").fill("Payments")
    keep = page.get_by_role("button", name="Keep these reports as a team")
    expect(keep).to_be_enabled()
    keep.click()
    expect(page.get_by_text(f"Kept as Payments: {len(people)} reports.")).to_be_visible()

    page = tabs.open("team")
    page.get_by_role("button", name="Payments", exact=True).click()
    expect(page.get_by_role("heading", name="6 people")).to_be_visible()
    page.get_by_role("button", name="Let go").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Payments").click()
    page.get_by_role("dialog").get_by_role("button", name="Let it go").click()
    expect(page.get_by_text("Payments is let go. Its reports are deleted here.")).to_be_visible()
    with books(tabs.app) as (store, who):
        assert store.teams(who) == {}


def test_a_person_is_opened_by_keyboard_alone(tabs: Tabs) -> None:
    page = tabs.open("team")
    drop(page, {"name": "t.zip", "mimeType": "application/zip", "buffer": bench.packed(bench.crowd(catalog(), 3))})
    expect(page.get_by_role("heading", name="3 people")).to_be_visible()
    tab_to(page.get_by_label("Read a report"))
    page.keyboard.type("Bruno")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bruno Silva")).to_be_visible()


# What the server sends, and whom it answers

POLICY = ("default-src 'self'", "object-src 'none'", "base-uri 'self'", "frame-ancestors 'none'")


def assert_guarded(headers: dict[str, str]) -> None:
    policy = headers["content-security-policy"]
    assert all(rule in policy for rule in POLICY)
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_skills_typed_as_an_address_is_the_first_page(tabs: Tabs) -> None:
    page = tabs.context.new_page()
    page.goto(f"{tabs.app.url}/skills?skill=config.validated")
    expect(page.get_by_role("heading", name="Skills", exact=True)).to_be_visible()
    expect(page.get_by_role("checkbox", name=catalog().lines["config.validated"].text)).to_be_focused()


def test_the_front_page_its_assets_and_what_is_not_there_carry_the_security_headers(tabs: Tabs) -> None:
    answers: list[Response] = []
    tabs.context.on("response", lambda answer: answers.append(answer))
    tabs.open()
    assert len({answer.url.split("?")[0].rsplit(".", 1)[-1] for answer in answers}) >= 3
    for answer in answers:
        assert_guarded(answer.headers)
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{tabs.app.url}/media/none.html")
    assert_guarded({name.lower(): value for name, value in missing.value.headers.items()})
    missing.value.close()


def test_a_download_carries_the_security_headers(tabs: Tabs, tmp_path: Path) -> None:
    tick(tabs.app, *skills(junior=5))
    choose(tabs.app, name="Ada")
    page = tabs.open("report")
    page.get_by_role("button", name="Make report").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="HTML").click()
    with urllib.request.urlopen(coming.value.url) as answer:
        assert_guarded({name.lower(): value for name, value in answer.headers.items()})
        assert "attachment" in answer.headers["content-disposition"]


def upgraded(app: Served, *, host: str, origin: str) -> int:
    """The status with which the server answers a websocket that comes from somewhere."""
    asked = (
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host}",
        f"Origin: {origin}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "\r\n",
    )
    with socket.create_connection(("127.0.0.1", app.port), timeout=10) as line:
        line.sendall("\r\n".join(asked).encode())
        return int(line.recv(100).split()[1])


def test_a_websocket_is_opened_to_our_own_page_alone(app: Served) -> None:
    ours = f"127.0.0.1:{app.port}"
    assert upgraded(app, host=ours, origin=f"http://{ours}") == 101
    assert upgraded(app, host=ours, origin="http://evil.example") == 403
    assert upgraded(app, host="evil.example", origin="http://evil.example") == 403
