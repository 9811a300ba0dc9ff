"""A backup: everything held about a person as one file, every row of it checked before it is believed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from roadmap.catalog import Value
from roadmap.facts import Confidence, Grade, Label, Mode, Tick
from roadmap.recall import Memory
from roadmap.report import Note, Report
from roadmap.report.review import ObjectiveState, Review
from roadmap.store.settings import Settings

Kind = Literal[
    "tick",
    "note",
    "recall",
    "answer",
    "score",
    "label",
    "read",
    "setting",
    "report",
    "review",
    "objective",
    "team",
    "restore",
    "retraction",
]

Milliseconds = Annotated[int, Field(ge=0, lt=2**31)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


def _on_calendars(at: datetime) -> datetime:
    if at.tzinfo is None or not 1970 <= at.year <= 2200:  # further out, time zones and due days overflow
        raise ValueError("a moment has a time zone and lies in the years 1970 to 2200")
    return at


Moment = Annotated[datetime, AfterValidator(_on_calendars)]

POINTS = TypeAdapter(dict[Name, Annotated[int, Field(ge=0, le=4)]])
REPORTS = TypeAdapter(tuple[Report, ...])
_MEMORY = TypeAdapter(
    tuple[
        Annotated[float, Field(gt=0, allow_inf_nan=False)],
        Annotated[float, Field(ge=1, le=10)],
        Moment,
        Moment,
    ],
    config=ConfigDict(strict=True),
)


def _is_memory(text: str) -> str:
    try:
        _MEMORY.validate_python(tuple(Memory.loads(text)))
    except (ValueError, TypeError, RecursionError):
        raise ValueError("a memory cannot be read") from None
    return text


def _is_report(text: str) -> str:
    try:
        Report.model_validate_json(text)
    except ValueError:
        raise ValueError("a report cannot be read") from None
    return text


def _is_points(text: str) -> str:
    try:
        POINTS.validate_json(text)
    except ValueError:
        raise ValueError("the points of a score cannot be read") from None
    return text


def _is_review(text: str) -> str:
    try:
        Review.model_validate_json(text)
    except ValueError:
        raise ValueError("a review cannot be read") from None
    return text


def _is_reports(text: str) -> str:
    try:
        REPORTS.validate_json(text)
    except ValueError:
        raise ValueError("the reports of a team cannot be read") from None
    return text


MemoryText = Annotated[str, Field(max_length=400), AfterValidator(_is_memory)]


class TickRow(Value):
    """A tick as stored: the person holds the skill or goal, or no longer does."""

    skill: Name
    held: bool


class NoteRow(Note):
    """A note as stored: the person's words and link on a skill, empty when cleared."""

    skill: Name


class RecallRow(Value):
    """A recall as stored; `before` and `after` are memories as JSON."""

    card: Name
    grade: Grade
    before: MemoryText | None
    after: MemoryText
    milliseconds: Milliseconds
    confidence: Confidence | None = None


class SettingRow(Value):
    """A setting as stored: its name in `Settings` and its value as JSON."""

    key: Name
    value: str

    @model_validator(mode="after")
    def _is_a_choice(self) -> Self:
        try:
            value = json.loads(self.value)
            if self.key in Settings.model_fields:  # another version's setting is kept, and read by none
                Settings.model_validate({self.key: value})
        except (ValueError, RecursionError):
            raise ValueError(f"the setting {self.key} cannot be read") from None
        return self


class AnswerRow(Value):
    """An answer as stored: the option chosen, by its place as authored, and whether it was the key."""

    question: Name
    option: int = Field(ge=0, le=25)
    right: bool
    milliseconds: Milliseconds
    mode: Mode
    confidence: Confidence | None = None


class ScoreRow(Value):
    """A score as stored: points by dimension of the prompt's rubric, and who gave them; empty for oneself."""

    prompt: Name
    points: Annotated[str, AfterValidator(_is_points)]
    by: Annotated[str, Field(max_length=120)]


class LabelRow(Value):
    """A label put on a card, or taken off."""

    card: Name
    label: Label
    on: bool


class ReviewRow(Value):
    """A review, kept whole: one that came to this person, or (`given`) one that they gave somebody."""

    id: Name
    json_: Annotated[str, AfterValidator(_is_review)] = Field(alias="json")
    given: bool


class ObjectiveRow(Value):
    """What a person says to an objective of a review."""

    objective: Name
    state: ObjectiveState
    words: Annotated[str, Field(max_length=2000)]


class TeamRow(Value):
    """A set of reports kept under a name; empty when it was let go."""

    name: Name
    reports: Annotated[str, AfterValidator(_is_reports)]


class ReadRow(Value):
    """A reading marked as read, or no longer."""

    reading: Name
    done: bool


class ReportRow(Value):
    """A report as made, kept whole."""

    id: Name
    json_: Annotated[str, AfterValidator(_is_report)] = Field(alias="json")


class BackedUpStep(Value):
    """One step with everything it recorded; `retracts` names the steps it undid by their uid."""

    uid: Name
    at: Moment
    kind: Kind
    ticks: tuple[TickRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    recalls: tuple[RecallRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    scores: tuple[ScoreRow, ...] = ()
    labels: tuple[LabelRow, ...] = ()
    reads: tuple[ReadRow, ...] = ()
    settings: tuple[SettingRow, ...] = ()
    reports: tuple[ReportRow, ...] = ()
    reviews: tuple[ReviewRow, ...] = ()
    objectives: tuple[ObjectiveRow, ...] = ()
    teams: tuple[TeamRow, ...] = ()
    retracts: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _tells_each_thing_once(self) -> Self:
        about = (
            [row.skill for row in self.ticks],
            [row.skill for row in self.notes],
            [row.card for row in self.recalls],
            [row.question for row in self.answers],
            [row.prompt for row in self.scores],
            [(row.card, row.label) for row in self.labels],
            [row.reading for row in self.reads],
            [row.key for row in self.settings],
            [row.id for row in self.reports],
            [row.id for row in self.reviews],
            [row.objective for row in self.objectives],
            [row.name for row in self.teams],
            self.retracts,
        )
        if any(len(names) != len({*names}) for names in about):
            raise ValueError("a step tells one thing twice")
        return self


class Backup(Value):
    """Everything held about a person, for themselves: the whole log in order, undone steps included."""

    backup: Literal[1] = 1
    person: Name
    steps: tuple[BackedUpStep, ...]

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        told: set[str] = set()
        for step in self.steps:
            if step.uid in told:
                raise ValueError("a step is told twice")
            if not told.issuperset(step.retracts):
                raise ValueError("a step is undone that was not told before")
            told.add(step.uid)
        return self

    @classmethod
    def loads(cls, data: bytes) -> Backup:
        """Read a backup file. Raises ValueError with one plain sentence when it is none, or is damaged."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            where = f" (at {where})" if where else ""
            what = first["msg"].removeprefix("Value error, ")
            raise ValueError(f"This is not a whole backup of this app{where}: {what}.") from None

    def dumps(self) -> bytes:
        """The backup as a file: only what was recorded, so that years of recalls stay small."""
        return self.model_dump_json(by_alias=True, exclude_unset=True).encode()

    @property
    def ticks(self) -> list[Tick]:
        """The ticks that stand, in time order."""
        retracted = {uid for step in self.steps for uid in step.retracts}
        undone = {uid for step in self.steps if step.uid not in retracted for uid in step.retracts}
        standing = sorted((step for step in self.steps if step.uid not in undone), key=lambda step: step.at)
        return [Tick(step.at, row.skill, row.held) for step in standing for row in step.ticks]
