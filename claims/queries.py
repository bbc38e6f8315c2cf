"""Questions to a hospital, in the form of the AHIMA/ACDIS practice brief of 2022.

A query quotes what the record says, asks openly or with options that end in 'other' and 'unable to determine', and says
nothing of payment or quality. Missing administrative data is a task, not a query. The words are constants.
"""

from typing import Final

from schemas.events.chart import ChartCompleted
from schemas.events.coded import Indicator, Query
from schemas.identity import derived

NO_DIAGNOSIS: Final = (
    "The record of this encounter documents the care listed here and no diagnosis, sign or symptom. "
    "Please document the condition or the reason for which the patient was seen, based on your clinical judgment."
)
NOT_BY_A_PROVIDER: Final = (
    "The record of this encounter has the entry quoted here by a clinician who is not the treating provider. "
    "Please document which condition, if any, it describes, based on your clinical judgment."
)
WHICH_SIDE: Final = (
    "The record documents the condition listed here without its side. "
    "Please document which side is affected, based on your clinical judgment."
)
SIDES: Final = ("Left", "Right", "Both", "Other", "Unable to determine")


def task(chart: ChartCompleted, to: str, topic: str, ask: str, *indicators: Indicator, about: str = "") -> Query:
    """Administrative data that is missing."""
    return Query(id=query_id(chart, topic, about), to=to, kind="task", question=ask, indicators=indicators)


def open_query(chart: ChartCompleted, to: str, topic: str, ask: str, *indicators: Indicator, about: str = "") -> Query:
    return Query(id=query_id(chart, topic, about), to=to, kind="open", question=ask, indicators=indicators)


def choice(
    chart: ChartCompleted,
    to: str,
    topic: str,
    ask: str,
    options: tuple[str, ...],
    *indicators: Indicator,
    about: str = "",
) -> Query:
    return Query(
        id=query_id(chart, topic, about), to=to, kind="choice", question=ask, options=options, indicators=indicators
    )


def query_id(chart: ChartCompleted, topic: str, about: str = "") -> str:
    """The same question about the same thing has the same id in every version, so that an answer finds it."""
    return derived("query", chart.hospital, chart.chart_id, topic, about)


def answered(chart: ChartCompleted, query: Query) -> bool:
    """Asked before, and answered by a clinician: not asked again, whatever the answer. A task is done or it isn't."""
    return query.kind != "task" and any(answer.query_id == query.id for answer in chart.answers)
