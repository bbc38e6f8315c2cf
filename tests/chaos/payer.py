"""The example payer, who says every third of his payments by file: an 835, imported as a clearing house does it.

What he answers, and in which transaction, is the example's; this patches its names, as the example has no code for it.
"""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from agents.reference import read_partners
from schemas.events import ClaimAdjudicated
from streams.settings import Settings
from tests.chaos.outbox import FILES, JOURNAL, Outbox, name_of
from tests.chaos.wire import ROOT, Event
from tests.chaos.worker import FLIGHT, Flight

_BY_FILE = 3  # every so many payments


def main(names: str) -> None:
    ids = {each.id: each.payer_id for each in read_partners(Settings().infra).payers.values()}
    files, flight = Path(os.environ[FILES]), Flight(Path(os.environ[FLIGHT]) / name_of(names))
    flight.write(0, 0)
    sys.path.insert(0, str(ROOT / "examples"))  # it stands alone: no package of ours
    example = import_module("payer")
    _by_file(example, Outbox(files / name_of(names), files / JOURNAL, flight, ids))
    example.main(sys.argv[1:])


def _by_file(patched: Any, outbox: Outbox) -> None:
    say = patched.remittance

    def remittance(payer: str, npi: str, answered: list[Event]) -> Iterator[tuple[str, str, Event]]:
        payment, *answers = say(payer, npi, answered)
        trace = payment[1]
        if int(trace, 16) % _BY_FILE:
            yield from (payment, *answers)
        else:
            each_once = {event["position"]: event for *_, event in answers}
            outbox.hold(trace, [ClaimAdjudicated.model_validate(event) for event in each_once.values()])

    class Filing(Producer):
        def send_offsets_to_transaction(self, offsets: list[TopicPartition], *others: Any) -> None:
            outbox.write(_reached(offsets))
            super().send_offsets_to_transaction(offsets, *others)

        def commit_transaction(self, *others: Any) -> None:
            super().commit_transaction(*others)
            outbox.deliver()

    class Resuming(Consumer):
        def committed(self, partitions: list[TopicPartition], *others: Any) -> list[TopicPartition]:
            found: list[TopicPartition] = super().committed(partitions, *others)
            outbox.resume(_reached(found))
            return found

    patched.remittance, patched.Producer, patched.Consumer = remittance, Filing, Resuming


def _reached(offsets: list[TopicPartition]) -> int:
    """How far a payer has come: it only grows."""
    return sum(max(0, each.offset) for each in offsets)


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--payers") + 1])
