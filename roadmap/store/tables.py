"""The tables of what people did. Every fact belongs to a step, and a step to one person at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


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
    sa.Column("confidence", sa.SmallInteger),
)
answer = _fact(
    "answer",
    sa.Column("question", sa.Text, primary_key=True),
    sa.Column("option", sa.SmallInteger),
    sa.Column("right", sa.Boolean),
    sa.Column("milliseconds", sa.Integer),
    sa.Column("mode", sa.Text),
    sa.Column("confidence", sa.SmallInteger),
)
score = _fact(
    "score", sa.Column("prompt", sa.Text, primary_key=True), sa.Column("points", sa.Text), sa.Column("by", sa.Text)
)
label = _fact(
    "label",
    sa.Column("card", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("on", sa.Boolean),
)
read = _fact("read", sa.Column("reading", sa.Text, primary_key=True), sa.Column("done", sa.Boolean))
setting = _fact("setting", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
report = _fact("report", sa.Column("id", sa.Text, primary_key=True), sa.Column("json", sa.Text))
review = _fact(
    "review", sa.Column("id", sa.Text, primary_key=True), sa.Column("json", sa.Text), sa.Column("given", sa.Boolean)
)
objective = _fact(
    "objective",
    sa.Column("objective", sa.Text, primary_key=True),
    sa.Column("state", sa.Text),
    sa.Column("words", sa.Text),
)
team = _fact("team", sa.Column("name", sa.Text, primary_key=True), sa.Column("reports", sa.Text))
retraction = _fact("retraction", sa.Column("retracted", sa.ForeignKey("step.id"), primary_key=True))
restored = _fact("restored", sa.Column("restored", sa.ForeignKey("step.id"), primary_key=True))

# Not about a person: what there was to learn, from which moment on.
content = sa.Table(
    "content",
    _schema,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Instant),
    sa.Column("json", sa.Text),
)

# Where the rows of a step live, and under which name a backup carries them.
FACTS: Mapping[str, sa.Table] = {
    "ticks": tick,
    "notes": note,
    "recalls": recall,
    "answers": answer,
    "scores": score,
    "labels": label,
    "reads": read,
    "settings": setting,
    "reports": report,
    "reviews": review,
    "objectives": objective,
    "teams": team,
}
