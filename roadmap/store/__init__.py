"""The database of what people did: append-only facts behind one Store; the current state is always worked out.

A step is one act of one person at one moment. Every fact belongs to a step, so that a bulk act is undone as one, and
undo is itself a step that retracts another. A step carries the id its sender gave it: sent twice, it is stored once.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from datetime import time as clock
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from roadmap.facts import Answer, Confidence, Grade, Label, Labelled, Recall, Score, Tick
from roadmap.recall import RETENTION, Memory, remember
from roadmap.report import Note, Report
from roadmap.report.review import ObjectiveAnswer, ObjectiveState, Review
from roadmap.store.backup import POINTS, REPORTS, BackedUpStep, Backup, Kind
from roadmap.store.settings import Settings
from roadmap.store.tables import (
    FACTS,
    answer,
    content,
    label,
    note,
    objective,
    person,
    read,
    recall,
    report,
    restored,
    retraction,
    review,
    score,
    setting,
    step,
    team,
    tick,
)
from roadmap.upgrade import Contents

__all__ = ["Backup", "Kind", "ObjectiveAnswer", "Settings", "Step", "Store"]

DEFAULT_URL = f"sqlite:///{Path(__file__).resolve().parents[2] / 'data' / 'roadmap.db'}"
LOCAL = ("local", "local")
NOON = clock(12)

Key = TypeVar("Key", bound=tuple[Any, ...])
Held = TypeVar("Held")
Fact = TypeVar("Fact")


class Step(NamedTuple):
    """One act that stands: which kind, when, and the skills, cards or objectives it was about."""

    id: int
    at: datetime
    kind: str
    about: tuple[str, ...]


class Store:
    """One database of facts. Safe to share between threads; opening it brings the tables up to date."""

    def __init__(self, url: str | None = None) -> None:
        made = sa.make_url(url or os.environ.get("ROADMAP_DATABASE_URL") or DEFAULT_URL)
        if made.get_backend_name() == "sqlite" and made.database:
            Path(made.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = sa.create_engine(made)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        self._turn = threading.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()
        self._memories: dict[tuple[str, float], tuple[int, dict[str, str]]] = {}
        self._facts: dict[tuple[str, str], tuple[int, list[Any]]] = {}
        self._migrate()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """A transaction that writes.

        SQLite lets one in at a time and makes the others ask again and again, in no order and each with a connection
        taken from those who read; within a process they wait for their turn instead.
        """
        with self._turn, self.engine.execution_options(write=True).begin() as connection:
            yield connection

    def _migrate(self) -> None:
        """Bring the tables up to date; the version is read after the lock is held, so that two starts agree."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
        with self._writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(20261122)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    # Who

    def person(self, issuer: str = LOCAL[0], subject: str = LOCAL[1]) -> str:
        """The id of a person, a random UUID made at their first visit."""
        wanted = sa.select(person.c.id).where(person.c.issuer == issuer, person.c.subject == subject)
        with self.engine.begin() as connection:
            found = connection.scalar(wanted)
        if found:
            return str(found)
        # Two first visits may meet here; the unique pair lets one of them in, and both read its id.
        with suppress(sa.exc.IntegrityError), self._writing() as connection:
            connection.execute(sa.insert(person).values(id=str(uuid.uuid4()), issuer=issuer, subject=subject))
        with self.engine.begin() as connection:
            return str(connection.scalar(wanted))

    def erase(self, who: str) -> None:
        """Delete everything held about a person, the person included: the one exception to append-only."""
        with self._writing() as connection:
            connection.execute(sa.delete(person).where(person.c.id == who))
        self._memories.clear()
        self._facts.clear()

    # What there is to learn

    def meet(self, now: Contents, at: datetime) -> None:
        """Note what there is to learn from this moment on, where it differs from what was noted last."""
        newest = sa.select(content.c.json).order_by(content.c.id.desc()).limit(1)
        with self._writing() as connection:
            if (kept := connection.scalar(newest)) is None or Contents.model_validate_json(kept).digest != now.digest:
                connection.execute(sa.insert(content), [{"at": at, "json": now.model_dump_json()}])

    def contents_before(self, who: str) -> Contents | None:
        """What there was to learn when a person last did something, where it has changed since; else None."""
        last = sa.select(sa.func.max(step.c.at)).where(step.c.person == who)
        with self.engine.begin() as connection:
            at = connection.scalar(last)
            if at is None:
                return None
            noted = connection.execute(sa.select(content.c.at, content.c.json).order_by(content.c.id)).all()
        before = [row.json for row in noted if row.at <= at]
        changed = bool(before) and len(before) < len(noted)
        return Contents.model_validate_json(before[-1]) if changed else None

    # Writing facts: each returns whether it was stored, False when this uid was stored before

    def tick(self, who: str, held: Mapping[str, bool], at: datetime, uid: str | None = None) -> bool:
        """Record that a person holds these skills or goals, or no longer does: one undoable step."""
        return self._append(
            who, "tick", at, uid, tick, [{"skill": id, "held": is_held} for id, is_held in held.items()]
        )

    def note(self, who: str, skill: str, written: Note, at: datetime, uid: str | None = None) -> bool:
        """Record the note on a skill; an empty one clears it."""
        return self._append(who, "note", at, uid, note, [{"skill": skill, **written.model_dump()}])

    def recall(self, who: str, fact: Recall, uid: str | None = None, *, since: datetime) -> bool:
        """Record a recall of a card; refused (False) where the card has a standing recall since that moment."""
        row = fact._asdict()
        at = row.pop("at")
        again = _standing(recall).where(recall.c.card == fact.card, step.c.at >= since)
        return self._append(who, "recall", at, uid, recall, [row], unless=again)

    def answer(self, who: str, fact: Answer, uid: str | None = None, *, since: datetime) -> bool:
        """Record an answer to a question; refused (False) where it has a standing answer since that moment."""
        row = fact._asdict()
        again = _standing(answer).where(answer.c.question == fact.question, step.c.at >= since)
        return self._append(who, "answer", row.pop("at"), uid, answer, [row], unless=again)

    def score(self, who: str, fact: Score, uid: str | None = None) -> bool:
        """Record the points that a rubric gave a person's work on a prompt."""
        row = {"prompt": fact.prompt, "points": json.dumps(fact.points), "by": fact.by}
        return self._append(who, "score", fact.at, uid, score, [row])

    def label(self, who: str, card: str, put: Label, on: bool, at: datetime, uid: str | None = None) -> bool:
        """Record a label put on a card, or taken off: suspended, buried (for that day) or flagged."""
        return self._append(who, "label", at, uid, label, [{"card": card, "label": put, "on": on}])

    def mark_read(self, who: str, reading: str, done: bool, at: datetime) -> bool:
        """Record that a person has read a reading, or no longer counts it as read."""
        return self._append(who, "read", at, None, read, [{"reading": reading, "done": done}])

    def choose(self, who: str, changed: Mapping[str, Any], at: datetime) -> bool:
        """Record changed settings by `Settings` field. Raises ValueError for a value out of range."""
        Settings.model_validate({**self.settings(who).model_dump(), **changed})
        rows = [{"key": key, "value": json.dumps(value)} for key, value in changed.items()]
        return self._append(who, "setting", at, None, setting, rows)

    def keep_report(self, who: str, made: Report, at: datetime) -> bool:
        """Keep a report that a person made, whole."""
        row = {"id": made.id, "json": made.model_dump_json(by_alias=True)}
        return self._append(who, "report", at, made.id, report, [row])

    def keep_review(self, who: str, made: Review, at: datetime, *, given: bool) -> bool:
        """Keep a review whole: one that came to this person, or one that they gave; where it is the same one, both."""
        row = {"id": made.id, "json": made.model_dump_json(by_alias=True), "given": given}
        uid = made.id if given else str(uuid.uuid5(uuid.UUID(made.id), "came back"))
        return self._append(who, "review", at, uid, review, [row])

    def answer_objective(self, who: str, id: str, state: ObjectiveState, words: str, at: datetime) -> bool:
        """Record what a person says to an objective of a review."""
        return self._append(who, "objective", at, None, objective, [{"objective": id, "state": state, "words": words}])

    def keep_team(self, who: str, name: str, reports: Sequence[Report], at: datetime) -> bool:
        """Keep a set of reports under a name; an empty set lets the name go.

        What stood under it is deleted, not appended to: these are reports of others, kept no longer than wanted.
        """
        row = {"name": name, "reports": REPORTS.dump_json(tuple(reports), by_alias=True).decode()}
        mine = sa.select(step.c.id).where(step.c.person == who)
        with self._writing() as connection:
            connection.execute(sa.delete(team).where(team.c.name == name, team.c.step.in_(mine)))
            made = _new_step(connection, who, "team", at, None)
            connection.execute(sa.insert(team), [{"step": made, **row}])
            return True

    def undo(self, who: str, kinds: Sequence[Kind], at: datetime, uid: str | None = None) -> bool:
        """Retract the newest standing step of these kinds; False when there is none."""
        with self._writing() as connection:
            last = connection.execute(_last(tuple(kinds)), {"who": who}).first()
            if not last or _stored(connection, who, uid):
                return False
            undone = [last.id, *connection.scalars(sa.select(restored.c.restored).where(restored.c.step == last.id))]
            undoing = _new_step(connection, who, "retraction", at, uid)
            connection.execute(sa.insert(retraction), [{"step": undoing, "retracted": id} for id in undone])
            return True

    def _append(
        self,
        who: str,
        kind: Kind,
        at: datetime,
        uid: str | None,
        table: sa.Table,
        rows: list[dict[str, Any]],
        unless: sa.Select[Any] | None = None,
    ) -> bool:
        with self._writing() as connection:
            if not rows or _stored(connection, who, uid):
                return False
            if unless is not None and connection.execute(unless, {"who": who}).first():
                return False
            made = _new_step(connection, who, kind, at, uid)
            connection.execute(sa.insert(table), [{"step": made, **row} for row in rows])
            return True

    # Reading what stands

    def revision(self, who: str, kinds: Sequence[Kind] | None = None) -> int:
        """A number that grows with every step of a person, or of these kinds; what a second tab polls."""
        newest = _NEWEST if kinds is None else _newest(tuple(kinds))
        with self.engine.begin() as connection:
            return connection.scalar(newest, {"who": who}) or 0

    def ticks(self, who: str) -> list[Tick]:
        """The ticks that stand, in time order. Costs little, as memories do."""
        return list(self._log(who, tick, _tick))

    def notes(self, who: str) -> dict[str, Note]:
        """The newest note on each skill, cleared ones left out."""
        written = dict(self._log(who, note, lambda row: (row.skill, Note(text=row.text, link=row.link))))
        return {skill: kept for skill, kept in written.items() if kept.text or kept.link}

    def answers(self, who: str, since: datetime | None = None) -> list[Answer]:
        """The answers that stand, in time order, all of them or those since a moment. Costs little, as memories do."""
        held = self._log(who, answer, _answer)
        return held if since is None else held[bisect_left(held, since, key=lambda fact: fact.at) :]

    def readings_done(self, who: str) -> set[str]:
        """The readings that a person marked as read."""
        marked = {row.reading: row.done for row in self._rows(_standing(read), who)}
        return {reading for reading, done in marked.items() if done}

    def recalls(self, who: str, since: datetime | None = None) -> list[Recall]:
        """The recalls that stand, in time order, all of them or those since a moment. Costs little, as memories do."""
        held = self._log(who, recall, _recall)
        return held if since is None else held[bisect_left(held, since, key=lambda fact: fact.at) :]

    def settings(self, who: str) -> Settings:
        """What a person chose, with the defaults for the rest."""
        chosen = dict(self._log(who, setting, lambda row: (row.key, json.loads(row.value))))
        return Settings.model_validate({key: value for key, value in chosen.items() if key in Settings.model_fields})

    def reports(self, who: str) -> list[Report]:
        """The reports a person made, oldest first."""
        return [Report.model_validate_json(row.json) for row in self._rows(_standing(report), who)]

    def scores(self, who: str) -> list[Score]:
        """The scores that stand, in time order: those typed here, and those that reviews brought."""
        found = list(self._log(who, score, _score))
        for came in self.reviews(who, given=False):
            at = datetime.combine(came.on, NOON, UTC)
            found += [Score(at, given.prompt, given.points, came.by) for given in came.scores]
        return sorted(found, key=lambda fact: fact.at)

    def labels(self, who: str) -> dict[Label, dict[str, datetime]]:
        """The cards under each label, with the moment it was last put on; a buried one's day is that moment's."""
        held: dict[Label, dict[str, datetime]] = defaultdict(dict)
        for fact in self.labelled(who):
            if fact.on:
                held[fact.label][fact.card] = fact.at
            else:
                held[fact.label].pop(fact.card, None)
        return held

    def labelled(self, who: str) -> list[Labelled]:
        """Every label put on a card or taken off, in time order. Costs little, as memories do."""
        return self._log(who, label, _labelled)

    def reviews(self, who: str, *, given: bool) -> list[Review]:
        """The reviews that came to a person, or that they gave, oldest first."""
        rows = self._rows(_standing(review).where(review.c.given == given), who)
        return [Review.model_validate_json(row.json) for row in rows]

    def objective_answers(self, who: str) -> dict[str, list[ObjectiveAnswer]]:
        """Everything a person said to each objective, oldest first."""
        said: dict[str, list[ObjectiveAnswer]] = defaultdict(list)
        for row in self._rows(_standing(objective), who):
            said[row.objective].append(ObjectiveAnswer(row.at, row.state, row.words))
        return said

    def teams(self, who: str) -> dict[str, datetime]:
        """The named sets of reports that a person keeps, by name, each with the moment it was last kept."""
        kept = _standing(team).with_only_columns(step.c.at, team.c.name).where(team.c.reports != "[]")
        found = {row.name: row.at for row in self._rows(kept, who)}
        return dict(sorted(found.items(), key=lambda one: one[0].casefold()))

    def team(self, who: str, name: str) -> tuple[Report, ...]:
        """The reports kept under a name; none where nothing is."""
        rows = self._rows(_standing(team).where(team.c.name == name), who)
        return REPORTS.validate_json(rows[-1].reports) if rows else ()

    def last(self, who: str, kinds: Sequence[Kind]) -> Step | None:
        """The newest standing step of these kinds: what undo would take back."""
        with self.engine.begin() as connection:
            found = connection.execute(_last(tuple(kinds)), {"who": who}).first()
            if not found:
                return None
            about = {
                "tick": tick.c.skill,
                "note": note.c.skill,
                "recall": recall.c.card,
                "label": label.c.card,
                "answer": answer.c.question,
                "objective": objective.c.objective,
            }.get(found.kind)
            names = () if about is None else connection.scalars(sa.select(about).where(about.table.c.step == found.id))
            return Step(found.id, found.at, found.kind, tuple(names))

    def memories(self, who: str, retention: float = RETENTION) -> dict[str, Memory]:
        """The memory of every card recalled so far. Costs little: only recalls since the last call are folded in."""

        def fold(held: dict[str, str], rows: Sequence[sa.Row[Any]]) -> dict[str, str]:
            after = dict(held)
            remember(after, map(_recall, rows), retention)
            return after

        held = self._followed(self._memories, (who, retention), recall, {}, fold)
        return {card: _memory(text) for card, text in held.items()}

    def _log(self, who: str, table: sa.Table, made: Callable[[sa.Row[Any]], Fact]) -> list[Fact]:
        """The standing facts of one kind, in time order; not to be changed, since the next call gives the same list."""
        return self._followed(self._facts, (who, table.name), table, [], lambda held, rows: [*held, *map(made, rows)])

    def _followed(
        self,
        known: dict[Key, tuple[int, Held]],
        key: Key,
        table: sa.Table,
        nothing: Held,
        fold: Callable[[Held, Sequence[sa.Row[Any]]], Held],
    ) -> Held:
        """What the standing facts of a person (the first of `key`) fold into, reading those since the last call."""
        who = key[0]
        newest, held = known.get(key, (0, nothing))
        with self.engine.begin() as connection:
            found = connection.execute(_FROM, {"who": who, "first": newest}).all()
            if newest and not (found and found[0].id == newest):  # another process erased this person
                newest, held, found = 0, nothing, []
            newer = found[1:] if newest else found
            if not newer:
                known[key] = (newest, held)
                return held
            kinds = {row.kind for row in newer}
            if kinds & {"retraction", "restore"}:  # what is held may rest on what was undone: begin again
                newest, held = 0, nothing
            if kinds & {table.name, "retraction", "restore"}:
                held = fold(held, connection.execute(_standing_after(table), {"who": who, "after": newest}).all())
        # Two threads may fold the same rows at once; both come to the same, and neither waits for the other's read.
        known[key] = (newer[-1].id, held)
        return held

    def _rows(self, wanted: sa.Select[Any], who: str) -> Sequence[sa.Row[Any]]:
        with self.engine.begin() as connection:
            return connection.execute(wanted, {"who": who}).all()

    # Backup and restore

    def backup(self, who: str) -> Backup:
        """The whole log of a person, undone steps included."""
        with self.engine.begin() as connection:
            steps = connection.execute(sa.select(step).where(step.c.person == who).order_by(step.c.id)).all()
            recorded: dict[int, dict[str, list[Any]]] = {row.id: {} for row in steps}
            mine = sa.select(step.c.id).where(step.c.person == who)
            for name, table in FACTS.items():
                for fact in connection.execute(sa.select(table).where(table.c.step.in_(mine))).mappings():
                    columns = {key: value for key, value in fact.items() if key != "step"}
                    recorded[fact["step"]].setdefault(name, []).append(columns)
            uid = {row.id: row.uid for row in steps}
            for row in connection.execute(sa.select(retraction).where(retraction.c.step.in_(mine))):
                recorded[row.step].setdefault("retracts", []).append(uid[row.retracted])
        return Backup(
            backup=1,
            person=who,
            steps=tuple(
                BackedUpStep.model_validate({"uid": row.uid, "at": row.at, "kind": row.kind, **recorded[row.id]})
                for row in steps
            ),
        )

    def missing(self, who: str, backup: Backup) -> list[BackedUpStep]:
        """The steps that a restore would add, in order; nothing is written.

        A step whose restore was undone here comes again under another id, always the same one: the undo stays told.
        """
        with self.engine.begin() as connection:
            here = set(connection.scalars(sa.select(step.c.uid).where(step.c.person == who)))
            undone = set(connection.scalars(_WITH_THEIR_RESTORE, {"who": who}))

        def next_id(uid: str) -> str:
            while uid in undone:
                uid = uuid.uuid5(uuid.NAMESPACE_OID, uid).hex
            return uid

        found: list[BackedUpStep] = []
        for one in backup.steps:
            uid = next_id(one.uid)
            if uid not in here and one.kind != "restore":
                here.add(uid)
                retracts = tuple(known for known in map(next_id, one.retracts) if known in here)
                found.append(one.model_copy(update={"uid": uid, "retracts": retracts}))
        return found

    def restore(self, who: str, backup: Backup, at: datetime) -> bool:
        """Add every step of a backup that is not here yet, as one undoable step; False when all were here."""
        new = self.missing(who, backup)
        if not new:
            return False
        with self._writing() as connection:
            added = []
            for one in new:
                if _stored(connection, who, one.uid):
                    continue
                values = {"uid": one.uid, "person": who, "at": one.at, "kind": one.kind}
                made = connection.execute(sa.insert(step).values(values).returning(step.c.id)).scalar_one()
                added.append(made)
                for name, table in FACTS.items():
                    if rows := [row.model_dump(by_alias=True) for row in getattr(one, name)]:
                        connection.execute(sa.insert(table), [{"step": made, **row} for row in rows])
                undone = sa.select(step.c.id).where(step.c.person == who, step.c.uid.in_(one.retracts))
                if rows := [{"step": made, "retracted": id} for id in connection.scalars(undone)]:
                    connection.execute(sa.insert(retraction), rows)
            restoring = _new_step(connection, who, "restore", at, None)
            connection.execute(sa.insert(restored), [{"step": restoring, "restored": id} for id in added])
        return True


