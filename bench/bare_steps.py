"""The same four stages without streams/ and agents/: a function a stage, for charts that are in order, nothing else."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bench.bare_tables import dump_account, dump_fact, dump_history, headers, load_account, load_history
from claims import deidentify, facts, payers, settlement
from claims.accounts import Account, AccountChart, claim_of, with_chart
from claims.edits import check_account
from claims.facts import Fact, Where
from claims.forming import entered, form
from claims.history import PatientHistory, remembered
from claims.matching import person
from claims.tables import Reference
from claims.validation import validate
from claims.x12.documents import with_document
from ledger import accounts, deadlines, projections, statistics
from ledger.deadlines import Deadline
from schemas.codec import Codec
from schemas.compiled import CompiledCodec
from schemas.events import ChartCoded, ChartCompleted, ClaimBuilt, ClaimStats
from schemas.identity import derived, event_id_of
from schemas.records import Decision, Output, Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PATIENCE = timedelta(days=45)


@dataclass
class Bare:
    """What the steps share. `received` is the fixed time every chart counts as received at."""

    tables: Reference
    pseudonym: Callable[..., str]
    received: datetime
    fast: CompiledCodec
    strict: Codec
    software: str = "claimstream 0.1.0"

    # Each `read_` gives an event, its producer and its id; each other function decides a batch in its transaction.

    def read_intake(self, record: Record) -> tuple[Any, str, str]:
        chart = self.strict.decode_strict(record.value, frozenset({ChartCompleted}))
        assert isinstance(chart, ChartCompleted)
        assert {chart.producer, chart.hospital} == {record.topic.partition(".")[2]}
        return chart, chart.producer, chart.event_id

    def intake(self, _tx: Connection, taken: Sequence[tuple[Record, ChartCompleted]]) -> list[Decision]:
        return [self._taken(record, chart) for record, chart in taken]

    def _taken(self, record: Record, chart: ChartCompleted) -> Decision:
        chart = chart.model_copy(update={"received_at": self.received})
        key = self.pseudonym("patient", chart.hospital, chart.patient.mrn).encode()
        said = Output(
            "chart-completed", key, self.fast.encode(chart), headers(chart, chart.hospital), record.timestamp_ms
        )
        return Decision((said,), "taken", *_whom(chart))

    def read_event(self, record: Record) -> tuple[Any, str, str]:
        event: Any = self.fast.decode(record.value)
        return event, event.producer, event.event_id

    def validation(self, tx: Connection, taken: Sequence[tuple[Record, ChartCompleted]]) -> list[Decision]:
        known = projections.charts_of(tx, "validation", (chart.chart_id for _, chart in taken))
        assert not known
        window = statistics.open_window(tx)
        decisions, rows, counted, stats = [], [], list[Fact](), list[ClaimStats]()
        for record, chart in taken:
            coded = validate(chart, self.tables)
            assert isinstance(coded, ChartCoded)
            key = self.pseudonym("patient", coded.hospital, coded.patient.mrn).encode()
            where = self._where(coded, window, derived("chart", coded.hospital, coded.chart_id))
            fact = facts.of_coded(coded, self.tables.counted_by, where)
            counted += [] if fact is None else [fact]
            stats.append(fact.statistic if fact else deidentify.of_coded(coded, self.tables.counted_by))
            rows.append(_chart_row("validation", coded, "coded"))
            value = self.fast.encode(coded.model_copy(update={"software": self.software}))
            said = Output("chart-coded", key, value, headers(coded, coded.hospital), record.timestamp_ms)
            decisions.append(Decision((said,), "coded", *_whom(coded)))
        projections.put_charts(tx, rows)
        _append(tx, window, "validation", taken[0][0], counted)
        return self._with_stats(decisions, stats)

    def claiming(self, tx: Connection, taken: Sequence[tuple[Record, ChartCoded]]) -> list[Decision]:
        keys = {record.coordinates: self.pseudonym("patient", c.hospital, c.patient.mrn) for record, c in taken}
        wanted = {_account_key(c) for _, c in taken} | {f"patient/{key}" for key in keys.values()}
        stored = accounts.lock(tx, "claiming", wanted)
        window = statistics.open_window(tx)
        states: dict[str, Any] = {
            key: (load_history if key.startswith("patient/") else load_account)(row.body)
            for key, row in stored.items()
            if row.body is not None
        }
        decisions, charts, claims, opened = [], [], list[Any](), list[Deadline]()
        counted, stats = list[Fact](), list[ClaimStats]()
        for record, chart in taken:
            key = keys[record.coordinates]
            account, built = self._billed(states, chart, f"patient/{key}")
            charts.append(_chart_row("claiming", chart, "claimed"))
            claims += [_claim_row(account, claim, key) for claim in built]
            opened += [self._deadline(claim, key) for claim in built]
            for claim in built:
                where = self._where(chart, window, derived("counted", chart.hospital, claim.claim_id))
                part2 = deidentify.is_part2(chart)
                fact = facts.of_claim(claim, self.tables.codes.ccsr, part2, where)
                counted += [] if fact is None else [fact]
                stats.append(fact.statistic if fact else deidentify.of_claim(claim, self.tables.codes.ccsr, part2))
            said = tuple(
                Output("claim-built", key.encode(), self._judged(c), headers(c, c.payer), record.timestamp_ms)
                for c in built
            )
            decisions.append(Decision(said, "claimed", *_whom(chart)))
        changed = {key: _dump(states[key]) for key in wanted}
        accounts.save(tx, "claiming", stored, changed)
        projections.put_charts(tx, charts)
        projections.put_claims(tx, claims)
        deadlines.open_(tx, opened)
        _append(tx, window, "claiming", taken[0][0], counted)
        return self._with_stats(decisions, stats)

    def _billed(
        self, states: dict[str, Any], chart: ChartCoded, history_key: str
    ) -> tuple[Account, tuple[ClaimBuilt, ...]]:
        account = states.get(_account_key(chart)) or Account(
            hospital=chart.hospital, account_number=chart.account_number
        )
        history = states.get(history_key, PatientHistory())
        assert not any(finding.severity == "reject" for finding in check_account(chart, history, self.tables).findings)
        assert payers.consents(chart, chart.encounter.start_day)
        assert not self.tables.partners.hospital(chart.hospital).hold_days(chart.encounter.encounter_class)
        formed = form(chart, account, self.tables.partners)
        assert formed.claims
        assert (formed.refused, formed.awaited, formed.bills) == ((), (), ())
        account = entered(with_chart(account, AccountChart(chart=chart, state="claimed")), formed)
        states[_account_key(chart)], states[history_key] = account, remembered(history, chart)
        return account, formed.claims

    def _judged(self, claim: ClaimBuilt) -> bytes:
        tables = {"code_sets": self.tables.codes.version, "edit_tables": self.tables.edit_tables}
        said = with_document(claim, self.tables.partners)
        return self.fast.encode(said.model_copy(update={"software": self.software, **tables}))

    def read_delivery(self, record: Record) -> tuple[Any, str, str]:
        event_id = event_id_of(record.value)
        assert event_id is not None
        return dict(record.headers)["partner"].decode(), record.topic, event_id

    def delivery(self, _tx: Connection, taken: Sequence[tuple[Record, str]]) -> list[Decision]:
        return [self._sent(record, payer) for record, payer in taken]

    def _sent(self, record: Record, payer: str) -> Decision:
        assert payer in self.tables.partners.payers
        value = record.value or b""
        said = Output(f"{record.topic}.{payer}", record.key, value, record.headers, record.timestamp_ms)
        return Decision((said,), "delivered", payer, record.topic)

    def _where(self, chart: ChartCoded, window: str, about: str) -> Where:
        return Where(window, self.pseudonym("counted", chart.hospital, chart.patient.mrn), about)

    def _deadline(self, claim: ClaimBuilt, key: str) -> Deadline:
        name = derived("deadline", "answer-overdue", claim.claim_id, claim.submission)
        about = f"account/{claim.hospital}/{claim.account_number}"
        return Deadline(name, "answer-overdue", "claiming", key, about, _ms(self.received + _PATIENCE))

    def _with_stats(self, decisions: list[Decision], stats: Sequence[ClaimStats]) -> list[Decision]:
        said = sorted((self.fast.encode(stat), _ms(datetime(stat.year, 1, 1, tzinfo=UTC))) for stat in stats)
        outputs, n = [Output("claim-stats", None, value, (), when) for value, when in said], len(decisions)
        cuts = [len(outputs) * i // n for i in range(n + 1)]
        return [
            decision._replace(outputs=decision.outputs + tuple(outputs[cuts[i] : cuts[i + 1]]))
            for i, decision in enumerate(decisions)
        ]


def _append(tx: Connection, window: str, stage: str, first: Record, counted: Sequence[Fact]) -> None:
    statistics.append(tx, window, stage, first.coordinates, [dump_fact(fact) for fact in counted])


def _dump(state: Account | PatientHistory) -> bytes:
    return dump_account(state) if isinstance(state, Account) else dump_history(state)


def _account_key(chart: ChartCoded) -> str:
    return f"account/{chart.hospital}/{chart.account_number}"


def _whom(chart: ChartCompleted | ChartCoded) -> tuple[str, str]:
    return f"{chart.hospital}/{chart.account_number}", f"{chart.chart_id} v{chart.version}"


def _ms(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def _chart_row(stage: str, chart: ChartCoded, state: str) -> dict[str, Any]:
    return {
        "stage": stage,
        "hospital": chart.hospital,
        "chart_id": chart.chart_id,
        "version": chart.version,
        "revision": chart.coding_revision,
        "account": chart.account_number,
        "state": state,
        "why": None,
        "cents": sum(service.charge_cents for service in chart.services),
        "held": None,
        "at": _ms(chart.occurred_at),
    }


def _claim_row(account: Account, claim: ClaimBuilt, key: str) -> dict[str, Any]:
    kept = claim_of(account, claim.claim_id)
    assert kept is not None
    money = settlement.totals(kept)
    return {
        "control_number": claim.control_number,
        "claim_id": claim.claim_id,
        "payer": claim.payer,
        "payer_kind": claim.payer_kind,
        "payer_sequence": claim.payer_sequence,
        "hospital": claim.hospital,
        "account": claim.account_number,
        "patient_key": key,
        "kind": claim.kind,
        "frequency": claim.frequency,
        "state": kept.state,
        "charge_cents": claim.total_charge_cents,
        "paid_cents": money.paid_cents,
        "patient_cents": money.patient_cents,
        "lines": json.dumps([(line.control_number, line.charge_cents) for line in claim.lines]).encode(),
        "at": _ms(claim.occurred_at),
        "forwarded_to": None,
        "forwarded_as": None,
        "payer_number": kept.payer_claim_number,
        "member": claim.member_id,
        "person": None if claim.patient.name is None else person(claim.patient.name),
        "service_from": claim.statement_from.isoformat(),
        "service_to": claim.statement_to.isoformat(),
    }
