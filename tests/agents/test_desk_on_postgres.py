"""The desk beside validation on PostgreSQL, where several write at once: the row of the chart keeps them apart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from agents.assembly import Assembly
from agents.desk import Desk, NotDone
from agents.statistics import open_month
from ledger.store import Ledger
from tests.agents.given_desk import WRIST, chart_in, coded, items
from tests.agents.given_returned import PHRASE, sent
from tests.agents.given_stages import MONTH, Stages, outcomes
from tests.given_ledgers import migrated_database, postgres_ledger
from tests.pipeline import NOON, settings

__all__ = ["migrated_database", "postgres_ledger"]
pytestmark = pytest.mark.postgres


@pytest.fixture
def given(postgres_ledger: Ledger) -> Iterator[Stages]:
    assembly = Assembly(settings("", postgres_ledger.url))
    with assembly.ledger.transaction() as tx:
        open_month(tx, MONTH)
    yield Stages(assembly)
    assembly.ledger.close()


def answering(given: Stages, item: str, coder: str) -> str:
    try:
        Desk(given.assembly).answer(item, coder, coded(WRIST))
    except NotDone as why:
        return str(why)
    return "done"


def test_of_two_answers_at_once_one_stands(given: Stages) -> None:
    given.decide("validation", sent(PHRASE))
    (item,) = items(given)
    together = Barrier(2)
    _ = given.assembly.reference

    def work(coder: str) -> str:
        together.wait()
        return answering(given, item, coder)

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(work, ("c-anna", "c-ben")))
    assert (said.count("done"), sum("has answered it" in each for each in said)) == (1, 1)
    (ready,) = Desk(given.assembly).ready()
    answer = chart_in(given, ready).model_copy(update={"received_at": NOON})
    assert outcomes(given.decide("validation", answer)) == ["coded"]


def test_an_answer_beside_a_new_version_is_before_it_or_nobody_s(given: Stages) -> None:
    given.decide("validation", sent(PHRASE))
    (item,) = items(given)
    together = Barrier(2)
    _ = given.assembly.reference

    def newer() -> str:
        together.wait()
        return outcomes(given.decide("validation", sent(PHRASE, 2)))[0]

    def older() -> str:
        together.wait()
        return answering(given, item, "c-anna")

    with ThreadPoolExecutor(2) as pool:
        decided, said = pool.submit(newer), pool.submit(older)
    assert decided.result() in {"incomplete", "uncodable"}
    ready = Desk(given.assembly).ready()
    assert {chart_in(given, each).version for each in ready} == ({2} if said.result() == "done" else set())
