"""Claims are found by their id too. Windows are published after they have closed: what has been told already is marked
so, and its facts are deleted."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("claims_claim_id", "claims", ["claim_id"])
    op.execute(
        "UPDATE windows SET state = 'published'"
        " WHERE state = 'closed' AND EXISTS (SELECT 1 FROM cells WHERE cells.\"window\" = windows.id)"
    )
    op.execute("DELETE FROM facts WHERE \"window\" IN (SELECT id FROM windows WHERE state = 'published')")
