"""What claiming decides about: an occasion, whom a verdict concerns, and two verdicts of one occasion as one."""

from dataclasses import dataclass
from datetime import datetime

from agents.stage import Verdict, World
from claims.accounts import Account, AccountClaim, billed_version, chart_of
from schemas.events import ChartCoded, ClaimAcknowledged, ClaimAdjudicated, DeadlineDue


@dataclass(frozen=True)
class Occasion:
    """When something is decided: what the batch may touch, the event that leads to it, and its moment."""

    world: World
    because: ChartCoded | ClaimAcknowledged | ClaimAdjudicated | DeadlineDue
    since: datetime


def key_of(account: Account) -> str:
    return f"account/{account.hospital}/{account.account_number}"


def whom(chart: ChartCoded) -> tuple[str, str]:
    """Whom a verdict concerns, and which of his charts."""
    return f"{chart.hospital}/{chart.account_number}", f"{chart.chart_id} v{chart.version}"


def version_of(chart: ChartCoded) -> tuple[int, int]:
    return chart.version, chart.coding_revision


def chart_about(account: Account, claim: AccountClaim) -> ChartCoded:
    """The chart a claim is about, in the version that was billed last."""
    chart_id = claim.claim.charts[0].chart_id
    kept = chart_of(account, chart_id)
    if kept is None:
        raise LookupError("an account has every chart its claims are about")
    return billed_version(account, chart_id) or kept.chart


def together(first: Verdict, then: Verdict) -> Verdict:
    """Two verdicts about one event, under the first one's name: what the later one changed stands."""
    return first._replace(
        says=first.says + then.says,
        stats=first.stats + then.stats,
        facts=first.facts + then.facts,
        accounts={**first.accounts, **then.accounts},
        charts=first.charts + then.charts,
        claims=first.claims + then.claims,
        bills=first.bills + then.bills,
        denials=first.denials + then.denials,
        work=first.work + then.work,
        opened=first.opened + then.opened,
        closed=first.closed + then.closed,
    )
