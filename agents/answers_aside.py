"""Payers' answers laid aside on disk while an export runs: all of them may be more than memory holds."""

import sqlite3
from types import TracebackType
from typing import Self

from schemas.compiled import CompiledCodec
from schemas.events import ClaimAdjudicated


class AnswersAside:
    """In a file without a name, which ends with the process: it holds PHI, and nobody has to clean up after a crash."""

    def __init__(self, codec: CompiledCodec) -> None:
        self._codec = codec
        self._db = sqlite3.connect("", isolation_level=None)  # a private file on disk, unlinked when it is opened
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE answer (claim_id TEXT NOT NULL, encoded BLOB NOT NULL)")
        self._db.execute("CREATE INDEX answer_of_claim ON answer (claim_id)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _e: BaseException | None, _at: TracebackType | None) -> None:
        self._db.close()

    def add(self, claim_id: str, encoded: bytes) -> None:
        self._db.execute("INSERT INTO answer VALUES (?, ?)", (claim_id, encoded))

    def of(self, claim_id: str) -> list[ClaimAdjudicated]:
        """The answers to a claim, in the order they came."""
        rows = self._db.execute("SELECT encoded FROM answer WHERE claim_id = ? ORDER BY rowid", (claim_id,))
        events = (self._codec.decode(encoded) for (encoded,) in rows)
        return [event for event in events if isinstance(event, ClaimAdjudicated)]
