"""How near the level that answers show is to the true one, beside plainer ways to say a level, and how it ages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import log

import numpy as np
from numpy.random import default_rng

from roadmap import evidence
from roadmap.catalog import Catalog
from roadmap.evidence import Event, Floats, Ladder
from roadmap.simulation.measures import Accuracy, Promise, Table, accuracy, mean
from roadmap.simulation.people import DAY, WORLDS, Ints, People, answers, in_turn, level, people, rank

ASKED = 10, 20, 40
TICKED, UNTICKED = log(0.85 / 0.40), log(0.15 / 0.60)
"""What a tick would say, were it taken for evidence: right for 85 % of the skills held and 40 % of those not held."""
LATER = 0, 90, 180, 365, 730
LOSS = 0.5
"""Stages that a person who neither works nor drills loses in a year (median)."""

Told = Callable[[str], None]


def moved(catalog: Catalog, events: list[list[Event]]) -> Floats:
    """The log odds of each skill (N, K) after each person's events of one day, by the rule itself."""
    return np.stack([evidence.log_odds(catalog, evidence.counted(catalog, one, DAY), faded=True) for one in events])


def _percent_right(catalog: Catalog, events: list[list[Event]]) -> Floats:
    """A stage counts where three quarters of its answers were right: 1 or 0 (N, S)."""
    right, asked = np.zeros((2, len(events), len(catalog.stages)))
    for person, theirs in enumerate(events):
        for event in theirs:
            place = catalog.rank[catalog.skills[event.skills[0]].stage] - 1
            right[person, place] += event.right
            asked[person, place] += 1
    counts: Floats = np.cumprod((asked > 0) & (right >= 0.75 * asked), axis=1).astype(float)
    return counts


def _claimed(catalog: Catalog, of: People) -> Floats:
    return (level(catalog, of.ticks)[:, None] > np.arange(len(catalog.stages))).astype(float)


def level_table(catalog: Catalog, seed: int, count: int, told: Told) -> tuple[Table, list[Promise]]:
    """The likely level after 10, 20 and 40 answers, questions of all stages in turn, beside plainer rules."""
    ladder = Ladder(catalog)
    found: dict[tuple[str, str, str], list[Accuracy]] = {}
    for number, world in enumerate(WORLDS):
        told(f"level accuracy, {world.name} world")
        chance = default_rng([seed, 1, number])
        of = people(catalog, world, count, chance)
        true, known = level(catalog, of.held), of.known

        def note(rule: str, asked: int, at_least: Floats, true: Ints = true, world: str = world.name) -> None:
            for where in (world, "mean"):
                found.setdefault((rule, where, str(asked) if asked else "-"), []).append(accuracy(at_least, true))

        note("claim only", 0, _claimed(catalog, of))
        for asked in ASKED:
            events = [answers(catalog, known[n], in_turn(catalog, asked, chance), DAY, chance) for n in range(count)]
            said = moved(catalog, events)
            ticks = np.where(of.ticks, TICKED, UNTICKED)
            with_ticks = np.clip(said + ticks, -evidence.LARGEST, evidence.LARGEST)
            note("75 % right in each stage", asked, _percent_right(catalog, events))
            note("ticks as evidence too", asked, ladder.posterior(with_ticks).at_least)
            note("the rule", asked, ladder.posterior(said).at_least)
    shown = [
        (rule, where, asked, *mean(figures).cells)
        for (rule, where, asked), figures in found.items()
        if where == "mean" or (rule == "the rule" and asked == "20")
    ]
    rules = ["claim only", "75 % right in each stage", "ticks as evidence too", "the rule"]
    shown.sort(key=lambda row: (rules.index(row[0]), row[1] != "mean", row[2]))
    at_20 = mean(found["the rule", "mean", "20"])
    table = Table(
        f"Level accuracy: {count} people in each of three worlds",
        seed,
        ("rule", "world", "answers", *Accuracy.heads()),
        tuple(shown),
    )
    return table, [
        Promise("20 answers: the likely level is exact in at least 0.50", at_20.exact, at_20.exact >= 0.50),
        Promise("20 answers: within one stage in at least 0.92", at_20.within, at_20.within >= 0.92),
        Promise("20 answers: calibration error at most 0.04", at_20.ece, at_20.ece <= 0.04),
    ]


def staleness_table(catalog: Catalog, seed: int, count: int, told: Told) -> Table:
    """Knowledge fades, nothing new is answered: how often the level shown is too high, with fading and without."""
    told("staleness")
    chance = default_rng([seed, 4])
    of = people(catalog, WORLDS[0], count, chance)
    loss = LOSS * np.exp(chance.normal(0, 0.5, (count, 1)))
    known = of.known
    events = [answers(catalog, known[n], in_turn(catalog, 40, chance), DAY, chance) for n in range(count)]
    at_first = [evidence.judge(catalog, (), one, DAY) for one in events]
    rows = []
    for days in LATER:
        true = level(catalog, of.grown(-loss * days / 365).held)
        now = [evidence.judge(catalog, (), one, DAY + timedelta(days=days)) for one in events]
        cells = []
        for found in (at_first, now):
            shown = np.array([rank(catalog, one.level) for one in found])
            cells.append(f"{(shown > true).mean():.2f}")
        said = [one for one in now if one.enough]
        inside = [
            rank(catalog, one.low) <= level <= rank(catalog, one.high)
            for one, level in zip(now, true, strict=True)
            if one.enough
        ]
        cells += [f"{len(said) / count:.2f}", f"{np.mean(inside):.2f}" if inside else "-"]
        rows.append((str(days), *cells))
    return Table(
        f"Staleness: {count} people, 40 answers on one day, then none, about half a stage lost a year",
        seed,
        (
            "days later",
            "too high, never fading",
            "too high, as it is",
            "something shown",
            "true level in the 80 % range",
        ),
        tuple(rows),
    )
