"""A report as its reader goes through it: an opening, then sections of sentences, drawings, lists and tables.

It is told once, before any format: the page, the PDF and the Markdown set the same parts, each in its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from roadmap import drawing, evidence, levels
from roadmap.report import Changes, Report, ReportedLine, ReportedObjective, words

WIDE, NARROW = 640, 320
ENOUGH_ANSWERS = 3
"""Below this many checked answers a category says so."""


class Table(NamedTuple):
    """Counts and words in rows; the first cell of a row says what it is about. `counts` shares the room evenly."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    counts: bool = False


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


class Quote(NamedTuple):
    """What its author says, as typed."""

    text: str


class Heading(NamedTuple):
    """A title inside of a section, and what is counted under it."""

    title: str
    aside: str


class Line(NamedTuple):
    """One skill or goal in a list: `held` is None where it is neither ticked nor open, such as a change.

    `more` is what was checked, or what would close it; note and link are its author's own.
    """

    text: str
    held: bool | None
    aside: str = ""
    more: str = ""
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


Part = Sentence | Label | Quote | Heading | Lines | Figure | Table | Facts


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
    shown: str
    reason: str
    ladder: Figure


class Story(NamedTuple):
    """A whole report."""

    title: str
    opening: Opening
    sections: tuple[Section, ...]


def tell(of: Report) -> Story:
    """The report from its first line to its checksum."""
    name = of.name or "No name"
    checked = _is_checked(of)
    return Story(
        title=f"{name}: {of.roadmap.title}, {day(of.as_of)}",
        opening=Opening(
            about=of.roadmap.title if checked else f"{of.roadmap.title}: self-assessment",
            name=name,
            role=of.role,
            day=f"as of {day(of.as_of)}",
            claim=words.claim(of),
            shown=words.shown(of) if checked else "A self-assessment: claimed by its author, checked by nobody yet.",
            reason=words.reason(of),
            ladder=_ladder(of),
        ),
        sections=(
            *((_questions(of), *_evidence(of)) if checked else ()),
            _blocking(of),
            _matrix(of),
            _gaps(of),
            *_contradicted(of),
            *_beside_the_level(of),
            *_unclaimed(of),
            *_recalled(of),
            *_target(of),
            *(() if checked else (_questions(of),)),
            *_changes(of),
            *_objectives(of),
            *_calibration(of),
            _everything(of),
            _colophon(of),
            *_message(of),
            *_appendix(of),
        ),
    )


def _is_checked(of: Report) -> bool:
    return of.shown is not None and of.shown.answers > 0


def day(of: date) -> str:
    """A day as people write it: "22 November 2026"."""
    return f"{of.day} {of:%B %Y}"


