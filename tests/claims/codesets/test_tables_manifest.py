"""tables.yaml: which files are which tables, when we learned them, and what is refused with line and column."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from claims.codesets.dated import DatedTables, open_tables
from claims.codesets.dated_build import compile_tables
from claims.codesets.lists import shipped
from claims.codesets.tables_file import parse_manifest, releases
from claims.reference import BadReference

FILES = Path(__file__).parent / "files"
TEXT = (FILES / "tables.yaml").read_text(encoding="utf-8")
MAY, JULY = date(2026, 5, 1), date(2026, 7, 1)


def lines(name: str) -> Iterator[bytes]:
    with (FILES / name).open("rb") as opened:
        yield from opened


@pytest.fixture(scope="module")
def tables() -> DatedTables:
    entries = parse_manifest(TEXT)
    sums = {name: "0" * 64 for entry in entries for name in entry.file}
    return open_tables(compile_tables((*shipped(), *releases(entries, lines, sums))))


def test_every_table_of_the_folder_is_there(tables: DatedTables) -> None:
    named = ("ptp-practitioner", "ptp-outpatient", "mue-practitioner", "mue-outpatient", "mue-dme", "add-on", "hcpcs")
    assert all(tables.has(name) for name in (*named, "modifiers", "necessity", "revenue-codes"))


def test_the_parts_of_a_release_are_one_table(tables: DatedTables) -> None:
    assert tables.pair("practitioner", "A4217", "A4216", MAY)
    assert tables.pair("practitioner", "J1100", "J1094", MAY)


def test_a_quarter_of_limits_is_followed_by_the_next(tables: DatedTables) -> None:
    found = [tables.unit_limit("practitioner", "A4217", day) for day in (date(2026, 3, 31), MAY, JULY)]
    assert [limit.units if limit else None for limit in found] == [None, 5, 4]


def test_a_code_that_the_next_quarter_drops_is_unknown_from_then(tables: DatedTables) -> None:
    found = [tables.unit_limit("practitioner", "P2028", day) for day in (MAY, JULY)]
    assert [limit is None for limit in found] == [False, True]


def test_before_the_next_quarter_was_published_the_last_one_goes_on(tables: DatedTables) -> None:
    limit = tables.as_known(date(2026, 5, 28)).unit_limit("practitioner", "P2028", JULY)
    assert limit is not None


def test_a_list_of_the_users_comes_before_ours_and_adds_to_it(tables: DatedTables) -> None:
    found = [tables.term("revenue-codes", code, MAY) for code in ("0450", "0161", "0510")]
    assert [term.title for term in found if term] == ["our emergency room", "hospital care at home", "clinic"]


def test_a_modifier_of_cms_comes_before_ours(tables: DatedTables) -> None:
    found = [tables.term("modifiers", code, MAY) for code in ("RT", "59")]
    assert [term.title.split()[0] for term in found if term] == ["Right", "apart"]


ENTRY = "tables:\n  - kind: {kind}\n    file: x.txt\n    released: 2026-05-29\n    source: words\n"
PTP = ENTRY.format(kind="ptp") + "    setting: practitioner\n"
MUE = ENTRY.format(kind="mue") + "    setting: dme\n"
BROKEN = [
    # reason, document, where and what
    ("no tables", "tables: []\n", "tables.yaml:1:1 tables"),
    ("another key at the top", "table: []\n", "tables.yaml:1:1 tables"),
    ("an unknown kind", ENTRY.format(kind="cdt"), "tables.yaml:2:11 tables.0.kind"),
    ("an unknown key", PTP + "    frm: 2026-01-01\n", "tables.yaml:7:10 tables.0.frm"),
    (
        "pairs without a setting",
        ENTRY.format(kind="ptp"),
        "tables.yaml:2:5 tables.0.setting: one of practitioner, outp",
    ),
    ("pairs of suppliers", PTP.replace("practitioner", "dme"), "tables.yaml:6:14 tables.0.setting: one of"),
    ("a setting too many", ENTRY.format(kind="hcpcs") + "    setting: dme\n", "tables.yaml:6:14 tables.0.setting"),
    ("limits without a quarter", MUE, "tables.yaml:2:5 tables.0.from: the first day"),
    ("codes without a release", ENTRY.format(kind="icd-10-pcs"), "tables.yaml:2:5 tables.0.from: the first day"),
    ("a day that is none", PTP.replace("2026-05-29", "soon"), "tables.yaml:4:15 tables.0.released"),
    (
        "days the wrong way",
        MUE + "    from: 2026-07-01\n    to: 2026-06-30\n",
        "tables.yaml:8:9 tables.0.to: not before",
    ),
    ("no source", PTP.replace("    source: words\n", ""), "tables.yaml:2:5 tables.0.source"),
    ("a file of another folder", PTP.replace("x.txt", "../x.txt"), "tables.yaml:3:11 tables.0.file"),
    ("a file twice", PTP.replace("x.txt", "[x.txt, x.txt]"), "tables.yaml:3:5 tables.0.file: a file stands"),
    ("no file", PTP.replace("x.txt", "[]"), "tables.yaml:3:5 tables.0.file"),
    ("two releases on one day", PTP + PTP.removeprefix("tables:\n"), "tables.yaml:9:15 tables.1.released: another"),
    (
        "modifiers from two files of one day",
        ENTRY.format(kind="hcpcs") + ENTRY.format(kind="modifiers").removeprefix("tables:\n"),
        "tables.yaml:8:15 tables.1.released: another",
    ),
    ("no YAML", "tables: [\n", "tables.yaml:2:1 yaml"),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_what_is_broken_is_named_by_line_and_column(text: str, said: str) -> None:
    with pytest.raises(BadReference) as refused:
        parse_manifest(text)
    assert said in str(refused.value)


def test_two_quarters_learned_on_one_day_are_no_fault() -> None:
    second = MUE.removeprefix("tables:\n") + "    from: 2026-07-01\n"
    assert len(parse_manifest(MUE + "    from: 2026-04-01\n    to: 2026-06-30\n" + second)) == 2


def test_overlapping_rows_are_named_by_the_part_and_the_line_they_stand_in() -> None:
    """The same pair in two parts of a release: the later row is at fault."""
    doubled = TEXT.replace("ccioph-v322r0-f1.txt", "[ccipra-v322r0-f2.txt, ccipra-v322r0-f1.txt, more.txt]")

    def given(name: str) -> Iterator[bytes]:
        return lines("ccipra-v322r0-f2.txt" if name == "more.txt" else name)

    entries = parse_manifest(doubled)
    sums = {name: "0" * 64 for entry in entries for name in entry.file}
    with pytest.raises(BadReference, match=r"more\.txt:7:1 dates: the same entry is valid twice"):
        compile_tables(releases(entries, given, sums))
