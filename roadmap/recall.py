"""Spaced repetition over py-fsrs: what a grade does to a memory, and which cards a person should recall today.

FSRS's words: stability (days until recall falls to 90 %), difficulty (1 to 10), retrievability (probability now).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from enum import IntEnum
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Literal, NamedTuple

import fsrs

from roadmap import levels
from roadmap.catalog import Card, Catalog, Goal, Skill, Value

LONGEST_INTERVAL = 365
RETENTION = 0.9


class Grade(IntEnum):
    """How a recall went, in FSRS's own words and numbers."""

    again = 1
    hard = 2
    good = 3
    easy = 4


class Memory(NamedTuple):
    """What recalls of one card left behind; times are UTC."""

    stability: float
    difficulty: float
    due: datetime
    last: datetime

    def dumps(self) -> str:
        """The memory as JSON, as the store keeps it."""
        return json.dumps([self.stability, self.difficulty, self.due.isoformat(), self.last.isoformat()])

    @staticmethod
    def loads(text: str) -> Memory:
        """The memory that `dumps` wrote."""
        stability, difficulty, due, last = json.loads(text)
        return Memory(stability, difficulty, datetime.fromisoformat(due), datetime.fromisoformat(last))


class Recall(NamedTuple):
    """One fact: a card was recalled with a grade. `before` and `after` are memories as JSON, None for a new card."""

    at: datetime
    card: str
    grade: Grade
    before: str | None
    after: str
    milliseconds: int


class Answer(NamedTuple):
    """One fact: a question was answered; `option` is its place as authored, `right` whether it was the key."""

    at: datetime
    question: str
    option: int
    right: bool
    milliseconds: int
    mode: Literal["quiz"] = "quiz"


class Scope(Value):
    """Which cards a person asked for; empty means "choose for me". Every filter that is set must match."""

    direction: str | None = None
    reading: str | None = None
    stages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.direction or self.reading or self.stages or self.categories or self.skills)

    def includes(self, catalog: Catalog, card: Card) -> bool:
        """Whether the card matches every filter that is set."""
        return (
            (not self.direction or catalog.stage[self.direction].direction.includes(card))
            and (not self.reading or card.id in catalog.readings[self.reading].cards)
            and (not self.stages or card.stage in self.stages)
            and (not self.categories or card.category in self.categories)
            and (not self.skills or any(skill in self.skills for skill in card.skills))
        )


EVERYTHING = Scope()


class Day(NamedTuple):
    """A person's today: the date in their own time zone, and what they may still do in it."""

    today: date
    zone: tzinfo
    budget: int
    new_limit: int

    def of(self, moment: datetime) -> date:
        """The person's date at a moment."""
        return moment.astimezone(self.zone).date()


class Pick(NamedTuple):
    """A card chosen for today, the skill or goal it is here for and, in words, why."""

    card: Card
    line: Skill
    why: str
    new: bool


@lru_cache(maxsize=32)
def _scheduler(retention: float) -> fsrs.Scheduler:
    # One rated recall a card and day leaves no room for steps within a day; fuzz would make replays differ.
    return fsrs.Scheduler(
        desired_retention=retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST_INTERVAL,
        enable_fuzzing=False,
    )


def graded(memory: Memory | None, grade: Grade, at: datetime, retention: float = RETENTION) -> Memory:
    """The memory after one recall at `at` (aware; FSRS-6), never earlier than the last one."""
    at = at.astimezone(UTC)
    if memory is None:
        card = fsrs.Card(card_id=0, state=fsrs.State.Learning, step=0)
    else:
        at = max(at, memory.last)
        card = fsrs.Card(
            card_id=0,
            state=fsrs.State.Review,
            step=None,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due=memory.due,
            last_review=memory.last,
        )
    after, _ = _scheduler(retention).review_card(card, fsrs.Rating(int(grade)), at)
    if after.stability is None or after.difficulty is None:
        raise AssertionError("py-fsrs gives every reviewed card a stability and a difficulty")
    return Memory(after.stability, after.difficulty, after.due, at)


def intervals(memory: Memory | None, at: datetime, retention: float = RETENTION) -> dict[Grade, int]:
    """The days until the card would come back, for each grade."""
    return {grade: (graded(memory, grade, at, retention).due - at.astimezone(UTC)).days for grade in Grade}


def remember(memories: dict[str, str], recalls: Iterable[Recall], retention: float = RETENTION) -> None:
    """Fold recalls, in time order, into memories as JSON by card.

    A recall's own `after` is taken as long as it follows on from what is held; where one in between was undone or
    restored, the grade is applied anew.
    """
    for recall in recalls:
        held = memories.get(recall.card)
        if recall.before == held:
            memories[recall.card] = recall.after
        else:
            memory = Memory.loads(held) if held else None
            memories[recall.card] = graded(memory, recall.grade, recall.at, retention).dumps()


