"""Every page draws, for someone new and for someone with a history, through the router and alone."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from visit import NOON, PAGES, Visit, catalog, skills, store

from roadmap import content, levels, report, ui
from roadmap.facts import Grade, Recall
from roadmap.recall import graded
from roadmap.report import Note
from roadmap.store import Store


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def a_history(held: Store, who: str) -> None:
    """Two weeks of ticks, second thoughts, notes, recalls of each grade, settings and two reports."""
    start = NOON - timedelta(days=14)
    held.choose(who, {"name": "Ada", "role": "Backend engineer", "message": "Half a year.", "target": "senior"}, start)
    for days, ticked in enumerate((skills(junior=5), skills(mid=3), skills(beyond=1), ("plus", *skills(senior=2)))):
        held.tick(who, dict.fromkeys((id for id in ticked if id in catalog().lines), True), start + timedelta(days))
    held.tick(who, {skills(mid=1)[0]: False}, start + timedelta(days=5))
    held.tick(who, {catalog().stages[0].goals[0].id: True}, start + timedelta(days=6))
    held.note(who, skills(junior=1)[0], Note(text="Merged.", link="https://example.org/1"), start + timedelta(days=6))
    held.undo(who, ("tick",), start + timedelta(days=7))
    for place, card in enumerate(catalog().cards[:12]):
        at, memory = start + timedelta(days=place), None
        after = graded(memory, Grade(1 + place % 4), at)
        held.recall(who, Recall(at, card.id, Grade(1 + place % 4), None, after.dumps(), 4000), since=at)
    for days in (8, 10):
        ticked = {id: since.date() for id, since in levels.held(held.ticks(who)).items()}
        past = held.reports(who)
        made = report.make(
            catalog(),
            id=str(uuid4()),
            as_of=(start + timedelta(days)).date(),
            person=who,
            name="Ada",
            role="",
            message="",
            target="senior",
            held=ticked,
            notes={},
            drilled=None,
            previous=past[-1] if past else None,
            show_notes=True,
            show_cards=True,
        )
        held.keep_report(who, made, start + timedelta(days))


@pytest.mark.parametrize("alone", [False, True], ids=["through the router", "alone"])
@pytest.mark.parametrize("lived", [False, True], ids=["new", "with a history"])
@pytest.mark.parametrize("page", PAGES)
def test_it_draws(page: str, lived: bool, alone: bool) -> None:
    if lived:
        a_history(*store())
    visit = Visit(page, alone=alone)
    assert not visit.app.exception
    assert not visit.errors
    assert [header.value for header in visit.app.header] == [page.capitalize()]


def test_a_whole_round_through_the_menu_draws_each_page_with_its_own_component() -> None:
    a_history(*store())
    visit = Visit("skills")
    for page in (*PAGES, *reversed(PAGES)):
        visit.go(page)
        assert not visit.app.exception
        scripts = {one.proto.js_source_path for one in visit.app.get("bidi_component")}
        own = {"skills": "skills.js", "drill": "drill.js", "progress": "picture.js", "check": "picture.js"}
        assert scripts == ({own[page]} if page in own else set())


@pytest.mark.parametrize("page", PAGES)
def test_content_with_a_problem_is_listed_and_nothing_else_is_drawn(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(content.FOLDER, tmp_path / "content")
    roadmap = folder / "roadmap.yaml"
    lines = roadmap.read_text("utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if "id: core.scaffold-module" in text)
    lines[line - 1] = lines[line - 1].replace("core.scaffold-module", "Core Scaffold")
    roadmap.write_text("\n".join(lines), "utf-8")
    monkeypatch.setenv("ROADMAP_CONTENT", str(folder))

    visit = Visit(page)
    if page == "team":
        assert not visit.app.exception  # it lives on what the reports carry, so it needs no content
        return
    assert [header.value for header in visit.app.header] == ["The content needs mending"]
    problems = visit.app.dataframe[0].value
    assert ("roadmap.yaml", line) in set(zip(problems["File"], problems["Line"], strict=True))
    assert not visit.app.get("bidi_component")
    assert not visit.app.button


def test_a_stored_target_and_time_zone_that_no_longer_exist_harm_no_page() -> None:
    held, who = store()
    held.choose(who, {"target": "grandmaster", "time_zone": "Europe"}, NOON)
    a_tick = dict.fromkeys(skills(junior=2), True)
    held.tick(who, a_tick, NOON)
    for page in PAGES:
        visit = Visit(page)
        assert not visit.app.exception, page
