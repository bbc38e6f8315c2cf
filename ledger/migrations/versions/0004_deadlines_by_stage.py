"""Due deadlines are looked for by stage, in the order in which they are due."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("deadlines_due", "deadlines")
    op.create_index("deadlines_due", "deadlines", ["stage", "state", "due", "id"])
