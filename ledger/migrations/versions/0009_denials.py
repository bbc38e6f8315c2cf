"""What payers denied, by cause and by the rule that should have caught it, with the day until which it may be appealed.

Revision ID: 0009
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

T, I = sa.Text, sa.BigInteger  # noqa: E741


def upgrade() -> None:
    op.create_table(
        "denials",
        sa.Column("control_number", T, primary_key=True),
        sa.Column("line", I, primary_key=True),
        sa.Column("carc", T, primary_key=True),
        sa.Column("hospital", T, nullable=False),
        sa.Column("account", T, nullable=False),
        sa.Column("chart_id", T, nullable=False),
        sa.Column("payer", T, nullable=False),
        sa.Column("cause", T, nullable=False),
        sa.Column("rule", T, nullable=False),
        sa.Column("predicted", I, nullable=False),
        sa.Column("group_code", T),
        sa.Column("remarks", T, nullable=False),
        sa.Column("cents", I, nullable=False),
        sa.Column("state", T, nullable=False),
        sa.Column("denied_on", T, nullable=False),
        sa.Column("appeal_by", T),
        sa.Column("at", I, nullable=False),
    )
    op.create_index("denials_state", "denials", ["state", "hospital"])


def downgrade() -> None:
    op.drop_table("denials")
