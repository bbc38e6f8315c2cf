"""Recorded charts judged again by the same tables: nothing differs, whatever of the record lies outside the times."""

from agents.replaying import Replay
from schemas.events import ChartCoded, ChartReturned
from schemas.events.chart import Restriction
from schemas.records import Record
from tests.agents.given_desk import desk, items
from tests.agents.given_returned import PHRASE, by_coder, sent
from tests.agents.given_stages import Stages


def refused_answer(given: Stages) -> tuple[ChartCoded, list[Record]]:
    """A coder's answer that changes what only the chart may say, and what validation said of it."""
    given.decide("validation", sent(PHRASE))
    draft = desk(given).show(items(given)[0]).draft
    assert draft is not None
    answer = by_coder(draft.chart, restrictions=(Restriction(statement="x", paid_cents=1),))
    (returned,) = given.said(given.decide("validation", answer), ChartReturned)
    return answer, [given.record(returned)]


def replayed(given: Stages, said: list[Record]) -> Replay:
    compared = Replay(given.assembly.reference, given.assembly.reference, given.assembly.codec)
    compared.remember(said)
    return compared


def test_an_answer_is_held_against_its_chart(given: Stages) -> None:
    answer, said = refused_answer(given)
    compared = replayed(given, said)
    assert list(compared.compare([given.record(sent(PHRASE)), given.record(answer)])) == []
    assert (compared.judged, compared.unsaid) == (1, 1)


def test_an_answer_to_a_chart_from_before_is_not_judged(given: Stages) -> None:
    answer, said = refused_answer(given)
    compared = replayed(given, said)
    assert list(compared.compare([given.record(answer)])) == []
    assert (compared.judged, compared.unsaid) == (0, 1)
