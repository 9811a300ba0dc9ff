"""What answers show: the properties that the model promises, the exact arithmetic behind it, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random

import miniature
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import by_counts

from roadmap import evidence, export, levels
from roadmap.catalog import Catalog, Option, Question, Reading
from roadmap.evidence import Event, Evidence, Kind, Ladder, beside, counted, differs, events, judge, log_odds
from roadmap.facts import Answer, Grade, Recall, Score

GOAL = "junior.goal-1"
SEVERAL = ("junior.skill-1", "junior.skill-2")


def question(*lines: str, number: int = 1) -> Question:
    line = miniature.catalog().lines[lines[0]]
    return Question(
        id=f"q.{lines[0]}.{number}" if len(lines) == 1 else "q.several",
        stage=line.stage,
        category=line.categories[0],
        skills=lines,
        card="junior.skill-1.card",
        sources=("handbook",),
        verified="run",
        question="What follows?",
        options=tuple(Option(text=f"Outcome {n}", why="So it is.", right=n == 2) for n in range(4)),
        proof="It was run.",
    )


ROADMAP = miniature.but(
    questions=(
        *(question(id, number=number) for number in (1, 2, 3, 4) for id in miniature.catalog().lines),
        question(*SEVERAL),
    ),
    prompts=(Reading(id="dp-design", title="A design prompt", skills=SEVERAL, text="Design it."),),
)
SKILLS = [*ROADMAP.skills]
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def of(moment: datetime) -> date:
    return moment.date()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def answered(*skills: str, right: bool = True, days: int = 0, times: int = 1, kind: Kind = "quiz") -> list[Event]:
    """Answers to different questions about each of these skills."""
    return [
        Event(ago(days), f"{skill} {right} {days} {number}", kind, right, (skill,))
        for skill in skills
        for number in range(times)
    ]


def shows(events: Sequence[Event], ticks: set[str] | frozenset[str] = frozenset(), on: date = TODAY) -> Evidence:
    return judge(ROADMAP, ticks, events, on)


def stage(name: str, *places: int) -> list[str]:
    return [f"{name}.skill-{place}" for place in places]


# An item asks about the same skills whenever it is met, here one to three that its number decides.
def item(number: int, kind: Kind, right: bool, days: int) -> Event:
    some = Random(f"{kind} {number}").sample(SKILLS, 1 + number % 3)
    return Event(ago(days), f"item-{number}", kind, right, tuple(some))


some_days = st.integers(0, 400)
some_kind = st.sampled_from(["quiz", "open", "recall"])
some_event = st.builds(item, st.integers(0, 60), some_kind, st.booleans(), some_days)
some_events = st.lists(some_event, max_size=60)
some_ticks = st.frozensets(st.sampled_from([*ROADMAP.lines]))


# The properties


@given(some_events, some_ticks, some_ticks)
def test_evidence_judged_once_says_the_same_beside_any_ticks(
    events: list[Event], ticks: frozenset[str], others: frozenset[str]
) -> None:
    assert beside(ROADMAP, shows(events, others), ticks) == shows(events, ticks)


@given(some_events, st.builds(item, st.integers(0, 60), some_kind, st.just(True), some_days))
def test_one_more_right_answer_or_passed_card_never_lowers_any_probability(events: list[Event], more: Event) -> None:
    before, after = shows(events), shows([*events, more])
    assert all(after.probability[stage] >= before.probability[stage] - 1e-12 for stage in before.probability)
    assert all(after.skills[id].probability >= before.skills[id].probability - 1e-12 for id in SKILLS)


@given(some_events, st.builds(item, st.integers(0, 60), st.just("recall"), st.just(False), some_days), some_ticks)
def test_again_changes_nothing_so_that_honest_grading_costs_nothing(
    events: list[Event], again: Event, ticks: frozenset[str]
) -> None:
    assert shows([*events, again], ticks) == shows(events, ticks)


@given(
    st.lists(
        st.builds(
            lambda days, item, kind, right, skills: Event(ago(days), item, kind, right, tuple(skills)),
            st.integers(0, 3),
            st.sampled_from("abc"),
            some_kind,
            st.booleans(),
            st.lists(st.sampled_from([*SKILLS[:3], "retired.skill"]), max_size=3, unique=True),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_events_is_irrelevant(events: list[Event], chance: Random) -> None:
    """Down to the last bit and the order of the audit trail, also for two attempts at one item in a day."""
    shuffled = [*events]
    chance.shuffle(shuffled)
    assert shows(shuffled) == shows(events)


@given(some_events, some_ticks, st.randoms(use_true_random=False))
def test_replaying_the_log_reproduces_the_report_byte_for_byte(
    events: list[Event], ticks: frozenset[str], chance: Random
) -> None:
    shuffled = [*events]
    chance.shuffle(shuffled)
    made = [miniature.report(ticks, catalog=ROADMAP, events=log) for log in (events, shuffled)]
    one, other = (export.to_json(report) for report in made)
    assert one == other
    again = export.read("report.json", one)
    assert again.shown == made[0].shown
    assert again.evidence.probability == made[0].evidence.probability


@given(st.lists(st.builds(item, st.integers(0, 60), st.just("recall"), st.booleans(), some_days), max_size=60))
def test_self_grades_alone_leave_the_posterior_untouched(recalls: list[Event]) -> None:
    assert shows(recalls).probability == shows([]).probability
    assert shows(recalls).status == "not enough evidence"
    assert shows(recalls).level is None


@given(some_events, st.integers(0, 60), st.sampled_from(["quiz", "open"]), st.lists(some_days, min_size=2, max_size=5))
def test_repeating_an_item_counts_once(events: list[Event], number: int, kind: Kind, days: list[int]) -> None:
    others = [event for event in events if (event.item, event.kind) != (f"item-{number}", kind)]
    repeated = [item(number, kind, True, day) for day in days]
    assert shows([*others, *repeated]) == shows([*others, item(number, kind, True, min(days))])


@given(some_events, some_ticks)
def test_evidence_fades_to_nothing_shown(events: list[Event], ticks: frozenset[str]) -> None:
    now = shows(events, ticks)
    later = [shows(events, ticks, TODAY + timedelta(days=days)) for days in (30, 120, 365, 3000)]
    faded = [now.effective, *(one.effective for one in later)]
    assert faded == sorted(faded, reverse=True)
    assert later[1].effective == pytest.approx(now.effective / 2)
    assert (later[-1].level, later[-1].status) == (None, "not enough evidence")
    assert later[-1].probability == pytest.approx(shows([]).probability, abs=1e-3)


@given(some_events, some_ticks)
def test_what_is_shown_fits_together(events: list[Event], ticks: frozenset[str]) -> None:
    found = shows(events, ticks)
    at_least = [*found.probability.values()]
    assert at_least == sorted(at_least, reverse=True)
    assert all(0 < p < 1 for p in [*at_least, *(skill.probability for skill in found.skills.values())])
    rank = {None: 0, **ROADMAP.rank}
    assert rank[found.low] <= rank[found.likely] <= rank[found.high]
    assert rank[found.level] <= rank[found.likely]
    assert found.enough == (found.effective >= 5)
    assert found.rusty == tuple(id for id in SKILLS if found.skills[id].rusty)


# The arithmetic


SMALL = miniature.changed(
    stages=tuple(
        of_all.model_copy(update={"skills": of_all.skills[:size]})
        for of_all, size in zip(miniature.catalog().stages, (3, 2, 4, 1), strict=False)
    )
)


@given(st.lists(st.floats(-3, 3), min_size=10, max_size=10))
def test_the_posterior_is_exactly_that_of_every_held_and_not_held(moved: list[float]) -> None:
    """Against brute force: 5 places on a ladder of 10 skills, and each of the 1,024 sets of skills that may be held."""
    sets = np.array([*product((False, True), repeat=10)])
    ids = [*SMALL.skills]
    reached = np.array([_rank(SMALL, {id for id, has in zip(ids, one, strict=True) if has}) for one in sets])
    weights = np.zeros(len(sets))
    places = np.zeros(5)
    for place, prior in enumerate((0.13, 0.19, 0.25, 0.23, 0.14)):
        above = [SMALL.rank[skill.stage] - place for skill in SMALL.skills.values()]
        held = np.array([0.95 if up < 0 else {0: 0.75, 1: 0.25, 2: 0.05}.get(up, 0.03) for up in above])
        of_place = prior * np.prod(np.where(sets, held * np.exp(moved), 1 - held), axis=1)
        weights += of_place
        places[place] = of_place.sum()
    found = Ladder(SMALL).posterior(np.array([moved]))
    total = weights.sum()
    assert found.place[0] == pytest.approx(places / total)
    assert found.held[0] == pytest.approx(weights @ sets / total)
    assert found.at_least[0] == pytest.approx([weights[reached >= stage].sum() / total for stage in (1, 2, 3, 4)])


def _rank(catalog: Catalog, ticks: set[str]) -> int:
    level = levels.standing(catalog, ticks).level
    return catalog.rank[level] if level else 0


def test_many_cases_at_once_are_each_as_alone() -> None:
    moved = np.random.default_rng(1).uniform(-3, 3, (7, len(SKILLS)))
    ladder = Ladder(ROADMAP)
    together = ladder.posterior(moved)
    for row in range(7):
        for all_cases, alone in zip(together, ladder.posterior(moved[row : row + 1]), strict=True):
            assert all_cases[row] == pytest.approx(alone[0])


def test_nothing_answered_is_the_prior_of_everyone() -> None:
    found = Ladder(ROADMAP).posterior(np.zeros((1, len(SKILLS))))
    assert found.place[0] == pytest.approx([0.13, 0.19, 0.25, 0.23, 0.14, 0.06])


def test_each_outcome_moves_the_odds_as_written() -> None:
    def moved(kind: Kind, right: bool) -> float:
        return float(
            log_odds(ROADMAP, counted(ROADMAP, answered(SKILLS[0], right=right, kind=kind), TODAY), faded=True)[0]
        )

    assert moved("quiz", True) == pytest.approx(0.59, abs=0.005)
    assert moved("quiz", False) == pytest.approx(-1.61, abs=0.005)
    assert moved("open", True) == pytest.approx(1.73, abs=0.005)
    assert moved("open", False) == pytest.approx(-1.73, abs=0.005)
    assert moved("recall", True) == 0  # nothing on its own
    kept = counted(ROADMAP, answered(SKILLS[0]) + answered(SKILLS[0], kind="recall", times=3), TODAY)
    assert log_odds(ROADMAP, kept, faded=True)[0] == pytest.approx(1.5 * evidence.LOG_ODDS["quiz", True])


def test_recalls_never_soften_what_answers_contradict() -> None:
    wrong = answered("junior.skill-1", right=False, times=2)
    drilled = answered("junior.skill-1", kind="recall", times=3)
    assert shows(wrong + drilled).probability == shows(wrong).probability


def test_an_item_about_several_skills_splits_its_weight() -> None:
    several = Event(TODAY, "q", "quiz", True, (*SEVERAL, "retired.skill"))
    kept = counted(ROADMAP, [several], TODAY)
    assert [(one.skill, one.share, one.weight) for one in kept] == [(skill, 0.5, 0.5) for skill in SEVERAL]
    assert log_odds(ROADMAP, kept, faded=True)[:3] == pytest.approx([0.294, 0.294, 0], abs=0.001)
    found = shows([several])
    assert (found.answers, found.effective) == (1, 1)


def test_an_answer_loses_half_its_weight_in_120_days() -> None:
    kept = counted(ROADMAP, answered(SKILLS[0], days=120) + answered(SKILLS[1], days=240), TODAY)
    assert [one.weight for one in kept] == pytest.approx([0.5, 0.25])
    assert [one.share for one in kept] == [1, 1]


def test_of_a_skill_and_kind_the_latest_three_count() -> None:
    old = answered(SKILLS[0], right=False, days=90, times=3)
    new = answered(SKILLS[0], days=1, times=2)
    typed = answered(SKILLS[0], days=100, kind="open")
    kept = counted(ROADMAP, old + new + typed, TODAY)
    assert [(one.event.kind, one.event.right) for one in kept] == [("quiz", True)] * 2 + [
        ("quiz", False),
        ("open", True),
    ]
    halves = [Event(ago(1), f"half {n}", "quiz", True, SEVERAL) for n in range(7)]
    whole = answered(SEVERAL[0], days=2)
    kept = counted(ROADMAP, halves + whole, TODAY)
    of_first = [one.share for one in kept if one.skill == SEVERAL[0]]
    assert of_first == [0.5] * 6
    assert sum(one.share for one in kept) == 6
    kept = counted(ROADMAP, halves[:5] + whole, TODAY)
    assert [one.share for one in kept if one.skill == SEVERAL[0]] == [0.5] * 6  # the last one is cut to what is left


def test_the_last_outcome_of_an_item_counts() -> None:
    wrong_then_right = [Event(ago(9), "q", "quiz", False, (SKILLS[0],)), Event(ago(2), "q", "quiz", True, (SKILLS[0],))]
    assert [one.event.right for one in counted(ROADMAP, wrong_then_right, TODAY)] == [True]


# Which facts are evidence


def answer(id: str, days: int, right: bool = True) -> Answer:
    return Answer(NOON - timedelta(days=days), id, 2 if right else 0, right, 900)


Q = "q.junior.skill-1.1"


@pytest.mark.parametrize(
    ("days", "count"),
    [
        ([40, 0], [40, 0]),  # 40 days apart
        ([30, 0], [30, 0]),
        ([29, 0], [29]),
        ([0, 0], [0]),
        ([60, 40, 20, 0], [60]),  # each shows the key again
        ([60, 40, 10], [60, 10]),
    ],
)
def test_an_answer_within_30_days_of_seeing_its_key_does_not_count(days: list[int], count: list[int]) -> None:
    found = events(ROADMAP, [answer(Q, day) for day in days], (), (), of)
    assert [event.on for event in found] == [ago(day) for day in count]


def test_another_question_about_the_same_skill_does() -> None:
    found = events(ROADMAP, [answer(Q, 1), answer("q.junior.skill-1.2", 1, right=False)], (), (), of)
    assert [(event.item, event.right, event.skills) for event in found] == [
        (Q, True, ("junior.skill-1",)),
        ("q.junior.skill-1.2", False, ("junior.skill-1",)),
    ]


def test_of_each_card_the_newest_recall_that_was_passed_is_told() -> None:
    def recall(card: str, grade: Grade, days: int) -> Recall:
        return Recall(NOON - timedelta(days=days), f"{card}.card", grade, None, "{}", 900)

    grades = zip(("junior.skill-1", "junior.skill-2", "mid.skill-1", "mid.skill-2"), Grade, strict=True)
    recalls = [recall(card, grade, 3) for card, grade in grades]
    again = [recall("mid.skill-1", Grade.hard, 2), recall("mid.skill-1", Grade.again, 1)]
    assert events(ROADMAP, (), [*recalls, *again], (), of) == (
        Event(ago(3), "junior.skill-2.card", "recall", True, ("junior.skill-2",)),
        Event(ago(2), "mid.skill-1.card", "recall", True, ("mid.skill-1",)),
        Event(ago(3), "mid.skill-2.card", "recall", True, ("mid.skill-2",)),
    )


@pytest.mark.parametrize(
    ("points", "by", "kind", "right"),
    [
        ({"scope": 4, "data": 4}, "Grace", "open", True),
        ({"scope": 3, "data": 2}, "Grace", "open", True),  # 5 of 8 points
        ({"scope": 2, "data": 2}, "Grace", "open", False),
        ({"scope": 4, "data": 4}, "", "recall", True),  # by oneself: it corroborates
        ({"scope": 1, "data": 0}, "", "recall", False),
    ],
)
def test_work_on_a_prompt_is_checked_where_another_person_scored_it(
    points: dict[str, int], by: str, kind: Kind, right: bool
) -> None:
    (found,) = events(ROADMAP, (), (), [Score(NOON, "dp-design", points, by)], of)
    assert found == Event(TODAY, "dp-design", kind, right, SEVERAL)


def test_what_the_roadmap_no_longer_has_is_no_evidence() -> None:
    gone = Recall(NOON, "gone.card", Grade.easy, None, "{}", 900)
    assert events(ROADMAP, [answer("q.gone", 0)], [gone], [Score(NOON, "gone", {"scope": 4}, "Grace")], of) == ()


def test_a_persons_own_date_decides_the_day() -> None:
    late = Answer(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), Q, 2, True, 900)
    (found,) = events(ROADMAP, [late], (), (), lambda moment: (moment + timedelta(hours=1)).date())
    assert found.on == date(2026, 11, 23)


# What is shown


JUNIOR = stage("junior", 1, 2, 3, 4, 5)
MID = stage("mid", 1, 2, 3, 4, 5)
SENIOR = stage("senior", 1, 2, 3, 4, 5)


def test_below_five_checked_answers_nothing_is_shown() -> None:
    four = shows(answered(*JUNIOR[:4]))
    assert (four.level, four.status, four.answers) == (None, "not enough evidence", 4)
    assert shows(answered(*JUNIOR)).enough
    assert not shows(answered(*JUNIOR, days=1)).enough  # five that have faded a little are no longer five


def test_the_level_shown_is_the_one_that_right_answers_reach() -> None:
    assert shows(answered(*JUNIOR, times=3)).level == "junior"
    assert shows(answered(*JUNIOR, *MID, times=3)).level == "mid"
    assert shows(answered(*MID, *SENIOR, times=3)).level == "senior"  # who can do these is taken to hold the lower ones
    assert shows(answered(*JUNIOR, *MID, *SENIOR, right=False)).level is None


@given(some_events)
def test_a_stage_is_shown_only_with_right_answers_at_it_or_above(events: list[Event]) -> None:
    found = shows(events)
    if found.level:
        above = [
            one for one in found.counted if ROADMAP.rank[ROADMAP.skills[one.skill].stage] >= ROADMAP.rank[found.level]
        ]
        assert sum(one.weight for one in above if one.event.right and one.event.kind != "recall") >= 1.5
        assert found.probability[found.level] >= 0.8


@pytest.mark.parametrize(
    ("counts", "events", "status"),
    [
        ((5, 0, 0, 0, 0), answered(*JUNIOR[:4]), "not enough evidence"),
        ((5, 5, 0, 0, 0), answered(*JUNIOR, *MID, times=3), "confirmed"),
        ((5, 0, 0, 0, 0), answered(*JUNIOR, *MID, times=3), "stronger than claimed"),
        ((5, 5, 5, 0, 0), answered(*JUNIOR, *MID, times=2), "partly confirmed"),
        ((5, 5, 5, 0, 0), answered(*JUNIOR, times=2) + answered(*SENIOR, right=False, times=2), "not supported"),
        ((0, 0, 0, 0, 0), answered(*JUNIOR, right=False, times=2), "confirmed"),
    ],
)
def test_one_word_says_how_claim_and_evidence_stand(counts: tuple[int, ...], events: list[Event], status: str) -> None:
    assert shows(events, by_counts(*counts)).status == status


def test_what_is_claimed_never_moves_what_is_shown() -> None:
    checked = answered(*JUNIOR, *MID, times=2) + answered(*SENIOR, right=False)
    by_claim = [shows(checked, by_counts(*counts)) for counts in ((0, 0, 0, 0, 0), (5, 5, 5, 5, 4))]
    assert by_claim[0].probability == by_claim[1].probability
    assert by_claim[0].level == by_claim[1].level


# Skills


def test_a_skill_is_in_one_of_five_states() -> None:
    right, wrong = answered(*stage("junior", 1, 2), times=3), answered(*stage("mid", 1, 2), right=False, times=3)
    found = shows(right + wrong, {"junior.skill-1", "mid.skill-1", "senior.skill-1"})
    states = {id: skill.state for id, skill in found.skills.items()}
    assert states["junior.skill-1"] == "confirmed"
    assert states["junior.skill-2"] == "shown"
    assert states["mid.skill-1"] == "contradicted"
    assert states["mid.skill-2"] == "open"
    assert states["senior.skill-1"] == "claimed"
    assert states["senior.skill-2"] == "open"


def test_one_answer_is_too_few_to_say_anything_of_a_skill() -> None:
    found = shows(answered(*SENIOR, *MID, times=3) + answered("junior.skill-1", kind="open"), set(JUNIOR))
    assert found.skills["junior.skill-1"].probability >= 0.8
    assert [found.skills[id].state for id in JUNIOR] == ["claimed"] * 5
    assert [found.skills[id].checked for id in JUNIOR] == [1, 0, 0, 0, 0]


def test_a_held_skill_is_rusty_once_its_evidence_has_faded() -> None:
    checked = answered(*JUNIOR, times=3)
    days = {days: shows(checked, on=TODAY + timedelta(days=days)).rusty for days in (0, 120, 121, 900)}
    assert days[0] == ()
    assert days[121] == days[900] == tuple(JUNIOR)
    never_held = shows(answered(*JUNIOR, right=False, times=3), on=TODAY + timedelta(days=300))
    assert never_held.rusty == ()
    asked_once = shows(answered(*JUNIOR), on=TODAY + timedelta(days=300))
    assert asked_once.rusty == ()


def test_practice_does_not_make_a_skill_fresh_but_an_answer_does() -> None:
    later = TODAY + timedelta(days=200)
    old = answered(*JUNIOR, times=3)
    recalled = [Event(later, "card", "recall", True, ("junior.skill-1",))]
    asked = [Event(later, f"new {n}", "quiz", True, ("junior.skill-1",)) for n in range(3)]
    assert "junior.skill-1" in judge(ROADMAP, (), old + recalled, later).rusty
    assert "junior.skill-1" not in judge(ROADMAP, (), old + asked, later).rusty


def test_a_goal_is_as_likely_as_the_skills_that_need_it() -> None:
    found = shows(answered(*MID, times=2))
    goal = ROADMAP.lines[GOAL]
    of_mid = [found.skills[id].probability for id in MID]
    assert evidence.of_line(ROADMAP, found, goal) == pytest.approx(np.mean(of_mid))
    top = ROADMAP.lines["beyond.goal-1"]
    of_top = [found.skills[skill.id].probability for skill in ROADMAP.stages[-1].skills]
    assert evidence.of_line(ROADMAP, found, top) == pytest.approx(np.mean(of_top))
    assert evidence.of_line(ROADMAP, found, ROADMAP.lines["mid.skill-1"]) == found.skills["mid.skill-1"].probability


def test_a_goal_that_skills_name_follows_those_alone() -> None:
    mid = ROADMAP.stage["mid"]
    needing = mid.skills[1].model_copy(update={"prerequisites": (GOAL,)})
    catalog = miniature.changed(
        stages=tuple(
            mid.model_copy(update={"skills": (mid.skills[0], needing, *mid.skills[2:])}) if s is mid else s
            for s in ROADMAP.stages
        )
    )
    found = judge(catalog, (), answered("mid.skill-2", times=2), TODAY)
    assert evidence.of_line(catalog, found, catalog.lines[GOAL]) == found.skills["mid.skill-2"].probability


@given(some_events, some_ticks, st.sampled_from([*ROADMAP.stage]))
def test_every_category_counts_each_of_its_required_skills_once(
    events: list[Event], ticks: frozenset[str], target: str
) -> None:
    found = shows(events, ticks)
    required = [skill for stage in ROADMAP.up_to(target) for skill in stage.skills]
    categories = evidence.by_category(ROADMAP, found, target)
    assert [one.category for one in categories] == [gap.category for gap in levels.gaps(ROADMAP, ticks, target)]
    for one in categories:
        of_it = [skill.id for skill in required if one.category in skill.categories]
        assert one.required == len(of_it)
        assert all(count == sum(found.skills[id].state == state for id in of_it) for state, count in one.states.items())
        last = [found.skills[id].newest for id in of_it]
        assert one.newest == max((day for day in last if day), default=None)


def test_a_category_counts_an_answer_about_two_of_its_skills_once() -> None:
    both = Event(ago(3), "q", "quiz", True, ("junior.skill-1", "junior.skill-5"))  # both stand in Core
    core, *_ = evidence.by_category(ROADMAP, shows([both, *answered("junior.skill-1", kind="recall")]), "junior")
    assert (core.category, core.checked, core.newest) == ("Core", 1, ago(3))


# Words


def says(events: list[Event], claimed: str | None = "senior") -> str:
    return evidence.sentence(ROADMAP, claimed, shows(events), TODAY)


def test_claimed_and_shown_stand_side_by_side_with_their_counts() -> None:
    checked = answered(*JUNIOR, *MID, days=3)
    assert says(checked) == (
        "You claim Senior. What you have shown so far: at least Mid, likely Senior. 10 checked answers, "
        "newest 3 days ago."
    )
    assert says(answered(*JUNIOR, right=False), None) == (
        "You claim no stage yet. What you have shown so far: no stage for certain, likely Starting out. "
        "5 checked answers, newest today."
    )


def test_below_five_answers_it_says_what_is_missing() -> None:
    assert says([]) == "You claim Senior. Nothing is checked yet: five checked answers or more show a level."
    assert says(answered(*JUNIOR[:1], days=1)) == (
        "You claim Senior. 1 checked answer, newest yesterday. That is too little to show a level: "
        "it takes five fresh ones."
    )
    assert says(answered(*JUNIOR[:2], days=2)).startswith(
        "You claim Senior. 2 checked answers, newest 2 days ago. That is"
    )
    assert says(answered(*JUNIOR, days=200)) == (
        "You claim Senior. 5 checked answers, newest 200 days ago. That, faded with age, is too little "
        "to show a level: it takes five fresh ones."
    )


def test_the_range_is_two_stages_or_one() -> None:
    found = shows(answered(*JUNIOR, *MID, times=2))
    assert evidence.range_words(ROADMAP, found._replace(low="mid", high="senior")) == "Mid to Senior"
    assert evidence.range_words(ROADMAP, found._replace(low="mid", high="mid")) == "Mid"
    assert evidence.range_words(ROADMAP, found._replace(low=None, high="junior")) == "Starting out to Junior"


# Change


@pytest.mark.parametrize(
    ("low", "high", "likely", "changed"),
    [
        ("junior", "senior", "senior", False),
        ("junior", "senior", "junior", False),
        ("junior", "senior", "architect", True),
        ("junior", "senior", None, True),
        (None, "junior", None, False),
        (None, "junior", "mid", True),
    ],
)
def test_a_change_is_one_that_leaves_the_old_range(
    low: str | None, high: str | None, likely: str | None, changed: bool
) -> None:
    found = shows(answered(*JUNIOR, *MID))
    before, after = found._replace(low=low, high=high), found._replace(likely=likely)
    assert differs(ROADMAP, before, after) is changed


def test_without_enough_evidence_nothing_has_changed() -> None:
    little, much = shows(answered(*JUNIOR[:2])), shows(answered(*JUNIOR, *MID, *SENIOR, times=3))
    assert not differs(ROADMAP, little, much)
    assert not differs(ROADMAP, much, little)
    assert not differs(ROADMAP, much, much)


@given(some_events)
def test_the_same_evidence_is_no_change(events: list[Event]) -> None:
    found = shows([*events, *answered(*JUNIOR)])
    assert found.enough
    assert not differs(ROADMAP, found, found)
