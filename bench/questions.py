"""What the example charts are asked: how many are coded, how many get which question, and what asking costs.

    python -m bench.questions [--json]

The last line of `--json` is one object: charts, coded, by query (topic: charts), by warning (rule: charts), and the
microseconds of a processor that completeness takes of a chart.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from agents.reference import read_reference
from claims.completeness import Case, incompleteness
from claims.fhir import read_export
from claims.tables import Reference
from claims.validation import validate
from schemas.events.chart import ChartCompleted
from schemas.events.coded import ChartCoded, ChartReturned
from streams.settings import INFRA

CHARTS = Path(__file__).resolve().parent.parent / "charts"
RECEIVED = datetime(2026, 9, 1, 12, tzinfo=UTC)  # as in the demo: after the last of them
ROUNDS = 20


def charts(reference: Reference) -> Iterator[ChartCompleted]:
    for name, hospital in reference.partners.hospitals.items():
        for folder in (CHARTS / name, CHARTS / "handmade" / name):
            files = [(file.name, file.read_text(encoding="utf-8")) for file in sorted(folder.iterdir())]
            for read in read_export(files, hospital, reference.partners.payers):
                if isinstance(read, ChartCompleted):
                    yield read.model_copy(update={"received_at": RECEIVED})


def asked(judged: Iterable[ChartCoded | ChartReturned]) -> dict[str, dict[str, int]]:
    """In how many charts each question is a query, and in how many a warning."""
    queries: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    for chart in judged:
        if isinstance(chart, ChartReturned):
            queries.update({query.topic or "" for query in chart.queries})
        warnings.update({finding.rule for finding in chart.findings if finding.rule.startswith("Q-")})
    return {"queries": dict(queries.most_common()), "warnings": dict(warnings.most_common())}


def microseconds(reference: Reference, given: list[ChartCompleted]) -> float:
    known = reference.partners.payers.keys()
    began = time.process_time()
    for _ in range(ROUNDS):
        for chart in given:
            incompleteness(Case(chart, reference.partners.hospital(chart.hospital), known))
    return round((time.process_time() - began) / ROUNDS / len(given) * 1e6, 1)


def measured() -> dict[str, object]:
    reference = read_reference(INFRA)
    given = list(charts(reference))
    judged = [validate(chart, reference) for chart in given]
    coded = sum(isinstance(chart, ChartCoded) for chart in judged)
    stays = [chart for chart in given if chart.encounter.encounter_class == "inpatient"]
    others = [chart for chart in given if chart.encounter.encounter_class != "inpatient"]
    cost = {"us_per_stay": microseconds(reference, stays), "us_per_other": microseconds(reference, others)}
    return {"charts": len(given), "coded": coded, **asked(judged), **cost}


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true")
    print(json.dumps(measured(), indent=None if arguments.parse_args().json else 2))
