"""Answers and recalls to the probability that each skill is held, and the level that they show.

Ladder-Bayes: every checked answer moves the odds that a person holds one skill and, a little, their place on the
ladder; it fades by half every 120 days; the level shown is the highest one that the rule of `levels` reaches with at
least 80 % probability. Exact, deterministic and free of the order of events, so that the counted answers with their
weights are the whole audit trail. Where the numbers come from, and what they cannot say: docs/measurement.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from math import log
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from roadmap import levels
from roadmap.catalog import Catalog, Goal, Skill
from roadmap.facts import Answer, Grade, Recall, Score

Kind = Literal["quiz", "open", "recall"]
State = Literal["confirmed", "claimed", "contradicted", "shown", "open"]
Status = Literal["not enough evidence", "not supported", "partly confirmed", "confirmed", "stronger than claimed"]
Floats = NDArray[np.float64]

HALF_LIFE = 120
"""Days in which an answer loses half its weight."""
WINDOW = 3.0
"""How many answers of one kind count for a skill: the latest ones that add up to this."""
HELD_RIGHT, GUESSED_RIGHT = 0.90, 0.50
"""How likely a question is answered right by somebody who holds the skill, and by somebody who does not: a quarter by
guessing, and as much again by what they know of it already."""
LOG_ODDS: Mapping[tuple[Kind, bool], float] = {
    ("quiz", True): log(HELD_RIGHT / GUESSED_RIGHT),
    ("quiz", False): log((1 - HELD_RIGHT) / (1 - GUESSED_RIGHT)),
    ("open", True): log(0.85 / 0.15),
    ("open", False): log(0.15 / 0.85),
    ("recall", True): log(0.90 / 0.50),
}
"""What one outcome says: the log of how likely it is when the skill is held, to when it is not."""
CORROBORATE = 0.5
"""Self-graded recalls add at most this share of what checked answers say about the same skill."""
LARGEST = 3.0
"""No skill is ever more certain than these log odds, whatever is answered."""
PRIOR = (0.13, 0.19, 0.25, 0.23, 0.14, 0.06)
"""How likely each place on the ladder is before anything is answered, the same for everyone."""
HELD = (0.95, 0.75, 0.25, 0.05, 0.03)
"""How likely a skill is held: below a person's place, at it, one above, two above, three and more above."""
SURE, UNSURE = 0.8, 0.2
ENOUGH = 5
"""Below this many faded checked answers no level is shown."""
RIGHT_ABOVE = 1.5
"""A level is shown only with this many faded right answers at its stage or above."""
TESTED = 2
"""Checked answers about a skill before anything is said of it."""
FORGOTTEN = 120
"""Days after the newest checked answer from which a skill that was held is called rusty."""


REVEALED = 30
"""Days for which a question does not count after its key was seen."""
PASS, MOST_POINTS = 0.6, 4
"""The share of a rubric's points from which work on a prompt speaks for its skills."""


class Event(NamedTuple):
    """An attempt, on a day, at an item that asks about these skills; a recall is right when it was passed."""

    on: date
    item: str
    kind: Kind
    right: bool
    skills: tuple[str, ...]


class Counted(NamedTuple):
    """What one event counts for one skill. `share` is 1 over the skills it asks about, less where the window cuts it.

    `weight` is the share after fading.
    """

    event: Event
    skill: str
    share: float
    weight: float


class SkillEvidence(NamedTuple):
    """What is known of one skill. `checked` counts answers, `newest` is the day of the last one."""

    probability: float
    state: State
    checked: int
    newest: date | None
    rusty: bool


class Evidence(NamedTuple):
    """What the evidence says. Levels are stage ids, None below the first stage.

    `level` is what is shown (at least this), `likely` the median, `low` to `high` the 80 % range; with status "not
    enough evidence" none of them means anything. `probability` is by stage, that the level is that stage or above.
    `answers` counts the checked answers that count, `effective` is their faded number.
    """

    level: str | None
    likely: str | None
    low: str | None
    high: str | None
    status: Status
    probability: dict[str, float]
    skills: dict[str, SkillEvidence]
    answers: int
    effective: float
    newest: date | None
    counted: tuple[Counted, ...]

    @property
    def enough(self) -> bool:
        """Whether there are enough checked answers to show a level."""
        return self.status != "not enough evidence"

    @property
    def rusty(self) -> tuple[str, ...]:
        """The skills whose evidence has faded."""
        return tuple(id for id, skill in self.skills.items() if skill.rusty)


