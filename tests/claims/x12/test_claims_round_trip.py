"""A claim of ours, written and read back: the same codes, amounts, identifiers, parties and days; and written again it
is byte for byte the same file."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from claims.claim_chart import billers
from claims.x12.claim_file import Style, claim_file
from claims.x12.claims_in import ClaimRead, read_claims
from claims.x12.envelope import Envelope
from claims.x12.parties import parties
from claims.x12.segments import Delimiters
from schemas.events.claim import ClaimBuilt, PriorAnswer
from schemas.events.people import Name, Provider
from tests.claims.given_accounts import committed_partners
from tests.claims.given_claims import professional
from tests.claims.x12.given_any_claims import HOSPITAL, claims

AT = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
OTHER = Delimiters("|", "!", ">", "`")
SAME = (
    "control_number", "kind", "frequency", "original_reference", "hospital", "payer", "payer_kind", "payer_sequence",
    "filing_indicator", "pay_to", "member_id", "group", "signatures", "authorizations", "referral",
    "place_of_service", "bill_type", "admission_date", "admission_type", "admission_source", "admission_hour",
    "patient_status", "discharge_hour", "total_charge_cents", "patient_paid_cents", "delay_reason",
    "onset", "last_menstrual_period", "attachments",
)  # fmt: skip
OF_A_LINE = (
    "number", "control_number", "code", "modifiers", "revenue_code", "units", "unit_kind", "service_from", "service_to",
    "place_of_service", "charge_cents", "non_covered_cents", "pointers", "ndc", "ndc_quantity", "ndc_unit",
    "rendering_npi", "authorization", "supervising_npi", "operating_npi",
)  # fmt: skip


def written(said: Sequence[ClaimBuilt], style: Style) -> str:
    file = claim_file(said, parties(committed_partners(), HOSPITAL), Envelope("MERCY", "EXPAY1", 7, AT), style)
    assert file.left_out == ()
    return file.text


def read_back(text: str) -> list[ClaimBuilt]:
    found = list(read_claims([text.encode()], billers(committed_partners()).known()))
    assert all(isinstance(each, ClaimRead) for each in found), found
    return [each.claim for each in found if isinstance(each, ClaimRead)]


def facts(claim: ClaimBuilt) -> dict[str, Any]:
    """What both must have alike; a file orders codes by their kind."""
    patient, holder, billing = claim.patient, claim.subscriber, claim.billing_provider
    return {
        **{name: getattr(claim, name) for name in SAME},
        "billing": (billing.npi, billing.tax_id, billing.taxonomy),
        "patient": (patient.mrn, patient.birth_date, patient.sex, patient.address),
        "subscriber": (holder.relationship, holder.birth_date, holder.sex, holder.address),
        "diagnoses": sorted((each.role, each.code, each.present_on_admission or "") for each in claim.diagnoses),
        "procedures": [(each.code, each.performed_at) for each in claim.procedures],
        "values": sorted(map(repr, claim.coded_values)),
        "notes": "; ".join(claim.notes),
        "drg": claim.drg and claim.drg.code,
        "causes": claim.causes if claim.kind == "professional" else (),  # a hospital's are codes
        "providers": {(each.role, each.npi) for each in claim.providers},
        "lines": [tuple(getattr(line, name) for name in OF_A_LINE) for line in claim.lines],
        "prior": [answer(prior) for prior in claim.prior],
    }


def answer(prior: PriorAnswer) -> tuple[Any, ...]:
    lines = [
        (each.control_number, each.paid_cents, each.adjustments, each.remaining_cents, each.bundled_into)
        for each in prior.lines
    ]
    return (
        prior.payer, prior.sequence, prior.adjudicated_on, prior.payer_claim_number, prior.paid_cents,
        prior.adjustments, prior.remaining_cents, prior.remarks, prior.filing_indicator, prior.member_id, prior.group,
        lines,
    )  # fmt: skip


@settings(deadline=None)
@given(claims(), st.sampled_from([Delimiters(), OTHER]), st.sampled_from(["basic", "extended"]))
def test_what_is_written_and_read_is_the_same_claim(claim: ClaimBuilt, delimiters: Delimiters, charset: Any) -> None:
    style = Style(charset, delimiters)
    text = written([claim], style)
    (again,) = read_back(text)
    assert facts(again) == facts(claim)
    assert written([again], style) == text


def test_each_line_keeps_who_performed_it_where_one_is_the_biller_himself() -> None:
    claim = professional()
    biller, other = str(claim.billing_provider.npi), "1999001120"
    (line,) = claim.lines
    people = [Provider(role="rendering", npi=npi, name=Name(family="Marsh")) for npi in (other, biller)]
    lines = [
        line.model_copy(update={"number": number, "control_number": f"L{number}", "rendering_npi": npi})
        for number, npi in enumerate((biller, other, biller), start=1)
    ]
    mixed = claim.model_copy(update={"providers": people, "lines": lines, "total_charge_cents": 15_000})
    (again,) = read_back(text := written([mixed], Style()))
    assert [each.rendering_npi for each in again.lines] == [biller, other, biller]
    assert written([again], Style()) == text


@settings(deadline=None, max_examples=20)
@given(st.lists(claims(), min_size=2, max_size=6))
def test_a_file_of_many_claims_is_written_again_byte_for_byte(said: list[ClaimBuilt]) -> None:
    for kind in ("professional", "institutional"):
        of_kind = [claim for claim in said if claim.kind == kind]
        if of_kind:
            text = written(of_kind, Style())
            assert written(read_back(text), Style()) == text
