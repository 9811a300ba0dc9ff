"""Ticks to claimed level: where a person stands, what is missing, what blocks the next stage, how it came to be.

The rule: the level is the highest stage such that this stage and every lower one have at least three quarters of
their skills ticked, rounded up. Goals never count. More ticks never lower it, and a hole below holds back all above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from math import ceil
from typing import NamedTuple

from roadmap.catalog import Catalog, Skill, Stage, Value
from roadmap.facts import Tick

SHARE = 0.75
STARTING_OUT = "Starting out"
TOP = "The top of this ladder"


class Standing(Value):
    """Where ticks put a person: `level` is a stage id, or None while starting out.

    `ticked` and `needed` count skills toward the next stage and are None at the top. `debts` are open skills at or
    below the level (tolerated, always listed); `ahead` are ticked skills above the next stage (credited, not counted).
    """

    level: str | None
    ticked: int | None
    needed: int | None
    debts: tuple[str, ...]
    ahead: tuple[str, ...]


class Shortfall(Value):
    """What one stage still lacks: any `short` of its `open` skills, listed so that the reachable ones come first."""

    stage: str
    ticked: int
    needed: int
    open: tuple[str, ...]

    @property
    def short(self) -> int:
        """How many more ticks the stage needs."""
        return self.needed - self.ticked


class Gap(Value):
    """One category's required skills for a target stage, split into those held and those missing.

    A skill with several categories stands in each, with its share: `required` and `held_weight` sum such shares.
    """

    category: str
    held: tuple[str, ...]
    missing: tuple[str, ...]
    required: float
    held_weight: float

    @property
    def share(self) -> float:
        """The missing share of the category, 0 to 1."""
        return 1 - self.held_weight / self.required


class Moment(NamedTuple):
    """The standing right after something changed."""

    at: datetime
    standing: Standing
    ticks: int


def needed(stage: Stage) -> int:
    """How many skills of a stage must be ticked for it to count."""
    return enough(len(stage.skills))


def enough(skills: int) -> int:
    """How many of so many skills make a stage count: three quarters, rounded up."""
    return ceil(SHARE * skills)


def ticked(stage: Stage, ticks: Collection[str]) -> int:
    """How many skills of a stage are ticked."""
    return sum(skill.id in ticks for skill in stage.skills)


def title(catalog: Catalog, level: str | None) -> str:
    """The words for a level: the stage's title, or "Starting out" below the first."""
    return STARTING_OUT if level is None else catalog.stage[level].title


def standing(catalog: Catalog, ticks: Collection[str]) -> Standing:
    """Apply the rule to a set of ticked ids; ids that are no skill (goals, retired ones) are ignored."""
    passed = 0
    for stage in catalog.stages:
        if ticked(stage, ticks) < needed(stage):
            break
        passed += 1
    following = catalog.stages[passed] if passed < len(catalog.stages) else None
    return Standing(
        level=catalog.stages[passed - 1].id if passed else None,
        ticked=ticked(following, ticks) if following else None,
        needed=needed(following) if following else None,
        debts=tuple(s.id for stage in catalog.stages[:passed] for s in stage.skills if s.id not in ticks),
        ahead=tuple(s.id for stage in catalog.stages[passed + 1 :] for s in stage.skills if s.id in ticks),
    )


def next_stage(catalog: Catalog, level: str | None) -> Stage | None:
    """The stage after a level, None at the top of the ladder."""
    place = 0 if level is None else catalog.rank[level]
    return catalog.stages[place] if place < len(catalog.stages) else None


def shortfalls(catalog: Catalog, ticks: Collection[str], target: str) -> tuple[Shortfall, ...]:
    """What each stage up to `target` still lacks, lowest stage first: the shortest way there."""
    return tuple(
        Shortfall(
            stage=stage.id,
            ticked=ticked(stage, ticks),
            needed=needed(stage),
            open=tuple(skill.id for skill in _reachable_first(catalog, stage, ticks)),
        )
        for stage in catalog.up_to(target)
        if ticked(stage, ticks) < needed(stage)
    )


def _reachable_first(catalog: Catalog, stage: Stage, ticks: Collection[str]) -> list[Skill]:
    """The open skills of a stage, those with the fewest unmet prerequisites first, else in roadmap order."""
    still_open = [skill for skill in stage.skills if skill.id not in ticks]
    return sorted(
        still_open, key=lambda skill: sum(p in catalog.skills and p not in ticks for p in skill.prerequisites)
    )


def gaps(catalog: Catalog, ticks: Collection[str], target: str) -> tuple[Gap, ...]:
    """The gap of every category that has a skill at or below `target`, in the roadmap's category order."""
    required = [skill for stage in catalog.up_to(target) for skill in stage.skills]
    found = []
    for category in catalog.in_order(name for skill in required for name in skill.categories):
        of = [skill for skill in required if category in skill.categories]
        held = [skill for skill in of if skill.id in ticks]
        found.append(
            Gap(
                category=category,
                held=tuple(skill.id for skill in held),
                missing=tuple(skill.id for skill in of if skill.id not in ticks),
                required=sum(skill.weight for skill in of),
                held_weight=sum(skill.weight for skill in held),
            )
        )
    return tuple(found)


def held(log: Iterable[Tick]) -> dict[str, datetime]:
    """The ids ticked at the end of a log in time order, each with the moment since which it has been held."""
    now: dict[str, datetime] = {}
    for tick in log:
        if not tick.held:
            now.pop(tick.skill, None)
        else:
            now.setdefault(tick.skill, tick.at)
    return now


def history(catalog: Catalog, log: Iterable[Tick]) -> tuple[Moment, ...]:
    """The standing after each moment of a log in time order; ticks of one moment (a bulk tick) are one change."""
    now: set[str] = set()
    moments = []
    for at, together in groupby(log, key=lambda tick: tick.at):
        for tick in together:
            (now.add if tick.held else now.discard)(tick.skill)
        moments.append(Moment(at, standing(catalog, now), sum(skill in catalog.skills for skill in now)))
    return tuple(moments)


def progress_sentence(catalog: Catalog, at: Standing) -> str:
    """One line under the level: "2 of 4 toward Senior", or that the ladder ends here."""
    following = next_stage(catalog, at.level)
    if following is None:
        return TOP
    return f"{at.ticked} of {at.needed} toward {following.title}"


def blocking_sentence(catalog: Catalog, ticks: Collection[str]) -> str:
    """What holds the next stage back, in words a person can act on."""
    now = standing(catalog, ticks)
    following = next_stage(catalog, now.level)
    if following is None:
        if now.debts:
            left = "is" if len(now.debts) == 1 else "are"
            return f"Every stage counts. {count(len(now.debts), 'open skill')} {left} left to close."
        return "Every stage counts, and no skill is open."
    lacking = shortfalls(catalog, ticks, following.id)[0]
    verb = "holds" if lacking.short == 1 else "hold"
    sentence = f"{count(lacking.short, 'skill')} {verb} you from {following.title}."
    if len(lacking.open) > lacking.short:
        sentence += f" Any {lacking.short} of these {len(lacking.open)} will do."
    would_be = standing(catalog, {*ticks, *lacking.open[: lacking.short]}).level
    if would_be != following.id:
        sentence += f" Your level would then be {title(catalog, would_be)}."
    return sentence


def count(number: int, noun: str) -> str:
    """A number and its noun: "1 skill", "2 skills"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
