"""The words of the house: what there is to learn, as frozen values that know nothing of files, databases or screens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Value(BaseModel):
    """The base of every value here: frozen, and an unknown field is an error rather than a silent loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def plain(markdown: str) -> str:
    """Our own Markdown as words on one line: without its marks, the fences of its code and what is hidden in it."""
    marks = r"<!--.*?-->|^```[^\n]*|^[#>]+ |[`*]"
    return " ".join(re.sub(marks, " ", markdown, flags=re.DOTALL | re.MULTILINE).split())


class Category(Value):
    """The subject of a skill, goal or card; known by its name, in the order of `categories.yaml`."""

    name: Text
    summary: Text


class Skill(Value):
    """A "You can already" line: one thing a person can say "I can do this" about."""

    id: Id
    stage: Id
    text: Text
    categories: tuple[Text, ...]
    prerequisites: tuple[Id, ...] = ()
    evidence: Text
    why: Text
    topics: tuple[Id, ...] = ()
    prompts: tuple[Id, ...] = ()

    @property
    def weight(self) -> float:
        """The share of this skill that each of its categories owns, so that the categories add up to the skills."""
        return 1 / len(self.categories)


class Goal(Skill):
    """A "Level up by" line: what to learn to reach the next stage. It never counts toward a level."""


class Direction(Value):
    """How a stage says to drill: which cards, and what to read."""

    text: Text
    match: Literal["any", "all"]
    stages: tuple[Id, ...]
    categories: tuple[Text, ...] = ()
    category_stages: tuple[Id, ...] = ()
    topics: tuple[Id, ...] = ()
    guide: tuple[Id, ...] = ()
    dives: tuple[Id, ...] = ()
    prompts: tuple[Id, ...] = ()

    @property
    def readings(self) -> tuple[str, ...]:
        """Every reading this direction names, in the order a person would take them."""
        return self.topics + self.guide + self.dives + self.prompts

    def includes(self, item: Card | Question) -> bool:
        """Whether the direction names this item: `any` is a union of its filters, `all` their intersection."""
        at_stage = item.stage in self.stages
        if self.match == "any":
            return at_stage or (item.category in self.categories and item.stage in self.category_stages)
        return at_stage and (not self.categories or item.category in self.categories)


class Stage(Value):
    """A step of the roadmap, Junior to Beyond, holding skills and goals."""

    id: Id
    title: Text
    tagline: Text
    summary: Text
    skills: tuple[Skill, ...]
    goals: tuple[Goal, ...]
    direction: Direction


class Card(Value):
    """A flashcard: a situation on the front; answer, proof, consequence and trap on the back (all Markdown)."""

    id: Id
    stage: Id
    category: Text
    skills: tuple[Id, ...]
    sources: tuple[Text, ...]
    verified: Literal["run", "check", "document"]
    since: Text | None = None
    until: Text | None = None
    front: Text
    answer: Text
    proof: Text
    why: Text
    trap: Text


class Option(Value):
    """One answer to choose: its text, and why it is right or which belief leads to it."""

    text: Text
    why: Text
    right: bool


class Question(Value):
    """A multiple-choice question with one best answer; a miss schedules its `card`. `proof` shows why the key is."""

    id: Id
    stage: Id
    category: Text
    skills: tuple[Id, ...]
    card: Id
    sources: tuple[Text, ...]
    verified: Literal["run", "check", "document"]
    since: Text | None = None
    until: Text | None = None
    question: Text
    options: tuple[Option, ...]
    proof: Text


Item = TypeVar("Item", Card, Question)


class Dimension(Value):
    """One dimension of a rubric: what one sees at 0, 1, 2, 3 and 4 points."""

    title: Text
    anchors: tuple[Text, Text, Text, Text, Text]


class Reading(Value):
    """A study topic, guide section, deep dive or prompt; while only its title stands, the rest is empty."""

    id: Id
    title: Text
    stages: tuple[Id, ...] = ()
    skills: tuple[Id, ...] = ()
    sources: tuple[Text, ...] = ()
    cards: tuple[Id, ...] = ()
    verified: Literal["run", "check", "document"] | None = None
    minutes: int | None = None
    text: str = ""

    @property
    def codes(self) -> bool:
        """Whether this is a coding prompt; the other prompts are designs."""
        return self.id.startswith("cp-")

    @property
    def parts(self) -> dict[str, str]:
        """The text under each second-level heading, in order; headings inside code fences are code."""
        found: dict[str, list[str]] = {}
        lines: list[str] = []
        fence = ""
        for line in self.text.split("\n"):
            if mark := re.match(r"(`{3,}|~{3,})", line):
                fence = ("" if mark[1].startswith(fence) else fence) if fence else mark[1]
            if not fence and (heading := re.match(r"## +(.+?)\s*$", line)):
                lines = found.setdefault(heading[1], [])
            else:
                lines.append(line)
        return {title: "\n".join(body).strip() for title, body in found.items()}

    @property
    def rubric(self) -> tuple[Dimension, ...]:
        """The dimensions of a prompt's rubric; one that lacks an anchor is left out, and `check` names it."""
        _, *parts = re.split(r"^### (.+)$", self.parts.get("Rubric", ""), flags=re.MULTILINE)
        scales = (
            (title, re.findall(r"^- [0-4]: (.+)$", body, re.MULTILINE))
            for title, body in zip(parts[::2], parts[1::2], strict=True)
        )
        return tuple(Dimension(title=title, anchors=tuple(said)) for title, said in scales if len(said) == 5)


