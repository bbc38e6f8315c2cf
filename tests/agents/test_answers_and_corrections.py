"""What an answer leads to while a correction waits, and what a correction leads to once everything is answered."""

from datetime import timedelta
from typing import Any

from schemas.events import ChartReturned, ClaimAdjudicated, ClaimBuilt, PatientBill
from schemas.events.chart import Cause, Estimate, Part2Consent, Restriction
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, built, due, kept, rejection, settled, visit
from tests.agents.given_stages import Stages, outcomes
from tests.claims.given_accounts import DAY, by_line, coverage, reversal, service, stay

PLANS = (coverage("medicare"), coverage("medicaid"))
BOTH = (service(), service("s2", "professional", 5_000))
IN_45_DAYS = AFTER_THE_HOLD + timedelta(days=45)


def billed(given: Stages, **other: Any) -> list[ClaimBuilt]:
    return built(given, given.decide("claiming", visit(**other)))


def told(given: Stages, *events: ClaimAdjudicated) -> list[ChartReturned]:
    return given.said(given.decide("claiming", *events), ChartReturned)


# An answer is due until the claim is settled


def test_a_price_alone_leaves_the_answer_due(given: Stages) -> None:
    """Status 25 is a predetermination: it settles nothing."""
    (claim,) = billed(given)
    given.decide("claiming", settled(claim, status="25"))
    assert [each.kind for each in due(given, IN_45_DAYS)] == ["answer-overdue"]


def test_after_a_reversal_a_correction_is_due(given: Stages) -> None:
    (claim,) = billed(given)
    first = settled(claim, received_at=AFTER_THE_HOLD)
    given.decide("claiming", first, reversal(first, 1))
    assert [each.kind for each in due(given, IN_45_DAYS)] == ["answer-overdue"]


def test_the_correction_ends_what_the_reversal_began(given: Stages) -> None:
    (claim,) = billed(given)
    first = settled(claim, received_at=AFTER_THE_HOLD)
    given.decide("claiming", first, reversal(first, 1), settled(claim, paid=9_000, trace_number="t2", position=2))
    assert due(given, IN_45_DAYS) == []


def test_the_next_payer_has_as_long_as_the_first(given: Stages) -> None:
    (claim,) = billed(given, coverages=PLANS)
    late = AFTER_THE_HOLD + timedelta(days=40)
    given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)], received_at=late))
    assert due(given, IN_45_DAYS) == []
    assert len(due(given, late + timedelta(days=45))) == 1


def test_an_answer_that_does_not_come_is_told_to_the_hospital(given: Stages) -> None:
    billed(given)
    (returned,) = given.said(given.decide("claiming", *due(given, IN_45_DAYS)), ChartReturned)
    assert (returned.reason, [finding.rule for finding in returned.findings]) == ("unanswered", ["276"])


def test_a_void_that_the_payer_answers_with_a_reversal_is_no_longer_due(given: Stages) -> None:
    (claim,) = billed(given)
    paid = settled(claim)
    (void,) = built(given, given.decide("claiming", paid, visit(2, coverages=(coverage("patient"),))))
    given.decide("claiming", reversal(paid, 1))
    assert (void.frequency, due(given, IN_45_DAYS)) == ("8", [])


# A correction that waited


def test_a_claim_that_a_correction_leaves_as_it_was_goes_on_to_the_next_payer(given: Stages) -> None:
    facility, professional = billed(given, services=BOTH, coverages=PLANS)
    dearer = (service(), service("s2", "professional", 6_000))
    given.decide("claiming", visit(2, services=dearer, coverages=PLANS))
    given.decide("claiming", settled(facility, reasons=[("PR", "2", 1_600)]))
    claims = built(given, given.decide("claiming", rejected := settled(professional, trace_number="t2")))
    assert rejected.paid_cents == 5_000
    assert [(c.payer, c.frequency, c.total_charge_cents) for c in claims] == [("medicaid", "1", 10_000)]


