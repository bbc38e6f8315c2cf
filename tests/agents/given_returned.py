"""Given: charts that go back, as their hospitals sent them."""

from functools import cache
from typing import Any

from schemas.events import ChartCoded, ChartCompleted
from schemas.events.chart import QueryAnswer, Statement
from tests.pipeline import NOON, example_charts

UNSIGNED = ("mercy-general", "hm-enc02")
"""A chart whose only note is not signed: a task for its author."""
PHRASE = ("riverside", "hr-enc03")
"""A chart with a fracture of the wrist, without side or bone: an item for a coder."""
_UNCLEAR = "words that no title has"


@cache
def _sent(hospital: str, chart_id: str) -> ChartCompleted:
    return next(chart for chart in example_charts(hospital)[hospital] if chart.chart_id == chart_id)


def sent(which: tuple[str, str], version: int = 1, **changed: Any) -> ChartCompleted:
    """A version of the chart as intake passes it on."""
    named = {"version": version, "event_id": f"{which[1]}-{version}", "received_at": NOON}
    return _sent(*which).model_copy(update={**named, **changed})


def unsigned_and_unclear(version: int = 1, **changed: Any) -> ChartCompleted:
    """Both at once: a query, and an item of which no query asks."""
    (broken,) = (statement for statement in sent(PHRASE).statements if statement.text == "Fracture of wrist")
    unclear = broken.model_copy(update={"text": _UNCLEAR})
    return sent(UNSIGNED, version, statements=(*sent(UNSIGNED).statements, unclear), **changed)


def unpriced(times: int) -> ChartCompleted:
    """A service without a price, so many times."""
    chart = sent(UNSIGNED)
    done = Statement(id="s", kind="laboratory", text="a test that nobody priced", performed_at=chart.encounter.start)
    again = (done.model_copy(update={"id": f"s-{n}"}) for n in range(times))
    return signed(chart.model_copy(update={"statements": (*chart.statements, *again)}))


def signed(chart: ChartCompleted) -> ChartCompleted:
    documents = (each.model_copy(update={"signed_by": "p", "signed_at": NOON}) for each in chart.documents)
    return chart.model_copy(update={"documents": tuple(documents)})


def clear(chart: ChartCompleted) -> ChartCompleted:
    """Without what nobody can code."""
    kept = (statement for statement in chart.statements if statement.text != _UNCLEAR)
    return chart.model_copy(update={"statements": tuple(kept)})


def said_of(query_id: str) -> QueryAnswer:
    return QueryAnswer(query_id=query_id, answer="as it was", author_npi="1234567893", answered_at=NOON)


def by_coder(chart: ChartCoded, revision: int = 1, **changed: Any) -> ChartCoded:
    """A whole coded chart from the hospital's own coding system."""
    named = {"event_id": f"coder-{revision}", "coding_revision": revision, "received_at": NOON, "coder": "c-1"}
    return chart.model_copy(update={**named, "producer": chart.hospital, **changed})