def short_day(of: date) -> str:
    """A day in a table: "22 Nov 2026"."""
    return f"{of.day} {of:%b %Y}"


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
    """Outlined as far as it is claimed, filled as far as the report's answers show."""
    catalog, ticks, shown = of.catalog, of.ticks, of.evidence if _is_checked(of) else None

    def draw(id: str, width: int) -> str:
        return drawing.ladder(catalog, ticks, id=id, size="large" if width >= WIDE else "side", shown=shown)

    return Figure(
        id=f"r{of.id[:8]}-ladder",
        said=drawing.ladder_reading(catalog, ticks, shown),
        draw=draw,
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
    return Section("blocking", title, (Sentence(words.blocking(of)), _lines(of, still_open, closing=True)))


def _evidence(of: Report) -> Iterator[Section]:
    """What was checked, category by category, in counts."""
    rows = []
    for found in evidence.by_category(of.catalog, of.evidence, of.target):
        if found.checked < ENOUGH_ANSWERS:
            answers = f"{found.checked or 'none'}, too few answers"
        else:
            answers = f"{found.checked}, newest {short_day(found.newest) if found.newest else ''}"
        rows.append((found.category, str(found.required), *(str(found.states[state]) for state in STATES), answers))
    said = (
        "Confirmed and contradicted rest on two checked answers or more about a skill; claimed only means that answers "
        "do not settle it."
    )
    heads = ("Category", "Required", *STATES.values(), "Checked answers")
    title = f"What was checked, up to {of.catalog.stage[of.target].title}"
    yield Section("evidence", title, (Sentence(said), Table(heads, tuple(rows), counts=True)))


STATES: dict[evidence.State, str] = {
    "confirmed": "Confirmed",
    "claimed": "Claimed only",
    "contradicted": "Contradicted",
    "shown": "Shown only",
    "open": "Open",
}
"""The states of a skill as a reader meets them; shown only is shown without being claimed."""


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
        for s in short[1:]:  # the first is what blocks the next stage
            counted = f"{s.short} of these needed"
            parts += [Heading(of.catalog.stage[s.stage].title, counted), _lines(of, s.open, closing=True)]
        yield Section("target", title, tuple(parts))


def _contradicted(of: Report) -> Iterator[Section]:
    if ids := _in_state(of, "contradicted"):
        said = "Ticked, and checked answers do not support it: something to look at together, not a verdict."
        yield Section("contradicted", "Claimed, not supported", (Sentence(said), _lines(of, ids, closing=True)))


def _unclaimed(of: Report) -> Iterator[Section]:
    if ids := _in_state(of, "shown"):
        said = "Checked answers support these, and their author does not claim them."
        yield Section("unclaimed", "Strengths not claimed", (Sentence(said), _lines(of, ids)))


def _questions(of: Report) -> Section:
    asked = tuple(Line(question, None) for question in words.to_ask(of))
    return Section("questions", "Three questions for the one-to-one", (Lines(asked),))


def _objectives(of: Report) -> Iterator[Section]:
    if of.objectives:
        said = "From earlier reviews; the answers are the author's own."
        lines = tuple(_objective(of, one) for one in of.objectives)
        yield Section("objectives", "Objectives, and what became of them", (Sentence(said), Lines(lines)))


def _objective(of: Report, one: ReportedObjective) -> Line:
    about = f" About “{of.lines[one.skill].text}”" if one.skill and one.skill in of.lines else ""
    return Line(
        text=one.text,
        held=None,
        aside=one.state + (f", due {day(one.due)}" if one.due else ""),
        more=f"By {one.by}, {day(one.given)}.{about}",
        note=one.words,
    )


def _calibration(of: Report) -> Iterator[Section]:
    """How sure against how right, in the words for answers and not for a person."""
    if of.calibration is not None:
        said = (
            "Asked before the answer is shown: guess, think so or sure."
            if of.calibration
            else "How sure the author was has not been asked yet."
        )
        lines = tuple(Line(words.surest(one), None) for one in of.calibration)
        yield Section("calibration", "How sure, and how right", (Sentence(said), Lines(lines)))


def _message(of: Report) -> Iterator[Section]:
    if of.message:
        said = f"Shared by its author, as of {day(of.as_of)}."
        yield Section("message", "What its author adds", (Quote(of.message), Sentence(said)))


KINDS: dict[evidence.Kind, str] = {"quiz": "question", "open": "scored work", "recall": "recalls"}


def _appendix(of: Report) -> Iterator[Section]:
    """Every counted answer with its weight; recalls only by skill, since they are no one's to read one by one."""
    if not of.events:
        return
    rows = [
        (
            of.lines[one.skill].text,
            short_day(one.event.on),
            KINDS[one.event.kind],
            _right(one.event),
            f"{one.weight:.2f}",
        )
        for one in of.evidence.counted
        if one.event.kind != "recall"
    ]
    for skill in of.catalog.skills:
        passed = [one for one in of.evidence.counted if one.skill == skill and one.event.kind == "recall"]
        if passed:
            newest = short_day(max(one.event.on for one in passed))
            weight = f"{sum(one.weight for one in passed):.2f}"
            rows.append((of.lines[skill].text, newest, f"{KINDS['recall']}, {len(passed)}", "passed", weight))
    said = (
        "What the shown level is worked out from, newest first. A weight is 1 for a fresh answer about one skill and "
        "halves every 120 days. The JSON file holds the same answers, so the level can be worked out again from it."
    )
    heads = ("Skill", "Day", "Kind", "Outcome", "Weight")
    yield Section("appendix", "Appendix: the answers that count", (Sentence(said), Table(heads, tuple(rows))))


def _right(event: evidence.Event) -> str:
    return "right" if event.right else "wrong"


def _in_state(of: Report, state: evidence.State) -> list[str]:
    return [id for id, found in of.evidence.skills.items() if found.state == state]


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
        parts: list[Part] = [Sentence(" ".join(filter(None, (words.changed(of), words.shown_changed(of)))))]
        if isinstance(of.changes, Changes):
            parts.append(Lines(tuple(Line(text, None, word) for word, text in words.change_list(of))))
        yield Section("changes", f"Since the report of {day(of.changes.since)}", tuple(parts))


def _colophon(of: Report) -> Section:
    shown = (("Shown level", words.SHOWN_RULE), ("Thresholds", THRESHOLDS)) if _is_checked(of) else ()
    facts = (
        ("Rule", words.RULE),
        *shown,
        ("Roadmap", f"{of.roadmap.title}, version {of.roadmap.version}"),
        ("Content", of.roadmap.digest[:16]),
        ("As of", day(of.as_of)),
        ("Report", of.id),
        ("Checksum", of.checksum),
        *((("Signed with key", of.signature.key),) if of.signature else ()),
    )
    code = frozenset({"Content", "Report", "Checksum", "Signed with key"})
    return Section("about", "About this report", (Sentence(words.PURPOSE), Facts(facts, code)))


THRESHOLDS = (
    f"A level is shown from {evidence.ENOUGH} fresh checked answers. A skill is confirmed at "
    f"{evidence.SURE:.0%} probability and contradicted at {evidence.UNSURE:.0%}, each from {evidence.TESTED} checked "
    f"answers. Fewer than {ENOUGH_ANSWERS} in a category are too few."
).replace("%", " %")


def _lines(of: Report, ids: Iterable[str], *, full: bool = False, closing: bool = False) -> Lines:
    """Skills as a list: their categories beside them and what would close them, or (`full`) since when, and on what."""
    return Lines(tuple(_line(of, of.lines[id], full=full, closing=closing) for id in ids), full)


def _line(of: Report, line: ReportedLine, *, full: bool, closing: bool) -> Line:
    if not full:
        more = closed_by(of, line.id, most=2) if closing else ""
        return Line(line.text, line.ticked, ", ".join(line.categories), more)
    since = f"since {day(line.since)}" if line.since else ""
    return Line(line.text, line.ticked, since, checked(of, line.id), line.note, line.link)


def checked(of: Report, id: str) -> str:
    """What checked answers say about one skill, in counts; empty where there are none."""
    found = of.evidence.skills.get(id)
    if not found or not found.checked:
        return ""
    state = STATE_WORDS[found.state] if found.checked >= evidence.TESTED else "Not tested enough"
    newest = f", newest {day(found.newest)}" if found.newest else ""
    rusty = " The evidence is old." if found.rusty else ""
    return f"{state}: {levels.count(found.checked, 'checked answer')}{newest}.{rusty}"


STATE_WORDS: dict[evidence.State, str] = {
    "confirmed": "Confirmed",
    "contradicted": "Not supported",
    "shown": "Shown",
    "claimed": "Not settled",
    "open": "Not shown",
}


def closed_by(of: Report, id: str, *, most: int = 100) -> str:
    """What to read (the first `most`) and drill to close one skill; empty where the report does not say."""
    found = next((one for one in of.closing if one.skill == id), None)
    if not found or not (found.study or found.cards):
        return ""
    titles = [f"“{title}”" for title in found.study[:most]]
    left = [f"{len(found.study) - most} more"] if len(found.study) > most else []
    study = [f"study {', '.join([*titles, *left])}"] if titles else []
    cards = [f"drill {levels.count(found.cards, 'card')}"] if found.cards else []
    return f"To close it: {'; '.join([*study, *cards])}."


def _ticked(lines: Sequence[ReportedLine]) -> int:
    return sum(line.ticked for line in lines)


def _held(lines: Sequence[ReportedLine]) -> str:
    return f"{_ticked(lines)} of {len(lines)}" if lines else ""
