"""The rule from ticks to claimed level: what counts, what never does, and what to do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from math import ceil

import miniature
import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import by_counts, first

from roadmap import levels
from roadmap.catalog import Catalog
from roadmap.facts import Tick

ROADMAP = miniature.catalog()
SIZES = tuple(miniature.SHAPE.values())
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)

some_ticks = st.sets(st.sampled_from([*ROADMAP.lines]))
some_stage = st.sampled_from([*ROADMAP.stage])


def ladder(catalog: Catalog, level: str | None) -> int:
    """The place of a level, 0 while starting out."""
    return 0 if level is None else catalog.rank[level]


# The rule


def test_a_stage_needs_three_quarters_of_its_skills_rounded_up() -> None:
    assert [levels.needed(stage) for stage in ROADMAP.stages] == [4, 4, 4, 4, 3]
    stage = ROADMAP.stages[0]
    for size in range(1, 6):
        assert levels.needed(stage.model_copy(update={"skills": stage.skills[:size]})) == ceil(3 * size / 4)


@pytest.mark.parametrize(
    ("counts", "level", "ticked", "needed", "debts", "ahead"),
    [
        ((0, 0, 0, 0, 0), None, 0, 4, 0, 0),
        ((3, 0, 0, 0, 0), None, 3, 4, 0, 0),
        ((4, 0, 0, 0, 0), "junior", 0, 4, 1, 0),
        ((5, 2, 0, 0, 0), "junior", 2, 4, 0, 0),
        ((5, 3, 5, 0, 0), "junior", 3, 4, 0, 5),
        ((3, 5, 5, 5, 4), None, 3, 4, 0, 19),
        ((4, 4, 4, 4, 3), "beyond", None, None, 5, 0),
        ((5, 5, 5, 5, 2), "architect", 2, 3, 0, 0),
        ((0, 0, 0, 0, 4), None, 0, 4, 0, 4),
    ],
)
def test_the_table_of_the_rule_holds_row_by_row(
    counts: tuple[int, ...], level: str | None, ticked: int | None, needed: int | None, debts: int, ahead: int
) -> None:
    now = levels.standing(ROADMAP, by_counts(*counts))
    assert (now.level, now.ticked, now.needed) == (level, ticked, needed)
    assert (len(now.debts), len(now.ahead)) == (debts, ahead)


def test_debts_and_skills_ahead_are_named() -> None:
    now = levels.standing(ROADMAP, first(junior=4, mid=1, architect=2))
    assert now.debts == ("junior.skill-5",)
    assert now.ahead == ("architect.skill-1", "architect.skill-2")


def test_one_more_tick_never_lowers_the_level_nor_level_and_progress() -> None:
    """Every count state there is, and every tick that leads from one to the next."""
    height: dict[tuple[int, ...], tuple[int, float]] = {}
    for counts in product(*(range(size + 1) for size in SIZES)):
        now = levels.standing(ROADMAP, by_counts(*counts))
        level = ladder(ROADMAP, now.level)
        height[counts] = level, level + (now.ticked / now.needed if now.needed else 0)
    edges = [
        (counts, (*counts[:stage], counts[stage] + 1, *counts[stage + 1 :]))
        for counts in height
        for stage, size in enumerate(SIZES)
        if counts[stage] < size
    ]
    assert (len(height), len(edges)) == (6480, 26784)
    lowered = [
        (before, after)
        for before, after in edges
        if height[after][0] < height[before][0] or height[after][1] < height[before][1]
    ]
    assert lowered == []


@given(some_ticks)
def test_only_how_many_skills_of_each_stage_are_ticked_decides_the_level(ticks: set[str]) -> None:
    counts = [sum(skill.id in ticks for skill in stage.skills) for stage in ROADMAP.stages]
    one, other = levels.standing(ROADMAP, ticks), levels.standing(ROADMAP, by_counts(*counts))
    assert (one.level, one.ticked, one.needed) == (other.level, other.ticked, other.needed)
    assert (len(one.debts), len(one.ahead)) == (len(other.debts), len(other.ahead))


@given(some_ticks, st.sets(st.sampled_from([*ROADMAP.goals])), st.sets(st.text()))
def test_goals_and_unknown_ids_never_count(ticks: set[str], goals: set[str], unknown: set[str]) -> None:
    more = ticks | goals | unknown
    assert levels.standing(ROADMAP, more) == levels.standing(ROADMAP, ticks)
    for stage in ROADMAP.stage:
        assert levels.gaps(ROADMAP, more, stage) == levels.gaps(ROADMAP, ticks, stage)
        assert levels.shortfalls(ROADMAP, more, stage) == levels.shortfalls(ROADMAP, ticks, stage)


def test_the_next_stage_follows_the_level() -> None:
    following = [levels.next_stage(ROADMAP, level) for level in (None, *ROADMAP.stage)]
    assert [stage.id if stage else None for stage in following] == [*ROADMAP.stage, None]


# Gaps


@given(some_ticks, some_stage)
def test_the_gaps_add_up_to_the_required_skills(ticks: set[str], target: str) -> None:
    required = {skill.id for stage in ROADMAP.up_to(target) for skill in stage.skills}
    gaps = levels.gaps(ROADMAP, ticks, target)
    assert sum(gap.required for gap in gaps) == pytest.approx(len(required))
    assert sum(gap.held_weight for gap in gaps) == pytest.approx(len(required & ticks))
    for gap in gaps:
        assert {*gap.held} <= ticks
        assert not {*gap.missing} & ticks
        assert 0 <= gap.share <= 1
        assert {*gap.held, *gap.missing} == {id for id in required if gap.category in ROADMAP.skills[id].categories}


def test_a_skill_of_two_categories_stands_in_both_with_half_its_weight() -> None:
    core, data, *_ = levels.gaps(ROADMAP, {"junior.skill-5"}, "junior")
    assert (core.held, core.missing, core.required, core.held_weight) == (
        ("junior.skill-5",),
        ("junior.skill-1",),
        1.5,
        0.5,
    )
    assert (data.held, data.missing, data.required, data.held_weight) == (
        ("junior.skill-5",),
        ("junior.skill-2",),
        1.5,
        0.5,
    )


def test_a_category_that_nothing_requires_yet_has_no_gap_and_the_others_keep_the_roadmaps_order() -> None:
    junior = ROADMAP.stages[0]
    lean = junior.model_copy(update={"skills": (junior.skills[3], junior.skills[0])})
    catalog = miniature.changed(stages=(lean, *ROADMAP.stages[1:]))
    assert [gap.category for gap in levels.gaps(catalog, set(), "junior")] == ["Core", "Deploy & Ops"]


# The shortest way


@given(some_ticks, some_stage)
def test_the_shortest_way_reaches_the_target_and_no_shorter_one_does(ticks: set[str], target: str) -> None:
    lacking = levels.shortfalls(ROADMAP, ticks, target)
    way = [skill for shortfall in lacking for skill in shortfall.open[: shortfall.short]]
    wanted = ROADMAP.rank[target]
    assert not ticks & {*way}
    assert len(way) == len({*way})
    assert ladder(ROADMAP, levels.standing(ROADMAP, ticks | {*way}).level) >= wanted
    for left_out in way:
        assert ladder(ROADMAP, levels.standing(ROADMAP, ticks | {*way} - {left_out}).level) < wanted


def test_skills_whose_prerequisites_are_met_come_first() -> None:
    (junior,) = levels.shortfalls(ROADMAP, {"junior.skill-3"}, "junior")
    assert junior.open == ("junior.skill-1", "junior.skill-2", "junior.skill-4", "junior.skill-5")
    assert (junior.ticked, junior.needed, junior.short) == (1, 4, 3)


# History


def test_what_is_held_dates_from_the_tick_that_began_it() -> None:
    def later(hours: int) -> datetime:
        return NOON + timedelta(hours=hours)

    log = [
        Tick(later(0), "junior.skill-1", True),
        Tick(later(1), "junior.skill-2", True),
        Tick(later(2), "junior.skill-1", True),  # said again: held since the first time
        Tick(later(3), "junior.skill-2", False),
        Tick(later(4), "junior.skill-2", True),  # regained: held since now
        Tick(later(5), "junior.skill-3", False),
    ]
    assert levels.held(log) == {"junior.skill-1": later(0), "junior.skill-2": later(4)}


def test_history_has_a_moment_for_each_act_and_a_bulk_tick_is_one() -> None:
    day = timedelta(days=1)
    log = [
        *(Tick(NOON, skill, True) for skill in sorted(first(junior=5))),
        Tick(NOON + day, "junior.goal-1", True),
        Tick(NOON + 2 * day, "junior.skill-1", False),
        Tick(NOON + 3 * day, "junior.skill-2", False),
    ]
    assert [(moment.at, moment.standing.level, moment.ticks) for moment in levels.history(ROADMAP, log)] == [
        (NOON, "junior", 5),
        (NOON + day, "junior", 5),
        (NOON + 2 * day, "junior", 4),
        (NOON + 3 * day, None, 3),
    ]
    assert levels.history(ROADMAP, []) == ()


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([*ROADMAP.lines]), st.booleans())))
def test_history_ends_where_the_ticks_held_now_stand(acts: list[tuple[int, str, bool]]) -> None:
    log = [Tick(NOON + timedelta(minutes=m), skill, held) for m, skill, held in sorted(acts, key=lambda act: act[0])]
    moments = levels.history(ROADMAP, log)
    now = levels.standing(ROADMAP, levels.held(log))
    assert (moments[-1].standing if moments else levels.standing(ROADMAP, ())) == now
    assert [moment.at for moment in moments] == sorted({tick.at for tick in log})


# Words


@pytest.mark.parametrize(
    ("counts", "progress", "blocking"),
    [
        (
            (0, 0, 0, 0, 0),
            "0 of 4 toward Junior",
            "4 skills hold you from Junior. Any 4 of these 5 will do.",
        ),
        (
            (4, 3, 0, 0, 0),
            "3 of 4 toward Mid",
            "1 skill holds you from Mid. Any 1 of these 2 will do.",
        ),
        (
            (5, 3, 5, 0, 0),
            "3 of 4 toward Mid",
            "1 skill holds you from Mid. Any 1 of these 2 will do. Your level would then be Senior.",
        ),
        (
            (3, 5, 5, 5, 4),
            "3 of 4 toward Junior",
            "1 skill holds you from Junior. Any 1 of these 2 will do. Your level would then be Beyond.",
        ),
        ((5, 5, 5, 5, 4), "The top of this ladder", "Every stage counts, and no skill is open."),
    ],
)
def test_what_blocks_the_next_stage_is_said_in_words(counts: tuple[int, ...], progress: str, blocking: str) -> None:
    ticks = by_counts(*counts)
    assert levels.progress_sentence(ROADMAP, levels.standing(ROADMAP, ticks)) == progress
    assert levels.blocking_sentence(ROADMAP, ticks) == blocking


@pytest.mark.parametrize(
    ("counts", "open_skills"), [((4, 5, 5, 5, 4), "1 open skill "), ((4, 4, 4, 4, 3), "5 open skills ")]
)
def test_at_the_top_the_skills_still_open_are_counted(counts: tuple[int, ...], open_skills: str) -> None:
    assert open_skills in levels.blocking_sentence(ROADMAP, by_counts(*counts))


def test_nothing_is_offered_to_choose_from_where_every_open_skill_is_needed() -> None:
    junior = ROADMAP.stages[0]
    lean = junior.model_copy(update={"skills": junior.skills[:1]})
    catalog = miniature.changed(stages=(lean, *ROADMAP.stages[1:]))
    assert levels.blocking_sentence(catalog, set()) == "1 skill holds you from Junior."


@given(some_ticks)
def test_the_sentence_counts_what_the_next_stage_lacks(ticks: set[str]) -> None:
    now = levels.standing(ROADMAP, ticks)
    sentence = levels.blocking_sentence(ROADMAP, ticks)
    if now.needed is not None and now.ticked is not None:
        assert sentence.startswith(f"{now.needed - now.ticked} skill")
    else:
        assert sentence.startswith("Every stage counts")


def test_a_level_has_a_title_and_none_is_starting_out() -> None:
    assert levels.title(ROADMAP, None) == "Starting out"
    assert levels.title(ROADMAP, "architect") == "Architect"
