"""Recall the recommended cards one at a time, answer questions, look through the deck, see what practice came to."""

import streamlit as st

from roadmap import ui
from roadmap.catalog import Catalog
from roadmap.recall import Scope
from roadmap.ui import browse, flashcards, questions, statistics

person = ui.person()
catalog = ui.catalog()

MODES = {"cards": "Cards", "questions": "Questions", "deck": "Deck", "statistics": "Statistics"}


def keep(key: str) -> None:
    """Put a choice into the address."""
    st.query_params[key] = st.session_state[key]


def keep_mode() -> None:
    """Put the mode into the address, where cards need no word; a question that was opened is left behind."""
    st.query_params.pop("question", None)
    if st.session_state["mode"] == "cards":
        st.query_params.pop("mode", None)
    else:
        keep("mode")


def choice(catalog: Catalog, what: str) -> Scope:
    """Which cards or questions the person asked for; the choice lives in the address, so that a link can carry it.

    Streamlit's own binding would put titles there, where links and bookmarks hold ids.
    """
    asked = st.query_params
    filters = (
        ("stage", "Stage", {stage.id: stage.title for stage in catalog.stages}),
        ("category", "Category", {category.name: category.name for category in catalog.categories}),
        ("skill", "Skill or goal", {line.id: line.text for line in catalog.lines.values()}),
    )
    chosen = {}
    with st.expander(f"Choose {what}", icon=":material/filter_list:", expanded=False):
        for column, (key, label, titles) in zip(st.columns(3), filters, strict=True):
            st.session_state[key] = [id for id in asked.get_all(key) if id in titles]
            chosen[key] = column.multiselect(
                label,
                list(titles),
                format_func=titles.get,
                key=key,
                on_change=keep,
                args=(key,),
                placeholder=f"Any {label.lower()}",
            )
    direction, reading = asked.get("direction"), asked.get("reading")
    return Scope(
        direction=direction if direction in catalog.stage else None,
        reading=reading if reading in catalog.readings else None,
        stages=tuple(chosen["stage"]),
        categories=tuple(chosen["category"]),
        skills=tuple(chosen["skill"]),
        cards=tuple(id for id in asked.get_all("card") if id in catalog.card),
    )


def chosen(catalog: Catalog, mode: str) -> Scope:
    """The choice of cards or questions, and for what came with the address a way to let it go."""
    scope = choice(catalog, MODES[mode].lower())
    asked_by = {
        "direction": scope.direction
        and f"As {catalog.stage[scope.direction].title} says: {catalog.stage[scope.direction].direction.text}",
        "reading": scope.reading and f"{MODES[mode]} of {catalog.readings[scope.reading].title}.",
        "card": scope.cards and "Only the cards you asked for.",
    }
    for parameter, words in asked_by.items():
        if words:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(words)
                everything = "Show all of today's cards" if mode == "cards" else "Ask about everything"
                if st.button(everything, type="tertiary", key=f"all-{parameter}"):
                    st.query_params.pop(parameter)
                    st.rerun()
    return scope


st.header("Drill")
asked_mode = st.query_params.get("mode", "cards")
st.session_state["mode"] = asked_mode if asked_mode in MODES else "cards"
mode = st.segmented_control(
    "What to drill",
    list(MODES),
    format_func=MODES.get,
    required=True,
    key="mode",
    on_change=keep_mode,
    label_visibility="collapsed",
)
match mode:
    case "cards":
        flashcards.draw(person, catalog, chosen(catalog, mode))
    case "questions":
        questions.draw(person, catalog, chosen(catalog, mode))
    case "deck":
        browse.draw(person, catalog)
    case "statistics":
        statistics.draw(person, catalog)
