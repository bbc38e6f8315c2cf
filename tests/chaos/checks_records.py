"""What must hold of records: said once, the same in every attempt, read to the end; poison told; deadlines acted on."""

from collections import Counter
from collections.abc import Iterator

from tests.chaos.evidence import INNER, READS, Evidence, reads

_REFUSED_AS = {"truncated": {"truncated", "malformed"}}
"""Codes that a kind of poison may be refused with, where it isn't its own name."""
_POISON = {"wrong-magic", "truncated", "null-value", "unknown-schema", "partner-mismatch", "conflict"}


def events_said_twice(evidence: Evidence) -> Iterator[str]:
    """One event id, one record in a topic; a deadline alone may be said again, for it acts once."""
    for topic in INNER:
        if topic not in {"deadline-due", "claim-stats"}:
            counted = Counter(said.event_id for said in evidence.of(topic))
            yield from (f"{topic} {name}: {times}" for name, times in counted.items() if times > 1)


def events_said_with_differing_bytes(evidence: Evidence) -> Iterator[str]:
    """Whatever attempt a record is of, aborted ones included, the same event has the same key, bytes and headers."""
    yield from (" ".join(name) for name, digests in evidence.attempts.items() if len(digests) > 1)


def poison_not_dead_lettered_once(evidence: Evidence) -> Iterator[str]:
    """Each record that can't be taken stands among intake's dead letters once, with its code; nothing else does."""
    expected = {_source(line): line["other"] for line in evidence.others if line["other"] in _POISON}
    letters = list(evidence.family("dead-letter"))
    counted = Counter(said.event_id for said in letters)
    codes = {said.event_id: (said.event["stage"], said.event["error-code"]) for said in letters}
    for name in expected.keys() | counted.keys():
        kind = expected.get(name, "nothing wrong")
        stage, code = codes.get(name, ("intake", "none"))
        if counted[name] != 1 or stage != "intake" or code not in _REFUSED_AS.get(kind, {kind}):
            yield f"{name}: {kind}, {counted[name]} letters of {stage}, {code}"


def refusals_not_told_once(evidence: Evidence) -> Iterator[str]:
    """The partner is told of each record that was not taken: where it stood."""
    expected = {_source(line) for line in evidence.others if line["other"] in _POISON}
    told = Counter(
        f"{said.event['topic']}/{said.event['partition']}/{said.event['offset']}" for said in evidence.of("refused")
    )
    yield from (f"{name}: {told[name]}" for name in expected | told.keys() if told[name] != (name in expected))


def partitions_not_read_to_the_end(evidence: Evidence) -> Iterator[str]:
    """Every group's committed offset is past the last committed record of its topics: the lag is 0."""
    for stage in (*READS, "intake"):
        for place, end in evidence.ends.items():
            if reads(stage, place[0]) and evidence.committed[stage].get(place, -1) < end:
                yield f"{stage} {place}: {evidence.committed[stage].get(place)} of {end}"


def positions_that_differ_from_kafka(evidence: Evidence) -> Iterator[str]:
    """The ledger stands where Kafka does."""
    for stage, offsets in evidence.committed.items():
        for place, offset in offsets.items():
            if evidence.positions[stage].get(place) != offset:
                yield f"{stage} {place}: ledger {evidence.positions[stage].get(place)}, Kafka {offset}"


def deadlines_that_are_stuck(evidence: Evidence) -> Iterator[str]:
    """No deadline whose time has come is still open, and nothing waits for one."""
    for row in evidence.rows["deadlines"]:
        if row["state"] == "open" and row["due"] <= evidence.horizon_ms:
            yield f"{row['kind']} {row['id']}"
    for row in evidence.rows["charts"]:
        if row["state"] in {"held", "awaiting-answer", "consent-missing"}:
            yield f"{row['chart_id']} is still {row['state']}"


def statistics_that_were_not_counted_once(evidence: Evidence) -> Iterator[str]:
    """A statistic for every chart coded, chart returned by us, claim, bill and answer; they have no ids, so they
    are counted. What is only said again, for nobody answered it, was counted before."""
    reasons = [said.event["reason"] for said in evidence.of("chart-returned")]
    said_again = {"unanswered", "deadline-near"}
    returned = sum(not reason.endswith("-by-payer") and reason not in said_again for reason in reasons)
    topics = ("chart-coded", "claim-built", "patient-bill", "claim-adjudicated")
    expected = returned + sum(len(evidence.of(topic)) for topic in topics)
    if expected != len(evidence.of("claim-stats")):
        yield f"{expected} expected, {len(evidence.of('claim-stats'))} found"


def _source(line: dict[str, object]) -> str:
    return f"{line['topic']}/{line['partition']}/{line['offset']}"


CHECKS = (
    events_said_twice,
    events_said_with_differing_bytes,
    poison_not_dead_lettered_once,
    refusals_not_told_once,
    partitions_not_read_to_the_end,
    positions_that_differ_from_kafka,
    deadlines_that_are_stuck,
    statistics_that_were_not_counted_once,
)
