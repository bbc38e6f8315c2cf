"""A coder's answer is held to what a chart is asked about, and can't change what is not his."""

from collections.abc import Callable
from typing import Any

import pytest

from claims.coder import holds
from claims.tables import Reference
from claims.validation import accept_coder
from schemas.events.chart import ChartCompleted, Part2Consent, Restriction
from schemas.events.coded import ChartCoded, ChartReturned

Change = Callable[[ChartCoded], dict[str, Any]]
TREATED = Part2Consent(applies=True)
PAID = Restriction(statement="d-I10", paid_cents=500)


def faults(answer: ChartCoded, reference: Reference, held: str | None = None) -> list[tuple[str, str | None]]:
    judged = accept_coder(answer, reference, held)
    findings = judged.findings if isinstance(judged, ChartReturned) else ()
    assert all(finding.mend for finding in findings)
    return [(finding.rule, finding.field) for finding in findings if finding.severity == "reject"]


@pytest.mark.parametrize(
    ("rule", "field", "change"),
    [
        pytest.param("A1", "coverages", lambda c: {"coverages": ()}, id="nobody is asked to pay"),
        pytest.param(
            "A1",
            "coverages[0].payer",
            lambda c: {"coverages": (c.coverages[0].model_copy(update={"payer": "nobody"}),)},
            id="a payer that is no partner",
        ),
        pytest.param(
            "A1",
            "causes",
            lambda c: {"coverages": (c.coverages[0].model_copy(update={"plan_kind": "WC"}),)},
            id="compensation of no work injury",
        ),
        pytest.param(
            "A1",
            "signatures.release_of_information",
            lambda c: {"signatures": c.signatures.model_copy(update={"release_of_information": None})},
            id="a signature that is unknown",
        ),
        pytest.param(
            "A1",
            "signatures.release_of_information",
            lambda c: {"signatures": c.signatures.model_copy(update={"release_of_information": False})},
            id="a release that is refused",
        ),
        pytest.param(
            "A1", "patient.name", lambda c: {"patient": c.patient.model_copy(update={"name": None})}, id="no name"
        ),
        pytest.param(
            "$1",
            "services[0].charge_cents",
            lambda c: {"services": (c.services[0].model_copy(update={"charge_cents": -500}),)},
            id="a negative charge",
        ),
        pytest.param(
            "X17",
            "services[0].pointers",
            lambda c: {"services": (c.services[0].model_copy(update={"pointers": (99,)}),)},
            id="a pointer to no diagnosis",
        ),
        pytest.param(
            "H1",
            "services[0].code",
            lambda c: {"services": (c.services[0].model_copy(update={"code": "ZZZ"}),)},
            id="no procedure code",
        ),
    ],
)
def test_an_answer_is_checked_like_a_chart(
    coded: ChartCoded, reference: Reference, rule: str, field: str, change: Change
) -> None:
    assert (rule, field) in faults(coded.model_copy(update=change(coded)), reference)


def test_a_stays_answer_says_where_the_patient_went(stay: ChartCoded, reference: Reference) -> None:
    nowhere = stay.model_copy(update={"encounter": stay.encounter.model_copy(update={"discharge_status": None})})
    assert ("A1", "encounter.discharge_status") in faults(nowhere, reference)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        pytest.param("part2", lambda c: {"part2": None}, id="its Part 2 mark left out"),
        pytest.param("part2", lambda c: {"part2": Part2Consent(applies=True, scope="all")}, id="a consent made up"),
        pytest.param("restrictions", lambda c: {"restrictions": ()}, id="a restriction left out"),
        pytest.param("account_number", lambda c: {"account_number": "A2"}, id="another account"),
        pytest.param("patient.mrn", lambda c: {"patient": c.patient.model_copy(update={"mrn": "m-2"})}, id="another"),
    ],
)
def test_an_answer_does_not_change_what_is_the_hospitals_to_say(
    coded: ChartCoded, reference: Reference, field: str, change: Change
) -> None:
    chart = coded.model_copy(update={"part2": TREATED, "restrictions": (PAID,)})
    assert faults(chart.model_copy(update=change(chart)), reference, holds(chart)) == [("A2", field)]


def test_an_answer_that_keeps_it_is_taken(chart: ChartCompleted, coded: ChartCoded, reference: Reference) -> None:
    assert faults(coded.model_copy(update={"coding_revision": 1}), reference, holds(chart)) == []


def test_a_part_2_mark_that_does_not_apply_may_be_left_out(coded: ChartCoded, reference: Reference) -> None:
    marked = coded.model_copy(update={"part2": Part2Consent(applies=False)})
    assert faults(coded, reference, holds(marked)) == []
