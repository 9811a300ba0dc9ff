"""The deck on the Drill page: every card with what became of it, and the one that is open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from visit import NOON, Visit, act, catalog, store

from roadmap import ui
from roadmap.facts import Confidence, Grade, Recall
from roadmap.recall import graded
from roadmap.ui.prose import html

CARD, OTHER = (card.id for card in catalog().cards[:2])


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def deck() -> Visit:
    return Visit("drill", mode="deck")


def told(visit: Visit) -> dict[str, Any]:
    assert not visit.app.exception
    return visit.data("deck")


def row(visit: Visit, card: str) -> dict[str, Any]:
    return next(one for one in told(visit)["cards"] if one["id"] == card)


def opened(visit: Visit, card: str) -> dict[str, Any]:
    return dict(told(visit.act("deck", act("open", card=card)))["opened"])


def recall(card: str, days: int, grade: Grade, confidence: Confidence | None = None) -> None:
    held, who = store()
    before, at = held.memories(who).get(card), NOON - timedelta(days=days)
    after = graded(before, grade, at).dumps()
    assert held.recall(who, Recall(at, card, grade, before and before.dumps(), after, 4400, confidence), since=at)


def test_every_card_is_in_the_table_with_what_became_of_it() -> None:
    recall(CARD, 9, Grade.again)
    recall(CARD, 8, Grade.good, Confidence.think)
    visit = deck()
    assert [one["id"] for one in told(visit)["cards"]] == [card.id for card in catalog().cards]
    mine = row(visit, CARD)
    held, who = store()
    memory = held.memories(who)[CARD]
    assert mine == {
        "id": CARD,
        "front": mine["front"],
        "stage": catalog().stage[catalog().card[CARD].stage].title,
        "category": catalog().card[CARD].category,
        "state": "due",
        "flagged": False,
        "due": memory.due.date().isoformat(),
        "interval": max(1, round(memory.stability)),
        "lapses": 1,
    }
    new = row(visit, OTHER)
    assert (new["state"], new["due"], new["interval"], new["lapses"]) == ("new", None, None, 0)
    assert told(visit)["opened"] is None


def test_an_opened_card_shows_both_sides_and_its_history_the_newest_first() -> None:
    recall(CARD, 9, Grade.again)
    recall(CARD, 8, Grade.good, Confidence.think)
    visit = deck()
    shown, card = opened(visit, CARD), catalog().card[CARD]
    assert shown["front"] == html(card.front)
    assert all(html(part) in shown["back"] for part in (card.answer, card.proof, card.why, card.trap))
    newest, oldest = shown["history"]
    assert oldest == {"day": "2026-11-13", "grade": "Again", "interval": 1, "confidence": None, "seconds": 4}
    assert (newest["day"], newest["grade"], newest["confidence"]) == ("2026-11-14", "Good", "Think so")
    assert opened(visit, OTHER)["history"] == []
    assert told(visit.act("deck", act("close")))["opened"] is None


def test_a_card_is_flagged_suspended_and_brought_back_from_here() -> None:
    visit = deck()
    for label, on, state, flagged in (
        ("flagged", True, "new", True),
        ("suspended", True, "suspended", True),
        ("suspended", False, "new", True),
        ("flagged", False, "new", False),
        ("buried", True, "buried", False),
    ):
        visit.act("deck", act("label", card=CARD, label=label, on=on))
        assert (row(visit, CARD)["state"], row(visit, CARD)["flagged"]) == (state, flagged)


def test_a_suspended_card_keeps_its_history() -> None:
    recall(CARD, 9, Grade.good)
    visit = deck().act("deck", act("label", card=CARD, label="suspended", on=True))
    assert (row(visit, CARD)["state"], len(opened(visit, CARD)["history"])) == ("suspended", 1)


def test_the_text_of_an_error_report_names_the_card_and_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROADMAP_ISSUES_URL", raising=False)
    shown = opened(deck(), CARD)
    assert f"Card: {CARD}" in shown["report"]
    assert f"content {catalog().digest[:12]}" in shown["report"]
    assert f"Front: {row(deck(), CARD)['front']}" in shown["report"]
    assert shown["issues"] is None
    monkeypatch.setenv("ROADMAP_ISSUES_URL", "https://example.org/issues/new")
    assert opened(deck(), CARD)["issues"] == "https://example.org/issues/new"
    monkeypatch.setenv("ROADMAP_ISSUES_URL", "javascript:alert(1)")
    assert opened(deck(), CARD)["issues"] is None


@pytest.mark.parametrize(
    "wrong", [act("open", card="no.such"), act("open"), act("label", card=CARD, label="loved", on=True)]
)
def test_an_act_that_makes_no_sense_is_refused_in_words(wrong: dict[str, object]) -> None:
    visit = deck().act("deck", wrong)
    assert told(visit)["failed"].startswith("That could not be read")
    assert told(visit)["settled"] == [wrong["uid"]]


def test_the_mode_leaves_no_choice_of_cards_behind() -> None:
    visit = deck()
    assert not visit.app.multiselect
    visit.app.segmented_control(key="mode").set_value("cards").run()
    assert visit.app.query_params == {}
