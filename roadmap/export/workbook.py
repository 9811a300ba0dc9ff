"""Reports as spreadsheets: a sheet a table, dates as dates and counts as numbers, words only ever words.

No text is read as a formula, a number or an address; the one exception is a note's own web link. The same reports make
the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Literal, NamedTuple

import xlsxwriter

from roadmap import evidence, levels
from roadmap.export.story import ENOUGH_ANSWERS, KINDS, STATES, closed_by, day
from roadmap.report import Changes, Incomparable, Report, words
from roadmap.report.team import (
    NOISE_RULE,
    SHARED_RULE,
    Comparable,
    Member,
    TeamGaps,
    Training,
    Withheld,
    comparable,
    coverage,
    mentors,
    names,
    team_gaps,
    training,
)

Cell = str | int | float | date | None
Kind = Literal["text", "long", "count", "weight", "date", "link"]
WIDTHS: dict[Kind, int] = {"text": 18, "long": 60, "count": 12, "weight": 10, "date": 14, "link": 40}
LONGEST = 32_767
"""The most characters that a cell holds."""
MOST_ROWS = 1_048_575
"""The most rows below the header of a sheet."""
MOST_NAMED = 20
FIRST_DAY = date(1900, 3, 1)
"""Before this day spreadsheets count days in two ways, so a date is written as words."""
NO_XML = re.compile("[\ufffe\uffff]|[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Column(NamedTuple):
    """A column's title and what it holds."""

    title: str
    kind: Kind = "text"


