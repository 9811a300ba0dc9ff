"""Which cards come next: those that gain most for a minute, within what a day promises; and the plan ahead."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import miniature
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import first

from roadmap import recommend
from roadmap.catalog import Card, Catalog
from roadmap.evidence import Event, Evidence, judge
from roadmap.facts import Grade, Recall
from roadmap.recall import Day, Memory, Pick, Scope, due, graded
from roadmap.recommend import Deck, Pace, pace, plan, ready

ROADMAP = miniature.catalog()
DECK = Deck(ROADMAP)
CARDS = [*ROADMAP.card]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TODAY = NOON.date()

some_ticks = st.sets(st.sampled_from([*ROADMAP.lines]))
some_stage = st.sampled_from([*ROADMAP.stage])
some_memories = st.dictionaries(
    st.sampled_from(CARDS),
    st.builds(
        lambda ago, lasts, stability: Memory(stability, 5.0, NOON - ago + lasts, NOON - ago),
        st.timedeltas(timedelta(0), timedelta(days=90)),
        st.timedeltas(timedelta(days=1), timedelta(days=120)),
        st.floats(0.1, 400),
    ),
)
some_scope = st.builds(
    Scope,
    direction=st.none() | some_stage,
    stages=st.lists(some_stage, max_size=2, unique=True).map(tuple),
    categories=st.lists(st.sampled_from(miniature.CATEGORIES), max_size=2, unique=True).map(tuple),
    skills=st.lists(st.sampled_from([*ROADMAP.lines]), max_size=3, unique=True).map(tuple),
)
some_missed = st.dictionaries(
    st.sampled_from(CARDS), st.timedeltas(timedelta(days=1), timedelta(days=9)).map(lambda ago: NOON - ago)
)
some_events = st.lists(
    st.builds(
        lambda ago, skill, right, item: Event(TODAY - timedelta(days=ago), f"q{item}", "quiz", right, (skill,)),
        st.integers(0, 300),
        st.sampled_from([*ROADMAP.skills]),
        st.booleans(),
        st.integers(0, 30),
    ),
    max_size=20,
)


def day(today: date = TODAY, zone: str = "UTC", budget: int = 20, new_limit: int = 10) -> Day:
    return Day(today, ZoneInfo(zone), budget, new_limit)


some_days = st.builds(day, budget=st.integers(0, 30), new_limit=st.integers(0, 30))


def shown(ticks: Collection[str] = (), events: Collection[Event] = (), catalog: Catalog = ROADMAP) -> Evidence:
    return judge(catalog, ticks, events, TODAY)


def queue(
    memories: Mapping[str, Memory],
    ticks: Collection[str],
    target: str,
    today: Day,
    scope: Scope = Scope(),  # noqa: B008 - frozen
    *,
    events: Collection[Event] = (),
    deck: Deck = DECK,
    **more: Any,
) -> list[Pick]:
    found = shown(ticks, events, deck.catalog)
    return recommend.queue(deck, memories, found, ticks, target, today, NOON, scope, **more)


# What a day promises


@given(
    some_memories,
    some_ticks,
    some_events,
    some_stage,
    some_days,
    some_scope,
    some_missed,
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_the_queue_keeps_its_promises(
    memories: dict[str, Memory],
    ticks: set[str],
    events: list[Event],
    target: str,
    today: Day,
    scope: Scope,
    missed: dict[str, datetime],
    done: int,
    new_done: int,
) -> None:
    picks = queue(memories, ticks, target, today, scope, events=events, missed=missed, done=done, new_done=new_done)
    cards = [pick.card.id for pick in picks]
    assert len({*cards}) == len(cards), "never a card twice"
    assert len(picks) <= max(0, today.budget - done)
    assert sum(pick.new for pick in picks) <= max(0, today.new_limit - new_done)
    for pick in picks:
        assert scope.includes(ROADMAP, pick.card)
        assert pick.line.id in pick.card.skills
        assert pick.why
        assert pick.because
        waits = pick.card.id in missed or due(memories[pick.card.id], today) if pick.card.id in memories else False
        assert waits or pick.card.id not in memories
        if pick.card.id in memories:
            assert today.of(memories[pick.card.id].last) < today.today, "one recall a card and day"
    if not scope:
        reach = [pick for pick in picks if pick.card.id not in missed]
        assert all(ROADMAP.rank[pick.card.stage] <= ROADMAP.rank[target] for pick in reach)


@given(some_memories, some_ticks, some_missed, some_days)
def test_the_cards_of_missed_questions_come_before_all_others(
    memories: dict[str, Memory], ticks: set[str], missed: dict[str, datetime], today: Day
) -> None:
    picks = queue(memories, ticks, "mid", today, missed=missed)
    owed = [pick.why.startswith("Missed in a question") for pick in picks]
    assert owed == sorted(owed, reverse=True)
    waiting = {
        id
        for id, at in missed.items()
        if id not in memories or (memories[id].last < at and memories[id].last < today.start)
    }
    assert sum(owed) == min(len(waiting), today.budget)


@given(some_memories, some_ticks, some_events, some_days)
def test_no_two_of_a_category_come_in_a_row_where_that_can_be_avoided(
    memories: dict[str, Memory], ticks: set[str], events: list[Event], today: Day
) -> None:
    named = [pick.card.category for pick in queue(memories, ticks, "mid", today, events=events)]
    repeats = [place for place in range(1, len(named)) if named[place] == named[place - 1]]
    if repeats:
        assert len({*named[repeats[0] :]}) == 1, "from the first repeat on, only one category was left"


@given(some_memories, some_ticks, st.sets(st.sampled_from(CARDS)), some_missed)
def test_what_its_owner_took_out_comes_back_only_when_asked_for_by_its_id(
    memories: dict[str, Memory], ticks: set[str], aside: set[str], missed: dict[str, datetime]
) -> None:
    roomy = day(budget=500, new_limit=500)
    picks = queue(memories, ticks, "mid", roomy, missed=missed, aside=aside)
    assert not aside & {pick.card.id for pick in picks}
    for card in aside - {*memories}:
        asked = queue(memories, ticks, "mid", roomy, Scope(cards=(card,)), aside=aside)
        assert [pick.card.id for pick in asked] == [card]


def test_a_card_taken_out_leaves_its_place_to_the_others() -> None:
    assert len(queue({}, (), "junior", day(budget=3), aside=CARDS[:2])) == 3


@given(some_memories, some_ticks, some_stage)
def test_with_room_for_all_every_due_card_up_to_the_target_comes(
    memories: dict[str, Memory], ticks: set[str], target: str
) -> None:
    roomy = day(budget=len(CARDS), new_limit=0)
    wanted = {
        id
        for id, memory in memories.items()
        if due(memory, roomy) and DECK.stage[DECK.place[id]] <= ROADMAP.rank[target]
    }
    assert {pick.card.id for pick in queue(memories, ticks, target, roomy)} == wanted


# What gains most


def test_what_answers_show_to_be_known_waits_for_what_they_do_not() -> None:
    known, unknown = "junior.skill-1", "junior.skill-2"
    answers = [
        Event(TODAY, f"{skill}-{number}", "quiz", skill == known, (skill,))
        for skill in (known, unknown)
        for number in range(3)
    ]
    order = [pick.line.id for pick in queue({}, (), "junior", day(), events=answers)]
    assert order.index(unknown) < order.index(known)


def test_where_nothing_is_checked_the_open_skills_come_before_the_ticked_ones() -> None:
    ticks = first(junior=3)
    lines = [pick.line.id for pick in queue({}, ticks, "junior", day()) if pick.line.id in ROADMAP.skills]
    assert {*lines[:2]} == {"junior.skill-4", "junior.skill-5"}


def test_the_first_stage_that_does_not_stand_yet_weighs_more_than_later_ones() -> None:
    picks = queue({}, (), "mid", day(budget=5, new_limit=5))
    assert {ROADMAP.rank[pick.card.stage] for pick in picks} == {1}


def test_a_card_of_a_higher_stage_waits_though_it_also_serves_a_lower_skill() -> None:
    hard = ROADMAP.cards[0].model_copy(update={"id": "hard", "stage": "senior"})
    deck = Deck(miniature.changed(cards=(hard, *ROADMAP.cards)))
    roomy = day(budget=500, new_limit=500)
    assert "hard" not in [pick.card.id for pick in queue({}, (), "junior", roomy, deck=deck)]
    assert "hard" in [pick.card.id for pick in queue({}, (), "senior", roomy, deck=deck)]
    asked = queue({}, (), "junior", roomy, Scope(stages=("senior",)), deck=deck)
    assert "hard" in [pick.card.id for pick in asked]


def test_a_scope_reaches_above_the_target() -> None:
    picks = queue({}, (), "junior", day(), Scope(stages=("mid",)))
    assert {pick.card.stage for pick in picks} == {"mid"}
    assert {pick.line.id: pick.why for pick in picks}["mid.skill-1"] == "You asked for Mid"


def test_what_was_done_today_uses_up_the_budget() -> None:
    memories = {card: Memory(3.0, 5.0, NOON, NOON - timedelta(days=3)) for card in CARDS[:4]}
    sizes = [
        (sum(not pick.new for pick in picks), sum(pick.new for pick in picks))
        for done, new_done in ((0, 0), (3, 3), (6, 0), (9, 3))
        for picks in [queue(memories, (), "mid", day(budget=7, new_limit=4), done=done, new_done=new_done)]
    ]
    assert [sum(size) for size in sizes] == [7, 4, 1, 0]
    assert all(new <= 4 for _, new in sizes)


# Why a card is here


@pytest.mark.parametrize(
    ("ticks", "target", "line", "why"),
    [
        (set(), "junior", "junior.skill-1", "Blocks Junior"),
        (first(junior=4), "junior", "junior.skill-5", "Still open at Junior"),
        (first(junior=1), "junior", "junior.skill-1", "Backs what you ticked"),
        (first(junior=5), "mid", "junior.goal-1", "Prepares Mid"),
    ],
)
def test_a_new_card_says_why_it_is_here(ticks: set[str], target: str, line: str, why: str) -> None:
    picks = {pick.line.id: pick.why for pick in queue({}, ticks, target, day(budget=99, new_limit=99))}
    assert picks[line] == why


@pytest.mark.parametrize(
    ("days", "ticks", "why"),
    [
        (1, set(), "Due, last recalled 1 day ago; blocks Junior"),
        (19, set(), "Due, last recalled 19 days ago; blocks Junior"),
        (2, {"junior.skill-1"}, "Due, last recalled 2 days ago"),
    ],
)
def test_a_due_card_says_when_it_was_last_recalled(days: int, ticks: set[str], why: str) -> None:
    memories = {"junior.skill-1.card": Memory(1.0, 5.0, NOON, NOON - timedelta(days=days))}
    (pick,) = queue(memories, ticks, "junior", day(new_limit=0))
    assert (pick.new, pick.why) == (False, why)


def test_a_card_says_what_it_brings_in_its_own_numbers() -> None:
    new = queue({}, (), "junior", day())[0].because
    assert new.startswith("New: ")
    assert new.endswith("points of recall in 3 weeks for 45 seconds")
    memory = graded(None, Grade.good, NOON - timedelta(days=9))
    (old,) = queue({CARDS[0]: memory}, (), "junior", day(new_limit=0), own=Pace(new=2.0, seen=0.5))
    at = recommend.recall_after(9.0, np.array(memory.stability))
    assert old.because.startswith(f"Recall is at {100 * at:.0f} %; +")
    assert old.because.endswith("for 30 seconds")


def test_an_empty_deck_gives_an_empty_queue() -> None:
    empty = Deck(miniature.changed(cards=()))
    assert queue({}, (), "beyond", day(), deck=empty) == []
    gone = {"a-card-of-long-ago": Memory(1.0, 5.0, NOON, NOON - timedelta(days=9))}
    assert queue(gone, (), "beyond", day(), Scope(stages=("junior",)), deck=empty) == []
    assert ready(empty, gone, shown(catalog=empty.catalog), (), "junior", NOON) < 0.01


# The arithmetic, held equal to py-fsrs


@given(st.lists(st.tuples(st.integers(1, 400), st.sampled_from(Grade)), min_size=2, max_size=8))
def test_the_arrays_do_what_py_fsrs_does(recalls: list[tuple[int, Grade]]) -> None:
    at, memory = NOON, graded(None, recalls[0][1], NOON)
    assert memory.difficulty == pytest.approx(np.clip(recommend.first_difficulty(recalls[0][1]), 1, 10))
    for days, grade in recalls[1:]:
        at += timedelta(days=days)
        stability, difficulty = np.array(memory.stability), np.array(memory.difficulty)
        recall = recommend.recall_after(float(days), stability)
        memory = graded(memory, grade, at)
        assert memory.stability == pytest.approx(recommend.stability_after(stability, difficulty, recall, grade))
        assert memory.difficulty == pytest.approx(recommend.difficulty_after(difficulty, grade))


# Pace and plan


def recalled(seconds: float, *, new: bool) -> Recall:
    return Recall(NOON, CARDS[0], Grade.good, None if new else "[]", "[]", round(seconds * 1000))


def test_the_pace_is_ones_own_median_once_there_are_five_recalls() -> None:
    few = [recalled(9, new=True)] * 4 + [recalled(60, new=False)] * 5
    assert pace(few) == Pace(recommend.NEW_MINUTES, 1.0)
    assert pace([*few, recalled(30, new=True)]).new == pytest.approx(0.15)
    assert pace([recalled(0, new=True)] * 9).new > 0


def a_plan(
    memories: Mapping[str, Memory],
    budget: int = 20,
    new: int = 10,
    target: str = "mid",
    suspended: Collection[str] = (),
) -> recommend.Plan:
    chance, today = np.random.default_rng(7), day(budget=budget, new_limit=new)
    return plan(DECK, memories, shown(), (), target, today, NOON, chance, suspended=suspended)


def test_the_plan_says_how_many_days_the_target_takes_as_a_range() -> None:
    low, middle, high = a_plan({}).days
    assert low is not None
    assert middle is not None
    assert high is not None
    assert 0 < low <= middle <= high
    assert a_plan({}) == a_plan({}), "the same facts and chance give the same plan"


def test_more_cards_a_day_never_take_longer_and_none_never_arrives() -> None:
    slow, fast = a_plan({}, new=1).days[1], a_plan({}, new=10).days[1]
    assert slow is not None
    assert fast is not None
    assert fast < slow
    assert a_plan({}, new=0).days == (None, None, None)


def test_after_a_break_the_backlog_spreads_over_days() -> None:
    memories = {card: Memory(3.0, 5.0, NOON - timedelta(days=40), NOON - timedelta(days=43)) for card in CARDS[:12]}
    found = a_plan(memories, budget=5)
    assert (found.due, found.spread, found.cards) == (12, 2, 5)


def test_suspended_cards_are_never_planned_with() -> None:
    memories = {card: Memory(3.0, 5.0, NOON - timedelta(days=40), NOON - timedelta(days=43)) for card in CARDS[:12]}
    found = a_plan(memories, budget=5, suspended=CARDS[:10])
    assert (found.due, found.spread) == (2, 0)
    nothing = a_plan({}, suspended=CARDS)
    assert (nothing.cards, nothing.days) == (0, (None, None, None))


def test_practice_makes_ready_and_time_undoes_it() -> None:
    strong = {card: Memory(300.0, 5.0, NOON + timedelta(days=200), NOON - timedelta(days=1)) for card in CARDS}
    weak = {card: Memory(2.0, 5.0, NOON - timedelta(days=200), NOON - timedelta(days=202)) for card in CARDS}
    assert ready(DECK, strong, shown(), (), "mid", NOON) > 0.9
    assert ready(DECK, weak, shown(), (), "mid", NOON) < 0.1


def test_a_deck_knows_which_stage_needs_a_card() -> None:
    def stage(card: Card) -> float:
        return float(DECK.stage[DECK.place[card.id]])

    assert stage(ROADMAP.cards_of["junior.skill-1"][0]) == 1
    assert stage(ROADMAP.cards_of["junior.goal-1"][0]) == 2, "a goal prepares the next stage"
