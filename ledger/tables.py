"""The ledger's tables. Charts, claims and answers themselves stand in `accounts`, `outputs`, `claims` and `answers`;
account and chart numbers, which are PHI too (45 CFR 164.514(b)(2)(i)), in `decisions`, `charts`, `bills`, `denials` and
`deadlines`; what is asked about a chart in `queries` and `work`, and the chart itself in `drafts`; which claims went
out in which file in `interchanges` and `exported`; `unknown_files` were refused, and never ours. `facts` hold
pseudonyms; the rest is about nobody.

Hot tables have monotonic keys (source coordinates): random keys made a commit of 500 rows slow down tenfold at 2
million rows (docs/design.md). Outputs are kept packed, one row per partition and batch, because they are written and
pruned by the batch.
"""

import sqlalchemy as sa

metadata = sa.MetaData()
T, I, B = sa.Text, sa.BigInteger, sa.LargeBinary  # noqa: E741

positions = sa.Table(
    "positions",
    metadata,
    sa.Column("stage", T, primary_key=True),
    sa.Column("topic", T, primary_key=True),  # the broker's topic id, or its name where it has none
    sa.Column("part", I, primary_key=True),
    sa.Column("next", I, nullable=False),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("stage", T, primary_key=True),
    sa.Column("topic", T, primary_key=True),
    sa.Column("part", I, primary_key=True),
    sa.Column("off", I, primary_key=True),
    sa.Column("hash", B, nullable=False),
    sa.Column("producer", T),  # null for a dead letter, which occupies no id
    sa.Column("event_id", T),
    sa.Column("outcome", T, nullable=False),
    sa.Column("about", T),  # hospital/account, or payer/trace
    sa.Column("detail", T),  # chart id and version, or control number
    sa.Column("at", I, nullable=False),  # the record's own timestamp, ms
    sa.UniqueConstraint("stage", "producer", "event_id", name="decisions_event"),
    sa.Index("decisions_about", "about"),
)

