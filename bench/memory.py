"""`python -m bench.memory`: what a worker with every stage, all code sets and a million pairs holds, early and late.

The real worker in one process (the embedded mode, the most a process can hold), on an Apache Kafka and a PostgreSQL of
the benchmark's own. The last line is one JSON object.
"""

import json
from typing import Annotated

import psutil
import typer
from confluent_kafka.admin import AdminClient

from agents.assembly import Assembly
from agents.reference import CODESETS
from bench.charts import encoded, example
from bench.load import flood
from bench.pipeline import payers_end
from bench.site import Contender, prepare, running, site
from bench.tables import with_pairs
from streams.topics import STAGES

LIMIT_MB, GROWTH = 300, 0.10
_PORTION = 1_000


def main(
    early: Annotated[int, typer.Option(help="Charts before the first look.")] = 2_000,
    late: Annotated[int, typer.Option(help="Charts before the second.")] = 20_000,
    pairs: Annotated[int, typer.Option(help="Pairs of NCCI's shape in its tables; 0: only what ships.")] = 1_000_000,
    as_json: Annotated[bool, typer.Option("--json", help="Nothing but the JSON object.")] = False,
) -> None:
    """Resident memory of a worker after few and after many charts; exit 1 when it is too much, or grew."""
    seen: dict[int, float] = {}
    with site(batch_records=500, linger_ms=0) as where:
        codesets = with_pairs(where.home / "tables", pairs) if pairs else CODESETS
        assembly = Assembly(where.with_ledger("memory").settings, codesets)
        prepare(assembly)
        template, config = example(assembly.reference.partners), assembly.settings.client_config("hospital")
        watcher = payers_end(assembly, AdminClient(assembly.settings.admin_config()))
        with running(where, assembly, "bench.worker", [STAGES], str(where.home / "meter")) as worker:
            for done in range(_PORTION, late + 1, _PORTION):
                flood(config, watcher, encoded(assembly.codec, template, f"to-{done}", _PORTION), stall_s=120)
                if done in {early, late} and not as_json:
                    print(f"after {done} charts: {_resident_mb(worker):.0f} MB", flush=True)
                seen[done] = _resident_mb(worker)
        watcher.close()
    growth = seen[late] / seen[early] - 1
    holds = max(seen.values()) <= LIMIT_MB and abs(growth) <= GROWTH
    found = {f"mb_after_{early}": seen[early], f"mb_after_{late}": seen[late], "mb_most": max(seen.values())}
    print(
        json.dumps(
            {name: round(mb, 1) for name, mb in found.items()}
            | {"growth": round(growth, 3), "pairs": pairs, "holds": holds}
        )
    )
    raise typer.Exit(0 if holds else 1)


def _resident_mb(worker: Contender) -> float:
    return sum(psutil.Process(child.pid).memory_info().rss for child in worker.children) / 1e6


if __name__ == "__main__":
    typer.run(main)
