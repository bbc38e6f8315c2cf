"""Edits over the patient's other charts: what one chart, or one claim, can't tell."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from claims.codesets.shapes import SEPARATING_MODIFIERS
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.edits.visits import VISITS
from claims.history import HistoryLine
from schemas.events.coded import ChartCoded, Service

_BEYOND_BEDS: Final = "0220"  # revenue codes 010x to 021x are room and board


@rule(
    "N5",
    "reject",
    carc="18",
    citation="CPM 1/120",
    mend="remove the one that was not done, or add the modifier that tells them apart",
    proposes="replace",
)
def same_line_on_another_chart(subject: Subject) -> Iterator[Fault]:
    """The same service, for one patient on one day by one provider, stands on another chart too (CPM 1/120).

    A modifier on either that says 'again' or 'apart' (76, 77, 59, X{EPSU}, 27, 91) makes it another service. An earlier
    version of the chart itself is corrected, not repeated.
    """
    chart, history = subject.chart, subject.history
    if not history.lines:
        return
    elsewhere = {_key(line, line.hospital, line.day): line for line in history.lines if _counts(line, chart)}
    elsewhere.pop(None, None)
    for at, service in enumerate(chart.services):
        same = None if _apart(service) else elsewhere.get(_key(service, chart.hospital, service.service_from))
        if same is not None:
            message = "the same service stands on another chart of this patient and day"
            yield Fault(message, f"services[{at}]", at, "service", other=same)


def _counts(line: HistoryLine, chart: ChartCoded) -> bool:
    own = (line.hospital, line.chart_id) == (chart.hospital, chart.chart_id)
    return not own and not _apart(line)


def _apart(line: HistoryLine | Service) -> bool:
    return not SEPARATING_MODIFIERS.isdisjoint(line.modifiers)


def _key(line: HistoryLine | Service, hospital: str, day: date) -> tuple[object, ...] | None:
    """When two lines are one service. A revenue code alone says a department, and only a bed is counted by it."""
    bed = line.code is None and line.revenue_code is not None and line.revenue_code < _BEYOND_BEDS
    item = line.revenue_code if bed else line.code
    if item is None:
        return None
    by = line.performer_npi if line.component == "professional" and line.performer_npi else hospital
    return (by, day, item, line.component, frozenset(line.modifiers))


ACCOUNT: Final[tuple[Rule, ...]] = (same_line_on_another_chart, *VISITS)
