"""Payments by file: those of a batch that Kafka never committed are none; the journal tells of the rest."""

import json
from pathlib import Path

from claims.forming import form
from tests.chaos.outbox import JOURNAL, Outbox, imported
from tests.chaos.worker import Flight
from tests.claims.given_accounts import account, answer, chart, committed_partners, service


def test_files_of_a_batch_that_was_never_committed_are_dropped(tmp_path: Path) -> None:
    claim = form(chart(services=(service("s1", cents=7_500),)), account(), committed_partners()).claims[0]
    outbox = Outbox(tmp_path / "payer", tmp_path / JOURNAL, Flight(tmp_path / "flight"), {claim.payer: "EXPAY1"})
    outbox.hold("T1", [answer(claim, None, [])])
    outbox.write(20)
    written = [file.name for file in outbox.folder.glob("*.835")]
    outbox.resume(19)
    assert (written, [*outbox.folder.glob("*.835")]) == (["000000000020-T1.835"], [])
    assert imported(tmp_path / JOURNAL)["files_imported"] == 0


def test_the_journal_counts_files_and_not_imports(tmp_path: Path) -> None:
    states = [("A", "begun"), ("A", "begun"), ("A", "published"), ("B", "begun"), ("B", "published"), ("A", "begun")]
    lines = [json.dumps({"file": name, "state": state}) for name, state in [*states, ("A", "repeated")]]
    (tmp_path / JOURNAL).write_text("\n".join(lines))
    assert imported(tmp_path / JOURNAL) == {
        "files_imported": 2,
        "files_imported_twice": 1,
        "imports_known_as_repeated": 1,
        "imports_cut_short": 1,
    }
