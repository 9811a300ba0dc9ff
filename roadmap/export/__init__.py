"""Reports as documents, and safely back: JSON, one offline HTML file, CSV and Markdown.

Whatever a person typed appears as typed in each of them: escaped for the format, never removed. `read` turns a file
from anywhere into a Report or a refusal in one sentence.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from roadmap import levels, report
from roadmap.export.page import REPORT_STYLE, body, day, to_html
from roadmap.export.reading import Refused, read
from roadmap.report import Changes, Report, ReportedLine
from roadmap.report.words import PURPOSE, RULE, blocking, change_list, changed, claim, reason, recalled

__all__ = [
    "REPORT_STYLE",
    "Refused",
    "body",
    "day",
    "filename",
    "read",
    "team_csv",
    "to_csv",
    "to_html",
    "to_json",
    "to_markdown",
]


def filename(of: Report, suffix: str) -> str:
    """A name that every file system takes: "roadmap-report-ada-lovelace-2026-11-22.html"."""
    plain = unicodedata.normalize("NFKD", of.name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain) or [of.id[:8]]
    return f"roadmap-report-{'-'.join(words)[:60].strip('-')}-{of.as_of.isoformat()}.{suffix.lstrip('.')}"


def to_json(of: Report) -> bytes:
    """The report itself, for machines and for the Team page."""
    return (json.dumps(report.payload(of), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


# CSV


def to_csv(of: Report) -> bytes:
    """One row a skill or goal, each with whose it is and of which day, so that many files stack into one table."""
    heads = ["name", "role", "as of", "claimed level", "roadmap version"]
    heads += ["stage", "kind", "id", "text", "categories", "ticked", "since", "note", "link"]
    own = [of.name, of.role, of.as_of, _level(of), of.roadmap.version]
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
            line.note,
            line.link,
        ]
        for stage in of.stages
        for kind, lines in (("skill", stage.skills), ("goal", stage.goals))
        for line in lines
    ]
    return _csv(heads, rows)


def team_csv(reports: Sequence[Report]) -> bytes:
    """The people by stage table, by name: what each claims and how many skills of each stage are ticked."""
    stages = list(dict.fromkeys(stage.title for of in reports for stage in of.stages))
    heads = ["name", "role", "as of", "claimed level", "toward the next", "roadmap version", *stages]
    rows = []
    for of in sorted(reports, key=lambda one: (one.name.casefold(), one.as_of, one.id)):
        counts = {stage.title: f"{_ticked(stage.skills)} of {len(stage.skills)}" for stage in of.stages}
        progress = levels.progress_sentence(of.catalog, of.claimed)
        cells = [counts.get(stage, "") for stage in stages]
        rows.append([of.name, of.role, of.as_of, _level(of), progress, of.roadmap.version, *cells])
    return _csv(heads, rows)


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


def _ticked(lines: Sequence[ReportedLine]) -> int:
    return sum(line.ticked for line in lines)


def _yes(line: ReportedLine) -> str:
    return "yes" if line.ticked else "no"


# Markdown


def to_markdown(of: Report) -> bytes:
    """The report as text for a wiki or a pull request."""
    return ("\n".join(_markdown(of)).strip() + "\n").encode()


def _markdown(of: Report) -> Iterator[str]:
    catalog, at = of.catalog, of.claimed
    yield f"# {_md(of.name) or 'Report'}\n"
    yield "  \n".join([*([_md(of.role)] if of.role else []), f"{_md(of.roadmap.title)}, as of {day(of.as_of)}"])
    yield f"\n**{_md(claim(of))}.** {_md(reason(of))}\n"
    yield f"{_md(blocking(of))}\n"
    if of.message:
        yield _quoted(of.message) + "\n"
    yield "| Stage | Ticked | Needed |\n| --- | --- | --- |"
    for stage in of.stages:
        yield f"| {_md(stage.title)} | {_ticked(stage.skills)} of {len(stage.skills)} | {stage.needed} |"
    yield f"\n## Gaps toward {_md(catalog.stage[of.target].title)}\n"
    yield "| Category | Held | Missing |\n| --- | --- | --- |"
    for gap in of.gaps:
        held, missing = len(gap.held), len(gap.missing)
        yield f"| {_md(gap.category)} | {held} of {held + missing} | {missing or ''} |"
    for title, ids in (("Open below the level", at.debts), ("Ahead of the level", at.ahead)):
        if ids:
            yield f"\n## {title}\n"
            yield from (f"- {_md(of.lines[line].text)}" for line in ids)
    for stage in of.stages:
        yield f"\n## {_md(stage.title)}\n"
        yield from (_item(line) for line in (*stage.skills, *stage.goals))
    if of.drilled:
        yield f"\n## Recalled\n\n{_md(recalled(of.drilled))}"
    if of.changes:
        yield f"\n## Since the report of {day(of.changes.since)}\n\n{_md(changed(of))}\n"
        if isinstance(of.changes, Changes):
            yield from (f"- {sign}: {_md(words)}" for sign, words in change_list(of))
    yield f"\n---\n\n{_md(PURPOSE)}\n\n{_md(RULE)}\n"
    yield f"Roadmap version {of.roadmap.version}. Checksum `{of.checksum}`."


def _item(line: ReportedLine) -> str:
    since = f" (since {day(line.since)})" if line.since else ""
    parts = [f"- [{'x' if line.ticked else ' '}] {_md(line.text)}{since}"]
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
