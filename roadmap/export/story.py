"""A report as its reader goes through it: an opening, then sections of sentences, drawings, lists and tables.

It is told once, before any format: the page, the PDF and the Markdown set the same parts, each in its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from roadmap import drawing, levels
from roadmap.report import Changes, Report, ReportedLine, words

WIDE, NARROW = 640, 320


class Table(NamedTuple):
    """Counts and words in rows; the first cell of a row says what it is about."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Figure(NamedTuple):
    """A drawing: made for an id and a width in pixels, with its reading, and the numbers behind it."""

    id: str
    said: str
    draw: Callable[[str, int], str]
    table: Table


class Sentence(NamedTuple):
    """Words about what follows, or that stand alone."""

    text: str


class Label(NamedTuple):
    """A few words over a list."""

    text: str


class Heading(NamedTuple):
    """A title inside of a section, and what is counted under it."""

    title: str
    aside: str


class Line(NamedTuple):
    """One skill or goal in a list: `held` is None where it is neither ticked nor open, such as a change."""

    text: str
    held: bool | None
    aside: str = ""
    note: str = ""
    link: str = ""


class Lines(NamedTuple):
    """A list; `full` where open lines stand among ticked ones and speak more quietly."""

    items: tuple[Line, ...]
    full: bool = False


class Facts(NamedTuple):
    """Names and their values; `code` names the values that machines compare."""

    pairs: tuple[tuple[str, str], ...]
    code: frozenset[str] = frozenset()


Part = Sentence | Label | Heading | Lines | Figure | Table | Facts


class Section(NamedTuple):
    """One titled section. `key` is its name in the code, for a format that leaves it out or shortens it."""

    key: str
    title: str
    parts: tuple[Part, ...]


class Opening(NamedTuple):
    """Who, what they claim and why: what a reader with ten seconds takes away."""

    about: str
    name: str
    role: str
    day: str
    claim: str
    reason: str
    unchecked: str
    ladder: Figure
    message: str


class Story(NamedTuple):
    """A whole report."""

    title: str
    opening: Opening
    sections: tuple[Section, ...]


def tell(of: Report) -> Story:
    """The report from its first line to its checksum."""
    name = of.name or "Report"
    return Story(
        title=f"{name}: {of.roadmap.title}, {day(of.as_of)}",
        opening=Opening(
            about=f"{of.roadmap.title}: self-assessment",
            name=name,
            role=of.role,
            day=f"as of {day(of.as_of)}",
            claim=words.claim(of),
            reason=words.reason(of),
            unchecked="A self-assessment: claimed by its author, checked by nobody yet.",
            ladder=_ladder(of),
            message=of.message,
        ),
        sections=(
            _blocking(of),
            _matrix(of),
            _gaps(of),
            *_target(of),
            *_beside_the_level(of),
            _everything(of),
            *_recalled(of),
            *_changes(of),
            _colophon(of),
        ),
    )


def day(of: date) -> str:
    """A day as people write it: "22 November 2026"."""
    return f"{of.day} {of:%B %Y}"


def notes(of: Report) -> Section:
    """What its author points at, without the skills beside: for a format that does not list every skill."""
    pointed = [line for line in of.lines.values() if line.note or line.link]
    said = (
        "The author left notes and links out."
        if not of.notes_included
        else "Notes and links are the author's own."
        if pointed
        else "The author made no note."
    )
    return Section("notes", "Notes and links", (Sentence(said), _lines(of, [line.id for line in pointed], full=True)))


# The sections


def _ladder(of: Report) -> Figure:
    catalog, ticks = of.catalog, of.ticks
    return Figure(
        id=f"r{of.id[:8]}-ladder",
        said=drawing.ladder_reading(catalog, ticks),
        draw=lambda id, width: drawing.ladder(catalog, ticks, id=id, size="large" if width >= WIDE else "side"),
        table=Table(
            ("Stage", "Ticked", "Needed"),
            tuple(
                (stage.title, f"{_ticked(stage.skills)} of {len(stage.skills)}", str(stage.needed))
                for stage in of.stages
            ),
        ),
    )


def _blocking(of: Report) -> Section:
    following = levels.next_stage(of.catalog, of.claimed.level)
    title = f"What blocks {following.title}" if following else "What blocks the next stage"
    still_open = levels.shortfalls(of.catalog, of.ticks, following.id)[0].open if following else ()
    return Section("blocking", title, (Sentence(words.blocking(of)), _lines(of, still_open)))


def _matrix(of: Report) -> Section:
    catalog, ticks = of.catalog, of.ticks
    said = drawing.matrix_reading(catalog, ticks)
    figure = Figure(
        id=f"r{of.id[:8]}-matrix",
        said=said,
        draw=lambda id, width: drawing.matrix(catalog, ticks, id=id, width=width),
        table=Table(
            ("Category", *(stage.title for stage in of.stages)),
            tuple(
                (name, *(_held([line for line in stage.skills if name in line.categories]) for stage in of.stages))
                for name in catalog.in_order(name for skill in catalog.skills.values() for name in skill.categories)
            ),
        ),
    )
    return Section("matrix", "Skills by stage and category", (Sentence(said), figure))


