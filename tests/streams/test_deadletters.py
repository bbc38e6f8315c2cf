"""A dead letter is the record as it came, with a reason beside it and nothing of its content anywhere else."""

from hashlib import sha256
from pathlib import Path

from schemas.records import Record
from streams.deadletters import MOST_BYTES, dead_letter, dead_letter_topic
from streams.topics import parse_topics

ROOT = Path(__file__).parents[2]

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


def test_a_record_larger_than_its_topic_takes_is_stood_for_by_size_and_hash() -> None:
    """A broker measures compressed batches: what it took may be more than we can send."""
    large = RECORD._replace(value=b"x" * (MOST_BYTES + 1))
    (output,) = dead_letter("intake", large, "malformed").outputs
    headers = dict(output.headers)
    assert (output.value, headers["left-out-bytes"]) == (b"", b"%d" % (MOST_BYTES + 1))
    assert headers["left-out-sha256"] == sha256(large.value or b"").hexdigest().encode()


def test_what_is_kept_of_a_record_fits_its_topic() -> None:
    families = parse_topics((ROOT / "infra/kafka/topics.yaml").read_text(), "topics.yaml")
    assert families["dead-letter.{stage}"].max_message_bytes > MOST_BYTES + 10_000


def test_a_record_without_value_has_an_empty_one() -> None:
    (output,) = dead_letter("intake", RECORD._replace(value=None), "null-value").outputs
    assert output.value == b""


def test_it_counts_as_a_failure_and_names_its_code() -> None:
    decision = dead_letter("intake", RECORD, "malformed")
    assert (decision.failed, decision.outcome) == (True, "dead-letter:malformed")


def test_the_same_record_makes_the_same_dead_letter() -> None:
    assert dead_letter("intake", RECORD, "malformed") == dead_letter("intake", RECORD, "malformed")
