"""How sure a person was, what rubrics gave, labels on cards; reviews, objectives and the teams a manager keeps."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add a column to answers and recalls, and six facts."""
    for table in ("answer", "recall"):
        op.add_column(table, sa.Column("confidence", sa.SmallInteger))

    def fact(name: str, *columns: sa.Column[Any]) -> None:
        step = sa.Column("step", sa.Integer, sa.ForeignKey("step.id", ondelete="CASCADE"), primary_key=True)
        op.create_table(name, step, *columns)

    fact(
        "score",
        sa.Column("prompt", sa.Text, primary_key=True),
        sa.Column("points", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    fact(
        "label",
        sa.Column("card", sa.Text, primary_key=True),
        sa.Column("label", sa.String(16), primary_key=True),
        sa.Column("on", sa.Boolean, nullable=False),
    )
    fact(
        "review",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("json", sa.Text, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
    )
    fact(
        "objective",
        sa.Column("objective", sa.String(36), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    fact("team", sa.Column("name", sa.Text, primary_key=True), sa.Column("reports", sa.Text, nullable=False))
