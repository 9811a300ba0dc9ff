"""Review: a reader answers a report and hands one file back; its owner sees both sides, and answers the objectives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import miniature
import pytest
from visit import NOON, Visit, broken, catalog, skills, store, with_ticks

from roadmap import export, ui
from roadmap.report import Note, Report
from roadmap.report import review as answers
from roadmap.report.review import Objective, PromptScore, Review, Stance, Verdict
from roadmap.store import Store
from roadmap.ui import acts

TICKED = skills(junior=5, mid=2)
FIRST, SECOND = TICKED[0], TICKED[1]
TODAY = NOON.date()
DESIGN = next(prompt for prompt in catalog().prompts if prompt.rubric)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "now", lambda: NOON)


def sent(**said: Any) -> Report:
    """Ada's report over the real roadmap."""
    facts = {"id": str(uuid4()), "person": "ada is here", "catalog": catalog(), "as_of": TODAY - timedelta(days=2)}
    return miniature.report(TICKED, **{**facts, **said})


def opened(of: Report) -> Visit:
    visit = Visit("review").upload("report_to_answer", {"report.html": export.to_html(of)})
    assert not visit.app.exception
    return visit


def draft(of: Report) -> str:
    """The id under which the widgets of a draft are known."""
    from roadmap.ui import answering

    return answering._drafts()[ui.person(), of.id].id


def say(visit: Visit, of: Report, skill: str, stance: Stance | None) -> Visit:
    """Answer a skill, and draw everything: a click alone draws its stage and the count, which is all a visit sees."""
    visit.app.segmented_control(key=f"stance-{draft(of)}-{skill}").set_value(stance).run()
    return visit.again()


def type_in(visit: Visit, of: Report, kind: str, words: str, about: str = "") -> None:
    visit.app.text_input(key=f"{kind}-{draft(of)}-{about}").set_value(words).run()
    visit.again()


def given() -> list[Review]:
    held, who = store()
    return held.reviews(who, given=True)


# A reader's side


def test_without_a_report_it_says_what_to_ask_for_and_what_one_gets() -> None:
    visit = Visit("review")
    assert "Ask an engineer for the HTML file of their Report page." in visit.words
    assert "Reviews you gave" not in visit.words


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Hello", "it is neither the JSON nor the HTML of a report"),
        (export.to_json(sent()).replace(b"Ada", b"Eve"), "it is altered"),
        (
            export.review_json(answers.make(sent(), id=str(uuid4()), by="Mira", role="mentor", on=TODAY, verdicts=[])),
            "it is a review, not a report",
        ),
    ],
)
def test_a_file_that_is_no_report_gets_its_sentence(data: bytes, reason: str) -> None:
    visit = Visit("review").upload("report_to_answer", {"x.json": data})
    assert not visit.app.exception
    [said] = visit.errors
    assert reason.split()[-1] in said


def test_a_report_shows_what_is_claimed_and_shown_and_every_skill_with_its_note_and_link() -> None:
    of = sent(notes={FIRST: Note(text="Merged <twice>.", link="https://example.org/1")})
    visit = opened(of)
    assert "Ada" in visit.words
    assert "Claims Junior" in visit.words
    assert "Nothing was checked" in visit.words or "Knowledge shown" in visit.words
    assert "Merged &lt;twice&gt;." in visit.html
    assert 'href="https://example.org/1"' in visit.html
    assert len(visit.app.get("button_group")) >= 24 or len(visit.app.segmented_control) >= 24
    assert "0 of 24 answered. 24 skills will go back without an answer." in visit.words


def test_the_widgets_are_named_for_their_skill() -> None:
    visit = opened(sent())
    labels = [control.label for control in visit.app.segmented_control]
    assert labels[0].startswith("Your answer to: ")
    assert len({*labels}) == len(labels)


