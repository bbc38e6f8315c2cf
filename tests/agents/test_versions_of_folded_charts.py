"""What comes after a fold: a version that knows nothing of it, a chart that was billed before; no line is lost or
billed twice."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from agents.folding import folded
from schemas.events import ChartCoded, ClaimBuilt
from schemas.events.chart import Restriction
from schemas.records import Decision
from tests.agents.given_accounts_of_claiming import KEY, acceptance, built, due, kept, settled
from tests.agents.given_stages import Stages, outcomes
from tests.agents.test_folding_at_the_desk import admission, visit
from tests.agents.test_neighbours import BEFORE, back
from tests.claims.given_accounts import NOON, service

UNRELATED = service("v1", cents=7_000, code=None, revenue_code="0510", service_from=BEFORE, service_to=BEFORE)


def desk(given: Stages) -> tuple[ChartCoded, ...]:
    return folded(given.assembly, "mercy-general", "c0", "c1", "c-17")


@pytest.fixture
def whole(given: Stages) -> ClaimBuilt:
    """The claim of a stay into which a billed visit was folded, answered by its payer."""
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim), admission())
    (void,) = built(given, given.decide("claiming", *desk(given)))
    (stay,) = built(given, given.decide("claiming", acceptance(void)))
    given.decide("claiming", settled(stay, trace_number="t2"))
    return stay


def fields(given: Stages, decisions: Sequence[Decision]) -> set[tuple[str, str | None]]:
    return {(finding.rule, finding.field) for finding in back(given, decisions).findings}


def test_the_stays_next_version_does_not_take_the_folded_lines_off_its_claim(given: Stages, whole: ClaimBuilt) -> None:
    more = (*admission().services, service("b2", cents=500, code="G0444"))
    decisions = given.decide("claiming", admission(version=2, event_id="v2", services=more))
    assert (built(given, decisions), fields(given, decisions)) == ([], {("B7", "folds")})


def test_nor_does_the_version_after_that(given: Stages, whole: ClaimBuilt) -> None:
    given.decide("claiming", admission(version=2, event_id="v2"))
    decisions = given.decide("claiming", admission(version=3, event_id="v3"))
    assert fields(given, decisions) == {("B7", "folds")}


def test_it_is_billed_when_it_says_what_was_folded(given: Stages, whole: ClaimBuilt) -> None:
    _, took = desk(given)[-1], desk(given)[-1]
    more = (*took.services, service("b2", cents=500, code="G0444"))
    (claim,) = built(given, given.decide("claiming", took.model_copy(update={"version": 2, "services": more})))
    assert (claim.frequency, claim.total_charge_cents) == ("7", 107_500)


def test_the_visits_next_version_is_not_billed_beside_the_stay(given: Stages, whole: ClaimBuilt) -> None:
    said: dict[str, Any] = {"event_id": "v2", "admission_related": False, "services": (UNRELATED,)}
    decisions = given.decide("claiming", visit(version=2, **said))
    assert (built(given, decisions), fields(given, decisions)) == ([], {("B7", "folded_into")})


def test_a_coder_may_undo_a_fold_by_another_revision(given: Stages, whole: ClaimBuilt) -> None:
    undone = admission(coding_revision=5, event_id="undone")
    (claim,) = built(given, given.decide("claiming", undone))
    assert (claim.frequency, claim.total_charge_cents) == ("7", 100_000)


def test_a_version_that_knows_nothing_of_the_fold_does_not_keep_the_void_back(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", admission())
    given.decide("claiming", *desk(given))
    given.decide("claiming", visit(version=2, event_id="v2", admission_related=False))
    (void,) = built(given, given.decide("claiming", settled(claim)))
    assert void.frequency == "8"
    (stay,) = built(given, given.decide("claiming", *desk(given), acceptance(void)))
    assert stay.total_charge_cents == 107_000


def test_a_held_stay_that_took_services_is_not_billed_by_an_outdated_version(given: Stages) -> None:
    given.decide("claiming", visit(received_at=None), admission())
    gave, took = desk(given)
    waits = took.model_copy(update={"received_at": NOON, "encounter": visit(received_at=None).encounter})
    assert outcomes(given.decide("claiming", gave, waits)) == ["held", "held"]
    decisions = given.decide("claiming", admission(version=2, event_id="v2"))
    assert fields(given, decisions) == {("B7", "folds")}
    assert [each.about for each in due(given, NOON + timedelta(days=60))] == [KEY.replace("a1", "a0")]


def test_a_stay_that_was_billed_before_gets_the_lines_when_the_visits_claim_is_voided(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit(admission_related=False, services=(UNRELATED,))))
    (stay,) = built(given, given.decide("claiming", admission()))
    given.decide("claiming", settled(stay, trace_number="t2"))
    given.decide("claiming", *desk(given))
    (void,) = built(given, given.decide("claiming", settled(claim)))
    (again,) = desk(given)
    (replacement,) = built(given, given.decide("claiming", again, acceptance(void)))
    assert (replacement.frequency, replacement.total_charge_cents) == ("7", 107_000)


def test_while_it_waits_for_that_the_stays_own_answers_are_followed_up(given: Stages) -> None:
    (_,) = built(given, given.decide("claiming", visit(admission_related=False, services=(UNRELATED,))))
    (stay,) = built(given, given.decide("claiming", admission()))
    given.decide("claiming", *desk(given))
    decisions = given.decide("claiming", settled(stay, reasons=(("PR", "1", 1_000),)))
    assert [each.followed_up for each in kept(given).claims] == [True]
    assert outcomes(decisions) == ["settled"]


def test_a_folded_line_is_no_duplicate_of_itself(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim), admission())
    _, took = desk(given)
    assert fields(given, given.decide("claiming", took)) == {("B7", "folds")}


def test_what_the_newest_version_restricts_counts_for_the_folded_one(given: Stages, whole: ClaimBuilt) -> None:
    restricted = (Restriction(statement="b1", paid_cents=100),)
    given.decide("claiming", admission(version=2, event_id="v2", restrictions=restricted))
    assert kept(given).charts[0].chart.restrictions == restricted
