"""Managers: open exported reports, see them side by side, compare over time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import streamlit as st

from roadmap import charts, drawing, export, levels, ui
from roadmap.catalog import Catalog
from roadmap.report import Changes, Report, team, words
from roadmap.report.team import Member
from roadmap.ui import acts, opening, parts
from roadmap.ui.opening import Opened

person = ui.person()
store = ui.store()

MOST_ACROSS = 40  # people in one picture
MOST_LISTED = 8  # lines of a list before its table says the rest
MOST_BYTES = 64  # megabytes of a .zip
NAMED = 10  # refused files named one by one
HEADS = (
    "Skill",
    "Claim it",
    "Have shown it",
)  # stand beside the names in a table, so nobody there is called that alone
COLUMNS = ("Role", "Ladder", "Claimed level", "Shown", "Stages", "As of", "Age", "Since last", "Signature")
FIRST = ("Role", "Ladder", "Claimed level", "Shown", "As of", "Age", "Since last", "Signature")
PARTS = ("Skill by person", "Training plan", "Who could help", "Since last time")


# Files and kept teams


@acts.stores
def keep(reports: Sequence[Opened]) -> None:
    """Keep these reports under the typed name: the one moment at which reports of others are stored."""
    if name := st.session_state["team_name"].strip():
        store.keep_team(person, name, [one.read() for one in reports], ui.now())
        st.session_state["team_said"] = f"Kept as {name}: {levels.count(len(reports), 'report')}."
        st.session_state["team_name"] = ""


@acts.stores
def let_go(name: str) -> None:
    """Delete what is kept under this name."""
    store.keep_team(person, name, (), ui.now())
    st.session_state["open_teams"] = [one for one in st.session_state.get("open_teams", []) if one != name]
    st.session_state["team_said"] = f"{name} is let go. Its reports are deleted here."
    st.rerun()  # the whole page, not only the dialog


@st.dialog("Let this team go?", icon=":material/delete:")
def confirm_let_go(name: str) -> None:
    """Ask before the reports of a kept team are deleted."""
    st.markdown(
        f"The reports kept as {parts.typed(name)} are deleted from this database. The files stay where they are."
    )
    st.button("Let it go", type="primary", on_click=let_go, args=(name,))


def choose_teams(kept: Mapping[str, object]) -> list[str]:
    """Which kept teams are open; each can be let go."""
    if not kept:
        return []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.pills(
            "Kept teams",
            [*kept],
            selection_mode="multi",
            format_func=parts.typed,
            key="open_teams",
            persist_state="session",
        )
        with st.popover("Let go", icon=":material/delete:"):
            st.markdown("Which team is no longer needed?")
            for place, name in enumerate(kept):
                if st.button(parts.typed(name), key=f"let-go-{place}"):
                    confirm_let_go(name)
    return list(chosen)


def tell_refused(refused: Sequence[export.Refused]) -> None:
    """Each bad file by its name; many of them as a table."""
    for one in refused[:NAMED]:
        st.error(parts.typed(str(one)), icon=":material/error:")
    if more := refused[NAMED:]:
        with st.expander(f"{len(more)} more files were not opened"):
            rows = [{"File": one.name, "Why": one.reason} for one in more]
            st.dataframe(rows, hide_index=True, alt=f"{len(more)} more files that were not opened, and why")


def keep_as_team(reports: Sequence[Opened], people: int, kept: Mapping[str, object]) -> None:
    """The way to keep what is open, saying what that stores."""
    with st.popover("Keep as a team", icon=":material/group_add:"):
        st.markdown(
            f"Stores these {levels.count(len(reports), 'report')} of {people} "
            f"{'person' if people == 1 else 'people'} in this dashboard's database, under a name, until you let them "
            "go. Tell them that you keep them. Until you press the button nothing is stored."
        )
        name = st.text_input("Name of the team", key="team_name", max_chars=80, live=True).strip()
        if name in kept:
            st.markdown(f"There is a team called {parts.typed(name)}. These reports take the place of what it holds.")
        label = "Replace the team" if name in kept else "Keep these reports as a team"
        st.button(label, type="primary", disabled=not name, on_click=keep, args=(reports,))


def tell_seals(reports: Sequence[Opened]) -> None:
    """Where the reports come from as far as their signatures show, and what that does not show."""
    counts = Counter(one.seal for one in reports)
    for seal in export.Seal:
        if counts[seal]:
            many = f": {counts[seal]}" if len(reports) > 1 else ""
            st.caption(f"**{seal.sentence.removesuffix('.')}{many}.** {seal.limits}")


# One person


def show(of: Opened) -> None:
    """A report as it was sent, and the way to answer it."""
    held: Report | None = st.session_state.get("read_whole")
    if held is None or held.id != of.member.id:
        held = st.session_state["read_whole"] = of.read()
    parts.answer(held)
    st.html(f"<style>{export.REPORT_STYLE}</style>{export.body(held, top=3)}")


def over_time(theirs: Sequence[Member]) -> None:
    """What changed from each report of a person to their next."""
    for before, after in pairwise(theirs):
        now = team.since_last(before, after)
        said = f"{words.changed(now)} {words.shown_changed(now)}".strip()
        st.markdown(f"**{export.day(before.as_of)} to {export.day(after.as_of)}**: {parts.typed(said)}")
        for word, text in words.change_list(now):
            st.markdown(f"- {word}: {parts.typed(text)}")


# Many people


def matching(
    people: Sequence[Member], names: Mapping[str, str], catalog: Catalog, teams: Mapping[str, set[str]]
) -> tuple[list[Member], list[str], str]:
    """The people and the skills that the filters leave, and the stage up to which gaps count."""
    with st.expander("Filter people and skills", icon=":material/filter_list:"), st.container(horizontal=True):
        name = st.text_input("Name", key="who", placeholder="Any name", live=True, width=200)
        within = None
        if teams:
            within = st.selectbox(
                "Kept team",
                [None, *teams],
                format_func=lambda name: name or "Every person",
                key="of_team",
                width=200,
            )
        level = st.selectbox(
            "Claimed level",
            [None, levels.STARTING_OUT, *catalog.stage],
            format_func=lambda id: (
                "Any level" if id is None else catalog.stage[id].title if id in catalog.stage else id
            ),
            key="level",
            width=180,
        )
        stage = st.selectbox(
            "Skills of",
            [None, *catalog.stage],
            format_func=lambda id: "Every stage" if id is None else catalog.stage[id].title,
            key="of_stage",
            width=180,
        )
        every = catalog.in_order(name for skill in catalog.skills.values() for name in skill.categories)
        category = st.selectbox(
            "in", [None, *every], format_func=lambda name: name or "Every category", key="of_category", width=220
        )
    left = [
        one
        for one in people
        if name.strip().casefold() in names[one.person].casefold()
        and (within is None or one.person in teams.get(within, ()))
        and (level is None or (one.claimed.level or levels.STARTING_OUT) == level)
    ]
    skills = [
        skill.id
        for skill in catalog.skills.values()
        if stage in (None, skill.stage) and (category is None or category in skill.categories)
    ]
    return left, skills, category or ""


def ladder(of: Member, scheme: str) -> str:
    """The ladder of a person as an image; drawn once for this tab."""
    drawn: dict[tuple[str, str], str] = st.session_state.setdefault("ladders", {})
    if (of.id, scheme) not in drawn:
        svg = drawing.ladder(of.catalog, of.ticks, id="l", size="steps", shown=of.shown)
        drawn[of.id, scheme] = drawing.data_url(svg, "dark" if scheme == "dark" else "light")
    return drawn[of.id, scheme]


def rows_of(
    people: Sequence[Member], names: Mapping[str, str], seals: Mapping[str, export.Seal]
) -> list[dict[str, object]]:
    """What the table says of each person."""
    today, scheme = ui.day(store.settings(person)).today, st.context.theme.type or "light"
    rows = []
    for one in people:
        age = (today - one.as_of).days
        since = f"{words.changed(one)} {words.shown_changed(one)}".strip()
        rows.append(
            {
                "Name": names[one.person],
                "Role": one.role,
                "Ladder": ladder(one, scheme),
                "Claimed level": levels.title(one.catalog, one.claimed.level),
                "Shown": words.shown_in_short(one),
                **{
                    stage.title: f"{levels.ticked(stage, one.ticks)} of {len(stage.skills)}"
                    for stage in one.catalog.stages
                },
                "As of": one.as_of,
                "Age": f"{levels.count(age, 'day')}{', stale' if age > team.STALE_DAYS else ''}",
                "Since last": since or "First report",
                "Signature": seals[one.id].sentence.removesuffix("."),
            }
        )
    return rows


def chosen_row(key: str, ids: Sequence[str]) -> None:
    """Read the report of the row that was clicked."""
    rows = st.session_state[key].selection.rows
    st.session_state["reading"] = ids[rows[0]] if rows and rows[0] < len(ids) else None


def chosen_by_name() -> None:
    """A person was chosen by name: draw the table anew, so that it marks the same one."""
    st.session_state["tables"] = st.session_state.get("tables", 0) + 1


def table(people: Sequence[Member], rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
    """People by name and in no other order."""
    key, ids = f"people-{st.session_state.get('tables', 0)}", [one.person for one in people]
    reading = st.session_state["reading"]
    stages = list(dict.fromkeys(stage.title for one in people for stage in one.catalog.stages))
    order = ["Name", *(name for column in columns for name in (stages if column == "Stages" else [column]))]
    st.dataframe(
        [{name: row.get(name, "") for name in order} for row in rows],
        hide_index=True,
        key=key,
        on_select=lambda: chosen_row(key, ids),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [ids.index(reading)]}} if reading else None,
        row_height=40,
        height=38 + 40 * min(len(rows), 14),
        column_config={
            "Name": st.column_config.TextColumn(pinned=True),
            "Ladder": st.column_config.ImageColumn(width=180),
            "Shown": st.column_config.TextColumn(width=240),
            "Since last": st.column_config.TextColumn(width="large"),
            "As of": st.column_config.DateColumn(format="D MMM YYYY"),
        },
        alt=f"{len(rows)} people by stage, listed by name",
    )


def tell_apart(apart: Sequence[tuple[Member, str]], names: Mapping[str, str]) -> None:
    """Who is left out of what adds people up, by name, and why."""
    if not apart:
        return
    which = "1 report is" if len(apart) == 1 else f"{len(apart)} reports are"
    listed = [f"{names[one.person]}: {why}." for one, why in apart]
    said = " ".join(parts.typed(line) for line in listed[:MOST_LISTED])
    more = f" And {len(listed) - MOST_LISTED} more." if len(listed) > MOST_LISTED else ""
    st.warning(f"{which} about another roadmap or another version of it, and left out below. {said}{more}")


def few(members: Sequence[Member]) -> None:
    """Say that a handful of people is no picture of a team."""
    if len(members) < team.ENOUGH_PEOPLE:
        st.caption("Fewer than five people: read it name by name, not as a picture of a team.")


def skill_by_person(members: Sequence[Member], names: Mapping[str, str], skills: Sequence[str]) -> None:
    """Who claims and who has shown which skill, and what hangs on nobody or on one person."""
    few(members)
    pages = -(-len(members) // MOST_ACROSS)
    page = st.pagination(pages, key="across") if pages > 1 else 1
    across = members[(page - 1) * MOST_ACROSS : page * MOST_ACROSS]
    drawn = charts.skill_by_person(across, [names[one.person] for one in across], skills, parts.paper())
    if pages > 1:
        first = (page - 1) * MOST_ACROSS
        seen = f"People {first + 1} to {first + len(across)} of {len(members)}, by name."
        drawn = drawn._replace(sentence=f"{seen} {drawn.sentence}")
    with st.container(key="wide"):
        parts.chart(drawn, key="skill_by_person", width=charts.LABELS + charts.COLUMN * max(len(across), 6))
    covered = team.coverage(members, skills)
    nobody, alone = ([one for one in covered if len(one.shown) == count] for count in (0, 1))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Nobody has shown")
        lines(
            nobody,
            [
                f"{levels.count(len(one.claims), 'person')} claims it."
                if len(one.claims) == 1
                else f"{len(one.claims)} claim it."
                for one in nobody
            ],
        )
    with right:
        st.markdown("#### One person has shown")
        lines(
            alone,
            [
                f"{parts.typed(names[one.shown[0].person])}; {len(one.claims)} claim{'s' * (len(one.claims) == 1)} it."
                for one in alone
            ],
        )
    with st.expander("Every skill as a table"):
        st.dataframe(
            [
                {
                    "Skill": one.skill.text,
                    "Claim it": len(one.claims),
                    "Have shown it": len(one.shown),
                    "Answers say otherwise": len(one.against),
                    "In words": one.sentence,
                    "Shown by": ", ".join(names[member.person] for member in one.shown),
                }
                for one in covered
            ],
            hide_index=True,
            alt=f"{len(covered)} skills by how many people claim and have shown them",
        )


def lines(of: Sequence[team.Coverage], said: Sequence[str]) -> None:
    """Skills as a list, each with its words; the rest is in the table."""
    if not of:
        st.markdown("No skill.")
    for one, text in list(zip(of, said, strict=True))[:MOST_LISTED]:
        st.markdown(f"- {parts.typed(one.skill.text)} {text}")
    if len(of) > MOST_LISTED:
        st.markdown(f"And {len(of) - MOST_LISTED} more, in the table below.")


def aim_at(catalog: Catalog) -> str:
    """The stage up to which gaps count, the same wherever it is asked."""
    chosen: str = st.segmented_control(
        "Gaps up to",
        list(catalog.stage),
        format_func=lambda id: catalog.stage[id].title,
        default=catalog.stages[len(catalog.stages) // 2].id,
        key="up_to",
        persist_state="session",
        required=True,
    )
    return chosen


def training_plan(members: Sequence[Member], skills: Sequence[str], of: int) -> None:
    """The gaps that most people share, with what closes them; then the gaps by category."""
    aim = aim_at(members[0].catalog)
    found = team.training(members, aim, of=of)
    if isinstance(found, team.Withheld):
        st.markdown(found.reason)
        return
    lessons = [one for one in found.lessons if one.skill.id in {*skills}]
    if not lessons:
        st.markdown("Nobody lacks a skill up to this stage.")
    else:
        st.markdown(
            "What to learn together, what most people lack first, with what to read, do and drill. A skill is lacking "
            "where it is neither claimed nor shown, or claimed while checked answers say otherwise."
        )
    for place, one in enumerate(lessons[:MOST_LISTED], start=1):
        against = (
            f" {one.against} of them claim{'s' * (one.against == 1)} it, and checked answers say otherwise."
            if one.against
            else ""
        )
        study = "; ".join(one.study) or "nothing in these reports says what to read"
        cards = f"; {levels.count(one.cards, 'card')} to drill" if one.cards else ""
        st.markdown(
            f"{place}. **{parts.typed(one.skill.text)}** {one.lack} of {found.people} people lack it.{against}  \n"
            f"{parts.typed(study)}{cards}."
        )
    if len(lessons) > MOST_LISTED:
        with st.expander(f"All {len(lessons)} as a table"):
            st.dataframe(
                [
                    {
                        "Skill": one.skill.text,
                        "Lack it": one.lack,
                        "People": found.people,
                        "Claim it against their answers": one.against,
                        "What closes it": "; ".join(one.study),
                        "Cards": one.cards,
                    }
                    for one in lessons
                ],
                hide_index=True,
                alt=f"{len(lessons)} skills by how many people lack them",
            )
    gaps = team.team_gaps(members, aim, of=of)
    if isinstance(gaps, team.TeamGaps):
        st.markdown("#### Ticks by category over the team")
        parts.chart(charts.team_gaps(gaps, parts.paper()), key="team_gaps")


def who_could_help(members: Sequence[Member], names: Mapping[str, str], skills: Sequence[str]) -> None:
    """For each open skill of each person who of the others has shown it."""
    aim = aim_at(members[0].catalog)
    reach = {skill.id for stage in members[0].catalog.up_to(aim) for skill in stage.skills}
    found = [*team.mentors(members, [id for id in skills if id in reach])]
    if not found:
        st.markdown("No open skill up to this stage is one that somebody else here has shown by checked answers.")
        return
    st.markdown(
        "For each open skill, who has shown it. At most three are named, those next in the alphabet after the learner, "
        "so that not always the same are asked. It is an offer to talk, not a ranking."
    )
    st.dataframe(
        [
            {
                "Who could learn": names[one.learner.person],
                "Open skill": one.skill.text,
                "Stage": one.learner.catalog.stage[one.skill.stage].title,
                "Who has shown it": ", ".join(names[member.person] for member in one.helpers)
                + (f" and {levels.count(one.more, 'other')}" if one.more else ""),
            }
            for one in found
        ],
        hide_index=True,
        height=38 + 35 * min(len(found), 20),
        alt=f"{len(found)} open skills of people, and who has shown them",
    )


def since_last_time(members: Sequence[Member], names: Mapping[str, str], of: int) -> None:
    """What changed since each person's own earlier report, and how much of it is noise."""
    compared = [one for one in members if one.changes]
    if not compared:
        st.markdown(
            "Nobody here has an earlier report. Drop the reports of last time too, and this shows what changed."
        )
        return
    found = team.movement(members, of=of)
    if isinstance(found, team.Withheld):
        st.markdown(found.reason)
    else:
        noise = found.compared - found.moved
        st.markdown(
            f"For {found.compared} of {found.people} people what is shown can be compared with last time. For "
            f"{found.moved} it left the earlier range; for {noise} it did not, and a difference there may be noise."
        )
    st.caption(team.NOISE_RULE)
    rows = []
    for one in compared:
        said = one.changes
        rows.append(
            {
                "Name": names[one.person],
                "Since": said.since if said else None,
                "What is shown": words.shown_changed(one) or "Too few answers then or now to compare",
                "What is claimed": words.changed(one),
                "Gained": ", ".join(one.catalog.lines[id].text for id in said.gained if id in one.catalog.lines)
                if isinstance(said, Changes)
                else "",
            }
        )
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"Since": st.column_config.DateColumn(format="D MMM YYYY")},
        alt=f"What changed for {len(rows)} people since their earlier reports, by name",
    )


