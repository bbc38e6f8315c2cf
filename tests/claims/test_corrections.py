"""What a correction does to claims already sent, and what an answer leads to."""

from typing import Any

import pytest

from claims.accounts import Account, claim_of, with_claim
from claims.forming import Formed, Now, entered, follow_up, form
from claims.identity import claim_id_of
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.chart import Cause
from schemas.events.claim import ClaimBuilt, PatientBill
from schemas.events.coded import ChartCoded
from tests.claims.given_accounts import ANSWERED_ON, Group, account, answer, chart, coverage, holding, reversal, service


def answered(
    kept: Account, claim: ClaimBuilt, reasons: list[tuple[Group, str, int]] | None = None, **other: Any
) -> Account:
    before = claim_of(kept, claim.claim_id)
    assert before is not None
    return with_claim(kept, apply(before, answer(claim, reasons=reasons or (), **other)))


def corrected(**differs: Any) -> ChartCoded:
    return chart(**{"version": 2, "event_id": "chart-event-2", **differs})


def both_answered(partners: Partners, **differs: Any) -> tuple[Account, tuple[ClaimBuilt, ...]]:
    first = form(chart(**differs), account(), partners)
    kept = holding(first, chart(**differs))
    for claim in first.claims:
        kept = answered(kept, claim)
    return kept, first.claims


def test_a_correction_waits_until_the_payer_has_answered(partners: Partners) -> None:
    first = form(chart(), account(), partners)
    kept = answered(holding(first), first.claims[0])
    assert form(corrected(), kept, partners) == Formed(awaited=(first.claims[1].claim_id,))


def test_an_answered_claim_is_replaced_under_the_payers_number(partners: Partners) -> None:
    kept, (facility, professional) = both_answered(partners)
    again = form(corrected(services=(service(cents=9_000), service("s2", "professional", 5_000))), kept, partners)
    (replacement,) = again.claims
    assert (replacement.frequency, replacement.original_reference) == ("7", "ICN-commercial")
    assert (replacement.bill_type, replacement.revision, replacement.submission) == ("0137", 2, 1)
    assert again.superseded == (facility.claim_id,)
    assert replacement.charts[0].version == 2
    assert professional.claim_id not in again.superseded


def test_a_second_replacement_has_an_id_of_its_own(partners: Partners) -> None:
    kept, (first, _) = both_answered(partners)
    ids = [first.claim_id]
    for cents in (9_000, 8_000):
        services = (service(cents=cents), service("s2", "professional", 5_000))
        again = form(corrected(services=services), kept, partners)
        kept = answered(entered(kept, again), again.claims[0], trace_number=f"t{cents}")
        ids.append(again.claims[0].claim_id)
    assert len(set(ids)) == 3


def test_a_correction_that_changes_no_claim_sends_none(partners: Partners) -> None:
    kept, _ = both_answered(partners)
    assert form(corrected(), kept, partners) == Formed()


def test_a_rejected_claim_was_never_filed_and_goes_again_as_an_original(partners: Partners) -> None:
    first = form(chart(services=(service(),)), account(), partners)
    kept = holding(first)
    kept = with_claim(kept, kept.claims[0].model_copy(update={"state": "rejected"}))
    (again,) = form(corrected(services=(service(cents=9_000),)), kept, partners).claims
    assert (again.frequency, again.original_reference, again.submission) == ("1", None, 2)
    assert again.claim_id == first.claims[0].claim_id
    assert again.control_number != first.claims[0].control_number


def test_a_line_that_was_billed_in_error_is_voided_with_its_claim(partners: Partners) -> None:
    kept, (_, professional) = both_answered(partners)
    again = form(corrected(services=(service(),)), kept, partners)
    (void,) = again.claims
    assert (void.frequency, void.original_reference) == ("8", "ICN-commercial")
    assert void.lines == professional.lines
    assert void.causation_id == "chart-event-2"


def test_another_payer_gets_an_original_and_what_was_denied_is_forgotten(partners: Partners) -> None:
    first = form(chart(services=(service(),)), account(), partners)
    denied = answered(holding(first), first.claims[0], [("CO", "31", 10_000)])
    again = form(corrected(services=(service(),), coverages=(coverage("medicaid"),)), denied, partners)
    assert [(claim.payer, claim.frequency) for claim in again.claims] == [("medicaid", "1")]
    assert again.superseded == (first.claims[0].claim_id,)


def test_who_takes_no_replacement_is_sent_none(partners: Partners) -> None:
    services = (service("s1", "professional"),)
    kept, _ = both_answered(partners, coverages=(coverage("medicare"),), services=services)
    dearer = (service("s1", "professional", 9_000),)
    again = form(corrected(coverages=(coverage("medicare"),), services=dearer), kept, partners)
    assert ([finding.rule for finding in again.refused], again.claims) == (["C5"], ())


# What an answer leads to


def two_plans(partners: Partners) -> tuple[ChartCoded, Account, ClaimBuilt]:
    insured = chart(coverages=(coverage("medicare"), coverage("medicaid")), services=(service(),))
    first = form(insured, account(), partners)
    return insured, holding(first, insured), first.claims[0]


def followed(
    given: ChartCoded, kept: Account, claim: ClaimBuilt, partners: Partners, reasons: list[tuple[Group, str, int]],
    **other: Any,
) -> tuple[Formed, Account]:  # fmt: skip
    said = answer(claim, reasons=reasons, **other)
    before = claim_of(kept, claim.claim_id)
    assert before is not None
    kept = with_claim(kept, known := apply(before, said))
    formed_now = follow_up(given, (known,), kept, partners, Now(said, ANSWERED_ON))
    return formed_now, entered(kept, formed_now)


