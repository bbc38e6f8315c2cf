"""A broker and a ledger of a test's own, without a worker; and what must hold when every worker has had its trouble."""

import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa
from confluent_kafka.admin import AdminClient

from console.demo.state import LOST, read_books
from console.demo.watch import Watch
from ledger.tables import decisions
from schemas.events.types import Event
from streams.brokers import Broker
from streams.settings import Settings
from streams.topics import CHART_RETURNED, CLAIM_BUILT, PATIENT_BILL, outer
from tests.e2e.processes import CLAIMSTREAM, Home
from tests.e2e.whole_way import Charts
from tests.pipeline import Edge

WORKER = (CLAIMSTREAM, "worker")


@dataclass(frozen=True)
class Place:
    home: Home
    broker: Broker

    @cached_property
    def settings(self) -> Settings:
        told = self.home.environment()
        given = {n.removeprefix("CLAIMSTREAM_").lower(): v for n, v in told.items() if n.startswith("CLAIMSTREAM_")}
        return Settings.model_validate(given, strict=False)

    @cached_property
    def edge(self) -> Edge:
        """Provisions on its first use."""
        return Edge(self.settings)

    def publish(self, charts: Charts) -> None:
        for hospital, theirs in charts.items():
            self.edge.publish("chart-completed", hospital, theirs)

    def decided(self, stage: str) -> int:
        """How many records a stage has decided."""
        with self.edge.assembly.ledger.reading() as tx:
            return int(tx.execute(sa.select(sa.func.count()).where(decisions.c.stage == stage)).scalar_one())

    def members(self, group: str) -> int:
        """How many living workers the group has."""
        admin = AdminClient(self.settings.admin_config())
        return len(admin.describe_consumer_groups([group])[group].result(30).members)

    def until_quiet(self, worker: "subprocess.Popen[bytes]") -> None:
        """Until that worker has nothing left to do; it must live as long."""

        def alive() -> None:
            assert worker.poll() is None, self.home.said()[-2000:]

        Watch(self.edge.assembly, lambda _: None, alive).until_quiet(300)


def stopped(worker: "subprocess.Popen[bytes]") -> tuple[int, float]:
    """Told to stop: its exit status, and the seconds it took."""
    told = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    status = worker.wait(60)
    return status, time.monotonic() - told


def faults(edge: Edge, charts: Charts) -> list[str]:
    """Charts that came to no outcome, and events that were said or delivered twice."""
    sent = {(chart.hospital, chart.chart_id) for theirs in charts.values() for chart in theirs}
    states = read_books(edge.assembly).states
    lost = [f"lost: {who}" for who in sorted(sent) if states.get(who, LOST) == LOST]
    partners = edge.assembly.reference.partners
    families = [[topic] for topic in (CLAIM_BUILT, PATIENT_BILL, CHART_RETURNED)]
    families.append([outer(CLAIM_BUILT, payer) for payer in partners.payers])
    twice: list[str] = []
    for topics in families:
        said = Counter(event.event_id for _, event in edge.read(*topics) if isinstance(event, Event))
        twice += [f"twice in {topics}: {name}" for name, times in said.items() if times > 1]
    return lost + twice
