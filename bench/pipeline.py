"""`python -m bench.pipeline`: how fast charts become claims, from the hospital's topic to the payer's.

On an Apache Kafka and a PostgreSQL of its own. The last line is one JSON object. Rates depend on the machine; the
ratios are of one run: the worker against a bare confluent-kafka loop that does the same work (bench/bare.py), and
against Faust as its manual shows it (bench/native.py).
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from confluent_kafka.admin import AdminClient

from agents.assembly import Assembly
from bench.bare import PREFIX
from bench.charts import Encoded, encoded, example
from bench.load import TOPIC, flood, paced, quantile
from bench.meter import PARTS, STAGES, Meter, Sums
from bench.native import TOPICS as NATIVE_TOPICS
from bench.site import Contender, Site, prepare, prepare_bare, running, site
from bench.watcher import CLAIMS_A_CHART, Watcher
from streams import provisioning
from streams.provisioning import end_offsets, partitions_of
from streams.topics import CLAIM_BUILT, TopicSpec, outer

WARM_UP, NATIVE_CHARTS, MEASURED_CHARTS, PACED_S = 200, 200, 1_500, 10.0

Layout = Sequence[Sequence[str]]


class OtherClaims(RuntimeError):
    """The contenders made different claims, so that their rates can't be compared."""


@dataclass
class Lane:
    """A contender's processes, the topic they hear the hospital by, and a reader at their payers' end."""

    name: str
    contender: Contender
    topic: str
    watcher: Watcher
    seconds: float = 0.0
    cpu_s: float = 0.0
    claims: list[bytes] = field(default_factory=list)

    def run(self, config: Mapping[str, Any], charts: Sequence[Encoded]) -> None:
        """These charts at once; what they took is added to what earlier ones did."""
        cpu = self.contender.cpu_s()
        self.seconds += len(charts) / flood(config, self.watcher, charts, self.topic)
        self.cpu_s += self.contender.cpu_s() - cpu
        self.claims += self.watcher.values


