"""`claimstream tail`: a topic's records as they come, decoded by schema id; PHI is masked unless it is asked for."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition

from console.faults import Mendable
from console.masks import MASK, plain
from console.screen import Json, counted, flat, say, say_json
from console.wire import QUIET, reachable, strict_codec
from schemas.codec import Codec, Undecodable, schema_id
from streams.messages import headers_of
from streams.settings import Settings
from streams.topics import FROM_HOSPITALS, FROM_PAYERS

app = typer.Typer(add_completion=False)

# Ours, and about nobody (agents.stage, streams.deadletters). A partner may write anything under these names.
_HEADERS = frozenset(
    {
        "content-type", "partner", "error-code", "stage", "exception",
        "source-topic", "source-partition", "source-offset", "source-timestamp",
    }
)  # fmt: skip


@app.command()
def tail(
    topic: Annotated[str, typer.Argument(help="Any topic: chart-coded, claim-built.PAYER, dead-letter.intake, ...")],
    *,
    show_phi: Annotated[bool, typer.Option("--show-phi", help="Show everything. For those who may see it.")] = False,
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="Also what is there already.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many records.")] = None,
    until_now: Annotated[bool, typer.Option("--until-now", help="Stop at the topic's present end.")] = False,
    as_json: Json = False,
) -> None:
    """Show a topic's records as they come, until Ctrl-C. Nothing is committed: no group notices.

    Without --show-phi an allow-list says which fields are shown: roles, kinds, outcomes, rules, cents. Keys,
    identifiers, dates and texts are masked. What can't be decoded is told with its reason.
    """
    settings = Settings()
    known = reachable(settings).list_topics(timeout=10).topics
    if topic not in known:
        named = ", ".join(sorted(name for name in known if not name.startswith("__"))) or "none"
        raise Mendable(f"there is no topic {topic}", f"name one of: {named}")
    partitions = sorted(known[topic].partitions)
    codec = strict_codec(settings)
    start = OFFSET_BEGINNING if from_beginning else OFFSET_END
    try:
        for number, message in enumerate(messages(settings, topic, partitions, start, until_now), start=1):
            _show(_facts(message, codec, show_phi), as_json)
            if number == limit:
                break
    except KeyboardInterrupt:
        pass  # how one stops it


def messages(settings: Settings, topic: str, partitions: list[int], start: int, until_now: bool) -> Iterator[Any]:
    """Committed records of all partitions; until they have all come to their end, or for ever."""
    config = settings.consumer_config("tail") | QUIET | {"auto.offset.reset": "earliest", "enable.partition.eof": True}
    consumer = Consumer(config)
    consumer.assign([TopicPartition(topic, number, start) for number in partitions])
    ended: set[int] = set()
    try:
        while not (until_now and len(ended) == len(partitions)):
            message = consumer.poll(0.5)
            if message is None:
                continue
            error = message.error()
            if error is None:
                yield message
            elif error.code() == KafkaError._PARTITION_EOF:
                ended.add(int(message.partition() or 0))
            elif error.fatal() or not error.retriable():
                raise KafkaException(error)
    finally:
        consumer.close()


def _facts(message: Any, codec: Codec, show_phi: bool) -> Mapping[str, Any]:
    """Where a record stands, and what of it may be shown."""
    value, key = message.value(), message.key()
    said: dict[str, Any] = {
        "topic": message.topic(),
        "partition": message.partition(),
        "offset": message.offset(),
        "time": datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC).isoformat(timespec="milliseconds"),
        "key": None if key is None else key.decode(errors="replace") if show_phi else MASK,
        "headers": _headers(message, show_phi),
        "bytes": len(value or b""),
    }
    try:
        event = codec.decode_strict(value)
        said |= {"subject": codec.subject_of(schema_id(value)), "event": plain(event, show_phi)}
    except Undecodable as refused:
        said |= {"undecodable": refused.code, "field": refused.field}
    return said


def _headers(message: Any, show_phi: bool) -> Mapping[str, str]:
    """Headers of our own making; a partner's could hold anything."""
    headers = {name: value.decode(errors="replace") for name, value in headers_of(message)}
    if show_phi:
        return headers
    foreign = str(message.topic()).startswith(tuple(f"{family}." for family in (*FROM_HOSPITALS, *FROM_PAYERS)))
    return {name: MASK if foreign or name not in _HEADERS else value for name, value in headers.items()}


def _show(facts: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        say_json(facts)
        return
    what = facts.get("subject") or f"undecodable: {facts['undecodable']}"
    size = counted(facts["bytes"], "byte")
    say(f"{facts['topic']}[{facts['partition']}]@{facts['offset']}  {facts['time']}  {what}, {size}")
    shown = {**facts["headers"], **dict(flat(facts.get("event", {})))}
    masked = sum(value == MASK for value in shown.values())
    said = [f"{name}={value}" for name, value in shown.items() if value not in (MASK, None)]
    hidden = [f"({counted(masked, 'field')} masked)"] if masked else []
    say("    " + "  ".join([*said, *hidden]))
