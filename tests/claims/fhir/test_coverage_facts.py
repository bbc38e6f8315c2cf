"""What a FHIR export tells of a plan beside whose it is: its network, and what decides whether it pays first."""

from datetime import date

from schemas.events.chart import Network, PriorityFacts
from tests.claims.fhir.given_resources import Json, Reader, coverage, encounter, patient


def plan(kind: str, *parts: Json) -> Json:
    return coverage(extension=[{"url": f"urn:claimstream:{kind}", "extension": list(parts)}])


def test_a_plan_has_a_contract_with_the_hospital_or_with_the_professional(read: Reader) -> None:
    parts = {"url": "facility", "valueCode": "in"}, {"url": "professional", "valueCode": "somewhere"}

    chart = read.chart(patient(), encounter(), plan("network", *parts))

    assert [each.network for each in chart.coverages] == [Network(facility="in", professional=None)]


def test_the_facts_that_decide_between_plans_are_read(read: Reader) -> None:
    told = (
        {"url": "working", "valueBoolean": True},
        {"url": "employerSize", "valueInteger": 19},
        {"url": "esrdStart", "valueDate": "2025-01-03"},
        {"url": "courtOrder", "valueBoolean": False},
    )

    chart = read.chart(patient(), encounter(), plan("priority", *told))

    expected = PriorityFacts(working=True, employer_size=19, esrd_start=date(2025, 1, 3), court_order=False)
    assert [each.facts for each in chart.coverages] == [expected]


def test_what_is_no_answer_is_unknown(read: Reader) -> None:
    odd = {"url": "working", "valueBoolean": "yes"}, {"url": "employerSize", "valueInteger": -1}
    odder = {"url": "facility", "valueCode": ["in"]}

    chart = read.chart(patient(), encounter(), plan("priority", *odd))
    other = read.chart(patient(), encounter(), plan("network", odder))

    assert [each.facts for each in chart.coverages] == [PriorityFacts()]
    assert [each.network for each in other.coverages] == [Network()]


def test_a_plan_without_extensions_says_nothing(read: Reader) -> None:
    (said,) = read.chart(patient(), encounter(), coverage()).coverages

    assert (said.facts, said.network) == (None, None)