# Putting one of these reads together costs several times what SQLite takes to answer it, so each is made once; `who`
# is given with every use.

_HERE = step.c.person == sa.bindparam("who")
_AFTER = step.c.id > sa.bindparam("after")
_NEWEST = sa.select(sa.func.max(step.c.id)).where(_HERE)
_NEWEST_MOMENT = sa.select(sa.func.max(step.c.at)).where(_HERE)
_WITH_UID = sa.select(step.c.id).where(_HERE, step.c.uid == sa.bindparam("uid"))
_NEW_STEP = sa.insert(step).returning(step.c.id)
_RESTORE, _ITS_UNDO = step.alias(), retraction.alias()
_WITH_THEIR_RESTORE = (
    sa.select(step.c.uid)
    .join_from(step, retraction, retraction.c.retracted == step.c.id)
    .join(_ITS_UNDO, _ITS_UNDO.c.step == retraction.c.step)
    .join(_RESTORE, sa.and_(_RESTORE.c.id == _ITS_UNDO.c.retracted, _RESTORE.c.kind == "restore"))
    .where(_HERE)
)
"""The ids of the steps that were undone together with a restore."""
_FROM = sa.select(step.c.id, step.c.kind).where(_HERE, step.c.id >= sa.bindparam("first")).order_by(step.c.id)


