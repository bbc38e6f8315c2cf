"""How many charts a second the edits judge on one core: `python -m bench.edits --json`.

Only the rules, in this process: no broker, no ledger, no encoding. A professional chart has five lines; a stay is also
grouped, with what decided its group, and edited by the Medicare Code Editor. The last line is one JSON object.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from time import process_time
from typing import Annotated

import typer

from agents.heap import spare_the_collector
from agents.reference import read_reference
from bench.coded import professional_charts, stays
from claims.edits import FAMILIES, check_chart, rules_for
from claims.edits.subject import Subject
from claims.tables import Reference
from claims.validation import grouped
from schemas.events.coded import ChartCoded
from streams.settings import Settings

PROFESSIONAL, INPATIENT = 20_000, 4_000
"""Charts a second that are asked for."""

_FIRST = "which rules to ask"

Judge = Callable[[ChartCoded, Reference], object]


def main(
    charts: Annotated[int, typer.Option(help="Different charts of each kind.")] = 2_000,
    rounds: Annotated[int, typer.Option(help="How often they are judged; the best round counts.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Nothing but the JSON object.")] = False,
) -> None:
    """Charts a second, and the microseconds of each family of rules; exit 1 where it is too slow."""
    reference = read_reference(Settings().infra)
    visits, inpatients = professional_charts(reference, charts), stays(reference, charts)
    spare_the_collector()  # as a worker does
    rates = (
        _rate(visits, reference, check_chart, rounds),
        _rate(inpatients, reference, _grouped_and_checked, rounds),
    )
    by_family = {
        "professional": _by_family(visits, reference),
        "inpatient": _by_family([grouped(stay, reference).chart for stay in inpatients], reference),
    }
    found = {
        "professional_per_s": rates[0],
        "inpatient_per_s": rates[1],
        "us_by_family": by_family,
        "tables": reference.tables.version,
    }
    if not as_json:
        for kind, families in by_family.items():
            _print(kind, families)
    print(json.dumps(found))
    raise typer.Exit(0 if rates[0] >= PROFESSIONAL and rates[1] >= INPATIENT else 1)


def _grouped_and_checked(chart: ChartCoded, reference: Reference) -> object:
    stay = grouped(chart, reference)
    return check_chart(stay.chart, reference, stay.stay)


def _rate(charts: Sequence[ChartCoded], reference: Reference, judge: Judge, rounds: int) -> int:
    """Of the best round, by processor time: what else the machine does slows a round down and never speeds it up."""
    return round(len(charts) / min(_seconds(charts, reference, judge) for _ in range(rounds)))


def _seconds(charts: Sequence[ChartCoded], reference: Reference, judge: Judge) -> float:
    start = process_time()
    for chart in charts:
        judge(chart, reference)
    return process_time() - start


def _by_family(charts: Sequence[ChartCoded], reference: Reference) -> dict[str, float]:
    """Microseconds a chart, and what is looked up first to know which rules have to be asked. What several rules ask
    counts for the family that asks first."""
    sums = {_FIRST: 0.0, **dict.fromkeys(FAMILIES, 0.0)}
    for chart in charts:
        start = process_time()
        subject = Subject(chart, reference)
        in_force = frozenset(rules_for(subject))
        sums[_FIRST] += process_time() - start
        for name, rules in FAMILIES.items():
            start = process_time()
            for rule in rules:
                if rule in in_force:
                    tuple(rule.check(subject))
            sums[name] += process_time() - start
    return {name: round(seconds / len(charts) * 1e6, 1) for name, seconds in sums.items()}


def _print(kind: str, families: Mapping[str, float]) -> None:
    whole = sum(families.values())
    print(f"{kind}: {whole:.0f} us")
    for name, us in sorted(families.items(), key=lambda each: -each[1]):
        print(f"  {us:6.1f} us  {us / whole:4.0%}  {name}")


if __name__ == "__main__":
    typer.run(main)
