"""The made-up engineers are what they are said to be, and the measures say what they mean."""

from __future__ import annotations

import miniature
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from roadmap import evidence, levels, simulation
from roadmap.simulation import measures, people, practice
from roadmap.simulation.people import DAY, WORLDS

ROADMAP = people.test_bed(miniature.catalog())
TINY = simulation.Sizes(levels=20, checks=2, gaming=3, staleness=4, retest=2, practice=1)
some_world = st.sampled_from(WORLDS)


def test_the_same_seed_gives_the_same_tables_and_says_how_far_it_is() -> None:
    told: list[str] = []
    one = simulation.run(miniature.catalog(), 7, TINY, told.append)
    other = simulation.run(miniature.catalog(), 7, TINY, lambda _: None)
    assert one == other
    assert one.tables[0] != simulation.run(miniature.catalog(), 8, TINY, lambda _: None).tables[0]
    assert told[0] == "level accuracy, ladder world"
    assert told[-1] == "practice, weak memory, recommended"
    for table in one.tables:
        lines = str(table).split("\n")[2:]
        assert len({len(line) for line in lines}) == 1  # the columns stand under their headings


def test_the_test_bed_has_eight_cards_and_questions_about_each_skill_whatever_the_content_holds() -> None:
    for id in ROADMAP.skills:
        assert len(ROADMAP.cards_of[id]) == len(ROADMAP.questions_of[id]) == people.ITEMS
    assert people.test_bed(miniature.but(cards=())) == ROADMAP


@given(some_world, st.integers(0, 1000))
def test_the_true_level_is_the_rule_applied_to_the_skills_held(world: people.World, seed: int) -> None:
    of = people.people(ROADMAP, world, 5, default_rng(seed))
    skills = [*ROADMAP.skills]
    for held, level in zip(of.held, people.level(ROADMAP, of.held), strict=True):
        has = {id for id, holds in zip(skills, held, strict=True) if holds}
        assert people.rank(ROADMAP, levels.standing(ROADMAP, has).level) == level


def test_who_holds_a_skill_by_a_margin_of_nothing_knows_seventy_percent_of_it() -> None:
    difficulty = default_rng(1).normal(0, people.DIFFICULTY, (24, 4000))
    at_the_edge = people.People(WORLDS[0], np.zeros((1, 24)), np.zeros((1, 24), bool), difficulty)
    assert at_the_edge.known.mean() == pytest.approx(people.HELD, abs=0.01)


def test_knowing_rises_with_the_margin_and_nobody_answers_worse_than_by_guessing() -> None:
    of = people.people(ROADMAP, WORLDS[1], 50, default_rng(2))
    assert (of.grown(0.5).known > of.known).all()
    assert people.right(np.array([0.0, 1.0])) == pytest.approx([0.25, 0.97])


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_claims_follow_the_truth_as_loosely_as_self_assessments_do(world: people.World) -> None:
    of = people.people(ROADMAP, world, 6000, default_rng(3))
    true, claimed = people.level(ROADMAP, of.held), people.level(ROADMAP, of.ticks)
    assert 0.3 < np.corrcoef(true, claimed)[0, 1] < 0.5
    spread = np.sqrt((true.var() + claimed.var()) / 2)
    assert 0.15 < (claimed - true).mean() / spread < 0.45


@given(st.integers(1, 60), st.integers(0, 1000))
def test_questions_come_from_all_stages_in_turn_and_none_comes_twice(count: int, seed: int) -> None:
    items = people.in_turn(ROADMAP, count, default_rng(seed))
    assert len({*items}) == len(items) == count
    times = [sum(skill == of for skill, _ in items) for of in range(24)]
    assert max(times) - min(times) <= 1


def test_answers_are_events_that_the_rule_takes() -> None:
    of = people.people(ROADMAP, WORLDS[0], 1, default_rng(4))
    given = people.answers(ROADMAP, of.known[0], people.in_turn(ROADMAP, 20, default_rng(5)), DAY, default_rng(6))
    assert evidence.judge(ROADMAP, (), given, DAY).answers == 20


def test_the_measures_know_what_is_perfect_and_what_is_not() -> None:
    true = np.array([0, 1, 2, 3, 4, 5])
    perfect = (true[:, None] >= np.arange(1, 6)).astype(float)
    assert measures.accuracy(perfect, true) == (1, 1, 0, 0, 0)
    one_too_high = measures.accuracy(perfect, np.maximum(true - 1, 0))
    assert (one_too_high.exact, one_too_high.within, one_too_high.over) == pytest.approx((1 / 6, 1, 5 / 6))
    assert measures.calibration_error(np.full(10, 0.7), np.arange(10) < 7) == pytest.approx(0)
    assert measures.calibration_error(np.full(10, 0.9), np.arange(10) < 5) == pytest.approx(0.4)


def test_every_order_keeps_to_the_days_budget_and_asks_for_nothing_that_is_not_due() -> None:
    deck = practice.Deck(ROADMAP)
    of = people.people(ROADMAP, WORLDS[0], 1, default_rng(9)).known[0]
    for choose in practice.ORDERS.values():
        learner = practice.Learner(ROADMAP, "ada", of, (), 1.0, default_rng(10))
        for passed in range(2):  # twice on one day: what was recalled today waits
            cards = choose(learner, deck)
            assert not learner.memories.keys() & {card.id for card in cards}
            assert len(cards) == practice.NEW
            learner.drill(cards, passed)
