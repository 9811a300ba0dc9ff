"""The Skills page's component: every stage as a checklist, with the level it adds up to always in sight."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import streamlit as st

from roadmap import drawing, evidence, levels, ui
from roadmap.catalog import Catalog, Skill, Stage
from roadmap.evidence import SkillEvidence
from roadmap.recall import Day
from roadmap.report import Note
from roadmap.store import Kind
from roadmap.ui import acts

KEY = "checklist"
UNDOABLE: tuple[Kind, ...] = ("tick", "note", "restore")
REFUSED = "That could not be saved. A link starts with http:// or https://, a note has 2,000 characters at most."

_component = st.components.v2.component("roadmap.skills", js="skills.js", css="skills.css")


@st.fragment
def draw(who: str, catalog: Catalog) -> None:
    """Draw the checklist; what a person does in it is stored before anything is drawn again."""
    revision = ui.seen(who)
    _component(
        key=KEY,
        data={
            **_words(catalog.digest),
            **_standing(who, revision, catalog.digest, ui.day(ui.store().settings(who))),
            "show": st.query_params.get("skill"),
            **acts.told(KEY),
        },
        on_acts_change=lambda: acts.hear(KEY, lambda act: _do(who, catalog, act), REFUSED),
    )


@lru_cache(maxsize=256)
def _standing(who: str, revision: int, digest: str, day: Day) -> dict[str, Any]:
    """Where a person stands: worked out once for what they did so far, and the same in every tab."""
    store, catalog = ui.store(), ui.catalog()
    log = store.ticks(who)
    held = levels.held(log)
    now = levels.standing(catalog, held)
    following = levels.next_stage(catalog, now.level)
    blocking = levels.shortfalls(catalog, held, following.id) if following else ()
    last = store.last(who, UNDOABLE)
    found = ui.evidence(who, catalog, day, held)
    return {
        "held": list(held),
        "notes": {skill: note.model_dump() for skill, note in store.notes(who).items()},
        "level": levels.title(catalog, now.level),
        "progress": levels.progress_sentence(catalog, now),
        "blocks": levels.blocking_sentence(catalog, held),
        "open": list(blocking[0].open if blocking else now.debts),
        "ladder": drawing.ladder(catalog, held, id="ladder-side", size="side", shown=found),
        "line": drawing.ladder(catalog, held, id="ladder-line", size="line", shown=found),
        "evidence": evidence.shown_sentence(catalog, found, day.today),
        "shown": {id: _mark(skill, day.today) for id, skill in found.skills.items() if _word(skill)},
        "rusty": list(found.rusty),
        "undo": _undo_label(catalog, last.kind, last.about) if last else None,
        "welcome": not log,
        "current": (following or catalog.stages[-1]).id,
    }


def _do(who: str, catalog: Catalog, act: dict[str, Any]) -> None:
    store, at, uid = ui.store(), ui.now(), act["uid"]
    match act["do"]:
        case "tick":
            held = {catalog.lines[id].id: bool(is_held) for id, is_held in act["held"].items()}
            store.tick(who, held, at, uid)
        case "note":
            store.note(who, catalog.lines[act["skill"]].id, Note(text=act["text"], link=act["link"]), at, uid)
        case "undo":
            store.undo(who, UNDOABLE, at, uid)
        case "go" if "direction" in act:
            st.switch_page(ui.page("drill"), query_params={"direction": catalog.stage[act["direction"]].id})
        case "go":
            st.switch_page(ui.page("drill"), query_params={"skill": [catalog.lines[id].id for id in act["skills"]]})
        case "check":
            st.switch_page(ui.page("check"))
        case "read":
            st.switch_page(ui.page("study"), query_params={"read": catalog.readings[act["reading"]].id})


def _word(skill: SkillEvidence) -> str:
    """The mark beside a skill: nothing where only its owner has said something."""
    if skill.rusty:
        return "Rusty"
    return skill.state.capitalize() if skill.state in ("confirmed", "contradicted", "shown") else ""


def _mark(skill: SkillEvidence, today: date) -> dict[str, Any]:
    newest = f", newest {evidence.ago(skill.newest, today)}" if skill.newest else ""
    because = f"{levels.count(skill.checked, 'checked answer')}{newest}"
    return {"word": _word(skill), "because": because, "rusty": skill.rusty}


def _undo_label(catalog: Catalog, kind: str, about: tuple[str, ...]) -> str:
    """What the undo button takes back, in a few words."""
    if kind == "restore":
        return "Undo the restore"
    what = "tick" if kind == "tick" else "note"
    if len(about) > 1:
        return f"Undo {len(about)} {what}s"
    return f"Undo the last {what}"


@lru_cache(maxsize=4)
def _words(digest: str) -> dict[str, Any]:
    """What never changes while the content stays: the wording of every stage and line."""
    catalog = ui.catalog()
    return {
        "version": digest,
        "words": {"start": levels.STARTING_OUT, "top": levels.TOP},
        "style": drawing.STYLE,
        "categories": list(catalog.in_order({name for line in catalog.lines.values() for name in line.categories})),
        "stages": [_stage(catalog, stage) for stage in catalog.stages],
    }


def _stage(catalog: Catalog, stage: Stage) -> dict[str, Any]:
    return {
        "id": stage.id,
        "rank": catalog.rank[stage.id],
        "title": stage.title,
        "tagline": stage.tagline,
        "summary": stage.summary,
        "needed": levels.needed(stage),
        "direction": stage.direction.text,
        "cards": len(catalog.directed(stage.id)),
        "skills": [_line(catalog, skill) for skill in stage.skills],
        "goals": [_line(catalog, goal) for goal in stage.goals],
    }


def _line(catalog: Catalog, line: Skill) -> dict[str, Any]:
    return {
        **line.model_dump(include={"id", "stage", "text", "categories", "evidence", "why", "prerequisites"}),
        "cards": len(catalog.cards_of[line.id]),
        "readings": [
            {"id": id, "title": catalog.readings[id].title}
            for id in (*line.topics, *line.prompts)
            if catalog.readings[id].text
        ],
    }
