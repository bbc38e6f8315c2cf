"""A claim is found by its payer's number, and by whom and when it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("payer_number", "member", "person", "service_from", "service_to"):
        op.add_column("claims", sa.Column(name, sa.Text))
    named = sa.text("payer_number IS NOT NULL")  # few claims are named yet when they are written
    op.create_index("claims_payer_number", "claims", ["payer_number"], sqlite_where=named, postgresql_where=named)
    op.create_index("claims_member", "claims", ["member"])


def downgrade() -> None:
    op.drop_index("claims_member")
    op.drop_index("claims_payer_number")
    for name in ("service_to", "service_from", "person", "member", "payer_number"):
        op.drop_column("claims", name)
