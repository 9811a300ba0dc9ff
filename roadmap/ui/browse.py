"""Drill's deck: every card in a table to search, each with both sides, its history and its labels."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import streamlit as st

from roadmap import ui
from roadmap.catalog import Card, Catalog, plain
from roadmap.facts import Confidence, Recall
from roadmap.practice import Entry, entries
from roadmap.recall import Day, Memory, lapses
from roadmap.ui import acts, flashcards

KEY = "deck"
SAID = {Confidence.guess: "Guess", Confidence.think: "Think so", Confidence.sure: "Sure"}

_component = st.components.v2.component("roadmap.deck", js="deck.js", css="drill.css")


@st.fragment
def draw(who: str, catalog: Catalog) -> None:
    """Draw the table, and in it the card that was opened."""
    ui.seen(who)
    store = ui.store()
    chosen = store.settings(who)
    day, labels, recalls = ui.day(chosen), store.labels(who), store.recalls(who)
    cards = entries(catalog, store.memories(who, chosen.retention), lapses(recalls), labels, day)
    opened = next((entry for entry in cards if entry.card.id == st.session_state.get("opened")), None)
    _component(
        key=KEY,
        data={
            "stages": [stage.title for stage in catalog.stages],
            "categories": [category.name for category in catalog.categories],
            "cards": [_row(catalog, entry) for entry in cards],
            "opened": _opened(catalog, opened, recalls, day) if opened else None,
            **acts.told(KEY),
        },
        on_acts_change=lambda: acts.hear(KEY, lambda act: _do(who, catalog, act), flashcards.REFUSED),
    )


def _do(who: str, catalog: Catalog, act: dict[str, Any]) -> None:
    match act["do"]:
        case "open":
            st.session_state["opened"] = catalog.card[act["card"]].id
        case "close":
            st.session_state.pop("opened", None)
        case "label":
            flashcards.label(who, catalog, act)


def _row(catalog: Catalog, entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.card.id,
        "front": _plain(entry.card.front),
        "stage": catalog.stage[entry.card.stage].title,
        "category": entry.card.category,
        "state": entry.state,
        "flagged": entry.flagged,
        "due": entry.due.isoformat() if entry.due else None,
        "interval": max(1, round(entry.interval)) if entry.interval else None,
        "lapses": entry.lapses,
    }


@lru_cache(maxsize=8192)
def _plain(front: str) -> str:
    return plain(front)


def _opened(catalog: Catalog, entry: Entry, recalls: list[Recall], day: Day) -> dict[str, Any]:
    """Both sides of a card, what its recalls were, and what to send to whoever keeps the cards."""
    issues = os.environ.get("ROADMAP_ISSUES_URL", "")
    return {
        **flashcards.faces(catalog, entry.card, catalog.lines[entry.card.skills[0]].text),
        "leech": flashcards.leech_words(catalog, entry.card.id, entry.lapses),
        "history": [_past(recall, day) for recall in reversed(recalls) if recall.card == entry.card.id],
        "report": _report(catalog, entry.card),
        "issues": issues if issues.startswith(("https://", "http://")) else None,
    }


def _past(recall: Recall, day: Day) -> dict[str, Any]:
    after = Memory.loads(recall.after)
    return {
        "day": day.of(recall.at).isoformat(),
        "grade": recall.grade.name.capitalize(),
        "interval": (after.due - after.last).days,
        "confidence": SAID[recall.confidence] if recall.confidence else None,
        "seconds": round(recall.milliseconds / 1000),
    }


def _report(catalog: Catalog, card: Card) -> str:
    """What an author needs to find the very words a person read."""
    return (
        f"Card: {card.id}\nRoadmap version {catalog.version}, content {catalog.digest[:12]}\n"
        f"Front: {_plain(card.front)}\n\nWhat is wrong, and how I know: "
    )