outputs = sa.Table(
    "outputs",
    metadata,
    sa.Column("stage", T, primary_key=True),
    sa.Column("topic", T, primary_key=True),
    sa.Column("part", I, primary_key=True),
    sa.Column("first", I, primary_key=True),
    sa.Column("last", I, nullable=False),
    sa.Column("body", B, nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("stage", T, primary_key=True),
    sa.Column("key", T, primary_key=True),
    sa.Column("version", I, nullable=False),
    sa.Column("body", B),
)

charts = sa.Table(
    "charts",
    metadata,
    sa.Column("stage", T, primary_key=True),  # validation and claiming each keep their own view
    sa.Column("chart_id", T, primary_key=True),  # before the hospital: a batch is looked up by its charts' ids
    sa.Column("hospital", T, primary_key=True),
    sa.Column("version", I, nullable=False),
    sa.Column("revision", I, nullable=False),
    sa.Column("account", T, nullable=False),
    sa.Column("state", T, nullable=False),
    sa.Column("why", T),
    sa.Column("cents", I, nullable=False),
    sa.Column("at", I, nullable=False),
    sa.Column("held", T),  # a digest of what a coder's answer must repeat; validation's rows only
)

claims = sa.Table(
    "claims",
    metadata,
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
    sa.Column("forwarded_to", T),  # the payer who got it from this one, and answers under this number
    sa.Column("forwarded_as", T),  # the claim he answers
    sa.Column("payer_number", T),  # what the payer calls it, as far as he said
    sa.Column("member", T),  # and whom, when and by which name a payer may mean who names no number of ours
    sa.Column("person", T),
    sa.Column("service_from", T),  # ISO days
    sa.Column("service_to", T),
    sa.Index("claims_account", "hospital", "account"),
    sa.Index("claims_claim_id", "claim_id"),  # a payer may acknowledge by it
    sa.Index(
        "claims_payer_number",
        "payer_number",
        sqlite_where=sa.text("payer_number IS NOT NULL"),
        postgresql_where=sa.text("payer_number IS NOT NULL"),
    ),
    sa.Index("claims_member", "member"),
)

bills = sa.Table(
    "bills",
    metadata,
    sa.Column("bill_id", T, primary_key=True),
    sa.Column("hospital", T, nullable=False),
    sa.Column("account", T, nullable=False),
    sa.Column("revision", I, nullable=False),
    sa.Column("charge_cents", I, nullable=False),
    sa.Column("owed_cents", I, nullable=False),
    sa.Column("at", I, nullable=False),
    sa.Index("bills_account", "hospital", "account"),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("trace", T, primary_key=True),  # before the payer: a batch is looked up by its traces
    sa.Column("payer", T, primary_key=True),
    sa.Column("position", I, primary_key=True),
    sa.Column("control_number", T, nullable=False),
    sa.Column("state", T, nullable=False),  # waiting, settled, suspended; unmatched: no claim is known
    sa.Column("body", B, nullable=False),
)

deadlines = sa.Table(
    "deadlines",
    metadata,
    sa.Column("id", T, primary_key=True),
    sa.Column("kind", T, nullable=False),
    sa.Column("stage", T, nullable=False),
    sa.Column("key", T, nullable=False),  # the Kafka key that leads to the stage that owns it
    sa.Column("about", T, nullable=False),
    sa.Column("due", I, nullable=False),  # ms
    sa.Column("state", T, nullable=False),  # open, fired, closed
    sa.Index("deadlines_due", "stage", "state", "due", "id"),
    sa.Index("deadlines_about", "about"),
)

denials = sa.Table(
    "denials",
    metadata,
    sa.Column("control_number", T, primary_key=True),
    sa.Column("line", I, primary_key=True),  # 0: the claim as a whole
    sa.Column("carc", T, primary_key=True),
    sa.Column("hospital", T, nullable=False),
    sa.Column("account", T, nullable=False),
    sa.Column("chart_id", T, nullable=False),
    sa.Column("payer", T, nullable=False),
    sa.Column("cause", T, nullable=False),
    sa.Column("rule", T, nullable=False),  # all that warned, with blanks between; or that should have; none
    sa.Column("predicted", I, nullable=False),  # 1: it warned of this CARC
    sa.Column("group_code", T),
    sa.Column("remarks", T, nullable=False),  # with blanks between
    sa.Column("cents", I, nullable=False),
    sa.Column("state", T, nullable=False),  # open, overturned, replaced; of a warning unfounded, withdrawn
    sa.Column("denied_on", T, nullable=False),  # days as YYYY-MM-DD
    sa.Column("appeal_by", T),
    sa.Column("at", I, nullable=False),  # ms
    sa.Index("denials_state", "state", "hospital"),
    sa.Index("denials_ended", "state", "denied_on"),
)

queries = sa.Table(
    "queries",
    metadata,
    sa.Column("chart_id", T, primary_key=True),  # before the id: a batch is looked up by its charts' ids
    sa.Column("id", T, primary_key=True),
    sa.Column("hospital", T, nullable=False),
    sa.Column("version", I, nullable=False),  # the newest that asked, or that ended it
    sa.Column("whom", T, nullable=False),
    sa.Column("kind", T, nullable=False),
    sa.Column("topic", T),
    sa.Column("state", T, nullable=False),  # open, overdue, answered, withdrawn
    sa.Column("opened", I, nullable=False),  # ms
    sa.Column("due", I, nullable=False),  # ms
    sa.Column("body", B, nullable=False),  # the query, so that it can be said again
    sa.Index("queries_state", "state", "hospital"),
)

work = sa.Table(
    "work",
    metadata,
    sa.Column("chart_id", T, primary_key=True),
    sa.Column("id", T, primary_key=True),
    sa.Column("stage", T, nullable=False),  # that asked
    sa.Column("hospital", T, nullable=False),
    sa.Column("version", I, nullable=False),
    sa.Column("base", I, nullable=False),  # the coding revision that an answer follows
    sa.Column("statement", T, nullable=False),
    sa.Column("kind", T, nullable=False),
    sa.Column("state", T, nullable=False),  # open, taken, answered, withdrawn
    sa.Column("coder", T),
    sa.Column("opened", I, nullable=False),  # ms
    sa.Column("since", I, nullable=False),  # ms, of the state
    sa.Column("body", B, nullable=False),  # the item
    sa.Column("answer", B),  # what the coder said
    sa.Index("work_state", "state", "hospital"),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("stage", T, primary_key=True),
    sa.Column("chart_id", T, primary_key=True),
    sa.Column("hospital", T, primary_key=True),
    sa.Column("version", I, nullable=False),
    sa.Column("revision", I, nullable=False),  # the newest that was judged
    sa.Column("cents", I, nullable=False),  # of what could be priced
    sa.Column("body", B, nullable=False),  # the chart as far as it could be coded
    sa.Column("answer", B),  # the completed chart as it goes to Kafka; from then on no answer changes
    sa.Column("sent", I),  # ms; null while Kafka has not confirmed it
)

interchanges = sa.Table(
    "interchanges",
    metadata,
    sa.Column("number", I, primary_key=True, autoincrement=False),  # ISA13; never given twice, whatever became of it
    sa.Column("format", T, nullable=False),
    sa.Column("payer", T, nullable=False),
    sa.Column("hospital", T, nullable=False),
    sa.Column("kind", T, nullable=False),
    sa.Column("folder", T, nullable=False),
    sa.Column("state", T, nullable=False),  # begun, written, given-up
    sa.Column("sha256", T),
    sa.Column("claims", I, nullable=False),
    sa.Column("cents", I, nullable=False),
    sa.Column("at", I, nullable=False),  # ms
    sa.Column("test", I, nullable=False),  # 1: a test (ISA15), whose claims were not sent
    sa.Column("verdict", T),  # what was said of the file itself, 999 or TA1; null: nothing yet
    sa.Column("answered_at", I),  # ms
)

exported = sa.Table(
    "exported",
    metadata,
    sa.Column("claim_id", T, primary_key=True),
    sa.Column("submission", I, primary_key=True),
    sa.Column("format", T, primary_key=True),
    sa.Column("number", I, primary_key=True),  # of the interchange; one sent again has several
    sa.Column("control_number", T),
    sa.Column("set_number", T),  # ST02; null where the format has none
    sa.Column("refused", I, nullable=False),  # 1: its transaction set was refused, so it was never filed
    sa.Index("exported_number", "number"),
)

unknown_files = sa.Table(
    "unknown_files",
    metadata,
    sa.Column("sender", T, primary_key=True),  # a payer, or by what id the envelope names who speaks
    sa.Column("kind", T, primary_key=True),  # 999, TA1
    sa.Column("number", T, primary_key=True),  # as he names it: GS06 or ISA13
    sa.Column("set_number", T, primary_key=True),  # ST02; empty: the whole file
    sa.Column("at", I, nullable=False),  # ms
    sa.Column("state", T, nullable=False),  # open, dismissed
)

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("window", T, primary_key=True),
    sa.Column("stage", T, primary_key=True),
    sa.Column("topic", T, primary_key=True),
    sa.Column("part", I, primary_key=True),
    sa.Column("first", I, primary_key=True),
    sa.Column("body", B, nullable=False),
)

windows = sa.Table(
    "windows",
    metadata,
    sa.Column("id", T, primary_key=True),
    sa.Column("opened", I, nullable=False),
    sa.Column("state", T, nullable=False),  # open, closed, published
)

cells = sa.Table(
    "cells",
    metadata,
    sa.Column("window", T, primary_key=True),
    sa.Column("name", T, primary_key=True),
    sa.Column("published", I, nullable=False),
    sa.Column("suppressed", I, nullable=False),
    sa.Column("body", B, nullable=False),
)

slots = sa.Table(
    "slots",
    metadata,
    sa.Column("stage", T, primary_key=True),
    sa.Column("slot", T, primary_key=True),
    sa.Column("owner", T, nullable=False),
    sa.Column("until", I, nullable=False),  # ms
)
