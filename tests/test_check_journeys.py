"""The check from end to end in a real browser: by keyboard alone, through a power cut, and readable by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from conftest import Served
from playwright.sync_api import Browser, Page, expect
from tab import Tabs, books, focused, running, settled, tab_to
from test_accessibility import LOOKS, sideways, skipped_headings, violations
from visit import catalog, key, skills, take_check

from roadmap import levels, placement
from roadmap.catalog import Question
from roadmap.facts import Answer, Confidence
from roadmap.recall import shuffled
from roadmap.store import Store

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with running(tmp_path_factory.mktemp("check")) as started:
        yield started


@pytest.fixture
def newcomer(app: Served) -> Served:
    """The app, of whom it knows nobody."""
    with books(app) as (store, who):
        store.erase(who)
    return app


def up_to(stage: str) -> Callable[[Question], bool]:
    return lambda question: catalog().rank[question.stage] <= catalog().rank[stage]


def answers(app: Served) -> list[Answer]:
    with books(app) as (store, who):
        return store.answers(who)


def ticked(app: Served) -> set[str]:
    with books(app) as (store, who):
        return set(levels.held(store.ticks(who)))


def answer(app: Served, page: Page, number: int, sure: str, knows: Callable[[Question], bool]) -> bool:
    """Answer the question on the screen by two keys; False where the check is over."""
    with books(app) as (store, who):
        of = datetime.date
        asked = placement.check(catalog(), store.answers(who), "placement", datetime.now(UTC), of, who).question
        if asked is None:
            return False
        expect(page.locator(".why")).to_have_text(f"Question {number} · {asked.category}")
        option = (key(asked) + (not knows(asked))) % len(asked.options)
        page.keyboard.press(str(shuffled(asked, who).index(option) + 1))
        page.keyboard.press(sure)
    shown = page.get_by_role("heading", name="What you have shown")
    expect(page.locator(".why").filter(has_text=f"Question {number + 1} ·").or_(shown)).to_be_visible()
    return True


def test_a_newcomer_takes_the_check_and_ticks_what_it_proposes_by_keyboard_alone(
    newcomer: Served, browser: Browser
) -> None:
    with Tabs(browser, newcomer) as tabs:
        page = tabs.open()
        tab_to(page.get_by_role("button", name="Take the ten-minute check"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Start the check")).to_be_visible()
        settled(page)
        tab_to(page.get_by_role("button", name="Start the check"))
        page.keyboard.press("Enter")
        expect(page.locator(".front")).to_be_focused()
        expect(page.get_by_text("7 to 14 more, about 6 to 11 minutes")).to_be_visible()
        number = 1
        while answer(newcomer, page, number, "jkl"[number % 3], up_to("mid")):
            if number < 8:
                expect(page.locator(".front")).to_be_focused()
            expect(page.get_by_text(re.compile("^(Right|Missed)[.]"))).to_have_count(0)
            number += 1
        expect(page.get_by_role("heading", name=re.compile(r"^\d+ of \d+ right$"))).to_be_visible()
        log = answers(newcomer)
        assert 8 <= len(log) == number - 1 == len({one.question for one in log})
        assert [one.confidence for one in log] == [Confidence(1 + count % 3) for count in range(1, number)]
        boxes = page.get_by_role("checkbox")
        expect(boxes.first).to_be_checked()
        wanted = boxes.count() - 1
        assert wanted > 1
        tab_to(boxes.first)
        left_out = focused(page)
        page.keyboard.press("Space")
        tick = page.get_by_role("button", name=f"Tick these {wanted} skills")
        tab_to(tick)
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"{wanted} skills ticked. Your claimed level:")).to_be_visible()
        expect(boxes).to_have_count(1)
        expect(page.get_by_role("checkbox", name=left_out)).not_to_be_checked()
        assert len(ticked(newcomer)) == wanted
        tab_to(page.get_by_role("button", name="Undo"))
        page.keyboard.press("Enter")
        expect(boxes).to_have_count(wanted + 1)
        assert ticked(newcomer) == set()


def test_a_check_goes_on_where_it_was_after_a_power_cut(served: Served, browser: Browser) -> None:
    tabs = Tabs(browser, served)
    page = tabs.open("check?form=placement")
    for number in (1, 2, 3):
        assert answer(served, page, number, "k", up_to("mid"))
    question = page.locator(".front").inner_text()
    served.kill()
    page.locator("[data-testid=stApp]:not([data-test-connection-state=CONNECTED])").wait_for(state="attached")
    served.start()
    page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for(state="attached", timeout=60_000)
    expect(page.locator(".front")).to_have_text(question, use_inner_text=True)
    assert answer(served, page, 4, "l", up_to("mid"))
    assert [one.confidence for one in answers(served)] == [Confidence.think] * 3 + [Confidence.sure]
    other = tabs.open("check")
    expect(other.get_by_role("heading", name="Your check waits at question 5")).to_be_visible()
    other.get_by_role("button", name="Go on").press("Enter")
    expect(other.locator(".front")).to_have_text(page.locator(".front").inner_text(), use_inner_text=True)
    other.reload()
    expect(other.locator(".why")).to_contain_text("Question 5 ·")
    assert answer(served, other, 5, "j", up_to("mid"))
    expect(page.locator(".why")).to_contain_text("Question 6 ·")  # the first tab hears of it by itself
    tabs.context.close()  # a browser complains of a server that is away, so the complaints are not asked for


def test_on_a_phone_the_next_question_comes_into_sight_whole(newcomer: Served, browser: Browser) -> None:
    with Tabs(browser, newcomer, viewport={"width": 390, "height": 600}) as tabs:
        page = tabs.open("check?form=placement")
        for number in range(1, 7):
            page.locator(".sure").scroll_into_view_if_needed()
            page.mouse.wheel(0, 2000)
            assert answer(newcomer, page, number, "k", up_to("senior"))
            expect(page.locator(".why")).to_be_in_viewport()


# Everybody can read it


def fresh(_store: Store, _who: str) -> None:
    """Nothing is known of this person."""


def under_way(store: Store, who: str) -> None:
    take_check(store, who, up_to("mid"), datetime.now(UTC) - 9 * MINUTE, most=4)


def done(store: Store, who: str) -> None:
    take_check(store, who, up_to("mid"), datetime.now(UTC) - 20 * MINUTE)


def contradicted(store: Store, who: str) -> None:
    now, [skill] = datetime.now(UTC), skills(senior=1)
    store.tick(who, dict.fromkeys((*skills(junior=5), skill), True), now - timedelta(days=3))
    for question in [one for one in catalog().questions_of[skill] if one.skills == (skill,)][:2]:
        fact = Answer(now - timedelta(days=2), question.id, (key(question) + 1) % len(question.options), False, 4000)
        store.answer(who, fact, since=fact.at)
    take_check(store, who, up_to("junior"), now - 20 * MINUTE)


def pick(page: Page) -> None:
    page.locator(".options button").first.click()


def tick(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Tick these")).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_text(re.compile("^1 · ")).first.click()
    expect(page.get_by_text("Its card asks").first).to_be_visible()


def untick(page: Page) -> None:
    page.get_by_role("button", name="Untick").first.click()
    expect(page.get_by_text("1 skill unticked.")).to_be_visible()


STATES: list[tuple[Callable[[Store, str], None], str, str, Callable[[Page], None] | None]] = [
    (fresh, "check", "Start the check", None),
    (fresh, "check?form=placement", "Guess", pick),
    (fresh, "progress", "Take the check", None),
    (fresh, "skills", "Take the ten-minute check", None),
    (under_way, "check", "Go on", None),
    (done, "check", "Drill the gaps", None),
    (done, "check?form=placement", "Drill the missed cards", tick),
    (contradicted, "check?form=placement", "Untick", untick),
]


@pytest.mark.parametrize(
    ("life", "name", "button", "act"), STATES, ids=[f"{life.__name__}-{name}" for life, name, *_ in STATES]
)
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(
    life: Callable[[Store, str], None],
    name: str,
    button: str,
    act: Callable[[Page], None] | None,
    app: Served,
    browser: Browser,
) -> None:
    found = {}
    for scheme, width in LOOKS:
        with books(app) as (store, who):
            store.erase(who)
        with books(app) as (store, who):
            life(store, who)
        with Tabs(browser, app, color_scheme=scheme, viewport={"width": width, "height": 900}) as tabs:
            page = tabs.open(name)
            expect(page.get_by_role("button", name=button).first).to_be_visible()
            if act:
                act(page)
                settled(page)
            if wrong := [*violations(page), *sideways(page), *skipped_headings(page)]:
                found[f"{scheme}, {width}"] = wrong
    assert not found, "\n".join(f"{look}: {wrong}" for look, wrong in found.items())
