"""The compiled codec is fastavro and pydantic, only faster: held equal on any event a model admits."""

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.codec import Undecodable, Unencodable
from schemas.compiled import CompiledCodec, compile_pair
from schemas.derive import avro_schema
from schemas.events import SUBJECTS, ChartCompleted
from schemas.events.chart import Coding, Statement
from schemas.events.types import Code, Line, Wire
from schemas.examples import example
from schemas.generate import Generated
from schemas.registry import committed, schema
from schemas.varints import BadVarint, put, varint
from tests.schemas.given_events import events

CODEC = CompiledCodec(committed())
GENERATED = {v.subject: Generated(schema(v), SUBJECTS[v.subject]) for v in committed().of}

held = settings(
    max_examples=40, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def whole(model: type[Wire], seen: Callable[[Any], None]) -> None:
    """Run `seen` on many events of a model."""
    held(given(events(model))(seen))()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_any_event_is_written_in_the_references_bytes(subject: str) -> None:
    def same(event: Wire) -> None:
        assert CODEC.encode(event) == CODEC.strict.encode(event)

    whole(SUBJECTS[subject], same)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_any_event_is_read_as_the_reference_reads_it(subject: str) -> None:
    def same(event: Wire) -> None:
        value = CODEC.strict.encode(event)
        assert CODEC.strict.decode_strict(value) == event
        assert GENERATED[subject].reads(value, 5) == (event, len(value))

    whole(SUBJECTS[subject], same)


@held
@given(events(Statement))
def test_a_state_is_written_and_read_as_fastavro_does(state: Statement) -> None:
    encode, decode = compile_pair(Statement)
    shape, out = parse_schema(avro_schema(Statement, "Statement")), BytesIO()
    schemaless_writer(out, shape, state.model_dump())
    assert (encode(state)[10:], decode(encode(state))) == (out.getvalue(), state)
    assert schemaless_reader(BytesIO(encode(state)[10:]), shape, None) == {
        name: list(value) if isinstance(value, tuple) else value for name, value in state.model_dump().items()
    }


@held
@given(st.lists(events(Coding), min_size=2, max_size=5), st.integers(1, 4))
def test_an_array_in_several_blocks_with_their_sizes_is_read_as_one(codings: list[Coding], split: int) -> None:
    """Other Avro libraries write blocks so; a negative count is followed by the block's bytes."""
    encode, decode = compile_pair(Statement)
    blank = Statement(id="s", kind="drug")
    start, end = encode(blank)[:18], encode(blank)[18:]  # the array follows fingerprint, id, kind and no text
    blocks = b"".join(sized(block) for block in (codings[:split], codings[split:]) if block)
    assert decode(start + blocks + end).codings == tuple(codings)


def sized(codings: list[Coding]) -> bytes:
    """A block of an array, as a library writes it that lets readers skip it."""
    encode, _ = compile_pair(Coding)
    body = b"".join(encode(coding)[10:] for coding in codings)
    out = bytearray()
    put(out, -len(codings))
    put(out, len(body))
    return bytes(out) + body


def read(subject: str) -> tuple[Any, Any]:
    """An example as the reference reads it, and as the compiled codec does."""
    value = CODEC.encode(example(subject))
    return CODEC.strict.decode_strict(value), CODEC.decode(value)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_read_hashes_and_shows_itself_like_what_was_validated(subject: str) -> None:
    validated, compiled = read(subject)
    assert (hash(compiled), repr(compiled)) == (hash(validated), repr(validated))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_read_serialises_like_what_was_validated(subject: str) -> None:
    validated, compiled = read(subject)
    assert (compiled.model_dump(), compiled.model_dump_json()) == (validated.model_dump(), validated.model_dump_json())


def test_what_is_read_is_copied_deeply_copied_and_pickled_like_any_model() -> None:
    _, compiled = read("chart-completed")
    copies = [compiled.model_copy(), copy.deepcopy(compiled), pickle.loads(pickle.dumps(compiled))]
    assert copies == [compiled] * 3


def test_what_is_read_is_frozen() -> None:
    _, compiled = read("chart-completed")
    with pytest.raises(ValueError, match="frozen"):
        compiled.version = 2


def test_a_changed_copy_leaves_the_next_event_read_as_it_is() -> None:
    validated, compiled = read("chart-completed")
    compiled.model_copy(update={"version": 9, "received_at": datetime(2026, 3, 2, tzinfo=UTC)})
    assert read("chart-completed")[1] == validated


def test_a_copy_with_changes_is_written_like_an_event_made_so() -> None:
    _, compiled = read("chart-completed")
    changed = compiled.model_copy(update={"received_at": datetime(2026, 3, 2, tzinfo=UTC)})
    made = ChartCompleted.model_validate(dict(changed))
    assert CODEC.encode(changed) == CODEC.encode(made)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("version", "one"), ("version", 2**63), ("version", None), ("chart_id", 7), ("chart_id", None),
        ("occurred_at", date(2026, 3, 2)), ("occurred_at", datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)),
        ("patient", None), ("statements", (1,)),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_not_written_and_not_quoted(field: str, wrong: object) -> None:
    with pytest.raises(Unencodable) as refused:
        CODEC.encode(example("chart-completed").model_copy(update={field: wrong}))
    assert (str(refused.value), refused.value.__context__) == ("ChartCompleted", None)


