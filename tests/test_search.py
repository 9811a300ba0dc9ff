"""Search: what a person types, however odd, leads to the best matches and never to an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visit import catalog

from roadmap.search import Search


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(catalog())


def test_a_skill_is_found_by_its_own_words_before_all_else(search: Search) -> None:
    for skill in catalog().skills.values():
        assert skill.id in [hit.id for hit in search.find(skill.text)], skill.text


def test_the_last_word_may_be_only_begun_and_endings_do_not_matter(search: Search) -> None:
    begun = {hit.id for hit in search.find("DataLoad", limit=100)}
    whole = {hit.id for hit in search.find("DataLoader", limit=100)}
    assert whole
    assert whole <= begun
    assert search.find("caching")[0].id in {hit.id for hit in search.find("cache", limit=500)}


def test_every_word_must_occur(search: Search) -> None:
    assert search.find("redis")
    assert search.find("redis zeppelin") == []


def test_everything_that_can_be_opened_is_found(search: Search) -> None:
    kinds = {hit.kind for words in ("module", "event loop") for hit in search.find(words, limit=1000)}
    assert kinds >= {"skill", "goal", "card", "reading"}


def test_no_more_is_returned_than_was_asked_for(search: Search) -> None:
    assert len(search.find("a", limit=7)) == 7


@given(words=st.text(max_size=60))
def test_any_text_is_a_search(words: str) -> None:
    for hit in _shared().find(words, limit=3):
        assert hit.title


_kept: list[Search] = []


def _shared() -> Search:
    if not _kept:
        _kept.append(Search(catalog()))
    return _kept[0]
