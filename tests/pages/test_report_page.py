"""The Report page: what a manager will see before it is made, one frozen snapshot after, and past reports kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from visit import NOON, Visit, broken, catalog, skills, store, with_ticks

from roadmap import export, report, ui
from roadmap.facts import Grade, Recall
from roadmap.recall import graded
from roadmap.report import Drilled, Note, Report, words
from roadmap.ui import acts

TICKED = skills(junior=4, mid=2)
FIRST = TICKED[0]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


@pytest.fixture
def named() -> None:
    """Somebody with a name, ticks, a note and two recalls."""
    held, who = with_ticks(*TICKED, at=NOON - timedelta(days=9))
    held.choose(who, {"name": "Ada"}, NOON - timedelta(days=9))
    held.note(who, FIRST, Note(text="Did it twice.", link="https://example.org/1"), NOON - timedelta(days=9))
    for days in (8, 2):
        at = NOON - timedelta(days=days)
        memory = held.memories(who).get(catalog().cards[0].id)
        after = graded(memory, Grade.good, at).dumps()
        fact = Recall(at, catalog().cards[0].id, Grade.good, memory.dumps() if memory else None, after, 3000)
        held.recall(who, fact, since=at)


def made() -> list[Report]:
    held, who = store()
    return held.reports(who)


def test_without_a_tick_it_says_where_to_begin() -> None:
    visit = Visit("report")
    assert "A report shows what you ticked." in visit.words
    assert "Make report" not in visit.buttons
    visit.press("Tick skills")
    assert [header.value for header in visit.app.header] == ["Skills"]


def test_what_was_typed_while_the_database_did_not_answer_is_still_there_and_goes_into_the_report() -> None:
    with_ticks(*skills(junior=2))
    visit, typed = Visit("report"), "Next: sagas. " * 100
    mend = broken()
    visit.app.text_area(key="message").set_value(typed).run()
    assert visit.toasts == [acts.UNANSWERED]
    visit.again()
    assert visit.app.text_area(key="message").value == typed
    mend()
    visit.app.text_input(key="name").set_value("Ada").run()
    visit.press("Make report")
    held, who = store()
    assert [made.message for made in held.reports(who)] == [typed.strip()]


def test_a_draft_is_shown_before_anything_is_made(named: None) -> None:
    visit = Visit("report")
    assert not visit.app.exception
    assert "What your manager will see" in visit.words
    assert "Claims Junior" in visit.html
    assert "Did it twice." in visit.html
    assert words.recalled(Drilled(cards=1, recalls=2, days=2)) in visit.html
    for skill in catalog().skills.values():
        assert skill.text.replace("'", "&#x27;") in visit.html or skill.text in visit.html
    assert made() == []
    assert "Reports you made" not in visit.words


def test_a_report_needs_a_name(named: None) -> None:
    held, who = store()
    held.choose(who, {"name": ""}, NOON)
    visit = Visit("report")
    make = next(button for button in visit.app.button if button.label == "Make report")
    assert make.disabled
    assert make.help == "Type your name first, so that your manager knows whose report it is."
    visit.app.text_input(key="name").set_value("   ").run()
    assert next(button for button in visit.app.button if button.label == "Make report").disabled
    visit.app.text_input(key="name").set_value(" Ada ").run()
    assert held.settings(who).name == "Ada"
    visit.press("Make report")
    assert [one.name for one in made()] == ["Ada"]


def test_name_role_and_message_are_asked_once_and_kept(named: None) -> None:
    visit = Visit("report")
    visit.app.text_input(key="role").set_value("Backend engineer").run()
    visit.app.text_area(key="message").set_value("A quarter of observability.\n\nNext: boundaries.").run()
    again = Visit("report", alone=True)
    assert again.app.text_input(key="name").value == "Ada"
    assert again.app.text_input(key="role").value == "Backend engineer"
    assert again.app.text_area(key="message").value == "A quarter of observability.\n\nNext: boundaries."
    assert "A quarter of observability." in again.html


def test_what_is_typed_and_made_in_one_go_is_in_the_report(named: None) -> None:
    visit = Visit("report")
    visit.app.text_area(key="message").set_value("Typed just now.")
    visit.press("Make report")
    assert [one.message for one in made()] == ["Typed just now."]


def test_what_another_tab_stored_meanwhile_is_in_the_report(named: None) -> None:
    visit = Visit("report")
    with_ticks(*skills(mid=5), at=NOON)
    visit.press("Make report")
    assert [one.claimed.level for one in made()] == ["mid"]


def test_making_a_report_freezes_one_snapshot_in_every_format(named: None) -> None:
    visit = Visit("report").press("Make report")
    assert not visit.app.exception
    [one] = made()
    assert (one.name, one.as_of, one.claimed.level) == ("Ada", NOON.date(), "junior")
    assert one.ticks == set(TICKED)
    assert {skill.since for stage in one.stages for skill in stage.skills} == {None, (NOON - timedelta(days=9)).date()}
    assert report.is_intact(report.payload(one))
    assert export.read("report.html", export.to_html(one)) == one
    assert "Your report is made." in visit.words
    assert [button.label for button in visit.app.download_button] == ["HTML", "PDF", "XLSX", "CSV", "Markdown", "JSON"]
    with_ticks(*skills(mid=5), at=NOON + timedelta(minutes=1))
    visit.again()
    assert "Claims Mid" in visit.html
    assert made() == [one]


def test_a_report_made_twice_by_a_double_click_is_two_reports_of_the_same(named: None) -> None:
    visit = Visit("report").press("Make report").press("Make report")
    first, second = made()
    assert first.id != second.id
    assert second.changes and second.changes.since == first.as_of
    assert words.changed(second) == "The claimed level stays Junior. 0 skills gained, 0 skills withdrawn."
    assert not visit.app.exception


@pytest.mark.parametrize(("toggle", "hidden"), [("show_notes", "Did it twice."), ("show_cards", "1 card recalled")])
def test_what_its_owner_hides_is_neither_in_the_draft_nor_in_the_report(toggle: str, hidden: str, named: None) -> None:
    visit = Visit("report")
    assert hidden in visit.html
    visit.app.toggle(key=toggle).set_value(False).run()
    assert hidden not in visit.html
    visit.press("Make report")
    [one] = made()
    for written in (export.to_json, export.to_html, export.to_csv, export.to_markdown):
        assert hidden not in written(one).decode()
    assert one.notes_included is (toggle != "show_notes")
    assert (one.drilled is None) is (toggle == "show_cards")


def test_a_toggle_that_is_off_stays_off_through_the_other_pages(named: None) -> None:
    visit = Visit("report")
    visit.app.toggle(key="show_notes").set_value(False).run()
    visit.go("skills").go("report")
    assert visit.app.toggle(key="show_notes").value is False
    assert "Did it twice." not in visit.html


def test_what_changed_since_the_last_report_is_told_by_name(named: None) -> None:
    visit = Visit("report").press("Make report")
    held, who = store()
    gained, lost = skills(mid=3)[2], TICKED[1]
    held.tick(who, {gained: True, lost: False}, NOON + timedelta(minutes=1))
    held.tick(who, {skills(junior=5)[4]: True}, NOON + timedelta(minutes=2))
    visit.again()
    assert "The claimed level stays Junior. 2 skills gained, 1 skill withdrawn." in visit.html
    assert visit.html.count(catalog().skills[gained].text) > 1
    visit.press("Make report")
    assert set(made()[1].changes.gained) == {gained, skills(junior=5)[4]}
    assert made()[1].changes.lost == (lost,)


def test_past_reports_stay_listed_newest_first_and_downloadable(named: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Visit("report").press("Make report")
    monkeypatch.setattr(ui, "now", lambda: NOON + timedelta(days=3))
    with_ticks(*skills(mid=5), at=NOON + timedelta(days=1))
    Visit("report").press("Make report")
    visit = Visit("report", alone=True)
    assert "Reports you made" in visit.words
    labels = [expander.label for expander in visit.app.expander]
    assert labels == ["25 November 2026, claimed level Mid", "22 November 2026, claimed level Junior"]
    assert "Your report is made." not in visit.words
    visit.open(labels[1])
    assert not visit.app.exception
    assert {button.key for button in visit.app.download_button} == {
        f"{suffix}-{made()[0].id}" for suffix in ("html", "pdf", "xlsx", "csv", "md", "json")
    }


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "**bold** ![](http://x)", "=1+1", "שלום", "👩🏽‍💻 Zoë", 'O\'Hara & "Co"']
)
def test_a_name_appears_as_typed(typed: str, named: None) -> None:
    visit = Visit("report")
    visit.app.text_input(key="name").set_value(typed).run()
    assert visit.app.text_input(key="name").value == typed
    assert "<script>alert" not in visit.html
    visit.press("Make report")
    assert made()[0].name == typed
    assert Visit("report").app.text_input(key="name").value == typed


def test_the_as_of_day_is_the_persons_own(named: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON.replace(hour=23))
    Visit("report", zone="Asia/Tokyo").press("Make report")
    assert made()[0].as_of == NOON.date() + timedelta(days=1)
