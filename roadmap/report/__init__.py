"""What a person shows others: a Report is one frozen snapshot, complete in itself, and what changed between two.

A report carries the roadmap's wording of its day, so that whoever opens it later reads what its owner saw. It holds
days, never times of day; counts, never grades; and no fraction, so that its checksum is the same in any language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from roadmap import levels
from roadmap.catalog import Catalog, Category, Direction, Goal, Id, Skill, Stage, Value

SCHEMA = 1
PURPOSE = (
    "This report is for a conversation about development. It is a self-assessment: what its author says they can do, "
    "checked by nobody yet. No decision about a person should follow from it alone, and none automatically."
)
RULE = (
    "A stage counts when three quarters of its skills, rounded up, are ticked and every stage below counts. The level "
    "is the highest stage that counts. Goals never count, and more ticks never lower it."
)

NOT_REPORTED = "A report does not carry this."


def _typed(text: str) -> str:
    """The text as typed, without what no key types: control characters and halves of characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in lines if c in "\n\t" or not (c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff")
    )


def _one_line(text: str) -> str:
    return " ".join(_typed(text).replace("\t", " ").split("\n"))


def _web_address(text: str) -> str:
    if not text:
        return text
    if any(character.isspace() or character in '<>"\\' for character in text):
        raise ValueError("a link holds no spaces, quotes or angle brackets")
    if urlsplit(text).scheme.lower() not in ("http", "https") or not urlsplit(text).hostname:
        raise ValueError("a link begins with https:// or http://")
    return text


