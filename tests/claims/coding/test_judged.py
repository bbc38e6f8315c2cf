"""What validation says beside its verdict: known charges, warnings that ride along, and what is a complication."""

import pytest

from claims.tables import Reference
from claims.validation import Judged, accept_coder, grouped, judge
from schemas.events.chart import ChartCompleted, Statement
from schemas.events.coded import ChartCoded, ChartReturned
from tests.claims.coding.builders import at, done, phrase, said, with_line
from tests.claims.given_accounts import diagnosis


def test_a_verdict_that_says_no_more_knows_no_charges(coded: ChartCoded) -> None:
    assert Judged(coded) == (coded, None, 0)


def test_the_charges_of_a_coded_chart_are_known(chart: ChartCompleted, reference: Reference) -> None:
    assert judge(chart, reference).cents == 19200 + 13700 + 2100


@pytest.mark.parametrize(
    "changed",
    [{"documents": ()}, {"statements": (phrase("twisted ankle"), done())}],
    ids=["what lacks something", "what a coder has to code"],
)
def test_the_charges_of_a_chart_that_goes_back_are_known_as_far_as_it_has_prices(
    chart: ChartCompleted, reference: Reference, changed: dict[str, object]
) -> None:
    judged = judge(chart.model_copy(update=changed), reference)

    assert isinstance(judged.said, ChartReturned)
    assert judged.cents == 19200 + 13700 + 2100


def test_what_a_coder_gets_has_the_findings_that_the_hospital_hears(
    inpatient: ChartCompleted, reference: Reference
) -> None:
    """A newborn's code of a grown patient (X5) is wrong whatever the other words mean."""
    told = (said("Z38.00", rank=1), phrase("twisted ankle", rank=2))

    judged = judge(inpatient.model_copy(update={"statements": told}), reference)

    assert isinstance(judged.said, ChartReturned)
    assert judged.draft is not None
    assert [finding.rule for finding in judged.draft.chart.findings] == ["X5"]
    assert judged.draft.chart.findings == judged.said.findings


@pytest.mark.parametrize(
    "waiting",
    [(phrase("twisted ankle"),), (phrase("no such words at all"), done("999-9", performed_at=at(4)))],
    ids=["a diagnosis for its code", "and a service for its price"],
)
def test_a_stay_whose_diagnosis_waits_is_not_called_ungroupable(
    inpatient: ChartCompleted, reference: Reference, waiting: tuple[Statement, ...]
) -> None:
    judged = judge(inpatient.model_copy(update={"statements": waiting}), reference)

    assert isinstance(judged.said, ChartReturned)
    assert judged.draft is not None
    assert (judged.draft.chart.drg, judged.said.findings) == (None, ())


def test_a_day_that_cannot_be_is_said_once_of_a_chart_that_has_no_end(
    chart: ChartCompleted, reference: Reference
) -> None:
    """D2: performed after the chart came."""
    endless = chart.encounter.model_copy(update={"end": None})
    told = (chart.statements[0], done(performed_at=at(28)))

    judged = judge(chart.model_copy(update={"encounter": endless, "statements": told, "orders": ()}), reference)

    assert isinstance(judged.said, ChartReturned)
    assert [finding.rule for finding in judged.said.findings] == ["D2"]


def test_a_coders_answer_that_revises_nothing_is_the_same_event(coded: ChartCoded, reference: Reference) -> None:
    answer = accept_coder(coded.model_copy(update={"event_id": "from-the-coder"}), reference)

    assert (coded.coding_revision, answer.event_id) == (0, coded.event_id)


def test_warnings_of_a_coders_answer_ride_along(coded: ChartCoded, reference: Reference) -> None:
    answer = with_line(coded, charge_cents=1).model_copy(update={"coding_revision": 1})

    judged = accept_coder(answer, reference)

    assert isinstance(judged, ChartCoded)
    assert [(finding.rule, finding.severity) for finding in judged.findings] == [("$2", "warn")]


def test_only_a_secondary_diagnosis_is_a_complication(stay: ChartCoded, reference: Reference) -> None:
    worse = diagnosis("J96.01", rank=2, present_on_admission="Y", complication="CC")
    plain = diagnosis("I10", rank=3, present_on_admission="Y", complication="MCC")
    chart = stay.model_copy(update={"diagnoses": (stay.diagnoses[0], worse, plain)})

    marked = grouped(chart, reference).chart

    assert [each.complication for each in marked.diagnoses] == [None, "MCC", None]
    assert marked.drg is not None
    assert (marked.drg.severity, marked.drg.decided_by) == ("MCC", ("J96.01",))


def test_why_a_patient_came_is_no_complication_though_its_code_is_one_elsewhere(
    stay: ChartCoded, reference: Reference
) -> None:
    came = diagnosis("J96.01", "admitting", rank=3, complication="CC")
    twice = (stay.diagnoses[0], diagnosis("J96.01", rank=2, present_on_admission="Y"), came)

    marked = grouped(stay.model_copy(update={"diagnoses": twice}), reference).chart

    assert [each.complication for each in marked.diagnoses] == [None, "MCC", None]


def test_an_outpatient_has_no_group_and_no_complications(coded: ChartCoded, reference: Reference) -> None:
    marked = diagnosis("J96.01", rank=2, complication="MCC")

    kept = grouped(coded.model_copy(update={"diagnoses": (*coded.diagnoses, marked)}), reference).chart

    assert kept.drg is None
    assert {each.complication for each in kept.diagnoses} == {None}
