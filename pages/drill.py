"""Recall the recommended cards, one at a time."""

import streamlit as st

from roadmap import ui
from roadmap.catalog import Catalog
from roadmap.recall import Scope
from roadmap.ui import flashcards

person = ui.person()
catalog = ui.catalog()


def keep(key: str) -> None:
    """Put a choice into the address."""
    st.query_params[key] = st.session_state[key]


def choice(catalog: Catalog) -> Scope:
    """Which cards the person asked for; the choice lives in the address, so that a link can carry it.

    Streamlit's own binding would put titles there, where links and bookmarks hold ids.
    """
    asked = st.query_params
    filters = (
        ("stage", "Stage", {stage.id: stage.title for stage in catalog.stages}),
        ("category", "Category", {category.name: category.name for category in catalog.categories}),
        ("skill", "Skill or goal", {line.id: line.text for line in catalog.lines.values()}),
    )
    chosen = {}
    with st.expander("Choose cards", icon=":material/filter_list:", expanded=False):
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
    )


st.header("Drill")
scope = choice(catalog)
asked_by = {
    "direction": scope.direction
    and f"As {catalog.stage[scope.direction].title} says: {catalog.stage[scope.direction].direction.text}",
    "reading": scope.reading and f"The cards of {catalog.readings[scope.reading].title}.",
}
for parameter, words in asked_by.items():
    if words:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(words)
            if st.button("Show all of today's cards", type="tertiary", key=f"all-{parameter}"):
                st.query_params.pop(parameter)
                st.rerun()
flashcards.draw(person, catalog, scope)