def said_of(formed: Formed) -> list[ClaimBuilt | PatientBill]:
    return [*formed.claims, *formed.bills]


def test_the_next_payer_is_sent_what_the_first_one_answered(partners: Partners) -> None:
    given, kept, first = two_plans(partners)
    next_, _ = followed(given, kept, first, partners, [("CO", "45", 2_000), ("PR", "2", 1_600)])
    (second,) = next_.claims
    (prior,) = second.prior
    assert (second.payer, second.payer_sequence, second.frequency) == ("medicaid", 2, "1")
    assert (prior.payer, prior.paid_cents, prior.sequence) == ("medicare", 6_400, 1)
    assert second.total_charge_cents - prior.paid_cents == sum(a.cents for a in prior.adjustments)
    assert second.lines == first.lines
    assert second.claim_id != first.claim_id
    assert next_.bills == ()


def test_nothing_left_to_the_patient_asks_no_next_payer(partners: Partners) -> None:
    given, kept, first = two_plans(partners)
    assert said_of(followed(given, kept, first, partners, [("CO", "45", 2_000)])[0]) == []


def test_a_forwarded_claim_is_not_sent_to_the_next_payer_again(partners: Partners) -> None:
    given, kept, first = two_plans(partners)
    forwarded, kept = followed(given, kept, first, partners, [("PR", "2", 1_600)], status="19")
    assert said_of(forwarded) == []
    states = [(each.claim.payer, each.state) for each in kept.claims]
    assert states == [("medicare", "crossed-over"), ("medicaid", "expected")]


def test_a_corrected_answer_replaces_the_next_payers_claim(partners: Partners) -> None:
    given, kept, first = two_plans(partners)
    next_, kept = followed(given, kept, first, partners, [("PR", "2", 1_600)])
    kept = answered(kept, second := next_.claims[0])
    known = claim_of(kept, first.claim_id)
    assert known is not None
    kept = with_claim(kept, apply(known, reversal(answer(first, reasons=[("PR", "2", 1_600)]), 2)))
    again, _ = followed(given, kept, first, partners, [("PR", "2", 900)], trace_number="t2")
    assert [(claim.payer, claim.frequency) for claim in again.claims] == [("medicaid", "7")]
    assert again.superseded == (second.claim_id,)


def test_what_the_first_payer_now_pays_whole_is_withdrawn_from_the_next(partners: Partners) -> None:
    given, kept, first = two_plans(partners)
    next_, kept = followed(given, kept, first, partners, [("PR", "2", 1_600)])
    kept = answered(kept, next_.claims[0])
    known = claim_of(kept, first.claim_id)
    assert known is not None
    kept = with_claim(kept, apply(known, reversal(answer(first, reasons=[("PR", "2", 1_600)]), 2)))
    again, _ = followed(given, kept, first, partners, [], trace_number="t2")
    assert [(claim.payer, claim.frequency) for claim in again.claims] == [("medicaid", "8")]


def test_nothing_follows_from_an_answer_to_a_replaced_claim(partners: Partners) -> None:
    given, kept, first = two_plans(partners)
    known = claim_of(kept, first.claim_id)
    assert known is not None
    replaced = known.model_copy(update={"state": "replaced"})
    kept = with_claim(kept, late := apply(replaced, said := answer(first, reasons=[("PR", "2", 1_600)])))
    assert follow_up(given, (late,), kept, partners, Now(said, ANSWERED_ON)) == Formed()


def test_the_plan_is_asked_when_compensation_says_it_was_no_work_injury(partners: Partners) -> None:
    given = chart(
        causes=(Cause(kind="employment"),), coverages=(coverage("workers-compensation"), coverage()),
        services=(service(),),
    )  # fmt: skip
    first = form(given, account(), partners)
    next_, _ = followed(given, holding(first, given), first.claims[0], partners, [("CO", "P4", 10_000)])
    assert [(claim.payer, claim.payer_sequence) for claim in next_.claims] == [("commercial", 2)]


def test_a_claims_id_can_be_told_from_the_claim(partners: Partners) -> None:
    for claim in form(chart(), account(), partners).claims:
        assert claim_id_of(claim, claim.revision) == claim.claim_id


def unprocessable(partners: Partners, payer: str) -> tuple[Account, ClaimBuilt]:
    """A professional claim that its payer sent back as one that he can not process."""
    differs = {"coverages": (coverage(payer),), "services": (service("s2", "professional", 5_000),)}
    formed = form(chart(**differs), account(), partners)
    (claim,) = formed.claims
    reasons: list[tuple[Group, str, int]] = [("CO", "16", 5_000)]
    return answered(holding(formed, chart(**differs)), claim, reasons, remarks=("MA130",)), claim


def mended(payer: str) -> ChartCoded:
    return corrected(coverages=(coverage(payer),), services=(service("s2", "professional", 5_500),))


@pytest.mark.parametrize("payer", ["commercial", "medicare"])  # Medicare takes no replacement of a professional claim
def test_what_a_payer_could_not_process_is_sent_anew(partners: Partners, payer: str) -> None:
    kept, claim = unprocessable(partners, payer)
    formed = form(mended(payer), kept, partners)
    (new,) = formed.claims
    assert (new.frequency, new.original_reference, new.revision, new.submission) == ("1", None, 2, 1)
    assert (formed.superseded, formed.origins[0].replaces) == ((claim.claim_id,), claim.claim_id)


def test_a_denial_for_another_reason_is_replaced(partners: Partners) -> None:
    differs = {"services": (service("s2", "professional", 5_000),)}
    formed = form(chart(**differs), account(), partners)
    kept = answered(holding(formed, chart(**differs)), formed.claims[0], [("CO", "197", 5_000)])
    (again,) = form(mended("commercial"), kept, partners).claims
    assert again.frequency == "7"
