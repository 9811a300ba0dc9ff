"""A roadmap small enough to reason about in one's head, with the shape of the real one: 5, 5, 5, 5 and 4 skills."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from roadmap.catalog import Card, Catalog, Category, Direction, Goal, Reading, Skill, Stage
from roadmap.report import Report, make

CATEGORIES = ("Core", "Data & ORM", "Testing", "Deploy & Ops")
SHAPE = {"junior": 5, "mid": 5, "senior": 5, "architect": 5, "beyond": 4}


@cache
def catalog() -> Catalog:
    """Five stages, 24 skills, 10 goals, 4 categories and a card for every line of the first two stages."""
    stages = tuple(_stage(name, size) for name, size in SHAPE.items())
    return Catalog(
        version=1,
        digest="0" * 64,
        title="Miniature Roadmap",
        summary="Everything the real roadmap has, only less of it.",
        stages=stages,
        categories=tuple(Category(name=name, summary=f"All about {name}.") for name in CATEGORIES),
        sources={"handbook": "The handbook of made-up facts"},
        cards=tuple(_card(line) for stage in stages[:2] for line in (*stage.skills, *stage.goals)),
        topics=(Reading(id="topic.01", title="The first topic", text="Read me."),),
        guide=(Reading(id="guide.01", title="The guide"),),
        dives=(Reading(id="dive.deep", title="A deep dive"),),
        prompts=(Reading(id="dp-design", title="A design prompt"),),
    )


def but(**fields: Any) -> Catalog:
    """The same roadmap with some fields replaced, built anew: a copy would keep the old lookups."""
    return Catalog(**{**{name: getattr(catalog(), name) for name in Catalog.model_fields}, **fields})


def changed(**fields: object) -> Catalog:
    """The same roadmap with some fields changed; a `model_copy` would keep what was worked out from the old ones."""
    kept = {name: getattr(catalog(), name) for name in Catalog.model_fields}
    return Catalog(**{**kept, **fields})


def first(**counts: int) -> set[str]:
    """The ids of the first so many skills of each named stage: `first(junior=5, mid=4)`."""
    return {skill.id for name, count in counts.items() for skill in catalog().stage[name].skills[:count]}


def by_counts(*counts: int) -> set[str]:
    """The same, stage by stage from the lowest: `by_counts(5, 4, 0, 0, 0)`."""
    return first(**dict(zip(SHAPE, counts, strict=True)))


def report(ticks: Iterable[str] = (), **said: Any) -> Report:
    """A report over this roadmap: Ada's of one November day, unless said otherwise."""
    facts: dict[str, Any] = {
        "id": "11111111-2222-4333-8444-555555555555",
        "as_of": date(2026, 11, 22),
        "person": "ada",
        "name": "Ada",
        "role": "Backend engineer",
        "message": "",
        "target": "senior",
        "held": dict.fromkeys(ticks, date(2026, 1, 5)),
        "notes": {},
        "drilled": None,
        "previous": None,
        "show_notes": True,
        "show_cards": True,
    }
    return make(said.pop("catalog", None) or catalog(), **{**facts, **said})


def _stage(name: str, size: int) -> Stage:
    return Stage(
        id=name,
        title=name.capitalize(),
        tagline=f"What a {name} does.",
        summary=f"The {name} stage in a paragraph.",
        skills=tuple(
            Skill(
                id=f"{name}.skill-{number}",
                stage=name,
                text=f"Do {name} thing number {number}.",
                categories=_categories(number),
                prerequisites=(f"{name}.skill-1",) if number > 1 else (),
                evidence=f"A merged PR that does {name} thing number {number}.",
                why="Because the next thing rests on it.",
            )
            for number in range(1, size + 1)
        ),
        goals=tuple(
            Goal(
                id=f"{name}.goal-{number}",
                stage=name,
                text=f"Learn {name} thing number {number}.",
                categories=_categories(number),
                evidence="A page of notes.",
                why="Because the next stage asks for it.",
            )
            for number in (1, 2)
        ),
        direction=Direction(text=f"Drill the {name} cards.", match="any", stages=(name,), topics=("topic.01",)),
    )


def _categories(number: int) -> tuple[str, ...]:
    """One category each in turn; the fifth skill of a stage stands in two."""
    return CATEGORIES[:2] if number == 5 else (CATEGORIES[number - 1],)


def _card(line: Skill) -> Card:
    return Card(
        id=f"{line.id}.card",
        stage=line.stage,
        category=line.categories[0],
        skills=(line.id,),
        sources=("handbook",),
        verified="run",
        front=f"What happens in {line.id}?",
        answer="The expected thing.",
        proof="It was run.",
        why="It matters.",
        trap="Believing otherwise.",
    )
