"""A team as its reader goes through it on paper, in the parts that a report is told in: by name, and never ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from roadmap import drawing, levels
from roadmap.export.story import (
    Facts,
    Figure,
    Label,
    Line,
    Lines,
    Opening,
    Part,
    Section,
    Sentence,
    Story,
    Table,
    day,
)
from roadmap.report import words
from roadmap.report.team import (
    NOISE_RULE,
    SHARED_RULE,
    Comparable,
    Coverage,
    Member,
    Withheld,
    comparable,
    coverage,
    mentors,
    movement,
    names,
    training,
)

MOST_PEOPLE, MOST_LINES = 20, 5
"""What fits onto two pages; the spreadsheet has the rest."""


class _Stage(NamedTuple):
    """One stage's skills for the bars: those that somebody has shown, and those that nobody has."""

    category: str
    held: tuple[str, ...]
    missing: tuple[str, ...]


def tell_team(members: Sequence[Member], target: str, of: int, asked: int | None) -> Story:
    """The team from who is there to the rules that it is told by. Shared figures are withheld as everywhere."""
    people = sorted(members, key=lambda member: member.by_name)
    called, sums = names(people), comparable(people)
    together = sums.together
    covered = coverage(together, together[0].catalog.skills) if together else ()
    shown = sum(1 for one in covered if one.shown)
    alone = sum(1 for one in covered if len(one.shown) == 1)
    newest = max((member.as_of for member in people), default=date(2000, 1, 1))
    shared = f"{len(people)} shared of {asked} asked. Who shares is not chance." if asked else ""
    return Story(
        title=f"Team, {day(newest)}",
        opening=Opening(
            about=together[0].catalog.title if together else "",
            name="Team",
            role="",
            day=f"as of {day(newest)}",
            claim=f"{len(people)} {'person' if len(people) == 1 else 'people'}",
            shown=f"{shown} of {levels.count(len(covered), 'skill')} are shown by somebody here, {alone} of them "
            "by one person only.",
            reason=f"{shared} People are listed by name; there is no ranking.".strip(),
            ladder=_stages(together, covered),
        ),
        sections=(
            _people(people, called),
            _covered(covered, called),
            _lessons(together, target, of),
            _help(together, called, target),
            _since_last(people, called, of),
            _about(sums, called),
        ),
    )


def _stages(members: Sequence[Member], covered: Sequence[Coverage]) -> Figure:
    """Skills that somebody has shown and skills that nobody has, stage by stage."""
    rows = [
        _Stage(
            stage.title,
            tuple(one.skill.id for one in covered if one.skill.stage == stage.id and one.shown),
            tuple(one.skill.id for one in covered if one.skill.stage == stage.id and not one.shown),
        )
        for stage in (members[0].catalog.stages if members else ())
    ]
    said = ", ".join(f"{row.category} {len(row.held)} of {len(row.held) + len(row.missing)}" for row in rows)
    table = Table(
        ("Stage", "Shown", "Not shown"), tuple((r.category, str(len(r.held)), str(len(r.missing))) for r in rows)
    )
    return Figure(
        "stages",
        f"Skills that somebody has shown: {said}.",
        lambda id, width: drawing.bars(rows, id=id, width=width),
        table,
    )


def _people(people: Sequence[Member], called: Mapping[str, str]) -> Section:
    rows = tuple(
        (
            called[of.person],
            of.role,
            levels.title(of.catalog, of.claimed.level),
            words.shown_in_short(of),
            day(of.as_of),
        )
        for of in people[:MOST_PEOPLE]
    )
    parts: list[Part] = [Table(("Name", "Role", "Claimed level", "Shown", "As of"), rows)]
    return Section("people", "People", (*parts, *_more(len(people) - MOST_PEOPLE, "people")))


def _covered(covered: Sequence[Coverage], called: Mapping[str, str]) -> Section:
    nobody, alone = ([one for one in covered if len(one.shown) == count] for count in (0, 1))
    parts: list[Part] = []
    for label, found in (("Nobody has shown", nobody), ("One person has shown", alone)):
        lines = [
            Line(one.skill.text, None, "; ".join([*(called[of.person] for of in one.shown), _claims(len(one.claims))]))
            for one in found[:MOST_LINES]
        ]
        parts += [Label(label), Lines(tuple(lines)), *_more(len(found) - MOST_LINES, "skills")] if found else []
    return Section("covered", "What hangs on nobody or on one person", tuple(parts) or (Sentence("Nothing."),))


def _claims(people: int) -> str:
    return f"{people} claim{'s' * (people == 1)} it"


def _lessons(members: Sequence[Member], target: str, of: int) -> Section:
    found = training(members, target, of=of)
    if isinstance(found, Withheld):
        return Section("training", "What to learn together", (Sentence(found.reason),))
    lines = tuple(
        Line(one.skill.text, None, f"{one.lack} of {found.people} lack it", "; ".join(one.study))
        for one in found.lessons[:MOST_LINES]
    )
    title = f"What to learn together, up to {members[0].catalog.stage[target].title}"
    return Section("training", title, (Lines(lines), *_more(len(found.lessons) - MOST_LINES, "skills")))


def _help(members: Sequence[Member], called: Mapping[str, str], target: str) -> Section:
    reach = [skill.id for stage in members[0].catalog.up_to(target) for skill in stage.skills] if members else []
    found = [*mentors(members, reach)]
    lines = tuple(
        Line(
            f"{called[one.learner.person]}: {one.skill.text}", None, ", ".join(called[of.person] for of in one.helpers)
        )
        for one in found[:MOST_LINES]
    )
    if not lines:
        return Section("help", "Who could help", (Sentence("No open skill here is one that somebody else has shown."),))
    return Section("help", "Who could help", (Lines(lines), *_more(len(found) - MOST_LINES, "offers")))


def _since_last(people: Sequence[Member], called: Mapping[str, str], of: int) -> Section:
    compared = [one for one in people if one.changes]
    if not compared:
        return Section("since", "Since last time", (Sentence("Nobody here has an earlier report."),))
    found = movement(people, of=of)
    if isinstance(found, Withheld):
        said = found.reason
    else:
        said = f"What is shown left its earlier range for {found.moved} of {found.compared} people with two checks."
    lines = tuple(
        Line(called[one.person], None, "", f"{words.changed(one)} {words.shown_changed(one)}".strip())
        for one in compared[:MOST_LINES]
    )
    return Section(
        "since", "Since last time", (Sentence(said), Lines(lines), *_more(len(compared) - MOST_LINES, "people"))
    )


def _about(sums: Comparable, called: Mapping[str, str]) -> Section:
    left_out = tuple(("Left out of what is shared", f"{called[one.person]}, {why}") for one, why in sums.apart)
    rules = (("Purpose", words.PURPOSE), ("Shared figures", SHARED_RULE), ("Changes", NOISE_RULE))
    return Section("about", "How to read this", (Facts((*left_out[:MOST_LINES], *rules)),))


def _more(left: int, what: str) -> tuple[Part, ...]:
    return (Sentence(f"And {left} more {what}, in the spreadsheet."),) if left > 0 else ()
