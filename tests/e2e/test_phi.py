"""PHI canaries in every example chart, through the real worker at its most talkative: they get out nowhere.

    python -m pytest tests/e2e/test_phi.py -s

prints what was scanned. Charts, answers, refusals, dead letters and a failing step are among what was handled.
"""

import io
import logging
import signal
import sys
import traceback
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
import structlog
from pydantic import ValidationError

from console import logs
from console.demo.watch import Watch
from console.faults import said_of
from ledger.store import Ledger, LedgerUnreachable
from schemas.codec import Codec, Undecodable, Unencodable
from schemas.events import ChartCompleted
from schemas.records import Record
from schemas.registry import committed
from streams.brokers import embedded
from streams.brokers.broker import free_ports
from streams.settings import Settings
from streams.topics import CLAIM_STATS, CLAIM_STATS_PUBLISHED, FROM_HOSPITALS, FROM_PAYERS, REFUSED
from tests.canaries import Hit, canaries, plant, scan
from tests.e2e.clumsy_worker import CLUMSY
from tests.e2e.processes import Home, until
from tests.e2e.whole_way import HOLDS_END, MONTH_ENDS, Charts, Payers
from tests.pipeline import Edge, records_of

pytestmark = pytest.mark.timeout(900)

CODEC = Codec(committed())


@dataclass(frozen=True)
class Evidence:
    """Everything that a run left where no PHI may be, in named haystacks; and what must not be in it."""

    wanted: frozenset[str]
    haystacks: Mapping[str, bytes]
    records: Sequence[Record]

    def hits(self, *which: str) -> list[Hit]:
        chosen = [(name, straw) for name, straw in self.haystacks.items() if not which or name.startswith(which)]
        assert chosen
        return scan(chosen, self.wanted)

    def codes(self) -> set[str]:
        said = (dict(record.headers).get("error-code") for record in self.records)
        return {code.decode() for code in said if code is not None}


@pytest.fixture(scope="module")
def planted(charts: Charts) -> Charts:
    """All charts of one patient have the same canaries."""
    people = {(c.hospital, c.patient.mrn) for theirs in charts.values() for c in theirs}
    numbers = {who: n for n, who in enumerate(sorted(people))}
    return {h: [plant(c, numbers[h, c.patient.mrn]) for c in theirs] for h, theirs in charts.items()}


@pytest.fixture(scope="module")
def evidence(planted: Charts, example_payer: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("phi")
    with embedded(folder / "broker") as broker:
        home, port = Home(broker.bootstrap, folder), free_ports(1)[0]
        given = {
            n.removeprefix("CLAIMSTREAM_").lower(): v for n, v in home.environment().items() if n.startswith("CLAIM")
        }
        edge = Edge(Settings.model_validate(given, strict=False))
        with home.running([sys.executable, "-m", "tests.e2e.clumsy_worker"], web_port=str(port)) as worker:
            watch = Watch(edge.assembly, lambda _: None, lambda: _alive(worker.poll(), home))
            _whole_way(edge, watch, example_payer, planted)
            metrics = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30).read()
            worker.send_signal(signal.SIGTERM)
            until(lambda: worker.poll() is not None)
        records = records_of(edge.assembly, *(spec.name for spec in edge.assembly.topics))
        wanted = frozenset(chain.from_iterable(canaries(c) for theirs in planted.values() for c in theirs))
        straws = {"log": home.said().encode(), "metrics": metrics, **_straws(records)}
        sizes = sum(map(len, straws.values()))
        print(f"\n{len(wanted)} canaries looked for in {len(records)} records, {len(straws)} haystacks, {sizes} bytes")
        return Evidence(wanted, straws, records)


def _whole_way(edge: Edge, watch: Watch, payer: ModuleType, planted: Charts) -> None:
    """Charts and poison in; payers answer; holds end; the month closes."""
    for hospital, theirs in planted.items():
        edge.publish("chart-completed", hospital, theirs)
        _poison(edge, hospital, theirs[0])
    watch.until_quiet(300)
    payers = Payers(payer, edge)
    for at in (HOLDS_END, MONTH_ENDS):
        while waves := payers.answers():
            payers.send(list(chain(*waves)))
            watch.until_quiet(300)
        edge.tick(at)
        watch.until_quiet(300)


