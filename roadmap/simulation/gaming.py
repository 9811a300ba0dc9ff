"""Who can fool the level: those who grade themselves easy on everything or learn cards by heart; and honest people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
from numpy.random import Generator, default_rng

from roadmap import evidence
from roadmap.catalog import Catalog
from roadmap.evidence import Event, Evidence, Floats
from roadmap.simulation.measures import Promise, Table
from roadmap.simulation.people import DAY, ITEMS, WORLDS, Ints, answers, in_turn, level, people, rank

DAYS, CARDS, CHECKED = 40, 20, 15
"""Days of drilling, cards on each, and the checked answers after them."""
BY_HEART = 0.95
"""How often somebody who learned the deck by heart recalls a card; it answers no question."""

Drill = Callable[[Floats, Generator], Floats]
HABITS: dict[str, Drill] = {
    "honest": lambda known, _: known,
    "clicks easy on everything": lambda known, _: np.ones_like(known),
    "learned the cards by heart": lambda known, _: np.full_like(known, BY_HEART),
}

Told = Callable[[str], None]


def gaming_table(catalog: Catalog, seed: int, count: int, told: Told) -> tuple[Table, list[Promise]]:
    """800 self-graded recalls and 15 checked answers, by three habits; then by three ways to count the recalls."""
    told("gaming")
    rows = []
    shown_to_clickers = 0.0
    for number, (habit, passes) in enumerate(HABITS.items()):
        chance = default_rng([seed, 3, number])
        of = people(catalog, WORLDS[0], count, chance)
        true, known = level(catalog, of.held), of.known
        drilled = [_recalls(catalog, passes(one, chance), chance) for one in known]
        checked = [answers(catalog, one, in_turn(catalog, CHECKED, chance), DAY, chance) for one in known]
        ways: dict[str, list[list[Event]]] = {
            "the rule": [[*a, *b] for a, b in zip(drilled, checked, strict=True)],
            "checked answers alone": checked,
            "cards count as answers": [[*_as_answers(a), *b] for a, b in zip(drilled, checked, strict=True)],
            "the rule, nothing checked": drilled,
        }
        for way, logs in ways.items():
            found = [evidence.judge(catalog, (), log, DAY) for log in logs]
            rows.append((habit, way, *_cells(catalog, found, true)))
            if habit == "clicks easy on everything" and way == "the rule, nothing checked":
                shown_to_clickers = float(np.mean([one.enough or one.level is not None for one in found]))
    table = Table(
        f"Gaming: {count} people of the ladder world, {DAYS} days of {CARDS} cards, then {CHECKED} checked answers",
        seed,
        ("habit", "counted", "a level shown", "shown too high", "by two or more", "likely is exact"),
        tuple(rows),
    )
    return table, [
        Promise(
            "clicking easy on everything with nothing checked: people who are shown a level",
            shown_to_clickers,
            shown_to_clickers == 0,
        )
    ]


def _recalls(catalog: Catalog, passes: Floats, chance: Generator) -> list[Event]:
    """The deck in turn, 20 cards a day for 40 days; `passes` (K, 8) is how likely each card is graded as known."""
    skills = [*catalog.skills]
    deck = [(skill, item) for item in range(ITEMS) for skill in range(len(skills))]
    luck = chance.random(DAYS * CARDS)
    found = []
    for turn in range(DAYS * CARDS):
        skill, item = deck[turn % len(deck)]
        on = DAY - timedelta(days=DAYS - 1 - turn // CARDS)
        known = bool(luck[turn] < passes[skill, item])
        found.append(Event(on, f"{skills[skill]}.{item}", "recall", known, (skills[skill],)))
    return found


def _as_answers(recalls: Sequence[Event]) -> list[Event]:
    return [event._replace(kind="quiz") for event in recalls]


def _cells(catalog: Catalog, found: Sequence[Evidence], true: Ints) -> tuple[str, ...]:
    enough = np.array([one.enough for one in found])
    if not enough.any():
        return "0.00", "0.00", "0.00", "-"
    shown = np.array([rank(catalog, one.level) for one in found])
    likely = np.array([rank(catalog, one.likely) for one in found])
    too_high = np.where(enough, shown - true, 0)
    shares = (shown > 0) & enough, too_high > 0, too_high > 1, likely == true
    return tuple(f"{share.mean():.2f}" for share in shares)