def test_a_whole_review_is_saved_listed_and_one_file() -> None:
    of = sent()
    visit = opened(of)
    say(visit, of, FIRST, "agree")
    say(visit, of, SECOND, "not-yet")
    say(visit, of, skills(mid=1)[0], "show")
    assert "3 of 24 answered." in visit.words
    type_in(visit, of, "comment", "  The last one leaked.  ", SECOND)
    visit.app.text_area(key=f"all-{draft(of)}-").set_value("Half a year well used.").run()
    type_in(visit, of, "objective", "Lead one design review")
    visit.app.selectbox(key=f"about-{draft(of)}-").set_value(SECOND).run()
    visit.app.date_input(key=f"due-{draft(of)}-").set_value(TODAY + timedelta(days=12)).run()
    visit.press("Add objective")
    assert "Lead one design review" in visit.words
    type_in(visit, of, "objective", "Another one, thought better of")
    visit.press("Add objective")
    visit.app.button(key=[b.key for b in visit.app.button if b.label == "Remove"][-1]).click().run()
    visit.app.selectbox(key=f"prompt-{draft(of)}-").set_value(DESIGN.id).run()
    for place, dimension in enumerate(DESIGN.rubric):
        assert visit.app.segmented_control(key=f"points{place}-{draft(of)}-{DESIGN.id}").label == dimension.title
        visit.app.segmented_control(key=f"points{place}-{draft(of)}-{DESIGN.id}").set_value(3).run()
    type_in(visit, of, "by", "Mira Voss")
    visit.app.segmented_control(key=f"role-{draft(of)}-").set_value("mentor").run()
    visit.press("Save the review")
    assert not visit.app.exception
    [made] = given()
    assert (made.report, made.report_checksum, made.person, made.name) == (of.id, of.checksum, of.person, "Ada")
    assert (made.by, made.role, made.on, made.comment) == ("Mira Voss", "mentor", TODAY, "Half a year well used.")
    assert {verdict.skill: (verdict.stance, verdict.comment) for verdict in made.verdicts} == {
        FIRST: ("agree", ""),
        SECOND: ("not-yet", "The last one leaked."),
        skills(mid=1)[0]: ("show", ""),
    }
    [objective] = made.objectives
    assert (objective.text, objective.skill) == ("Lead one design review", SECOND)
    assert objective.due == TODAY + timedelta(days=12)
    assert made.scores == (PromptScore(prompt=DESIGN.id, points={one.title: 3 for one in DESIGN.rubric}),)
    assert export.read_review("x.json", export.review_json(made)) == made
    assert "Your review is saved. Send this file to Ada" in visit.words
    assert [one.label for one in visit.app.download_button] == ["Download the review", "Download"]
    again = Visit("review", alone=True)
    assert "Reviews you gave" in again.words
    assert "22 November 2026 as mentor: 1 agreed, 1 to show, 1 not yet, 1 objective, 1 prompt scored" in again.words
    assert "Not saved yet" not in again.words


def test_what_was_typed_a_moment_ago_is_in_the_review() -> None:
    of = sent()
    visit = opened(of)
    say(visit, of, FIRST, "show")
    type_in(visit, of, "by", "Mira")
    visit.app.text_input(key=f"comment-{draft(of)}-{FIRST}").set_value("Bring it.")
    visit.app.text_area(key=f"all-{draft(of)}-").set_value("In all.")
    visit.app.text_input(key=f"objective-{draft(of)}-").set_value("Not added by its button")
    visit.press("Save the review")
    [made] = given()
    assert (made.verdicts[0].comment, made.comment) == ("Bring it.", "In all.")
    assert [one.text for one in made.objectives] == ["Not added by its button"]


def test_a_prompt_counts_only_with_points_in_every_dimension() -> None:
    of = sent()
    visit = opened(of)
    visit.app.selectbox(key=f"prompt-{draft(of)}-").set_value(DESIGN.id).run()
    visit.app.segmented_control(key=f"points0-{draft(of)}-{DESIGN.id}").set_value(4).run()
    assert f"It counts with points in {len(DESIGN.rubric) - 1} more dimensions." in visit.words
    type_in(visit, of, "by", "Mira")
    visit.press("Save the review")
    assert given()[0].scores == ()


def test_a_review_needs_a_name() -> None:
    of = sent()
    visit = opened(of)
    save = next(button for button in visit.app.button if button.label == "Save the review")
    assert save.disabled
    assert save.help == "Type your name first: who said what stays visible."
    type_in(visit, of, "by", "  \x07 ")
    visit.press("Save the review")
    assert given() == []
    assert not visit.app.exception


def test_the_rest_is_agreed_with_in_one_confirmed_step() -> None:
    of = sent()
    visit = opened(of)
    say(visit, of, FIRST, "not-yet")
    visit.press("Agree with everything not answered")
    assert "23 skills have no answer from you yet: 6 ticked, 17 not ticked. Agree with what is claimed?" in visit.words
    visit.press("Agree with 23")
    assert "24 of 24 answered." in visit.words
    type_in(visit, of, "by", "Mira")
    visit.press("Save the review")
    assert [verdict.stance for verdict in given()[0].verdicts].count("agree") == 23


