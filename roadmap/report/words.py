"""A report in words that a manager can repeat: what is claimed and shown, what blocks, what changed, what to ask."""

from __future__ import annotations

from typing import Protocol

from roadmap import evidence, levels
from roadmap.practice import Calibration, verdict
from roadmap.report import Changes, Drilled, Incomparable, Report, Shown, Snapshot

PURPOSE = (
    "This report is for a conversation about development. The claimed level is what its author says they can do; the "
    "shown level is what checked answers support: knowledge, not performance on the job. No decision about a person "
    "should follow from it alone, and none automatically."
)
RULE = (
    "A stage counts when three quarters of its skills, rounded up, are ticked and every stage below counts. The level "
    "is the highest stage that counts. Goals never count, and more ticks never lower it."
)
SHOWN_RULE = (
    "Every checked answer moves the odds that its author holds one skill and, a little, their stage; it fades by half "
    "every 120 days. The shown level is the highest one that the same rule reaches with at least 80 % probability. "
    "Cards that people grade themselves only back what was checked."
)


class Told(Snapshot, Protocol):
    """What is said about what is shown and what changed: a Report knows it, and so does a member of a team."""

    @property
    def shown(self) -> Shown | None: ...  # noqa: D102 - the words mean what they mean in Report
    @property
    def shown_before(self) -> Shown | None: ...  # noqa: D102
    @property
    def changes(self) -> Changes | Incomparable | None: ...  # noqa: D102


def claim(report: Report) -> str:
    """The claim in two words: "Claims Senior". A person is never their level."""
    level = levels.title(report.catalog, report.claimed.level)
    return level if report.claimed.level is None else f"Claims {level}"


def reason(report: Report) -> str:
    """Why the rule says so: "4 of 5 Senior skills, and every stage below counts. 2 of 3 toward Architect."."""
    catalog, at = report.catalog, report.claimed
    progress = levels.progress_sentence(catalog, at)
    if at.level is None:
        return f"No stage counts yet. {progress}."
    stage = catalog.stage[at.level]
    below = ", and every stage below counts" if catalog.rank[at.level] > 1 else ""
    return f"{levels.ticked(stage, report.ticks)} of {len(stage.skills)} {stage.title} skills{below}. {progress}."


def headline(report: Report) -> str:
    """The claim and its reason in one line."""
    return f"{claim(report)}: {reason(report)}"


def blocking(report: Report) -> str:
    """What the next stage still needs, said about someone else."""
    following = levels.next_stage(report.catalog, report.claimed.level)
    if following is None:
        return "Every stage counts: the top of this ladder."
    short = levels.shortfalls(report.catalog, report.ticks, following.id)[0]
    which = "All" if short.short == len(short.open) else "Any"
    with_them = report.ticks | set(short.open[: short.short])
    level = levels.title(report.catalog, levels.standing(report.catalog, with_them).level)
    if len(short.open) == 1:
        return f"The one open {following.title} skill would make the claimed level {level}."
    skills = f"{which} {short.short} of the {len(short.open)} open {following.title} skills"
    return f"{skills} would make the claimed level {level}."


def changed(report: Told) -> str:
    """What changed since the last report, in a sentence; empty for a first report."""
    match report.changes:
        case None:
            return ""
        case Incomparable(reason=reason):
            return reason
        case Changes() as found:
            before, after = (levels.title(report.catalog, level) for level in (found.level_before, found.level_after))
            level = (
                f"The claimed level stays {after}."
                if before == after
                else f"The claimed level went from {before} to {after}."
            )
            gained, lost = levels.count(len(found.gained), "skill"), levels.count(len(found.lost), "skill")
            skills = f"{gained} gained, {lost} withdrawn."
            return f"{level} {skills}"


def change_list(report: Told) -> tuple[tuple[str, str], ...]:
    """Every change as a word and the line that it is about; empty where nothing is compared."""
    found = report.changes
    if not isinstance(found, Changes):
        return ()
    kinds = {
        "Gained": found.gained,
        "Withdrawn": found.lost,
        "Learned": found.goals_gained,
        "Reopened": found.goals_lost,
    }
    known = report.catalog.lines
    return tuple((word, known[id].text if id in known else id) for word, ids in kinds.items() for id in ids)


def recalled(drilled: Drilled) -> str:
    """How much was recalled, in a sentence."""
    cards, recalls, days = (
        levels.count(drilled.cards, "card"),
        levels.count(drilled.recalls, "time"),
        levels.count(drilled.days, "day"),
    )
    return f"{cards} recalled {recalls} on {days}."


def shown(report: Report) -> str:
    """What the counted answers show, with its range, its counts and its one status word."""
    if report.shown is None:
        return "Nothing was checked when this report was made."
    answers = f"{levels.count(report.shown.answers, 'checked answer')}{_newest(report)}."
    if report.shown.status == "not enough evidence":
        return f"Knowledge shown: not enough evidence. {answers} It takes five fresh ones to show a level."
    level, likely, low, high = (levels.title(report.catalog, id) for id in _places(report.shown))
    least = f"at least {level}" if report.shown.level else "no stage for certain"
    span = f"80 % range {low}" if low == high else f"80 % range {low} to {high}"
    return f"Knowledge shown: {least}, likely {likely} ({span}). {answers} {report.shown.status.capitalize()}."


