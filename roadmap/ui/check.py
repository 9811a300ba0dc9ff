"""The check as a person meets it: when it is worth taking, one question at a time, and what it came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, TypeVar, get_args

import streamlit as st

from roadmap import evidence, levels, placement, recommend, ui
from roadmap.catalog import Catalog, Question, Stage
from roadmap.evidence import Evidence
from roadmap.facts import Answer, Recall, Score, Tick
from roadmap.levels import count, held
from roadmap.placement import PAUSE, Check, Form
from roadmap.recall import IN_A_ROW, Ask, Day, Scope, quiz
from roadmap.store import Settings
from roadmap.ui import acts, parts, questions

Fact = TypeVar("Fact", Answer, Recall, Score, Tick)

KEY = "check"
PRACTISED = 20
"""Recalls since the last check from which practice may say that the next stage is within reach."""
READY = 0.5
WEEK = timedelta(days=7)


class Mine(NamedTuple):
    """What a check needs to know of a person today. `found` is what their answers show beside what they tick."""

    who: str
    chosen: Settings
    day: Day
    ticks: Sequence[str]
    answers: Sequence[Answer]
    found: Evidence

    def at(self, catalog: Catalog, form: Form) -> Check:
        """The check of a form that they are in, or just ended, or would begin."""
        return placement.check(catalog, self.answers, form, ui.now(), self.day.of, self.who)

    def last(self, catalog: Catalog, form: Form) -> tuple[Answer, ...]:
        """Their newest check of a form that came to its end."""
        return placement.last_done(catalog, self.answers, form, self.day.of)

    def under_way(self, catalog: Catalog) -> Check | None:
        """The check that waits for its next answer."""
        lately = {answer.mode for answer in self.answers if ui.now() - answer.at <= PAUSE}
        begun = (self.at(catalog, form) for form in get_args(Form) if form in lately)
        return next((at for at in begun if at.answers and at.question), None)


class Offer(NamedTuple):
    """A check that is worth a person's minutes now, in words."""

    form: Form
    words: str
    button: str


def known(who: str, catalog: Catalog) -> Mine:
    """What is stored of a person, as a check needs it."""
    store = ui.store()
    chosen, ticks = store.settings(who), tuple(held(store.ticks(who)))
    day = ui.day(chosen)
    return Mine(who, chosen, day, ticks, store.answers(who), ui.evidence(who, catalog, day, ticks))


@st.fragment
def draw(who: str, catalog: Catalog) -> None:
    """Draw where the person is: before a check, in it, or at its end. The address says which form they take."""
    ui.seen(who)
    mine = known(who, catalog)
    form: Form | None = next((one for one in get_args(Form) if one == st.query_params.get("form")), None)
    if form is None:
        _start(catalog, mine)
        return
    at = mine.at(catalog, form)
    if at.question and (at.answers or _may_begin(catalog, mine, form)):
        _ask(catalog, mine, at, at.question)
    elif done := at.answers or mine.last(catalog, form):
        _end(catalog, mine, form, done)
    else:
        _start(catalog, mine)


# When it is worth taking


def offer(catalog: Catalog, mine: Mine) -> Offer | None:
    """The one check to speak of now: the one under way, the six questions, or the whole one with what it would add."""
    if at := mine.under_way(catalog):
        return Offer(at.form, f"Your check waits at question {_number(at)}: {_left(at)}.", "Go on")
    if stage := _ready_for(catalog, mine):
        words = f"Your practice suggests that you are ready for {stage.title}. Six questions can show it."
        return Offer("readiness", words, "Answer six questions")
    if (begins := _begins(catalog, mine)) and begins <= mine.day.today:
        return Offer("placement", _what_it_would_add(catalog, mine), "Take the check")
    return None


def _may_begin(catalog: Catalog, mine: Mine, form: Form) -> bool:
    if form == "readiness":
        return _ready_for(catalog, mine) is not None
    begins = _begins(catalog, mine)
    return begins is not None and begins <= mine.day.today


