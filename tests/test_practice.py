"""What practice comes to: states of cards, retention by week, what falls due, days in a row, how sure and how right."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import miniature
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roadmap import practice
from roadmap.catalog import Option, Question
from roadmap.facts import Answer, Confidence, Grade, Recall
from roadmap.practice import CHANCE, ENOUGH, MATURE, STATED, Calibration, Tally
from roadmap.recall import Day, Memory, due, graded

QUESTIONS = tuple(
    Question(
        id=f"q.{card.id}",
        card=card.id,
        question="What follows?",
        options=tuple(Option(text=f"Outcome {n}", why="So it is.", right=n == 0) for n in range(4)),
        **card.model_dump(include={"stage", "category", "skills", "sources", "verified", "proof"}),
    )
    for card in miniature.catalog().cards
)
ROADMAP = miniature.changed(questions=QUESTIONS)
CARDS = [*ROADMAP.card]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)  # both changes of the clocks of every zone lie in the year after it
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "America/Havana")

some_zone = st.sampled_from(ZONES).map(ZoneInfo)
some_moment = st.integers(0, 365 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes))
some_day = st.builds(lambda at, zone: Day(at.astimezone(zone).date(), zone, 20, 10), some_moment, some_zone)
some_memories = st.dictionaries(
    st.sampled_from(CARDS),
    st.builds(
        lambda ago, lasts: Memory(9.0, 5.0, NOON - ago + lasts, NOON - ago),
        st.timedeltas(timedelta(0), timedelta(days=90)),
        st.timedeltas(timedelta(days=1), timedelta(days=120)),
    ),
)
some_labels = st.fixed_dictionaries(
    {
        name: st.dictionaries(st.sampled_from(CARDS), st.just(NOON), max_size=4)
        for name in ("suspended", "buried", "flagged")
    }
)
some_answers = st.lists(
    st.builds(
        lambda question, right, sure: Answer(NOON, question, 0 if right else 1, right, 900, "quiz", sure),
        st.sampled_from([*ROADMAP.question]),
        st.booleans(),
        st.none() | st.sampled_from(Confidence),
    ),
    max_size=40,
)
some_tally = st.integers(0, 60).flatmap(
    lambda asked: st.builds(Tally, asked=st.just(asked), right=st.integers(0, asked))
)
some_calibration = st.builds(Calibration, guess=some_tally, think=some_tally, sure=some_tally)


def day(today: date = TODAY, zone: str = "UTC") -> Day:
    return Day(today, ZoneInfo(zone), 20, 10)


def recall(at: datetime, grade: Grade = Grade.good, interval: int | None = 30, card: str = CARDS[0]) -> Recall:
    before = Memory(9.0, 5.0, at, at - timedelta(days=interval)) if interval else None
    after = graded(before, grade, at)
    return Recall(at, card, grade, before.dumps() if before else None, after.dumps(), 6000)


# The deck


@given(some_memories, some_labels)
def test_every_card_is_in_the_deck_once_in_one_state(
    memories: dict[str, Memory], labels: dict[str, dict[str, datetime]]
) -> None:
    entries = practice.entries(ROADMAP, memories, {}, labels, day())
    assert [entry.card.id for entry in entries] == CARDS
    for entry in entries:
        id = entry.card.id
        assert (entry.state == "suspended") == (id in labels["suspended"])
        assert entry.flagged == (id in labels["flagged"])
        assert (entry.due is None) == (entry.interval is None) == (id not in memories)
        if entry.state == "new":
            assert id not in memories
        if id in memories and entry.state not in ("suspended", "buried"):
            assert (entry.state == "due") == due(memories[id], day())


def test_a_card_goes_from_new_to_learning_to_due_to_mature() -> None:
    card = CARDS[0]
    first = graded(None, Grade.good, NOON)

    def state(memory: Memory | None, days: int) -> str:
        today = day(TODAY + timedelta(days=days))
        return practice.entries(ROADMAP, {card: memory} if memory else {}, {}, {}, today)[0].state

    assert (state(None, 0), state(first, 0), state(first, 2)) == ("new", "learning", "due")
    long = first._replace(due=first.last + timedelta(days=MATURE))
    assert (state(long, 0), state(long, MATURE)) == ("mature", "due")


def test_a_card_carries_its_lapses() -> None:
    entries = practice.entries(ROADMAP, {}, {CARDS[1]: 6}, {}, day())
    assert [entry.lapses for entry in entries[:3]] == [0, 6, 0]


# Retention


def test_only_mature_cards_count_and_again_alone_is_wrong() -> None:
    recalls = [
        recall(NOON, Grade.again, interval=None),
        recall(NOON, Grade.again, interval=MATURE - 1),
        *(recall(NOON + timedelta(days=n), grade, interval=MATURE) for n, grade in enumerate(Grade)),
    ]
    monday = date(2026, 4, 27)  # NOON is a Friday
    assert practice.true_retention(recalls, day(date(2026, 5, 31)), 8) == {
        monday: Tally(asked=3, right=2),
        monday + timedelta(days=7): Tally(asked=1, right=1),
    }


def test_a_second_recall_of_a_day_counts_for_nothing() -> None:
    recalls = [recall(NOON, Grade.again), recall(NOON + timedelta(hours=1), Grade.good)]
    assert [*practice.true_retention(recalls, day(date(2026, 5, 31)), 8).values()] == [Tally(asked=1, right=0)]


def test_a_week_begins_at_the_persons_own_midnight() -> None:
    late = datetime(2026, 5, 3, 13, tzinfo=UTC)  # Sunday in London, Monday in Auckland
    assert [*practice.true_retention([recall(late)], day(), 1)] == [date(2026, 4, 27)]
    assert [*practice.true_retention([recall(late)], day(zone="Pacific/Auckland"), 1)] == [date(2026, 5, 4)]
    assert practice.true_retention([recall(late)], day(date(2026, 5, 4)), 1) == {}
    assert practice.true_retention([recall(late)], day(date(2026, 5, 4)), 2) != {}


# What falls due


@given(some_memories, some_labels)
def test_the_forecast_counts_each_card_once_and_suspended_ones_never(
    memories: dict[str, Memory], labels: dict[str, dict[str, datetime]]
) -> None:
    days = practice.forecast(memories, labels, day())
    assert [*days] == [TODAY + timedelta(days=ahead) for ahead in range(30)]
    end = TODAY + timedelta(days=30)
    soon = {id for id, memory in memories.items() if memory.due.date() < end} - labels["suspended"].keys()
    assert sum(days.values()) == len(soon)
    waiting = {id for id in soon if due(memories[id], day())} - labels["buried"].keys()
    assert days[TODAY] == len(waiting), "today is what the queue holds"


# Days


@given(st.lists(some_moment, max_size=60), some_day)
def test_every_moment_of_the_window_is_counted_on_one_day(moments: list[datetime], today: Day) -> None:
    days = practice.by_day(moments, today, 182)
    assert [*days] == [today.today - timedelta(days=181 - n) for n in range(182)]
    assert sum(days.values()) == sum(today.of(at) in days for at in moments)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_of_23_or_25_hours_is_one_day(zone: str) -> None:
    """Each hour of a year falls on one day of the person, and no day is left out or met twice."""
    hours = [NEW_YEAR + timedelta(hours=n) for n in range(24 * 367)]
    days = practice.by_day(hours, day(date(2026, 12, 31), zone), 364)
    assert {*days.values()} <= {23, 24, 25}
    assert (Counter(days.values())[23], Counter(days.values())[25]) == (
        (0, 0) if zone in ("UTC", "Asia/Kathmandu") else (1, 1)
    )


@given(st.lists(some_moment, max_size=20), some_day)
def test_minutes_are_what_was_spent(moments: list[datetime], today: Day) -> None:
    facts = [Answer(at, "q", 0, True, 30_000) for at in moments]
    days = practice.minutes_by_day(facts, today, 30)
    assert len(days) == 30
    assert sum(days.values()) == pytest.approx(0.5 * sum(today.of(at) in days for at in moments))


# Days in a row


@given(st.sets(st.integers(0, 40)), some_day)
def test_a_streak_is_the_run_of_days_up_to_today_or_yesterday(ago: set[int], today: Day) -> None:
    noon = datetime(today.today.year, today.today.month, today.today.day, 12, tzinfo=today.zone)
    found = practice.streak([noon - timedelta(days=days) for days in ago], today)
    start = 0 if 0 in ago else 1
    run = next(n for n in range(42) if start + n not in ago)
    assert found == (run, 0 in ago)


@given(st.lists(some_moment, max_size=30), some_moment, some_day)
def test_one_more_moment_never_shortens_a_streak(moments: list[datetime], more: datetime, today: Day) -> None:
    assert practice.streak([*moments, more], today).days >= practice.streak(moments, today).days


def test_a_streak_crosses_the_change_of_the_clocks_by_the_persons_days() -> None:
    """Berlin loses an hour on 29 March 2026: half past midnight on each day lies 23 hours after the one before."""
    berlin = ZoneInfo("Europe/Berlin")
    nights = [datetime(2026, 3, number, 0, 30, tzinfo=berlin).astimezone(UTC) for number in (28, 29, 30)]
    assert practice.streak(nights, day(date(2026, 3, 30), "Europe/Berlin")) == (3, True)
    assert practice.streak(nights, day(date(2026, 3, 31), "Europe/Berlin")) == (3, False)
    assert practice.streak(nights, day(date(2026, 4, 1), "Europe/Berlin")) == (0, False)
    assert practice.streak(nights, day(date(2026, 3, 29))) == (3, True), "in London each lies a day earlier"


# How sure, and how right


@given(some_answers)
def test_calibration_counts_every_answer_with_a_confidence_once(answers: list[Answer]) -> None:
    found = practice.calibration(ROADMAP, answers)
    said = [answer for answer in answers if answer.confidence]
    names = [of.category for of in found]
    assert names == [*ROADMAP.in_order(names)]
    assert all(of.asked for of in found)
    every = practice.altogether(found)
    for sure in Confidence:
        of = [answer for answer in said if answer.confidence is sure]
        assert every.tallies[sure] == Tally(asked=len(of), right=sum(answer.right for answer in of))
    for one in found:
        mine = [a for a in said if ROADMAP.question[a.question].category == one.category]
        assert (one.asked, sum(t.right for t in one.tallies.values())) == (len(mine), sum(a.right for a in mine))
    assert found == practice.calibration(ROADMAP, reversed(answers)), "in whatever order they were given"


def test_calibration_leaves_out_questions_of_long_ago_and_goes_through_json() -> None:
    gone = Answer(NOON, "q.of-long-ago", 0, True, 1, "quiz", Confidence.sure)
    assert practice.calibration(ROADMAP, [gone]) == ()
    kept = Answer(NOON, QUESTIONS[0].id, 0, True, 1, "placement", Confidence.sure)
    [found] = practice.calibration(ROADMAP, [kept])
    assert found == Calibration(category=QUESTIONS[0].category, sure=Tally(asked=1, right=1))
    assert Calibration.model_validate_json(found.model_dump_json()) == found


def auth(
    guess: tuple[int, int] = (0, 0), think: tuple[int, int] = (0, 0), sure: tuple[int, int] = (0, 0)
) -> Calibration:
    """So many of so many right, by how sure."""
    said = {"guess": guess, "think": think, "sure": sure}
    return Calibration(
        category="Auth", **{name: Tally(right=right, asked=asked) for name, (right, asked) in said.items()}
    )


@pytest.mark.parametrize(
    ("of", "sentence"),
    [
        (auth(sure=(9, 20)), "In Auth you are surer than you are right: 9 of 20 right when sure."),
        (auth(sure=(19, 20)), "In Auth you are as sure as you are right: 19 of 20 right when sure."),
        (auth(sure=(20, 20)), "In Auth you are as sure as you are right: 20 of 20 right when sure."),
        (auth(sure=(0, 7)), "In Auth there are too few answers to say: 7 of 8 given as sure so far."),
        (
            auth(guess=(9, 10), sure=(8, 8)),
            "In Auth you are less sure than you are right: 9 of 10 right when not sure.",
        ),
        (
            auth(guess=(6, 6), think=(9, 9), sure=(8, 8)),
            "In Auth you are less sure than you are right: 15 of 15 right when not sure.",
        ),
        (auth(guess=(7, 7), sure=(8, 8)), "In Auth you are as sure as you are right: 8 of 8 right when sure."),
        (auth(guess=(9, 10), sure=(2, 8)), "In Auth you are surer than you are right: 2 of 8 right when sure."),
        (Calibration(), "Over all categories there are too few answers to say: 0 of 8 given as sure so far."),
    ],
)
def test_the_sentence_says_what_the_counts_say(of: Calibration, sentence: str) -> None:
    assert practice.calibration_sentence(of) == sentence


@given(some_calibration)
@example(auth(guess=(3000, 9000), think=(5000, 9000), sure=(8100, 9000)))
def test_nothing_is_said_before_enough_sure_answers_and_chance_alone_is_seldom_blamed(of: Calibration) -> None:
    verdict = practice.verdict(of)
    assert (verdict == "too few") == (of.sure.asked < ENOUGH)
    if verdict == "surer":
        assert of.sure.right < STATED[Confidence.sure] * of.sure.asked
    if verdict == "less sure":
        stated = STATED[Confidence.guess] * of.guess.asked + STATED[Confidence.think] * of.think.asked
        assert of.guess.right + of.think.right > stated


@given(some_calibration.filter(lambda of: of.sure.right < of.sure.asked))
def test_one_more_sure_answer_right_never_makes_anyone_too_sure(of: Calibration) -> None:
    better = of.model_copy(update={"sure": Tally(asked=of.sure.asked, right=of.sure.right + 1)})
    assert practice.verdict(of) == "surer" or practice.verdict(better) != "surer"


@pytest.mark.parametrize("asked", [8, 12, 20, 60, 400])
def test_of_people_who_mean_what_they_say_few_are_called_too_sure(asked: int) -> None:
    blamed = [
        practice._binomial(right, asked, STATED[Confidence.sure])
        for right in range(asked + 1)
        if practice.verdict(auth(sure=(right, asked))) == "surer"
    ]
    assert sum(blamed) < CHANCE
    assert sum(practice._binomial(right, asked, 0.9) for right in range(asked + 1)) == pytest.approx(1)


@given(some_calibration)
def test_the_brier_score_is_the_mean_squared_distance(of: Calibration) -> None:
    squares = [
        (STATED[said] - (place < tally.right)) ** 2
        for said, tally in of.tallies.items()
        for place in range(tally.asked)
    ]
    assert practice.brier(of) == (pytest.approx(sum(squares) / len(squares)) if squares else None)
