"""A coder accepts a fold: both charts go out with their next revision, and what can't be folded is said."""

from typing import Any

import pytest

from agents.desk import NotDone
from agents.folding import folded, records
from agents.rows import chart_row
from claims.coder import holds
from claims.folding import fold
from ledger import projections
from schemas.events import ChartCoded, ChartReturned
from schemas.events.chart import Part2Consent, Signatures
from schemas.events.coded import CodedDiagnosis
from tests.agents import test_neighbours
from tests.agents.given_accounts_of_claiming import built, rejection, settled
from tests.agents.given_stages import Stages
from tests.claims.given_accounts import coverage

SIGNED = Signatures(assignment_of_benefits=True, release_of_information=True, provider_accepts_assignment=True)


def visit(**other: Any) -> ChartCoded:
    return test_neighbours.visit(**{"signatures": SIGNED, **other})


def admission(**other: Any) -> ChartCoded:
    return test_neighbours.admission(**{"signatures": SIGNED, **other})


def validation_has(given: Stages, chart: ChartCoded) -> None:
    row = {**chart_row(chart, "returned"), "stage": "validation", "held": holds(chart)}
    with given.assembly.ledger.transaction() as tx:
        projections.put_charts(tx, [row])


def accepted(given: Stages, moved: str = "c0", into: str = "c1") -> tuple[ChartCoded, ...]:
    return folded(given.assembly, "mercy-general", moved, into, "c-17")


def taken(given: Stages, **other: Any) -> None:
    given.decide("claiming", visit(), admission(**other))


def test_both_charts_go_out_the_one_that_gives_first(given: Stages) -> None:
    taken(given)
    both = accepted(given)
    assert [(each.chart_id, each.coding_revision, each.coder) for each in both] == [
        ("c0", 1, "c-17"),
        ("c1", 1, "c-17"),
    ]
    assert sum(line.charge_cents for line in both[1].services) == 107_000


def test_the_same_fold_is_the_same_bytes(given: Stages) -> None:
    taken(given)
    assert records(given.assembly, accepted(given)) == records(given.assembly, accepted(given))


def test_what_is_sent_is_a_coded_chart(given: Stages) -> None:
    taken(given)
    values = [value for _, value in records(given.assembly, accepted(given))]
    assert all(isinstance(given.assembly.codec.decode(value), ChartCoded) for value in values)


@pytest.mark.parametrize(
    ("moved", "into", "why"),
    [("c0", "c0", "into itself"), ("c0", "c9", "no chart c9"), ("c9", "c1", "no chart c9")],
)
def test_charts_that_are_not_there_are_named(given: Stages, moved: str, into: str, why: str) -> None:
    taken(given)
    with pytest.raises(NotDone, match=why):
        accepted(given, moved, into)


def test_two_payers_are_not_folded_together(given: Stages) -> None:
    taken(given, coverages=(coverage(),))
    with pytest.raises(NotDone, match="two payers"):
        accepted(given)


def test_while_the_first_claim_is_not_voided_the_second_chart_alone_is_sent_again(given: Stages) -> None:
    taken(given)
    given.decide("claiming", *accepted(given))
    assert [(each.chart_id, each.coding_revision) for each in accepted(given)] == [("c1", 2)]


def test_a_chart_is_folded_into_one_chart_only(given: Stages) -> None:
    taken(given)
    given.decide("claiming", accepted(given)[0], admission(chart_id="c2", event_id="other", account_number="a2"))
    with pytest.raises(NotDone, match="folded already"):
        accepted(given, "c0", "c2")


def test_substance_use_treatment_is_not_folded_onto_a_chart_without_its_consent(given: Stages) -> None:
    given.decide("claiming", visit(part2=Part2Consent(applies=True)), admission())
    with pytest.raises(NotDone, match="Part 2"):
        accepted(given)


def test_a_fold_that_a_hospital_s_own_system_sends_is_held_to_the_same(given: Stages) -> None:
    treated = visit(part2=Part2Consent(applies=True), received_at=None)
    given.decide("claiming", treated, admission())
    decisions = given.decide("claiming", *fold(treated, admission(), "c-17"))
    (back,) = given.said(decisions, ChartReturned)
    assert (built(given, decisions), back.chart_id, [each.rule for each in back.findings]) == ([], "c1", ["C9"])


def test_what_would_come_back_is_not_folded(given: Stages) -> None:
    unknown = CodedDiagnosis(code="I99.999", role="other", rank=2, statement="d", path="coder", release="2026")
    given.decide("claiming", visit(diagnoses=(*visit().diagnoses, unknown)), admission())
    with pytest.raises(NotDone, match="c0 would come back: X1"):
        accepted(given)


def test_a_fold_goes_above_a_revision_that_validation_refused(given: Stages) -> None:
    taken(given)
    validation_has(given, admission(coding_revision=3))
    assert [each.coding_revision for each in accepted(given)] == [1, 4]


def test_a_chart_whose_newer_version_is_back_is_not_folded(given: Stages) -> None:
    taken(given)
    validation_has(given, admission(version=2))
    with pytest.raises(NotDone, match="newer version"):
        accepted(given)


def test_a_refused_void_is_sent_again_with_the_chart_that_takes(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", settled(claim), admission())
    (void,) = built(given, given.decide("claiming", *accepted(given)))
    given.decide("claiming", rejection(void))
    both = accepted(given)
    assert [each.chart_id for each in both] == ["c0", "c1"]
    assert [each.frequency for each in built(given, given.decide("claiming", both[0]))] == ["8"]