def test_a_correction_the_payer_does_not_take_leaves_the_answered_claim_to_be_followed(given: Stages) -> None:
    """Medicare's professional claims are reopened, not replaced: the hospital is told, and Medicaid is asked."""
    own = (service("s2", "professional", 5_000),)
    (claim,) = billed(given, services=own, coverages=PLANS)
    dearer = (service("s2", "professional", 6_000),)
    given.decide("claiming", visit(2, services=dearer, coverages=PLANS))
    decisions = given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)]))
    assert [f.rule for back in given.said(decisions, ChartReturned) for f in back.findings] == ["C5"]
    assert [(c.payer, c.total_charge_cents) for c in built(given, decisions)] == [("medicaid", 5_000)]
    assert [(each.chart.version, each.state) for each in kept(given).charts] == [(1, "claimed")]


# A correction once everything is answered


def test_a_version_that_names_one_more_plan_asks_it(given: Stages) -> None:
    (claim,) = billed(given, coverages=PLANS[:1])
    given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)]))
    (second,) = billed(given, version=2, coverages=PLANS)
    assert (second.payer, second.payer_sequence) == ("medicaid", 2)


def test_a_version_that_changes_nothing_says_nothing(given: Stages) -> None:
    (claim,) = billed(given, coverages=PLANS)
    (second,) = built(given, given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)])))
    given.decide("claiming", settled(second, reasons=[("PR", "1", 500)], trace_number="t2"))
    decisions = given.decide("claiming", visit(2, coverages=PLANS))
    assert (built(given, decisions), given.said(decisions, PatientBill)) == ([], [])


def test_what_the_patient_paid_since_comes_off_his_bill_and_corrects_no_claim(given: Stages) -> None:
    (claim,) = billed(given)
    given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)]))
    decisions = given.decide("claiming", visit(2, payments_cents=600))
    (bill,) = given.said(decisions, PatientBill)
    assert (bill.revision, bill.owed_cents, built(given, decisions)) == (2, 1_000, [])


def test_a_restricted_service_is_billed_once_for_all_versions(given: Stages) -> None:
    restricted = (Restriction(statement="s1", paid_cents=4_000),)
    first = given.said(given.decide("claiming", visit(restrictions=restricted)), PatientBill)
    again = given.said(given.decide("claiming", visit(2, restrictions=restricted)), PatientBill)
    assert ([bill.owed_cents for bill in first], again) == ([6_000], [])


def test_what_is_no_longer_restricted_is_no_longer_owed(given: Stages) -> None:
    given.decide("claiming", visit(restrictions=(Restriction(statement="s1", paid_cents=4_000),)))
    (bill,) = given.said(given.decide("claiming", visit(2)), PatientBill)
    assert (bill.revision, bill.owed_cents, bill.total_charge_cents) == (2, 0, 0)


def test_the_second_half_of_a_split_claim_does_not_take_the_place_of_the_first(given: Stages) -> None:
    """More than fifty lines are two claims, to the next payer as to the first."""
    many = tuple(service(f"s{n}", "professional", 100, code=None, pointers=()) for n in range(60))
    halves = billed(given, services=many, coverages=PLANS)
    answers = [settled(half, reasons=[("PR", "2", 50)], trace_number=f"t{n}") for n, half in enumerate(halves)]
    following = built(given, given.decide("claiming", *answers))
    assert [(c.payer, c.frequency, len(c.lines)) for c in following] == [("medicaid", "1", 50), ("medicaid", "1", 10)]


def test_nobody_is_billed_before_a_sisters_next_payer(given: Stages) -> None:
    facility, professional = billed(given, services=BOTH, coverages=PLANS)
    answers = (settled(facility), settled(professional, reasons=[("PR", "2", 1_600)], trace_number="t2"))
    decisions = given.decide("claiming", *answers)
    assert ([c.payer for c in built(given, decisions)], given.said(decisions, PatientBill)) == (["medicaid"], [])


# A void that was never filed


def test_a_claim_whose_void_was_rejected_is_voided_again(given: Stages) -> None:
    (claim,) = billed(given)
    own = (coverage("patient"),)
    (void,) = built(given, given.decide("claiming", settled(claim), visit(2, coverages=own)))
    given.decide("claiming", rejection(void))
    (again,) = billed(given, version=3, coverages=own)
    assert (again.frequency, again.original_reference, again.lines) == ("8", "ICN-commercial", claim.lines)


