"""Level, gaps by category, history, what blocks the next stage."""

import streamlit as st

from roadmap import charts, levels, ui
from roadmap.ui import parts

person = ui.person()
catalog = ui.catalog()
store = ui.store()

chosen = store.settings(person)
log = store.ticks(person)
held = levels.held(log)
target = ui.target(catalog, chosen, held)
paper = parts.paper()
zone = ui.zone(chosen)


def aim() -> None:
    """Keep the stage a person aims for."""
    if stage := st.session_state["aim"]:
        store.choose(person, {"target": stage}, ui.now())


def look() -> None:
    """Look into the category of the clicked bar or cell."""
    for key in ("gaps", "matrix"):
        if carried := parts.picked(key):
            st.session_state["look"] = carried[0]


def open_skill(place: str, skill_id: str) -> None:
    """One open skill: its words, what would show it, and the way to its cards."""
    skill = catalog.skills[skill_id]
    words, way = st.columns([5, 1], vertical_alignment="center")
    words.markdown(f"**{skill.text}**  \n{skill.evidence}")
    if way.button(f"Drill {len(catalog.cards_of[skill_id])} cards", key=f"{place}-{skill_id}", width="stretch"):
        st.switch_page(ui.page("drill"), query_params={"skill": skill_id})


st.header("Progress")
if not log:
    parts.ladder(catalog, held, "large")
    st.markdown("Nothing is ticked yet. Tick what you can already do, and this page shows your level and your gaps.")
    if st.button("Tick skills", type="primary"):
        st.switch_page(ui.page("skills"))
    st.stop()

standing = levels.standing(catalog, held)
way = levels.shortfalls(catalog, held, target)
aimed = catalog.stage[target].title

left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
with left:
    parts.ladder(catalog, held, "large")
with right:
    st.subheader(f"Claimed level: {levels.title(catalog, standing.level)}")
    st.markdown(f"{levels.progress_sentence(catalog, standing)}. {levels.blocking_sentence(catalog, held)}")
    st.session_state["aim"] = target
    st.segmented_control(
        "The stage you aim for",
        list(catalog.stage),
        format_func=lambda id: catalog.stage[id].title,
        key="aim",
        on_change=aim,
        required=True,
    )
    short = sum(shortfall.short for shortfall in way)
    st.markdown(
        f"The shortest way to {aimed}: {short} more skill{'' if short == 1 else 's'}."
        if short
        else f"{aimed} counts, and so does every stage below it."
    )

if way:
    st.subheader(f"What holds you from {aimed}")
for shortfall in way:
    lacking = f"Any {shortfall.short} of these {len(shortfall.open)}:" if len(shortfall.open) > 1 else "This one:"
    st.markdown(f"{catalog.stage[shortfall.stage].title}, {shortfall.ticked} of {shortfall.needed}. {lacking}")
    for id in shortfall.open:
        open_skill("way", id)
if standing.debts:
    st.subheader("Open below your level")
    st.markdown("The rule tolerates one open skill in four. These stay listed.")
    for id in standing.debts:
        open_skill("debt", id)

left, right = st.columns(2, gap="large")
found = levels.gaps(catalog, held, target)
with left:
    st.subheader(f"Gaps by category up to {aimed}")
    parts.chart(charts.gaps(found, paper), key="gaps", on_select=look, selection_mode="points")
with right:
    st.subheader("Stage by category")
    parts.chart(charts.matrix(catalog, held, paper), key="matrix", on_select=look, selection_mode="points")

st.subheader("Look into a category")
names = [gap.category for gap in sorted(found, key=lambda gap: -len(gap.missing))]
every = catalog.in_order(name for skill in catalog.skills.values() for name in skill.categories)
category = st.selectbox(
    "Category, the widest gap first. Or click a bar or a cell above.",
    [*names, *(name for name in every if name not in names)],
    key="look",  # not "category": a bound name cannot be handed on to Drill's address
    bind="query-params",
)
for skill in catalog.skills.values():
    if category not in skill.categories:
        continue
    if skill.id in held:
        st.markdown(f":material/check: {skill.text} Ticked since {held[skill.id].astimezone(zone):%d %B %Y}.")
    else:
        open_skill("look", skill.id)
if st.button(f"Drill every card of {category}"):
    st.switch_page(ui.page("drill"), query_params={"category": category})

st.subheader("Level over time")
moments = levels.history(catalog, log)
if len({moment.at.astimezone(zone).date() for moment in moments}) > 1:
    parts.chart(charts.over_time(catalog, moments, zone, paper), key="history")
else:
    st.markdown("Your ticks are all of one day so far. The line starts when they change on another day.")
