"""A report as a page: one article for the app and for a file that opens offline, prints, and holds its own data."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from html import escape

from roadmap import drawing, levels, report
from roadmap.export.reading import MARK
from roadmap.report import Changes, Report, ReportedLine
from roadmap.report.words import PURPOSE, RULE, blocking, change_list, changed, claim, reason, recalled

REPORT_STYLE = """
.report{--ink:light-dark(#0f1419,#f2f5f9);--quiet:light-dark(#4b5563,#a9b4c2);--hair:light-dark(#d9dee6,#2c3542);
--link:light-dark(#0b57d0,#9cc2ff);--tint:light-dark(#f3f5f9,#1a2029);
container-type:inline-size;max-width:640px;margin:0 auto;color:var(--ink);font-size:16px;line-height:1.5;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.report *{box-sizing:border-box}
.report :is(h1,h2,h3,h4,p,ul,dl,dd,blockquote){margin:0;padding:0;font-weight:400}
.report .about{color:var(--quiet);font-size:14px}
.report .name{font-size:28px;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin-top:8px}
.report .claim{font-size:40px;line-height:1.1;font-weight:650;letter-spacing:-.025em;margin-top:40px}
.report .reason{margin-top:12px}
.report .unchecked{color:var(--quiet);font-size:14px;margin-top:4px}
.report .figure{margin-top:32px}
.report .says{border-inline-start:3px solid var(--hair);padding-inline-start:16px;margin-top:32px;white-space:pre-wrap}
.report section{border-top:1px solid var(--hair);margin-top:40px;padding-top:24px}
.report .heading{font-size:20px;line-height:1.3;font-weight:650;letter-spacing:-.01em}
.report .stage{font-size:16px;font-weight:650;margin-top:28px;display:flex;justify-content:space-between;gap:16px}
.report .stage span{color:var(--quiet);font-weight:400;font-size:14px}
.report .kind{font-size:14px;color:var(--quiet);margin-top:16px}
.report .reading{color:var(--quiet);margin-top:4px}
.report ul{list-style:none;margin-top:12px}
.report li{display:grid;grid-template-columns:20px 1fr auto;column-gap:8px;padding:6px 0}
.report li+li{border-top:1px solid var(--hair)}
.report li .mark{color:var(--quiet)}
.report li .aside{color:var(--quiet);font-size:14px;text-align:end;white-space:nowrap}
.report .all .open .words{color:var(--quiet)}
.report .evidence{grid-column:2/-1;background:var(--tint);border-radius:6px;padding:8px 12px;margin:6px 0;
font-size:14px}
.report .evidence p{white-space:pre-wrap}
.report a{color:var(--link);text-decoration:underline;text-underline-offset:2px}
.report dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 24px;font-size:14px;margin-top:16px}
.report dt{color:var(--quiet)}
.report code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px;
background:none;color:inherit;padding:0}
.report .heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.report .narrow{display:none}
@container (max-width:559px){
.report .wide{display:none}.report .narrow{display:block}.report .narrow .drawing{width:100%;max-width:400px}
.report .claim{font-size:28px;margin-top:28px}.report .name{font-size:20px}
.report li{grid-template-columns:20px 1fr}.report li .aside{grid-column:2;text-align:start;white-space:normal}
.report dl{grid-template-columns:1fr}.report dd+dt{margin-top:8px}
}
@media print{.report :is(li,.figure,dl,blockquote){break-inside:avoid}
.report :is(.heading,.stage,.kind,.reading){break-after:avoid}}
""" + "\n".join(f".report {rule}" for rule in drawing.STYLE.splitlines())
"""The look of an article, scoped to it: it never leaks into the page around."""

Draw = Callable[[str, str], str]
"""How an SVG and its reading are set into a page."""

WIDE, NARROW = 640, 320

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>
:root{{color-scheme:light dark;background:light-dark(#fff,#10141a)}}
body{{margin:0;padding:clamp(24px,6vw,72px) clamp(20px,5vw,48px) 96px;
font-family:"Source Sans 3",Inter,"Segoe UI",system-ui,sans-serif}}
@page{{margin:16mm}}
@media print{{:root{{color-scheme:light}}body{{padding:0}}}}
{style}
</style>
</head>
<body>
<main>
{body}
</main>
<script type="application/json" id="{mark}">{data}</script>
</body>
</html>
"""


def to_html(of: Report) -> bytes:
    """One file that opens offline without any script, and carries the report's JSON for the Team page."""
    name = of.name or "Report"
    page = PAGE.format(
        title=escape(f"{name}: {of.roadmap.title}, {day(of.as_of)}"),
        style=REPORT_STYLE,
        body=body(of, top=1, draw=_inline),
        mark=MARK,
        data=_inert(json.dumps(report.payload(of), ensure_ascii=False, separators=(",", ":"), allow_nan=False)),
    )
    return page.encode()


def body(of: Report, *, top: int = 2, draw: Draw = drawing.image) -> str:
    """The report as one `<article class="report">`; its own title is a heading of level `top`.

    `draw` sets an SVG and its reading into the page: as an image unless told otherwise, since `st.html` drops SVG.
    """
    parts = [
        *_opening(of, top, draw),
        *_blocking(of, top + 1),
        *_figures(of, top + 1, draw),
        *_target(of, top + 1),
        *_beside_the_level(of, top + 1),
        *_everything(of, top + 1),
        *_recalled(of, top + 1),
        *_changes(of, top + 1),
        *_colophon(of, top + 1),
    ]
    return f'<article class="report" aria-label="{escape(f"Report of {of.name}")}">{"".join(parts)}</article>'


def day(of: date) -> str:
    """A day as people write it: "22 November 2026"."""
    return f"{of.day} {of:%B %Y}"


def _opening(of: Report, level: int, draw: Draw) -> Iterator[str]:
    """Who, what they claim and why, and the ladder: what a reader with ten seconds takes away."""
    yield f'<p class="about">{escape(of.roadmap.title)}: self-assessment</p>'
    yield f'<h{level} class="name">{_said(of.name or "Report")}</h{level}>'
    role = f"{_said(of.role)}, " if of.role else ""
    yield f'<p class="about">{role}as of {day(of.as_of)}</p>'
    yield f'<h{level + 1} class="claim">{escape(claim(of))}</h{level + 1}>'
    yield f'<p class="reason">{escape(reason(of))}</p>'
    yield '<p class="unchecked">A self-assessment: claimed by its author, checked by nobody yet.</p>'
    catalog, ticks, id = of.catalog, of.ticks, f"r{of.id[:8]}"
    large = drawing.ladder(catalog, ticks, id=f"{id}-large", size="large")
    side = drawing.ladder(catalog, ticks, id=f"{id}-side", size="side")
    yield _both(draw, drawing.ladder_reading(catalog, ticks), wide=large, narrow=side)
    if of.message:
        yield f'<blockquote class="says" dir="auto">{escape(of.message)}</blockquote>'


def _blocking(of: Report, level: int) -> Iterator[str]:
    following = levels.next_stage(of.catalog, of.claimed.level)
    title = f"What blocks {following.title}" if following else "What blocks the next stage"
    still_open = levels.shortfalls(of.catalog, of.ticks, following.id)[0].open if following else ()
    yield _section(title, level, f'<p class="reading">{escape(blocking(of))}</p>', _lines(of, still_open))


def _figures(of: Report, level: int, draw: Draw) -> Iterator[str]:
    catalog, ticks, id = of.catalog, of.ticks, f"r{of.id[:8]}"
    said = drawing.matrix_reading(catalog, ticks)
    wide = drawing.matrix(catalog, ticks, id=f"{id}-matrix", width=WIDE)
    narrow = drawing.matrix(catalog, ticks, id=f"{id}-matrix-narrow", width=NARROW)
    figure = _both(draw, said, wide=wide, narrow=narrow)
    yield _section("Skills by stage and category", level, _reading(said), figure)
    said = drawing.bars_reading(of.gaps)
    wide = drawing.bars(of.gaps, id=f"{id}-bars", width=WIDE)
    narrow = drawing.bars(of.gaps, id=f"{id}-bars-narrow", width=NARROW)
    title = f"Gaps by category, up to {catalog.stage[of.target].title}"
    yield _section(title, level, _reading(said), _both(draw, said, wide=wide, narrow=narrow))


def _target(of: Report, level: int) -> Iterator[str]:
    """The way to the target in words, where it is longer than the next stage."""
    short = levels.shortfalls(of.catalog, of.ticks, of.target)
    target = of.catalog.stage[of.target]
    if not short:
        yield _section(
            f"Open to the target, {target.title}", level, _reading(f"{target.title} counts: nothing is needed.")
        )
    elif len(short) > 1:
        need = "; ".join(f"{of.catalog.stage[s.stage].title}: {s.short} of {len(s.open)} open" for s in short)
        parts = [
            f'<h{level + 1} class="stage">{escape(of.catalog.stage[s.stage].title)}'
            f"<span>{s.short} of these needed</span></h{level + 1}>{_lines(of, s.open)}"
            for s in short
        ]
        yield _section(f"Open to the target, {target.title}", level, _reading(f"Needed: {need}."), *parts)


def _beside_the_level(of: Report, level: int) -> Iterator[str]:
    """What the level tolerates, and what it does not count."""
    if of.claimed.debts:
        words = "The claimed level tolerates these. They are open all the same."
        yield _section("Open below the level", level, _reading(words), _lines(of, of.claimed.debts))
    if of.claimed.ahead:
        words = "Ticked above the next stage: credited here, not counted in the level."
        yield _section("Ahead of the level", level, _reading(words), _lines(of, of.claimed.ahead))


def _everything(of: Report, level: int) -> Iterator[str]:
    """Every skill and goal with what its owner can point at."""
    words = "Notes and links are the author's own." if of.notes_included else "The author left notes and links out."
    parts = []
    for stage in of.stages:
        ticked = f"{sum(line.ticked for line in stage.skills)} of {len(stage.skills)}, {stage.needed} needed"
        parts.append(f'<h{level + 1} class="stage">{escape(stage.title)}<span>{ticked}</span></h{level + 1}>')
        parts.append(_lines(of, [line.id for line in stage.skills], full=True))
        if stage.goals:
            parts.append('<p class="kind">Goals: they never count toward a level</p>')
            parts.append(_lines(of, [line.id for line in stage.goals], full=True))
    yield _section("All skills and goals", level, _reading(words), *parts)


def _recalled(of: Report, level: int) -> Iterator[str]:
    if of.drilled:
        words = f"{recalled(of.drilled)} Recalls are graded by oneself and prove nothing by themselves."
        yield _section("Cards recalled", level, _reading(words))


def _changes(of: Report, level: int) -> Iterator[str]:
    if of.changes:
        parts = [_reading(changed(of))]
        if isinstance(of.changes, Changes):
            items = (
                f"<li><span></span><span>{escape(text)}</span>{_aside(word)}</li>" for word, text in change_list(of)
            )
            parts.append(_list(items, "some"))
        yield _section(f"Since the report of {day(of.changes.since)}", level, *parts)


def _colophon(of: Report, level: int) -> Iterator[str]:
    facts = {
        "Rule": escape(RULE),
        "Roadmap": f"{escape(of.roadmap.title)}, version {of.roadmap.version}",
        "Content": f"<code>{escape(of.roadmap.digest[:16])}</code>",
        "As of": day(of.as_of),
        "Report": f"<code>{escape(of.id)}</code>",
        "Checksum": f"<code>{escape(of.checksum)}</code>",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items())
    yield _section("About this report", level, _reading(PURPOSE), f"<dl>{listed}</dl>")


def _section(title: str, level: int, *parts: str) -> str:
    return f'<section><h{level} class="heading">{escape(title)}</h{level}>{"".join(parts)}</section>'


def _reading(words: str) -> str:
    return f'<p class="reading">{escape(words)}</p>'


def _both(draw: Draw, said: str, *, wide: str, narrow: str) -> str:
    """A drawing for wide and for narrow pages; the style shows one of them."""
    one, other = draw(wide, said), draw(narrow, said)
    return f'<div class="figure"><div class="wide">{one}</div><div class="narrow">{other}</div></div>'


def _inline(svg: str, _said: str) -> str:
    """SVG in the page itself: it carries its own reading."""
    return svg


def _lines(of: Report, ids: Collection[str], *, full: bool = False) -> str:
    """Skills as a list: their categories beside them, or (`full`) since when and what the author points at."""
    return _list((_line(of.lines[id], full=full) for id in ids), "all" if full else "some")


def _line(line: ReportedLine, *, full: bool) -> str:
    state, sign, word = ("held", "✓", "Ticked") if line.ticked else ("open", "○", "Open")
    since = f"since {day(line.since)}" if line.since else ""
    aside, evidence = (since, _evidence(line)) if full else (", ".join(line.categories), "")
    mark = f'<span class="mark"><span aria-hidden="true">{sign}</span><span class="heard">{word}: </span></span>'
    words = f'<span class="words">{escape(line.text)}</span>'
    return f'<li class="{state}">{mark}{words}{_aside(aside)}{evidence}</li>'


def _evidence(line: ReportedLine) -> str:
    note = f'<p dir="auto">{escape(line.note)}</p>' if line.note else ""
    away = 'target="_blank" rel="noopener noreferrer nofollow"'
    link = f'<p><a href="{escape(line.link)}" {away}>{_said(line.link)}</a></p>' if line.link else ""
    return f'<div class="evidence">{note}{link}</div>' if note or link else ""


def _list(items: Iterable[str], kind: str) -> str:
    written = "".join(items)
    return f'<ul class="{kind}">{written}</ul>' if written else ""


def _aside(words: str) -> str:
    return f'<span class="aside">{escape(words)}</span>'


def _said(text: str) -> str:
    """What a person typed, as typed, its direction kept to itself."""
    return f"<bdi>{escape(text)}</bdi>"


def _inert(data: str) -> str:
    """JSON that cannot end the script element around it, whatever its strings hold."""
    return data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
