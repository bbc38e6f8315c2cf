"""Queries have a life; coders take items and answer them; a chart that went back is kept as far as it is coded.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

T, I, B = sa.Text, sa.BigInteger, sa.LargeBinary  # noqa: E741


def upgrade() -> None:
    op.create_table(
        "queries",
        sa.Column("chart_id", T, primary_key=True),
        sa.Column("id", T, primary_key=True),
        sa.Column("hospital", T, nullable=False),
        sa.Column("version", I, nullable=False),
        sa.Column("whom", T, nullable=False),
        sa.Column("kind", T, nullable=False),
        sa.Column("topic", T),
        sa.Column("state", T, nullable=False),
        sa.Column("opened", I, nullable=False),
        sa.Column("due", I, nullable=False),
        sa.Column("body", B, nullable=False),
    )
    op.create_index("queries_state", "queries", ["state", "hospital"])
    op.create_table(
        "work",
        sa.Column("chart_id", T, primary_key=True),
        sa.Column("id", T, primary_key=True),
        sa.Column("stage", T, nullable=False),
        sa.Column("hospital", T, nullable=False),
        sa.Column("version", I, nullable=False),
        sa.Column("base", I, nullable=False),
        sa.Column("statement", T, nullable=False),
        sa.Column("kind", T, nullable=False),
        sa.Column("state", T, nullable=False),
        sa.Column("coder", T),
        sa.Column("opened", I, nullable=False),
        sa.Column("since", I, nullable=False),
        sa.Column("body", B, nullable=False),
        sa.Column("answer", B),
    )
    op.create_index("work_state", "work", ["state", "hospital"])
    op.create_table(
        "drafts",
        sa.Column("stage", T, primary_key=True),
        sa.Column("chart_id", T, primary_key=True),
        sa.Column("hospital", T, primary_key=True),
        sa.Column("version", I, nullable=False),
        sa.Column("revision", I, nullable=False),
        sa.Column("cents", I, nullable=False),
        sa.Column("body", B, nullable=False),
        sa.Column("answer", B),
        sa.Column("sent", I),
    )


def downgrade() -> None:
    for table in ("drafts", "work", "queries"):
        op.drop_table(table)
