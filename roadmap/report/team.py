"""Many reports side by side: people stand by name, never ranked, and shared figures need five people or more.

A team is made of members, each one report reduced to what a team needs to know, so that thousands fit into memory.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, repeat
from typing import NamedTuple

from roadmap import levels
from roadmap.catalog import Catalog, Skill, Value
from roadmap.evidence import State
from roadmap.report import Changes, Closing, Incomparable, Report, Shown, changes, words

ENOUGH_PEOPLE = 5
STALE_DAYS = 120
"""Days after which a report is old: its answers have lost half their weight."""
MOST_HELPERS = 3
SHARED_RULE = (
    "Counts over people are shown for five people or more, and not where those of fewer than five others could be "
    "worked out from them. Names are never ranked."
)
NOISE_RULE = (
    "What is shown counts as changed only where the likely level leaves the earlier 80 % range: anything less is what "
    "repeating a check does by itself."
)
SHOWN: frozenset[State] = frozenset(("confirmed", "shown"))
LACKING: frozenset[State] = frozenset(("open", "contradicted"))


class Member(NamedTuple):
    """One report as a team sees it. `states` and `closing` are by skill, `follows` is the report that it names."""

    id: str
    person: str
    name: str
    role: str
    as_of: date
    target: str
    catalog: Catalog
    claimed: levels.Standing
    ticks: frozenset[str]
    shown: Shown | None
    shown_before: Shown | None
    changes: Changes | Incomparable | None
    states: Mapping[str, State]
    closing: tuple[Closing, ...]

    @classmethod
    def of(cls, report: Report) -> Member:
        """What a team needs of this report; whatever many reports say alike is held once."""
        catalog, skills = report.catalog, report.evidence.skills
        return cls(
            id=report.id,
            person=report.person,
            name=report.name,
            role=report.role,
            as_of=report.as_of,
            target=report.target,
            catalog=catalog,
            claimed=report.claimed,
            ticks=frozenset(id for id in catalog.lines if id in report.ticks),
            shown=report.shown,
            shown_before=report.shown_before,
            changes=report.changes,
            states={id: skills[id].state for id in catalog.skills},
            closing=tuple(map(_held_once, report.closing)),
        )

    @property
    def by_name(self) -> tuple[str, str]:
        """The one order in which people stand."""
        return self.name.casefold(), self.person

    def has_shown(self, skill: str) -> bool:
        """Whether checked answers show this skill, claimed or not."""
        return self.states[skill] in SHOWN


@lru_cache(maxsize=4096)
def _held_once(closing: Closing) -> Closing:
    return closing


# Who is there


def histories(members: Iterable[Member]) -> dict[str, tuple[Member, ...]]:
    """The different reports of each person, oldest first; of one day, a report follows the one that it names."""
    different = {member.id: member for member in members}
    named = {member.changes.previous for member in different.values() if isinstance(member.changes, Changes)}
    people: dict[str, list[Member]] = defaultdict(list)
    for member in different.values():
        people[member.person].append(member)
    return {
        person: tuple(sorted(theirs, key=lambda member: (member.as_of, member.id not in named)))
        for person, theirs in people.items()
    }


def latest_by_person(members: Iterable[Member]) -> tuple[Member, ...]:
    """The newest report of each person, by name: no other order exists.

    Where an earlier report of the person is among these, what changed is said since that one.
    """
    newest = (since_last(*theirs[-2:]) for theirs in histories(members).values())
    return tuple(sorted(newest, key=lambda member: member.by_name))


def since_last(*of: Member) -> Member:
    """The last of one or two reports of a person, saying what changed since the one before, where there is one."""
    *before, now = of
    if not before:
        return now
    [earlier] = before
    same = earlier.catalog.version == now.catalog.version
    return now._replace(changes=changes(earlier, now), shown_before=earlier.shown if same else None)


def names(members: Sequence[Member], taken: Iterable[str] = ()) -> dict[str, str]:
    """A name for each person, by id; people of one name are told apart by role, then by number."""
    named = {member.person: member.name or "No name" for member in members}
    taken, roles = [*taken], [member.role for member in members]
    numbers = [str(place) for place, _ in enumerate(members, start=1)]
    for tells in chain([roles], repeat(numbers)):
        count = Counter([*taken, *named.values()])
        if max(count.values(), default=1) == 1:
            break
        for member, tell in zip(members, tells, strict=True):
            if tell and count[named[member.person]] > 1:
                named[member.person] += f" ({tell})"
    return named


class Comparable(NamedTuple):
    """The members whose reports add up, and those left out with the reason."""

    together: tuple[Member, ...]
    apart: tuple[tuple[Member, str], ...]


def comparable(members: Iterable[Member]) -> Comparable:
    """Reports add up when they are about one version of the roadmap: the one that most are about, else the newest."""
    groups: dict[tuple[object, ...], list[Member]] = defaultdict(list)
    for member in members:
        groups[_shape(member.catalog)].append(member)
    if not groups:
        return Comparable((), ())
    base = max(groups.values(), key=lambda of: (len(of), of[0].catalog.version, max(one.as_of for one in of)))
    version, others = base[0].catalog.version, [member for of in groups.values() if of is not base for member in of]
    return Comparable(
        tuple(base),
        tuple((member, _apart(member.catalog.version, version)) for member in sorted(others, key=lambda m: m.by_name)),
    )


def _shape(of: Catalog) -> tuple[object, ...]:
    """The version, the stages and the skills that a report counts; only reports of one shape add up."""
    return of.version, tuple((stage.id, tuple(skill.id for skill in stage.skills)) for stage in of.stages)


def _apart(version: int, base: int) -> str:
    if version == base:
        return f"also calls itself version {base} of the roadmap, but has other stages or skills"
    return f"about version {version} of the roadmap, the others about version {base}"


# Shared figures, and when there are none


class Withheld(Value):
    """A number that is not shown, and why."""

    reason: str


def withheld(people: int, of: int) -> Withheld | None:
    """Why a figure over `people` out of `of` is not shown, if it is not.

    For fewer than five people, and where a figure of fewer than five others could be worked out by subtraction.
    """
    if people < ENOUGH_PEOPLE:
        return Withheld(reason=f"Shared figures are shown for five people or more; this is about {people}.")
    if 0 < of - people < ENOUGH_PEOPLE:
        return Withheld(
            reason=f"Shared figures are not shown: with them, those of the {of - people} left out could be worked out."
        )
    return None


class TeamGap(Value):
    """One category over a team: how many of the required ticks are there."""

    category: str
    held: int
    required: int


class TeamGaps(Value):
    """What a team has and lacks up to a target stage."""

    target: str
    people: int
    gaps: tuple[TeamGap, ...]


def team_gaps(members: Sequence[Member], target: str, *, of: int | None = None) -> TeamGaps | Withheld:
    """What these people (one report each) tick and lack up to `target`; `of` is how many people are there in all."""
    if why := _not_added_up(members, of):
        return why
    catalog = max(members, key=lambda member: member.as_of).catalog
    held, required = Counter[str](), Counter[str]()
    for member in members:
        for gap in levels.gaps(catalog, member.ticks, target):
            held[gap.category] += len(gap.held)
            required[gap.category] += len(gap.held) + len(gap.missing)
    return TeamGaps(
        target=target,
        people=len(members),
        gaps=tuple(TeamGap(category=name, held=held[name], required=required[name]) for name in required),
    )


def _not_added_up(members: Sequence[Member], of: int | None) -> Withheld | None:
    if why := withheld(len(members), of or len(members)):
        return why
    versions = sorted({member.catalog.version for member in members})
    if len(versions) > 1:
        named = " and ".join(map(str, versions))
        return Withheld(reason=f"These reports are about versions {named} of the roadmap, so they are not added up.")
    return None


class Lesson(NamedTuple):
    """A skill that people lack: how many, how many of them claim it against their answers, and what closes it."""

    skill: Skill
    lack: int
    against: int
    study: tuple[str, ...]
    cards: int


class Training(NamedTuple):
    """What to learn together, what most lack first."""

    people: int
    lessons: tuple[Lesson, ...]


def training(members: Sequence[Member], target: str, *, of: int | None = None) -> Training | Withheld:
    """Every skill up to `target` that somebody lacks: neither claimed nor shown, or claimed against their answers."""
    if why := _not_added_up(members, of):
        return why
    newest_first = sorted(members, key=lambda member: member.as_of, reverse=True)
    closing = {one.skill: one for member in reversed(newest_first) for one in member.closing}
    lessons = []
    for stage in newest_first[0].catalog.up_to(target):
        for skill in stage.skills:
            states = Counter(member.states[skill.id] for member in members)
            close = closing.get(skill.id)
            if lack := sum(states[state] for state in LACKING):
                study, cards = (close.study, close.cards) if close else ((), 0)
                lessons.append(Lesson(skill, lack, states["contradicted"], study, cards))
    return Training(len(members), tuple(sorted(lessons, key=lambda lesson: -lesson.lack)))


class Movement(NamedTuple):
    """How many people have an earlier report to compare with, and for how many what is shown left its range."""

    people: int
    compared: int
    moved: int


def movement(members: Sequence[Member], *, of: int | None = None) -> Movement | Withheld:
    """How what is shown moved over a team; within the earlier range, a difference is what repeating a check does."""
    if why := withheld(len(members), of or len(members)):
        return why
    verdicts = [words.moved(member) for member in members]
    return Movement(len(members), sum(one is not None for one in verdicts), sum(one is True for one in verdicts))


# Who has what, by name


class Coverage(NamedTuple):
    """One skill over a team: who claims it, who has shown it (claimed or not), and whose answers say otherwise."""

    skill: Skill
    claims: tuple[Member, ...]
    shown: tuple[Member, ...]
    against: tuple[Member, ...]

    @property
    def sentence(self) -> str:
        """The counts in words: "One person has shown it, 3 claim it."."""
        shown, claims = len(self.shown), len(self.claims)
        if not shown:
            return f"Nobody has shown it, {claims} claim{'s' * (claims == 1)} it." if claims else "Nobody claims it."
        have = "One person has" if shown == 1 else f"{shown} people have"
        return f"{have} shown it, {claims} claim{'s' * (claims == 1)} it."


def coverage(members: Sequence[Member], skills: Iterable[str]) -> tuple[Coverage, ...]:
    """Who stands where in each of these skills, people by name."""
    people = sorted(members, key=lambda member: member.by_name)
    if not people:
        return ()
    known = people[0].catalog.skills
    return tuple(
        Coverage(
            known[id],
            tuple(member for member in people if id in member.ticks),
            tuple(member for member in people if member.states[id] in SHOWN),
            tuple(member for member in people if member.states[id] == "contradicted"),
        )
        for id in skills
    )


class Help(NamedTuple):
    """An open skill of a person, and who could help: those who have shown it, by name; `more` are not named."""

    learner: Member
    skill: Skill
    helpers: tuple[Member, ...]
    more: int


def mentors(members: Sequence[Member], skills: Iterable[str]) -> Iterable[Help]:
    """For each open skill of each person who of the others has shown it, at most three of them.

    Named are those whose names follow the learner's in the alphabet, around its end, so that it is not always the same
    who are asked; they stand by name and in no other order.
    """
    covered = [one for one in coverage(members, skills) if one.shown]
    ordered = {one.skill.id: [member.by_name for member in one.shown] for one in covered}
    for learner in sorted(members, key=lambda member: member.by_name):
        for one in covered:
            if learner.states[one.skill.id] != "open":
                continue
            first = bisect_right(ordered[one.skill.id], learner.by_name)
            following = (*one.shown[first:], *one.shown[:first])[:MOST_HELPERS]
            helpers = tuple(sorted(following, key=lambda member: member.by_name))
            yield Help(learner, one.skill, helpers, len(one.shown) - len(helpers))
