"""Somebody's 837 as claims of our own types (X222A1, X223A2): as near to a claim we form as a stranger's file allows.

What a claim doesn't say is absent. Who it doesn't know of us is named as the file names him: a hospital by its NPI, a
payer by his payer id. Everything that can't be read of one claim is told at once, and the others are read all the same.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from claims.identity import billing_key, claim_built_id, claim_id, period
from claims.x12.causes_in import causes
from claims.x12.claim_codes_in import codes
from claims.x12.claim_lines_in import OfClaim, line, who
from claims.x12.enclosures_in import attachments, notes
from claims.x12.fields import NO_DAY, Doubt, Fields, parts
from claims.x12.header_in import sent_at, submitter
from claims.x12.loops import ClaimLoops, Loop, read_loops
from claims.x12.other_payers_in import OtherPayer, authorizations, other_payers
from claims.x12.people_in import address, organization, provider
from claims.x12.segments import Segment, X12Fault
from claims.x12.subscribers_in import billing_provider, member, patient
from claims.x12.values import no_room
from schemas.events.chart import PayerKind, Signatures
from schemas.events.claim import ChartVersion, ClaimBuilt
from schemas.events.people import Organization, Provider
from schemas.events.types import Day

_STATEMENT, _ADMISSION, _DISCHARGE = "434", "435", "096"
_ONSET, _LAST_MENSTRUAL_PERIOD = "431", "484"
_NOT_AVAILABLE: Final = "9"  # CL101, where nobody knows
_TWO_DIGITS: Final = re.compile(r"[0-9]{2}")
_YES_NO: Final = {"Y": True, "N": False}
_RELEASED: Final = {"Y": True, "I": False}
_ACCEPTS: Final = {"A": True, "C": False}


@dataclass(frozen=True)
class Known:
    """Who of a file's parties is ours: a hospital by a billing NPI, a payer by his payer id."""

    hospital: Callable[[str], str | None]
    payer: Callable[[str], tuple[str, PayerKind] | None]


class ClaimRead(NamedTuple):
    """A claim; the segment at which it begins; its other payers; the laboratory's number (REF X4); and what is wrong
    with it that kept nobody from reading it."""

    claim: ClaimBuilt
    at: int
    others: tuple[OtherPayer, ...]
    clia: str | None
    doubts: tuple[Doubt, ...] = ()


class Unread(NamedTuple):
    """A claim of which something can't be read: its number, where it has one, and all that is wrong."""

    control_number: str | None
    at: int
    faults: tuple[X12Fault, ...]


def read_claims(chunks: Iterable[bytes], known: Known) -> Iterator[ClaimRead | Unread | X12Fault]:
    """Every claim of a file; what is wrong outside of claims stands between them."""
    for loops in read_loops(chunks):
        yield loops if isinstance(loops, X12Fault) else _read(loops, known)


def _read(loops: ClaimLoops, known: Known) -> ClaimRead | Unread:
    fields, head = Fields(), loops.claim.head
    try:
        found = _Claim(loops, known, fields).read()
    except ValidationError as error:
        fields.faults.append(no_room(head.at, error, "CLM"))
        found = None
    if fields.faults or found is None:
        return Unread(head.element(1) or None, head.at, fields.in_order())
    return found


