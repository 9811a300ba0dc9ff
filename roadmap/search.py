"""Full-text search over everything there is to learn, by SQLite's FTS5 in memory."""

from __future__ import annotations

import re
import sqlite3
import threading
from typing import Literal, NamedTuple

from roadmap.catalog import Catalog, plain

Kind = Literal["skill", "goal", "card", "question", "reading"]


class Hit(NamedTuple):
    """One thing found: what it is, its id, its title, and the words around the match with `«` and `»` about it."""

    kind: Kind
    id: str
    title: str
    around: str


class Search:
    """An index of one catalog. Built once; asking is safe from many threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._lock = threading.Lock()
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        # Stems, so that "caching" finds "cache"; a title weighs more than a body when hits are ranked below.
        self._index.execute(
            "CREATE VIRTUAL TABLE text USING "
            "fts5(kind UNINDEXED, id UNINDEXED, title, body, tokenize='porter unicode61')"
        )
        self._index.executemany("INSERT INTO text VALUES (?, ?, ?, ?)", _texts(catalog))

    def find(self, words: str, limit: int = 20) -> list[Hit]:
        """The best hits for these words, every one of which must occur; the last may be only begun."""
        terms = re.findall(r"\w+", words)
        if not terms:
            return []
        query = " ".join(f'"{term}"' for term in terms) + "*"
        with self._lock:
            rows = self._index.execute(
                "SELECT kind, id, title, snippet(text, 3, '«', '»', '…', 16) FROM text WHERE text MATCH ? "
                "ORDER BY bm25(text, 0, 0, 6, 1) LIMIT ?",
                (query, limit),
            ).fetchall()
        return [Hit(*row) for row in rows]


def _texts(catalog: Catalog) -> list[tuple[Kind, str, str, str]]:
    skills: list[tuple[Kind, str, str, str]] = [
        ("skill" if id in catalog.skills else "goal", id, line.text, f"{line.evidence} {line.why}")
        for id, line in catalog.lines.items()
    ]
    cards: list[tuple[Kind, str, str, str]] = [
        ("card", card.id, plain(card.front), plain(f"{card.answer} {card.why} {card.trap} {card.proof}"))
        for card in catalog.cards
    ]
    questions: list[tuple[Kind, str, str, str]] = [
        ("question", one.id, plain(one.question), " ".join(plain(option.text) for option in one.options))
        for one in catalog.questions
    ]
    readings: list[tuple[Kind, str, str, str]] = [
        ("reading", id, reading.title, plain(reading.text)) for id, reading in catalog.readings.items()
    ]
    return [*skills, *readings, *cards, *questions]
