"""A review: what a reader of a report answers, skill by skill, as one file that goes back to its owner.

Nothing in a review changes the report. Both stay, and so does what the owner says to its objectives.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from roadmap.catalog import Value
from roadmap.report import LineId, Message, Name, NoteText

Stance = Literal["agree", "show", "not-yet"]
"""What a reader says to one skill: agree, show me, or not yet."""

STANCES: Mapping[Stance, str] = {"agree": "Agree", "show": "Show me", "not-yet": "Not yet"}

ObjectiveState = Literal["accepted", "declined", "done"]
"""What its owner says to an objective; until then it is open."""

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Points = Annotated[int, Field(ge=0, le=4)]


class Verdict(Value):
    """What a reader says to one skill."""

    skill: LineId
    stance: Stance
    comment: NoteText = ""


class Objective(Value):
    """Something to reach by a day; `skill` where it is about one."""

    id: Uuid
    skill: LineId | None = None
    text: Annotated[NoteText, Field(min_length=1)]
    due: date | None = None


class PromptScore(Value):
    """Points that the reader gave the owner's work on a prompt, by the rubric's dimensions: checked evidence."""

    prompt: LineId
    points: Annotated[dict[Name, Points], Field(min_length=1, max_length=12)]


class Review(Value):
    """A reader's answer to one report. `report_checksum` says which report exactly was read."""

    review: Literal[1] = 1
    id: Uuid
    report: Uuid
    report_checksum: Annotated[str, Field(max_length=64)]
    person: Annotated[str, Field(min_length=1, max_length=300)]
    by: Annotated[Name, Field(min_length=1)]
    role: Literal["manager", "mentor"]
    on: date
    verdicts: Annotated[tuple[Verdict, ...], Field(max_length=5000)]
    objectives: Annotated[tuple[Objective, ...], Field(max_length=50)] = ()
    scores: Annotated[tuple[PromptScore, ...], Field(max_length=100)] = ()
    comment: Message = ""
    checksum: Annotated[str, Field(max_length=64)] = ""

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        for ids in (
            [verdict.skill for verdict in self.verdicts],
            [objective.id for objective in self.objectives],
            [score.prompt for score in self.scores],
        ):
            if len(ids) != len({*ids}):
                raise ValueError("it says two things about one")
        return self
