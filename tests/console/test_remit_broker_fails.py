"""A broker that fails while a payer's file is sent: what went wrong is told, and not what went wrong after it; and an
import that ended midway says all of it when it is run again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from claims.x12.transactions import FileAnswer, Result
from console.imported import Imported
from console.remit import _concluded, import_file

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


def test_what_is_said_of_a_file_is_kept_though_its_claims_were_told_before() -> None:
    """The import before ended when intake had what follows, and the ledger not yet what it follows from."""
    refused = FileAnswer("999", "commercial", "17", None, "refused", True)
    kept: list[FileAnswer] = []

    class Whole:
        def drop(self) -> None: ...

    class Files:
        def answered(self, answers: Iterable[FileAnswer], _at_ms: int) -> None:
            kept.extend(answers)

    together, files = Whole(), Files()
    ends: dict[str, Any] = {"together": together, "clashes": lambda _: False, "sent": files, "now_ms": lambda: 5}
    _, state = _concluded(replace(RESULT, files=(refused,)), known=lambda _: True, **ends)
    assert (state, kept) == ("repeated", [refused])
