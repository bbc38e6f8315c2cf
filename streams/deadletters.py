"""Records that can't be taken: untouched, with a reason in the headers and nothing of their content anywhere else."""

from hashlib import sha256

from schemas.records import Decision, Output, Record

MOST_BYTES = 2_900_000
"""What is kept of a record: below the topic's limit in infra/kafka/topics.yaml, which a test holds."""

_OUTCOME = "dead-letter:"


def dead_letter_topic(stage: str) -> str:
    return f"dead-letter.{stage}"


def is_dead_letter(decision: Decision) -> bool:
    return decision.outcome.startswith(_OUTCOME)


def dead_letter(
    stage: str, record: Record, code: str, exception: str | None = None, *, keep_key: bool = True
) -> Decision:
    """The record as it came, to the stage's dead letters. A partner's key isn't ours to trust, so intake drops it.

    A broker measures compressed batches, so a record can be larger than any topic of ours takes. Then size and hash
    stand for it: it can be fetched from where it stood.
    """
    value = record.value or b""
    headers = [
        ("error-code", code.encode()),
        ("stage", stage.encode()),
        ("source-topic", record.topic.encode()),
        ("source-partition", str(record.partition).encode()),
        ("source-offset", str(record.offset).encode()),
        ("source-timestamp", str(record.timestamp_ms).encode()),
    ]
    if exception is not None:
        headers.append(("exception", exception.encode()))  # the class's name, never its words
    if len(value) > MOST_BYTES:
        headers += [
            ("left-out-bytes", str(len(value)).encode()),
            ("left-out-sha256", sha256(value).hexdigest().encode()),
        ]
        value = b""
    key = record.key if keep_key else None
    output = Output(dead_letter_topic(stage), key, value, tuple(headers), record.timestamp_ms)
    return Decision((output,), f"{_OUTCOME}{code}", failed=True)
