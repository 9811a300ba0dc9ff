"""Data to a PDF by typst, in a process of its own, since a page costs a tenth of a second of one core and much memory.

Words go in as data, never as markup. What no font of this machine can draw becomes a visible mark and a sentence, never
a failure: a PDF/UA file with a missing character is none. This file runs by itself, with typst alone beside it.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("report.typ")
FONTS = Path(__file__).with_name("fonts")
MISSING = "□"
"""What stands for a character that no font at hand can draw; the shipped font has it."""

UNDRAWN = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
SPELLED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
JOINER = "\u200d"
UNDRAWN_SENTENCE = (
    f"{MISSING} stands for a character that no font on the computer that made this PDF has. The HTML file shows it."
)
LAST_SHIPPED = 0x052F  # the end of Latin, Greek and Cyrillic: the shipped font has the letters up to here


def typeset(said: str, at: datetime, *, system: bool = True) -> bytes:
    """Set the JSON in `said` as a PDF made `at` a moment; `system` lets the fonts of this machine help out."""
    said = unicodedata.normalize("NFC", said)
    shipped = _fonts(system=False)
    try:
        return _set(said, at, shipped)  # the system's own fonts are asked only where needed
    except _Undrawn as found:
        undrawn = set() if system else found.clusters
    fonts = _fonts(system=True) if system else shipped
    for _ in range(3):
        try:
            return _set(_marked(said, undrawn), at, fonts)
        except _Undrawn as found:
            undrawn |= found.clusters
    return _set(_marked(said, {character for character in said if not _is_shipped(character)}), at, fonts)


def _fonts(*, system: bool) -> typst.Fonts:
    """The shipped fonts, typst's own, and where asked those of the system."""
    return typst.Fonts(include_system_fonts=system, font_paths=[str(FONTS)])


class _Undrawn(Exception):
    """Characters, or clusters of them, that no font at hand can draw."""

    def __init__(self, clusters: set[str]) -> None:
        super().__init__(clusters)
        self.clusters = clusters


def _set(said: str, at: datetime, fonts: typst.Fonts) -> bytes:
    """Set the document; raises _Undrawn where a character cannot be drawn."""
    try:
        compiler = typst.Compiler(TEMPLATE, font_paths=fonts, sys_inputs={"data": said})
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


if __name__ == "__main__":
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(typeset(asked["said"], datetime.fromtimestamp(asked["at"], UTC)))
