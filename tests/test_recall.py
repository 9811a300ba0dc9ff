"""Spaced repetition as a person meets it: what a grade does to a memory, and which cards today brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import miniature
import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import first

from roadmap.facts import Grade, Recall
from roadmap.recall import LONGEST_INTERVAL, Day, Memory, Scope, due, graded, intervals, queue, remember

ROADMAP = miniature.catalog()
CARDS = [*ROADMAP.card]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TODAY = NOON.date()

some_grade = st.sampled_from(Grade)
some_retention = st.floats(0.7, 0.97)
# A recall: how long after the one before, and its grade. Now and then the clock goes back.
some_recalls = st.lists(st.tuples(st.timedeltas(-timedelta(days=2), timedelta(days=800)), some_grade), max_size=12)
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


def after(recalls: Sequence[tuple[timedelta, Grade]], retention: float = 0.9) -> list[Memory]:
    """The memory after each of these recalls of one card."""
    memories: list[Memory] = []
    at = NOON
    for wait, grade in recalls:
        at += wait
        memories.append(graded(memories[-1] if memories else None, grade, at, retention))
    return memories


def day(today: date = TODAY, zone: str = "UTC", budget: int = 20, new_limit: int = 10) -> Day:
    return Day(today, ZoneInfo(zone), budget, new_limit)


# What a grade does


@given(some_recalls, some_retention)
def test_any_recalls_leave_a_memory_that_makes_sense(recalls: list[tuple[timedelta, Grade]], retention: float) -> None:
    memories = after(recalls, retention)
    for memory in memories:
        assert memory.stability > 0
        assert 1 <= memory.difficulty <= 10
        assert timedelta(0) < memory.due - memory.last <= timedelta(days=LONGEST_INTERVAL)
        assert memory.due.tzinfo == memory.last.tzinfo == UTC
    assert all(earlier.last <= later.last for earlier, later in pairwise(memories))


@given(some_recalls, st.timedeltas(-timedelta(days=2), timedelta(days=800)), some_retention)
def test_a_better_grade_never_brings_the_card_back_sooner(
    recalls: list[tuple[timedelta, Grade]], wait: timedelta, retention: float
) -> None:
    memory = next(reversed(after(recalls, retention)), None)
    days = intervals(memory, (memory.last if memory else NOON) + wait, retention)
    assert 1 <= days[Grade.again] <= days[Grade.hard] <= days[Grade.good] <= days[Grade.easy] <= LONGEST_INTERVAL


@given(some_recalls, some_grade, some_retention)
def test_the_interval_on_a_button_is_the_one_that_follows(
    recalls: list[tuple[timedelta, Grade]], grade: Grade, retention: float
) -> None:
    memory = next(reversed(after(recalls, retention)), None)
    at = memory.due if memory else NOON
    assert timedelta(days=intervals(memory, at, retention)[grade]) == graded(memory, grade, at, retention).due - at


def test_the_first_intervals_are_those_of_fsrs() -> None:
    assert [*intervals(None, NOON).values()] == [1, 1, 2, 8]
    easy = after([(timedelta(days=wait), Grade.easy) for wait in (0, 8, 66)])
    assert [(memory.due - memory.last).days for memory in easy] == [8, 66, LONGEST_INTERVAL]


def test_a_clock_that_went_back_counts_as_no_time_at_all() -> None:
    memory = graded(None, Grade.good, NOON)
    assert graded(memory, Grade.good, NOON - timedelta(days=30)) == graded(memory, Grade.good, NOON)


def test_any_time_zone_is_the_same_moment() -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    memory = graded(None, Grade.good, NOON)
    assert graded(None, Grade.good, NOON.astimezone(kathmandu)) == memory
    later = NOON + timedelta(days=3)
    assert graded(memory, Grade.hard, later.astimezone(ZoneInfo("UTC"))) == graded(memory, Grade.hard, later)


@given(some_recalls)
def test_a_memory_comes_back_from_json_as_it_was(recalls: list[tuple[timedelta, Grade]]) -> None:
    for memory in after(recalls):
        assert Memory.loads(memory.dumps()) == memory


# Replaying


def log(recalls: Sequence[tuple[int, timedelta, Grade]]) -> list[Recall]:
    """Facts as a session writes them: each with the memory before and after it."""
    held: dict[str, str] = {}
    facts = []
    at = NOON
    for card, wait, grade in recalls:
        at += wait
        before = held.get(CARDS[card])
        held[CARDS[card]] = graded(Memory.loads(before) if before else None, grade, at).dumps()
        facts.append(Recall(at, CARDS[card], grade, before, held[CARDS[card]], 900))
    return facts


some_facts = st.lists(
    st.tuples(st.integers(0, 2), st.timedeltas(timedelta(0), timedelta(days=60)), some_grade), max_size=12
).map(log)


def remembered(facts: Sequence[Recall]) -> dict[str, str]:
    memories: dict[str, str] = {}
    remember(memories, facts)
    return memories


@given(some_facts)
def test_remembering_gives_what_the_last_recall_of_each_card_left(facts: list[Recall]) -> None:
    assert remembered(facts) == {fact.card: fact.after for fact in facts}


@given(some_facts, st.data())
def test_a_recall_undone_in_the_middle_leaves_no_trace(facts: list[Recall], data: st.DataObject) -> None:
    undone = data.draw(st.sets(st.sampled_from(range(len(facts))))) if facts else set()
    left = [fact for place, fact in enumerate(facts) if place not in undone]
    from_scratch: dict[str, Memory] = {}
    for fact in left:
        from_scratch[fact.card] = graded(from_scratch.get(fact.card), fact.grade, fact.at)
    assert {card: Memory.loads(text) for card, text in remembered(left).items()} == from_scratch


@given(some_facts, st.integers(0, 12))
def test_remembering_in_two_goes_is_remembering_at_once(facts: list[Recall], first_go: int) -> None:
    memories = remembered(facts[:first_go])
    remember(memories, facts[first_go:])
    assert memories == remembered(facts)


# Today


def test_a_card_comes_back_on_its_day_whatever_the_hour() -> None:
    memory = Memory(2.0, 5.0, due=NOON + timedelta(days=2), last=NOON)
    assert [due(memory, day(TODAY + timedelta(days=later))) for later in range(4)] == [False, False, True, True]


def test_a_recall_late_in_auckland_counts_for_that_local_day() -> None:
    """23:30 on 1 May in Auckland is 11:30 in London, and half an hour later Auckland has 2 May."""
    auckland = ZoneInfo("Pacific/Auckland")
    late = datetime(2026, 5, 1, 23, 30, tzinfo=auckland)
    memory = graded(None, Grade.again, late)
    assert memory.due - memory.last == timedelta(days=1)
    first_of_may = day(date(2026, 5, 1), "Pacific/Auckland")
    second_of_may = first_of_may._replace(today=date(2026, 5, 2))
    assert first_of_may.of(memory.last) == date(2026, 5, 1)
    assert not due(memory, first_of_may)
    assert due(memory, second_of_may)
    card = CARDS[0]
    assert card not in [pick.card.id for pick in queue(ROADMAP, {card: memory}, (), "junior", first_of_may)]
    assert card in [pick.card.id for pick in queue(ROADMAP, {card: memory}, (), "junior", second_of_may)]


def test_a_card_forgotten_today_waits_until_tomorrow_however_far_one_travels() -> None:
    memory = Memory(0.2, 9.0, due=NOON, last=NOON - timedelta(hours=1))
    assert not due(memory, day())
    assert not due(memory, day(date(2026, 4, 30), "Pacific/Honolulu"))


# The queue

some_days = st.builds(day, budget=st.integers(0, 30), new_limit=st.integers(0, 30))


@given(some_memories, some_ticks, some_stage, some_days, some_scope, st.integers(0, 40), st.integers(0, 40))
def test_the_queue_keeps_its_promises(
    memories: dict[str, Memory], ticks: set[str], target: str, today: Day, scope: Scope, done: int, new_done: int
) -> None:
    picks = queue(ROADMAP, memories, ticks, target, today, scope, done=done, new_done=new_done)
    cards = [pick.card.id for pick in picks]
    new = [pick for pick in picks if pick.new]

    assert len({*cards}) == len(cards), "never a card twice"
    assert len(picks) <= max(0, today.budget - done)
    assert len(new) <= max(0, today.new_limit - new_done)
    assert [pick.new for pick in picks] == sorted(pick.new for pick in picks), "due cards come before new ones"
    for pick in picks:
        assert scope.includes(ROADMAP, pick.card)
        assert pick.line.id in pick.card.skills
        assert pick.why
        assert pick.new == (pick.card.id not in memories)
        assert pick.new or due(memories[pick.card.id], today)
    if not scope:
        assert all(ROADMAP.rank[pick.card.stage] <= ROADMAP.rank[target] for pick in new)


@given(some_memories, some_ticks, some_stage, some_scope)
def test_with_room_for_all_every_due_card_comes_in_the_order_it_fell_due(
    memories: dict[str, Memory], ticks: set[str], target: str, scope: Scope
) -> None:
    roomy = day(budget=len(CARDS), new_limit=0)
    picks = queue(ROADMAP, memories, ticks, target, roomy, scope)
    wanted = {id for id, memory in memories.items() if due(memory, roomy) and scope.includes(ROADMAP, ROADMAP.card[id])}
    assert {pick.card.id for pick in picks} == wanted
    fell_due = [memories[pick.card.id].due for pick in picks]
    assert fell_due == sorted(fell_due)


@given(some_ticks, some_stage)
def test_new_cards_of_the_stages_that_block_the_target_come_first(ticks: set[str], target: str) -> None:
    picks = queue(ROADMAP, {}, ticks, target, day(budget=500, new_limit=500))
    blocks = [pick.why.startswith("Blocks") for pick in picks if pick.line.id in ROADMAP.skills]
    assert blocks == sorted(blocks, reverse=True)
    backs = [pick.why == "Backs what you ticked" for pick in picks]
    assert backs == sorted(backs), "what is ticked comes last"


def test_cards_of_one_stage_take_turns_between_its_skills() -> None:
    second = [card.model_copy(update={"id": f"{card.id}-2"}) for card in ROADMAP.cards]
    catalog = miniature.changed(cards=(*ROADMAP.cards, *second))
    picks = queue(catalog, {}, (), "junior", day())
    lines = [pick.line.id for pick in picks]
    assert lines[:5] == lines[5:10] == [f"junior.skill-{number}" for number in range(1, 6)]


def test_a_new_card_of_a_higher_stage_waits_though_it_also_serves_a_lower_skill() -> None:
    hard = ROADMAP.cards[0].model_copy(update={"id": "hard", "stage": "senior"})
    catalog = miniature.changed(cards=(hard, *ROADMAP.cards))
    assert "hard" not in [pick.card.id for pick in queue(catalog, {}, (), "junior", day())]
    assert "hard" in [pick.card.id for pick in queue(catalog, {}, (), "senior", day())]
    assert "hard" in [pick.card.id for pick in queue(catalog, {}, (), "junior", day(), Scope(stages=("senior",)))]


def test_a_scope_reaches_above_the_target() -> None:
    (pick, *_) = queue(ROADMAP, {}, (), "junior", day(), Scope(stages=("mid",)))
    assert (pick.card.stage, pick.why) == ("mid", "You asked for Mid")


def test_what_was_done_today_uses_up_the_budget() -> None:
    memories = {card: Memory(3.0, 5.0, NOON, NOON - timedelta(days=3)) for card in CARDS[:4]}
    sizes = [
        (sum(not pick.new for pick in picks), sum(pick.new for pick in picks))
        for done, new_done in ((0, 0), (3, 0), (3, 3), (5, 0), (9, 3))
        for picks in [queue(ROADMAP, memories, (), "mid", day(budget=7, new_limit=4), done=done, new_done=new_done)]
    ]
    assert sizes == [(4, 3), (4, 0), (4, 0), (2, 0), (0, 0)]


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
    picks = {pick.line.id: pick.why for pick in queue(ROADMAP, {}, ticks, target, day(budget=99, new_limit=99))}
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
    pick, *_ = queue(ROADMAP, memories, ticks, "junior", day())
    assert (pick.new, pick.why) == (False, why)


def test_an_empty_deck_gives_an_empty_queue() -> None:
    catalog = miniature.changed(cards=())
    assert queue(catalog, {}, (), "beyond", day()) == []
    gone = {"a-card-of-long-ago": Memory(1.0, 5.0, NOON, NOON - timedelta(days=9))}
    assert queue(catalog, gone, (), "beyond", day(), Scope(stages=("junior",))) == []
