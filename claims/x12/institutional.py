"""An 837I's claim: loops 2300 to 2430 of X223A2."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from claims.x12 import claim_loops
from claims.x12.earlier_payers import line_answers, other_payers
from claims.x12.parties import Parties, in_role, named, place, practitioners
from claims.x12.writing import Unwritable, Writer, amount, day, days
from schemas.events.claim import ClaimBuilt, ClaimDiagnosis, ClaimLine, CodedValue
from schemas.events.people import Provider

MOST_LINES: Final = 999


class _Coded(NamedTuple):
    """Diagnoses of a role: their qualifier, how many a claim holds, and whether they say what was there on arrival."""

    role: str
    qualifier: str
    most: int
    arrives: bool = False


_DIAGNOSES: Final = (
    _Coded("principal", "ABK", 1, arrives=True),
    _Coded("admitting", "ABJ", 1),
    _Coded("reason-for-visit", "APR", 3),
    _Coded("external-cause", "ABN", 12, arrives=True),
)
_OTHERS: Final = _Coded("other", "ABF", 24, arrives=True)
_NOT_AVAILABLE: Final = "9"  # CL101 is asked for on every bill, and an outpatient's chart seldom has it
_PATIENT_PAID: Final = "FC"  # the value code under which a bill says what the patient paid


def institutional_claim(w: Writer, claim: ClaimBuilt, parties: Parties) -> None:
    """Everything below the patient's level, in the guide's order."""
    if len(claim.lines) > MOST_LINES:
        raise Unwritable("lines", f"more than {MOST_LINES}", "an 837I holds no more; split the claim")
    bill_type = (claim.bill_type or "").removeprefix("0")
    if len(bill_type) != 3:
        raise Unwritable("bill_type", "not of four digits", "an institutional claim needs its type of bill")
    where = w.composite(bill_type[:2], "A", claim.frequency)
    delay = ("", "", "", "", "", "", "", "", "", "", claim.delay_reason) if claim.delay_reason else ()
    claim_loops.claim_information(w, claim, where, "", *delay)
    _dates(w, claim)
    if not claim.patient_status:
        raise Unwritable("patient_status", "an institutional claim needs it", "give the discharge status in the chart")
    kind = w.code("admission_type", claim.admission_type or _NOT_AVAILABLE, 1)
    w.put(
        "CL1", kind, w.code("admission_source", claim.admission_source, 1),
        w.code("patient_status", claim.patient_status, 2),
    )  # fmt: skip
    claim_loops.attachments(w, claim)
    claim_loops.references(w, claim)
    claim_loops.note(w, claim)
    _health_codes(w, claim)
    practitioners(w, "71", "AT", in_role(claim, "attending")[:1])
    operating, rendering = in_role(claim, "operating"), in_role(claim, "rendering")[:1]
    practitioners(w, "72", "", operating[:1])
    practitioners(w, "ZZ", "", _of_no_line(claim, operating[1:])[:1])
    practitioners(w, "82", "", rendering)
    place(w, claim)
    practitioners(w, "DN", "", in_role(claim, "referring")[:1])
    other_payers(w, claim, parties)
    of_claim = _OfClaim(*({each.npi for each in found[:1]} for found in (operating, rendering)))
    for number, line in enumerate(claim.lines, start=1):
        _line(w, claim, line, number, of_claim)
        line_answers(w, claim, line, parties)


def _dates(w: Writer, claim: ClaimBuilt) -> None:
    if claim.discharge_hour:
        w.put("DTP", "096", "TM", _clock(w, "discharge_hour", claim.discharge_hour))
    w.put("DTP", "434", "RD8", days(claim.statement_from, claim.statement_to))
    if claim.admission_date is not None:
        began = day(claim.admission_date)
        if claim.admission_hour:
            w.put("DTP", "435", "DT", began + _clock(w, "admission_hour", claim.admission_hour))
        else:
            w.put("DTP", "435", "D8", began)


def _clock(w: Writer, field: str, hour: str) -> str:
    """HHMM; a chart often gives the hour alone."""
    said = hour.replace(":", "").zfill(2).ljust(4, "0")
    if len(said) != 4 or not said.isdigit() or said >= "2400" or said[2:] >= "60":
        raise Unwritable(field, "no hour of a day", "give it as 00 to 23")
    return w.code(field, said, 4)


def _health_codes(w: Writer, claim: ClaimBuilt) -> None:
    """HI in the guide's order: diagnoses, DRG, procedures, then spans, occurrences, values and conditions."""
    if not any(diagnosis.role == "principal" for diagnosis in claim.diagnoses):
        raise Unwritable("diagnoses", "no principal diagnosis", "an institutional claim needs one")
    for coded in _DIAGNOSES:
        _of_role(w, claim, coded)
    if claim.drg is not None:
        w.put("HI", w.composite("DR", w.code("drg.code", claim.drg.code, 30)))
    _of_role(w, claim, _OTHERS)
    _procedures(w, claim)
    values = list(_values(claim))
    for kind in ("span", "occurrence", "value", "condition") if values else ():
        field = f"coded_values.{kind}"
        claim_loops.codes(w, field, [_coded(w, field, each) for each in values if each.kind == kind], 24)


