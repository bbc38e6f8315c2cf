"""Records that can't be taken: untouched, with a reason in the headers and nothing of their content anywhere else."""

import hashlib

from schemas.records import Decision, Headers, Output, Record

TOO_LARGE_TO_KEEP = "too-large-to-keep"
_OUTCOME = "dead-letter:"
_OVERHEAD = 1_000  # headers and the batch around a record, with room to spare


def dead_letter_topic(stage: str) -> str:
    return f"dead-letter.{stage}"


def is_dead_letter(decision: Decision) -> bool:
    return decision.outcome.startswith(_OUTCOME)


def can_be_kept(record: Record, limit: int | None) -> bool:
    """Whether the record fits into a dead letter of so many bytes; without a limit every one does.

    A broker measures a batch as it was sent: a compressed record may be many times larger than what its topic takes,
    and we would say it uncompressed.
    """
    return limit is None or len(record.value or b"") + len(record.key or b"") + _OVERHEAD <= limit


def dead_letter(
    stage: str,
    record: Record,
    code: str,
    exception: str | None = None,
    *,
    keep_key: bool = True,
    limit: int | None = None,
) -> Decision:
    """The record as it came, to the stage's dead letters. A partner's key isn't ours to trust, so intake drops it.

    Of one that its topic would refuse, by its `limit`, only coordinates, size and hash are kept.
    """
    record = record if keep_key else record._replace(key=None)
    if not can_be_kept(record, limit):
        size, digest = len(record.value or b""), hashlib.sha256(record.value or b"").hexdigest()
        more = (("refused-for", code.encode()), ("size", b"%d" % size), ("sha256", digest.encode()))
        return _dead_letter(stage, record._replace(key=None, value=None), TOO_LARGE_TO_KEEP, exception, more)
    return _dead_letter(stage, record, code, exception)


def _dead_letter(stage: str, record: Record, code: str, exception: str | None, more: Headers = ()) -> Decision:
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
    said = (*headers, *more)
    output = Output(dead_letter_topic(stage), record.key, record.value or b"", said, record.timestamp_ms)
    return Decision((output,), f"{_OUTCOME}{code}", failed=True)
