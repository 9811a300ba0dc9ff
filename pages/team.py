"""Managers: open exported reports, see them side by side, compare over time."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise, repeat

import streamlit as st

from roadmap import charts, drawing, export, levels, report, ui
from roadmap.catalog import Catalog
from roadmap.report import Report, team, words
from roadmap.ui import parts

person = ui.person()
STALE_DAYS = 120
HEADS = ("Skill", "People")  # stand beside the names in the table of skills, so nobody there is called that alone


def opened(files: Sequence[st.runtime.uploaded_file_manager.UploadedFile]) -> tuple[list[Report], list[export.Refused]]:
    """The reports in these files and the files refused; each is read once and kept for this tab only."""
    known: dict[str, Report | export.Refused] = st.session_state.get("opened", {})
    fresh = [file for file in files if file.file_id not in known]
    bar = st.progress(0.0, "Reading reports") if len(fresh) > 10 else None
    for place, file in enumerate(fresh, start=1):
        try:
            known[file.file_id] = export.read(file.name, file.getvalue())
        except export.Refused as refused:
            known[file.file_id] = refused
        if bar and (place % 10 == 0 or place == len(fresh)):
            bar.progress(place / len(fresh), f"Reading reports: {place} of {len(fresh)}")
    if bar:
        bar.empty()
    st.session_state["opened"] = known = {file.file_id: known[file.file_id] for file in files}
    return (
        [one for one in known.values() if isinstance(one, Report)],
        [one for one in known.values() if isinstance(one, export.Refused)],
    )


def labels(reports: Sequence[Report]) -> dict[str, str]:
    """A name for each person, by id; people of one name are told apart by role, then by number."""
    named = {one.person: one.name or "No name" for one in reports}
    roles, numbers = [one.role for one in reports], [str(place) for place, _ in enumerate(reports, start=1)]
    for tells in chain([roles], repeat(numbers)):
        count = Counter([*HEADS, *named.values()])
        if max(count.values()) == 1:
            break
        for one, tell in zip(reports, tells, strict=True):
            if tell and count[named[one.person]] > 1:
                named[one.person] += f" ({tell})"
    return named


def shape(one: Report) -> list[tuple[str, list[str]]]:
    """The stages and skills that a report counts; only reports of one shape add up."""
    return [(stage.id, [skill.id for skill in stage.skills]) for stage in one.stages]


def show(one: Report) -> None:
    """A report as it was sent."""
    parts.answer(one)
    st.html(f"<style>{export.REPORT_STYLE}</style>{export.body(one, top=3)}")


def over_time(theirs: Sequence[Report]) -> None:
    """What changed from each report of a person to their next."""
    for before, after in pairwise(theirs):
        with_change = after.model_copy(update={"changes": report.changes(before, after)})
        st.markdown(
            f"**{export.day(before.as_of)} to {export.day(after.as_of)}**: {parts.typed(words.changed(with_change))}"
        )
        for word, text in words.change_list(with_change):
            st.markdown(f"- {word}: {parts.typed(text)}")


def matching(people: Sequence[Report], names: dict[str, str], catalog: Catalog) -> tuple[list[Report], list[str]]:
    """The people and the skills that the filters leave."""
    with st.container(horizontal=True):
        name = st.text_input("Name", key="who", placeholder="Any name", live=True, width=240)
        level = st.selectbox(
            "Claimed level",
            [None, levels.STARTING_OUT, *catalog.stage],
            format_func=lambda id: (
                "Any level" if id is None else catalog.stage[id].title if id in catalog.stage else id
            ),
            key="level",
            width=200,
        )
        stage = st.selectbox(
            "Skills of",
            [None, *catalog.stage],
            format_func=lambda id: "Every stage" if id is None else catalog.stage[id].title,
            key="of_stage",
            width=200,
        )
        every = catalog.in_order(name for skill in catalog.skills.values() for name in skill.categories)
        category = st.selectbox(
            "in", [None, *every], format_func=lambda name: name or "Every category", key="of_category", width=240
        )
    left = [
        one
        for one in people
        if name.strip().casefold() in names[one.person].casefold()
        and (level is None or (one.claimed.level or levels.STARTING_OUT) == level)
    ]
    skills = [
        skill.id
        for skill in catalog.skills.values()
        if stage in (None, skill.stage) and (category is None or category in skill.categories)
    ]
    return left, skills


def table(people: Sequence[Report], names: dict[str, str], histories: dict[str, tuple[Report, ...]]) -> Report | None:
    """People by stage, by name and in no other order; returns the person whose row is chosen."""
    today = ui.day(ui.store().settings(person)).today
    scheme = "dark" if parts.paper().dark else "light"
    rows = []
    for place, one in enumerate(people):
        theirs = histories[one.person]
        since = report.changes(theirs[-2], one) if len(theirs) > 1 else one.changes
        age = (today - one.as_of).days
        rows.append(
            {
                "Name": names[one.person],
                "Role": one.role,
                "Ladder": drawing.data_url(
                    drawing.ladder(one.catalog, one.ticks, id=f"l{place}", size="steps"), scheme
                ),
                "Claimed level": levels.title(one.catalog, one.claimed.level),
                **{
                    stage.title: f"{levels.ticked(stage, one.ticks)} of {len(stage.skills)}"
                    for stage in one.catalog.stages
                },
                "As of": one.as_of,
                "Age": f"{age} days, stale" if age > STALE_DAYS else f"{age} days",
                "Since last": words.changed(one.model_copy(update={"changes": since})) or "First report",
            }
        )
    event = st.dataframe(
        rows,
        hide_index=True,
        key="people",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Name": st.column_config.TextColumn(pinned=True),
            "Ladder": st.column_config.ImageColumn(width=180),
            "Since last": st.column_config.TextColumn(width="large"),
            "As of": st.column_config.DateColumn(format="D MMM YYYY"),
        },
        alt=f"{len(rows)} people by stage, listed by name",
    )
    chosen = event.selection.rows
    return people[chosen[0]] if chosen and chosen[0] < len(people) else None


st.header("Team")
files = st.file_uploader(
    "Drop exported reports here (HTML or JSON)", type=["html", "json"], accept_multiple_files=True, key="reports"
)
if not files:
    st.markdown(
        "Ask each engineer for the HTML file of their Report page and drop all of them here. "
        "Nothing you open is stored: closing this tab forgets it."
    )
    st.stop()

reports, refused = opened(files)
for one in refused:
    st.error(parts.typed(str(one)), icon=":material/error:")
again = len(reports) - len({one.id for one in reports})
if again:
    st.info(f"{again} of these files hold a report that is already here; each report counts once.")
if not reports:
    st.stop()

histories = team.histories(reports)
people = list(team.latest_by_person(reports))
names = labels(people)

if len(people) == 1:
    theirs = histories[people[0].person]
    if len(theirs) > 1:
        st.subheader("Over time")
        over_time(theirs)
    show(people[0])
    st.stop()

newest = max(people, key=lambda one: (one.roadmap.version, one.as_of))
catalog = newest.catalog
left, skills = matching(people, names, catalog)
count = f"{len(left)} of {len(people)}" if len(left) < len(people) else str(len(people))
st.subheader(f"{count} people")
if not left:
    st.markdown("Nobody fits these filters. Widen them above.")
    st.stop()
picked = table(left, names, histories)
with st.container(horizontal=True, vertical_alignment="center"):
    st.download_button(
        "CSV of this table",
        data=lambda: export.team_csv(left),
        file_name="team.csv",
        icon=":material/download:",
        on_click="ignore",
    )
    st.markdown("Choose a row to read that person's report. People are listed by name; there is no ranking.")
if picked:
    if len(histories[picked.person]) > 1:
        over_time(histories[picked.person])
    show(picked)

paper = parts.paper()
st.subheader("Who ticked which skill")
comparable = [one for one in left if one.roadmap.version == newest.roadmap.version and shape(one) == shape(newest)]
if others := len(left) - len(comparable):
    which = "1 report is" if others == 1 else f"{others} reports are"
    st.warning(f"{which} about another version of the roadmap and left out here.")
if not comparable:
    st.markdown("Nobody is left to show here. Widen the filters above.")
elif skills:
    with st.container(key="wide"):
        parts.chart(
            charts.holders(comparable, [names[one.person] for one in comparable], skills, paper),
            key="holders",
            width=charts.LABELS + charts.COLUMN * len(comparable),
        )
else:
    st.markdown("No skill stands in this stage and category. Choose another pair above.")

st.subheader("Gaps by category over the team")
aim = st.segmented_control(
    "Up to",
    list(catalog.stage),
    format_func=lambda id: catalog.stage[id].title,
    default=catalog.stages[len(catalog.stages) // 2].id,
    key="up_to",
    required=True,
)
found = team.team_gaps(comparable, aim, of=len(people))
if isinstance(found, team.Withheld):
    st.markdown(found.reason)
else:
    parts.chart(charts.team_gaps(found, paper), key="team_gaps")
