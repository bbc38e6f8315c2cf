"""claim-built: what goes to a payer; patient-bill: what goes to a person."""

from typing import Literal

from schemas.events.chart import Attachment, Authorization, Cause, PayerKind, PresentOnAdmission, Signatures
from schemas.events.coded import CodedProcedure, Drg
from schemas.events.people import Address, Name, Organization, Patient, Provider, Subscriber
from schemas.events.types import Cents, Code, Count, Day, Event, Id, Line, Many, Milli, Npi, Text, Wire

ClaimKind = Literal["professional", "institutional"]
OrderReason = Literal[
    "only-payer",
    "work-injury",
    "no-fault",
    "liability",
    "not-work-related",
    "accident-cover-ended",
    "working-aged",
    "working-disabled",
    "esrd-first-30-months",
    "esrd-after-30-months",
    "not-working",
    "small-employer",
    "medicaid-last",
    "veterans-authorized",
    "tricare-after-others",
    "court-order",
    "own-before-dependent",
    "birthday-rule",
    "longer-cover",
    "active-before-retired",
    "hospital-order",
]
"""Why a payer is asked in his turn (claims/order_reason.py)."""


class ClaimDiagnosis(Wire):
    code: Code
    role: Literal["principal", "admitting", "reason-for-visit", "external-cause", "other"]
    present_on_admission: PresentOnAdmission | None = None


class ClaimLine(Wire):
    """`control_number` is echoed by the payer (X12 REF 6R): without it an answer's line is a guess.

    Of a professional's line `rendering_npi`, `supervising_npi` and `ordering_npi` say which of the claim's providers
    did, supervised and ordered it (2420A, D, E); of a hospital's `operating_npi` who operated (2420A). `text` is what a
    code for what is not otherwise listed needs (SV101-7).
    """

    number: Count
    control_number: Id
    chart_id: Id
    statement: Id
    code: Code | None = None
    modifiers: Many[Code] = ()
    revenue_code: Code | None = None
    units: Milli
    unit_kind: Code
    service_from: Day
    service_to: Day
    place_of_service: Code | None = None
    charge_cents: Cents
    non_covered_cents: Cents = 0
    pointers: Many[Count] = ()
    ndc: Code | None = None
    ndc_quantity: Milli | None = None
    ndc_unit: Code | None = None  # CTP05: F2, GR, ME, ML or UN
    group: Line | None = None
    rendering_npi: Npi | None = None
    ordering_npi: Npi | None = None
    authorization: Id | None = None  # REF G1 of the line
    text: Line | None = None
    supervising_npi: Npi | None = None
    operating_npi: Npi | None = None


class Adjustment(Wire):
    """X12 CAS: why a payer did not pay `cents` of a charge."""

    group: Literal["CO", "OA", "PI", "PR"]
    carc: Code
    cents: Cents
    quantity: Milli | None = None


class PriorLine(Wire):
    """A line as that payer adjudicated it: his code and units, else ours (SVD). Charge = paid + adjustments;
    `remaining_cents` is what he left to the patient (AMT EAF). `bundled_into` is the control number of the line with
    which he paid this one (SVD06)."""

    control_number: Id
    paid_cents: Cents
    adjustments: Many[Adjustment] = ()
    code: Code | None = None
    modifiers: Many[Code] = ()
    revenue_code: Code | None = None
    units: Milli | None = None
    remaining_cents: Cents | None = None
    remarks: Many[Code] = ()
    bundled_into: Id | None = None


class PriorAnswer(Wire):
    """What an earlier payer answered (X12 2320, 2330, 2430), and how the patient is insured with him; a secondary claim
    carries it. `remaining_cents` is what he left to the patient (AMT EAF), `remarks` stand in MIA or MOA."""

    payer: Id
    sequence: Count
    adjudicated_on: Day
    payer_claim_number: Id | None = None
    paid_cents: Cents
    adjustments: Many[Adjustment] = ()
    lines: Many[PriorLine] = ()
    remaining_cents: Cents | None = None
    remarks: Many[Code] = ()
    filing_indicator: Code | None = None
    subscriber: Subscriber | None = None
    member_id: Id | None = None
    group: Line | None = None


class ChartVersion(Wire):
    chart_id: Id
    version: Count
    coding_revision: Count = 0


class CodedValue(Wire):
    """A condition, occurrence, span or value code with what belongs to it. A value that is no money (days, grams) has
    two decimals too: 3 days are 300 `cents`."""

    kind: Literal["condition", "occurrence", "span", "value"]
    code: Code
    start: Day | None = None
    end: Day | None = None
    cents: Cents | None = None


