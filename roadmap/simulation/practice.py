"""Which order of cards makes somebody better soonest: the project's own against three that people know.

The memory that learns here is FSRS-like, at a speed of one's own that no queue is told; what somebody knew before
stays known, and the queue has to find out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.random import Generator, default_rng

from roadmap import evidence, levels, placement, recall, recommend
from roadmap.catalog import Card, Catalog
from roadmap.evidence import Floats
from roadmap.facts import Answer, Grade, Recall
from roadmap.recall import Day, Memory
from roadmap.recommend import Deck
from roadmap.simulation.checks import taken
from roadmap.simulation.measures import Promise, Table
from roadmap.simulation.people import DAY, HELD, ITEMS, WORLDS, World, people, right

BUDGET, NEW = 20, 10
"""Cards a day, and new ones among them."""
HIGHER = 2
"""Stages to climb; the target is that stage."""
LONGEST = 150
WEEK = timedelta(days=7)
"""Between checks of six questions; and how long a level must still hold to count as reached."""
UNAIDED, SURE = 0.03, 0.97
"""How often a card is recalled that was never learned, and one that was known before."""
SPEEDS = 0.3
"""The spread of personal speed, as a factor on stability (log)."""

Told = Callable[[str], None]


class Learner:
    """One made-up person who drills: what they knew, what their memory holds, what the app has seen of it."""

    def __init__(
        self, catalog: Catalog, person: str, known: Floats, ticks: Iterable[str], speed: float, chance: Generator
    ) -> None:
        self.catalog, self.person, self.speed, self.chance = catalog, person, speed, chance
        self.ticks = frozenset(ticks)
        self.place = {card.id: place for place, card in enumerate(catalog.cards)}
        self.before = chance.random(known.size) < known.ravel()
        """Which cards were known before (N)."""
        self.stability, self.last = np.full(known.size, np.nan), np.zeros(known.size)
        self.memories: dict[str, Memory] = {}
        self.recalls: dict[str, Recall] = {}
        self.minutes = 0.0
        self.start = self.level(0)
        self.now = datetime.combine(DAY, time(9), UTC)
        self.answers = taken(catalog, known, person, DAY, chance) if self.start + HIGHER <= len(catalog.stages) else []

    @property
    def day(self) -> Day:
        """Today, with its budget."""
        return Day(self.now.date(), UTC, BUDGET, NEW)

    @property
    def target(self) -> str:
        """The stage to reach."""
        return self.catalog.stages[self.start + HIGHER - 1].id

    def recalled(self, after: float = 0) -> Floats:
        """The true probability of recalling each card so many days from the beginning (N)."""
        learned = recommend.recall_after(np.maximum(after - self.last, 0), self.speed * self.stability)
        return np.where(self.before, SURE, np.where(np.isnan(self.stability), UNAIDED, learned))

    def level(self, after: float) -> int:
        """The true level that the skills add up to, if nothing more is drilled until then."""
        skills = self.recalled(after).reshape(-1, ITEMS).mean(axis=1) >= HELD
        has = {id for id, holds in zip(self.catalog.skills, skills, strict=True) if holds}
        level = levels.standing(self.catalog, has).level
        return self.catalog.rank[level] if level else 0

    def drill(self, cards: Iterable[Card], passed: int) -> None:
        """Recall these cards today, the day `passed` from the beginning, each graded as it went."""
        true = self.recalled(passed)
        for card in cards:
            place, memory = self.place[card.id], self.memories.get(card.id)
            grade = Grade.good if self.chance.random() < true[place] else Grade.again
            after = recall.graded(memory, grade, self.now)
            self.minutes += recommend.SEEN_MINUTES if memory else recommend.NEW_MINUTES
            self.memories[card.id] = after
            self.stability[place], self.last[place] = after.stability, passed
            if grade is Grade.good:
                self.recalls[card.id] = Recall(self.now, card.id, grade, None, "", 0)

    def check(self, passed: int) -> None:
        """Answer the six questions that tell whether the next stage is reached."""
        true = self.recalled(passed)
        while (
            question := placement.check(
                self.catalog, self.answers, "readiness", self.now, datetime.date, self.person
            ).question
        ) and not self._checked_today():
            knows = float(true[self.place[question.card]])
            is_right = bool(self.chance.random() < right(np.array(knows)))
            self.answers.append(Answer(self.now, question.id, 0, is_right, 40_000, "readiness"))

    def _checked_today(self) -> bool:
        return sum(answer.at == self.now for answer in self.answers) >= placement.SHORT


Order = Callable[[Learner, Deck], list[Card]]


def _within(learner: Learner, cards: Iterable[Card]) -> list[Card]:
    """The first cards that are due or new, within the day's budget and its limit of new ones."""
    chosen: list[Card] = []
    new = 0
    for card in cards:
        memory = learner.memories.get(card.id)
        if len(chosen) == BUDGET:
            break
        if (memory and recall.due(memory, learner.day)) or (not memory and new < NEW):
            new += memory is None
            chosen.append(card)
    return chosen


def _deck_order(learner: Learner) -> list[Card]:
    """By category and then by stage, as a deck is browsed."""
    names = [category.name for category in learner.catalog.categories]
    return sorted(
        learner.catalog.cards, key=lambda card: (names.index(card.category), learner.catalog.rank[card.stage])
    )


