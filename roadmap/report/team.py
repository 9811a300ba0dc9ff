"""Many reports side by side: people are listed by name, never ranked, and shared figures need five people or more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from roadmap import levels
from roadmap.catalog import Value
from roadmap.report import Changes, Report

ENOUGH_PEOPLE = 5


class Withheld(Value):
    """A number that is not shown, and why."""

    reason: str


class TeamGap(Value):
    """One category over a team: how many of the required ticks are there, and who is needed for none of it."""

    category: str
    held: int
    required: int


class Holders(Value):
    """One skill over a team: how many hold it."""

    skill: str
    text: str
    stage: str
    people: int


class TeamGaps(Value):
    """What a team has and lacks up to a target stage."""

    target: str
    people: int
    gaps: tuple[TeamGap, ...]
    holders: tuple[Holders, ...]


def histories(reports: Iterable[Report]) -> dict[str, tuple[Report, ...]]:
    """The different reports of each person, oldest first; of one day, a report follows the one that it names."""
    different = {report.id: report for report in reports}
    named = {report.changes.previous for report in different.values() if isinstance(report.changes, Changes)}
    people: dict[str, list[Report]] = defaultdict(list)
    for report in different.values():
        people[report.person].append(report)
    return {
        person: tuple(sorted(theirs, key=lambda report: (report.as_of, report.id not in named)))
        for person, theirs in people.items()
    }


def latest_by_person(reports: Iterable[Report]) -> tuple[Report, ...]:
    """The newest report of each person, by name: no other order exists."""
    newest = [theirs[-1] for theirs in histories(reports).values()]
    return tuple(sorted(newest, key=lambda report: (report.name.casefold(), report.person)))


def team_gaps(reports: Sequence[Report], target: str, *, of: int | None = None) -> TeamGaps | Withheld:
    """What these people (one report each) have and lack up to `target`; `of` is how many people are there in all.

    Withheld for fewer than five people, and where fewer than five others could be worked out by subtraction.
    """
    people, others = len(reports), (of or len(reports)) - len(reports)
    if people < ENOUGH_PEOPLE:
        return Withheld(reason=f"Shared figures are shown for five people or more; this is about {people}.")
    if 0 < others < ENOUGH_PEOPLE:
        return Withheld(
            reason=f"Shared figures are not shown: with them, those of the {others} left out could be worked out."
        )
    versions = sorted({report.roadmap.version for report in reports})
    if len(versions) > 1:
        named = " and ".join(str(version) for version in versions)
        return Withheld(reason=f"These reports are about versions {named} of the roadmap, so they are not added up.")
    catalog = max(reports, key=lambda report: report.as_of).catalog
    every = [levels.gaps(catalog, report.ticks, target) for report in reports]
    return TeamGaps(
        target=target,
        people=people,
        gaps=tuple(
            TeamGap(
                category=same[0].category,
                held=sum(len(gap.held) for gap in same),
                required=sum(len(gap.held) + len(gap.missing) for gap in same),
            )
            for same in zip(*every, strict=True)
        ),
        holders=tuple(
            Holders(
                skill=skill.id,
                text=skill.text,
                stage=stage.id,
                people=sum(skill.id in report.ticks for report in reports),
            )
            for stage in catalog.up_to(target)
            for skill in stage.skills
        ),
    )
