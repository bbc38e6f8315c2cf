"""Files of claims and what was said of them: the strongest word stays, in whatever order and however often it comes."""

import itertools
from typing import Any

import pytest

from agents.sent_files import SentFiles
from claims.x12.transactions import FileAnswer, FileVerdict, SentFile
from ledger import interchanges
from ledger.store import Ledger

ROW: dict[str, Any] = {
    "format": "x12", "payer": "commercial", "hospital": "mercy", "kind": "professional", "folder": "out", "claims": 3,
    "cents": 1, "at": 0,
}  # fmt: skip
CLAIMS = [("c1", 1, "N1", "0001"), ("c2", 1, "N2", "0001"), ("c3", 1, "N3", "0002")]


def begin(ledger: Ledger, *claims: Any, **other: Any) -> int:
    held = [interchanges.Held(*each) for each in claims or CLAIMS]
    return ledger.run(lambda tx: interchanges.begin(tx, {**ROW, **other}, held))


def said(verdict: FileVerdict, number: str = "1", set_number: str | None = None, is_ours: bool = True) -> FileAnswer:
    return FileAnswer("999", "commercial", number, set_number, verdict, is_ours)


def verdict(ledger: Ledger, number: int = 1) -> tuple[Any, Any]:
    row = ledger.read(lambda tx: interchanges.written(tx, number))
    assert row is not None
    return row["verdict"], row["answered_at"]


@pytest.mark.parametrize(
    ("number", "set_number", "claims"),
    [("1", None, ("N1", "N2", "N3")), ("000000001", "0001", ("N1", "N2")), ("1", "0002", ("N3",))],
)
def test_a_file_is_known_by_its_number_and_a_set_by_its_own(
    ledger: Ledger, number: str, set_number: str | None, claims: tuple[str, ...]
) -> None:
    begin(ledger)
    assert SentFiles(ledger).held(number, set_number) == SentFile("commercial", claims)


@pytest.mark.parametrize(
    ("reason", "number", "set_number"),
    [
        ("never given", "2", None),
        ("no number", "1X", None),
        ("longer than any", "0" * 30 + "1", None),
        ("digits of another script", "\u0661", None),
        ("a set it never had", "1", "0009"),
    ],
)
def test_what_was_never_sent_is_not_known(ledger: Ledger, reason: str, number: str, set_number: str | None) -> None:
    begin(ledger)
    assert SentFiles(ledger).held(number, set_number) is None, reason


def test_claims_that_went_again_in_a_later_file_are_not_refused_with_the_first(ledger: Ledger) -> None:
    begin(ledger)
    later = begin(ledger, CLAIMS[0])
    assert SentFiles(ledger).held("1", None) == SentFile("commercial", ("N2", "N3"))
    SentFiles(ledger).answered([said("refused", str(later))], 5)
    assert SentFiles(ledger).held("1", None) == SentFile("commercial", ("N1", "N2", "N3"))


def test_a_test_sent_no_claim_and_they_go_out_in_earnest_still(ledger: Ledger) -> None:
    begin(ledger, test=1)
    assert SentFiles(ledger).held("1", None) == SentFile("commercial", ())
    assert ledger.read(lambda tx: interchanges.sent(tx, "x12", ["c1"])) == frozenset()


def test_a_file_of_events_is_refused_by_nobody(ledger: Ledger) -> None:
    begin(ledger, format="json")
    assert SentFiles(ledger).held("1", None) is None


@pytest.mark.parametrize("order", [*itertools.permutations(("received", "accepted", "refused"))])
def test_the_strongest_word_stays_in_whatever_order_it_comes(ledger: Ledger, order: tuple[FileVerdict, ...]) -> None:
    begin(ledger)
    for each in order:
        SentFiles(ledger).answered([said(each)], 5)
    assert verdict(ledger)[0] == "refused"


def test_the_same_word_again_changes_nothing(ledger: Ledger) -> None:
    begin(ledger)
    for at in (5, 6):
        SentFiles(ledger).answered([said("accepted")], at)
    assert verdict(ledger) == ("accepted", 5)


def test_a_file_of_which_a_set_was_refused_is_partly_taken(ledger: Ledger) -> None:
    begin(ledger)
    SentFiles(ledger).answered([said("refused", set_number="0001")], 5)
    assert verdict(ledger) == ("partly", 5)


def test_a_refusal_of_what_was_never_sent_waits_for_a_person_and_is_listed_once(ledger: Ledger) -> None:
    for at in (5, 6):
        SentFiles(ledger).answered([said("refused", "77", is_ours=False)], at)
    assert [tuple(row)[:5] for row in ledger.read(interchanges.open_unknown)] == [("commercial", "999", "77", "", 5)]
    assert ledger.run(lambda tx: interchanges.dismiss(tx, "commercial", "77")) == 1
    SentFiles(ledger).answered([said("refused", "77", is_ours=False)], 7)
    assert ledger.read(interchanges.open_unknown) == []


def test_what_was_taken_and_never_sent_by_us_waits_for_nobody(ledger: Ledger) -> None:
    SentFiles(ledger).answered([said("accepted", "77", is_ours=False)], 5)
    assert ledger.read(interchanges.open_unknown) == []