@cache
def _newest(kinds: tuple[Kind, ...]) -> sa.Select[Any]:
    """The newest step of these kinds, found from the end of the log."""
    return sa.select(step.c.id).where(_HERE, step.c.kind.in_(kinds)).order_by(step.c.id.desc()).limit(1)


@cache
def _standing(table: sa.Table) -> sa.Select[Any]:
    """The rows of a fact table whose step was not retracted, in time order."""
    return (
        sa.select(step.c.id.label("step_id"), step.c.at, *(column for column in table.c if column.name != "step"))
        .join_from(step, table, table.c.step == step.c.id)
        .outerjoin_from(step, retraction, _undone())
        .where(_HERE, retraction.c.step.is_(None))
        .order_by(step.c.at, step.c.id)
    )


@cache
def _standing_after(table: sa.Table) -> sa.Select[Any]:
    """The same from the steps after one."""
    return _standing(table).where(_AFTER)


def _undone() -> sa.ColumnElement[bool]:
    """Whether this retraction undid this step; one that came with a restore counts no more once that is undone."""
    later = retraction.alias()
    taken_back = sa.exists().where(later.c.retracted == retraction.c.step).correlate(retraction)
    return sa.and_(retraction.c.retracted == step.c.id, ~taken_back)


@cache
def _last(kinds: tuple[Kind, ...]) -> sa.Select[Any]:
    """The newest standing step of these kinds."""
    return (
        sa.select(step.c.id, step.c.at, step.c.kind)
        .outerjoin_from(step, retraction, _undone())
        .where(_HERE, step.c.kind.in_(kinds), retraction.c.step.is_(None))
        .order_by(step.c.at.desc(), step.c.id.desc())
        .limit(1)
    )


