"""Which questions a person is asked, in which order, and what a miss does to the cards of the next days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import miniature
import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import first

from roadmap.catalog import Card, Option, Question
from roadmap.facts import Answer
from roadmap.recall import IN_A_ROW, REST, Ask, Day, Memory, Scope, due_cards, missed_cards, quiz, row, shuffled


def question(card: Card, number: int) -> Question:
    return Question(
        id=f"q.{card.skills[0]}.{number}",
        card=card.id,
        question=f"What follows, number {number}?",
        options=tuple(Option(text=f"Outcome {n}", why="So it is.", right=n == 2) for n in range(4)),
        **card.model_dump(include={"stage", "category", "skills", "sources", "verified", "proof"}),
    )


ROADMAP = miniature.changed(questions=tuple(question(card, n) for n in (1, 2) for card in miniature.catalog().cards))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TODAY = Day(NOON.date(), ZoneInfo("UTC"), budget=20, new_limit=10)

some_ticks = st.sets(st.sampled_from([*ROADMAP.lines]))
some_stage = st.sampled_from([*ROADMAP.stage])
some_answers = st.lists(
    st.builds(
        lambda ago, question, option: Answer(NOON - ago, question, option, option == 2, 900),
        st.timedeltas(timedelta(0), timedelta(days=70)),
        st.sampled_from([*ROADMAP.question]),
        st.integers(0, 3),
    ),
    max_size=40,
).map(sorted)
some_memories = st.dictionaries(
    st.sampled_from([*ROADMAP.card]),
    st.builds(
        lambda ago, lasts: Memory(3.0, 5.0, NOON - ago + lasts, NOON - ago),
        st.timedeltas(timedelta(0), timedelta(days=70)),
        st.timedeltas(timedelta(days=1), timedelta(days=70)),
    ),
)
some_scope = st.builds(
    Scope,
    direction=st.none() | some_stage,
    stages=st.lists(some_stage, max_size=2, unique=True).map(tuple),
    categories=st.lists(st.sampled_from(miniature.CATEGORIES), max_size=2, unique=True).map(tuple),
    skills=st.lists(st.sampled_from([*ROADMAP.lines]), max_size=3, unique=True).map(tuple),
    cards=st.lists(st.sampled_from([*ROADMAP.card]), max_size=3, unique=True).map(tuple),
)


def days_ago(days: float, question: str, right: bool = False) -> Answer:
    return Answer(NOON - timedelta(days=days), question, 2 if right else 0, right, 900)


def ids(asks: list[Ask]) -> list[str]:
    return [ask.question.id for ask in asks]


# What is asked


@given(some_answers, some_ticks, some_stage, some_scope)
def test_the_questions_keep_their_promises(answers: list[Answer], ticks: set[str], target: str, scope: Scope) -> None:
    asks = quiz(ROADMAP, answers, ticks, target, TODAY, scope)
    assert len({*ids(asks)}) == len(asks), "never a question twice"
    answered_today = {answer.question for answer in answers if TODAY.of(answer.at) == TODAY.today}
    lately_right = {one.question for one in answers if one.right and TODAY.today - TODAY.of(one.at) < REST}
    assert not {*ids(asks)} & (answered_today | lately_right)
    for ask in asks:
        assert scope.includes(ROADMAP, ask.question)
        assert ask.line.id in ask.question.skills
        assert ask.why
        assert scope or ROADMAP.rank[ask.question.stage] <= ROADMAP.rank[target]


@given(some_answers, some_ticks, some_stage, some_scope)
def test_new_questions_come_first_then_missed_ones_then_right_ones_the_longest_ago_first(
    answers: list[Answer], ticks: set[str], target: str, scope: Scope
) -> None:
    last = {answer.question: answer for answer in answers}
    turns = [
        (last[id].right, last[id].at) if id in last else (False, datetime.min.replace(tzinfo=UTC))
        for id in ids(quiz(ROADMAP, answers, ticks, target, TODAY, scope))
    ]
    assert turns == sorted(turns)


@given(some_answers, some_ticks, some_stage, some_scope, st.data())
def test_answering_one_never_reorders_the_rest(
    answers: list[Answer], ticks: set[str], target: str, scope: Scope, data: st.DataObject
) -> None:
    asks = ids(quiz(ROADMAP, answers, ticks, target, TODAY, scope))
    if asks:
        answered = data.draw(st.sampled_from(asks))
        after = quiz(ROADMAP, [*answers, days_ago(0, answered)], ticks, target, TODAY, scope)
        assert ids(after) == [id for id in asks if id != answered]


@given(some_answers, st.sampled_from([*ROADMAP.question]), some_scope)
def test_a_question_opened_by_its_id_comes_first_unless_it_rests(
    answers: list[Answer], opened: str, scope: Scope
) -> None:
    everything = ids(quiz(ROADMAP, answers, (), "beyond", TODAY))
    asks = ids(quiz(ROADMAP, answers, (), "junior", TODAY, scope, first=opened))
    assert (asks[:1] == [opened]) == (opened in everything)
    assert asks.count(opened) == (opened in everything)


@pytest.mark.parametrize(
    ("days", "right", "asked"),
    [(0, False, False), (1, False, True), (0, True, False), (29, True, False), (30, True, True)],
)
def test_a_miss_is_asked_again_the_next_day_and_a_right_one_after_thirty(days: int, right: bool, asked: bool) -> None:
    answer = days_ago(days, "q.junior.skill-1.1", right)
    assert (answer.question in ids(quiz(ROADMAP, [answer], (), "junior", TODAY))) == asked


def test_a_question_says_why_it_is_here() -> None:
    answers = [
        days_ago(40, "q.junior.skill-3.1", right=True),
        days_ago(3, "q.junior.skill-2.1"),
        days_ago(1, "q.junior.skill-1.1"),
    ]
    asks = quiz(ROADMAP, answers, first(junior=1), "junior", TODAY, first="q.mid.skill-1.1")
    why = {ask.question.id: ask.why for ask in asks}
    assert why["q.mid.skill-1.1"] == "You opened this question"
    assert why["q.junior.skill-2.2"] == "Blocks Junior"
    assert why["q.junior.skill-2.1"] == "Missed 3 days ago; blocks Junior"
    assert why["q.junior.skill-1.1"] == "Missed yesterday"
    assert why["q.junior.skill-3.1"] == "Right 40 days ago; blocks Junior"


def test_answers_to_questions_of_long_ago_are_left_alone() -> None:
    gone = [days_ago(2, "q.of-long-ago")]
    assert quiz(ROADMAP, gone, (), "junior", TODAY, first="q.of-long-ago") == quiz(ROADMAP, [], (), "junior", TODAY)
    assert missed_cards(ROADMAP, gone, TODAY) == {}


@pytest.mark.parametrize(("today", "in_row"), [(0, 0), (1, 1), (9, 9), (10, 10), (11, 1), (20, 10), (23, 3)])
def test_after_ten_answers_of_a_day_a_new_row_begins(today: int, in_row: int) -> None:
    yesterday = [days_ago(1, "q.junior.skill-1.1")] * 7
    assert len(row([*yesterday, *[days_ago(0, "q.junior.skill-1.1")] * today], TODAY)) == in_row <= IN_A_ROW


@given(st.sampled_from(ROADMAP.questions), st.uuids().map(str))
def test_options_are_shuffled_alike_each_time(question: Question, person: str) -> None:
    order = shuffled(question, person)
    assert sorted(order) == [0, 1, 2, 3]
    assert shuffled(question, person) == order


def test_the_key_stands_in_every_place_alike_and_each_person_has_their_own_order() -> None:
    places = [shuffled(ROADMAP.questions[0], f"person {n}").index(2) for n in range(2000)]
    assert all(400 < places.count(place) < 600 for place in range(4))
    assert shuffled(ROADMAP.questions[0], "person 1") == [0, 2, 1, 3], "an order once seen stays for good"


# What a miss does to cards


def test_a_miss_brings_its_card_the_day_after_until_it_is_recalled() -> None:
    card = ROADMAP.question["q.mid.goal-1.1"].card
    miss = days_ago(0, "q.mid.goal-1.1")
    whys = []
    for passed in range(4):
        today = TODAY._replace(today=TODAY.today + timedelta(days=passed))
        waiting = due_cards({}, missed_cards(ROADMAP, [miss], today), today)
        whys += [why for id, why in waiting.items() if id == card]
    assert whys == [f"Missed in a question {when}" for when in ("yesterday", "2 days ago", "3 days ago")]
    recalled = Memory(9.0, 5.0, NOON + timedelta(days=20), NOON + timedelta(hours=1))
    tomorrow = TODAY._replace(today=TODAY.today + timedelta(days=1))
    assert due_cards({card: recalled}, missed_cards(ROADMAP, [miss], tomorrow), tomorrow) == {}


def test_a_card_recalled_earlier_on_the_day_of_the_miss_comes_back_the_day_after() -> None:
    card = "junior.skill-1.card"
    before = Memory(9.0, 5.0, NOON + timedelta(days=20), NOON - timedelta(hours=1))
    miss = days_ago(0, "q.junior.skill-1.1")
    tomorrow = TODAY._replace(today=TODAY.today + timedelta(days=1))
    for missed in (missed_cards(ROADMAP, [miss], day) for day in (TODAY, tomorrow)):
        assert due_cards({card: before}, missed, TODAY) == {}  # one recall a day, however much is asked for
    assert [*due_cards({card: before}, missed, tomorrow)] == [card]


def test_the_newest_miss_of_a_card_counts() -> None:
    answers = [
        days_ago(9, "q.junior.skill-1.1"),
        days_ago(2, "q.junior.skill-1.2"),
        days_ago(1, "q.junior.skill-1.1", True),
    ]
    assert missed_cards(ROADMAP, answers, TODAY) == {"junior.skill-1.card": answers[1].at}
