"""A broker that fails while a payer's file is sent: what went wrong is told, and not what went wrong after it."""

from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from claims.x12.transactions import Result
from console.imported import Imported
from console.remit import import_file

RESULT = Result("835", "0001", 3, "commercial", "T1", "event", 1, 100, 100, (), ())


class Broken:
    """A transaction that can be neither committed nor aborted."""

    def keep(self) -> None:
        raise KafkaException(KafkaError(KafkaError.REQUEST_TIMED_OUT))

    def drop(self) -> None:
        raise KafkaException(KafkaError(KafkaError._STATE))


def read() -> Iterator[Any]:
    yield RESULT


def test_why_a_commit_failed_is_not_hidden_by_the_abort_after_it() -> None:
    broken: Any = Broken()

    def conclude(result: Result) -> tuple[Result, str]:
        broken.keep()
        return result, "published"

    with pytest.raises(KafkaException) as raised:
        import_file(Imported("file"), read, broken, lambda _: None, conclude)
    assert raised.value.args[0].code() == KafkaError.REQUEST_TIMED_OUT
