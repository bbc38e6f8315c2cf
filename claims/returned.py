"""A chart goes back to its hospital: what of it stands with the payers, or with those who folded it, stands."""

from claims.accounts import Account, AccountChart, ChartState, billed_version, chart_of, live_claims
from claims.folding import unsaid
from schemas.events.coded import ChartCoded


def standing_after(account: Account, chart: ChartCoded) -> AccountChart:
    """What the account has of the chart from then on."""
    kept, billed = chart_of(account, chart.chart_id), _billed_before(account, chart)
    if kept is not None and any(unsaid(kept.chart, chart)):
        return _as_folded(kept, chart)
    if billed is None:
        return AccountChart(chart=chart, state="returned")
    if set(chart.folds) <= set(billed.chart.folds):
        return billed
    return AccountChart(chart=chart, state="returned", billed=billed.chart)


def _as_folded(kept: AccountChart, chart: ChartCoded) -> AccountChart:
    """A version that knows nothing of a fold changes nothing of it: what is to be voided is. But what took services is
    not billed before it is said what stands on it."""
    willed = {"part2": chart.part2, "restrictions": chart.restrictions}
    stands = kept.model_copy(
        update={
            "chart": kept.chart.model_copy(update=willed),
            "billed": kept.billed and kept.billed.model_copy(update=willed),
        }
    )
    if kept.chart.folded_into is not None or kept.deadline_id is None:
        return stands
    return stands.model_copy(update={"state": "returned", "deadline_id": None, "voids": ()})


def _billed_before(account: Account, chart: ChartCoded) -> AccountChart | None:
    """Another version than this one by which claims or bills went out, as it stands in the account. What the patient
    consents to and restricts is said by the newest, whatever else is wrong with it (45 CFR 164.522, 42 CFR 2.31)."""
    billed = billed_version(account, chart.chart_id)
    if billed is None or (billed.version, billed.coding_revision) == (chart.version, chart.coding_revision):
        return None
    state: ChartState = "claimed" if live_claims(account, chart.chart_id) else "billed-to-patient"
    willed = {"part2": chart.part2, "restrictions": chart.restrictions}
    return AccountChart(chart=billed.model_copy(update=willed), state=state)