class Sheet(NamedTuple):
    """One table."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


def to_xlsx(of: Report) -> bytes:
    """One report: summary, skills, gaps and changes, and what was checked where something was."""
    sheets = [_summary(of), _skills(of), _gaps(of), _changes(of)]
    if of.events:
        sheets.append(_answers(of))
    if of.calibration:
        sheets.append(_calibration(of))
    if of.objectives:
        sheets.append(_objectives(of))
    return _workbook(f"{of.name or 'Report'}: {of.roadmap.title}", of.as_of, sheets)


def team_xlsx(
    members: Sequence[Member], target: str | None = None, *, of: int | None = None, asked: int | None = None
) -> bytes:
    """A team, one report a person: people, skills, who could help whom, what to learn together, gaps and changes.

    Shared figures reach up to `target` (of the newest report unless told) and are withheld where `team.withheld` says
    so; `of` is how many people there are where a filter left these, `asked` how many were asked for a report.
    """
    people = sorted(members, key=lambda one: one.by_name)
    called, apart = names(people), comparable(people)
    skills = [*apart.together[0].catalog.skills] if apart.together else []
    aim = target or (max(apart.together, key=lambda one: one.as_of).target if apart.together else "")
    sheets = [
        _people(people, called),
        _person_by_skill(apart.together, called, skills),
        _covered(apart.together, called, skills),
        _helpers(apart.together, called, skills),
        _lessons(training(apart.together, aim, of=of or len(people))),
        _team_gaps(team_gaps(apart.together, aim, of=of or len(people))),
        _since_last(people, called),
        _about_team(people, called, apart, asked),
    ]
    return _workbook("Team", max((one.as_of for one in people), default=date(2000, 1, 1)), sheets)


# One report


def _summary(of: Report) -> Sheet:
    catalog = of.catalog
    rows: list[list[Cell]] = [
        ["Name", of.name],
        ["Role", of.role],
        ["As of", of.as_of],
        ["Claimed level", levels.title(catalog, of.claimed.level)],
        ["Why", words.reason(of)],
        ["What blocks the next stage", words.blocking(of)],
    ]
    if of.shown:
        rows.append(["Knowledge shown", words.shown(of)])
        rows.append(["Status", of.shown.status])
        rows.append(["Checked answers", of.shown.answers])
        rows.append(["Newest checked answer", of.shown.newest])
        if of.shown.status != "not enough evidence":
            for title, level in (
                ("Shown at least", of.shown.level),
                ("Likely", of.shown.likely),
                ("80 % range from", of.shown.low),
                ("80 % range to", of.shown.high),
            ):
                rows.append([title, levels.title(catalog, level)])
    rows.extend(["To ask", question] for question in words.to_ask(of))
    if of.drilled:
        rows.append(["Cards recalled", of.drilled.cards])
        rows.append(["Recalls", of.drilled.recalls])
        rows.append(["Days with recalls", of.drilled.days])
    if of.changes:
        rows.append([f"Since the report of {day(of.changes.since)}", words.changed(of)])
    if moved := words.shown_changed(of):
        rows.append(["What is shown since then", moved])
    rows += [
        ["Message", of.message],
        ["Target", catalog.stage[of.target].title],
        ["Roadmap", of.roadmap.title],
        ["Roadmap version", of.roadmap.version],
        ["Purpose", words.PURPOSE],
        ["Rule", words.RULE],
        ["Rule of the shown level", words.SHOWN_RULE if of.shown else None],
        ["Report", of.id],
        ["Checksum", of.checksum],
    ]
    said = [row for row in rows if row[1] not in (None, "")]
    return Sheet("Summary", (Column("What"), Column("Value", "long")), said)


def _skills(of: Report) -> Sheet:
    columns = (
        *(Column("Stage"), Column("Kind"), Column("Id"), Column("Text", "long"), Column("Categories")),
        *(Column("Ticked"), Column("Since", "date"), Column("State"), Column("Checked answers", "count")),
        *(
            Column("Newest answer", "date"),
            Column("To close it", "long"),
            Column("Note", "long"),
            Column("Link", "link"),
        ),
    )
    rows: list[list[Cell]] = []
    for stage in of.stages:
        for kind, lines in (("skill", stage.skills), ("goal", stage.goals)):
            for line in lines:
                found = of.evidence.skills.get(line.id) if of.shown else None
                checked: list[Cell] = [found.state, found.checked, found.newest] if found else [None] * 3
                ticked = "yes" if line.ticked else "no"
                own = (stage.title, kind, line.id, line.text, ", ".join(line.categories), ticked, line.since)
                rows.append([*own, *checked, closed_by(of, line.id), line.note, line.link])
    return Sheet("Skills", columns, rows)


def _gaps(of: Report) -> Sheet:
    columns = [Column("Category"), Column("Required", "count"), Column("Held", "count"), Column("Missing", "count")]
    if of.shown:
        columns += [Column(title, "count") for title in STATES.values()]
        columns += [Column("Checked answers", "count"), Column("Newest answer", "date"), Column("Remark")]
    checked = {one.category: one for one in evidence.by_category(of.catalog, of.evidence, of.target)}
    rows = []
    for gap in of.gaps:
        row: list[Cell] = [gap.category, len(gap.held) + len(gap.missing), len(gap.held), len(gap.missing)]
        if of.shown:
            found = checked[gap.category]
            few = "too few answers" if found.checked < ENOUGH_ANSWERS else None
            row += [*(found.states[state] for state in STATES), found.checked, found.newest, few]
        rows.append(row)
    return Sheet("Gaps", tuple(columns), rows)


def _changes(of: Report) -> Sheet:
    since = of.changes.since if of.changes else None
    rows: list[list[Cell]] = [[word, text, since] for word, text in words.change_list(of)]
    if not rows:
        rows = [[None, words.changed(of) or "This is the first report.", since]]
    return Sheet("Changes", (Column("What"), Column("Skill or goal", "long"), Column("Since", "date")), rows)


def _answers(of: Report) -> Sheet:
    """The checked answers that count, one a row; recalls are nobody's to read one by one."""
    columns = (Column("Skill", "long"), Column("Day", "date"), Column("Kind"), Column("Outcome"))
    rows: list[list[Cell]] = [
        [
            of.lines[one.skill].text,
            one.event.on,
            KINDS[one.event.kind],
            "right" if one.event.right else "wrong",
            round(one.weight, 4),
        ]
        for one in of.evidence.counted
        if one.event.kind != "recall"
    ]
    return Sheet("Answers", (*columns, Column("Weight", "weight")), rows)


def _calibration(of: Report) -> Sheet:
    sure = ("Guess", "Think so", "Sure")
    columns = (
        Column("Category"),
        *(Column(f"{how}, {what}", "count") for how in sure for what in ("asked", "right")),
        Column("In words", "long"),
    )
    rows: list[list[Cell]] = []
    for one in of.calibration or ():
        counts: list[Cell] = [count for of in one.tallies.values() for count in (of.asked, of.right)]
        rows.append([one.category or "", *counts, words.surest(one)])
    return Sheet("Calibration", columns, rows)


def _objectives(of: Report) -> Sheet:
    columns = (Column("Objective", "long"), Column("Skill", "long"), Column("Due", "date"), Column("State"))
    rows: list[list[Cell]] = []
    for one in of.objectives:
        skill = of.lines[one.skill].text if one.skill and one.skill in of.lines else None
        rows.append([one.text, skill, one.due, one.state, one.words, one.by, one.given])
    return Sheet("Objectives", (*columns, Column("Answer", "long"), Column("By"), Column("Given", "date")), rows)


