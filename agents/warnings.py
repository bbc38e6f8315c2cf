"""What claiming warns hospitals of: that a payer's time is nearly over, for a claim or for an appeal."""

from dataclasses import replace

from agents.limits import appeal_near, filing_deadline, filing_near, is_unclaimed, unclaimed_of
from agents.occasions import chart_about, key_of
from agents.sayings import STAGE, Sayings
from agents.stage import Verdict
from claims.accounts import Account, AccountChart
from claims.filing import APPEAL_NEAR, FILING_NEAR
from schemas.events import ChartCoded, DeadlineDue


def watched(
    sayings: Sayings, verdict: Verdict, chart: ChartCoded, kept: AccountChart | None, left: AccountChart | None
) -> Verdict:
    """While no payer has a claim of the chart, the hospital is to be warned before his time for it is over."""
    if left is None or not is_unclaimed(left):
        return verdict if kept is None else replace(verdict, closed=(*verdict.closed, filing_deadline(chart, STAGE)))
    about = f"account/{chart.hospital}/{chart.account_number}"
    near = filing_near(chart, sayings.reference.partners, STAGE, sayings.patient_key(chart), about)
    return verdict if near is None else replace(verdict, opened=(*verdict.opened, near))


def warned(sayings: Sayings, account: Account, due: DeadlineDue) -> Verdict:
    """The hospital is told, once; and nothing where it or the payer acted meanwhile."""
    about = key_of(account).removeprefix("account/")
    kept = unclaimed_of(account, due.deadline_id, STAGE)
    if kept is not None:
        told = sayings.told(kept.chart, "deadline-near", (FILING_NEAR,))
        return Verdict("warned", about, due.kind, says=(told,), fired=(due.deadline_id,))
    for claim in account.claims:
        near = appeal_near(claim, sayings.reference.partners, STAGE, "")
        if near is not None and near.id == due.deadline_id:
            finding = APPEAL_NEAR.model_copy(update={"claim": claim.claim.control_number})
            told = sayings.told(chart_about(account, claim), "deadline-near", (finding,))
            return Verdict("warned", about, due.kind, says=(told,), fired=(due.deadline_id,))
    return Verdict("moot", about, due.kind, fired=(due.deadline_id,))
