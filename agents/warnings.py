"""What claiming warns hospitals of: that a payer's time is nearly over, for a claim or for an appeal."""

from collections.abc import Iterable

from agents.limits import (
    appeal_near,
    filing_deadline,
    filing_near,
    has_none,
    is_unclaimed,
    next_near,
    rejected_near,
    unclaimed_of,
)
from agents.occasions import chart_about, key_of
from agents.sayings import STAGE, Sayings
from agents.stage import Verdict
from claims.accounts import Account, AccountChart, AccountClaim
from claims.filing import APPEAL_NEAR, FILING_NEAR, NEXT_NEAR, REJECTED_NEAR
from claims.payers import next_coverage
from ledger.deadlines import Deadline
from schemas.events import ChartCoded, DeadlineDue
from schemas.events.coded import Finding


def watched(
    sayings: Sayings, verdict: Verdict, chart: ChartCoded, kept: AccountChart | None, left: AccountChart | None
) -> Verdict:
    """While no payer has a claim of the chart, the hospital is to be warned before his time for it is over."""
    if left is None or not is_unclaimed(left):
        return verdict if kept is None else verdict._replace(closed=(*verdict.closed, filing_deadline(chart, STAGE)))
    about = f"account/{chart.hospital}/{chart.account_number}"
    near = filing_near(chart, sayings.reference.partners, STAGE, sayings.patient_key(chart), about)
    return verdict if near is None else verdict._replace(opened=(*verdict.opened, near))


def refiling(sayings: Sayings, claim: AccountClaim, chart: ChartCoded) -> tuple[Deadline, ...]:
    """Of a claim that its payer rejected the hospital is to be warned before his time for it is over."""
    near = rejected_near(claim, sayings.reference.partners, sayings.patient_key(chart))
    return () if near is None else (near,)


def next_filing(sayings: Sayings, claims: Iterable[AccountClaim], chart: ChartCoded) -> tuple[Deadline, ...]:
    """And before the time of the payer after these claims' own is over, while nothing goes to him."""
    key, partners = sayings.patient_key(chart), sayings.reference.partners
    turns = ((claim, next_coverage(chart, claim.claim)) for claim in claims)
    near = (next_near(claim, then, partners, key) for claim, then in turns if then is not None)
    return tuple(each for each in near if each is not None)


def warned(sayings: Sayings, account: Account, due: DeadlineDue) -> Verdict:
    """The hospital is told, once; and nothing where it or the payer acted meanwhile."""
    about = key_of(account).removeprefix("account/")
    kept = unclaimed_of(account, due.deadline_id, STAGE)
    if kept is not None:
        told = sayings.told(kept.chart, "deadline-near", (FILING_NEAR,))
        return Verdict("warned", about, due.kind, says=(told,), fired=(due.deadline_id,))
    for claim in account.claims:
        finding = _near(sayings, account, claim, due.deadline_id)
        if finding is not None:
            finding = finding.model_copy(update={"claim": claim.claim.control_number})
            told = sayings.told(chart_about(account, claim), "deadline-near", (finding,))
            return Verdict("warned", about, due.kind, says=(told,), fired=(due.deadline_id,))
    return Verdict("moot", about, due.kind, fired=(due.deadline_id,))


def _near(sayings: Sayings, account: Account, claim: AccountClaim, name: str) -> Finding | None:
    """What that deadline says of a claim as it stands; null for another one's."""
    partners, chart = sayings.reference.partners, chart_about(account, claim)
    then = next_coverage(chart, claim.claim)
    after = next_near(claim, then, partners, "") if then is not None and has_none(account, claim, then) else None
    nears = (
        (appeal_near(claim, partners, STAGE, ""), APPEAL_NEAR),
        (rejected_near(claim, partners, ""), REJECTED_NEAR),
        (after, NEXT_NEAR),
    )
    return next((finding for near, finding in nears if near is not None and near.id == name), None)
