"""835 (X221A1): a payment and its answers, one claim after the other. The payment itself is known at the end.

What only the file can tell is told of the file: where in it the equations break. That an answer is to a claim of ours,
and that a remittance comes once, the ledger knows (agents/adjudication.py).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from pydantic import ValidationError

from claims.remittance import Refusal, pays, self_consistent
from claims.x12.answered_claim import Payment, answered, stands
from claims.x12.envelopes import Begun
from claims.x12.payment_parts import Content
from claims.x12.segments import Segment, X12Fault
from claims.x12.transactions import UNKNOWN_PAYER, Directory, Result, Said, digest, suspend
from claims.x12.values import amount, cents, day, fault, no_room, required, whole
from schemas.events.payer import ProviderAdjustment, Remittance
from schemas.identity import derived

_LONGEST_CLAIM: Final = 20_000  # segments: 999 lines of twenty each
_HEADER: Final = ("BPR", "NTE", "TRN", "CUR", "REF", "DTM", "N1", "N2", "N3", "N4", "PER", "RDM")
_OF_CLAIM: Final = ("CAS", "NM1", "MIA", "MOA", "AMT", "QTY", "SVC", "LQ")
_SEGMENTS: Final = frozenset((*_HEADER, *_OF_CLAIM))
"""Between ST and SE, beside those that open or close a claim."""
_A_YEAR: Final = timedelta(days=366)
_PLB: Final = range(3, 15, 2)  # code and amount: up to six of a provider


class RemittanceReader:
    """Holds the header, one claim and the provider adjustments; never the claims before."""

    def __init__(self, begun: Begun, directory: Directory) -> None:
        self._begun, self._directory, self._notes = begun, directory, begun.notes
        self._header: list[Segment] = []
        self._claim: list[Segment] = []
        self._adjusted: list[Segment] = []
        self._payment: Payment | None = None
        self._asked = False
        self._event_id: str | None = None
        self._claims = self._paid = 0
        self._content = Content()
        self._charged = 0
        self._summary: tuple[Segment, int, int] | None = None

    def take(self, segment: Segment) -> Iterator[Said]:
        match segment.tag:
            case "CLP":
                yield from self._closed()
                self._claim = [segment]
            case "LX" | "TS3" | "TS2":
                yield from self._closed()
                if segment.tag != "TS2":
                    self._sum_up(segment)
            case "PLB":
                yield from self._closed()
                self._sum_up(None)
                self._keep(self._adjusted, segment)
            case tag if tag not in _SEGMENTS:
                raise X12Fault(segment.at, "not a segment of an 835", "leave it out, or write its tag in capitals")
            case _ if self._claim:
                self._keep(self._claim, segment)
            case tag if tag in _OF_CLAIM:
                raise X12Fault(segment.at, "outside of a claim", "begin each claim with CLP", segment.tag)
            case _ if not self._claims:
                self._keep(self._header, segment)

    def end(self) -> Iterator[Said]:
        yield from self._closed()
        self._sum_up(None)
        yield from self._said_of_all()

    def _sum_up(self, begins: Segment | None) -> None:
        """TS3 says how many claims of a provider follow, and what they charged. One that is wrong moves no money."""
        if self._summary is not None:
            ts3, claims, charged = self._summary
            if whole(ts3, 4) not in {None, self._claims - claims}:
                mend = "count the claims of the provider"
                self._notes.find(ts3.at, "provider-totals", "TS304: not the number of the claims after it", mend)
            try:
                wrong = bool(ts3.element(5)) and cents(ts3, 5) != self._charged - charged
            except X12Fault:
                wrong = True
            if wrong:
                mend = "add up the claims of the provider"
                self._notes.find(ts3.at, "provider-totals", "TS305: not the sum of the charges after it", mend)
        is_one = begins is not None and begins.tag == "TS3"
        self._summary = (begins, self._claims, self._charged) if begins is not None and is_one else None

    def result(self, begun: Begun) -> Result:
        payment, bpr = self._known(), self._first("BPR")
        try:
            paid = 0 if bpr is None else _payment_cents(bpr)
        except X12Fault:
            paid = 0
        payer, trace = (None, None) if payment is None else (payment.payer, payment.trace)
        return Result(
            "835", begun.control_number, begun.at, payer, trace, self._event_id, self._claims, self._paid, paid,
            tuple(self._notes.faults), tuple(self._notes.findings),
            content=self._content.name("" if bpr is None else bpr.element(2)),
        )  # fmt: skip

    def _keep(self, kept: list[Segment], segment: Segment) -> None:
        if len(kept) >= _LONGEST_CLAIM:
            raise X12Fault(segment.at, "a loop without an end", "begin each claim with CLP")
        kept.append(segment)

    def _closed(self) -> Iterator[Said]:
        """The claim that ends here."""
        claim, self._claim = self._claim, []
        if not claim:
            return
        payment = self._known()
        self._claims += 1
        self._content.add(claim[0])
        try:
            self._paid += cents(claim[0], 4)
            self._charged += cents(claim[0], 3)
            if payment is None:
                return
            answer = answered(claim, payment, self._claims, self._notes)
        except (X12Fault, ValidationError) as unreadable:
            suspend(self._notes, claim[0].at, "CLP", unreadable)
            return
        for refusal in self_consistent(answer):
            self._refuse(*stands(claim, refusal.field), refusal)
        if not self._notes.faults:
            yield answer

    def _said_of_all(self) -> Iterator[Said]:
        payment = self._known()
        if payment is None or self._notes.faults:
            return
        try:
            remittance = self._remittance(payment)
        except (X12Fault, ValidationError) as unreadable:
            suspend(self._notes, self._begun.at, "BPR", unreadable)
            return
        refusal = pays(remittance)
        if refusal is not None:
            bpr = self._first("BPR")
            self._refuse(self._begun.at if bpr is None else bpr.at, "BPR02", refusal)
        else:
            self._event_id = remittance.event_id
            yield remittance

    def _known(self) -> Payment | None:
        """What BPR, TRN and N1 PR say, looked up once; without them nothing of the transaction can be used."""
        if not self._asked:
            self._asked = True
            try:
                self._payment = self._read_payment()
            except X12Fault as unreadable:
                suspend(self._notes, self._begun.at, "BPR", unreadable)
        return self._payment

    def _read_payment(self) -> Payment:
        bpr, trn = self._first("BPR"), self._first("TRN")
        if bpr is None or trn is None:
            raise X12Fault(self._begun.at, "no payment (BPR) or no trace number (TRN)", "send both in the header")
        if sum(segment.tag in ("BPR", "TRN") for segment in self._header) > 2:
            raise X12Fault(self._begun.at, "BPR or TRN is there twice", "send each payment in a transaction of its own")
        payer = self._directory.by_ids([*self._payers_ids(), *self._begun.senders])
        if payer is None:
            raise X12Fault(self._begun.at, "whose remittance this is, is not known", UNKNOWN_PAYER)
        self._look_at_payee()
        _in_dollars(self._first("CUR"))
        return Payment(payer, self._name(required(trn, 2)), _paid_on(bpr, self._begun.group))

    def _name(self, trace: str) -> str:
        """A trace number, and of a payment in parts which part."""
        part = self._directory.parts.get(self._begun.at)
        return trace if part is None else f"{trace}/{part}"

    def _look_at_payee(self) -> None:
        """Another's money is posted to nobody of ours, whatever claims it names."""
        ids = [each for each in self._payee() if each]
        if ids and not any(map(self._directory.is_ours, ids)):
            why = "N104: a payee who is no hospital of ours"
            mend = "give it to whom it is for; where he is ours, partners.yaml lacks his NPI or tax id"
            self._notes.suspend(self._loop("PE")[0].at, "another-payee", why, mend)

    def _remittance(self, payment: Payment) -> Remittance:
        bpr, (npi, tax_id) = self._first("BPR"), self._payee()
        assert bpr is not None
        taken = tuple(each for plb in self._adjusted for each in _provider_adjustments(plb))
        # Claims are in their own ids; of what is said of all of them a resent file may repeat all but its envelope.
        content = digest((*self._header, *self._adjusted))
        return Remittance(
            event_id=derived("835", payment.payer, payment.trace, content, self._claims, self._paid),
            occurred_at=payment.occurred_at,
            producer=payment.payer,
            payer=payment.payer,
            trace_number=payment.trace,
            method=required(bpr, 4),
            date=payment.day,
            payment_cents=_payment_cents(bpr),
            payee_npi=npi,
            payee_tax_id=tax_id,
            provider_adjustments=taken,
            claims_count=self._claims,
            claims_paid_cents=self._paid,
        )

    def _first(self, tag: str) -> Segment | None:
        return next((segment for segment in self._header if segment.tag == tag), None)

    def _loop(self, entity: str) -> list[Segment]:
        """N1 of an entity and what follows it until the next one."""
        found: list[Segment] = []
        for segment in self._header:
            if segment.tag == "N1" and found:
                break
            if found or (segment.tag == "N1" and segment.element(1) == entity):
                found.append(segment)
        return found

    def _payers_ids(self) -> Iterator[str]:
        """N104, then the additional ids of REF; last the 9 digits behind the 1 of TRN03."""
        for segment in self._loop("PR"):
            number = {"N1": 4, "REF": 2}.get(segment.tag)
            if number is not None and segment.element(number).strip():
                yield segment.element(number).strip()
        trn = self._first("TRN")
        if trn is not None and trn.element(3).strip():
            yield trn.element(3).strip()

    def _payee(self) -> tuple[str | None, str | None]:
        npi = tax_id = None
        for segment in self._loop("PE"):
            qualifier, said = (3, 4) if segment.tag == "N1" else (1, 2)
            match segment.tag, segment.element(qualifier):
                case "N1", "XX":
                    npi = segment.element(said).strip() or None
                case ("N1", "FI") | ("REF", "TJ"):
                    tax_id = segment.element(said).strip().replace("-", "") or None
        return npi, tax_id

    def _refuse(self, at: int, element: str, refusal: Refusal) -> None:
        self._notes.suspend(at, refusal.code, element, refusal.mend)


