"""Safe Harbor (45 CFR 164.514(b)(2)): what may be said about one outcome of one stage, and nothing else.

A `ClaimStats` holds no id, no name, no place below the state and no date element but the year; ages over 89 are one
band and no birth year is carried. What a partner may write freely is let through only in the shape of its code set, or
where reference data of ours names it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from typing import TypedDict, Unpack

from claims.codesets.shapes import ICD_10_CM
from claims.denying import denying
from schemas.events.chart import ChartCompleted, Coverage
from schemas.events.claim import Adjustment, ClaimBuilt, PatientBill
from schemas.events.coded import ChartCoded, ChartReturned, Service
from schemas.events.control import ClaimStats
from schemas.events.payer import ClaimAdjudicated
from schemas.events.people import Address, Patient

Ccsr = Callable[[str], str]
"""The CCSR group of an ICD-10-CM code (`CodeSets.ccsr`); "unclassified" where the table lacks it."""


@dataclass(frozen=True)
class CountedBy:
    """What charts are counted by: a diagnosis by its CCSR, a service by a department of our chargemasters, and a day by
    the hospital's calendar."""

    ccsr: Ccsr
    departments: frozenset[str]
    zones: Mapping[str, tzinfo]


Chart = ChartCompleted | ChartCoded
"""A chart as the hospital told it, or in codes."""

# 45 CFR 164.514(b)(2)(i)(C): all ages over 89 are one category.
_BANDS = ((18, "0-17"), (35, "18-34"), (50, "35-49"), (65, "50-64"), (80, "65-79"), (90, "80-89"))

# 45 CFR 164.514(b)(2)(i)(B): a state may be named. USPS abbreviations of states, the district and the territories.
STATES = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA",
    "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR",
    "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "AS", "GU", "MP", "PR", "VI",
})  # fmt: skip

RESTRICTED_ZIP3_SOURCE = "2020 census, ZCTA population by first three digits, 20,000 people or fewer"
RESTRICTED_ZIP3 = frozenset({
    "036", "059", "102", "202", "203", "204", "205", "369", "556",
    "692", "753", "772", "821", "823", "878", "879", "884", "893",
})  # fmt: skip

_BUCKETS = (
    (1, "0"), (10_000, "under-100"), (50_000, "100-499"), (100_000, "500-999"), (500_000, "1000-4999"),
    (1_000_000, "5000-9999"), (5_000_000, "10000-49999"),
)  # fmt: skip

# HCPCS Level II families by their letter; our own words.
_FAMILIES = {
    "A": "transport and supplies", "B": "nutrition", "C": "outpatient items", "E": "equipment", "G": "services",
    "H": "behavioral health", "J": "drugs", "K": "equipment", "L": "orthotics and prosthetics", "M": "services",
    "P": "laboratory", "Q": "drugs and supplies", "R": "imaging", "S": "services", "T": "services", "U": "laboratory",
    "V": "vision and hearing",
}  # fmt: skip


def age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def age_band(birth: date | None, on: date) -> str | None:
    """The band of an age on a day; 90 and older is one band (164.514(b)(2)(i)(C)). Unknown or not yet born is null."""
    if birth is None or birth > on:
        return None
    return next((band for limit, band in _BANDS if age(birth, on) < limit), "90+")


def state(address: Address | None) -> str | None:
    """The state of an address, if it is one: any other word may be a town."""
    named = address.state.upper() if address and address.state else None
    return named if named in STATES else None


def zip3(postal_code: str | None, people: Mapping[str, int]) -> str:
    """The first three digits where more than 20,000 people live, else 000 (164.514(b)(2)(i)(B)).

    `people` is the census' count by prefix; a prefix that it lacks is 000, and so is every one restricted since 2020.
    """
    prefix = (postal_code or "")[:3]
    return prefix if people.get(prefix, 0) > 20_000 and prefix not in RESTRICTED_ZIP3 else "000"


def cents_bucket(cents: int) -> str:
    """Whole dollars in coarse steps: an exact amount may be known to somebody, and name a person."""
    if cents < 0:
        return "negative"
    return next((bucket for limit, bucket in _BUCKETS if cents < limit), "50000+")


