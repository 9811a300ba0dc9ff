"""Which cards next, and how far they carry: the recall gained in three weeks for each minute of drilling.

Cards of required stages compete by that gain, earlier stages first; what is already known gains little and waits.
The same arithmetic, run forward over a person's own memory, says how many days the target takes. Formulas and what
they are worth against other orders: docs/measurement.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from statistics import median
from typing import NamedTuple

import fsrs
import numpy as np
from numpy.typing import NDArray

from roadmap import evidence, levels
from roadmap.catalog import Card, Catalog, Goal, Skill
from roadmap.evidence import Evidence, Floats
from roadmap.facts import Grade, Recall
from roadmap.recall import (
    EVERYTHING,
    LONGEST_INTERVAL,
    Day,
    Memory,
    Pick,
    Scope,
    also_blocks,
    due,
    due_cards,
    why_new,
)

HORIZON = 21
"""Days after which the gain is judged."""
KNOWN, GUESSED = 0.88, 0.25
"""How likely a card never seen is recalled by somebody who holds its skill, and by somebody who does not."""
UNAIDED = 0.03
"""The recall that a card never seen would gain by itself."""
RECALLED, SPREAD = 0.70, 0.08
"""The mean recall of a skill's cards at which the skill is as likely held as not, and how sharply that turns."""
TICKED, NOT_TICKED = 0.8, 0.5
"""How likely a skill is ticked by somebody who holds it, and by somebody who does not: says what to drill while
nothing is checked, and never enters what is shown."""
LATER = 0.25
"""What a later required stage weighs while an earlier one is not reached."""
NEW_MINUTES, SEEN_MINUTES = 0.75, 0.30
ENOUGH_RECALLS = 5
"""Own recalls of a kind from which their median replaces these minutes."""
RUNS, LONGEST_PLAN = 24, 180

_W = fsrs.scheduler.DEFAULT_PARAMETERS
_DECAY = -_W[20]
_FACTOR = 0.9 ** (1 / _DECAY) - 1


class Pace(NamedTuple):
    """Minutes that one card takes this person, new or seen before."""

    new: float = NEW_MINUTES
    seen: float = SEEN_MINUTES


class Plan(NamedTuple):
    """What the way to the target takes: minutes today, then days (10th, 50th, 90th of 100), None beyond half a year.

    `due` cards wait today, of which the budget takes a part; the rest spreads over the next `spread` days.
    """

    minutes: float
    cards: int
    due: int
    spread: int
    days: tuple[int | None, int | None, int | None]
    ready: float


class Deck:
    """The cards of one catalog as arrays, worked out once: N cards, L lines, S stages."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.place = {card.id: place for place, card in enumerate(catalog.cards)}
        lines = {id: place for place, id in enumerate(catalog.lines)}
        self.of_line = np.zeros((len(catalog.cards), len(lines)))
        for place, card in enumerate(catalog.cards):
            self.of_line[place, [lines[id] for id in card.skills]] = 1 / len(card.skills)
        served = self.of_line > 0
        needed_at = np.array([_needed_at(catalog, line) for line in catalog.lines.values()])
        first = np.where(served, needed_at[None, :], np.inf).min(axis=1, initial=np.inf)
        stands_at = np.array([catalog.rank[card.stage] for card in catalog.cards])
        self.stage = np.maximum(first, stands_at)
        """The place of the first stage that needs a card and stands no lower than it."""
        self.mean_of = np.zeros((len(catalog.cards), len(catalog.skills)))
        """What turns recalls (N) into the mean recall of each skill's cards (K)."""
        for skill, id in enumerate(catalog.skills):
            own = [self.place[card.id] for card in catalog.cards_of[id]]
            self.mean_of[own, skill] = 1 / max(len(own), 1)
        rank = [catalog.rank[skill.stage] for skill in catalog.skills.values()]
        self.skills_at = [np.flatnonzero(np.array(rank) == place) for place in range(1, len(catalog.stages) + 1)]


def pace(recalls: Sequence[Recall]) -> Pace:
    """A person's own medians over their newest recalls; the defaults until there are a few."""
    new = [recall.milliseconds / 60_000 for recall in recalls[-400:] if recall.before is None]
    seen = [recall.milliseconds / 60_000 for recall in recalls[-400:] if recall.before is not None]
    return Pace(
        max(median(new), 0.05) if len(new) >= ENOUGH_RECALLS else NEW_MINUTES,
        max(median(seen), 0.05) if len(seen) >= ENOUGH_RECALLS else SEEN_MINUTES,
    )


