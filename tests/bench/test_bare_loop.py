"""The bare loop is an honest contender: it imports neither streams/ nor agents/, and says the same bytes."""

import ast
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from agents.assembly import Assembly
from bench import bare_steps
from bench.bare_steps import Bare
from bench.bare_tables import pseudonym
from bench.charts import encoded, example
from bench.meter import STAGES
from ledger.statistics import begin_window
from ledger.store import Ledger
from ledger.upgrade import upgrade
from schemas.codec import Codec
from schemas.records import Decision, Output, Record
from tests.pipeline import KEY, NOON, settings

ROOT = Path(bare_steps.__file__).parent
FIRST = "chart-completed.st-anna"
CHARTS = 7

Decide = Callable[[str, Sequence[Record]], Sequence[Decision]]


@pytest.fixture
def assembly() -> Assembly:
    return Assembly(settings("", "sqlite://"))


@pytest.fixture
def ledgers(tmp_path: Path) -> Iterator[tuple[Ledger, Ledger]]:
    made = tuple(Ledger(f"sqlite:///{tmp_path}/{name}.db") for name in ("worker", "bare"))
    for ledger in made:
        upgrade(ledger)
        ledger.run(lambda tx: begin_window(tx, "2026-09", 0))
    yield made[0], made[1]
    for ledger in made:
        ledger.close()


NOON_MS = int(NOON.timestamp() * 1000)


def records(topic: str, outputs: Sequence[Output]) -> list[Record]:
    said = [output for output in outputs if output.topic == topic]
    return [Record(topic, 0, n, o.key, o.value, o.headers, o.timestamp_ms or 0) for n, o in enumerate(said)]


def through_the_stages(decide: Decide, first: Sequence[Record]) -> list[list[Decision]]:
    """Every stage's decisions, each stage reading what the one before said."""
    topics = dict(zip(STAGES, (FIRST, "chart-completed", "chart-coded", "claim-built"), strict=True))
    taken, decided = list(first), list[list[Decision]]()
    for stage in STAGES:
        if stage != STAGES[0]:
            taken = records(topics[stage], [output for decision in decided[-1] for output in decision.outputs])
        decided.append(list(decide(stage, taken)))
    return decided


@pytest.fixture
def published(assembly: Assembly) -> list[Record]:
    charts = encoded(assembly.codec, example(assembly.reference.partners), "test", CHARTS)
    return [Record(FIRST, 0, n, None, chart.value, (), NOON_MS) for n, chart in enumerate(charts)]


def test_it_decides_and_says_what_the_worker_does(
    assembly: Assembly, ledgers: tuple[Ledger, Ledger], published: list[Record], tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text(KEY)
    bare = Bare(assembly.reference, pseudonym(key), NOON, assembly.codec, Codec(assembly.ids))

    def worker(stage: str, taken: Sequence[Record]) -> Sequence[Decision]:
        made = assembly.stage(stage)
        events = [(record, made.read(record).event) for record in taken]
        return ledgers[0].run(lambda tx: made.decide(tx, events))

    def loop(stage: str, taken: Sequence[Record]) -> Sequence[Decision]:
        read = getattr(bare, f"read_{stage}", bare.read_event)
        events = [(record, read(record)[0]) for record in taken]
        decided: Sequence[Decision] = ledgers[1].run(lambda tx: getattr(bare, stage)(tx, events))
        return decided

    assert through_the_stages(loop, published) == through_the_stages(worker, published)


def test_every_chart_becomes_two_claims(
    assembly: Assembly, ledgers: tuple[Ledger, Ledger], published: list[Record]
) -> None:
    """Several charts a patient, none of them taken for another's repetition."""

    def worker(stage: str, taken: Sequence[Record]) -> Sequence[Decision]:
        made = assembly.stage(stage)
        return ledgers[0].run(lambda tx: made.decide(tx, [(record, made.read(record).event) for record in taken]))

    delivered = through_the_stages(worker, published)[-1]
    assert [decision.outcome for decision in delivered] == ["delivered"] * 2 * CHARTS


@pytest.mark.parametrize("module", ["bare.py", "bare_steps.py", "bare_tables.py"])
def test_it_imports_nothing_of_streams_or_agents(module: str) -> None:
    tree = ast.parse((ROOT / module).read_text())
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not {name.partition(".")[0] for name in named} & {"streams", "agents"}
