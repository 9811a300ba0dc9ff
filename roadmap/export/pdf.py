"""A report on paper: the same story as the page, set by typst as a tagged PDF (PDF/UA-1) of one or two A4 pages.

Words go in as data, never as markup. What no font of this machine can draw becomes a visible mark and a sentence, never
a failure: a PDF/UA file with a missing character is none.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime, time
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import typst

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
from roadmap.report import Report

TEMPLATE = Path(__file__).with_name("report.typ")
FONTS = Path(__file__).with_name("fonts")
FAMILY = "Source Sans 3"
MISSING = "□"
"""What stands for a character that no font at hand can draw; the shipped font has it."""

UNDRAWN = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
SPELLED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
JOINER = "\u200d"
UNDRAWN_SENTENCE = (
    f"{MISSING} stands for a character that no font on the computer that made this PDF has. The HTML file shows it."
)
INK = "#0f1419"
ACROSS, HALF, BESIDE = 780, 400, 280
"""Widths of a drawing in its own pixels: over the whole page, and beside words."""
LAST_SHIPPED = 0x052F  # the end of Latin, Greek and Cyrillic: the shipped font has the letters up to here


def to_pdf(of: Report) -> bytes:
    """The report as a PDF: the same bytes for the same report wherever the shipped font has every character."""
    said = unicodedata.normalize("NFC", json.dumps(_content(of, tell(of)), ensure_ascii=False))
    at = datetime.combine(of.as_of, time.min, UTC)
    undrawn: set[str] = set()
    for fonts in (_fonts(system=False), *[_fonts(system=True)] * 3):  # the system's own are asked only where needed
        try:
            return _set(_marked(said, undrawn), at, fonts)
        except _Undrawn as found:
            undrawn |= found.clusters if fonts.system else set()
    return _set(_marked(said, {character for character in said if not _is_shipped(character)}), at, fonts)


class _Fonts:
    """The shipped fonts, typst's own, and where asked those of the system."""

    def __init__(self, *, system: bool) -> None:
        self.system = system
        self.found = typst.Fonts(include_system_fonts=system, font_paths=[str(FONTS)])


@cache
def _fonts(*, system: bool) -> _Fonts:
    return _Fonts(system=system)


class _Undrawn(Exception):
    """Characters, or clusters of them, that no font at hand can draw."""

    def __init__(self, clusters: set[str]) -> None:
        super().__init__(clusters)
        self.clusters = clusters


def _set(said: str, at: datetime, fonts: _Fonts) -> bytes:
    """Set the document; raises _Undrawn where a character cannot be drawn."""
    try:
        compiler = typst.Compiler(TEMPLATE, font_paths=fonts.found, sys_inputs={"data": said})
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=at)
    except typst.TypstError as error:
        clusters = {ESCAPED.sub(_unescaped, words) for words in UNDRAWN.findall(error.diagnostic)}
        # of a letter with an undrawn accent, typst names the letter too
        if at_fault := {c for c in clusters if not _is_shipped(c)} or {c for c in clusters if not c.isascii()}:
            raise _Undrawn(at_fault) from None
        raise
    assert isinstance(made, bytes)  # noqa: S101 - a list only comes of formats with a file a page
    return made


def _is_shipped(cluster: str) -> bool:
    return ord(cluster[0]) <= LAST_SHIPPED and not unicodedata.category(cluster[0]).startswith("M")


def _unescaped(match: re.Match[str]) -> str:
    """One character as typst's messages spell it: Rust's way."""
    code, letter = match.groups()
    return chr(int(code, 16)) if code else SPELLED.get(letter, letter)


def _marked(said: str, undrawn: set[str]) -> str:
    """The words with a mark for each cluster that cannot be drawn, and a sentence that says so."""
    if not undrawn:
        return said
    any_of_them = "|".join(re.escape(cluster) for cluster in sorted(undrawn, key=len, reverse=True))
    marked = re.sub(f"(?:{any_of_them})+", lambda run: _marks(re.findall(any_of_them, run[0])), said)
    return json.dumps({**json.loads(marked), "undrawn": UNDRAWN_SENTENCE}, ensure_ascii=False)


def _marks(run: list[str]) -> str:
    """What joins or changes the character before it gets no mark of its own."""
    joined = (
        before[-1] == JOINER or unicodedata.category(c[0]) in ("Mn", "Me", "Cf", "Sk") for before, c in pairwise(run)
    )
    return MISSING + "".join(MISSING for is_joined in joined if not is_joined)


# The story as data


def _content(of: Report, story: Story) -> dict[str, Any]:
    opening = story.opening
    return {
        "title": story.title,
        "as_of": [of.as_of.year, of.as_of.month, of.as_of.day],
        "footer": f"{opening.name}, {opening.day}. Checksum {of.checksum[:16]}",
        "opening": {
            **opening._asdict(),
            **{field: _typed(getattr(opening, field)) for field in ("name", "role")},
            "ladder": _drawn(opening.ladder, BESIDE),
        },
        "rows": [[[_section(one) for one in column] for column in row] for row in _rows(of, story)],
        "undrawn": "",
    }


def _rows(of: Report, story: Story) -> list[list[list[Section]]]:
    """Sections one under the other, save that the bars have those beside them which say what is open in words.

    Of the list of all skills, paper keeps what the author points at.
    """
    most_beside = max(2, len(of.gaps) // 4)
    rows: list[list[list[Section]]] = []
    for section in story.sections:
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
