"""Values to SVG: the ladder, the matrix and the bars, one vocabulary for screen, HTML report and PDF.

Form first, colour second: an outline is claimed, a fill is shown by checked answers, a hatch is missing, a dashed
hairline is not reached yet. Every shape carries its light colour as an attribute, which a page overrides
through `STYLE` (light and dark) and a document without CSS simply shows.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Sequence, Sized
from typing import Any, Literal, NamedTuple, Protocol
from xml.sax.saxutils import escape, quoteattr

from roadmap import levels
from roadmap.catalog import Catalog, Stage
from roadmap.evidence import Places, range_words

INKS = {
    "stage-1": ("#4A9CB0", "#4E7E93"),
    "stage-2": ("#2E82A6", "#5C9DB8"),
    "stage-3": ("#2F669B", "#82B8DA"),
    "stage-4": ("#3B4A8C", "#B3CFF2"),
    "stage-5": ("#3F2A70", "#E6E4FF"),
    "held": ("#2F669B", "#82B8DA"),
    "gap": ("#6b7280", "#97a3b3"),
    "quiet": ("#4b5563", "#a9b4c2"),
    "hairline": ("#b4bcc8", "#465264"),
}
"""The colours by meaning, light then dark: the stage ramp is ordered in lightness, each step 3:1 on its background."""

STYLE = "\n".join(
    (
        ".drawing{display:block;max-width:100%;height:auto;font-family:inherit;font-variant-numeric:tabular-nums}",
        *(f".drawing .{name}{{--ink:light-dark({light},{dark})}}" for name, (light, dark) in INKS.items()),
        ".drawing .stroke{stroke:var(--ink)}",
        ".drawing .fill{fill:var(--ink)}",
    )
)
"""The one stylesheet of every drawing; the page sets `color-scheme`."""

PAGE_INK = "light-dark(#0f1419,#f2f5f9)"
FONTS = '"Source Sans 3",Inter,"Segoe UI",system-ui,sans-serif'
SMALL, MEDIUM, LARGE = 12, 14, 16
BOLD = 650
NARROW = 480
"""Under this width a drawing is laid out for a phone."""


# The ladder


def ladder(
    catalog: Catalog,
    ticks: Collection[str],
    *,
    id: str,
    size: Literal["large", "side", "line", "steps"] = "side",
    shown: Places | None = None,
) -> str:
    """The ladder, the lowest stage at the bottom: large (640 px), side (280), in one line, or as steps alone.

    A rung is outlined as far as it is claimed and filled where it is shown; a bracket spans the 80 % range, with a dot
    at the likely level.
    """
    at, shown = levels.standing(catalog, ticks), shown if shown and shown.enough else None
    rungs = [_rung(catalog, at, stage, ticks, shown) for stage in catalog.stages]
    title = f"Claimed level: {levels.title(catalog, at.level)}"
    span = _Span.of(catalog, shown) if shown else None
    if size in ("line", "steps"):
        width, height, shapes = _line(catalog, at, rungs, span, words=size == "line")
    else:
        width, height, shapes = _upright(rungs, FRAMES[size], span)
    return _drawing(id, width, height, title, ladder_reading(catalog, ticks, shown), shapes)


def ladder_reading(catalog: Catalog, ticks: Collection[str], shown: Places | None = None) -> str:
    """The ladder in words, for those who hear it: the level, the way to the next, every rung, and what is shown."""
    at = levels.standing(catalog, ticks)
    rungs = (f"{stage.title} {levels.ticked(stage, ticks)} of {len(stage.skills)}" for stage in catalog.stages)
    level, progress = levels.title(catalog, at.level), levels.progress_sentence(catalog, at)
    claimed = f"Claimed level: {level}. {progress}. Skills ticked: {', '.join(rungs)}."
    if not shown or not shown.enough:
        return claimed
    least = f"at least {catalog.stage[shown.level].title}" if shown.level else "no stage for certain"
    likely, span = levels.title(catalog, shown.likely), range_words(catalog, shown)
    return f"{claimed} Shown so far: {least}, likely {likely}, 80 % range {span}."


class _Span(NamedTuple):
    """The 80 % range and the likely level, as places on the ladder: 0 is below the first rung."""

    low: int
    likely: int
    high: int

    @classmethod
    def of(cls, catalog: Catalog, shown: Places) -> _Span:
        places = (catalog.rank[level] if level else 0 for level in (shown.low, shown.likely, shown.high))
        return cls(*places)


class _Rung(NamedTuple):
    """One stage on the ladder: how far its outline reaches, how strong it is, and the words beside it."""

    title: str
    ink: str
    state: Literal["level", "counts", "next", "above"]
    share: float
    words: str
    shown: bool

    @property
    def climbed(self) -> bool:
        """Whether the stage counts."""
        return self.state in ("level", "counts")


class _Frame(NamedTuple):
    """Where an upright ladder puts things, in pixels."""

    width: int
    left: int
    right: int
    step: int
    thick: int
    text: int
    needed: str
    beside: int


FRAMES = {
    "large": _Frame(width=640, left=124, right=504, step=52, thick=24, text=LARGE, needed=" needed", beside=12),
    "side": _Frame(width=280, left=86, right=216, step=42, thick=18, text=MEDIUM, needed="", beside=8),
}
STRENGTH = {"level": 4.0, "counts": 3.0, "next": 3.0, "above": 1.5}
LEAN = 0.022
"""How much of its width the ladder loses on each side with every rung."""


def _rung(catalog: Catalog, at: levels.Standing, stage: Stage, ticks: Collection[str], found: Places | None) -> _Rung:
    passed = catalog.rank[at.level] if at.level else 0
    place, ticked, needed = catalog.rank[stage.id], levels.ticked(stage, ticks), levels.needed(stage)
    ink = _stage_ink(catalog, stage)
    shown = bool(found and found.level and place <= catalog.rank[found.level])
    if place <= passed:
        state: Literal["level", "counts"] = "level" if place == passed else "counts"
        return _Rung(stage.title, ink, state, 1, f"{ticked} of {len(stage.skills)}", shown)
    if place == passed + 1:
        return _Rung(stage.title, ink, "next", ticked / needed, f"{ticked} of {needed}", shown)
    ahead = f"{ticked} ahead" if ticked else ""
    return _Rung(stage.title, ink, "above", ticked / len(stage.skills), ahead, shown)


def _upright(rungs: Sequence[_Rung], frame: _Frame, span: _Span | None) -> tuple[int, int, str]:
    """Rails that lean together, rungs between them: the climbed part strong, the rest a hairline."""
    lean = (frame.right - frame.left) * LEAN
    shapes = []
    for climbed, rung in enumerate(rungs):
        inset = climbed * lean
        left, right = frame.left + inset, frame.right - inset
        middle = (len(rungs) - climbed - 0.5) * frame.step + frame.thick / 4
        shapes += [
            _rail(rung, left - frame.thick / 2, middle, frame.step, lean),
            _rail(rung, right + frame.thick / 2, middle, frame.step, -lean),
            _fill(rung, left, right, middle, frame.thick),
            _outline(rung, left, right, middle, frame.thick),
            *_words(rung, middle, frame),
        ]
    height = frame.step * len(rungs) + frame.thick // 2
    if span:
        shapes.append(_bracket(span, len(rungs), frame, height))
    return frame.width, height, "".join(shapes)


def _bracket(span: _Span, stages: int, frame: _Frame, height: float) -> str:
    """The 80 % range beside the ladder, open toward it, with a dot at the likely level."""
    x, reach = frame.right + frame.thick / 2 + frame.beside, frame.thick / 3

    def y(place: int) -> float:
        """The middle of a rung; below the first, the foot of the ladder."""
        return height - 1 if place == 0 else (stages - place + 0.5) * frame.step + frame.thick / 4

    top, bottom = y(span.high) - reach, y(span.low) + (reach if span.low else 0)
    path = f"M{_n(x - 4)} {_n(top)}H{_n(x)}V{_n(bottom)}H{_n(x - 4)}"
    dot = _shape("circle", cx=x, cy=min(y(span.likely), height - 4), r=3.5, fill="quiet")
    return _shape("path", d=path, stroke="quiet", stroke_width=1.5) + dot


def _fill(rung: _Rung, left: float, right: float, middle: float, thick: float) -> str:
    """What is shown, solid inside the outline of what is claimed."""
    if not rung.shown:
        return ""
    apart = 5 if rung.share else 0
    box = (left + apart, middle - thick / 2 + apart, right - left - 2 * apart, thick - 2 * apart)
    return _box(*box, thick / 2 - apart, fill=rung.ink)


def _rail(rung: _Rung, x: float, middle: float, step: float, lean: float) -> str:
    top, bottom = (x + lean / 2, middle - step / 2), (x - lean / 2, middle + step / 2)
    path = f"M{_n(top[0])} {_n(top[1])}L{_n(bottom[0])} {_n(bottom[1])}"
    return _shape(
        "path", d=path, stroke=rung.ink if rung.climbed else "hairline", stroke_width=3 if rung.climbed else 1
    )


def _outline(rung: _Rung, left: float, right: float, middle: float, thick: float) -> str:
    """A rung: a complete outline where the stage counts, else drawn as far as it is ticked and dashed from there."""
    r, top, bottom = thick / 2, middle - thick / 2, middle + thick / 2
    if rung.share in (0, 1):
        ink, width, dash = (rung.ink, STRENGTH[rung.state], "") if rung.share else ("hairline", 1, "3 4")
        return _box(left, top, right - left, thick, r, stroke=ink, stroke_width=width, stroke_dasharray=dash)
    reach = left + max(rung.share * (right - left), r)
    drawn, rest = (
        f"M{_n(reach)} {_n(top)}H{_n(turn)}A{_n(r)} {_n(r)} 0 0 {sweep} {_n(turn)} {_n(bottom)}H{_n(reach)}"
        for turn, sweep in ((left + r, 0), (right - r, 1))
    )
    return _shape("path", d=rest, stroke="hairline", stroke_dasharray="3 4") + _shape(
        "path", d=drawn, stroke=rung.ink, stroke_width=STRENGTH[rung.state]
    )


def _words(rung: _Rung, middle: float, frame: _Frame) -> Iterable[str]:
    """The stage's name on the left, its count on the right; what is not reached speaks more quietly."""
    baseline, weight = middle + frame.text * 0.35, BOLD if rung.state == "level" else 400
    yield _text(0, baseline, rung.title, size=frame.text, weight=weight, ink="" if rung.climbed else "quiet")
    count = rung.words + (frame.needed if rung.state == "next" else "")
    ink = "quiet" if rung.state == "above" else ""
    if count:
        yield _text(frame.width, baseline, count, size=frame.text - 2, weight=weight, ink=ink, anchor="end")