def at_random(learner: Learner, _: Deck) -> list[Card]:
    """Any due or new card."""
    cards = learner.catalog.cards
    return _within(learner, (cards[place] for place in learner.chance.permutation(len(cards))))


def due_first(learner: Learner, _: Deck) -> list[Card]:
    """As Anki does: what is due, longest first, then new cards in the order of the deck."""
    due = sorted((memory.due, id) for id, memory in learner.memories.items())
    return _within(learner, [*(learner.catalog.card[id] for _, id in due), *_deck_order(learner)])


def lowest_stage_first(learner: Learner, _: Deck) -> list[Card]:
    """Stage by stage from the lowest, in each what is due before what is new."""
    rank = learner.catalog.rank
    return _within(
        learner,
        sorted(_deck_order(learner), key=lambda card: (rank[card.stage], card.id not in learner.memories)),
    )


def recommended(learner: Learner, deck: Deck) -> list[Card]:
    """The project's own queue, from what it has seen of this person."""
    events = evidence.events(learner.catalog, learner.answers, learner.recalls.values(), (), datetime.date)
    found = evidence.judge(learner.catalog, learner.ticks, events, learner.now.date())
    picks = recommend.queue(deck, learner.memories, found, learner.ticks, learner.target, learner.day, learner.now)
    return [pick.card for pick in picks]


ORDERS: dict[str, Order] = {
    "random": at_random,
    "due first, then deck order": due_first,
    "lowest stage first": lowest_stage_first,
    "recommended": recommended,
}


class Group(NamedTuple):
    """Who drills: a world, and how fast the median person's memory is beside FSRS's average."""

    name: str
    world: World
    speed: float


GROUPS = (
    Group("ladder", WORLDS[0], 1.0),
    Group("spiky", WORLDS[1], 1.0),
    Group("weak memory", WORLDS[0], 0.4),
)


class Climb(NamedTuple):
    """What one person took: days to one and to two stages up, infinite where never; minutes drilled until then."""

    one: float
    two: float
    minutes: float


def practice_table(catalog: Catalog, seed: int, count: int, told: Told) -> tuple[Table, list[Promise]]:
    """Days until the true level rose by one and two stages; in a group the same people for every order."""
    deck = Deck(catalog)
    rows, two_up = [], {}
    for number, group in enumerate(GROUPS):
        for order, choose in ORDERS.items():
            told(f"practice, {group.name}, {order}")
            climbs = [_climb(learner, deck, choose) for learner in _learners(catalog, seed, number, group, count)]
            ones, twos, minutes = (np.array(column) for column in zip(*climbs, strict=True))
            two_up[group.name, order] = float(np.median(twos))
            rows.append(
                (
                    group.name,
                    order,
                    *(f"{_days(np.median(days))} ({_days(_p90(days))})" for days in (ones, twos)),
                    f"{np.median(minutes[np.isfinite(twos)]):.0f}" if np.isfinite(twos).any() else "-",
                    f"{np.isfinite(twos).mean():.2f}",
                )
            )
    table = Table(
        f"Practice: {count} people in each group, {BUDGET} cards a day, a placement check first, six questions a week",
        seed,
        (
            "people",
            "order",
            "days to +1: median (p90)",
            "days to +2: median (p90)",
            "minutes to +2",
            f"+2 in {LONGEST} days",
        ),
        tuple(rows),
    )
    share = two_up["ladder", "recommended"] / two_up["ladder", "due first, then deck order"]
    return table, [
        Promise(
            "recommended: two stages up in at most half the days of due first (share of its median)",
            share,
            share <= 0.5,
        )
    ]


def _learners(catalog: Catalog, seed: int, number: int, group: Group, count: int) -> Iterable[Learner]:
    """The people of a group who have two stages above them."""
    chance = default_rng([seed, 6, number])
    of = people(catalog, group.world, 4 * count, chance)
    speeds = group.speed * np.exp(chance.normal(0, SPEEDS, 4 * count))
    skills = [*catalog.skills]
    found = 0
    for n, known in enumerate(of.known):
        ticks = [id for id, ticked in zip(skills, of.ticks[n], strict=True) if ticked]
        learner = Learner(
            catalog, f"{seed} {group.name} {n}", known, ticks, speeds[n], default_rng([seed, 7, number, n])
        )
        if learner.start + HIGHER <= len(catalog.stages):
            found += 1
            yield learner
        if found == count:
            return


def _climb(learner: Learner, deck: Deck, choose: Order) -> Climb:
    """Drill day by day until the level is two stages higher and would hold a week."""
    one = inf
    for passed in range(LONGEST):
        learner.now = datetime.combine(DAY, time(12), UTC) + timedelta(days=passed)
        learner.drill(choose(learner, deck), passed)
        if passed and passed % WEEK.days == 0:
            learner.check(passed)
        level = learner.level(passed + WEEK.days)
        if level > learner.start:
            one = min(one, passed + 1)
        if level >= learner.start + HIGHER:
            return Climb(one, passed + 1, learner.minutes)
    return Climb(one, inf, learner.minutes)


def _p90(days: Floats) -> float:
    return float(np.quantile(days, 0.9, method="closest_observation"))


def _days(days: float) -> str:
    return "never" if days == inf else f"{days:.0f}"