def test_a_draft_survives_a_reload_and_the_other_pages_and_is_discarded_only_when_confirmed() -> None:
    of = sent()
    say(opened(of), of, FIRST, "show")
    reloaded = Visit("review", report=of.id)
    assert "1 of 24 answered." in reloaded.words
    visit = Visit("review")
    assert "Not saved yet" in visit.words
    assert "report of 20 November 2026: 1 of 24 answered" in visit.words
    visit.press("Discard")
    assert "1 of 24 answered. What you answered is gone then." in visit.words
    visit.press("Discard the draft")
    assert "Not saved yet" not in visit.words
    gone = Visit("review", report=of.id)
    assert "The draft at this address is no longer here" in gone.words


def test_an_answer_taken_back_is_none() -> None:
    of = sent()
    visit = say(opened(of), of, FIRST, "show")
    say(visit, of, FIRST, None)
    assert "0 of 24 answered." in visit.words


def test_a_later_report_begins_with_the_earlier_answers_and_marks_them() -> None:
    held, who = store()
    first = sent()
    said: dict[str, Stance] = {FIRST: "agree", SECOND: "not-yet"}
    verdicts = [Verdict(skill=skill, stance=stance) for skill, stance in said.items()]
    earlier = answers.make(first, id=str(uuid4()), by="Mira", role="mentor", on=TODAY, verdicts=verdicts)
    held.keep_review(who, earlier, NOON, given=True)
    later = sent(as_of=TODAY + timedelta(days=1))
    visit = opened(later)
    assert "On 22 November 2026 you answered the report of 20 November 2026." in visit.words
    assert visit.words.count("As on 22 November 2026") == 2
    assert visit.app.text_input(key=f"by-{draft(later)}-").value == "Mira"
    assert visit.app.segmented_control(key=f"role-{draft(later)}-").value == "mentor"
    say(visit, later, SECOND, "agree")
    assert visit.words.count("As on 22 November 2026") == 1
    visit.press("Save the review")
    assert [verdict.stance for verdict in given()[1].verdicts] == ["agree", "agree"]
    assert given()[0] == earlier
    somebody = opened(sent(person="eve"))
    assert "you answered the report" not in somebody.words


def test_the_whole_report_is_read_in_place() -> None:
    of = sent()
    visit = opened(of).open("Read the whole report")
    assert export.body(of, top=4) in visit.html


def test_team_hands_a_report_over() -> None:
    of = sent()
    visit = Visit("team").upload("reports", {"x.html": export.to_html(of)})
    visit.press("Answer this report")
    assert [header.value for header in visit.app.header] == ["Review"]
    assert "0 of 24 answered." in visit.words


def test_ones_own_report_is_answered_but_no_prompt_in_it_scored() -> None:
    visit = opened(sent(person=ui.person()))
    assert "This is your own report." in visit.words
    assert "Work on a prompt" not in visit.words


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "**bold** ![](http://x.example/y.png)", "שלום \u202eevil"]
)
def test_words_of_a_report_appear_as_typed(typed: str) -> None:
    visit = opened(sent(name=typed, role=typed, notes={FIRST: Note(text=typed)}))
    assert not visit.app.exception
    assert "<script>" not in visit.html
    assert "![](" not in visit.words


# Its owner's side


def of_mine(held: Store, who: str) -> Report:
    made = sent(person=who)
    held.keep_report(who, made, NOON - timedelta(days=2))
    return made


@pytest.fixture
def mine() -> Report:
    return of_mine(*with_ticks(*TICKED, at=NOON - timedelta(days=9)))


def answer(of: Report, said: Mapping[str, Stance] = {}, **facts: Any) -> Review:
    about: dict[str, Any] = {"id": str(uuid4()), "by": "Mira", "role": "manager", "on": TODAY - timedelta(days=1)}
    verdicts = [Verdict(skill=skill, stance=stance, comment=f"About {stance}.") for skill, stance in said.items()]
    return answers.make(of, **{**about, "verdicts": verdicts, **facts})


def came(visit: Visit, *reviews: Review) -> Visit:
    visit.upload("reviews_came", [(f"{one.id}.json", export.review_json(one)) for one in reviews])
    assert not visit.app.exception
    return visit


def kept() -> list[Review]:
    held, who = store()
    return held.reviews(who, given=False)


