"""The placement check, taken by made-up people through the real one; and how much two checks of one person differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.random import Generator, default_rng

from roadmap import evidence, placement
from roadmap.catalog import Catalog
from roadmap.evidence import Evidence, Floats
from roadmap.facts import Answer
from roadmap.simulation.measures import Accuracy, Promise, Table, accuracy, mean
from roadmap.simulation.people import DAY, WORLDS, level, people, rank, right

AGAIN = timedelta(days=35)
"""When the second check is taken: any question may come again."""
GROWN = 2.0
"""The stages by which those grow who do."""

Told = Callable[[str], None]


def check_table(catalog: Catalog, seed: int, count: int, told: Told) -> tuple[Table, list[Promise]]:
    """Every check to its end: how many questions it took, and how near the level it says is."""
    rows, found, asked = [], [], []
    for number, world in enumerate(WORLDS):
        told(f"placement checks, {world.name} world")
        chance = default_rng([seed, 2, number])
        of = people(catalog, world, count, chance)
        known = of.known
        logs = [taken(catalog, known[n], f"{seed} {world.name} {n}", DAY, chance) for n in range(count)]
        said = np.array([[*judged(catalog, log, DAY).probability.values()] for log in logs])
        found.append(accuracy(said, level(catalog, of.held)))
        asked.append(np.array([len(log) for log in logs]))
        rows.append((world.name, *_lengths(asked[-1]), *found[-1].cells))
    everyone, total = mean(found), np.concatenate(asked)
    rows.append(("mean", *_lengths(total), *everyone.cells))
    table = Table(
        f"Placement check: {count} people in each of three worlds",
        seed,
        ("world", "questions", "of them 15", *Accuracy.heads()),
        tuple(rows),
    )
    return table, [
        Promise("placement: within one stage in at least 0.92", everyone.within, everyone.within >= 0.92),
        Promise("placement: at most 12.5 questions in the mean", float(total.mean()), float(total.mean()) <= 12.5),
    ]


def _lengths(asked: np.typing.NDArray[np.int64]) -> tuple[str, str]:
    return f"{asked.mean():.1f}", f"{(asked == placement.LONGEST).mean():.2f}"


def retest_table(catalog: Catalog, seed: int, count: int, told: Told) -> Table:
    """Two checks 35 days apart: how often the likely level differs, and how often the rule calls it a change."""
    told("retest")
    chance = default_rng([seed, 5])
    of = people(catalog, WORLDS[1], count, chance)
    grown = of.grown(GROWN)
    first = [taken(catalog, known, f"{seed} first {n}", DAY, chance) for n, known in enumerate(of.known)]
    then = {
        "nothing learned": [
            taken(catalog, known, f"{seed} again {n}", DAY + AGAIN, chance) for n, known in enumerate(of.known)
        ],
        "grown by two stages": [
            taken(catalog, known, f"{seed} grown {n}", DAY + AGAIN, chance) for n, known in enumerate(grown.known)
        ],
    }
    rows = []
    for what, second in then.items():
        for how in ("each check alone", "answers accumulate"):
            apart, changed = [], []
            for one, other in zip(first, second, strict=True):
                before = judged(catalog, one, DAY)
                after = judged(catalog, other if how == "each check alone" else [*one, *other], DAY + AGAIN)
                apart.append(abs(rank(catalog, after.likely) - rank(catalog, before.likely)))
                changed.append(evidence.differs(catalog, before, after))
            far = np.array(apart)
            rows.append((what, how, f"{(far > 0).mean():.2f}", f"{(far > 1).mean():.2f}", f"{np.mean(changed):.2f}"))
    return Table(
        f"Retest: {count} people of the spiky world, two placement checks {AGAIN.days} days apart",
        seed,
        ("truth", "second level from", "likely level differs", "by two or more", "the rule says changed"),
        tuple(rows),
    )


def taken(catalog: Catalog, known: Floats, person: str, on: date, chance: Generator) -> list[Answer]:
    """A whole placement check of a person who knows each item with these probabilities (K, 8)."""
    log: list[Answer] = []
    now = datetime.combine(on, time(12), UTC)
    while True:
        question = placement.check(catalog, log, "placement", now, datetime.date, person).question
        if question is None:
            return log
        skill, _, item = question.id.removeprefix("q.").rpartition(".")
        knows = known[[*catalog.skills].index(skill), int(item)]
        log.append(Answer(now, question.id, 0, bool(chance.random() < right(knows)), 40_000, "placement"))
        now += timedelta(seconds=45)


def judged(catalog: Catalog, log: list[Answer], on: date) -> Evidence:
    """What these answers show on a day."""
    return evidence.judge(catalog, (), evidence.events(catalog, log, (), (), datetime.date), on)