class Floors(Value):
    """How much the dataset promises to hold at least."""

    cards_of_a_skill: int = 1
    cards_of_a_goal: int = 1
    cards_of_a_directed_category: int = 1
    questions_of_a_skill: int = 0


class Catalog(Value):
    """Everything there is to learn. `version` decides whether two reports compare; `digest` only informs."""

    version: int
    digest: str
    title: Text
    summary: Text
    stages: tuple[Stage, ...]
    categories: tuple[Category, ...]
    sources: Mapping[str, str]
    floors: Floors = Floors()
    retired: tuple[Id, ...] = ()
    cards: tuple[Card, ...]
    questions: tuple[Question, ...] = ()
    topics: tuple[Reading, ...]
    guide: tuple[Reading, ...]
    dives: tuple[Reading, ...]
    prompts: tuple[Reading, ...]

    @cached_property
    def stage(self) -> Mapping[str, Stage]:
        """Stages by id."""
        return {stage.id: stage for stage in self.stages}

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of each stage on the ladder, 1 for the lowest."""
        return {stage.id: place for place, stage in enumerate(self.stages, start=1)}

    @cached_property
    def skills(self) -> Mapping[str, Skill]:
        """Skills by id, goals left out, in roadmap order."""
        return {skill.id: skill for stage in self.stages for skill in stage.skills}

    @cached_property
    def goals(self) -> Mapping[str, Goal]:
        """Goals by id, in roadmap order."""
        return {goal.id: goal for stage in self.stages for goal in stage.goals}

    @cached_property
    def lines(self) -> Mapping[str, Skill]:
        """Every tickable line of the roadmap by id, skills and goals alike, in roadmap order."""
        return {line.id: line for stage in self.stages for line in (*stage.skills, *stage.goals)}

    @cached_property
    def card(self) -> Mapping[str, Card]:
        """Cards by id."""
        return {card.id: card for card in self.cards}

    @cached_property
    def question(self) -> Mapping[str, Question]:
        """Questions by id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def cards_of(self) -> Mapping[str, tuple[Card, ...]]:
        """The cards that serve each skill or goal, by its id."""
        return self._by_line(self.cards)

    @cached_property
    def questions_of(self) -> Mapping[str, tuple[Question, ...]]:
        """The questions that ask about each skill or goal, by its id."""
        return self._by_line(self.questions)

    def _by_line(self, items: Iterable[Item]) -> Mapping[str, tuple[Item, ...]]:
        of: dict[str, list[Item]] = {line: [] for line in self.lines}
        for item in items:
            for line in item.skills:
                of[line].append(item)
        return {line: tuple(found) for line, found in of.items()}

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """Topics, guide sections, deep dives and prompts by id."""
        return {reading.id: reading for reading in (*self.topics, *self.guide, *self.dives, *self.prompts)}

    @cached_property
    def taught_in(self) -> Mapping[str, Reading]:
        """The written reading that teaches each card: the first that names it, else the first topic of its lines."""
        found: dict[str, Reading] = {}
        for reading in self.readings.values():
            for card in reading.cards if reading.text else ():
                found.setdefault(card, reading)
        for one in self.cards:
            topics = (self.readings.get(topic) for id in one.skills for topic in self.lines[id].topics)
            if one.id not in found and (topic := next((topic for topic in topics if topic and topic.text), None)):
                found[one.id] = topic
        return found

    def up_to(self, stage: str) -> tuple[Stage, ...]:
        """The stages from the lowest to `stage`, inclusive. Raises KeyError for an unknown stage."""
        return self.stages[: self.rank[stage]]

    def in_order(self, categories: Iterable[str]) -> tuple[str, ...]:
        """These category names in the roadmap's fixed order."""
        wanted = set(categories)
        return tuple(category.name for category in self.categories if category.name in wanted)

    def directed(self, stage: str) -> tuple[Card, ...]:
        """The cards that a stage's drill direction names."""
        direction = self.stage[stage].direction
        return tuple(card for card in self.cards if direction.includes(card))
