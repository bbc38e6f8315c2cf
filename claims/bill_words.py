"""What a bill says in words: why it comes, why each amount is owed or not, whom to ask, and the patient's rights.

Reasons are said in our own words; X12's descriptions are not ours to print.
"""

from collections.abc import Iterator
from typing import Final, Literal

from schemas.events.claim import BillBasis, BillContact, BillEstimate
from schemas.events.types import Cents, Day

Kind = Literal["deductible", "coinsurance", "copay", "not-covered", "self-pay", "paid-in-full-restriction", "other"]

BASIS_WORDS: Final[dict[BillBasis, str]] = {
    "after-payers": "every payer has answered",
    "restricted": "paid in full by the patient, so that no plan sees it (45 CFR 164.522)",
    "no-plan": "the chart names no plan",
    "patient-pays": "the chart names the patient as who pays",
    "no-plan-answers": "no plan that the chart names answers for this",
}

_REASONS: Final[dict[Kind, str]] = {
    "deductible": "Deductible: what your plan has you pay for care before it pays itself",
    "coinsurance": "Coinsurance: your part, in percent, of the price that your plan allows",
    "copay": "Copay: the fixed amount that your plan has you pay for such a visit or service",
    "not-covered": "Not covered: your plan does not pay for this and says that you do",
    "self-pay": "No plan was asked to pay for this",
    "paid-in-full-restriction": "You asked us to tell no plan of this, and pay for it yourself",
    "other": "Your plan says that this is yours to pay",
}
_CARCS: Final = {
    "26": "Not covered: your plan says that the care was before your coverage began",
    "27": "Not covered: your plan says that the care was after your coverage ended",
    "31": "Not covered: your plan does not know you as its member",
    "35": "Not covered: your plan says that your benefits for life are used up",
    "45": "Above your plan's price: your plan says that you owe the difference",
    "49": "Not covered: your plan does not pay for routine or preventive care of this kind",
    "50": "Not covered: your plan does not hold this to be medically necessary",
    "51": "Not covered: your plan says that the condition was there before your coverage",
    "66": "Blood deductible: the first units of blood, which your plan leaves to you",
    "100": "Your plan paid you instead of us: please pass the payment on",
    "119": "Not covered: your plan says that your benefits for this time are used up",
    "149": "Not covered: your plan says that your benefits for life are used up for this service",
    "204": "Not covered: your plan's benefits do not include this",
    "242": "Out of network: your plan says that you owe what it does not pay outside its network",
    "243": "Not authorized: your plan says that you owe what nobody in its network authorized",
}
NOT_BILLED_WORDS: Final = {
    "surprise-bill": "Protected: the law does not let us bill you more than your share within the network",
    "paid-in-full-by-medicaid": "Protected: what Medicaid pays is payment in full, but for your copay",
    "qualified-medicare-beneficiary": "Protected: a qualified Medicare beneficiary owes no share of Medicare's price",
}

FINANCIAL_ASSISTANCE: Final = (  # 26 CFR 1.501(r)-4(b)(5), on each billing statement; 1.501(r)-6(c), 240 days
    "If you cannot pay, you may qualify for free or reduced care under this hospital's financial assistance policy. "
    "Ask the billing office for the policy, its plain-language summary and an application; they cost nothing. You may "
    "apply until 240 days after the first bill for this care."
)
DISPUTE_INSURED: Final = (  # 45 CFR 147.136 (appeals), 149.410 and 149.420 (surprise bills)
    "If you disagree with what your plan decided, you may appeal to it. For emergency care, and for care by somebody "
    "outside your plan's network at a hospital inside it, you owe no more than your in-network share."
)
DISPUTE_ESTIMATE: Final = (  # 45 CFR 149.610 and 149.620
    "You have a right to an estimate before planned care. If this bill is 400 dollars or more above the estimate you "
    "were given, you may dispute it within 120 days of receiving it."
)
SURPRISE: Final = (  # 45 CFR 149.410, 149.420
    "Part of what your plan left to you is not billed: for this care the law protects you from a bill above your "
    "in-network share. If anybody bills you for it, you may complain at www.cms.gov/nosurprises."
)


def reason(kind: Kind, carc: str | None) -> str:
    return _CARCS.get(carc or "", _REASONS[kind])


def notices(
    *, insured: bool, contact: BillContact | None, estimate: BillEstimate | None, protected: bool, refund: Cents
) -> tuple[str, ...]:
    """What a bill has to tell beside its numbers, the patient's rights first."""
    said = [_assistance(contact), DISPUTE_INSURED if insured else _estimate(estimate)]
    if protected:
        said.append(SURPRISE)
    if refund:
        said.append(
            f"You have paid {money(refund)} more than you owe. It is yours: we send it back to you, or tell us which "
            "other bill of yours it should pay."
        )
    return tuple(said)


def _assistance(contact: BillContact | None) -> str:
    """With the telephone and the page, as the notice has to have them where the hospital has told them."""
    if contact is None:
        return FINANCIAL_ASSISTANCE
    where = contact.assistance_web and f" The policy is at {contact.assistance_web}."
    return f"{FINANCIAL_ASSISTANCE} Call {telephone(contact.phone)}.{where or ''}"


def _estimate(estimate: BillEstimate | None) -> str:
    if estimate is None:
        return DISPUTE_ESTIMATE
    given = f" on {in_words(estimate.given)}" if estimate.given is not None else ""
    known = f"You were given an estimate of {money(estimate.cents)}{given}."
    if not estimate.disputable:
        return f"{known} {DISPUTE_ESTIMATE}"
    return (
        f"{known} This bill is {money(estimate.above_cents)} above it, which is 400 dollars or more: you may dispute "
        "it within 120 days of receiving it, at www.cms.gov/nosurprises. Until that is decided we may not collect "
        "it, nor charge you late fees, nor act against you for disputing it."
    )


def money(cents: Cents) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def in_words(day: Day) -> str:
    """As a letter has it: March 2, 2026."""
    return f"{day:%B} {day.day}, {day.year}"


def telephone(digits: str) -> str:
    """Ten digits as one reads them out."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else digits


def listed(words: Iterator[str | None]) -> str:
    """What is known of several things, on one line."""
    return ", ".join(word for word in words if word)
