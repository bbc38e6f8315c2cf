"""What the rules ask of partners.yaml: what is broken is named with its mend, what is right is read."""

from datetime import date
from time import perf_counter

import pytest

from claims.partner_fields import Enrolment, member_id_pattern
from claims.partners import Partners, parse_partners
from claims.reference import BadReference

PAYER, MB = "    filing_indicator: CI\n", "    filing_indicator: MB\n"
GENERAL, GROUP = "    accept_encoder: true\n", '        npi: "1999000114"\n'
PERSON = "name: {family: Lim, given: Davis}"
COMMERCIAL, MEDICARE, MERCY = "payers.commercial", "payers.medicare", "hospitals.mercy-general"
BROKEN = [
    # reason, after which line, what is written, field, part of the mend
    ("anything, in any number", PAYER, "    member_id: '.*'\n", f"{COMMERCIAL}.member_id", "a shape such as"),
    ("repeats without an end", PAYER, "    member_id: '[A-Z]+'\n", f"{COMMERCIAL}.member_id", "a shape such as"),
    ("a group", PAYER, "    member_id: '(AB){2}'\n", f"{COMMERCIAL}.member_id", "a shape such as"),
    ("small letters", PAYER, "    member_id: 'abc[0-9]{4}'\n", f"{COMMERCIAL}.member_id", "a shape such as"),
    ("an escape", PAYER, "    member_id: '\\d{9}'\n", f"{COMMERCIAL}.member_id", "a shape such as"),
    ("half a shape", PAYER, "    member_id: 'A{2}|'\n", f"{COMMERCIAL}.member_id", "a shape such as"),
    ("no shape", PAYER, "    member_id: ''\n", f"{COMMERCIAL}.member_id", "a shape such as"),
    ("too long", PAYER, f"    member_id: '{'A' * 201}'\n", f"{COMMERCIAL}.member_id", "a shape such as"),
    ("a range backwards", PAYER, "    member_id: '[Z-A]'\n", f"{COMMERCIAL}.member_id", "not a shape"),
    ("counts backwards", PAYER, "    member_id: 'A{3,2}'\n", f"{COMMERCIAL}.member_id", "not a shape"),
    (
        "four parts of any length",
        PAYER,
        "    member_id: 'A{1,9}B{1,9}C{1,9}D?'\n",
        f"{COMMERCIAL}.member_id",
        "at most 3 parts",
    ),
    ("negative days", PAYER, "    eligibility_days: -1\n", f"{COMMERCIAL}.eligibility_days", "greater than"),
    ("no code", MB, "    requires_authorization: ['12']\n", f"{MEDICARE}.requires_authorization.0", "012x"),
    (
        "a series of ten",
        MB,
        "    requires_authorization: ['01xx']\n",
        f"{MEDICARE}.requires_authorization",
        "012x",
    ),
    ("a class of none", PAYER, "    requires_referral: [clinic]\n", f"{COMMERCIAL}.requires_referral", "ambulatory"),
    ("weeks", PAYER, "    splits: [week]\n", f"{COMMERCIAL}.splits", "'month'"),
    ("yes is no word here", PAYER, "    requires_clia: 1\n", f"{COMMERCIAL}.requires_clia", "boolean"),
    ("an id of the wrong shape", GROUP, "        enrolments: {}\n        CLIA: x\n", MERCY, "no such field"),
    (
        "a payer who is none",
        GENERAL,
        "    enrolments: {nobody: []}\n",
        f"{MERCY}.enrolments.nobody",
        "known: commercial",
    ),
    (
        "a payer of a group who is none",
        GROUP,
        "        enrolments: {nobody: []}\n",
        f"{MERCY}.billing_entities.mercy-physicians.enrolments.nobody",
        "known: commercial",
    ),
    (
        "an end before its beginning",
        GENERAL,
        "    enrolments: {commercial: [{since: 2026-01-02, until: 2026-01-01}]}\n",
        f"{MERCY}.enrolments.commercial.0",
        "`until` is before `since`",
    ),
    (
        "more days than a calendar has",
        PAYER,
        "    days_after_answer: 1000000000\n",
        "payers.commercial.days_after_answer",
        "less than or equal to",
    ),
    (
        "an address to pay to that no claim can say",
        GENERAL,
        "    pay_to: {lines: [PO Box 1], city: Springfield}\n",
        f"{MERCY}.pay_to",
        "`postal_code`",
    ),
    (
        "a state in words",
        GENERAL,
        "    pay_to: {lines: [PO Box 1], city: Springfield, state: Massachusetts, postal_code: '01101'}\n",
        f"{MERCY}.pay_to",
        "two letters",
    ),
    (
        "an address without its street or box",
        GENERAL,
        "    pay_to: {lines: [], city: Springfield, state: MA, postal_code: '01101'}\n",
        f"{MERCY}.pay_to",
        "`lines`",
    ),
    (
        "two discounts of one day",
        GENERAL,
        "    self_pay_discounts: [{since: 2026-01-01, cents: 5}, {since: 2026-01-01, cents: 6}]\n",
        f"{MERCY}.self_pay_discounts",
        "two begin on one day",
    ),
    ("a list that is none", GENERAL, "    self_pay_discounts: 40\n", f"{MERCY}.self_pay_discounts", "a list is wanted"),
    ("an entry that is none", GENERAL, "    pay_to: PO Box 7\n", f"{MERCY}.pay_to", "fields and values are wanted"),
]


