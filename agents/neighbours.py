"""The claims that stand on the accounts of a patient's other charts: named where a later chart meets them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.engine import Connection

from claims import folding
from claims.accounts import Account, numbers_of
from claims.history import HistoryLine, PatientHistory, Visit
from claims.identity import service_number
from claims.payers import numbered_services
from ledger import projections
from schemas.events import ChartCoded
from schemas.events.coded import Finding
from schemas.events.types import Wire

Row = Mapping[str, Any]
_STANDS_NOT: Final = frozenset({"replaced", "rejected"})
_PLACE: Final = ("hospital", "account", "payer", "payer_sequence", "kind")
_NEAR: Final = timedelta(days=31)  # as far as an edit over visits looks: a month


def claims_near(tx: Connection, charts: Iterable[tuple[ChartCoded, Wire | None]]) -> dict[str, Row]:
    """The claims on the accounts of other visits about the time of these charts, or folded into them; one query."""
    wanted = (account for chart, known in charts for account in _accounts_near(chart, known))
    return {number: dict(row._mapping) for number, row in projections.claims_of(tx, wanted).items()}


def _accounts_near(chart: ChartCoded, history: Wire | None) -> Iterator[tuple[str, str]]:
    if isinstance(history, PatientHistory):
        stay = chart.encounter
        first, last = stay.start_day - _NEAR, stay.end_day + _NEAR
        for visit in history.visits:
            near = visit.start <= last and visit.end >= first
            if (near or visit.chart_id in chart.folds) and visit.chart_id != chart.chart_id:
                yield visit.hospital, visit.account_number


@dataclass(frozen=True)
class Neighbours:
    """The claims that are known of, by control number, and the patient's history that says whose lines they have."""

    claims: Mapping[str, Row]
    history: PatientHistory

    def about(self, other: HistoryLine | Visit | None) -> tuple[str, ...]:
        """The control numbers of the standing claims that have an earlier line, or any of the hospital's own of a
        visit: what professionals did there belongs on nobody else's claim."""
        if other is None:
            return ()
        if isinstance(other, HistoryLine):
            return self._having({other.control_number}, other.hospital, other.account_number, _stands)
        own = (other.hospital, other.chart_id)
        theirs = (line for line in self.history.lines if (line.hospital, line.chart_id) == own)
        lines = {line.control_number for line in theirs if line.component == "facility"}
        return self._having(lines, other.hospital, other.account_number, _stands)

    def still_apart(self, chart: ChartCoded) -> tuple[Finding, ...]:
        """A finding for each claim that has a line which was folded into this chart."""
        return tuple(folding.still_apart(number) for number in self._of_folded(chart, _stands))

    def on_two_charts(self, chart: ChartCoded) -> tuple[Finding, ...]:
        """Lines that another chart has too, which may have no claim: it is held, or the patient pays."""
        own = (chart.hospital, chart.chart_id)
        others = {line.control_number for line in self.history.lines if (line.hospital, line.chart_id) != own}
        if not others or others.isdisjoint(each.control_number for each in numbered_services(chart)):
            return ()
        return (folding.on_two_charts(),)

    def with_its_lines(self, chart: ChartCoded, account: Account) -> tuple[Finding, ...]:
        """A finding for each claim of another chart on which a payer has a line of this one still: it was folded there,
        and the correction that gives it back is not taken."""
        if not self.claims:
            return ()
        own = numbers_of(account, chart.chart_id)
        lines = {each.control_number for each in numbered_services(chart) if each.service.chart_id is None}
        with_them = [number for number in sorted(self.claims) if number not in own and self._has(number, lines)]
        return tuple(folding.given_back(number) for number in with_them if self._is_with_its_payer(self.claims[number]))

    def _is_with_its_payer(self, row: Row) -> bool:
        """Standing, a void on its way, or replaced by what its payer has not taken, in the submission that was last."""
        if _stands(row) or _is_sent_void(row):
            return True
        place = [row[name] for name in _PLACE]
        near = (each for each in self.claims.values() if [each[name] for name in _PLACE] == place)
        last = {each["claim_id"]: each for each in sorted(near, key=lambda each: int(each["at"]))}
        return row["state"] == "replaced" and any(
            each["frequency"] == "7" and each["state"] in {"sent", "rejected"} for each in last.values()
        )

    def untaken_voids(self, chart: ChartCoded) -> tuple[str, ...]:
        """The ids of the voids of such claims that their payers have not taken yet: till then they have the lines."""
        return tuple(str(self.claims[number]["claim_id"]) for number in self._of_folded(chart, _is_sent_void))

    def _of_folded(self, chart: ChartCoded, wanted: Callable[[Row], bool]) -> Iterator[str]:
        folded = folding.folded_numbers(chart)
        if not folded:
            return
        own = {each.control_number for each in numbered_services(chart) if each.service.chart_id is None}
        where = {
            (visit.hospital, visit.account_number) for visit in self.history.visits if visit.chart_id in chart.folds
        }
        for account in sorted(where):
            yield from (number for number in self._having(folded, *account, wanted) if not self._has(number, own))

    def _having(
        self, lines: Iterable[str], hospital: str, account: str, wanted: Callable[[Row], bool]
    ) -> tuple[str, ...]:
        numbers = set(lines)
        return tuple(
            number
            for number, row in sorted(self.claims.items())
            if (row["hospital"], row["account"]) == (hospital, account) and wanted(row) and self._has(number, numbers)
        )

    def _has(self, number: str, lines: set[str]) -> bool:
        return not lines.isdisjoint(service_number(line) for line, _ in json.loads(bytes(self.claims[number]["lines"])))


def _stands(row: Row) -> bool:
    return row["state"] not in _STANDS_NOT and row["frequency"] != "8"


def _is_sent_void(row: Row) -> bool:
    return bool(row["state"] == "sent" and row["frequency"] == "8")