def diagnosis_groups(codes: Iterable[str], ccsr: Ccsr) -> tuple[str, ...]:
    return tuple(sorted({ccsr(code) for code in codes}))


def service_group(service: Service, departments: Collection[str]) -> str:
    """The department, if a chargemaster of ours has it; else the family of the code.

    Who sends a line may write anything into its group and say it was the chargemaster's: free text does not leave
    (45 CFR 164.514(b)(2)(i)).
    """
    if service.group and service.group in departments and service.path == "chargemaster":
        return service.group
    if service.code:
        return _FAMILIES.get(service.code[0], "procedures")
    revenue_code = service.revenue_code or ""
    return f"revenue {revenue_code[:3]}x" if re.fullmatch(r"[0-9]{4}", revenue_code) else "unclassified"


def _only(value: str | None, pattern: str) -> str | None:
    """A code of that shape, or `other`: a field that a partner fills must not carry a name out."""
    return value if value is None or re.fullmatch(pattern, value) else "other"


def plan_kind(indicator: str | None) -> str | None:
    return _only(indicator, r"[A-Z0-9]{2}")  # X12 SBR09


def carcs(adjustments: Iterable[Adjustment]) -> tuple[str, ...]:
    return tuple(sorted({_only(each.carc, r"[A-Z]{0,2}[0-9]{1,3}") or "other" for each in adjustments}))


def adjustments(answer: ClaimAdjudicated) -> tuple[Adjustment, ...]:
    """All adjustments of an answer, of the claim and of its lines."""
    return (*answer.adjustments, *(each for line in answer.lines for each in line.adjustments))


def denied_for(answer: ClaimAdjudicated, filing_indicator: str) -> tuple[str, ...]:
    """The CARCs money was withheld for. Status says nothing: a denied claim is 1, 2 or 3 with paid 0 (billing.md 1)."""
    return carcs(each for each in denying(adjustments(answer), filing_indicator) if each.cents > 0)


def answer_outcome(answer: ClaimAdjudicated, filing_indicator: str) -> str:
    if answer.status == "22":
        return "reversed"
    if not denied_for(answer, filing_indicator):
        return "paid"
    return "denied" if answer.paid_cents == 0 else "partly-denied"


class _Person(TypedDict):
    year: int
    age_band: str | None
    sex: str
    state: str | None


def _person(patient: Patient, on: date) -> _Person:
    return _Person(
        year=on.year, age_band=age_band(patient.birth_date, on), sex=patient.sex, state=state(patient.address)
    )


class _Told(TypedDict):
    stage: str
    outcome: str
    carcs: tuple[str, ...]


class _Payer(TypedDict):
    payer_kind: str
    plan_kind: str | None


def _payer(coverages: Sequence[Coverage]) -> _Payer:
    """Who pays first; without a coverage it is the patient."""
    if not coverages:
        return _Payer(payer_kind="patient", plan_kind=None)
    return _Payer(payer_kind=coverages[0].kind, plan_kind=plan_kind(coverages[0].plan_kind))


def withheld(statistic: ClaimStats) -> ClaimStats:
    """A Part 2 chart (42 CFR 2.12) is counted as an outcome, without anything that says what was treated."""
    return statistic.model_copy(update={"diagnosis_groups": (), "service_groups": (), "drg": None, "edits": ()})


def is_part2(chart: Chart) -> bool:
    return chart.part2 is not None and chart.part2.applies


def day_of(chart: Chart, zones: Mapping[str, tzinfo]) -> date:
    """The day a chart's age and year are taken on: its end where it happened, else the last moment that is known.

    Never after it was received: a mistyped year is no fact, and a broker takes no record of the future.
    """
    zone, received = zones.get(chart.hospital, UTC), chart.received_at or chart.occurred_at
    if isinstance(chart, ChartCoded):
        return min(chart.encounter.end_day, received.astimezone(zone).date())
    last = chart.encounter.end or chart.encounter.start or received
    return min(last, received).astimezone(zone).date()


