"""X12 read segment by segment: whatever delimiters, line ends and pieces a file comes in, and where it breaks off."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.x12.segments import Delimiters, X12Fault, read_segments

ISA = "ISA*00*          *00*          *ZZ*HOSPITAL       *ZZ*PAYER          *260105*1200*^*00501*000000001*0*T*:~"
FIRST = f"{ISA}\r\nGS*HP*A*B~\r\nIEA*1*000000001~"
OTHER = ISA.translate(str.maketrans("*~:^", "|\n>!")) + "GS|HP|A\nIEA|1|000000001\n"


def wrapped(file: str, width: int) -> str:
    """In records of one width, as a mainframe writes them: a line may end anywhere."""
    flat = file.replace("\r\n", "")
    return "\r\n".join(flat[at : at + width] for at in range(0, len(flat), width))


def tags(*chunks: bytes) -> list[str]:
    return [segment.tag for segment in read_segments(chunks)]


@pytest.mark.parametrize(
    ("reason", "file", "expected"),
    [
        ("line ends after the terminator", FIRST, ["ISA", "GS", "IEA"]),
        ("the terminator is a line end", OTHER, ["ISA", "GS", "IEA"]),
        ("two interchanges of other delimiters", FIRST + "\n" + OTHER, ["ISA", "GS", "IEA"] * 2),
        (
            "two interchanges wrapped into lines of 80",
            wrapped(FIRST + OTHER.replace("\n", "\x1d"), 80),
            ["ISA", "GS", "IEA"] * 2,
        ),
        ("two interchanges of the same delimiters", FIRST + FIRST, ["ISA", "GS", "IEA"] * 2),
        ("nothing at all", "", []),
        ("nothing but line ends", "\r\n\n", []),
    ],
)
def test_a_file_is_read_by_its_own_delimiters(reason: str, file: str, expected: list[str]) -> None:
    assert tags(file.encode()) == expected, reason


@given(st.integers(64, 120), st.integers(1, 200))
def test_where_a_file_is_wrapped_changes_nothing(width: int, size: int) -> None:
    file, flat = wrapped(FIRST * 2 + OTHER.replace("\n", "\x1d") * 2, width).encode(), FIRST * 2 + OTHER * 2
    read = list(read_segments(file[at : at + size] for at in range(0, len(file), size)))
    assert [each.elements for each in read] == [each.elements for each in read_segments([flat.encode()])]


@given(st.integers(1, 120))
def test_the_size_of_the_pieces_changes_nothing(size: int) -> None:
    file = (FIRST + OTHER).encode()
    assert tags(*(file[at : at + size] for at in range(0, len(file), size))) == tags(file)


def test_a_segment_knows_its_number_its_elements_and_their_components() -> None:
    (*_, line) = read_segments([f"{ISA}SVC*HC:G0463:25*100~".encode()])
    assert (line.at, line.components(1), line.element(2), line.element(9)) == (2, ["HC", "G0463", "25"], "100", "")


def test_delimiters_are_those_of_isa() -> None:
    assert next(read_segments([OTHER.encode()])).delimiters == Delimiters("|", "!", ">", "\n")


@pytest.mark.parametrize(("raw", "name"), [(b"Mu\xc3\xb1oz", "Muñoz"), (b"Mu\xf1oz", "Muñoz"), (b"\x93x\x94", "“x”")])
def test_a_name_is_read_as_utf_8_or_else_as_windows_1252(raw: bytes, name: str) -> None:
    (*_, person) = read_segments([ISA.encode() + b"NM1*QC*1*" + raw + b"~"])
    assert person.element(3) == name


def test_a_byte_order_mark_is_no_part_of_the_first_segment() -> None:
    assert tags(b"\xef\xbb\xbf" + FIRST.encode())[0] == "ISA"


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (f"{ISA}GS*HP", "segment 2: the file ends within a segment"),
        ("GS*HP*A*B~", "segment 1: no interchange begins here"),
        (ISA[:50], "segment 1: no interchange begins here"),
        (ISA.replace(":~", "*~"), "segment 1: ISA is not of its fixed width, or two delimiters are one"),
        (ISA.replace("*", "Q"), "segment 1, ISA: a letter, a digit or a blank as a delimiter"),
        (FIRST + "hello", "segment 4: the file ends within a segment"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_segment(file: str, why: str) -> None:
    with pytest.raises(X12Fault, match=why):
        tags(file.encode())


@pytest.mark.parametrize("long", ["NTE*" + "x" * 20_001, "CAS" + "*" * 101])
def test_a_segment_longer_than_any_is_told(long: str) -> None:
    with pytest.raises(X12Fault, match="segment 2: a segment longer than any is"):
        tags(f"{ISA}{long}~".encode())


def test_a_segment_without_an_end_is_not_read_for_ever() -> None:
    with pytest.raises(X12Fault, match="segment 2: a segment without an end"):
        tags(ISA.encode(), *[b"x" * 100_000] * 12)


def test_what_follows_an_interchange_is_not_copied_for_each_in_a_file_that_comes_whole() -> None:
    """A file of 8,000 interchanges took eleven seconds."""
    whole = FIRST.encode() * 8_000
    tracemalloc.start()
    read = sum(1 for _ in read_segments([whole]))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (read, most < len(whole) // 2) == (24_000, True)
