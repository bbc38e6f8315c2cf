"""Tables in the shapes in which CMS publishes them: read as they are, or refused with file, line, column and mend."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.codesets.add_ons import read_add_ons
from claims.codesets.code_list import read_code_list
from claims.codesets.dated import DatedTables, open_tables
from claims.codesets.dated_build import Placed, Release, compile_tables
from claims.codesets.dated_rows import AddOn, Necessity, Pair, Row, Term, UnitLimit
from claims.codesets.hcpcs import read_hcpcs
from claims.codesets.icd_order import BILLABLE, HEADING, read_order
from claims.codesets.mue import read_unit_limits
from claims.codesets.necessity import read_necessity
from claims.codesets.ptp import read_pairs
from claims.reference import BadReference

FILES = Path(__file__).parent / "files"
SUMMER = date(2026, 7, 1)
Reader = Callable[[Iterable[bytes], str], Iterator[Placed]]


def limits(lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    return read_unit_limits(lines, file, "practitioner", SUMMER, None)


def procedures(lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    return read_hcpcs(lines, file, "hcpcs")


def exempt(lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    return read_code_list(lines, file, "poa-exempt")


def test_codes_exempt_from_present_on_admission_are_a_list() -> None:
    lines = [b"code,title,start,end\n", b"Z370,Single live birth,2025-10-01,\n"]
    assert [row for _, row in exempt(lines, "poa.csv")] == [Term("Z370", "Single live birth", date(2025, 10, 1))]


def test_an_exempt_code_stands_without_its_dot() -> None:
    with pytest.raises(BadReference, match="without its dot"):
        list(exempt([b"code,title,start,end\n", b"Z37.0,Single live birth,2025-10-01,\n"], "poa.csv"))


def departments(lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    return read_code_list(lines, file, "revenue-codes")


def diagnoses(lines: Iterable[bytes], file: str) -> Iterator[Placed]:
    return read_order(lines, file, "icd-10-cm", SUMMER, None)


ORDER = """\
00001 A00     0 Cholera                                                      Cholera
00002 A000    1 Cholera due to Vibrio cholerae 01                            Cholera due to Vibrio cholerae 01
"""
PTP, PTP_UTF8, AOC = "ccipra-v322r0-f1.txt", "ccipra-v322r0-f2.txt", "AOC_V2026Q3-MCR.txt"
MUE, HCPCS = "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", "HCPC2026_JUL_ANWEB.txt"


def read(reader: Reader, body: bytes, file: str = "x.txt") -> list[Row]:
    return [row for _, row in reader(body.splitlines(keepends=True), file)]


def of_file(reader: Reader, name: str) -> list[Row]:
    return read(reader, (FILES / name).read_bytes(), name)


def test_pairs_are_read_below_a_header_of_several_rows_in_latin_1() -> None:
    assert of_file(read_pairs, PTP) == [
        Pair("A4217", "A4216", 1, date(2020, 1, 1)),
        Pair("G0463", "G0380", 0, date(2019, 7, 1), date(2026, 3, 31)),
        Pair("G0463", "G0380", 1, date(2026, 4, 1)),
        Pair("G0463", "G0463", 9, date(1996, 1, 1), date(1996, 1, 1)),
    ]


def test_pairs_in_utf_8_with_spaces_behind_a_star_are_read_alike() -> None:
    assert of_file(read_pairs, PTP_UTF8)[0] == Pair("J1100", "J1094", 1, date(2021, 1, 1))


def test_pairs_below_a_header_of_one_row_are_read_alike() -> None:
    assert of_file(read_pairs, "ccioph-v322r0-f1.txt")[0] == Pair("G0463", "G0378", 1, date(2020, 1, 1))


def test_a_row_says_in_which_line_it_stands() -> None:
    assert [place for place, _ in read_pairs((FILES / PTP).open("rb"), PTP)] == [7, 8, 9, 10]


SAVED = [
    # reason, what was done to the file
    ("a byte order mark", lambda body: b"\xef\xbb\xbf" + body),
    ("line ends of Windows", lambda body: body.replace(b"\n", b"\r\n")),
    ("empty lines at the end", lambda body: body + b"\n\t\t\t\t\t\t\n"),
    ("an older notice of more lines", lambda body: b"A notice\nof more\nlines\n" + body),
    ("no last newline", lambda body: body.rstrip(b"\n")),
    ("columns in another order", lambda body: b"\n".join(swapped(line) for line in body.splitlines())),
]


def swapped(line: bytes) -> bytes:
    """Effective and deletion date change places, below their names."""
    cells = line.split(b"\t")
    return b"\t".join((*cells[:3], cells[4], cells[3], *cells[5:]))


@pytest.mark.parametrize("done", [row[1] for row in SAVED], ids=[row[0] for row in SAVED])
def test_pairs_that_were_saved_anew_are_read_alike(done: Callable[[bytes], bytes]) -> None:
    body = (FILES / PTP).read_bytes()
    assert read(read_pairs, done(body)) == read(read_pairs, body)


def test_a_code_of_level_i_is_read_where_a_user_has_it() -> None:
    body = (FILES / PTP).read_bytes().replace(b"A4217", b"0" * 5)
    assert read(read_pairs, body)[0] == Pair("0" * 5, "A4216", 1, date(2020, 1, 1))


def test_unit_limits_are_read_below_a_notice_and_a_head_over_two_lines() -> None:
    assert of_file(limits, MUE) == [
        UnitLimit("A4217", 4, 3, SUMMER),
        UnitLimit("J1100", 160, 3, SUMMER),
        UnitLimit("L1902", 2, 1, SUMMER),
    ]


def test_add_ons_are_read_with_days_of_the_year() -> None:
    begun = date(2013, 4, 1)
    assert of_file(read_add_ons, AOC) == [
        AddOn("G0379", frozenset({"G0378"}), 1, begun),
        AddOn("G0390", frozenset({"G0380"}), 1, begun),
        AddOn("G0390", frozenset({"G0381"}), 1, begun, date(2025, 12, 31)),
        AddOn("J1094", frozenset(), 2, begun),
        AddOn("P2029", frozenset({"P2028"}), 3, begun, date(2026, 3, 31)),
    ]


def test_the_contractor_record_is_read_with_text_over_lines_and_spaces_cut_off() -> None:
    found = {row.code: row for row in of_file(procedures, HCPCS) if isinstance(row, Term)}
    assert len(found) == 8
    assert found["L1902"].title.endswith("with or without joints, prefabricated, off-the-shelf")
    assert found["J1094"][2:] == (date(2003, 1, 1), date(2026, 3, 31), "D")


def test_the_modifiers_of_the_contractor_record_are_a_table_of_their_own() -> None:
    rows = [row for _, row in read_hcpcs((FILES / HCPCS).open("rb"), HCPCS, "modifiers")]
    assert [row[0] for row in rows] == ["RT", "XE"]


def test_policies_name_codes_and_beginnings_of_codes() -> None:
    assert of_file(read_necessity, "necessity.csv")[:3] == [
        Necessity("L10001", "P2028", ("E11*",), date(2020, 10, 1)),
        Necessity("L10001", "P2028", ("I10",), date(2020, 10, 1), date(2026, 3, 31)),
        Necessity("L10001", "P2028", ("G35.D",), date(2025, 10, 1)),
    ]


def test_a_diagnosis_without_its_dot_is_written_with_it() -> None:
    body = b"article_id,hcpc_code_id,icd10_code_id,start,end\nA1,P2028,E119,20201001,\nA1,P2028,E116*,20201001,\n"
    assert [row[2] for row in read(read_necessity, body)] == [("E11.9",), ("E11.6*",)]


def test_a_list_of_codes_is_read() -> None:
    assert of_file(departments, "revenue-codes.csv")[0] == Term("0161", "hospital care at home", date(2022, 7, 1))


def changed(name: str, old: str, new: str) -> bytes:
    """A fixture with one thing changed in it."""
    body = (FILES / name).read_bytes()
    assert old.encode("latin-1") in body
    return body.replace(old.encode("latin-1"), new.encode("latin-1"), 1)


def test_the_order_file_tells_codes_from_what_heads_them() -> None:
    rows = read(diagnoses, ORDER.encode())
    assert [(row[0], row[1][:7], row[4]) for row in rows if isinstance(row, Term)] == [
        ("A00", "Cholera", HEADING),
        ("A000", "Cholera", BILLABLE),
    ]


BROKEN: list[tuple[str, Reader, bytes, str]] = [
    # reason, reader, file, where and what
    ("a changed header", read_pairs, changed(PTP, "Column 2\t*", "Second\t*"), "x.txt:6:1 column 2: the header lacks"),
    ("a column less", limits, b"HCPCS/CPT Code,MUE Adjudication Indicator\nA4217,1\n", "x.txt:1:1 units: the header"),
    (
        "the limits of another setting",
        lambda lines, file: read_unit_limits(lines, file, "dme", SUMMER, None),
        (FILES / MUE).read_bytes(),
        "units: the header lacks a column 'dme supplier services mue value'",
    ),
    (
        "a row cut short",
        read_pairs,
        changed(PTP, "20200101\t*\t1\tMore extensive supply  ", "20200101"),
        "x.txt:7:1 row",
    ),
    ("a code of four places", read_pairs, changed(PTP, "A4216", "A421"), "x.txt:7:7 column 2: a code of five"),
    ("a code in small letters", read_pairs, changed(PTP, "A4216", "a4216"), "x.txt:7:7 column 2: a code of five"),
    (
        "words among the rows",
        read_pairs,
        changed(PTP, "G0463\tG0380", "Continued\tG0380"),
        "x.txt:8:1 column 1: a code",
    ),
    ("a 13th month", read_pairs, changed(PTP, "20200101", "20201301"), "x.txt:7:15 effective date: a day as"),
    (
        "a 29th of February too many",
        read_pairs,
        changed(PTP, "20200101", "20210229"),
        "x.txt:7:15 effective date: a day",
    ),
    ("a star where the row begins", read_pairs, changed(PTP, "20200101", "*"), "x.txt:7:15 effective date: a day as"),
    ("ended before it began", read_pairs, changed(PTP, "20260331", "20190630"), "x.txt:8:24 deletion date: not before"),
    ("another indicator", read_pairs, changed(PTP, "\t*\t1\t", "\t*\t2\t"), "x.txt:7:26 modifier: one of 0, 1, 9"),
    ("a spreadsheet", read_pairs, b"PK\x03\x04rest", "x.txt:1:1 file: unpack it"),
    ("UTF-16", read_pairs, "Column 1".encode("utf-16"), "x.txt:1:1 file: unpack it"),
    ("an empty file", read_pairs, b"", "x.txt:1:1 file: no row of this table"),
    ("another file", read_pairs, b"a letter\n" * 99, "file: no row of this table"),
    ("units that are no number", limits, changed(MUE, ",160,", ",1.5,"), "x.txt:5:7 units: a whole number"),
    ("digits of another script", limits, (FILES / MUE).read_bytes().replace(b"160", "٣".encode()), "x.txt:5:7 units"),
    ("a quote that is not closed", limits, changed(MUE, 'data"', "data"), "x.txt:5:1 row: a quote"),
    ("a number without end", limits, changed(MUE, ",160,", f",{'9' * 5000},"), "x.txt:5:7 units: a whole"),
    ("an indicator of units", limits, changed(MUE, ",3 Date", ",4 Date"), "x.txt:4:9 indicator: one of 1, 2, 3"),
    ("a 400th day", read_add_ons, changed(AOC, "2013091", "2013400"), "x.txt:2:17 edit effective: a day as"),
    ("a beginning that never comes", read_add_ons, changed(AOC, "2013091", "9999366"), "x.txt:2:17 edit effective"),
    ("a base that is a word", read_add_ons, changed(AOC, "G0378", "other"), "x.txt:2:7 primary code: a code"),
    ("a deletion before all", read_add_ons, changed(AOC, "2025365", "2012365"), "x.txt:4:15 primary deleted: not"),
    ("a record of another kind", procedures, changed(HCPCS, "A4216001003", "A4216001009"), "x.txt:4:11 record: 3 or 4"),
    ("text without its record", procedures, changed(HCPCS, "L1902002004", "L1903002004"), "x.txt:10:1 code: a text"),
    ("an added date that is none", procedures, changed(HCPCS, "20040101", "2004AB01"), "x.txt:4:269 added date"),
    ("ended before it was added", procedures, changed(HCPCS, "20260331D", "20020331D"), "x.txt:7:285 termination date"),
    ("a record without days", procedures, b"A4216001003Sterile water\n", "x.txt:1:269 added date"),
    ("an order file without its flag", diagnoses, ORDER.replace("0 Cho", "  Cho").encode(), "x.txt:1:15 billable: 1"),
    (
        "procedures for diagnoses",
        diagnoses,
        ORDER.replace("A000 ", "0016070").encode(),
        "x.txt:2:7 code: a code of icd",
    ),
    ("an order file without long text", diagnoses, ORDER[:40].encode(), "x.txt:1:78 title: the long"),
    ("an order file of nothing", diagnoses, b"\n \n", "x.txt:1:1 file: no record"),
    ("an empty order file", diagnoses, b"", "x.txt:1:1 file: no record"),
    ("no header", read_necessity, b"L1,P2028,I10,20201001,\n", "x.txt:1:1 policy: the header lacks"),
    ("nothing below the header", read_necessity, b"policy,code,diagnosis,start,end\n", "x.txt:1:1 file: no row below"),
    (
        "a diagnosis that is none",
        read_necessity,
        b"policy,code,diagnosis,start,end\nL1,P2028,diabetes,20201001,\n",
        "x.txt:2:10 diagnosis: an ICD-10-CM code",
    ),
    ("a department without its zero", departments, b"code,title,start,end\n450,x,20200101,\n", "x.txt:2:1 code: four"),
    ("a code without words", departments, b"code,title,start,end\n0450,,20200101,\n", "x.txt:2:6 title: from 1"),
    (
        "a tab between commas",
        departments,
        b'code,title,start,end\n0300,x,20200101,\n0450,"a\tb",20200101,\n',
        "x.txt:3:6 title: no tab within a cell",
    ),
    (
        "a tab in the first row",
        limits,
        changed(MUE, "A4217,4", '"A4217",4\t'),
        "x.txt:4:9 units: no tab within a cell",
    ),
    ("a comma too many", departments, b"code,title,start,end\n0450,a,b,20200101,\n", "x.txt:2:8 start: a day"),
]


@pytest.mark.parametrize(("reader", "body", "said"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_what_is_broken_is_named_by_file_line_column_and_mend(reader: Reader, body: bytes, said: str) -> None:
    with pytest.raises(BadReference) as refused:
        read(reader, body)
    assert said in str(refused.value)


READERS: list[tuple[Reader, str, str]] = [
    (read_pairs, PTP, "ptp-practitioner"), (limits, MUE, "mue-practitioner"), (read_add_ons, AOC, "add-on"),
    (procedures, HCPCS, "hcpcs"), (read_necessity, "necessity.csv", "necessity"),
    (departments, "revenue-codes.csv", "revenue-codes"),
]  # fmt: skip


@pytest.mark.parametrize(("reader", "name", "table"), READERS, ids=[name for _, name, _ in READERS])
@given(data=st.data())
def test_whatever_stands_in_a_file_is_compiled_or_named(
    reader: Reader, name: str, table: str, data: st.DataObject
) -> None:
    """Bytes put anywhere in a good file: rows, or a fault with its place; never another error."""
    body = (FILES / name).read_bytes()
    at = data.draw(st.integers(0, len(body)))
    until = data.draw(st.integers(at, min(at + 40, len(body))))
    words = st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace"))
    put = body[:at] + data.draw(st.one_of(st.binary(max_size=12), words)) + body[until:]
    lines = put.splitlines(keepends=True)
    made = opened(Release(table, reader(lines, name), locate=lambda line: (name, line)))
    if isinstance(made, BadReference):
        assert (made.file, 1 <= made.line <= len(lines) + 1) == (name, True)
    else:
        assert made.has(table)


def opened(release: Release) -> DatedTables | BadReference:
    try:
        return open_tables(compile_tables([release]))
    except BadReference as bad:
        return bad


def test_a_tab_in_a_column_that_nobody_asks_for_is_nobody_s() -> None:
    found = read(limits, changed(MUE, "information, and", "information,\tand"))

    assert found == of_file(limits, MUE)


def test_an_add_on_that_is_deleted_at_the_end_of_time_has_no_end() -> None:
    found = read(read_add_ons, (FILES / AOC).read_bytes().replace(b"2025365", b"9999366"))

    assert all(row.last != date(2025, 12, 31) for row in found if isinstance(row, AddOn))


def test_an_empty_line_of_an_order_file_is_none() -> None:
    assert len(read(diagnoses, (ORDER + "\n").encode())) == len(read(diagnoses, ORDER.encode()))


def test_a_policy_may_list_a_code_with_a_letter_in_its_second_place() -> None:
    found = read(read_necessity, b"policy,code,diagnosis,start,end\nL1,P2028,QA0.1,20261001,\n")

    assert [row.diagnoses for row in found if isinstance(row, Necessity)] == [("QA0.1",)]