st.header("Team")
kept = store.teams(person)
st.file_uploader(
    "Drop exported reports here (HTML or JSON), or one .zip of them",
    type=["html", "json", "zip"],
    accept_multiple_files=True,
    key=opening.UPLOADER,
    on_change=opening.synchronise,
    max_upload_size=MOST_BYTES,
)
of_teams = opening.kept(person, choose_teams(kept), kept)
if said := st.session_state.pop("team_said", ""):
    st.success(parts.typed(said), icon=":material/check:")
dropped, refused = opening.dropped()
tell_refused(refused)
again = len(dropped) - len({one.member.id for one in dropped})
if again:
    st.info(f"{again} of these files hold a report that is already here; each report counts once.")
opened = {one.member.id: one for one in (*(one for of in of_teams.values() for one in of), *dropped)}
if not opened:
    if not refused:
        st.markdown(
            "Ask each engineer for the HTML file of their Report page and drop all of them here. "
            "Nothing you open is stored unless you keep it as a team: closing this tab forgets it."
        )
    st.stop()

histories = team.histories(one.member for one in opened.values())
people = team.latest_by_person(one.member for one in opened.values())
names = team.names(people, HEADS)
if st.session_state.get("reading") not in names:
    st.session_state["reading"] = None

if len(people) == 1:
    [only] = people
    theirs = histories[only.person]
    if len(theirs) > 1:
        st.subheader("Over time")
        over_time(theirs)
    tell_seals([opened[only.id]])
    show(opened[only.id])
    st.stop()