def _codes(chart: Chart) -> list[str]:
    """What the patient has: not what was ruled out, suspected or is history, and not what his family has."""
    if isinstance(chart, ChartCoded):
        return [each.code for each in chart.diagnoses]
    has = (said for said in chart.statements if said.certainty == "confirmed" and said.whose == "patient")
    return [each.code for said in has for each in said.codings if each.system in ICD_10_CM]


def _of_chart(stage: str, outcome: str, chart: Chart, by: CountedBy, edits: Iterable[str]) -> ClaimStats:
    services = chart.services if isinstance(chart, ChartCoded) else ()
    drg = chart.drg.code if isinstance(chart, ChartCoded) and chart.drg else None
    statistic = ClaimStats(
        stage=stage, outcome=outcome, encounter_class=chart.encounter.encounter_class,
        diagnosis_groups=diagnosis_groups(_codes(chart), by.ccsr),
        service_groups=tuple(sorted({service_group(each, by.departments) for each in services})),
        drg=_only(drg, r"[0-9]{3}"), edits=tuple(sorted(set(edits))),
        cents_bucket=cents_bucket(sum(each.charge_cents for each in services)) if services else None,
        **_person(chart.patient, day_of(chart, by.zones)), **_payer(chart.coverages),
    )  # fmt: skip
    return withheld(statistic) if is_part2(chart) else statistic


def of_coded(chart: ChartCoded, by: CountedBy) -> ClaimStats:
    """A chart that became codes: `complete-at-first` if nobody had to be asked, else `complete-later`."""
    at_first = chart.version <= 1 and chart.coding_revision == 0
    warned = (each.rule for each in chart.findings)
    return _of_chart("validation", "complete-at-first" if at_first else "complete-later", chart, by, warned)


def of_returned(stage: str, returned: ChartReturned, chart: Chart, by: CountedBy) -> ClaimStats:
    """A chart that went back: its reason, the rules that reject it, and the kinds of query it needs."""
    why = [each.rule for each in returned.findings if each.severity == "reject"]
    why += [f"query-{each.kind}" for each in returned.queries]
    return _of_chart(stage, returned.reason, chart, by, why + ["coding"] * bool(returned.worklist))


def _of_claim(claim: ClaimBuilt, ccsr: Ccsr, part2: bool, **told: Unpack[_Told]) -> ClaimStats:
    statistic = ClaimStats(
        payer_kind=claim.payer_kind, plan_kind=plan_kind(claim.filing_indicator),
        diagnosis_groups=diagnosis_groups((each.code for each in claim.diagnoses), ccsr),
        drg=_only(claim.drg.code if claim.drg else None, r"[0-9]{3}"),
        cents_bucket=cents_bucket(claim.total_charge_cents), **_person(claim.patient, claim.statement_to), **told,
    )  # fmt: skip
    return withheld(statistic) if part2 else statistic


def of_claim(claim: ClaimBuilt, ccsr: Ccsr, part2: bool) -> ClaimStats:
    """A claim that went out. `part2` is the charts', which a claim does not repeat."""
    outcome = {"7": "claim-replaced", "8": "claim-voided"}.get(claim.frequency, "claim-built")
    return _of_claim(claim, ccsr, part2, stage="claiming", outcome=outcome, carcs=())


def of_answer(answer: ClaimAdjudicated, claim: ClaimBuilt, ccsr: Ccsr, part2: bool) -> ClaimStats:
    """A payer's answer to a claim: paid, denied, partly denied or reversed, with the CARCs of what was withheld."""
    by = claim.filing_indicator
    told = _Told(stage="adjudication", outcome=answer_outcome(answer, by), carcs=denied_for(answer, by))
    return _of_claim(claim, ccsr, part2, **told)


def of_bill(bill: PatientBill, part2: bool) -> ClaimStats:
    """A bill to a person: `self-pay-billed` where no payer was asked, else what payers left."""
    statistic = ClaimStats(
        stage="claiming", outcome="patient-billed" if bill.payers else "self-pay-billed", payer_kind="patient",
        cents_bucket=cents_bucket(bill.total_charge_cents), **_person(bill.patient, bill.statement_to),
    )  # fmt: skip
    return withheld(statistic) if part2 else statistic
