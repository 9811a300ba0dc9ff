"""A report on paper: the same story as the page, set as a tagged PDF (PDF/UA-1) of A4 pages.

The page is set in a process of its own, so that nobody else's click waits for it and its memory goes back.
"""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import chain
from pathlib import Path
from typing import Any

from roadmap.export.story import (
    Facts,
    Figure,
    Heading,
    Label,
    Line,
    Lines,
    Part,
    Quote,
    Section,
    Sentence,
    Story,
    Table,
    notes,
    tell,
)
from roadmap.export.team_story import tell_team
from roadmap.report import Report
from roadmap.report.team import Member

SETTER = Path(__file__).with_name("typeset.py")
FAMILY = "Source Sans 3"
INK = "#0f1419"
ACROSS, HALF, BESIDE = 780, 400, 280
"""Widths of a drawing in its own pixels: over the whole page, over half of it, and beside words."""
PATIENCE = 120
"""Seconds for one PDF, where the machine is very busy."""


def to_pdf(of: Report) -> bytes:
    """The report as a PDF: the same bytes for the same report wherever the shipped font has every character."""
    return _typeset(content(of), of.as_of)


def team_pdf(
    members: Sequence[Member], target: str | None = None, *, of: int | None = None, asked: int | None = None
) -> bytes:
    """A team, one report a person, as a PDF of one or two pages; `target`, `of` and `asked` as in team_xlsx."""
    newest = max(members, key=lambda one: one.as_of)
    return _typeset(team_content(members, target or newest.target, of or len(members), asked), newest.as_of)


def _typeset(said: str, on: date) -> bytes:
    at = int(datetime.combine(on, time.min, UTC).timestamp())
    asked = json.dumps({"said": said, "at": at}).encode()
    # our own file, by the Python that runs; -I keeps the folder and the environment of whoever started it out
    made = subprocess.run([sys.executable, "-I", str(SETTER)], input=asked, capture_output=True, timeout=PATIENCE)  # noqa: S603
    if made.returncode:
        raise RuntimeError(f"The PDF could not be set: {made.stderr.decode(errors='replace').strip()[-2000:]}")
    return made.stdout


def content(of: Report) -> str:
    """The data that report.typ sets, as JSON."""
    story = tell(of)
    footer = f"{story.opening.name}, {story.opening.day}. Checksum {of.checksum[:16]}"
    return json.dumps(_content(story, of.as_of, footer, _rows(of, story)), ensure_ascii=False)


def team_content(members: Sequence[Member], target: str, of: int, asked: int | None) -> str:
    """The same for a team."""
    story, on = tell_team(members, target, of, asked), max(one.as_of for one in members)
    rows = [[[section]] for section in story.sections]
    return json.dumps(_content(story, on, story.title, rows), ensure_ascii=False)


# The story as data


def _content(story: Story, on: date, footer: str, rows: Sequence[Sequence[Sequence[Section]]]) -> dict[str, Any]:
    opening = story.opening
    return {
        "title": story.title,
        "as_of": [on.year, on.month, on.day],
        "footer": footer,
        "opening": {
            **opening._asdict(),
            **{field: _typed(getattr(opening, field)) for field in ("name", "role")},
            "ladder": _drawn(opening.ladder, BESIDE),
        },
        "rows": [[[_section(one) for one in column] for column in row] for row in rows],
        "undrawn": "",
    }


def _rows(of: Report, story: Story) -> list[list[list[Section]]]:
    """Sections one under the other, save that the bars have those beside them which say what is open in words.

    Of the list of all skills, paper keeps what the author points at; of two countings by category, the checked one.
    """
    most_beside = max(2, len(of.gaps) // 4)
    is_counted = any(section.key == "evidence" for section in story.sections)
    rows: list[list[list[Section]]] = []
    for section in story.sections:
        if section.key == "gaps" and is_counted:
            continue
        beside = rows and rows[-1][0][0].key == "gaps" and len([*chain(*rows[-1][1:])]) < most_beside
        if section.key in BESIDE_THE_BARS and beside:
            rows[-1][1:] = [[*chain(*rows[-1][1:]), section]]
        else:
            rows.append([[notes(of) if section.key == "everything" else section]])
    return rows


BESIDE_THE_BARS = ("contradicted", "debts", "ahead", "unclaimed", "recalled")


def _section(of: Section) -> dict[str, Any]:
    return {"key": of.key, "title": of.title, "parts": [_part(part, of.key) for part in of.parts]}


def _part(part: Part, of: str) -> dict[str, Any]:
    match part:
        case Sentence(text):
            return {"kind": "sentence", "text": text}
        case Quote(text):
            return {"kind": "quote", **_typed(text)}
        case Label(text):
            return {"kind": "label", "text": text}
        case Heading(title, aside):
            return {"kind": "heading", "title": title, "aside": aside}
        case Lines(items):
            return {"kind": "lines", "items": [_line(item) for item in items]}
        case Figure():
            drawn = _drawn(part, HALF if of == "gaps" else ACROSS)
            return {**drawn, "kind": "figure", "said": f"{part.said} {_in_words(part.table)}"}
        case Table():
            return {"kind": "table", **part._asdict()}
        case Facts(pairs):
            return {"kind": "facts", "pairs": [{"name": name, "value": value} for name, value in pairs]}


def _in_words(of: Table) -> str:
    """The numbers behind a drawing, for those who hear the page: "Core: Junior 2 of 2, Mid 1 of 2."."""
    rows = (
        (row[0], (f"{head} {cell}" for head, cell in zip(of.heads[1:], row[1:], strict=True) if cell))
        for row in of.rows
    )
    return " ".join(f"{name}: {', '.join(cells)}." for name, cells in rows)


def _line(of: Line) -> dict[str, Any]:
    return {**of._asdict(), "note": _typed(of.note)}


def _drawn(of: Figure, width: int) -> dict[str, str]:
    """A drawing that names its font and its ink, which a page would give it."""
    svg = of.draw(of.id, width).replace("<svg ", f'<svg font-family="{FAMILY}" color="{INK}" ', 1)
    return {"svg": svg, "said": of.said}


def _typed(text: str) -> dict[str, Any]:
    """What a person typed, and whether it runs from right to left: as its first letter with a direction does."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return {"text": text, "rtl": next((d for d in directions if d in ("L", "R", "AL")), "L") != "L"}
