"""The placement check: which question to ask next, when to stop, and what it proposes to tick.

A question is chosen for how little it is expected to leave unsaid about the level (expected entropy), at random among
the best four, so that two people rarely meet the same check. It stops when two neighbouring stages hold 80 % of the
probability. Simulated in docs/measurement.md: about twelve questions, within one stage in 94 of 100 checks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import floor, log2
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
    mine = next(_newest_first(catalog, answers, form, day_of), ())
    if mine and now - mine[-1].at > PAUSE:
        mine = ()
    if is_over(catalog, mine, form, day_of):
        return Check(form, mine, None)
    chance = Random(f"{person} {form} {len(answers)}")  # noqa: S311 - no secret hangs on it
    rested = askable(catalog, answers, day_of(now), day_of)
    return Check(form, mine, next_question(catalog, _moved(catalog, mine, day_of), rested, chance))


def last_done(
    catalog: Catalog, answers: Sequence[Answer], form: Form, day_of: Callable[[datetime], date]
) -> tuple[Answer, ...]:
    """The newest check that came to its end; empty before the first."""
    begun = _newest_first(catalog, answers, form, day_of)
    return next((one for one in begun if is_over(catalog, one, form, day_of)), ())


def _newest_first(
    catalog: Catalog, answers: Sequence[Answer], form: Form, day_of: Callable[[datetime], date]
) -> Iterator[tuple[Answer, ...]]:
    """Every check that a person began, as its answers; the first of them may be under way."""
    mine = [answer for answer in answers if answer.mode == form and answer.question in catalog.question]
    pauses = [place for place, (one, after) in enumerate(pairwise(mine), 1) if after.at - one.at > PAUSE]
    for end, start in pairwise([len(mine), *reversed(pauses), 0]):
        together: list[tuple[Answer, ...]] = []
        for answer in mine[start:end]:
            if not together or is_over(catalog, together[-1], form, day_of):
                together.append(())
            together[-1] += (answer,)
        yield from reversed(together)


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


def enough_from(
    catalog: Catalog, answers: Iterable[Answer], form: Form, today: date, day_of: Callable[[datetime], date]
) -> date | None:
    """The first day on which a whole check can be asked; None where too few questions are written for one."""
    seen = {answer.question: day_of(answer.at) for answer in answers}
    rested = timedelta(evidence.REVEALED)
    days = sorted(
        max(today, seen[question.id] + rested) if question.id in seen else today
        for question in askable(catalog, (), today, day_of)
    )
    least = SHORTEST if form == "placement" else SHORT
    return days[least - 1] if len(days) >= least else None


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
    """Whether another check would add information now; `last` is the day on which the last one ended."""
    return worth_from(found, last, today) <= today


def worth_from(found: Evidence, last: date | None, today: date) -> date:
    """From when another check adds information: 30 days after the last, once what is known is wide, few or faded.

    Evidence that says one stage fades to the weight of a short check, or is too old; it may widen before that day.
    """
    rested = last + timedelta(evidence.REVEALED) if last else today
    needed = today
    if found.newest and found.effective >= SHORTEST and found.low == found.high:
        faded = today + timedelta(floor(evidence.HALF_LIFE * log2(found.effective / SHORTEST)) + 1)
        needed = min(faded, found.newest + timedelta(evidence.FORGOTTEN + 1))
    return max(rested, needed, today)


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
