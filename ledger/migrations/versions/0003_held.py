"""Charts keep a digest of what a coder's answer must repeat: patient, account, consent and restrictions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("charts", sa.Column("held", sa.Text))
