"""What the dataset holds: the coverage grid, and every card with its sources and its proof."""

import pandas as pd
import streamlit as st

from roadmap import ui
from roadmap.catalog import plain
from roadmap.ui import flashcards

person = ui.person()
catalog = ui.catalog()

st.header("Content")
cards = {stage.id: {c.name: 0 for c in catalog.categories} for stage in catalog.stages}
for card in catalog.cards:
    cards[card.stage][card.category] += 1
run = sum(card.verified == "run" for card in catalog.cards)
with st.container(horizontal=True):
    st.metric("Cards", len(catalog.cards))
    st.metric("Questions", len(catalog.questions))
    st.metric("Readings", f"{sum(bool(r.text) for r in catalog.readings.values())} of {len(catalog.readings)}")
    st.metric("Proved by a run", f"{run} of {len(catalog.cards)}")

st.subheader("Cards by category and stage")
grid = pd.DataFrame({stage.title: cards[stage.id] for stage in catalog.stages})
empty = int((grid == 0).sum().sum())
st.markdown(
    f"{len(catalog.cards)} cards stand in {grid.size - empty} of {grid.size} places; the roadmap asks for no more."
)
grid["All"] = grid.sum(axis=1)
st.dataframe(
    grid.map(lambda count: str(count or "")).rename_axis("Category").reset_index(),
    hide_index=True,
    height="content",
    alt="Cards by category and stage",
)

st.subheader("Every card")
with st.container(horizontal=True):
    stage = st.selectbox(
        "Stage",
        ["Every stage", *catalog.stage],
        format_func=lambda id: catalog.stage[id].title if id in catalog.stage else id,
        key="in_stage",
        width=220,
    )
    category = st.selectbox(
        "Category", ["Every category", *(c.name for c in catalog.categories)], key="in_category", width=260
    )
    words = st.text_input("Words", key="words", placeholder="Search cards", live=True, width=280)
found = {hit.id for hit in ui.search(catalog).find(words, limit=len(catalog.cards)) if hit.kind == "card"}
shown = [
    card
    for card in catalog.cards
    if stage in ("Every stage", card.stage)
    and category in ("Every category", card.category)
    and (not words.strip() or card.id in found)
]
asked = st.query_params.get("card")
if asked in catalog.card and catalog.card[asked] not in shown:
    shown.insert(0, catalog.card[asked])
st.markdown(f"{len(shown)} cards. Choose a row to read the whole card.")
chosen = st.dataframe(
    {
        "Card": [plain(card.front) for card in shown],
        "Stage": [catalog.stage[card.stage].title for card in shown],
        "Category": [card.category for card in shown],
        "Checked": [flashcards.PROOF[card.verified] for card in shown],
    },
    hide_index=True,
    key="cards",
    on_select="rerun",
    selection_mode="single-row",
    alt=f"{len(shown)} cards",
).selection.rows
open_card = shown[chosen[0]] if chosen and chosen[0] < len(shown) else catalog.card.get(asked or "")
if open_card:
    flashcards.show(catalog, open_card)
    st.caption(f"Id: {open_card.id}")
    if st.button("Drill the cards of its skill"):
        st.switch_page(ui.page("drill"), query_params={"skill": open_card.skills[0]})

if catalog.retired:
    st.subheader("Retired")
    met = {recall.card for recall in ui.store().recalls(person)} | {one.question for one in ui.store().answers(person)}
    yours = len(met & set(catalog.retired))
    st.markdown(
        f"{len(catalog.retired)} ids are taken out of the content and never used again. "
        f"{yours} of them you met: what you did with them is kept, and counts no longer."
    )
    st.dataframe({"Id": catalog.retired, "You met it": ["yes" if id in met else "" for id in catalog.retired]})
