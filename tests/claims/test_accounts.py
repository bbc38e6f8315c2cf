"""What an account keeps, and what it answers."""

from datetime import date, timedelta

from claims.accounts import (
    AccountChart,
    claim_answered,
    claim_of,
    is_done,
    is_late,
    live_claims,
    unanswered,
    with_chart,
    with_claim,
)
from claims.forming import form
from claims.history import LOOK_BACK, PatientHistory, forgotten, remembered
from claims.partners import Partners
from claims.settlement import apply
from schemas.events import ChartCoded
from tests.claims.given_accounts import DAY, NOON, account, answer, chart, holding, sent, service


def test_a_newer_version_of_a_chart_takes_the_older_ones_place() -> None:
    kept = with_chart(account(chart(), chart(chart_id="c2")), AccountChart(chart=chart(version=2), state="claimed"))
    assert [(c.chart.chart_id, c.chart.version) for c in kept.charts] == [("c1", 2), ("c2", 1)]


def test_a_coders_answer_is_newer_than_what_he_was_asked_about() -> None:
    kept = AccountChart(chart=chart(coding_revision=1), state="claimed")
    assert is_late(kept, chart(coding_revision=0))
    assert not is_late(kept, chart(version=2))


def test_a_claim_is_found_by_its_id_and_by_what_the_payer_echoes(partners: Partners) -> None:
    formed = form(chart(), account(), partners)
    kept, claim = holding(formed), formed.claims[1]
    assert claim_of(kept, claim.claim_id) == claim_answered(kept, answer(claim)) == sent(claim)


def test_a_chart_is_done_when_its_last_claim_is_answered(partners: Partners) -> None:
    kept = holding(formed := form(chart(), account(), partners))
    first, second = formed.claims
    kept = with_claim(kept, apply(sent(first), answer(first)))
    assert not is_done(kept, "c1")
    assert [waiting.claim for waiting in unanswered(kept, "c1")] == [second]
    assert is_done(with_claim(kept, apply(sent(second), answer(second))), "c1")


def test_a_replaced_claim_and_a_void_no_longer_stand(partners: Partners) -> None:
    kept = holding(formed := form(chart(), account(), partners))
    first, second = formed.claims
    kept = with_claim(kept, sent(first).model_copy(update={"state": "replaced"}))
    kept = with_claim(kept, sent(second.model_copy(update={"frequency": "8"})))
    assert live_claims(kept, "c1") == ()


def test_a_history_has_one_version_of_a_chart() -> None:
    history = remembered(remembered(PatientHistory(), chart()), chart(version=2))
    assert {line.version for line in history.lines} == {2}
    assert len(history.lines) == 2
    assert forgotten(history, "mercy-general", "c1").lines == ()


def remembers(day: date, since: ChartCoded) -> set[str]:
    """The charts in the history of a patient who was seen on `day` and comes again."""
    earlier = chart(chart_id="earlier", services=(service(service_from=day, service_to=day),))
    return {line.chart_id for line in remembered(remembered(PatientHistory(), earlier), since).lines}


def test_a_service_that_may_still_be_billed_is_remembered() -> None:
    assert remembers(DAY, chart(received_at=NOON + LOOK_BACK)) == {"earlier", "c1"}


def test_a_service_that_nobody_can_bill_any_more_is_forgotten() -> None:
    assert "earlier" not in remembers(DAY, chart(received_at=NOON + LOOK_BACK + timedelta(days=1)))
