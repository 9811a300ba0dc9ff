"""A team says who has what by name, ranks nobody, and keeps shared figures back where they would be about a few."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import by_counts, catalog, changed, report

from roadmap.evidence import Event
from roadmap.report import Shown, words
from roadmap.report.team import (
    LACKING,
    SHOWN,
    Member,
    Movement,
    Training,
    Withheld,
    comparable,
    coverage,
    latest_by_person,
    mentors,
    movement,
    names,
    team_gaps,
    training,
    withheld,
)

SKILLS = [*catalog().skills]
DAY = date(2026, 11, 22)
ticks = st.sets(st.sampled_from(SKILLS))
answers = st.dictionaries(st.sampled_from(SKILLS), st.tuples(st.integers(0, 4), st.booleans()), max_size=12)


def member(place: int, ticked: set[str] = frozenset(), answered: dict[str, tuple[int, bool]] | None = None) -> Member:  # type: ignore[assignment]
    """A person with these ticks and, of a skill, so many answers, right or wrong."""
    events = [
        Event(DAY - timedelta(days=number), f"{skill}-{number}", "quiz", right, (skill,))
        for skill, (count, right) in (answered or {}).items()
        for number in range(count)
    ]
    made = report(ticked, id=str(UUID(int=place)), person=f"p{place}", name=f"Person {place % 7}", events=events)
    return Member.of(made)


people = st.lists(st.tuples(ticks, answers), max_size=9).map(
    lambda found: [member(place, *one) for place, one in enumerate(found)]
)


# Shared figures


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_figure_is_about_five_people_or_more_and_leaves_out_nobody_or_five_or_more(people: int, others: int) -> None:
    shown = withheld(people, people + others) is None
    assert shown == (people >= 5 and (others == 0 or others >= 5))


@given(people, st.integers(0, 9))
def test_every_shared_figure_is_withheld_alike(members: list[Member], others: int) -> None:
    of = len(members) + others
    kept_back = withheld(len(members), of) is not None
    for found in (team_gaps(members, "senior", of=of), training(members, "senior", of=of), movement(members, of=of)):
        assert isinstance(found, Withheld) == kept_back


@given(people.filter(lambda members: len(members) >= 5), st.sampled_from([*catalog().stage]))
def test_a_training_plan_counts_who_lacks_each_skill_most_first(members: list[Member], target: str) -> None:
    found = training(members, target)
    assert isinstance(found, Training)
    assert [one.lack for one in found.lessons] == sorted((one.lack for one in found.lessons), reverse=True)
    required = {skill.id for stage in catalog().up_to(target) for skill in stage.skills}
    lack = {id: sum(one.states[id] in LACKING for one in members) for id in required}
    assert {one.skill.id: one.lack for one in found.lessons} == {id: count for id, count in lack.items() if count}
    assert all(0 <= one.against <= one.lack <= found.people for one in found.lessons)


def test_a_training_plan_names_what_closes_each_gap_from_the_reports_themselves() -> None:
    taught = changed(
        stages=tuple(
            stage.model_copy(
                update={"skills": tuple(s.model_copy(update={"topics": ("topic.01",)}) for s in stage.skills)}
            )
            for stage in catalog().stages
        )
    )
    made = [report(by_counts(4, 0, 0, 0, 0), catalog=taught, person=f"p{n}", id=str(UUID(int=n))) for n in range(5)]
    found = training([Member.of(one) for one in made], "junior")
    assert isinstance(found, Training)
    [lesson] = found.lessons
    assert (lesson.skill.id, lesson.lack, found.people) == ("junior.skill-5", 5, 5)
    assert (lesson.study, lesson.cards) == (("The first topic",), 1)


# Who has what


@given(people)
def test_coverage_is_the_states_of_the_people_and_nothing_else(members: list[Member]) -> None:
    by_name = sorted(members, key=lambda m: m.by_name)
    for one in coverage(members, SKILLS):
        id = one.skill.id
        assert one.claims == tuple(m for m in by_name if id in m.ticks)
        assert one.shown == tuple(m for m in by_name if m.states[id] in SHOWN)
        assert one.against == tuple(m for m in by_name if m.states[id] == "contradicted")


@given(people)
def test_help_is_offered_by_those_who_have_shown_it_to_those_for_whom_it_is_open(members: list[Member]) -> None:
    found = {(one.learner.person, one.skill.id): one for one in mentors(members, SKILLS)}
    for learner in members:
        for id in SKILLS:
            could = [m for m in members if m.states[id] in SHOWN]
            if learner.states[id] != "open" or not could:
                assert (learner.person, id) not in found
                continue
            one = found[learner.person, id]
            assert all(helper in could for helper in one.helpers)
            assert learner not in one.helpers
            assert len(one.helpers) == min(3, len(could))
            assert one.more == len(could) - len(one.helpers)
            assert list(one.helpers) == sorted(one.helpers, key=lambda m: m.by_name)


def test_not_always_the_same_people_are_asked_for_help() -> None:
    shown = {SKILLS[0]: (3, True)}
    holders = [member(place, {SKILLS[0]}, shown)._replace(name=name) for place, name in enumerate("ABCDEF")]
    learners = [member(10 + place)._replace(name=name) for place, name in enumerate(("Ba", "Ea"))]
    helped = {one.learner.name: [m.name for m in one.helpers] for one in mentors([*holders, *learners], SKILLS[:1])}
    assert helped == {"Ba": ["C", "D", "E"], "Ea": ["A", "B", "F"]}


@pytest.mark.parametrize(
    ("shown", "claims", "said"),
    [
        (0, 0, "Nobody claims it."),
        (0, 3, "Nobody has shown it, 3 claim it."),
        (1, 1, "One person has shown it, 1 claims it."),
        (1, 3, "One person has shown it, 3 claim it."),
        (2, 0, "2 people have shown it, 0 claim it."),
    ],
)
def test_how_far_a_skill_is_covered_is_a_sentence(shown: int, claims: int, said: str) -> None:
    members = [
        member(place, {SKILLS[0]} if place < claims else set(), {SKILLS[0]: (3, True)} if place < shown else {})
        for place in range(4)
    ]
    [one] = coverage(members, SKILLS[:1])
    assert one.sentence == said


# Names, versions, changes


@given(
    st.lists(st.tuples(st.sampled_from(["Ada", "Ada (2)", "", "Bo"]), st.sampled_from(["", "Payments"])), max_size=8)
)
def test_every_name_is_told_apart(called: list[tuple[str, str]]) -> None:
    members = [member(place)._replace(name=name, role=role) for place, (name, role) in enumerate(called)]
    found = names(members, taken=("Bo",))
    assert len({"Bo", *found.values()}) == len(members) + 1


def test_reports_add_up_with_the_version_that_most_are_about_and_others_are_named_with_why() -> None:
    older = [
        Member.of(report(person=f"o{n}", name="Old", catalog=changed(version=0), id=str(UUID(int=n)))) for n in (1, 2)
    ]
    newer = [member(place) for place in (5, 6, 7)]
    assert comparable([*older, *newer]).together == tuple(newer)
    assert [why for _, why in comparable([*older, *newer]).apart] == [
        "about version 0 of the roadmap, the others about version 1"
    ] * 2
    assert comparable([*older, *newer[:2]]).together == tuple(newer[:2])  # as many: the newest
    assert comparable([*older, *newer[:1]]).together == tuple(older)
    assert comparable([]).together == ()


def places(low: str | None, likely: str | None, high: str | None) -> Shown:
    return Shown(
        level=low, likely=likely, low=low, high=high, status="confirmed", answers=9, newest=None, probability={}
    )


def test_a_change_within_the_earlier_range_is_noise_and_one_outside_is_counted() -> None:
    before = places("junior", "mid", "senior")
    members = [
        member(place)._replace(shown=places("mid", likely, "beyond"), shown_before=before)
        for place, likely in enumerate(("mid", "senior", "architect", None, "junior"))
    ]
    assert [words.moved(one) for one in members] == [False, False, True, True, False]
    assert movement(members) == Movement(people=5, compared=5, moved=2)
    assert "so it may be noise" in words.shown_changed(members[1])
    assert "outside the earlier range" in words.shown_changed(members[2])


def test_what_was_shown_last_on_a_stage_that_is_not_there_compares_with_nothing() -> None:
    strange = places("no-such-stage", "mid", "senior")
    one = member(1)._replace(shown=places("mid", "mid", "mid"), shown_before=strange)
    assert words.moved(one) is None
    assert words.shown_changed(one) == ""


def test_the_earlier_report_itself_says_more_than_what_the_newer_remembers() -> None:
    first = member(1, by_counts(4, 0, 0, 0, 0))._replace(
        as_of=DAY - timedelta(days=90), shown=places("mid", "mid", "mid")
    )
    second = member(2, by_counts(5, 0, 0, 0, 0))._replace(person="p1", shown=places("mid", "mid", "senior"))
    [now] = latest_by_person([second, first])
    assert now.shown_before == first.shown
    assert words.changed(now) == "The claimed level stays Junior. 1 skill gained, 0 skills withdrawn."
    assert words.shown_changed(now) == "What is shown stays likely Mid."


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (None, "nothing checked"),
        (places("mid", "senior", "senior"), "at least Mid, likely Senior"),
        (places(None, "junior", "mid"), "no stage for certain, likely Junior"),
        (
            places(None, None, None).model_copy(update={"status": "not enough evidence", "answers": 3}),
            "not enough evidence, 3 answers",
        ),
    ],
)
def test_what_is_shown_fits_into_a_cell(shown: Shown | None, said: str) -> None:
    assert words.shown_in_short(member(1)._replace(shown=shown)) == said
