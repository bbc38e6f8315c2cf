"""Whether others read what we write: `python -m bench.x12_check --json`.

Every claim of the example charts and of charts simulated by clinosim, also to the later payers after invented answers,
is written as 837P or 837I. pyx12 judges each file; x12sdk reads each claim back, and its codes, amounts and identifiers
are compared with the event's. The last line is one JSON object; exit 1 where a claim is not written, pyx12 finds an
error, or a fact is read otherwise.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from agents.reference import read_reference
from bench.x12_claims import RECEIVED, Built, of_clinosim, of_examples
from bench.x12_readers import pyx12_errors, read_back, written
from claims.export import Making, batches, content
from claims.partners import Partners
from claims.tables import Reference
from claims.x12.claim_file import ClaimFile, Style
from schemas.events.claim import ClaimBuilt

_INFRA = Path(__file__).resolve().parent.parent / "infra" / "kafka"
_MAKING = Making("x12", Style(), RECEIVED, test=False)


def main(
    seeds: Annotated[str, typer.Option(help="Of the simulations, with commas between; '' for none.")] = "31,32,33",
    population: Annotated[int, typer.Option(help="People in each.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Nothing but the JSON object.")] = False,
) -> None:
    """Claims written, pyx12's errors, and how many facts x12sdk reads back as they were."""
    reference = read_reference(_INFRA)
    found: dict[str, dict[str, int]] = {}
    for name, built in _all(reference, seeds, population):
        found[name] = checked(built.claims, reference.partners)
        found[name] |= {"charts": built.charts, "returned": built.returned}
        if not as_json:
            print(name, json.dumps(found[name]))
    totals: Counter[str] = Counter()
    for each in found.values():
        totals.update(each)
    print(json.dumps({**totals, "by_source": found}))
    wrong = totals["not_written"] or totals["pyx12_errors"] or totals["facts"] != totals["facts_read_back"]
    raise typer.Exit(1 if wrong or not totals["claims"] else 0)


def _all(reference: Reference, seeds: str, population: int) -> Iterator[tuple[str, Built]]:
    yield "examples", of_examples(reference)
    for seed in filter(None, seeds.split(",")):
        yield f"clinosim {seed}", of_clinosim(reference, population, int(seed))


def checked(claims: Sequence[ClaimBuilt], partners: Partners) -> dict[str, int]:
    """The sums over all files of these claims."""
    sums: Counter[str] = Counter(claims=0, later_payers=0, files=0, not_written=0, pyx12_errors=0)
    payer_ids = {key: payer.payer_id for key, payer in partners.payers.items()}
    for number, batch in enumerate(batches(claims, 500), start=1):
        made = content(batch, number, partners, _MAKING)
        sums["files"] += 1
        sums["claims"] += len(made.claims)
        sums["later_payers"] += sum(bool(claim.prior) for claim in made.claims)
        sums["not_written"] += len(made.left_out)
        if made.claims:
            sums["pyx12_errors"] += len(pyx12_errors(made.text))
            sums.update(_compared(made, payer_ids))
    return dict(sums)


def _compared(made: ClaimFile, payer_ids: dict[str, str]) -> dict[str, Any]:
    read = read_back(made.text)
    sums: Counter[str] = Counter()
    for claim in made.claims:
        facts, back = written(claim, payer_ids), read.get(claim.control_number, set())
        sums.update(facts=len(facts | back), facts_read_back=len(facts & back))
    return dict(sums)


if __name__ == "__main__":
    typer.run(main)
