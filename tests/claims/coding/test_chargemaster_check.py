"""The check of a chargemaster's file: all that is wrong at once, each in its cell, and nothing else."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.chargemaster import parse_chargemaster
from claims.chargemaster_check import Checked, check_chargemaster
from claims.codesets.dated import DatedTables, open_tables
from claims.codesets.dated_build import compile_tables, release
from claims.codesets.dated_rows import Term
from claims.reference import BadReference
from tests.claims.coding.given_charges import DRUG, HEADER, TEST, file_of, row

NO_TABLES = DatedTables(())


def check(*rows: str, tables: DatedTables = NO_TABLES) -> Checked:
    return check_chargemaster(file_of(*rows), "x.csv", tables)


def told(checked: Checked) -> list[tuple[int, str, bool]]:
    return [(flaw.line, flaw.field, flaw.grave) for flaw in checked.flaws]


FOUND = [
    # reason, rows, line, field and gravity of each flaw
    ("one row", (row(),), []),
    ("a new price on the day after the old one", (row(end="2025-12-31"), row(start="2026-01-01")), []),
    ("the same row twice", (row(), row()), [(3, "start", True)]),
    ("a price that overlaps the older one", (row(), row(start="2026-01-01", price_cents="1")), [(3, "start", True)]),
    ("one day in common", (row(end="2026-01-01"), row(start="2026-01-01")), [(3, "start", True)]),
    ("a long row over two later ones", (row(), row(start="2025-02-01", end="2025-02-28"), row(start="2025-03-01")),
     [(3, "start", True), (4, "start", True)]),
    ("a row over the days between two others is no gap",
     (row(end="2025-12-31"), row(start="2025-02-01", end="2025-02-28"), row(start="2026-01-01")), [(3, "start", True)]),
    ("a year over two of its months",
     (row(end="2025-12-31"), row(start="2025-02-01", end="2025-02-28"), row(start="2025-05-01", end="2025-05-31"),
      row(start="2026-01-01")), [(3, "start", True), (4, "start", True)]),
    ("the later row stands first", (row(start="2026-01-01"), row()), [(3, "start", True)]),
    ("a day without a price", (row(end="2025-12-30"), row(start="2026-01-01")), [(3, "start", True)]),
    ("a day without a price in a payer's list",
     (row(price_list="a", end="2025-12-30"), row(price_list="a", start="2026-01-01")), [(3, "start", False)]),
    ("another list, component or system is another service",
     (row(), row(price_list="a"), row(component="professional"), row(TEST, system="local")), []),
    ("nothing follows", (row(end="2025-12-31"),), [(2, "end", False)]),
    ("a drug without units", (row(DRUG, unit="", per_unit=""),), [(2, "per_unit", False)]),
    ("a drug that has no billing code", (row(DRUG, unit="", per_unit="", hcpcs=""),), []),
    ("a unit that nothing is counted in", (row(unit="mg"),), [(2, "unit", False)]),
    ("two cells of a row", (row(price_cents="x", revenue_code="301"),),
     [(2, "revenue_code", True), (2, "price_cents", True)]),
    ("a row that can't be read says nothing of its period", (row(), row(price_cents="x")), [(3, "price_cents", True)]),
    ("a cell too many, and a quote", (row() + ",", row(description='"x')), [(2, "row", True), (3, "row", True)]),
    ("a comment and an empty line", ("# prices", "", row()), []),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "flaws"), [r[1:] for r in FOUND], ids=[r[0] for r in FOUND])
def test_each_flaw_is_told_in_its_cell(rows: tuple[str, ...], flaws: list[tuple[int, str, bool]]) -> None:
    assert told(check(*rows)) == flaws


def test_a_flaw_names_the_column_at_which_its_cell_begins() -> None:
    broken = row(price_cents="x")
    (flaw,) = check(broken).flaws

    assert broken[flaw.column - 1] == "x"


def test_a_gap_says_which_days_have_no_price() -> None:
    (flaw,) = check(row(end="2025-11-30"), row(start="2026-01-01")).flaws

    assert flaw.what == "a gap from 2025-12-01 to 2025-12-31 after line 2"


def test_only_what_is_wrong_makes_a_file_unsound() -> None:
    assert (check(row(end="2025-12-31")).sound, check(row(), row()).sound) == (True, False)


HEADERS = [
    # reason, header
    ("a missing column", HEADER.replace("price_cents,", "")),
    ("a changed name", HEADER.replace("hcpcs", "cpt_hcpcs")),
    ("semicolons", HEADER.replace(",", ";")),
    ("a column twice", f"{HEADER},waste"),
    ("nothing at all", ""),
]


@pytest.mark.parametrize("header", [r[1] for r in HEADERS], ids=[r[0] for r in HEADERS])
def test_a_header_that_is_none_is_the_one_thing_told(header: str) -> None:
    checked = check_chargemaster(f"{header}\n{row()}", "x.csv", NO_TABLES)

    assert (checked.rows, [(flaw.line, flaw.grave) for flaw in checked.flaws]) == (0, [(1, True)])


def test_every_missing_column_is_named() -> None:
    (flaw,) = check_chargemaster("system,code\n", "x.csv", NO_TABLES).flaws

    assert "price_cents, component" in flaw.mend


def test_spaces_around_cells_are_none_of_them() -> None:
    assert check(row().replace(",", " , ")).flaws == ()


days = st.dates(date(2025, 1, 1), date(2025, 1, 20))


@given(st.lists(st.tuples(days, st.integers(0, 6), st.booleans()), min_size=1, max_size=8))
def test_a_file_is_unsound_for_its_overlaps_exactly_when_the_start_refuses_it(
    spans: list[tuple[date, int, bool]],
) -> None:
    rows = [
        row(start=str(first), end="" if is_open else str(first + timedelta(days=length)))
        for first, length, is_open in spans
    ]
    overlaps = any(" line " in flaw.what and "gap" not in flaw.what for flaw in check(*rows).flaws)
    try:
        parse_chargemaster(file_of(*rows), "x.csv")
    except BadReference:
        refused = True
    else:
        refused = False

    assert overlaps == refused


NEW_YEAR = date(2026, 1, 1)
HCPCS = Term("P2028", "a test", date(2025, 1, 1), date(2025, 12, 31))

DEAD = [
    # reason, row, the table and its one entry, the days of which it speaks, field and day told
    ("valid all the time", row(end="2025-12-31"), ("hcpcs", HCPCS), (None, None), None),
    ("the row outlives the code", row(), ("hcpcs", HCPCS), (None, None), ("hcpcs", NEW_YEAR)),
    ("on the last day it is valid", row(end="2025-12-31"), ("hcpcs", HCPCS), (None, None), None),
    ("the row is older than the code", row(start="2024-12-31", end="2025-12-31"), ("hcpcs", HCPCS), (None, None),
     ("hcpcs", date(2024, 12, 31))),
    ("of days without a release nothing is known", row(), ("hcpcs", HCPCS),
     (date(2025, 1, 1), date(2025, 12, 31)), None),
    ("a code that never was", row(hcpcs="P2029"), ("hcpcs", HCPCS), (None, None), ("hcpcs", date(2025, 1, 1))),
    ("five digits are in no table of ours", row(hcpcs="0" * 5), ("hcpcs", HCPCS), (None, None), None),
    ("only a revenue code", row(hcpcs=""), ("hcpcs", HCPCS), (None, None), None),
    ("an unknown modifier", row(modifiers="LT;ZZ"), ("modifiers", Term("LT", "left", date(2000, 1, 1))), (None, None),
     ("modifiers", date(2025, 1, 1))),
    ("an unknown modifier of a rule", row(modifier_rules="left:LT;right:ZZ"),
     ("modifiers", Term("LT", "left", date(2000, 1, 1))), (None, None), ("modifier_rules", date(2025, 1, 1))),
    ("an unknown revenue code", row(), ("revenue-codes", Term("0300", "laboratory", date(2000, 1, 1))), (None, None),
     ("revenue_code", date(2025, 1, 1))),
    ("another table says nothing of it", row(), ("place-of-service", Term("11", "office", date(2000, 1, 1))),
     (None, None), None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "entry", "spoken", "flaw"), [r[1:] for r in DEAD], ids=[r[0] for r in DEAD])
def test_a_code_must_be_valid_on_every_day_of_its_row(
    line: str, entry: tuple[str, Term], spoken: tuple[date | None, date | None], flaw: tuple[str, date] | None
) -> None:
    table, term = entry
    loaded = release(table, [term], first=spoken[0], last=spoken[1])

    found = [(f.field, f.what) for f in check(line, tables=open_tables(compile_tables([loaded]))).flaws if f.grave]

    assert found == ([] if flaw is None else [(flaw[0], f"no such code in the table {table} on {flaw[1]}")])


def test_a_code_that_a_newer_release_drops_is_dead_from_then_on() -> None:
    for_ever = Term("P2028", "a test", date(2020, 1, 1))
    older = release("hcpcs", [for_ever])
    newer = release("hcpcs", [Term("P2029", "another", NEW_YEAR)], released=NEW_YEAR, first=NEW_YEAR)

    (flaw,) = check(row(), tables=open_tables(compile_tables([older, newer]))).flaws

    assert flaw.what == "no such code in the table hcpcs on 2026-01-01"


def test_a_tab_within_quotes_is_named_in_its_cell() -> None:
    broken = row(description='"a, b"', department='"a\tb"')
    (flaw,) = check(broken).flaws

    assert (flaw.line, flaw.field, broken[flaw.column - 1 :][:4]) == (2, "department", '"a\tb')
    assert flaw.mend == "no tab or other control character within a cell"
