"""The Skills page: what the checklist is told, and what becomes of what it sends."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from visit import NOON, Visit, act, catalog, skills, store, with_ticks

from roadmap import levels
from roadmap.report import Note

FIRST, SECOND, THIRD = skills(junior=3)
LINK = "That could not be saved. A link starts with http:// or https://"


def told(visit: Visit) -> dict[str, Any]:
    assert not visit.app.exception
    return visit.data("checklist")


def everything_stored() -> tuple[object, object]:
    held, who = store()
    return held.ticks(who), held.notes(who)


# What it is told


def test_every_word_of_the_roadmap_is_there() -> None:
    stages = told(Visit("skills"))["stages"]
    for sent, stage in zip(stages, catalog().stages, strict=True):
        assert (sent["title"], sent["tagline"], sent["summary"]) == (stage.title, stage.tagline, stage.summary)
        assert [line["text"] for line in sent["skills"]] == [skill.text for skill in stage.skills]
        assert [line["text"] for line in sent["goals"]] == [goal.text for goal in stage.goals]
        assert (sent["needed"], sent["cards"]) == (levels.needed(stage), len(catalog().directed(stage.id)))
        for line in (*sent["skills"], *sent["goals"]):
            assert line["cards"] == len(catalog().cards_of[line["id"]]) > 0


def test_someone_new_is_welcomed_and_told_how_to_begin() -> None:
    data = told(Visit("skills"))
    assert data["welcome"] is True
    assert (data["level"], data["progress"]) == ("Starting out", "0 of 4 toward Junior")
    assert (data["held"], data["notes"], data["undo"], data["failed"]) == ([], {}, None, None)
    assert data["current"] == "junior"


def test_ticks_make_the_level_and_the_words_beside_it() -> None:
    ticked = skills(junior=4, mid=2, senior=1)
    with_ticks(*ticked)
    data = told(Visit("skills"))
    assert set(data["held"]) == set(ticked)
    assert (data["level"], data["progress"]) == ("Junior", "2 of 4 toward Mid")
    assert data["blocks"] == levels.blocking_sentence(catalog(), ticked)
    assert data["open"] == list(levels.shortfalls(catalog(), ticked, "mid")[0].open)
    assert (data["current"], data["welcome"], data["undo"]) == ("mid", False, f"Undo {len(ticked)} ticks")
    assert "Junior" in data["ladder"]


def test_at_the_top_what_is_still_open_below_is_listed() -> None:
    ticked = skills(junior=4, mid=4, senior=4, architect=4, beyond=3)
    with_ticks(*ticked)
    data = told(Visit("skills"))
    assert (data["level"], data["progress"], data["current"]) == ("Beyond", "The top of this ladder", "beyond")
    assert data["open"] == list(levels.standing(catalog(), ticked).debts)
    assert len(data["open"]) == 5


@pytest.mark.parametrize(
    "typed", ["<img src=x onerror=alert(1)>", "**bold** ![](http://x)", "=1+1", "שלום 👩🏽‍💻", "</script>"]
)
def test_a_note_is_data_and_arrives_as_typed(typed: str) -> None:
    held, who = store()
    held.note(who, FIRST, Note(text=typed, link="https://example.org/?a=b"), NOON)
    assert told(Visit("skills"))["notes"] == {FIRST: {"text": typed, "link": "https://example.org/?a=b"}}


# What it sends


def test_a_tick_is_stored_before_the_page_is_drawn_again() -> None:
    tick = act("tick", held={FIRST: True})
    data = told(Visit("skills").act("checklist", tick))
    assert data["held"] == [FIRST]
    assert (data["settled"], data["failed"], data["welcome"]) == ([tick["uid"]], None, False)
    held, who = store()
    assert [(one.skill, one.held) for one in held.ticks(who)] == [(FIRST, True)]


def test_a_tick_can_be_taken_back_by_unticking_or_by_undo() -> None:
    visit = Visit("skills").act("checklist", act("tick", held={FIRST: True}))
    assert told(visit.act("checklist", act("tick", held={FIRST: False})))["held"] == []
    assert told(visit.act("checklist", act("undo")))["held"] == [FIRST]
    data = told(visit.act("checklist", act("undo")))
    assert (data["held"], data["undo"]) == ([], None)
    assert told(visit.act("checklist", act("undo")))["failed"] is None  # nothing left to undo is no failure


def test_ticking_everything_up_to_a_stage_is_one_undo() -> None:
    ids = skills(junior=5, mid=5)
    visit = Visit("skills").act("checklist", act("tick", held=dict.fromkeys(ids, True)))
    data = told(visit)
    assert (data["level"], data["undo"], len(data["held"])) == ("Mid", "Undo 10 ticks", 10)
    data = told(visit.act("checklist", act("undo")))
    assert (data["level"], data["held"]) == ("Starting out", [])


def test_what_is_sent_twice_is_stored_once() -> None:
    first, second = act("tick", held={FIRST: True}), act("tick", held={SECOND: True})
    undo = act("undo")
    visit = Visit("skills").act("checklist", first).act("checklist", first, second).act("checklist", undo)
    data = told(visit.act("checklist", undo))
    assert data["held"] == [FIRST]
    assert data["settled"] == [undo["uid"]]


def test_a_note_is_stored_shown_cleared_and_undone() -> None:
    visit = Visit("skills").act("checklist", act("note", skill=FIRST, text="Did it.", link="https://example.org/1"))
    data = told(visit)
    assert data["notes"] == {FIRST: {"text": "Did it.", "link": "https://example.org/1"}}
    assert data["undo"] == "Undo the last note"
    assert told(visit.act("checklist", act("note", skill=FIRST, text="", link="")))["notes"] == {}
    assert FIRST in told(visit.act("checklist", act("undo")))["notes"]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://example.org", "https://", "example.org", "https://a b", 5]
)
def test_a_link_that_is_no_web_address_is_refused_in_words(link: object) -> None:
    before = everything_stored()
    note = act("note", skill=FIRST, text="See here.", link=link)
    data = told(Visit("skills").act("checklist", note))
    assert data["failed"].startswith(LINK)
    assert data["settled"] == [note["uid"]]
    assert data["notes"] == {}
    assert everything_stored() == before


@pytest.mark.parametrize(
    "wrong",
    [
        act("tick", held={"no.such-skill": True}),
        act("tick", held={FIRST: True, "no.such-skill": True}),
        act("tick", held=[FIRST]),
        act("tick", held=None),
        act("tick"),
        act("note", skill="no.such-skill", text="", link=""),
        act("note", skill=[FIRST], text="", link=""),
        act("note", skill=FIRST, text="x" * 2001, link=""),
        act("note", skill=FIRST, text={"deep": []}, link=""),
        {"uid": "f" * 32},
    ],
)
def test_an_act_that_cannot_be_stored_is_refused_whole_and_said_so(wrong: dict[str, object]) -> None:
    data = told(Visit("skills").act("checklist", wrong, right := act("tick", held={SECOND: True})))
    assert data["failed"]
    assert data["settled"] == [wrong["uid"], right["uid"]]
    assert data["held"] == [SECOND]  # what came with it is kept


@pytest.mark.parametrize(
    "garbage",
    [
        [{"event": "acts", "value": None}],
        [{"event": "acts", "value": "tick"}],
        [{"event": "acts", "value": {"uid": "1"}}],
        [{"event": "acts", "value": [{"uid": "1"}]}],
        [{"event": "acts", "value": [1, None, [], "tick", {"uid": 5, "do": "undo"}, {"do": "undo"}]}],
        [{"event": "acts", "value": [act("dance"), {"uid": "f" * 32, "do": ["tick"]}]}],
        [{"event": "nothing", "value": []}],
        {"event": "acts"},
        [],
    ],
)
def test_garbage_from_a_browser_changes_nothing(garbage: object) -> None:
    with_ticks(FIRST)
    before = everything_stored()
    visit = Visit("skills").trigger("checklist", garbage)
    assert told(visit)["held"] == [FIRST]
    assert everything_stored() == before
    assert told(visit.act("checklist", act("tick", held={SECOND: True})))["held"] == [FIRST, SECOND]


def test_a_database_that_cannot_write_is_said_and_nothing_shows_as_stored() -> None:
    with_ticks(FIRST)
    held, _ = store()
    visit = Visit("skills")
    with held.engine.begin() as connection:
        full = "CREATE TRIGGER full BEFORE INSERT ON step BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        connection.execute(sa.text(full))
    tick = act("tick", held={SECOND: True})
    data = told(visit.act("checklist", tick))
    assert data["failed"].startswith("That could not be saved: the database did not answer.")
    assert (data["held"], data["settled"]) == ([FIRST], [tick["uid"]])
    with held.engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER full"))
    data = told(visit.act("checklist", act("tick", held={SECOND: True})))
    assert (data["failed"], data["held"]) == (None, [FIRST, SECOND])


def test_what_became_of_an_act_is_said_until_the_next_one_for_a_drawing_may_never_arrive() -> None:
    refused, stored = act("tick", held={"no.such-skill": True}), act("tick", held={FIRST: True})
    visit = Visit("skills").act("checklist", refused)
    assert told(visit)["failed"]
    again = told(visit.again())
    assert (again["settled"], bool(again["failed"])) == ([refused["uid"]], True)
    assert told(visit.act("checklist", stored).again())["settled"] == [stored["uid"]]
    assert told(visit)["failed"] is None


def test_another_tab_shows_what_this_one_stored() -> None:
    one, other = Visit("skills"), Visit("skills")
    one.act("checklist", act("tick", held={FIRST: True}))
    assert told(other.again())["held"] == [FIRST]
    other.act("checklist", act("tick", held={THIRD: True}))
    assert told(one.again())["held"] == [FIRST, THIRD]
