"""A later chart that makes an earlier claim wrong: the claim is named, a mend proposed, nothing sent twice."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from claims.folding import fold
from schemas.events import ChartCoded, ChartReturned, ClaimBuilt
from schemas.records import Decision
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, acceptance, built, settled
from tests.agents.given_stages import Stages, outcomes
from tests.claims.given_accounts import DAY, chart, coverage, diagnosis, service, stay

BEFORE = DAY - timedelta(days=1)
MEDICARE = (coverage("medicare"),)


def visit(**other: Any) -> ChartCoded:
    """A laboratory test of the day before the admission."""
    line = service("v1", cents=7_000, revenue_code="0301", service_from=BEFORE, service_to=BEFORE)
    fixed = {"event_id": "visit", "chart_id": "c0", "account_number": "a0", "received_at": AFTER_THE_HOLD}
    facts = stay(start_day=BEFORE, end_day=BEFORE)
    return chart(**{**fixed, "encounter": facts, "coverages": MEDICARE, "services": (line,), **other})


def admission(**other: Any) -> ChartCoded:
    beds = (service("b1", cents=100_000, code=None, revenue_code="0120"),)
    diagnoses = (diagnosis("I50.9", "principal"), diagnosis("I50.9", "admitting", 2))
    fixed = {"event_id": "stay", "received_at": AFTER_THE_HOLD, "coverages": MEDICARE, "services": beds}
    facts = stay("inpatient", discharge_status="01")
    return chart(**{**fixed, "encounter": facts, "diagnoses": diagnoses, **other})


def back(given: Stages, decisions: Sequence[Decision]) -> ChartReturned:
    (returned,) = given.said(decisions, ChartReturned)
    return returned


def test_a_late_admission_names_the_claim_of_the_visit_before_it(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    returned = back(given, given.decide("claiming", admission()))
    assert [(finding.rule, finding.claim) for finding in returned.findings] == [("B7", claim.control_number)]
    assert [(p.kind, p.claims) for p in returned.proposals] == [("fold", (claim.control_number,))]


def test_what_a_professional_bills_of_the_visit_is_not_named(given: Stages) -> None:
    read = service("p1", "professional", 5_000, service_from=BEFORE, service_to=BEFORE)
    claims = built(given, given.decide("claiming", visit(services=(*visit().services, read))))
    returned = back(given, given.decide("claiming", admission()))
    (facility,) = (claim.control_number for claim in claims if claim.kind == "institutional")
    assert [finding.claim for finding in returned.findings] == [facility]
    assert [proposal.claims for proposal in returned.proposals] == [(facility,)]


def test_two_charts_of_one_patient_in_one_batch_meet(given: Stages) -> None:
    decisions = given.decide("claiming", visit(), admission())
    (claim,) = built(given, decisions)
    assert back(given, decisions).findings[0].claim == claim.control_number


def test_a_visit_that_is_still_held_has_no_claim_to_name(given: Stages) -> None:
    given.decide("claiming", visit(received_at=None))
    returned = back(given, given.decide("claiming", admission()))
    assert [finding.claim for finding in returned.findings] == [None]


def folded(given: Stages, *, answered: bool) -> tuple[ClaimBuilt, Sequence[Decision], Sequence[Decision]]:
    """The visit was billed; its services are folded into the stay that came later."""
    (claim,) = built(given, given.decide("claiming", visit()))
    if answered:
        given.decide("claiming", settled(claim))
    given.decide("claiming", admission())
    gave, took = fold(visit(), admission(), "coder-1")
    return claim, given.decide("claiming", gave), given.decide("claiming", took)


def taken(given: Stages, gave: Sequence[Decision]) -> list[ClaimBuilt]:
    """What is billed once the payer has taken the void of the visit's claim."""
    (void,) = built(given, gave)
    return built(given, given.decide("claiming", acceptance(void)))


def test_a_fold_voids_the_visits_claim_and_bills_all_on_the_stay(given: Stages) -> None:
    claim, gave, took = folded(given, answered=True)
    ((void,), early), (whole,) = (built(given, gave), built(given, took)), taken(given, gave)
    assert early == []
    assert (void.frequency, void.original_reference, void.total_charge_cents) == ("8", "ICN-medicare", 7_000)
    assert (whole.frequency, whole.total_charge_cents, whole.statement_from) == ("1", 107_000, BEFORE)
    assert claim.lines[0].control_number in {line.control_number for line in whole.lines}


def test_while_the_visits_claim_is_with_its_payer_the_stay_is_not_billed(given: Stages) -> None:
    claim, gave, took = folded(given, answered=False)
    assert (outcomes(gave), built(given, took)) == (["awaiting-answer"], [])
    assert [finding.claim for finding in back(given, took).findings] == [claim.control_number]


def test_once_it_is_voided_the_stay_is_billed_when_it_comes_again(given: Stages) -> None:
    claim, _, _ = folded(given, answered=False)
    (void,) = built(given, given.decide("claiming", settled(claim)))
    given.decide("claiming", acceptance(void))
    _, took = fold(visit(), admission(), "coder-1")
    again = took.model_copy(update={"coding_revision": 2, "event_id": "again"})
    (whole,) = built(given, given.decide("claiming", again))
    assert (void.frequency, whole.total_charge_cents) == ("8", 107_000)


def test_a_folded_visit_that_was_never_billed_is_billed_nowhere_else(given: Stages) -> None:
    given.decide("claiming", visit(received_at=None), admission())
    gave, took = fold(visit(), admission(), "coder-1")
    decisions = given.decide("claiming", gave, took)
    assert [claim.total_charge_cents for claim in built(given, decisions)] == [107_000]


def test_a_correction_of_the_stay_may_repeat_its_own_folded_lines(given: Stages) -> None:
    _, gave, _ = folded(given, answered=True)
    (whole,) = taken(given, gave)
    given.decide("claiming", settled(whole, trace_number="t2"))
    _, once = fold(visit(), admission(), "coder-1")
    more = once.model_copy(
        update={"coding_revision": 2, "event_id": "more", "services": (*once.services, service("b2", cents=500))}
    )
    (replacement,) = built(given, given.decide("claiming", more))
    assert (replacement.frequency, replacement.total_charge_cents) == ("7", 107_500)