Name = Annotated[str, AfterValidator(_one_line), Field(max_length=120)]
Message = Annotated[str, AfterValidator(_typed), Field(max_length=4000)]
NoteText = Annotated[str, AfterValidator(_typed), Field(max_length=2000)]
Link = Annotated[str, AfterValidator(_typed), AfterValidator(_web_address), Field(max_length=500)]
Wording = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=1000)]
LineId = Annotated[Id, Field(max_length=120)]
Ids = Annotated[tuple[LineId, ...], Field(max_length=5000)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


class Note(Value):
    """What a person can point at for one skill: a few words and a link."""

    text: NoteText = ""
    link: Link = ""


class ReportedLine(Value):
    """One skill or goal as the report knew it, and what its owner says about it."""

    id: LineId
    text: Wording
    categories: Annotated[tuple[Wording, ...], Field(min_length=1, max_length=20)]
    ticked: bool
    since: date | None = None
    note: NoteText = ""
    link: Link = ""


class ReportedStage(Value):
    """One stage as the report knew it."""

    id: LineId
    title: Wording
    tagline: Wording
    needed: Count
    skills: Annotated[tuple[ReportedLine, ...], Field(min_length=1, max_length=500)]
    goals: Annotated[tuple[ReportedLine, ...], Field(max_length=500)] = ()


class ReportedGap(Value):
    """One category's skills up to the target, held and missing; a skill of two categories stands in both."""

    category: Wording
    held: Ids
    missing: Ids


class Roadmap(Value):
    """Which roadmap a report is about: reports compare when `version` is equal, `digest` only informs."""

    version: Count
    digest: Annotated[str, Field(max_length=128)]
    title: Wording
    categories: Annotated[tuple[Wording, ...], Field(max_length=200)]


class Drilled(Value):
    """How much was recalled in all: different cards, recalls, and days with at least one."""

    cards: Count
    recalls: Count
    days: Count


class Changes(Value):
    """What is different since an earlier report of the same person about the same roadmap version."""

    since: date
    previous: Annotated[str, Field(max_length=64)]
    gained: Ids = ()
    lost: Ids = ()
    goals_gained: Ids = ()
    goals_lost: Ids = ()
    level_before: LineId | None
    level_after: LineId | None


class Incomparable(Value):
    """Why two reports are not compared."""

    since: date
    reason: Wording


class Report(Value):
    """One snapshot, made by its owner for others."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    as_of: date
    person: Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=300)]
    name: Name
    role: Name
    message: Message
    roadmap: Roadmap
    target: LineId
    claimed: levels.Standing
    stages: Annotated[tuple[ReportedStage, ...], Field(min_length=1, max_length=20)]
    gaps: Annotated[tuple[ReportedGap, ...], Field(max_length=200)]
    drilled: Drilled | None
    changes: Changes | Incomparable | None
    notes_included: bool
    checksum: Annotated[str, Field(max_length=64)] = ""

    @cached_property
    def lines(self) -> Mapping[str, ReportedLine]:
        """Every skill and goal by id, in the order of the roadmap."""
        return {line.id: line for stage in self.stages for line in (*stage.skills, *stage.goals)}

    @cached_property
    def ticks(self) -> frozenset[str]:
        """The ids of what is ticked, goals included."""
        return frozenset(line.id for line in self.lines.values() if line.ticked)

    @cached_property
    def catalog(self) -> Catalog:
        """The roadmap as this report knew it, so that every rule and drawing works on reports too."""
        return Catalog(
            version=self.roadmap.version,
            digest=self.roadmap.digest,
            title=self.roadmap.title,
            summary=NOT_REPORTED,
            stages=tuple(_stage(stage) for stage in self.stages),
            categories=tuple(Category(name=name, summary=NOT_REPORTED) for name in self.roadmap.categories),
            sources={},
            cards=(),
            topics=(),
            guide=(),
            dives=(),
            prompts=(),
        )

    @model_validator(mode="after")
    def _follows_from_its_ticks(self) -> Self:
        """A level that is only asserted is refused: level and gaps must follow from the ticks beside them."""
        if len(self.lines) != sum(len(stage.skills) + len(stage.goals) for stage in self.stages):
            raise ValueError("two of its skills have the same id")
        if len(self.catalog.stage) != len(self.stages) or self.target not in self.catalog.stage:
            raise ValueError("its stages do not fit together")
        if {name for line in self.lines.values() for name in line.categories} - set(self.roadmap.categories):
            raise ValueError("a skill is in a category that its roadmap does not have")
        if any(stage.needed != levels.needed(self.catalog.stage[stage.id]) for stage in self.stages):
            raise ValueError("it counts stages by another rule")
        if isinstance(self.changes, Changes):
            named = {self.changes.level_before, self.changes.level_after}
            if named - {None, *self.catalog.stage}:
                raise ValueError("its changes name a stage that it does not have")
        if self.claimed != levels.standing(self.catalog, self.ticks):
            raise ValueError("its level does not follow from its ticks")
        if self.gaps != _gaps(self.catalog, self.ticks, self.target):
            raise ValueError("its gaps do not follow from its ticks")
        return self


def make(
    catalog: Catalog,
    *,
    id: str,
    as_of: date,
    person: str,
    name: str,
    role: str,
    message: str,
    target: str,
    held: Mapping[str, date],
    notes: Mapping[str, Note],
    drilled: Drilled | None,
    previous: Report | None,
    show_notes: bool,
    show_cards: bool,
) -> Report:
    """Freeze what is true on a day and what its owner chose to show; notes and card counts only if asked for."""

    def line(of: Skill) -> ReportedLine:
        note = notes.get(of.id, Note()) if show_notes else Note()
        return ReportedLine(
            id=of.id,
            text=of.text,
            categories=of.categories,
            ticked=of.id in held,
            since=held.get(of.id),
            note=note.text,
            link=note.link,
        )

    report = Report(
        id=id,
        as_of=as_of,
        person=person,
        name=name,
        role=role,
        message=message,
        roadmap=Roadmap(
            version=catalog.version,
            digest=catalog.digest,
            title=catalog.title,
            categories=tuple(category.name for category in catalog.categories),
        ),
        target=target,
        claimed=levels.standing(catalog, held),
        stages=tuple(
            ReportedStage(
                id=stage.id,
                title=stage.title,
                tagline=stage.tagline,
                needed=levels.needed(stage),
                skills=tuple(line(skill) for skill in stage.skills),
                goals=tuple(line(goal) for goal in stage.goals),
            )
            for stage in catalog.stages
        ),
        gaps=_gaps(catalog, held, target),
        drilled=drilled if show_cards else None,
        changes=None,
        notes_included=show_notes,
    )
    return seal(report.model_copy(update={"changes": changes(previous, report)}) if previous else report)


def _gaps(catalog: Catalog, ticks: Collection[str], target: str) -> tuple[ReportedGap, ...]:
    return tuple(
        ReportedGap(category=gap.category, held=gap.held, missing=gap.missing)
        for gap in levels.gaps(catalog, ticks, target)
    )


def _stage(reported: ReportedStage) -> Stage:
    def known(line: ReportedLine) -> dict[str, Any]:
        said = {"id": line.id, "text": line.text, "categories": line.categories}
        return {**said, "stage": reported.id, "evidence": NOT_REPORTED, "why": NOT_REPORTED}

    return Stage(
        id=reported.id,
        title=reported.title,
        tagline=reported.tagline,
        summary=NOT_REPORTED,
        skills=tuple(Skill(**known(line)) for line in reported.skills),
        goals=tuple(Goal(**known(line)) for line in reported.goals),
        direction=Direction(text=NOT_REPORTED, match="any", stages=()),
    )


# What a report says of itself: the seal


def payload(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, as it is written to a file."""
    return report.model_dump(mode="json", by_alias=True)


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one spelling of a report's JSON that is summed: without `checksum`, keys sorted, no spaces, UTF-8."""
    summed = {key: value for key, value in content.items() if key != "checksum"}
    return json.dumps(summed, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def checksum(content: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def seal(report: Report) -> Report:
    """The same report with its checksum."""
    return report.model_copy(update={"checksum": checksum(payload(report))})


def is_intact(content: Mapping[str, Any]) -> bool:
    """Whether this JSON is what was sealed. It shows damage and careless edits; it is no signature."""
    return content.get("checksum") == checksum(content)


# What changed between two


def changes(before: Report, after: Report) -> Changes | Incomparable:
    """What the later report gained and lost, or why the two do not compare."""
    if before.person != after.person:
        return Incomparable(since=before.as_of, reason="The two reports are about two people.")
    if before.roadmap.version != after.roadmap.version:
        return Incomparable(
            since=before.as_of,
            reason=f"The earlier report is about version {before.roadmap.version} of the roadmap, this one about "
            f"version {after.roadmap.version}, so they are not compared.",
        )
    skills, goals = ({**before.catalog.skills, **after.catalog.skills}, {**before.catalog.goals, **after.catalog.goals})
    gained, lost = after.ticks - before.ticks, before.ticks - after.ticks
    return Changes(
        since=before.as_of,
        previous=before.id,
        gained=tuple(line for line in skills if line in gained),
        lost=tuple(line for line in skills if line in lost),
        goals_gained=tuple(line for line in goals if line in gained),
        goals_lost=tuple(line for line in goals if line in lost),
        level_before=before.claimed.level,
        level_after=after.claimed.level,
    )


# What a manager can repeat


def claim(report: Report) -> str:
    """The claim in two words: "Claims Senior". A person is never their level."""
    level = levels.title(report.catalog, report.claimed.level)
    return level if report.claimed.level is None else f"Claims {level}"


def reason(report: Report) -> str:
    """Why the rule says so: "4 of 5 Senior skills, and every stage below counts. 2 of 3 toward Architect."."""
    catalog, at = report.catalog, report.claimed
    progress = levels.progress_sentence(catalog, at)
    if at.level is None:
        return f"No stage counts yet. {progress}."
    stage = catalog.stage[at.level]
    below = ", and every stage below counts" if catalog.rank[at.level] > 1 else ""
    return f"{levels.ticked(stage, report.ticks)} of {len(stage.skills)} {stage.title} skills{below}. {progress}."


def headline(report: Report) -> str:
    """The claim and its reason in one line."""
    return f"{claim(report)}: {reason(report)}"


def blocking(report: Report) -> str:
    """What the next stage still needs, said about someone else."""
    following = levels.next_stage(report.catalog, report.claimed.level)
    if following is None:
        return "Every stage counts: the top of this ladder."
    short = levels.shortfalls(report.catalog, report.ticks, following.id)[0]
    which = "All" if short.short == len(short.open) else "Any"
    with_them = report.ticks | set(short.open[: short.short])
    level = levels.title(report.catalog, levels.standing(report.catalog, with_them).level)
    if len(short.open) == 1:
        return f"The one open {following.title} skill would make the claimed level {level}."
    skills = f"{which} {short.short} of the {len(short.open)} open {following.title} skills"
    return f"{skills} would make the claimed level {level}."


def changed(report: Report) -> str:
    """What changed since the last report, in a sentence; empty for a first report."""
    match report.changes:
        case None:
            return ""
        case Incomparable(reason=reason):
            return reason
        case Changes() as found:
            before, after = (levels.title(report.catalog, level) for level in (found.level_before, found.level_after))
            level = (
                f"The claimed level stays {after}."
                if before == after
                else f"The claimed level went from {before} to {after}."
            )
            gained, lost = levels.count(len(found.gained), "skill"), levels.count(len(found.lost), "skill")
            skills = f"{gained} gained, {lost} withdrawn."
            return f"{level} {skills}"


def change_list(report: Report) -> tuple[tuple[str, str], ...]:
    """Every change as a word and the line that it is about; empty where nothing is compared."""
    found = report.changes
    if not isinstance(found, Changes):
        return ()
    kinds = {
        "Gained": found.gained,
        "Withdrawn": found.lost,
        "Learned": found.goals_gained,
        "Reopened": found.goals_lost,
    }
    known = report.lines
    return tuple((word, known[id].text if id in known else id) for word, ids in kinds.items() for id in ids)


def recalled(drilled: Drilled) -> str:
    """How much was recalled, in a sentence."""
    cards, recalls, days = (
        levels.count(drilled.cards, "card"),
        levels.count(drilled.recalls, "time"),
        levels.count(drilled.days, "day"),
    )
    return f"{cards} recalled {recalls} on {days}."
