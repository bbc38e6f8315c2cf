"""Charts that claiming returns are at the desk: an item for each finding that rejects, until the chart is taken."""

from collections.abc import Mapping
from typing import Any

import pytest

from agents.desk import NotDone
from ledger import worklist
from tests.agents.given_desk import coded, desk, items
from tests.agents.given_stages import Stages
from tests.agents.test_folding_at_the_desk import accepted, admission, taken, visit
from tests.claims.given_accounts import service


def rows(given: Stages) -> list[Mapping[str, Any]]:
    with given.assembly.ledger.reading() as tx:
        return list(worklist.work_of(tx, ["c1"]).get(("mercy-general", "c1"), {}).values())


def test_a_finding_that_rejects_is_an_item_with_its_rule_and_mend(given: Stages) -> None:
    taken(given)
    (name,) = items(given, "finding")
    item = desk(given).show(name).item
    assert (item.statement, item.why) == ("B7", "outpatient services stand apart from the stay they came before")
    assert item.text is not None
    assert item.text.startswith("fold the outpatient services")


def test_a_chart_that_is_taken_at_once_has_none(given: Stages) -> None:
    given.decide("claiming", visit())
    assert items(given) == []


def test_the_fold_that_mends_it_answers_it(given: Stages) -> None:
    given.decide("claiming", visit(received_at=None), admission())
    given.decide("claiming", *accepted(given))
    assert [(row["state"], row["version"]) for row in rows(given)] == [("answered", 1)]


def test_a_fold_that_has_to_wait_for_the_visits_payer_is_another_item(given: Stages) -> None:
    taken(given)
    before = items(given)
    given.decide("claiming", *accepted(given))
    (now,) = items(given)
    assert (desk(given).show(now).item.why, now in before) == (
        "the services that were folded into this chart still stand on their own claim",
        False,
    )


def test_the_next_version_of_the_hospital_withdraws_it(given: Stages) -> None:
    taken(given)
    given.decide("claiming", admission(version=2, event_id="v2", services=(service("p1", "professional"),)))
    assert [row["state"] for row in rows(given)] == ["withdrawn"]


def test_who_took_it_has_it_still_when_the_next_version_has_the_same_fault(given: Stages) -> None:
    taken(given)
    (name,) = items(given)
    desk(given).take(name, "c-anna")
    given.decide("claiming", admission(version=2, event_id="v2"))
    assert [(row["id"], row["state"], row["coder"], row["version"]) for row in rows(given)] == [
        (name, "taken", "c-anna", 2)
    ]


def test_no_code_answers_it(given: Stages) -> None:
    taken(given)
    (name,) = items(given)
    with pytest.raises(NotDone, match="no code mends it"):
        desk(given).answer(name, "c-anna", coded("I10"))
