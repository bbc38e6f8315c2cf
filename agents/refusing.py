"""What a payer is told of a record of his that was not posted."""

from agents.payments import STAGE
from agents.stage import Say
from claims.remittance import Refusal
from schemas.events import Event, Refused
from schemas.identity import caused_by, derived
from schemas.records import Record
from streams.topics import REFUSED


def refused(event: Event, payer: str, record: Record, refusal: Refusal, index: int = 0) -> Say:
    """Tells the payer which of its records we did not post, and how to mend it; `index` counts the record's
    refusals, for one code may be said of many lines."""
    said = Refused(
        event_id=derived("refused", payer, event.event_id, refusal.code, refusal.field, index),
        **caused_by(event, STAGE),
        partner=payer,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        refused_event_id=event.event_id,
        code=refusal.code,
        field=refusal.field,
        mend=refusal.mend,
    )
    return Say(REFUSED, payer, said, payer)
