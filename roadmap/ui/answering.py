"""Review's page: answer somebody's report skill by skill, and hand the answer back as one file."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

import streamlit as st

from roadmap import export, levels, ui
from roadmap.catalog import Catalog
from roadmap.report import Report, ReportedLine, ReportedStage, words
from roadmap.report.review import (
    STANCES,
    Objective,
    PromptScore,
    Review,
    Role,
    Stance,
    Verdict,
    carried,
    counts,
    make,
)
from roadmap.ui import acts, parts

ADDRESS = "report"
"""The part of the page's address that names the open report, so that a reload opens it again."""

MOST_DRAFTS = 200
FEW = 10
ROLES: tuple[Role, ...] = ("manager", "mentor")


@dataclass
class Draft:
    """A review that is not saved yet. `earlier` is the reader's last one of the same person, where this one begins."""

    of: Report
    by: str
    role: Role
    earlier: Review | None
    stances: dict[str, Stance]
    carried: set[str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    comments: dict[str, str] = field(default_factory=dict)
    objectives: dict[str, Objective] = field(default_factory=dict)
    scores: dict[str, dict[str, int]] = field(default_factory=dict)
    comment: str = ""

    @property
    def skills(self) -> list[ReportedLine]:
        """What there is to answer, in the order of the roadmap."""
        return [line for stage in self.of.stages for line in stage.skills]

    @property
    def unanswered(self) -> list[ReportedLine]:
        """The skills without an answer."""
        return [line for line in self.skills if line.id not in self.stances]

    def review(self, catalog: Catalog, on: date) -> Review:
        """The review as it stands. A prompt counts once every dimension of its rubric has points."""
        return make(
            self.of,
            id=self.id,
            by=self.by,
            role=self.role,
            on=on,
            verdicts=[
                Verdict(skill=line.id, stance=self.stances[line.id], comment=self.comments.get(line.id, ""))
                for line in self.skills
                if line.id in self.stances
            ],
            objectives=self.objectives.values(),
            scores=[
                PromptScore(prompt=prompt, points=points)
                for prompt, points in self.scores.items()
                if points and len(points) == len(catalog.readings[prompt].rubric)
            ],
            comment=self.comment,
        )


@st.cache_resource(show_spinner=False)
def _drafts() -> dict[tuple[str, str], Draft]:
    """Every draft by reader and report: held by the server, since a tab forgets everything when it reloads."""
    return {}


def draw(who: str, catalog: Catalog) -> None:
    """Draw the open report with its answers; without one, the ways to open one and the reviews given so far."""
    st.html(f"<style>{export.REVIEW_STYLE}{export.REPORT_STYLE}</style>")
    if handed := st.session_state.pop(parts.HANDED, None):
        _open(who, handed)
    asked = st.query_params.get(ADDRESS)
    draft = _drafts().get((who, asked or ""))
    if draft:
        _answer(who, catalog, draft)
        return
    if asked and not st.session_state.get("saved_review"):
        st.warning(
            "The draft at this address is no longer here: it was saved or discarded, or the dashboard was restarted "
            "since. Open the report again."
        )
    _begin(who)


def _open(who: str, of: Report) -> None:
    """Begin to answer a report, or go on with its draft."""
    held, given = _drafts(), ui.store().reviews(who, given=True)
    if (who, of.id) not in held:
        earlier = next((one for one in reversed(given) if one.person == of.person), None)
        stances = carried(earlier, of) if earlier else {}
        held[who, of.id] = Draft(
            of=of,
            by=given[-1].by if given else ui.store().settings(who).name,
            role=given[-1].role if given else "manager",
            earlier=earlier,
            stances=stances,
            carried=set(stances),
        )
        while len(held) > MOST_DRAFTS:
            held.pop(next(iter(held)))
    st.session_state.pop("saved_review", None)
    st.query_params[ADDRESS] = of.id


# Without an open report


def _begin(who: str) -> None:
    given = ui.store().reviews(who, given=True)
    saved = next((one for one in given if one.id == st.session_state.get("saved_review")), None)
    if saved:
        owner = parts.typed(saved.name) or "its owner"
        st.success(
            f"Your review is saved. Send this file to {owner}, who opens it on their Report page.",
            icon=":material/check:",
        )
        _download(saved, "Download the review", primary=True)
    file = st.file_uploader(
        "Drop an exported report here (HTML or JSON)", type=["html", "json"], key="report_to_answer"
    )
    if file:
        try:
            _open(who, export.read(file.name, file.getvalue()))
            st.rerun()
        except export.Refused as refused:
            st.error(parts.typed(str(refused)), icon=":material/error:")
    drafts = [draft for (reader_, _), draft in reversed(_drafts().items()) if reader_ == who]
    if not drafts and not given:
        st.markdown(
            "Ask an engineer for the HTML file of their Report page. Here you answer it skill by skill (agree, show "
            "me, not yet), set objectives with a day, and get one file to send back. A report that is open on Team "
            "comes here by its button."
        )
    if drafts:
        st.subheader("Not saved yet")
        st.caption("A draft stays here until you save or discard it, or the dashboard is restarted.")
    discarded = None
    for draft in drafts:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{_whose(draft.of.name, draft.of.as_of)}: {_tally(draft)}")
            st.space("stretch")
            st.button("Continue", key=f"continue-{draft.of.id}", on_click=_open, args=(who, draft.of))
            if st.button("Discard", key=f"discard-{draft.of.id}", type="tertiary"):
                discarded = draft
    if given:
        st.subheader("Reviews you gave")
        _list(given[::-1][:FEW])
    if older := given[::-1][FEW:]:
        with st.expander(f"{len(older)} older"):
            _list(older)
    if discarded:
        _confirm_discard(who, discarded)


def _list(given: Sequence[Review]) -> None:
    for one in given:
        with st.container(horizontal=True, vertical_alignment="center"):
            said = f"{export.day(one.on)} as {one.role}: {counts(one)}"
            st.markdown(f"{_whose(one.name, one.as_of)}, answered {said}")
            st.space("stretch")
            _download(one, "Download")


def _download(of: Review, label: str, *, primary: bool = False) -> None:
    st.download_button(
        label,
        data=lambda: export.review_json(of),
        file_name=export.review_filename(of),
        key=f"{label}-{of.id}",
        icon=":material/download:",
        on_click="ignore",
        type="primary" if primary else "secondary",
    )


def _whose(name: str, as_of: date) -> str:
    return f"**{parts.typed(name or 'No name')}**, report of {export.day(as_of)}"


def _tally(draft: Draft) -> str:
    answered = len(draft.skills) - len(draft.unanswered)
    return f"{answered} of {len(draft.skills)} answered"


@st.dialog("Discard this draft?")
def _confirm_discard(who: str, draft: Draft) -> None:
    st.markdown(f"{_whose(draft.of.name, draft.of.as_of)}: {_tally(draft)}. What you answered is gone then.")
    st.button("Discard the draft", type="primary", on_click=_discard, args=(who, draft))


def _discard(who: str, draft: Draft) -> None:
    _let_go(who, draft)
    st.rerun()  # the whole page: a dialog alone would draw itself again


def _let_go(who: str, draft: Draft) -> None:
    _drafts().pop((who, draft.of.id), None)
    st.query_params.clear()


# An open report


def _answer(who: str, catalog: Catalog, draft: Draft) -> None:
    of = draft.of
    with st.container(horizontal=True):
        st.button("All reviews", icon=":material/arrow_back:", on_click=st.query_params.clear, type="tertiary")
        st.space("stretch")
        discard = st.button("Discard", type="tertiary")
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        st.subheader(parts.typed(of.name or "No name"))
        about = [of.role, f"report of {export.day(of.as_of)}"]
        st.caption(", ".join(parts.typed(one) for one in about if one))
        st.markdown(f"**{words.headline(of)}**")
        st.markdown(words.shown(of))
        st.markdown(words.blocking(of))
        seal = export.judged(of)
        st.caption(seal.sentence, help=seal.limits)
    with right:
        parts.ladder(of.catalog, of.ticks, "side", of.evidence if of.shown and of.shown.answers else None)
    if of.person == who:
        st.info("This is your own report. Your answers to it are your own words, so prompts are not scored here.")
    if draft.earlier:
        st.info(_begins(draft.of, draft.earlier), icon=":material/history:")
    whole = st.expander("Read the whole report", on_change="rerun", key=f"whole-{of.id}")
    if whole.open:
        whole.html(export.body(of, top=4))

    for stage in of.stages:
        st.fragment(_stage, key=_place(stage))(draft, stage)
    rest = st.button("Agree with everything not answered", icon=":material/done_all:", disabled=not draft.unanswered)
    st.divider()
    st.subheader("In all")
    _comment(draft)
    _objectives(draft, ui.day(ui.store().settings(who)).today)
    if of.person != who:
        _scores(catalog, draft)
    _finish(who, catalog, draft)
    if discard:  # dialogs come last, so that nobody clicks in one before the page behind it is whole
        _confirm_discard(who, draft)
    if rest:
        _confirm_agree(draft)


def _begins(of: Report, earlier: Review) -> str:
    on = export.day(earlier.on)
    if earlier.report == of.id:
        return f"You answered this report on {on}. That review stays as it is; this one begins where it ended."
    return (
        f"On {on} you answered the report of {export.day(earlier.as_of)}. Those answers are set below where nothing "
        "has changed since, and marked. Change what you see differently now."
    )


def _place(stage: ReportedStage) -> str:
    return f"answers-{stage.id}"


def _key(kind: str, draft: Draft, id: str = "") -> str:
    return f"{kind}-{draft.id}-{id}"


def _stage(draft: Draft, stage: ReportedStage) -> None:
    """One stage's skills; a click here draws this stage and the count anew, nothing else."""
    answered = sum(line.id in draft.stances for line in stage.skills)
    st.subheader(f"{parts.typed(stage.title)} :small[:gray[{answered} of {len(stage.skills)} answered]]")
    with st.container(key=f"rows-{stage.id}"):
        for line in stage.skills:
            _skill(draft, stage, line)


def _skill(draft: Draft, stage: ReportedStage, line: ReportedLine) -> None:
    stance_key, comment_key = _key("stance", draft, line.id), _key("comment", draft, line.id)

    def hear() -> None:
        _take(draft, line.id)
        st.rerun([_place(stage), "tally"])

    said, answer = st.columns([5, 4], gap="small")
    said.html(export.claimed(draft.of, line))
    with answer, st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.session_state[stance_key] = draft.stances.get(line.id)
        st.segmented_control(
            f"Your answer to: {parts.heard(line.text)}",
            list(STANCES),
            format_func=STANCES.__getitem__,
            key=stance_key,
            on_change=hear,
            label_visibility="collapsed",
        )
        if line.id in draft.carried and draft.earlier:
            st.caption(f"As on {export.day(draft.earlier.on)}")
        if line.id in draft.stances:
            st.session_state[comment_key] = draft.comments.get(line.id, "")
            st.text_input(
                f"Comment on: {parts.heard(line.text)}",
                key=comment_key,
                max_chars=2000,
                placeholder="A comment, if you like",
                on_change=hear,
                label_visibility="collapsed",
            )


def _take(draft: Draft, skill: str) -> None:
    """Take over what this tab shows as the answer to a skill."""
    stance_key, comment_key = _key("stance", draft, skill), _key("comment", draft, skill)
    if stance_key in st.session_state and (stance := st.session_state[stance_key]) != draft.stances.get(skill):
        draft.carried.discard(skill)
        if stance is None:
            draft.stances.pop(skill, None)
        else:
            draft.stances[skill] = stance
    if comment_key in st.session_state:
        draft.comments[skill] = st.session_state[comment_key].strip()


@st.dialog("Agree with the rest?")
def _confirm_agree(draft: Draft) -> None:
    rest = draft.unanswered
    ticked = sum(line.ticked for line in rest)
    kinds = [f"{count} {word}" for count, word in ((ticked, "ticked"), (len(rest) - ticked, "not ticked")) if count]
    answers = "no answer from you yet"
    have = "has" if len(rest) == 1 else "have"
    st.markdown(f"{levels.count(len(rest), 'skill')} {have} {answers}: {', '.join(kinds)}. Agree with what is claimed?")
    st.button(f"Agree with {len(rest)}", type="primary", on_click=_agree, args=(draft,))


def _agree(draft: Draft) -> None:
    draft.stances.update({line.id: "agree" for line in draft.unanswered})
    st.rerun()  # the whole page, as above


def _comment(draft: Draft) -> None:
    key = _key("all", draft)
    st.session_state[key] = draft.comment
    st.text_area(
        "A comment to go with it",
        key=key,
        max_chars=4000,
        height=100,
        on_change=lambda: setattr(draft, "comment", st.session_state[key].strip()),
    )


# Objectives


@st.fragment
def _objectives(draft: Draft, today: date) -> None:
    st.subheader("Objectives")
    for earlier in draft.of.objectives:
        state = f"{earlier.state}: {parts.typed(earlier.words)}" if earlier.words else earlier.state
        st.markdown(f"{parts.typed(earlier.text)} (set by {parts.typed(earlier.by)}, {state})")
    for one in draft.objectives.values():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_objective(draft, one))
            st.button(
                "Remove",
                key=_key("remove", draft, one.id),
                type="tertiary",
                on_click=_remove_objective,
                args=(draft, one.id),
            )
    text, skill, due = (_key(kind, draft) for kind in ("objective", "about", "due"))
    st.text_input("Objective", key=text, max_chars=2000, placeholder="Such as: lead one design review")
    left, right, add = st.columns([5, 2, 2], vertical_alignment="bottom")
    named = {line.id: line.text for line in draft.skills}
    left.selectbox(
        "About which skill",
        [None, *named],
        format_func=lambda id: "No skill in particular" if id is None else named[id],
        key=skill,
    )
    right.date_input("By", value=None, min_value=today, key=due, format="YYYY-MM-DD")
    add.button("Add objective", on_click=_add_objective, args=(draft,), width="stretch")