def _line(
    catalog: Catalog, at: levels.Standing, rungs: Sequence[_Rung], span: _Span | None, *, words: bool
) -> tuple[int, int, str]:
    """One row: steps that rise over the 80 % range; then, if asked, the level and the count toward the next."""
    height, wide, apart = 28, 26, 31
    shapes = []
    for place, rung in enumerate(rungs):
        tall = 8 + 16 * place / max(len(rungs) - 1, 1)
        x, y = 2 + place * apart, height - 2 - tall
        strength = min(STRENGTH[rung.state], 2.5)
        if rung.shown:
            shapes.append(_box(x + 3, y + 3, wide - 6, tall - 6, 1.5, fill=rung.ink))
        if rung.share == 1:
            shapes.append(_box(x, y, wide, tall, 3, stroke=rung.ink, stroke_width=strength))
            continue
        shapes.append(_box(x, y, wide, tall, 3, stroke="hairline", stroke_dasharray="2 3"))
        if rung.share:
            reach = _n(x + wide * rung.share)
            path = f"M{reach} {_n(y)}H{x}V{height - 2}H{reach}"
            shapes.append(_shape("path", d=path, stroke=rung.ink, stroke_width=strength))
    if span:
        start, end = 2 + max(span.low - 1, 0) * apart, 2 + max(span.high - 1, 0) * apart + (wide if span.high else 0)
        start = 0 if span.low == 0 else start
        shapes.append(_shape("path", d=f"M{start} {height + 3}H{end}", stroke="quiet", stroke_width=2))
    tall = height if words and not span else height + 5  # steps alone stand in tables: all of one size
    if not words:
        return len(rungs) * apart, tall, "".join(shapes)
    after = len(rungs) * apart + 10
    count = "" if at.needed is None else f'<tspan font-weight="400"> · {at.ticked} of {at.needed}</tspan>'
    level = levels.title(catalog, at.level)
    shapes.append(_text(after, height - 8, level, size=MEDIUM, weight=BOLD, more=count))
    return after + 160, tall, "".join(shapes)


