"""Recall the recommended cards, one at a time."""

import streamlit as st

from roadmap import ui
from roadmap.catalog import Catalog
from roadmap.recall import Scope
from roadmap.ui import flashcards

person = ui.person()
catalog = ui.catalog()


def choice(catalog: Catalog) -> Scope:
    """Which cards the person asked for; the choice lives in the address, so that a link can carry it."""
    asked = st.query_params
    with st.expander("Choose cards", icon=":material/filter_list:", expanded=False):
        left, middle, right = st.columns(3)
        stages = left.multiselect(
            "Stage",
            list(catalog.stage),
            format_func=lambda id: catalog.stage[id].title,
            key="stage",
            bind="query-params",
            placeholder="Any stage",
        )
        categories = middle.multiselect(
            "Category",
            [category.name for category in catalog.categories],
            key="category",
            bind="query-params",
            placeholder="Any category",
        )
        skills = right.multiselect(
            "Skill or goal",
            list(catalog.lines),
            format_func=lambda id: catalog.lines[id].text,
            key="skill",
            bind="query-params",
            placeholder="Any skill",
        )
    direction = asked.get("direction")
    return Scope(
        direction=direction if direction in catalog.stage else None,
        stages=tuple(stages),
        categories=tuple(categories),
        skills=tuple(skills),
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
