"""Drill's statistics: what was practised, what is still remembered, what comes, and how sure against how right."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from roadmap import charts, practice, ui
from roadmap.catalog import Catalog
from roadmap.facts import Confidence
from roadmap.practice import FEW, MATURE, STATED, Calibration
from roadmap.ui import parts

HALF_A_YEAR = 182
MONTH = 30
WEEKS = 8


def draw(who: str, catalog: Catalog) -> None:
    """Draw every statistic that has enough facts behind it; where it has not, say what would give it some."""
    store, paper = ui.store(), parts.paper()
    chosen = store.settings(who)
    day, recalls, answers = ui.day(chosen), store.recalls(who), store.answers(who)
    if not recalls and not answers:
        st.subheader("Nothing is practised yet")
        st.markdown("Recall three cards or answer a question, and this page begins.")
        if st.button("Recall today's cards", type="primary"):
            st.switch_page(ui.page("drill"))
        return
    st.markdown(
        _in_a_row(practice.streak([*(recall.at for recall in recalls), *(answer.at for answer in answers)], day))
    )

    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Still remembered")
        weeks = practice.true_retention(recalls, day, WEEKS)
        mature = sum(tally.asked for tally in weeks.values())
        if mature < FEW:
            st.markdown(
                f"Too few recalls of mature cards in the last {WEEKS} weeks to say: {mature} so far. "
                f"A card is mature when it comes back after {MATURE} days or more."
            )
        else:
            parts.chart(charts.retention(weeks, paper), key="retention")
            st.caption(f"You aim to recall {chosen.retention * 100:.0f} of 100; Settings holds that.")
    with right:
        st.subheader("Falls due")
        memories = store.memories(who, chosen.retention)
        if len(memories) < FEW:
            st.markdown(f"Too few cards to say: {len(memories)} recalled so far.")
        else:
            parts.chart(charts.forecast(practice.forecast(memories, store.labels(who), day), paper), key="forecast")

    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Days of practice")
        if len(recalls) < FEW:
            st.markdown(f"Too few recalls to say: {len(recalls)} so far.")
        else:
            days = practice.by_day((recall.at for recall in recalls), day, HALF_A_YEAR)
            parts.chart(charts.calendar(days, paper), key="calendar")
    with right:
        st.subheader("Minutes a day")
        parts.chart(charts.minutes(practice.minutes_by_day((*recalls, *answers), day, MONTH), paper), key="minutes")

    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Grades")
        if len(recalls) < FEW:
            st.markdown(f"Too few recalls to say: {len(recalls)} so far.")
        else:
            parts.chart(charts.grades(Counter(recall.grade for recall in recalls), paper), key="grades")
    with right:
        st.subheader("How sure, and how right")
        _calibration(practice.calibration(catalog, answers), paper)


def _in_a_row(streak: practice.Streak) -> str:
    if not streak.days:
        return "No practice today or yesterday."
    days = f"{streak.days} day{'' if streak.days == 1 else 's'} in a row"
    return f"Practised {days}, today included." if streak.today else f"Practised {days} up to yesterday; today is open."


def _calibration(found: tuple[Calibration, ...], paper: charts.Paper) -> None:
    every = practice.altogether(found)
    if every.asked < FEW:
        st.markdown(
            f"Too few answers to say: {every.asked} so far with how sure you were. "
            "Answer questions, and say before the reveal whether it was a guess, think so or sure."
        )
        return
    parts.chart(charts.calibration(every, paper), key="calibration")
    enough = [of for of in found if practice.verdict(of) != "too few"]
    for of in enough:
        st.markdown(practice.calibration_sentence(of))
    if rest := [of for of in found if of not in enough]:
        words = ", ".join(f"{of.category} {of.sure.asked}" for of in rest)
        st.markdown(f"Too few answers given as sure, {practice.ENOUGH} are needed: {words}.")
    with st.expander("The Brier score, for those who ask"):
        guess, think, sure = (round(10 * STATED[said], 1) for said in Confidence)
        st.markdown(
            f"{practice.brier(every):.2f} from {every.asked} answers. It is the mean squared distance between what "
            "you said and what was; lower is better, and to say 5 of 10 every time gives 0.25. "
            f"A guess counts as {guess:g} right of 10, think so as {think:g}, sure as {sure:g}: "
            "our choice of numbers, since nobody asks you for a percentage."
        )
