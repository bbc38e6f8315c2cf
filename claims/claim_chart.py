"""Somebody's claim as the chart it could have come from: one claim is one chart, so that the edits can look at it.

Who bills is found by his NPI among the partners; else he is nobody's hospital in particular. What a claim doesn't say
is absent.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from typing import Final, NamedTuple

from claims.chargemaster import Chargemaster
from claims.partners import BillingEntity, Hospital, Partners
from claims.stay import INPATIENT_BILLS
from claims.tables import Reference
from claims.x12.claims_in import ClaimRead, Known
from schemas.events.chart import Coverage, EncounterClass, PayerKind, Signatures
from schemas.events.claim import ClaimBuilt, ClaimLine
from schemas.events.coded import ChartCoded, CodedDiagnosis, Service, StayFacts
from schemas.events.people import Address, Provider
from schemas.events.types import Day, Instant
from schemas.identity import derived

ELSEWHERE: Final = "elsewhere"
"""The hospital of a claim whose biller partners.yaml doesn't have."""
_AS_BILLED: Final = "as-billed"
_PLACES: Final[dict[str, EncounterClass]] = {"02": "virtual", "10": "virtual", "12": "home", "23": "emergency"}
_OBSERVATION, _EMERGENCY_ROOM = "0762", "045"  # revenue codes
_LEAVE: Final = "74"  # occurrence span: days not in the house
_ON_LEAVE, _BIRTH_WEIGHT = "81", "54"  # value codes: days that are not covered, grams
_UNKNOWN_PLAN: Final = "ZZ"  # SBR09
_DAY: Final = timedelta(days=1)


class Billers(NamedTuple):
    """The hospitals and groups of partners.yaml by NPI, with the hospital each belongs to."""

    entities: dict[str, tuple[str, str | None]]
    payers: dict[str, tuple[str, PayerKind]]

    def known(self) -> Known:
        return Known(lambda npi: self.entities.get(npi, (None, None))[0], self.payers.get)


def billers(partners: Partners) -> Billers:
    """A hospital before its groups; a group that bills under its hospital's NPI is the hospital."""
    entities: dict[str, tuple[str, str | None]] = {}
    for hospital in partners.hospitals.values():
        entities.setdefault(hospital.npi, (hospital.id, None))
        for entity in hospital.billing_entities.values():
            entities.setdefault(entity.npi, (hospital.id, entity.id))
    payers = {payer.payer_id: (payer.id, payer.kind) for payer in reversed(list(partners.payers.values()))}
    return Billers(entities, payers)


def with_elsewhere(reference: Reference) -> Reference:
    """The reference with a hospital more, which nothing is known of."""
    nobody = BillingEntity(
        id=ELSEWHERE,
        name="who bills and is not in partners.yaml",
        npi="1999999984",
        taxonomy="000000000X",
        tax_id="000000000",
        address=Address(lines=("unknown",), country="ZZ"),
    )
    hospital = Hospital(
        **nobody.model_dump(),
        time_zone="UTC",
        chargemaster="none.csv",
        billing_entities={ELSEWHERE: nobody},
        roster={},
        signatures=Signatures(),
        coverage_map={},
    )
    partners = reference.partners
    known = partners.model_copy(update={"hospitals": {**partners.hospitals, ELSEWHERE: hospital}})
    return replace(reference, partners=known, chargemasters={**reference.chargemasters, ELSEWHERE: Chargemaster(())})


def chart_of(read: ClaimRead, reference: Reference, found: Billers, now: Instant, received: Day | None) -> ChartCoded:
    """`received`: the day on which the payer has it, where one knows."""
    claim = read.claim
    hospital, entity = found.entities.get(claim.billing_provider.npi or "", (ELSEWHERE, None))
    return ChartCoded(
        event_id=derived("chart-of-claim", claim.claim_id),
        occurred_at=now,
        producer="check",
        hospital=hospital,
        chart_id=claim.control_number,
        version=1,
        account_number=claim.account_number,
        received_at=None if received is None else datetime.combine(received, time(12), UTC),
        patient=claim.patient,
        encounter=_encounter(claim, entity),
        causes=claim.causes,
        coverages=tuple(_coverages(read)),
        signatures=claim.signatures,
        payments_cents=claim.patient_paid_cents,
        diagnoses=tuple(_diagnoses(claim)),
        procedures=claim.procedures,
        services=tuple(_service(claim, line) for line in claim.lines),
        code_sets=reference.codes.version,
        edit_tables=reference.edit_tables,
        coder="claim",
        onset=claim.onset,
        last_menstrual_period=claim.last_menstrual_period,
        attachments=claim.attachments,
    )


def is_inpatient(claim: ClaimBuilt) -> bool:
    return (claim.bill_type or "")[:3] in INPATIENT_BILLS


