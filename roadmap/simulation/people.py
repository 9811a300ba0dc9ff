"""Made-up engineers: what they can do, what they say they can do, and how they answer.

Not the model of `evidence`: nobody here stands on a rung. A person has an ability in stages, is stronger in some
categories than in others, and has a margin in every skill, above or below what its stage asks; how likely they know a
piece of its material rises smoothly with the margin, and questions differ in difficulty, which no rule is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import log
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from roadmap import levels
from roadmap.catalog import Card, Catalog, Option, Question
from roadmap.evidence import Event, Floats

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

ITEMS = 8
"""Cards and questions about each skill."""
ABILITY = 2.2, 1.4
"""Mean and spread of ability, in stages: as many at each end as a large department has."""
SLOPE = 1.5
"""How much one stage of margin moves the log odds of knowing a piece of a skill's material."""
HELD = 0.7
"""The share of its material that somebody knows who holds a skill by a margin of nothing."""
DIFFICULTY = 0.7
"""The spread of the difficulty of questions, in log odds."""
GUESS, SLIP = 0.25, 0.03
"""A wrong belief still hits one of four options; a right one sometimes clicks beside it."""
SELF_KNOWLEDGE, LENIENCY, OWN_BIAS, OWN_NOISE = 0.7, 0.9, 1.75, 1.45
"""How claims follow ability, the stages everyone adds, and the spread of what one person adds, always or at a skill.

Chosen for what is known of self-assessment: claimed and true level correlate by about .4, claims are about .3 of a
spread too high, the weakest quarter by a stage and more, and the strongest claim too little.
"""
DAY = date(2026, 1, 1)
"""The day on which everything begins."""


class World(NamedTuple):
    """How people differ: by category and by skill (spreads in stages), and whether a skill is all or none."""

    name: str
    category: float
    skill: float
    all_or_none: bool = False


WORLDS = World("ladder", 0.35, 0.35), World("spiky", 0.9, 0.5), World("binary", 0.35, 0.35, all_or_none=True)


class People(NamedTuple):
    """N made-up people: margins (N, K) in stages and what they tick (N, K); the difficulty of the items (K, 8)."""

    world: World
    margin: Floats
    ticks: Flags
    difficulty: Floats

    @property
    def held(self) -> Flags:
        """Which skills each person holds (N, K)."""
        return self.margin >= 0

    @property
    def known(self) -> Floats:
        """The probability of knowing each item (N, K, 8)."""
        if self.world.all_or_none:
            odds = np.where(self.held, 2.5, -2.0)
        else:
            # Over questions of all difficulties, a margin of nothing comes to 70 %.
            odds = SLOPE * self.margin + log(HELD / (1 - HELD)) * np.sqrt(1 + np.pi * DIFFICULTY**2 / 8)
        known: Floats = 1 / (1 + np.exp(self.difficulty - odds[:, :, None]))
        return known

    def grown(self, stages: float | Floats) -> People:
        """The same people with more margin everywhere (or less), their claims unchanged."""
        return self._replace(margin=self.margin + stages)


def right(known: Floats) -> Floats:
    """The probability of answering right what is known with this probability: guess 1/4, slip 3 %."""
    return GUESS + (1 - SLIP - GUESS) * known


def people(catalog: Catalog, world: World, count: int, chance: Generator) -> People:
    """Draw `count` people of a world for this roadmap."""
    skills = catalog.skills.values()
    stage = np.array([catalog.rank[skill.stage] for skill in skills])
    of = np.array([[category.name in skill.categories for category in catalog.categories] for skill in skills])
    mean, spread = ABILITY
    ability = chance.normal(mean, spread, (count, 1))
    categories = chance.normal(0, world.category, (count, len(catalog.categories)))
    own = categories @ (of / of.sum(axis=1, keepdims=True)).T + chance.normal(0, world.skill, (count, len(stage)))
    bias = chance.normal(LENIENCY, OWN_BIAS, (count, 1))
    claimed = mean + SELF_KNOWLEDGE * (ability - mean) + bias + own + chance.normal(0, OWN_NOISE, own.shape)
    return People(
        world,
        margin=ability + own - stage,
        ticks=claimed >= stage,
        difficulty=chance.normal(0, DIFFICULTY, (len(stage), ITEMS)),
    )


def level(catalog: Catalog, held: Flags) -> Ints:
    """The level, 0 for starting out, that each person's skills (N, K) add up to by the rule of `levels`."""
    stage = np.array([catalog.rank[skill.stage] for skill in catalog.skills.values()])
    passed = [
        held[:, stage == place].sum(axis=1) >= levels.needed(of) for place, of in enumerate(catalog.stages, start=1)
    ]
    reached: Ints = np.cumprod(passed, axis=0).sum(axis=0)
    return reached


def rank(catalog: Catalog, level: str | None) -> int:
    """The place of a level on the ladder, 0 for starting out."""
    return catalog.rank[level] if level else 0


def test_bed(catalog: Catalog) -> Catalog:
    """The roadmap with eight plain cards and questions about each skill, so that no figure moves as content grows."""
    cards, questions = [], []
    for skill in catalog.skills.values():
        for item in range(ITEMS):
            said = {
                "stage": skill.stage,
                "category": skill.categories[0],
                "skills": (skill.id,),
                "sources": (),
                "verified": "run",
                "proof": "None.",
            }
            words = {"front": "?", "answer": ".", "why": ".", "trap": "."}
            cards.append(Card(id=f"{skill.id}.{item}", **said, **words))
            options = tuple(Option(text=f"{n}", why=".", right=n == 0) for n in range(4))
            questions.append(
                Question(id=f"q.{skill.id}.{item}", card=f"{skill.id}.{item}", question="?", options=options, **said)
            )
    kept = {name: getattr(catalog, name) for name in Catalog.model_fields}
    return Catalog(**{**kept, "cards": tuple(cards), "questions": tuple(questions)})


def in_turn(catalog: Catalog, count: int, chance: Generator) -> list[tuple[int, int]]:
    """`count` items as (skill, item), the stages in turn and each skill once before any comes again."""

    def one_round() -> Iterator[int]:
        stage = np.array([catalog.rank[skill.stage] for skill in catalog.skills.values()])
        hands = [list(chance.permutation(np.flatnonzero(stage == place))) for place in np.unique(stage)]
        while any(hands):
            for hand in chance.permutation(len(hands)):
                if hands[hand]:
                    yield int(hands[hand].pop())

    drawn: list[int] = []
    while len(drawn) < count:
        drawn.extend(one_round())
    first = int(chance.integers(ITEMS))
    times: dict[int, int] = {}
    items = []
    for skill in drawn[:count]:
        items.append((skill, (first + times.get(skill, 0)) % ITEMS))
        times[skill] = times.get(skill, 0) + 1
    return items


def answers(catalog: Catalog, known: Floats, items: list[tuple[int, int]], on: date, chance: Generator) -> list[Event]:
    """One person's answers to these items on a day; `known` is theirs (K, 8)."""
    skills = [*catalog.skills]
    luck = chance.random(len(items))
    return [
        Event(on, f"q.{skills[skill]}.{item}", "quiz", bool(lucky < right(known[skill, item])), (skills[skill],))
        for (skill, item), lucky in zip(items, luck, strict=True)
    ]
