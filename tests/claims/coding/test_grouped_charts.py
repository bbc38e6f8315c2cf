"""A stay's group with what made it, on the coded chart; and what is not judged while a diagnosis waits for its code."""

from claims.tables import Reference
from claims.validation import accept_coder, validate
from schemas.events.chart import ChartCompleted
from schemas.events.coded import ChartCoded, ChartReturned
from tests.claims.coding.builders import phrase, said


def test_what_complicates_a_stay_is_marked(inpatient: ChartCompleted, reference: Reference) -> None:
    told = (said("I50.20", rank=1), said("N17.9", rank=2), said("L89.153", rank=3), said("E11.9", rank=4))
    marked = tuple(each.model_copy(update={"present_on_admission": "N" if "L89" in each.id else "Y"}) for each in told)

    answer = validate(inpatient.model_copy(update={"statements": marked}), reference)

    assert isinstance(answer, ChartCoded)
    assert [each.complication for each in answer.diagnoses] == [None, "CC", None, None, None]
    assert answer.drg is not None
    assert (answer.drg.severity, answer.drg.without, answer.drg.decided_by) == ("CC", "293", ("N17.9",))


def test_a_coder_does_not_say_what_complicates(stay: ChartCoded, reference: Reference) -> None:
    claimed = tuple(each.model_copy(update={"complication": "MCC"}) for each in stay.diagnoses)

    answer = accept_coder(stay.model_copy(update={"diagnoses": claimed}), reference)

    assert isinstance(answer, ChartCoded)
    assert {each.complication for each in answer.diagnoses} == {None}


def test_while_one_diagnosis_waits_no_place_is_judged(inpatient: ChartCompleted, reference: Reference) -> None:
    """A manifestation leads (X7) and is no reason for a stay (X8): the one that waits may be what it is due to."""
    waiting = (said("F02.80", rank=1), phrase("twisted ankle", rank=2))

    answer = validate(inpatient.model_copy(update={"statements": waiting}), reference)

    assert isinstance(answer, ChartReturned)
    assert (answer.reason, answer.findings) == ("uncodable", ())


def test_what_is_wrong_with_a_code_itself_is_said_all_the_same(inpatient: ChartCompleted, reference: Reference) -> None:
    waiting = (said("Z38.00", rank=1), phrase("twisted ankle", rank=2))

    answer = validate(inpatient.model_copy(update={"statements": waiting}), reference)

    assert isinstance(answer, ChartReturned)
    assert [finding.rule for finding in answer.findings] == ["X5"]
