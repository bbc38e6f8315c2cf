"""What the No Surprises Act keeps off a bill (45 CFR 149.410, 149.420, 149.440)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.accounts import claim_of, with_claim
from claims.bills import is_balanced
from claims.formed import Formed
from claims.forming import Now, entered, follow_up, form
from claims.partners import Partners
from claims.settlement import apply
from schemas.events.chart import Network
from tests.claims.given_accounts import (
    ANSWERED_ON,
    Reasons,
    account,
    answer,
    chart,
    committed_partners,
    coverage,
    holding,
    service,
    stay,
)

ABOVE_PRICE: Reasons = [("PR", "1", 500), ("PR", "45", 3_000)]
EMERGENCY, ADMITTED = stay("emergency"), stay("inpatient", admission_type="1", discharge_status="01")
STRANGER = coverage(network=Network(facility="in", professional="out"))
PROFESSIONAL, FACILITY = (service(component="professional"),), (service(),)
RADIOLOGIST = "1999001237"


def answered(partners: Partners, *said: Reasons, remarks: tuple[str, ...] = (), **differs: Any) -> Formed:
    """What follows once each payer in turn has left those reasons of his claim."""
    seen = chart(**{"services": FACILITY, **differs})
    formed = form(seen, account(), partners)
    kept = holding(formed, seen)
    for reasons in said:
        known = claim_of(kept, formed.claims[0].claim_id)
        assert known is not None
        told = answer(known.claim, reasons=reasons, remarks=remarks, trace_number=f"t{known.claim.payer_sequence}")
        kept = with_claim(kept, known := apply(known, told))
        formed = follow_up(seen, (known,), kept, partners, Now(told, ANSWERED_ON))
        kept = entered(kept, formed)
    return formed


CASES: list[tuple[str, dict[str, Any], bool]] = [
    ("nobody knows the network", {"services": PROFESSIONAL}, False),
    ("an emergency, whatever the network", {"encounter": EMERGENCY}, True),
    ("an emergency, whatever was signed", {"encounter": EMERGENCY, "surprise_consent": True}, True),
    ("the emergency room before observation",
     {"encounter": stay("observation"), "services": (service(revenue_code="0450"),)}, True),
    ("admitted as an emergency", {"encounter": ADMITTED}, True),
    ("admitted, and he consented once stable", {"encounter": ADMITTED, "surprise_consent": True}, False),
    ("admitted as planned", {"encounter": stay("inpatient", admission_type="3", discharge_status="01")}, False),
    ("a stranger in a house of the network", {"coverages": (STRANGER,), "services": PROFESSIONAL}, True),
    ("he consented to the stranger",
     {"coverages": (STRANGER,), "services": PROFESSIONAL, "surprise_consent": True}, False),
    ("no", {"coverages": (STRANGER,), "services": PROFESSIONAL, "surprise_consent": False}, True),
    ("the house's own claim", {"coverages": (STRANGER,), "services": FACILITY}, False),
    ("both out of the network",
     {"coverages": (coverage(network=Network(facility="out", professional="out")),), "services": PROFESSIONAL}, False),
    ("both in it",
     {"coverages": (coverage(network=Network(facility="in", professional="in")),), "services": PROFESSIONAL}, False),
    ("a radiologist may not ask for consent",
     {"coverages": (STRANGER,), "services": (service(component="professional", performer_npi=RADIOLOGIST),),
      "surprise_consent": True}, True),
    ("an air ambulance", {"services": (service(code="A0431"),)}, True),
    ("an air ambulance beside a visit", {"services": (service(code="A0431"), service("s2"))}, False),
    ("Medicare has rules of its own", {"encounter": EMERGENCY, "coverages": (coverage("medicare"),)}, False),
    ("so has Medicare Advantage",
     {"encounter": EMERGENCY, "coverages": (coverage("medicare-advantage", plan_kind="16"),)}, False),
    ("no plan at all: an employer", {"encounter": EMERGENCY, "coverages": (coverage("employer"),)}, False),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "differs", "protected"), CASES, ids=[case[0] for case in CASES])
def test_who_is_protected_owes_his_share_within_the_network(
    partners: Partners, reason: str, differs: dict[str, Any], protected: bool
) -> None:
    made = answered(partners, ABOVE_PRICE, **differs)
    (bill,) = made.bills
    assert is_balanced(bill)
    assert bill.owed_cents == (500 if protected else 3_500), reason
    assert [(kept.kind, kept.carc, kept.cents) for kept in bill.not_billed] == (
        [("surprise-bill", "45", 3_000)] if protected else []
    )
    assert [finding.rule for finding in made.warned] == (["E3"] if protected else [])


@pytest.mark.parametrize("remark", ["N864", "N865", "N866"])
def test_the_payer_may_say_that_the_act_applies(partners: Partners, remark: str) -> None:
    (bill,) = answered(partners, ABOVE_PRICE, remarks=(remark,), services=PROFESSIONAL).bills
    assert bill.owed_cents == 500


KEPT_OFF = [
    ("above the price", "45", True),
    ("outside the network", "242", True),
    ("not authorized by the network", "243", True),
    ("deductible", "1", False),
    ("coinsurance", "2", False),
    ("copay", "3", False),
    ("not covered, in the network or out of it", "96", False),
]


@pytest.mark.parametrize(("reason", "carc", "kept_off"), KEPT_OFF, ids=[row[0] for row in KEPT_OFF])
def test_only_what_the_network_makes_is_kept_off(partners: Partners, reason: str, carc: str, kept_off: bool) -> None:
    (bill,) = answered(partners, [("PR", "3", 100), ("PR", carc, 700)], encounter=EMERGENCY).bills or (None,)
    assert bill is not None
    assert bill.owed_cents == (100 if kept_off else 800), reason


def test_a_bill_of_which_nothing_is_owed_is_not_sent_and_the_hospital_hears_of_it(partners: Partners) -> None:
    made = answered(partners, [("PR", "45", 3_000)], encounter=EMERGENCY)
    assert made.bills == ()
    assert [finding.rule for finding in made.warned] == ["E3"]


def test_what_he_paid_of_it_goes_back(partners: Partners) -> None:
    (bill,) = answered(partners, ABOVE_PRICE, encounter=EMERGENCY, payments_cents=2_000).bills
    assert (bill.owed_cents, bill.refund_cents, is_balanced(bill)) == (0, 1_500, True)


def test_the_bill_tells_the_patient_of_it(partners: Partners) -> None:
    (bill,) = answered(partners, ABOVE_PRICE, encounter=EMERGENCY).bills
    assert "nosurprises" in bill.notices[2]
    assert bill.not_billed[0].text is not None


amounts = st.lists(
    st.tuples(
        st.sampled_from(["CO", "OA", "PR"]),
        st.sampled_from(["1", "2", "3", "23", "45", "96", "242"]),
        st.integers(-300, 4_000),
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(
    first=amounts, second=amounts, paid=st.integers(0, 9_000), emergency=st.booleans(),
    remark=st.sampled_from(["N1", "N781", "N865"]),
)  # fmt: skip
def test_charges_are_paid_or_adjusted_or_kept_off_or_the_patients(
    first: Any, second: Any, paid: int, emergency: bool, remark: str
) -> None:
    """Charges = paid + adjusted + not billed + the patient's share, and his share is never more than the last PR."""
    asks_again = sum(cents for group, _, cents in first if group == "PR") > 0
    made = answered(
        committed_partners(),
        *([first, second] if asks_again else [first]),
        remarks=(remark,),
        encounter=EMERGENCY if emergency else stay(),
        coverages=(coverage(), coverage(id="hers", member_id="M2")),
        payments_cents=paid,
    )
    left = sum(cents for group, _, cents in (second if asks_again else first) if group == "PR")
    for bill in made.bills:
        assert is_balanced(bill)
        taken = sum(payer.paid_cents + payer.adjusted_cents for payer in bill.payers)
        kept_off = sum(kept.cents for kept in bill.not_billed)
        assert taken + kept_off + bill.owed_cents + bill.patient_paid_cents - bill.refund_cents == 10_000
        assert sum(reason.cents for reason in bill.reasons) + kept_off == left