def _begins(catalog: Catalog, mine: Mine) -> date | None:
    """From when the whole check is worth taking; None where too few questions are written."""
    today, last = mine.day.today, mine.last(catalog, "placement")
    enough = placement.enough_from(catalog, mine.answers, "placement", today, mine.day.of)
    worth = placement.worth_from(mine.found, mine.day.of(last[-1].at) if last else None, today)
    return max(worth, enough) if enough else None


def _ready_for(catalog: Catalog, mine: Mine) -> Stage | None:
    """The stage above what is shown, where practice since the last check suggests that it is reached."""
    following = levels.next_stage(catalog, mine.found.level)
    if not mine.found.enough or following is None:
        return None
    today, store = mine.day.today, ui.store()
    last = [done[-1].at for form in get_args(Form) if (done := mine.last(catalog, form))]
    six = mine.last(catalog, "readiness")
    if six and (today - mine.day.of(six[-1].at)).days < evidence.REVEALED:
        return None
    if len(store.recalls(mine.who, since=max(last, default=None))) < PRACTISED:
        return None
    if placement.enough_from(catalog, mine.answers, "readiness", today, mine.day.of) != today:
        return None
    memories = store.memories(mine.who, mine.chosen.retention)
    chance = recommend.ready(ui.deck(catalog), memories, mine.found, mine.ticks, following.id, ui.now())
    return following if chance >= READY else None


def _what_it_would_add(catalog: Catalog, mine: Mine) -> str:
    found, today = mine.found, mine.day.today
    if not found.newest:
        return "Nothing is checked yet. A ten-minute check shows your level beside what you claim."
    answers = f"{count(found.answers, 'checked answer')}, newest {evidence.ago(found.newest, today)}"
    if not found.enough:
        return f"{answers}: too little to show a level. A check takes ten minutes."
    if (today - found.newest).days > evidence.FORGOTTEN:
        return f"{answers}: what you have shown fades. A check takes ten minutes."
    return f"{answers}: they leave a range of {evidence.range_words(catalog, found)}. A check would narrow it."