class _Claim:
    """One claim being read: its loops, and what the other parts of it ask for."""

    def __init__(self, loops: ClaimLoops, known: Known, fields: Fields) -> None:
        self.loops, self.known, self.fields = loops, known, fields
        self.claim, self.head = loops.claim, loops.claim.head
        self.control_number = fields.required(self.head, 1)
        self.place = parts(self.head, 5)
        self.professional = loops.kind == "professional"

    def read(self) -> ClaimRead | None:
        if len(self.place.elements) < 4:
            self.fields.wrong(self.head, 5, "not of three components", "part them by the sign that ISA16 names")
            return None
        billing = billing_provider(self.loops, self.fields)
        policy = member(self.loops, self._payer, self.fields)
        if billing is None or policy is None:
            return None
        lines, days = list(self.claim.within("LX")), self._statement()
        if not lines:
            self.fields.wrong(self.head, 1, "a claim without a line (LX)", "give its lines")
            return None
        others = tuple(other_payers(self.claim, lines, self._payer, self.fields))
        said = {
            **self._heading(),
            **policy,
            **self._stay(),
            **self._coded(),
            **self._lines(lines, days, billing.npi),
            "patient": patient(self.loops, self._reference("EA") or self.control_number, self.fields),
            "hospital": self.known.hospital(billing.npi or "") or billing_key(billing)[:64],
            "billing_provider": billing,
            "pay_to": self._pay_to(),
            "service_facility": self._facility(),
            "providers": tuple(self._providers(lines)),
            "prior": tuple(other.answer for other in others if other.answer is not None),
        }
        if self.fields.faults:
            return None
        doubts = tuple(self.fields.doubts)
        return ClaimRead(self._identified(said), self.head.at, others, self._reference("X4"), doubts)

    def _coded(self) -> dict[str, Any]:
        """What stands in codes, and what follows from them."""
        found = codes(self.claim.all("HI"), self.loops.kind, self.fields)
        return {
            "diagnoses": tuple(found.diagnoses),
            "procedures": tuple(found.procedures),
            "coded_values": tuple(found.values),
            "drg": found.drg,
            "causes": causes(self.loops, found.values, self.fields),
            "patient_paid_cents": self._paid() or found.patient_paid_cents,
        }

    def _lines(self, loops: Sequence[Loop], days: tuple[Day, Day] | None, biller: str | None) -> dict[str, Any]:
        """The lines, and the days they span where the claim itself says none."""
        place = rendering = None
        if self.professional:
            place, rendering = self.place.element(1) or None, self._performed(loops, biller)
        of_claim = OfClaim(self.loops.kind, self.control_number, place, rendering, days)
        lines = tuple(filter(None, [line(each, of_claim, self.fields) for each in loops]))
        first, last = days or (
            min((each.service_from for each in lines), default=NO_DAY),
            max((each.service_to for each in lines), default=NO_DAY),
        )
        return {"lines": lines, "statement_from": first, "statement_to": last}

    def _performed(self, lines: Sequence[Loop], biller: str | None) -> str | None:
        """Who performed a line that names nobody: whom the claim names (2310B), or who bills, where other lines name
        somebody else (2420A)."""
        elsewhere = any(True for line in lines for _ in line.within("NM1", "82"))
        return who(self.claim, "82", self.fields) or (biller if elsewhere else None)

    def _identified(self, said: dict[str, Any]) -> ClaimBuilt:
        """With the ids that follow from what it says."""
        split = said["lines"][0].control_number
        name_of = claim_id(
            hospital=said["hospital"],
            account_number=self.control_number,
            kind=self.loops.kind,
            billing=billing_key(said["billing_provider"]),
            period=period(self.control_number, said["statement_from"], said["statement_to"]),
            split=split,
            payer=said["payer"],
            sequence=said["payer_sequence"],
            revision=1,
        )
        return ClaimBuilt(**said, claim_id=name_of, event_id=claim_built_id(name_of, 1))

    def _heading(self) -> dict[str, Any]:
        """What the claim itself is, and when and by whom it was sent."""
        head, fields = self.head, self.fields
        delay = head.element(20) or None
        signed = Signatures(
            assignment_of_benefits=_YES_NO.get(head.element(8)),
            release_of_information=_RELEASED.get(head.element(9)),
            provider_accepts_assignment=_ACCEPTS.get(head.element(7)),
        )
        return {
            "occurred_at": sent_at(self.loops.header, fields),
            "producer": "x12",
            "submission": 1,
            "revision": 1,
            "control_number": self.control_number,
            "kind": self.loops.kind,
            "account_number": self.control_number,
            "charts": (ChartVersion(chart_id=self.control_number, version=1),),
            "frequency": fields.required(self.place, 3),
            "original_reference": self._reference("F8"),
            "submitter": submitter(self.loops.header),
            "signatures": signed,
            "authorizations": tuple(authorizations(self.claim)),
            "referral": self._reference("9F"),
            "total_charge_cents": fields.amount(head, 2),
            "notes": tuple(notes(self.claim, self.loops.kind, delay)),
            "delay_reason": delay,
            "attachments": tuple(attachments(self.claim, fields)),
        }

    def _paid(self) -> int:
        """What the patient has paid (837P AMT F5)."""
        paid = self.claim.first("AMT", "F5")
        return self.fields.cents(paid, 2) if paid else 0

    def _stay(self) -> dict[str, Any]:
        """Admission and discharge; bill type or place."""
        admitted, left = self.claim.first("DTP", _ADMISSION), self.claim.first("DTP", _DISCHARGE)
        facts, place = self.claim.first("CL1"), self.place.element(1)
        if self.professional:
            return {
                "place_of_service": place or None,
                "admission_date": self.fields.days(admitted)[0] if admitted else None,
                "onset": self._day(_ONSET),
                "last_menstrual_period": self._day(_LAST_MENSTRUAL_PERIOD),
            }
        if facts is None:
            self.fields.wrong(self.head, 1, "an institutional claim without CL1", "give the patient's status")
        hour = admitted.element(3)[8:] if admitted and admitted.element(2) == "DT" else ""
        return {
            "bill_type": f"0{place}{self.place.element(3)}" if place else None,
            "admission_date": self.fields.days(admitted)[0] if admitted else None,
            "admission_hour": _hour(hour),
            "admission_type": (facts.element(1).replace(_NOT_AVAILABLE, "") or None) if facts else None,
            "admission_source": (facts.element(2) or None) if facts else None,
            "patient_status": self._status(facts) if facts else None,
            "discharge_hour": _hour(left.element(3)) if left else None,
        }

    def _day(self, qualifier: str) -> Day | None:
        said = self.claim.first("DTP", qualifier)
        return self.fields.days(said)[0] if said else None

    def _status(self, facts: Segment) -> str | None:
        """CL103."""
        status = facts.element(3)
        if status and not _TWO_DIGITS.fullmatch(status):
            self.fields.wrong(facts, 3, "no patient status", "write its two digits")
        return status or None

    def _statement(self) -> tuple[Day, Day] | None:
        """A hospital's claim says its days; a professional's are those of its lines."""
        if self.professional:
            return None
        said = self.claim.first("DTP", _STATEMENT)
        if said is None:
            self.fields.wrong(self.head, 1, "an institutional claim without its days: DTP*434 is missing", "give them")
            return None
        return self.fields.days(said)

    def _pay_to(self) -> Any:
        found = next(self.loops.billing.within("NM1", "87"), None) if self.loops.billing else None
        return address(found) if found else None

    def _facility(self) -> Organization | None:
        found = next(self.claim.within("NM1", "77"), None)
        return organization(found, self.fields) if found else None

    def _providers(self, lines: Iterable[Loop]) -> Iterator[Provider]:
        """Each practitioner in each of his roles, once: the claim's, then those of lines."""
        seen = set[tuple[str, str | None]]()
        for loop in (self.claim, *lines):
            for each in loop.within("NM1"):
                person = provider(each, self.fields)
                if person is not None and (person.role, person.npi) not in seen:
                    seen.add((person.role, person.npi))
                    yield person

    def _payer(self, number: str, indicator: str) -> tuple[str, PayerKind]:
        """Ours by his id, or else as the file names him; workers' compensation is no health plan."""
        return self.known.payer(number) or (number, "business" if indicator == "WC" else "insurer")

    def _reference(self, qualifier: str) -> str | None:
        said = self.claim.first("REF", qualifier)
        return (said.element(2) or None) if said else None


def _hour(said: str) -> str | None:
    """The hour alone, as charts have it, where HHMM tells no minutes."""
    return said.removesuffix("00") if len(said) == 4 else said or None
