"""What a person read, and which questions they answered."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add two facts: a reading marked as read, and one attempt at a question."""

    def fact(name: str, *columns: sa.Column[Any]) -> None:
        step = sa.Column("step", sa.Integer, sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True)
        op.create_table(name, step, *columns)

    fact("read", sa.Column("reading", sa.Text, primary_key=True), sa.Column("done", sa.Boolean, nullable=False))
    fact(
        "answer",
        sa.Column("question", sa.Text, primary_key=True),
        sa.Column("option", sa.SmallInteger, nullable=False),
        sa.Column("right", sa.Boolean, nullable=False),
        sa.Column("milliseconds", sa.Integer, nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
    )