def draw_offer(who: str, catalog: Catalog) -> None:
    """Draw the offer as one line, unless it was put off; a check under way is never put off."""
    mine = known(who, catalog)
    offered, rests = offer(catalog, mine), mine.chosen.check_rests_until
    if offered is None or (rests and mine.day.today < rests and offered.button != "Go on"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(offered.words, width="content")
        if st.button(offered.button):
            st.switch_page(ui.page("check"), query_params={"form": offered.form})
        if offered.button != "Go on":
            st.button("Not this week", type="tertiary", on_click=_put_off, args=(who, mine.day.today + WEEK))


@acts.stores
def _put_off(who: str, until: date) -> None:
    ui.store().choose(who, {"check_rests_until": until.isoformat()}, ui.now())


# Before


def _start(catalog: Catalog, mine: Mine) -> None:
    """What the check is and the way in; or when another is worth it, and what helps until then."""
    words, side = st.columns([3, 2], gap="large")
    with side:
        parts.ladder(catalog, mine.ticks, "side", mine.found)
    with words:
        if at := mine.under_way(catalog):
            until = (at.answers[-1].at + PAUSE).astimezone(mine.day.zone)
            st.subheader(f"Your check waits at question {_number(at)}")
            st.markdown(
                f"{_left(at).capitalize()}. It waits until {questions.on(until)}, {until:%H:%M}, then begins anew."
            )
            st.button("Go on", type="primary", on_click=_take, args=(at.form,))
            return
        begins, six = _begins(catalog, mine), _ready_for(catalog, mine)
        kind: Literal["primary", "secondary"] = "secondary" if six else "primary"
        if six:
            st.subheader(f"Ready for {six.title}?")
            st.markdown(f"Your practice suggests that you are ready for {six.title}. Six questions can show it.")
            st.button("Answer six questions", type="primary", on_click=_take, args=("readiness",))
        if begins is None:
            st.subheader("No check to take yet")
            st.markdown("Too few questions are written for one. The cards are there to be drilled.")
        elif begins <= mine.day.today:
            st.subheader("What can you show?")
            st.markdown(_introduction(mine.chosen))
            st.button("Start the check", type=kind, on_click=_take, args=("placement",))
        else:
            _not_yet(catalog, mine, begins, kind)


def _introduction(chosen: Settings) -> str:
    sure = "You say how sure you are of each answer" if chosen.confidence else "You answer one after another"
    keys = ", with the keys J, K and L" if chosen.confidence and chosen.shortcuts else ""
    return (
        "8 to 15 questions, about ten minutes, by yourself; leave when you like, it waits for a day. "
        "Nobody sees what you answered, only what it adds up to in a report that you share. "
        f"{sure}{keys}, and see what was right at the end."
    )


def _not_yet(catalog: Catalog, mine: Mine, begins: date, kind: Literal["primary", "secondary"]) -> None:
    last, found = mine.last(catalog, "placement"), mine.found
    st.subheader(f"The next check is worth it from {questions.on(begins)}")
    if last and mine.day.today < mine.day.of(last[-1].at) + timedelta(evidence.REVEALED):
        on = questions.on(mine.day.of(last[-1].at))
        why = f"You took one on {on}. So soon, another would measure chance more than what you learned."
    elif not found.enough or found.low != found.high:
        why = "Too few questions are left whose answer you did not see in the last 30 days."
    else:
        why = (
            f"Your {count(found.answers, 'checked answer')} are fresh and say one stage, "
            f"{evidence.range_words(catalog, found)}. Another check adds something once they fade."
        )
    st.markdown(f"{why} What helps now: drill the cards of your gaps. Questions on Drill count as checked, too.")
    with st.container(horizontal=True):
        if st.button("Drill the gaps", type=kind):
            st.switch_page(ui.page("drill"))
        ended = {form: done[-1].at for form in get_args(Form) if (done := mine.last(catalog, form))}
        if ended:
            newest = max(ended, key=ended.__getitem__)
            st.button("See what the last one showed", on_click=_take, args=(newest,))


def _take(form: Form) -> None:
    st.query_params["form"] = form
    st.session_state["begun"] = True


# During


def _ask(catalog: Catalog, mine: Mine, at: Check, question: Question) -> None:
    """The next question at once after each answer: no verdict, since a key would teach the next answer."""
    line = next(catalog.skills[id] for id in question.skills if id in catalog.skills)
    least, most = at.left
    questions.one(
        mine.who,
        catalog,
        mine.chosen,
        asked=Ask(question, line, f"Question {_number(at)}"),
        told=None,
        done=len(at.answers),
        all=len(at.answers) + (least + most) / 2,
        mode=at.form,
        key=KEY,
        count=_left(at).capitalize(),
        focus=st.session_state.pop("begun", False),
    )


def _number(at: Check) -> int:
    return len(at.answers) + 1


def _left(at: Check) -> str:
    """What is left after this question, and how long it all takes: "3 to 10 more, about 4 to 8 minutes"."""
    least, most = (questions - 1 for questions in at.left)
    more = f"{least} to {most} more" if 0 < least < most else f"at most {most} more" if least < most else f"{most} more"
    quick, slow = at.minutes_left
    minutes = count(slow, "minute") if quick == slow else f"{quick} to {slow} minutes"
    return f"{more if most else 'the last one'}, about {minutes}"


# The end


def _end(catalog: Catalog, mine: Mine, form: Form, done: Sequence[Answer]) -> None:
    """What the check came to: the ladder before and now, what to tick, and every question explained."""
    _shown(catalog, mine, done)
    step = _undoable(mine, done)
    _proposal(catalog, mine, step)
    _contradicted(catalog, mine, step)
    _answered(catalog, mine, done)


def _shown(catalog: Catalog, mine: Mine, done: Sequence[Answer]) -> None:
    found, day, store = mine.found, mine.day, ui.store()
    start = done[0].at
    facts = (
        _before(start, mine.answers),
        _before(start, store.recalls(mine.who)),
        _before(start, store.scores(mine.who)),
    )
    claimed = held(_before(start, store.ticks(mine.who)))
    before = evidence.judge(catalog, claimed, evidence.events(catalog, *facts, day.of), day.of(start))
    st.subheader("What you have shown")
    st.markdown(evidence.sentence(catalog, levels.standing(catalog, mine.ticks).level, found, day.today))
    left, middle, right = st.columns([3, 3, 4], gap="large")
    with left:
        st.markdown("**Before the check**")
        parts.ladder(catalog, claimed, "side", before, "before")
    with middle:
        st.markdown("**Now**")
        parts.ladder(catalog, mine.ticks, "side", found, "now")
    with right:
        st.caption("Outlined is claimed, filled is shown; the bracket is the 80 % range.")
        _range(catalog, mine, before)


def _before(moment: datetime, facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.at < moment]


def _range(catalog: Catalog, mine: Mine, before: Evidence) -> None:
    """The range in words, whether anything changed, and what would make it surer."""
    found = mine.found
    if not found.enough:
        st.markdown("Questions on Drill count as checked answers, too: five fresh ones show a level.")
    else:
        words = evidence.range_words(catalog, found)
        st.markdown(f"**80 % range: {words}.** Of ten people who answer like this, at least eight stand there.")
        if before.enough:
            changed = evidence.differs(catalog, before, found)
            st.markdown(
                "Your likely level left the range of before: that is a change, not chance."
                if changed
                else "Your likely level lies in the range of before: read it as unchanged."
            )
    low, high = (catalog.rank[level] if level else 0 for level in (found.low, found.high))
    between = tuple(stage.id for stage in catalog.stages[low:high]) if found.enough else ()
    if found.enough and not between:
        st.markdown("One stage is as sure as it gets. Answers lose half their weight in 120 days.")
        return
    target = ui.target(catalog, mine.chosen, dict.fromkeys(mine.ticks, ui.now()))
    asks = quiz(catalog, mine.answers, mine.ticks, target, mine.day, Scope(stages=between))
    if not asks:
        return
    if between:
        titles = " and ".join(catalog.stage[id].title for id in (between[0], between[-1])[: len(between)])
        some = count(min(len(asks), IN_A_ROW), "question")
        st.markdown(f"What would make this surer: {some} about {titles}, in Drill.")
    if st.button("Answer more questions"):
        st.switch_page(ui.page("drill"), query_params={"mode": "questions", "stage": list(between)})


# What the answers say about ticks


class Ticked(NamedTuple):
    """Ticks that were just set, or taken off, and can be undone here."""

    step: int
    skills: tuple[str, ...]
    on: bool


def _undoable(mine: Mine, done: Sequence[Answer]) -> Ticked | None:
    """The newest ticks, where they were made today and after the check."""
    last = ui.store().last(mine.who, ("tick",))
    if last is None or not last.about or last.at < done[-1].at or mine.day.of(last.at) < mine.day.today:
        return None
    return Ticked(last.id, last.about, last.about[0] in mine.ticks)


def _proposal(catalog: Catalog, mine: Mine, step: Ticked | None) -> None:
    """The skills that the answers support and that are not ticked, to be ticked in one step."""
    proposed = placement.proposed(catalog, mine.ticks, mine.found)
    ticked = step if step and step.on else None
    if not mine.found.enough or not (proposed or ticked):
        return
    st.subheader("Skills you can tick")
    if ticked:
        level = levels.title(catalog, levels.standing(catalog, mine.ticks).level)
        _undo_row(mine, ticked, f"{count(len(ticked.skills), 'skill')} ticked. Your claimed level: {level}.")
    if not proposed:
        return
    st.markdown("Your answers support these. Leave out what you would not say of yourself.")
    with st.container(key="proposed", gap="xsmall"):
        for id in proposed:
            st.session_state.setdefault(_box(id), True)
            skill, why = st.columns([3, 2], gap="small", vertical_alignment="center")
            skill.checkbox(catalog.skills[id].text, key=_box(id))
            why.caption(f"{catalog.stage[catalog.skills[id].stage].title}. {_why(mine.found, id)}")
    chosen = [id for id in proposed if st.session_state[_box(id)]]
    label = "Tick this skill" if len(chosen) == 1 else f"Tick these {len(chosen)} skills"
    st.button(label, type="primary", disabled=not chosen, on_click=_tick, args=(mine.who, chosen, True))


def _box(skill: str) -> str:
    return f"propose-{skill}"


def _why(found: Evidence, skill: str) -> str:
    """Why a skill is proposed: the answers about it, or the place on the ladder that all answers suggest."""
    right, asked = _score(found, skill)
    place = f"from your place on the ladder: {100 * found.skills[skill].probability:.0f} of 100"
    if not asked:
        return f"Likely {place}."
    answered = f"You answered {right} of {asked} right"
    return f"{answered}." if asked >= evidence.TESTED and right == asked else f"{answered}; likely {place}."


def _score(found: Evidence, skill: str) -> tuple[int, int]:
    """How many counted answers about a skill were right, and how many there are."""
    checked = [one.event.right for one in found.counted if one.skill == skill and one.event.kind != "recall"]
    return sum(checked), len(checked)


def _contradicted(catalog: Catalog, mine: Mine, step: Ticked | None) -> None:
    """The ticked skills that the answers speak against; only the person unticks."""
    against = [id for id, skill in mine.found.skills.items() if skill.state == "contradicted"]
    unticked = step if step and not step.on else None
    if not against and not unticked:
        return
    st.subheader("Ticked, and missed so far")
    if unticked:
        _undo_row(mine, unticked, f"{count(len(unticked.skills), 'skill')} unticked.")
    if against:
        st.markdown(
            "Your answers speak against these so far. A few questions are no proof and you know best, "
            "so nothing is unticked for you."
        )
    for id in against:
        right, asked = _score(mine.found, id)
        words, way = st.columns([5, 1], vertical_alignment="center")
        words.markdown(f"**{catalog.skills[id].text}**  \n{right} of {asked} right.")
        way.button("Untick", key=f"untick-{id}", on_click=_tick, args=(mine.who, [id], False), width="stretch")


def _undo_row(mine: Mine, step: Ticked, words: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="content")
        st.button("Undo", key="undo", on_click=_undo, args=(mine.who, step.step))


@acts.stores
def _tick(who: str, skills: Sequence[str], on: bool) -> None:
    ui.store().tick(who, dict.fromkeys(skills, on), ui.now())


@acts.stores
def _undo(who: str, step: int) -> None:
    """Take back this step and no other: pressed twice in a hurry, the second finds another one on top."""
    last = ui.store().last(who, ("tick",))
    if last and last.id == step:
        ui.store().undo(who, ("tick",), ui.now())


def _answered(catalog: Catalog, mine: Mine, done: Sequence[Answer]) -> None:
    """Every question with the answer given, how sure it was, what is right and why; and the way to the missed cards."""
    right = sum(answer.right for answer in done)
    st.subheader(f"{right} of {len(done)} right")
    st.markdown("The check asks at the edge of what you know, so misses are part of it.")
    for number, answer in enumerate(done, start=1):
        said = f", {questions.SAID[answer.confidence].rstrip('.').lower()}" if answer.confidence else ""
        label = f"{number} · {'Right' if answer.right else 'Missed'}{said} · "
        questions.explained(catalog, catalog.question[answer.question], answer, mine.who, label)
    missed = [catalog.question[answer.question] for answer in done if not answer.right]
    questions.drill_missed(questions.cards_waiting(mine.who, catalog, mine.chosen, missed), "secondary")
    begins = _begins(catalog, mine)
    if begins and begins > mine.day.today:
        st.markdown(f"The next check is worth it from {questions.on(begins)}.")
