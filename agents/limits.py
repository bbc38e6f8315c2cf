"""Last days of which a hospital is warned ahead, each once: a payer's for a claim, and that of an appeal."""

from datetime import date, datetime, time, timedelta

from agents.clock import milliseconds
from claims import settlement
from claims.accounts import Account, AccountChart, AccountClaim, ChartState, is_with_the_payer, successors
from claims.appeals import appeal_by
from claims.filing import WARN_DAYS, claim_by, file_by, next_by
from claims.partners import Hospital, Partners
from claims.payers import first_payer
from claims.stay import local_day
from ledger.deadlines import Deadline
from schemas.events import ChartCoded, ChartCompleted, ClaimBuilt
from schemas.events.chart import Coverage
from schemas.identity import derived

_FILING = "timely-filing-near"
_UNCLAIMED: frozenset[ChartState] = frozenset({"held", "consent-missing", "awaiting-answer", "returned"})


def filing_near(
    chart: ChartCompleted | ChartCoded, partners: Partners, stage: str, key: str, about: str
) -> Deadline | None:
    """Two weeks before the first payer takes no claim any more; of a chart that came later rule D4 warns itself. It has
    one id for all versions, so that it fires once."""
    hospital = partners.hospital(chart.hospital)
    first = first_payer(chart, _first_day(chart, hospital))
    payer = partners.payers.get(first.payer) if first else None
    last = None if payer is None else file_by(chart, payer, hospital)
    if last is None:
        return None
    name = filing_deadline(chart, stage)
    ahead = Deadline(name, "timely-filing-near", stage, key, about, _ahead_of(last, hospital))
    return ahead if ahead.due_ms > milliseconds(chart.received_at or chart.occurred_at) else None


def _first_day(chart: ChartCompleted | ChartCoded, hospital: Hospital) -> date | None:
    """Of a chart in codes it is known without the hospital."""
    start = chart.encounter.start if isinstance(chart, ChartCompleted) else None
    return None if start is None else local_day(start, hospital)


def filing_deadline(chart: ChartCompleted | ChartCoded, stage: str) -> str:
    first = first_payer(chart)
    return derived(
        "deadline", "timely-filing-near", stage, chart.hospital, chart.chart_id, first.payer if first else ""
    )


def appeal_near(claim: AccountClaim, partners: Partners, stage: str, key: str) -> Deadline | None:
    """Two weeks before the time to appeal a denial is over; null where nothing is denied."""
    said = claim.claim
    last = None if claim.state == "replaced" else appeal_by(claim, partners.payer(said.payer))
    if last is None:
        return None
    about = f"account/{said.hospital}/{said.account_number}"
    due = _ahead_of(last, partners.hospital(said.hospital))
    return Deadline(
        derived("deadline", "appeal-near", said.claim_id, last.isoformat()), "appeal-near", stage, key, about, due
    )


def rejected_near(claim: AccountClaim, partners: Partners, key: str) -> Deadline | None:
    """Two weeks before its payer takes a claim no more that he rejected, and that was never filed; at once where that
    is past. A submission has its own."""
    said = claim.claim
    if claim.state != "rejected" or said.frequency in {"7", "8"}:
        return None
    name = derived("deadline", _FILING, "rejected", said.claim_id, said.submission)
    return _filing(name, said, claim_by(said, partners.payer(said.payer)), partners, key)


def next_near(before: AccountClaim, then: Coverage, partners: Partners, key: str) -> Deadline | None:
    """The same for the payer after a claim's own, who has none yet; once for a chart, whatever its claims become."""
    said, payer = before.claim, partners.payers.get(then.payer)
    last = None if payer is None else next_by(before, payer)
    if last is None:
        return None
    turn = (said.hospital, said.charts[0].chart_id, said.kind, then.payer, said.payer_sequence + 1)
    return _filing(derived("deadline", _FILING, "next", *turn), said, last, partners, key)


def has_none(account: Account, before: AccountClaim, then: Coverage) -> bool:
    """Whether the payer after a claim's own has no claim though he is to be asked, or may be once it is answered."""
    asks = is_with_the_payer(before) or before.state == "crossed-over" or settlement.asks_next(before)
    if before.state == "replaced" or not asks:
        return False
    his = (kept for kept in successors(account, before) if kept.claim.payer == then.payer)
    return all(kept.state == "rejected" for kept in his)


def _filing(name: str, claim: ClaimBuilt, last: date, partners: Partners, key: str) -> Deadline:
    about = f"account/{claim.hospital}/{claim.account_number}"
    return Deadline(name, _FILING, "claiming", key, about, _ahead_of(last, partners.hospital(claim.hospital)))


def is_unclaimed(kept: AccountChart) -> bool:
    """No version of it is with a payer."""
    return kept.state in _UNCLAIMED and kept.billed is None


def unclaimed_of(account: Account, deadline_id: str, stage: str) -> AccountChart | None:
    """The chart of which that filing deadline warns, while no claim of it is with a payer."""
    mine = (kept for kept in account.charts if filing_deadline(kept.chart, stage) == deadline_id)
    return next((kept for kept in mine if is_unclaimed(kept)), None)


def _ahead_of(last: date, hospital: Hospital) -> int:
    return milliseconds(datetime.combine(last - timedelta(days=WARN_DAYS), time(), hospital.zone))
