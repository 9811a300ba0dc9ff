"""Spaced repetition over py-fsrs: what a grade does to a memory, which cards to recall today, which questions to ask.

FSRS's words: stability (days until recall falls to 90 %), difficulty (1 to 10), retrievability (probability now).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from hashlib import sha256
from itertools import chain, zip_longest
from typing import NamedTuple

import fsrs

from roadmap import levels
from roadmap.catalog import Card, Catalog, Goal, Item, Question, Skill, Value
from roadmap.facts import Answer, Grade, Label, Recall

LONGEST_INTERVAL = 365
RETENTION = 0.9
IN_A_ROW = 10
REST = timedelta(days=30)
LEECH = 6


class Memory(NamedTuple):
    """What recalls of one card left behind; times are UTC."""

    stability: float
    difficulty: float
    due: datetime
    last: datetime

    def dumps(self) -> str:
        """The memory as JSON, as the store keeps it."""
        return json.dumps([self.stability, self.difficulty, self.due.isoformat(), self.last.isoformat()])

    @staticmethod
    def loads(text: str) -> Memory:
        """The memory that `dumps` wrote."""
        stability, difficulty, due, last = json.loads(text)
        return Memory(stability, difficulty, datetime.fromisoformat(due), datetime.fromisoformat(last))


class Scope(Value):
    """Which cards or questions a person asked for; empty means "choose for me". Every filter that is set must match."""

    direction: str | None = None
    reading: str | None = None
    stages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.direction or self.reading or self.stages or self.categories or self.skills or self.cards)

    def includes(self, catalog: Catalog, item: Card | Question) -> bool:
        """Whether a card matches every filter that is set; a question stands where its card does."""
        card = item.card if isinstance(item, Question) else item.id
        return (
            (not self.direction or catalog.stage[self.direction].direction.includes(item))
            and (not self.reading or card in catalog.readings[self.reading].cards)
            and (not self.stages or item.stage in self.stages)
            and (not self.categories or item.category in self.categories)
            and (not self.skills or any(skill in self.skills for skill in item.skills))
            and (not self.cards or card in self.cards)
        )


EVERYTHING = Scope()


class Day(NamedTuple):
    """A person's today: the date in their own time zone, and what they may still do in it."""

    today: date
    zone: tzinfo
    budget: int
    new_limit: int

    def of(self, moment: datetime) -> date:
        """The person's date at a moment."""
        return moment.astimezone(self.zone).date()

    @property
    def start(self) -> datetime:
        """The moment at which the day begins, in UTC."""
        return datetime.combine(self.today, time.min, self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The moment at which the next one begins, in UTC."""
        return self._replace(today=self.today + timedelta(days=1)).start


class Pick(NamedTuple):
    """A card chosen for today, the skill or goal it is here for, why, and what it brings in its own numbers."""

    card: Card
    line: Skill
    why: str
    new: bool
    because: str


class Ask(NamedTuple):
    """A question chosen for now, the skill or goal it is here for and, in words, why."""

    question: Question
    line: Skill
    why: str


@lru_cache(maxsize=32)
def _scheduler(retention: float) -> fsrs.Scheduler:
    # One rated recall a card and day leaves no room for steps within a day; fuzz would make replays differ.
    return fsrs.Scheduler(
        desired_retention=retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST_INTERVAL,
        enable_fuzzing=False,
    )


def graded(memory: Memory | None, grade: Grade, at: datetime, retention: float = RETENTION) -> Memory:
    """The memory after one recall at `at` (aware; FSRS-6), never earlier than the last one."""
    at = at.astimezone(UTC)
    if memory is None:
        card = fsrs.Card(card_id=0, state=fsrs.State.Learning, step=0)
    else:
        at = max(at, memory.last)
        card = fsrs.Card(
            card_id=0,
            state=fsrs.State.Review,
            step=None,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due=memory.due,
            last_review=memory.last,
        )
    after, _ = _scheduler(retention).review_card(card, fsrs.Rating(int(grade)), at)
    if after.stability is None or after.difficulty is None:
        raise AssertionError("py-fsrs gives every reviewed card a stability and a difficulty")
    return Memory(after.stability, after.difficulty, after.due, at)


def intervals(memory: Memory | None, at: datetime, retention: float = RETENTION) -> dict[Grade, int]:
    """The days until the card would come back, for each grade."""
    return {grade: (graded(memory, grade, at, retention).due - at.astimezone(UTC)).days for grade in Grade}


def remember(memories: dict[str, str], recalls: Iterable[Recall], retention: float = RETENTION) -> None:
    """Fold recalls, in time order, into memories as JSON by card.

    A recall's own `after` is taken as long as it follows on from what is held; where one in between was undone or
    restored, the grade is applied anew.
    """
    for recall in recalls:
        held = memories.get(recall.card)
        if recall.before == held:
            memories[recall.card] = recall.after
        else:
            memory = Memory.loads(held) if held else None
            memories[recall.card] = graded(memory, recall.grade, recall.at, retention).dumps()


def due(memory: Memory, day: Day) -> bool:
    """Whether a card is due today or earlier and has not been recalled today."""
    return memory.due < day.end and memory.last < day.start


def set_aside(labels: Mapping[Label, Mapping[str, datetime]], day: Day) -> set[str]:
    """The cards that stay out of a day's queue: suspended ones, and those buried on that day."""
    buried = labels.get("buried", {})
    return {*labels.get("suspended", {}), *(card for card, at in buried.items() if day.of(at) >= day.today)}


def lapses(recalls: Iterable[Recall]) -> Counter[str]:
    """How often each card was failed (graded again)."""
    return Counter(recall.card for recall in recalls if recall.grade is Grade.again)


def leech(lapses: int) -> bool:
    """Whether a card was failed so often that to drill it on is no use: reword it, read about it, or suspend it."""
    return lapses >= LEECH


def due_cards(memories: Mapping[str, Memory], missed: Mapping[str, datetime], day: Day) -> dict[str, str]:
    """The cards that wait for a recall today, each with why: those of missed questions, then as they fell due."""
    unlearned = sorted(
        (at, id)
        for id, at in missed.items()
        if id not in memories or (memories[id].last < at and day.of(memories[id].last) < day.today)
    )
    start, end = day.start, day.end  # as `due` has them, worked out once
    fell_due = sorted((memory.due, id) for id, memory in memories.items() if memory.due < end and memory.last < start)
    why = {id: f"Missed in a question {_ago(at, day)}" for at, id in unlearned}
    for _, id in fell_due:
        days = (day.today - day.of(memories[id].last)).days
        why.setdefault(id, f"Due, last recalled {days} day{'' if days == 1 else 's'} ago")
    return why


def missed_cards(catalog: Catalog, answers: Iterable[Answer], day: Day) -> dict[str, datetime]:
    """The cards of questions missed before this day, each with its newest miss; answers come in time order."""
    return {
        catalog.question[answer.question].card: answer.at
        for answer in answers
        if not answer.right and answer.question in catalog.question and day.of(answer.at) < day.today
    }


def quiz(
    catalog: Catalog,
    answers: Sequence[Answer],
    ticks: Collection[str],
    target: str,
    day: Day,
    scope: Scope = EVERYTHING,
    *,
    first: str | None = None,
) -> list[Ask]:
    """The questions to ask: never asked ones in the order of new cards, then missed ones, then ones right long ago.

    Of those asked before, the longest ago comes first. None comes twice a day, nor within 30 days of a right answer;
    unless it rests so, `first` comes first, whatever the scope.
    """
    last = {answer.question: answer for answer in answers}
    resting = {answer.question for answer in answers if rests_until(answer, day) > day.today}
    asks: dict[str, Ask] = {}
    if opened := catalog.question.get(first or ""):
        asks[opened.id] = Ask(opened, line_of(catalog, opened, ticks), "You opened this question")
    for line, question in _in_turn(catalog, ticks, target, scope, catalog.questions_of):
        why = why_new(catalog, question, line, ticks, target)
        if before := last.get(question.id):
            why = also_blocks(f"{'Right' if before.right else 'Missed'} {_ago(before.at, day)}", why)
        asks.setdefault(question.id, Ask(question, line, why))

    def turn(ask: Ask) -> tuple[bool, bool, bool, float]:
        before = last.get(ask.question.id)
        place = (True, before.right, before.at.timestamp()) if before else (False, False, 0.0)
        return (ask.question.id != first, *place)

    return sorted((ask for id, ask in asks.items() if id not in resting), key=turn)


def rests_until(answer: Answer, day: Day) -> date:
    """The first day on which an answered question may be asked again."""
    return day.of(answer.at) + (REST if answer.right else timedelta(days=1))


def row(answers: Iterable[Answer], day: Day) -> list[Answer]:
    """Today's answers since the last summary, which comes after every ten."""
    today = [answer for answer in answers if day.of(answer.at) == day.today]
    return today[max(0, len(today) - 1) // IN_A_ROW * IN_A_ROW :]


def shuffled(question: Question, person: str) -> list[int]:
    """The places of a question's options in the order that this person always sees them."""
    return sorted(
        range(len(question.options)), key=lambda place: sha256(f"{person} {question.id} {place}".encode()).digest()
    )


def _in_turn(
    catalog: Catalog, ticks: Collection[str], target: str, scope: Scope, of: Mapping[str, tuple[Item, ...]]
) -> Iterator[tuple[Skill, Item]]:
    """Every item in scope, from the lines that come first; lines of one group take turns, so that categories mix.

    What was met before keeps its turn, so that meeting one never reorders the rest.
    """
    met: set[str] = set()
    reach = len(catalog.stages) if scope else catalog.rank[target]  # an item may stand above the lines it serves
    for lines in _groups(catalog, ticks, target, scope):
        hands = ([(line, item) for item in of[line.id]] for line in lines)
        for line, item in filter(None, chain.from_iterable(zip_longest(*hands))):
            if item.id not in met and catalog.rank[item.stage] <= reach and scope.includes(catalog, item):
                met.add(item.id)
                yield line, item


def _groups(catalog: Catalog, ticks: Collection[str], target: str, scope: Scope) -> Iterable[list[Skill]]:
    """Groups of lines in the order to learn them: what blocks the target, other open lines, then what is ticked.

    A goal of one stage prepares the next, so it stands with that stage's skills. A scope opens every stage.
    """
    prepared: list[Skill] = []
    groups: list[list[Skill]] = []
    blocked: list[bool] = []
    for stage in catalog.stages if scope else catalog.up_to(target):
        groups.append([*stage.skills, *prepared])
        blocked.append(levels.ticked(stage, ticks) < levels.needed(stage))
        prepared = list(stage.goals)
    if scope:
        groups.append(prepared)
        blocked.append(False)
    still_open = [[line for line in lines if line.id not in ticks] for lines in groups]
    yield from (lines for lines, blocks in zip(still_open, blocked, strict=True) if blocks)
    yield from (lines for lines, blocks in zip(still_open, blocked, strict=True) if not blocks)
    yield from ([line for line in lines if line.id in ticks] for lines in groups)


def why_new(catalog: Catalog, item: Card | Question, line: Skill, ticks: Collection[str], target: str) -> str:
    """What an item that serves a line is for, seen from the target."""
    stage = catalog.stage[line.stage]
    if line.id in ticks:
        return "Backs what you ticked"
    if isinstance(line, Goal):
        following = levels.next_stage(catalog, line.stage)
        return f"Prepares {following.title}" if following else f"A goal of {stage.title}"
    if catalog.rank[line.stage] > catalog.rank[target]:
        return f"You asked for {catalog.stage[item.stage].title}"
    if levels.ticked(stage, ticks) >= levels.needed(stage):
        return f"Still open at {stage.title}"
    return f"Blocks {stage.title}"


def line_of(catalog: Catalog, item: Card | Question, ticks: Collection[str]) -> Skill:
    """The first of an item's lines that is still open, else its first."""
    return catalog.lines[next((id for id in item.skills if id not in ticks), item.skills[0])]


def also_blocks(seen: str, why: str) -> str:
    """Why something comes back, with what it blocks where it does."""
    return f"{seen}; {why[0].lower()}{why[1:]}" if why.startswith("Blocks") else seen


def _ago(at: datetime, day: Day) -> str:
    days = (day.today - day.of(at)).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