def _newest(report: Report) -> str:
    newest = report.shown.newest if report.shown else None
    return f", newest {evidence.ago(newest, report.as_of)}" if newest else ""


def _places(found: Shown) -> tuple[str | None, str | None, str | None, str | None]:
    return found.level, found.likely, found.low, found.high


def shown_in_short(report: Told) -> str:
    """What is shown, as short as a table's cell needs it: "at least Mid, likely Senior"."""
    if report.shown is None:
        return "nothing checked"
    if report.shown.status == "not enough evidence":
        return f"not enough evidence, {levels.count(report.shown.answers, 'answer')}"
    level, likely, *_ = (levels.title(report.catalog, id) for id in _places(report.shown))
    least = f"at least {level}" if report.shown.level else "no stage for certain"
    return f"{least}, likely {likely}"


def moved(report: Told) -> bool | None:
    """Whether what is shown left the range that was shown last; None where the two do not compare.

    A likely level within the earlier 80 % range is what repeating a check does by itself.
    """
    before, now = report.shown_before, report.shown
    if before is None or now is None or "not enough evidence" in (before.status, now.status):
        return None
    rank, places = report.catalog.rank, (before.low, now.likely, before.high, before.likely)
    if {*places} - {None, *rank}:
        return None
    low, likely, high, _ = (rank[id] if id else 0 for id in places)
    return not low <= likely <= high


def shown_changed(report: Told) -> str:
    """Whether what is shown moved since the last report, or only as far as repeating a check moves it; else empty."""
    before, now = report.shown_before, report.shown
    outside = moved(report)
    if before is None or now is None or outside is None:
        return ""
    catalog = report.catalog
    was, likely, low, high = (levels.title(catalog, id) for id in (before.likely, now.likely, before.low, before.high))
    if outside:
        return f"What is shown went from likely {was} to likely {likely}, outside the earlier range of {low} to {high}."
    if was == likely:
        return f"What is shown stays likely {likely}."
    return f"What is shown went from likely {was} to likely {likely}: within the earlier range, so it may be noise."


def surest(of: Calibration) -> str:
    """How sure against how right in one category, in words with the counts; a statement about answers, not a person."""
    unsure = of.guess + of.think
    match verdict(of):
        case "too few":
            return f"In {of.category}: too few sure answers to say, {of.sure.asked} so far."
        case "surer":
            return f"In {of.category} surer than right: {of.sure.right} of {of.sure.asked} right when sure."
        case "less sure":
            return f"In {of.category} righter than sure: {unsure.right} of {unsure.asked} right when not sure."
        case "as sure":
            return f"In {of.category} as sure as right: {of.sure.right} of {of.sure.asked} right when sure."


def to_ask(report: Report) -> tuple[str, ...]:
    """Three questions for the conversation, from what this report holds: what is doubted, what blocks, what is new."""
    catalog, at = report.catalog, report.claimed
    asked: list[str] = []
    skills = report.evidence.skills
    doubted = [id for id in catalog.skills if skills[id].state == "contradicted"]
    unclaimed = [id for id in catalog.skills if skills[id].state == "shown"]
    rusty = [id for id in catalog.skills if skills[id].rusty]
    if doubted:
        asked.append(
            f"Checked answers do not support the tick at “{_line(report, doubted[0])}”. Where did you last do it, and "
            "what was different from the questions?"
        )
    following = levels.next_stage(catalog, at.level)
    if following and (still_open := levels.shortfalls(catalog, report.ticks, following.id)[0].open):
        asked.append(
            f"“{_line(report, still_open[0])}” is open toward {following.title}. Which piece of work in the next "
            "weeks would let you do it?"
        )
    if unclaimed:
        asked.append(
            f"You have shown “{_line(report, unclaimed[0])}” without claiming it. What keeps you from ticking it?"
        )
    if rusty:
        asked.append(
            f"The evidence for “{_line(report, rusty[0])}” is old. Do you still use it, and would you check it again?"
        )
    untested = [id for id in catalog.skills if skills[id].state == "claimed" and not report.lines[id].note]
    if untested:
        asked.append(f"“{_line(report, untested[-1])}” is claimed and not tested yet. What could you show for it?")
    if at.debts:
        asked.append(f"“{_line(report, at.debts[0])}” is open below the claimed level. Does your work need it?")
    asked.append("Which of these goals would change most in your daily work, and what stands in the way?")
    asked.append("What did you build since the last time that this report does not see?")
    asked.append("Who could you learn the next skill from, and who could learn one from you?")
    return tuple(asked[:3])


def _line(report: Report, id: str) -> str:
    return report.lines[id].text.rstrip(".")
