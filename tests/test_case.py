"""A case in a file, judged by hand: what may stand in it, what it comes to, and every mistake named with its place."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import miniature
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_evidence import ROADMAP, answered, stage

from roadmap import case, evidence, export
from roadmap.evidence import Event
from roadmap.facts import Answer, Grade, Recall, Score
from roadmap.store import Store

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(tmp_path: Path, what: Any, as_of: date | None = None) -> case.Case:
    file = tmp_path / "case.json"
    file.write_bytes(what if isinstance(what, bytes) else json.dumps(what).encode())
    return case.read(ROADMAP, file, as_of, TODAY)


def mistakes(tmp_path: Path, what: Any) -> list[str]:
    try:
        read(tmp_path, what)
    except ValueError as problem:
        return str(problem).split("\n")
    return []


def event(**said: Any) -> dict[str, Any]:
    told = {"skill": "junior.skill-1", "kind": "quiz", "outcome": "right", "at": "2026-11-20", "item": "q1"}
    return {field: value for field, value in {**told, **said}.items() if value is not ...}


def test_plain_events_are_what_happened_that_day(tmp_path: Path) -> None:
    told = read(
        tmp_path,
        {
            "ticks": ["junior.skill-1", "junior.goal-1"],
            "events": [
                event(),
                event(kind="open", outcome="wrong", at="2026-11-21T23:30:00Z", item="p1"),
                event(kind="recall", outcome="easy", at="2026-11-21T09:00:00+02:00", item="c1"),
                event(kind="recall", outcome="again", item="c2"),
            ],
        },
    )
    assert told.ticks == {"junior.skill-1", "junior.goal-1"}
    assert told.as_of == TODAY
    about = ("junior.skill-1",)
    assert told.events == (
        Event(date(2026, 11, 20), "q1", "quiz", True, about),
        Event(date(2026, 11, 21), "p1", "open", False, about),
        Event(date(2026, 11, 21), "c1", "recall", True, about),
        Event(date(2026, 11, 20), "c2", "recall", False, about),
    )


def test_one_item_told_of_several_skills_is_one_attempt_about_all_of_them(tmp_path: Path) -> None:
    told = read(tmp_path, {"events": [event(), event(skill="junior.skill-2"), event(), event(item="q2")]})
    assert [(one.item, one.skills) for one in told.events] == [
        ("q1", ("junior.skill-1", "junior.skill-2")),
        ("q2", ("junior.skill-1",)),
    ]


def test_without_an_item_each_event_is_of_its_own(tmp_path: Path) -> None:
    told = read(tmp_path, {"events": [event(item=...), event(item=...), event(item=None)]})
    assert len({one.item for one in told.events}) == len(told.events) == 3


def test_events_after_the_day_do_not_count(tmp_path: Path) -> None:
    events = [event(at=f"2026-11-{day}", item=f"q{day}") for day in (18, 20, 22, 23)]
    assert [one.on.day for one in read(tmp_path, {"events": events}).events] == [18, 20, 22]
    earlier = read(tmp_path, {"events": events}, date(2026, 11, 20))
    assert ([one.on.day for one in earlier.events], earlier.as_of) == ([18, 20], date(2026, 11, 20))


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"outcome": "good"}, "events[1].outcome must be right or wrong for kind quiz."),
        (
            {"kind": "recall", "outcome": "right"},
            "events[1].outcome must be again, hard, good or easy for kind recall.",
        ),
        ({"outcome": ...}, "events[1].outcome must be right or wrong for kind quiz."),
        ({"outcome": ["right"]}, "events[1].outcome must be right or wrong for kind quiz."),
        ({"kind": "exam"}, "events[1].kind must be quiz, open or recall."),
        ({"kind": {}}, "events[1].kind must be quiz, open or recall."),
        (
            {"at": "31 May"},
            "events[1].at must be a day or a moment, such as 2026-05-31 or 2026-05-31T09:30:00Z.",
        ),
        ({"at": 20261120}, "events[1].at must be a day or a moment, such as 2026-05-31 or 2026-05-31T09:30:00Z."),
        (
            {"skill": "junior.skil-1"},
            "events[1].skill: there is no skill 'junior.skil-1'. Did you mean junior.skill-1 or junior.skill-5?",
        ),
        ({"skill": 7}, "events[1].skill must be the id of a skill, such as junior.skill-1."),
        ({"skill": "junior.goal-1"}, "events[1].skill is a goal; evidence is about skills."),
        ({"item": 5}, "events[1].item must be the id of what was asked, such as q1, or be left out."),
        ({"grade": "easy"}, "events[1] has 'grade'; an event has skill, kind, outcome, at, item."),
        (
            {"\x1b[31mred": 1},
            "events[1] has '\\x1b[31mred'; an event has skill, kind, outcome, at, item.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(change: dict[str, Any], mistake: str, tmp_path: Path) -> None:
    assert mistakes(tmp_path, {"ticks": [], "events": [event(), event(**change)]}) == [mistake]


def test_all_mistakes_are_named_at_once_and_a_great_many_are_counted(tmp_path: Path) -> None:
    found = mistakes(tmp_path, {"events": [event(kind="exam", outcome="passed", at=""), "no", event()]})
    assert [problem.split(" ")[0] for problem in found] == [
        "events[0].kind",
        "events[0].outcome",
        "events[0].at",
        "events[1]",
    ]
    many = mistakes(tmp_path, {"events": ["no"] * 1000})
    assert (len(many), many[-1]) == (21, "And 980 more.")


@pytest.mark.parametrize(
    "what",
    [{"events": {}}, {"ticks": "all"}, {"ticks": [], "answers": []}, {"events": None}, {"ticks": None}, [1], "ada", 3],
)
def test_a_file_of_another_shape_is_refused_in_a_sentence(what: Any, tmp_path: Path) -> None:
    with pytest.raises((ValueError, export.Refused)) as problem:
        read(tmp_path, what)
    assert len(str(problem.value).split("\n")) == 1


some_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*case.FIELDS]) | st.text(), inner),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(some_json), some_json)
def test_whatever_stands_in_it_is_read_or_refused(tmp_path: Path, events: list[Any], ticks: Any) -> None:
    try:
        told = read(tmp_path, {"events": events, "ticks": ticks})
    except (ValueError, export.Refused):
        return
    assert told.events == ()


def test_a_report_brings_its_ticks_its_events_and_its_day(tmp_path: Path) -> None:
    checked = answered(*stage("junior", 1, 2, 3, 4, 5), days=3, times=2)
    made = miniature.report(miniature.by_counts(5, 0, 0, 0, 0), catalog=ROADMAP, events=checked)
    for data in (export.to_json(made), export.to_html(made)):
        told = read(tmp_path, data)
        assert (told.ticks, told.as_of) == (made.ticks, made.as_of)
        found = evidence.judge(ROADMAP, told.ticks, told.events, told.as_of)
        assert (found.level, found.status, found.answers) == (made.shown.level, made.shown.status, 10)
    later = read(tmp_path, export.to_json(made), made.as_of + timedelta(days=200))
    assert not evidence.judge(ROADMAP, later.ticks, later.events, later.as_of).enough


def test_a_backup_brings_everything_that_is_evidence_and_stands(tmp_path: Path) -> None:
    store = Store()
    who = store.person()
    day = timedelta(days=1)
    store.tick(who, {"junior.skill-1": True}, NOON - 5 * day)
    store.choose(who, {"time_zone": "Pacific/Auckland"}, NOON - 5 * day)
    since = NOON - 100 * day
    store.answer(who, Answer(NOON - 4 * day, "q.junior.skill-1.1", 2, True, 900), since=since)
    store.answer(who, Answer(NOON - 3 * day, "q.junior.skill-2.1", 0, False, 900), since=since)
    store.undo(who, ["answer"], NOON - 3 * day + timedelta(minutes=1))
    memory = '[3.0, 5.0, "2026-11-25T12:00:00+00:00", "2026-11-20T12:00:00+00:00"]'
    store.recall(who, Recall(NOON - 2 * day, "junior.skill-3.card", Grade.good, None, memory, 900), since=since)
    store.score(who, Score(NOON - day, "dp-design", {"scope": 4}, "Grace"))
    data = store.backup(who).dumps()
    store.close()
    told = read(tmp_path, data, TODAY + day)
    assert told.ticks == {"junior.skill-1"}
    assert told.events == (  # noon in UTC is past midnight in Auckland
        Event(date(2026, 11, 19), "q.junior.skill-1.1", "quiz", True, ("junior.skill-1",)),
        Event(date(2026, 11, 21), "junior.skill-3.card", "recall", True, ("junior.skill-3",)),
        Event(date(2026, 11, 22), "dp-design", "open", True, ("junior.skill-1", "junior.skill-2")),
    )
    before = read(tmp_path, data, date(2026, 11, 17))
    assert (before.ticks, before.events) == (frozenset(), ())
