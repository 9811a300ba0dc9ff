"""The first shelf of facts: people, steps, and what each step recorded."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first release."""
    op.create_table(
        "person",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_table(
        "step",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("person", sa.String(36), sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.UniqueConstraint("person", "uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("step_person", "step", ["person", "id"])

    def fact(name: str, *columns: sa.Column[Any]) -> None:
        step = sa.Column("step", sa.Integer, sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True)
        op.create_table(name, step, *columns)

    fact("tick", sa.Column("skill", sa.Text, primary_key=True), sa.Column("held", sa.Boolean, nullable=False))
    fact(
        "note",
        sa.Column("skill", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
    )
    fact(
        "recall",
        sa.Column("card", sa.Text, primary_key=True),
        sa.Column("grade", sa.SmallInteger, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
    )
    fact("setting", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
    fact("report", sa.Column("id", sa.String(36), primary_key=True), sa.Column("json", sa.Text, nullable=False))
    fact(
        "retraction", sa.Column("retracted", sa.Integer, sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True)
    )
    op.create_index("retraction_retracted", "retraction", ["retracted"])
    fact("restored", sa.Column("restored", sa.Integer, sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True))
