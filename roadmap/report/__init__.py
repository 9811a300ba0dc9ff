"""What a person shows others: a Report is one frozen snapshot, complete in itself, and what changed between two.

A report carries the roadmap's wording of its day, so that whoever opens it later reads what its owner saw. It holds
days, never times of day; counts, never grades; and no fraction, so that its checksum is the same in any language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, NamedTuple, Protocol, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from roadmap import evidence, levels
from roadmap.catalog import Catalog, Category, Direction, Goal, Id, Skill, Stage, Value
from roadmap.practice import Calibration

SCHEMA = 2
"""A changed constant of evidence.py is a new schema: what an older report shows must follow by the rules of its day."""
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
Percent = Annotated[int, Field(ge=0, le=100)]


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


class ReportedEvent(Value):
    """One attempt that counts toward what is shown: its day and the skills it asks about, never the item itself."""

    on: date
    kind: evidence.Kind
    right: bool
    skills: Annotated[tuple[LineId, ...], Field(min_length=1, max_length=50)]


class Shown(Value):
    """What the counted events show; stages by id, None below the first. `probability` is percent, by stage."""

    level: LineId | None
    likely: LineId | None
    low: LineId | None
    high: LineId | None
    status: evidence.Status
    answers: Count
    newest: date | None
    probability: Annotated[dict[LineId, Percent], Field(max_length=20)]

    @property
    def enough(self) -> bool:
        """Whether there were enough checked answers to show a level."""
        return self.status != "not enough evidence"


class Closing(Value):
    """What would close one open skill: what to read, and how many cards there are to drill."""

    skill: LineId
    study: Annotated[tuple[Wording, ...], Field(max_length=100)]
    cards: Count


class ReportedObjective(Value):
    """An objective of a review, and what became of it; `words` is its owner's answer."""

    id: Annotated[str, Field(max_length=64)]
    text: NoteText
    skill: LineId | None
    due: date | None
    by: Name
    given: date
    state: Literal["open", "accepted", "declined", "done"]
    words: NoteText = ""


class Signature(Value):
    """What the server of an organisation signed: which key (the first 16 hex digits of its SHA-256), and the value."""

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    value: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]


NEW_IN_2 = ("shown", "shown_before", "events", "closing", "calibration", "objectives")
"""The fields that a report of schema 1 does not have."""


class Report(Value):
    """One snapshot, made by its owner for others; of schema 1 where nothing was checked yet when it was made."""

    schema_version: Literal[1, 2] = Field(default=2, alias="schema")
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
    shown: Shown | None = None
    shown_before: Shown | None = None
    events: Annotated[tuple[ReportedEvent, ...], Field(max_length=5000)] = ()
    closing: Annotated[tuple[Closing, ...], Field(max_length=5000)] = ()
    calibration: Annotated[tuple[Calibration, ...], Field(max_length=200)] | None = None
    objectives: Annotated[tuple[ReportedObjective, ...], Field(max_length=500)] = ()
    signature: Signature | None = None
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
        """The roadmap as this report knew it, so that every rule and drawing works on reports too.

        Reports of one wording share one catalog: what it works out is worked out once for a whole team.
        """
        return _catalog(self.roadmap, tuple(map(_wording, self.stages)))

    @cached_property
    def evidence(self) -> evidence.Evidence:
        """What the counted events show, skill by skill: worked out anew from this file alone."""
        return evidence.judge(self.catalog, self.ticks, attempts(self.events), self.as_of)

    @model_validator(mode="after")
    def _follows_from_its_events(self) -> Self:
        """A shown level that is only asserted is refused, too."""
        if self.schema_version == 1:
            if any(getattr(self, field) for field in NEW_IN_2):
                raise ValueError("it holds what reports of its schema do not hold")
            return self
        if {skill for event in self.events for skill in event.skills} - set(self.catalog.skills):
            raise ValueError("an answer is about a skill that its roadmap does not have")
        if any(event.on > self.as_of for event in self.events):
            raise ValueError("an answer is newer than the report")
        if self.shown is None or not _same(self.shown, _shown(self.evidence)):
            raise ValueError("its shown level does not follow from its answers")
        return self

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
    events: Iterable[evidence.Event] = (),
    calibration: Sequence[Calibration] | None = None,
    objectives: Sequence[ReportedObjective] = (),
) -> Report:
    """Freeze what is true on a day and what its owner chose to show: notes, card counts and calibration if given.

    Of the events only those that count are carried; they say what was checked and when, never which item it was.
    """
    found = evidence.judge(catalog, held, events, as_of)
    counted = dict.fromkeys(one.event for one in found.counted)

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
        shown=_shown(found),
        shown_before=previous.shown if previous and previous.roadmap.version == catalog.version else None,
        events=tuple(
            ReportedEvent(
                on=event.on,
                kind=event.kind,
                right=event.right,
                skills=tuple(skill for skill in event.skills if skill in catalog.skills),
            )
            for event in counted
        ),
        closing=tuple(
            Closing(
                skill=skill.id,
                study=tuple(catalog.readings[id].title for id in (*skill.topics, *skill.prompts)),
                cards=len(catalog.cards_of[skill.id]),
            )
            for stage in catalog.up_to(target)
            for skill in stage.skills
            if skill.id not in held or found.skills[skill.id].state == "contradicted"
        ),
        calibration=None if calibration is None else tuple(calibration),
        objectives=tuple(objectives),
    )
    return seal(report.model_copy(update={"changes": changes(previous, report)}) if previous else report)


