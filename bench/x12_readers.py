"""Others' eyes on our 837 files: pyx12 judges them by its maps of the guides, and x12sdk reads them back.

x12sdk knows no period (RD8) for the date of an institutional line, no answer (SVD) to a line without a procedure code
and no billing note (NTE ADD), which the guide has and pyx12 takes; its models are widened by these before it reads.
"""

import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from claims.x12.subscribers import sequence
from schemas.events.claim import Adjustment, ClaimBuilt, ClaimLine, PriorAnswer, PriorLine
from schemas.events.types import Cents

Fact = tuple[str, ...]
"""One code, amount or identifier of a claim, with where it stands."""

_INSTITUTIONAL: Final = "x12sdk.v5010.x12_837_005010X223A3"
_OF_ROLE: Final = {
    "principal": "ABK", "admitting": "ABJ", "reason-for-visit": "APR", "external-cause": "ABN", "other": "ABF",
}  # fmt: skip
_OF_VALUE: Final = {"span": "BI", "occurrence": "BH", "value": "BE", "condition": "BG"}


def pyx12_errors(text: str) -> list[dict[str, Any]]:
    """What pyx12 finds wrong with a file; nothing where it takes it."""
    from pyx12.params import params  # noqa: PLC0415 for tests and measurements alone
    from pyx12.x12n_document import x12n_document  # noqa: PLC0415

    found = io.StringIO()
    if x12n_document(params(), io.StringIO(text), None, None, None, found):
        return []
    said = json.loads(found.getvalue() or "{}")
    return [said] if isinstance(said, dict) else list(said)


def read_back(text: str) -> dict[str, set[Fact]]:
    """Each claim's facts as x12sdk reads them, by its control number."""
    return {claim.patient_control_number: set(_read(claim)) for claim in _claims(text)}


def written(claim: ClaimBuilt, payer_ids: dict[str, str]) -> set[Fact]:
    """The same facts as the event has them."""
    return set(_claim_facts(claim, payer_ids))


@cache
def _reader() -> Any:
    loops, segments = import_module(f"{_INSTITUTIONAL}.loops"), import_module(f"{_INSTITUTIONAL}.segments")
    answer = import_module("x12sdk.v5010.segments").SvdSegment
    _widen(segments.Loop2400DtpSegment, "date_time_period_format_qualifier", Literal["D8", "RD8"])
    _widen(segments.Loop2300NteSegment, "note_reference_code", str)
    _widen(answer, "composite_medical_procedure_identifier", str | None)
    containing = [getattr(loops, f"Loop{name}") for name in ("2430", "2400", "2300", "2000C", "2000B", "2000A")]
    for model in (*containing, import_module(f"{_INSTITUTIONAL}.transaction_set").HealthCareClaimInstitutional):
        model.model_rebuild(force=True)
    return import_module("x12sdk.io").X12ModelReader


def _widen(segment: Any, field: str, takes: Any) -> None:
    segment.__annotations__[field] = takes
    segment.model_fields[field].annotation = takes
    segment.model_rebuild(force=True)


def _claims(text: str) -> Iterator[Any]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "claims.x12"
        file.write_text(text)
        with _reader()(str(file)) as reader:
            for transaction in reader.models():
                yield from transaction.claims()


# What the event says ----------------------------------------------------------------------------------------------


def _claim_facts(claim: ClaimBuilt, payer_ids: dict[str, str]) -> Iterator[Fact]:
    yield "charge", _money(claim.total_charge_cents)
    yield "frequency", claim.frequency
    yield "billing npi", str(claim.billing_provider.npi)
    yield "member", str(claim.member_id)
    yield "payer", payer_ids[claim.payer]
    yield "EA", claim.patient.mrn
    references = {"F8": claim.original_reference, "9F": claim.referral}
    yield from ((name, value) for name, value in references.items() if value)
    yield from _codes(claim)
    for line in claim.lines:
        yield from _line_facts(line, claim, payer_ids)
    for prior in claim.prior:
        yield from _prior_facts(prior, payer_ids)


