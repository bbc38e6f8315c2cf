"""chart-completed: a finished chart, as the hospital documented it."""

from typing import Literal

from schemas.events.people import Address, Name, Patient, Provider, ProviderRole, Subscriber
from schemas.events.types import (
    Cents,
    Code,
    Count,
    Day,
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

EncounterClass = Literal["ambulatory", "emergency", "inpatient", "observation", "virtual", "home"]
StatementKind = Literal["diagnosis", "symptom", "treatment", "supply", "drug", "laboratory", "device"]
Certainty = Literal["confirmed", "suspected", "ruled-out", "history-of"]
Laterality = Literal["left", "right", "bilateral"]
Episode = Literal["initial", "subsequent", "sequela"]
PayerKind = Literal["insurer", "business", "patient"]
PresentOnAdmission = Literal["Y", "N", "U", "W"]


class Coding(Wire):
    """One code somebody gave; `system` is a FHIR code system URI."""

    system: Line
    code: Code
    display: Line | None = None


class Admission(Wire):
    type: Code | None = None  # X12 CL101, 837I
    source: Code | None = None  # X12 CL102
    date: Day | None = None
    hour: Code | None = None
    order_signed_by: Id | None = None
    order_signed_at: Instant | None = None
    diagnosis: Coding | None = None


class Discharge(Wire):
    status: PatientStatus | None = None  # X12 CL103: on every institutional claim
    hour: Code | None = None


class CareDay(Wire):
    date: Day
    level: Code


class Encounter(Wire):
    id: Id
    encounter_class: EncounterClass
    start: Instant | None = None
    end: Instant | None = None
    place_of_service: Code | None = None
    facility: Id | None = None
    service_location: Address | None = None
    providers: Many[Provider] = ()
    admission: Admission | None = None
    discharge: Discharge | None = None
    leave_days: Count = 0
    care_days: Many[CareDay] = ()
    birth_weight_grams: Count | None = None
    changed_to_outpatient_at: Instant | None = None  # admitted, and made an outpatient before he left


class Cause(Wire):
    """Why somebody else may have to pay: at most two of a chart (X12 CLM11)."""

    kind: Literal["employment", "auto", "other"]
    date: Day | None = None
    state: Code | None = None
    country: Code | None = None
    claim_number: Id | None = None  # property and casualty, REF Y4
    employer: Line | None = None
    no_fault: bool | None = None  # a law or policy that pays without fault answers for it


class Document(Wire):
    id: Id
    kind: Coding
    signed_by: Id | None = None
    signed_at: Instant | None = None
    text: Text | None = None


class Attachment(Wire):
    """A paper that goes to the payer beside the claim (X12 PWK): what it is, how it gets there, and the number on it
    by which the payer finds its claim."""

    report_type: Code  # PWK01
    transmission: Code  # PWK02: AA on request, BM by mail, EL in a file, EM by e-mail, FT by file transfer, FX by fax
    control_number: Id | None = None  # PWK06


DelayReason = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15"]
"""X12 CLM20, as both 837 guides have it; 11 is another reason, which a note tells."""


class Statement(Wire):
    """One thing that was documented. Nothing is inferred here: what was not said is null."""

    id: Id
    kind: StatementKind
    text: Line | None = None
    codings: Many[Coding] = ()
    certainty: Certainty = "confirmed"
    whose: Literal["patient", "family"] = "patient"
    documented_by: ProviderRole | Literal["nurse", "dietitian", "other"] | None = None
    documented_at: Instant | None = None
    present_on_admission: PresentOnAdmission | None = None
    laterality: Laterality | None = None
    episode: Episode | None = None
    rank: Count | None = None
    due_to: Id | None = None
    performed_at: Instant | None = None
    performed_end: Instant | None = None
    quantity: Milli | None = None
    unit: Code | None = None
    ndc: Code | None = None
    discarded: Milli | None = None
    single_dose: bool | None = None  # of a drug: its vial or package holds one dose
    ndc_quantity: Milli | None = None
    ndc_unit: Code | None = None  # X12 CTP05: F2, GR, ME, ML or UN
    abn: bool | None = None  # an Advance Beneficiary Notice is signed (CMS-R-131)
    device_id: Line | None = None
    modifiers: Many[Code] = ()
    performer: Id | None = None
    order_id: Id | None = None
    result_present: bool | None = None
    document_id: Id | None = None
    supervisor: Id | None = None  # who supervised the performer, by the roster or the encounter


class Order(Wire):
    id: Id
    coding: Coding | None = None
    text: Line | None = None
    status: Literal["active", "completed", "revoked", "draft", "unknown"]


class Authorization(Wire):
    number: Id
    service: Code | None = None
    start: Day | None = None
    end: Day | None = None
    units: Count | None = None


class PriorityFacts(Wire):
    """What decides which plan pays first (42 CFR 411)."""

    working: bool | None = None
    employer_size: Count | None = None
    esrd_start: Day | None = None
    retired: bool | None = None
    continued: bool | None = None  # the plan of who left the work, continued (COBRA)
    court_order: bool | None = None  # a court says that this plan pays first


class Network(Wire):
    """Whether the plan has a contract with the hospital, and with the professionals who bill apart; null: unknown."""

    facility: Literal["in", "out"] | None = None
    professional: Literal["in", "out"] | None = None


class Coverage(Wire):
    """One plan, in the order the hospital believes they pay."""

    id: Id
    payer: Id
    kind: PayerKind
    plan_kind: Code  # claim filing indicator, X12 SBR09
    member_id: Id | None = None
    group: Line | None = None
    subscriber: Subscriber
    valid_from: Day | None = None
    valid_to: Day | None = None
    facts: PriorityFacts | None = None
    eligibility: Literal["active", "inactive", "unknown"] = "unknown"
    eligibility_date: Day | None = None
    eligible_name: Name | None = None  # as the plan answered (X12 271)
    eligible_birth_date: Day | None = None
    advantage: bool | None = None  # the plan answered that a Medicare Advantage plan has the member
    authorizations: Many[Authorization] = ()
    referral: Id | None = None
    network: Network | None = None


class Signatures(Wire):
    """X12 CLM07-09: null is unknown, and then the hospital's signatures on file are asked."""

    assignment_of_benefits: bool | None = None
    release_of_information: bool | None = None
    provider_accepts_assignment: bool | None = None


class Part2Consent(Wire):
    """42 CFR 2.31: whether substance-use treatment may be disclosed for payment."""

    applies: bool
    scope: Line | None = None
    start: Day | None = None
    end: Day | None = None
    revoked: Day | None = None


class Restriction(Wire):
    """45 CFR 164.522(a)(1)(vi): paid in full by the patient, so that no plan may see the item."""

    statement: Id
    paid_cents: Cents


class Estimate(Wire):
    """The good-faith estimate that who pays himself was given (45 CFR 149.610), and the days it is judged by."""

    cents: Cents
    given: Day | None = None
    scheduled: Day | None = None  # when the care was booked
    requested: Day | None = None  # when the patient asked for it


class QueryAnswer(Wire):
    query_id: Id
    answer: Text
    author_npi: Npi
    answered_at: Instant


class ChartCompleted(Event):
    """A hospital's finished chart. A higher `version` corrects; a lower one is late; an equal one with other
    content is a conflict.

    `received_at` is the broker's own timestamp of the hospital's record, set by intake; null on the hospital's
    topic.
    """

    hospital: Id
    chart_id: Id
    version: Count
    account_number: Id
    received_at: Instant | None = None
    patient: Patient
    encounter: Encounter
    causes: Many[Cause] = ()
    documents: Many[Document] = ()
    statements: Many[Statement] = ()
    orders: Many[Order] = ()
    coverages: Many[Coverage] = ()
    signatures: Signatures | None = None
    part2: Part2Consent | None = None
    restrictions: Many[Restriction] = ()
    payments_cents: Cents = 0
    answers: Many[QueryAnswer] = ()
    admission_related: bool | None = None  # of an outpatient: to an admission that follows (42 CFR 412.2(c)(5))
    estimate: Estimate | None = None
    surprise_consent: bool | None = None  # the patient agreed to be billed by who is out of network (45 CFR 149.420)
    onset: Day | None = None  # of the symptoms or illness that the visit was for
    last_menstrual_period: Day | None = None
    attachments: Many[Attachment] = ()
    claim_note: Line | None = None  # to the payer, 80 characters
    delay_reason: DelayReason | None = None  # said where a claim is late
