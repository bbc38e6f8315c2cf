"""The strict codec trusts nobody: whatever is sent, it answers with the event or with a reason that quotes nothing."""

import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from fastavro import parse_schema, schemaless_writer
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import Codec, Undecodable, Unencodable, prefix
from schemas.compiled import CompiledCodec
from schemas.events import SUBJECTS, ChartCoded, ChartCompleted, DeadlineDue
from schemas.events.chart import Discharge
from schemas.events.types import Wire
from schemas.examples import example
from schemas.registry import Ids, Schema, SchemaVersion, committed, schema
from schemas.varints import put

CODEC = Codec(committed())
COMPILED = CompiledCodec(committed())
CHART = CODEC.encode(example("chart-completed"))
# Statistics with a single array item, so that the array's bytes are easily found and replaced.
STATS = example("claim-stats").model_copy(
    update={"diagnosis_groups": (), "service_groups": (), "carcs": (), "edits": ("MARK",)}
)
HEAD, TAIL = CODEC.encode(STATS).split(b"\x02\x08MARK")


def refusal(value: bytes | None, codec: Codec = CODEC) -> Undecodable:
    with pytest.raises(Undecodable) as refused:
        codec.decode_strict(value)
    return refused.value


def number(value: int) -> bytes:
    out = bytearray()
    put(out, value)
    return bytes(out)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("null-value", None),
        ("wrong-magic", b""),
        ("wrong-magic", b'{"chart_id": "CH-1001"}'),
        ("truncated", b"\x00\x00\x00"),
        ("unknown-schema", prefix(99) + CHART[5:]),
        ("truncated", CHART[:-1]),
        ("truncated", CHART[:5]),
        ("trailing-bytes", CHART + b"\x00"),
        ("trailing-bytes", CHART + CHART),
        ("malformed", CHART.replace(b"Testcase", b"Testcas\xff")),
        ("malformed", HEAD + number(1) + number(4) + b"\xff\xff\xff\xff" + TAIL),
        ("invalid-field", CHART.replace(b"Testcase", b"Test\ncas")),
    ],
)
def test_what_is_no_event_is_refused_with_its_reason(code: str, value: bytes | None) -> None:
    assert refusal(value).code == code


def test_an_invalid_field_is_named_by_its_path() -> None:
    refused = refusal(CHART.replace(b"M54.50", b"M54\x00\x0050"[:6]))
    assert (refused.code, refused.field) == ("invalid-field", "statements.0.codings.0.code")


def test_the_path_of_a_field_with_several_closed_lists_names_no_branch() -> None:
    assert refusal(CHART.replace(b"\x12attending\x00", b"\x12attendong\x00", 2)).field in {
        "statements.0.documented_by", "encounter.providers.0.role",
    }  # fmt: skip


YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("where", "changed", "kind"),
    [
        pytest.param("encounter.start", {"start": YEAR_ONE}, "year_from_1900_to_2100", id="before calendars"),
        pytest.param("encounter.end", {"end": YEAR_ONE.replace(year=2101)}, "year_from_1900_to_2100", id="far ahead"),
        pytest.param(
            "encounter.discharge.status", {"discharge": Discharge.model_construct(status="9" * 40)},
            "string_pattern_mismatch", id="a status of forty digits",
        ),
    ],
)  # fmt: skip
def test_a_value_that_no_calendar_or_table_holds_is_refused_by_its_field(
    where: str, changed: dict[str, object], kind: str
) -> None:
    chart = example("chart-completed")
    assert isinstance(chart, ChartCompleted)
    strange = chart.model_copy(update={"encounter": chart.encounter.model_copy(update=changed)})
    assert str(refusal(CODEC.encode(strange))) == f"invalid-field at {where}: mend this field ({kind})"


def test_a_coders_day_of_care_is_of_our_time() -> None:
    coded = example("chart-coded")
    assert isinstance(coded, ChartCoded)
    late = coded.model_copy(update={"encounter": coded.encounter.model_copy(update={"end_day": date(9999, 12, 31)})})
    assert refusal(CODEC.encode(late)).field == "encounter.end_day"


def test_a_coverage_may_end_in_the_year_9999() -> None:
    chart = example("chart-completed")
    assert isinstance(chart, ChartCompleted)
    coverage = chart.coverages[0].model_copy(update={"valid_to": date(9999, 12, 31)})
    open_ended = chart.model_copy(update={"coverages": (coverage,)})
    assert CODEC.decode_strict(CODEC.encode(open_ended)) == open_ended


