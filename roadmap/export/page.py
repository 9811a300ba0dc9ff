"""A report as a page: one article for the app and for a file that opens offline, prints, and holds its own data."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from roadmap import drawing, report
from roadmap.export.reading import MARK
from roadmap.export.signature import signed
from roadmap.export.story import (
    NARROW,
    WIDE,
    Facts,
    Figure,
    Heading,
    Label,
    Line,
    Lines,
    Opening,
    Part,
    Quote,
    Section,
    Sentence,
    Table,
    tell,
)
from roadmap.report import Report

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
.report .shown{font-size:20px;line-height:1.4;margin-top:12px}
.report .reason{color:var(--quiet);margin-top:8px}
.report .figure{margin-top:32px}
.report .says{border-inline-start:3px solid var(--hair);padding-inline-start:16px;margin-top:16px;white-space:pre-wrap}
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
.report li.plain{grid-template-columns:1fr auto}
.report .more{grid-column:2/-1;color:var(--quiet);font-size:14px}
.report .plain :is(.more,.evidence){grid-column:1/-1}
.report .all .open .words{color:var(--quiet)}
.report .evidence{grid-column:2/-1;background:var(--tint);border-radius:6px;padding:8px 12px;margin:6px 0;
font-size:14px}
.report .evidence p{white-space:pre-wrap}
.report a{color:var(--link);text-decoration:underline;text-underline-offset:2px}
.report table{border-collapse:collapse;width:100%;margin-top:16px;font-size:14px}
.report :is(th,td){text-align:end;font-weight:400;padding:6px 0 6px 8px;border-bottom:1px solid var(--hair);
overflow-wrap:break-word}
.report :is(th,td):first-child{text-align:start;padding-inline-start:0}
.report thead th{color:var(--quiet);vertical-align:bottom;font-size:12px}
.report tbody :is(th,td){vertical-align:top}
.report tbody td{white-space:nowrap}
.report dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 24px;font-size:14px;margin-top:16px}
.report dt{color:var(--quiet)}
.report code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px;
background:none;color:inherit;padding:0}
.report .heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.report .narrow{display:none}
@container (max-width:559px){
.report .wide{display:none}.report .narrow{display:block}.report .narrow .drawing{width:100%;max-width:400px}
.report .claim{font-size:28px;margin-top:28px}.report .name{font-size:20px}
.report li{grid-template-columns:20px 1fr}.report li.plain{grid-template-columns:1fr}
.report li.plain .aside{grid-column:1}.report li .aside{grid-column:2;text-align:start;white-space:normal}
.report thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.report tr{display:block;border-bottom:1px solid var(--hair);padding:6px 0}
.report tbody td{display:inline-block;border:0;padding:0 12px 0 0;white-space:normal}
.report tbody th{display:block;border:0;padding:0}
.report td::before{content:attr(data-of) " ";color:var(--quiet);font-size:12px}
.report dl{grid-template-columns:1fr}.report dd+dt{margin-top:8px}
}
@media print{.report :is(li,.figure,dl,blockquote){break-inside:avoid}
.report :is(.heading,.stage,.kind,.reading){break-after:avoid}}
""" + "\n".join(f".report {rule}" for rule in drawing.STYLE.splitlines())
"""The look of an article, scoped to it: it never leaks into the page around."""

