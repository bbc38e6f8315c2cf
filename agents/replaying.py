"""Recorded charts under other tables: which would be judged otherwise now. Nothing is written.

Each chart that validation took is judged again and compared with what was said of it then. Where the two differ, the
tables in force judge it too: if they don't say what was recorded either, the difference is not the other tables' alone,
and is told so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from claims.coder import holds
from claims.replay import Difference, Judgement, Said, Tally, difference, judgement
from claims.tables import Reference
from claims.validation import accept_coder, validate
from schemas.compiled import CompiledCodec
from schemas.events import ChartCoded, ChartCompleted, ChartReturned
from schemas.records import Record

Taken = ChartCompleted | ChartCoded


@dataclass
class Replay:
    """What was said then, by the event it was said of; and the tables in force beside the others."""

    today: Reference
    other: Reference
    codec: CompiledCodec
    judged: int = 0
    unsaid: int = 0
    """Charts of which nothing is recorded: late versions, conflicts, or outputs outside the times asked for. And
    answers to charts from before these times, for nobody knows what a coder had to repeat."""
    tally: Tally = field(default_factory=Tally)
    _said: dict[str, Judgement] = field(default_factory=dict)
    _held: dict[tuple[str, str, int], str] = field(default_factory=dict)

    def remember(self, records: Iterable[Record]) -> None:
        """What validation said: records of chart-coded and chart-returned."""
        for record in records:
            said = self.codec.decode(record.value)
            late = isinstance(said, ChartReturned) and said.reason in {"late-version", "unanswered"}
            if isinstance(said, ChartCoded | ChartReturned) and said.producer == "validation" and not late:
                self._said[said.causation_id or ""] = judgement(said)

    def compare(self, records: Iterable[Record]) -> Iterator[Difference]:
        """The charts that are judged otherwise: records of chart-completed, then of coder-answers."""
        for record in records:
            chart = self.codec.decode(record.value)
            if not isinstance(chart, ChartCompleted | ChartCoded):
                continue
            before = self._said.get(chart.event_id)
            if isinstance(chart, ChartCompleted):
                self._held[_place(chart)] = holds(chart)
            if before is None or _place(chart) not in self._held:
                self.unsaid += 1
                continue
            self.judged += 1
            found = self._difference(chart, before)
            if found is not None:
                self.tally.add(found)
                yield found

    def _difference(self, chart: Taken, before: Judgement) -> Difference | None:
        said = self._say(chart, self.other)
        now = judgement(said)
        if now == before:
            return None
        reproduced = self.today is not self.other and judgement(self._say(chart, self.today)) == before
        return difference(said, before, now, reproduced=reproduced)

    def _say(self, chart: Taken, tables: Reference) -> Said:
        if isinstance(chart, ChartCompleted):
            return validate(chart, tables)
        return accept_coder(chart, tables, self._held[_place(chart)])


def _place(chart: Taken) -> tuple[str, str, int]:
    return chart.hospital, chart.chart_id, chart.version
