"""Denials that stand no more are found by the day on which they came."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("denials_ended", "denials", ["state", "denied_on"])


def downgrade() -> None:
    op.drop_index("denials_ended")