sums = team.comparable(people)
catalog = sums.together[0].catalog
teams = {name: {one.member.person for one in of} for name, of in of_teams.items()}
heading, asking = st.columns([3, 1], vertical_alignment="bottom")
asked = asking.number_input(
    "How many did you ask?", min_value=len(people), value=None, key="asked", placeholder="Unknown"
)
left, skills, _ = matching(people, names, catalog, teams)
count = f"{len(left)} of {len(people)}" if len(left) < len(people) else str(len(people))
heading.subheader(f"{count} people")
shared = f"{len(people)} shared of {asked} asked. Who shares is not chance, so the others may differ. " if asked else ""
heading.markdown(f"{shared}People are listed by name; there is no ranking.")
if not left:
    st.markdown("Nobody fits these filters. Widen them above.")
    st.stop()

theirs = {one.person for one in left}
reports = [one for one in opened.values() if one.member.person in theirs]
together = [one for one in sums.together if one.person in theirs]
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.selectbox(
        "Read a report",
        [one.person for one in left],
        index=None,
        format_func=lambda id: names[id],
        key="reading",
        on_change=chosen_by_name,
        placeholder="Choose a person",
        width=260,
    )
    with st.popover("Columns", icon=":material/view_column:"):
        columns = st.pills(
            "Columns of the table",
            COLUMNS,
            selection_mode="multi",
            default=FIRST,
            key="columns",
            persist_state="session",
        )
    keep_as_team(reports, len(left), kept)
    with st.popover("Download", icon=":material/download:"):
        aim_now = st.session_state.get("up_to")
        st.download_button(
            "XLSX of the team",
            data=lambda: export.team_xlsx(left, aim_now, of=len(people), asked=asked),
            file_name="team.xlsx",
            on_click="ignore",
        )
        st.download_button(
            "PDF of two pages",
            data=lambda: export.team_pdf(left, aim_now, of=len(people), asked=asked),
            file_name="team.pdf",
            on_click="ignore",
            help="It takes a second or two to set.",
        )
        st.download_button(
            "CSV of the table", data=lambda: export.team_csv(left), file_name="team.csv", on_click="ignore"
        )
    st.button("Close all reports", on_click=opening.close)