def queue(
    deck: Deck,
    memories: Mapping[str, Memory],
    found: Evidence,
    ticks: Collection[str],
    target: str,
    day: Day,
    now: datetime,
    scope: Scope = EVERYTHING,
    *,
    own: Pace = Pace(),  # noqa: B008 - a NamedTuple never changes
    missed: Mapping[str, datetime] | None = None,
    aside: Collection[str] = (),
    done: int = 0,
    new_done: int = 0,
) -> list[Pick]:
    """Today's cards, the most useful first: cards of missed questions, then due and new ones by gain for each minute.

    Within the day's budget and its limit of new cards; no two of a category in a row where that can be avoided. `done`
    and `new_done` are the cards already recalled today. `aside` are cards that their owner took out. A scope narrows
    the choice and may reach above the target.
    """
    catalog = deck.catalog
    left, new_left = max(0, day.budget - done), max(0, day.new_limit - new_done)
    wait = due_cards(memories, missed or {}, day)
    state = _State.of(deck, memories, known(deck, found, ticks), now)
    reach = len(catalog.stages) if scope else catalog.rank[target]
    score = state.score(deck, catalog.rank[target], own, reach)

    def fits(card: Card) -> bool:
        return (card.id not in aside or card.id in scope.cards) and bool(not scope or scope.includes(catalog, card))

    def pick(card: Card) -> Pick:
        lines, waits = [catalog.lines[id] for id in card.skills], card.id in wait
        line = min(lines, key=lambda line: (line.id in ticks, _needed_at(catalog, line)))
        why = why_new(catalog, card, line, ticks, target)
        why = also_blocks(wait[card.id], why) if waits else why
        return Pick(card, line, why, not waits, state.because(deck.place[card.id], own))

    lead = [catalog.card[id] for id in wait if missed and id in missed and id in catalog.card]
    picks = [pick(card) for card in lead if fits(card)][:left]
    taken = {card.id for card in lead}
    best_first = (catalog.cards[place] for place in np.argsort(-score, kind="stable") if score[place] > -np.inf)
    rest = [
        card
        for card in best_first
        if card.id not in taken and (card.id in wait or card.id not in memories) and fits(card)
    ]
    while rest and len(picks) < left:
        allowed = [card for card in rest if new_left > 0 or card.id in memories] if new_left < 1 else rest
        if not allowed:
            break
        before = picks[-1].card.category if picks else None
        card = next((card for card in allowed if card.category != before), allowed[0])
        rest.remove(card)
        new_left -= card.id not in memories
        picks.append(pick(card))
    return picks


def known(deck: Deck, found: Evidence, ticks: Collection[str]) -> Floats:
    """The probability that each line is held (L), for choosing cards only.

    Where nothing was checked about a skill, its tick says a little; that never enters what is shown.
    """
    catalog = deck.catalog
    says = {True: np.log(TICKED / NOT_TICKED), False: np.log((1 - TICKED) / (1 - NOT_TICKED))}
    chances = []
    for line in catalog.lines.values():
        chance = evidence.of_line(catalog, found, line)
        if isinstance(line, Goal) or not found.skills[line.id].checked:
            odds = np.log(chance / (1 - chance)) + says[line.id in ticks]
            chance = float(1 / (1 + np.exp(-odds)))
        chances.append(chance)
    return np.array(chances)


def ready(
    deck: Deck, memories: Mapping[str, Memory], found: Evidence, ticks: Collection[str], target: str, now: datetime
) -> float:
    """The probability, by practice alone, that the target and every stage below are reached.

    It never enters what is shown; from one half on it is time for a check.
    """
    state = _State.of(deck, memories, known(deck, found, ticks), now)
    return float(state.passes(deck)[0, : deck.catalog.rank[target]].prod())


