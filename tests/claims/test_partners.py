"""partners.yaml: what is committed is whole, and what is broken is named by file, line, column and mend."""

from datetime import date

import pytest

from claims.partner_fields import has_check_digit
from claims.partners import Partners, UnknownPartner, parse_partners
from claims.reference import BadReference

BROKEN = [
    # reason, what is committed, what is written instead, field, part of the mend
    ("a digit of the NPI is wrong", '"1234567893"', '"1234567890"', "hospitals.mercy-general.npi", "check digit"),
    ("no such place", "America/New_York", "America/Gotham", "hospitals.mercy-general.time_zone", "not a time zone"),
    (
        "bills for an entity that is not there",
        "billing_entity: mercy-physicians}",
        "billing_entity: nobody}",
        "hospitals.mercy-general.roster.DR-CA-001.billing_entity",
        "known: mercy-general, mercy-physicians",
    ),
    ("YAML reads digits as a number", 'tax_id: "000000101"', "tax_id: 101", "hospitals.mercy-general.tax_id", "quotes"),
    ("a kind we don't have", "kind: business", "kind: shop", "payers.workers-compensation.kind", "insurer"),
    (
        "a path that leads out of the folder",
        "chargemaster: mercy-general.csv",
        "chargemaster: ../../../../etc/passwd",
        "hospitals.mercy-general.chargemaster",
        "bare name of a file",
    ),
    ("left out", "    filing_indicator: CI\n", "", "payers.commercial.filing_indicator", "missing"),
    ("misspelt", "    accept_encoder:", "    accept_encode:", "hospitals.mercy-general.accept_encode", "no such field"),
    ("an id twice", "  employer:\n", "  commercial:\n", "payers.commercial", "twice"),
    (
        "a payer that is not there",
        "[medicare, medicaid]",
        "[medicare, medicade]",
        "hospitals.mercy-general.coverage_map.Organization/payer-CMS-DUAL.1",
        "known: commercial",
    ),
    (
        "a price list of a payer that is not there",
        "    accept_encoder:",
        "    price_lists: {nobody: contract}\n    accept_encoder:",
        "hospitals.mercy-general.price_lists.nobody",
        "known: commercial",
    ),
    (
        "an id that can't be part of a topic",
        "  st-anna:\n    name",
        "  St_Anna:\n    name",
        "hospitals.St_Anna",
        "match",
    ),
    ("an id of a hospital", "  commercial:\n", "  riverside:\n", "payers.riverside", "a hospital has this id too"),
    (
        "a rule that is none",
        "    filing_indicator: CI\n",
        "    filing_indicator: CI\n    rules: {N99: {mode: 'off', since: 2026-01-01}}\n",
        "payers.commercial.rules.N99",
        "known: $2, B1",
    ),
    (
        "a rule that no payer turns off",
        "    filing_indicator: CI\n",
        "    filing_indicator: CI\n    rules: {X17: {mode: 'off', since: 2026-01-01}}\n",
        "payers.commercial.rules.X17",
        "no rule that can be set",
    ),
    (
        "a hospital's question of a payer",
        "    filing_indicator: CI\n",
        "    filing_indicator: CI\n    rules: {Q-VALIDITY: {mode: 'on', since: 2026-01-01}}\n",
        "payers.commercial.rules.Q-VALIDITY",
        "no rule that can be set",
    ),
    (
        "a question that every claim needs",
        "    rules: {D4: ",
        "    rules: {Q-NAME: {mode: 'off', since: 2026-01-01}, D4: ",
        "hospitals.mercy-general.rules.Q-NAME",
        "Q-VALIDITY",
    ),
    ("not YAML", "hospitals:", "hospitals: [", "yaml", "expected"),
]


