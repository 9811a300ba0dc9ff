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
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from roadmap.catalog import Value
from roadmap.levels import Tick
from roadmap.recall import RETENTION, Answer, Grade, Memory, Recall, remember
from roadmap.report import Note, Report

DEFAULT_URL = f"sqlite:///{Path(__file__).resolve().parents[1] / 'data' / 'roadmap.db'}"
LOCAL = ("local", "local")

Key = TypeVar("Key", bound=tuple[Any, ...])
Held = TypeVar("Held")
Kind = Literal["tick", "note", "recall", "answer", "read", "setting", "report", "restore", "retraction"]


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept as UTC also where the database forgets time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """From UTC."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


_schema = sa.MetaData()


def _fact(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(name, _schema, sa.Column("step", sa.ForeignKey("step.id"), primary_key=True), *columns)


person = sa.Table(
    "person",
    _schema,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("issuer", sa.Text),
    sa.Column("subject", sa.Text),
)
step = sa.Table(
    "step",
    _schema,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uid", sa.Text),
    sa.Column("person", sa.ForeignKey("person.id")),
    sa.Column("at", Instant),
    sa.Column("kind", sa.Text),
)
tick = _fact("tick", sa.Column("skill", sa.Text, primary_key=True), sa.Column("held", sa.Boolean))
note = _fact(
    "note", sa.Column("skill", sa.Text, primary_key=True), sa.Column("text", sa.Text), sa.Column("link", sa.Text)
)
recall = _fact(
    "recall",
    sa.Column("card", sa.Text, primary_key=True),
    sa.Column("grade", sa.SmallInteger),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
    sa.Column("milliseconds", sa.Integer),
)
answer = _fact(
    "answer",
    sa.Column("question", sa.Text, primary_key=True),
    sa.Column("option", sa.SmallInteger),
    sa.Column("right", sa.Boolean),
    sa.Column("milliseconds", sa.Integer),
    sa.Column("mode", sa.Text),
)
read = _fact("read", sa.Column("reading", sa.Text, primary_key=True), sa.Column("done", sa.Boolean))
setting = _fact("setting", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
report = _fact("report", sa.Column("id", sa.Text, primary_key=True), sa.Column("json", sa.Text))
retraction = _fact("retraction", sa.Column("retracted", sa.ForeignKey("step.id"), primary_key=True))

restored = _fact("restored", sa.Column("restored", sa.ForeignKey("step.id"), primary_key=True))


Milliseconds = Annotated[int, Field(ge=0, lt=2**31)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


def _on_calendars(at: datetime) -> datetime:
    if at.tzinfo is None or not 1970 <= at.year <= 2200:  # further out, time zones and due days overflow
        raise ValueError("a moment has a time zone and lies in the years 1970 to 2200")
    return at


Moment = Annotated[datetime, AfterValidator(_on_calendars)]

_MEMORY = TypeAdapter(
    tuple[
        Annotated[float, Field(gt=0, allow_inf_nan=False)],
        Annotated[float, Field(ge=1, le=10)],
        Moment,
        Moment,
    ],
    config=ConfigDict(strict=True),
)


def _is_memory(text: str) -> str:
    try:
        _MEMORY.validate_python(tuple(Memory.loads(text)))
    except (ValueError, TypeError, RecursionError):
        raise ValueError("a memory cannot be read") from None
    return text


def _is_report(text: str) -> str:
    try:
        Report.model_validate_json(text)
    except ValueError:
        raise ValueError("a report cannot be read") from None
    return text


MemoryText = Annotated[str, Field(max_length=400), AfterValidator(_is_memory)]


class Settings(Value):
    """What a person chose. `target` None means the next stage; `time_zone` None means the browser's."""

    daily_budget: int = Field(20, ge=1, le=500)
    new_limit: int = Field(10, ge=0, le=500)
    target: str | None = None
    shortcuts: bool = True
    time_zone: str | None = None
    retention: float = Field(RETENTION, ge=0.7, le=0.97)
    name: str = Field("", max_length=120)
    role: str = Field("", max_length=120)
    message: str = Field("", max_length=4000)


class TickRow(Value):
    """A tick as stored: the person holds the skill or goal, or no longer does."""

    skill: Name
    held: bool


class NoteRow(Note):
    """A note as stored: the person's words and link on a skill, empty when cleared."""

    skill: Name


class RecallRow(Value):
    """A recall as stored; `before` and `after` are memories as JSON."""

    card: Name
    grade: Grade
    before: MemoryText | None
    after: MemoryText
    milliseconds: Milliseconds