def _objective(draft: Draft, one: Objective) -> str:
    by = f", by {export.day(one.due)}" if one.due else ""
    about = f"  \n:gray[About: {parts.typed(draft.of.lines[one.skill].text)}]" if one.skill else ""
    return f"**{parts.typed(one.text)}**{by}{about}"


def _remove_objective(draft: Draft, id: str) -> None:
    draft.objectives.pop(id, None)


def _add_objective(draft: Draft) -> None:
    """Take over the objective that is typed, if one is."""
    text, skill, due = (_key(kind, draft) for kind in ("objective", "about", "due"))
    if not (typed := st.session_state.get(text, "").strip()) or len(draft.objectives) == 50:
        return
    about, by = st.session_state.get(skill), st.session_state.get(due)
    with suppress(ValueError):  # nothing but control characters
        one = Objective(id=str(uuid.uuid4()), skill=about, text=typed, due=by)
        draft.objectives[one.id] = one
    st.session_state[text], st.session_state[skill], st.session_state[due] = "", None, None


# Work on a prompt


@st.fragment
def _scores(catalog: Catalog, draft: Draft) -> None:
    st.subheader("Work on a prompt")
    st.caption(
        "If you went through a design or coding prompt together, give points by its rubric. On the other side they "
        "count as checked evidence."
    )
    for id, so_far in draft.scores.items():
        rubric = catalog.readings[id].rubric
        left = len(rubric) - len(so_far)
        with st.container(horizontal=True, vertical_alignment="center"):
            missing = f" It counts with points in {levels.count(left, 'more dimension')}." if left else ""
            st.markdown(f"**{parts.typed(catalog.readings[id].title)}**: {export.points_words(so_far)}.{missing}")
            st.button(
                "Remove", key=_key("unscore", draft, id), type="tertiary", on_click=_remove_score, args=(draft, id)
            )
    titles = {prompt.id: prompt.title for prompt in catalog.prompts if prompt.rubric}
    chosen = st.selectbox(
        "Prompt",
        [None, *titles],
        format_func=lambda id: "None" if id is None else titles[id],
        key=_key("prompt", draft),
    )
    if not chosen:
        return
    for place, dimension in enumerate(catalog.readings[chosen].rubric):
        key = _key(f"points{place}", draft, chosen)
        points = draft.scores.get(chosen, {}).get(dimension.title)
        st.session_state[key] = points
        st.segmented_control(
            dimension.title,
            range(len(dimension.anchors)),
            key=key,
            on_change=_score,
            args=(draft, chosen, dimension.title, key),
        )
        if points is not None:
            st.caption(parts.prose(catalog, dimension.anchors[points]))


