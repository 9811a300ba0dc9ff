"""After the content changed, whoever was here before hears in one line what changed and whether their level did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import miniature
import pytest
from miniature import first
from visit import Visit, act, skills, with_ticks

from roadmap import ui, upgrade
from roadmap.catalog import Skill
from roadmap.store import Store
from roadmap.upgrade import changed, contents

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BEFORE = miniature.catalog()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'facts.db'}")
    yield opened
    opened.close()


def test_nothing_is_said_of_the_same_content() -> None:
    assert changed(contents(BEFORE), BEFORE, first(junior=5)) == ""


def test_new_and_retired_things_are_counted_and_the_level_is_named() -> None:
    extra = BEFORE.cards[0].model_copy(update={"id": "one-more"})
    after = miniature.but(digest="1" * 64, cards=(extra, *BEFORE.cards[2:]))
    said = changed(contents(BEFORE), after, first(junior=5))
    assert said == (
        "The content was updated since you were last here: 1 new card, 2 cards retired. "
        "Your claimed level is still Junior."
    )


def test_mended_wording_alone_is_called_that() -> None:
    said = changed(contents(BEFORE), miniature.but(digest="1" * 64), ())
    assert "some wording was mended. Your claimed level is still Starting out." in said


def test_a_level_that_changed_with_the_skills_says_what_it_was() -> None:
    junior, *rest = BEFORE.stages
    harder = tuple(Skill(**{**skill.model_dump(), "id": f"{skill.id}-more"}) for skill in junior.skills)
    after = miniature.but(
        digest="1" * 64, version=2, stages=(junior.model_copy(update={"skills": (*junior.skills, *harder)}), *rest)
    )
    said = changed(contents(BEFORE), after, first(junior=5))
    assert said.endswith("Your claimed level is now Starting out, before Junior, since the roadmap has a new version.")


def test_it_is_said_until_the_person_does_something_and_only_to_who_was_here_before(store: Store) -> None:
    old, new = contents(BEFORE), contents(miniature.but(digest="1" * 64))
    store.meet(old, NOON)
    who = store.person()
    assert store.contents_before(who) is None, "somebody new has nothing to hear"
    store.tick(who, {"junior.skill-1": True}, NOON + HOUR)
    assert store.contents_before(who) is None
    store.meet(old, NOON + 2 * HOUR)
    assert store.contents_before(who) is None, "the same content again is no change"
    store.meet(new, NOON + 3 * HOUR)
    assert store.contents_before(who) == old
    store.tick(who, {"junior.skill-2": True}, NOON + 4 * HOUR)
    assert store.contents_before(who) is None


def test_every_page_says_it_until_something_is_done() -> None:
    held, _ = with_ticks(*skills(junior=4))
    earlier = contents(miniature.catalog())
    held.meet(earlier, datetime(2000, 1, 1, tzinfo=UTC))
    held.meet(upgrade.contents(ui.catalog()), ui.now())
    for page in ("skills", "study"):
        assert "The content was updated since you were last here:" in Visit(page).words
    visit = Visit("skills")
    visit.act("checklist", act("tick", held={skills(mid=1)[0]: True}))
    assert "The content was updated" not in Visit("skills").words