class Places(Protocol):
    """The levels that are shown, as Evidence has them and a report carries them."""

    @property
    def level(self) -> str | None: ...  # noqa: D102 - the words mean what they mean in Evidence
    @property
    def likely(self) -> str | None: ...  # noqa: D102
    @property
    def low(self) -> str | None: ...  # noqa: D102
    @property
    def high(self) -> str | None: ...  # noqa: D102
    @property
    def enough(self) -> bool: ...  # noqa: D102


class CategoryEvidence(NamedTuple):
    """One category's required skills by state, and the checked answers about them."""

    category: str
    states: dict[State, int]
    checked: int
    newest: date | None

    @property
    def required(self) -> int:
        """How many skills the target needs here."""
        return sum(self.states.values())


def events(
    catalog: Catalog,
    answers: Iterable[Answer],
    recalls: Iterable[Recall],
    scores: Iterable[Score],
    day_of: Callable[[datetime], date],
) -> tuple[Event, ...]:
    """The facts of a person, in time order, that are evidence; `day_of` gives their own date at a moment.

    An answer counts where its key was not seen in the 30 days before, and answering shows the key. Work on a prompt is
    checked evidence where another person scored it; scored by oneself it corroborates, as a recall does.
    """
    found = []
    revealed: dict[str, date] = {}
    for answer in answers:
        on, known = day_of(answer.at), revealed.get(answer.question)
        revealed[answer.question] = on
        if answer.question in catalog.question and (known is None or (on - known).days >= REVEALED):
            question = catalog.question[answer.question]
            found.append(Event(on, question.id, "quiz", answer.right, question.skills))
    passed = {recall.card: recall for recall in recalls if recall.grade is not Grade.again}  # the newest of each card
    for id, recall in passed.items():
        if id in catalog.card:
            found.append(Event(day_of(recall.at), id, "recall", True, catalog.card[id].skills))
    for score in scores:
        if score.prompt in catalog.readings:
            well = sum(score.points.values()) >= PASS * MOST_POINTS * len(score.points)
            skills = catalog.readings[score.prompt].skills
            found.append(Event(day_of(score.at), score.prompt, "open" if score.by else "recall", well, skills))
    return tuple(found)


def judge(catalog: Catalog, ticks: Collection[str], events: Iterable[Event], as_of: date) -> Evidence:
    """Everything that a person's events show on a day, beside what they claim."""
    kept = counted(catalog, events, as_of)
    checked = [one for one in kept if one.event.kind != "recall"]
    found = Ladder(catalog).posterior(
        np.stack([log_odds(catalog, kept, faded=True), log_odds(catalog, kept, faded=False)])
    )
    held, at_least = found.held[0], found.at_least[0]
    effective = sum(one.weight for one in checked)
    right = np.zeros(len(catalog.stages) + 1)
    for one in checked:
        if one.event.right:
            right[catalog.rank[catalog.skills[one.skill].stage]] += one.weight
    right_above = right[::-1].cumsum()[::-1][1:]
    shown = _highest(catalog, (at_least >= SURE) & (right_above >= RIGHT_ABOVE)) if effective >= ENOUGH else None
    answered: dict[str, int] = defaultdict(int)
    newest: dict[str, date] = {}
    for one in checked:
        answered[one.skill] += 1
        newest[one.skill] = max(one.event.on, newest.get(one.skill, one.event.on))
    skills = {}
    for place, id in enumerate(catalog.skills):
        probability, fresh, tested = float(held[place]), float(found.held[1][place]), answered[id]
        last = newest.get(id)
        skills[id] = SkillEvidence(
            probability=probability,
            state="open",
            checked=tested,
            newest=last,
            rusty=tested >= TESTED
            and fresh >= SURE
            and (probability < SURE or (last is not None and (as_of - last).days > FORGOTTEN)),
        )
    alone = Evidence(
        level=shown,
        likely=_highest(catalog, at_least >= 0.5),
        low=_highest(catalog, at_least >= 0.9),
        high=_highest(catalog, at_least > 0.1),
        status="not enough evidence",
        probability={stage.id: float(p) for stage, p in zip(catalog.stages, at_least, strict=True)},
        skills=skills,
        answers=len({one.event for one in checked}),
        effective=effective,
        newest=max(newest.values(), default=None),
        counted=kept,
    )
    return beside(catalog, alone, ticks)


