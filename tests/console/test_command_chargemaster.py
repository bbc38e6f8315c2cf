"""`claimstream chargemaster check`: what a person and a machine are told, and the exit status."""

from datetime import date
from pathlib import Path

import pytest

from claims.codesets.dated_build import compile_tables, release
from claims.codesets.dated_rows import Term
from tests.claims.coding.given_charges import file_of, row
from tests.console.conftest import Terminal
from tests.pipeline import ROOT

COMMITTED = sorted((ROOT / "infra/kafka/chargemasters").glob("*.csv"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "prices.csv"


@pytest.mark.parametrize("committed", COMMITTED, ids=[path.stem for path in COMMITTED])
def test_what_is_committed_is_sound(alone: Terminal, committed: Path) -> None:
    done = alone.run("chargemaster", "check", committed)

    assert (done.exit_code, "0 errors, 0 warnings" in done.stdout) == (0, True)


def test_a_machine_is_told_file_line_column_field_what_and_mend(alone: Terminal, file: Path) -> None:
    file.write_text(file_of(row(), row(price_cents="x")))

    (found,) = alone.json("chargemaster", "check", file)["findings"]

    assert found == {
        "file": str(file),
        "line": 3,
        "column": row().index("2100") + 1,
        "field": "price_cents",
        "what": "can't be read",
        "mend": "whole cents, at most ten digits, without sign, point or separator: 12.50 is 1250",
        "severity": "error",
    }


STATUS = [
    # reason, what the file holds, exit status, words
    ("sound", file_of(row()).encode(), 0, "1 row, 0 errors, 0 warnings"),
    ("only doubtful", file_of(row(end="2025-12-31")).encode(), 0, "nothing follows this row"),
    ("a row twice", file_of(row(), row()).encode(), 1, "repeats line 2"),
    ("latin-1", file_of(row(), row(code="x", description="Ménière")).encode("latin-1"), 1, "save it as UTF-8"),
    ("UTF-16", file_of(row()).encode("utf-16"), 1, "save it as UTF-8"),
    ("with a byte order mark", file_of(row()).encode("utf-8-sig"), 0, "1 row, 0 errors"),
    ("lines of another system", file_of(row(), row(code="x")).replace("\n", "\r\n").encode(), 0, "2 rows, 0 errors"),
    ("a header and nothing below", file_of().encode(), 1, "no row below the header"),
    ("a header and comments", file_of("# prices", "").encode(), 1, "no row below the header"),
    ("empty", b"", 1, "the header lacks"),
]


@pytest.mark.parametrize(("held", "status", "words"), [r[1:] for r in STATUS], ids=[r[0] for r in STATUS])
def test_the_exit_status_is_1_only_when_something_is_wrong(
    alone: Terminal, file: Path, held: bytes, status: int, words: str
) -> None:
    file.write_bytes(held)

    done = alone.run("chargemaster", "check", file)

    assert (done.exit_code, words in done.stdout) == (status, True), done.stdout


def test_a_byte_that_is_no_utf_8_is_named_by_line_and_column(alone: Terminal, file: Path) -> None:
    broken = row(description="Ménière")
    file.write_bytes(file_of(row(), broken).encode("latin-1"))

    (found,) = alone.json("chargemaster", "check", file)["findings"]

    assert (found["line"], broken[found["column"] - 1]) == (3, "é")


def test_of_many_findings_the_first_hundred_are_shown_and_all_are_told_to_a_machine(
    alone: Terminal, file: Path
) -> None:
    file.write_text(file_of(*(row(price_cents="x") for _ in range(250))))

    assert "and 150 more" in alone.run("chargemaster", "check", file).stdout
    assert len(alone.json("chargemaster", "check", file)["findings"]) == 250


def test_a_file_that_is_not_there_is_an_error_of_the_command(alone: Terminal, file: Path) -> None:
    assert alone.run("chargemaster", "check", file).exit_code == 2


def test_codes_are_held_to_the_tables_that_were_compiled(alone: Terminal, file: Path, tmp_path: Path) -> None:
    file.write_text(file_of(row()))
    tables = tmp_path / "tables.bin"
    ended = Term("P2028", "a test", date(2020, 1, 1), date(2025, 12, 31))
    tables.write_bytes(compile_tables([release("hcpcs", [ended])]))

    done = alone.run("chargemaster", "check", file, "--tables", tables)

    assert (done.exit_code, "no such code in the table hcpcs on 2026-01-01" in done.stdout) == (1, True)


SHIPPED = [("modifiers", {"modifiers": "ZZ"}), ("revenue-codes", {"revenue_code": "0009"})]


@pytest.mark.parametrize(("table", "cells"), SHIPPED, ids=[each[0] for each in SHIPPED])
def test_codes_of_the_lists_that_ship_are_always_checked(
    alone: Terminal, file: Path, table: str, cells: dict[str, str]
) -> None:
    file.write_text(file_of(row(**cells)))

    done = alone.run("chargemaster", "check", file)

    assert (done.exit_code, f"no such code in the table {table}" in done.stdout) == (1, True)


def test_tables_that_are_named_and_are_not_there_are_an_error(alone: Terminal, file: Path, tmp_path: Path) -> None:
    file.write_text(file_of(row()))
    done = alone.run("chargemaster", "check", file, "--tables", tmp_path / "none.bin")
    assert (done.exit_code, "there is no file" in done.stderr) == (2, True)
