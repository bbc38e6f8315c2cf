"""The first ledger: positions, decisions, accounts, what people ask for, deadlines and statistics."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

T, I, B = sa.Text, sa.BigInteger, sa.LargeBinary  # noqa: E741


def upgrade() -> None:
    op.create_table(
        "positions",
        sa.Column("stage", T, primary_key=True),
        sa.Column("topic", T, primary_key=True),
        sa.Column("part", I, primary_key=True),
        sa.Column("next", I, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("stage", T, primary_key=True),
        sa.Column("topic", T, primary_key=True),
        sa.Column("part", I, primary_key=True),
        sa.Column("off", I, primary_key=True),
        sa.Column("hash", B, nullable=False),
        sa.Column("producer", T),
        sa.Column("event_id", T),
        sa.Column("outcome", T, nullable=False),
        sa.Column("about", T),
        sa.Column("detail", T),
        sa.Column("at", I, nullable=False),
        sa.UniqueConstraint("stage", "producer", "event_id", name="decisions_event"),
    )
    op.create_index("decisions_about", "decisions", ["about"])
    op.create_table(
        "outputs",
        sa.Column("stage", T, primary_key=True),
        sa.Column("topic", T, primary_key=True),
        sa.Column("part", I, primary_key=True),
        sa.Column("first", I, primary_key=True),
        sa.Column("last", I, nullable=False),
        sa.Column("body", B, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Written once, pruned by the next batch: compressing them costs more than it saves.
        op.execute("ALTER TABLE outputs ALTER COLUMN body SET STORAGE EXTERNAL")
    op.create_table(
        "accounts",
        sa.Column("stage", T, primary_key=True),
        sa.Column("key", T, primary_key=True),
        sa.Column("version", I, nullable=False),
        sa.Column("body", B),
    )
    op.create_table(
        "charts",
        sa.Column("stage", T, primary_key=True),
        sa.Column("chart_id", T, primary_key=True),
        sa.Column("hospital", T, primary_key=True),
        sa.Column("version", I, nullable=False),
        sa.Column("revision", I, nullable=False),
        sa.Column("account", T, nullable=False),
        sa.Column("state", T, nullable=False),
        sa.Column("why", T),
        sa.Column("cents", I, nullable=False),
        sa.Column("at", I, nullable=False),
    )
    op.create_index("charts_state", "charts", ["stage", "state"])
    op.create_table(
        "claims",
        sa.Column("control_number", T, primary_key=True),
        sa.Column("claim_id", T, nullable=False),
        sa.Column("payer", T, nullable=False),
        sa.Column("payer_kind", T, nullable=False),
        sa.Column("payer_sequence", I, nullable=False),
        sa.Column("hospital", T, nullable=False),
        sa.Column("account", T, nullable=False),
        sa.Column("patient_key", T, nullable=False),
        sa.Column("kind", T, nullable=False),
        sa.Column("frequency", T, nullable=False),
        sa.Column("state", T, nullable=False),
        sa.Column("charge_cents", I, nullable=False),
        sa.Column("paid_cents", I, nullable=False),
        sa.Column("patient_cents", I, nullable=False),
        sa.Column("lines", B, nullable=False),
        sa.Column("at", I, nullable=False),
    )
    op.create_index("claims_state", "claims", ["state"])
    op.create_index("claims_account", "claims", ["hospital", "account"])
    op.create_table(
        "bills",
        sa.Column("bill_id", T, primary_key=True),
        sa.Column("hospital", T, nullable=False),
        sa.Column("account", T, nullable=False),
        sa.Column("revision", I, nullable=False),
        sa.Column("charge_cents", I, nullable=False),
        sa.Column("owed_cents", I, nullable=False),
        sa.Column("at", I, nullable=False),
    )
    op.create_index("bills_account", "bills", ["hospital", "account"])
    op.create_table(
        "answers",
        sa.Column("trace", T, primary_key=True),
        sa.Column("payer", T, primary_key=True),
        sa.Column("position", I, primary_key=True),
        sa.Column("control_number", T, nullable=False),
        sa.Column("state", T, nullable=False),
        sa.Column("body", B, nullable=False),
    )
    op.create_table(
        "deadlines",
        sa.Column("id", T, primary_key=True),
        sa.Column("kind", T, nullable=False),
        sa.Column("stage", T, nullable=False),
        sa.Column("key", T, nullable=False),
        sa.Column("about", T, nullable=False),
        sa.Column("due", I, nullable=False),
        sa.Column("state", T, nullable=False),
    )
    op.create_index("deadlines_due", "deadlines", ["state", "due"])
    op.create_index("deadlines_about", "deadlines", ["about"])
    op.create_table(
        "facts",
        sa.Column("window", T, primary_key=True),
        sa.Column("stage", T, primary_key=True),
        sa.Column("topic", T, primary_key=True),
        sa.Column("part", I, primary_key=True),
        sa.Column("first", I, primary_key=True),
        sa.Column("body", B, nullable=False),
    )
    op.create_table(
        "windows",
        sa.Column("id", T, primary_key=True),
        sa.Column("opened", I, nullable=False),
        sa.Column("state", T, nullable=False),
    )
    op.create_table(
        "cells",
        sa.Column("window", T, primary_key=True),
        sa.Column("name", T, primary_key=True),
        sa.Column("published", I, nullable=False),
        sa.Column("suppressed", I, nullable=False),
        sa.Column("body", B, nullable=False),
    )
    op.create_table(
        "slots",
        sa.Column("stage", T, primary_key=True),
        sa.Column("slot", T, primary_key=True),
        sa.Column("owner", T, nullable=False),
        sa.Column("until", I, nullable=False),
    )
