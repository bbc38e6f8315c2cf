"""Whose policy it is, and who the patient is, where that is another person (837 loops 2000B, 2010B, 2000C, 2010CA)."""

from typing import Final

from claims.x12.parties import Parties, address, person
from claims.x12.writing import Unwritable, Writer, day
from schemas.events.claim import ClaimBuilt
from schemas.events.people import Address, Relationship, Sex
from schemas.events.types import Day

SEQUENCE: Final = "PSTABCDEFGH"
"""SBR01 by a payer's place in the order: first, second, third, then fourth to eleventh."""
SELF: Final = "18"
RELATIONSHIPS: Final[dict[Relationship, str]] = {"self": SELF, "spouse": "01", "child": "19", "other": "G8"}
FILING_INDICATORS: Final = frozenset(
    {
        "11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS",
        "FI", "HM", "LM", "MA", "MB", "MC", "OF", "TV", "VA", "WC", "ZZ",
    }
)  # fmt: skip
"""SBR09 of the 5010 guides; 09 was the 4010's."""
_SEX: Final[dict[Sex, str]] = {"female": "F", "male": "M", "other": "U", "unknown": "U"}


def sequence(field: str, number: int) -> str:
    """SBR01."""
    if not 1 <= number <= len(SEQUENCE):
        raise Unwritable(field, f"no place among {len(SEQUENCE)} payers", "correct the order of the coverages")
    return SEQUENCE[number - 1]


def filing_indicator(field: str, code: str) -> str:
    """SBR09."""
    if code not in FILING_INDICATORS:
        raise Unwritable(field, "no claim filing indicator of 5010", "correct it in the chart's coverage")
    return code


def subscriber(w: Writer, claim: ClaimBuilt, named: Parties) -> None:
    """Loops 2000B after its HL, 2010BA and 2010BB; the patient's own facts stand here where the policy is his."""
    is_patient = claim.subscriber.relationship == "self"
    w.put(
        "SBR", sequence("payer_sequence", claim.payer_sequence), SELF if is_patient else "",
        w.code("group", claim.group, 50), "", _insurance_type(w, claim), "", "", "",
        filing_indicator("filing_indicator", claim.filing_indicator),
    )  # fmt: skip
    if is_patient and claim.kind == "professional":
        _deceased(w, "", claim)
    holder, patient = claim.subscriber, claim.patient
    if not claim.member_id:
        raise Unwritable("member_id", "the payer knows his members by it", "give it in the chart's coverage")
    member = w.code("member_id", claim.member_id, 80, 2)
    if is_patient:
        person(w, "patient", "IL", patient.name or holder.name, ("MI", member))
        _facts(w, "patient", patient.address, patient.birth_date, patient.sex)
        casualty(w, claim)
    else:
        person(w, "subscriber", "IL", holder.name, ("MI", member))
        _facts(w, "subscriber", holder.address, holder.birth_date, holder.sex)
    payer = named.payer("payer", claim.payer)
    number = w.code("payer.payer_id", payer.payer_id, 80, 2)
    w.put("NM1", "PR", "2", w.name("payer", payer.name, 60), "", "", "", "", "PI", number)


def dependent(w: Writer, claim: ClaimBuilt) -> None:
    """Loops 2000C after its HL, and 2010CA: a patient on somebody else's policy."""
    patient = claim.patient
    relationship = RELATIONSHIPS[claim.subscriber.relationship]
    if claim.kind == "professional" and patient.deceased_date:
        _deceased(w, relationship, claim)
    else:
        w.put("PAT", relationship)
    person(w, "patient", "QC", patient.name)
    if patient.address is None:
        raise Unwritable("patient.address", "a dependent's address is asked for", "give it in the chart")
    address(w, "patient.address", patient.address)
    if patient.birth_date is None:
        raise Unwritable("patient.birth_date", "a dependent's birth date is asked for", "give it in the chart")
    w.put("DMG", "D8", day(patient.birth_date), _SEX[patient.sex])
    casualty(w, claim)


def _insurance_type(w: Writer, claim: ClaimBuilt) -> str:
    """SBR05: an 837I has none."""
    return w.code("insurance_type", claim.insurance_type, 2, 2) if claim.kind == "professional" else ""


def casualty(w: Writer, claim: ClaimBuilt) -> None:
    """REF Y4: the number that a property and casualty insurer gave the accident."""
    number = next((cause.claim_number for cause in claim.causes if cause.claim_number), None)
    if number:
        w.put("REF", "Y4", w.code("causes.claim_number", number, 50))


def _deceased(w: Writer, relationship: str, claim: ClaimBuilt) -> None:
    died = claim.patient.deceased_date
    if died is not None:
        w.put("PAT", relationship, "", "", "", "D8", day(died))


def _facts(w: Writer, field: str, at: Address | None, born: Day | None, sex: Sex) -> None:
    if at is not None:
        address(w, f"{field}.address", at)
    if born is not None:
        w.put("DMG", "D8", day(born), _SEX[sex])
