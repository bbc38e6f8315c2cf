"""What the life of claims had in this run, each with how many and one of them to look at with our own commands."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agents.assembly import Assembly
from claims.accounts import Account, AccountClaim
from claims.denial_reasons import NO_RULE
from console.demo.files import near
from console.demo.state import read_accounts
from ledger import tables
from ledger.denials import WARNED

Trace = tuple[str, str]
"""A payment by its payer and trace number."""

_REVERSAL = "22"


@dataclass(frozen=True)
class Shown:
    """One kind of event. `example` is a command's words or a file, null where there is none."""

    key: str
    what: str
    count: int
    example: str | None
    note: str = ""


def life_of_claims(assembly: Assembly, traces: Iterable[Trace], manifest: Path | None) -> tuple[Shown, ...]:
    """Counted in the ledger and in the manifest of the files written; `traces` are of the files read."""
    with assembly.ledger.reading() as tx:
        accounts = list(read_accounts(tx, assembly))
        denied = tx.execute(_DENIED).all()
        read = tx.execute(_ANSWERS).all()
    claims = [claim for account in accounts for claim in account.claims]
    return (
        _of_claims("secondary_claims", "claims to a second payer", claims, lambda kept: kept.claim.payer_sequence > 1),
        _of_answers("reversals", "reversals (22)", claims, _reversed),
        _of_answers("corrections", "and their corrections", claims, _corrected),
        _of_claims("replacements", "replacements (7)", claims, lambda kept: kept.claim.frequency == "7"),
        _of_claims("voids", "voids (8)", claims, lambda kept: kept.claim.frequency == "8"),
        _denials(denied),
        _bills(accounts),
        *_files(manifest),
        _read_of_835(read, frozenset(traces)),
    )


def _of_claims(key: str, what: str, claims: Sequence[AccountClaim], which: Callable[[AccountClaim], bool]) -> Shown:
    numbers = sorted(kept.claim.control_number for kept in claims if which(kept))
    return Shown(key, what, len(numbers), _look_at(numbers))


def _of_answers(key: str, what: str, claims: Sequence[AccountClaim], how_many: Callable[[AccountClaim], int]) -> Shown:
    """The example is a claim that nothing took the place of, with a correction that pays otherwise, if there is one."""
    found = {kept.claim.control_number: (kept, n) for kept in claims if (n := how_many(kept))}
    order = sorted((kept.state == "replaced", not _changed(kept), number) for number, (kept, _) in found.items())
    return Shown(key, what, sum(n for _, n in found.values()), _look_at([number for *_, number in order]))


def _changed(kept: AccountClaim) -> bool:
    return len({answer.paid_cents for answer in kept.answers if answer.status != _REVERSAL}) > 1


def _reversed(kept: AccountClaim) -> int:
    return sum(answer.status == _REVERSAL for answer in kept.answers)


def _corrected(kept: AccountClaim) -> int:
    """Answers that stand beside the first one, which a reversal takes back."""
    return max(0, len(kept.answers) - _reversed(kept) - 1) if _reversed(kept) else 0


def _denials(rows: Sequence[Any]) -> Shown:
    """One that a rule should have caught, if there is one."""
    shown = min(rows, key=lambda row: (row.rule == NO_RULE, row.control_number, row.line), default=None)
    if shown is None:
        return Shown("denials", "denials", 0, None)
    note = f"CARC {shown.carc}, rule {shown.rule}; all of them: claimstream denials"
    return Shown("denials", "denials", len(rows), _look_at([shown.control_number]), note)


def _bills(accounts: Sequence[Account]) -> Shown:
    """The example is the chart of an account whose claims went to most payers."""
    billed = [account for account in accounts if account.bills]
    shown = max(billed, key=lambda account: (len(account.claims), account.account_number), default=None)
    chart = None if shown is None else f"claimstream chart {shown.hospital} {shown.charts[0].chart.chart_id}"
    return Shown("patient_bills", "patients' bills", sum(len(account.bills) for account in billed), chart)


def _files(manifest: Path | None) -> Iterator[Shown]:
    written: list[Mapping[str, Any]] = [] if manifest is None else json.loads(manifest.read_text())["files"]
    for key, what, kind in (
        ("files_837p", "837P files written", "professional"),
        ("files_837i", "837I files written", "institutional"),
    ):
        names = sorted(each["file"] for each in written if each["kind"] == kind)
        first = None if manifest is None or not names else near(str(manifest.parent / names[0]))
        yield Shown(key, what, len(names), first)


def _read_of_835(rows: Sequence[Any], traces: frozenset[Trace]) -> Shown:
    """Those that the ledger holds of the payments that were imported."""
    numbers = sorted(row.control_number for row in rows if (row.payer, row.trace) in traces)
    return Shown("answers_read_of_835", "answers read of 835s", len(numbers), _look_at(numbers))


def _look_at(numbers: Sequence[str]) -> str | None:
    return f"claimstream claim {numbers[0]}" if numbers else None


_DENIED = sa.select(tables.denials).where(tables.denials.c.state.not_in(WARNED))
_ANSWERS = sa.select(tables.answers.c.trace, tables.answers.c.payer, tables.answers.c.control_number)