class ClaimBuilt(Event):
    """One claim to one payer.

    `claim_id` = uuid5 of hospital, account, kind, billing entity, period, split ordinal, payer, payer sequence,
    revision (docs/design.md). `control_number` is CLM01: A-Z 0-9, at most 20 (all a payer must echo, x12.org RFI
    525).
    """

    claim_id: Id
    submission: Count
    control_number: Id
    kind: ClaimKind
    frequency: Code
    original_reference: Id | None = None
    hospital: Id
    account_number: Id
    revision: Count
    charts: Many[ChartVersion]
    payer: Id
    payer_kind: PayerKind
    payer_sequence: Count
    filing_indicator: Code
    insurance_type: Code | None = None  # SBR05: why Medicare comes after another
    submitter: Line
    billing_provider: Organization
    pay_to: Address | None = None
    service_facility: Organization | None = None
    providers: Many[Provider] = ()
    patient: Patient
    subscriber: Subscriber
    member_id: Id | None = None
    group: Line | None = None
    signatures: Signatures
    authorizations: Many[Authorization] = ()
    referral: Id | None = None
    causes: Many[Cause] = ()
    place_of_service: Code | None = None
    bill_type: Code | None = None
    statement_from: Day
    statement_to: Day
    admission_date: Day | None = None
    admission_type: Code | None = None
    admission_source: Code | None = None
    admission_hour: Code | None = None
    patient_status: Code | None = None
    discharge_hour: Code | None = None
    coded_values: Many[CodedValue] = ()
    diagnoses: Many[ClaimDiagnosis]
    procedures: Many[CodedProcedure] = ()
    drg: Drg | None = None
    lines: Many[ClaimLine]
    total_charge_cents: Cents
    prior: Many[PriorAnswer] = ()
    patient_paid_cents: Cents = 0
    notes: Many[Line] = ()
    delay_reason: Code | None = None
    x12: Text | None = None
    code_sets: Line | None = None
    edit_tables: Line | None = None
    order_reason: OrderReason | None = None  # why this payer, in this turn
    onset: Day | None = None  # of a professional's; a hospital's says it by occurrence code, as the next
    last_menstrual_period: Day | None = None
    attachments: Many[Attachment] = ()


BillBasis = Literal["after-payers", "restricted", "no-plan", "patient-pays", "no-plan-answers"]
"""Why a bill waits for no payer: they all answered; none may see it; the chart names none, or the patient himself; none
that it names answers for this."""


class PayerShare(Wire):
    payer: Id
    paid_cents: Cents
    adjusted_cents: Cents


class BillReason(Wire):
    """Why the patient owes: the kind in plain words, with its CARC where a payer gave one."""

    kind: Literal["deductible", "coinsurance", "copay", "not-covered", "self-pay", "paid-in-full-restriction", "other"]
    carc: Code | None = None
    cents: Cents
    text: Line | None = None


class BillDiscount(Wire):
    """What the hospital itself takes off."""

    kind: Literal["self-pay"]
    cents: Cents


class NotBilled(Wire):
    """What a payer left to the patient, and the law says that he does not owe."""

    kind: Literal["surprise-bill", "qualified-medicare-beneficiary", "paid-in-full-by-medicaid"]
    carc: Code
    cents: Cents
    text: Line | None = None


class BillContact(Wire):
    """Whom a patient asks about his bill."""

    phone: Line
    hours: Line | None = None
    web: Line | None = None
    assistance_web: Line | None = None  # where the financial assistance policy can be read


class BillEstimate(Wire):
    """The good-faith estimate beside the bill; `disputable`: the bill is so far above it that the patient may dispute
    it (45 CFR 149.620)."""

    cents: Cents
    given: Day | None = None
    above_cents: Cents
    disputable: bool


class BillLine(Wire):
    service_from: Day
    text: Line
    code: Code | None = None
    charge_cents: Cents


class PatientBill(Event):
    """What a person owes after the last payer answered: the last payer's patient responsibility, never 'the rest'."""

    bill_id: Id
    hospital: Id
    account_number: Id
    revision: Count
    charts: Many[ChartVersion]
    guarantor_name: Name
    guarantor_address: Address | None = None
    patient: Patient
    provider: Organization
    statement_from: Day
    statement_to: Day
    lines: Many[BillLine]
    total_charge_cents: Cents
    payers: Many[PayerShare] = ()
    patient_paid_cents: Cents = 0
    owed_cents: Cents
    refund_cents: Cents = 0
    reasons: Many[BillReason] = ()
    due: Day
    notices: Many[Text] = ()
    code_sets: Line | None = None
    edit_tables: Line | None = None
    basis: BillBasis | None = None
    contact: BillContact | None = None
    discounts: Many[BillDiscount] = ()
    not_billed: Many[NotBilled] = ()
    estimate: BillEstimate | None = None
