"""A line stands on one chart of a patient: half of a fold, or of its undoing, goes back; nothing is billed twice."""

from datetime import timedelta
from typing import Any

import pytest

from claims.folding import fold
from schemas.events import ChartCoded, ClaimBuilt
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, acceptance, built, due, rejection, settled
from tests.agents.given_stages import Stages, outcomes
from tests.agents.test_folding_at_the_desk import accepted, admission, visit
from tests.agents.test_neighbours import BEFORE, back
from tests.claims.given_accounts import reversal, service

LINE = service("v1", cents=7_000, code=None, revenue_code="0510", service_from=BEFORE, service_to=BEFORE)
UNRELATED: dict[str, Any] = {"admission_related": False, "services": (LINE,)}


def took(visited: ChartCoded, stay: ChartCoded) -> ChartCoded:
    return fold(visited, stay, "c-17")[1]


def test_a_stay_that_took_services_goes_back_while_the_visit_is_held_with_them(given: Stages) -> None:
    held = visit(received_at=None)
    given.decide("claiming", held)
    decisions = given.decide("claiming", took(held, admission()))
    assert [(each.rule, each.field, each.claim) for each in back(given, decisions).findings] == [
        ("B7", "services", None)
    ]
    (claim,) = built(given, given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=10))))
    assert claim.total_charge_cents == 7_000


def test_and_while_the_patient_has_the_visits_bill(given: Stages) -> None:
    paid = visit(coverages=())
    given.decide("claiming", paid)
    assert outcomes(given.decide("claiming", took(paid, admission(coverages=())))) == ["rejected-by-edits"]


def test_it_is_billed_once_the_visit_has_given_them(given: Stages) -> None:
    held = visit(received_at=None)
    given.decide("claiming", held)
    gave, stay = fold(held, admission(), "c-17")
    (claim,) = built(given, given.decide("claiming", stay, gave, stay.model_copy(update={"event_id": "again"})))
    assert claim.total_charge_cents == 107_000


def folded_stay(given: Stages) -> ClaimBuilt:
    """The stay's claim, on which are the visit's services, once the visit's own is voided."""
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim), admission())
    given.decide("claiming", *accepted(given))
    (whole,) = built(given, given.decide("claiming", reversal(settled(claim), 1)))
    return whole


def visit_alone(revision: int = 5) -> ChartCoded:
    return visit(coding_revision=revision, event_id=f"visit-{revision}", **UNRELATED)


def stay_alone() -> ChartCoded:
    return admission(coding_revision=5, event_id="stay-alone")


@pytest.mark.parametrize("undone", [[visit_alone()], [stay_alone(), visit_alone()]], ids=["the visit", "both"])
def test_a_visit_has_its_lines_again_only_when_the_stay_gave_them_back(given: Stages, undone: list[ChartCoded]) -> None:
    folded_stay(given)
    assert outcomes(given.decide("claiming", *undone))[-1] == "rejected-by-edits"


def test_and_when_its_payer_has_taken_the_correction_of_the_stays_claim(given: Stages) -> None:
    whole = folded_stay(given)
    given.decide("claiming", stay_alone())
    (correction,) = built(given, given.decide("claiming", settled(whole, trace_number="t4")))
    early = given.decide("claiming", visit_alone(5))
    assert [(each.rule, each.claim) for each in back(given, early).findings] == [("B7", whole.control_number)]
    given.decide("claiming", acceptance(correction))
    assert outcomes(given.decide("claiming", visit_alone(6))) == ["claimed"]


def test_a_correction_that_its_payer_rejected_is_not_taken(given: Stages) -> None:
    whole = folded_stay(given)
    given.decide("claiming", stay_alone())
    (correction,) = built(given, given.decide("claiming", settled(whole, trace_number="t4")))
    given.decide("claiming", rejection(correction))
    assert outcomes(given.decide("claiming", visit_alone())) == ["rejected-by-edits"]
