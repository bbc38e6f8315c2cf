"""A bill as a person reads it: one page of plain words, for print."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Final

from claims.bill_words import in_words, listed, money, telephone
from schemas.events.claim import BillContact, BillLine, PatientBill
from schemas.events.people import Address, Name

_WIDTH: Final = 78
_AMOUNT: Final = 14
_WORDS: Final = _WIDTH - _AMOUNT
_DISCOUNTS: Final = {"self-pay": "Our discount for care that no plan pays for"}


def page(bill: PatientBill, payers: Mapping[str, str]) -> Iterator[str]:
    """Its lines, in the order of a letter. `payers`: their names by id."""
    yield from _head(bill)
    yield from _services(bill)
    yield from _payers(bill, payers)
    yield from _share(bill)
    yield from _questions(bill.contact)
    yield ""
    yield "Your rights"
    for notice in bill.notices:
        yield from _wrapped(notice, _WIDTH, "  - ", "    ")


def _head(bill: PatientBill) -> Iterator[str]:
    yield bill.provider.name
    yield from _address(bill.provider.address)
    yield ""
    yield _name(bill.guarantor_name)
    yield from _address(bill.guarantor_address)
    yield ""
    yield f"Bill for account {bill.account_number}"
    if bill.revision > 1:
        yield f"This is bill number {bill.revision} of this care. It takes the place of the one before."
    patient = bill.patient.name
    if patient is not None:
        yield f"Patient: {_name(patient)}"
    yield f"Care {_span(bill)}"
    yield f"Please pay by {in_words(bill.due)}" if bill.owed_cents else "Nothing is to be paid"


def _span(bill: PatientBill) -> str:
    first, last = in_words(bill.statement_from), in_words(bill.statement_to)
    return f"on {first}" if first == last else f"from {first} to {last}"


def _services(bill: PatientBill) -> Iterator[str]:
    yield from _title("What was done")
    for line in bill.lines:
        yield from _row(_service(line), line.charge_cents)
    yield from _row("All charges", bill.total_charge_cents, total=True)


def _service(line: BillLine) -> str:
    code = "" if line.code is None or line.code in line.text else f" ({line.code})"
    return f"{in_words(line.service_from)}: {line.text}{code}"


def _payers(bill: PatientBill, names: Mapping[str, str]) -> Iterator[str]:
    if not bill.payers and not bill.not_billed:
        return
    yield from _title("What your plans paid and took off")
    for share in bill.payers:
        name = names.get(share.payer, share.payer)
        if not (share.paid_cents or share.adjusted_cents):
            yield f"  {name} paid nothing and took nothing off"
            continue
        yield from _row(f"{name} paid", -share.paid_cents)
        if share.adjusted_cents:
            yield from _row(f"{name} took off by its contract", -share.adjusted_cents)
    for kept in bill.not_billed:
        yield from _row(kept.text or "Not billed", -kept.cents)


def _share(bill: PatientBill) -> Iterator[str]:
    yield from _title("Your part, and why")
    for reason in bill.reasons:
        yield from _row(reason.text or reason.kind, reason.cents)
    for discount in bill.discounts:
        yield from _row(_DISCOUNTS[discount.kind], -discount.cents)
    if bill.patient_paid_cents:
        yield from _row("You have paid already", -bill.patient_paid_cents)
    if bill.refund_cents:
        yield from _row("We owe you", bill.refund_cents, total=True)
    else:
        yield from _row("You owe", bill.owed_cents, total=True)


def _questions(contact: BillContact | None) -> Iterator[str]:
    if contact is None:
        return
    yield from _title("Questions")
    told = listed(iter((telephone(contact.phone), contact.hours)))
    yield from _wrapped(f"Call {told}.", _WIDTH, "  ", "  ")
    if contact.web is not None:
        yield f"  See {contact.web}"


def _title(words: str) -> tuple[str, str]:
    return "", words


def _row(words: str, cents: int, *, total: bool = False) -> Iterator[str]:
    """Words to the left, over several lines where they are long, and the amount to the right of the last one."""
    if total:
        yield f"  {'-' * (_WIDTH - 2)}"
    *before, last = _wrapped(words, _WORDS - 4, "  ", "    ")
    yield from before
    yield f"{last:<{_WORDS}}{money(cents):>{_AMOUNT}}"


def _wrapped(words: str, width: int, first: str, others: str) -> list[str]:
    """An address of a page stays in one piece."""
    return textwrap.wrap(
        words, width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False, break_long_words=False
    )


def _name(name: Name) -> str:
    return " ".join(part for part in (name.given, name.middle, name.family, name.suffix) if part)


def _address(address: Address | None) -> Iterator[str]:
    if address is None:
        return
    yield from address.lines
    place = listed(iter((address.city, " ".join(part for part in (address.state, address.postal_code) if part))))
    if place:
        yield place
