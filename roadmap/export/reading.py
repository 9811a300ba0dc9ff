"""A file from anywhere to a Report, or to a refusal that says in one sentence what is wrong and what to do."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import islice
from typing import Any, NoReturn

from pydantic import ValidationError

from roadmap import report
from roadmap.export.signature import Seal, judged
from roadmap.report import Report

MOST_BYTES = 5 * 1024 * 1024
MARK = "roadmap-report"
"""The id of the element that holds the data in an HTML report."""

SCRIPT = re.compile(r"<script\b[^<>]{0,500}>", re.IGNORECASE)
FOREIGN = {
    b"PK\x03\x04": "it is a zip archive; unpack it and open the reports in it",
    b"%PDF": "it is a PDF, which carries no data; ask for the HTML or JSON file",
    b"\x89PNG": "it is a picture; ask for the HTML or JSON file",
    b"\x1f\x8b": "it is a compressed file; unpack it and open the report in it",
}


class Refused(Exception):
    """A file that is no report: its name, and the reason in words for whoever dropped it."""

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
        return _report(_content(_text(data)))
    except _Reason as reason:
        raise Refused(name, str(reason)) from None


class _Reason(Exception):
    """Why a file is refused, before its name is known."""


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise _Reason(
            f"it is larger than {MOST_BYTES // 1024**2} MB; a report is far smaller, so ask for a fresh export"
        )
    if not data.strip():
        raise _Reason("it is empty; ask for a fresh export")
    for magic, reason in FOREIGN.items():
        if data.startswith(magic):
            raise _Reason(reason)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Reason("it is not UTF-8 text; open the file as it was exported, without converting it") from None


def _content(text: str) -> dict[str, Any]:
    """The JSON object of the file, wherever it stands."""
    start = text.lstrip()[:1]
    if start == "<":
        text = _embedded(text)
    elif start not in ("{", "["):
        raise _Reason("it is neither the JSON nor the HTML of a report; ask for one of these two")
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _Reason(f"its JSON breaks off at {where}; ask for a fresh export") from None
    except (RecursionError, ValueError):
        raise _Reason("its JSON is nested or numbered beyond what a report holds; ask for a fresh export") from None
    if not isinstance(content, dict):
        raise _Reason("it holds a list or a single value, not a report; ask for a fresh export")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise _Reason("its JSON says the same thing twice; ask for a fresh export")
    return content


def _no_number(word: str) -> NoReturn:
    raise _Reason(f"it holds {word}, which is no JSON; ask for a fresh export")


def _embedded(page: str) -> str:
    """The data inside an HTML report: the text of the one script element that carries our id.

    Only the first few start tags that could be it reach the parser, so that hostile megabytes cost no more than a scan.
    """
    likely = (tag for tag in SCRIPT.finditer(page) if MARK in tag[0])
    for tag in islice(likely, 10):
        if _Id.of(tag[0]) == MARK:
            rest = page[tag.end() :]
            return rest[: m.start()] if (m := re.search(r"</script", rest, re.IGNORECASE)) else rest
    raise _Reason("it is a web page without a report's data in it; ask for the file as it was exported")


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
    schema = content.get("schema")
    if type(schema) is not int or "checksum" not in content:
        raise _Reason("it is not a roadmap report; ask for the JSON or HTML that the Report page makes")
    if schema > report.SCHEMA:
        versions = f"schema {schema}, this one reads {report.SCHEMA}"
        raise _Reason(f"it was made by a newer version of the dashboard ({versions}); update this one")
    try:
        if not report.is_intact(content):
            raise _Reason("it is altered: it was changed or damaged after it was exported; ask for a fresh export")
        made = Report.model_validate_json(json.dumps(content), strict=True)
        if report.checksum(report.payload(made)) != made.checksum:
            raise _Reason("it holds something that a report never holds; ask for a fresh export")
        if judged(made) is Seal.ALTERED:
            raise _Reason("it is altered: its signature is not one of what it says; ask for a fresh export")
    except ValidationError as error:
        raise _Reason(f"it is not shaped like a report ({_first(error)}); ask for a fresh export") from None
    except (ValueError, RecursionError):  # halves of characters, numbers without end
        raise _Reason("it holds text or numbers that no report holds; ask for a fresh export") from None
    return made


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, said shortly: where, and what."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = " > ".join(str(part) for part in first["loc"])[:80]
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
