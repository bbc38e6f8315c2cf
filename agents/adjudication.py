"""Adjudication: payers' answers in; checked and settled answers out, one per claim, once their remittance balances.

An answer must be that payer's, for a claim of ours, and balance by line and by claim; a remittance must balance
with all its answers before any of them is posted. What doesn't balance is never half posted, and the payer is told.
One to no claim that is known counts in its remittance, so that the others are posted: it stands aside with its money
until a person says what it is to, and is posted then by itself.
One whose parts don't come together in time is a work item, and posted when they come after all. Answers are summed,
none is dropped as old: a correction may come before the reversal it belongs to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.engine import Connection

from agents.matching import identified, meant
from agents.payments import (
    PATIENCE,
    STAGE,
    Answered,
    added,
    balance_key,
    by_trace,
    comes_to_the_same,
    may_be_whole,
    parts,
    payment_key,
    payment_of,
    places,
)
from agents.pseudonyms import Pseudonyms
from agents.refusing import refused
from agents.rows import claim_answered_id, claim_facts, is_forwarded
from agents.stage import Row, Say, States, Verdict, World
from claims.postings import ClaimBalance, Payment
from claims.remittance import REVERSAL, Refusal, balances, check_answer, self_consistent
from ledger import accounts, deadlines, projections
from ledger.deadlines import Deadline
from ledger.projections import UNMATCHED
from schemas.compiled import CompiledCodec
from schemas.events import ClaimAcknowledged, ClaimAdjudicated, DeadlineDue, Event, Remittance
from schemas.identity import caused_by, derived
from schemas.records import Record
from streams.topics import CLAIM_ACKNOWLEDGED, CLAIM_ADJUDICATED, DEADLINE_DUE, PAYER_ANSWERS

FOR_A_PERSON: Final = frozenset({"unknown-claim", "wrong-payer"})
"""Refusals of an answer to a claim that isn't known, or isn't known to have reached him who answers: a person says."""


@dataclass(frozen=True)
class Adjudication:
    codec: CompiledCodec
    states: States
    pseudonyms: Pseudonyms
    name: str = STAGE

    reads = (PAYER_ANSWERS, DEADLINE_DUE)

    def recall(self, tx: Connection, events: Sequence[tuple[Record, Answered]]) -> World:
        """The remittances of this batch with what they wait for, the claims they answer, and those claims' balances."""
        said = [event for _, event in events]
        keys = {key for event in said if (key := payment_key(event)) is not None}
        stored = accounts.lock(tx, STAGE, keys)
        payments = {key: self.states.load(Payment, row.body) for key, row in stored.items() if row.body is not None}
        waiting = projections.answers_of(tx, may_be_whole(payments, said))
        answered = {row.control_number for row in waiting} | {
            e.control_number for e in said if isinstance(e, ClaimAdjudicated)
        }
        named = {e.control_number for e in said if isinstance(e, ClaimAcknowledged) and e.control_number}
        rows = projections.claims_by_number(tx, answered | named)
        candidates = meant(tx, [e for e in said if isinstance(e, ClaimAdjudicated) and e.control_number not in rows])
        claims: dict[str, Row] = {n: dict(row._mapping) for n, row in {**candidates, **rows}.items()}
        by_id = projections.claims_by_id(tx, (claim for event in said if (claim := _named_by_id(event)) is not None))
        given = World(claims=claims, candidates=[claims[number] for number in candidates])
        answered |= {identified(given, each).control_number for each in said if isinstance(each, ClaimAdjudicated)}
        found = [claims[number] for number in answered if number in claims]
        about = {balance_key(row, forwarded=False) for row in found}
        about |= {balance_key(row, forwarded=True) for row in found if row["forwarded_to"] is not None}
        balances_of = accounts.lock(tx, STAGE, about)
        balances_by = {
            k: self.states.load(ClaimBalance, row.body) for k, row in balances_of.items() if row.body is not None
        }
        at = projections.answers_at(tx, places(said))
        return World(
            accounts={**payments, **balances_by},
            stored={**stored, **balances_of},
            claims=claims,
            candidates=given.candidates,
            claims_by_id={claim: dict(row._mapping) for claim, row in by_id.items()},
            answers=by_trace(waiting),
            taken={place for place, aside in at.items() if aside is None},
            aside={place: aside for place, aside in at.items() if aside is not None},
            open_deadlines=set(deadlines.still_open(tx, (e.deadline_id for e in said if isinstance(e, DeadlineDue)))),
        )

    def step(self, world: World, event: Answered, record: Record) -> Verdict:
        match event:
            case ClaimAcknowledged():
                return self._acknowledge(world, event, record)
            case Remittance():
                return self._pay(world, event, record)
            case ClaimAdjudicated():
                return self._answer(world, event, record)
            case DeadlineDue():
                return self._overdue(world, event, record)

    def _acknowledge(self, world: World, ack: ClaimAcknowledged, record: Record) -> Verdict:
        """277CA: one of our claims, from the payer it was sent to; on to claiming under the patient's key."""
        claim = world.claims.get(ack.control_number or "") or world.claims_by_id.get(_named_by_id(ack) or "")
        about, detail = f"{ack.payer}/acknowledgements", ack.control_number or ""
        if claim is None or claim["payer"] != ack.payer:
            refusal = Refusal(
                "unknown-claim", "control_number", "acknowledge claims of your own topic, by number or id"
            )
            return Verdict("refused:unknown-claim", about, detail, says=(refused(ack, ack.payer, record, refusal),))
        known = ack.model_copy(
            update={
                **_ours(ack, "claim-acknowledged"),
                "claim_id": claim["claim_id"],
                "control_number": claim["control_number"],
                "hospital": claim["hospital"],
                "account_number": claim["account"],
            }
        )
        return Verdict(
            "acknowledged" if ack.accepted else "rejected",
            f"{claim['hospital']}/{claim['account']}",
            claim["control_number"],
            says=(Say(CLAIM_ACKNOWLEDGED, claim["patient_key"], known, ack.payer),),
        )

    def _pay(self, world: World, remittance: Remittance, record: Record) -> Verdict:
        """The payment came: its answers may be there already, or follow."""
        key = f"payment/{remittance.payer}/{remittance.trace_number}"
        payment = payment_of(world, key)
        about, detail = f"{remittance.payer}/{remittance.trace_number}", "payment"
        if payment.remittance is not None:
            refusal = Refusal("trace-repeated", "trace_number", "a trace number names one payment")
            said = (refused(remittance, remittance.payer, record, refusal),)
            return Verdict("refused:trace-repeated", about, detail, says=said)
        return self._settle(
            world, key, payment.model_copy(update={"remittance": remittance}), remittance, record=record, arrived=()
        )

    def _answer(self, world: World, answer: ClaimAdjudicated, record: Record) -> Verdict:
        """One claim's answer: checked now, posted when its remittance is whole."""
        answer = identified(world, answer)
        about, detail = f"{answer.payer}/{answer.trace_number}", answer.control_number
        row = world.claims.get(answer.control_number)
        refusals = () if answer.not_ours else check_answer(answer, None if row is None else claim_facts(row, answer))
        (place,) = places([answer])
        key = f"payment/{answer.payer}/{answer.trace_number}"
        payment, aside = payment_of(world, key), world.aside.get(place)
        if place in world.taken:
            refusals = (Refusal("position-repeated", "position", "a position holds one answer of a remittance"),)
        elif not payment.is_open and not (aside and comes_to_the_same(self._event({"body": aside}), answer)):
            refusals = (Refusal("remittance-closed", "trace_number", "send it in a remittance of its own"),)
        for_a_person = bool(refusals) and refusals[0].code in FOR_A_PERSON
        if for_a_person:
            refusals = (*refusals, *self_consistent(answer))
        said = tuple(refused(answer, answer.payer, record, each, n) for n, each in enumerate(refusals))
        if refusals and (not for_a_person or len(refusals) > 1 or not payment.is_open):
            return Verdict(f"refused:{refusals[0].code}", about, detail, says=said)
        row = self._row(answer, UNMATCHED if for_a_person else "waiting")
        if not payment.is_open:
            says, balanced = self._posted(world, [answer])
            kept = ({**row, "state": "settled"},)
            return Verdict("settled", about, detail, says=says, accounts=balanced, answers=kept)
        counted = payment.model_copy(update={"answers": payment.answers + (aside is None)})
        verdict = self._settle(world, key, counted, answer, record=record, arrived=(row,))
        if for_a_person:
            return verdict._replace(outcome=f"refused:{refusals[0].code}", says=(*said, *verdict.says))
        return verdict

    def _settle(
        self,
        world: World,
        key: str,
        payment: Payment,
        cause: Remittance | ClaimAdjudicated,
        *,
        record: Record,
        arrived: tuple[Mapping[str, Any], ...],
    ) -> Verdict:
        """Posts a remittance's answers together once they are all there and balance, or suspends it whole."""
        about, detail = f"{cause.payer}/{cause.trace_number}", getattr(cause, "control_number", "payment")
        opened = self._deadline(cause)
        if payment.remittance is None or payment.answers < payment.remittance.claims_count:
            waiting = () if payment.state == "incomplete" or opened.id in world.open_deadlines else (opened,)
            return Verdict(payment.state, about, detail, accounts={key: payment}, answers=arrived, opened=waiting)
        rows = parts(world, payment, cause, arrived)
        answers = [self._event(row) for row in rows]
        refusal = balances(payment.remittance, answers)
        if refusal is not None:
            return Verdict(
                f"suspended:{refusal.code}",
                about,
                detail,
                says=(refused(cause, cause.payer, record, refusal),),
                accounts={key: payment.model_copy(update={"state": "suspended"})},
                answers=(*arrived, *({**row, "state": "suspended"} for row in rows if row["state"] == UNMATCHED)),
                closed=(opened.id,),
            )
        known = [(row, answer) for row, answer in zip(rows, answers, strict=True) if row["state"] != UNMATCHED]
        says, balanced = self._posted(world, [answer for _, answer in known])
        return Verdict(
            "settled",
            about,
            detail,
            says=says,
            accounts={key: payment.model_copy(update={"state": "settled"}), **balanced},
            answers=(
                *(row for row in arrived if row["state"] == UNMATCHED),
                *({**row, "state": "settled"} for row, _ in known),
            ),
            closed=(opened.id,),
        )

    def _posted(
        self, world: World, answers: Sequence[ClaimAdjudicated]
    ) -> tuple[tuple[Say, ...], dict[str, ClaimBalance]]:
        """Every answer as settled, each upon the balance that the one before left its claim. Reversals come last: what
        one remittance takes back and corrects was never taken back as a whole, and no void waits for that."""
        balanced: dict[str, ClaimBalance] = {}
        says = []
        for answer in sorted(answers, key=lambda each: each.status == REVERSAL):
            if answer.not_ours:
                continue
            claim = world.claims[answer.control_number]
            key = balance_key(claim, forwarded=is_forwarded(claim, answer))
            balanced[key] = added(balanced.get(key) or world.accounts.get(key), answer)
            says.append(self._say(answer, claim, balanced[key]))
        return tuple(says), balanced

    def _say(self, answer: ClaimAdjudicated, claim: Mapping[str, Any], balance: ClaimBalance) -> Say:
        """The answer as settled, to claiming, under the key of the claim's patient."""
        settled = answer.model_copy(
            update={
                **_ours(answer, "claim-adjudicated"),
                "claim_id": claim_answered_id(claim, answer),
                "hospital": claim["hospital"],
                "account_number": claim["account"],
                "balance_charge_cents": balance.charge_cents,
                "balance_paid_cents": balance.paid_cents,
                "answers": balance.answers,
            }
        )
        return Say(CLAIM_ADJUDICATED, claim["patient_key"], settled, answer.payer)

    def _overdue(self, world: World, due: DeadlineDue, record: Record) -> Verdict:
        """A remittance whose parts haven't met in time is a work item, and its payer is told."""
        if due.stage != STAGE:
            return Verdict("not-ours", due.about, due.kind)
        payment = world.accounts.get(due.about)
        if due.deadline_id not in world.open_deadlines or (isinstance(payment, Payment) and payment.state != "waiting"):
            return Verdict("moot", due.about, due.kind)
        incomplete = payment_of(world, due.about).model_copy(update={"state": "incomplete"})
        payer = due.about.split("/")[1]
        refusal = Refusal("remittance-incomplete", "claims_count", "send the answers that are missing, or the payment")
        return Verdict(
            "incomplete",
            due.about.removeprefix("payment/"),
            due.kind,
            says=(refused(due, payer, record, refusal),),
            accounts={due.about: incomplete},
            fired=(due.deadline_id,),
        )

    def _deadline(self, cause: Remittance | ClaimAdjudicated) -> Deadline:
        since = cause.received_at or cause.occurred_at
        about = f"payment/{cause.payer}/{cause.trace_number}"
        return Deadline(
            id=derived("deadline", "remittance-incomplete", cause.payer, cause.trace_number),
            kind="remittance-incomplete",
            stage=STAGE,
            key=self.pseudonyms.remittance(cause.payer, cause.trace_number),
            about=about,
            due_ms=int((since + PATIENCE).timestamp() * 1000),
        )

    def _row(self, answer: ClaimAdjudicated, state: str) -> dict[str, Any]:
        place = {"payer": answer.payer, "trace": answer.trace_number, "position": answer.position}
        return {**place, "control_number": answer.control_number, "state": state, "body": self.codec.encode(answer)}

    def _event(self, row: Mapping[str, Any]) -> ClaimAdjudicated:
        answer = self.codec.decode(bytes(row["body"]))
        assert isinstance(answer, ClaimAdjudicated)
        return answer


def _ours(event: Event, subject: str) -> dict[str, Any]:
    """The common fields of our own word about a payer's event."""
    return {"event_id": derived(subject, "settled", event.producer, event.event_id), **caused_by(event, STAGE)}


def _named_by_id(event: Answered) -> str | None:
    """The claim's id where an acknowledgement names the claim by nothing else."""
    return event.claim_id if isinstance(event, ClaimAcknowledged) and event.control_number is None else None
