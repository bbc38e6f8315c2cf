"""What a payer says: acknowledgement (277CA), payment (835 header) and answer per claim (835 CLP); and what we make
of it."""

from typing import Literal

from schemas.events.claim import Adjustment
from schemas.events.people import Name
from schemas.events.types import Cents, Code, Count, Day, DayOfCare, Event, Id, Instant, Line, Many, Milli, Wire


class StatusCode(Wire):
    """277CA: STC01, 10, 11. Of a refused file the code, the element that says it as `entity` (IK304, IK403, IK502,
    AK905, TA105), and where in the file it is."""

    category: Code
    status: Code | None = None
    entity: Code | None = None
    line_control_number: Id | None = None
    place: Line | None = None


class ClaimAcknowledged(Event):
    """277CA, or a refused file (999, TA1). A rejected claim was never filed: it goes again as an original."""

    payer: Id
    received_at: Instant | None = None
    claim_id: Id | None = None
    control_number: Id | None = None
    accepted: bool
    codes: Many[StatusCode] = ()
    payer_claim_number: Id | None = None
    receipt_date: Day | None = None
    hospital: Id | None = None  # from here on set by us, null on the payer's topic
    account_number: Id | None = None


class ProviderAdjustment(Wire):
    """X12 PLB: a positive amount takes money from the payment, a negative one gives."""

    provider: Id
    fiscal_date: Day
    code: Code
    reference: Id | None = None
    cents: Cents


class Remittance(Event):
    """One payment. `claims_count` and `claims_paid_cents` are what its answers must add up to."""

    payer: Id
    received_at: Instant | None = None
    trace_number: Id
    method: Code
    date: Day
    payment_cents: Cents
    payee_npi: Id | None = None
    payee_tax_id: Code | None = None
    provider_adjustments: Many[ProviderAdjustment] = ()
    claims_count: Count
    claims_paid_cents: Cents


class AnsweredLine(Wire):
    """`code`, `modifiers`, `revenue_code` and `units` as they were adjudicated and paid (835 SVC01, 04, 05); what was
    sent, where that is another (SVC06, SVC07)."""

    control_number: Id | None = None
    code: Code | None = None
    submitted_code: Code | None = None
    units: Milli | None = None
    charge_cents: Cents
    paid_cents: Cents
    adjustments: Many[Adjustment] = ()
    remarks: Many[Code] = ()
    allowed_cents: Cents | None = None
    modifiers: Many[Code] = ()
    submitted_modifiers: Many[Code] = ()
    submitted_units: Milli | None = None
    revenue_code: Code | None = None


class ClaimAdjudicated(Event):
    """A payer's answer to one claim, `position` within its remittance. Cents are signed: a reversal (22) negates.

    By whom and when he means, the claim is looked for when its number is none of ours (claims/matching.py). An answer
    that a person found to be `not_ours` counts in its remittance, and is posted to nobody.
    From `claim_id` to `answers` the fields are ours: null from the payer, set once the answer is checked and its
    remittance balances. The last ones inform, and no money follows from them.
    `balance_*` is the sum over all answers to this claim so far, this one included.
    """

    payer: Id
    received_at: Instant | None = None
    trace_number: Id
    position: Count
    control_number: Id
    payer_claim_number: Id | None = None
    status: Literal["1", "2", "3", "4", "19", "20", "21", "22", "23", "25"]
    adjudicated_on: DayOfCare
    charge_cents: Cents
    paid_cents: Cents
    patient_responsibility_cents: Cents | None = None
    interest_cents: Cents = 0
    adjustments: Many[Adjustment] = ()
    lines: Many[AnsweredLine] = ()
    remarks: Many[Code] = ()
    crossover_carrier: Line | None = None
    corrected_member_id: Id | None = None
    corrected_payer: Line | None = None
    patient_name: Name | None = None
    member_id: Id | None = None
    service_from: Day | None = None
    service_to: Day | None = None
    not_ours: bool = False
    claim_id: Id | None = None
    hospital: Id | None = None
    account_number: Id | None = None
    balance_charge_cents: Cents | None = None
    balance_paid_cents: Cents | None = None
    answers: Count | None = None
    filing_indicator: Code | None = None
    drg: Code | None = None
    drg_weight: Code | None = None
    received_on: Day | None = None
    allowed_cents: Cents | None = None
    covered_days: Milli | None = None
    corrected_name: Name | None = None
