"""Payments that a payer says by file: 835s that wait in a folder until `claimstream remit import` has read them.

Answered claims are one transaction of Kafka's, and a file isn't part of it. So a file's name begins with where its
batch ends: who dies between writing and committing finds later that Kafka never came that far, and drops the file.
"""

import gc
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from console.remit import app
from schemas.events import ClaimAdjudicated
from tests.chaos.worker import Flight
from tests.claims.x12.written_835 import remittance_file

FILES = "CHAOS_FILES"
JOURNAL = "imports.jsonl"
_AGAIN, _REVERSED, _TWICE_EVERY = 0.2, 0.5, 5


@dataclass
class Outbox:
    folder: Path
    journal: Path
    flight: Flight
    payer_ids: Mapping[str, str]
    """As files have them, by payer."""
    _held: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sent = self.folder / "sent"
        self._sent.mkdir(parents=True, exist_ok=True)

    def hold(self, trace: str, answers: Sequence[ClaimAdjudicated]) -> None:
        self._held[trace] = remittance_file(answers, self.payer_ids[answers[0].payer])

    def write(self, batch: int) -> None:
        """Before the batch is committed."""
        for trace, content in self._held.items():
            (self.folder / f"{batch:012d}-{trace}.835").write_bytes(content)
        self._held.clear()

    def resume(self, committed: int) -> None:
        """What a process before left: files of what it never committed go, the others are imported, perhaps again."""
        for file in self.folder.glob("*.835"):
            if int(file.name.split("-")[0]) > committed:
                file.unlink()
        self.deliver()

    def deliver(self) -> None:
        """Imports each file that waits; some twice, some again long after, some batches from the last file to the
        first."""
        sent = sorted(self._sent.iterdir())
        if sent and random.random() < _AGAIN:
            again = random.choice(sent)
            again.rename(self.folder / again.name)
        waiting = sorted(self.folder.glob("*.835"), reverse=random.random() < _REVERSED)
        for number, file in enumerate(waiting):
            self.flight.write(len(waiting) - number, 0)
            for _ in range(2 if (len(sent) + number) % _TWICE_EVERY == 0 else 1):
                self._import(file)
            file.rename(self._sent / file.name)
        self.flight.write(0, 0)

    def _import(self, file: Path) -> None:
        self._note(file, "begun")
        done = CliRunner().invoke(app, ["import", "--json", str(file)])
        gc.collect()  # a command's connections end with its process: this one goes on
        if done.exit_code:
            raise RuntimeError(f"{file.name}: {done.output}") from done.exception
        for transaction in json.loads(done.stdout)[0]["transactions"]:
            self._note(file, transaction["state"])

    def _note(self, file: Path, state: str) -> None:
        line = json.dumps({"file": file.name, "state": state}) + "\n"
        note = os.open(self.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(note, line.encode())
        os.close(note)


def name_of(payers: str) -> str:
    """Of a process that is these payers: what its files and its flight are called."""
    return f"payer-{payers.split(',', maxsplit=1)[0]}"


def imported(journal: Path) -> dict[str, Any]:
    """What the payers' journal tells of their files."""
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for line in map(json.loads, journal.read_text().splitlines() if journal.is_file() else ()):
        states[line["file"]][line["state"]] += 1
    ended = {name: own.total() - own["begun"] for name, own in states.items()}
    return {
        "files_imported": sum(times > 0 for times in ended.values()),
        "files_imported_twice": sum(times > 1 for times in ended.values()),
        "imports_known_as_repeated": sum(own["repeated"] for own in states.values()),
        "imports_cut_short": sum(own["begun"] - ended[name] for name, own in states.items()),
    }
