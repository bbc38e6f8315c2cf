"""Packed outputs are Avro: what we write by hand for speed is what the library writes."""

import io

import fastavro
from hypothesis import given
from hypothesis import strategies as st

from ledger.batches import PACKED, pack
from schemas.records import Decision, Output, Ruling

LONG = st.integers(-(2**63), 2**63 - 1)
HEADERS = st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=20)), max_size=3).map(tuple)
OUTPUTS = st.builds(
    Output,
    st.text(max_size=20),
    st.none() | st.binary(max_size=100),
    st.binary(max_size=300),
    HEADERS,
    st.none() | LONG,
)
SAID = st.lists(st.tuples(LONG, st.lists(OUTPUTS, max_size=3).map(tuple)), max_size=3)


def ruling(offset: int, outputs: tuple[Output, ...]) -> Ruling:
    return Ruling("topic", 0, offset, b"hash", None, None, 0, Decision(outputs, "said"))


def by_the_library(rulings: list[Ruling]) -> bytes:
    buffer = io.BytesIO()
    rows = [
        {
            "offset": each.offset,
            "outputs": [
                {**said._asdict(), "headers": [{"name": name, "value": value} for name, value in said.headers]}
                for said in each.decision.outputs
            ],
        }
        for each in rulings
    ]
    fastavro.schemaless_writer(buffer, PACKED, rows)
    return buffer.getvalue()


@given(SAID)
def test_packed_outputs_are_what_fastavro_writes(said: list[tuple[int, tuple[Output, ...]]]) -> None:
    rulings = [ruling(offset, outputs) for offset, outputs in said]
    assert pack(rulings) == by_the_library(rulings)
