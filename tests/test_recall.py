"""Spaced repetition as a person meets it: what a grade does to a memory, and which cards today brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import miniature
from hypothesis import given
from hypothesis import strategies as st

from roadmap.facts import Grade, Recall
from roadmap.recall import (
    LEECH,
    LONGEST_INTERVAL,
    Day,
    Memory,
    due,
    due_cards,
    graded,
    intervals,
    lapses,
    leech,
    remember,
    set_aside,
)

ROADMAP = miniature.catalog()
CARDS = [*ROADMAP.card]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TODAY = NOON.date()

some_grade = st.sampled_from(Grade)
some_retention = st.floats(0.7, 0.97)
# A recall: how long after the one before, and its grade. Now and then the clock goes back.
some_recalls = st.lists(st.tuples(st.timedeltas(-timedelta(days=2), timedelta(days=800)), some_grade), max_size=12)
some_stage = st.sampled_from([*ROADMAP.stage])


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
    assert CARDS[0] not in due_cards({CARDS[0]: memory}, {}, first_of_may)
    assert CARDS[0] in due_cards({CARDS[0]: memory}, {}, second_of_may)


def test_a_card_forgotten_today_waits_until_tomorrow_however_far_one_travels() -> None:
    memory = Memory(0.2, 9.0, due=NOON, last=NOON - timedelta(hours=1))
    assert not due(memory, day())
    assert not due(memory, day(date(2026, 4, 30), "Pacific/Honolulu"))


# Cards set aside, and cards that are failed again and again


def test_a_buried_card_comes_back_on_the_persons_next_day_a_suspended_one_does_not() -> None:
    """Late on 1 May in Auckland is still noon in London; half an hour later Auckland has 2 May."""
    late = datetime(2026, 5, 1, 23, 30, tzinfo=ZoneInfo("Pacific/Auckland"))
    labels = {"buried": {CARDS[0]: late.astimezone(UTC)}, "suspended": {CARDS[1]: late}, "flagged": {CARDS[2]: late}}
    first_of_may = day(date(2026, 5, 1), "Pacific/Auckland")
    assert set_aside(labels, first_of_may) == {CARDS[0], CARDS[1]}
    assert set_aside(labels, first_of_may._replace(today=date(2026, 5, 2))) == {CARDS[1]}
    assert set_aside({}, first_of_may) == set()


@given(some_facts)
def test_a_card_failed_six_times_is_a_leech(facts: list[Recall]) -> None:
    counts = lapses(facts)
    assert counts.total() == sum(fact.grade is Grade.again for fact in facts)
    assert all(counts[fact.card] for fact in facts if fact.grade is Grade.again)
    assert (leech(LEECH - 1), leech(LEECH), leech(LEECH + 9)) == (False, True, True)
