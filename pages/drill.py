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
    direction = asked.get("direction")
    return Scope(
        direction=direction if direction in catalog.stage else None,
        stages=tuple(chosen["stage"]),
        categories=tuple(chosen["category"]),
        skills=tuple(chosen["skill"]),
    )


st.header("Drill")
scope = choice(catalog)
if scope.direction:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"As {catalog.stage[scope.direction].title} says: {catalog.stage[scope.direction].direction.text}")
        if st.button("Show all of today's cards", type="tertiary"):
            st.query_params.pop("direction")
            st.rerun()
flashcards.draw(person, catalog, scope)
