"""A report goes to a manager and comes back answered: two people, two servers, one file each way, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Served
from playwright.sync_api import Browser, Page, expect
from tab import Tabs, books, download, drop, go, running, settled, stored, tab_to
from test_accessibility import LOOKS, sideways, skipped_headings, violations
from visit import catalog, skills

from roadmap.report import Note

FIRST, SECOND, THIRD = (catalog().skills[id].text for id in skills(junior=3))


@pytest.fixture(scope="module")
def hers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The engineer's own dashboard."""
    with running(tmp_path_factory.mktemp("hers")) as app:
        with books(app) as (store, who):
            at = datetime.now(UTC) - timedelta(days=20)
            store.tick(who, dict.fromkeys(skills(junior=5, mid=4), True), at)
            store.choose(who, {"name": "Ada Lovelace", "role": "Backend engineer"}, at)
            store.note(who, skills(junior=1)[0], Note(text="The billing module", link="https://example.org/1"), at)
        yield app


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The manager's, who has never seen the app."""
    with running(tmp_path_factory.mktemp("theirs")) as app:
        yield app


def answer(page: Page, skill: str, stance: str) -> None:
    """Answer a skill; wait until the server has it."""
    choice = page.get_by_role("radiogroup", name=skill).get_by_role("radio", name=stance, exact=True)
    choice.click()
    expect(choice).to_have_attribute("aria-checked", "true")
    settled(page)


def add_objective(page: Page, text: str, due: datetime) -> None:
    page.get_by_label("Objective", exact=True).fill(text)
    page.get_by_label("Objective", exact=True).press("Tab")
    settled(page)
    page.get_by_test_id("stDateInputField").first.click()
    page.keyboard.type(f"{due:%Y%m%d}")
    page.keyboard.press("Escape")
    settled(page)
    page.get_by_role("button", name="Add objective").click()
    expect(page.get_by_text(text, exact=True)).to_be_visible()
    settled(page)


