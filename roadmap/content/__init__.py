"""The folder content/ to a Catalog: every mistake is a problem with its place, all gathered, worded for the author.

A problem never raises. `read` returns what it found wrong, and a Catalog only when nothing was.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from roadmap.catalog import Catalog
from roadmap.content.checks import check, check_nothing_lacks
from roadmap.content.files import Files, Problem
from roadmap.content.values import LEDGER, READINGS, RETIRED, Values

__all__ = ["FOLDER", "Loaded", "Problem", "counts", "read", "record_ids"]

FOLDER = Path(__file__).resolve().parents[2] / "content"


class Loaded(NamedTuple):
    """What reading found: the catalog when there was no problem, else every problem in file order."""

    catalog: Catalog | None
    problems: tuple[Problem, ...]


def read(folder: Path = FOLDER) -> Loaded:
    """Read and check a content folder (roadmap, categories, sources, cards, questions, readings, ledger of ids)."""
    return _read(Values(Files(folder)))


def _read(values: Values) -> Loaded:
    catalog = values.catalog()
    is_all_read = not values.files.problems
    if catalog:
        check(values, catalog)
        if is_all_read:
            check_nothing_lacks(values, catalog)
    problems = tuple(sorted(set(values.files.problems)))
    return Loaded(None if problems else catalog, problems)


def counts(catalog: Catalog) -> dict[str, Any]:
    """How much is authored: by kind, and cards by stage and by category. A title alone is not counted."""
    every = [getattr(catalog, kind) for kind in READINGS]
    texts = [
        *(text for card in catalog.cards for text in (card.front, card.proof)),
        *(text for question in catalog.questions for text in (question.question, question.proof)),
        *(reading.text for readings in every for reading in readings),
    ]
    by_stage = Counter(card.stage for card in catalog.cards)
    by_category = Counter(card.category for card in catalog.cards)
    return {
        "stages": len(catalog.stages),
        "skills": len(catalog.skills),
        "goals": len(catalog.goals),
        "cards": len(catalog.cards),
        "questions": len(catalog.questions),
        **{kind: sum(bool(reading.text) for reading in getattr(catalog, kind)) for kind in READINGS},
        "snippets": sum(len(re.findall(r"^```ts\b", text, re.MULTILINE)) for text in texts),
        "by_stage": {stage.id: by_stage[stage.id] for stage in catalog.stages},
        "by_category": {category.name: by_category[category.name] for category in catalog.categories},
        "by_verified": dict(Counter(card.verified for card in catalog.cards)),
    }


def record_ids(folder: Path = FOLDER) -> int:
    """Add every id that the ledger has not seen to it, sorted; returns how many were new."""
    ledger = folder / LEDGER
    seen = ledger.read_text("utf-8").splitlines() if ledger.exists() else []
    values = Values(Files(folder))
    _read(values)
    new = [id for id in values.places if id not in {line.removeprefix(RETIRED) for line in seen}]
    ledger.write_text("\n".join(sorted([*seen, *new], key=lambda line: line.removeprefix(RETIRED))) + "\n", "utf-8")
    return len(new)