def beside(catalog: Catalog, found: Evidence, ticks: Collection[str]) -> Evidence:
    """The same evidence beside what is ticked: that moves no probability, only what they mean together.

    So one judgement of a person's events serves all that they tick and untick until the next answer.
    """
    skills = {
        id: skill._replace(state=_state(id in ticks, skill.probability, skill.checked))
        for id, skill in found.skills.items()
    }
    return found._replace(skills=skills, status=_status(catalog, levels.standing(catalog, ticks).level, found))


def counted(catalog: Catalog, events: Iterable[Event], as_of: date) -> tuple[Counted, ...]:
    """The events that count, newest first, each with its weight for each skill.

    Of an item the latest attempt counts. Of a skill and kind the latest ones count that add up to three, an item about
    m skills as 1/m each. A recall that was not passed counts for nothing, so that honest grading costs nothing, and it
    takes no other's place.
    """
    latest: dict[tuple[Kind, str], Event] = {}
    for event in events:
        if event.kind == "recall" and not event.right:
            continue
        known = latest.get((event.kind, event.item))
        if known is None or (known.on, known.right, known.skills) < (event.on, event.right, event.skills):
            latest[event.kind, event.item] = event
    room: dict[tuple[str, Kind], float] = {}
    kept = []
    for event in sorted(latest.values(), key=lambda event: (-event.on.toordinal(), not event.right, event[1:])):
        about = [skill for skill in event.skills if skill in catalog.skills]
        fading = 2 ** (-max(0, (as_of - event.on).days) / HALF_LIFE)
        for skill in about:
            left = room.get((skill, event.kind), WINDOW)
            share = min(1 / len(about), left)
            if share > 0:
                room[skill, event.kind] = left - share
                kept.append(Counted(event, skill, share, share * fading))
    return tuple(kept)


def log_odds(catalog: Catalog, kept: Iterable[Counted], *, faded: bool) -> Floats:
    """How far the counted events move the odds of each skill, in the order of the roadmap (K)."""
    checked, passed = dict.fromkeys(catalog.skills, 0.0), dict.fromkeys(catalog.skills, 0.0)
    for event, skill, share, weight in kept:
        moved = (weight if faded else share) * LOG_ODDS[event.kind, event.right]
        if event.kind == "recall":
            passed[skill] += moved
        else:
            checked[skill] += moved
    h, s = np.array([*checked.values()]), np.array([*passed.values()])
    moves: Floats = np.clip(h + np.minimum(s, CORROBORATE * np.maximum(h, 0)), -LARGEST, LARGEST)
    return moves


class Posterior(NamedTuple):
    """For each of B cases: P(place on the ladder) (B, stages + 1), P(skill held) (B, K), P(level >= stage) (B, S)."""

    place: Floats
    held: Floats
    at_least: Floats


class Ladder:
    """The model of one roadmap: what each place on the ladder says about each skill, worked out once."""

    def __init__(self, catalog: Catalog) -> None:
        stages = len(catalog.stages)
        rank = np.array([catalog.rank[skill.stage] for skill in catalog.skills.values()])
        above = rank[None, :] - np.arange(stages + 1)[:, None]
        self.held = np.array(HELD)[np.clip(above + 1, 0, len(HELD) - 1)]
        self.logit = np.log(self.held / (1 - self.held))
        prior = np.array([PRIOR[min(place, len(PRIOR) - 1)] for place in range(stages + 1)])
        self.prior = np.log(prior / prior.sum())
        self.stages = [
            (np.flatnonzero(rank == place), levels.needed(stage)) for place, stage in enumerate(catalog.stages, start=1)
        ]

    def posterior(self, moved: Floats) -> Posterior:
        """What the log odds of B cases (B, K) say."""
        likely = np.log1p(self.held * np.expm1(moved)[:, None, :]).sum(axis=2) + self.prior
        place = np.exp(likely - likely.max(axis=1, keepdims=True))
        place /= place.sum(axis=1, keepdims=True)
        held = 1 / (1 + np.exp(-(self.logit + moved[:, None, :])))
        passes = np.stack([at_least(held[:, :, of], needed) for of, needed in self.stages], axis=2)
        return Posterior(
            place, np.einsum("bl,blk->bk", place, held), np.einsum("bl,bls->bs", place, passes.cumprod(axis=2))
        )


def at_least(held: Floats, needed: int) -> Floats:
    """P(at least `needed` of independent skills are held), their probabilities along the last axis."""
    counts = np.zeros((*held.shape[:-1], needed + 1))  # the last place means "needed or more"
    counts[..., 0] = 1
    for skill in range(held.shape[-1]):
        p = held[..., skill, None]
        moved = counts * p
        counts -= moved
        counts[..., 1:] += moved[..., :-1]
        counts[..., -1] += moved[..., -1]
    enough: Floats = counts[..., -1]
    return enough


