"""Records that can't be taken: untouched, with a reason in the headers and nothing of their content anywhere else."""

from schemas.records import Decision, Output, Record

_OUTCOME = "dead-letter:"


def dead_letter_topic(stage: str) -> str:
    return f"dead-letter.{stage}"


def is_dead_letter(decision: Decision) -> bool:
    return decision.outcome.startswith(_OUTCOME)


def dead_letter(
    stage: str, record: Record, code: str, exception: str | None = None, *, keep_key: bool = True
) -> Decision:
    """The record as it came, to the stage's dead letters. A partner's key isn't ours to trust, so intake drops it."""
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
    key = record.key if keep_key else None
    output = Output(dead_letter_topic(stage), key, record.value or b"", tuple(headers), record.timestamp_ms)
    return Decision((output,), f"{_OUTCOME}{code}", failed=True)