rows = rows_of(left, names, {one.member.id: one.seal for one in opened.values()})
reading = next((one for one in left if one.person == st.session_state["reading"]), None)
if reading:
    beside, report_side = st.columns([11, 9], gap="medium")
    with beside:
        table(left, rows, columns)
        tell_seals(reports)
    with report_side, st.container(height=820, key="read"):
        tell_seals([opened[reading.id]])
        if len(histories[reading.person]) > 1:
            with st.expander("What changed over time"):
                over_time(histories[reading.person])
        show(opened[reading.id])
else:
    table(left, rows, columns)
    tell_seals(reports)

tell_apart([(one, why) for one, why in sums.apart if one.person in theirs], names)
if not together:
    st.markdown("Nobody is left to add up. Widen the filters above.")
    st.stop()
if not skills:
    st.markdown("No skill stands in this stage and category. Choose another pair above.")
    st.stop()
sections = st.tabs(PARTS, key="part", on_change="rerun")
if sections[0].open:
    with sections[0]:
        skill_by_person(together, names, skills)
if sections[1].open:
    with sections[1]:
        training_plan(together, skills, len(people))
if sections[2].open:
    with sections[2]:
        who_could_help(together, names, skills)
if sections[3].open:
    with sections[3]:
        since_last_time(left, names, len(people))
