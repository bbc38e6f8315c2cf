"""What a professional and an institutional claim have in common in loops 2300 and 2400."""

from collections.abc import Sequence
from typing import Final

from claims.enclosures import MOST_ATTACHMENTS, NOTE, ON_REQUEST, REPORT_TYPES, TRANSMISSIONS, late_words
from claims.x12.earlier_payers import benefits, release
from claims.x12.writing import Unwritable, Writer, amount, day, days, quantity
from schemas.events.claim import ClaimBuilt, ClaimLine

_IN_A_SEGMENT: Final = 12  # codes of an HI
_UNITS: Final = {"DA": "DA", "MJ": "MJ"}  # everything else is counted: UN


def claim_information(w: Writer, claim: ClaimBuilt, place: str, signed: str, *rest: str) -> None:
    """CLM. CLM07 says that the provider accepts the payer's assignment (A), or none (C)."""
    accepts = claim.signatures.provider_accepts_assignment
    if accepts is None:
        why = "nobody says whether the provider accepts assignment"
        raise Unwritable("signatures.provider_accepts_assignment", why, "give it in the chart, or for the hospital")
    w.put(
        "CLM", w.code("control_number", claim.control_number, 38),
        amount("total_charge_cents", claim.total_charge_cents), "", "", place, signed,
        "A" if accepts else "C", benefits(claim), release(claim), *rest,
    )  # fmt: skip


def references(w: Writer, claim: ClaimBuilt) -> None:
    """REF of a claim: referral, authorization, the payer's number of what is corrected, the state of an automobile
    accident (a professional's CLM11 says it), the medical record."""
    if claim.referral:
        w.put("REF", "9F", w.code("referral", claim.referral, 50))
    if number := authorization(claim):
        w.put("REF", "G1", w.code("authorizations", number, 50))
    if claim.original_reference:
        w.put("REF", "F8", w.code("original_reference", claim.original_reference, 50))
    if claim.kind == "institutional" and claim.causes:
        state = next((cause.state for cause in claim.causes if cause.kind == "auto"), None)
        if state:
            w.put("REF", "LU", w.code("causes.state", state, 2, 2))
    w.put("REF", "EA", w.code("patient.mrn", claim.patient.mrn, 50))


def authorization(claim: ClaimBuilt) -> str | None:
    """The one that stands for the whole claim: of no service in particular."""
    return next((each.number for each in claim.authorizations if each.service is None), None)


def line_authorizations(claim: ClaimBuilt, line: ClaimLine) -> list[str]:
    """The numbers of a line's own: said of it, or given for its service."""
    own = [line.authorization] if line.authorization else []
    given = [each.number for each in claim.authorizations if each.service is not None and each.service == line.code]
    whole = authorization(claim)
    return [number for number in dict.fromkeys((*own, *given)) if number != whole]


def attachments(w: Writer, claim: ClaimBuilt) -> None:
    """PWK: the papers that go to the payer, at most ten."""
    if len(claim.attachments) > MOST_ATTACHMENTS:
        raise Unwritable("attachments", f"more than {MOST_ATTACHMENTS}", "send the others when the payer asks")
    for at, each in enumerate(claim.attachments):
        field = f"attachments.{at}"
        if each.report_type not in REPORT_TYPES:
            raise Unwritable(f"{field}.report_type", "no kind of report of an 837", "see X12 PWK01")
        if each.transmission not in TRANSMISSIONS:
            raise Unwritable(f"{field}.transmission", "no way of an 837", "give AA, BM, EL, EM, FT or FX")
        if each.control_number is None and each.transmission != ON_REQUEST:
            raise Unwritable(
                f"{field}.control_number", "a paper that is sent needs it", "give the number that is on it"
            )
        number = w.code(f"{field}.control_number", each.control_number, 50, 2)
        w.put("PWK", each.report_type, each.transmission, *(("", "", "AC", number) if number else ()))


def note(w: Writer, claim: ClaimBuilt) -> None:
    """NTE*ADD: one of 80 characters; what is more is cut. A hospital's late bill says in words why."""
    said = (*claim.notes, *late_words(claim.kind, claim.delay_reason))
    if said:
        w.put("NTE", "ADD", w.name("notes", "; ".join(said), NOTE))


def codes(w: Writer, field: str, composites: Sequence[str], most: int) -> None:
    """HI, twelve codes a segment."""
    if len(composites) > most:
        raise Unwritable(field, f"more than {most} of a kind", "an 837 has no place for more; split the claim")
    for at in range(0, len(composites), _IN_A_SEGMENT):
        w.put("HI", *composites[at : at + _IN_A_SEGMENT])


def icd(w: Writer, field: str, code: str) -> str:
    """An ICD-10 code, without its dot."""
    return w.code(field, code.replace(".", ""), 30)


def procedure(w: Writer, line: ClaimLine) -> str:
    """SV101 and SV202: the code, up to four modifiers, and what a code for nothing else needs in words."""
    if line.code is None:
        return ""
    if len(line.modifiers) > 4:
        raise Unwritable(f"lines.{line.number}.modifiers", "more than four", "keep the four that price the line")
    at = f"lines.{line.number}"
    modifiers = [w.code(f"{at}.modifiers", modifier, 2, 2) for modifier in line.modifiers]
    text = w.name(f"{at}.text", line.text, NOTE)
    padding = [""] * (4 - len(modifiers)) if text else []
    return w.composite("HC", w.code(f"{at}.code", line.code, 48), *modifiers, *padding, text)


def units(line: ClaimLine) -> tuple[str, str]:
    """Unit and number: SV103 and SV104, SV204 and SV205."""
    return _UNITS.get(line.unit_kind, "UN"), quantity(f"lines.{line.number}.units", line.units)


def service_date(w: Writer, line: ClaimLine) -> None:
    first, last = line.service_from, line.service_to
    w.put("DTP", "472", "D8", day(first)) if first == last else w.put("DTP", "472", "RD8", days(first, last))


def control_number(w: Writer, line: ClaimLine) -> None:
    """REF 6R: the payer echoes it, so that an answer finds its line."""
    w.put("REF", "6R", w.code(f"lines.{line.number}.control_number", line.control_number, 50))


def drug(w: Writer, line: ClaimLine) -> None:
    """Loop 2410: the NDC in eleven digits, with its own quantity."""
    if not line.ndc:
        return
    at = f"lines.{line.number}"
    number = line.ndc.replace("-", "")
    if len(number) != 11 or not number.isdigit():
        raise Unwritable(f"{at}.ndc", "not eleven digits", "give it in 5-4-2, with its zeros")
    if line.ndc_quantity is None or not line.ndc_unit:
        raise Unwritable(f"{at}.ndc_quantity", "an NDC needs its quantity and unit", "give F2, GR, ME, ML or UN")
    w.put("LIN", "", "N4", number)
    unit = w.code(f"{at}.ndc_unit", line.ndc_unit, 2, 2)
    w.put("CTP", "", "", "", quantity(f"{at}.ndc_quantity", line.ndc_quantity), unit)
