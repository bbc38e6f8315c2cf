"""Delivery: our topics in, each partner's own topic out. The partner stands in a header, not in a body that must be
read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from schemas.identity import event_id_of
from schemas.records import Decision, Output, Record
from streams.deadletters import dead_letter
from streams.runner import Read
from streams.topics import CHART_RETURNED, CLAIM_BUILT, PATIENT_BILL, REFUSED, outer

STAGE = "delivery"

_NO_FAILURE = frozenset({"conflict", "unknown-partner"})
"""What one record or one partner is to blame for: it costs that record, and stops delivery for nobody else."""


@dataclass(frozen=True)
class Delivery:
    """Sends each record on as it is, bytes and headers, to the partner it concerns. `partners` are those who have
    topics."""

    partners: Collection[str]
    kept: int | None = None
    """How large a dead letter may be."""
    name: str = STAGE

    reads = (CLAIM_BUILT, PATIENT_BILL, CHART_RETURNED, REFUSED)

    def read(self, record: Record) -> Read:
        """Only the event's id is read, so that a claim said again by `reconcile` is not delivered again."""
        partner = _partner(record)
        if partner not in self.partners:
            return Read(None, refused=self.refuse(record, "unknown-partner"))
        event_id = event_id_of(record.value)
        if event_id is None:
            return Read(None, refused=self.refuse(record, "malformed"))
        return Read(partner, record.topic, event_id)

    def refuse(self, record: Record, code: str) -> Decision:
        """A partner who is gone or an id that came twice is told by its dead letter; it is no sign of bad code here."""
        return dead_letter(STAGE, record, code, limit=self.kept)._replace(failed=code not in _NO_FAILURE)

    def decide(self, _tx: object, accepted: Sequence[tuple[Record, str]]) -> Sequence[Decision]:
        return [self._send(record, partner) for record, partner in accepted]

    def _send(self, record: Record, partner: str) -> Decision:
        output = Output(
            outer(record.topic, partner), record.key, record.value or b"", record.headers, record.timestamp_ms
        )
        return Decision((output,), "delivered", partner, record.topic)


def _partner(record: Record) -> str:
    return next((value.decode(errors="replace") for name, value in record.headers if name == "partner"), "")
