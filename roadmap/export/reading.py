"""A file from anywhere to a Report or Review, or to a refusal: one sentence on what is wrong and what to do."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import islice
from typing import Any, Literal, NoReturn, TypeVar

from pydantic import ValidationError

from roadmap import report
from roadmap.export.signature import Seal, judged, payload
from roadmap.report import Report
from roadmap.report import review as reviews
from roadmap.report.review import Review

Kind = Literal["report", "review"]
Read = TypeVar("Read", Report, Review)

MOST_BYTES = 5 * 1024 * 1024
MARK = "roadmap-report"
"""The id of the element that holds the data in an HTML report."""

SCRIPT = re.compile(r"<script\b[^<>]{0,500}>", re.IGNORECASE)
FOREIGN = {
    b"PK\x03\x04": "it is a zip archive; unpack it and open the {kind}s in it",
    b"%PDF": "it is a PDF, which carries no data; ask for the {files} file",
    b"\x89PNG": "it is a picture; ask for the {files} file",
    b"\x1f\x8b": "it is a compressed file; unpack it and open the {kind} in it",
}
FILES: dict[Kind, str] = {"report": "HTML or JSON", "review": "JSON"}
"""The formats in which each can be read back."""


class Refused(Exception):
    """A file that is not what was asked for: its name, and the reason in words for whoever dropped it."""

    def __init__(self, name: str, reason: str) -> None:
        """Keep both apart, so that a page can set the name as it likes."""
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        """The sentence."""
        return f"{self.name} was not opened: {self.reason}."


def read(name: str, data: bytes) -> Report:
    """The report in an exported JSON or HTML file. Raises Refused, and nothing else, for any other bytes."""
    try:
        return _report(_content(_text(data, "report"), "report"))
    except _Reason as reason:
        raise Refused(name, str(reason)) from None


def read_review(name: str, data: bytes) -> Review:
    """The review in the file that a reader sent back. Raises Refused, and nothing else, for any other bytes."""
    try:
        return _review(_content(_text(data, "review"), "review"))
    except _Reason as reason:
        raise Refused(name, str(reason)) from None


class _Reason(Exception):
    """Why a file is refused, before its name is known."""


def _text(data: bytes, kind: Kind) -> str:
    if len(data) > MOST_BYTES:
        raise _Reason(
            f"it is larger than {MOST_BYTES // 1024**2} MB; a {kind} is far smaller, so ask for a fresh export"
        )
    if not data.strip():
        raise _Reason("it is empty; ask for a fresh export")
    for magic, reason in FOREIGN.items():
        if data.startswith(magic):
            raise _Reason(reason.format(kind=kind, files=FILES[kind]))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Reason("it is not UTF-8 text; open the file as it was exported, without converting it") from None


def _content(text: str, kind: Kind) -> dict[str, Any]:
    """The JSON object of the file, wherever it stands."""
    start = text.lstrip()[:1]
    if start == "<":
        text = _embedded(text, kind)
    elif start not in ("{", "["):
        neither = "neither the JSON nor the HTML" if kind == "report" else "not the JSON"
        raise _Reason(f"it is {neither} of a {kind}; ask for the {FILES[kind]} file")
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _Reason(f"its JSON breaks off at {where}; ask for a fresh export") from None
    except (RecursionError, ValueError):
        raise _Reason(f"its JSON is nested or numbered beyond what a {kind} holds; ask for a fresh export") from None
    if not isinstance(content, dict):
        raise _Reason(f"it holds a list or a single value, not a {kind}; ask for a fresh export")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise _Reason("its JSON says the same thing twice; ask for a fresh export")
    return content


def _no_number(word: str) -> NoReturn:
    raise _Reason(f"it holds {word}, which is no JSON; ask for a fresh export")


def _embedded(page: str, kind: Kind) -> str:
    """The data inside an HTML report: the text of the one script element that carries our id.

    Only the first few start tags that could be it reach the parser, so that hostile megabytes cost no more than a scan.
    """
    likely = (tag for tag in SCRIPT.finditer(page) if MARK in tag[0])
    for tag in islice(likely, 10):
        if _Id.of(tag[0]) == MARK:
            rest = page[tag.end() :]
            return rest[: m.start()] if (m := re.search(r"</script", rest, re.IGNORECASE)) else rest
    raise _Reason(f"it is a web page without a {kind}'s data in it; ask for the file as it was exported")


class _Id(HTMLParser):
    """The id of one start tag, read as a browser reads it."""

    found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the id."""
        self.found = dict(attrs).get("id")

    @classmethod
    def of(cls, tag: str) -> str | None:
        """The id that this start tag carries, if any."""
        parser = cls()
        parser.feed(tag)
        return parser.found


def _report(content: dict[str, Any]) -> Report:
    """Schema first, then the checksum, the shape, the signature: a newer file is named so, a damaged one as altered."""
    if _is_review(content):
        raise _Reason("it is a review, not a report; whose report it answers opens it on their Report page")
    schema = content.get("schema")
    if type(schema) is not int or "checksum" not in content:
        raise _Reason("it is not a roadmap report; ask for the JSON or HTML that the Report page makes")
    _refuse_newer("schema", schema, report.SCHEMA)
    return _sealed(content, Report, "report")


def _review(content: dict[str, Any]) -> Review:
    """The same for a review."""
    if type(content.get("schema")) is int and "review" not in content:
        raise _Reason("it is a report, not a review; a manager opens it on Team, or on Review to answer it")
    if not _is_review(content):
        raise _Reason("it is not a review; ask for the file that the Review page makes")
    _refuse_newer("version", content["review"], reviews.VERSION)
    return _sealed(content, Review, "review")


def _is_review(content: dict[str, Any]) -> bool:
    return type(content.get("review")) is int and "checksum" in content


def _refuse_newer(word: str, of_file: int, known: int) -> None:
    if of_file > known:
        versions = f"{word} {of_file}, this one reads {known}"
        raise _Reason(f"it was made by a newer version of the dashboard ({versions}); update this one")


def _sealed(content: dict[str, Any], shape: type[Read], kind: Kind) -> Read:
    try:
        if not report.is_intact(content):
            raise _Reason("it is altered: it was changed or damaged after it was exported; ask for a fresh export")
        made = shape.model_validate_json(json.dumps(content), strict=True)
        if report.checksum(payload(made)) != made.checksum:
            raise _Reason(f"it holds something that a {kind} never holds; ask for a fresh export")
        if judged(made) is Seal.ALTERED:
            raise _Reason("it is altered: its signature is not one of what it says; ask for a fresh export")
    except ValidationError as error:
        raise _Reason(f"it is not shaped like a {kind} ({_first(error)}); ask for a fresh export") from None
    except (ValueError, RecursionError):  # halves of characters, numbers without end
        raise _Reason(f"it holds text or numbers that no {kind} holds; ask for a fresh export") from None
    return made


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, said shortly: where, and what."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = " > ".join(str(part) for part in first["loc"])[:80]
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