def _codes(claim: ClaimBuilt) -> Iterator[Fact]:
    for at, diagnosis in enumerate(claim.diagnoses):
        code = diagnosis.code.replace(".", "")
        if claim.kind == "professional":
            yield "HI", "ABF" if at else "ABK", code
            continue
        arrived = diagnosis.present_on_admission if diagnosis.role not in {"admitting", "reason-for-visit"} else None
        yield ("HI", _OF_ROLE[diagnosis.role], code, *(("", "", "", "", "", "", arrived) if arrived else ()))
    if claim.kind == "professional":
        return
    for at, procedure in enumerate(claim.procedures):
        yield "HI", "BBQ" if at else "BBR", procedure.code, "D8", f"{procedure.performed_at:%Y%m%d}"
    if claim.drg:
        yield "HI", "DR", claim.drg.code
    for value in claim.coded_values:
        yield "HI", _OF_VALUE[value.kind], value.code, *(
            ("D8", f"{value.start:%Y%m%d}") if value.kind == "occurrence"
            else ("", "", _money(value.cents or 0)) if value.kind == "value"
            else ()
        )  # fmt: skip
    yield "CL1", str(claim.patient_status)


def _line_facts(line: ClaimLine, claim: ClaimBuilt, payer_ids: dict[str, str]) -> Iterator[Fact]:
    name = line.control_number
    yield name, "charge", _money(line.charge_cents)
    yield name, "units", _number(Decimal(line.units) / 1000)
    yield name, "dates", f"{line.service_from:%Y%m%d}", f"{line.service_to:%Y%m%d}"
    if line.code:
        yield (name, "code", line.code, *line.modifiers)
    if line.revenue_code:
        yield name, "revenue", line.revenue_code
    if claim.kind == "professional":
        yield (name, "pointers", *map(str, line.pointers[:4]))
    if line.ndc:
        yield name, "ndc", line.ndc.replace("-", ""), _number(Decimal(line.ndc_quantity or 0) / 1000)
    for prior in claim.prior:
        for answered in prior.lines:
            if answered.control_number == name:
                yield from _answer_facts(name, payer_ids[prior.payer], answered)
                yield from _adjudicated(name, payer_ids[prior.payer], answered, line)


def _answer_facts(name: str, payer_id: str, answered: PriorLine) -> Iterator[Fact]:
    yield name, "paid", payer_id, _money(answered.paid_cents)
    yield from ((name, "CAS", payer_id, *reason) for reason in _reasons(answered.adjustments))


def _adjudicated(name: str, payer_id: str, answered: PriorLine, line: ClaimLine) -> Iterator[Fact]:
    """Code, modifiers and units by which he paid; where he says none, those that were sent."""
    if code := answered.code or line.code:
        yield (name, "paid code", payer_id, code, *(answered.modifiers if answered.code else line.modifiers))
    units = line.units if answered.units is None else answered.units
    yield name, "paid units", payer_id, _number(Decimal(units) / 1000)


def _prior_facts(prior: PriorAnswer, payer_ids: dict[str, str]) -> Iterator[Fact]:
    payer = payer_ids[prior.payer]
    yield "prior", payer, "sequence", sequence("prior", prior.sequence)
    yield "prior", payer, "paid", _money(prior.paid_cents)
    yield "prior", payer, "member", str(prior.member_id)
    if prior.payer_claim_number:
        yield "prior", payer, "F8", prior.payer_claim_number
    yield from (("prior", payer, "CAS", *reason) for reason in _reasons(prior.adjustments))


def _reasons(adjustments: Sequence[Adjustment]) -> Iterator[Fact]:
    yield from ((each.group, each.carc, _money(each.cents)) for each in adjustments if each.cents)


# What x12sdk reads ------------------------------------------------------------------------------------------------