# A team


def _people(people: Sequence[Member], called: Mapping[str, str]) -> Sheet:
    stages = list(dict.fromkeys(stage.title for of in people for stage in of.catalog.stages))
    columns = (
        *(Column("Name"), Column("Role"), Column("As of", "date"), Column("Claimed level"), Column("Shown at least")),
        *(Column("Likely"), Column("Status"), Column("Checked answers", "count"), Column("Newest answer", "date")),
        *(Column("Toward the next"), Column("Roadmap version", "count")),
        *(Column(f"{title} skills ticked", "count") for title in stages),
    )
    rows: list[list[Cell]] = []
    for of in people:
        shown: list[Cell] = [None] * 5
        if of.shown:
            enough = of.shown.status != "not enough evidence"
            places = [levels.title(of.catalog, id) if enough else None for id in (of.shown.level, of.shown.likely)]
            shown = [*places, of.shown.status, of.shown.answers, of.shown.newest]
        ticked = {stage.title: levels.ticked(stage, of.ticks) for stage in of.catalog.stages}
        progress = levels.progress_sentence(of.catalog, of.claimed)
        own: list[Cell] = [called[of.person], of.role, of.as_of, levels.title(of.catalog, of.claimed.level), *shown]
        rows.append([*own, progress, of.catalog.version, *(ticked.get(title) for title in stages)])
    return Sheet("People", columns, rows)


def _person_by_skill(people: Sequence[Member], called: Mapping[str, str], skills: Sequence[str]) -> Sheet:
    """Every person with the state of each skill; what is neither claimed nor shown is left blank."""
    known = people[0].catalog.skills if people else {}
    rows: list[list[Cell]] = [
        [called[of.person], *(None if of.states[id] == "open" else of.states[id] for id in skills)] for of in people
    ]
    return Sheet("Person by skill", (Column("Name"), *(Column(known[id].text) for id in skills)), rows)


def _covered(people: Sequence[Member], called: Mapping[str, str], skills: Sequence[str]) -> Sheet:
    columns = (
        *(Column("Stage"), Column("Skill", "long"), Column("Categories"), Column("People who claim it", "count")),
        *(Column("People who have shown it", "count"), Column("Claim it, answers say otherwise", "count")),
        *(Column("In words"), Column("Shown by", "long")),
    )
    rows: list[list[Cell]] = []
    for one in coverage(people, skills):
        stage = people[0].catalog.stage[one.skill.stage].title
        shown_by = ", ".join(called[member.person] for member in one.shown[:MOST_NAMED])
        if left := len(one.shown[MOST_NAMED:]):
            shown_by += f" and {left} more"
        counts = (len(one.claims), len(one.shown), len(one.against))
        rows.append([stage, one.skill.text, ", ".join(one.skill.categories), *counts, one.sentence, shown_by])
    return Sheet("Skills", columns, rows)


def _helpers(people: Sequence[Member], called: Mapping[str, str], skills: Sequence[str]) -> Sheet:
    rows: list[list[Cell]] = []
    for of in mentors(people, skills):
        stage = of.learner.catalog.stage[of.skill.stage].title
        helpers = ", ".join(called[member.person] for member in of.helpers)
        rows.append([called[of.learner.person], stage, of.skill.text, helpers, of.more or None])
    columns = (Column("Name"), Column("Stage"), Column("Open skill", "long"), Column("Who has shown it", "long"))
    return Sheet("Who could help", (*columns, Column("And others", "count")), rows)


def _lessons(found: Training | Withheld) -> Sheet:
    if isinstance(found, Withheld):
        return _not_shown("Training", found)
    columns = (
        *(Column("Place", "count"), Column("Skill", "long"), Column("People who lack it", "count")),
        *(Column("People", "count"), Column("Of them claim it", "count")),
        *(Column("What to read and do", "long"), Column("Cards", "count")),
    )
    rows: list[list[Cell]] = [
        [place, one.skill.text, one.lack, found.people, one.against, ", ".join(one.study), one.cards]
        for place, one in enumerate(found.lessons, start=1)
    ]
    return Sheet("Training", columns, rows)


