"""What earlier payers answered, as the next one's claim carries it (837 loops 2320, 2330A, 2330B and 2430)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from claims.x12.parties import Parties, person
from claims.x12.subscribers import RELATIONSHIPS, SELF, filing_indicator, sequence
from claims.x12.writing import Unwritable, Writer, amount, day, quantity
from schemas.events.claim import Adjustment, ClaimBuilt, ClaimLine, PriorAnswer, PriorLine

_IN_A_SEGMENT: Final = 6  # reasons of a CAS
_SEGMENTS: Final = 5  # CAS of a claim, and of a line
_MOST: Final = 10  # other payers of a claim
_REMARKS: Final = 5


def other_payers(w: Writer, claim: ClaimBuilt, named: Parties) -> None:
    """Loop 2320 of each payer who answered before."""
    if len(claim.prior) > _MOST:
        raise Unwritable("prior", f"more than {_MOST} other payers", "an 837 has no place for more")
    for at, prior in enumerate(claim.prior):
        _other_payer(w, claim, named, prior, f"prior.{at}")


def line_answers(w: Writer, claim: ClaimBuilt, line: ClaimLine, named: Parties) -> None:
    """Loop 2430: what each earlier payer answered to this line."""
    if not claim.prior:
        return
    places = {each.control_number: number for number, each in enumerate(claim.lines, start=1)}
    for at, prior in enumerate(claim.prior):
        for answered in prior.lines:
            if answered.control_number == line.control_number:
                payer = named.payer(f"prior.{at}.payer", prior.payer).payer_id or ""
                into = str(places.get(answered.bundled_into or "", ""))
                _line_answer(w, line, prior, answered, payer=payer, field=f"prior.{at}", into=into)


def _other_payer(w: Writer, claim: ClaimBuilt, named: Parties, prior: PriorAnswer, field: str) -> None:
    payer = named.payer(f"{field}.payer", prior.payer)
    holder = prior.subscriber or claim.subscriber
    w.put(
        "SBR", sequence(f"{field}.sequence", prior.sequence), RELATIONSHIPS[holder.relationship],
        w.code(f"{field}.group", prior.group, 50), "", "", "", "", "",
        filing_indicator(f"{field}.filing_indicator", prior.filing_indicator or payer.filing_indicator),
    )  # fmt: skip
    _adjustments(w, f"{field}.adjustments", prior.adjustments)
    w.put("AMT", "D", amount(f"{field}.paid_cents", prior.paid_cents))
    if prior.remaining_cents is not None:
        w.put("AMT", "EAF", amount(f"{field}.remaining_cents", prior.remaining_cents))
    w.put("OI", "", "", benefits(claim), "", "", release(claim))
    _remarks(w, claim, prior, field)
    if not prior.member_id:
        raise Unwritable(f"{field}.member_id", "the earlier payer knows his members by it", "give it in the coverage")
    member = w.code(f"{field}.member_id", prior.member_id, 80, 2)
    name = holder.name or (claim.patient.name if RELATIONSHIPS[holder.relationship] == SELF else None)
    person(w, f"{field}.subscriber", "IL", name, ("MI", member))
    number = w.code(f"{field}.payer_id", payer.payer_id, 80, 2)
    w.put("NM1", "PR", "2", w.name(f"{field}.payer", payer.name, 60), "", "", "", "", "PI", number)
    if not prior.lines:  # a date stands at the claim or at its lines, never at both
        w.put("DTP", "573", "D8", day(prior.adjudicated_on))
    if prior.payer_claim_number:
        w.put("REF", "F8", w.code(f"{field}.payer_claim_number", prior.payer_claim_number, 50))


def _remarks(w: Writer, claim: ClaimBuilt, prior: PriorAnswer, field: str) -> None:
    """MIA of an inpatient's claim, whose count is always 0, else MOA: at most five remarks."""
    remarks = [w.code(f"{field}.remarks", remark, 50) for remark in prior.remarks[:_REMARKS]]
    if not remarks:
        return
    if (claim.bill_type or "").startswith("011"):
        w.put("MIA", "0", "", "", "", remarks[0], *[""] * 14, *remarks[1:])
    else:
        w.put("MOA", "", "", *remarks)


def _line_answer(
    w: Writer, line: ClaimLine, prior: PriorAnswer, answered: PriorLine, *, payer: str, field: str, into: str
) -> None:
    """SVD: under the code that the payer adjudicated, with the number (LX01) of the line that he paid it with."""
    code = answered.code or line.code
    said = answered.modifiers if answered.code else line.modifiers
    modifiers = [w.code(f"{field}.lines.modifiers", modifier, 2, 2) for modifier in said[:4]]
    units = line.units if answered.units is None else answered.units
    w.put(
        "SVD", w.code(f"{field}.payer_id", payer, 80, 2), amount(f"{field}.lines.paid_cents", answered.paid_cents),
        w.composite("HC", w.code(f"{field}.lines.code", code, 48), *modifiers) if code else "",
        w.code(f"{field}.lines.revenue_code", answered.revenue_code or line.revenue_code, 48),
        quantity(f"{field}.lines.units", units), into,
    )  # fmt: skip
    _adjustments(w, f"{field}.lines.adjustments", answered.adjustments)
    w.put("DTP", "573", "D8", day(prior.adjudicated_on))
    if answered.remaining_cents is not None:
        w.put("AMT", "EAF", amount(f"{field}.lines.remaining_cents", answered.remaining_cents))


def _adjustments(w: Writer, field: str, adjustments: Sequence[Adjustment]) -> None:
    """CAS: up to six reasons of one group a segment; a nothing is no adjustment."""
    segments = list(_by_group(each for each in adjustments if each.cents))
    if len(segments) > _SEGMENTS:
        raise Unwritable(field, f"more reasons than {_SEGMENTS} segments hold", "an 837 has no place for more")
    for group, reasons in segments:
        said: list[str] = []
        for each in reasons:
            count = "" if each.quantity is None else quantity(f"{field}.quantity", each.quantity)
            said += (w.code(f"{field}.carc", each.carc, 5), amount(f"{field}.cents", each.cents), count)
        w.put("CAS", group, *said)


def _by_group(adjustments: Iterable[Adjustment]) -> Iterator[tuple[str, Sequence[Adjustment]]]:
    for group, of_group in groupby(sorted(adjustments, key=lambda each: each.group), key=lambda each: each.group):
        reasons = list(of_group)
        for at in range(0, len(reasons), _IN_A_SEGMENT):
            yield group, reasons[at : at + _IN_A_SEGMENT]


def benefits(claim: ClaimBuilt) -> str:
    """CLM08 and OI03: whether the patient assigned the benefits to the provider."""
    return _yes("signatures.assignment_of_benefits", claim.signatures.assignment_of_benefits, "N")


def release(claim: ClaimBuilt) -> str:
    """CLM09 and OI06: a signed release, or I where none was needed (45 CFR 164.506: payment asks for none)."""
    return _yes("signatures.release_of_information", claim.signatures.release_of_information, "I")


def _yes(field: str, signed: bool | None, otherwise: str) -> str:
    if signed is None:
        raise Unwritable(field, "nobody says whether it is signed", "give it in the chart, or for the hospital")
    return "Y" if signed else otherwise
