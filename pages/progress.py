"""Level, gaps by category, history, what blocks the next stage."""

import streamlit as st

from roadmap import charts, evidence, levels, ui
from roadmap.ui import acts, check, parts, returned

person = ui.person()
catalog = ui.catalog()
store = ui.store()

chosen = store.settings(person)
log = store.ticks(person)
held = levels.held(log)
target = ui.target(catalog, chosen, held)
paper = parts.paper()
today = ui.day(chosen).today
shown = ui.evidence(person, catalog, ui.day(chosen), held)
zone = ui.zone(chosen)


@acts.stores
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
    for reading in [catalog.readings[id] for id in skill.topics if catalog.readings[id].text][:1]:
        label, book = f"Read {reading.title}", ":material/menu_book:"
        if words.button(label, key=f"read-{place}-{skill_id}", type="tertiary", icon=book):
            st.switch_page(ui.page("study"), query_params={"read": reading.id})
    if way.button(f"Drill {len(catalog.cards_of[skill_id])} cards", key=f"{place}-{skill_id}", width="stretch"):
        st.switch_page(ui.page("drill"), query_params={"skill": skill_id})


@acts.stores
def keep_day() -> None:
    """Keep the day by which a person wants to be there."""
    day = st.session_state["by"]
    store.choose(person, {"target_date": day.isoformat() if day else None}, ui.now())


def days_words(days: tuple[int | None, int | None, int | None]) -> str:
    """How long it takes, as a range in words."""
    low, _, high = days
    if low is None:
        return "more than half a year at this pace"
    if high is None:
        return f"{levels.count(low, 'day')} to more than half a year"
    return levels.count(low, "day") if low == high else f"{low} to {levels.count(high, 'day')}"


def on_track(days: tuple[int | None, int | None, int | None], left: int) -> str:
    """Whether the chosen day holds, from the same range."""
    low, middle, high = days
    if high is not None and high <= left:
        return "You are on track."
    if middle is not None and middle <= left:
        return "You are on track if all goes as usual, with little to spare."
    if low is not None and low <= left:
        return "It will be tight: more cards a day would help."
    return "That is sooner than your practice gets there: more cards a day, or a later day."


def the_plan() -> None:
    """What today takes, how long the target takes at this pace, and whether the chosen day holds."""
    plan = ui.plan(person, catalog, chosen, held)
    st.subheader(f"The plan to {aimed}")
    words, when = st.columns([3, 1], gap="large", vertical_alignment="top")
    minutes = f"about {plan.minutes:.0f} minutes" if plan.minutes >= 1 else "under a minute"
    today = f"Today: {levels.count(plan.cards, 'card')}, {minutes}."
    if plan.spread:
        rest = f"the rest spreads over {levels.count(plan.spread, 'day')}"
        today += f" {plan.due} cards are due: the most useful come first, {rest}."
    words.markdown(today)
    if plan.ready >= 0.5:
        words.markdown(f"By your practice you are likely at {aimed} already. Checked answers can show it.")
    else:
        budget = f"{chosen.daily_budget} cards a day, {chosen.new_limit} of them new"
        words.markdown(f"To {aimed} at {budget}: {days_words(plan.days)}, by a simulation of your own memory.")
    when.date_input("Reach it by", value=chosen.target_date, key="by", format="YYYY-MM-DD", on_change=keep_day)
    if chosen.target_date and plan.ready < 0.5:
        words.markdown(on_track(plan.days, (chosen.target_date - ui.day(chosen).today).days))
    if plan.cards and words.button("Drill today's cards", type="primary"):
        st.switch_page(ui.page("drill"))


st.header("Progress")
if not log:
    parts.ladder(catalog, held, "large", shown)
    if shown.answers:
        st.markdown(f"**{evidence.shown_sentence(catalog, shown, today)}**")
    st.markdown("Nothing is ticked yet. Tick what you can already do, and this page shows your level and your gaps.")
    if st.button("Tick skills", type="primary"):
        st.switch_page(ui.page("skills"))
    check.draw_offer(person, catalog)
    st.stop()

standing = levels.standing(catalog, held)
way = levels.shortfalls(catalog, held, target)
aimed = catalog.stage[target].title

left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
with left:
    parts.ladder(catalog, held, "large", shown)
with right:
    st.subheader(f"Claimed level: {levels.title(catalog, standing.level)}")
    st.markdown(f"{levels.progress_sentence(catalog, standing)}. {levels.blocking_sentence(catalog, held)}")
    st.markdown(f"**{evidence.sentence(catalog, standing.level, shown, today)}**")
    if shown.enough:
        st.markdown(f"80 % range: {evidence.range_words(catalog, shown)}. {shown.status.capitalize()}.")
    if shown.rusty:
        rusty = levels.count(len(shown.rusty), "rusty skill")
        if st.button(
            f"Refresh {rusty}", icon=":material/schedule:", help="What you showed of them has faded with age."
        ):
            st.switch_page(ui.page("drill"), query_params={"skill": list(shown.rusty)})
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

check.draw_offer(person, catalog)
the_plan()
returned.draw_objectives(person, catalog, today)
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

if shown.answers:
    st.subheader(f"What your answers support up to {aimed}")
    parts.chart(charts.support(evidence.by_category(catalog, shown, target), paper), key="support")

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
