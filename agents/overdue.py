"""An answer that did not come in time: whom claiming tells, and what goes to the next payer after all."""

from collections.abc import Callable

from agents.occasions import Occasion, chart_about, together, whom
from agents.sayings import Sayings
from agents.stage import Verdict
from agents.warnings import next_filing
from claims import denials
from claims.accounts import Account, AccountClaim, chart_of, newer_waits
from claims.forming import Now, entered, instead_of_forwarded
from schemas.events import ChartCoded, DeadlineDue

Follow = Callable[[Occasion, Account, ChartCoded], Verdict]
"""What follows for a chart from what its account has now."""


def overdue(sayings: Sayings, at: Occasion, account: Account, claim: AccountClaim, follow: Follow) -> Verdict:
    """The hospital is told to ask the payer. What a payer said to have forwarded never came: now we send it."""
    due, chart = at.because, chart_about(account, claim)
    assert isinstance(due, DeadlineDue)
    if claim.state != "expected":
        told = sayings.say_back(chart, denials.unanswered(claim, due))
        return Verdict("overdue", *whom(chart), says=(told,), opened=next_filing(sayings, (claim,), chart))
    now, newer = Now(due, sayings.today(chart, at.since)), chart_of(account, chart.chart_id)
    # For this answer, not for voids: then it says who is to be asked.
    waits = newer is not None and newer.state == "awaiting-answer" and not newer.voids
    if newer_waits(account, chart.chart_id) and not waits:
        return sayings.waits_longer(account, claim, at)
    by = newer.chart if newer is not None and waits else chart
    formed = instead_of_forwarded(by, claim, account, sayings.reference.partners, now)
    if formed.refused:
        told = sayings.told(chart, "rejected-by-edits", formed.refused)
        return sayings.waits_longer(account, claim, at)._replace(says=(told,))
    account = entered(account, formed)
    verdict = sayings.formed(at, account, chart, formed, "overdue")
    return verdict if formed.claims else together(verdict, follow(at, account, chart))
