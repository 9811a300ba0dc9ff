"""The Drill page: which cards come, what they say, and what becomes of a grade."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from visit import NOON, Visit, act, catalog, skills, store, with_ticks

from roadmap import ui
from roadmap.facts import Confidence, Grade, Recall
from roadmap.recall import graded
from roadmap.ui.prose import html


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def later(monkeypatch: pytest.MonkeyPatch, **time: float) -> datetime:
    """Let time pass."""
    at = NOON + timedelta(**time)
    monkeypatch.setattr(ui, "now", lambda: at)
    return at


def told(visit: Visit) -> dict[str, Any]:
    assert not visit.app.exception
    return visit.data("flashcards")


def queue(visit: Visit) -> list[str]:
    return [card["id"] for card in told(visit)["cards"]]


def grade(visit: Visit, how: Grade = Grade.good, card: str | None = None) -> Visit:
    """Grade the first card, or this one, as the browser would."""
    return visit.act("flashcards", act("grade", card=card or queue(visit)[0], grade=int(how), milliseconds=4000))


def recall(card: str, how: Grade, at: datetime) -> None:
    held, who = store()
    before = held.memories(who).get(card)
    fact = Recall(at, card, how, before.dumps() if before else None, graded(before, how, at).dumps(), 4000)
    assert held.recall(who, fact, since=at)


def recalled() -> list[tuple[str, Grade]]:
    held, who = store()
    return [(fact.card, fact.grade) for fact in held.recalls(who)]


# Which cards


def test_a_new_person_meets_three_cards_of_what_blocks_the_first_stage() -> None:
    data = told(Visit("drill"))
    assert len(data["cards"]) == 3
    assert (data["done"], data["undo"], data["keys"], data["failed"]) == (0, False, True, None)
    assert data["left"] == 10  # new cards a day
    for card in data["cards"]:
        of = catalog().card[card["id"]]
        assert card["rated"] is True
        assert card["why"] == f"Blocks Junior · {of.category}"
        assert card["line"] in {catalog().lines[id].text for id in of.skills}


def test_a_card_carries_its_faces_as_html_its_sources_and_the_four_intervals() -> None:
    for card in told(Visit("drill"))["cards"]:
        of = catalog().card[card["id"]]
        assert card["front"] == html(of.front)
        for part in (of.answer, of.proof, of.why, of.trap):
            assert html(part) in card["back"]
        assert len(card["sources"]) == len(of.sources) > 0
        assert all(source["url"] is None or source["url"].startswith("http") for source in card["sources"])
        assert card["intervals"] == ["1 day", "1 day", "2 days", "8 days"]


def test_the_interval_on_a_button_is_the_day_the_card_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for how in Grade:
        visit = Visit("drill")
        first = queue(visit)[0]
        days = int(told(visit)["cards"][0]["intervals"][how - 1].split()[0])
        grade(visit, how)
        for passed in range(1, days + 1):
            later(monkeypatch, days=passed)
            assert (first in {card["id"] for card in told(Visit("drill"))["cards"]}) == (passed == days)
        later(monkeypatch)
        held, who = store()
        held.undo(who, ("recall",), NOON)


def test_what_gains_most_comes_first_and_says_why_and_what_it_brings() -> None:
    known = [catalog().card[id] for id in queue(Visit("drill"))]
    recall(known[0].id, Grade.again, NOON - timedelta(days=9))
    data = told(Visit("drill"))
    back = next(card for card in data["cards"] if card["id"] == known[0].id)
    assert back["why"] == f"Due, last recalled 9 days ago; blocks Junior · {known[0].category}"
    assert back["because"].startswith("Recall is at ")
    assert all(card["because"].startswith("New: ") for card in data["cards"] if card is not back)


def test_the_budget_and_the_limit_for_new_cards_hold() -> None:
    held, who = store()
    held.choose(who, {"daily_budget": 4, "new_limit": 3}, NOON - timedelta(days=10))
    for card in catalog().cards_of["core.scaffold-module"][:3]:
        recall(card.id, Grade.good, NOON - timedelta(days=9))
    visit = Visit("drill")
    assert told(visit)["left"] == 4
    for done in range(1, 4):
        assert (told(grade(visit))["done"], told(visit)["left"]) == (done, 4 - done)
    grade(visit)
    assert not visit.has("flashcards")
    assert "Today's budget is done" in visit.words
    held.choose(who, {"daily_budget": 20}, NOON)
    assert told(visit.again())["left"] == 2  # one of three new ones was recalled


def test_with_no_new_cards_wanted_and_none_due_it_says_so() -> None:
    held, who = store()
    held.choose(who, {"new_limit": 0}, NOON)
    visit = Visit("drill")
    assert not visit.has("flashcards")
    assert "Your limit for new cards is 0." in visit.words


# A choice in the address


def test_an_address_can_ask_for_a_skill() -> None:
    skill = skills(senior=1)[0]
    visit = Visit("drill", skill=skill)
    assert told(visit)["left"] == min(10, len(catalog().cards_of[skill]))
    assert all(skill in catalog().card[id].skills for id in queue(visit))
    assert visit.app.multiselect(key="skill").value == [skill]


def test_an_address_can_ask_for_a_goal() -> None:
    goal = catalog().stage["mid"].goals[0].id
    assert all(goal in catalog().card[id].skills for id in queue(Visit("drill", skill=goal)))


def test_an_address_can_ask_for_stages_and_a_category() -> None:
    visit = Visit("drill", stage=["mid", "senior"], category="Testing")
    assert visit.app.multiselect(key="stage").value == ["mid", "senior"]
    cards = [catalog().card[id] for id in queue(visit)]
    assert {card.category for card in cards} == {"Testing"}
    assert {card.stage for card in cards} <= {"mid", "senior"}


def test_an_address_can_ask_for_a_drill_direction_and_let_it_go() -> None:
    visit = Visit("drill", direction="senior")
    assert f"As Senior says: {catalog().stage['senior'].direction.text}" in visit.words
    directed = {card.id for card in catalog().directed("senior")}
    assert set(queue(visit)) <= directed
    visit.press("Show all of today's cards")
    assert not visit.app.exception
    assert "As Senior says" not in visit.words
    assert not set(queue(visit)) & directed


@pytest.mark.parametrize(
    "asked", [{"skill": "no.such"}, {"stage": "grandmaster"}, {"category": "<b>"}, {"direction": "x"}]
)
def test_an_address_that_asks_for_what_does_not_exist_gets_todays_cards(asked: dict[str, str]) -> None:
    assert queue(Visit("drill", **asked)) == queue(Visit("drill"))


def test_a_choice_made_on_the_page_goes_into_the_address() -> None:
    visit = Visit("drill")
    visit.app.multiselect(key="stage").select("senior").run()
    assert visit.app.query_params == {"stage": "senior"}
    assert {catalog().card[id].stage for id in queue(visit)} == {"senior"}
    visit.app.multiselect(key="stage").unselect("senior").run()
    assert visit.app.query_params == {}
    assert queue(visit) == queue(Visit("drill"))


def test_when_nothing_is_left_of_a_choice_it_says_that_and_no_more() -> None:
    held, who = store()
    held.choose(who, {"daily_budget": 500, "new_limit": 500}, NOON)
    skill = skills(junior=1)[0]
    visit = Visit("drill", skill=skill)
    while visit.has("flashcards"):
        grade(visit)
    assert {card for card, _ in recalled()} == {card.id for card in catalog().cards_of[skill]}
    assert "Nothing more is due today" not in visit.words  # other cards still are
    assert "Today's budget is done" not in visit.words
    assert "Nothing more to recall here today" in visit.words
    assert queue(Visit("drill"))


def test_a_choice_that_was_empty_from_the_start_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    skill = skills(junior=1)[0]
    for card in catalog().cards_of[skill]:
        recall(card.id, Grade.easy, NOON - timedelta(days=1))
    visit = Visit("drill", skill=skill)
    assert "No card to recall here today" in visit.words
    assert "Widen the choice above." in visit.words


# Grades


def test_a_grade_is_stored_and_the_next_card_comes() -> None:
    visit = Visit("drill")
    first, second, third = queue(visit)
    data = told(grade(visit, Grade.hard))
    assert recalled() == [(first, Grade.hard)]
    assert queue(visit)[:2] == [second, third]
    assert (data["done"], data["left"], data["undo"]) == (1, 9, True)
    held, who = store()
    [fact] = held.recalls(who)
    assert (fact.before, fact.milliseconds, fact.at) == (None, 4000, NOON)


def test_how_sure_a_person_said_they_were_goes_with_the_grade() -> None:
    visit = Visit("drill")
    assert told(visit)["confidence"] is True
    for sure in (Confidence.sure, None):
        visit.act("flashcards", act("grade", card=queue(visit)[0], grade=3, milliseconds=1, confidence=sure))
    held, who = store()
    assert [fact.confidence for fact in held.recalls(who)] == [Confidence.sure, None]
    held.choose(who, {"confidence": False}, NOON)
    assert told(visit.again())["confidence"] is False


def test_a_second_grade_of_one_card_and_day_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Visit("drill")
    first = queue(visit)[0]
    grade(visit, Grade.good, first)
    grade(visit, Grade.easy, first)
    assert recalled() == [(first, Grade.good)]
    assert told(visit)["failed"] is None
    later(monkeypatch, days=2)
    grade(Visit("drill"), Grade.easy, first)
    assert recalled() == [(first, Grade.good), (first, Grade.easy)]


def test_what_is_sent_twice_is_stored_once() -> None:
    visit = Visit("drill")
    first, second, _ = queue(visit)
    one, two = (act("grade", card=card, grade=3, milliseconds=1) for card in (first, second))
    visit.act("flashcards", one).act("flashcards", one, two)
    assert recalled() == [(first, Grade.good), (second, Grade.good)]
    undo = act("undo")
    visit.act("flashcards", undo).act("flashcards", undo)
    assert recalled() == [(first, Grade.good)]


def test_undo_brings_the_card_back_first() -> None:
    visit = Visit("drill")
    first, second, _ = queue(visit)
    grade(visit)
    grade(visit)
    data = told(visit.act("flashcards", act("undo")))
    assert recalled() == [(first, Grade.good)]
    assert data["cards"][0]["id"] == second
    assert data["cards"][0]["rated"] is True
    data = told(visit.act("flashcards", act("undo")))
    assert (data["cards"][0]["id"], data["done"], data["undo"]) == (first, 0, False)
    assert told(visit.act("flashcards", act("undo")))["failed"] is None


def test_a_failed_card_comes_back_once_unrated_after_the_others() -> None:
    held, who = store()
    held.choose(who, {"daily_budget": 3}, NOON)
    visit = Visit("drill")
    first, second, third = queue(visit)
    grade(visit, Grade.again)
    assert [(card["id"], card["rated"]) for card in told(visit)["cards"]] == [
        (second, True),
        (third, True),
        (first, False),
    ]
    grade(visit)
    grade(visit)
    [last] = told(visit)["cards"]
    assert (last["id"], last["rated"], last["intervals"]) == (first, False, [])
    assert last["why"].startswith("Once more, not graded")
    assert last["line"] in {catalog().lines[id].text for id in catalog().card[first].skills}
    visit.act("flashcards", act("seen", card=first))
    assert not visit.has("flashcards")
    assert len(recalled()) == 3
    assert "Today's budget is done" in visit.words


def test_the_summary_counts_the_day_and_can_undo_it() -> None:
    held, who = store()
    held.choose(who, {"daily_budget": 3}, NOON)
    visit = Visit("drill")
    for how in (Grade.again, Grade.good, Grade.easy):
        grade(visit, how)
    visit.act("flashcards", act("seen", card=queue(visit)[0]))
    shown = {metric.label: metric.value for metric in visit.app.metric}
    assert shown == {
        "Cards recalled": "3",
        "Recalled at first try": "2 of 3",
        "Minutes": "under 1",
        "Due tomorrow": "1",
    }
    assert "Again 1 · Hard 0 · Good 1 · Easy 1" in visit.words
    visit.press("Undo the last grade")
    assert len(recalled()) == 2
    assert told(visit)["cards"][0]["rated"] is True


def test_keys_can_be_switched_off() -> None:
    held, who = store()
    held.choose(who, {"shortcuts": False, "daily_budget": 1}, NOON)
    visit = Visit("drill")
    assert told(visit)["keys"] is False
    grade(visit)
    undo = next(button for button in visit.app.button if button.label == "Undo the last grade")
    assert not undo.proto.shortcut


def test_a_day_begins_at_the_persons_own_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    held, who = store()
    late = NOON.replace(hour=9, minute=30)  # half past eleven in the evening there, 14 hours ahead
    held.choose(who, {"daily_budget": 1, "time_zone": "Pacific/Kiritimati"}, late - timedelta(days=1))
    monkeypatch.setattr(ui, "now", lambda: late)
    visit = Visit("drill")
    grade(visit)
    assert not visit.has("flashcards")
    monkeypatch.setattr(ui, "now", lambda: late + timedelta(hours=1))
    assert told(visit.again())["done"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        act("grade", card="no.such.card", grade=3, milliseconds=1),
        act("grade", card=["a"], grade=3, milliseconds=1),
        act("grade", grade=3, milliseconds=1),
        act("grade", card=catalog().cards[0].id, grade=5, milliseconds=1),
        act("grade", card=catalog().cards[0].id, grade="good", milliseconds=1),
        act("grade", card=catalog().cards[0].id, grade=3),
        act("grade", card=catalog().cards[0].id, grade=3, milliseconds=1, confidence=0),
        act("grade", card=catalog().cards[0].id, grade=3, milliseconds="long"),
        act("grade", card=catalog().cards[0].id, grade=3, milliseconds=float("inf")),
        act("grade", card=catalog().cards[0].id, grade=3, milliseconds=float("nan")),
        act("seen", card=["a"]),
        {"uid": "f" * 32},
    ],
)
def test_an_act_that_makes_no_sense_is_refused_in_words(wrong: dict[str, object]) -> None:
    visit = Visit("drill").act("flashcards", wrong)
    assert told(visit)["failed"].startswith("That could not be read")
    assert told(visit)["settled"] == [wrong["uid"]]
    assert recalled() == []


@pytest.mark.parametrize(
    "value", [None, "grade", {"uid": "1"}, [{"uid": "1"}], [1, None, {"do": "undo"}], [act("dance")]]
)
def test_garbage_from_a_browser_changes_nothing(value: object) -> None:
    visit = grade(Visit("drill"))
    before = recalled()
    visit.trigger("flashcards", [{"event": "acts", "value": value}])
    assert told(visit)["failed"] is None
    assert recalled() == before


def test_a_pause_counts_as_ten_minutes_at_most_and_never_less_than_nothing() -> None:
    visit = Visit("drill")
    for milliseconds in (-5, 10**9):
        visit.act("flashcards", act("grade", card=queue(visit)[0], grade=3, milliseconds=milliseconds))
    held, who = store()
    assert [fact.milliseconds for fact in held.recalls(who)] == [0, 600_000]


def test_a_database_that_cannot_write_is_said_and_the_card_stays() -> None:
    visit = Visit("drill")
    held, _ = store()
    before = queue(visit)
    with held.engine.begin() as connection:
        full = "CREATE TRIGGER full BEFORE INSERT ON step BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        connection.execute(sa.text(full))
    grade(visit)
    assert told(visit)["failed"].startswith("That could not be saved: the database did not answer.")
    assert queue(visit) == before
    assert told(visit)["done"] == 0


# Labels


def put(visit: Visit, label: str, on: bool = True, card: str | None = None) -> Visit:
    """Label the first card, or this one, as the browser would."""
    return visit.act("flashcards", act("label", card=card or queue(visit)[0], label=label, on=on))


def test_a_suspended_card_leaves_and_comes_back_first_when_undone() -> None:
    visit = Visit("drill")
    first, second, _ = queue(visit)
    data = told(put(visit, "suspended"))
    assert (queue(visit)[0], data["done"], data["left"], data["undo"]) == (second, 0, 10, True)
    assert first not in queue(Visit("drill", skill=catalog().card[first].skills[0]))
    assert queue(Visit("drill", card=first)) == [first], "asked for by its id it comes"
    assert queue(visit.act("flashcards", act("undo")))[0] == first
    assert told(visit)["undo"] is False


def test_a_buried_card_is_back_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Visit("drill")
    first = queue(visit)[0]
    assert first not in queue(put(visit, "buried"))
    later(monkeypatch, days=1)
    assert queue(Visit("drill"))[0] == first


def test_a_flagged_card_stays_and_says_so() -> None:
    visit = Visit("drill")
    first = queue(visit)[0]
    assert [card["flagged"] for card in told(put(visit, "flagged"))["cards"]] == [True, False, False]
    assert queue(visit)[0] == first
    assert not told(put(visit, "flagged", on=False))["cards"][0]["flagged"]


def test_undo_takes_back_grades_and_labels_in_the_order_they_were_made() -> None:
    visit = Visit("drill")
    first, second, _ = queue(visit)
    put(grade(visit), "suspended", card=second)
    assert queue(visit.act("flashcards", act("undo")))[0] == second
    assert recalled() == [(first, Grade.good)]
    assert queue(visit.act("flashcards", act("undo")))[0] == first
    assert recalled() == []


def test_a_flag_taken_off_can_be_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = queue(Visit("drill"))[0]
    put(Visit("drill"), "flagged", card=first)
    later(monkeypatch, days=1)
    visit = put(Visit("drill", card=first), "flagged", on=False)
    assert (told(visit)["undo"], told(visit)["cards"][0]["flagged"]) == (True, False)
    assert told(visit.act("flashcards", act("undo")))["cards"][0]["flagged"] is True


def test_what_was_labelled_yesterday_is_not_undone_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    put(Visit("drill"), "suspended")
    later(monkeypatch, days=1)
    assert told(Visit("drill"))["undo"] is False


@pytest.mark.parametrize(
    ("label", "words"), [("suspended", "The last card is suspended"), ("buried", "The last card is buried")]
)
def test_with_the_last_card_put_away_the_page_says_so_and_can_undo_it(label: str, words: str) -> None:
    card = catalog().cards[0].id
    visit = Visit("drill", skill=catalog().card[card].skills[0])
    while visit.has("flashcards"):
        put(visit, label)
    assert words in visit.words
    visit.press("Undo the last label")
    assert told(visit)["left"] == 1


def test_a_failed_card_that_is_suspended_is_not_shown_once_more() -> None:
    held, who = store()
    held.choose(who, {"daily_budget": 1}, NOON)
    visit = Visit("drill")
    first = queue(visit)[0]
    assert queue(grade(visit, Grade.again)) == [first]
    put(visit, "suspended")
    assert not visit.has("flashcards")


def test_a_card_missed_six_times_says_so_and_what_to_read() -> None:
    with_reading = next(card for card in catalog().topics[8].cards)
    without = next(
        card.id for card in catalog().cards if not any(card.id in r.cards for r in catalog().readings.values())
    )
    for days in range(30, 24, -1):
        for id in (with_reading, without):
            assert told(Visit("drill", card=id))["cards"][0]["leech"] is None
            recall(id, Grade.again, NOON - timedelta(days=days))
    leech = told(Visit("drill", card=with_reading))["cards"][0]["leech"]
    topic = next(one for one in catalog().readings.values() if with_reading in one.cards)
    assert leech["said"] == "You missed this 6 times. Read "
    assert leech["read"] == {
        "label": topic.id.replace(".", " "),
        "title": topic.title,
        "url": f"study?read={topic.id}",
        "then": ", or suspend it.",
    }
    other = told(Visit("drill", card=without))["cards"][0]
    assert other["leech"]["read"]["url"] == f"study?read={catalog().lines[catalog().card[without].skills[0]].topics[0]}"
    assert other["taught"]["url"] == other["leech"]["read"]["url"]


@pytest.mark.parametrize(
    "wrong", [{"label": "loved"}, {"label": "flagged", "on": "yes"}, {"label": "flagged"}, {"card": "no.such"}]
)
def test_a_label_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    visit = Visit("drill")
    sent = {"card": queue(visit)[0], "label": "flagged", "on": True, **wrong}
    if wrong == {"label": "flagged"}:
        del sent["on"]
    assert told(visit.act("flashcards", act("label", **sent)))["failed"].startswith("That could not be read")
    held, who = store()
    assert held.labels(who) == {}


def test_ticked_skills_are_practised_last() -> None:
    with_ticks(*skills(junior=5))
    visit = Visit("drill")
    assert {card["why"].split(" · ")[0] for card in told(visit)["cards"]} <= {"Blocks Mid", "Prepares Mid"}
