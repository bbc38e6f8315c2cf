"""A bill as a person reads it."""

from typing import Any

from claims.bill_page import page
from claims.forming import form
from claims.partners import Partners
from schemas.events.chart import Estimate
from schemas.events.claim import PatientBill
from schemas.events.people import Address, Guarantor, Name
from tests.claims.given_accounts import DAY, account, chart, coverage, service
from tests.claims.test_bills import TWO_PLANS, billed
from tests.claims.test_estimates import discount, with_discounts
from tests.claims.test_surprise_bills import ABOVE_PRICE, EMERGENCY, answered


def read(bill: PatientBill | None, partners: Partners) -> list[str]:
    assert bill is not None
    return list(page(bill, {key: payer.name for key, payer in partners.payers.items()}))


def amounts(lines: list[str]) -> list[tuple[str, str]]:
    """The words and the amount of each row; words over several lines by their last one."""
    rows = (line.rsplit("  ", 1) for line in lines if "$" in line[60:])
    return [(words.strip(), amount.strip()) for words, amount in rows]


def test_each_payer_stands_with_what_he_paid_and_took_off(partners: Partners) -> None:
    bill, _ = billed(
        partners, [("CO", "45", 2_000), ("PR", "2", 2_000)], [("OA", "23", 8_000), ("PR", "3", 500)],
        payments_cents=200, **TWO_PLANS,
    )  # fmt: skip
    assert amounts(read(bill, partners)) == [
        ("March 2, 2026: service G0463", "$100.00"),
        ("All charges", "$100.00"),
        ("Example Medicare Contractor paid", "-$60.00"),
        ("Example Medicare Contractor took off by its contract", "-$20.00"),
        ("Example State Medicaid paid", "-$15.00"),
        ("such a visit or service", "$5.00"),
        ("You have paid already", "-$2.00"),
        ("You owe", "$3.00"),
    ]


def himself(partners: Partners, **differs: Any) -> list[str]:
    lines = (service(cents=100_000, text="Chest radiograph, two views"),)
    charged = chart(coverages=(), services=lines, **differs)
    return read(form(charged, account(), with_discounts(partners, discount(2_000))).bills[0], partners)


def test_who_pays_himself_sees_the_discount_and_his_estimate(partners: Partners) -> None:
    said = himself(partners, estimate=Estimate(cents=20_000, given=DAY))
    assert amounts(said) == [
        ("March 2, 2026: Chest radiograph, two views (G0463)", "$1,000.00"),
        ("All charges", "$1,000.00"),
        ("No plan was asked to pay for this", "$1,000.00"),
        ("Our discount for care that no plan pays for", "-$200.00"),
        ("You owe", "$800.00"),
    ]
    assert "$600.00 above it" in " ".join(line.strip() for line in said)


def test_whom_to_ask_and_until_when(partners: Partners) -> None:
    said = himself(partners)
    assert "Please pay by April 1, 2026" in said
    assert "  Call 413-555-0111, Monday to Friday, 8 to 18." in said
    assert "  See https://mercy-general.example/bills" in said
    assert "https://mercy-general.example/assistance." in said[-3].split() + said[-4].split() + said[-5].split()


def test_it_goes_to_the_guarantor_and_names_the_patient(partners: Partners) -> None:
    father = Guarantor(relationship="other", name=Name(family="Father", given="A"), address=Address(lines=("1 Home",)))
    child = chart().patient.model_copy(update={"guarantor": father})
    said = himself(partners, patient=child)
    assert said[4:6] == ["A Father", "1 Home"]
    assert "Patient: Example" in said


def test_what_is_kept_off_and_what_comes_back_is_said(partners: Partners) -> None:
    (bill,) = answered(partners, ABOVE_PRICE, encounter=EMERGENCY, payments_cents=2_000).bills
    said = read(bill, partners)
    assert ("share within the network", "-$30.00") in amounts(said)
    assert ("We owe you", "$15.00") in amounts(said)
    assert "Nothing is to be paid" in said


def test_a_payer_who_passed_the_claim_on_took_nothing(partners: Partners) -> None:
    at_work: dict[str, Any] = {
        "causes": ({"kind": "employment"},),
        "coverages": (coverage("workers-compensation"), coverage()),
    }
    bill, _ = billed(partners, [("CO", "P4", 10_000)], [("PR", "1", 300)], **at_work)
    assert any(line.endswith("paid nothing and took nothing off") for line in read(bill, partners))


def test_no_line_is_wider_than_a_page(partners: Partners) -> None:
    assert max(map(len, himself(partners, estimate=Estimate(cents=1, given=DAY)))) <= 78
