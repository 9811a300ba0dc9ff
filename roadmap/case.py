"""A person's case in a file, for whoever checks one by hand: a report, a backup, or plain JSON of ticks and events.

What is wrong is said all at once, each with its place ("events[3].outcome ..."), for whoever wrote the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from roadmap import evidence, export, levels, report, store
from roadmap.catalog import Catalog
from roadmap.evidence import Event, Kind

NAMED = 20
"""Mistakes named one by one; a file of a million would drown the answer."""
OUTCOMES: Mapping[str, Mapping[str, bool]] = {
    "quiz": {"right": True, "wrong": False},
    "open": {"right": True, "wrong": False},
    "recall": {"again": False, "hard": True, "good": True, "easy": True},
}
"""What an event of each kind may end with, and whether that is right or passed."""
FIELDS = ("skill", "kind", "outcome", "at", "item")


class Case(NamedTuple):
    """What a file says of a person: ids ticked, events that are evidence, and the day to judge them on."""

    ticks: frozenset[str]
    events: tuple[Event, ...]
    as_of: date


def read(catalog: Catalog, file: Path, as_of: date | None, today: date) -> Case:
    """The case in a file, counted up to `as_of`; without it a report counts to its own day, all else to `today`.

    Raises ValueError with a sentence a line where the file is none of these or names what the roadmap does not have,
    export.Refused for a damaged report, OSError where it cannot be read.
    """
    data = file.read_bytes()
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None  # a report as HTML, or a broken file: export says which
    if isinstance(found, dict) and "backup" in found:
        case = _of_backup(catalog, data, as_of, today)
    elif isinstance(found, list) or (
        isinstance(found, dict) and {"ticks", "events"} & {*found} and "schema" not in found
    ):
        case = _of_plain(catalog, file.name, found, as_of or today)
    else:
        case = _of_report(export.read(file.name, data), as_of)
    _say(_unknown(catalog, case.ticks))
    return case._replace(events=tuple(event for event in case.events if event.on <= case.as_of))


def _of_report(made: report.Report, as_of: date | None) -> Case:
    return Case(made.ticks, tuple(report.attempts(made.events)), as_of or made.as_of)


def _of_backup(catalog: Catalog, data: bytes, as_of: date | None, today: date) -> Case:
    """Read as a restore reads it, so that what was undone is left out; days are those of the person's own time zone."""
    backup = store.Backup.loads(data)
    with TemporaryDirectory() as folder:
        held = store.Store(f"sqlite:///{folder}/case.db")
        try:
            who = held.person()
            held.restore(who, backup, datetime.now(UTC))
            zone = _zone(held.settings(who).time_zone)

            def of(moment: datetime) -> date:
                return moment.astimezone(zone).date()

            ticks = levels.held(tick for tick in backup.ticks if of(tick.at) <= (as_of or date.max))
            events = evidence.events(catalog, held.answers(who), held.recalls(who), held.scores(who), of)
        finally:
            held.close()
    return Case(frozenset(ticks), events, as_of or today)


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return ZoneInfo("UTC")


# Plain JSON


def _of_plain(catalog: Catalog, name: str, found: Any, as_of: date) -> Case:
    told = found if isinstance(found, dict) else {"ticks": found}
    ticks, events = told.get("ticks", []), told.get("events", [])
    if not isinstance(ticks, list) or not all(isinstance(id, str) for id in ticks):
        raise ValueError(f'{name}: ticks must be a list of skill ids, such as ["core.scaffold-module"].')
    if not isinstance(events, list):
        raise ValueError(f"{name}: events must be a list of objects, each with {', '.join(FIELDS)}.")
    if strange := sorted(told.keys() - {"ticks", "events"}):
        raise ValueError(f"{name}: beside ticks and events there is {_quoted(strange[0])}, which says nothing.")
    _say(problem for place, event in enumerate(events) for problem in _problems(catalog, f"events[{place}]", event))
    return Case(frozenset(ticks), _events(events), as_of)


def _problems(catalog: Catalog, where: str, event: Any) -> Iterator[str]:
    """What is wrong with one event, each a sentence with its place."""
    if not isinstance(event, dict):
        yield f"{where} must be an object with {', '.join(FIELDS)}."
        return
    for field in sorted(event.keys() - {*FIELDS}):
        yield f"{where} has {_quoted(field)}; an event has {', '.join(FIELDS)}."
    yield from _names(f"{where}.skill", event.get("skill"), catalog)
    kind, outcome, at, item = (event.get(field) for field in ("kind", "outcome", "at", "item"))
    if not isinstance(kind, str) or kind not in OUTCOMES:
        yield f"{where}.kind must be quiz, open or recall."
        outcomes = list(dict.fromkeys(word for words in OUTCOMES.values() for word in words))
    else:
        outcomes = [*OUTCOMES[kind]]
    if outcome not in outcomes:
        of = f" for kind {kind}" if len(outcomes) < 5 else ""
        yield f"{where}.outcome must be {', '.join(outcomes[:-1])} or {outcomes[-1]}{of}."
    if _day(at) is None:
        yield f"{where}.at must be a day or a moment, such as 2026-05-31 or 2026-05-31T09:30:00Z."
    if item is not None and (not isinstance(item, str) or not item):
        yield f"{where}.item must be the id of what was asked, such as q1, or be left out."


def _names(where: str, skill: Any, catalog: Catalog) -> Iterator[str]:
    if not isinstance(skill, str):
        yield f"{where} must be the id of a skill, such as {next(iter(catalog.skills))}."
    elif skill in catalog.goals:
        yield f"{where} is a goal; evidence is about skills."
    elif skill not in catalog.skills:
        yield f"{where}: there is no skill {_quoted(skill)}.{_near(skill, catalog.skills)}"


def _day(at: Any) -> date | None:
    """The date as written: a moment's own, whatever its time zone."""
    try:
        return datetime.fromisoformat(at).date()
    except (ValueError, TypeError):
        return None


def _events(told: list[dict[str, Any]]) -> tuple[Event, ...]:
    """The attempts: one item with one outcome on one day is one, about every skill it is told of."""
    attempts: dict[tuple[date, str, Kind, bool], list[str]] = {}
    for place, event in enumerate(told):
        on, kind = _day(event["at"]), event["kind"]
        item = event.get("item") or f"events[{place}]"
        right = OUTCOMES[kind][event["outcome"]]
        if on is not None:
            attempts.setdefault((on, item, kind, right), []).append(event["skill"])
    return tuple(Event(*attempt, tuple(dict.fromkeys(skills))) for attempt, skills in attempts.items())


# Mistakes in words


def _unknown(catalog: Catalog, ticks: frozenset[str]) -> Iterator[str]:
    for place, id in enumerate(sorted(ticks - catalog.lines.keys())):
        near = _near(id, catalog.lines) if place < NAMED else ""  # the rest is only counted, and may be a million
        yield f"There is no skill or goal {_quoted(id)}.{near}"


def _near(id: str, known: Mapping[str, Any]) -> str:
    near = " or ".join(get_close_matches(id, known, n=2))
    return f" Did you mean {near}?" if near else ""


def _quoted(text: str) -> str:
    return repr(text[:80])  # what would colour a terminal is spelled out


def _say(problems: Iterator[str]) -> None:
    """Raise ValueError with the first problems, a line each, and the number of the rest."""
    if sentences := list(islice(problems, NAMED)):
        if more := sum(1 for _ in problems):
            sentences.append(f"And {more} more.")
        raise ValueError("\n".join(sentences))