def older_coding() -> Any:
    """A coding as it might have been before it had a display."""

    class Coding(Wire):
        system: Line
        code: Code

    return Coding


def test_a_state_in_another_shape_is_refused_and_not_misread() -> None:
    older = older_coding()
    encode, _ = compile_pair(older)
    _, decode = compile_pair(Coding)
    with pytest.raises(Undecodable, match="unknown-schema"):
        decode(encode(older(system="s", code="c")))


def test_a_state_in_an_older_shape_that_is_known_is_read_with_the_defaults_of_today() -> None:
    older = older_coding()
    encode, _ = compile_pair(older)
    _, decode = compile_pair(Coding, [avro_schema(older, "Coding")])
    assert decode(encode(older(system="s", code="c"))) == Coding(system="s", code="c")


def test_a_damaged_state_is_refused() -> None:
    encode, decode = compile_pair(Coding)
    with pytest.raises(Undecodable, match="malformed"):
        decode(encode(Coding(system="s", code="c"))[:-1])


LENGTHS = [("of ten bytes", b"\x80" * 9 + b"\x01", 2**62), ("of two bytes", b"\x80\x01", 64)]


@pytest.mark.parametrize(("raw", "number"), [row[1:] for row in LENGTHS], ids=[row[0] for row in LENGTHS])
def test_a_number_has_up_to_ten_bytes(raw: bytes, number: int) -> None:
    assert varint(raw, 0) == (number * 2, len(raw))


def test_a_number_of_eleven_bytes_is_none() -> None:
    with pytest.raises(BadVarint):
        varint(b"\x80" * 10 + b"\x00", 0)


def test_a_number_without_end_is_refused_at_once() -> None:
    with pytest.raises(BadVarint):
        varint(b"\xff" * 100_000_000, 0)


OVERLONG = [("two bytes", b"\x80\x00"), ("three bytes", b"\x80\x80\x00")]


@pytest.mark.parametrize("end", [row[1] for row in OVERLONG], ids=[row[0] for row in OVERLONG])
def test_a_states_array_ends_with_one_zero_byte(end: bytes) -> None:
    encode, decode = compile_pair(Statement)
    start, rest = encode(Statement(id="s", kind="drug"))[:18], encode(Statement(id="s", kind="drug"))[18:]
    with pytest.raises(Undecodable, match="malformed"):
        decode(start + end + rest[1:])


def test_an_events_array_that_ends_with_two_bytes_is_read_as_the_reference_reads_it() -> None:
    chart = CODEC.encode(example("chart-completed"))
    longer = chart[:-1] + b"\x80\x00"  # its last field is an array of no answers
    assert CODEC.decode(longer) == CODEC.strict.decode_strict(longer) == CODEC.decode(chart)