class SettingRow(Value):
    """A setting as stored: its name in `Settings` and its value as JSON."""

    key: Name
    value: str

    @model_validator(mode="after")
    def _is_a_choice(self) -> Self:
        try:
            value = json.loads(self.value)
            if self.key in Settings.model_fields:  # another version's setting is kept, and read by none
                Settings.model_validate({self.key: value})
        except (ValueError, RecursionError):
            raise ValueError(f"the setting {self.key} cannot be read") from None
        return self


class AnswerRow(Value):
    """An answer as stored: the option chosen, by its place as authored, and whether it was the key."""

    question: Name
    option: int = Field(ge=0, le=25)
    right: bool
    milliseconds: Milliseconds
    mode: Literal["quiz"]


class ReadRow(Value):
    """A reading marked as read, or no longer."""

    reading: Name
    done: bool


class ReportRow(Value):
    """A report as made, kept whole."""

    id: Name
    json_: Annotated[str, AfterValidator(_is_report)] = Field(alias="json")


class BackedUpStep(Value):
    """One step with everything it recorded; `retracts` names the steps it undid by their uid."""

    uid: Name
    at: Moment
    kind: Kind
    ticks: tuple[TickRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    recalls: tuple[RecallRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    reads: tuple[ReadRow, ...] = ()
    settings: tuple[SettingRow, ...] = ()
    reports: tuple[ReportRow, ...] = ()
    retracts: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _tells_each_thing_once(self) -> Self:
        about = (
            [row.skill for row in self.ticks],
            [row.skill for row in self.notes],
            [row.card for row in self.recalls],
            [row.question for row in self.answers],
            [row.reading for row in self.reads],
            [row.key for row in self.settings],
            [row.id for row in self.reports],
            self.retracts,
        )
        if any(len(names) != len({*names}) for names in about):
            raise ValueError("a step tells one thing twice")
        return self


# Where the rows of a step live, and under which name a backup carries them.
_FACTS: Mapping[str, sa.Table] = {
    "ticks": tick,
    "notes": note,
    "recalls": recall,
    "answers": answer,
    "reads": read,
    "settings": setting,
    "reports": report,
}


class Backup(Value):
    """Everything held about a person, for themselves: the whole log in order, undone steps included."""

    backup: Literal[1] = 1
    person: Name
    steps: tuple[BackedUpStep, ...]

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        told: set[str] = set()
        for step in self.steps:
            if step.uid in told:
                raise ValueError("a step is told twice")
            if not told.issuperset(step.retracts):
                raise ValueError("a step is undone that was not told before")
            told.add(step.uid)
        return self

    @classmethod
    def loads(cls, data: bytes) -> Backup:
        """Read a backup file. Raises ValueError with one plain sentence when it is none, or is damaged."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            where = f" (at {where})" if where else ""
            what = first["msg"].removeprefix("Value error, ")
            raise ValueError(f"This is not a whole backup of this app{where}: {what}.") from None

    def dumps(self) -> bytes:
        """The backup as a file: only what was recorded, so that years of recalls stay small."""
        return self.model_dump_json(by_alias=True, exclude_unset=True).encode()

    @property
    def ticks(self) -> list[Tick]:
        """The ticks that stand, in time order."""
        retracted = {uid for step in self.steps for uid in step.retracts}
        undone = {uid for step in self.steps if step.uid not in retracted for uid in step.retracts}
        standing = sorted((step for step in self.steps if step.uid not in undone), key=lambda step: step.at)
        return [Tick(step.at, row.skill, row.held) for step in standing for row in step.ticks]


class Step(NamedTuple):
    """One act that stands: which kind, when, and the skills or cards it was about."""

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
        self._writing = self.engine.execution_options(write=True)
        self._memories: dict[tuple[str, float], tuple[int, dict[str, str]]] = {}
        self._answers: dict[tuple[str], tuple[int, list[Answer]]] = {}
        self._lock = threading.Lock()
        self._migrate()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _migrate(self) -> None:
        """Bring the tables up to date; the version is read after the lock is held, so that two starts agree."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._writing.begin() as connection:
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
        with suppress(sa.exc.IntegrityError), self._writing.begin() as connection:
            connection.execute(sa.insert(person).values(id=str(uuid.uuid4()), issuer=issuer, subject=subject))
        with self.engine.begin() as connection:
            return str(connection.scalar(wanted))

    def erase(self, who: str) -> None:
        """Delete everything held about a person, the person included: the one exception to append-only."""
        with self._writing.begin() as connection:
            connection.execute(sa.delete(person).where(person.c.id == who))
        with self._lock:
            self._memories.clear()
            self._answers.clear()

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
        row = {**fact._asdict(), "grade": int(fact.grade)}
        at = row.pop("at")
        again = _standing(recall, who).where(recall.c.card == fact.card, step.c.at >= since)
        return self._append(who, "recall", at, uid, recall, [row], unless=again)

    def answer(self, who: str, fact: Answer, uid: str | None = None, *, since: datetime) -> bool:
        """Record an answer to a question; refused (False) where it has a standing answer since that moment."""
        row = fact._asdict()
        again = _standing(answer, who).where(answer.c.question == fact.question, step.c.at >= since)
        return self._append(who, "answer", row.pop("at"), uid, answer, [row], unless=again)

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

    def undo(self, who: str, kinds: Sequence[Kind], at: datetime, uid: str | None = None) -> bool:
        """Retract the newest standing step of these kinds; False when there is none."""
        with self._writing.begin() as connection:
            last = connection.execute(_last(who, kinds)).first()
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
        with self._writing.begin() as connection:
            if not rows or _stored(connection, who, uid):
                return False
            if unless is not None and connection.execute(unless).first():
                return False
            made = _new_step(connection, who, kind, at, uid)
            connection.execute(sa.insert(table), [{"step": made, **row} for row in rows])
            return True

    # Reading what stands

    def revision(self, who: str) -> int:
        """A number that grows with every step of a person; what a second tab polls."""
        with self.engine.begin() as connection:
            return connection.scalar(sa.select(sa.func.max(step.c.id)).where(step.c.person == who)) or 0

    def ticks(self, who: str) -> list[Tick]:
        """The ticks that stand, in time order."""
        return [Tick(row.at, row.skill, row.held) for row in self._rows(_standing(tick, who))]

    def notes(self, who: str) -> dict[str, Note]:
        """The newest note on each skill, cleared ones left out."""
        written = {row.skill: Note(text=row.text, link=row.link) for row in self._rows(_standing(note, who))}
        return {skill: kept for skill, kept in written.items() if kept.text or kept.link}

    def answers(self, who: str, since: datetime | None = None) -> list[Answer]:
        """The answers that stand, in time order, all of them or those since a moment. Costs little, as memories do."""
        held = self._followed(self._answers, (who,), answer, [], lambda held, rows: [*held, *map(_answer, rows)])
        return [fact for fact in held if since is None or fact.at >= since]

    def readings_done(self, who: str) -> set[str]:
        """The readings that a person marked as read."""
        marked = {row.reading: row.done for row in self._rows(_standing(read, who))}
        return {reading for reading, done in marked.items() if done}

    def recalls(self, who: str, since: datetime | None = None) -> list[Recall]:
        """The recalls that stand, in time order, all of them or those since a moment."""
        wanted = _standing(recall, who)
        return [_recall(row) for row in self._rows(wanted.where(step.c.at >= since) if since else wanted)]

    def settings(self, who: str) -> Settings:
        """What a person chose, with the defaults for the rest."""
        chosen = {row.key: json.loads(row.value) for row in self._rows(_standing(setting, who))}
        return Settings.model_validate({key: value for key, value in chosen.items() if key in Settings.model_fields})

    def reports(self, who: str) -> list[Report]:
        """The reports a person made, oldest first."""
        return [Report.model_validate_json(row.json) for row in self._rows(_standing(report, who))]

    def last(self, who: str, kinds: Sequence[Kind]) -> Step | None:
        """The newest standing step of these kinds: what undo would take back."""
        with self.engine.begin() as connection:
            found = connection.execute(_last(who, kinds)).first()
            if not found:
                return None
            about = {"tick": tick.c.skill, "note": note.c.skill, "recall": recall.c.card}.get(found.kind)
            names = () if about is None else connection.scalars(sa.select(about).where(about.table.c.step == found.id))
            return Step(found.id, found.at, found.kind, tuple(names))

    def memories(self, who: str, retention: float = RETENTION) -> dict[str, Memory]:
        """The memory of every card recalled so far. Costs little: only recalls since the last call are folded in."""

        def fold(held: dict[str, str], rows: Sequence[sa.Row[Any]]) -> dict[str, str]:
            after = dict(held)
            remember(after, map(_recall, rows), retention)
            return after

        held = self._followed(self._memories, (who, retention), recall, {}, fold)
        return {card: Memory.loads(text) for card, text in held.items()}

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
        with self._lock:
            newest, held = known.get(key, (0, nothing))
            with self.engine.begin() as connection:
                newer = connection.execute(
                    sa.select(step.c.id, step.c.kind)
                    .where(step.c.person == who, step.c.id > newest)
                    .order_by(step.c.id)
                ).all()
                kinds = {row.kind for row in newer}
                if kinds & {"retraction", "restore"}:  # what is held may rest on what was undone: begin again
                    newest, held = 0, nothing
                if kinds & {table.name, "retraction", "restore"}:
                    held = fold(held, connection.execute(_standing(table, who).where(step.c.id > newest)).all())
            if newer:
                known[key] = (newer[-1].id, held)
            return held

    def _rows(self, wanted: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with self.engine.begin() as connection:
            return connection.execute(wanted).all()

    # Backup and restore

    def backup(self, who: str) -> Backup:
        """The whole log of a person, undone steps included."""
        with self.engine.begin() as connection:
            steps = connection.execute(sa.select(step).where(step.c.person == who).order_by(step.c.id)).all()
            recorded: dict[int, dict[str, list[Any]]] = {row.id: {} for row in steps}
            mine = sa.select(step.c.id).where(step.c.person == who)
            for name, table in _FACTS.items():
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

    def missing(self, who: str, backup: Backup) -> Counter[str]:
        """How many steps of each kind a restore would add; nothing is written."""
        return Counter(step.kind for step in self._missing(who, backup))

    def restore(self, who: str, backup: Backup, at: datetime) -> bool:
        """Add every step of a backup that is not here yet, as one undoable step; False when all were here."""
        new = self._missing(who, backup)
        if not new:
            return False
        with self._writing.begin() as connection:
            added = []
            for one in new:
                if _stored(connection, who, one.uid):
                    continue
                values = {"uid": one.uid, "person": who, "at": one.at, "kind": one.kind}
                made = connection.execute(sa.insert(step).values(values).returning(step.c.id)).scalar_one()
                added.append(made)
                for name, table in _FACTS.items():
                    if rows := [row.model_dump(by_alias=True) for row in getattr(one, name)]:
                        connection.execute(sa.insert(table), [{"step": made, **row} for row in rows])
                undone = sa.select(step.c.id).where(step.c.person == who, step.c.uid.in_(one.retracts))
                if rows := [{"step": made, "retracted": id} for id in connection.scalars(undone)]:
                    connection.execute(sa.insert(retraction), rows)
            restoring = _new_step(connection, who, "restore", at, None)
            connection.execute(sa.insert(restored), [{"step": restoring, "restored": id} for id in added])
        return True

    def _missing(self, who: str, backup: Backup) -> list[BackedUpStep]:
        with self.engine.begin() as connection:
            here = set(connection.scalars(sa.select(step.c.uid).where(step.c.person == who)))
        return [one for one in backup.steps if one.uid not in here and one.kind != "restore"]


def _standing(table: sa.Table, who: str) -> sa.Select[Any]:
    """The rows of a fact table whose step was not retracted, in time order."""
    return (
        sa.select(step.c.id.label("step_id"), step.c.at, *(column for column in table.c if column.name != "step"))
        .join_from(step, table, table.c.step == step.c.id)
        .outerjoin_from(step, retraction, _undone())
        .where(step.c.person == who, retraction.c.step.is_(None))
        .order_by(step.c.at, step.c.id)
    )


def _undone() -> sa.ColumnElement[bool]:
    """Whether this retraction undid this step; one that came with a restore counts no more once that is undone."""
    later = retraction.alias()
    taken_back = sa.exists().where(later.c.retracted == retraction.c.step).correlate(retraction)
    return sa.and_(retraction.c.retracted == step.c.id, ~taken_back)


def _last(who: str, kinds: Sequence[Kind]) -> sa.Select[Any]:
    return (
        sa.select(step.c.id, step.c.at, step.c.kind)
        .outerjoin_from(step, retraction, _undone())
        .where(step.c.person == who, step.c.kind.in_(kinds), retraction.c.step.is_(None))
        .order_by(step.c.at.desc(), step.c.id.desc())
        .limit(1)
    )


def _stored(connection: sa.Connection, who: str, uid: str | None) -> bool:
    return uid is not None and bool(
        connection.scalar(sa.select(step.c.id).where(step.c.person == who, step.c.uid == uid))
    )


def _new_step(connection: sa.Connection, who: str, kind: Kind, at: datetime, uid: str | None) -> int:
    """A new step. A clock that went back is held at the newest step, so that time order is the order of the log."""
    newest = connection.scalar(sa.select(sa.func.max(step.c.at)).where(step.c.person == who))
    values = {"uid": uid or str(uuid.uuid4()), "person": who, "at": max(at, newest or at), "kind": kind}
    return int(connection.execute(sa.insert(step).values(values).returning(step.c.id)).scalar_one())


def _recall(row: sa.Row[Any]) -> Recall:
    return Recall(row.at, row.card, Grade(row.grade), row.before, row.after, row.milliseconds)


def _answer(row: sa.Row[Any]) -> Answer:
    return Answer(row.at, row.question, row.option, row.right, row.milliseconds, row.mode)


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