def attempts(reported: Sequence[ReportedEvent]) -> list[evidence.Event]:
    """The events as `evidence` takes them: each an item of its own, in the order of the report."""
    return [
        evidence.Event(event.on, f"{place:05}", event.kind, event.right, event.skills)
        for place, event in enumerate(reported)
    ]


def _shown(found: evidence.Evidence) -> Shown:
    return Shown(
        level=found.level,
        likely=found.likely,
        low=found.low,
        high=found.high,
        status=found.status,
        answers=found.answers,
        newest=found.newest,
        probability={stage: round(100 * probability) for stage, probability in found.probability.items()},
    )


def _same(one: Shown, other: Shown) -> bool:
    """Equal but for a percent that another machine's arithmetic rounded the other way."""
    apart = [abs(one.probability[id] - other.probability.get(id, 1000)) for id in one.probability]
    return max(apart, default=0) <= 1 and one.model_copy(update={"probability": other.probability}) == other


def _gaps(catalog: Catalog, ticks: Collection[str], target: str) -> tuple[ReportedGap, ...]:
    return tuple(
        ReportedGap(category=gap.category, held=gap.held, missing=gap.missing)
        for gap in levels.gaps(catalog, ticks, target)
    )


class _Wording(NamedTuple):
    """What a report says of a stage that is not about its owner."""

    id: str
    title: str
    tagline: str
    skills: tuple[tuple[str, str, tuple[str, ...]], ...]
    goals: tuple[tuple[str, str, tuple[str, ...]], ...]


def _wording(of: ReportedStage) -> _Wording:
    skills, goals = (tuple((line.id, line.text, line.categories) for line in lines) for lines in (of.skills, of.goals))
    return _Wording(of.id, of.title, of.tagline, skills, goals)


@lru_cache(maxsize=16)
def _catalog(roadmap: Roadmap, stages: tuple[_Wording, ...]) -> Catalog:
    return Catalog(
        version=roadmap.version,
        digest=roadmap.digest,
        title=roadmap.title,
        summary=NOT_REPORTED,
        stages=tuple(_stage(stage) for stage in stages),
        categories=tuple(Category(name=name, summary=NOT_REPORTED) for name in roadmap.categories),
        sources={},
        cards=(),
        topics=(),
        guide=(),
        dives=(),
        prompts=(),
    )


def _stage(of: _Wording) -> Stage:
    def known(line: tuple[str, str, tuple[str, ...]]) -> dict[str, Any]:
        id, text, categories = line
        said = {"id": id, "text": text, "categories": categories}
        return {**said, "stage": of.id, "evidence": NOT_REPORTED, "why": NOT_REPORTED}

    return Stage(
        id=of.id,
        title=of.title,
        tagline=of.tagline,
        summary=NOT_REPORTED,
        skills=tuple(Skill(**known(line)) for line in of.skills),
        goals=tuple(Goal(**known(line)) for line in of.goals),
        direction=Direction(text=NOT_REPORTED, match="any", stages=()),
    )


# What a report says of itself: the seal


def payload(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, as it is written to a file."""
    newer = {*NEW_IN_2} if report.schema_version == 1 else set()
    unsigned = {"signature"} if report.signature is None else set()
    return report.model_dump(mode="json", by_alias=True, exclude=newer | unsigned)


def json_schema() -> dict[str, Any]:
    """The published JSON schema of a report's file, every schema version in one."""
    made = Report.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one spelling of a report's JSON that is summed and signed: its keys sorted, no spaces, UTF-8.

    Without `checksum` and `signature`, which are about the rest.
    """
    summed = {key: value for key, value in content.items() if key not in ("checksum", "signature")}
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


class Snapshot(Protocol):
    """What a comparison needs to know: a Report knows it, and so does a member of a team."""

    @property
    def id(self) -> str: ...  # noqa: D102 - the words mean what they mean in Report
    @property
    def person(self) -> str: ...  # noqa: D102
    @property
    def as_of(self) -> date: ...  # noqa: D102
    @property
    def catalog(self) -> Catalog: ...  # noqa: D102
    @property
    def claimed(self) -> levels.Standing: ...  # noqa: D102
    @property
    def ticks(self) -> frozenset[str]: ...  # noqa: D102


def changes(before: Snapshot, after: Snapshot) -> Changes | Incomparable:
    """What the later report gained and lost, or why the two do not compare."""
    if before.person != after.person:
        return Incomparable(since=before.as_of, reason="The two reports are about two people.")
    if before.catalog.version != after.catalog.version:
        return Incomparable(
            since=before.as_of,
            reason=f"The earlier report is about version {before.catalog.version} of the roadmap, this one about "
            f"version {after.catalog.version}, so they are not compared.",
        )
    if before.catalog.stage.keys() != after.catalog.stage.keys():
        return Incomparable(since=before.as_of, reason="The two reports count other stages, so they are not compared.")
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