def _score(draft: Draft, prompt: str, dimension: str, key: str) -> None:
    given = draft.scores.setdefault(prompt, {})
    given.pop(dimension, None)
    if (points := st.session_state[key]) is not None:
        given[dimension] = points
    if not given:
        del draft.scores[prompt]


def _remove_score(draft: Draft, prompt: str) -> None:
    draft.scores.pop(prompt, None)


# The end


@st.fragment(key="tally")
def _count(draft: Draft) -> None:
    rest = len(draft.unanswered)
    left = f" {levels.count(rest, 'skill')} will go back without an answer." if rest else ""
    st.markdown(f"{_tally(draft)}.{left}")


def _finish(who: str, catalog: Catalog, draft: Draft) -> None:
    st.subheader("Who answers")
    left, right = st.columns(2)
    by, role = _key("by", draft), _key("role", draft)
    st.session_state[by], st.session_state[role] = draft.by, draft.role
    left.text_input("Your name", key=by, max_chars=120, on_change=_take_reader, args=(draft,))
    right.segmented_control(
        "You answer as their",
        ROLES,
        format_func=str.capitalize,
        key=role,
        on_change=_take_reader,
        args=(draft,),
        required=True,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Save the review",
            type="primary",
            on_click=_save,
            args=(who, catalog, draft),
            disabled=not draft.by,
            help=None if draft.by else "Type your name first: who said what stays visible.",
        )
        _count(draft)


def _take_reader(draft: Draft) -> None:
    draft.by = " ".join(st.session_state[_key("by", draft)].split())
    draft.role = st.session_state[_key("role", draft)] or draft.role


@acts.stores
def _save(who: str, catalog: Catalog, draft: Draft) -> None:
    """Keep the review as this tab shows it, with what was typed a moment ago."""
    for line in draft.skills:
        _take(draft, line.id)
    draft.comment = st.session_state[_key("all", draft)].strip()
    _take_reader(draft)
    _add_objective(draft)
    try:
        made = draft.review(catalog, ui.day(ui.store().settings(who)).today)
    except ValueError:
        st.toast("That could not be saved. Type your name, so that it is seen who said what.")
        return
    ui.store().keep_review(who, made, ui.now(), given=True)
    _let_go(who, draft)
    st.session_state["saved_review"] = made.id