Draw = Callable[[str, str], str]
"""How an SVG and its reading are set into a page."""

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
    of = signed(of)
    page = PAGE.format(
        title=escape(tell(of).title),
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
    story = tell(of)
    parts = [_opening(story.opening, top, draw), *(_section(one, top + 1, draw) for one in story.sections)]
    return f'<article class="report" aria-label="{escape(f"Report of {of.name}")}">{"".join(parts)}</article>'


def _opening(said: Opening, level: int, draw: Draw) -> str:
    role = f"{_said(said.role)}, " if said.role else ""
    return (
        f'<p class="about">{escape(said.about)}</p>'
        f'<h{level} class="name">{_said(said.name)}</h{level}>'
        f'<p class="about">{role}{said.day}</p>'
        f'<h{level + 1} class="claim">{escape(said.claim)}</h{level + 1}>'
        f'<p class="shown">{escape(said.shown)}</p>'
        f'<p class="reason">{escape(said.reason)}</p>'
        f"{_figure(said.ladder, draw)}"
    )


def _section(of: Section, level: int, draw: Draw) -> str:
    parts = "".join(_part(part, level, draw) for part in of.parts)
    return f'<section><h{level} class="heading">{escape(of.title)}</h{level}>{parts}</section>'


def _part(part: Part, level: int, draw: Draw) -> str:
    match part:
        case Sentence(text):
            return f'<p class="reading">{escape(text)}</p>'
        case Quote(text):
            return f'<blockquote class="says" dir="auto">{escape(text)}</blockquote>'
        case Label(text):
            return f'<p class="kind">{escape(text)}</p>'
        case Heading(title, aside):
            return f'<h{level + 1} class="stage">{escape(title)}<span>{escape(aside)}</span></h{level + 1}>'
        case Lines(items, full):
            written = "".join(_line(item) for item in items)
            return f'<ul class="{"all" if full else "some"}">{written}</ul>' if written else ""
        case Figure():
            return _figure(part, draw)
        case Table():
            return _table(part)
        case Facts(pairs, code):
            listed = (
                f"<dt>{escape(name)}</dt><dd>{f'<code>{escape(value)}</code>' if name in code else escape(value)}</dd>"
                for name, value in pairs
            )
            return f"<dl>{''.join(listed)}</dl>"


def _figure(of: Figure, draw: Draw) -> str:
    """A drawing for wide and for narrow pages; the style shows one of them."""
    wide, narrow = (
        draw(of.draw(f"{of.id}-{name}", width), of.said) for name, width in (("wide", WIDE), ("narrow", NARROW))
    )
    return f'<div class="figure"><div class="wide">{wide}</div><div class="narrow">{narrow}</div></div>'


def _inline(svg: str, _said: str) -> str:
    """SVG in the page itself: it carries its own reading."""
    return svg


def _table(of: Table) -> str:
    """A table whose cells carry their column's name, so that a narrow page can set each row as a list."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in of.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(
            f'<td data-of="{escape(head)}">{escape(cell)}</td>'
            for head, cell in zip(of.heads[1:], row[1:], strict=True)
        )
        + "</tr>"
        for row in of.rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


MARKS = {True: ("held", "✓", "Ticked"), False: ("open", "○", "Open")}


def _line(of: Line) -> str:
    words, aside = escape(of.text), f'<span class="aside">{escape(of.aside)}</span>'
    if of.held is None:
        return f'<li class="plain"><span>{words}</span>{aside}{_evidence(of)}</li>'
    state, sign, word = MARKS[of.held]
    mark = f'<span class="mark"><span aria-hidden="true">{sign}</span><span class="heard">{word}: </span></span>'
    return f'<li class="{state}">{mark}<span class="words">{words}</span>{aside}{_evidence(of)}</li>'


def _evidence(of: Line) -> str:
    more = f'<p class="more">{escape(of.more)}</p>' if of.more else ""
    note = f'<p dir="auto">{escape(of.note)}</p>' if of.note else ""
    away = 'target="_blank" rel="noopener noreferrer nofollow"'
    link = f'<p><a href="{escape(of.link)}" {away}>{_said(of.link)}</a></p>' if of.link else ""
    return more + (f'<div class="evidence">{note}{link}</div>' if note or link else "")


def _said(text: str) -> str:
    """What a person typed, as typed, its direction kept to itself."""
    return f"<bdi>{escape(text)}</bdi>"


def _inert(data: str) -> str:
    """JSON that cannot end the script element around it, whatever its strings hold."""
    return data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
