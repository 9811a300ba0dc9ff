"""Reports as documents, and safely back: one offline HTML file, PDF, XLSX, CSV, Markdown and JSON.

Whatever a person typed appears as typed in each of them: escaped for the format, never removed. `read` turns a file
from anywhere into a Report or a refusal in one sentence.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from roadmap import levels, report
from roadmap.export.answers import (
    REVIEW_STYLE,
    STANDINGS,
    claimed,
    history,
    points_words,
    quoted,
    review_json,
    side_by_side,
)
from roadmap.export.archive import SUFFIXES, Packed, unpack
from roadmap.export.naming import filename, review_filename
from roadmap.export.page import REPORT_STYLE, body, to_html
from roadmap.export.pdf import team_pdf, to_pdf
from roadmap.export.reading import Refused, read, read_review
from roadmap.export.signature import MalformedKey, Seal, judged, keys, signed
from roadmap.export.story import (
    Facts,
    Figure,
    Heading,
    Label,
    Line,
    Lines,
    Part,
    Quote,
    Sentence,
    Table,
    closed_by,
    day,
    tell,
)
from roadmap.export.workbook import team_xlsx, to_xlsx
from roadmap.report import Report, ReportedLine, words
from roadmap.report.team import Member, names

__all__ = [
    "REPORT_STYLE",
    "REVIEW_STYLE",
    "STANDINGS",
    "SUFFIXES",
    "MalformedKey",
    "Packed",
    "Refused",
    "Seal",
    "body",
    "claimed",
    "day",
    "filename",
    "history",
    "judged",
    "keys",
    "points_words",
    "quoted",
    "read",
    "read_review",
    "review_filename",
    "review_json",
    "side_by_side",
    "team_csv",
    "team_pdf",
    "team_xlsx",
    "to_csv",
    "to_html",
    "to_json",
    "to_markdown",
    "to_pdf",
    "to_xlsx",
    "unpack",
]


def to_json(of: Report) -> bytes:
    """The report itself, for machines and for the Team page; signed where the server has a key."""
    return (json.dumps(report.payload(signed(of)), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


# CSV


def to_csv(of: Report) -> bytes:
    """One row a skill or goal, each with whose it is and of which day, so that many files stack into one table."""
    heads = ["name", "role", "as of", "claimed level", "shown level", "status", "roadmap version"]
    heads += ["stage", "kind", "id", "text", "categories", "ticked", "since"]
    heads += ["state", "checked answers", "newest answer", "to close it", "note", "link"]
    own = [of.name, of.role, of.as_of, _level(of), *_shown(of)[:2], of.roadmap.version]
    rows = [
        [
            *own,
            stage.title,
            kind,
            line.id,
            line.text,
            "; ".join(line.categories),
            _yes(line),
            line.since,
            *_state(of, line),
            closed_by(of, line.id),
            line.note,
            line.link,
        ]
        for stage in of.stages
        for kind, lines in (("skill", stage.skills), ("goal", stage.goals))
        for line in lines
    ]
    return _csv(heads, rows)


def team_csv(members: Sequence[Member]) -> bytes:
    """People by name: what each claims and shows, what changed, and how many skills of each stage are ticked."""
    people = sorted(members, key=lambda one: (*one.by_name, one.as_of, one.id))
    called = names(people)
    stages = list(dict.fromkeys(stage.title for of in people for stage in of.catalog.stages))
    heads = ["name", "role", "as of", "claimed level", "shown level", "status", "checked answers"]
    heads += ["toward the next", "claimed since last", "shown since last", "roadmap version", *stages]
    rows = []
    for of in people:
        counts = {
            stage.title: f"{levels.ticked(stage, of.ticks)} of {len(stage.skills)}" for stage in of.catalog.stages
        }
        own = [called[of.person], of.role, of.as_of, levels.title(of.catalog, of.claimed.level), *_shown(of)]
        progress = levels.progress_sentence(of.catalog, of.claimed)
        since = [words.changed(of), words.shown_changed(of)]
        rows.append([*own, progress, *since, of.catalog.version, *(counts.get(stage, "") for stage in stages)])
    return _csv(heads, rows)


def _shown(of: Report | Member) -> tuple[str, str, int | None]:
    """What is shown at least, its status word, and on how many checked answers; empty where nothing was checked."""
    if of.shown is None:
        return "", "", None
    level = levels.title(of.catalog, of.shown.level) if of.shown.level else ""
    return level, of.shown.status, of.shown.answers


def _state(of: Report, line: ReportedLine) -> tuple[str, int | None, date | None]:
    """Where a skill stands beside its evidence; empty for a goal and where nothing was checked."""
    found = of.evidence.skills.get(line.id) if of.shown else None
    return (found.state, found.checked, found.newest) if found else ("", None, None)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """With the mark that makes spreadsheets read UTF-8, and no cell that they would run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> str:
    """The cell as text; one that a spreadsheet would run as a formula begins with an apostrophe instead."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(tuple("=+-@\t\r\n＝＋－＠")) else text


def _level(of: Report) -> str:
    return levels.title(of.catalog, of.claimed.level)


def _yes(line: ReportedLine) -> str:
    return "yes" if line.ticked else "no"


# Markdown


def to_markdown(of: Report) -> bytes:
    """The report as text for a wiki or a pull request: the numbers of each drawing as a table."""
    return ("\n".join(_markdown(of)).strip() + "\n").encode()


def _markdown(of: Report) -> Iterator[str]:
    opening = (story := tell(of)).opening
    yield f"# {_md(opening.name)}\n"
    yield "  \n".join([*([_md(opening.role)] if opening.role else []), f"{_md(of.roadmap.title)}, {opening.day}"])
    yield f"\n**{_md(opening.claim)}.** {_md(opening.shown)}\n"
    yield f"{_md(opening.reason)}\n"
    yield _grid(opening.ladder.table)
    for section in story.sections:
        yield f"## {_md(section.title)}\n"
        for part in section.parts:
            yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    match part:
        case Sentence(text) | Label(text):
            yield f"{_md(text)}\n"
        case Quote(text):
            yield _quoted(text) + "\n"
        case Heading(title, aside):
            yield f"### {_md(title)}\n\n{_md(aside)}\n"
        case Lines(items, full):
            yield from (_item(line, ticks=full) for line in items)
            yield ""
        case Figure(table=table):
            yield _grid(table)
        case Table():
            yield _grid(part)
        case Facts(pairs, code):
            yield from (f"- {name}: {f'`{value}`' if name in code else _md(value)}" for name, value in pairs)


def _grid(of: Table) -> str:
    rows = [of.heads, ("---",) * len(of.heads), *of.rows]
    return "\n".join(f"| {' | '.join(cell if row is rows[1] else _md(cell) for cell in row)} |" for row in rows) + "\n"


def _item(line: Line, *, ticks: bool) -> str:
    """A skill with its box where ticked and open ones stand together; else what is said of it stands beside it."""
    if ticks:
        parts = [f"- [{'x' if line.held else ' '}] {_md(line.text)}" + (f" ({_md(line.aside)})" if line.aside else "")]
    else:
        before = f"{_md(line.aside)}: " if line.held is None and line.aside else ""
        parts = [f"- {before}{_md(line.text)}"]
    parts += [f"\n  {_md(line.more)}"] if line.more else []
    parts += [_quoted(line.note, "  ")] if line.note else []
    parts += [f"\n  <{line.link}>"] if line.link else []
    return "\n".join(parts)


def _quoted(text: str, indent: str = "") -> str:
    """Typed lines as a quotation that keeps its line breaks."""
    lines = [_md(line) for line in text.split("\n")]
    broken = [f"{line}\\" if line and below else line for line, below in zip(lines, [*lines[1:], ""], strict=True)]
    return "\n".join(f"{indent}> {line}".rstrip() for line in broken)


MARKUP = re.compile(
    r"[\\`*_\[\]{}<>#|~$^@]"  # what means something anywhere
    r"|&(?=[\w#])|!(?=\[)|:(?=\S)|(?<=\w)\.(?=\w)|-(?=-)"  # entities, pictures, addresses, emoji, dashes
    r"|^[-+=]"  # lists and underlines
)


def _md(text: str) -> str:
    """Text that a Markdown viewer shows as typed, and that still reads well where nobody renders it."""
    plain = MARKUP.sub(r"\\\g<0>", " ".join(text.split()))
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", plain)  # a number that would begin a list
