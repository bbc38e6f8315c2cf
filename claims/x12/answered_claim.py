"""One claim of an 835 (loop 2100 with its lines, 2110) as an answer of ours. Pure, and once per claim."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from claims.remittance import REVERSAL
from claims.x12.envelopes import Notes
from claims.x12.segments import Segment, X12Fault
from claims.x12.transactions import digest
from claims.x12.values import REASONS, REMARKS, amount, cents, day, fault, no_room, required, thousandths
from schemas.events.claim import Adjustment
from schemas.events.payer import AnsweredLine, ClaimAdjudicated
from schemas.events.people import Name
from schemas.identity import derived

T = TypeVar("T")
_INFORM: Final = frozenset({"AMT", "QTY", "MIA", "DTM"})
_CROSSED_OVER: Final = frozenset({"19", "20", "21", "23"})
_PERIOD: Final = {"232": "service_from", "233": "service_to"}
_OF_LINE: Final = frozenset({"472", "150", "151"})
_ELEMENTS: Final = {
    "control_number": "CLP01",
    "status": "CLP02",
    "charge_cents": "CLP03",
    "paid_cents": "CLP04",
    "patient_responsibility_cents": "CLP05",
    "payer_claim_number": "CLP07",
    "interest_cents": "AMT02",
    "adjustments": "CAS",
}
_LINE: Final = re.compile(r"lines\[([0-9]+)\]\.?(.*)")
_OF_SVC: Final = {"charge_cents": "SVC02", "paid_cents": "SVC03"}
_REVENUE: Final = "NU"


@dataclass(frozen=True)
class Payment:
    """What the claims of a remittance share."""

    payer: str
    trace: str
    day: date

    @property
    def occurred_at(self) -> datetime:
        """The day of payment: the same in every file that says it, and no clock's."""
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)


