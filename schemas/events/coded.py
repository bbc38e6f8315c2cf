"""chart-coded: the same chart in standard codes; and chart-returned: what is missing for that."""

from typing import Literal

from schemas.events.chart import (
    Attachment,
    Cause,
    Coverage,
    DelayReason,
    EncounterClass,
    Estimate,
    Part2Consent,
    PresentOnAdmission,
    Restriction,
    Signatures,
)
from schemas.events.people import Organization, Patient, Provider
from schemas.events.types import (
    Cents,
    Code,
    Count,
    Day,
    DayOfCare,
    Event,
    Id,
    Instant,
    Line,
    Many,
    Milli,
    Npi,
    PatientStatus,
    Text,
    Wire,
)

CodingPath = Literal["given", "index", "inclusion-term", "title", "chargemaster", "coder"]


class CodedDiagnosis(Wire):
    code: Code  # ICD-10-CM with its dot
    role: Literal["principal", "admitting", "reason-for-visit", "external-cause", "other"]
    rank: Count
    present_on_admission: PresentOnAdmission | None = None
    statement: Id
    path: CodingPath
    release: Code
    phrase: Line | None = None  # the words that were coded
    note: Line | None = None  # what of the code set led to it
    complication: Literal["CC", "MCC"] | None = None  # as the grouper counts it for this stay


class CodedProcedure(Wire):
    """ICD-10-PCS, inpatient only."""

    code: Code
    performed_at: DayOfCare
    performer: Id | None = None
    statement: Id
    path: CodingPath
    release: Code


class Service(Wire):
    """One line to bill: from the chargemaster or a coder, priced on its date.

    `units` are thousandths; `pointers` index the chart's diagnoses from 1.
    """

    statement: Id
    code: Code | None = None  # HCPCS or CPT; null where a revenue code stands alone
    modifiers: Many[Code] = ()
    revenue_code: Code | None = None
    units: Milli
    unit_kind: Code = "UN"
    service_from: DayOfCare
    service_to: DayOfCare
    place_of_service: Code | None = None
    charge_cents: Cents
    non_covered_cents: Cents = 0
    component: Literal["facility", "professional"]
    performer_npi: Npi | None = None
    ordering_npi: Npi | None = None
    pointers: Many[Count] = ()
    ndc: Code | None = None
    authorization: Id | None = None
    group: Line | None = None  # the chargemaster's department, for statistics
    path: CodingPath
    text: Line | None = None  # as documented; a code for what is not otherwise listed needs it
    ndc_quantity: Milli | None = None
    ndc_unit: Code | None = None
    discarded: Milli | None = None
    single_dose: bool | None = None
    abn: bool | None = None
    chart_id: Id | None = None  # the chart it was folded from; null is its own
    supervising_npi: Npi | None = None  # where another supervised it than the whole visit


class Drg(Wire):
    version: Code
    code: Code
    weight: Line | None = None
    kind: Literal["MS-DRG"] = "MS-DRG"
    mdc: Code | None = None
    severity: Literal["CC", "MCC"] | None = None
    without: Code | None = None  # the group of the same stay without its complications
    decided_by: Many[Code] = ()  # the diagnoses without which the group would be another


class Finding(Wire):
    """One thing that is wrong or doubtful, with its mend. `value_kind` says what kind of value offends, never the
    value."""

    rule: Code
    severity: Literal["reject", "warn"]
    disposition: Code
    message: Line
    field: Line | None = None
    line: Count | None = None
    value_kind: Line | None = None
    mend: Line
    citation: Line
    carc: Code | None = None
    claim: Id | None = None  # the control number of the earlier claim that is concerned


class Indicator(Wire):
    """A clinical fact a query quotes, with its date and where it stands."""

    text: Line
    date: Day | None = None
    source: Line


class Query(Wire):
    """A question in the form of AHIMA/ACDIS 2022, or an administrative task."""

    id: Id
    to: Code
    kind: Literal["open", "choice", "yes-no", "task"]
    indicators: Many[Indicator] = ()
    question: Text
    options: Many[Line] = ()
    due: Day | None = None
    topic: Code | None = None  # the completeness rule that asks


class Candidate(Wire):
    code: Code
    title: Line
    why: Line


class WorkItem(Wire):
    """A statement a coder has to code."""

    statement: Id
    kind: Code
    text: Line | None = None
    candidates: Many[Candidate] = ()
    why: Line
    id: Id | None = None


class Proposal(Wire):
    """What would mend an earlier claim that a later chart makes wrong; a person decides.

    `fold`: the services of `chart_id` go onto the chart `into`, and the claims that have them are voided (42 CFR
    412.2(c)(5)). `merge`: the same, onto one outpatient claim. `replace`: the claim is to be sent again without what is
    wrong with it.
    """

    kind: Literal["fold", "merge", "replace"]
    chart_id: Id
    into: Id | None = None
    claims: Many[Id] = ()  # control numbers
    why: Line


class StayFacts(Wire):
    """What a claim needs of the encounter."""

    id: Id
    encounter_class: EncounterClass
    start: Instant
    end: Instant
    start_day: DayOfCare  # where it happened, in the hospital's time zone
    end_day: DayOfCare
    place_of_service: Code | None = None
    admission_type: Code | None = None
    admission_source: Code | None = None
    admission_hour: Code | None = None
    discharge_status: PatientStatus | None = None
    discharge_hour: Code | None = None
    service_facility: Organization | None = None
    providers: Many[Provider] = ()
    leave_days: Count = 0
    birth_weight_grams: Count | None = None
    admission_date: Day | None = None
    changed_to_outpatient_at: Instant | None = None


class ChartCoded(Event):
    """A chart in codes. `coding_revision` counts a coder's changes without a new chart version."""

    hospital: Id
    chart_id: Id
    version: Count
    coding_revision: Count = 0
    account_number: Id
    received_at: Instant | None = None
    patient: Patient
    encounter: StayFacts
    causes: Many[Cause] = ()
    coverages: Many[Coverage] = ()
    signatures: Signatures
    part2: Part2Consent | None = None
    restrictions: Many[Restriction] = ()
    payments_cents: Cents = 0
    diagnoses: Many[CodedDiagnosis] = ()
    procedures: Many[CodedProcedure] = ()
    services: Many[Service] = ()
    drg: Drg | None = None
    code_sets: Line
    edit_tables: Line
    coder: Id
    findings: Many[Finding] = ()
    admission_related: bool | None = None
    folds: Many[Id] = ()  # the charts whose services stand on this one
    folded_into: Id | None = None  # the chart on which this one's services stand: it has no claim of its own
    estimate: Estimate | None = None
    surprise_consent: bool | None = None
    onset: Day | None = None
    last_menstrual_period: Day | None = None
    attachments: Many[Attachment] = ()
    claim_note: Line | None = None
    delay_reason: DelayReason | None = None


ReturnReason = Literal[
    "incomplete",
    "uncodable",
    "rejected-by-edits",
    "rejected-by-payer",
    "denied-by-payer",
    "unanswered",
    "late-version",
    "deadline-near",
    "bill-to-check",
]


class ChartReturned(Event):
    """Everything a hospital has to know about a chart that goes no further, at once."""

    hospital: Id
    chart_id: Id
    version: Count
    account_number: Id | None = None
    reason: ReturnReason
    queries: Many[Query] = ()
    findings: Many[Finding] = ()
    worklist: Many[WorkItem] = ()
    code_sets: Line | None = None
    edit_tables: Line | None = None
    proposals: Many[Proposal] = ()
