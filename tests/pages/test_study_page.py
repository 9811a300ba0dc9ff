"""The Study page: the right reading first, its text as written, what it serves, and where a search leads."""

from __future__ import annotations

from visit import NOON, Visit, catalog, store

from roadmap import ui

WRITTEN = [reading for reading in catalog().readings.values() if reading.text]


def test_a_newcomer_meets_the_first_reading_of_the_first_stage() -> None:
    visit = Visit("study")
    first = next(id for id in catalog().stage["junior"].direction.readings if catalog().readings[id].text)
    assert catalog().readings[first].title in visit.words


def test_what_is_read_is_kept_and_the_next_one_is_suggested() -> None:
    first, second = [id for id in catalog().stage["junior"].direction.readings if catalog().readings[id].text][:2]
    held, who = store()
    held.mark_read(who, first, True, NOON)
    assert catalog().readings[second].title in Visit("study").words


def test_marking_a_reading_is_stored_and_taken_back() -> None:
    reading = WRITTEN[0].id
    visit = Visit("study", read=reading)
    visit.app.toggle(key=f"read-{reading}").set_value(True).run()
    held, who = store()
    assert held.readings_done(who) == {reading}
    visit.app.toggle(key=f"read-{reading}").set_value(False).run()
    assert held.readings_done(who) == set()


def test_every_reading_draws_without_what_is_hidden_for_the_checker() -> None:
    visit = Visit("study")
    for reading in WRITTEN:
        visit.app.session_state["reading"] = reading.id
        visit.app.run()
        assert not visit.app.exception, reading.id
        assert "ts:setup" not in visit.words
        assert "](source:" not in visit.words


def test_its_cards_are_one_press_away() -> None:
    reading = next(one for one in WRITTEN if one.cards)
    visit = Visit("study", read=reading.id)
    visit.press(f"Drill its {len(reading.cards)} cards")
    assert [header.value for header in visit.app.header] == ["Drill"]
    assert visit.app.query_params["reading"] in (reading.id, [reading.id])


def test_a_search_leads_to_the_thing_itself_and_says_when_there_is_none() -> None:
    visit = Visit("study")
    visit.app.text_input(key="search").set_value("AsyncLocalStorage").run()
    links = [link.proto.label for link in visit.app.get("page_link")]
    assert any("Use AsyncLocalStorage for context" in label for label in links)
    visit.app.text_input(key="search").set_value("zeppelin").run()
    assert "Nothing found." in visit.words


def test_the_page_opens_alone() -> None:
    assert not Visit("study", alone=True).app.exception
    assert ui.page("study").endswith("study.py")


def folds(visit: Visit) -> list[str]:
    """The folds of the text, those of the contents beside it left out."""
    return [fold.label for fold in visit.app.expander if not fold.label.endswith(" read")]


def test_a_prompt_keeps_its_rubric_and_answers_folded_until_asked_for() -> None:
    prompt = next(one for one in catalog().prompts if one.text)
    visit = Visit("study", read=prompt.id)
    folded = folds(visit)
    assert folded[0] == "Surprise"
    assert "Rubric" in folded
    assert any(label.startswith("Model answer") for label in folded)


def test_coding_prompts_have_a_shelf_of_their_own_and_open_hint_by_hint() -> None:
    prompt = next(one for one in catalog().prompts if one.codes and one.text)
    visit = Visit("study", read=prompt.id)
    assert any(fold.label.startswith("Coding prompts: 0 of") for fold in visit.app.expander)
    assert folds(visit)[:5] == ["Hint 1", "Hint 2", "Hint 3", "Reference solution", "Tests"]


def give(visit: Visit, prompt: str, points: int, by: str = "") -> None:
    """Give every dimension these points and keep the score."""
    for dimension in catalog().readings[prompt].rubric:
        visit.app.radio(key=f"points-{prompt}-{dimension.title}").set_value(points)
    visit.app.text_input(key=f"by-{prompt}").set_value(by)
    visit.press("Keep the score")


def test_a_score_from_another_person_is_checked_evidence_and_ones_own_only_backs_it() -> None:
    prompt = next(one for one in catalog().prompts if one.text and set(one.skills) & set(catalog().skills))
    most = 4 * len(prompt.rubric)
    visit = Visit("study", read=prompt.id)
    give(visit, prompt.id, 3)
    held, who = store()
    assert f"You gave yourself {most * 3 // 4} of {most}" in visit.words
    assert ui.evidence(who, catalog(), ui.day(held.settings(who)), ()).answers == 0
    give(visit, prompt.id, 4, by="Grace <b>Hopper</b>")
    assert f"gave {most} of {most}" in visit.words
    assert [(score.by, set(score.points.values())) for score in held.scores(who)] == [
        ("", {3}),
        ("Grace <b>Hopper</b>", {4}),
    ]
    assert ui.evidence(who, catalog(), ui.day(held.settings(who)), ()).answers == 1


def test_a_score_that_misses_a_dimension_is_not_kept_and_says_which() -> None:
    prompt = next(one for one in catalog().prompts if one.text)
    visit = Visit("study", read=prompt.id)
    visit.press("Keep the score")
    assert f"Not kept yet: choose points for {prompt.rubric[0].title}" in visit.words
    held, who = store()
    assert held.scores(who) == []