def _stored(connection: sa.Connection, who: str, uid: str | None) -> bool:
    return uid is not None and bool(connection.scalar(_WITH_UID, {"who": who, "uid": uid}))


def _new_step(connection: sa.Connection, who: str, kind: Kind, at: datetime, uid: str | None) -> int:
    """A new step. A clock that went back is held at the newest step, so that time order is the order of the log."""
    newest = connection.scalar(_NEWEST_MOMENT, {"who": who})
    values = {"uid": uid or str(uuid.uuid4()), "person": who, "at": max(at, newest or at), "kind": kind}
    return int(connection.execute(_NEW_STEP, values).scalar_one())


# A memory never changes, and one person has hundreds: each is read from its JSON once.
_memory = lru_cache(maxsize=16_384)(Memory.loads)


def _tick(row: sa.Row[Any]) -> Tick:
    return Tick(row.at, row.skill, row.held)


def _recall(row: sa.Row[Any]) -> Recall:
    return Recall(
        row.at, row.card, Grade(row.grade), row.before, row.after, row.milliseconds, _confidence(row.confidence)
    )


def _answer(row: sa.Row[Any]) -> Answer:
    return Answer(row.at, row.question, row.option, row.right, row.milliseconds, row.mode, _confidence(row.confidence))


def _labelled(row: sa.Row[Any]) -> Labelled:
    return Labelled(row.at, row.card, row.label, row.on)


def _score(row: sa.Row[Any]) -> Score:
    return Score(row.at, row.prompt, POINTS.validate_json(row.points), row.by)


def _confidence(kept: int | None) -> Confidence | None:
    return None if kept is None else Confidence(kept)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions would begin too late to hold the write lock; `_begin_sqlite` begins them.
    connection.isolation_level = None
    for pragma in ("busy_timeout=5000", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    # Of two processes that turn a new file to WAL at once, SQLite refuses one without waiting: it asks again.
    deadline = time.monotonic() + 5
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