def _team_gaps(found: TeamGaps | Withheld) -> Sheet:
    if isinstance(found, Withheld):
        return _not_shown("Gaps", found)
    columns = (Column("Category"), Column("Ticks", "count"), Column("Ticks required", "count"))
    rows: list[list[Cell]] = [[gap.category, gap.held, gap.required, found.people] for gap in found.gaps]
    return Sheet("Gaps", (*columns, Column("People", "count")), rows)


def _not_shown(name: str, why: Withheld) -> Sheet:
    return Sheet(name, (Column("Not shown", "long"),), [[why.reason]])


def _since_last(people: Sequence[Member], called: Mapping[str, str]) -> Sheet:
    columns = (
        *(Column("Name"), Column("Since", "date"), Column("What is claimed", "long"), Column("What is shown", "long")),
        *(Column("Skills gained", "count"), Column("Skills withdrawn", "count")),
    )
    rows: list[list[Cell]] = []
    for of in people:
        match of.changes:
            case Changes() as found:
                counts: list[Cell] = [len(found.gained), len(found.lost)]
                own: list[Cell] = [called[of.person], found.since, words.changed(of), words.shown_changed(of)]
                rows.append([*own, *counts])
            case Incomparable(since=since, reason=reason):
                rows.append([called[of.person], since, reason, None, None, None])
    return Sheet("Since last", columns, rows)


def _about_team(people: Sequence[Member], called: Mapping[str, str], apart: Comparable, asked: int | None) -> Sheet:
    rows: list[list[Cell]] = [["People", len(people)]]
    if asked:
        rows.append(["Shared", f"{len(people)} shared of {asked} asked."])
    rows += [["Left out of what is shared", f"{called[one.person]}: {why}."] for one, why in apart.apart]
    rows += [["Purpose", words.PURPOSE], ["Rule", words.RULE], ["Rule of the shown level", words.SHOWN_RULE]]
    rows += [["Shared figures", SHARED_RULE], ["Changes", NOISE_RULE]]
    return Sheet("About", (Column("What"), Column("Value", "long")), rows)


# The file


def _workbook(title: str, as_of: date, sheets: Sequence[Sheet]) -> bytes:
    data = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(data, {"in_memory": True, **plain}) as book:
        book.set_properties({"title": _text(title), "created": datetime.combine(as_of, time.min, UTC)})
        head = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        looks = {
            "text": book.add_format({"valign": "top"}),
            "long": book.add_format({"valign": "top", "text_wrap": True}),
            "count": book.add_format({"valign": "top", "num_format": "0"}),
            "weight": book.add_format({"valign": "top", "num_format": "0.00"}),
            "date": book.add_format({"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"}),
            "link": book.add_format({"valign": "top", "font_color": "#0b57d0", "underline": 1}),
        }
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 1)
            page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
            for x, column in enumerate(sheet.columns):
                page.set_column(x, x, _width(sheet, x), looks["text"])
                page.write_string(0, x, _text(column.title), head)
            for y, row in enumerate(_fitting(sheet), start=1):
                for x, (column, cell) in enumerate(zip(sheet.columns, row, strict=True)):
                    look = looks[column.kind]
                    match cell:
                        case None | "":
                            continue
                        case date() if cell >= FIRST_DAY:
                            page.write_datetime(y, x, datetime.combine(cell, time.min), looks["date"])
                        case int() | float():
                            page.write_number(y, x, cell, look if column.kind in ("count", "weight") else looks["text"])
                        case str() if column.kind == "link":
                            page.write_url(y, x, cell, look, string=cell)
                        case _:
                            page.write_string(y, x, _text(str(cell)), look)
    return data.getvalue()


def _fitting(sheet: Sheet) -> Sequence[Sequence[Cell]]:
    """The rows that a sheet holds; where there are more, the last one says how many."""
    if len(sheet.rows) <= MOST_ROWS:
        return sheet.rows
    left = len(sheet.rows) - MOST_ROWS + 1
    return [*sheet.rows[: MOST_ROWS - 1], [f"{left} more rows do not fit", *[None] * (len(sheet.columns) - 1)]]


def _text(text: str) -> str:
    """The words as a cell takes them: nothing that XML lacks, and no more than fit."""
    known = NO_XML.sub("\ufffd", text)
    return known if len(known) <= LONGEST else f"{known[: LONGEST - 1]}…"


def _width(sheet: Sheet, x: int) -> int:
    """As wide as its longest cell, within reason for what it holds."""
    column = sheet.columns[x]
    longest = max((len(str(row[x])) for row in sheet.rows if row[x] is not None), default=0)
    return max(10, min(WIDTHS[column.kind], max(longest, min(len(column.title), 16)) + 2))