def _gaps(of: Report) -> Section:
    said = drawing.bars_reading(of.gaps)
    figure = Figure(
        id=f"r{of.id[:8]}-bars",
        said=said,
        draw=lambda id, width: drawing.bars(of.gaps, id=id, width=width),
        table=Table(
            ("Category", "Held", "Missing"),
            tuple(
                (gap.category, f"{len(gap.held)} of {len(gap.held) + len(gap.missing)}", str(len(gap.missing) or ""))
                for gap in of.gaps
            ),
        ),
    )
    title = f"Gaps by category, up to {of.catalog.stage[of.target].title}"
    return Section("gaps", title, (Sentence(said), figure))


def _target(of: Report) -> Iterator[Section]:
    """The way to the target in words, where it is longer than the next stage."""
    short = levels.shortfalls(of.catalog, of.ticks, of.target)
    target = of.catalog.stage[of.target]
    title = f"Open to the target, {target.title}"
    if not short:
        yield Section("target", title, (Sentence(f"{target.title} counts: nothing is needed."),))
    elif len(short) > 1:
        need = "; ".join(f"{of.catalog.stage[s.stage].title}: {s.short} of {len(s.open)} open" for s in short)
        parts: list[Part] = [Sentence(f"Needed: {need}.")]
        for s in short:
            parts += [Heading(of.catalog.stage[s.stage].title, f"{s.short} of these needed"), _lines(of, s.open)]
        yield Section("target", title, tuple(parts))


def _beside_the_level(of: Report) -> Iterator[Section]:
    """What the level tolerates, and what it does not count."""
    if of.claimed.debts:
        said = "The claimed level tolerates these. They are open all the same."
        yield Section("debts", "Open below the level", (Sentence(said), _lines(of, of.claimed.debts)))
    if of.claimed.ahead:
        said = "Ticked above the next stage: credited here, not counted in the level."
        yield Section("ahead", "Ahead of the level", (Sentence(said), _lines(of, of.claimed.ahead)))


def _everything(of: Report) -> Section:
    """Every skill and goal with what its owner can point at."""
    said = "Notes and links are the author's own." if of.notes_included else "The author left notes and links out."
    parts: list[Part] = [Sentence(said)]
    for stage in of.stages:
        counted = f"{_ticked(stage.skills)} of {len(stage.skills)}, {stage.needed} needed"
        parts += [Heading(stage.title, counted), _lines(of, [line.id for line in stage.skills], full=True)]
        if stage.goals:
            parts += [
                Label("Goals: they never count toward a level"),
                _lines(of, [line.id for line in stage.goals], full=True),
            ]
    return Section("everything", "All skills and goals", tuple(parts))


def _recalled(of: Report) -> Iterator[Section]:
    if of.drilled:
        said = f"{words.recalled(of.drilled)} Recalls are graded by oneself and prove nothing by themselves."
        yield Section("recalled", "Cards recalled", (Sentence(said),))


def _changes(of: Report) -> Iterator[Section]:
    if of.changes:
        parts: list[Part] = [Sentence(words.changed(of))]
        if isinstance(of.changes, Changes):
            parts.append(Lines(tuple(Line(text, None, word) for word, text in words.change_list(of))))
        yield Section("changes", f"Since the report of {day(of.changes.since)}", tuple(parts))


def _colophon(of: Report) -> Section:
    facts = (
        ("Rule", words.RULE),
        ("Roadmap", f"{of.roadmap.title}, version {of.roadmap.version}"),
        ("Content", of.roadmap.digest[:16]),
        ("As of", day(of.as_of)),
        ("Report", of.id),
        ("Checksum", of.checksum),
    )
    code = frozenset({"Content", "Report", "Checksum"})
    return Section("about", "About this report", (Sentence(words.PURPOSE), Facts(facts, code)))


def _lines(of: Report, ids: Iterable[str], *, full: bool = False) -> Lines:
    """Skills as a list: their categories beside them, or (`full`) since when and what the author points at."""
    return Lines(tuple(_line(of.lines[id], full=full) for id in ids), full)


def _line(line: ReportedLine, *, full: bool) -> Line:
    if not full:
        return Line(line.text, line.ticked, ", ".join(line.categories))
    return Line(line.text, line.ticked, f"since {day(line.since)}" if line.since else "", line.note, line.link)


def _ticked(lines: Sequence[ReportedLine]) -> int:
    return sum(line.ticked for line in lines)


def _held(lines: Sequence[ReportedLine]) -> str:
    return f"{_ticked(lines)} of {len(lines)}" if lines else ""
