"""A claim's answers come to the same whatever their order, and no cent is lost."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims import settlement
from claims.accounts import AccountClaim
from claims.forming import form
from claims.settlement import acknowledge, apply, standing, totals
from schemas.events.claim import ClaimBuilt
from schemas.events.payer import ClaimAcknowledged, ClaimAdjudicated
from tests.claims.given_accounts import (
    ANSWERED_ON,
    NOON,
    Group,
    account,
    answer,
    by_line,
    chart,
    committed_partners,
    reversal,
    sent,
    service,
)

LINES = (7_500, 12_345, 1)

groups: st.SearchStrategy[Group] = st.sampled_from(["CO", "OA", "PR"])
amounts = st.lists(st.tuples(groups, st.sampled_from(["1", "2", "45", "97"]), st.integers(-2_000, 9_000)), max_size=3)


@pytest.fixture(scope="module")
def claim() -> ClaimBuilt:
    return _claim()


@cache
def _claim() -> ClaimBuilt:
    services = tuple(service(f"s{n}", cents=cents) for n, cents in enumerate(LINES))
    return form(chart(services=services), account(), committed_partners()).claims[0]


def told(claim: ClaimBuilt, answers: Sequence[ClaimAdjudicated]) -> AccountClaim:
    known = sent(claim)
    for said in answers:
        known = apply(known, said)
    return known


@st.composite
def a_payers_story(draw: st.DrawFn) -> list[ClaimAdjudicated]:
    """An answer and some corrections, each with the reversal of the one before; some said twice; in any order."""
    claim = _claim()
    said: list[ClaimAdjudicated] = []
    for turn in range(draw(st.integers(1, 4))):
        reasons = [draw(amounts) for _ in claim.lines]
        on = ANSWERED_ON + timedelta(days=turn)
        correction = by_line(claim, reasons, trace_number=f"t{turn}", position=1, adjudicated_on=on)
        said += ([reversal(said[-1], 2, f"t{turn}")] if said else []) + [correction]
    repeated = draw(st.lists(st.sampled_from(said), max_size=3))
    return list(draw(st.permutations([*said, *repeated])))


@settings(max_examples=150, deadline=None)
@given(a_payers_story())
def test_any_order_and_any_repetition_settle_alike(story: list[ClaimAdjudicated]) -> None:
    claim = _claim()
    assert told(claim, story) == told(claim, sorted(story, key=lambda said: said.event_id))


@settings(max_examples=150, deadline=None)
@given(a_payers_story())
def test_what_is_settled_is_the_last_correction_to_the_cent(story: list[ClaimAdjudicated]) -> None:
    known = told(_claim(), story)
    last = max((said for said in story if said.status != "22"), key=lambda said: said.trace_number)
    money = totals(known)
    assert standing(known) != "waiting"
    assert (money.charge_cents, money.paid_cents) == (sum(LINES), last.paid_cents)
    assert money.patient_cents == last.patient_responsibility_cents


@settings(max_examples=150, deadline=None)
@given(a_payers_story(), st.integers(0, 8))
def test_charge_is_paid_and_adjusted_at_every_moment(story: list[ClaimAdjudicated], so_far: int) -> None:
    money = totals(told(_claim(), story[:so_far]))
    assert money.charge_cents == money.paid_cents + money.adjusted_cents + money.patient_cents


def test_until_charges_add_up_the_claim_waits(claim: ClaimBuilt) -> None:
    first = answer(claim, paid=10_000)
    back, again = reversal(first, 1), answer(claim, paid=9_000, trace_number="t2", position=2)
    expected = {1: {"settled", "waiting"}, 2: {"settled", "waiting"}, 3: {"settled"}}
    for order in permutations((first, back, again)):
        for length in (1, 2, 3):
            assert standing(told(claim, order[:length])) in expected[length]
    assert standing(told(claim, (first, back))) == "waiting"
    assert standing(told(claim, (again, first))) == "waiting"
    assert totals(told(claim, (again, first, back))).paid_cents == 9_000


def test_a_repeated_answer_changes_nothing(claim: ClaimBuilt) -> None:
    known = told(claim, [answer(claim)])
    assert apply(known, answer(claim)) is known


def test_a_claim_answered_in_parts_is_settled_with_the_last(claim: ClaimBuilt) -> None:
    part = answer(claim).model_copy(update={"charge_cents": 7_500, "paid_cents": 7_500, "adjustments": ()})
    rest = part.model_copy(update={"position": 2, "charge_cents": 12_346, "paid_cents": 12_346})
    assert standing(told(claim, [part])) == "waiting"
    assert standing(told(claim, [part, rest])) == "settled"


TOTAL = sum(LINES)
STANDINGS = [
    # reason, paid, reasons, status, standing
    ("all of it is the patient's deductible", 0, [("PR", "1", TOTAL)], "1", "settled"),
    ("capitation pays nothing and denies nothing", 0, [("CO", "24", TOTAL)], "1", "settled"),
    ("a code that is only reported is not paid", 0, [("CO", "246", TOTAL)], "1", "settled"),
    ("the fee schedule of a second payer leaves nothing", 0, [("OA", "23", 10_000), ("CO", "45", TOTAL - 10_000)], "2",
     "settled"),
    ("a denial has the status of a processed claim", 0, [("CO", "197", TOTAL)], "1", "denied"),
    ("one denying reason is enough when nothing is paid", 0, [("CO", "45", 1_000), ("CO", "50", TOTAL - 1_000)], "1",
     "denied"),
    ("not our member", 0, [("CO", "31", TOTAL)], "4", "denied"),
    ("status 4 with money is money", 100, [], "4", "settled"),
    ("a denied line of a paid claim", 500, [("CO", "97", 1_000)], "1", "settled"),
    ("not covered, and the patient's", 0, [("PR", "96", TOTAL)], "1", "settled"),
    ("forwarded: the next payer has it", 500, [("PR", "2", 100)], "19", "crossed-over"),
    ("forwarded without our payer having a part in it", 0, [("OA", "109", TOTAL)], "23", "crossed-over"),
    ("priced and not paid", 500, [], "25", "waiting"),
    ("a DRG may pay more than the charge", TOTAL + 700, [("CO", "94", -700)], "1", "settled"),
]  # fmt: skip


@pytest.mark.parametrize(("paid", "why", "status", "expected"), [row[1:] for row in STANDINGS],
                         ids=[row[0] for row in STANDINGS])  # fmt: skip
def test_money_and_reasons_decide(
    claim: ClaimBuilt, paid: int, why: list[tuple[Group, str, int]], status: str, expected: str
) -> None:
    assert standing(told(claim, [answer(claim, paid, why, status=status)])) == expected


@pytest.mark.parametrize(
    ("plan_kind", "expected"), [("MA", "denied"), ("MB", "denied"), ("16", "settled"), ("HM", "settled")]
)
def test_managed_care_is_no_contract_of_original_medicare(claim: ClaimBuilt, plan_kind: str, expected: str) -> None:
    """Medicare says by CARC 24 that an Advantage plan has the member; other plans that they have paid ahead."""
    theirs = claim.model_copy(update={"filing_indicator": plan_kind})
    assert standing(told(theirs, [answer(theirs, 0, [("CO", "24", TOTAL)])])) == expected


def test_a_new_answer_is_to_be_followed_up_again(claim: ClaimBuilt) -> None:
    done = told(claim, [answer(claim)]).model_copy(update={"followed_up": True})
    assert not apply(done, reversal(answer(claim), 1)).followed_up


def test_a_replaced_claim_stays_replaced_when_its_reversal_comes(claim: ClaimBuilt) -> None:
    replaced = told(claim, [answer(claim)]).model_copy(update={"state": "replaced"})
    assert apply(replaced, reversal(answer(claim), 1)).state == "replaced"


def test_the_payers_number_is_the_newest_one_that_stands(claim: ClaimBuilt) -> None:
    first = answer(claim)
    newer = answer(claim, trace_number="t0", adjudicated_on=date(2026, 4, 1), payer_claim_number="ICN-2")
    for order in permutations((first, newer, reversal(first, 3, "t9"))):
        assert told(claim, order).payer_claim_number == "ICN-2"


def test_the_next_payer_is_asked_for_what_is_left_to_the_patient(claim: ClaimBuilt) -> None:
    assert settlement.asks_next(told(claim, [answer(claim, reasons=[("PR", "2", 1)])]))
    assert not settlement.asks_next(told(claim, [answer(claim)]))
    assert not settlement.asks_next(told(claim, [answer(claim, 0, [("CO", "29", TOTAL)])]))


def test_the_plans_are_asked_when_it_was_no_work_injury(claim: ClaimBuilt) -> None:
    assert settlement.asks_next(told(claim, [answer(claim, 0, [("CO", "P4", TOTAL)])]))


def test_a_prior_answer_balances_line_by_line(claim: ClaimBuilt) -> None:
    first = by_line(claim, [[("PR", "1", 500)], [("CO", "45", 345), ("PR", "2", 2_000)], []])
    second = by_line(claim, [[], [("CO", "45", 345)], []], trace_number="t2", position=2)
    prior = settlement.prior_answer(told(claim, [second, reversal(first, 1), first]))
    charges = {line.control_number: line.charge_cents for line in claim.lines}
    for line in prior.lines:
        assert charges[line.control_number] == line.paid_cents + sum(a.cents for a in line.adjustments)
    assert prior.paid_cents == sum(line.paid_cents for line in prior.lines) == TOTAL - 345


def test_a_line_without_its_number_is_known_by_code_and_charge_if_only_one_fits(claim: ClaimBuilt) -> None:
    said = by_line(claim, [[("CO", "45", 1)], [], []])
    nameless = tuple(line.model_copy(update={"control_number": None, "code": "G0463"}) for line in said.lines)
    known = told(claim, [said.model_copy(update={"lines": nameless})])
    assert [line.control_number for line in known.answers[0].lines] == [line.control_number for line in claim.lines]


def test_a_line_that_stays_unknown_counts_for_the_claim(claim: ClaimBuilt) -> None:
    said = by_line(claim, [[("CO", "45", 1)], [], []])
    odd = tuple(line.model_copy(update={"control_number": None, "code": "G0464"}) for line in said.lines)
    prior = settlement.prior_answer(told(claim, [said.model_copy(update={"lines": odd})]))
    assert (prior.lines, [a.cents for a in prior.adjustments]) == ((), [1])


def _ack(claim: ClaimBuilt, accepted: bool = True, **other: object) -> ClaimAcknowledged:
    fixed = {"event_id": "ack", "occurred_at": NOON, "producer": claim.payer, "payer": claim.payer}
    number = {"control_number": claim.control_number, "payer_claim_number": "ICN-0"}
    return ClaimAcknowledged.model_validate({**fixed, **number, "accepted": accepted, **other})


def test_an_acknowledgement_says_whether_the_claim_was_filed(claim: ClaimBuilt) -> None:
    accepted = acknowledge(sent(claim), _ack(claim))
    assert (accepted.state, accepted.payer_claim_number) == ("accepted", "ICN-0")
    assert acknowledge(sent(claim), _ack(claim, accepted=False)).state == "rejected"


def test_an_acknowledgement_after_the_answer_or_of_an_earlier_submission_says_nothing(claim: ClaimBuilt) -> None:
    answered = told(claim, [answer(claim)])
    assert acknowledge(answered, _ack(claim, accepted=False)) is answered
    known = sent(claim)
    assert acknowledge(known, _ack(claim, accepted=False, control_number="EARLIER")) is known


def duplicate(claim: ClaimBuilt, trace_number: str) -> ClaimAdjudicated:
    return answer(claim, 0, [("OA", "18", TOTAL)], trace_number=trace_number)


def test_a_claim_that_is_denied_as_a_duplicate_twice_is_denied_once(claim: ClaimBuilt) -> None:
    known = told(claim, [duplicate(claim, "t1"), duplicate(claim, "t2")])
    assert (standing(known), totals(known).charge_cents) == ("denied", TOTAL)


def test_a_duplicate_of_the_day_on_which_the_answer_was_taken_back_is_what_is_left(claim: ClaimBuilt) -> None:
    first = answer(claim)
    assert standing(told(claim, [first, reversal(first, 1), duplicate(claim, "t3")])) == "denied"


def test_a_part_that_is_denied_as_a_duplicate_is_an_answer_like_others(claim: ClaimBuilt) -> None:
    whole = by_line(claim, [[("OA", "18", LINES[0])], [], []])
    first = whole.model_copy(update={"lines": whole.lines[:1], "charge_cents": LINES[0], "paid_cents": 0})
    rest = {"lines": whole.lines[1:], "charge_cents": sum(LINES[1:]), "paid_cents": sum(LINES[1:]), "position": 2}
    known = told(claim, [first, whole.model_copy(update=rest)])
    assert (standing(known), totals(known).charge_cents) == ("settled", TOTAL)
