"""The Progress page: every number is the rule's own, each chart has its sentence and table, a click leads on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from visit import NOON, Visit, catalog, skills, with_ticks

from roadmap import levels, ui

TICKED = skills(junior=4, mid=2, senior=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def bars(visit: Visit) -> dict[str, tuple[int, int]]:
    """Category to held and missing, as the figure draws them."""
    held, missing = visit.figure("gaps")["data"]
    assert (held["name"], missing["name"]) == ("Held", "Missing")
    assert held["y"] == missing["y"]
    return dict(zip(held["y"], zip(held["x"], missing["x"], strict=True), strict=True))


def counted(target: str) -> dict[str, tuple[int, int]]:
    return {gap.category: (len(gap.held), len(gap.missing)) for gap in levels.gaps(catalog(), TICKED, target)}


def ways(visit: Visit, place: str) -> list[str]:
    """The skills that a list of the page leads to the cards of, in its order."""
    return [b.key.removeprefix(f"{place}-") for b in visit.app.button if (b.key or "").startswith(f"{place}-")]


def test_with_nothing_ticked_it_says_where_to_begin() -> None:
    visit = Visit("progress")
    assert "Nothing is ticked yet." in visit.words
    assert "svg" in visit.data("ladder-large")
    assert not visit.app.get("plotly_chart")
    visit.press("Tick skills")
    assert [header.value for header in visit.app.header] == ["Skills"]


def test_the_level_its_progress_and_what_blocks_it_are_in_words() -> None:
    with_ticks(*TICKED)
    visit = Visit("progress")
    assert "Claimed level: Junior" in visit.words
    assert f"2 of 4 toward Mid. {levels.blocking_sentence(catalog(), TICKED)}" in visit.words


@pytest.mark.parametrize("target", list(catalog().stage))
def test_the_bars_and_their_table_are_the_gaps_of_the_target(target: str) -> None:
    held, who = with_ticks(*TICKED)
    held.choose(who, {"target": target}, NOON)
    visit = Visit("progress")
    assert bars(visit) == counted(target)
    sentence = next(alt for alt in visit.words.split("\n") if alt.startswith(("Most is open", "No category has")))
    rows = visit.table(sentence)
    assert {row["Category"]: (row["Held"], row["Missing"]) for row in rows} == counted(target)
    assert [row["Category"] for row in rows] == visit.figure("gaps")["data"][0]["y"]
    assert [row["Missing"] for row in rows] == sorted((row["Missing"] for row in rows), reverse=True)


def test_the_matrix_and_its_table_count_the_ticks_of_every_stage_and_category() -> None:
    with_ticks(*TICKED)
    visit = Visit("progress")
    figure = visit.figure("matrix")["data"][0]
    drawn = {(y, x): text for x, y, text in zip(figure["x"], figure["y"], figure["text"], strict=True)}
    expected = {}
    for skill in catalog().skills.values():
        for category in skill.categories:
            has, all_ = expected.get((category, catalog().stage[skill.stage].title), (0, 0))
            expected[category, catalog().stage[skill.stage].title] = (has + (skill.id in TICKED), all_ + 1)
    assert drawn == {cell: f"{has}/{all_}" for cell, (has, all_) in expected.items()}
    rows = visit.table(next(line for line in visit.words.split("\n") if "cells are complete" in line))
    assert {(row["Category"], row["Stage"]): (row["Held"], row["Skills"]) for row in rows} == expected


def test_every_chart_has_its_sentence_before_it_and_as_its_text_alternative() -> None:
    held, who = with_ticks(*TICKED, at=NOON - timedelta(days=3))
    held.tick(who, {skills(mid=3)[2]: True}, NOON)
    visit = Visit("progress")
    charts = visit.app.get("plotly_chart")
    assert [chart.key for chart in charts] == ["gaps", "matrix", "history"]
    for chart in charts:
        assert chart.proto.alt in visit.words
        assert visit.table(chart.proto.alt)


def test_the_target_is_the_next_stage_until_one_is_chosen_and_then_kept() -> None:
    held, who = with_ticks(*TICKED)
    visit = Visit("progress")
    assert visit.app.get_by_key("aim").value == "mid"
    assert bars(visit) == counted("mid")
    visit.app.get_by_key("aim").set_value("architect").run()
    assert not visit.app.exception
    assert bars(visit) == counted("architect")
    assert held.settings(who).target == "architect"
    again = Visit("progress", alone=True)
    assert again.app.get_by_key("aim").value == "architect"
    assert "What holds you from Architect" in again.words


def test_the_shortest_way_lists_what_each_stage_lacks_and_leads_to_its_cards() -> None:
    held, who = with_ticks(*TICKED)
    held.choose(who, {"target": "senior"}, NOON)
    visit = Visit("progress")
    shortfalls = levels.shortfalls(catalog(), TICKED, "senior")
    short = sum(one.short for one in shortfalls)
    assert f"The shortest way to Senior: {short} more skills." in visit.words
    assert ways(visit, "way") == [id for one in shortfalls for id in one.open]
    assert ways(visit, "debt") == list(levels.standing(catalog(), TICKED).debts)
    first = shortfalls[0].open[0]
    next(b for b in visit.app.button if b.key == f"way-{first}").click().run()
    assert [header.value for header in visit.app.header] == ["Drill"]
    assert visit.app.query_params == {"skill": first}
    assert {catalog().card[card["id"]].skills for card in visit.data("flashcards")["cards"]} >= {(first,)}
    assert all(first in catalog().card[card["id"]].skills for card in visit.data("flashcards")["cards"])


def test_one_missing_skill_is_said_in_the_singular() -> None:
    with_ticks(*skills(junior=3))
    visit = Visit("progress")
    assert "The shortest way to Junior: 1 more skill." in visit.words


def test_a_reached_target_holds_nobody() -> None:
    held, who = with_ticks(*TICKED)
    held.choose(who, {"target": "junior"}, NOON)
    visit = Visit("progress")
    assert "Junior counts, and so does every stage below it." in visit.words
    assert "What holds you" not in visit.words


@pytest.mark.parametrize(("chart", "carried"), [("gaps", ["Testing"]), ("matrix", ["Testing", "senior"])])
def test_a_click_on_a_mark_looks_into_its_category(chart: str, carried: list[str]) -> None:
    held, who = with_ticks(*TICKED)
    held.choose(who, {"target": "senior"}, NOON)
    visit = Visit("progress").click_chart(chart, carried)
    assert not visit.app.exception
    assert visit.app.selectbox(key="look").value == "Testing"
    of = [skill.id for skill in catalog().skills.values() if "Testing" in skill.categories]
    assert ways(visit, "look") == [id for id in of if id not in TICKED]
    visit.press("Drill every card of Testing")
    assert visit.app.query_params == {"category": "Testing"}
    assert visit.app.multiselect(key="category").value == ["Testing"]
    assert {catalog().card[card["id"]].category for card in visit.data("flashcards")["cards"]} == {"Testing"}


def test_every_mark_carries_a_category_that_can_be_looked_into() -> None:
    with_ticks(*TICKED)
    visit = Visit("progress")
    offered = set(visit.app.selectbox(key="look").options)
    for chart in ("gaps", "matrix"):
        for trace in visit.figure(chart)["data"]:
            assert {data[0] for data in trace["customdata"]} <= offered


def test_a_held_skill_says_since_when_in_the_persons_own_days() -> None:
    held, who = with_ticks(*TICKED, at=NOON.replace(hour=23))
    held.choose(who, {"time_zone": "Asia/Tokyo"}, NOON)
    visit = Visit("progress")
    visit.app.selectbox(key="look").set_value(catalog().skills[TICKED[0]].categories[0]).run()
    assert f"{catalog().skills[TICKED[0]].text} Ticked since 23 November 2026." in visit.words


def test_the_history_is_one_point_a_day_and_needs_two_days() -> None:
    held, who = with_ticks(*skills(junior=2), at=NOON - timedelta(days=2))
    held.tick(who, dict.fromkeys(skills(junior=4), True), NOON - timedelta(days=2, hours=-1))
    assert "Your ticks are all of one day so far." in Visit("progress").words
    held.tick(who, dict.fromkeys(skills(mid=5), True), NOON)
    rows = Visit("progress").table(
        "Between 20 November 2026 and 22 November 2026 your claimed level went from Junior to Mid."
    )
    assert [(row["Claimed level"], row["Skills ticked"]) for row in rows] == [("Junior", 4), ("Mid", 9)]


def test_with_every_skill_held_nothing_is_open() -> None:
    with_ticks(*catalog().skills)
    visit = Visit("progress")
    assert "Claimed level: Beyond" in visit.words
    assert "Every stage counts, and no skill is open." in visit.words
    assert "No category has an open skill up to this stage." in visit.words
    assert not ways(visit, "way") + ways(visit, "debt") + ways(visit, "look")