# The matrix


def matrix(catalog: Catalog, ticks: Collection[str], *, id: str, width: int = 640) -> str:
    """Stages across, categories down, "2/3" in each cell that has skills; on a phone a name stands above its row."""
    stacked = width < NARROW
    names, row, top = (0, 46, 34) if stacked else (168, 32, 34)
    column = (width - names) / len(catalog.stages)
    shapes = [_hatch(id)]
    for place, stage in enumerate(catalog.stages):
        x = names + place * column + 2
        shapes.append(_text(x, 14, stage.title, size=SMALL, weight=400 if stacked else BOLD))
        path = f"M{_n(x)} 23H{_n(x + column - 10)}"
        shapes.append(_shape("path", d=path, stroke=_stage_ink(catalog, stage), stroke_width=3))
    categories = catalog.in_order(name for skill in catalog.skills.values() for name in skill.categories)
    for down, category in enumerate(categories):
        y = top + down * row
        middle = y + (32 if stacked else row / 2)
        if down:
            shapes.append(_shape("path", d=f"M0 {y}H{width}", stroke="hairline", stroke_opacity=0.45))
        shapes.append(_text(0, y + (17 if stacked else 21), category, size=SMALL if stacked else MEDIUM))
        for place, stage in enumerate(catalog.stages):
            of = [skill for skill in stage.skills if category in skill.categories]
            held, x = sum(skill.id in ticks for skill in of), names + place * column + 2
            bar = column - (36 if len(of) < 10 else 50)
            if of:
                shapes.append(_units(id, x, middle - 6, bar, 12, held, len(of), _stage_ink(catalog, stage)))
                shapes.append(_text(x + bar + 6, middle + 4.5, f"{held}/{len(of)}", size=SMALL))
    reading = matrix_reading(catalog, ticks)
    return _drawing(id, width, top + row * len(categories), "Skills by stage and category", reading, "".join(shapes))


