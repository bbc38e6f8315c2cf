"""A payer may forward a claim to the next one, who answers under the number it was sent with."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("claims", sa.Column("forwarded_to", sa.Text))
    op.add_column("claims", sa.Column("forwarded_as", sa.Text))
