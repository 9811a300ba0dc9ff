"""Reviews as documents: the file that goes back to a report's owner, and both sides set beside each other to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from roadmap.export.signature import payload, signed
from roadmap.export.story import checked, day
from roadmap.report import Report, ReportedLine, words
from roadmap.report import review as reviews
from roadmap.report.review import STANCES, Answered, Review, Standing, Verdict

REVIEW_STYLE = """
.answers{--quiet:light-dark(#4b5563,#a9b4c2);--hair:light-dark(#d9dee6,#2c3542);
container-type:inline-size;font-size:16px;line-height:1.5;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.answers *{box-sizing:border-box}
.answers :is(p,ol,blockquote,table){margin:0;padding:0}
.answers table{border-collapse:collapse;width:100%;table-layout:fixed}
.answers :is(th,td){text-align:start;vertical-align:top;font-weight:400;padding:12px 24px 12px 0;border:0;
border-bottom:1px solid var(--hair)}
.answers thead th{color:var(--quiet);font-size:14px;padding-block:4px}
.answers .quiet{color:var(--quiet);font-size:14px}
.answers .stance{font-weight:650}
.answers :is(td,details)>:is(p,blockquote)+p.stance{margin-top:12px}
.answers blockquote{white-space:pre-wrap;border-inline-start:3px solid var(--hair);padding-inline-start:12px;
margin-top:4px}
.answers ol{list-style:none}
.answers li{display:grid;grid-template-columns:11em 1fr;gap:0 16px;padding:12px 0;margin:0;
border-bottom:1px solid var(--hair)}
.answers summary{cursor:pointer;text-decoration:underline;text-underline-offset:2px}
.answers summary:focus-visible{outline:2px solid currentColor;outline-offset:2px}
.answers details[open]>summary{margin-bottom:8px}
@container (max-width:559px){
.answers thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.answers :is(table,tbody,tr,th,td){display:block;width:100%}
.answers tr{border-bottom:1px solid var(--hair);padding:12px 0}
.answers tbody :is(th,td){border:0;padding:0}
.answers tbody td{padding-top:8px}
.answers li{grid-template-columns:1fr}
}
"""
"""The look of both sides, scoped to them."""

STANDINGS: dict[Standing, tuple[str, str]] = {
    "disputed": ("Where you differ", "You ticked it, and a reader does not support it yet."),
    "to show": ("To show", "A reader wants to see it before they agree."),
    "agreed": ("Agreed", "You and your readers say the same."),
}
"""The title of each group of skills to their owner, and what it means."""


def review_json(of: Review) -> bytes:
    """The review as the file that goes back; signed where the server has a key."""
    return (json.dumps(payload(signed(of)), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def side_by_side(of: Report, answered: Sequence[Answered]) -> str:
    """Skill by skill, what the owner of a report says and what each reader answers, with who said it and when."""
    rows = "".join(_row(of, one) for one in answered)
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("You say", "They say"))
    return f'<div class="answers"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def claimed(of: Report, line: ReportedLine) -> str:
    """One skill as its owner claims it, for whoever answers: what checked answers say, the note and the link."""
    away = 'target="_blank" rel="noopener noreferrer nofollow"'
    link = f'<p><a href="{escape(line.link)}" {away}><bdi>{escape(line.link)}</bdi></a></p>' if line.link else ""
    return f'<div class="answers">{_claim(of, line)}{_quoted(line.note)}{link}</div>'


def _claim(of: Report, line: ReportedLine) -> str:
    ticked = (f"Ticked since {day(line.since)}." if line.since else "Ticked.") if line.ticked else "Not ticked."
    facts = f"{ticked} {checked(of, line.id)}".strip()
    return f'<p class="skill">{escape(line.text)}</p><p class="quiet">{escape(facts)}</p>'


def _row(of: Report, one: Answered) -> str:
    said = "".join(_said(review, verdict) for review, verdict in one.said)
    return f'<tr><th scope="row">{_claim(of, one.line)}</th><td>{said}</td></tr>'


def _said(review: Review, verdict: Verdict) -> str:
    who = f"<bdi>{escape(review.by)}</bdi>, {review.role}, {day(review.on)}"
    return f'<p class="stance">{STANCES[verdict.stance]}</p><p class="quiet">{who}</p>{_quoted(verdict.comment)}'


def history(told: Sequence[Report | Review], lines: Callable[[str], str], prompts: Callable[[str], str]) -> str:
    """Reports and reviews in time order, each review with everything in it behind a fold.

    `lines` and `prompts` give the words for an id of the roadmap.
    """
    entries = "".join(
        f'<li><span class="quiet">{day(_day(one))}</span><div>{_entry(one, lines, prompts)}</div></li>' for one in told
    )
    return f'<div class="answers"><ol>{entries}</ol></div>'


def _day(of: Report | Review) -> date:
    return of.as_of if isinstance(of, Report) else of.on


def _entry(one: Report | Review, lines: Callable[[str], str], prompts: Callable[[str], str]) -> str:
    if isinstance(one, Report):
        changed = words.changed(one)
        return f"<p>Your report. {escape(words.headline(one))}</p>" + (
            f'<p class="quiet">{escape(changed)}</p>' if changed else ""
        )
    about = f"your report of {day(one.as_of)}"
    said = [f"<p><bdi>{escape(one.by)}</bdi>, {one.role}, answered {about}: {reviews.counts(one)}.</p>"]
    said += [_quoted(one.comment)] if one.comment else []
    inside = []
    for verdict in one.verdicts:
        skill = escape(lines(verdict.skill))
        inside.append(f'<p class="stance">{STANCES[verdict.stance]}</p><p>{skill}</p>{_quoted(verdict.comment)}')
    for goal in one.objectives:
        by = f", by {day(goal.due)}" if goal.due else ""
        inside.append(f'<p class="stance">Objective{by}</p>{_quoted(goal.text)}')
    for score in one.scores:
        points = escape(points_words(score.points))
        inside.append(f'<p class="stance">Prompt: {escape(prompts(score.prompt))}</p><p>{points}</p>')
    fold = f"<details><summary>Everything in it</summary>{''.join(inside)}</details>" if inside else ""
    return "".join(said) + fold


def quoted(text: str) -> str:
    """What a reader typed, as typed."""
    return f'<div class="answers">{_quoted(text)}</div>'


def points_words(points: dict[str, int]) -> str:
    """Points by dimension in a line: "Correctness 3 of 4, Design 2 of 4"."""
    return ", ".join(f"{title} {given} of 4" for title, given in points.items())


def _quoted(text: str) -> str:
    return f'<blockquote dir="auto">{escape(text)}</blockquote>' if text else ""