@pytest.mark.parametrize(
    ("written", "instead", "field", "mend"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_broken_entry_names_file_field_and_mend(
    partners_text: str, written: str, instead: str, field: str, mend: str
) -> None:
    assert written in partners_text

    with pytest.raises(BadReference) as caught:
        parse_partners(partners_text.replace(written, instead, 1), "partners.yaml")

    assert caught.value.file == "partners.yaml"
    assert caught.value.field.startswith(field)
    assert mend in caught.value.mend


def test_a_broken_entry_is_named_by_line_and_column(partners_text: str) -> None:
    line = next(n for n, text in enumerate(partners_text.splitlines(), start=1) if "America/Chicago" in text)
    broken = partners_text.replace("America/Chicago", "Mars/Base")

    with pytest.raises(BadReference) as caught:
        parse_partners(broken, "partners.yaml")

    assert (caught.value.line, caught.value.column) == (line, len("    time_zone: ") + 1)


def test_an_unknown_rule_is_named_by_its_own_line(partners_text: str) -> None:
    setting = "{mode: warn, since: 2026-01-01}"
    rules = f"    filing_indicator: CI\n    rules:\n      N4: {setting}\n      N99: {setting}\n"
    broken = partners_text.replace("    filing_indicator: CI\n", rules, 1)
    line = next(n for n, text in enumerate(broken.splitlines(), start=1) if "N99:" in text)

    with pytest.raises(BadReference) as caught:
        parse_partners(broken, "partners.yaml")

    assert (caught.value.line, caught.value.column) == (line, 7)


def test_a_day_that_is_none_is_named_by_line_and_column(partners_text: str) -> None:
    written = "    filing_indicator: CI\n    rules: {D4: {mode: on, since: 2026-13-01}}\n"
    broken = partners_text.replace("    filing_indicator: CI\n", written, 1)
    line = next(n for n, text in enumerate(broken.splitlines(), start=1) if "2026-13-01" in text)

    with pytest.raises(BadReference) as caught:
        parse_partners(broken, "partners.yaml")

    assert (caught.value.line, caught.value.column) == (line, 35)


def test_a_missing_field_is_placed_at_the_entry_that_lacks_it(partners_text: str) -> None:
    line = next(n for n, text in enumerate(partners_text.splitlines(), start=1) if text == "  commercial:")

    with pytest.raises(BadReference) as caught:
        parse_partners(partners_text.replace("    filing_indicator: CI\n", ""), "partners.yaml")

    assert (caught.value.line, caught.value.column) == (line, 3)


@pytest.mark.parametrize("text", ["", "- a list\n", "just words\n", "hospitals: {}\npayers: {}\n", "\x00"])
def test_a_file_that_is_no_partners_file_stops_the_start(text: str) -> None:
    with pytest.raises(BadReference):
        parse_partners(text, "partners.yaml")


@pytest.mark.parametrize(
    "text",
    ["hospitals: 7\npayers: {}\n", "hospitals:\n  a: 1\npayers: [x]\n", "? [a, b]\n: 1\n", "hospitals: &a\n  b: *a\n"],
)
def test_a_file_of_another_shape_stops_the_start_without_a_crash(text: str) -> None:
    with pytest.raises(BadReference):
        parse_partners(text, "partners.yaml")


def test_an_unknown_hospital_is_answered_with_the_known_ones(partners: Partners) -> None:
    with pytest.raises(UnknownPartner, match="unknown hospital; known: mercy-general, riverside, st-anna"):
        partners.hospital("mercy")


def test_an_unknown_payer_is_answered_with_the_known_ones(partners: Partners) -> None:
    with pytest.raises(UnknownPartner, match="unknown payer; known: commercial, employer, medicaid"):
        partners.payer("bluecross")


def test_three_hospitals_and_six_payers_and_the_patient_are_committed(partners: Partners) -> None:
    kinds = sorted(payer.kind for payer in partners.payers.values())

    assert len(partners.hospitals) == 3
    assert kinds == ["business", "business", "insurer", "insurer", "insurer", "insurer", "patient"]


def test_one_hospital_holds_its_ambulatory_bills(partners: Partners) -> None:
    held = {hospital.id: hospital.hold_days("ambulatory") for hospital in partners.hospitals.values()}

    assert held == {"mercy-general": 3, "st-anna": 0, "riverside": 0}


def test_medicare_takes_replacements_of_institutional_claims_only(partners: Partners) -> None:
    medicare = partners.payer("medicare")

    assert (medicare.accepts("professional"), medicare.accepts("institutional")) == (False, True)


def test_a_payers_rule_counts_from_its_date(partners_text: str) -> None:
    rule = "    filing_indicator: CI\n    rules: {N4: {mode: warn, since: 2026-01-01}}\n"
    payer = parse_partners(partners_text.replace("    filing_indicator: CI\n", rule), "partners.yaml").payer(
        "commercial"
    )

    assert payer.rule_mode("N4", date(2025, 12, 31)) is None
    assert payer.rule_mode("N4", date(2026, 1, 1)) == "warn"


@pytest.mark.parametrize(
    ("npi", "passes"),
    [("1234567893", True), ("1245319599", True), ("1234567890", False), ("0000000000", False)],
)
def test_the_check_digit_of_an_npi_is_luhns_over_80840(npi: str, passes: bool) -> None:
    assert has_check_digit(npi) is passes


def test_brackets_in_brackets_are_named_by_their_line() -> None:
    with pytest.raises(BadReference, match="32 deep at most") as caught:
        parse_partners("payers: {}\nhospitals: " + "[" * 5_000, "partners.yaml")
    assert caught.value.line == 2


def test_aliases_of_aliases_are_counted_and_not_written_out() -> None:
    doubled = [f"  a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 31)]
    with pytest.raises(BadReference, match="once its aliases are written out") as caught:
        parse_partners("\n".join(["hospitals:", "  a0: &a0 [x, x]", *doubled]), "partners.yaml")
    assert caught.value.line > 2


def test_merges_of_merges_are_counted_and_not_written_out() -> None:
    doubled = [f"  a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 31)]
    with pytest.raises(BadReference, match="once its aliases are written out"):
        parse_partners("\n".join(["hospitals:", "  a0: &a0 {x: y}", *doubled]), "partners.yaml")


def test_an_alias_that_contains_itself_is_refused() -> None:
    with pytest.raises(BadReference, match="contains itself"):
        parse_partners("hospitals: &here {a: [*here]}\n", "partners.yaml")