@dataclass(frozen=True)
class Bench:
    """What every contender meets: the same broker, database server and charts."""

    where: Site
    layout: Layout
    assembly: Assembly
    admin: AdminClient
    say: Callable[[str], None]

    @property
    def config(self) -> dict[str, Any]:
        return self.assembly.settings.client_config("hospital")

    def charts(self, run: str, count: int) -> list[Encoded]:
        return encoded(self.assembly.codec, example(self.assembly.reference.partners), run, count)

    def duel(self, charts: int) -> dict[str, Any]:
        """Worker and bare loop stand ready and take turns (worker, bare, bare, worker), so that a machine that becomes
        slower or faster favours neither. Then the worker alone with its meter on, at full rate and at a third of it."""
        bare_assembly = Assembly(self.where.with_ledger("bare").settings)
        prepare_bare(bare_assembly)
        meter = Meter(file := self.where.home / "meter")
        with (
            running(self.where, self.assembly, "bench.worker", self.layout, str(file)) as ours,
            running(self.where, bare_assembly, "bench.bare", self.layout) as bares,
        ):
            worker = Lane("worker", ours, TOPIC, payers_end(self.assembly, self.admin))
            bare = Lane("bare loop", bares, PREFIX + TOPIC, payers_end(self.assembly, self.admin, PREFIX))
            for lane in (worker, bare):
                flood(self.config, lane.watcher, self.charts("warm-up", WARM_UP), lane.topic, stall_s=60)
            crowd = self.charts("crowd", charts)
            first, second = crowd[: charts // 2], crowd[charts // 2 :]
            for lane, some in ((worker, first), (bare, first), (bare, second), (worker, second)):
                lane.run(self.config, some)
                self.say(f"{lane.name}: {len(lane.claims) / CLAIMS_A_CHART / lane.seconds:.0f} charts a second so far")
            if sorted(worker.claims) != sorted(bare.claims):
                raise OtherClaims
            measured = {**self._full(worker, meter), **self._third(worker, meter, charts / worker.seconds / 3)}
        return {
            "charts_per_s": charts / worker.seconds,
            "bare_loop_per_s": charts / bare.seconds,
            "ratio_bare": bare.seconds / worker.seconds,
            "cpu_us_per_chart": worker.cpu_s / charts * 1e6,
            "bare_loop_cpu_us_per_chart": bare.cpu_s / charts * 1e6,
            **measured,
        }

    def _full(self, worker: Lane, meter: Meter) -> dict[str, Any]:
        """Where a chart's time goes when many come at once; the instruments' own time is in it."""
        some, before = self.charts("measured", MEASURED_CHARTS), meter.sums()
        meter.switch(True)
        flood(self.config, worker.watcher, some, worker.topic)
        sums = meter.sums().since(before)
        return {"full_rate": {"us_per_chart": _split(sums, len(some)), "batch_sizes": sums.batch_sizes()}}

    def _third(self, worker: Lane, meter: Meter, rate: float) -> dict[str, Any]:
        """At a third of the rate: how old charts get, which batches there are, and what a chart costs in them."""
        some, before = self.charts("paced", int(rate * PACED_S)), meter.sums()
        ages = paced(self.config, worker.watcher, some, rate)
        sums = meter.sums().since(before)
        ledger = sum(sums.seconds[stage]["ledger"] for stage in STAGES)
        return {
            "third_per_s": rate,
            "p50_ms": quantile(ages, 0.5),
            "p99_ms": quantile(ages, 0.99),
            "batch_sizes": sums.batch_sizes(),
            "us_per_chart": _split(sums, len(some)),
            "ledger_us_per_chart_and_stage": ledger / len(some) / len(STAGES) * 1e6,
        }

    def native_faust(self) -> dict[str, Any]:
        """A few charts through Faust's own consumer and producer; from the first one published to the last claim."""
        topics = tuple(TopicSpec(name, 2, 1, {}) for name in NATIVE_TOPICS)
        provisioning.apply(self.admin, provisioning.Plan(create=topics))  # it waits until they have leaders
        watcher = Watcher(self.assembly.settings.client_config("native"), _ends(self.admin, NATIVE_TOPICS[-1:]))
        with running(self.where, self.assembly, "bench.native", [[]], self.assembly.settings.brokers):
            flood(self.config, watcher, self.charts("native-warm-up", 5), NATIVE_TOPICS[0], stall_s=60)
            rate = flood(self.config, watcher, self.charts("native", NATIVE_CHARTS), NATIVE_TOPICS[0], stall_s=60)
        self.say(f"native Faust: {rate:.1f} charts a second")
        return {"native_faust_per_s": rate}


def main(  # noqa: PLR0917 typer's options
    charts: Annotated[int, typer.Option(help="How many charts each contender gets at once.")] = 5_000,
    batch: Annotated[int, typer.Option(help="Most records a batch.")] = 500,
    linger: Annotated[int, typer.Option(help="Milliseconds a batch goes on after its first record.")] = 450,
    processes: Annotated[str, typer.Option(help="`one` for all stages, or `each`: one a stage.")] = "each",
    native: Annotated[bool, typer.Option(help="Native Faust, too.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Nothing but the JSON object.")] = False,
) -> None:
    """Charts a second, where their time goes, how old they get, and what that is against a bare loop."""
    started = time.monotonic()
    layout: Layout = [STAGES] if processes == "one" else [(stage,) for stage in STAGES]
    with site(batch, linger) as where:
        found = run(where, layout, charts, native, (lambda _: None) if as_json else print)
    given = {"charts": charts, "batch_records": batch, "linger_ms": linger, "processes": len(layout)}
    print(json.dumps({**given, **found, "seconds": round(time.monotonic() - started, 1)}))


def run(where: Site, layout: Layout, charts: int, native: bool, say: Callable[[str], None]) -> dict[str, Any]:
    assembly = Assembly(where.with_ledger("worker").settings)
    prepare(assembly)
    bench = Bench(where, layout, assembly, AdminClient(assembly.settings.admin_config()), say)
    found = bench.duel(charts)
    if native:
        found |= bench.native_faust()
        found["ratio_native"] = found["charts_per_s"] / found["native_faust_per_s"]
    return {name: round(it, 3) if isinstance(it, float) else it for name, it in found.items()}


def payers_end(assembly: Assembly, admin: AdminClient, prefix: str = "") -> Watcher:
    """A reader of every payer's claims; a patient is a payer without a topic."""
    names = {spec.name for spec in assembly.topics}
    payers = [name for payer in assembly.reference.partners.payers if (name := outer(CLAIM_BUILT, payer)) in names]
    return Watcher(assembly.settings.client_config("watcher"), _ends(admin, [prefix + name for name in payers]))


def _split(sums: Sums, charts: int) -> dict[str, Any]:
    """By part over all stages, and by stage."""
    by_stage = sums.microseconds(charts)
    return {part: sum(by_stage[stage][part] for stage in STAGES) for part in PARTS} | {"by_stage": by_stage}


def _ends(admin: AdminClient, topics: Sequence[str]) -> Mapping[tuple[str, int], int]:
    return end_offsets(admin, partitions_of(admin, topics))


if __name__ == "__main__":
    typer.run(main)
