"""The Drill page's component: today's cards one at a time, flipped in the browser, graded into the store."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, NamedTuple, get_args

import streamlit as st

from roadmap import ui
from roadmap.catalog import Card, Catalog, Question
from roadmap.facts import Grade, Label, Recall
from roadmap.levels import held
from roadmap.recall import (
    EVERYTHING,
    LONGEST_INTERVAL,
    Day,
    Memory,
    Pick,
    Scope,
    due_cards,
    graded,
    intervals,
    lapses,
    leech,
    missed_cards,
    set_aside,
)
from roadmap.recommend import pace, queue
from roadmap.store import Kind, Settings
from roadmap.ui import acts, parts
from roadmap.ui.prose import html

KEY = "flashcards"
AHEAD = 3
LONGEST_RECALL = 600_000
UNDOABLE: tuple[Kind, ...] = ("recall", "label")
LABELLED: dict[Label, str] = {
    "suspended": "The last card is suspended: it stays out until you bring it back in Deck.",
    "buried": "The last card is buried until tomorrow.",
    "flagged": "The last card is flagged; Deck finds it.",
}

PROOF = {
    "run": "its code was run and its output compared",
    "check": "its code was type-checked",
    "document": "read in the source named here",
}
REFUSED = "That could not be read, so nothing was saved. Try it once more."

_component = st.components.v2.component("roadmap.drill", js="drill.js", css="drill.css")


class Session(NamedTuple):
    """What a person did today, and what is left of their queue."""

    recalls: list[Recall]
    picks: list[Pick]
    day: Day
    memories: dict[str, Memory]
    labels: dict[Label, dict[str, datetime]]
    aside: set[str]
    due_tomorrow: int

    @property
    def minutes(self) -> float:
        """Minutes spent on today's recalls."""
        return sum(recall.milliseconds for recall in self.recalls) / 60_000

    @property
    def grades(self) -> Counter[Grade]:
        """How today's recalls went."""
        return Counter(recall.grade for recall in self.recalls)


def session(who: str, catalog: Catalog, chosen: Settings, scope: Scope = EVERYTHING) -> Session:
    """Today's recalls and queue of a person, within a scope."""
    store, day = ui.store(), ui.day(chosen)
    recalls = store.recalls(who, since=day.start)
    tomorrow = day._replace(today=day.today + timedelta(days=1))
    memories, answers = store.memories(who, chosen.retention), store.answers(who)
    missed, missed_by_now = (missed_cards(catalog, answers, before) for before in (day, tomorrow))
    ticks, labels = held(store.ticks(who)), store.labels(who)
    aside = set_aside(labels, day)
    picks = queue(
        ui.deck(catalog),
        memories,
        ui.evidence(who, catalog, day, ticks),
        ticks,
        ui.target(catalog, chosen, ticks),
        day,
        ui.now(),
        scope,
        own=pace(store.recalls(who)),
        missed=missed_by_now if scope.cards else missed,  # a card asked for by its id need not wait for tomorrow
        aside=aside,
        done=len(recalls),
        new_done=sum(recall.before is None and recall.card not in missed for recall in recalls),
    )
    due_tomorrow = due_cards(memories, missed_by_now, tomorrow).keys() - set_aside(labels, tomorrow)
    return Session(recalls, picks, day, memories, labels, aside, len(due_tomorrow))


@st.fragment
def draw(who: str, catalog: Catalog, scope: Scope) -> None:
    """Draw the card to recall now; when none is left, what today came to."""
    ui.seen(who)
    chosen = ui.store().settings(who)
    today = session(who, catalog, chosen, scope)
    shown = _undone_first(today.picks)
    cards = [_card(catalog, pick, today.memories.get(pick.card.id), chosen) for pick in shown[:AHEAD]]
    if len(cards) < AHEAD:
        cards += [_unrated(catalog, catalog.card[id]) for id in _failed(today) if id in catalog.card]
    if not cards:
        _summary(who, today, scope, chosen)
        return
    flagged, failed = today.labels.get("flagged", {}), lapses(ui.store().recalls(who))
    for card in cards:
        card |= {"flagged": card["id"] in flagged, "leech": leech_words(catalog, card["id"], failed[card["id"]])}
    _component(
        key=KEY,
        data={
            "cards": cards,
            "done": len(today.recalls),
            "left": len(today.picks),
            "undo": bool(today.recalls) or any(fact.at >= today.day.start for fact in ui.store().labelled(who)[-1:]),
            "confidence": chosen.confidence,
            "keys": chosen.shortcuts,
            **acts.told(KEY),
        },
        on_acts_change=lambda: acts.hear(KEY, lambda act: _do(who, catalog, act), REFUSED),
    )


