"""The statistics on the Drill page: what they say with no facts, with a few, and with a history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from visit import NOON, Visit, catalog, store

from roadmap import ui
from roadmap.facts import Answer, Confidence, Grade, Recall
from roadmap.recall import graded

CARDS = [card.id for card in catalog().cards]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def statistics() -> Visit:
    visit = Visit("drill", mode="statistics")
    assert not visit.app.exception
    return visit


def recall(card: str, days: float, grade: Grade = Grade.good) -> None:
    held, who = store()
    before, at = held.memories(who).get(card), NOON - timedelta(days=days)
    after = graded(before, grade, at).dumps()
    assert held.recall(who, Recall(at, card, grade, before and before.dumps(), after, 60_000), since=at)


def answer(place: int, right: bool, confidence: Confidence | None, days: float = 1) -> None:
    held, who = store()
    question, at = catalog().questions[place], NOON - timedelta(days=days)
    option = [option.right for option in question.options].index(right)
    assert held.answer(who, Answer(at, question.id, option, right, 30_000, "quiz", confidence), since=at)


def charts(visit: Visit) -> set[str]:
    return {chart.key for chart in visit.app.get("plotly_chart")}


def test_before_any_practice_it_says_what_to_do() -> None:
    visit = statistics()
    assert "Nothing is practised yet" in visit.words
    assert charts(visit) == set()
    visit.press("Recall today's cards")
    assert visit.has("flashcards")


def test_of_two_recalls_it_says_too_few_and_draws_no_more_than_minutes() -> None:
    for place in range(2):
        recall(CARDS[place], 0)
    visit = statistics()
    assert charts(visit) == {"minutes"}
    assert "Practised 1 day in a row, today included." in visit.words
    assert "Too few recalls to say: 2 so far." in visit.words
    assert "Too few recalls of mature cards in the last 8 weeks to say: 0 so far." in visit.words
    assert "Too few answers to say: 0 so far with how sure you were." in visit.words


def test_a_history_is_drawn_with_its_sentences_and_tables() -> None:
    for days in (160, 150, 40, 1):
        for card in CARDS[:4]:
            recall(card, days, Grade.again if (card, days) == (CARDS[0], 1) else Grade.easy)
    visit = statistics()
    assert charts(visit) == {"retention", "forecast", "calendar", "grades", "minutes"}
    assert "Practised 1 day in a row up to yesterday; today is open." in visit.words
    of_40 = "Of 8 first recalls of mature cards since the week of 12 October, 7 were right."
    assert of_40 in visit.words
    assert [row["Recalled"] for row in visit.table(of_40)] == [4, 3]
    assert "You recalled 16 cards on 4 of the last 182 days." in visit.words
    assert [row["Cards recalled"] for row in visit.table("You recalled 16 cards on 4 of the last 182 days.")] == [4] * 4
    assert "Of 16 recalls you graded 1 again, 0 hard, 0 good and 15 easy." in visit.words
    assert "4 minutes in the last 30 days, spread over 1 of them." in visit.words
    assert sum(visit.figure("forecast")["data"][0]["y"]) >= 1 or "none of them today" in visit.words


def test_days_are_those_of_the_persons_zone() -> None:
    held, who = store()
    held.choose(who, {"time_zone": "Pacific/Kiritimati"}, NOON - timedelta(days=9))  # 14 hours ahead: already tomorrow
    for place in range(3):
        recall(CARDS[place], 0.1)
    [row] = statistics().table("You recalled 3 cards on 1 of the last 182 days.")
    assert str(row["Day"]) == "2026-11-22" if NOON.hour < 10 else "2026-11-23"


def test_how_sure_and_how_right_stand_side_by_side_with_their_counts() -> None:
    auth = [place for place, question in enumerate(catalog().questions) if question.category == "Auth"][:9]
    for place in auth:
        answer(place, right=place in auth[:4], confidence=Confidence.sure)
    other = next(place for place, question in enumerate(catalog().questions) if question.category == "Core")
    answer(other, right=True, confidence=Confidence.guess)
    visit = statistics()
    sentence = "Over all categories you are surer than you are right: 4 of 9 right when sure."
    assert sentence in visit.words
    assert "In Auth you are surer than you are right: 4 of 9 right when sure." in visit.words
    assert "Too few answers given as sure, 8 are needed: Core 0." in visit.words
    assert [(row["Right"], row["Answers"]) for row in visit.table(sentence)] == [(1, 1), (0, 0), (4, 9)]
    stated, right = visit.figure("calibration")["data"]
    assert (stated["x"], right["y"]) == ([4.0, 6.5, 9.0], ["Sure"])
    words = [one["text"] for one in visit.figure("calibration")["layout"]["annotations"]]
    assert words == ["too few (1)", "too few (0)", "4 of 9"]
    assert "from 10 answers" in visit.words


def test_answers_alone_count_as_practice_but_not_toward_how_sure() -> None:
    answer(0, right=True, confidence=None, days=0)
    visit = statistics()
    assert "Practised 1 day in a row, today included." in visit.words
    assert "Too few answers to say: 0 so far" in visit.words
