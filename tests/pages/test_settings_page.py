"""The Settings page: every choice is stored and survives, and what is held about a person can leave, return and go."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from conftest import Served
from playwright.sync_api import Browser, expect
from visit import NOON, Visit, broken, catalog, skills, store, with_ticks

from roadmap import levels, ui
from roadmap.browser import settled
from roadmap.report import Note
from roadmap.store import Backup, Store
from roadmap.ui import acts

NEXT = "The next one after my claimed level"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def written(backup: Backup) -> bytes:
    return backup.model_dump_json(by_alias=True, indent=1).encode()


def elsewhere(tmp_path: Any, *ids: str, note: str = "") -> tuple[Store, str]:
    """The store of another machine, with these ticks in one step."""
    other = Store(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    who = other.person()
    if ids:
        other.tick(who, dict.fromkeys(ids, True), NOON - timedelta(days=5))
    if note:
        other.note(who, ids[0], Note(text=note), NOON - timedelta(days=5))
    return other, who


# Choices


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("number_input", "daily_budget", 7),
        ("number_input", "new_limit", 0),
        ("selectbox", "target", "architect"),
        ("slider", "retention", 0.95),
        ("selectbox", "time_zone", "Asia/Tokyo"),
        ("toggle", "shortcuts", False),
        ("toggle", "confidence", False),
    ],
)
def test_a_choice_is_stored_at_once_and_survives(kind: str, field: str, value: object) -> None:
    visit = Visit("settings")
    getattr(visit.app, kind)(key=field).set_value(value).run()
    assert not visit.app.exception
    held, who = store()
    assert getattr(held.settings(who), field) == value
    assert getattr(Visit("settings", alone=True).app, kind)(key=field).value == value


def test_a_target_and_a_time_zone_can_be_left_to_the_app_again() -> None:
    held, who = store()
    held.choose(who, {"target": "senior", "time_zone": "Asia/Tokyo"}, NOON)
    visit = Visit("settings", zone="Europe/Paris")
    visit.app.selectbox(key="target").set_value(NEXT).run()
    visit.app.selectbox(key="time_zone").set_value("My browser's (Europe/Paris)").run()
    assert (held.settings(who).target, held.settings(who).time_zone) == (None, None)


def test_what_no_longer_exists_shows_as_left_to_the_app() -> None:
    held, who = store()
    held.choose(who, {"target": "grandmaster", "time_zone": "Europe"}, NOON)
    visit = Visit("settings")
    assert not visit.app.exception
    assert visit.app.selectbox(key="target").value == NEXT
    assert visit.app.selectbox(key="time_zone").value == "My browser's (UTC)"


def test_the_retention_says_what_it_means_in_days() -> None:
    visit = Visit("settings")
    assert "a new card graded good comes back in 2 days." in visit.words
    visit.app.slider(key="retention").set_value(0.97).run()
    assert "a new card graded good comes back in 1 day." in visit.words


def test_another_tab_shows_what_was_chosen_here() -> None:
    one, other = Visit("settings"), Visit("settings")
    one.app.number_input(key="daily_budget").set_value(33).run()
    assert other.again().app.number_input(key="daily_budget").value == 33


def test_about_names_the_versions() -> None:
    rows = {
        row["What"]: row["Version"]
        for row in Visit("settings").table("Versions of the roadmap, its content and what runs it")
    }
    assert rows["Roadmap"] == f"version {catalog().version}"
    assert rows["Content"] == f"{len(catalog().cards)} cards, {catalog().digest}"
    assert rows["Profile"] == store()[1]


# Restore


def test_a_restore_is_previewed_done_and_undone(tmp_path: Any) -> None:
    with_ticks(*skills(junior=2))
    other, them = elsewhere(tmp_path, *skills(junior=5, mid=4), note="Did it.")
    held, who = store()
    visit = Visit("settings").upload("backup", {"backup.json": written(other.backup(them))})
    assert "This backup was made by another profile." in visit.words
    assert "Your claimed level goes from Starting out to Mid; 7 more ticked, 0 fewer." in visit.words
    assert f"- Ticked: {catalog().skills[skills(mid=1)[0]].text}" in visit.words
    assert set(levels.held(held.ticks(who))) == set(skills(junior=2))  # nothing is written yet

    visit.press("Restore")
    assert not visit.app.exception
    assert "The backup is restored." in visit.words
    assert "There is nothing to restore." in visit.words
    assert set(levels.held(held.ticks(who))) == set(skills(junior=5, mid=4))
    assert held.notes(who)[skills(junior=1)[0]].text == "Did it."

    visit.press("Undo the restore")
    assert set(levels.held(held.ticks(who))) == set(skills(junior=2))
    assert held.notes(who) == {}
    assert "The backup is restored." not in visit.words

    visit.press("Restore")
    assert set(levels.held(held.ticks(who))) == set(skills(junior=5, mid=4))
    assert held.notes(who)[skills(junior=1)[0]].text == "Did it."


def test_ones_own_backup_changes_nothing() -> None:
    held, who = with_ticks(*skills(junior=2))
    visit = Visit("settings").upload("backup", {"backup.json": written(held.backup(who))})
    assert "Everything in this backup is already here. There is nothing to restore." in visit.words
    assert "another profile" not in visit.words
    assert "Restore" not in visit.buttons


def test_an_erased_person_gets_everything_back_from_a_backup() -> None:
    held, who = with_ticks(*skills(junior=5))
    held.choose(who, {"name": "Ada", "daily_budget": 7}, NOON)
    saved = held.backup(who)
    held.erase(who)
    visit = Visit("settings").upload("backup", {"backup.json": written(saved)}).press("Restore")
    assert not visit.app.exception
    _, anew = store()
    assert anew != who
    assert set(levels.held(held.ticks(anew))) == set(skills(junior=5))
    assert (held.settings(anew).name, held.settings(anew).daily_budget) == ("Ada", 7)
    assert visit.app.number_input(key="daily_budget").value == 7


@pytest.mark.parametrize("undone", ["here", "there"])
def test_the_preview_is_what_the_restore_does(undone: str, tmp_path: Any) -> None:
    held, who = store()
    both, only_there = skills(junior=5)[:4], skills(mid=2)
    held.tick(who, dict.fromkeys(both, True), NOON - timedelta(days=9))
    other = Store(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    them = other.person()
    other.restore(them, held.backup(who), NOON - timedelta(days=8))
    side, whose = (held, who) if undone == "here" else (other, them)
    side.undo(whose, ("tick",) if undone == "here" else ("restore",), NOON - timedelta(days=7))
    other.tick(them, dict.fromkeys(only_there, True), NOON - timedelta(days=6))

    visit = Visit("settings").upload("backup", {"backup.json": written(other.backup(them))})
    preview = next(line for line in visit.words.split("\n") if line.startswith("Your claimed level"))
    before = levels.held(held.ticks(who))
    visit.press("Restore")
    after = levels.held(held.ticks(who))
    was, becomes = (levels.title(catalog(), levels.standing(catalog(), one).level) for one in (before, after))
    moved = f"stays {was}" if was == becomes else f"goes from {was} to {becomes}"
    gained, lost = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    assert preview == f"Your claimed level {moved}; {gained} more ticked, {lost} fewer."


@pytest.mark.parametrize(("count", "said"), [(1, "New here, in steps: ticks 1."), (2, "New here, in steps: ticks 2.")])
def test_the_preview_counts_what_is_new(count: int, said: str, tmp_path: Any) -> None:
    other, them = elsewhere(tmp_path)
    for skill in skills(junior=count):
        other.tick(them, {skill: True}, NOON)
    assert said in Visit("settings").upload("backup", {"b.json": written(other.backup(them))}).words


def test_the_preview_names_every_kind_of_step(tmp_path: Any) -> None:
    other, them = elsewhere(tmp_path)
    other.mark_read(them, "topic.01", True, NOON)
    other.keep_team(them, "Search", (), NOON)
    said = Visit("settings").upload("backup", {"b.json": written(other.backup(them))}).words
    assert "New here, in steps: readings 1, kept teams 1." in said


HARM = {
    "not UTF-8": b"\xff\xfe\x00",
    "empty": b"",
    "broken JSON": b'{"backup": 1, "person"',
    "a list": b"[]",
    "a report": b'{"schema": 1, "checksum": ""}',
    "newer": json.dumps({"backup": 2, "person": "p", "steps": []}).encode(),
    "deep": b"[" * 100_000,
    "markup": json.dumps({"backup": 1, "person": "p", "steps": [], "![](http://tracker.example/x.png)": 1}).encode(),
    "an unknown kind": json.dumps(
        {"backup": 1, "person": "p", "steps": [{"uid": "1", "at": "2026-01-01T00:00:00Z", "kind": "dance"}]}
    ).encode(),
    "a naive time": json.dumps(
        {"backup": 1, "person": "p", "steps": [{"uid": "1", "at": "2026-01-01T00:00:00", "kind": "tick"}]}
    ).encode(),
}


@pytest.mark.parametrize("data", HARM.values(), ids=HARM)
def test_a_file_that_is_no_backup_is_refused_in_a_sentence(data: bytes) -> None:
    visit = Visit("settings").upload("backup", {"backup.json": data})
    assert not visit.app.exception
    [said] = visit.errors
    assert said.startswith("This is not a whole backup of this app")
    assert "](http" not in said  # nothing in it becomes a picture or a link
    assert "Restore" not in visit.buttons


def test_a_setting_that_cannot_be_written_says_so_and_shows_what_holds() -> None:
    visit = Visit("settings")
    broken()
    visit.app.number_input(key="daily_budget").set_value(7).run()
    assert not visit.app.exception
    assert visit.toasts == [acts.UNANSWERED]
    assert visit.app.number_input(key="daily_budget").value == store()[0].settings(store()[1]).daily_budget != 7


def test_a_restore_that_cannot_be_written_says_so_and_changes_nothing(tmp_path: Any) -> None:
    other, them = elsewhere(tmp_path, *skills(junior=2))
    held, who = store()
    visit = Visit("settings").upload("backup", {"backup.json": written(other.backup(them))})
    broken()
    visit.press("Restore")
    assert not visit.app.exception
    assert visit.toasts == [acts.UNANSWERED]
    assert held.ticks(who) == []


# Erase


def test_erasing_asks_for_a_typed_word_and_then_erases_everything(served: Served, browser: Browser) -> None:
    held, who = with_ticks(*skills(junior=5))
    held.choose(who, {"name": "Ada", "daily_budget": 7}, NOON)
    page = browser.new_page()
    page.goto(f"{served.url}/settings")
    budget = page.get_by_label("Cards a day", exact=True)
    expect(budget).to_have_value("7")
    page.get_by_role("button", name="Erase everything held about me").click()
    confirm = page.get_by_role("button", name="Erase everything", exact=True)
    expect(confirm).to_be_disabled()
    page.get_by_label("Type erase to confirm").fill("delete")
    settled(page)
    expect(confirm).to_be_disabled()
    assert held.ticks(who)
    page.get_by_label("Type erase to confirm").fill(" Erase ")
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(page.get_by_text("Everything held about you is erased. You start anew.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(budget).to_have_value("20")
    settled(page)
    page.close()
    assert (held.ticks(who), held.backup(who).steps) == ([], ())
    _, anew = store()
    assert anew != who
    assert held.backup(anew).steps == ()  # nothing of what was erased crept back