def due(memory: Memory, day: Day) -> bool:
    """Whether a card is due today or earlier and has not been recalled today."""
    return day.of(memory.due) <= day.today and day.of(memory.last) < day.today


def queue(
    catalog: Catalog,
    memories: Mapping[str, Memory],
    ticks: Collection[str],
    target: str,
    day: Day,
    scope: Scope = EVERYTHING,
    *,
    done: int = 0,
    new_done: int = 0,
) -> list[Pick]:
    """Today's cards: due ones first, then new ones from the gaps that block `target`, within the day's budget.

    `done` and `new_done` are the cards already recalled today, which the budget counts. A scope narrows both kinds
    and may reach above the target.
    """
    left = max(0, day.budget - done)
    due_cards = sorted(
        (memory.due, id)
        for id, memory in memories.items()
        if id in catalog.card and due(memory, day) and scope.includes(catalog, catalog.card[id])
    )
    picks = [_due_pick(catalog, catalog.card[id], memories[id], ticks, target, day) for _, id in due_cards[:left]]
    room = min(left - len(picks), max(0, day.new_limit - new_done))
    if room > 0:
        picks += _new(catalog, memories, ticks, target, scope, room)
    return picks


def _new(
    catalog: Catalog, memories: Mapping[str, Memory], ticks: Collection[str], target: str, scope: Scope, room: int
) -> list[Pick]:
    """Cards never seen, from the lines that come first; lines of one group take turns, so that categories mix."""
    picked: dict[str, Pick] = {}
    reach = len(catalog.stages) if scope else catalog.rank[target]  # a card may stand above the lines it serves
    for lines in _groups(catalog, ticks, target, scope):
        hands = ([(line, card) for card in catalog.cards_of[line.id]] for line in lines)
        # Cards seen before keep their turn, so that recalling one never reorders the rest.
        for line, card in filter(None, chain.from_iterable(zip_longest(*hands))):
            if card.id in memories or card.id in picked or catalog.rank[card.stage] > reach:
                continue
            if scope.includes(catalog, card):
                picked[card.id] = Pick(card, line, _why_new(catalog, card, line, ticks, target), new=True)
                if len(picked) == room:
                    return list(picked.values())
    return list(picked.values())


def _groups(catalog: Catalog, ticks: Collection[str], target: str, scope: Scope) -> Iterable[list[Skill]]:
    """Groups of lines in the order to learn them: what blocks the target, other open lines, then what is ticked.

    A goal of one stage prepares the next, so it stands with that stage's skills. A scope opens every stage.
    """
    prepared: list[Skill] = []
    groups: list[list[Skill]] = []
    blocked: list[bool] = []
    for stage in catalog.stages if scope else catalog.up_to(target):
        groups.append([*stage.skills, *prepared])
        blocked.append(levels.ticked(stage, ticks) < levels.needed(stage))
        prepared = list(stage.goals)
    if scope:
        groups.append(prepared)
        blocked.append(False)
    still_open = [[line for line in lines if line.id not in ticks] for lines in groups]
    yield from (lines for lines, blocks in zip(still_open, blocked, strict=True) if blocks)
    yield from (lines for lines, blocks in zip(still_open, blocked, strict=True) if not blocks)
    yield from ([line for line in lines if line.id in ticks] for lines in groups)


def _why_new(catalog: Catalog, card: Card, line: Skill, ticks: Collection[str], target: str) -> str:
    stage = catalog.stage[line.stage]
    if line.id in ticks:
        return "Backs what you ticked"
    if isinstance(line, Goal):
        following = levels.next_stage(catalog, line.stage)
        return f"Prepares {following.title}" if following else f"A goal of {stage.title}"
    if catalog.rank[line.stage] > catalog.rank[target]:
        return f"You asked for {catalog.stage[card.stage].title}"
    if levels.ticked(stage, ticks) >= levels.needed(stage):
        return f"Still open at {stage.title}"
    return f"Blocks {stage.title}"


def _due_pick(catalog: Catalog, card: Card, memory: Memory, ticks: Collection[str], target: str, day: Day) -> Pick:
    """A due card, for the first of its lines that is still open, else its first."""
    line = catalog.lines[next((id for id in card.skills if id not in ticks), card.skills[0])]
    days = (day.today - day.of(memory.last)).days
    seen = f"Due, last recalled {days} day{'' if days == 1 else 's'} ago"
    why = _why_new(catalog, card, line, ticks, target)
    return Pick(card, line, f"{seen}; {why[0].lower()}{why[1:]}" if why.startswith("Blocks") else seen, new=False)