def _of_role(w: Writer, claim: ClaimBuilt, coded: _Coded) -> None:
    said = [_diagnosis(w, each, coded) for each in claim.diagnoses if each.role == coded.role]
    claim_loops.codes(w, f"diagnoses.{coded.role}", said, coded.most)


def _diagnosis(w: Writer, diagnosis: ClaimDiagnosis, coded: _Coded) -> str:
    """Present on admission stands ninth; an exempt code has none (a blank, not 1)."""
    code = claim_loops.icd(w, f"diagnoses.{diagnosis.role}", diagnosis.code)
    present = diagnosis.present_on_admission if coded.arrives else None
    return w.composite(coded.qualifier, code, "", "", "", "", "", "", present or "")


def _procedures(w: Writer, claim: ClaimBuilt) -> None:
    """ICD-10-PCS: the principal one, then up to 24, each with its day."""
    said = [
        w.composite("BBQ" if at else "BBR", claim_loops.icd(w, "procedures", each.code), "D8", day(each.performed_at))
        for at, each in enumerate(claim.procedures)
    ]
    claim_loops.codes(w, "procedures", said[:1], 1)
    claim_loops.codes(w, "procedures", said[1:], 24)


def _values(claim: ClaimBuilt) -> Iterator[CodedValue]:
    """The claim's own codes, and what the patient paid: an 837I has no AMT for it."""
    yield from claim.coded_values
    if claim.patient_paid_cents and all(each.code != _PATIENT_PAID for each in claim.coded_values):
        yield CodedValue(kind="value", code=_PATIENT_PAID, cents=claim.patient_paid_cents)


def _coded(w: Writer, field: str, value: CodedValue) -> str:
    code = w.code(field, value.code, 30)
    if value.kind == "condition":
        return w.composite("BG", code)
    if value.kind == "value":
        return w.composite("BE", code, "", "", amount(field, value.cents or 0))
    if value.start is None:
        raise Unwritable(field, "a code without its date", "give its date")
    if value.kind == "occurrence":
        return w.composite("BH", code, "D8", day(value.start))
    return w.composite("BI", code, "RD8", days(value.start, value.end or value.start))


class _OfClaim(NamedTuple):
    """Whom the claim names for all its lines (2310B, 2310D), by NPI."""

    operating: set[str | None]
    rendering: set[str | None]


def _of_no_line(claim: ClaimBuilt, operating: list[Provider]) -> list[Provider]:
    """Who also operated (2310C), but for those whom a line names as its own operator (2420A)."""
    of_lines = {line.operating_npi for line in claim.lines} if operating else ()
    return [each for each in operating if each.npi is None or each.npi not in of_lines]


def _line(w: Writer, claim: ClaimBuilt, line: ClaimLine, number: int, of_claim: _OfClaim) -> None:
    w.put("LX", str(number))
    at = f"lines.{line.number}"
    if not line.revenue_code:
        raise Unwritable(f"{at}.revenue_code", "an institutional line needs one", "give it in the chargemaster")
    unit, count = claim_loops.units(line)
    w.put(
        "SV2", w.code(f"{at}.revenue_code", line.revenue_code, 48), claim_loops.procedure(w, line),
        amount(f"{at}.charge_cents", line.charge_cents), unit, count, "",
        amount(f"{at}.non_covered_cents", line.non_covered_cents) if line.non_covered_cents else "",
    )  # fmt: skip
    claim_loops.service_date(w, line)
    claim_loops.control_number(w, line)
    claim_loops.drug(w, line)
    if line.operating_npi and line.operating_npi not in of_claim.operating:
        practitioners(w, "72", "", [named(claim, "operating", line.operating_npi, f"{at}.operating_npi")])
    if line.rendering_npi and line.rendering_npi not in of_claim.rendering:
        practitioners(w, "82", "", [named(claim, "rendering", line.rendering_npi, f"{at}.rendering_npi")])
