"""What comes back to the owner of a report: reviews on Report, their objectives on Progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import streamlit as st

from roadmap import export, levels, ui
from roadmap.catalog import Catalog
from roadmap.report import Report, ReportedObjective
from roadmap.report.review import (
    Answered,
    ObjectiveState,
    Review,
    Standing,
    counts,
    disagreements,
    due,
    in_order,
    newest_of_each,
    reader,
    thread,
)
from roadmap.report.review import objectives as became
from roadmap.ui import acts, parts

WORD: dict[ObjectiveState, str] = {"accepted": "Accepted", "declined": "Declined", "done": "Done"}


def objectives(who: str) -> tuple[ReportedObjective, ...]:
    """Every objective of the reviews that came to a person, and what became of it."""
    store = ui.store()
    return became(store.reviews(who, given=False), store.objective_answers(who))


# Reviews, on Report


class _Came(NamedTuple):
    """What became of one dropped file."""

    well: bool
    said: str


def draw_reviews(who: str, catalog: Catalog, current: Callable[[], Report]) -> None:
    """Draw the reviews that came back, disagreements first, and the way to open another.

    `current` gives the report as it would be made now, for a review of a report that is not here.
    """
    store = ui.store()
    past = store.reports(who)
    st.subheader("Reviews that came back")
    _receive(who, past)
    came = in_order(store.reviews(who, given=False))
    if not came:
        st.markdown(
            "When your manager or a mentor answers your report, they send you one file. Drop it here: you see what "
            "they say beside what you say, and their objectives go to Progress."
        )
        return
    st.html(f"<style>{export.REVIEW_STYLE}</style>")
    newest = came[-1]
    of = next((one for one in past if one.id == newest.report), None)
    about = newest_of_each(one for one in came if one.report == newest.report)
    st.markdown(f"About your report of {export.day(newest.as_of)}:")
    for one in about:
        _reader(one)
    if of is None:
        st.info("That report is not among those you made here, so the answers are set beside what you tick today.")
    elif any(one.report_checksum != of.checksum for one in about):
        st.info("What was answered is not exactly the report that is kept here, so a detail may differ.")
    of = of or current()
    answered = disagreements(of, *about)
    for standing, (title, means) in export.STANDINGS.items():
        _group(of, standing, title, means, [one for one in answered if one.standing == standing])
    _objectives_set(who)
    told = f"{levels.count(len(past), 'report')}, {levels.count(len(came), 'review')}"
    with st.expander(f"History: {told}"):
        texts = {line.id: line.text for line in catalog.lines.values()}
        texts |= {line.id: line.text for one in past for line in one.lines.values()}
        st.html(
            export.history(
                thread(past, came),
                lambda id: texts.get(id, id),
                lambda id: catalog.readings[id].title if id in catalog.readings else id,
            )
        )


def _receive(who: str, past: Sequence[Report]) -> None:
    files = st.file_uploader("Drop a review here (JSON)", type=["json"], accept_multiple_files=True, key="reviews_came")
    known: dict[str, _Came] = st.session_state.get("reviews_read", {})
    known = {file.file_id: known.get(file.file_id) or _read(who, past, file.name, file.getvalue()) for file in files}
    st.session_state["reviews_read"] = known
    for came in known.values():
        if came.well:
            st.success(came.said, icon=":material/check:")
        else:
            st.error(came.said, icon=":material/error:")


def _read(who: str, past: Sequence[Report], name: str, data: bytes) -> _Came:
    """Keep the review in a file, or say in a sentence why not. Nothing that is here is overwritten."""

    def refused(reason: str) -> _Came:
        return _Came(False, parts.typed(str(export.Refused(name, reason))))

    store = ui.store()
    try:
        came = export.read_review(name, data)
    except export.Refused as reason:
        return _Came(False, parts.typed(str(reason)))
    if came.person not in {who, *(one.person for one in past)}:
        return refused("this review is about somebody else's report")
    if here := next((one for one in store.reviews(who, given=False) if one.id == came.id), None):
        if here.checksum != came.checksum:
            return refused("another version of this review is already here, and nothing is overwritten")
        return _Came(True, f"The review by {parts.typed(reader(came))} of {export.day(came.on)} is already here.")
    store.keep_review(who, came, ui.now(), given=False)
    ui.seen(who)
    note = "" if any(one.id == came.report for one in past) else " It answers a report that you did not make here."
    return _Came(True, f"The review by {parts.typed(reader(came))} of {export.day(came.on)} is here now.{note}")


def _reader(of: Review) -> None:
    seal = export.judged(of)
    st.markdown(
        f"**{parts.typed(reader(of))}**, {export.day(of.on)}: {counts(of)}.", help=f"{seal.sentence} {seal.limits}"
    )
    if of.comment:
        st.html(export.quoted(of.comment))


def _group(of: Report, standing: Standing, title: str, means: str, answered: Sequence[Answered]) -> None:
    if not answered:
        return
    if standing == "agreed":
        with st.expander(f"{title}: {levels.count(len(answered), 'skill')}"):
            st.html(export.side_by_side(of, answered))
        return
    st.markdown(f"#### {title}: {levels.count(len(answered), 'skill')}")
    st.caption(means)
    st.html(export.side_by_side(of, answered))


def _objectives_set(who: str) -> None:
    if found := objectives(who):
        waiting = sum(one.state == "open" for one in found)
        said = f"{waiting} of {levels.count(len(found), 'objective')} wait for your answer on Progress."
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(said if waiting else f"{levels.count(len(found), 'objective')} on Progress, all answered.")
            if st.button("See the objectives", icon=":material/flag:"):
                st.switch_page(ui.page("progress"))


# Objectives, on Progress


def draw_objectives(who: str, catalog: Catalog, today: date) -> None:
    """Draw what was agreed to reach by a day: each accepted, declined or done, the last answer undone by a button."""
    found = objectives(who)
    if not found:
        return
    st.subheader("Objectives")
    going = [one for one in found if one.state in ("open", "accepted")]
    for one in sorted(going, key=lambda one: one.due or date.max):
        _objective(who, catalog, one, today)
    if not going:
        st.markdown("Every objective has its answer.")
    over = [one for one in found if one not in going]
    last = ui.store().last(who, ("objective",))
    if last:
        texts = {one.id: one.text for one in found}
        about = next((texts[id] for id in last.about if id in texts), "")
        short = about if len(about) <= 60 else f"{about[:59].rstrip()}…"
        st.button(
            f"Undo the last answer: {parts.typed(short)}" if about else "Undo the last answer",
            icon=":material/undo:",
            type="tertiary",
            on_click=_undo,
            args=(who,),
        )
    if over:
        with st.expander(f"{len(over)} done or declined"):
            for one in over:
                _objective(who, catalog, one, today)


def _objective(who: str, catalog: Catalog, one: ReportedObjective, today: date) -> None:
    said, answers = st.columns([3, 2], gap="small")
    said.markdown(f"**{parts.typed(one.text)}**  \n{_facts(catalog, one, today)}")
    with answers.container(horizontal=True):
        if one.state != "accepted" and one.state != "done":
            st.button("Accept", key=f"accept-{one.id}", on_click=_answer, args=(who, one, "accepted"))
        if one.state != "done":
            _with_words(who, one, "done", "Done", "What came of it, if you like")
        if one.state != "declined" and one.state != "done":
            _with_words(who, one, "declined", "Decline", "Why not, for whoever set it")


def _facts(catalog: Catalog, one: ReportedObjective, today: date) -> str:
    facts = [WORD[one.state]] if one.state != "open" else []
    if one.state in ("open", "accepted"):
        facts.append(due(one.due, today))
    line = f"{', '.join(facts).capitalize()}. Set by {parts.typed(one.by)}, {export.day(one.given)}."
    words = f"  \n“{parts.typed(one.words)}”" if one.words else ""
    about = catalog.lines.get(one.skill or "")
    return line + words + (f"  \nAbout: {about.text}" if about else "")


def _with_words(who: str, one: ReportedObjective, state: ObjectiveState, label: str, asked: str) -> None:
    key = f"words-{state}-{one.id}"
    with st.popover(label, key=f"open-{key}"):
        st.text_input(asked, key=key, max_chars=2000)
        st.button(label, key=f"do-{key}", on_click=_answer, args=(who, one, state, key))


@acts.stores
def _answer(who: str, one: ReportedObjective, state: ObjectiveState, key: str = "") -> None:
    words = st.session_state[key].strip() if key else ""
    if state == "declined" and not words:
        st.toast("Say in a few words why you decline: whoever set it reads them.")
        return
    ui.store().answer_objective(who, one.id, state, words, ui.now())


@acts.stores
def _undo(who: str) -> None:
    ui.store().undo(who, ("objective",), ui.now())