def plan(
    deck: Deck,
    memories: Mapping[str, Memory],
    found: Evidence,
    ticks: Collection[str],
    target: str,
    day: Day,
    now: datetime,
    chance: np.random.Generator,
    *,
    own: Pace = Pace(),  # noqa: B008 - a NamedTuple never changes
    suspended: Collection[str] = (),
) -> Plan:
    """What the target takes at this budget: the queue run forward, day by day, over this person's own memory.

    Suspended cards stay out of it for good; one buried comes back tomorrow and is planned with.
    """
    rank = deck.catalog.rank[target]
    one = _State.of(deck, memories, known(deck, found, ticks), now)
    start = float(one.passes(deck)[0, :rank].prod())
    asked = np.array([card not in suspended for card in deck.place])
    waiting = sum(due(memory, day) for id, memory in memories.items() if id in deck.place and id not in suspended)
    state = one.repeated(RUNS)
    arrived = np.full(RUNS, np.inf)
    minutes, cards = 0.0, 0
    for passed in range(LONGEST_PLAN):
        arrived[(state.passes(deck)[:, :rank].prod(axis=1) >= 0.5) & np.isinf(arrived)] = passed
        chosen = state.choose(deck, rank, own, asked, day.budget, day.new_limit)
        if not passed:
            new = chosen & np.isnan(state.stability)
            cards = int(chosen.sum(axis=1).mean())
            minutes = float((new * own.new + (chosen & ~new) * own.seen).sum(axis=1).mean())
        if np.isfinite(arrived).all():
            break
        state = state.drilled(chosen, chance)
    days = tuple(
        None if np.isinf(value) else int(value)
        for value in np.quantile(arrived, (0.1, 0.5, 0.9), method="closest_observation")
    )
    spread = max(0, waiting - day.budget)
    return Plan(minutes, cards, waiting, -(-spread // max(day.budget, 1)), (days[0], days[1], days[2]), start)


class _State:
    """R runs over N cards: what each memory is on the same day. Stability is NaN where a card was never seen."""

    def __init__(self, stability: Floats, difficulty: Floats, elapsed: Floats, due_in: Floats, chance: Floats) -> None:
        self.stability, self.difficulty, self.elapsed, self.due_in = stability, difficulty, elapsed, due_in
        self.chance = chance
        """The probability that a card never seen is recalled (N)."""

    @classmethod
    def of(cls, deck: Deck, memories: Mapping[str, Memory], held: Floats, now: datetime) -> _State:
        """One run: a person's memories now. `held` is the probability of each line (L)."""
        shape = (1, len(deck.place))
        stability, difficulty = np.full(shape, np.nan), np.full(shape, np.nan)
        elapsed, due_in = np.zeros(shape), np.zeros(shape)
        for id, memory in memories.items():
            if (place := deck.place.get(id)) is not None:
                stability[0, place], difficulty[0, place] = memory.stability, memory.difficulty
                elapsed[0, place] = max(0.0, (now - memory.last) / timedelta(days=1))
                due_in[0, place] = (memory.due - now) / timedelta(days=1)
        mean = deck.of_line @ held
        return cls(stability, difficulty, elapsed, due_in, KNOWN * mean + GUESSED * (1 - mean))

    def repeated(self, runs: int) -> _State:
        """The same state in many runs."""
        s, d, e, i = (
            np.repeat(one, runs, axis=0) for one in (self.stability, self.difficulty, self.elapsed, self.due_in)
        )
        return _State(s, d, e, i, self.chance)

    @cached_property
    def recall(self) -> Floats:
        """The probability of recall now (R, N)."""
        seen = recall_after(self.elapsed, self.stability)
        return np.where(np.isnan(self.stability), self.chance[None, :], seen)

    @cached_property
    def gain(self) -> Floats:
        """The recall in three weeks that drilling a card now is expected to add (R, N)."""
        recall = self.recall
        good, again = (
            stability_after(self.stability, self.difficulty, recall, grade) for grade in (Grade.good, Grade.again)
        )
        seen = (
            recall * recall_after(HORIZON, good)
            + (1 - recall) * recall_after(HORIZON, again)
            - recall_after(self.elapsed + HORIZON, self.stability)
        )
        new = (1 - recall) * (recall_after(HORIZON, np.array(_W[0])) - UNAIDED)
        gained: Floats = np.where(np.isnan(self.stability), new, seen)
        return gained

    def passes(self, deck: Deck) -> Floats:
        """By practice alone, the probability that each stage is passed (R, S)."""
        held = 1 / (1 + np.exp(-(self.recall @ deck.mean_of - RECALLED) / SPREAD))
        return np.stack(
            [
                evidence.at_least(held[:, skills], levels.needed(stage))
                for skills, stage in zip(deck.skills_at, deck.catalog.stages, strict=True)
            ],
            axis=1,
        )

    def score(self, deck: Deck, target: int, own: Pace, reach: int) -> Floats:
        """Gain for each minute (N) of the first run, weighed by stage; minus infinity above the reach."""
        scores: Floats = self._scores(deck, target, own, reach)[0]
        return scores

    def _scores(self, deck: Deck, target: int, own: Pace, reach: int) -> Floats:
        passes = self.passes(deck)[:, :target] >= 0.5
        reached = passes.cumprod(axis=1).sum(axis=1)  # how many stages stand
        weight = np.where(deck.stage[None, :] <= reached[:, None] + 1, 1.0, LATER)
        minutes = np.where(np.isnan(self.stability), own.new, own.seen)
        scores: Floats = np.where(deck.stage[None, :] <= reach, weight * self.gain / minutes, -np.inf)
        return scores

    def choose(
        self, deck: Deck, target: int, own: Pace, asked: NDArray[np.bool_], budget: int, new_limit: int
    ) -> NDArray[np.bool_]:
        """The cards of a day in every run (R, N): of those asked (N), due or new, the best first, within the limits."""
        new = np.isnan(self.stability)
        score = np.where(asked & (new | (self.due_in <= 0.5)), self._scores(deck, target, own, target), -np.inf)
        order = np.argsort(-score, axis=1, kind="stable")
        is_new = np.take_along_axis(new, order, axis=1)
        fits = np.isfinite(np.take_along_axis(score, order, axis=1)) & ~(is_new & (is_new.cumsum(axis=1) > new_limit))
        fits &= fits.cumsum(axis=1) <= budget
        chosen = np.zeros_like(new)
        np.put_along_axis(chosen, order, fits, axis=1)
        return chosen

    def drilled(self, chosen: NDArray[np.bool_], chance: np.random.Generator) -> _State:
        """The day after the chosen cards were recalled, each right by its own probability."""
        right = chance.random(self.recall.shape) < self.recall
        new = chosen & np.isnan(self.stability)
        stability, difficulty = self.stability, self.difficulty
        for grade, hit in ((Grade.good, chosen & right), (Grade.again, chosen & ~right)):
            first = np.clip(first_difficulty(grade), 1, 10)
            longer = stability_after(self.stability, self.difficulty, self.recall, grade)
            harder = difficulty_after(self.difficulty, grade)
            stability = np.where(hit, np.where(new, _W[grade - 1], longer), stability)
            difficulty = np.where(hit, np.where(new, first, harder), difficulty)
        interval = np.clip(np.round(stability), 1, LONGEST_INTERVAL)  # at a retention of 0.9 it is the stability
        due_in = np.where(chosen, interval, self.due_in) - 1
        return _State(stability, difficulty, np.where(chosen, 0, self.elapsed) + 1, due_in, self.chance)

    def because(self, place: int, own: Pace) -> str:
        """Why a card is worth its minutes, in words from its own numbers."""
        gain, recall = 100 * self.gain[0, place], 100 * self.recall[0, place]
        if np.isnan(self.stability[0, place]):
            known = f"New: {recall:.0f} % likely known already"
            return f"{known}; +{gain:.0f} points of recall in 3 weeks for {_minutes(own.new)}"
        return f"Recall is at {recall:.0f} %; +{gain:.0f} points in 3 weeks for {_minutes(own.seen)}"


def _minutes(minutes: float) -> str:
    return f"{60 * minutes:.0f} seconds" if minutes < 1 else f"{minutes:.1f} minutes"


def _needed_at(catalog: Catalog, line: Skill) -> int:
    """The place of the stage that a line serves: a goal prepares the next one."""
    return catalog.rank[line.stage] + isinstance(line, Goal)


# FSRS-6 over arrays. py-fsrs does one card at a time, and stays the one that schedules; a test holds both equal.


def recall_after(days: Floats | float, stability: Floats) -> Floats:
    """The probability of recall so many days after the last one: the forgetting curve of FSRS-6."""
    curve: Floats = (1 + _FACTOR * days / stability) ** _DECAY
    return curve


def stability_after(stability: Floats, difficulty: Floats, recall: Floats, grade: Grade) -> Floats:
    """The stability after a recall at least a day after the last one: the long-term formulas of FSRS-6."""
    if grade is Grade.again:
        long = _W[11] * difficulty ** -_W[12] * ((stability + 1) ** _W[13] - 1) * np.exp((1 - recall) * _W[14])
        least: Floats = np.maximum(np.minimum(long, stability / np.exp(_W[17] * _W[18])), fsrs.scheduler.STABILITY_MIN)
        return least
    bonus = {Grade.hard: _W[15], Grade.good: 1.0, Grade.easy: _W[16]}[grade]
    grown = np.exp(_W[8]) * (11 - difficulty) * stability ** -_W[9] * np.expm1((1 - recall) * _W[10])
    after: Floats = np.maximum(stability * (1 + grown * bonus), fsrs.scheduler.STABILITY_MIN)
    return after


def difficulty_after(difficulty: Floats, grade: Grade) -> Floats:
    """The difficulty (1 to 10) after a recall: damped, and drawn back to that of an easy first one."""
    moved = difficulty - _W[6] * (grade - 3) * (10 - difficulty) / 9
    after: Floats = np.clip(_W[7] * first_difficulty(Grade.easy) + (1 - _W[7]) * moved, 1, 10)
    return after


def first_difficulty(grade: Grade) -> float:
    """The difficulty after a first recall, before it is held within 1 to 10."""
    return float(_W[4] - np.exp(_W[5] * (grade - 1)) + 1)
