"""The states that the ledger keeps, and every shape in which one of them may stand there.

A state's bytes begin with the fingerprint of their schema. Each schema that was ever written is committed under
`ledger/avro`, so that a state of an older version is read, and rewritten in today's shape when it changes.
`python -m ledger.states` names the states whose code has drifted; with `--write` it writes their next version.
"""

import json
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from claims.accounts import Account
from claims.coder_answers import CoderAnswer
from claims.draft import Draft
from claims.facts import Fact
from claims.history import PatientHistory
from claims.postings import ClaimBalance, Payment
from schemas.derive import Drift, avro_schema, contract, report, text
from schemas.events.coded import Query, WorkItem
from schemas.events.types import Wire
from schemas.registry import Schema

STATES: tuple[type[Wire], ...] = (
    Account, PatientHistory, Payment, ClaimBalance, Fact, Query, WorkItem, Draft, CoderAnswer
)  # fmt: skip


def shapes(model: type[Wire]) -> list[Schema]:
    """Every committed schema of a state, the oldest first."""
    folder = files("ledger") / "avro" / model.__name__
    found = sorted(folder.iterdir(), key=lambda file: int(file.name.removesuffix(".avsc"))) if folder.is_dir() else []
    return [json.loads(file.read_text("utf-8")) for file in found]


def drifted() -> Iterator[Drift]:
    """States whose model says something else than their newest schema, with the version that would say it."""
    for model in STATES:
        held, derived = shapes(model), avro_schema(model, model.__name__)
        if not held or contract(held[-1]) != contract(derived):
            yield Drift(model.__name__, len(held) + 1, derived)


def _write(drift: Drift) -> None:
    folder = Path(__file__).parent / "avro" / drift.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{drift.version}.avsc").write_text(text(drift.schema) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(report(drifted(), _write if "--write" in sys.argv else None))