def test_a_claim_whose_void_was_rejected_is_not_billed_a_second_time(given: Stages) -> None:
    """It stands with the payer: what the chart says now is a replacement of it."""
    (claim,) = billed(given)
    (void,) = built(given, given.decide("claiming", settled(claim), visit(2, coverages=(coverage("patient"),))))
    given.decide("claiming", rejection(void))
    assert billed(given, version=3) == []
    (dearer,) = billed(given, version=4, services=(service(cents=11_000),))
    assert (dearer.frequency, dearer.original_reference) == ("7", "ICN-commercial")


# Denials


def test_a_denied_line_of_a_paid_claim_is_told(given: Stages) -> None:
    (claim,) = billed(given, services=(service(), service("s3", cents=700)))
    said = by_line(claim, [[], [("CO", "50", 700)]])
    about = {"hospital": claim.hospital, "account_number": claim.account_number}
    (back,) = told(given, said.model_copy(update=about))
    assert [(finding.line, finding.carc) for finding in back.findings] == [(2, "50")]


def test_a_fee_schedule_denies_nothing(given: Stages) -> None:
    (claim,) = billed(given)
    assert told(given, settled(claim, reasons=[("CO", "45", 4_000)])) == []


def test_a_work_injury_denied_with_no_plan_behind_is_told(given: Stages) -> None:
    injured = {"causes": (Cause(kind="employment"),), "coverages": (coverage("workers-compensation"),)}
    (claim,) = billed(given, **injured)
    (back,) = told(given, settled(claim, reasons=[("CO", "P4", 10_000)]))
    assert [finding.carc for finding in back.findings] == ["P4"]


def test_the_plan_is_not_told_that_it_was_a_work_injury(given: Stages) -> None:
    plans = (coverage("workers-compensation"), coverage())
    (claim,) = billed(given, causes=(Cause(kind="employment", date=DAY),), coverages=plans)
    (second,) = built(given, given.decide("claiming", settled(claim, reasons=[("CO", "P4", 10_000)])))
    assert (second.causes, second.coded_values) == ((), ())


# What a hospital hears of a bill


def test_a_bill_far_above_the_estimate_is_the_hospitals_to_check(given: Stages) -> None:
    himself = visit(coverages=(), estimate=Estimate(cents=1_000), services=(service(cents=41_000),))
    decisions = given.decide("claiming", himself)
    (back,) = given.said(decisions, ChartReturned)
    assert (back.reason, [finding.rule for finding in back.findings]) == ("bill-to-check", ["E2"])
    assert [bill.owed_cents for bill in given.said(decisions, PatientBill)] == [41_000]


def test_what_the_law_keeps_off_a_bill_is_the_contract_desks(given: Stages) -> None:
    (claim,) = billed(given, encounter=stay("emergency"))
    (back,) = told(given, settled(claim, reasons=[("PR", "45", 4_000)]))
    assert (back.reason, [finding.rule for finding in back.findings]) == ("bill-to-check", ["E3"])


# Substance-use treatment (42 CFR Part 2)


def consenting(**other: object) -> Part2Consent:
    return Part2Consent.model_validate({"applies": True, "start": DAY, **other})


def test_a_consent_given_after_the_visit_is_one(given: Stages) -> None:
    later = consenting(start=AFTER_THE_HOLD.date())
    assert outcomes(given.decide("claiming", visit(part2=later))) == ["claimed"]


def test_a_consent_that_was_revoked_since_the_visit_is_none(given: Stages) -> None:
    revoked = consenting(revoked=AFTER_THE_HOLD.date())
    assert outcomes(given.decide("claiming", visit(part2=revoked))) == ["consent-missing"]


def test_who_pays_himself_needs_no_consent(given: Stages) -> None:
    without = Part2Consent(applies=True)
    decisions = given.decide("claiming", visit(part2=without, coverages=(coverage("patient"),)))
    assert outcomes(decisions) == ["billed-to-patient"]


def test_the_next_payer_learns_nothing_once_the_consent_has_ended(given: Stages) -> None:
    (claim,) = billed(given, part2=consenting(end=AFTER_THE_HOLD.date()), coverages=PLANS)
    after = AFTER_THE_HOLD + timedelta(days=20)
    decisions = given.decide("claiming", settled(claim, reasons=[("PR", "2", 1_600)], received_at=after))
    back = given.said(decisions, ChartReturned)
    assert ([f.rule for each in back for f in each.findings], built(given, decisions)) == (["C9"], [])
