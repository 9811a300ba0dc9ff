"""A review: what a reader of a report answers, skill by skill, as one file that goes back to its owner.

Nothing in a review changes the report. Both stay, and so does what the owner says to its objectives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from roadmap import levels
from roadmap.catalog import Value
from roadmap.report import (
    Changes,
    LineId,
    Message,
    Name,
    NoteText,
    Report,
    ReportedLine,
    ReportedObjective,
    Signature,
    checksum,
)

VERSION = 1

Stance = Literal["agree", "show", "not-yet"]
"""What a reader says to one skill: agree, show me, or not yet."""

STANCES: Mapping[Stance, str] = {"agree": "Agree", "show": "Show me", "not-yet": "Not yet"}

ObjectiveState = Literal["accepted", "declined", "done"]
"""What its owner says to an objective; until then it is open."""

MOST_OBJECTIVES = 500
"""As many as a report carries; of more, the newest."""

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


Role = Literal["manager", "mentor"]


class Review(Value):
    """A reader's answer to one report: whose it is, of which day, and by `report_checksum` exactly which."""

    review: Literal[1] = 1
    id: Uuid
    report: Uuid
    report_checksum: Annotated[str, Field(max_length=64)]
    person: Annotated[str, Field(min_length=1, max_length=300)]
    name: Name
    as_of: date
    by: Annotated[Name, Field(min_length=1)]
    role: Role
    on: date
    verdicts: Annotated[tuple[Verdict, ...], Field(max_length=5000)]
    objectives: Annotated[tuple[Objective, ...], Field(max_length=50)] = ()
    scores: Annotated[tuple[PromptScore, ...], Field(max_length=100)] = ()
    comment: Message = ""
    signature: Signature | None = None
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


class ObjectiveAnswer(NamedTuple):
    """What the owner of an objective said to it, and when."""

    at: datetime
    state: ObjectiveState
    words: str


def make(
    of: Report,
    *,
    id: str,
    by: str,
    role: Role,
    on: date,
    verdicts: Iterable[Verdict],
    objectives: Iterable[Objective] = (),
    scores: Iterable[PromptScore] = (),
    comment: str = "",
) -> Review:
    """Freeze what a reader answers to a report. Raises ValueError where something in it is empty or too long."""
    return seal(
        Review(
            id=id,
            report=of.id,
            report_checksum=of.checksum,
            person=of.person,
            name=of.name,
            as_of=of.as_of,
            by=by,
            role=role,
            on=on,
            verdicts=tuple(verdicts),
            objectives=tuple(objectives),
            scores=tuple(scores),
            comment=comment,
        )
    )


# What a review says of itself: the seal, as reports have it


def payload(review: Review) -> dict[str, Any]:
    """The review as plain JSON values, as it is written to a file."""
    return review.model_dump(mode="json", exclude={"signature"} if review.signature is None else set())


