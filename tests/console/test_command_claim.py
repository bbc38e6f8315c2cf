"""`claimstream claim`: a claim's versions and relatives, as stages decided them."""

from typing import Any

import pytest

from agents.statistics import open_month
from console.claim import origin
from console.masks import MASK
from ledger.upgrade import upgrade
from tests.agents.given_accounts_of_claiming import built, rejection, settled, visit
from tests.agents.given_stages import MONTH, Stages
from tests.claims.given_accounts import coverage, service
from tests.console.conftest import Terminal


@pytest.fixture
def given(alone: Terminal) -> Stages:
    assembly = alone.assembly
    upgrade(assembly.ledger)
    with assembly.ledger.transaction() as tx:
        open_month(tx, MONTH)
    return Stages(assembly)


def replaced(given: Stages) -> tuple[Any, Any, Any]:
    """An original that was denied, its replacement, and the next payer's claim after that."""
    plans = (coverage(), coverage("medicaid"))
    (first,) = built(given, given.decide("claiming", visit(coverages=plans)))
    given.decide("claiming", settled(first, 0, [("CO", "197", 10_000)]))
    cheaper = visit(2, coverages=plans, services=(service(cents=9_000),))
    (again,) = built(given, given.decide("claiming", cheaper))
    (second,) = built(given, given.decide("claiming", settled(again, 8_000, [("PR", "2", 1_000)], trace_number="t2")))
    return first, again, second


def test_every_version_and_the_next_payers_claim_are_one_family(alone: Terminal, given: Stages) -> None:
    first, again, second = replaced(given)
    for asked in (first.control_number, again.control_number, second.claim_id):
        said = alone.json("claim", asked)
        assert [(kin["control_number"], kin["frequency"], kin["state"]) for kin in said["family"]] == [
            (first.control_number, "1", "replaced"),
            (again.control_number, "7", "answered"),
            (second.control_number, "1", "sent"),
        ]


def test_each_names_its_relatives(alone: Terminal, given: Stages) -> None:
    first, again, second = replaced(given)
    original, replacement, secondary = alone.json("claim", again.control_number)["family"]
    assert original["replaced_by"] == [again.control_number]
    assert (replacement["replaces"], replacement["led_to"]) == (first.control_number, [second.control_number])
    assert (secondary["follows"], secondary["answer_due"] is None) == (again.control_number, False)


def test_answers_and_denials_stand_with_it(alone: Terminal, given: Stages) -> None:
    first, again, _ = replaced(given)
    said = alone.json("claim", again.control_number)
    assert [(answer["control_number"], answer["paid_cents"]) for answer in said["answers"]] == [
        (first.control_number, 0),
        (again.control_number, 8_000),
    ]
    assert [(row["carc"], row["rule"], row["state"]) for row in said["denials"]] == [("197", "C6", "replaced")]


def test_a_claim_sent_again_has_both_its_numbers(alone: Terminal, given: Stages) -> None:
    (first,) = built(given, given.decide("claiming", visit()))
    given.decide("claiming", rejection(first))
    (again,) = built(given, given.decide("claiming", visit(2)))
    said = alone.json("claim", first.control_number)
    assert {row["control_number"] for row in said["submissions"]} == {first.control_number, again.control_number}
    assert [kin["submission"] for kin in said["family"]] == [2]


def test_another_claim_of_the_account_is_no_relative(alone: Terminal, given: Stages) -> None:
    both = visit(services=(service(), service("s2", "professional")))
    first, _ = built(given, given.decide("claiming", both))
    said = alone.json("claim", first.control_number)
    assert [kin["control_number"] for kin in said["family"]] == [first.control_number]


def test_people_read_it_in_tables(alone: Terminal, given: Stages) -> None:
    first, again, _ = replaced(given)
    said = alone.run("claim", again.control_number)
    words = (f"replaces {first.control_number}", "$80.00", "commercial", "197", "Versions")
    assert (said.exit_code, [each for each in words if each not in said.stdout]) == (0, [])


def test_the_chart_shows_where_each_claim_comes_from(alone: Terminal, given: Stages) -> None:
    first, again, second = replaced(given)
    said = {row["control_number"]: row for row in alone.json("chart", "mercy-general", "c1")["claims"]}
    assert (said[again.control_number]["replaces"], said[second.control_number]["follows"]) == (
        first.control_number,
        again.control_number,
    )
    assert f"replaces {first.control_number}" in alone.run("chart", "mercy-general", "c1").stdout


def test_a_void_takes_back_and_does_not_replace() -> None:
    assert origin({"frequency": "8", "replaces": "A1", "follows": None}) == "voids A1"


def test_a_claim_nobody_knows_is_told_in_words(alone: Terminal, given: Stages) -> None:
    done = alone.run("claim", "NOBODY")
    assert (done.exit_code, "no such claim" in done.stderr) == (1, True)


def test_chart_and_account_are_masked(alone: Terminal, given: Stages) -> None:
    (first,) = built(given, given.decide("claiming", visit()))
    said, shown = (alone.json("claim", first.control_number, *more) for more in ((), ("--show-phi",)))
    assert ((said["chart_id"], said["account"]), (shown["chart_id"], shown["account"])) == ((MASK, MASK), ("c1", "a1"))
