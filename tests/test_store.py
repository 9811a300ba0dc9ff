"""The database of what people did, as real files: facts are added and never changed, and nothing said is lost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import miniature
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from roadmap import levels
from roadmap.facts import Answer, Grade, Recall
from roadmap.recall import Memory, graded, remember
from roadmap.report import Note
from roadmap.store import Backup, Settings, Store

ROOT = Path(__file__).resolve().parents[1]
SKILLS = [*miniature.catalog().lines]
CARDS = [*miniature.catalog().card]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY_KIND = ("tick", "note", "recall", "setting", "report", "restore")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'facts.db'}")
    yield opened
    opened.close()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'another.db'}")
    yield opened
    opened.close()


def somebody(store: Store) -> str:
    """A new person, so that many histories fit into one database."""
    return store.person("tests", str(uuid4()))


def rows(store: Store) -> dict[str, int]:
    """How many rows each table holds."""
    with store.engine.begin() as connection:
        tables = [name for name in sa.inspect(connection).get_table_names() if name != "alembic_version"]
        return {name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in tables}


def standing(store: Store, who: str) -> dict[str, Any]:
    """Everything that stands for a person."""
    return {
        "ticks": store.ticks(who),
        "notes": store.notes(who),
        "recalls": store.recalls(who),
        "memories": store.memories(who),
        "answers": store.answers(who),
        "settings": store.settings(who),
        "reports": store.reports(who),
    }


def recalled(store: Store, who: str, card: str, grade: Grade, at: datetime) -> bool:
    """A recall as the Drill page makes it: one a card and day."""
    before = store.memories(who).get(card)
    after = graded(before, grade, at).dumps()
    fact = Recall(at, card, grade, before.dumps() if before else None, after, 1200)
    return store.recall(who, fact, since=at.replace(hour=0, minute=0))


def answered(store: Store, who: str, question: str, right: bool, at: datetime) -> bool:
    """An answer as the Drill page makes it: one a question and day."""
    return store.answer(who, Answer(at, question, int(right), right, 1200), since=at.replace(hour=0, minute=0))


# Histories: what a person may do, in any order. An act does one thing to a store at a moment.

Act = Callable[[Store, str, datetime], object]

some_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
some_note = st.builds(Note, text=some_text, link=st.sampled_from(["", "https://example.org/a?b=c"]))
some_choice = st.fixed_dictionaries(
    {},
    optional={
        "daily_budget": st.integers(1, 500),
        "target": st.none() | st.sampled_from(["junior", "mid"]),
        "shortcuts": st.booleans(),
        "retention": st.floats(0.7, 0.97),
        "name": some_text,
        "message": some_text,
    },
)


def ticking(held: Mapping[str, bool]) -> Act:
    return lambda store, who, at: store.tick(who, held, at)


def noting(skill: str, note: Note) -> Act:
    return lambda store, who, at: store.note(who, skill, note, at)


def recalling(card: str, grade: Grade) -> Act:
    return lambda store, who, at: recalled(store, who, card, grade, at)


def answering(question: str, right: bool) -> Act:
    return lambda store, who, at: answered(store, who, question, right, at)


def choosing(changed: Mapping[str, Any]) -> Act:
    return lambda store, who, at: store.choose(who, changed, at)


def reporting(name: str) -> Act:
    return lambda store, who, at: store.keep_report(who, miniature.report(id=str(uuid4()), name=name), at)


def undoing(kinds: tuple[Any, ...]) -> Act:
    return lambda store, who, at: store.undo(who, kinds, at)


ticks = st.dictionaries(st.sampled_from(SKILLS), st.booleans(), max_size=3).map(ticking)
recalls = st.builds(recalling, st.sampled_from(CARDS[:3]), st.sampled_from(Grade))
undos = st.sampled_from([EVERY_KIND, ("tick", "note"), ("recall",)]).map(undoing)
some_act = st.one_of(
    ticks,
    recalls,
    undos,
    st.builds(answering, st.sampled_from(["q.one", "q.two"]), st.booleans()),
    st.builds(noting, st.sampled_from(SKILLS[:3]), some_note),
    st.builds(choosing, some_choice),
    st.builds(reporting, st.text("Aä😀<", min_size=1, max_size=5)),
)
# How much later than the act before; now and then the clock goes back.
some_wait = st.timedeltas(-3 * HOUR, 3 * DAY)
some_history = st.lists(st.tuples(some_wait, some_act), max_size=14)

on_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


def live(store: Store, who: str, history: list[tuple[timedelta, Act]], start: datetime = NOON) -> datetime:
    """Do these acts one after the other; returns the moment of the last."""
    at = start
    for wait, act in history:
        at += wait
        act(store, who, at)
    return at


# Facts are added, and never changed


@on_files
@given(some_history)
def test_nothing_is_ever_changed_or_deleted(store: Store, history: list[tuple[timedelta, Act]]) -> None:
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement.split()[0].upper())

    sa.event.listen(store.engine, "before_cursor_execute", listen)
    before = rows(store)
    live(store, somebody(store), history)
    sa.event.remove(store.engine, "before_cursor_execute", listen)
    assert {*said} <= {"SELECT", "INSERT", "BEGIN"}
    assert all(count >= before[table] for table, count in rows(store).items())


def test_undo_is_a_fact_of_its_own(store: Store) -> None:
    who = store.person()
    store.tick(who, {SKILLS[0]: True}, NOON)
    before = rows(store)
    assert store.undo(who, ("tick",), NOON + HOUR)
    assert store.ticks(who) == []
    after = rows(store)
    assert {table: after[table] - before[table] for table in after if after[table] != before[table]} == {
        "step": 1,
        "retraction": 1,
    }


def test_a_bulk_tick_is_undone_as_one(store: Store) -> None:
    who = store.person()
    store.tick(who, {SKILLS[0]: True}, NOON)
    store.tick(who, dict.fromkeys(SKILLS[1:9], True), NOON + HOUR)
    assert len(levels.held(store.ticks(who))) == 9
    last = store.last(who, ("tick",))
    assert last
    assert {*last.about} == {*SKILLS[1:9]}
    assert store.undo(who, ("tick",), NOON + 2 * HOUR)
    assert [*levels.held(store.ticks(who))] == [SKILLS[0]]


def test_undo_goes_further_back_each_time_and_stops_at_the_beginning(store: Store) -> None:
    who = store.person()
    for place, skill in enumerate(SKILLS[:3]):
        store.tick(who, {skill: True}, NOON + place * HOUR)
    left = []
    while store.undo(who, ("tick", "note"), NOON + DAY):
        left.append(len(store.ticks(who)))
    assert left == [2, 1, 0]
    assert store.last(who, ("tick", "note")) is None


def test_undo_takes_back_only_the_kinds_it_is_asked_for(store: Store) -> None:
    who = store.person()
    store.tick(who, {SKILLS[0]: True}, NOON)
    store.note(who, SKILLS[0], Note(text="Seen in production."), NOON + HOUR)
    assert not store.undo(who, ("recall",), NOON + 2 * HOUR)
    assert store.undo(who, ("tick",), NOON + 2 * HOUR)
    assert store.ticks(who) == []
    assert store.notes(who)[SKILLS[0]].text == "Seen in production."


def test_what_is_sent_twice_is_stored_once(store: Store) -> None:
    who = store.person()
    for is_new in (True, False, False):
        assert store.tick(who, {SKILLS[0]: True}, NOON, uid="a-tick") is is_new
        assert store.note(who, SKILLS[0], Note(text="Once."), NOON, uid="a-note") is is_new
        assert store.undo(who, ("note",), NOON, uid="an-undo") is is_new
    assert rows(store)["step"] == 3
    assert sorted(step.uid for step in store.backup(who).steps) == ["a-note", "a-tick", "an-undo"]
    assert store.tick(somebody(store), {SKILLS[0]: True}, NOON, uid="a-tick"), "another person may use the same id"


def test_nothing_ticked_is_no_step(store: Store) -> None:
    who = store.person()
    assert not store.tick(who, {}, NOON)
    assert rows(store)["step"] == 0


def test_the_revision_grows_with_every_act_of_that_person_alone(store: Store) -> None:
    who, other = somebody(store), somebody(store)
    seen = [store.revision(who)]
    for act in (ticking({SKILLS[0]: True}), noting(SKILLS[0], Note(text="x")), undoing(EVERY_KIND)):
        act(store, who, NOON)
        seen.append(store.revision(who))
    assert seen == sorted({*seen})
    assert store.revision(other) == 0


def test_a_revision_of_some_kinds_grows_with_those_alone(store: Store) -> None:
    who, kinds = store.person(), ("note", "retraction")
    assert store.revision(who, kinds) == 0
    store.note(who, SKILLS[0], Note(text="x"), NOON)
    noted = store.revision(who, kinds)
    store.tick(who, {SKILLS[0]: True}, NOON)
    assert store.revision(who, kinds) == noted == store.revision(who) - 1
    store.undo(who, ("tick",), NOON)
    assert store.revision(who, kinds) == store.revision(who)


def test_many_who_write_at_once_in_one_process_wait_their_turn_and_hold_up_nobody_who_reads(store: Store) -> None:
    who, writers = store.person(), 40  # more than there are connections
    started, read = Barrier(writers + 1), []

    def write(number: int) -> None:
        started.wait()
        store.tick(who, {SKILLS[number % len(SKILLS)]: True}, NOON)

    with ThreadPoolExecutor(writers) as pool:
        writing = [pool.submit(write, number) for number in range(writers)]
        started.wait()
        while not all(one.done() for one in writing):
            read.append(store.revision(who))
        for one in writing:
            one.result()
    assert len(store.ticks(who)) == store.revision(who) == writers
    assert read == sorted(read)


def test_a_clock_that_goes_back_is_held_at_the_newest_act(store: Store) -> None:
    who = store.person()
    store.tick(who, {SKILLS[0]: True}, NOON)
    store.tick(who, {SKILLS[0]: False}, NOON - DAY)
    assert [(tick.at, tick.held) for tick in store.ticks(who)] == [(NOON, True), (NOON, False)]
    assert levels.held(store.ticks(who)) == {}
    assert store.undo(who, ("tick",), NOON - DAY)
    assert [*levels.held(store.ticks(who))] == [SKILLS[0]]


# Recalls


def test_a_card_is_recalled_once_a_day(store: Store) -> None:
    who = store.person()
    assert recalled(store, who, CARDS[0], Grade.again, NOON)
    assert not recalled(store, who, CARDS[0], Grade.easy, NOON + HOUR)
    assert recalled(store, who, CARDS[1], Grade.easy, NOON + HOUR)
    assert recalled(store, who, CARDS[0], Grade.good, NOON + DAY)
    assert [recall.grade for recall in store.recalls(who)] == [Grade.again, Grade.easy, Grade.good]
    assert len(store.recalls(who, since=NOON + DAY)) == 1


def test_a_question_is_answered_once_a_day_and_no_undo_takes_that_back(store: Store) -> None:
    who = store.person()
    assert answered(store, who, "q.one", False, NOON)
    assert not answered(store, who, "q.one", True, NOON + HOUR)
    assert answered(store, who, "q.two", True, NOON + HOUR)
    assert answered(store, who, "q.one", True, NOON + DAY)
    assert not store.undo(who, EVERY_KIND, NOON + DAY)
    assert [(fact.question, fact.right) for fact in store.answers(who)] == [
        ("q.one", False),
        ("q.two", True),
        ("q.one", True),
    ]
    assert store.answers(who, since=NOON + DAY) == [Answer(NOON + DAY, "q.one", 1, True, 1200, "quiz")]


@on_files
@given(some_history, some_history)
def test_what_is_read_as_one_goes_is_what_another_process_reads(
    store: Store, one: list[tuple[timedelta, Act]], other: list[tuple[timedelta, Act]]
) -> None:
    here, there, elsewhere, at = somebody(store), somebody(store), Store(str(store.engine.url)), NOON
    live(store, there, other)

    def restoring(store: Store, who: str, at: datetime) -> bool:
        return store.restore(who, store.backup(there), at)

    for wait, act in [*one, (HOUR, restoring), (HOUR, undoing(("restore",)))]:
        at += wait
        act(store, here, at)
        elsewhere._facts.clear()
        for followed in ("ticks", "notes", "answers", "recalls", "scores", "labels", "settings"):
            assert getattr(store, followed)(here) == getattr(elsewhere, followed)(here), followed
    elsewhere.close()


def test_labels_follow_what_is_put_on_taken_off_undone_and_restored(store: Store, tmp_path: Path) -> None:
    who, one, other = store.person(), CARDS[0], CARDS[1]
    store.label(who, one, "flagged", True, NOON)
    store.label(who, other, "buried", True, NOON + HOUR)
    assert store.labels(who) == {"flagged": {one: NOON}, "buried": {other: NOON + HOUR}}
    store.label(who, one, "flagged", False, NOON + 2 * HOUR)
    assert (store.labels(who)["flagged"], store.labelled(who)[-1].on) == ({}, False)
    store.undo(who, ("recall", "label"), NOON + 3 * HOUR)
    assert store.labels(who)["flagged"] == {one: NOON}
    elsewhere = Store(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    there = elsewhere.person()
    assert elsewhere.labels(there) == {}
    elsewhere.restore(there, store.backup(who), NOON + 4 * HOUR)
    assert elsewhere.labels(there) == store.labels(who)
    elsewhere.erase(there)
    assert elsewhere.labels(there) == {}
    elsewhere.close()


def test_a_recall_undone_may_be_done_again_the_same_day(store: Store) -> None:
    who = store.person()
    recalled(store, who, CARDS[0], Grade.again, NOON)
    store.undo(who, ("recall",), NOON + HOUR)
    assert store.memories(who) == {}
    assert recalled(store, who, CARDS[0], Grade.good, NOON + 2 * HOUR)
    assert store.memories(who) == {CARDS[0]: graded(None, Grade.good, NOON + 2 * HOUR)}


@on_files
@given(
    st.lists(st.tuples(some_wait, st.one_of(recalls, recalls, undos, ticks), st.sampled_from([0.8, 0.9])), max_size=14)
)
def test_memories_read_as_one_goes_are_those_read_from_scratch(
    store: Store, history: list[tuple[timedelta, Act, float]]
) -> None:
    who, at = somebody(store), NOON
    for wait, act, retention in history:
        at += wait
        act(store, who, at)
        scratch: dict[str, str] = {}
        remember(scratch, store.recalls(who), retention)
        assert store.memories(who, retention) == {card: Memory.loads(text) for card, text in scratch.items()}


@on_files
@given(some_history, some_history)
def test_memories_follow_a_restore_and_its_undo(
    store: Store, one: list[tuple[timedelta, Act]], other: list[tuple[timedelta, Act]]
) -> None:
    here, there = somebody(store), somebody(store)
    live(store, there, other)
    at = live(store, here, one)
    before = store.memories(here)
    store.restore(here, store.backup(there), at)
    scratch: dict[str, str] = {}
    remember(scratch, store.recalls(here))
    assert store.memories(here) == {card: Memory.loads(text) for card, text in scratch.items()}
    if store.last(here, ("restore",)):
        store.undo(here, ("restore",), at)
        assert store.memories(here) == before


def test_undoing_a_tick_forgets_no_card(store: Store) -> None:
    who = store.person()
    recalled(store, who, CARDS[0], Grade.good, NOON)
    store.tick(who, {SKILLS[0]: True}, NOON + HOUR)
    held = store.memories(who)
    store.undo(who, ("tick",), NOON + 2 * HOUR)
    assert store.memories(who) == held != {}


# Notes and settings


def test_an_empty_note_clears_the_one_before(store: Store) -> None:
    who = store.person()
    store.note(who, SKILLS[0], Note(text="Seen.", link="https://example.org"), NOON)
    store.note(who, SKILLS[1], Note(link="https://example.org"), NOON)
    store.note(who, SKILLS[0], Note(), NOON + HOUR)
    assert [*store.notes(who)] == [SKILLS[1]]
    store.undo(who, ("note",), NOON + 2 * HOUR)
    assert store.notes(who)[SKILLS[0]] == Note(text="Seen.", link="https://example.org")


def test_settings_begin_with_defaults_and_keep_what_was_chosen(store: Store) -> None:
    who = store.person()
    assert store.settings(who) == Settings()
    store.choose(who, {"daily_budget": 5, "target": "mid"}, NOON)
    store.choose(who, {"target": None, "name": "Zoë <b>"}, NOON + HOUR)
    assert store.settings(who) == Settings(daily_budget=5, target=None, name="Zoë <b>")


@pytest.mark.parametrize(
    "changed",
    [
        {"daily_budget": 0},
        {"new_limit": -1},
        {"retention": 0.99},
        {"retention": float("nan")},
        {"name": "x" * 121},
        {"colour": "red"},
        {"shortcuts": "perhaps"},
    ],
)
def test_a_setting_out_of_range_is_refused_and_not_stored(store: Store, changed: dict[str, Any]) -> None:
    who = store.person()
    with pytest.raises(ValueError, match=next(iter(changed))):
        store.choose(who, changed, NOON)
    assert rows(store)["step"] == 0


# Backup and restore


@on_files
@given(some_history)
def test_a_backup_restored_elsewhere_loses_nothing(store: Store, history: list[tuple[timedelta, Act]]) -> None:
    one, other = somebody(store), somebody(store)
    at = live(store, one, history)
    backup = store.backup(one)
    data = backup.model_dump_json(by_alias=True, indent=1).encode()
    assert Backup.loads(data) == backup
    assert backup.ticks == store.ticks(one)

    assert store.restore(other, Backup.loads(data), at) is bool(backup.steps)
    assert standing(store, other) == standing(store, one)
    assert Counter(step.kind for step in backup.steps) == Counter(
        step.kind for step in store.backup(other).steps if step.kind != "restore"
    )


@on_files
@given(some_history, some_history)
def test_a_restore_undone_leaves_everything_as_it_stood(
    store: Store, history: list[tuple[timedelta, Act]], more: list[tuple[timedelta, Act]]
) -> None:
    """Also where the other machine had undone something that still stands here."""
    here, there = somebody(store), somebody(store)
    live(store, there, history)
    store.restore(here, store.backup(there), NOON)
    at = live(store, there, more, NOON + 90 * DAY)
    before = standing(store, here)
    if store.restore(here, store.backup(there), at):
        assert standing(store, here) == standing(store, there)
        assert store.undo(here, ("restore",), at)
        assert store.backup(here).ticks == store.ticks(here)
    assert standing(store, here) == before


@on_files
@given(some_history, some_history)
def test_a_restore_undone_can_be_made_again_and_again(
    store: Store, history: list[tuple[timedelta, Act]], more: list[tuple[timedelta, Act]]
) -> None:
    here, there, third = somebody(store), somebody(store), somebody(store)
    live(store, there, history)
    store.restore(here, store.backup(there), NOON)
    at = live(store, there, more, NOON + 90 * DAY)
    backup, before = store.backup(there), standing(store, here)
    for _ in range(3):
        if store.restore(here, backup, at):
            assert standing(store, here) == standing(store, there)
            assert not store.missing(here, backup)
            assert store.backup(here).ticks == store.ticks(here)
            store.restore(third, store.backup(here), at)
            assert standing(store, third) == standing(store, here)
            assert store.undo(here, ("restore",), at)
            assert standing(store, here) == before


def test_an_undo_that_came_with_a_restore_is_undone_with_it(store: Store) -> None:
    here, there = somebody(store), somebody(store)
    store.tick(there, {SKILLS[0]: True}, NOON)
    store.restore(here, store.backup(there), NOON)
    store.undo(there, ("tick",), NOON + HOUR)
    store.restore(here, store.backup(there), NOON + DAY)
    assert store.ticks(here) == []
    store.undo(here, ("restore",), NOON + 2 * DAY)
    assert [tick.skill for tick in store.ticks(here)] == [SKILLS[0]]


def test_a_backup_moves_to_another_file_whole(store: Store, another: Store) -> None:
    who = store.person()
    store.tick(who, dict.fromkeys(SKILLS[:4], True), NOON)
    recalled(store, who, CARDS[0], Grade.hard, NOON)
    answered(store, who, "q.one", False, NOON)
    store.keep_report(who, miniature.report(SKILLS[:4]), NOON)
    other = another.person()
    backup = Backup.loads(store.backup(who).model_dump_json(by_alias=True).encode())
    assert [step.kind for step in another.missing(other, backup)] == ["tick", "recall", "answer", "report"]
    assert rows(another)["step"] == 0, "a preview writes nothing"
    assert another.restore(other, backup, NOON + DAY)
    assert standing(another, other) == standing(store, who)


# Teams


def test_a_team_is_kept_under_its_name_replaced_and_let_go_for_good(store: Store) -> None:
    who = somebody(store)
    one, other = (miniature.report(name=name, person=name) for name in ("Ada", "Bo"))
    store.keep_team(who, "payments", [one], NOON)
    store.keep_team(who, "Checkout", [other], NOON + HOUR)
    assert store.teams(who) == {"Checkout": NOON + HOUR, "payments": NOON}
    store.keep_team(who, "payments", [one, other], NOON + DAY)
    assert store.teams(who)["payments"] == NOON + DAY
    assert store.team(who, "payments") == (one, other)
    before = store.revision(who)
    store.keep_team(who, "payments", [], NOON + DAY)
    assert store.revision(who) > before  # another tab sees it
    assert [*store.teams(who)] == ["Checkout"]
    assert store.team(who, "payments") == ()
    assert store.team(who, "never kept") == ()
    with store.engine.begin() as connection:
        held = " ".join(connection.scalars(sa.text("SELECT reports FROM team")))
    assert "Ada" not in held  # others' reports stay no longer than they are wanted


def test_a_team_belongs_to_whoever_kept_it_and_moves_with_their_backup(store: Store, another: Store) -> None:
    who, someone_else = somebody(store), somebody(store)
    store.keep_team(who, "Payments", [miniature.report()], NOON)
    assert store.teams(someone_else) == {}
    store.keep_team(someone_else, "Payments", [], NOON)
    assert [*store.teams(who)] == ["Payments"]
    there = somebody(another)
    another.restore(there, Backup.loads(store.backup(who).dumps()), NOON)
    assert another.team(there, "Payments") == store.team(who, "Payments")


def test_a_second_restore_adds_nothing(store: Store) -> None:
    one, other = somebody(store), somebody(store)
    store.tick(one, {SKILLS[0]: True}, NOON)
    backup = store.backup(one)
    assert store.restore(other, backup, NOON)
    before = rows(store)
    assert not store.missing(other, backup)
    assert not store.restore(other, backup, NOON + DAY)
    assert not store.restore(one, backup, NOON + DAY), "nor does one's own"
    assert rows(store) == before


def test_the_longest_message_in_any_script_can_be_backed_up(store: Store) -> None:
    one, other = somebody(store), somebody(store)
    store.choose(one, {"message": "ж\n" * 2000, "role": "😀" * 120}, NOON)
    data = store.backup(one).model_dump_json(by_alias=True).encode()
    store.restore(other, Backup.loads(data), NOON)
    assert store.settings(other) == store.settings(one)


def step(kind: str, **recorded: Any) -> dict[str, Any]:
    return {"uid": str(uuid4()), "at": "2026-05-01T12:00:00Z", "kind": kind, **recorded}


def recall_row(**changed: Any) -> dict[str, Any]:
    after = graded(None, Grade.good, NOON).dumps()
    return {"card": CARDS[0], "grade": 3, "before": None, "after": after, "milliseconds": 900, **changed}


def answer_row(**changed: Any) -> dict[str, Any]:
    return {"question": "q.one", "option": 1, "right": True, "milliseconds": 900, "mode": "quiz", **changed}


def memory(*values: Any) -> str:
    return json.dumps(values)


TIMES = ("2026-05-03T12:00:00+00:00", "2026-05-01T12:00:00+00:00")
TICK = {"skill": SKILLS[0], "held": True}
BAD_STEPS = {
    "an unknown kind": step("wish"),
    "an unknown field": step("tick", ticks=[TICK], colour="red"),
    "no moment": {"uid": "a", "kind": "tick", "ticks": [TICK]},
    "a moment without a time zone": step("tick", ticks=[TICK], at="2026-05-01T12:00:00"),
    "a moment past all calendars": step("tick", ticks=[TICK], at="9999-12-31T23:59:59-12:00"),
    "a moment before all calendars": step("tick", ticks=[TICK], at="0001-01-01T00:00:00+12:00"),
    "one skill ticked twice in a step": step("tick", ticks=[TICK, {**TICK, "held": False}]),
    "one card recalled twice in a step": step("recall", recalls=[recall_row(), recall_row()]),
    "an unknown grade": step("recall", recalls=[recall_row(grade=5)]),
    "time that went backwards": step("recall", recalls=[recall_row(milliseconds=-1)]),
    "more time than a number holds": step("recall", recalls=[recall_row(milliseconds=2**63)]),
    "one question answered twice in a step": step("answer", answers=[answer_row(), answer_row()]),
    "an option before the first": step("answer", answers=[answer_row(option=-1)]),
    "an answer without a question": step("answer", answers=[answer_row(question="")]),
    "a memory that is none": step("recall", recalls=[recall_row(after="5")]),
    "a memory of words": step("recall", recalls=[recall_row(after=memory("long", "hard", *TIMES))]),
    "a memory without end": step("recall", recalls=[recall_row(after=memory(float("nan"), 5.0, *TIMES))]),
    "a memory without stability": step("recall", recalls=[recall_row(after=memory(0.0, 5.0, *TIMES))]),
    "a memory without time zone": step(
        "recall", recalls=[recall_row(after=memory(1.0, 5.0, *(t[:19] for t in TIMES)))]
    ),
    "a memory past all calendars": step(
        "recall", recalls=[recall_row(after=memory(1.0, 5.0, "9999-12-31T23:59:59+00:00", TIMES[1]))]
    ),
    "a memory nested without end": step("recall", recalls=[recall_row(before="[" * 400)]),
    "a setting that is no JSON": step("setting", settings=[{"key": "name", "value": "Ada"}]),
    "a setting out of range": step("setting", settings=[{"key": "daily_budget", "value": "0"}]),
    "an unknown setting that is no JSON": step("setting", settings=[{"key": "colour", "value": "{"}]),
    "a note that links to a script": step(
        "note", notes=[{"skill": SKILLS[0], "text": "", "link": "javascript:alert(1)"}]
    ),
    "a report that is none": step("report", reports=[{"id": "r", "json": "{}"}]),
    "an undo of what is not there": step("retraction", retracts=["nobody-knows"]),
}


@pytest.mark.parametrize("bad", BAD_STEPS.values(), ids=BAD_STEPS.keys())
def test_a_backup_with_one_bad_row_is_refused_in_a_sentence(bad: dict[str, Any]) -> None:
    whole = {"backup": 1, "person": "p", "steps": [step("tick", ticks=[TICK])]}
    assert Backup.loads(json.dumps(whole).encode())
    with pytest.raises(ValueError, match=r"^This is not a whole backup of this app[^\n]*\.$"):
        Backup.loads(json.dumps({**whole, "steps": [*whole["steps"], bad]}).encode())


def test_a_backup_that_tells_one_step_twice_or_undoes_ahead_of_time_is_refused() -> None:
    first = step("tick", ticks=[TICK])
    undo = step("retraction", retracts=[first["uid"]])
    for steps in ([first, first], [undo, first], [first, {**undo, "retracts": [first["uid"]] * 2}]):
        with pytest.raises(ValueError, match=r"^This is not a whole backup"):
            Backup.loads(json.dumps({"backup": 1, "person": "p", "steps": steps}).encode())
    assert Backup.loads(json.dumps({"backup": 1, "person": "p", "steps": [first, undo]}).encode()).ticks == []


leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
branch = leaf | st.lists(leaf, max_size=3) | st.dictionaries(st.text(max_size=9), leaf, max_size=3)
some_json = branch | st.lists(branch, max_size=3) | st.dictionaries(st.text(max_size=9), branch, max_size=3)
some_row = st.sampled_from([*BAD_STEPS.values(), step("recall", recalls=[recall_row()])])


@st.composite
def tampered(draw: st.DrawFn) -> bytes:
    """A backup in which one value, somewhere, is anything."""
    whole = json.loads(json.dumps({"backup": 1, "person": "p", "steps": [draw(some_row)]}))
    inside: Any = whole
    while True:
        key = draw(st.sampled_from([*inside] if isinstance(inside, dict) else range(len(inside))))
        if not (isinstance(inside[key], dict | list) and inside[key] and draw(st.booleans())):
            inside[key] = draw(some_json)
            return json.dumps(whole).encode()
        inside = inside[key]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(), some_json.map(json.dumps).map(str.encode), tampered()))
@example(b"[" * 100_000)
@example(b"\xef\xbb\xbf{}")
def test_any_bytes_are_a_backup_or_refused(store: Store, data: bytes) -> None:
    try:
        backup = Backup.loads(data)
    except ValueError as refusal:
        assert str(refusal).startswith("This is not a whole backup of this app")
    else:
        who = somebody(store)
        store.restore(who, backup, NOON)
        assert standing(store, who)


# Erasing


@on_files
@given(some_history, some_history)
def test_erasing_one_person_leaves_no_row_of_theirs_and_every_row_of_others(
    store: Store, one: list[tuple[timedelta, Act]], other: list[tuple[timedelta, Act]]
) -> None:
    before = rows(store)
    going, staying = somebody(store), somebody(store)
    live(store, staying, other)
    kept, held = store.backup(staying), rows(store)
    at = live(store, going, one)
    store.restore(going, kept, at)
    store.undo(going, ("restore",), at)
    store.erase(going)
    assert rows(store) == {**held, "person": held["person"] - 1}
    assert store.backup(staying) == kept
    assert store.backup(going).steps == ()
    assert store.memories(going) == {}
    store.erase(staying)
    assert rows(store) == before


def test_after_erasing_a_new_person_begins(store: Store) -> None:
    who = store.person()
    store.tick(who, {SKILLS[0]: True}, NOON)
    store.erase(who)
    assert store.person() != who
    assert store.ticks(store.person()) == []


# Who


def test_a_person_stays_the_same_from_start_to_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'er' / 'facts.db'}"
    first = Store(url)
    who = first.person()
    first.close()
    again = Store(url)
    assert again.person() == who
    assert again.person("issuer", "subject") == again.person("issuer", "subject") != who
    again.close()


def test_people_do_not_see_each_other(store: Store) -> None:
    one, other = somebody(store), somebody(store)
    live(store, one, [(HOUR, act) for act in (ticking({SKILLS[0]: True}), recalling(CARDS[0], Grade.good))])
    assert standing(store, other) == standing(store, somebody(store))
    assert not store.undo(other, EVERY_KIND, NOON)


# Processes of their own

OPENING = """
import sys
from roadmap.store import Store
import sqlalchemy as sa
from alembic import command
print("ready", flush=True)
for url in sys.stdin:
    store = Store(url.strip())
    with store.engine.begin() as connection:
        tables = sorted(sa.inspect(connection).get_table_names())
        versions = connection.execute(sa.text("SELECT version_num FROM alembic_version")).all()
    print(store.person(), len(versions), *tables, flush=True)
    store.close()