def test_a_refusal_says_how_to_mend_it_and_quotes_nothing() -> None:
    refused = refusal(CHART.replace(b"Testcase", b"Test\ncas"))
    assert str(refused) == "invalid-field at patient.name.family: mend this field (string_pattern_mismatch)"


def test_a_refusal_carries_no_other_error_along_that_might_quote_the_value() -> None:
    for value in (CHART[:-1], CHART.replace(b"Testcase", b"Testcas\xff"), CHART.replace(b"Testcase", b"Test\ncas")):
        refused = refusal(value)
        assert (refused.__context__, refused.__cause__) == (None, None)


def test_an_event_on_the_topic_of_another_subject_is_refused() -> None:
    with pytest.raises(Undecodable, match="unexpected-subject"):
        CODEC.decode_strict(CHART, frozenset({DeadlineDue}))


def test_an_event_of_an_allowed_subject_is_taken() -> None:
    assert CODEC.decode_strict(CHART, frozenset({DeadlineDue, ChartCompleted})) == example("chart-completed")


def test_an_event_with_a_field_of_the_wrong_type_is_not_written_and_not_quoted() -> None:
    broken = example("deadline-due").model_copy(update={"about": ["not", "a", "line"]})
    with pytest.raises(Unencodable) as refused:
        CODEC.encode(broken)
    assert (str(refused.value), refused.value.__context__) == ("deadline-due", None)


def test_an_id_names_its_subject_and_its_model() -> None:
    number = committed().of[SchemaVersion("deadline-due", 1)]
    assert (CODEC.subject_of(number), CODEC.model_of(number)) == ("deadline-due", DeadlineDue)


BOMBS = {
    "an array of 2**60 items": HEAD + number(2**60),
    "an array of 2**62 items after one": HEAD + number(2**62) + b"\x02a",
    "a block count that has no positive": HEAD + number(-(2**63)) + number(5) + b"\x02a",
    "a text of negative length": HEAD + number(1) + number(-1) + TAIL,
    "a text that ends before the value begins": HEAD + number(1) + number(-(2**62)) + TAIL,
    "a text of 2**62 bytes": HEAD + number(1) + number(2**62) + TAIL,
    "a number without end": HEAD + b"\xff" * 1_000_000,
    "a hundred thousand broken items": HEAD + number(100_000) + bytes(100_000) + TAIL,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_in_little_time_and_memory(bomb: bytes) -> None:
    tracemalloc.start()
    began = time.process_time()
    try:
        refusal(bomb)
        spent, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (spent < 5, peak < 30_000_000) == (True, True)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("decode", [CODEC.decode_strict, COMPILED.decode], ids=["strict", "compiled"])
def test_an_event_cut_anywhere_is_refused(subject: str, decode: Callable[[bytes], Wire]) -> None:
    value = CODEC.encode(example(subject))
    for length in range(len(value)):
        with pytest.raises(Undecodable):
            decode(value[:length])


@settings(max_examples=400, derandomize=True, database=None, deadline=None)
@given(st.sampled_from(sorted(SUBJECTS)), st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_damaged_bytes_are_read_alike_by_both_codecs_or_refused(subject: str, at: int, damage: bytes) -> None:
    value = CODEC.encode(example(subject))
    at = 5 + at % (len(value) - 5)
    damaged = value[:at] + damage + value[at + len(damage) :]
    try:
        event = CODEC.decode_strict(damaged)
    except Undecodable:
        with suppress(Undecodable):  # the compiled codec does not validate: it may read what breaks a rule
            assert isinstance(COMPILED.decode(damaged), SUBJECTS[subject])
    else:
        assert COMPILED.decode(damaged) == event


def test_an_event_of_an_older_version_is_read_with_the_newer_ones_default() -> None:
    newest = schema(SchemaVersion("claim-stats", 1))
    oldest = newest | {"fields": [field for field in newest["fields"] if field["name"] != "carcs"]}
    contracts: dict[SchemaVersion, Schema] = {
        SchemaVersion("claim-stats", 1): oldest,
        SchemaVersion("claim-stats", 2): newest,
    }
    codec = CompiledCodec(Ids({version: version.version for version in contracts}), contracts.__getitem__)
    out = BytesIO()
    schemaless_writer(out, parse_schema(oldest), STATS.model_dump())
    assert codec.decode(prefix(1) + out.getvalue()) == STATS
