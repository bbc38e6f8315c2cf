"""An 837P's claim: loops 2300 to 2430 of X222A1."""

from typing import Final

from claims.x12 import claim_loops
from claims.x12.earlier_payers import line_answers, other_payers
from claims.x12.parties import Parties, in_role, named, place, practitioners
from claims.x12.writing import Unwritable, Writer, amount, day
from schemas.events.chart import Cause
from schemas.events.claim import ClaimBuilt, ClaimLine
from schemas.events.people import Provider

MOST_LINES: Final = 50
MOST_DIAGNOSES: Final = 12
_MOST_POINTERS: Final = 4
_CAUSES: Final = {"auto": "AA", "employment": "EM", "other": "OA"}
_SIGNED: Final = "Y"  # CLM06: the provider's signature is on file, or the hospital would not bill for him


def professional_claim(w: Writer, claim: ClaimBuilt, parties: Parties) -> None:
    """Everything below the patient's level, in the guide's order."""
    if len(claim.lines) > MOST_LINES:
        raise Unwritable("lines", f"more than {MOST_LINES}", "an 837P holds no more; split the claim")
    where = w.composite(w.code("place_of_service", _place(claim), 2, 2), "B", claim.frequency)
    causes = w.composite(*_related_causes(w, claim.causes))
    delay = ("", "", "", "", "", "", "", "", claim.delay_reason) if claim.delay_reason else ()
    claim_loops.claim_information(w, claim, where, _SIGNED, "", causes, *delay)
    if claim.onset is not None:
        w.put("DTP", "431", "D8", day(claim.onset))
    accident = next((cause.date for cause in claim.causes if cause.date), None)
    if accident is not None:
        w.put("DTP", "439", "D8", day(accident))
    if claim.last_menstrual_period is not None:
        w.put("DTP", "484", "D8", day(claim.last_menstrual_period))
    if claim.admission_date is not None:
        w.put("DTP", "435", "D8", day(claim.admission_date))
    claim_loops.attachments(w, claim)
    if claim.patient_paid_cents:
        w.put("AMT", "F5", amount("patient_paid_cents", claim.patient_paid_cents))
    claim_loops.references(w, claim)
    claim_loops.note(w, claim)
    _diagnoses(w, claim)
    practitioners(w, "DN", "", in_role(claim, "referring")[:1])
    rendering = _rendering(claim)
    practitioners(w, "82", "PE", [rendering] if rendering else [])
    place(w, claim)
    practitioners(w, "DQ", "", _supervising(claim))
    other_payers(w, claim, parties)
    for number, line in enumerate(claim.lines, start=1):
        _line(w, claim, line, parties, number=number, rendering=rendering)


def _place(claim: ClaimBuilt) -> str:
    """CLM05-1: every professional claim has a place of service."""
    if not claim.place_of_service:
        raise Unwritable("place_of_service", "a professional claim needs it", "give it in the chart")
    return claim.place_of_service


def _related_causes(w: Writer, causes: tuple[Cause, ...]) -> tuple[str, ...]:
    """CLM11: up to two kinds of cause, and where it was."""
    if not causes:
        return ()
    kinds = list(dict.fromkeys(_CAUSES[cause.kind] for cause in causes))[:2]
    at = next((cause for cause in causes if cause.kind == "auto"), causes[0])
    state = w.code("causes.state", at.state, 2, 2)
    country = "" if at.country in {None, "US"} else w.code("causes.country", at.country, 3, 2)
    return (*kinds, *[""] * (3 - len(kinds)), state, country)


def _diagnoses(w: Writer, claim: ClaimBuilt) -> None:
    """The first under ABK, the others under ABF, in the order that lines point to."""
    if not claim.diagnoses:
        raise Unwritable("diagnoses", "none", "a claim needs a diagnosis")
    said = [
        w.composite("ABF" if at else "ABK", claim_loops.icd(w, "diagnoses", diagnosis.code))
        for at, diagnosis in enumerate(claim.diagnoses)
    ]
    claim_loops.codes(w, "diagnoses", said, MOST_DIAGNOSES)


def _rendering(claim: ClaimBuilt) -> Provider | None:
    """Who performed the claim (2310B): nobody where that is who bills, or where he did a line of it. A claim's name
    would cover that line too, and a biller that is an organisation has no name of a person to say on it."""
    biller = claim.billing_provider.npi
    if any(line.rendering_npi is not None and line.rendering_npi == biller for line in claim.lines):
        return None
    return _other(claim)


def _other(claim: ClaimBuilt) -> Provider | None:
    """Who performed beside the biller: where a line says nothing, the claim's first."""
    biller = claim.billing_provider.npi
    return next((each for each in in_role(claim, "rendering") if each.npi is None or each.npi != biller), None)


def _performed(claim: ClaimBuilt, line: ClaimLine) -> Provider | None:
    """Who performed a line; nobody beside the biller where it is he."""
    if line.rendering_npi is None:
        return _other(claim)
    if line.rendering_npi == claim.billing_provider.npi:
        return None
    return named(claim, "rendering", line.rendering_npi, f"lines.{line.number}.rendering_npi")


def _supervising(claim: ClaimBuilt) -> list[Provider]:
    """Who supervised the claim (2310D): of several the first whom no line names for itself (2420D)."""
    found = in_role(claim, "supervising")
    of_lines = {line.supervising_npi for line in claim.lines} if found else ()
    return [each for each in found if each.npi is None or each.npi not in of_lines][:1]


def _line(
    w: Writer, claim: ClaimBuilt, line: ClaimLine, parties: Parties, *, number: int, rendering: Provider | None
) -> None:
    w.put("LX", str(number))
    at = f"lines.{line.number}"
    if line.code is None:
        raise Unwritable(f"{at}.code", "a professional line needs a procedure code", "code the service")
    unit, count = claim_loops.units(line)
    elsewhere = line.place_of_service if line.place_of_service != claim.place_of_service else None
    w.put(
        "SV1", claim_loops.procedure(w, line), amount(f"{at}.charge_cents", line.charge_cents),
        "MJ" if unit == "MJ" else "UN", count, w.code(f"{at}.place_of_service", elsewhere, 2, 2), "",
        w.composite(*_pointers(claim, line)),
    )  # fmt: skip
    claim_loops.service_date(w, line)
    for authorized in claim_loops.line_authorizations(claim, line)[:5]:
        w.put("REF", "G1", w.code(f"{at}.authorization", authorized, 50))
    claim_loops.control_number(w, line)
    claim_loops.drug(w, line)
    performed = _performed(claim, line)
    if performed is not None and performed != rendering:
        practitioners(w, "82", "PE", [performed])
    if line.supervising_npi:
        practitioners(w, "DQ", "", [named(claim, "supervising", line.supervising_npi, f"{at}.supervising_npi")])
    if line.ordering_npi:
        practitioners(w, "DK", "", [named(claim, "ordering", line.ordering_npi, f"{at}.ordering_npi")])
    line_answers(w, claim, line, parties)


def _pointers(claim: ClaimBuilt, line: ClaimLine) -> list[str]:
    """SV107: up to four, the most important first."""
    pointers = line.pointers[:_MOST_POINTERS]
    if not pointers or not all(1 <= place <= len(claim.diagnoses) for place in pointers):
        raise Unwritable(f"lines.{line.number}.pointers", "none, or to no diagnosis of the claim", "point the line")
    return [str(place) for place in pointers]