def test_before_a_review_came_report_says_how_one_comes(mine: Report) -> None:
    visit = Visit("report")
    assert "When your manager or a mentor answers your report, they send you one file." in visit.words


def test_a_review_that_cannot_be_kept_says_so_and_comes_with_the_next_try(mine: Report) -> None:
    made, visit = answer(mine, {FIRST: "agree"}), Visit("report")
    mend = broken()
    came(visit, made)
    assert visit.errors == [acts.UNANSWERED]
    assert kept() == []
    mend()
    visit.again()
    assert visit.errors == []
    assert kept() == [made]


def test_a_review_is_kept_and_both_sides_stand_beside_each_other_disagreements_first(mine: Report) -> None:
    made = answer(mine, {FIRST: "agree", SECOND: "not-yet", TICKED[2]: "show"}, comment="Well <done>.")
    visit = came(Visit("report"), made)
    assert kept() == [made]
    assert "The review by Mira, manager of 21 November 2026 is here now." in visit.words
    assert visit.words.index("Where you differ: 1 skill") < visit.words.index("To show: 1 skill")
    assert "Well &lt;done&gt;." in visit.html
    assert visit.html.index("About not-yet.") < visit.html.index("About show.") < visit.html.index("About agree.")
    again = came(Visit("report"), made)
    assert "is already here." in again.words
    assert kept() == [made]


def test_a_manager_and_a_mentor_stay_both_visible(mine: Report) -> None:
    manager = answer(mine, {FIRST: "not-yet"})
    mentor = answer(mine, {FIRST: "agree"}, by="Sam", role="mentor", on=TODAY)
    visit = came(Visit("report"), manager, mentor)
    assert "Where you differ: 1 skill" in visit.words
    for said in ("<bdi>Mira</bdi>, manager, 21 November 2026", "<bdi>Sam</bdi>, mentor, 22 November 2026"):
        assert said in visit.html
    assert kept() == [manager, mentor]


def test_a_second_answer_of_a_reader_leaves_the_first_in_the_history(mine: Report) -> None:
    first = answer(mine, {FIRST: "not-yet"}, comment="Not this quarter.")
    second = answer(mine, {FIRST: "agree"}, on=TODAY)
    visit = came(Visit("report"), first, second)
    assert "Where you differ" not in visit.words
    assert "Not this quarter." in visit.html
    assert [one.label for one in visit.app.expander if one.label.startswith("History")] == [
        "History: 1 report, 2 reviews"
    ]


def test_a_review_of_somebody_else_or_a_file_that_is_none_is_refused(mine: Report) -> None:
    other = answer(sent(person="eve"), {FIRST: "agree"})
    visit = Visit("report").upload(
        "reviews_came",
        [("other.json", export.review_json(other)), ("report.json", export.to_json(mine)), ("x.json", b"{")],
    )
    assert not visit.app.exception
    said = "\n".join(visit.errors)
    assert "this review is about somebody else" in said
    assert "it is a report" in said
    assert "its JSON breaks off" in said
    assert kept() == []


def test_another_version_of_a_review_overwrites_nothing(mine: Report) -> None:
    made = answer(mine, {FIRST: "agree"})
    edited = answers.seal(made.model_copy(update={"comment": "Edited."}))
    came(Visit("report"), made)
    visit = came(Visit("report"), edited)
    assert "another version of this review is already here" in "\n".join(visit.errors)
    assert kept() == [made]


def test_a_review_of_a_report_that_was_never_made_here_is_taken_with_a_note(mine: Report) -> None:
    visit = came(Visit("report"), answer(sent(person=ui.person()), {FIRST: "not-yet"}))
    assert "It answers a report that you did not make here." in visit.words
    assert "set beside what you tick today" in visit.words
    assert "Where you differ: 1 skill" in visit.words


def test_a_person_may_hold_the_review_that_they_gave_and_that_came_back(mine: Report) -> None:
    held, who = store()
    made = answer(mine, {FIRST: "agree"})
    assert held.keep_review(who, made, NOON, given=True)
    came(Visit("report"), made)
    assert kept() == given() == [made]


def test_scores_that_a_review_brings_are_checked_evidence(mine: Report) -> None:
    held, who = store()
    made = answer(mine, scores=[PromptScore(prompt=DESIGN.id, points={one.title: 4 for one in DESIGN.rubric})])
    came(Visit("report"), made)
    found = ui.evidence(who, catalog(), ui.day(held.settings(who)), set(TICKED))
    assert found.answers == 1


