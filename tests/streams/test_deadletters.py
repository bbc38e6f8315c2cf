"""A dead letter is the record as it came, with a reason beside it and nothing of its content anywhere else."""

from hashlib import sha256

from schemas.records import Record
from streams.deadletters import dead_letter, dead_letter_topic

SECRET = b"Jane Canary"
RECORD = Record(
    "chart-completed.mercy", 3, 41, b"MRN-" + SECRET, SECRET + b"\x00\xff", (("x", SECRET),), 1_700_000_000_123
)


def test_it_goes_to_its_stage_s_topic() -> None:
    (output,) = dead_letter("intake", RECORD, "malformed").outputs
    assert output.topic == dead_letter_topic("intake") == "dead-letter.intake"


def test_its_bytes_are_untouched() -> None:
    (output,) = dead_letter("intake", RECORD, "malformed").outputs
    assert output.value == RECORD.value


def test_its_headers_say_what_is_wrong_and_where_it_stood() -> None:
    (output,) = dead_letter("validation", RECORD, "step-failed", "KeyError").outputs
    assert dict(output.headers) == {
        "error-code": b"step-failed",
        "stage": b"validation",
        "source-topic": b"chart-completed.mercy",
        "source-partition": b"3",
        "source-offset": b"41",
        "source-timestamp": b"1700000000123",
        "exception": b"KeyError",
    }


def test_no_content_is_in_its_headers() -> None:
    (output,) = dead_letter("intake", RECORD, "malformed").outputs
    assert not [name for name, value in output.headers if SECRET in value or name == "x"]


def test_our_own_key_leads_it_to_its_partition() -> None:
    (output,) = dead_letter("claiming", RECORD, "malformed").outputs
    assert output.key == RECORD.key


def test_a_partner_s_key_is_dropped() -> None:
    (output,) = dead_letter("intake", RECORD, "malformed", keep_key=False).outputs
    assert output.key is None


def test_a_record_without_value_has_an_empty_one() -> None:
    (output,) = dead_letter("intake", RECORD._replace(value=None), "null-value").outputs
    assert output.value == b""


def test_it_counts_as_a_failure_and_names_its_code() -> None:
    decision = dead_letter("intake", RECORD, "malformed")
    assert (decision.failed, decision.outcome) == (True, "dead-letter:malformed")


def test_the_same_record_makes_the_same_dead_letter() -> None:
    assert dead_letter("intake", RECORD, "malformed") == dead_letter("intake", RECORD, "malformed")


LARGE = RECORD._replace(value=SECRET * 1_000)


def test_what_its_topic_would_refuse_leaves_coordinates_size_and_hash() -> None:
    """A compressed record may be larger than a dead letter may be, and would be said again and again."""
    (output,) = dead_letter("validation", LARGE, "malformed", limit=10_000).outputs
    said = dict(output.headers)
    assert (output.key, output.value) == (None, b"")
    assert (said["error-code"], said["refused-for"], said["size"]) == (b"too-large-to-keep", b"malformed", b"11000")
    assert said["sha256"] == sha256(LARGE.value or b"").hexdigest().encode()
    assert (said["source-topic"], said["source-offset"]) == (b"chart-completed.mercy", b"41")


def test_its_outcome_names_that_it_was_not_kept() -> None:
    assert dead_letter("intake", LARGE, "malformed", limit=10_000).outcome == "dead-letter:too-large-to-keep"


def test_a_partner_s_large_key_costs_nobody_the_record() -> None:
    record = RECORD._replace(key=bytes(20_000))
    (output,) = dead_letter("intake", record, "malformed", keep_key=False, limit=10_000).outputs
    assert output.value == RECORD.value
