"""Everybody can use it: axe on every page and state, light and dark, wide and narrow; focus, headings, what is said."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Served
from playwright.sync_api import Browser, Page, expect
from tab import Tabs, books, drop, focused, running, settled, skill, stored, tab_to
from visit import catalog, skills

from roadmap import bench, export, report
from roadmap.facts import Answer, Confidence, Grade, Recall
from roadmap.recall import graded
from roadmap.report import Note
from roadmap.store import Store

LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1440, 390)]
WIDER = """() => [...document.querySelectorAll("[data-testid=stMain], html")]
  .filter((box) => box.scrollWidth > box.clientWidth).map((box) => `${box.tagName} ${box.scrollWidth}`)"""
HEADINGS = """() => {
  const found = [];
  const walk = (node) => {
    for (const child of node.children) {
      if (/^H[1-6]$/.test(child.tagName) && child.checkVisibility()) found.push(Number(child.tagName[1]));
      if (child.shadowRoot) walk(child.shadowRoot);
      walk(child);
    }
  };
  walk(document.body);
  return found;
}"""
OUTLINED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const style = getComputedStyle(element);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.fixture(scope="module")
def newcomers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app before anything was ticked."""
    with running(tmp_path_factory.mktemp("newcomers")) as app:
        yield app


@pytest.fixture(scope="module")
def regulars(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app after months of use."""
    with running(tmp_path_factory.mktemp("regulars")) as app:
        with books(app) as (store, who):
            now = datetime.now(UTC)
            practised(store, who, now)
            for days, ids in ((90, skills(junior=5)), (40, skills(mid=4)), (9, skills(senior=2, architect=1))):
                store.tick(who, dict.fromkeys(ids, True), now - timedelta(days=days))
            store.note(who, skills(junior=1)[0], Note(text="The billing module", link="https://example.com/1"), now)
            store.choose(who, {"name": "Ada Lovelace", "role": "Engineer", "daily_budget": 2}, now)
            store.keep_report(who, a_report(0), now)
        yield app


def practised(store: Store, who: str, now: datetime) -> None:
    """Months of recalls and answers: enough for every statistic, and one card that is failed again and again."""
    for days in range(170, 99, -10):
        for place, card in enumerate(catalog().cards[:5]):
            before, at = store.memories(who).get(card.id), now - timedelta(days=days)
            grade = Grade.again if place == 0 else Grade.easy
            after = graded(before, grade, at).dumps()
            store.recall(who, Recall(at, card.id, grade, before and before.dumps(), after, 9000), since=at)
    for place, question in enumerate(catalog().questions[:30]):
        right = place % 3 > 0
        option = [option.right for option in question.options].index(right)
        at = now - timedelta(days=99, minutes=-place)
        store.answer(who, Answer(at, question.id, option, right, 4000, "quiz", Confidence(1 + place % 3)), since=at)


@pytest.fixture
def fresh_start(newcomers: Served) -> Served:
    """The same app, of whom it knows nobody again."""
    with books(newcomers) as (store, who):
        store.erase(who)
    return newcomers


def a_report(place: int) -> report.Report:
    return report.make(
        catalog(),
        id=str(uuid.UUID(int=place + 1)),
        as_of=date(2026, 11, 1 + place),
        person=f"person-{place}",
        name=f"Person {place}",
        role="Engineer",
        message="",
        target="senior",
        held=dict.fromkeys(list(catalog().skills)[: 2 * place + 3], date(2026, 5, 1)),
        notes={},
        drilled=None,
        previous=None,
        show_notes=True,
        show_cards=True,
    )


def details(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Details of")).first.click()


def tables(page: Page) -> None:
    for fold in page.get_by_text("As a table").all():
        fold.click()


def answer(page: Page) -> None:
    page.get_by_role("button", name="Show answer").click()


def pick(page: Page) -> None:
    page.locator(".options button").first.click()


def choose(page: Page) -> None:
    pick(page)
    page.get_by_role("button", name="Think so").click()
    expect(page.locator(".verdict")).to_be_visible()


def open_card(page: Page) -> None:
    page.locator(".name").first.click()
    expect(page.locator(".back")).to_be_visible()
    page.get_by_text("Report an error in this card").click()


def unfold(page: Page) -> None:
    page.get_by_text("claimed level").last.click()


def ten_reports(page: Page) -> None:
    files = [
        {"name": f"{place}.html", "mimeType": "text/html", "buffer": export.to_html(a_report(place))}
        for place in range(10)
    ]
    packed = {"name": "team.zip", "mimeType": "application/zip", "buffer": bench.packed(bench.crowd(catalog(), 2))}
    drop(page, *files, packed, {"name": "bad.html", "mimeType": "text/html", "buffer": b"<p>"})
    expect(page.get_by_role("heading", name="12 people")).to_be_visible()
    settled(page)


def read_one(page: Page) -> None:
    ten_reports(page)
    box = page.get_by_label("Read a report")
    box.scroll_into_view_if_needed()  # a list that opens while the page still scrolls closes again
    settled(page)
    box.click()
    page.get_by_role("option", name="Person 0").click()
    expect(page.get_by_role("heading", name="Person 0")).to_be_visible()


def tab(name: str, seen: str) -> Callable[[Page], None]:
    def open_tab(page: Page) -> None:
        ten_reports(page)
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_text(seen).first).to_be_visible()

    open_tab.__name__ = name
    return open_tab


def keep_them(page: Page) -> None:
    ten_reports(page)
    page.get_by_text("Filter people and skills").click()
    page.get_by_role("button", name="Keep as a team").click()
    expect(page.get_by_label("Name of the team")).to_be_visible()


def erase(page: Page) -> None:
    page.get_by_role("button", name="Erase everything held about me").click()
    expect(page.get_by_role("dialog")).to_be_visible()


STATES: list[tuple[str, str, Callable[[Page], None] | None]] = [
    ("regulars", "skills", details),
    ("regulars", "progress", tables),
    ("regulars", "drill", None),
    ("regulars", "drill", answer),
    ("regulars", "drill?mode=questions", None),
    ("regulars", "drill?mode=questions", pick),
    ("regulars", "drill?mode=questions", choose),
    ("regulars", "drill?mode=deck", None),
    ("regulars", "drill?mode=deck", open_card),
    ("regulars", "drill?mode=statistics", tables),
    ("newcomers", "drill?mode=statistics", None),
    ("regulars", "report", unfold),
    ("regulars", "team", ten_reports),
    ("regulars", "team", read_one),
    ("regulars", "team", tab("Training plan", "people lack it")),
    ("regulars", "team", tab("Who could help", "For each open skill")),
    ("regulars", "team", tab("Since last time", "anything less is what repeating")),
    ("regulars", "team", keep_them),
    ("regulars", "settings", None),
    ("regulars", "settings", erase),
    *(("newcomers", name, None) for name in ("skills", "progress", "report", "team")),
]


def violations(page: Page) -> list[str]:
    """What axe finds, inside components too: each serious or critical violation with the places of it."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {', '.join(str(node['target']) for node in one['nodes'][:4])}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def sideways(page: Page) -> list[str]:
    return [f"wider than its place: {box}" for box in page.evaluate(WIDER)]


def skipped_headings(page: Page) -> list[str]:
    levels = page.evaluate(HEADINGS)
    return [
        f"h{after} after h{before}" for before, after in zip([1, *levels], levels, strict=False) if after > before + 1
    ]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(
    scheme: str, width: int, regulars: Served, newcomers: Served, browser: Browser
) -> None:
    look = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    found = {}
    with Tabs(browser, regulars, **look) as theirs, Tabs(browser, newcomers, **look) as empty:
        tabs = {"regulars": theirs, "newcomers": empty}
        for app, name, act in STATES:
            page = tabs[app].open(name)
            if act:
                act(page)
                settled(page)
            if wrong := [*violations(page), *sideways(page), *skipped_headings(page)]:
                found[f"{app}, {name}, {act.__name__ if act else 'as it opens'}"] = wrong
            page.close()
    assert not found, "\n".join(f"{state}: {wrong}" for state, wrong in found.items())


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_the_summary_of_a_drill_is_accessible(scheme: str, width: int, fresh_start: Served, browser: Browser) -> None:
    with books(fresh_start) as (store, who):
        now = datetime.now(UTC)
        store.choose(who, {"daily_budget": 1}, now)
        memory = graded(None, Grade.good, now, 0.9)
        store.recall(who, Recall(now, catalog().cards[0].id, Grade.good, None, memory.dumps(), 4000), since=now)
    with Tabs(browser, fresh_start, color_scheme=scheme, viewport={"width": width, "height": 900}) as tabs:
        page = tabs.open("drill")
        expect(page.get_by_role("heading", name="Today's budget is done")).to_be_visible()
        assert violations(page) == []
        assert sideways(page) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_the_summary_of_questions_is_accessible(scheme: str, width: int, fresh_start: Served, browser: Browser) -> None:
    with books(fresh_start) as (store, who):
        now = datetime.now(UTC)
        for question in catalog().questions[:10]:
            store.answer(who, Answer(now, question.id, 0, question.options[0].right, 4000), since=now)
    with Tabs(browser, fresh_start, color_scheme=scheme, viewport={"width": width, "height": 900}) as tabs:
        page = tabs.open("drill?mode=questions")
        expect(page.get_by_role("heading", name="of 10 right")).to_be_visible()
        page.get_by_text("Missed: ").first.click()
        settled(page)
        assert violations(page) == []
        assert sideways(page) == []


def test_on_a_narrow_screen_nothing_covers_what_matters(regulars: Served, browser: Browser) -> None:
    with Tabs(browser, regulars, viewport={"width": 390, "height": 844}) as tabs:
        page = tabs.open()
        blocks = page.locator(".blocks").bounding_box()
        undo = page.get_by_role("button", name=re.compile("^Undo")).bounding_box()
        assert blocks and undo
        assert blocks["y"] + blocks["height"] <= undo["y"]
        page = tabs.open("drill")
        answer(page)
        shown, grades = page.locator(".answer").bounding_box(), page.locator(".grades").bounding_box()
        assert shown and grades
        assert shown["y"] + shown["height"] <= grades["y"]
        page = tabs.open("team")
        ten_reports(page)
        skills_by_person = page.locator(".st-key-skill_by_person").bounding_box()
        assert skills_by_person
        assert skills_by_person["width"] > 600  # read by scrolling in its own box, not pressed into the screen


@pytest.fixture
def page(fresh_start: Served, browser: Browser) -> Iterator[Page]:
    """Skills as a newcomer sees it."""
    with Tabs(browser, fresh_start) as tabs:
        yield tabs.open()


def test_every_checkbox_is_named_by_its_skill(page: Page) -> None:
    for stage in catalog().stages[1:]:
        page.get_by_role("button", name=re.compile(f"^{stage.title}:")).click()
    names = page.get_by_role("checkbox").evaluate_all("boxes => boxes.map((box) => box.labels[0].innerText)")
    assert names == [line.text for line in catalog().lines.values()]


def test_the_focus_is_seen_wherever_tab_takes_it(page: Page) -> None:
    target = skill(page, next(iter(catalog().skills.values())).text)
    tab_to(target)
    for _ in range(8):
        assert page.evaluate(OUTLINED), focused(page)
        page.keyboard.press("Tab")


def test_the_focus_moves_on_when_its_button_goes(page: Page) -> None:
    tick_all = page.get_by_role("button", name="Tick everything up to Mid")
    tab_to(tick_all)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo 10 ticks")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tick_all).to_be_visible()
    expect(page.get_by_label("Search skills")).to_be_focused()


def test_the_focus_stays_in_the_deck_through_a_grade_and_an_undo(fresh_start: Served, browser: Browser) -> None:
    with Tabs(browser, fresh_start) as tabs:
        page = tabs.open("drill")
        show = page.get_by_role("button", name="Show answer")
        show.press("Enter")
        expect(page.locator(".back")).to_be_focused()
        page.keyboard.press("3")
        expect(show).to_be_focused()
        expect(page.get_by_text("1 of 10 today")).to_be_visible()
        expect(show).to_be_focused()
        page.get_by_role("button", name="Undo").press("Enter")
        expect(page.get_by_text("0 of 10 today")).to_be_visible()
        expect(show).to_be_focused()


def test_the_focus_goes_from_answer_to_verdict_to_the_next_question(fresh_start: Served, browser: Browser) -> None:
    with Tabs(browser, fresh_start) as tabs:
        page = tabs.open("drill?mode=questions")
        page.locator(".options button").first.press("Enter")
        expect(page.locator(".options button").first).to_be_focused()
        page.get_by_role("button", name="Guess").press("Enter")
        expect(page.locator(".verdict")).to_be_focused()
        page.get_by_role("button", name="Next question").press("Enter")
        expect(page.locator(".front")).to_be_focused()
        settled(page)
        expect(page.locator(".front")).to_be_focused()


def test_what_changes_is_announced(page: Page) -> None:
    said = page.get_by_role("status").filter(has_text="you from")
    before = said.inner_text()
    skill(page, next(iter(catalog().skills.values())).text).press("Space")
    stored(page)
    expect(said).not_to_have_text(before)
    page.get_by_label("Search skills").fill("redis")
    expect(page.get_by_role("status").filter(has_text="found")).to_be_visible()
    details(page)
    page.get_by_label("Link to evidence").fill("javascript:alert(1)")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_role("alert")).to_contain_text("A link starts with http")
