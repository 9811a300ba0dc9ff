"""Questions on the Drill page: which come, what a browser knows before and after an answer, what becomes of a miss."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import miniature_folder
import pytest
import sqlalchemy as sa
from visit import NOON, Visit, act, catalog, skills, store

from roadmap import ui
from roadmap.catalog import Question
from roadmap.facts import Answer, Confidence, Grade, Recall
from roadmap.recall import graded, shuffled
from roadmap.ui.prose import html


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def quiz(**asked: str | list[str]) -> Visit:
    return Visit("drill", mode="questions", **asked)


def told(visit: Visit) -> dict[str, Any]:
    assert not visit.app.exception
    return visit.data("questions")


def asked(visit: Visit) -> Question:
    return catalog().question[told(visit)["asked"]["id"]]


def key(question: Question) -> int:
    return [option.right for option in question.options].index(True)


def choose(visit: Visit, right: bool, question: Question | None = None, sure: int | None = None) -> Visit:
    """Choose the key, or the option before it, as the browser would; perhaps say how sure."""
    question = question or asked(visit)
    option = key(question) if right else (key(question) or len(question.options)) - 1
    return visit.act(
        "questions", act("answer", question=question.id, option=option, confidence=sure, milliseconds=4000)
    )


def go_on(visit: Visit) -> Visit:
    return visit.act("questions", act("next", question=told(visit)["told"]["id"]))


def answered(question: str, right: bool, at: datetime) -> None:
    held, who = store()
    of = catalog().question[question]
    assert held.answer(who, Answer(at, question, key(of) if right else key(of) - 1, right, 4000), since=at)


def answers() -> list[tuple[str, bool]]:
    held, who = store()
    return [(fact.question, fact.right) for fact in held.answers(who)]


# The mode


def test_the_mode_lives_in_the_address() -> None:
    visit = Visit("drill")
    assert visit.has("flashcards")
    assert not visit.has("questions")
    visit.app.segmented_control(key="mode").set_value("questions").run()
    assert visit.app.query_params == {"mode": "questions"}
    assert visit.has("questions")
    visit.app.query_params["question"] = catalog().questions[0].id
    visit.app.segmented_control(key="mode").set_value("cards").run()
    assert visit.app.query_params == {}
    assert visit.has("flashcards")
    assert Visit("drill", mode="dance").has("flashcards")


# What a browser knows


def test_before_the_answer_the_browser_knows_neither_the_key_nor_a_reason() -> None:
    visit = quiz()
    for _ in range(3):
        data, question = told(visit), asked(visit)
        _, who = store()
        assert set(data["asked"]) == {"id", "why", "line", "question", "options"}
        assert data["asked"]["options"] == [
            {"place": place, "text": html(question.options[place].text)} for place in shuffled(question, who)
        ]
        assert (data["told"], data["note"], data["failed"], data["keys"]) == (None, None, None, True)
        assert not any(json.dumps(html(option.why))[1:-1] in json.dumps(data) for option in question.options)
        go_on(choose(visit, right=False))


def test_after_the_answer_it_knows_everything_and_the_next_question_too() -> None:
    visit = quiz()
    question = asked(visit)
    data = told(choose(visit, right=False))
    _, who = store()
    assert data["told"]["id"] == question.id != data["asked"]["id"]
    assert data["told"]["verdict"] == "Missed. Its card is in tomorrow's queue."
    places = shuffled(question, who)
    assert [option["text"] for option in data["told"]["options"]] == [html(question.options[p].text) for p in places]
    assert [option["why"] for option in data["told"]["options"]] == [html(question.options[p].why) for p in places]
    assert [option["right"] for option in data["told"]["options"]] == [p == key(question) for p in places]
    chosen = (key(question) or len(places)) - 1
    assert [option["chosen"] for option in data["told"]["options"]] == [p == chosen for p in places]
    assert html(question.proof) in data["told"]["proof"]
    assert len(data["told"]["sources"]) == len(question.sources) > 0
    assert (data["done"], data["all"]) == (1, 10)
    assert told(go_on(visit))["told"] is None


def test_an_answer_is_stored_with_what_it_was() -> None:
    visit = quiz()
    question = asked(visit)
    assert told(choose(visit, right=True))["told"]["verdict"] == "Right."
    held, who = store()
    [fact] = held.answers(who)
    assert fact == Answer(NOON, question.id, key(question), True, 4000, "quiz")


@pytest.mark.parametrize(
    ("sure", "right", "verdict"),
    [
        (Confidence.guess, True, "Right. You guessed."),
        (Confidence.think, True, "Right. You thought so."),
        (Confidence.sure, False, "Missed. You were sure. Its card is in tomorrow's queue."),
    ],
)
def test_how_sure_a_person_said_they_were_is_stored_and_said_beside_the_verdict(
    sure: Confidence, right: bool, verdict: str
) -> None:
    visit = quiz()
    assert told(visit)["confidence"] is True
    assert told(choose(visit, right, sure=sure))["told"]["verdict"] == verdict
    held, who = store()
    assert [(fact.right, fact.confidence) for fact in held.answers(who)] == [(right, sure)]


def test_a_person_need_not_be_asked_how_sure_they_are() -> None:
    held, who = store()
    held.choose(who, {"confidence": False}, NOON)
    visit = quiz()
    assert told(visit)["confidence"] is False
    choose(visit, right=True)
    assert [fact.confidence for fact in held.answers(who)] == [None]


def test_one_answer_a_question_and_day_stands_and_is_the_one_shown() -> None:
    visit = quiz()
    question = asked(visit)
    choose(visit, right=False)
    data = told(choose(visit, right=True, question=question))
    assert answers() == [(question.id, False)]
    assert data["told"]["verdict"].startswith("Missed")
    assert [option["right"] for option in data["told"]["options"] if option["chosen"]] == [False]


def test_what_is_sent_twice_is_stored_once() -> None:
    visit = quiz()
    sent = act("answer", question=asked(visit).id, option=0, milliseconds=1)
    visit.act("questions", sent).act("questions", sent)
    assert len(answers()) == 1


# Which questions


def test_questions_come_in_the_scope_of_the_address() -> None:
    skill = skills(senior=1)[0]
    visit = quiz(skill=skill)
    expected = {question.id for question in catalog().questions_of[skill]}
    seen = set()
    while visit.has("questions"):
        seen.add(asked(visit).id)
        go_on(choose(visit, right=True))
    assert seen == expected
    assert f"{len(expected)} of {len(expected)} right" in visit.words
    assert "No question is left of this choice today." in visit.words


def test_a_question_can_be_opened_by_its_id_and_gives_nothing_away() -> None:
    last = catalog().questions[-1]
    visit = quiz(question=last.id)
    assert (asked(visit), told(visit)["told"]) == (last, None)
    data = told(choose(visit, right=True))
    assert data["told"]["id"] == last.id
    assert "question" not in visit.app.query_params
    assert told(go_on(visit))["asked"]["id"] != last.id
    assert told(quiz(question=last.id))["told"]["id"] == last.id, "answered today, it is shown as it was answered"
    assert told(quiz(question="q.no.such"))["asked"]["id"] != last.id


def test_a_question_opened_while_it_rests_says_when_it_comes_back() -> None:
    last = catalog().questions[-1]
    answered(last.id, True, NOON - timedelta(days=4))
    data = told(quiz(question=last.id))
    assert data["told"] is None
    assert data["asked"]["id"] != last.id
    assert "right on 18 November. It is asked again from 18 December" in data["note"]


def test_a_question_missed_before_can_be_opened_and_keeps_its_key_to_itself() -> None:
    last = catalog().questions[-1]
    answered(last.id, False, NOON - timedelta(days=4))
    visit = quiz(question=last.id)
    assert (asked(visit), told(visit)["told"], told(visit)["note"]) == (last, None, None)


# Ten in a row


def test_after_ten_comes_what_they_came_to_and_more_only_if_asked_for() -> None:
    visit = quiz()
    missed = []
    for number in range(10):
        question = asked(visit)
        missed += [question] if number % 3 == 0 else []
        data = told(choose(visit, right=number % 3 > 0))
        assert data["done"] == number + 1
        assert (data["asked"] is None) == (number == 9)
        go_on(visit)
    assert not visit.has("questions")
    assert "6 of 10 right" in visit.words
    known = [catalog().question[id] for id, _ in answers()]
    for name in {question.category for question in known}:
        of = [question for question in known if question.category == name]
        assert f"{name} {sum(question not in missed for question in of)} of {len(of)}" in visit.words
    assert len([one for one in visit.app.expander if one.label.startswith("Missed: ")]) == 4
    visit.press("More questions")
    assert (told(visit)["done"], told(visit)["all"]) == (0, 10)
    assert asked(visit) not in known
    assert "6 of 10 right" in quiz().words, "another tab still shows what the ten came to"
    assert asked(quiz(question=catalog().questions[-1].id)) == catalog().questions[-1]


def test_the_missed_cards_can_be_drilled_at_once() -> None:
    skill = next(id for id in catalog().skills if len(catalog().questions_of[id]) < 10)
    visit = quiz(skill=skill)
    cards = []
    while visit.has("questions"):
        cards.append(asked(visit).card)
        go_on(choose(visit, right=False))
    assert visit.words.count("Its card asks") == len(cards)
    visit.press("Drill the missed cards")
    assert {*visit.app.query_params["card"]} == {*cards}
    assert len(visit.app.query_params) == 1
    data = visit.data("flashcards")
    assert data["left"] == len({*cards})
    assert data["cards"][0]["why"].startswith("Missed in a question today")
    assert "Only the cards you asked for." in visit.words
    visit.press("Show all of today's cards")
    assert not visit.data("flashcards")["cards"][0]["why"].startswith("Missed")


def test_cards_recalled_today_are_not_offered_again() -> None:
    held, who = store()
    skill = skills(junior=1)[0]
    for card in {catalog().card[question.card] for question in catalog().questions_of[skill]}:
        after = graded(None, Grade.good, NOON).dumps()
        assert held.recall(who, Recall(NOON, card.id, Grade.good, None, after, 1), since=NOON)
    visit = quiz(skill=skill)
    while visit.has("questions"):
        go_on(choose(visit, right=False))
    assert "Their cards lead tomorrow's queue." in visit.words
    assert "Drill the missed cards" not in visit.buttons


def test_a_miss_leads_the_cards_of_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    last = next(question for question in reversed(catalog().questions) if question.stage == "beyond")
    choose(quiz(question=last.id), right=False)
    assert last.card not in [card["id"] for card in Visit("drill").data("flashcards")["cards"]]
    monkeypatch.setattr(ui, "now", lambda: NOON + timedelta(days=1))
    visit = Visit("drill")
    data = visit.data("flashcards")
    assert data["cards"][0]["id"] == last.card
    assert data["cards"][0]["why"] == f"Missed in a question yesterday · {catalog().card[last.card].category}"
    assert data["left"] == 11, "it takes no place from the ten new cards"
    graded_one = visit.act("flashcards", act("grade", card=last.card, grade=3, milliseconds=1)).data("flashcards")
    assert (graded_one["done"], graded_one["left"]) == (1, 10)
    assert last.card not in [card["id"] for card in graded_one["cards"]]


# When nothing is left, and when things go wrong


def test_a_choice_that_is_used_up_says_when_questions_come_back() -> None:
    skill = skills(junior=1)[0]
    for question in catalog().questions_of[skill]:
        answered(question.id, True, NOON - timedelta(days=2))
    visit = quiz(skill=skill)
    assert "No question to answer here today" in visit.words
    assert "a right one after 30 days" in visit.words


def test_a_choice_without_questions_says_so() -> None:
    asked = {(question.stage, question.category) for question in catalog().questions}
    places = ((stage, one.name) for stage in catalog().stage for one in catalog().categories)
    stage, category = next(place for place in places if place not in asked)
    assert "No question is about this choice yet." in quiz(stage=stage, category=category).words


def test_a_dataset_without_questions_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROADMAP_CONTENT", str(miniature_folder.make(tmp_path)))
    assert "No questions are written yet." in quiz().words


def test_keys_can_be_switched_off() -> None:
    held, who = store()
    held.choose(who, {"shortcuts": False}, NOON)
    assert told(quiz())["keys"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"question": "q.no.such", "option": 0, "milliseconds": 1},
        {"question": ["a"], "option": 0, "milliseconds": 1},
        {"question": None, "option": 0, "milliseconds": 1},
        {"option": 0},
        {"option": 4, "milliseconds": 1},
        {"option": -1, "milliseconds": 1},
        {"option": "0", "milliseconds": 1},
        {"option": None, "milliseconds": 1},
        {"option": 0, "milliseconds": "long"},
        {"option": 0, "milliseconds": float("inf")},
        {"option": 0, "milliseconds": 1, "confidence": 4},
        {"option": 0, "milliseconds": 1, "confidence": "sure"},
        {"option": 0, "milliseconds": 1, "confidence": [1]},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_in_words_and_shows_nothing(wrong: dict[str, object]) -> None:
    visit = quiz()
    sent = act("answer", **{"question": asked(visit).id, **wrong})
    visit.act("questions", sent)
    assert told(visit)["failed"].startswith("That answer could not be read")
    assert (told(visit)["settled"], told(visit)["told"], answers()) == ([sent["uid"]], None, [])


@pytest.mark.parametrize("value", [None, "answer", [{"uid": "1"}], [act("dance")], [act("next", question="q.no.such")]])
def test_garbage_from_a_browser_changes_nothing(value: object) -> None:
    visit = choose(quiz(), right=True)
    before = told(visit)
    visit.trigger("questions", [{"event": "acts", "value": value}])
    assert {**told(visit), "settled": []} == {**before, "settled": []}


def test_a_database_that_cannot_write_is_said_and_the_key_stays_hidden() -> None:
    visit = quiz()
    held, _ = store()
    before = told(visit)["asked"]
    with held.engine.begin() as connection:
        full = "CREATE TRIGGER full BEFORE INSERT ON step BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        connection.execute(sa.text(full))
    data = told(choose(visit, right=True))
    assert data["failed"].startswith("That could not be saved: the database did not answer.")
    assert (data["asked"], data["told"], data["done"]) == (before, None, 0)