def _read(found: Any) -> Iterator[Fact]:
    claim = found.claim
    yield "charge", _number(found.charge)
    yield "frequency", claim.clm_segment.health_care_service_location_information.split(":")[2]
    yield "billing npi", found.billing_provider.nm1_segment.identification_code
    yield "member", str(found.member_id)
    yield "payer", found.payer.nm1_segment.identification_code
    references = {each.reference_identification_qualifier: each for each in claim.ref_segment or ()}
    for name in ("EA", "F8", "9F"):
        if name in references:
            yield name, references[name].reference_identification
    for segment in claim.hi_segment or ():
        for number in range(1, 13):
            code = getattr(segment, f"health_care_code_{number}")
            if code:
                yield ("HI", *_plain(code))
    if getattr(claim, "cl1_segment", None):
        yield "CL1", claim.cl1_segment.patient_status_code
    for line in claim.loop_2400:
        yield from _read_line(line)
    for other in claim.loop_2320 or ():
        yield from _read_prior(other)


def _plain(code: Sequence[str]) -> Fact:
    """A composite of HI; an amount in it as the others are said."""
    if code[0] == "BE":
        return (*code[:4], _number(Decimal(code[4])))
    return tuple(code)


def _read_line(line: Any) -> Iterator[Fact]:
    references = {each.reference_identification_qualifier: each for each in line.ref_segment}
    name = references["6R"].reference_identification
    professional = getattr(line, "sv1_segment", None)
    service = professional or line.sv2_segment
    yield name, "charge", _number(service.line_item_charge_amount)
    yield name, "units", _number(service.service_unit_count)
    procedure = service.product_service_id_qualifier if professional else service.composite_medical_procedure_identifier
    if procedure:
        yield (name, "code", *(part for part in procedure.split(":")[1:6] if part))
    if professional:
        yield (name, "pointers", *service.composite_diagnosis_code_pointer.split(":"))
    else:
        yield name, "revenue", service.service_line_revenue_code
    dates = line.dtp_segment if isinstance(line.dtp_segment, list) else [line.dtp_segment]
    period = next(each.date_time_period for each in dates if each.date_time_qualifier == "472")
    yield name, "dates", *_period(period)
    drug = line.loop_2410
    if drug:
        code, amount = drug.lin_segment.national_drug_code_universal_product_number, drug.ctp_segment.quantity
        yield name, "ndc", code, _number(amount)
    for answered in line.loop_2430 or ():
        payer = answered.svd_segment.other_payer_primary_identifier
        yield name, "paid", payer, _number(answered.svd_segment.service_line_paid_amount)
        if paid_as := answered.svd_segment.composite_medical_procedure_identifier:
            yield (name, "paid code", payer, *paid_as.split(":")[1:])
        yield name, "paid units", payer, _number(answered.svd_segment.paid_service_count)
        yield from ((name, "CAS", payer, *reason) for reason in _read_reasons(answered.cas_segment))


def _read_prior(other: Any) -> Iterator[Fact]:
    payer = other.loop_2330b.nm1_segment.identification_code
    yield "prior", payer, "sequence", _value(other.sbr_segment.payer_responsibility_code)
    amounts = {each.amount_qualifier_code: each.monetary_amount for each in other.amt_segment}
    yield "prior", payer, "paid", _number(amounts["D"])
    yield "prior", payer, "member", other.loop_2330a.nm1_segment.identification_code
    for reference in other.loop_2330b.ref_segment or ():
        yield "prior", payer, _value(reference.reference_identification_qualifier), reference.reference_identification
    yield from (("prior", payer, "CAS", *reason) for reason in _read_reasons(other.cas_segment))


def _read_reasons(segments: Any) -> Iterator[Fact]:
    for segment in segments or ():
        for number in range(1, 7):
            code = getattr(segment, f"adjustment_reason_code_{number}")
            if code:
                amount = getattr(segment, f"monetary_amount_{number}")
                yield _value(segment.adjustment_group_code), code, _number(amount)


def _period(period: Any) -> tuple[str, str]:
    if isinstance(period, str) and len(period) == 17:
        return period[:8], period[9:]
    day = period if isinstance(period, str) else f"{period:%Y%m%d}"
    return day, day


def _value(code: Any) -> str:
    return str(getattr(code, "value", code))


def _money(cents: Cents) -> str:
    return _number(Decimal(cents) / 100)


def _number(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