@pytest.mark.parametrize(
    ("after", "written", "field", "mend"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_what_a_rule_asks_of_an_entry_is_read_strictly(
    partners_text: str, after: str, written: str, field: str, mend: str
) -> None:
    assert after in partners_text

    with pytest.raises(BadReference) as caught:
        parse_partners(partners_text.replace(after, after + written, 1), "partners.yaml")

    assert caught.value.field.startswith(field)
    assert mend in caught.value.mend


def test_a_payer_of_a_practitioner_who_is_none_is_named_in_the_roster(partners_text: str) -> None:
    broken = partners_text.replace(PERSON, f"{PERSON}, enrolments: {{nobody: []}}", 1)

    with pytest.raises(BadReference, match=r"roster\.DR-CA-001\.enrolments\.nobody: no such payer"):
        parse_partners(broken, "partners.yaml")


def test_a_clia_number_has_ten_characters_the_third_of_them_d(partners_text: str) -> None:
    with pytest.raises(BadReference, match=r"mercy-general\.clia"):
        parse_partners(partners_text.replace('"00D0000001"', '"0000000001"', 1), "partners.yaml")


def test_a_series_of_revenue_codes_is_one_item(partners_text: str) -> None:
    written = f"{PAYER}    requires_authorization: [E0601, '0360', 012x]\n"
    text = partners_text.replace("    requires_authorization: [E0601]\n", "").replace(PAYER, written, 1)

    assert parse_partners(text, "partners.yaml").payer("commercial").authorized == {"E0601", "0360", "012"}


def test_a_payer_who_tells_no_shape_knows_every_id(partners: Partners) -> None:
    assert partners.payer("commercial").knows("anything at all")


def test_both_days_of_an_enrolment_count() -> None:
    spring = Enrolment(since=date(2026, 3, 1), until=date(2026, 5, 31))
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 31), date(2026, 6, 1))

    assert [spring.holds(day) for day in days] == [False, True, True, False]
    assert Enrolment(since=date(2026, 3, 1)).holds(date(2099, 1, 1))


def test_no_member_id_makes_a_shape_slow() -> None:
    shape = member_id_pattern("[A-Z0-9]{0,64}[A-Z0-9]{0,64}[A-Z0-9]{0,64}-")  # as open as a shape can be
    begun = perf_counter()

    assert shape.fullmatch("A" * 64) is None

    assert perf_counter() - begun < 1
