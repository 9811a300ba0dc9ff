"""What practice comes to: the deck card by card, true retention, what falls due, days practised, and calibration.

Facts are counted by the person's own days. Calibration sets how sure a person said they were beside how often they were
right; it keeps integer counts only, since reports carry it, and says nothing of a person before `ENOUGH` answers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import exp, lgamma, log
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from roadmap.catalog import Card, Catalog, Value
from roadmap.facts import Answer, Confidence, Label, Recall
from roadmap.recall import Day, Memory, due, set_aside

MATURE = 21  # days: Anki's line between a young card and a mature one
FEW = 3  # below so many facts there is nothing to show
ENOUGH = 8  # answers given as sure before calibration says anything

STATED: Mapping[Confidence, float] = {Confidence.guess: 0.4, Confidence.think: 0.65, Confidence.sure: 0.9}
"""How often one is right who means what they say: our choice, since nobody is asked for a percentage.

A guess among four options is right more often than 1 in 4, because some are ruled out first.
"""

CHANCE = 0.02
"""How seldom chance alone may look like a miscalibration, in a person who means exactly what `STATED` says."""

State = Literal["new", "learning", "mature", "due", "buried", "suspended"]
"""What a card does: waits to be met, waits for its day (mature from `MATURE` days on), is due, or is set aside."""


class Entry(NamedTuple):
    """A card in the deck: `due` is its day, `interval` its stability in days, both None for a card never recalled."""

    card: Card
    state: State
    flagged: bool
    due: date | None
    interval: float | None
    lapses: int


class Tally(Value):
    """How many were asked and how many of them were right."""

    asked: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    right: Annotated[int, Field(ge=0, le=10_000_000)] = 0

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.right > self.asked:
            raise ValueError("more was right than asked")
        return self

    def __add__(self, other: Tally) -> Tally:
        return Tally(asked=self.asked + other.asked, right=self.right + other.right)


class Streak(NamedTuple):
    """Days in a row with practice, up to today or, while today is still open, up to yesterday."""

    days: int
    today: bool


class Calibration(Value):
    """Answers by how sure the person said they were, in one category, or in all where it is None."""

    category: Annotated[str, Field(max_length=1000)] | None = None
    guess: Tally = Tally()
    think: Tally = Tally()
    sure: Tally = Tally()

    @property
    def tallies(self) -> Mapping[Confidence, Tally]:
        """The tally of each confidence."""
        return {Confidence.guess: self.guess, Confidence.think: self.think, Confidence.sure: self.sure}

    @property
    def asked(self) -> int:
        """Answers for which the person said how sure they were."""
        return sum(tally.asked for tally in self.tallies.values())


Verdict = Literal["too few", "surer", "less sure", "as sure"]
"""How sure a person is beside how right they are, or that there are too few answers to tell."""


# The deck


def entries(
    catalog: Catalog,
    memories: Mapping[str, Memory],
    lapses: Mapping[str, int],
    labels: Mapping[Label, Mapping[str, datetime]],
    day: Day,
) -> list[Entry]:
    """Every card in roadmap order with what became of it."""
    suspended, aside = labels.get("suspended", {}), set_aside(labels, day)
    flagged = labels.get("flagged", {})

    def state(id: str, memory: Memory | None) -> State:
        if id in aside:
            return "suspended" if id in suspended else "buried"
        if memory is None:
            return "new"
        if due(memory, day):
            return "due"
        return "mature" if _mature(memory) else "learning"

    return [
        Entry(
            card,
            state(card.id, memory),
            card.id in flagged,
            day.of(memory.due) if memory else None,
            memory.stability if memory else None,
            lapses.get(card.id, 0),
        )
        for card in catalog.cards
        for memory in [memories.get(card.id)]
    ]


def _mature(memory: Memory) -> bool:
    return memory.due - memory.last >= timedelta(days=MATURE)


# Cards by day


def true_retention(recalls: Iterable[Recall], day: Day, weeks: int) -> dict[date, Tally]:
    """First recalls of the day of mature cards in the last so many weeks, by their Monday: again alone is wrong.

    A card is mature when it came back after `MATURE` days or more, as Anki counts it.
    """
    first = day.today - timedelta(days=day.today.weekday(), weeks=weeks - 1)
    tallies: dict[date, Tally] = {}
    seen: set[tuple[str, date]] = set()
    for recall in recalls:
        if (on := day.of(recall.at)) < first:
            continue
        if (recall.card, on) in seen or recall.before is None or not _mature(Memory.loads(recall.before)):
            continue
        seen.add((recall.card, on))
        week = on - timedelta(days=on.weekday())
        tallies[week] = tallies.get(week, Tally()) + Tally(asked=1, right=int(recall.grade > 1))
    return tallies


def forecast(
    memories: Mapping[str, Memory], labels: Mapping[Label, Mapping[str, datetime]], day: Day
) -> dict[date, int]:
    """How many cards fall due on each of the next 30 days, today included with all that is overdue.

    Suspended cards never do; a buried one, or one recalled today, not before tomorrow.
    """
    days = {day.today + timedelta(days=ahead): 0 for ahead in range(30)}
    suspended, aside = labels.get("suspended", {}), set_aside(labels, day)
    for id, memory in memories.items():
        waits = id in aside or day.of(memory.last) >= day.today
        on = max(day.of(memory.due), day.today + timedelta(days=waits))
        if id not in suspended and on in days:
            days[on] += 1
    return days


def by_day(moments: Iterable[datetime], day: Day, days: int) -> dict[date, int]:
    """How many of these moments lie on each of the last so many days, the oldest first and today last."""
    found = Counter(day.of(at) for at in moments)
    return {on: found[on] for on in _last(days, day)}


def minutes_by_day(facts: Iterable[Recall | Answer], day: Day, days: int) -> dict[date, float]:
    """The minutes spent on recalls and answers on each of the last so many days, the oldest first and today last."""
    spent: Counter[date] = Counter()
    for fact in facts:
        spent[day.of(fact.at)] += fact.milliseconds
    return {on: spent[on] / 60_000 for on in _last(days, day)}


def _last(days: int, day: Day) -> list[date]:
    return [day.today - timedelta(days=ago) for ago in reversed(range(days))]


def streak(moments: Iterable[datetime], day: Day) -> Streak:
    """The days in a row with a recall or an answer; a today without any does not break it, it is only not over."""
    practised = {day.of(at) for at in moments}
    today = day.today in practised
    last = day.today if today else day.today - timedelta(days=1)
    days = 0
    while last - timedelta(days=days) in practised:
        days += 1
    return Streak(days, today)


# How sure, and how right


def calibration(catalog: Catalog, answers: Iterable[Answer]) -> tuple[Calibration, ...]:
    """How sure a person said they were and how often they were right, by category in roadmap order.

    Counts every answer with a confidence whose question still exists; a category without any is left out.
    """
    found: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    for answer in answers:
        if answer.confidence and answer.question in catalog.question:
            found[catalog.question[answer.question].category][answer.confidence.name, answer.right] += 1
    return tuple(
        Calibration(
            category=name,
            **{
                said.name: Tally(asked=of[said.name, True] + of[said.name, False], right=of[said.name, True])
                for said in Confidence
            },
        )
        for name in catalog.in_order(found)
        for of in [found[name]]
    )


def altogether(parts: Sequence[Calibration]) -> Calibration:
    """The calibrations of several categories as one."""
    return Calibration(
        guess=sum((part.guess for part in parts), Tally()),
        think=sum((part.think for part in parts), Tally()),
        sure=sum((part.sure for part in parts), Tally()),
    )


def verdict(of: Calibration) -> Verdict:
    """Whether a person is as sure as they are right: judged only where chance would seldom (`CHANCE`) look like it.

    Too sure: of the answers given as sure, fewer were right than `STATED` allows. Less sure than right: more of the
    others were right than it allows, and there are `ENOUGH` of them. Source: exact binomial tails.
    """
    if of.sure.asked < ENOUGH:
        return "too few"
    stated = STATED[Confidence.sure]
    if sum(_binomial(right, of.sure.asked, stated) for right in range(of.sure.right + 1)) < CHANCE:
        return "surer"
    unsure = of.guess + of.think
    if unsure.asked >= ENOUGH and _at_least(unsure.right, of.guess.asked, of.think.asked) < CHANCE:
        return "less sure"
    return "as sure"


def _at_least(right: int, guesses: int, thinks: int) -> float:
    """The probability that so many of these answers or more are right, if each is as often right as it says."""
    guess, think = STATED[Confidence.guess], STATED[Confidence.think]
    of_think = [_binomial(count, thinks, think) for count in range(thinks + 1)]
    tails = [sum(of_think[count:]) for count in range(thinks + 1)]
    return sum(
        _binomial(count, guesses, guess) * tails[max(0, right - count)]
        for count in range(guesses + 1)
        if right - count <= thinks
    )


def _binomial(right: int, asked: int, p: float) -> float:
    """The probability of exactly so many right; in logarithms, since years of answers overflow a float."""
    ways = lgamma(asked + 1) - lgamma(right + 1) - lgamma(asked - right + 1)
    return exp(ways + right * log(p) + (asked - right) * log(1 - p))


def calibration_sentence(of: Calibration) -> str:
    """How sure a person is beside how right they are, with its counts; of answers, never of the person."""
    where = f"In {of.category}" if of.category else "Over all categories"
    when_sure = f"{of.sure.right} of {of.sure.asked} right when sure"
    unsure = of.guess + of.think
    match verdict(of):
        case "too few":
            return f"{where} there are too few answers to say: {of.sure.asked} of {ENOUGH} given as sure so far."
        case "surer":
            return f"{where} you are surer than you are right: {when_sure}."
        case "less sure":
            return (
                f"{where} you are less sure than you are right: {unsure.right} of {unsure.asked} right when not sure."
            )
        case "as sure":
            return f"{where} you are as sure as you are right: {when_sure}."


def brier(of: Calibration) -> float | None:
    """The Brier score, 0 (always right and sure) to 1: the mean squared distance of what was stated from what was.

    None without answers. Source: Brier, 1950, over the probabilities of `STATED`.
    """
    squared = sum(
        tally.right * (1 - STATED[said]) ** 2 + (tally.asked - tally.right) * STATED[said] ** 2
        for said, tally in of.tallies.items()
    )
    return squared / of.asked if of.asked else None
