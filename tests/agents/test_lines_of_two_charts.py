"""A line stands on one chart of a patient: half of a fold, or of its undoing, goes back; nothing is billed twice."""

from datetime import timedelta

import pytest

from claims.folding import fold
from schemas.events import ChartCoded
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, acceptance, built, due, settled
from tests.agents.given_stages import Stages, outcomes
from tests.agents.test_folding_at_the_desk import accepted, admission, visit
from tests.agents.test_neighbours import BEFORE, back
from tests.claims.given_accounts import service

UNRELATED = service("v1", cents=7_000, code=None, revenue_code="0510", service_from=BEFORE, service_to=BEFORE)


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


@pytest.mark.parametrize(("undone", "outcome"), [(("visit",), "rejected-by-edits"), (("stay", "visit"), "claimed")])
def test_a_visit_has_its_lines_again_only_when_the_stay_gave_them_back(
    given: Stages, undone: tuple[str, ...], outcome: str
) -> None:
    unrelated = {"admission_related": False, "services": (UNRELATED,)}
    (claim,) = built(given, given.decide("claiming", visit(**unrelated)))
    given.decide("claiming", settled(claim), admission())
    (void,) = built(given, given.decide("claiming", *accepted(given)))
    given.decide("claiming", acceptance(void), settled(void, trace_number="t3"))
    charts = {
        "visit": visit(coding_revision=5, event_id="visit-alone", **unrelated),
        "stay": admission(coding_revision=5, event_id="stay-alone"),
    }
    decisions = given.decide("claiming", *(charts[each] for each in undone))
    assert outcomes(decisions)[-1] == outcome
