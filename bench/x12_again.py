"""Whether we read what we write: `python -m bench.x12_again --json`.

Every claim of the example charts and of charts simulated by clinosim, also to the later payers after invented answers,
is written, read back, written again, and held to the edits as somebody else's would be. The last line is one JSON
object; exit 1 where a file isn't byte for byte the same, a claim isn't read, or one whose chart passed the edits is
returned.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from agents.reference import read_reference
from bench.x12_claims import RECEIVED, of_clinosim, of_examples
from claims.claim_check import Checked, ClaimCheck
from claims.export import Making, batches, content
from claims.tables import Reference
from claims.x12.claim_file import Style
from claims.x12.claims_in import ClaimRead, Unread, read_claims
from claims.x12.segments import X12Fault
from schemas.events.claim import ClaimBuilt

_INFRA = Path(__file__).resolve().parent.parent / "infra" / "kafka"
_MAKING = Making("x12", Style(), RECEIVED, test=False)


def main(
    seeds: Annotated[str, typer.Option(help="Of the simulations, with commas between; '' for none.")] = "31,32,33",
    population: Annotated[int, typer.Option(help="People in each.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Nothing but the JSON object.")] = False,
) -> None:
    """Files written, those that are the same when written again, and claims that come back from the edits."""
    reference = read_reference(_INFRA)
    totals: Counter[str] = Counter(files=0, same=0, claims=0, read=0, returned=0)
    rules: Counter[str] = Counter()
    for name, claims in _all(reference, seeds, population):
        found, returning = again(claims, reference)
        totals.update(found)
        rules.update(returning)
        if not as_json:
            print(name, json.dumps(found))
    print(json.dumps({**totals, "returned_by": dict(rules)}))
    wrong = totals["files"] != totals["same"] or totals["claims"] != totals["read"] or totals["returned"]
    raise typer.Exit(1 if wrong or not totals["claims"] else 0)


def _all(reference: Reference, seeds: str, population: int) -> Iterator[tuple[str, Sequence[ClaimBuilt]]]:
    yield "examples", of_examples(reference).claims
    for seed in filter(None, seeds.split(",")):
        yield f"clinosim {seed}", of_clinosim(reference, population, int(seed)).claims


def again(claims: Sequence[ClaimBuilt], reference: Reference) -> tuple[dict[str, int], Counter[str]]:
    """The sums over all files of these claims, and by which rules a claim would be returned."""
    judge, partners = ClaimCheck(reference, RECEIVED), reference.partners
    sums: Counter[str] = Counter(files=0, same=0, claims=0, read=0, returned=0)
    rules: Counter[str] = Counter()
    for number, batch in enumerate(batches(claims, 500), start=1):
        made = content(batch, number, partners, _MAKING)
        found = list(read_claims([made.text.encode()], judge.known))
        back = [each for each in found if isinstance(each, ClaimRead)]
        same = bool(back) and content([each.claim for each in back], number, partners, _MAKING).text == made.text
        sums.update(files=1, same=same, claims=len(made.claims), read=len(back))
        for each in back:
            rejecting = _rejecting(judge.check(each))
            sums["returned"] += bool(rejecting)
            rules.update(rejecting)
    return dict(sums), rules


def _rejecting(said: Checked | Unread | X12Fault) -> set[str]:
    if not isinstance(said, Checked):
        return {"not read"}
    return {finding.rule for finding in said.findings if finding.severity == "reject"}


if __name__ == "__main__":
    typer.run(main)