def _do(who: str, catalog: Catalog, act: dict[str, Any]) -> None:
    store, at = ui.store(), ui.now()
    chosen = store.settings(who)
    match act["do"]:
        case "grade":
            card, grade = catalog.card[act["card"]].id, Grade(act["grade"])
            before = store.memories(who, chosen.retention).get(card)
            after = graded(before, grade, at, chosen.retention)
            spent = min(max(int(act["milliseconds"]), 0), LONGEST_RECALL)
            sure = acts.confidence(act)
            fact = Recall(at, card, grade, before.dumps() if before else None, after.dumps(), spent, sure)
            store.recall(who, fact, act["uid"], since=ui.day(chosen).start)
        case "label":
            label(who, catalog, act)
        case "undo":
            undo(who, act["uid"])
        case "seen":
            st.session_state.setdefault("seen_again", set()).add(act["card"])


def label(who: str, catalog: Catalog, act: dict[str, Any]) -> None:
    """Put a label on a card, or take it off, as an act says."""
    labels: tuple[Label, ...] = get_args(Label)
    put, on = labels[labels.index(act["label"])], (False, True).index(act["on"])
    ui.store().label(who, catalog.card[act["card"]].id, put, bool(on), ui.now(), act["uid"])


def undo(who: str, uid: str | None = None) -> None:
    """Take back the newest recall or label; its card comes back first."""
    last = ui.store().last(who, UNDOABLE)
    if last and ui.store().undo(who, UNDOABLE, ui.now(), uid):
        st.session_state["undone"] = last.about[0]
        st.session_state.get("seen_again", set()).discard(last.about[0])


def _undone_first(picks: list[Pick]) -> list[Pick]:
    undone = st.session_state.get("undone")
    return sorted(picks, key=lambda pick: pick.card.id != undone)


def _failed(today: Session) -> list[str]:
    """Cards that failed today and have not been seen again since: shown once more, unrated, at the end."""
    again = st.session_state.get("seen_again", set())
    failed = (recall.card for recall in today.recalls if recall.grade is Grade.again)
    return [card for card in failed if card not in again and card not in today.aside]


def _card(catalog: Catalog, pick: Pick, memory: Memory | None, chosen: Settings) -> dict[str, Any]:
    days = intervals(memory, ui.now(), chosen.retention).values()
    return {
        **faces(catalog, pick.card, pick.line.text),
        "rated": True,
        "why": f"{pick.why} · {pick.card.category}",
        "because": pick.because,
        "intervals": [_in_days(count) for count in days],
    }


def _unrated(catalog: Catalog, card: Card) -> dict[str, Any]:
    return {
        **faces(catalog, card, catalog.lines[card.skills[0]].text),
        "rated": False,
        "why": f"Once more, not graded · {card.category}",
        "intervals": [],
    }


def faces(catalog: Catalog, card: Card, line: str) -> dict[str, Any]:
    """Both sides of a card as a component shows them."""
    back = (
        f"<div class='answer'>{html(card.answer)}</div><h3>Proof</h3>{html(card.proof)}"
        f"<h3>Why it matters</h3>{html(card.why)}<h3>Trap</h3>{html(card.trap)}"
    )
    return {
        "id": card.id,
        "line": line,
        "front": html(card.front),
        "back": back,
        "sources": sources(catalog, card),
        "taught": taught(catalog, card.id),
        "proof": PROOF[card.verified],
    }


def taught(catalog: Catalog, card: str) -> dict[str, str] | None:
    """The reading that teaches a card, as a link of a component."""
    reading = catalog.taught_in.get(card)
    if not reading:
        return None
    name = reading.id.replace(".", " ") if reading in catalog.topics else f"“{reading.title}”"
    return {"label": name, "title": reading.title, "url": f"study?read={reading.id}"}