def _encounter(claim: ClaimBuilt, entity: str | None) -> StayFacts:
    first, last = _first_day(claim), claim.statement_to
    return StayFacts(
        id=claim.control_number,
        encounter_class=_class(claim),
        start=datetime.combine(first, time(_hour(claim.admission_hour, 0)), UTC),
        end=datetime.combine(last, time(_hour(claim.discharge_hour, 23), 59), UTC),
        start_day=first,
        end_day=last,
        place_of_service=claim.place_of_service,
        admission_type=claim.admission_type,
        admission_source=claim.admission_source,
        admission_hour=claim.admission_hour,
        discharge_status=claim.patient_status,
        discharge_hour=claim.discharge_hour,
        service_facility=claim.service_facility or claim.billing_provider,
        providers=tuple(_of_entity(provider, entity) for provider in claim.providers),
        leave_days=_leave(claim),
        birth_weight_grams=next((cents // 100 for cents in _valued(claim, _BIRTH_WEIGHT)), None),
        admission_date=claim.admission_date,
    )


def _first_day(claim: ClaimBuilt) -> Day:
    """A stay begins with the admission; services of the days before may stand on its claim."""
    admitted = claim.admission_date
    if admitted is not None and is_inpatient(claim) and claim.statement_from < admitted <= claim.statement_to:
        return admitted
    return claim.statement_from


def _class(claim: ClaimBuilt) -> EncounterClass:
    """A professional's claim is never the stay itself, though his service may be to an inpatient (place 21)."""
    if claim.kind == "professional":
        return _PLACES.get(claim.place_of_service or "", "ambulatory")
    if is_inpatient(claim):
        return "inpatient"
    revenue = [line.revenue_code or "" for line in claim.lines]
    if _OBSERVATION in revenue:
        return "observation"
    return "emergency" if any(code.startswith(_EMERGENCY_ROOM) for code in revenue) else "ambulatory"


def _hour(said: str | None, otherwise: int) -> int:
    hour = (said or "")[:2]
    return int(hour) if hour.isdecimal() and int(hour) < 24 else otherwise


def _of_entity(provider: Provider, entity: str | None) -> Provider:
    """Who acts bills through the group that sent the claim."""
    return provider if entity is None else provider.model_copy(update={"billing_entity": entity})


def _leave(claim: ClaimBuilt) -> int:
    """By the spans of leave, or by the days that are not covered."""
    spans = [value for value in claim.coded_values if value.kind == "span" and value.code == _LEAVE]
    away = sum((value.end - value.start + _DAY).days for value in spans if value.start and value.end)
    return max(away, *(cents // 100 for cents in _valued(claim, _ON_LEAVE)), 0)


def _valued(claim: ClaimBuilt, code: str) -> Iterator[int]:
    return (value.cents or 0 for value in claim.coded_values if value.kind == "value" and value.code == code)


def _coverages(read: ClaimRead) -> Iterator[Coverage]:
    """All payers of the claim in their order."""
    claim = read.claim
    own = Coverage(
        id=f"payer-{claim.payer_sequence}",
        payer=claim.payer,
        kind=claim.payer_kind,
        plan_kind=claim.filing_indicator,
        member_id=claim.member_id,
        group=claim.group,
        subscriber=claim.subscriber,
        authorizations=claim.authorizations,
        referral=claim.referral,
    )
    others = [
        (
            other.sequence,
            Coverage(
                id=f"payer-{other.sequence}",
                payer=other.payer,
                kind=other.kind,
                plan_kind=other.filing_indicator or _UNKNOWN_PLAN,
                member_id=other.member_id,
                group=other.group,
                subscriber=other.subscriber,
                authorizations=other.authorizations,
            ),
        )
        for other in read.others
    ]
    in_order = sorted([(claim.payer_sequence, own), *others], key=itemgetter(0))
    yield from (coverage for _, coverage in in_order)


def _diagnoses(claim: ClaimBuilt) -> Iterator[CodedDiagnosis]:
    for rank, diagnosis in enumerate(claim.diagnoses, start=1):
        yield CodedDiagnosis(
            code=diagnosis.code,
            role=diagnosis.role,
            rank=rank,
            present_on_admission=diagnosis.present_on_admission,
            statement=f"diagnosis-{rank}",
            path="given",
            release=_AS_BILLED,
        )


def _service(claim: ClaimBuilt, line: ClaimLine) -> Service:
    """A professional's line was rendered by who bills where nobody else is named. One of a stay's claim that was done
    before the admission is of another visit, which the stay took in."""
    professional = claim.kind == "professional"
    biller = claim.billing_provider.npi if professional else None
    before = is_inpatient(claim) and line.service_to < _first_day(claim)
    return Service(
        statement=line.statement,
        code=line.code,
        modifiers=line.modifiers,
        revenue_code=line.revenue_code,
        units=line.units,
        unit_kind=line.unit_kind,
        service_from=line.service_from,
        service_to=line.service_to,
        place_of_service=line.place_of_service,
        charge_cents=line.charge_cents,
        non_covered_cents=line.non_covered_cents,
        component="professional" if professional else "facility",
        performer_npi=line.operating_npi or line.rendering_npi or biller,
        ordering_npi=line.ordering_npi,
        supervising_npi=line.supervising_npi,
        pointers=line.pointers,
        ndc=line.ndc,
        ndc_quantity=line.ndc_quantity,
        ndc_unit=line.ndc_unit,
        authorization=line.authorization,
        path="given",
        text=line.text,
        chart_id=f"{claim.control_number[:50]}-before" if before else None,
    )
