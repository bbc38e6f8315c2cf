"""Which of a chart's diagnoses stand on a claim, in which role and order, and what its lines point to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from claims.splitting import MOST_DIAGNOSES
from schemas.events.claim import ClaimDiagnosis
from schemas.events.coded import ChartCoded, CodedDiagnosis, CodedProcedure, Service

_MOST_POINTERS = 4  # X12 837P SV107

_INPATIENT = {"principal": 1, "admitting": 1, "other": 24, "external-cause": 12}  # X12 837I HI, how many of each
_OUTPATIENT = {"principal": 1, "reason-for-visit": 3, "other": 24, "external-cause": 12}
_HAS_POA = frozenset({"principal", "other", "external-cause"})


def disclosed(chart: ChartCoded) -> tuple[CodedDiagnosis, ...]:
    """What a plan may see: without what only restricted, paid-up items are about (45 CFR 164.522(a)(1)(vi))."""
    if not chart.restrictions:
        return chart.diagnoses
    restricted = {restriction.statement for restriction in chart.restrictions}
    open_, hidden = set[int](), set[int]()
    for service in chart.services:
        (hidden if service.statement in restricted else open_).update(service.pointers)
    numbered = list(enumerate(chart.diagnoses, start=1))
    # By its code: why the patient came is pointed to by nothing, and may name what he paid for in full.
    secret = {diagnosis.code for position, diagnosis in numbered if position in hidden - open_}
    return tuple(
        diagnosis
        for position, diagnosis in numbered
        if diagnosis.statement not in restricted and (position in open_ or diagnosis.code not in secret)
    )


def disclosed_procedures(chart: ChartCoded) -> tuple[CodedProcedure, ...]:
    restricted = {restriction.statement for restriction in chart.restrictions}
    return tuple(procedure for procedure in chart.procedures if procedure.statement not in restricted)


def institutional(chart: ChartCoded) -> tuple[ClaimDiagnosis, ...]:
    """By role and rank; an inpatient claim has the admitting diagnosis, any other the reasons for the visit."""
    inpatient = chart.encounter.encounter_class == "inpatient"
    by_rank = _with_principal(sorted(disclosed(chart), key=lambda diagnosis: diagnosis.rank))
    return tuple(
        ClaimDiagnosis(
            code=diagnosis.code,
            role=diagnosis.role,
            present_on_admission=diagnosis.present_on_admission if inpatient and diagnosis.role in _HAS_POA else None,
        )
        for role, most in (_INPATIENT if inpatient else _OUTPATIENT).items()
        for diagnosis in [diagnosis for diagnosis in by_rank if diagnosis.role == role][:most]
    )


def professional(chart: ChartCoded, services: Sequence[Service]) -> tuple[ClaimDiagnosis, ...]:
    """What the claim's lines point to, the first-listed first; where they point to nothing, what there is."""
    pointed = {id(diagnosis) for service in services for diagnosis in _pointed(chart, service)}
    chosen = [diagnosis for diagnosis in disclosed(chart) if not pointed or id(diagnosis) in pointed]
    listed: dict[str, CodedDiagnosis] = {}
    for diagnosis in sorted(chosen, key=_listing):
        listed.setdefault(diagnosis.code, diagnosis)
    return tuple(
        ClaimDiagnosis(code=code, role=_secondary_role(diagnosis) if place else "principal")
        for place, (code, diagnosis) in enumerate(list(listed.items())[:MOST_DIAGNOSES])
    )


def places(diagnoses: Iterable[ClaimDiagnosis]) -> Mapping[str, int]:
    """Where each code stands on the claim, from 1."""
    return {diagnosis.code: place for place, diagnosis in enumerate(diagnoses, start=1)}


def pointers(chart: ChartCoded, service: Service, on_claim: Mapping[str, int]) -> tuple[int, ...]:
    """A service's pointers, from the chart's order to the claim's. A professional line must point (X12 SV107-1): what
    names no diagnosis is for the first-listed one, which is the reason for the visit (OCG IV.G)."""
    found = [on_claim[diagnosis.code] for diagnosis in _pointed(chart, service) if diagnosis.code in on_claim]
    return tuple(dict.fromkeys(found))[:_MOST_POINTERS] or ((1,) if on_claim else ())


def _pointed(chart: ChartCoded, service: Service) -> Iterator[CodedDiagnosis]:
    return (chart.diagnoses[place - 1] for place in service.pointers if 0 < place <= len(chart.diagnoses))


def _with_principal(by_rank: list[CodedDiagnosis]) -> list[CodedDiagnosis]:
    """The first of the others becomes the principal where none is left: every institutional claim has one."""
    if any(diagnosis.role == "principal" for diagnosis in by_rank):
        return by_rank
    first = next((diagnosis for diagnosis in by_rank if diagnosis.role == "other"), None)
    return [d.model_copy(update={"role": "principal"}) if d is first else d for d in by_rank]


def _listing(diagnosis: CodedDiagnosis) -> tuple[bool, bool, int]:
    return (diagnosis.role == "external-cause", diagnosis.role != "principal", diagnosis.rank)


def _secondary_role(diagnosis: CodedDiagnosis) -> Literal["external-cause", "other"]:
    return "external-cause" if diagnosis.role == "external-cause" else "other"
