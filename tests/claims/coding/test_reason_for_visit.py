"""Why an outpatient came, beside what he has."""

import pytest

from claims.encoding import encode
from claims.ranking import diagnoses, unusable_admission
from claims.tables import Reference
from schemas.events.chart import Admission, ChartCompleted, Coding, EncounterClass
from tests.claims.coding.builders import ICD, said
from tests.claims.coding.test_encoding import scene


def came_for(code: str, chart: ChartCompleted, kind: EncounterClass = "ambulatory") -> ChartCompleted:
    reason = Admission(diagnosis=Coding(system=ICD, code=code))
    visit = chart.encounter.model_copy(update={"admission": reason, "encounter_class": kind})
    return chart.model_copy(update={"encounter": visit})


def test_why_an_outpatient_came_is_a_reason_for_the_visit(chart: ChartCompleted, reference: Reference) -> None:
    place = scene(came_for("R07.9", chart), reference, said("I10", rank=1))

    ordered = diagnoses(place, encode(place).found)

    assert [(each.code, each.role) for each in ordered] == [("I10", "principal"), ("R07.9", "reason-for-visit")]


@pytest.mark.parametrize(
    ("kind", "items"), [("emergency", ["admitting"]), ("observation", ["admitting"]), ("ambulatory", [])]
)
def test_a_reason_that_is_not_billable_is_a_coders_where_the_claim_must_have_one(
    chart: ChartCompleted, reference: Reference, kind: EncounterClass, items: list[str]
) -> None:
    place = scene(came_for("E11", chart, kind), reference, said("I10", rank=1))

    assert [item.kind for item in unusable_admission(place)] == items
