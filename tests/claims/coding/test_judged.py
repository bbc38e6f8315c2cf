"""What validation says beside its verdict: known charges, warnings that ride along, and what is a complication."""

import pytest

from claims.tables import Reference
from claims.validation import Judged, accept_coder, grouped, judge
from schemas.events.chart import ChartCompleted
from schemas.events.coded import ChartCoded, ChartReturned
from tests.claims.coding.builders import done, phrase, with_line
from tests.claims.given_accounts import diagnosis


def test_a_verdict_that_says_no_more_knows_no_charges(coded: ChartCoded) -> None:
    assert Judged(coded) == (coded, None, 0)


def test_the_charges_of_a_coded_chart_are_known(chart: ChartCompleted, reference: Reference) -> None:
    assert judge(chart, reference).cents == 19200 + 13700 + 2100


@pytest.mark.parametrize(
    "changed",
    [{"documents": ()}, {"statements": (phrase("no such words at all"), done())}],
    ids=["what lacks something", "what a coder has to code"],
)
def test_the_charges_of_a_chart_that_goes_back_are_known_as_far_as_it_has_prices(
    chart: ChartCompleted, reference: Reference, changed: dict[str, object]
) -> None:
    judged = judge(chart.model_copy(update=changed), reference)

    assert isinstance(judged.said, ChartReturned)
    assert judged.cents == 19200 + 13700 + 2100


def test_warnings_of_a_coders_answer_ride_along(coded: ChartCoded, reference: Reference) -> None:
    answer = with_line(coded, charge_cents=1).model_copy(update={"coding_revision": 1})

    judged = accept_coder(answer, reference)

    assert isinstance(judged, ChartCoded)
    assert [(finding.rule, finding.severity) for finding in judged.findings] == [("$2", "warn")]


def test_only_a_secondary_diagnosis_is_a_complication(stay: ChartCoded, reference: Reference) -> None:
    said = diagnosis("J96.01", rank=2, present_on_admission="Y", complication="CC")
    plain = diagnosis("I10", rank=3, present_on_admission="Y", complication="MCC")
    chart = stay.model_copy(update={"diagnoses": (stay.diagnoses[0], said, plain)})

    marked = grouped(chart, reference).chart

    assert [each.complication for each in marked.diagnoses] == [None, "MCC", None]
    assert marked.drg is not None
    assert (marked.drg.severity, marked.drg.decided_by) == ("MCC", ("J96.01",))


def test_an_outpatient_has_no_group_and_no_complications(coded: ChartCoded, reference: Reference) -> None:
    marked = diagnosis("J96.01", rank=2, complication="MCC")

    said = grouped(coded.model_copy(update={"diagnoses": (*coded.diagnoses, marked)}), reference).chart

    assert said.drg is None
    assert {each.complication for each in said.diagnoses} == {None}
