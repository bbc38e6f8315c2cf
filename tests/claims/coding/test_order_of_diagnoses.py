"""The order of many diagnoses: that of the notes, without comparing each code with each."""

import time
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from claims.codesets import CodeSets
from claims.codesets.build import Row, compile_codesets
from claims.codesets.notes import RowNote
from claims.ranking import in_order
from claims.scene import Found
from schemas.events.chart import Statement

FIRST = RowNote("code-first", "F02", "the underlying condition, such as: Alzheimer's (G30.-)")
ALSO = RowNote("use-additional", "I11", "code to identify type of heart failure (I50.-, G30.9)")
AGENT = RowNote("use-additional", "N30", "code to identify infectious agent (B95-B97)")
ROWS = (
    Row("B95.0", "Streptococcus, group A", True),
    Row("B97.0", "Adenovirus", True),
    Row("B98.0", "Helicobacter pylori", True),
    Row("F02.80", "Dementia in other diseases classified elsewhere", True, notes=(FIRST,)),
    Row("G30.9", "Alzheimer's disease, unspecified", True),
    Row("I11.0", "Hypertensive heart disease with heart failure", True, notes=(ALSO,)),
    Row("I50.9", "Heart failure, unspecified", True),
    Row("N30.00", "Acute cystitis without hematuria", True, notes=(AGENT,)),
    Row("O23.10", "Infections of bladder in pregnancy", True, notes=(AGENT,)),
)
CODES = CodeSets(compile_codesets(ROWS, "2026-04-01"))


def found(code: str, rank: int | None = None) -> Found:
    return Found(code, Statement(id=code, kind="diagnosis", rank=rank), "given")


def puts_after(code: Found, other: Found) -> bool:
    """What a note says of two codes, compared by themselves."""
    named = any(note.names(other.code) for note in CODES.code_first(code.code))
    asked = any(note.names(code.code) for note in CODES.use_additional(other.code))
    alike = code.statement.rank == other.statement.rank
    return code.code[0] != "O" != other.code[0] and (named or (alike and asked))


ANY = st.lists(
    st.builds(found, st.sampled_from([row.code for row in ROWS]), st.sampled_from([None, 1, 2])),
    unique_by=lambda each: each.code,
)


@given(ANY)
def test_what_a_note_puts_before_a_code_stands_before_it(charted: list[Found]) -> None:
    place = {each: at for at, each in enumerate(in_order(CODES, charted))}
    assert set(place) == set(charted)
    assert all(place[other] < place[each] for each, other in product(charted, charted) if puts_after(each, other))


def test_three_thousand_diagnoses_are_ordered_at_once() -> None:
    rows = [Row(f"N{n:05}", "a disease", True, notes=(AGENT,)) for n in range(3_000)]
    codes = CodeSets(compile_codesets(rows, "2026-04-01"))
    charted = [found(row.code) for row in rows]
    since = time.process_time()
    assert in_order(codes, charted) == charted
    assert time.process_time() - since < 4  # each with each took 30 s
