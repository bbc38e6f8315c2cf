"""A consent to disclose substance-use treatment that a hospital takes back counts at once, whatever else is wrong with
the version that says so."""

from datetime import timedelta

import pytest

from agents.rows import chart_row
from claims.coder import holds
from ledger import projections
from schemas.events import ChartCoded, ChartReturned
from schemas.events.chart import Part2Consent
from tests.agents.given_accounts_of_claiming import AFTER_THE_HOLD, built, due, kept, settled, visit
from tests.agents.given_stages import Stages, outcomes
from tests.claims.given_accounts import DAY, Reasons, coverage

PLANS = (coverage(), coverage("medicaid"))
LEFT: Reasons = [("PR", "2", 1_600)]
CONSENTS = Part2Consent(applies=True, start=DAY)
REVOKED = Part2Consent(applies=True, start=DAY, revoked=AFTER_THE_HOLD.date())


def under(consent: Part2Consent, version: int = 1, **other: object) -> ChartCoded:
    return visit(version, part2=consent, coverages=PLANS, **other)


def back(given: Stages, version: ChartCoded) -> None:
    """Validation sent that version back, for a fault that has nothing to do with the consent."""
    row = {**chart_row(version, "returned"), "stage": "validation", "held": holds(version)}
    with given.assembly.ledger.transaction() as tx:
        projections.put_charts(tx, [row])


def test_the_next_payer_learns_nothing_after_a_version_that_came_back_revoked_it(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", under(CONSENTS)))
    back(given, under(REVOKED, 2))
    decisions = given.decide("claiming", settled(claim, reasons=LEFT))
    told = given.said(decisions, ChartReturned)
    assert ([each.rule for chart in told for each in chart.findings], built(given, decisions)) == (["C9"], [])


def test_nor_does_the_first_one_when_the_hold_ends(given: Stages) -> None:
    given.decide("claiming", under(CONSENTS, received_at=AFTER_THE_HOLD - timedelta(days=30)))
    back(given, under(REVOKED, 2))
    decisions = given.decide("claiming", *due(given, AFTER_THE_HOLD + timedelta(days=10)))
    assert (outcomes(decisions)[0], built(given, decisions)) == ("consent-missing", [])


@pytest.mark.parametrize("version", [under(CONSENTS, 2), under(REVOKED, 1)], ids=["the same consent", "no newer one"])
def test_what_revokes_nothing_keeps_nothing_back(given: Stages, version: ChartCoded) -> None:
    (claim,) = built(given, given.decide("claiming", under(CONSENTS)))
    back(given, version)
    (second,) = built(given, given.decide("claiming", settled(claim, reasons=LEFT)))
    assert second.payer == "medicaid"


def test_a_version_that_is_mended_says_what_holds(given: Stages) -> None:
    (claim,) = built(given, given.decide("claiming", under(CONSENTS)))
    back(given, under(REVOKED, 2))
    given.decide("claiming", settled(claim, reasons=LEFT))
    (second,) = built(given, given.decide("claiming", under(CONSENTS, 3)))
    assert (second.payer, kept(given).charts[0].chart.part2) == ("medicaid", CONSENTS)
