"""What the rules are worth, tried on made-up engineers: the tables that the documents quote, each from its seed.

The people (`people`) are not the model's own, and the rules are the project's own: `evidence`, `placement` and
`recommend` as the app runs them. What synthetic people cannot say is written in docs/measurement.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from roadmap.catalog import Catalog
from roadmap.simulation.accuracy import level_table, staleness_table
from roadmap.simulation.checks import check_table, retest_table
from roadmap.simulation.gaming import gaming_table
from roadmap.simulation.measures import Promise, Table
from roadmap.simulation.people import test_bed
from roadmap.simulation.practice import practice_table

__all__ = ["FULL", "QUICK", "SEED", "Found", "Promise", "Sizes", "Table", "run"]

SEED = 2026


class Sizes(NamedTuple):
    """How many people each table is made of; in each of its worlds or groups."""

    levels: int
    checks: int
    gaming: int
    staleness: int
    retest: int
    practice: int


FULL = Sizes(levels=4000, checks=400, gaming=300, staleness=1000, retest=150, practice=60)
QUICK = Sizes(levels=900, checks=50, gaming=60, staleness=150, retest=20, practice=5)


class Found(NamedTuple):
    """The tables, and whether what the project promises holds in them."""

    tables: tuple[Table, ...]
    promises: tuple[Promise, ...]

    def __str__(self) -> str:
        """All of it, as it is printed."""
        return "\n\n".join([*map(str, self.tables), "\n".join(map(str, self.promises))])

    def as_json(self) -> dict[str, Any]:
        """All of it, as plain JSON values: each table's rows by heading."""
        return {
            "tables": [
                {"title": of.title, "rows": [dict(zip(of.heads, row, strict=True)) for row in of.rows]}
                for of in self.tables
            ],
            "promises": [promise._asdict() for promise in self.promises],
        }


def run(catalog: Catalog, seed: int, sizes: Sizes, told: Callable[[str], None]) -> Found:
    """Every table for this roadmap's skills, the same for the same seed; `told` hears what is being worked on."""
    bed = test_bed(catalog)
    levels, of_levels = level_table(bed, seed, sizes.levels, told)
    checks, of_checks = check_table(bed, seed, sizes.checks, told)
    gaming, of_gaming = gaming_table(bed, seed, sizes.gaming, told)
    stale = staleness_table(bed, seed, sizes.staleness, told)
    retest = retest_table(bed, seed, sizes.retest, told)
    practice, of_practice = practice_table(bed, seed, sizes.practice, told)
    return Found(
        (levels, checks, gaming, stale, retest, practice),
        (*of_levels, *of_checks, *of_gaming, *of_practice),
    )