def matrix_reading(catalog: Catalog, ticks: Collection[str]) -> str:
    """What the matrix says in one sentence: how much is ticked, and where the first open skills are."""
    sentence = f"{sum(skill in ticks for skill in catalog.skills)} of {len(catalog.skills)} skills are ticked"
    for stage in catalog.stages:
        still_open = [skill for skill in stage.skills if skill.id not in ticks]
        if still_open:
            where = catalog.in_order(name for skill in still_open for name in skill.categories)
            return f"{sentence}; the first open ones are at {stage.title}, in {_listed(where)}."
    return f"{sentence}."


# The bars


class Gap(Protocol):
    """What a bar needs to know of a category: a gap worked out now and one that a report carries both do."""

    @property
    def category(self) -> str: ...  # noqa: D102 - the three words mean what they mean in levels.Gap
    @property
    def held(self) -> Sized: ...  # noqa: D102
    @property
    def missing(self) -> Sized: ...  # noqa: D102


def bars(gaps: Iterable[Gap], *, id: str, width: int = 640) -> str:
    """Gaps by category, one unit a skill: held outlined and tinted, missing hatched, the widest gap first."""
    rows = _widest_first(gaps)
    names, counts, row = (154 if width < NARROW else 176), 68, 34
    most = max((len(gap.held) + len(gap.missing) for gap in rows), default=1)
    unit = min((width - names - counts) / most, 96)
    shapes = [_hatch(id)]
    for down, gap in enumerate(rows):
        middle, held = down * row + row / 2, len(gap.held)
        required = held + len(gap.missing)
        count, weight = f"{held} of {required}", BOLD if gap.missing else 400
        shapes += [
            _text(0, middle + 5, gap.category, size=MEDIUM),
            _units(id, names, middle - 8, unit * required, 16, held, required, "held"),
            _text(names + unit * required + 10, middle + 5, count, size=MEDIUM, weight=weight),
        ]
    return _drawing(id, width, max(row * len(rows), 1), "Gaps by category", bars_reading(rows), "".join(shapes))


def bars_reading(gaps: Iterable[Gap]) -> str:
    """What the bars say in words: where most is missing, and how many categories are whole."""
    rows = _widest_first(gaps)
    if not rows or not rows[0].missing:
        return f"Nothing is missing in any of the {len(rows)} categories."
    most = len(rows[0].missing)
    widest = [gap.category for gap in rows if len(gap.missing) == most]
    skills = f"{most} skill{'' if most == 1 else 's'}{' each' if len(widest) > 1 else ''}"
    whole = sum(not gap.missing for gap in rows)
    return f"Most is missing in {_listed(widest)}: {skills}. Nothing is missing in {whole} of {len(rows)} categories."


def _widest_first(gaps: Iterable[Gap]) -> list[Gap]:
    """The sort is stable: where as many skills are missing, the roadmap's order stays."""
    return sorted(gaps, key=lambda gap: -len(gap.missing))


# Where SVG itself is not let through


def image(svg: str, alt: str) -> str:
    """The drawing as an `<img>` that carries it whole, for pages whose sanitizer drops SVG (`st.html` does).

    It follows the light or dark scheme of the page around it, and its reading moves into `alt`.
    """
    return f'<img class="drawing" src="{data_url(svg)}" alt={quoteattr(alt)}/>'


