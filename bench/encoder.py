"""`python -m bench.encoder --json`: the encoder on conditions simulated by clinosim, text in, code withheld.

Each Condition is a chart of its own on its day: what the encoder codes by itself is compared with the code that was
withheld. What it gives to a coder is no error, whatever was withheld, and is counted by kind. The encoder is tuned on
seeds 1 to 5; seeds 21 to 25, the default, are for this measurement alone. The last line is one JSON object; exit 1 when
it isn't as good as it should be, or clinosim is not installed.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from agents.reference import read_reference
from bench.make_charts import Resource, read, simulate
from claims.codesets.shapes import ICD_10_CM, with_dot, without_dot
from claims.encoding import Encoded, encode
from claims.scene import Scene
from claims.stay import stay_facts
from claims.tables import Reference
from claims.validity import billable_on
from schemas.events.chart import ChartCompleted, Encounter, Statement
from schemas.events.people import Name, Patient

HOSPITAL: Final = "st-anna"
PRECISION, SHARE = 0.995, 0.5
_INFRA = Path(__file__).resolve().parent.parent / "infra" / "kafka"


class Withheld(NamedTuple):
    """A simulated condition: its words, its day, and the code that was withheld."""

    text: str
    at: datetime
    code: str


class Outcome(NamedTuple):
    """What became of it: the codes, or else what it was to the coder."""

    withheld: Withheld
    codes: tuple[str, ...]
    kind: str
    invented: int


def main(
    seeds: Annotated[str, typer.Option(help="Of the simulations, with commas between.")] = "21,22,23,24,25",
    population: Annotated[int, typer.Option(help="People in each.")] = 200,
    misses: Annotated[bool, typer.Option(help="List each phrase that a coder gets, and each wrong code.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Nothing but the JSON object.")] = False,
) -> None:
    """Precision of what the encoder codes by itself, its share of all, and codes that don't exist."""
    reference = read_reference(_INFRA)
    outcomes = [_outcome(reference, each) for seed in seeds.split(",") for each in _conditions(population, int(seed))]
    if misses and not as_json:
        for outcome, number in Counter(outcomes).most_common():
            if outcome.codes != (outcome.withheld.code,):
                print(f"{number:4} {outcome.withheld.text} | {outcome.withheld.code} | {outcome.codes or outcome.kind}")
    found = figures(outcomes)
    print(json.dumps(found))
    holds = found["precision"] >= PRECISION and found["share"] >= SHARE and not found["invented"]
    raise typer.Exit(0 if holds else 1)


def figures(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """The sums of a run. The precision of nothing is nothing."""
    outcomes = list(outcomes)
    coded = [outcome for outcome in outcomes if outcome.codes]
    right = [outcome for outcome in coded if outcome.codes == (outcome.withheld.code,)]
    kinds = Counter(f"to_coder_{outcome.kind}" for outcome in outcomes if not outcome.codes)
    return {
        "conditions": len(outcomes),
        "coded": len(coded),
        "precision": round(len(right) / max(len(coded), 1), 4),
        "share": round(len(coded) / max(len(outcomes), 1), 4),
        "invented": sum(outcome.invented for outcome in outcomes),
        **dict(sorted(kinds.items())),
    }


def _conditions(population: int, seed: int) -> Iterator[Withheld]:
    with tempfile.TemporaryDirectory() as scratch:
        yield from map(_withheld, read(simulate(population, seed, Path(scratch), quiet=True), "Condition"))


def _withheld(condition: Resource) -> Withheld:
    code = next(coding["code"] for coding in condition["code"]["coding"] if coding["system"] in ICD_10_CM)
    at = datetime.fromisoformat(condition["recordedDate"]).replace(microsecond=0)
    return Withheld(condition["code"]["text"], at, with_dot(code))


def _outcome(reference: Reference, withheld: Withheld) -> Outcome:
    scene = _scene(reference, withheld)
    encoded = encode(scene)
    codes = tuple(found.code for found in encoded.found)
    invented = sum(not billable_on(without_dot(code), scene.day, reference) for code in codes)
    return Outcome(withheld, codes, _kind(encoded), invented)


def _kind(encoded: Encoded) -> str:
    return encoded.worklist[0].kind if encoded.worklist else "dropped"


def _scene(reference: Reference, withheld: Withheld) -> Scene:
    """A visit of that day for which only these words were documented."""
    chart = ChartCompleted(
        event_id="bench",
        occurred_at=withheld.at,
        producer=HOSPITAL,
        hospital=HOSPITAL,
        chart_id="bench",
        version=1,
        account_number="bench",
        patient=Patient(mrn="bench", name=Name(family="Bench")),
        encounter=Encounter(id="bench", encounter_class="ambulatory", start=withheld.at, end=withheld.at),
        statements=(Statement(id="bench", kind="diagnosis", text=withheld.text),),
    )
    hospital = reference.partners.hospital(HOSPITAL)
    facts = stay_facts(chart, hospital)
    if facts is None:
        raise RuntimeError("a visit with a start and an end has facts")
    return Scene(chart, hospital, facts, reference)


if __name__ == "__main__":
    typer.run(main)
