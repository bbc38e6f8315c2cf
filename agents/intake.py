"""Intake: the partners' topics in, our own topics out. It trusts nobody.

A record is decoded strictly, its partner compared with the topic's, its key replaced by our pseudonym; then it is
passed on with the broker's own time as `received_at`, the 'now' by which everything behind is judged. What can't be
read is a dead letter with a reason that the partner is told.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from agents.pseudonyms import Pseudonyms
from agents.stage import Judgement, Say, Verdict, World
from schemas.codec import Codec, Undecodable
from schemas.events import ChartCoded, ChartCompleted, ClaimAcknowledged, ClaimAdjudicated, Event, Refused, Remittance
from schemas.identity import derived
from schemas.records import Decision, Record
from streams.deadletters import TOO_LARGE_TO_KEEP, can_be_kept, dead_letter
from streams.runner import Read
from streams.topics import CHART_COMPLETED, CODER_ANSWERS, PAYER_ANSWERS, REFUSED, partner_of

STAGE = "intake"

Received = ChartCompleted | ChartCoded | ClaimAcknowledged | Remittance | ClaimAdjudicated

EXPECTED: dict[str, frozenset[type]] = {
    "chart-completed": frozenset({ChartCompleted}),
    "chart-coded": frozenset({ChartCoded}),
    "claim-acknowledged": frozenset({ClaimAcknowledged}),
    "remittance": frozenset({Remittance}),
    "claim-adjudicated": frozenset({ClaimAdjudicated}),
}
"""What each family of partner topics may hold."""

_MENDS = {
    "conflict": "an event id names one content: send other content under an id of its own",
    "output-too-large": "send less in one event: with what we add it is larger than our own topics take",
    "step-failed": "nothing: the fault is ours, your record is kept, and we were told",
}
"""What a partner is told of a record that could be read and not be taken."""


@dataclass(frozen=True)
class Intake:
    """`received` turns a record's timestamp into the time it counts as received at; a fixed clock makes it one
    instant."""

    partner_topics: Collection[str]
    pseudonyms: Pseudonyms
    received: Callable[[int], datetime]
    name: str = STAGE

    @property
    def reads(self) -> Collection[str]:
        return self.partner_topics

    def recall(self, _tx: Connection, _events: Sequence[tuple[Record, Received]]) -> World:
        """Intake remembers nothing but its decisions."""
        return World()

    def step(self, _world: World, event: Received, record: Record) -> Verdict:
        """Pass it on, under our key and with the time it came."""
        _, partner = partner_of(record.topic)
        event = event.model_copy(update={"received_at": self.received(record.timestamp_ms)})
        about, detail = _whom(event)
        topic, key = self._way(event)
        return Verdict("taken", about, detail, says=(Say(topic, key, event, partner),))

    def _way(self, event: Received) -> tuple[str, str]:
        match event:
            case ChartCompleted():
                return CHART_COMPLETED, self.pseudonyms.patient(event.hospital, event.patient.mrn)
            case ChartCoded():
                return CODER_ANSWERS, self.pseudonyms.patient(event.hospital, event.patient.mrn)
            case ClaimAcknowledged():
                named = event.control_number or event.claim_id or event.event_id
                return PAYER_ANSWERS, self.pseudonyms.remittance(event.payer, named)
            case _:
                return PAYER_ANSWERS, self.pseudonyms.remittance(event.payer, event.trace_number)


@dataclass(kw_only=True)
class IntakeJudgement(Judgement):
    """Reads strictly, and tells a partner what of his was refused."""

    strict: Codec

    def read(self, record: Record) -> Read:
        family, partner = partner_of(record.topic)
        if not can_be_kept(record._replace(key=None), self.kept):
            mend = f"send at most {self.limits[record.topic]} bytes a record, counted before compression"
            return Read(None, refused=self._refuse(record, TOO_LARGE_TO_KEEP, None, mend))
        try:
            event = self.strict.decode_strict(record.value, EXPECTED[family])
        except Undecodable as refused:
            return Read(None, refused=self._refuse(record, refused.code, refused.field, refused.mend))
        assert isinstance(event, Event)
        stranger = _stranger(event, partner)
        if stranger is not None:
            mend = f"this topic takes only what {partner} says of itself"
            return Read(None, refused=self._refuse(record, "partner-mismatch", stranger, mend, event_id=event.event_id))
        return Read(event, event.producer, event.event_id)

    def refuse(self, record: Record, code: str, exception: str | None = None) -> Decision:
        """A fault of ours counts for the breaker, a partner's doesn't; he is told of both."""
        refused = self._refuse(record, code, None, _MENDS[code], exception=exception)
        return refused._replace(failed=code == "step-failed")

    def _refuse(
        self,
        record: Record,
        code: str,
        field: str | None,
        mend: str,
        *,
        event_id: str | None = None,
        exception: str | None = None,
    ) -> Decision:
        """The record untouched to the dead letters, and to the partner where it stood and how to mend it."""
        dead = dead_letter(STAGE, record, code, exception, keep_key=False, limit=self.kept)
        _, partner = partner_of(record.topic)
        where = (record.topic, record.partition, record.offset)
        refused = Refused(
            event_id=derived("refused", *where),
            occurred_at=self.stage.received(record.timestamp_ms),  # type: ignore[attr-defined]
            producer=STAGE,
            partner=partner,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            refused_event_id=event_id,
            code=code,
            field=field,
            mend=mend,
        )
        told = self._output(Say(REFUSED, partner, refused, partner), record)
        # A partner's garbage is no sign of bad code of ours: it doesn't count for the stage's breaker.
        return dead._replace(outputs=(*dead.outputs, told), failed=False)


def _stranger(event: Event, partner: str) -> str | None:
    """The field in which an event names another partner than its topic."""
    said = vars(event)  # a pydantic class takes 15 us to say that it has no such field
    for field in ("producer", "hospital", "payer"):
        named = said.get(field)
        if named is not None and named != partner:
            return field
    return None


def _whom(event: Received) -> tuple[str, str]:
    match event:
        case ChartCompleted() | ChartCoded():
            return f"{event.hospital}/{event.account_number}", f"{event.chart_id} v{event.version}"
        case ClaimAcknowledged():
            return f"{event.payer}/acknowledgements", event.control_number or event.claim_id or ""
        case ClaimAdjudicated():
            return f"{event.payer}/{event.trace_number}", event.control_number
        case _:
            return f"{event.payer}/{event.trace_number}", "payment"
