"""Which claims went out in which file, and the numbers of those files.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

T, I = sa.Text, sa.BigInteger  # noqa: E741


def upgrade() -> None:
    op.create_table(
        "interchanges",
        sa.Column("number", I, primary_key=True, autoincrement=False),
        sa.Column("format", T, nullable=False),
        sa.Column("payer", T, nullable=False),
        sa.Column("hospital", T, nullable=False),
        sa.Column("kind", T, nullable=False),
        sa.Column("folder", T, nullable=False),
        sa.Column("state", T, nullable=False),
        sa.Column("sha256", T),
        sa.Column("claims", I, nullable=False),
        sa.Column("cents", I, nullable=False),
        sa.Column("at", I, nullable=False),
    )
    op.create_table(
        "exported",
        sa.Column("claim_id", T, primary_key=True),
        sa.Column("submission", I, primary_key=True),
        sa.Column("format", T, primary_key=True),
        sa.Column("number", I, primary_key=True),
    )


def downgrade() -> None:
    for table in ("exported", "interchanges"):
        op.drop_table(table)