def _paid_on(bpr: Segment, group: Segment | None) -> date:
    """BPR16, the day of each answer. Of another century, or a year after the file (GS04), it is mistyped; an old one
    may be of a file that was asked for again."""
    said = day(bpr, 16)
    if not 1900 <= said.year <= 2100 or said - _made_on(group, said) > _A_YEAR:
        raise fault(bpr, 16, "no day of our time", "correct the year")
    return said


def _made_on(group: Segment | None, otherwise: date) -> date:
    try:
        return otherwise if group is None else day(group, 4)
    except X12Fault:
        return otherwise


def _in_dollars(currency: Segment | None) -> None:
    if currency is not None and required(currency, 2) != "USD":
        raise fault(currency, 2, "not in dollars", "send it in USD, as the claims were")


def _payment_cents(bpr: Segment) -> int:
    """BPR02; a debit (BPR03 D) takes the money from the payee, and a prenotification (BPR01 P) moves none."""
    paid = amount(bpr, 2)
    if bpr.element(3) not in ("C", "D"):
        raise fault(bpr, 3, "neither credit nor debit", "send C, or D")
    if bpr.element(1) == "P" and paid:
        raise fault(bpr, 1, "a prenotification that pays", "send I for what is paid")
    return -paid if bpr.element(3) == "D" else paid


def _provider_adjustments(plb: Segment) -> Iterator[ProviderAdjustment]:
    """Each code with its amount; of a code without its amount, or the reverse, nothing is guessed."""
    for number in _PLB:
        if not plb.element(number) and not plb.element(number + 1):
            continue
        required(plb, number)
        code, *reference = plb.components(number)
        try:
            adjusted = ProviderAdjustment(
                provider=required(plb, 1),
                fiscal_date=day(plb, 2),
                code=code.strip(),
                reference=(reference[0].strip() or None) if reference else None,
                cents=amount(plb, number + 1),
            )
        except ValidationError as error:
            raise no_room(plb.at, error, f"PLB{number:02d}") from None
        yield adjusted