def leech_words(catalog: Catalog, id: str, lapses: int) -> dict[str, Any] | None:
    """What to do with a card that is failed again and again: the sentence, in two parts around its link."""
    if not leech(lapses):
        return None
    read = taught(catalog, id)
    if not read:
        return {"said": f"You missed this {lapses} times. Put it into your own words, or suspend it.", "read": None}
    return {"said": f"You missed this {lapses} times. Read ", "read": {**read, "then": ", or suspend it."}}


def show(catalog: Catalog, card: Card) -> None:
    """A whole card to read, both sides at once."""
    st.subheader("The card")
    for title, text in (
        ("", card.front),
        ("Answer", card.answer),
        ("Proof", card.proof),
        ("Why it matters", card.why),
        ("Trap", card.trap),
    ):
        st.markdown(f"**{title}**\n\n{parts.prose(catalog, text)}" if title else parts.prose(catalog, text))
    shown = (f"`{one['label']}`" if one["url"] is None else f"<{one['url']}>" for one in sources(catalog, card))
    st.markdown(f"Checked: {PROOF[card.verified]}. Sources: {', '.join(shown)}")
    if reading := catalog.taught_in.get(card.id):
        label, book = f"Read {reading.title}", ":material/menu_book:"
        if st.button(label, type="tertiary", icon=book):
            st.switch_page(ui.page("study"), query_params={"read": reading.id})


def sources(catalog: Catalog, item: Card | Question) -> list[dict[str, str | None]]:
    """Where a card or question was read, as a component or a page shows it."""
    return [_source(catalog.sources[key]) for key in item.sources]


def _source(address: str) -> dict[str, str | None]:
    """A source as a link, or as the name of a package and a path in it."""
    if address.startswith("npm:"):
        return {"label": address.removeprefix("npm:"), "url": None}
    return {"label": address.split("://", 1)[1].rstrip("/"), "url": address}


def _in_days(days: int) -> str:
    if days < 31:
        return f"{days} day{'' if days == 1 else 's'}"
    return f"{days / 30.4:.1f} months" if days < LONGEST_INTERVAL else "1 year"


def _summary(who: str, today: Session, scope: Scope, chosen: Settings) -> None:
    """What today came to, and what to do next."""
    if not today.recalls:
        _nothing_to_do(scope, chosen)
        _undo_last(who, today, chosen)
        return
    if len(today.recalls) >= chosen.daily_budget:
        st.subheader("Today's budget is done")
    else:
        st.subheader("Nothing more to recall here today" if scope else "Nothing more is due today")
    counts = today.grades
    right = sum(count for grade, count in counts.items() if grade is not Grade.again)
    with st.container(horizontal=True):
        st.metric("Cards recalled", len(today.recalls))
        st.metric("Recalled at first try", f"{right} of {len(today.recalls)}")
        st.metric("Minutes", f"{today.minutes:.0f}" if today.minutes >= 1 else "under 1")
        st.metric("Due tomorrow", today.due_tomorrow)
    st.markdown(" · ".join(f"{grade.name.capitalize()} {counts[grade]}" for grade in Grade))
    with st.container(horizontal=True):
        _undo_last(who, today, chosen)
        if st.button("See your progress", type="primary"):
            st.switch_page(ui.page("progress"))


def _undo_last(who: str, today: Session, chosen: Settings) -> None:
    """The way back from the last grade or label of today, and which label it was."""
    last = ui.store().last(who, UNDOABLE)
    if not last or last.at < today.day.start:
        return
    if last.kind == "label":
        put = next((name for name, cards in today.labels.items() if cards.get(last.about[0]) == last.at), None)
        st.markdown(LABELLED[put] if put else "The last label is taken off.")
    what = "grade" if last.kind == "recall" else "label"
    key = "U" if chosen.shortcuts else None
    st.button(f"Undo the last {what}", on_click=acts.stores(undo), args=(who,), shortcut=key)


def _nothing_to_do(scope: Scope, chosen: Settings) -> None:
    if scope:
        st.subheader("No card to recall here today")
        st.markdown("Every card of this choice was recalled or waits for its day. Widen the choice above.")
        return
    st.subheader("Nothing is due today")
    if chosen.new_limit == 0:
        st.markdown("Your limit for new cards is 0. Raise it in Settings, or come back when a card is due.")
    else:
        st.markdown("Every card up to your target waits for its day. Choose a later stage above, or on Progress.")
