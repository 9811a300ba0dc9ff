"""What a change of the content means to a person who was here before: what came and went, and their level with it."""

from __future__ import annotations

from collections.abc import Collection

from roadmap import levels
from roadmap.catalog import Catalog, Value


class Contents(Value):
    """What there was to learn at one time: ids alone, so that it can be kept and compared."""

    digest: str
    version: int
    stages: dict[str, tuple[str, ...]]
    cards: frozenset[str]
    questions: frozenset[str]
    readings: frozenset[str]


def contents(catalog: Catalog) -> Contents:
    """What there is to learn now; readings that are only titles do not count."""
    return Contents(
        digest=catalog.digest,
        version=catalog.version,
        stages={stage.id: tuple(skill.id for skill in stage.skills) for stage in catalog.stages},
        cards=frozenset(catalog.card),
        questions=frozenset(catalog.question),
        readings=frozenset(reading.id for reading in catalog.readings.values() if reading.text),
    )


def changed(before: Contents, catalog: Catalog, ticks: Collection[str]) -> str:
    """The change in one line, and whether the claimed level changed with it; empty where nothing did."""
    now = contents(catalog)
    if before.digest == now.digest:
        return ""
    news = []
    for noun in ("card", "question", "reading"):
        had, has = getattr(before, f"{noun}s"), getattr(now, f"{noun}s")
        news += [f"{levels.count(len(more), f'new {noun}')}"] if (more := has - had) else []
        news += [f"{levels.count(len(gone), noun)} retired"] if (gone := had - has) else []
    what = ", ".join(news) if news else "some wording was mended"
    return f"The content was updated since you were last here: {what}. {_level(before, catalog, ticks)}"


def _level(before: Contents, catalog: Catalog, ticks: Collection[str]) -> str:
    was: str | None = None
    for stage, skills in before.stages.items():
        if sum(skill in ticks for skill in skills) < levels.enough(len(skills)):
            break
        was = stage
    level = levels.standing(catalog, ticks).level
    if was == level:
        return f"Your claimed level is still {levels.title(catalog, level)}."
    old = levels.title(catalog, was) if was is None or was in catalog.stage else was
    why = "since the roadmap has a new version" if before.version != catalog.version else "since its skills changed"
    return f"Your claimed level is now {levels.title(catalog, level)}, before {old}, {why}."
