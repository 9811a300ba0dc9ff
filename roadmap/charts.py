"""Values to plotly figures for the screen: each chart comes with the sentence that reads it and the table behind it.

Form first, colour second: what is claimed is outlined, what is missing is hatched, and every mark carries its count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, tzinfo
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from roadmap import levels, practice
from roadmap.catalog import Catalog
from roadmap.drawing import INKS
from roadmap.evidence import CategoryEvidence, State
from roadmap.facts import Confidence, Grade
from roadmap.report.team import Member, TeamGaps

ROW = 34
COLUMN = 44
LABELS = 360
ENOUGH_ANSWERS = 3
"""Checked answers in a category before a bar is drawn for it."""


class Chart(NamedTuple):
    """A figure, what it says in one sentence, and its numbers as a table."""

    figure: go.Figure
    sentence: str
    table: pd.DataFrame


class Paper(NamedTuple):
    """The inks of one theme."""

    dark: bool

    @property
    def ink(self) -> str:
        """Text."""
        return "#f2f5f9" if self.dark else "#0f1419"

    @property
    def line(self) -> str:
        """Grid lines and outlines."""
        return "#3a4453" if self.dark else "#c6ccd6"

    def of(self, name: str) -> str:
        """A drawing ink by its meaning."""
        return INKS[name][self.dark]


def gaps(found: Sequence[levels.Gap], paper: Paper) -> Chart:
    """Held and missing skills by category as stacked bars, the widest gap on top; a bar carries its category."""
    ordered = sorted(found, key=lambda gap: -len(gap.missing))
    names = [gap.category for gap in ordered]
    held, missing = [len(gap.held) for gap in ordered], [len(gap.missing) for gap in ordered]
    return _held_and_missing(names, held, missing, _gaps_sentence(ordered), paper)


def _gaps_sentence(ordered: Sequence[levels.Gap]) -> str:
    wide = [gap for gap in ordered if gap.missing]
    if not wide:
        return "No category has an open skill up to this stage."
    first = wide[0]
    total = len(first.held) + len(first.missing)
    most = f"Most is open in {first.category}: {len(first.held)} of {total} held."
    return f"{most} {len(ordered) - len(wide)} of {len(ordered)} categories have no open skill."


def _held_and_missing(
    names: Sequence[str], held: Sequence[int], missing: Sequence[int], sentence: str, paper: Paper
) -> Chart:
    labels = [f"{has} of {has + lacks}" for has, lacks in zip(held, missing, strict=True)]
    figure = go.Figure(
        [
            go.Bar(
                name="Held",
                y=names,
                x=held,
                orientation="h",
                customdata=[[name] for name in names],
                marker={"color": _tint(paper.of("held"), 0.25), "line": {"width": 1.5, "color": paper.of("held")}},
                hovertemplate="%{customdata[0]}: %{x} held<extra></extra>",
            ),
            go.Bar(
                name="Missing",
                y=names,
                x=missing,
                orientation="h",
                customdata=[[name] for name in names],
                text=labels,
                textposition="outside",
                cliponaxis=False,
                marker={
                    "color": "rgba(0,0,0,0)",
                    "line": {"width": 1.5, "color": paper.of("gap")},
                    "pattern": {"shape": "/", "fgcolor": paper.of("gap"), "size": 6, "solidity": 0.25},
                },
                hovertemplate="%{customdata[0]}: %{x} missing<extra></extra>",
            ),
        ]
    )
    figure.update_layout(
        barmode="stack", bargap=0.45, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(
        dtick=1 if max(map(sum, zip(held, missing, strict=True)), default=0) < 12 else None, rangemode="tozero"
    )
    table = pd.DataFrame({"Category": names, "Held": held, "Missing": missing})
    return Chart(_styled(figure, paper, height=96 + ROW * len(names)), sentence, table)


STATES: Mapping[State, tuple[str, str, str]] = {
    "confirmed": ("Confirmed", "held", ""),
    "shown": ("Shown, not claimed", "held", "."),
    "claimed": ("Claimed, not tested", "held", "none"),
    "contradicted": ("Claimed, answers say otherwise", "gap", "x"),
    "open": ("Open", "gap", "/"),
}
"""Each state of a skill as words, an ink and a pattern: solid is shown, an outline claimed, a hatch missing."""


def support(found: Sequence[CategoryEvidence], paper: Paper) -> Chart:
    """Required skills of each category by what checked answers say of them; too few answers, and no bar is drawn."""
    names = [of.category for of in found]
    judged = [of.checked >= ENOUGH_ANSWERS for of in found]
    figure = go.Figure()
    for state, (words, ink, pattern) in STATES.items():
        counts = [of.states[state] if enough else 0 for of, enough in zip(found, judged, strict=True)]
        if not any(counts):
            continue
        figure.add_bar(
            name=words,
            y=names,
            x=counts,
            orientation="h",
            customdata=[[name] for name in names],
            marker={
                "color": "rgba(0,0,0,0)" if pattern else paper.of(ink),
                "line": {"width": 1.5, "color": paper.of(ink)},
                "pattern": {"shape": "" if pattern == "none" else pattern, "fgcolor": paper.of(ink), "size": 6},
            },
            hovertemplate=f"%{{customdata[0]}}: %{{x}} {words.lower()}<extra></extra>",
        )
    labels = [
        f"{of.states['confirmed'] + of.states['shown']} of {of.required} shown, {levels.count(of.checked, 'answer')}"
        if enough
        else f"too few answers: {of.checked}"
        for of, enough in zip(found, judged, strict=True)
    ]
    ends = [of.required if enough else 0 for of, enough in zip(found, judged, strict=True)]
    figure.add_scatter(
        y=names,
        x=ends,
        text=[f"  {label}" for label in labels],
        mode="text",
        textposition="middle right",
        showlegend=False,
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_layout(
        barmode="stack", bargap=0.45, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, categoryorder="array", categoryarray=names)
    figure.update_xaxes(showticklabels=False, showgrid=False, range=[0, max([*ends, 1]) + 2.5])
    table = pd.DataFrame(
        {
            "Category": names,
            "Required": [of.required for of in found],
            **{words: [of.states[state] for of in found] for state, (words, _, _) in STATES.items()},
            "Checked answers": [of.checked for of in found],
            "Newest": [of.newest for of in found],
        }
    )
    return Chart(_styled(figure, paper, height=96 + ROW * len(names)), _support_sentence(found), table)


def _support_sentence(found: Sequence[CategoryEvidence]) -> str:
    few = sum(of.checked < ENOUGH_ANSWERS for of in found)
    judged = [of for of in found if of.checked >= ENOUGH_ANSWERS]
    if not judged:
        return f"No category has {ENOUGH_ANSWERS} checked answers yet, so none is judged."
    shown = sum(of.states["confirmed"] + of.states["shown"] for of in judged)
    against = sum(of.states["contradicted"] for of in judged)
    sentence = f"Answers support {shown} of {sum(of.required for of in judged)} skills where they are enough to tell"
    if against:
        sentence += f" and speak against {against} that you ticked"
    return f"{sentence}. {few} of {len(found)} categories have too few answers." if few else f"{sentence}."


def matrix(catalog: Catalog, ticks: Collection[str], paper: Paper) -> Chart:
    """Stage by category: each cell says "held/all"; a cell carries its category and stage."""
    cells = [
        (stage, category, [skill for skill in stage.skills if category in skill.categories])
        for category in catalog.in_order(name for skill in catalog.skills.values() for name in skill.categories)
        for stage in catalog.stages
    ]
    shown = [(stage, category, skills) for stage, category, skills in cells if skills]
    held = [sum(skill.id in ticks for skill in skills) for _, _, skills in shown]
    full = sum(has == len(skills) for has, (_, _, skills) in zip(held, shown, strict=True))
    figure = go.Figure(
        go.Scatter(
            x=[stage.title for stage, _, _ in shown],
            y=[category for _, category, _ in shown],
            customdata=[[category, stage.id] for stage, category, _ in shown],
            mode="markers+text",
            text=[f"{has}/{len(skills)}" for has, (_, _, skills) in zip(held, shown, strict=True)],
            textfont={"color": paper.ink, "size": 13},
            marker={
                "symbol": "square",
                "size": 30,
                "color": [
                    _tint(paper.of("held"), 0.5 * has / len(skills))
                    for has, (_, _, skills) in zip(held, shown, strict=True)
                ],
                "line": {
                    "width": [2 if has == len(skills) else 1 for has, (_, _, skills) in zip(held, shown, strict=True)],
                    "color": [paper.of("held") if has else paper.of("gap") for has in held],
                },
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}, "textfont": {"color": paper.ink}},
            hovertemplate="%{y}, %{x}: %{text} held<extra></extra>",
        )
    )
    categories = list(dict.fromkeys(category for _, category, _ in shown))
    figure.update_xaxes(
        categoryorder="array", categoryarray=[s.title for s in catalog.stages], side="top", showgrid=False
    )
    figure.update_yaxes(categoryorder="array", categoryarray=categories, autorange="reversed", showgrid=False)
    table = pd.DataFrame(
        {
            "Category": [category for _, category, _ in shown],
            "Stage": [stage.title for stage, _, _ in shown],
            "Held": held,
            "Skills": [len(skills) for _, _, skills in shown],
        }
    )
    sentence = f"{full} of {len(shown)} cells are complete; an empty place means that the stage asks for nothing there."
    return Chart(_styled(figure, paper, height=64 + ROW * len(categories)), sentence, table)


def over_time(catalog: Catalog, moments: Sequence[levels.Moment], zone: tzinfo, paper: Paper) -> Chart:
    """The claimed level after each day on which a tick changed, as steps."""
    by_day = {moment.at.astimezone(zone).date(): moment for moment in moments}
    days = list(by_day)
    ranks = [catalog.rank[m.standing.level] if m.standing.level else 0 for m in by_day.values()]
    names = [levels.STARTING_OUT, *(stage.title for stage in catalog.stages)]
    figure = go.Figure(
        go.Scatter(
            x=days,
            y=ranks,
            mode="lines+markers",
            line={"shape": "hv", "width": 2.5, "color": paper.of("held")},
            marker={"size": 8, "color": paper.of("held")},
            customdata=[[names[rank], moment.ticks] for rank, moment in zip(ranks, by_day.values(), strict=True)],
            hovertemplate="%{x|%d %b %Y}: %{customdata[0]}, %{customdata[1]} skills ticked<extra></extra>",
        )
    )
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, range=[-0.3, len(names) - 0.6])
    figure.update_xaxes(type="date", tickformat="%d %b %Y", nticks=6)
    table = pd.DataFrame(
        {
            "Day": days,
            "Claimed level": [names[rank] for rank in ranks],
            "Skills ticked": [m.ticks for m in by_day.values()],
        }
    )
    first, last = names[ranks[0]], names[ranks[-1]]
    moved = f"stayed {last}" if first == last else f"went from {first} to {last}"
    sentence = f"Between {days[0]:%d %B %Y} and {days[-1]:%d %B %Y} your claimed level {moved}."
    return Chart(_styled(figure, paper, height=280), sentence, table)


def team_gaps(found: TeamGaps, paper: Paper) -> Chart:
    """Held and missing ticks by category over a team, the widest gap on top."""
    ordered = sorted(found.gaps, key=lambda gap: gap.held - gap.required)
    widest = ordered[0]
    sentence = (
        f"Over {found.people} people, most is open in {widest.category}: "
        f"{widest.held} of {widest.required} ticks are there."
    )
    return _held_and_missing(
        [gap.category for gap in ordered],
        [gap.held for gap in ordered],
        [gap.required - gap.held for gap in ordered],
        sentence,
        paper,
    )


PERSON_STATES: Mapping[State, tuple[str, str]] = {
    "confirmed": ("claimed and shown", "square"),
    "shown": ("shown, not claimed", "square"),
    "claimed": ("claimed, not tested", "square-open"),
    "contradicted": ("claimed, answers say otherwise", "square-x-open"),
    "open": ("open", "circle-open"),
}
"""Each state of a skill for one person: in words, and as a form that needs no colour."""


def skill_by_person(members: Sequence[Member], names: Sequence[str], skills: Sequence[str], paper: Paper) -> Chart:
    """Skill by person: an outline where claimed, a fill where shown, a cross where answers say otherwise."""
    catalog = members[0].catalog
    words = [_short(catalog.skills[skill].text.rstrip(".")) for skill in skills]
    states = [[member.states[skill] for member in members] for skill in skills]
    figure = go.Figure()
    for state, (called, symbol) in PERSON_STATES.items():
        cells = [(y, x) for y, row in enumerate(states) for x, of in enumerate(row) if of == state]
        held, is_open = paper.of("held"), state == "open"
        ink = paper.of("hairline") if is_open else paper.of("gap") if state == "contradicted" else held
        colour = {"confirmed": held, "shown": _tint(held, 0.45)}.get(state, ink)
        figure.add_scatter(
            name=called.capitalize(),
            x=[x for _, x in cells],
            y=[y for y, _ in cells],
            mode="markers",
            marker={
                "symbol": symbol,
                "size": 7 if is_open else 16 if state == "shown" else 20,
                "color": colour,
                "line": {"width": 1 if is_open else 2, "color": ink if state != "shown" else colour},
                "opacity": 1,
            },
            customdata=[[words[y], _plain(names[x]), called] for y, x in cells],
            hovertemplate="%{customdata[1]}: %{customdata[0]}<br>%{customdata[2]}<extra></extra>",
            legendgroup=state,
        )
    figure.update_xaxes(
        tickvals=list(range(len(members))),
        ticktext=[_plain(name) for name in names],
        side="top",
        showgrid=False,
        tickangle=-45 if len(members) > 6 else 0,
        range=[-0.6, len(members) - 0.4],
    )
    figure.update_yaxes(
        tickvals=list(range(len(skills))), ticktext=words, range=[len(skills) - 0.4, -0.6], showgrid=False
    )
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "xref": "container", "y": 0, "yref": "container", "yanchor": "bottom"}
    )
    table = pd.DataFrame({"Skill": [catalog.skills[skill].text for skill in skills]})
    for column, name in enumerate(names):
        table[name] = [PERSON_STATES[row[column]][0] for row in states]
    table["Claim it"] = [sum(skill in member.ticks for member in members) for skill in skills]
    table["Have shown it"] = [sum(member.has_shown(skill) for member in members) for skill in skills]
    styled = _styled(figure, paper, height=190 + 28 * len(skills))
    styled.update_layout(margin_b=72)
    return Chart(styled, _coverage_sentence([*table["Have shown it"]]), table)


def _coverage_sentence(shown: Sequence[int]) -> str:
    nobody, one = shown.count(0), shown.count(1)
    if not any(shown):
        return "No skill is shown by checked answers yet."
    return f"Of {levels.count(len(shown), 'skill')}, {nobody} are shown by nobody and {one} by one person only."


def retention(weeks: Mapping[date, practice.Tally], paper: Paper) -> Chart:
    """True retention: first recalls of mature cards by week, recalled and missed."""
    shown = sorted(weeks.items())
    names = [f"{week.day} {week:%b}" for week, _ in shown]
    right, missed = [of.right for _, of in shown], [of.asked - of.right for _, of in shown]
    figure = go.Figure(
        [
            _bar(names, right, "Recalled", "held", paper),
            _bar(names, missed, "Missed", "gap", paper, text=[f"{of.right}/{of.asked}" for _, of in shown]),
        ]
    )
    figure.update_layout(
        barmode="stack", legend={"orientation": "h", "y": 1.12, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    )
    figure.update_yaxes(rangemode="tozero")
    every = sum((of for _, of in shown), practice.Tally())
    since = _on(shown[0][0])
    sentence = f"Of {every.asked} first recalls of mature cards since the week of {since}, {every.right} were right."
    table = pd.DataFrame({"Week of": [week for week, _ in shown], "Recalled": right, "Missed": missed})
    return Chart(_styled(figure, paper, height=280), sentence, table)


def forecast(days: Mapping[date, int], paper: Paper) -> Chart:
    """Cards that fall due on each of the next days."""
    today, *_ = days
    fullest = max(days, key=lambda day: days[day])
    sentence = (
        f"{sum(days.values())} cards fall due in the next {len(days)} days, {days[today] or 'none'} of them today"
    )
    sentence += f"; the fullest day is {_on(fullest)} with {days[fullest]}." if days[fullest] else "."
    return _daily(days, "Cards due", sentence, paper)


def minutes(days: Mapping[date, float], paper: Paper) -> Chart:
    """Minutes of practice on each day."""
    practised = sum(spent > 0 for spent in days.values())
    sentence = f"{sum(days.values()):.0f} minutes in the last {len(days)} days, spread over {practised} of them."
    return _daily({day: round(spent, 1) for day, spent in days.items()}, "Minutes", sentence, paper)


def calendar(days: Mapping[date, int], paper: Paper) -> Chart:
    """A square for each day, weeks side by side and Monday on top, the fuller the more was recalled."""
    first, *_ = days
    monday = first.toordinal() - first.weekday()
    most = max(days.values()) or 1
    figure = go.Figure(
        go.Scatter(
            x=[(day.toordinal() - monday) // 7 for day in days],
            y=[day.weekday() for day in days],
            customdata=[[f"{_on(day)} {day.year}", count] for day, count in days.items()],
            mode="markers",
            marker={
                "symbol": "square",
                "size": 9,
                "color": [_tint(paper.of("held"), 0.2 + 0.8 * count / most if count else 0) for count in days.values()],
                "line": {"width": 1, "color": [paper.of("held") if count else paper.line for count in days.values()]},
            },
            hovertemplate="%{customdata[0]}: %{customdata[1]} recalled<extra></extra>",
        )
    )
    months = {day: (day.toordinal() - monday) // 7 for day in days if day.day == 1}
    figure.update_xaxes(
        tickvals=[*months.values()], ticktext=[f"{day:%b}" for day in months], side="top", showgrid=False
    )
    figure.update_yaxes(tickvals=[0, 2, 4], ticktext=["Mon", "Wed", "Fri"], range=[6.6, -0.6], showgrid=False)
    some = {day: count for day, count in days.items() if count}
    sentence = f"You recalled {sum(some.values())} cards on {len(some)} of the last {len(days)} days."
    table = pd.DataFrame({"Day": [*some], "Cards recalled": [*some.values()]})
    return Chart(_styled(figure, paper, height=164), sentence, table)


def grades(counts: Mapping[Grade, int], paper: Paper) -> Chart:
    """How often each grade was given."""
    names, given = [grade.name.capitalize() for grade in Grade], [counts[grade] for grade in Grade]
    figure = go.Figure(_bar(names, given, "Recalls", "held", paper, text=[str(count) for count in given]))
    figure.update_yaxes(rangemode="tozero")
    words = [f"{count} {name.lower()}" for name, count in zip(names, given, strict=True)]
    sentence = f"Of {sum(given)} recalls you graded {', '.join(words[:-1])} and {words[-1]}."
    return Chart(_styled(figure, paper, height=280), sentence, pd.DataFrame({"Grade": names, "Recalls": given}))


def calibration(of: practice.Calibration, paper: Paper) -> Chart:
    """How sure, as an outline, and how often right, filled, both as so many of ten; the counts stand beside."""
    names = {Confidence.guess: "Guess", Confidence.think: "Think so", Confidence.sure: "Sure"}
    shown = {said: tally for said, tally in of.tallies.items() if tally.asked >= practice.FEW}
    stated = [10 * practice.STATED[said] for said in names]
    figure = go.Figure(
        [
            go.Bar(
                name="Stated",
                y=[*names.values()],
                x=stated,
                orientation="h",
                width=0.7,
                marker={"color": "rgba(0,0,0,0)", "line": {"width": 1.5, "color": paper.of("quiet")}},
                hovertemplate="%{y}: stated %{x} of 10<extra></extra>",
            ),
            go.Bar(
                name="Right",
                y=[names[said] for said in shown],
                x=[10 * tally.right / tally.asked for tally in shown.values()],
                orientation="h",
                width=0.36,
                customdata=[[tally.right, tally.asked] for tally in shown.values()],
                marker={"color": paper.of("held")},
                hovertemplate="%{y}: %{customdata[0]} of %{customdata[1]} right<extra></extra>",
            ),
        ]
    )
    for said, name in names.items():
        tally = of.tallies[said]
        words = f"{tally.right} of {tally.asked}" if said in shown else f"too few ({tally.asked})"
        figure.add_annotation(x=10.2, y=name, text=words, showarrow=False, xanchor="left")
    figure.update_layout(barmode="overlay", legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})
    figure.update_xaxes(range=[0, 12.5], tickvals=[0, 2, 4, 6, 8, 10], title={"text": "right of 10"})
    figure.update_yaxes(autorange="reversed", showgrid=False)
    table = pd.DataFrame(
        {
            "How sure": [*names.values()],
            "Stated, of 10": stated,
            "Right": [of.tallies[said].right for said in names],
            "Answers": [of.tallies[said].asked for said in names],
        }
    )
    return Chart(_styled(figure, paper, height=240), practice.calibration_sentence(of), table)


def _daily(days: Mapping[date, float], name: str, sentence: str, paper: Paper) -> Chart:
    figure = go.Figure(_bar([*days], [*days.values()], name, "held", paper))
    figure.update_xaxes(type="date", tickformat="%d %b", nticks=6)
    figure.update_yaxes(rangemode="tozero")
    some = {day: value for day, value in days.items() if value}
    return Chart(_styled(figure, paper, height=240), sentence, pd.DataFrame({"Day": [*some], name: [*some.values()]}))


def _bar(
    x: Sequence[str | date],
    y: Sequence[float],
    name: str,
    ink: str,
    paper: Paper,
    text: Sequence[str] | None = None,
) -> go.Bar:
    """Upright bars in the house's form: outlined and tinted, or hatched where something is missing."""
    hatch = {"shape": "/", "fgcolor": paper.of(ink), "size": 6, "solidity": 0.25} if ink == "gap" else None
    colour = "rgba(0,0,0,0)" if hatch else _tint(paper.of(ink), 0.25)
    return go.Bar(
        name=name,
        x=x,
        y=y,
        text=text,
        textposition="outside",
        textangle=0,
        constraintext="none",
        cliponaxis=False,
        marker={"color": colour, "line": {"width": 1.5, "color": paper.of(ink)}, "pattern": hatch},
        hovertemplate=f"%{{x}}: %{{y}} {name.lower()}<extra></extra>",
    )


def _on(day: date) -> str:
    return f"{day.day} {day:%B}"


def _short(text: str, longest: int = 48) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _plain(name: str) -> str:
    """A person's name as plotly shows it: its labels read a little HTML, so markup is escaped."""
    return _short(name, 24).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tint(colour: str, share: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:.2f})"


def _styled(figure: go.Figure, paper: Paper, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 40, "t": 32, "b": 8},
        font={"color": paper.ink, "size": 14},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"align": "left"},
        dragmode=False,
    )
    figure.update_xaxes(
        tickfont_color=paper.ink, gridcolor=paper.line, zeroline=False, fixedrange=True, automargin=True
    )
    figure.update_yaxes(
        tickfont_color=paper.ink, gridcolor=paper.line, zeroline=False, fixedrange=True, automargin=True
    )
    return figure
