"""The placement check: which question to ask next, when to stop, and what it proposes to tick.

A question is chosen for how little it is expected to leave unsaid about the level (expected entropy), at random among
the best four, so that two people rarely meet the same check. It stops when two neighbouring stages hold 80 % of the
probability. Simulated in docs/measurement.md: about twelve questions, within one stage in 94 of 100 checks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from statistics import median
from typing import Literal, NamedTuple

import numpy as np

from roadmap import evidence
from roadmap.catalog import Catalog, Question
from roadmap.evidence import Evidence, Floats, Ladder
from roadmap.facts import Answer

Form = Literal["placement", "readiness"]
"""The whole check, or the six questions that tell whether the next stage is reached."""

SHORTEST, LONGEST, SHORT = 8, 15, 6
SETTLED = 0.8
BEST = 4
SECONDS = 45
"""How long a question takes before a person has answered any."""
PAUSE = timedelta(days=1)
"""A check left for longer begins anew."""


class Check(NamedTuple):
    """A check as far as it has come: its form, its answers, and the question to ask now, None when it is done."""

    form: Form
    answers: tuple[Answer, ...]
    question: Question | None

    @property
    def left(self) -> tuple[int, int]:
        """How many more questions there may be, at least and at most."""
        if self.question is None:
            return 0, 0
        asked = len(self.answers)
        shortest, longest = (SHORTEST, LONGEST) if self.form == "placement" else (SHORT, SHORT)
        return max(1, shortest - asked), longest - asked

    @property
    def minutes_left(self) -> tuple[int, int]:
        """How many minutes that takes at this person's own pace, at least and at most."""
        pace = median(answer.milliseconds for answer in self.answers) / 60_000 if self.answers else SECONDS / 60
        least, most = (max(1, round(questions * pace)) if questions else 0 for questions in self.left)
        return least, most


def check(
    catalog: Catalog,
    answers: Sequence[Answer],
    form: Form,
    now: datetime,
    day_of: Callable[[datetime], date],
    person: str,
) -> Check:
    """The check that a person is in, else the one they just ended, else a new one.

    It rests on its own answers alone, so that it means the same to everyone; `answers` are all of the person's, in
    time order. The same facts always give the same next question.
    """
    mine: list[Answer] = []
    for answer in answers:
        if answer.mode == form and answer.question in catalog.question:
            if mine and (answer.at - mine[-1].at > PAUSE or is_over(catalog, mine, form, day_of)):
                mine = []
            mine.append(answer)
    if mine and now - mine[-1].at > PAUSE:
        mine = []
    if is_over(catalog, mine, form, day_of):
        return Check(form, tuple(mine), None)
    chance = Random(f"{person} {form} {len(answers)}")  # noqa: S311 - no secret hangs on it
    rested = askable(catalog, answers, day_of(now), day_of)
    return Check(form, tuple(mine), next_question(catalog, _moved(catalog, mine, day_of), rested, chance))


def askable(
    catalog: Catalog, answers: Iterable[Answer], today: date, day_of: Callable[[datetime], date]
) -> list[Question]:
    """The questions about skills whose key the person did not see in the last 30 days."""
    revealed = {answer.question for answer in answers if (today - day_of(answer.at)).days < evidence.REVEALED}
    return [
        question
        for question in catalog.questions
        if question.id not in revealed and any(skill in catalog.skills for skill in question.skills)
    ]


def next_question(catalog: Catalog, moved: Floats, questions: Iterable[Question], chance: Random) -> Question | None:
    """A question about what is expected to leave the level least uncertain, at random among the best four.

    `moved` are the log odds of each skill so far, in the order of the roadmap (K).
    """
    about: dict[tuple[str, ...], list[Question]] = {}
    for question in questions:
        about.setdefault(tuple(skill for skill in question.skills if skill in catalog.skills), []).append(question)
    about.pop((), None)  # about goals alone: they say nothing of a level
    if not about:
        return None
    left = _expected_entropy(catalog, moved, list(about))
    best = sorted(zip(left, about, strict=True))[:BEST]
    return chance.choice(about[chance.choice(best)[1]])


def is_over(catalog: Catalog, answers: Sequence[Answer], form: Form, day_of: Callable[[datetime], date]) -> bool:
    """Whether these answers end a check: two neighbouring stages hold 80 %, or it is long enough."""
    if form == "readiness":
        return len(answers) >= SHORT
    if len(answers) < SHORTEST:
        return False
    if len(answers) >= LONGEST:
        return True
    places = _levels(Ladder(catalog).posterior(_moved(catalog, answers, day_of)[None, :]).at_least)[0]
    return bool((places[1:] + places[:-1]).max() >= SETTLED)


def proposed(catalog: Catalog, ticks: Collection[str], found: Evidence) -> tuple[str, ...]:
    """The skills that the evidence supports and that are not ticked yet, in the order of the roadmap."""
    if not found.enough:
        return ()
    return tuple(id for id, skill in found.skills.items() if id not in ticks and skill.probability >= evidence.SURE)


def worth_retaking(found: Evidence, last: date | None, today: date) -> bool:
    """Whether another check would add information: none was taken for 30 days and what is known is wide or faded."""
    rested = last is None or (today - last).days >= evidence.REVEALED
    return rested and (not found.enough or found.effective < SHORTEST or found.low != found.high)


def _moved(catalog: Catalog, answers: Sequence[Answer], day_of: Callable[[datetime], date]) -> Floats:
    """What the answers of a check say of each skill, as log odds (K)."""
    events = evidence.events(catalog, answers, (), (), day_of)
    today = max((event.on for event in events), default=date.min)
    return evidence.log_odds(catalog, evidence.counted(catalog, events, today), faded=True)


def _expected_entropy(catalog: Catalog, moved: Floats, groups: Sequence[tuple[str, ...]]) -> list[float]:
    """The entropy of the level (bits) that is expected after one more quiz answer about each group of skills."""
    place = {id: index for index, id in enumerate(catalog.skills)}
    asks = np.zeros((len(groups), len(place)))
    for row, skills in enumerate(groups):
        asks[row, [place[id] for id in skills]] = 1 / len(skills)
    ladder = Ladder(catalog)
    held = ladder.posterior(moved[None, :]).held[0]
    right = (asks * (evidence.HELD_RIGHT * held + evidence.GUESSED_RIGHT * (1 - held))).sum(axis=1)
    moves = [evidence.LOG_ODDS["quiz", is_right] * asks for is_right in (True, False)]
    after = _entropy(_levels(ladder.posterior(np.concatenate([moved + move for move in moves])).at_least))
    return [float(bits) for bits in right * after[: len(groups)] + (1 - right) * after[len(groups) :]]


def _levels(at_least: Floats) -> Floats:
    """P(level is exactly this), from "starting out" up (B, stages + 1)."""
    edges = np.pad(at_least, ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
    levels: Floats = edges[:, :-1] - edges[:, 1:]
    return levels


def _entropy(shares: Floats) -> Floats:
    bits: Floats = -(shares * np.log2(np.clip(shares, 1e-12, 1))).sum(axis=1)
    return bits
