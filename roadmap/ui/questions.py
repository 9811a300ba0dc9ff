"""Questions one at a time, answered into the store before their key is sent: `one` draws any, `draw` those of Drill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from textwrap import shorten
from typing import Any, Literal

import streamlit as st

from roadmap import ui
from roadmap.catalog import Catalog, Question, plain
from roadmap.evidence import REVEALED
from roadmap.facts import Answer, Confidence, Mode
from roadmap.levels import held
from roadmap.recall import IN_A_ROW, Ask, Day, Scope, quiz, rests_until, row, shuffled
from roadmap.store import Settings
from roadmap.ui import acts, flashcards, parts
from roadmap.ui.prose import html

KEY = "questions"
LONGEST_ANSWER = 600_000
RESTS = timedelta(days=REVEALED - 1)
"""How many days before today a question whose key was seen rests, where a check asks."""
SAID = {Confidence.guess: "You guessed.", Confidence.think: "You thought so.", Confidence.sure: "You were sure."}
REFUSED = "That answer could not be read, so nothing was saved. Choose once more."

_component = st.components.v2.component("roadmap.questions", js="questions.js", css="drill.css")


def _unheard(_question: str) -> None:
    """For a caller that works out all it needs from what is stored."""


@st.fragment
def draw(who: str, catalog: Catalog, scope: Scope) -> None:
    """Draw the question to answer now, or what was answered last; after ten, or with none left, what they came to."""
    ui.seen(who)
    store = ui.store()
    chosen, answers, ticks = store.settings(who), store.answers(who), held(store.ticks(who))
    day, opened = ui.day(chosen), st.query_params.get("question", "")
    opened = opened if opened in catalog.question else ""
    target = ui.target(catalog, chosen, ticks)
    asks = quiz(catalog, answers, ticks, target, day, scope, first=opened)
    answered = {answer.question: answer for answer in answers if answer.question in catalog.question}
    told = answered.get(opened or st.session_state.get("told", ""))
    if told and opened and day.of(told.at) < day.today:  # an old answer does not show the key of a new one
        told = None
    in_row = row(answers, day)
    asks_opened = bool(asks) and asks[0].question.id == opened
    if len(in_row) == IN_A_ROW and (asks_opened or st.session_state.get("went_on") == in_row[-1].at):
        in_row = []
    full = len(in_row) == IN_A_ROW
    if not told and (full or not asks):
        _summary(who, catalog, in_row, chosen, scope, more=bool(asks))
        return
    one(
        who,
        catalog,
        chosen,
        asked=asks[0] if asks and not full else None,
        told=told,
        note=_resting(answered.get(opened), day),
        done=len(in_row),
        all=min(IN_A_ROW, len(in_row) + len(asks)),
        answered=_answered,
        went_on=_went_on,
    )


def one(
    who: str,
    catalog: Catalog,
    chosen: Settings,
    *,
    asked: Ask | None,
    told: Answer | None,
    done: int,
    all: float,
    answered: Callable[[str], None] = _unheard,
    went_on: Callable[[str], None] = _unheard,
    mode: Mode = "quiz",
    key: str = KEY,
    note: str | None = None,
    after: str = "See the summary",
    count: str | None = None,
    focus: bool = False,
) -> None:
    """Draw one question: the answer `told` with its key until the person goes on, else the one `asked`.

    An answer is stored under `mode`, one a question and day (in a check, one in 30 days), and then `answered` hears the
    question's id, as `went_on` does when the person goes on from what was told. Both run before the next drawing, where
    the caller decides what comes: it may tell an answer or ask the next question at once. `done` of `all` is the bar,
    `count` the words below it where those two numbers are not enough, `note` a sentence above the question, `after`
    the words for going on where nothing more is asked. `focus` hands the keyboard's focus to the question.
    """

    def do(act: dict[str, Any]) -> None:
        match act["do"]:
            case "answer":
                question = catalog.question[act["question"]]
                option = range(len(question.options)).index(act["option"])
                spent = min(max(int(act["milliseconds"]), 0), LONGEST_ANSWER)
                right, sure = question.options[option].right, acts.confidence(act)
                fact = Answer(ui.now(), question.id, option, right, spent, mode, sure)
                today = ui.day(ui.store().settings(who))
                fresh = today if mode == "quiz" else today._replace(today=today.today - RESTS)
                ui.store().answer(who, fact, act["uid"], since=fresh.start)
                answered(question.id)
            case "next":
                went_on(act["question"])

    _component(
        key=key,
        data={
            "asked": _asked(asked, who) if asked else None,
            "told": _told(catalog, told, who) if told else None,
            "note": note,
            "done": done,
            "all": all,
            "count": count,
            "focus": focus,
            "after": after,
            "confidence": chosen.confidence,
            "keys": chosen.shortcuts,
            **acts.told(key),
        },
        on_acts_change=lambda: acts.hear(key, do, REFUSED),
    )


def _answered(question: str) -> None:
    st.session_state["told"] = question
    st.query_params.pop("question", None)  # what the address opened has had its turn


def _went_on(question: str) -> None:
    if st.session_state.get("told") == question:
        del st.session_state["told"]
    st.query_params.pop("question", None)


def _resting(answer: Answer | None, day: Day) -> str | None:
    """Why the question that the address opens is not asked."""
    if not answer or (again := rests_until(answer, day)) <= day.today:
        return None
    return (
        f"You answered the question you opened right on {on(day.of(answer.at))}. "
        f"It is asked again from {on(again)}; this is the next one."
    )


def on(day: date) -> str:
    """A day in words: "22 November"."""
    return f"{day.day} {day:%B}"


def _asked(ask: Ask, who: str) -> dict[str, Any]:
    """A question as the browser may know it before it is answered: neither the key nor a reason."""
    question = ask.question
    return {
        "id": question.id,
        "why": f"{ask.why} · {question.category}",
        "line": ask.line.text,
        "question": html(question.question),
        "options": [{"place": place, "text": html(question.options[place].text)} for place in shuffled(question, who)],
    }


def _told(catalog: Catalog, answer: Answer, who: str) -> dict[str, Any]:
    """An answered question with everything there is to learn from it."""
    question = catalog.question[answer.question]
    options = [
        {
            "text": html(question.options[place].text),
            "why": html(question.options[place].why),
            "right": question.options[place].right,
            "chosen": place == answer.option,
        }
        for place in shuffled(question, who)
    ]
    verdict = (
        "Right." if answer.right else "Missed.",
        SAID[answer.confidence] if answer.confidence else "",
        "" if answer.right else "Its card is in tomorrow's queue.",
    )
    return {
        "id": question.id,
        "why": f"Answered · {question.category}",
        "line": catalog.lines[question.skills[0]].text,
        "question": html(question.question),
        "verdict": " ".join(filter(None, verdict)),
        "options": options,
        "proof": f"<h3>Proof</h3>{html(question.proof)}",
        "sources": flashcards.sources(catalog, question),
        "taught": flashcards.taught(catalog, question.card),
        "checked": flashcards.PROOF[question.verified],
    }


def _summary(
    who: str, catalog: Catalog, answers: Sequence[Answer], chosen: Settings, scope: Scope, *, more: bool
) -> None:
    """What these answers came to, what they say to drill, and whether there is more to ask."""
    known = [(catalog.question[answer.question], answer) for answer in answers if answer.question in catalog.question]
    if not known:
        _nothing_to_ask(catalog, scope)
        return
    asked = Counter(question.category for question, _ in known)
    right = Counter(question.category for question, answer in known if answer.right)
    st.subheader(f"{right.total()} of {asked.total()} right")
    st.markdown(" · ".join(f"{name} {right[name]} of {asked[name]}" for name in catalog.in_order(asked)))
    missed = [(question, answer) for question, answer in known if not answer.right]
    for question, answer in missed:
        explained(catalog, question, answer, who, "Missed: ")
    waiting: list[str] = []
    if missed:
        waiting = cards_waiting(who, catalog, chosen, [question for question, _ in missed])
        st.markdown("Their cards lead tomorrow's queue" + (", or drill them now." if waiting else "."))
    elif not more:
        st.markdown(f"No question is left {'of this choice' if scope else 'up to your target'} today.")
    with st.container(horizontal=True):
        drill_missed(waiting)
        if more:
            st.button("More questions", on_click=_go_on, args=(answers[-1],))


def _go_on(last: Answer) -> None:
    st.session_state["went_on"] = last.at


def cards_waiting(who: str, catalog: Catalog, chosen: Settings, missed: Sequence[Question]) -> list[str]:
    """The cards of missed questions that can be drilled today."""
    cards = Scope(cards=tuple(question.card for question in missed))
    today = flashcards.session(who, catalog, chosen, cards)
    return [pick.card.id for pick in today.picks if missed and pick.card.id not in today.aside]


def drill_missed(waiting: list[str], kind: Literal["primary", "secondary"] = "primary") -> None:
    """The way to these cards, where there are any."""
    if waiting and st.button("Drill the missed cards", type=kind):
        st.switch_page(ui.page("drill"), query_params={"card": waiting})


def explained(catalog: Catalog, question: Question, answer: Answer, who: str, label: str) -> None:
    """An answered question, folded: every option as it was shown with its explanation, and what its card asks."""
    words = parts.typed(shorten(plain(question.question), 110, placeholder=" …"))
    with st.expander(f"{label}{words}"):
        st.markdown(parts.prose(catalog, question.question))
        for place in shuffled(question, who):
            option = question.options[place]
            marks = ("Right answer" if option.right else "", "Your answer" if place == answer.option else "")
            mark = " · ".join(filter(None, marks))
            said = f"**{mark}**\n\n" if mark else ""
            st.markdown(f"{said}{parts.prose(catalog, option.text)}\n\n{parts.prose(catalog, option.why)}")
        st.markdown(f"**Its card asks**\n\n{parts.prose(catalog, catalog.card[question.card].front)}")


def _nothing_to_ask(catalog: Catalog, scope: Scope) -> None:
    st.subheader("No question to answer here today" if scope else "No question to answer today")
    if not catalog.questions:
        st.markdown("No questions are written yet. The cards are there to be drilled.")
    elif not any(scope.includes(catalog, question) for question in catalog.questions):
        st.markdown("No question is about this choice yet. Widen the choice above, or drill its cards.")
    else:
        st.markdown(
            "You have answered every question here. A missed one is asked again the next day, "
            "a right one after 30 days. Widen the choice above, or drill the cards."
        )
