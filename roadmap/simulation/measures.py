"""How good a statement about a level was, where the truth is known; and tables and promises to print it by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from roadmap.evidence import Floats
from roadmap.simulation.people import Ints

BINS = 10


class Table(NamedTuple):
    """What was measured: its title with how many people, the seed that repeats it, and its rows as words."""

    title: str
    seed: int
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        """The table in Markdown, its columns aligned."""
        wide = [max(len(row[column]) for row in (self.heads, *self.rows)) for column in range(len(self.heads))]
        lines = [self.heads, tuple("-" * width for width in wide), *self.rows]
        body = "\n".join(
            f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, wide, strict=True))} |" for line in lines
        )
        return f"{self.title} (seed {self.seed})\n\n{body}"


class Promise(NamedTuple):
    """Something that must hold: what, the figure that was measured, and whether it does."""

    what: str
    figure: float
    holds: bool

    def __str__(self) -> str:
        """One line."""
        return f"{'holds' if self.holds else 'FAILS'}  {self.figure:7.4f}  {self.what}"


class Accuracy(NamedTuple):
    """How near the likely level was: the share that was exact and within one stage, and how honest the P were.

    `brier` is the mean squared error of P(level >= stage), `ece` its expected calibration error; `over` the share of
    people of whom a level above the true one was held with at least 80 %.
    """

    exact: float
    within: float
    brier: float
    ece: float
    over: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The five figures as words."""
        return (
            *(f"{x:.2f}" for x in (self.exact, self.within)),
            f"{self.brier:.3f}",
            f"{self.ece:.3f}",
            f"{self.over:.2f}",
        )

    @staticmethod
    def heads() -> tuple[str, ...]:
        """Their headings."""
        return ("exact", "within one", "Brier", "ECE", "too high when 80 % sure")


def accuracy(at_least: Floats, true: Ints) -> Accuracy:
    """Compare P(level >= stage) (N, S) with the true levels (N), 0 for starting out."""
    likely = reached(at_least, 0.5)
    came = true[:, None] >= np.arange(1, at_least.shape[1] + 1)
    return Accuracy(
        exact=float((likely == true).mean()),
        within=float((abs(likely - true) <= 1).mean()),
        brier=float(((at_least - came) ** 2).mean()),
        ece=calibration_error(at_least.ravel(), came.ravel()),
        over=float((reached(at_least, 0.8) > true).mean()),
    )


def reached(at_least: Floats, sure: float) -> Ints:
    """The highest stage with P(level >= stage) of at least `sure`, 0 for none (N)."""
    places: Ints = (at_least >= sure).cumprod(axis=1).sum(axis=1)
    return places


def calibration_error(said: Floats, came: np.typing.NDArray[np.bool_]) -> float:
    """How far what was said is from how often it came true: the mean over ten bins, each by how much fell into it."""
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = [abs(said[place == one].sum() - came[place == one].sum()) for one in range(BINS)]
    return float(sum(gaps) / len(said))


def mean(found: list[Accuracy]) -> Accuracy:
    """The mean over worlds of as many people each."""
    return Accuracy(*(float(np.mean(figures)) for figures in zip(*found, strict=True)))