@dataclass
class _Level:
    """What a claim and each of its lines may say."""

    opened: Segment
    adjustments: list[Adjustment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    control_number: str | None = None
    allowed: int | None = None


def answered(segments: Sequence[Segment], payment: Payment, position: int, notes: Notes) -> ClaimAdjudicated:
    """CLP and what follows it. X12Fault or ValidationError where it can't be an answer."""
    clp = segments[0]
    claim, lines, told = _levels(segments, notes)
    status = required(clp, 2)
    _look_at(clp, status, told, notes)
    patient = None if status == REVERSAL or not clp.element(5) else cents(clp, 5)
    return ClaimAdjudicated(
        event_id=derived("835", payment.payer, payment.trace, position, digest(segments)),
        occurred_at=payment.occurred_at,
        producer=payment.payer,
        payer=payment.payer,
        trace_number=payment.trace,
        position=position,
        control_number=required(clp, 1),
        payer_claim_number=clp.element(7).strip() or None,
        status=status,  # type: ignore[arg-type]  # the model holds it to those there are
        adjudicated_on=payment.day,
        charge_cents=amount(clp, 3),
        paid_cents=amount(clp, 4),
        patient_responsibility_cents=patient,
        adjustments=tuple(claim.adjustments),
        lines=tuple(map(_line, lines)),
        remarks=tuple(claim.remarks),
        filing_indicator=clp.element(6).strip() or None,
        drg=clp.element(11).strip() or None,
        drg_weight=clp.element(12).strip() or None,
        allowed_cents=claim.allowed,
        **told,
    )


def stands(segments: Sequence[Segment], name: str) -> tuple[int, str]:
    """Where in a claim a field of its answer stands: the segment's number and the element."""
    of_line = _LINE.fullmatch(name)
    if of_line is None:
        return segments[0].at, _ELEMENTS.get(name, "CLP")
    svc = [segment for segment in segments if segment.tag == "SVC"][int(of_line[1])]
    return svc.at, _OF_SVC.get(of_line[2], "SVC")


def _levels(segments: Sequence[Segment], notes: Notes) -> tuple[_Level, list[_Level], dict[str, Any]]:
    """The claim, its lines, and what is said of the claim by the way."""
    claim = now = _Level(segments[0])
    lines: list[_Level] = []
    told: dict[str, Any] = {}
    days: list[date | None] = []
    for segment in segments:
        if segment.tag in _INFORM:
            _inform(segment, now, told if now is claim else None, notes)
        match segment.tag:
            case "SVC":
                now = _Level(segment)
                lines.append(now)
            case "CAS":
                now.adjustments.extend(_adjustments(segment))
            case "REF" if segment.element(1) == "6R":
                now.control_number = segment.element(2).strip() or None
            case "LQ" if segment.element(1) in {"HE", "RX"}:
                now.remarks.append(required(segment, 2))
            case "MIA" | "MOA":
                claim.remarks.extend(_said(segment, REMARKS[segment.tag]))
            case "AMT" if now is claim and segment.element(1) == "I":
                told["interest_cents"] = cents(segment, 2)
            case "NM1" if now is claim:
                told |= _named(segment)
            case "DTM" if now is claim and segment.element(1) in _PERIOD:
                told[_PERIOD[segment.element(1)]] = _day(segment)
            case "DTM" if now is not claim and segment.element(1) in _OF_LINE:
                days.append(_day(segment))
    known = [each for each in days if each is not None]
    if known:
        told = {"service_from": min(known), "service_to": max(known)} | told
    return claim, lines, told


def _inform(segment: Segment, level: _Level, told: dict[str, Any] | None, notes: Notes) -> None:
    """What is allowed, of a claim or a line; and of a claim, when it was received and how many days are covered."""
    match segment.tag, segment.element(1):
        case "AMT", said if said == ("B6" if told is None else "AU"):
            level.allowed = _told(cents, segment, 2, notes)
        case "QTY", "CA" if told is not None:
            told["covered_days"] = _quantity(segment, 2, notes)
        case "MIA", days if told is not None and days:
            told.setdefault("covered_days", _quantity(segment, 1, notes))
        case "DTM", "050" if told is not None:
            told["received_on"] = _told(day, segment, 2, notes)


def _told(read: Callable[[Segment, int], T | None], segment: Segment, number: int, notes: Notes) -> T | None:
    """What informs, and moves no money: where it can't be read it is left out, and found."""
    try:
        return read(segment, number)
    except X12Fault as unreadable:
        notes.find(unreadable.at, "not-kept", f"{unreadable.element}: {unreadable.why}", unreadable.mend)
        return None


def _quantity(segment: Segment, number: int, notes: Notes) -> int | None:
    """How many, in a reversal too, which may negate it."""
    said = _told(thousandths, segment, number, notes)
    return None if said is None else abs(said)


def _day(dtm: Segment) -> date | None:
    """A day of service; by what can't be read no claim is found, and no money is stopped."""
    try:
        return day(dtm, 2)
    except X12Fault:
        return None


def _adjustments(cas: Segment) -> Iterator[Adjustment]:
    """A group and up to six reasons. In a reversal a quantity is negated as its amount is; how many it was stays."""
    group = required(cas, 1)
    for number in REASONS:
        if number >= len(cas.elements):
            return
        if not cas.element(number) and not cas.element(number + 1):
            continue
        quantity = thousandths(cas, number + 2)
        try:
            adjustment = Adjustment(
                group=group,  # type: ignore[arg-type]
                carc=required(cas, number),
                cents=cents(cas, number + 1),
                quantity=None if quantity is None else abs(quantity),
            )
        except ValidationError as error:
            raise no_room(cas.at, error, "CAS") from None
        yield adjustment


def _line(level: _Level) -> AnsweredLine:
    """SVC: the code with its modifiers as adjudicated and, where others were sent, those (SVC06). A revenue code that
    stands alone (NU) is no procedure."""
    svc = level.opened
    code, modifiers = _procedure(svc, 1)
    if code is None:
        raise fault(svc, 1, "empty", "it is required")
    submitted, its_modifiers = _procedure(svc, 6)
    alone, was_alone = (svc.element(number).startswith(_REVENUE) for number in (1, 6))
    sent = thousandths(svc, 7)
    try:
        return AnsweredLine(
            control_number=level.control_number,
            code=None if alone else code,
            submitted_code=None if was_alone else submitted,
            units=_paid_units(svc, sent),
            charge_cents=cents(svc, 2),
            paid_cents=cents(svc, 3),
            adjustments=tuple(level.adjustments),
            remarks=tuple(level.remarks),
            allowed_cents=level.allowed,
            modifiers=() if alone else modifiers,
            submitted_modifiers=() if was_alone else its_modifiers,
            submitted_units=None if sent is None else abs(sent),
            revenue_code=code if alone else svc.element(4).strip() or None,
        )
    except ValidationError as error:
        raise no_room(svc.at, error, "SVC") from None


def _paid_units(svc: Segment, sent: int | None) -> int | None:
    """SVC05: one where only what was sent (SVC07) is told, for that is told where it was another number."""
    units = thousandths(svc, 5)
    if units is None:
        return None if sent is None else 1000
    return abs(units)


def _procedure(svc: Segment, number: int) -> tuple[str | None, tuple[str, ...]]:
    """The code of a composite, after its qualifier, and up to four modifiers."""
    parts = svc.components(number)
    if len(parts) < 2:
        return None, ()
    return parts[1].strip() or None, tuple(filter(None, map(str.strip, parts[2:6]))) if len(parts) > 2 else ()


def _said(segment: Segment, numbers: Iterable[int]) -> Iterator[str]:
    return (said for number in numbers if (said := segment.element(number).strip()))


def _named(nm1: Segment) -> dict[str, Any]:
    """Who is named: the patient (QC), to whom the claim went on (TT), the patient's name and id mended (74), who should
    pay first (PR)."""
    name, number = nm1.element(3).strip() or None, nm1.element(9).strip() or None
    match nm1.element(1):
        case "QC":
            patient = None if name is None else Name(family=name, given=nm1.element(4).strip() or None)
            return {"patient_name": patient, "member_id": number}
        case "TT":
            return {"crossover_carrier": name or number}
        case "74":
            corrected = None if name is None else Name(family=name, given=nm1.element(4).strip() or None)
            return {"corrected_member_id": number, "corrected_name": corrected}
        case "PR":
            return {"corrected_payer": name or number}
        case _:
            return {}


def _look_at(clp: Segment, status: str, told: dict[str, Any], notes: Notes) -> None:
    if status == REVERSAL and clp.element(5).strip("0."):
        notes.find(clp.at, "reversal-responsibility", "a reversal names patient responsibility", "leave CLP05 out")
    if status in _CROSSED_OVER and not told.get("crossover_carrier"):
        notes.find(clp.at, "no-carrier", "sent on, and not to whom", "name the carrier (NM1 TT)")