def test_export_review_hand_back_and_the_next_report_shows_it(
    hers: Served, theirs: Served, browser: Browser, tmp_path: Path
) -> None:
    with Tabs(browser, hers) as ada, Tabs(browser, theirs) as mira:
        page = ada.open("report")
        page.get_by_role("button", name="Make report").click()
        expect(page.get_by_text("Your report is made.")).to_be_visible()
        report = download(page, "HTML", tmp_path)

        desk = mira.open("review")
        drop(desk, report)
        expect(desk.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
        expect(desk.get_by_text("The billing module")).to_be_visible()
        answer(desk, FIRST, "Agree")
        answer(desk, SECOND, "Not yet")
        comment = desk.get_by_label(f"Comment on: {SECOND}")
        comment.fill("The last one leaked a connection.")
        comment.press("Tab")
        answer(desk, THIRD, "Show me")
        expect(desk.get_by_text("3 of 24 answered.")).to_be_visible()

        desk.reload()
        expect(desk.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
        expect(comment).to_have_value("The last one leaked a connection.")
        expect(desk.get_by_text("3 of 24 answered.")).to_be_visible()
        settled(desk)

        desk.get_by_role("button", name="Agree with everything not answered").click()
        expect(desk.get_by_role("dialog")).to_be_visible()
        settled(desk)
        desk.get_by_role("button", name="Agree with 21").click()
        expect(desk.get_by_text("24 of 24 answered.")).to_be_visible()
        settled(desk)
        add_objective(desk, "Run one migration with me", datetime.now(UTC) + timedelta(days=12))
        desk.get_by_label("Your name").fill("Mira Voss")
        desk.get_by_label("Your name").press("Enter")
        settled(desk)
        desk.get_by_role("button", name="Save the review").click()
        expect(desk.get_by_text("Your review is saved.")).to_be_visible()
        review = download(desk, "Download the review", tmp_path)
        assert review.name.startswith("roadmap-review-ada-lovelace-")

        drop(page, review)
        expect(page.get_by_text("The review by Mira Voss, manager of")).to_be_visible()
        expect(page.get_by_role("heading", name="Where you differ: 1 skill")).to_be_visible()
        differing = page.get_by_role("row").filter(has_text=SECOND).first
        expect(differing).to_contain_text("Not yet")
        expect(differing).to_contain_text("Mira Voss, manager")
        expect(differing).to_contain_text("The last one leaked a connection.")
        settled(page)
        page.get_by_role("button", name="See the objectives").click()
        expect(page.get_by_role("heading", name="Progress", exact=True)).to_be_visible()
        expect(page.get_by_text("Run one migration with me")).to_be_visible()
        expect(page.get_by_text("Due in 12 days")).to_be_visible()
        settled(page)
        page.get_by_role("button", name="Accept", exact=True).click()
        expect(page.get_by_text("Accepted, due in 12 days")).to_be_visible()

        go(page, "Report")
        page.get_by_role("button", name="Make report").click()
        expect(page.get_by_text("Your report is made.")).to_be_visible()
        paper = ada.context.new_page()
        paper.goto(download(page, "HTML", tmp_path).as_uri())
        goals = paper.locator("section").filter(has=paper.get_by_role("heading", name="Objectives, and what became"))
        expect(goals).to_contain_text("Run one migration with me")
        expect(goals).to_contain_text("accepted")
        expect(goals).to_contain_text("By Mira Voss")

        drop(desk, Path(paper.url.removeprefix("file://")))
        expect(desk.get_by_text("Run one migration with me (set by Mira Voss, accepted)")).to_be_visible()
        expect(desk.get_by_text("24 of 24 answered.")).to_be_visible()


def test_a_report_is_answered_by_keyboard_alone(theirs: Served, hers: Served, browser: Browser) -> None:
    with books(hers) as (store, who):
        made = store.reports(who)
    if not made:
        pytest.fail("the journey above makes the report")
    from roadmap import export

    with Tabs(browser, theirs) as tabs:
        page = tabs.open("review")
        drop(page, {"name": "x.html", "mimeType": "text/html", "buffer": export.to_html(made[0])})
        expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
        group = page.get_by_role("radiogroup", name=THIRD)
        tab_to(group.get_by_role("radio").first)
        page.keyboard.press("ArrowRight")
        stored(page)
        expect(group.get_by_role("radio", checked=True)).to_have_count(1)


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing_serious_on_either_side(
    scheme: str, width: int, hers: Served, theirs: Served, browser: Browser, tmp_path: Path
) -> None:
    from roadmap import export

    with books(hers) as (store, who):
        report = store.reports(who)[0]
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    found = {}

    def look_at(page: Page, state: str) -> None:
        settled(page)
        if wrong := [*violations(page), *sideways(page), *skipped_headings(page)]:
            found[state] = wrong

    with Tabs(browser, hers, **look) as ada, Tabs(browser, theirs, **look) as mira:
        desk = mira.open("review")
        look_at(desk, "nothing open")
        drop(desk, {"name": "x.html", "mimeType": "text/html", "buffer": export.to_html(report)})
        expect(desk.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
        look_at(desk, "a report open")
        desk.get_by_role("button", name="Discard").click()
        expect(desk.get_by_role("dialog")).to_be_visible()
        look_at(desk, "a draft being discarded")
        desk.keyboard.press("Escape")
        expect(desk.get_by_role("dialog")).to_have_count(0)
        desk.get_by_text("Read the whole report").click()
        expect(desk.get_by_text("About this report")).to_be_visible()
        look_at(desk, "the whole report open")
        page = ada.open("report")
        page.get_by_text("History: ").click()
        page.get_by_text("Everything in it").first.click()
        page.get_by_text("Agreed: ").click()
        look_at(page, "both sides")
        page = ada.open("progress")
        page.get_by_role("button", name="Decline").first.click()
        expect(page.get_by_label("Why not, for whoever set it")).to_be_visible()
        look_at(page, "an objective being declined")
    assert not found, "\n".join(f"{state}: {wrong}" for state, wrong in found.items())