def data_url(svg: str, scheme: Literal["light", "dark", "light dark"] = "light dark") -> str:
    """The drawing as an address that holds it whole; `scheme` is named where nothing around it can tell."""
    style = f"<style>{STYLE}svg.drawing{{color-scheme:{scheme};color:{PAGE_INK};font-family:{FONTS}}}</style>"
    tag, rest = svg.split(">", 1)
    return "data:image/svg+xml;base64," + base64.b64encode(f"{tag}>{style}{rest}".encode()).decode()


# Shapes and words


def _units(id: str, x: float, y: float, width: float, height: float, held: int, of: int, ink: str) -> str:
    """A bar of `of` skills, held ones outlined and tinted, missing ones hatched; each a box where there is room."""
    one = width / of
    apart = 3 if one >= 6 else 0
    boxes = [(place, 1, place < held) for place in range(of)] if apart else [(0, held, True), (held, of - held, False)]
    shapes = []
    for start, span, is_held in boxes:
        left, wide = x + start * one + 0.75, max(span * one - apart, 0.5)
        if span and is_held:
            shapes.append(_box(left, y, wide, height, 2.5, stroke=ink, stroke_width=1.5, fill=ink, fill_opacity=0.2))
        elif span:
            shapes.append(_box(left, y, wide, height, 2.5, stroke="gap", stroke_width=0.75, fill=f"url(#{id}-hatch)"))
    return "".join(shapes)


def _hatch(id: str) -> str:
    """The pattern that means missing, under this drawing's own name so that two drawings never share one."""
    line = _shape("path", d="M0 0V5", stroke="gap", stroke_width=1.8)
    turned = 'width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
    return f"<defs><pattern id={quoteattr(f'{id}-hatch')} {turned}>{line}</pattern></defs>"


def _stage_ink(catalog: Catalog, stage: Stage) -> str:
    """The ramp has five steps; a shorter or longer roadmap spreads over it, lowest to highest."""
    return f"stage-{1 + round((catalog.rank[stage.id] - 1) * 4 / max(len(catalog.stages) - 1, 1))}"


def _box(x: float, y: float, width: float, height: float, radius: float, **paint: Any) -> str:
    return _shape("rect", x=x, y=y, width=width, height=height, rx=radius, **paint)


def _shape(tag: str, *, stroke: str = "", fill: str = "none", **attributes: str | float) -> str:
    """One shape whose inks are named: as classes for `STYLE`, as light colours for documents without CSS."""
    inks = {"stroke": stroke, "fill": fill}
    named = {what: ink for what, ink in inks.items() if ink in INKS}
    classes = f' class="{" ".join(dict.fromkeys((*named, *named.values())))}"' if named else ""
    painted = {what: INKS[ink][0] if ink in INKS else ink for what, ink in inks.items() if ink}
    said = {name.replace("_", "-"): value for name, value in attributes.items() if value != ""}
    written = (
        f" {key}={quoteattr(value if isinstance(value, str) else _n(value))}" for key, value in (said | painted).items()
    )
    return f"<{tag}{classes}{''.join(written)}/>"


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int,
    weight: int = 400,
    ink: str = "",
    anchor: str = "start",
    more: str = "",
) -> str:
    """Words in the page's own ink unless an ink is named; `more` is SVG that follows them."""
    paint = f'class="fill {ink}" fill="{INKS[ink][0]}"' if ink else 'fill="currentColor"'
    place = f'x="{_n(x)}" y="{_n(y)}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f"<text {place} {paint}>{escape(words)}{more}</text>"


def _n(number: float) -> str:
    """A number as short as a tenth of a pixel allows."""
    return f"{number:.1f}".removesuffix(".0")


def _drawing(id: str, width: float, height: float, title: str, reading: str, shapes: str) -> str:
    """One SVG with its name and its reading, so that it says in words what it shows."""
    name, words = quoteattr(f"{id}-title"), quoteattr(f"{id}-desc")
    size = f'width="{_n(width)}" height="{_n(height)}" viewBox="0 0 {_n(width)} {_n(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" role="img" {size} '
        f"aria-labelledby={name} aria-describedby={words}>"
        f"<title id={name}>{escape(title)}</title><desc id={words}>{escape(reading)}</desc>{shapes}</svg>"
    )


def _listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "A", "A and B", "A, B and 4 more"."""
    shown = list(names) if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
