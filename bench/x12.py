"""X12 on one core: `python -m bench.x12 --json`. The last line is one JSON object, with `write_837_per_s`,
`read_835_per_s` and `peak_mb_200mb_file`.

Nothing but the text: no broker and no ledger. A claim out is a professional one of five lines, an answer in one of two
lines; the best of several rounds counts, by processor time. A file of 200 MB is read in a process of its own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Annotated, Any, Final

import typer

from agents.heap import spare_the_collector
from agents.reference import read_reference
from bench.coded import professional_charts
from bench.x12_read import peak_mb_200mb_file, read_835_per_s
from claims.accounts import Account
from claims.forming import form
from claims.tables import Reference
from claims.x12.claim_file import claim_file
from claims.x12.envelope import Envelope
from claims.x12.parties import parties
from schemas.events.claim import ClaimBuilt

WANTED: Final[Mapping[str, int]] = {"write_837_per_s": 3_000, "read_835_per_s": 3_000}
"""What is asked for, at least."""
_MOST_MB: Final = 200
_INFRA = Path(__file__).resolve().parent.parent / "infra" / "kafka"
_AT: Final = datetime(2026, 9, 1, 12, tzinfo=UTC)


def main(
    claims: Annotated[int, typer.Option(help="Different claims in a file.")] = 2_000,
    rounds: Annotated[int, typer.Option(help="How often; the best round counts.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Nothing but the JSON object.")] = False,
) -> None:
    """Claims a second out and answers a second in, and the memory of a large file; exit 1 at too slow or too much."""
    reference = read_reference(_INFRA)
    figures: dict[str, Any] = {
        **_written(reference, claims, rounds),
        "read_835_per_s": round(max(read_835_per_s() for _ in range(rounds))),
        "peak_mb_200mb_file": round(peak_mb_200mb_file(), 1),
    }
    if not as_json:
        for name, figure in figures.items():
            print(f"{name}: {figure:,}")
    print(json.dumps(figures))
    fast = all(figures[name] >= least for name, least in WANTED.items())
    raise typer.Exit(0 if fast and figures["peak_mb_200mb_file"] <= _MOST_MB else 1)


def best_rate(count: int, rounds: int, work: Callable[[], object]) -> int:
    """Things a second of the best round: what else the machine does slows a round down and never speeds it up."""
    return round(count / min(_seconds(work) for _ in range(rounds)))


def built_claims(reference: Reference, count: int) -> list[ClaimBuilt]:
    """Professional claims of five lines, of as many visits."""
    visits = professional_charts(reference, count)
    accounts = [Account(hospital=visit.hospital, account_number=visit.account_number) for visit in visits]
    formed = (form(visit, account, reference.partners) for visit, account in zip(visits, accounts, strict=True))
    return [claim for each in formed for claim in each.claims]


def _written(reference: Reference, count: int, rounds: int) -> dict[str, int]:
    claims = built_claims(reference, count)
    spare_the_collector()  # as a worker does
    files = _files(claims)
    return {"write_837_per_s": best_rate(len(claims), rounds, lambda: [_text(reference, each) for each in files])}


def _files(claims: Sequence[ClaimBuilt]) -> list[list[ClaimBuilt]]:
    by_payer: dict[str, list[ClaimBuilt]] = {}
    for claim in claims:
        by_payer.setdefault(claim.payer, []).append(claim)
    return list(by_payer.values())


def _text(reference: Reference, claims: Sequence[ClaimBuilt]) -> str:
    """A file as it is exported; all claims must be in it."""
    hospital = reference.partners.hospital(claims[0].hospital)
    envelope = Envelope(hospital.npi, reference.partners.payer(claims[0].payer).payer_id, 1, _AT)
    made = claim_file(claims, parties(reference.partners, hospital.id), envelope)
    if made.left_out:
        raise RuntimeError(f"not written: {made.left_out[0].why}")
    return made.text


def _seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


if __name__ == "__main__":
    typer.run(main)