def _poison(edge: Edge, hospital: str, chart: ChartCompleted) -> None:
    """What intake refuses, full of canaries, under keys that are canaries."""
    value, topic = edge.assembly.codec.encode(chart), f"chart-completed.{hospital}"
    assert chart.patient.name is not None
    name = chart.patient.name.model_copy(update={"given": f"{chart.patient.name.given}\x07"})
    broken = chart.model_copy(update={"patient": chart.patient.model_copy(update={"name": name}), "event_id": "broken"})
    strange = chart.model_copy(update={"hospital": chart.patient.mrn, "event_id": "strange"})
    other = chart.model_copy(update={"payments_cents": chart.payments_cents + 1})
    wrong = (value[: len(value) // 2], b"\x01" + value[1:], value + value)
    for bad in (*wrong, *(edge.assembly.codec.encode(each) for each in (broken, strange, other))):
        edge.producer.produce(topic, bad, chart.patient.mrn.encode())
    payer_says = f"claim-adjudicated.commercial {chart.patient.mrn}".encode()
    edge.producer.produce("claim-adjudicated.commercial", payer_says, chart.patient.mrn.encode())
    assert edge.producer.flush(60) == 0


def _straws(records: Sequence[Record]) -> dict[str, bytes]:
    """Headers of all topics, keys of all but the partners' own, values of what is told and counted."""
    found: dict[str, list[bytes]] = {}
    for record in records:
        family = record.topic.partition(".")[0]
        inbound = "." in record.topic and family in {*FROM_HOSPITALS, *FROM_PAYERS}
        found.setdefault(f"headers of {record.topic}", []).extend(chain(*((n.encode(), v) for n, v in record.headers)))
        if not inbound:
            found.setdefault(f"keys of {record.topic}", []).append(record.key or b"")
        if family in {CLAIM_STATS, CLAIM_STATS_PUBLISHED, REFUSED}:
            found.setdefault(f"values of {record.topic}", []).append(record.value or b"")
    return {name: b"\n".join(straw) for name, straw in found.items()}


def _alive(status: int | None, home: Home) -> None:
    assert status is None, home.said()[-2000:]


def test_the_run_had_claims_bills_and_statistics(evidence: Evidence) -> None:
    families = {record.topic.partition(".")[0] for record in evidence.records}
    assert {"claim-built", "patient-bill", "chart-returned", "claim-stats-published", "claim-adjudicated"} <= families


def test_the_run_had_refusals_conflicts_and_a_step_that_failed(evidence: Evidence) -> None:
    expected = {"truncated", "wrong-magic", "trailing-bytes", "invalid-field", "partner-mismatch", "conflict"}
    assert expected | {"step-failed"} <= evidence.codes()


def test_a_failed_step_tells_its_exceptions_class_and_no_more(evidence: Evidence) -> None:
    said = {dict(r.headers).get("exception") for r in evidence.records if r.topic == "dead-letter.validation"}
    assert said == {b"ValueError"}


def test_no_canary_is_in_the_log(evidence: Evidence) -> None:
    assert b"crashed" in evidence.haystacks["log"] or b"worker" in evidence.haystacks["log"]
    assert evidence.hits("log") == []


def test_no_canary_is_in_the_metrics(evidence: Evidence) -> None:
    assert b"claims_outcomes_total" in evidence.haystacks["metrics"]
    assert evidence.hits("metrics") == []


def test_no_canary_is_in_a_header(evidence: Evidence) -> None:
    assert evidence.hits("headers") == []


def test_no_canary_is_in_a_key_that_is_ours(evidence: Evidence) -> None:
    assert evidence.hits("keys") == []


def test_no_canary_is_in_statistics(evidence: Evidence) -> None:
    assert evidence.hits("values of claim-stats") == []


def test_no_canary_is_in_a_refusal(evidence: Evidence) -> None:
    assert evidence.hits("values of refused") == []


def test_the_topics_that_may_hold_canaries_do(evidence: Evidence) -> None:
    claim = next(record for record in evidence.records if record.topic == "claim-built")
    assert scan([("claim-built", claim.value or b"")], evidence.wanted)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Logging as the worker sets it up; what stood before comes back."""
    handlers, level, written = logging.root.handlers[:], logging.root.level, io.StringIO()
    logs.set_up("debug", written)
    yield written
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def test_the_scan_finds_a_canary_that_is_logged_on_purpose(evidence: Evidence, log: io.StringIO) -> None:
    leaked = sorted(evidence.wanted)[0]
    structlog.get_logger("claimstream").info("leaked", about=leaked)
    assert {hit.canary for hit in scan([("log", log.getvalue().encode())], evidence.wanted)} == {leaked}


def _decoded(chart: ChartCompleted) -> None:
    CODEC.decode_strict(CODEC.encode(chart.model_copy(update={"account_number": f"{chart.patient.mrn}\x07"})))


def _cut_off(chart: ChartCompleted) -> None:
    CODEC.decode_strict(CODEC.encode(chart)[:-9])


def _encoded(chart: ChartCompleted) -> None:
    CODEC.encode(chart.model_copy(update={"version": chart.patient.mrn}))


def _validated(chart: ChartCompleted) -> None:
    ChartCompleted.model_validate({**chart.model_dump(), "version": chart.patient.mrn})


def _written(chart: ChartCompleted) -> None:
    ledger = Ledger("sqlite://", patience_s=0.0)
    ledger.run(lambda tx: tx.execute(sa.text("INSERT INTO nowhere VALUES (:mrn)"), {"mrn": chart.patient.mrn}))


@pytest.mark.parametrize(
    ("fail", "kind"),
    [
        (_decoded, Undecodable),
        (_cut_off, Undecodable),
        (_encoded, Unencodable),
        (_validated, ValidationError),
        (_written, LedgerUnreachable),
    ],
)
def test_no_error_of_ours_quotes_a_chart(
    planted: Charts, fail: Callable[[ChartCompleted], None], kind: type[Exception]
) -> None:
    chart = planted["st-anna"][0]
    with pytest.raises(kind) as raised:
        fail(chart)
    told = [*traceback.format_exception(raised.value), repr(raised.value), said_of(raised.value)]
    assert scan([("error", "\n".join(told).encode())], canaries(chart)) == []


def test_the_clumsy_step_meets_a_tenth_of_the_patients(planted: Charts) -> None:
    clumsy = [c for theirs in planted.values() for c in theirs if c.patient.mrn.endswith(CLUMSY)]
    assert 5 < len(clumsy) < 60


def test_the_ledger_is_readable_by_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    Ledger(f"sqlite:///{file}").make()
    assert file.stat().st_mode & 0o077 == 0
