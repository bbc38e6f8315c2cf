"""What was said of a file itself (999, TA1), which claims it held, and files that were refused and never ours."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

T, I = sa.Text, sa.BigInteger  # noqa: E741


def upgrade() -> None:
    op.add_column("interchanges", sa.Column("test", I, nullable=False, server_default="0"))
    op.add_column("interchanges", sa.Column("verdict", T))
    op.add_column("interchanges", sa.Column("answered_at", I))
    op.add_column("exported", sa.Column("control_number", T))
    op.add_column("exported", sa.Column("set_number", T))
    op.add_column("exported", sa.Column("refused", I, nullable=False, server_default="0"))
    op.create_index("exported_number", "exported", ["number"])
    op.create_table(
        "unknown_files",
        sa.Column("sender", T, primary_key=True),
        sa.Column("kind", T, primary_key=True),
        sa.Column("number", T, primary_key=True),
        sa.Column("set_number", T, primary_key=True),
        sa.Column("at", I, nullable=False),
        sa.Column("state", T, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("unknown_files")
    op.drop_index("exported_number")
    for name in ("refused", "set_number", "control_number"):
        op.drop_column("exported", name)
    for name in ("answered_at", "verdict", "test"):
        op.drop_column("interchanges", name)
