"""Given: a desk on the ledger of stages that are fed by hand."""

from agents.desk import Desk, Ready
from claims.coder_answers import BilledLine, CoderAnswer
from schemas.events import ChartCoded
from tests.agents.given_stages import Stages

WRIST = "S62.101A"
"""Fracture of an unspecified carpal bone, right wrist: what a coder may find in the record."""


def desk(given: Stages) -> Desk:
    return Desk(given.assembly)


def items(given: Stages, kind: str | None = None) -> list[str]:
    """The ids of what is to be coded, of this kind or of any."""
    return [row.id for row in desk(given).lists().work if kind in {None, row.kind}]


def coded(*codes: str, **said: object) -> CoderAnswer:
    return CoderAnswer.model_validate({"codes": codes, **said})


def priced(units: int = 1, cents: int = 5_000, **said: object) -> CoderAnswer:
    line = {"code": "A0428", "revenue_code": "0540", "units": units * 1000, "cents": cents, **said}
    return CoderAnswer(line=BilledLine.model_validate(line))


def chart_in(given: Stages, ready: Ready) -> ChartCoded:
    chart = given.assembly.strict.decode_strict(ready.value, frozenset({ChartCoded}))
    assert isinstance(chart, ChartCoded)
    return chart