def _highest(catalog: Catalog, reached: NDArray[np.bool_]) -> str | None:
    """The highest stage that is reached together with all below."""
    count = int(reached.cumprod().sum())
    return catalog.stages[count - 1].id if count else None


def _state(ticked: bool, probability: float, tested: int) -> State:
    if tested >= TESTED and probability >= SURE:
        return "confirmed" if ticked else "shown"
    if ticked:
        return "contradicted" if tested >= TESTED and probability <= UNSURE else "claimed"
    return "open"


def _status(catalog: Catalog, claimed: str | None, found: Evidence) -> Status:
    if found.effective < ENOUGH:
        return "not enough evidence"
    claims, shows = (catalog.rank[level] if level else 0 for level in (claimed, found.level))
    if claimed is None or shows >= claims:
        return "confirmed" if shows == claims else "stronger than claimed"
    return "not supported" if found.probability[claimed] <= 0.1 else "partly confirmed"


def of_line(catalog: Catalog, found: Evidence, line: Skill) -> float:
    """The probability that a line is held. A goal's is the mean of the skills that need it.

    Where none names it, that of the next stage's skills; at the top of the ladder, of its own stage's.
    """
    if not isinstance(line, Goal):
        return found.skills[line.id].probability
    needing = [skill for skill in catalog.skills.values() if line.id in skill.prerequisites]
    stage = levels.next_stage(catalog, line.stage) or catalog.stage[line.stage]
    return float(np.mean([found.skills[skill.id].probability for skill in needing or stage.skills]))


def by_category(catalog: Catalog, found: Evidence, target: str) -> tuple[CategoryEvidence, ...]:
    """Every category with a required skill up to `target`: its skills by state, and how much was checked."""
    required = [skill for stage in catalog.up_to(target) for skill in stage.skills]
    categories = []
    for category in catalog.in_order(name for skill in required for name in skill.categories):
        of = {skill.id for skill in required if category in skill.categories}
        states: dict[State, int] = {"confirmed": 0, "claimed": 0, "contradicted": 0, "shown": 0, "open": 0}
        for id in of:
            states[found.skills[id].state] += 1
        checked = {one.event for one in found.counted if one.skill in of and one.event.kind != "recall"}
        newest = max((event.on for event in checked), default=None)
        categories.append(CategoryEvidence(category, states, len(checked), newest))
    return tuple(categories)


# What a person or a manager can repeat


def sentence(catalog: Catalog, claimed: str | None, found: Evidence, as_of: date) -> str:
    """Claimed and shown side by side, in words to the person: with the counts, and never as one number."""
    claim = f"You claim {levels.title(catalog, claimed)}." if claimed else "You claim no stage yet."
    return f"{claim} {shown_sentence(catalog, found, as_of)}"


def shown_sentence(catalog: Catalog, found: Evidence, as_of: date) -> str:
    """What the evidence shows, how much there is and how new; below five answers, what is missing."""
    newest = f", newest {ago(found.newest, as_of)}" if found.newest else ""
    answers = f"{levels.count(found.answers, 'checked answer')}{newest}."
    if not found.enough:
        if not found.answers:
            return "Nothing is checked yet: five checked answers or more show a level."
        faded = ", faded with age," if found.answers >= ENOUGH else ""
        return f"{answers} That{faded} is too little to show a level: it takes five fresh ones."
    least = f"at least {catalog.stage[found.level].title}" if found.level else "no stage for certain"
    likely = levels.title(catalog, found.likely)
    return f"What you have shown so far: {least}, likely {likely}. {answers}"


def range_words(catalog: Catalog, found: Places) -> str:
    """The 80 % range: "Mid to Senior", or one stage where both ends are the same."""
    low, high = (levels.title(catalog, level) for level in (found.low, found.high))
    return low if low == high else f"{low} to {high}"


def ago(on: date, as_of: date) -> str:
    """How long ago a day was: "today", "yesterday", "3 days ago"."""
    days = (as_of - on).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def differs(catalog: Catalog, before: Evidence, after: Evidence) -> bool:
    """Whether the likely level left the old 80 % range: anything less is what repeating a check does by itself."""
    if not (before.enough and after.enough):
        return False
    low, likely, high = (catalog.rank[level] if level else 0 for level in (before.low, after.likely, before.high))
    return not low <= likely <= high
