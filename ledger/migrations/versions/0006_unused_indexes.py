"""Nobody asks for charts or claims by their state: two indexes less to write.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '2s'")  # batches wait behind us while a backup reads the table
    op.drop_index("charts_state", "charts")
    op.drop_index("claims_state", "claims")


def downgrade() -> None:
    op.create_index("charts_state", "charts", ["stage", "state"])
    op.create_index("claims_state", "claims", ["state"])
