"""The real dataset keeps the roadmap's wording to the letter, and holds enough to drill wherever a stage sends you.

`data/roadmap-source.txt` is the roadmap as it was given to this project: its own specification.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from roadmap import content
from roadmap.catalog import Card, Catalog

SOURCE = Path(__file__).parent / "data" / "roadmap-source.txt"
STAGES = ("Junior", "Mid", "Senior", "Architect", "Beyond")


class Written(NamedTuple):
    """A stage as the source has it; `direction` is empty where it has none."""

    title: str
    tagline: str
    summary: str
    skills: tuple[str, ...]
    goals: tuple[str, ...]
    direction: str


def written() -> tuple[str, str, list[Written]]:
    """The source's title, its summary, and its stages."""
    _, title, summary, *lines = SOURCE.read_text("utf-8").splitlines()
    # "- 4" begins a stage: on a line of its own, or at the end of the direction before it.
    text = re.sub(r"\s- (\d)$", r"\n- \1", "\n".join(lines), flags=re.MULTILINE)
    stages = []
    for part in re.split(r"^- \d\n", text, flags=re.MULTILINE)[1:]:
        name, tagline, about, *rest = part.splitlines()
        assert rest.count("You can already") == rest.count("Level up by") == 1
        stages.append(
            Written(
                title=name,
                tagline=tagline,
                summary=about,
                skills=tuple(line.removeprefix("- ✓") for line in rest if line.startswith("- ✓")),
                goals=tuple(line.removeprefix("- →") for line in rest if line.startswith("- →")),
                direction=" ".join(line for line in rest if line.startswith(("Drill ", "Filter "))),
            )
        )
    return title, summary, stages


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    loaded = content.read()
    assert loaded.problems == ()
    assert loaded.catalog
    return loaded.catalog


# The wording


def test_the_source_is_read_whole() -> None:
    _, _, stages = written()
    assert tuple(stage.title for stage in stages) == STAGES
    assert [len(stage.skills) for stage in stages] == [5, 5, 5, 5, 4]
    assert [len(stage.goals) for stage in stages] == [4, 4, 4, 2, 1]
    assert [bool(stage.direction) for stage in stages] == [True, False, True, True, True]


def test_the_roadmap_is_called_what_it_is_called(catalog: Catalog) -> None:
    title, summary, _ = written()
    assert (catalog.title, catalog.summary) == (title, summary)


@pytest.mark.parametrize("place", range(5), ids=STAGES)
def test_every_word_of_a_stage_is_kept(place: int, catalog: Catalog) -> None:
    stage, source = catalog.stages[place], written()[2][place]
    assert (stage.title, stage.tagline, stage.summary) == (source.title, source.tagline, source.summary)
    assert tuple(skill.text for skill in stage.skills) == source.skills
    assert tuple(goal.text for goal in stage.goals) == source.goals
    if source.direction:
        assert stage.direction.text == source.direction


# What the directions' words mean


def spelled_out(text: str) -> set[int]:
    """The topic numbers that words name: "topics 01–04, 08, and 14." is 1, 2, 3, 4, 8 and 14."""
    phrase = re.search(r"study topics ([\d–, and]+)", text)
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", phrase[1] if phrase else ""):
        found.update(range(int(first), int(last or first) + 1))
    return found


@pytest.mark.parametrize("place", range(5), ids=STAGES)
def test_a_direction_points_where_its_words_say(place: int, catalog: Catalog) -> None:
    stage = catalog.stages[place]
    direction, text = stage.direction, stage.direction.text
    assert direction.stages == (stage.id,)
    assert {int(topic.removeprefix("topic.")) for topic in direction.topics} == spelled_out(text)
    # A category's name may be a stage's or the guide's too, so the phrase is read up to "categories".
    phrase = re.search(r"(?:plus the|and the) (.+?) categories", text)
    named = [name for name in re.split(r", and |, | and ", phrase[1]) if name] if phrase else []
    assert [*direction.categories] == named
    assert {*direction.guide} == ({reading.id for reading in catalog.guide} if "Architecture guide" in text else set())
    assert {*direction.dives} == ({reading.id for reading in catalog.dives} if "Deep dives" in text else set())


