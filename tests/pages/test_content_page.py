"""The Content page: the grid counts what is there, and every card can be read whole with its sources."""

from __future__ import annotations

from visit import Visit, catalog


def test_the_grid_counts_every_card_once() -> None:
    rows = Visit("content").table("Cards by category and stage")
    assert sum(int(row["All"]) for row in rows) == len(catalog().cards)
    by_name = {row["Category"]: row for row in rows}
    core = sum(card.category == "Core" and card.stage == "junior" for card in catalog().cards)
    assert by_name["Core"]["Junior"] == str(core)


def test_a_card_that_the_address_names_is_shown_whole() -> None:
    card = catalog().cards[7]
    words = Visit("content", card=card.id).words
    assert card.trap.split(".")[0] in words
    assert "Checked: " in words
    for key in card.sources:
        assert catalog().sources[key].removeprefix("npm:") in words


def test_the_list_narrows_by_stage_category_and_words() -> None:
    visit = Visit("content")
    visit.app.selectbox(key="in_stage").set_value("senior").run()
    visit.app.selectbox(key="in_category").set_value("Security").run()
    here = [card for card in catalog().cards if (card.stage, card.category) == ("senior", "Security")]
    assert f"{len(here)} cards. Choose a row" in visit.words
    visit.app.text_input(key="words").set_value("zeppelin").run()
    assert "0 cards. Choose a row" in visit.words
