"""Questions to a hospital, in the form of the AHIMA/ACDIS practice brief of 2022.

A query quotes what the record says, asks openly or with options that end in 'other' and 'unable to determine', and says
nothing of payment or quality. Missing administrative data is a task, not a query. The words are constants.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal, NamedTuple

from claims.partners import Hospital
from claims.stay import local_day
from schemas.events.chart import ChartCompleted
from schemas.events.coded import Indicator, Query
from schemas.identity import derived

Kind = Literal["open", "choice", "yes-no", "task"]
Mode = Literal["off", "warn", "on"]
Allowed = Literal["present-on-admission", "cause-and-effect", "detail", "conflict"]
"""What may be asked with yes or no (AHIMA/ACDIS 2022); a new diagnosis never."""

OTHERWISE: Final = ("Other", "Clinically unable to determine")
"""The way out of every list of options: none of them, or it can't be said."""


JUDGE: Final = "based on your clinical judgment."
"""How a clinical question ends: nobody but the clinician decides."""


class Due(NamedTuple):
    """Days from the chart's receipt, on the hospital's calendar, and why so many."""

    days: int
    why: str


LOOKED_UP: Final = Due(3, "it is on file, or the patient or the plan is asked once")
PERFORMED: Final = Due(5, "the department finds the record of a service while it is recent")
ANSWERED: Final = Due(7, "AHIMA/ACDIS leave it to the hospital; after a week the encounter is still remembered")
SIGNED: Final = Due(14, "a record is complete 30 days after discharge (42 CFR 482.24(c)(4)(viii)); half is for coding")


class Template(NamedTuple):
    """One question. `gap` is what is missing, as its title. `ask` of a task may name what is missing in braces; what a
    clinician reads is a constant.

    `mode`: 'on' where without an answer there is no right claim, so that the chart waits. Of one that warns a coded
    chart carries a finding, since it carries no queries; one that is off is asked where a hospital says so
    (partners.yaml).
    """

    id: str
    topic: str
    to: str
    kind: Kind
    gap: str
    ask: str
    due: Due
    source: str
    options: tuple[str, ...] = ()
    allows: Allowed | None = None
    mode: Mode = "on"

    @property
    def holds(self) -> bool:
        return self.mode == "on"


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
SIDES: Final = ("Left", "Right", "Both", *OTHERWISE)

AUTHOR: Final = Template(
    id="Q-AUTHOR",
    topic="author",
    to="attending",
    kind="open",
    gap="what a provider says of another clinician's entry",
    ask=NOT_BY_A_PROVIDER,
    due=ANSWERED,
    source="OCG I.A.19, I.B.14",
)
SIDE: Final = Template(
    id="Q-SIDE",
    topic="side",
    to="provider",
    kind="choice",
    gap="side of a condition",
    ask=WHICH_SIDE,
    options=SIDES,
    due=ANSWERED,
    source="OCG I.B.13",
)


def task(chart: ChartCompleted, to: str, topic: str, ask: str, *indicators: Indicator, about: str = "") -> Query:
    """Administrative data that is missing."""
    return Query(id=query_id(chart, topic, about), topic=topic, to=to, kind="task", question=ask, indicators=indicators)


def open_query(chart: ChartCompleted, to: str, topic: str, ask: str, *indicators: Indicator, about: str = "") -> Query:
    return Query(id=query_id(chart, topic, about), topic=topic, to=to, kind="open", question=ask, indicators=indicators)


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
        id=query_id(chart, topic, about),
        topic=topic,
        to=to,
        kind="choice",
        question=ask,
        options=options,
        indicators=indicators,
    )


def dated(query: Query, chart: ChartCompleted, hospital: Hospital, templates: Mapping[str, Template]) -> Query:
    """With the day it is due by the rule that asks; a query of no rule of ours has none."""
    template = templates.get(query.topic or "")
    if template is None:
        return query
    received = local_day(chart.received_at or chart.occurred_at, hospital)
    return query.model_copy(update={"due": received + timedelta(days=template.due.days)})


def query_id(chart: ChartCompleted, topic: str, about: str = "") -> str:
    """The same question about the same thing has the same id in every version, so that an answer finds it."""
    return derived("query", chart.hospital, chart.chart_id, topic, about)


def answered(chart: ChartCompleted, query: Query) -> bool:
    """Asked before, and answered by a clinician: not asked again, whatever the answer. A task is done or it isn't."""
    return query.kind != "task" and any(answer.query_id == query.id for answer in chart.answers)