# Objectives, on Progress


def objective(text: str, days: int | None = None, **facts: Any) -> Objective:
    due = None if days is None else TODAY + timedelta(days=days)
    return Objective(id=str(uuid4()), text=text, due=due, **facts)


@pytest.fixture
def three(mine: Report) -> tuple[Objective, ...]:
    """One overdue, one due later and about a skill, one without a day."""
    held, who = store()
    made = (objective("Without a day"), objective("Due later", 12, skill=FIRST), objective("Overdue", -3))
    held.keep_review(who, answer(mine, objectives=made), NOON - timedelta(days=1), given=False)
    return made


def test_progress_says_what_is_due_when_the_most_urgent_first(three: tuple[Objective, ...]) -> None:
    words = Visit("progress").words
    assert words.index("3 days overdue") < words.index("Due in 12 days") < words.index("No due day")
    assert f"About: {catalog().skills[FIRST].text}" in words
    assert "Set by Mira, 21 November 2026." in words
    assert words.index("The plan to") < words.index("Objectives") < words.index("Overdue")


def test_an_objective_is_accepted_declined_in_words_or_done_and_undone(three: tuple[Objective, ...]) -> None:
    held, who = store()
    without, later, overdue = three
    visit = Visit("progress")
    visit.app.button(key=f"accept-{later.id}").click().run()
    assert "Accepted, due in 12 days." in visit.words
    visit.app.button(key=f"do-words-declined-{without.id}").click().run()
    assert without.id not in held.objective_answers(who), "without a word it is not declined"
    visit.app.text_input(key=f"words-declined-{without.id}").set_value("Not in my team.").run()
    visit.app.button(key=f"do-words-declined-{without.id}").click().run()
    visit.app.text_input(key=f"words-done-{overdue.id}").set_value("Shipped <it>.").run()
    visit.app.button(key=f"do-words-done-{overdue.id}").click().run()
    assert not visit.app.exception
    assert {id: said[-1][1:] for id, said in held.objective_answers(who).items()} == {
        later.id: ("accepted", ""),
        without.id: ("declined", "Not in my team."),
        overdue.id: ("done", "Shipped <it>."),
    }
    assert "2 done or declined" in [one.label for one in visit.app.expander]
    visit.press("Undo the last answer: Overdue")
    assert "3 days overdue" in visit.words
    assert overdue.id not in held.objective_answers(who)


def test_the_next_report_carries_every_objective_and_what_became_of_it(three: tuple[Objective, ...]) -> None:
    held, who = store()
    held.choose(who, {"name": "Ada"}, NOON)
    held.answer_objective(who, three[1].id, "accepted", "Gladly & soon.", NOON)
    visit = Visit("report")
    assert "Objectives, and what became of them" in visit.html
    visit.press("Make report")
    made = held.reports(who)[-1]
    assert [(one.text, one.state, one.words, one.by) for one in made.objectives] == [
        ("Without a day", "open", "", "Mira"),
        ("Due later", "accepted", "Gladly & soon.", "Mira"),
        ("Overdue", "open", "", "Mira"),
    ]
    page = export.to_html(made).decode()
    assert "Gladly &amp; soon." in page
    visit = opened(made)
    assert "Gladly" in visit.words


def test_a_backup_brings_reviews_and_objectives_to_another_place(three: tuple[Objective, ...], tmp_path: Any) -> None:
    held, who = store()
    held.answer_objective(who, three[0].id, "declined", "No.", NOON)
    held.keep_review(who, answer(sent(), {FIRST: "agree"}), NOON, given=True)
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    try:
        them = other.person()
        assert other.restore(them, type(held.backup(who)).loads(held.backup(who).dumps()), NOON)
        for way in (True, False):
            assert other.reviews(them, given=way) == held.reviews(who, given=way)
        assert other.objective_answers(them) == held.objective_answers(who)
        assert other.undo(them, ("restore",), NOON)
        assert other.reviews(them, given=False) == []
        assert other.objective_answers(them) == {}
    finally:
        other.close()


def test_a_review_still_finds_its_owner_after_their_backup_moved_elsewhere(mine: Report, tmp_path: Any) -> None:
    held, who = store()
    backup = held.backup(who)
    held.erase(who)
    assert ui.person() != who
    held.restore(ui.person(), backup, NOON)
    came(Visit("report"), answer(mine, {FIRST: "agree"}))
    assert len(kept()) == 1
