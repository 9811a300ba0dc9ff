"""What a person did, as facts: each happened at a moment and is never changed; everything else is worked out."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Literal, NamedTuple


class Grade(IntEnum):
    """How a recall went, in FSRS's own words and numbers."""

    again = 1
    hard = 2
    good = 3
    easy = 4


class Confidence(IntEnum):
    """How sure a person said they were, before they saw what is right."""

    guess = 1
    think = 2
    sure = 3


Mode = Literal["quiz", "placement", "readiness"]
"""Where a question was answered: in Drill, in the placement check, or in the six questions about the next stage."""

Label = Literal["suspended", "buried", "flagged"]
"""What a person puts on a card: out of the queue for good, out of it for that day, or to be found again."""


class Tick(NamedTuple):
    """One fact: at this moment a person said that they hold a skill, or no longer do."""

    at: datetime
    skill: str
    held: bool


class Recall(NamedTuple):
    """One fact: a card was recalled with a grade. `before` and `after` are memories as JSON, None for a new card."""

    at: datetime
    card: str
    grade: Grade
    before: str | None
    after: str
    milliseconds: int
    confidence: Confidence | None = None


class Answer(NamedTuple):
    """One fact: a question was answered; `option` is its place as authored, `right` whether it was the key."""

    at: datetime
    question: str
    option: int
    right: bool
    milliseconds: int
    mode: Mode = "quiz"
    confidence: Confidence | None = None


class Labelled(NamedTuple):
    """One fact: a label was put on a card, or taken off."""

    at: datetime
    card: str
    label: Label
    on: bool


class Score(NamedTuple):
    """One fact: work on a prompt was scored by its rubric, points (0 to 4) by dimension; `by` is empty for oneself."""

    at: datetime
    prompt: str
    points: dict[str, int]
    by: str = ""