def json_schema() -> dict[str, Any]:
    """The published JSON schema of a review's file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Review.model_json_schema()}


def seal(review: Review) -> Review:
    """The same review with its checksum."""
    return review.model_copy(update={"checksum": checksum(payload(review))})


# Both sides


Standing = Literal["disputed", "to show", "agreed"]
"""Where a skill stands between its owner and its readers."""

_ORDER: tuple[Standing, ...] = ("disputed", "to show", "agreed")


class Answered(NamedTuple):
    """One skill of a report with everything that its readers say to it, oldest first."""

    line: ReportedLine
    standing: Standing
    said: tuple[tuple[Review, Verdict], ...]


def disagreements(of: Report, *reviews: Review) -> tuple[Answered, ...]:
    """Every answered skill: ticked and not supported by a reader first, then to be shown, then agreed.

    Within each in the order of the roadmap. A "not yet" to a skill that is not ticked agrees with its owner. Of several
    readers the one who doubts most decides where a skill stands.
    """
    said: dict[str, list[tuple[Review, Verdict]]] = {}
    for review in reviews:
        for verdict in review.verdicts:
            said.setdefault(verdict.skill, []).append((review, verdict))
    answered = [
        Answered(line, min((_standing(line, one) for _, one in said[id]), key=_ORDER.index), tuple(said[id]))
        for id, line in of.lines.items()
        if id in said
    ]
    return tuple(sorted(answered, key=lambda one: _ORDER.index(one.standing)))


def _standing(line: ReportedLine, verdict: Verdict) -> Standing:
    if verdict.stance == "show":
        return "to show"
    return "disputed" if line.ticked and verdict.stance == "not-yet" else "agreed"


def newest_of_each(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """The newest review of each reader, a reader being a name in a role; in time order."""
    newest: dict[tuple[str, Role], Review] = {}
    for review in in_order(reviews):
        newest.pop((review.by.casefold(), review.role), None)
        newest[review.by.casefold(), review.role] = review
    return tuple(newest.values())


def in_order(reviews: Iterable[Review]) -> list[Review]:
    """Reviews in time order; of one day, in the order in which they are given."""
    return sorted(reviews, key=lambda review: review.on)


def thread(reports: Iterable[Report], reviews: Iterable[Review]) -> tuple[Report | Review, ...]:
    """The reports of a person and what was answered to them, in time order; no answer stands before its report.

    Of one day, reports come first. A reader whose clock runs behind answers on the day of the report.
    """
    made = {report.id: report for report in reports}
    told: list[tuple[date, int, Report | Review]] = [(report.as_of, 0, report) for report in made.values()]
    for review in reviews:
        asked = made[review.report].as_of if review.report in made else review.on
        told.append((max(review.on, asked), 1, review))
    return tuple(one for _, _, one in sorted(told, key=lambda entry: entry[:2]))


def carried(earlier: Review, of: Report) -> dict[str, Stance]:
    """The stances of an earlier review to begin with in answering a later report of the same person.

    Left out where what is claimed has changed since: ticked after that report, or withdrawn since the last one.
    """
    if earlier.person != of.person:
        return {}
    withdrawn = of.changes.lost if isinstance(of.changes, Changes) else ()
    return {
        verdict.skill: verdict.stance
        for verdict in earlier.verdicts
        if (line := of.lines.get(verdict.skill))
        and verdict.skill not in withdrawn
        and not (line.since and line.since > earlier.as_of)
    }


def objectives(
    reviews: Iterable[Review], answers: Mapping[str, Sequence[ObjectiveAnswer]]
) -> tuple[ReportedObjective, ...]:
    """Every objective that was set, oldest first, and what became of it: its owner's last answer, else it is open."""
    found: dict[str, ReportedObjective] = {}
    for review in in_order(reviews):
        for one in review.objectives:
            last = answers[one.id][-1] if answers.get(one.id) else None
            reported = ReportedObjective(
                id=one.id,
                text=one.text,
                skill=one.skill,
                due=one.due,
                by=review.by,
                given=review.on,
                state=last.state if last else "open",
                words=last.words if last else "",
            )
            found.setdefault(one.id, reported)
    return tuple(found.values())[-MOST_OBJECTIVES:]


# In words


def reader(review: Review) -> str:
    """Who answers, and as what: "Mira Voss, manager"."""
    return f"{review.by}, {review.role}"


def counts(review: Review) -> str:
    """What a review says in all: "12 agreed, 1 to show, 2 not yet"."""
    stances = Counter(verdict.stance for verdict in review.verdicts)
    words: Mapping[Stance, str] = {"agree": "agreed", "show": "to show", "not-yet": "not yet"}
    said = [f"{stances[stance]} {word}" for stance, word in words.items() if stances[stance]]
    said += [levels.count(len(review.objectives), "objective")] if review.objectives else []
    said += [f"{levels.count(len(review.scores), 'prompt')} scored"] if review.scores else []
    return ", ".join(said) or ("a comment" if review.comment else "nothing yet")


def due(on: date | None, today: date) -> str:
    """How long an objective has: "due in 12 days", "due today", "3 days overdue"; "no due day" where there is none."""
    if on is None:
        return "no due day"
    left = (on - today).days
    if left < 0:
        return f"{levels.count(-left, 'day')} overdue"
    return {0: "due today", 1: "due tomorrow"}.get(left, f"due in {left} days")
