"""The Check page: before a check, in it, at its end; what it proposes to tick; and where a check is offered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import miniature_folder
import pytest
import streamlit as st
from visit import NOON, Visit, act, broken, catalog, key, skills, store, take_check

from roadmap import levels, ui
from roadmap.catalog import Question
from roadmap.facts import Answer, Confidence, Grade, Mode, Recall
from roadmap.placement import Form
from roadmap.recall import graded
from roadmap.ui.prose import html

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Knows = Callable[[Question], bool]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON + by)


def answered(question: str, right: bool, at: datetime, mode: Mode = "quiz", sure: int | None = None) -> None:
    held, who = store()
    option = (key(catalog().question[question]) + (not right)) % len(catalog().question[question].options)
    assert held.answer(who, Answer(at, question, option, right, 30_000, mode, sure and Confidence(sure)), since=at)


def taken(knows: Knows, start: datetime = NOON, form: Form = "placement", most: int = 15) -> list[Answer]:
    return take_check(*store(), knows, start, form, most)


def up_to(stage: str) -> Knows:
    return lambda question: catalog().rank[question.stage] <= catalog().rank[stage]


def told(visit: Visit) -> dict[str, Any]:
    assert not visit.app.exception
    return visit.data("check")


def asked(visit: Visit) -> Question:
    return catalog().question[told(visit)["asked"]["id"]]


def choose(visit: Visit, right: bool, question: Question | None = None, sure: int | None = 2) -> Visit:
    question = question or asked(visit)
    option = (key(question) + (not right)) % len(question.options)
    return visit.act("check", act("answer", question=question.id, option=option, confidence=sure, milliseconds=4000))


def answers() -> list[Answer]:
    held, who = store()
    return held.answers(who)


def ticked() -> set[str]:
    held, who = store()
    return {*levels.held(held.ticks(who))}


def proposals(visit: Visit) -> list[str]:
    return [str(box.key).removeprefix("propose-") for box in visit.app.checkbox]


def practise(stages: tuple[str, ...], at: datetime) -> None:
    held, who = store()
    for card in catalog().cards:
        if card.stage in stages:
            after = graded(None, Grade.easy, at).dumps()
            assert held.recall(who, Recall(at, card.id, Grade.easy, None, after, 4000), since=at)


# Before


def test_a_first_visit_says_in_three_sentences_what_it_is_and_has_one_way_in() -> None:
    visit = Visit("check")
    said = next(one.value for one in visit.app.markdown if "8 to 15 questions" in one.value)
    assert len(re.findall(r"\.(?:\s|$)", said)) == 3
    for words in ("about ten minutes", "by yourself", "Nobody sees what you answered", "J, K and L"):
        assert words in said
    assert visit.buttons == ["Start the check"]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"shortcuts": False}, "You say how sure you are of each answer, and see what was right"),
        ({"confidence": False}, "You answer one after another, and see what was right"),
    ],
)
def test_it_speaks_only_of_what_this_person_is_asked(chosen: dict[str, Any], said: str) -> None:
    held, who = store()
    held.choose(who, chosen, NOON)
    assert said in Visit("check").words


def test_starting_asks_the_first_question_and_says_how_much_is_to_come() -> None:
    visit = Visit("check").press("Start the check")
    data = told(visit)
    assert data["asked"]["why"] == f"Question 1 · {asked(visit).category}"
    assert data["count"] == "7 to 14 more, about 6 to 11 minutes"
    assert (data["done"], data["told"], data["focus"]) == (0, None, True)
    assert visit.app.query_params == {"form": "placement"}
    assert told(visit.again())["focus"] is False, "the focus is handed over once"


def test_an_address_that_names_no_form_is_the_start() -> None:
    for form in ("", "exam", "quiz"):
        assert Visit("check", form=form).buttons == ["Start the check"]


# During


def test_the_browser_never_learns_the_key_while_the_check_lasts() -> None:
    visit = Visit("check", form="placement")
    seen: list[Question] = []
    while visit.has("check"):
        data, question = told(visit), asked(visit)
        assert question not in seen
        assert set(data["asked"]) == {"id", "why", "line", "question", "options"}
        assert all(set(option) == {"place", "text"} for option in data["asked"]["options"])
        assert (data["told"], data["failed"], data["done"]) == (None, None, len(seen))
        hidden = [option.why for one in (*seen, question) for option in one.options]
        assert not any(json.dumps(html(why))[1:-1] in json.dumps(data) for why in hidden)
        assert not {"Right", "Missed"} & set(re.findall(r"\w+", visit.words))
        seen.append(question)
        choose(visit, right=len(seen) % 2 > 0, sure=1 + len(seen) % 3)
    assert 8 <= len(seen) <= 15
    assert f"{(len(seen) + 1) // 2} of {len(seen)} right" in visit.words
    assert [(one.question, one.mode, one.confidence) for one in answers()] == [
        (question.id, "placement", 1 + place % 3) for place, question in enumerate(seen, start=1)
    ]


def test_what_is_left_shrinks_to_the_last_one() -> None:
    for mode, counts in (
        ("placement", {4: "3 to 10 more, about 2 to 6 minutes", 7: "At most 7 more, about 1 to 4 minutes"}),
        ("readiness", {0: "5 more, about 4 minutes", 5: "The last one, about 1 minute"}),
    ):
        form: Form = "placement" if mode == "placement" else "readiness"
        for most, words in counts.items():
            st.cache_resource.clear()
            held, who = store()
            held.erase(who)
            if form == "readiness":
                taken(up_to("junior"), NOON - 3 * DAY)
                practise(("junior", "mid"), NOON - 2 * DAY)
            taken(up_to("mid"), NOON - 20 * MINUTE, form, most)
            assert told(Visit("check", form=form))["count"] == words


def test_the_bar_never_goes_back() -> None:
    visit = Visit("check", form="placement")
    shares = []
    while visit.has("check"):
        shares.append(told(visit)["done"] / told(visit)["all"])
        choose(visit, right=True)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1


def test_a_check_goes_on_where_it_was_after_leaving_a_reload_or_a_restart() -> None:
    visit = Visit("check", form="placement")
    for _ in range(4):
        choose(visit, right=True)
    waiting = asked(visit)
    visit.go("skills").go("check")
    visit.app.query_params.clear()
    visit.again()
    assert "Your check waits at question 5" in visit.words
    assert "3 to 10 more" in visit.words
    assert "It waits until 23 November, 12:00, then begins anew." in visit.words
    assert visit.buttons == ["Go on"]
    assert asked(visit.press("Go on")) == waiting
    st.cache_resource.clear()  # as a new process begins
    assert asked(Visit("check", form="placement")) == waiting
    assert Visit("check").buttons == ["Go on"]


def test_after_a_day_it_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = taken(up_to("mid"), most=4)
    later(monkeypatch, DAY + 4 * MINUTE)
    assert Visit("check").buttons == ["Start the check"]
    visit = Visit("check", form="placement")
    assert told(visit)["done"] == 0
    assert asked(visit).id not in {answer.question for answer in begun}


def test_two_tabs_ask_the_same_and_an_answer_counts_once() -> None:
    one, other = Visit("check", form="placement"), Visit("check", form="placement")
    first = asked(one)
    assert asked(other) == first
    choose(one, right=True)
    choose(other, right=False, question=first)
    assert [(answer.question, answer.right) for answer in answers()] == [(first.id, True)]
    assert asked(other) == asked(one.again()) != first


def test_a_question_whose_key_was_seen_meanwhile_does_not_count_in_the_check() -> None:
    visit = Visit("check", form="placement")
    question = asked(visit)
    answered(question.id, False, NOON - 29 * DAY)
    choose(visit, right=True, question=question)
    assert [answer.mode for answer in answers()] == ["quiz"]
    assert told(visit)["done"] == 0
    assert asked(visit) != question


def test_a_database_that_cannot_write_is_said_and_the_question_stays() -> None:
    visit = Visit("check", form="placement")
    question = asked(visit)
    broken()
    data = told(choose(visit, right=True))
    assert data["failed"].startswith("That could not be saved")
    assert (data["asked"]["id"], data["done"]) == (question.id, 0)


# The end: what was shown


def test_the_end_says_what_was_shown_with_its_range_and_the_ladder_before_and_now() -> None:
    held, who = store()
    held.tick(who, dict.fromkeys(skills(junior=5, mid=4), True), NOON - 3 * DAY)
    done = taken(up_to("senior"), NOON - 20 * MINUTE)
    visit = Visit("check", form="placement")
    found = ui.evidence(who, catalog(), ui.day(held.settings(who)), ticked())
    assert found.level
    least, likely = (levels.title(catalog(), level) for level in (found.level, found.likely))
    assert f"You claim Mid. What you have shown so far: at least {least}, likely {likely}." in visit.words
    assert f"{len(done)} checked answers, newest today." in visit.words
    assert re.search(r"\*\*80 % range: \w+( \w+)?( to \w+)?\.\*\* Of ten people who answer like this", visit.words)
    before, now = (visit.data(f"{name}-side")["svg"] for name in ("before", "now"))
    assert "Shown so far" not in before
    assert f"Shown so far: at least {least}" in now
    assert "unchanged" not in visit.words, "there was nothing to compare with"


def test_what_would_make_it_surer_leads_to_the_questions_that_tell_the_stages_of_the_range_apart() -> None:
    taken(up_to("mid"), NOON - 20 * MINUTE)
    held, who = store()
    visit = Visit("check", form="placement")
    found = ui.evidence(who, catalog(), ui.day(held.settings(who)), ())
    ranks = [catalog().rank[level] if level else 0 for level in (found.low, found.high)]
    between = [stage.id for stage in catalog().stages[ranks[0] : ranks[1]]]
    assert "What would make this surer: 10 questions about" in visit.words
    visit.press("Answer more questions")
    asked_for = visit.app.query_params["stage"]
    assert visit.app.query_params["mode"] == "questions"
    assert (asked_for if isinstance(asked_for, list) else [asked_for]) == between


def test_a_second_check_says_whether_anything_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    taken(up_to("junior"), NOON - 40 * DAY)
    taken(up_to("junior"), NOON - 20 * MINUTE)
    assert "read it as unchanged" in Visit("check", form="placement").words
    st.cache_resource.clear()
    held, who = store()
    held.erase(who)
    taken(lambda _: False, NOON - 70 * DAY)
    taken(lambda _: True, NOON - 200 * MINUTE)
    met = {answer.question for answer in answers()}
    for place, question in enumerate(one for one in catalog().questions if one.id not in met):
        answered(question.id, True, NOON - 100 * MINUTE + place * timedelta(seconds=1))
    assert "that is a change, not chance" in Visit("check", form="placement").words


def test_every_question_is_explained_with_all_its_options() -> None:
    done = taken(up_to("junior"), NOON - 20 * MINUTE)
    visit = Visit("check", form="placement")
    right = sum(answer.right for answer in done)
    assert f"{right} of {len(done)} right" in visit.words
    labels = [one.label for one in visit.app.expander]
    assert len(labels) == len(done)
    said = ("", "you guessed", "you thought so", "you were sure")
    for number, (answer, label) in enumerate(zip(done, labels, strict=True), start=1):
        verdict = "Right" if answer.right else "Missed"
        assert label.startswith(f"{number} · {verdict}, {said[answer.confidence or 0]} · ")
    assert visit.words.count("Right answer") == len(done)
    assert len(re.findall(r"Your answer\*\*", visit.words)) == len(done)
    assert visit.words.count("Right answer · Your answer") == right
    assert visit.words.count("Its card asks") == len(done)
    for answer in done:
        for option in catalog().question[answer.question].options:
            assert option.why.split("\n")[0][:30] in visit.words


def test_the_missed_cards_can_be_drilled() -> None:
    done = taken(up_to("junior"), NOON - 20 * MINUTE)
    missed = {catalog().question[answer.question].card for answer in done if not answer.right}
    visit = Visit("check", form="placement").press("Drill the missed cards")
    assert {*visit.app.query_params["card"]} == missed
    assert visit.has("flashcards")


def test_a_check_that_ran_out_of_questions_ends_and_says_what_is_missing() -> None:
    begun = {answer.question for answer in taken(up_to("mid"), NOON - 20 * MINUTE, most=3)}
    for question in catalog().questions:
        if question.id not in begun:
            answered(question.id, True, NOON - 10 * DAY)
    visit = Visit("check", form="placement")
    assert "3 right" in visit.words
    assert not visit.has("check")


# The end: what to tick


def test_the_supported_skills_are_ticked_in_one_step_and_undone_right_there() -> None:
    taken(up_to("mid"), NOON - 20 * MINUTE)
    visit = Visit("check", form="placement")
    proposed = proposals(visit)
    assert len(proposed) > 2
    assert [id for id in catalog().skills if id in proposed] == proposed
    assert [box.label for box in visit.app.checkbox] == [catalog().skills[id].text for id in proposed]
    reasons = [one.value for one in visit.app.caption if "ladder" in one.value or "answered" in one.value]
    assert len(reasons) == len(proposed)
    for reason in reasons:
        assert re.fullmatch(
            r"\w+\. (Likely from your place on the ladder: \d+ of 100"
            r"|You answered (\d of \d right; likely from your place on the ladder: \d+ of 100|(\d) of \3 right))\.",
            reason,
        )
    visit.press(f"Tick these {len(proposed)} skills")
    assert ticked() == {*proposed}
    held, who = store()
    assert len({tick.at for tick in held.ticks(who)}) == 1
    level = levels.title(catalog(), levels.standing(catalog(), ticked()).level)
    assert f"{len(proposed)} skills ticked. Your claimed level: {level}." in visit.words
    assert proposals(visit) == []
    assert (
        f"Skills ticked: Junior {sum(id in proposed for id in skills(junior=5))} of 5"
        in (visit.data("now-side")["svg"])
    )
    visit.press("Undo")
    assert ticked() == set()
    assert proposals(visit) == proposed


def test_what_a_person_would_not_say_of_themselves_is_left_out() -> None:
    taken(up_to("mid"), NOON - 20 * MINUTE)
    visit = Visit("check", form="placement")
    first, *rest = proposals(visit)
    visit.app.checkbox(key=f"propose-{first}").uncheck().run()
    visit.press(f"Tick these {len(rest)} skills")
    assert ticked() == {*rest}
    assert proposals(visit) == [first]
    assert "Tick these 0 skills" in visit.buttons
    visit.app.checkbox(key=f"propose-{first}").check().run()
    visit.press("Tick this skill")
    assert ticked() == {first, *rest}


def test_undo_takes_back_the_step_it_names_and_no_older_one() -> None:
    held, who = store()
    held.tick(who, dict.fromkeys(skills(junior=1), True), NOON - 3 * DAY)
    taken(up_to("mid"), NOON - 20 * MINUTE)
    one = Visit("check", form="placement")
    one.press(next(label for label in one.buttons if label.startswith("Tick these")))
    other = Visit("check", form="placement")
    one.press("Undo")
    other.press("Undo")
    assert ticked() == {*skills(junior=1)}
    assert "Undo" not in one.again().buttons, "what was ticked before the check is not undone here"


def test_skills_that_the_answers_contradict_are_named_fairly_and_unticked_only_by_the_person() -> None:
    [skill] = skills(senior=1)
    held, who = store()
    held.tick(who, dict.fromkeys((*skills(junior=5), skill), True), NOON - 3 * DAY)
    for question in [one for one in catalog().questions_of[skill] if one.skills == (skill,)][:2]:
        answered(question.id, False, NOON - 2 * DAY)
    taken(up_to("junior"), NOON - 20 * MINUTE)
    visit = Visit("check", form="placement")
    assert "nothing is unticked for you" in visit.words
    assert re.search(rf"\*\*{re.escape(catalog().skills[skill].text)}\*\*  \n0 of \d right\.", visit.words)
    assert skill in ticked()
    visit.app.button(key=f"untick-{skill}").click().run()
    assert ticked() == {*skills(junior=5)}
    assert "1 skill unticked." in visit.words
    visit.press("Undo")
    assert ticked() == {*skills(junior=5), skill}


def test_a_tick_that_cannot_be_stored_is_said() -> None:
    taken(up_to("mid"), NOON - 20 * MINUTE)
    visit = Visit("check", form="placement")
    broken()
    visit.press(next(label for label in visit.buttons if label.startswith("Tick these")))
    assert visit.toasts == [
        "That could not be saved: the database did not answer. Nothing is lost; try again in a moment."
    ]
    assert ticked() == set()


# When another is worth it


def test_after_a_check_it_says_when_the_next_is_worth_it_and_what_helps_until_then() -> None:
    taken(up_to("mid"), NOON - 3 * DAY)
    visit = Visit("check")
    assert "The next check is worth it from 19 December" in visit.words
    assert "You took one on 19 November." in visit.words
    assert visit.buttons == ["Drill the gaps", "See what the last one showed"]
    visit.press("See what the last one showed")
    assert "What you have shown" in visit.words
    assert Visit("check").press("Drill the gaps").has("flashcards")


def test_thirty_days_later_it_can_be_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = taken(up_to("mid"), NOON - 30 * DAY)
    visit = Visit("check").press("Start the check")
    assert told(visit)["done"] == 0
    assert len(first) == len(answers())


def test_answers_that_settle_on_one_stage_need_no_check() -> None:
    for place, question in enumerate(catalog().questions):
        answered(question.id, True, NOON - 40 * DAY + place * MINUTE)
    visit = Visit("check")
    assert "are fresh and say one stage, Beyond." in visit.words
    assert "Start the check" not in visit.buttons


def test_questions_seen_lately_are_waited_for() -> None:
    holds = skills(junior=5, mid=4)  # enough for two stages to stay likely
    for place, question in enumerate(catalog().questions):
        answered(question.id, question.skills[0] in holds, NOON - 20 * DAY + place * timedelta(seconds=1))
    visit = Visit("check")
    assert "The next check is worth it from 2 December" in visit.words
    assert "Too few questions are left" in visit.words


def test_a_dataset_without_questions_has_no_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROADMAP_CONTENT", str(miniature_folder.make(tmp_path)))
    for visit in (Visit("check"), Visit("check", form="placement")):
        assert "No check to take yet" in visit.words
        assert visit.buttons == []


# The six questions about the next stage


def test_practice_that_reaches_the_next_stage_brings_six_questions() -> None:
    taken(up_to("junior"), NOON - 3 * DAY)
    practise(("junior", "mid"), NOON - 2 * DAY)
    visit = Visit("check")
    assert "Your practice suggests that you are ready for Mid. Six questions can show it." in visit.words
    visit.press("Answer six questions")
    for number in range(6):
        assert told(visit)["asked"]["why"].startswith(f"Question {number + 1} · ")
        choose(visit, right=True)
    assert "6 of 6 right" in visit.words
    assert [answer.mode for answer in answers()][-6:] == ["readiness"] * 6
    again = Visit("check")
    assert "Answer six questions" not in again.buttons, "not twice within 30 days"
    assert "6 of 6 right" in again.press("See what the last one showed").words


def test_without_practice_since_the_last_check_there_are_no_six_questions() -> None:
    practise(("junior", "mid"), NOON - 9 * DAY)
    taken(up_to("junior"), NOON - 3 * DAY)
    assert "Answer six questions" not in Visit("check").buttons
    assert Visit("check", form="readiness").buttons[0] == "Drill the gaps"


# Where it is offered


def offered(visit: Visit) -> tuple[str, str] | None:
    """The line on Progress and the words of its button."""
    assert not visit.app.exception
    buttons = {"Take the check", "Answer six questions", "Go on"} & {*visit.buttons}
    if not buttons:
        return None
    [button] = buttons
    lines = [line for line in visit.words.split("\n") if "check" in line or "Six questions" in line]
    return next(line for line in lines if re.search("A (ten-minute )?check|Your check|Six questions", line)), button


def test_progress_offers_it_in_one_line_and_leads_there() -> None:
    visit = Visit("progress")
    assert offered(visit) == (
        "Nothing is checked yet. A ten-minute check shows your level beside what you claim.",
        "Take the check",
    )
    assert told(visit.press("Take the check"))["done"] == 0


def test_progress_says_how_old_the_evidence_is(monkeypatch: pytest.MonkeyPatch) -> None:
    held, who = store()
    held.tick(who, dict.fromkeys(skills(junior=5), True), NOON - 300 * DAY)
    for question in [one for one in catalog().questions if one.skills[0] in catalog().skills][:3]:
        answered(question.id, True, NOON - 12 * DAY)
    few = offered(Visit("progress"))
    assert few
    assert few[0].startswith("3 checked answers, newest 12 days ago: too little to show a level.")
    taken(up_to("mid"), NOON - 40 * DAY + 30 * DAY)
    assert offered(Visit("progress")) is None, "taken ten days ago"
    later(monkeypatch, 25 * DAY)
    wide = offered(Visit("progress"))
    assert wide
    assert re.search(r"newest 35 days ago: they leave a range of .+ to .+\. A check would narrow it", wide[0])


def test_progress_says_when_the_evidence_is_of_last_season() -> None:
    held, who = store()
    held.tick(who, dict.fromkeys(skills(junior=5), True), NOON - 300 * DAY)
    for place, question in enumerate(catalog().questions):
        answered(question.id, True, NOON - 122 * DAY + place * MINUTE)
    old = offered(Visit("progress"))
    assert old
    assert re.search(r"newest 12[12] days ago: what you have shown fades", old[0])


def test_the_offer_rests_for_a_week_when_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Visit("progress").press("Not this week")
    assert offered(visit) is None
    st.cache_resource.clear()
    assert offered(Visit("progress")) is None, "after a restart too"
    later(monkeypatch, 6 * DAY)
    assert offered(Visit("progress")) is None
    later(monkeypatch, 7 * DAY)
    assert offered(Visit("progress"))


def test_progress_leads_back_to_a_check_under_way_even_when_offers_rest() -> None:
    taken(up_to("mid"), NOON - 20 * MINUTE, most=4)
    held, who = store()
    held.choose(who, {"check_rests_until": (NOON + 5 * DAY).date().isoformat()}, NOON)
    visit = Visit("progress")
    assert offered(visit) == ("Your check waits at question 5: 3 to 10 more, about 2 to 6 minutes.", "Go on")
    assert "Not this week" not in visit.buttons
    assert told(visit.press("Go on"))["done"] == 4


def test_progress_offers_the_six_questions() -> None:
    taken(up_to("junior"), NOON - 3 * DAY)
    practise(("junior", "mid"), NOON - 2 * DAY)
    visit = Visit("progress")
    assert offered(visit) == (
        "Your practice suggests that you are ready for Mid. Six questions can show it.",
        "Answer six questions",
    )
    assert told(visit.press("Answer six questions"))["count"] == "5 more, about 4 minutes"