def test_juniors_plus_is_a_union_and_the_others_intersect(catalog: Catalog) -> None:
    assert [stage.direction.match for stage in catalog.stages] == ["any", "all", "all", "all", "all"]
    junior = catalog.stages[0].direction
    assert junior.category_stages == ("junior", "mid")
    assert {(card.stage, card.category) for card in catalog.directed("junior") if card.stage != "junior"} == {
        ("mid", category) for category in junior.categories if any(c.category == category for c in at(catalog, "mid"))
    }


def test_design_prompts_stand_where_they_are_asked_for(catalog: Catalog) -> None:
    *_, architect, beyond = catalog.stages
    assert {*architect.direction.prompts} == {prompt.id for prompt in catalog.prompts if prompt.id.startswith("dp-")}
    assert beyond.direction.prompts == ("dp-event-driven", "dp-idempotency")
    assert all(not stage.direction.prompts for stage in catalog.stages[:3])


def at(catalog: Catalog, stage: str) -> list[Card]:
    return [card for card in catalog.cards if card.stage == stage]


# Enough of everything


def test_there_are_36_topics_numbered_in_order(catalog: Catalog) -> None:
    assert [topic.id for topic in catalog.topics] == [f"topic.{number:02}" for number in range(1, 37)]


def test_every_topic_is_named_by_a_direction(catalog: Catalog) -> None:
    named = {topic for stage in catalog.stages for topic in stage.direction.topics}
    assert {topic.id for topic in catalog.topics} - named == {"topic.35"}  # the source names 28 and 36 for Architect


def test_every_skill_and_goal_has_three_cards_or_more(catalog: Catalog) -> None:
    assert len(catalog.lines) == 39
    assert {line: len(cards) for line, cards in catalog.cards_of.items() if len(cards) < 3} == {}


@pytest.mark.parametrize("place", range(5), ids=STAGES)
def test_a_category_that_a_direction_names_has_eight_cards_at_its_stage(place: int, catalog: Catalog) -> None:
    stage = catalog.stages[place]
    cards = Counter(card.category for card in at(catalog, stage.id))
    assert {category: cards[category] for category in stage.direction.categories if cards[category] < 8} == {}


@pytest.mark.parametrize("place", range(5), ids=STAGES)
def test_a_direction_leads_to_cards_and_readings(place: int, catalog: Catalog) -> None:
    stage = catalog.stages[place]
    assert len(catalog.directed(stage.id)) >= 8
    assert stage.direction.readings
    assert {*stage.direction.readings} <= {*catalog.readings}


# Ids


def test_ids_are_grouped_by_the_subject_they_begin_with(catalog: Catalog) -> None:
    assert all(re.fullmatch(r"[a-z]+\.[a-z0-9-]+", id) for id in catalog.lines)
    assert all(any(card.id.startswith(f"{line}.") for line in card.skills) for card in catalog.cards), (
        "a card's id begins with the skill or goal it was written for"
    )


def test_every_category_has_a_card_and_only_categories_of_the_roadmap_are_used(catalog: Catalog) -> None:
    named = [category.name for category in catalog.categories]
    assert len({*named}) == len(named) == 16
    assert {card.category for card in catalog.cards} == {*named}


def test_stages_come_in_the_sources_order_and_prerequisites_never_look_up(catalog: Catalog) -> None:
    assert tuple(stage.title for stage in catalog.stages) == STAGES
    assert all(catalog.rank[lower.id] < catalog.rank[upper.id] for lower, upper in pairwise(catalog.stages))
    for line in catalog.lines.values():
        assert all(catalog.rank[catalog.lines[id].stage] <= catalog.rank[line.stage] for id in line.prerequisites)
