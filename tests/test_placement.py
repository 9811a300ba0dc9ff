"""The placement check as a person takes it: what is asked, when it ends, what it proposes, and when to come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import miniature
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_evidence import GOAL, SEVERAL, TODAY, answered, question, shows, stage

from roadmap import evidence, placement
from roadmap.catalog import Catalog, Question
from roadmap.evidence import Ladder
from roadmap.facts import Answer, Mode
from roadmap.placement import (
    Check,
    Form,
    askable,
    check,
    enough_from,
    is_over,
    last_done,
    next_question,
    proposed,
    worth_from,
    worth_retaking,
)

ROADMAP = miniature.but(
    questions=(
        *(question(id, number=number) for number in (1, 2) for id in miniature.catalog().lines),
        question(*SEVERAL),
    )
)
QUESTIONS = [*ROADMAP.question]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

Knows = Callable[[Question], bool]


def of(moment: datetime) -> date:
    return moment.date()


def asked(answers: Sequence[Answer], form: Form = "placement", now: datetime = NOON, person: str = "ada") -> Check:
    return check(ROADMAP, answers, form, now, of, person)


def answer(id: str, right: bool, at: datetime = NOON, mode: Mode = "placement", seconds: int = 30) -> Answer:
    return Answer(at, id, 2 if right else 0, right, seconds * 1000, mode)


def taken(
    knows: Knows,
    before: Sequence[Answer] = (),
    form: Form = "placement",
    start: datetime = NOON,
    person: str = "ada",
) -> list[Answer]:
    """A whole check, taken question by question, a minute each; gives its answers."""
    log = [*before]
    for minute in range(20):
        now = start + minute * MINUTE
        at = asked(log, form, now, person)
        if at.question is None:
            return log[len(before) :]
        log.append(answer(at.question.id, knows(at.question), now, form))
    raise AssertionError("the check does not end")


def up_to(name: str) -> Knows:
    return lambda question: ROADMAP.rank[question.stage] <= ROADMAP.rank[name]


some_answers = st.lists(
    st.builds(
        lambda minutes, id, right, mode: answer(id, right, NOON - minutes * MINUTE, mode),
        st.integers(0, 60 * 24 * 60),
        st.sampled_from(QUESTIONS),
        st.booleans(),
        st.sampled_from(["quiz", "placement", "readiness"]),
    ),
    max_size=30,
).map(lambda answers: sorted(answers, key=lambda answer: answer.at))
some_form = st.sampled_from(["placement", "readiness"])


# Which question


@settings(max_examples=40)
@given(some_answers, some_form)
def test_the_same_facts_give_the_same_question_so_that_a_check_resumes(answers: list[Answer], form: Form) -> None:
    now = asked(answers, form)
    assert asked(answers, form) == now
    assert asked(answers, form, NOON + timedelta(hours=11)).answers in (now.answers, ())


@settings(max_examples=40)
@given(some_answers, some_form)
def test_no_question_comes_back_within_30_days(answers: list[Answer], form: Form) -> None:
    now = asked(answers, form)
    recent = {answer.question for answer in answers if (TODAY - of(answer.at)).days < 30}
    if now.question:
        assert now.question.id not in recent
    assert not recent & {question.id for question in askable(ROADMAP, answers, TODAY, of)}


def test_a_question_may_come_back_on_the_thirtieth_day() -> None:
    for days, back in ((29, False), (30, True)):
        seen = [answer(QUESTIONS[0], True, NOON - timedelta(days=days), "quiz")]
        assert (ROADMAP.questions[0] in askable(ROADMAP, seen, TODAY, of)) is back


def test_questions_about_goals_alone_are_not_asked() -> None:
    about_goals = [question for question in ROADMAP.questions if question.skills == (GOAL,)]
    assert about_goals
    assert not {*about_goals} & {*askable(ROADMAP, (), TODAY, of)}
    assert next_question(ROADMAP, np.zeros(24), about_goals, Random(1)) is None


def test_two_people_get_different_questions() -> None:
    checks = {
        tuple(answer.question for answer in taken(up_to("mid"), person=person))
        for person in ("ada", "grace", "barbara", "edsger", "alan")
    }
    assert len(checks) == 5


def test_the_next_question_is_one_of_the_four_that_leave_the_level_least_uncertain() -> None:
    """Worked out here from the posterior alone: the entropy after right and wrong, weighed by how likely each is."""
    moved = np.random.default_rng(4).uniform(-1.8, 0.8, 24)
    ladder = Ladder(ROADMAP)

    def entropy(moved: np.ndarray) -> float:
        at_least = [1.0, *ladder.posterior(moved[None, :]).at_least[0], 0.0]
        levels = -np.diff(at_least)
        return float(-(levels * np.log2(levels)).sum())

    held = ladder.posterior(moved[None, :]).held[0]
    left = {}
    for place, id in enumerate(ROADMAP.skills):
        step = np.eye(24)[place]
        right = 0.9 * held[place] + 0.5 * (1 - held[place])
        left[id] = right * entropy(moved + np.log(0.9 / 0.5) * step) + (1 - right) * entropy(
            moved + np.log(0.1 / 0.5) * step
        )
    best = sorted(left, key=left.__getitem__)[:4]
    single = [question for question in ROADMAP.questions if len(question.skills) == 1]
    chosen = {next_question(ROADMAP, moved, [q for q in single if q.skills[0] in left], Random(n)) for n in range(60)}
    assert {question.skills[0] for question in chosen if question} == {*best}
    assert len(chosen) == 8  # and both questions about each


def test_without_a_question_left_the_check_is_done() -> None:
    all_seen = [answer(id, True, NOON - timedelta(days=3), "quiz") for id in QUESTIONS]
    assert asked(all_seen) == Check("placement", (), None)


# When it ends


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(0, 1))
def test_a_check_has_8_to_15_questions_all_different(chance: Random, share: float) -> None:
    answers = taken(lambda _: chance.random() < share)
    assert 8 <= len(answers) <= 15
    assert len({answer.question for answer in answers}) == len(answers)
    assert is_over(ROADMAP, answers, "placement", of)
    assert not any(is_over(ROADMAP, answers[:asked], "placement", of) for asked in range(len(answers)))


def test_it_stops_once_two_neighbouring_stages_hold_80_percent() -> None:
    def most(answers: Sequence[Answer]) -> float:
        found = shows(evidence.events(ROADMAP, answers, (), (), of))
        at_least = [1.0, *found.probability.values(), 0.0]
        levels = -np.diff(at_least)
        return float(max(levels[1:] + levels[:-1]))

    for name in ("junior", "mid", "senior", "beyond"):
        answers = taken(up_to(name))
        assert len(answers) == 15 or most(answers) >= 0.8
        assert all(most(answers[:asked]) < 0.8 for asked in range(8, len(answers)))


def test_a_steady_person_is_placed_where_they_stand() -> None:
    for name in ("junior", "mid", "senior", "architect", "beyond"):
        for person in ("ada", "grace", "alan"):
            found = shows_check(taken(up_to(name), person=person))
            assert found in (ROADMAP.rank[name] - 1, ROADMAP.rank[name], ROADMAP.rank[name] + 1)


def shows_check(answers: Sequence[Answer]) -> int:
    likely = shows(evidence.events(ROADMAP, answers, (), (), of)).likely
    return ROADMAP.rank[likely] if likely else 0


def test_the_six_questions_about_the_next_stage_are_six() -> None:
    answers = taken(up_to("mid"), form="readiness")
    assert len(answers) == 6
    assert asked(answers, "readiness", NOON + 6 * MINUTE).question is None


def test_a_check_rests_on_its_own_answers_alone() -> None:
    drilled = [answer(id, False, NOON - timedelta(days=200), "quiz") for id in QUESTIONS]
    assert asked(drilled).answers == ()
    short = taken(up_to("mid"), form="readiness")
    assert asked(short, "placement", NOON + 6 * MINUTE).answers == ()


# How it resumes


def test_a_check_that_is_left_goes_on_within_a_day_and_begins_anew_after() -> None:
    begun = [answer(QUESTIONS[0], True, NOON), answer(QUESTIONS[1], False, NOON + MINUTE)]
    last = begun[-1].at
    assert asked(begun, now=last + timedelta(days=1)).answers == tuple(begun)
    assert asked(begun, now=last + timedelta(days=1, seconds=1)).answers == ()


def test_answers_in_drill_do_not_disturb_it() -> None:
    begun = [answer(QUESTIONS[0], True), answer(QUESTIONS[1], False, NOON + MINUTE, "quiz")]
    assert asked(begun, now=NOON + 2 * MINUTE).answers == (begun[0],)


def test_a_check_that_ended_stays_to_be_read_and_the_next_answer_begins_another() -> None:
    whole = taken(up_to("mid"))
    ended = asked(whole, now=NOON + timedelta(hours=3))
    assert (ended.answers, ended.question) == (tuple(whole), None)
    again = asked(whole, now=NOON + timedelta(days=2))
    assert again.answers == ()
    assert again.question is not None
    anew = answer(again.question.id, True, NOON + timedelta(hours=4))
    assert asked([*whole, anew], now=NOON + timedelta(hours=4)).answers == (anew,)


def test_questions_that_left_the_roadmap_are_not_counted() -> None:
    gone = [answer("q.gone", True, NOON + n * MINUTE) for n in range(20)]
    assert asked(gone, now=NOON + 21 * MINUTE).answers == ()


def test_the_last_check_that_ended_is_kept_apart_from_those_that_were_left() -> None:
    def last(answers: Sequence[Answer], form: Form = "placement") -> tuple[Answer, ...]:
        return last_done(ROADMAP, answers, form, of)

    first = taken(up_to("junior"), start=NOON - timedelta(days=90))
    second = taken(up_to("mid"), first, start=NOON - timedelta(days=40))
    left = [answer(QUESTIONS[5], True, NOON - timedelta(days=2)), answer(QUESTIONS[6], True)]
    assert last([]) == last(left) == ()
    assert last([*first, *left]) == tuple(first)
    assert last([*first, *second, *left]) == tuple(second)
    assert last([*first, *second], "readiness") == ()
    at_once = taken(up_to("mid"), second, form="readiness", start=NOON - timedelta(days=40))
    assert last([*second, *at_once], "readiness") == tuple(at_once)


def test_two_checks_of_one_day_are_two() -> None:
    whole = taken(up_to("mid"))
    anew = answer(next(id for id in QUESTIONS if id not in {one.question for one in whole}), True, NOON + MINUTE * 60)
    assert last_done(ROADMAP, [*whole, anew], "placement", of) == tuple(whole)
    assert asked([*whole, anew], now=NOON + MINUTE * 61).answers == (anew,)


# How long it still takes


def test_what_is_left_is_said_as_a_range() -> None:
    begun = asked([])
    assert (begun.left, begun.minutes_left) == ((8, 15), (6, 11))
    ten = taken(up_to("mid"))[:7]
    assert asked(ten, now=NOON + 7 * MINUTE).left == (1, 8)
    slow = [answer(QUESTIONS[n], True, NOON + n * MINUTE, seconds=120) for n in range(3)]
    at = asked(slow, now=NOON + 3 * MINUTE)
    assert (at.left, at.minutes_left) == ((5, 12), (10, 24))
    short = asked([], "readiness")
    assert (short.left, short.minutes_left) == ((6, 6), (4, 4))


def test_of_a_check_that_is_done_nothing_is_left() -> None:
    ended = asked(taken(up_to("mid")), now=NOON + timedelta(hours=1))
    assert (ended.left, ended.minutes_left) == ((0, 0), (0, 0))


@settings(max_examples=30)
@given(some_answers, some_form)
def test_at_least_one_question_is_left_while_one_is_asked(answers: list[Answer], form: Form) -> None:
    now = asked(answers, form)
    least, most = now.left
    assert (least >= 1) == (now.question is not None)
    assert least <= most


# What it proposes


def test_the_skills_that_the_evidence_supports_are_proposed_in_the_roadmaps_order() -> None:
    junior, mid = stage("junior", 1, 2, 3, 4, 5), stage("mid", 1, 2, 3, 4, 5)
    found = shows(answered(*mid, *junior, times=2))
    all_of_them = proposed(ROADMAP, (), found)
    assert all_of_them[:10] == (*junior, *mid)
    assert [id for id in ROADMAP.skills if found.skills[id].probability >= 0.8] == [*all_of_them]
    assert proposed(ROADMAP, {*junior, GOAL}, found) == tuple(id for id in all_of_them if id not in junior)
    assert proposed(ROADMAP, all_of_them, found) == ()


def test_too_few_answers_propose_nothing() -> None:
    few = shows(answered(*stage("junior", 1, 2, 3, 4)))
    assert any(skill.probability >= 0.8 for skill in few.skills.values())
    assert proposed(ROADMAP, (), few) == ()


# When another is worth it


@pytest.mark.parametrize(("days", "worth"), [(None, True), (0, False), (29, False), (30, True)])
def test_a_check_is_worth_retaking_30_days_after_the_last(days: int | None, worth: bool) -> None:
    last = None if days is None else TODAY - timedelta(days=days)
    assert worth_retaking(shows([]), last, TODAY) is worth


def test_it_is_not_worth_retaking_while_the_evidence_is_fresh_and_says_one_stage() -> None:
    found = shows(answered(*stage("junior", 1, 2, 3, 4, 5), times=3))
    settled, wide = found._replace(low="mid", high="mid"), found._replace(low="junior", high="senior")
    long_ago = TODAY - timedelta(days=40)
    assert not worth_retaking(settled, long_ago, TODAY)
    assert worth_retaking(wide, long_ago, TODAY)
    assert worth_retaking(settled._replace(effective=7.9), long_ago, TODAY)


def test_the_day_from_which_it_is_worth_retaking_is_when_what_is_known_has_faded_or_is_old() -> None:
    found = shows(answered(*stage("junior", 1, 2, 3, 4, 5), times=3))._replace(low="mid", high="mid", newest=TODAY)
    long_ago, yesterday = TODAY - timedelta(days=40), TODAY - timedelta(days=1)
    assert worth_from(found._replace(effective=16.0), long_ago, TODAY) == TODAY + timedelta(days=121)
    assert worth_from(found._replace(effective=9.0), long_ago, TODAY) == TODAY + timedelta(days=21)
    assert worth_from(found._replace(effective=9.0), yesterday, TODAY) == TODAY + timedelta(days=29)
    assert worth_from(found._replace(effective=99.0), long_ago, TODAY) == TODAY + timedelta(days=121)
    old = found._replace(effective=99.0, newest=TODAY - timedelta(days=121))
    assert worth_from(old, TODAY - timedelta(days=200), TODAY) == TODAY


@given(st.floats(0, 60), st.none() | st.integers(0, 200), st.integers(0, 200), st.booleans())
def test_worth_retaking_is_having_reached_that_day_and_the_day_is_never_past(
    effective: float, last_ago: int | None, newest_ago: int, one_stage: bool
) -> None:
    last = None if last_ago is None else TODAY - timedelta(days=last_ago)
    found = shows(answered(*stage("junior", 1, 2, 3, 4, 5), times=3))._replace(
        effective=effective, newest=TODAY - timedelta(days=newest_ago), low="mid", high="mid" if one_stage else "senior"
    )
    day = worth_from(found, last, TODAY)
    assert day >= TODAY
    assert (day == TODAY) == worth_retaking(found, last, TODAY)
    if day > TODAY:
        faded = effective / 2 ** ((day - TODAY).days / evidence.HALF_LIFE)
        old = (day - (found.newest or day)).days > evidence.FORGOTTEN
        rested = last is not None and (day - last).days == evidence.REVEALED
        assert faded < placement.SHORTEST or old or rested


def test_a_check_waits_until_enough_questions_have_rested() -> None:
    def enough(answers: Sequence[Answer], form: Form = "placement", roadmap: Catalog = ROADMAP) -> date | None:
        return enough_from(roadmap, answers, form, TODAY, of)

    about_skills = [question.id for question in askable(ROADMAP, (), TODAY, of)]
    assert enough([]) == TODAY
    seen = [
        answer(id, True, NOON - timedelta(days=20 if place < 6 else 10), "quiz")
        for place, id in enumerate(about_skills)
    ]
    assert enough(seen) == TODAY + timedelta(days=20)
    assert enough(seen, "readiness") == TODAY + timedelta(days=10)
    assert enough(seen[8:]) == TODAY
    few = miniature.but(questions=ROADMAP.questions[:9])
    assert enough([], roadmap=few) is None
    assert enough([], "readiness", few) == TODAY


def test_the_whole_check_is_eight_to_fifteen_and_about_ten_minutes() -> None:
    assert (placement.SHORTEST, placement.LONGEST, placement.SHORT) == (8, 15, 6)