"""

TICKING = """
import sys
from datetime import UTC, datetime
from roadmap.store import Store
store = Store(sys.argv[1])
who = store.person()
for number in range(1_000_000):
    store.tick(who, {f"skill-{number}": True}, datetime.now(UTC))
    print(number, flush=True)
"""


def child(code: str, *arguments: str, **streams: Any) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, text=True, **streams)


def test_processes_that_open_an_empty_database_at_once_agree(tmp_path: Path) -> None:
    starts = [child(OPENING, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    try:
        for start in starts:
            assert start.stdout
            assert start.stdout.readline() == "ready\n"
        for number in range(8):
            for start in starts:
                assert start.stdin
                start.stdin.write(f"sqlite:///{tmp_path / f'{number}.db'}\n")
                start.stdin.flush()
            said = {start.stdout.readline() for start in starts if start.stdout}
            assert len(said) == 1, "one schema, one local person"
            assert said != {""}
    finally:
        for start in starts:
            start.kill()
            start.communicate()


def numbers(said: Path) -> list[int]:
    """The whole lines said so far."""
    return [int(line) for line in said.read_text().split("\n")[:-1]]


@pytest.mark.parametrize("heard", [1, 7, 40, 150])
def test_kill_9_loses_nothing_that_was_confirmed(heard: int, tmp_path: Path) -> None:
    url, said = f"sqlite:///{tmp_path / 'facts.db'}", tmp_path / "said"
    with said.open("w") as out:
        process = child(TICKING, url, stdout=out)
    while len(numbers(said)) < heard:
        assert process.poll() is None
        time.sleep(0.001)
    process.kill()
    process.wait()

    confirmed = numbers(said)
    store = Store(url)
    who = store.person()
    kept = [tick.skill for tick in store.ticks(who)]
    assert kept[: len(confirmed)] == [f"skill-{number}" for number in confirmed]
    assert len(kept) - len(confirmed) in (0, 1), "at most the one that was being said"
    assert store.tick(who, {"afterwards": True}, datetime.now(UTC))
    with store.engine.begin() as connection:
        assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
    store.close()
