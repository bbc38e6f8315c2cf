"""Claims to write: of the example charts, and of charts simulated by clinosim; the first payers' and, after invented
answers, the later ones'."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple

from bench.make_charts import chosen, collect, read, simulate, write
from bench.questions import charts
from claims import settlement
from claims.accounts import Account, AccountChart, AccountClaim, chart_of, claim_of, is_late, with_chart, with_claim
from claims.fhir import read_export
from claims.forming import Now, entered, follow_up, form
from claims.tables import Reference
from claims.validation import validate
from schemas.events.chart import ChartCompleted
from schemas.events.claim import Adjustment, ClaimBuilt
from schemas.events.coded import ChartCoded
from schemas.events.payer import AnsweredLine, ClaimAdjudicated

RECEIVED: Final = datetime(2026, 9, 1, 12, tzinfo=UTC)
_STATUSES: Final[tuple[Literal["1"], Literal["2"], Literal["3"]]] = ("1", "2", "3")
_ANSWERED: Final = date(2026, 9, 15)


class Built(NamedTuple):
    """The claims of some charts, how many charts there were, and how many of them went back to their hospital."""

    claims: list[ClaimBuilt]
    charts: int
    returned: int


def of_examples(reference: Reference) -> Built:
    return built(charts(reference), reference)


def of_clinosim(reference: Reference, population: int, seed: int) -> Built:
    """Simulated charts go through the same pruning as the committed ones, of every hospital."""
    with tempfile.TemporaryDirectory() as scratch:
        source, out = simulate(population, seed, Path(scratch) / "export", quiet=True), Path(scratch) / "charts"
        write(out, collect(source, chosen(read(source, "Encounter"), None)))
        return built(_simulated(out, reference), reference)


def _simulated(folder: Path, reference: Reference) -> Iterator[ChartCompleted]:
    for name, hospital in reference.partners.hospitals.items():
        files = [(file.name, file.read_text(encoding="utf-8")) for file in sorted((folder / name).glob("*.ndjson"))]
        for each in read_export(files, hospital, reference.partners.payers):
            if isinstance(each, ChartCompleted):
                yield each.model_copy(update={"received_at": RECEIVED})


def built(given: Iterable[ChartCompleted], reference: Reference) -> Built:
    """Charts in their order, each account as its earlier charts and their answers left it."""
    accounts: dict[tuple[str, str], Account] = {}
    claims: list[ClaimBuilt] = []
    total = returned = 0
    for chart in given:
        total += 1
        said = validate(chart, reference)
        if isinstance(said, ChartCoded):
            key = (said.hospital, said.account_number)
            empty = Account(hospital=said.hospital, account_number=said.account_number)
            accounts[key] = _billed(said, accounts.get(key, empty), reference, claims)
        else:
            returned += 1
    return Built(claims, total, returned)


def _billed(chart: ChartCoded, account: Account, reference: Reference, claims: list[ClaimBuilt]) -> Account:
    """The first payers' claims; each answered, the next payers', to the last."""
    kept, partners = chart_of(account, chart.chart_id), reference.partners
    if kept is not None and is_late(kept, chart):
        return account
    formed = form(chart, account, partners)
    account = entered(with_chart(account, AccountChart(chart=chart, state="claimed")), formed)
    while formed.claims:
        claims += formed.claims
        answered: list[AccountClaim] = []
        for claim in formed.claims:
            sent = claim_of(account, claim.claim_id)
            assert sent is not None
            answered.append(settlement.apply(sent, _answer(claim)))
            account = with_claim(account, answered[-1])
        formed = follow_up(chart, answered, account, partners, Now(chart, _ANSWERED))
        account = entered(account, formed)
    return account


def _answer(claim: ClaimBuilt) -> ClaimAdjudicated:
    """Each line: half is contractual, an eighth the patient's coinsurance, the rest paid."""
    lines = tuple(
        AnsweredLine(
            control_number=line.control_number,
            charge_cents=line.charge_cents,
            paid_cents=line.charge_cents - line.charge_cents // 2 - line.charge_cents // 8,
            adjustments=(
                Adjustment(group="CO", carc="45", cents=line.charge_cents // 2),
                Adjustment(group="PR", carc="2", cents=line.charge_cents // 8),
            ),
        )
        for line in claim.lines
    )
    return ClaimAdjudicated(
        event_id=f"answer-{claim.control_number}",
        occurred_at=RECEIVED,
        producer=claim.payer,
        payer=claim.payer,
        trace_number=f"T{claim.control_number}",
        position=1,
        control_number=claim.control_number,
        payer_claim_number=f"N{claim.control_number}",
        status=_STATUSES[min(claim.payer_sequence, 3) - 1],
        adjudicated_on=_ANSWERED,
        charge_cents=claim.total_charge_cents,
        paid_cents=sum(line.paid_cents for line in lines),
        patient_responsibility_cents=sum(line.charge_cents // 8 for line in lines),
        lines=lines,
    )
