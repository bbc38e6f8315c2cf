"""A query is open, then answered, withdrawn or overdue; a coder's item is open until a version or an answer ends it."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from agents.timers import announced
from agents.tracing import trace_chart
from claims.draft import Draft
from ledger import deadlines
from ledger.tables import drafts, queries, work
from schemas.events import ChartReturned, DeadlineDue
from schemas.events.coded import Query
from tests.agents.given_returned import PHRASE, UNSIGNED, by_coder, clear, sent, signed, unsigned_and_unclear
from tests.agents.given_stages import Stages, outcomes
from tests.pipeline import NOON

MONTH = timedelta(days=31)


def rows(given: Stages, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    with given.assembly.ledger.reading() as tx:
        return list(tx.execute(sa.select(table).order_by(table.c.version, table.c.chart_id)).all())


def states(given: Stages, table: sa.Table = queries) -> list[str]:
    return [row.state for row in rows(given, table)]


def due(given: Stages, after: timedelta = MONTH) -> list[DeadlineDue]:
    moment = int((NOON + after).timestamp() * 1000)
    with given.assembly.ledger.reading() as tx:
        return [announced(each) for each in deadlines.due(tx, "validation", moment)]


def told(given: Stages, events: Iterable[DeadlineDue]) -> list[ChartReturned]:
    return given.said(given.decide("validation", *events), ChartReturned)


def draft_of(given: Stages) -> Draft:
    (row,) = rows(given, drafts)
    return given.assembly.states.load(Draft, row.body)


def test_what_goes_back_opens_its_queries_with_a_day(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    (row,) = rows(given, queries)
    assert (row.state, row.whom, row.kind, row.opened, row.due > row.opened) == (
        "open", "author", "task", int(NOON.timestamp() * 1000), True,
    )  # fmt: skip


def test_a_query_can_be_said_again_from_the_ledger(given: Stages) -> None:
    (returned,) = given.said(given.decide("validation", sent(UNSIGNED)), ChartReturned)
    (row,) = rows(given, queries)
    assert (given.assembly.states.load(Query, row.body),) == returned.queries


def test_a_task_that_is_done_is_answered(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    given.decide("validation", signed(sent(UNSIGNED, 2)))
    assert (states(given), due(given)) == (["answered"], [])


def test_both_versions_in_one_batch_end_the_same(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED), signed(sent(UNSIGNED, 2)))
    assert (states(given), due(given)) == (["answered"], [])


def test_a_query_that_is_asked_again_keeps_its_day(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    (before,) = rows(given, queries)
    given.decide("validation", sent(UNSIGNED, 2, received_at=NOON + MONTH))
    (after,) = rows(given, queries)
    assert (after.state, after.version, after.due, after.opened) == ("open", 2, before.due, before.opened)


def test_a_version_that_is_late_changes_no_query(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED, 2))
    before = rows(given, queries)
    given.decide("validation", signed(sent(UNSIGNED, 1)))
    assert rows(given, queries) == before


def test_a_day_that_passes_is_told_with_the_query(given: Stages) -> None:
    (returned,) = given.said(given.decide("validation", sent(UNSIGNED)), ChartReturned)
    (again,) = told(given, due(given))
    assert (again.reason, again.queries, again.version, again.account_number) == (
        "unanswered", returned.queries, 1, returned.account_number,
    )  # fmt: skip
    assert states(given) == ["overdue"]


def test_before_its_day_nothing_is_due(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    assert due(given, timedelta(0)) == []


def test_two_workers_who_hear_of_one_day_tell_it_once(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    heard = due(given)
    said = [*told(given, heard), *told(given, heard)]
    assert len(said) == 1


def test_a_deadline_that_is_heard_after_the_answer_says_nothing(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    heard = due(given)
    decided = given.decide("validation", signed(sent(UNSIGNED, 2)), *heard)
    assert (outcomes(decided), states(given)) == (["coded", "moot"], ["answered"])


def test_an_overdue_query_may_still_be_answered(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    told(given, due(given))
    given.decide("validation", signed(sent(UNSIGNED, 2)))
    assert states(given) == ["answered"]


def test_an_overdue_query_that_is_asked_again_is_not_told_twice(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    told(given, due(given))
    given.decide("validation", sent(UNSIGNED, 2))
    assert (states(given), due(given)) == (["overdue"], [])


def test_another_stage_s_deadline_is_passed_over(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    foreign = [event.model_copy(update={"stage": "claiming"}) for event in due(given)]
    assert outcomes(given.decide("validation", *foreign)) == ["not-ours"]


def test_a_coder_s_items_open_with_the_chart_as_far_as_it_is_coded(given: Stages) -> None:
    given.decide("validation", sent(PHRASE))
    assert (states(given, work), draft_of(given).chart.chart_id) == (["open"], "hr-enc03")


def test_items_of_an_older_version_are_withdrawn(given: Stages) -> None:
    given.decide("validation", sent(PHRASE))
    given.decide("validation", sent(PHRASE, 2))
    assert [(row.version, row.state) for row in rows(given, work)] == [(1, "withdrawn"), (2, "open")]


def test_a_version_that_is_coded_withdraws_what_was_a_coder_s(given: Stages) -> None:
    given.decide("validation", unsigned_and_unclear())
    decided = given.decide("validation", signed(clear(unsigned_and_unclear(2))))
    assert (outcomes(decided), states(given, work), states(given)) == (["coded"], ["withdrawn"], ["answered"])


def test_an_accepted_answer_of_a_coder_ends_items_and_queries(given: Stages) -> None:
    given.decide("validation", unsigned_and_unclear())
    decided = given.decide("validation", by_coder(draft_of(given).chart))
    assert (outcomes(decided), states(given, work), states(given)) == (["coded"], ["answered"], ["answered"])
    assert due(given) == []


def test_what_is_coded_leaves_no_draft(given: Stages) -> None:
    given.decide("validation", unsigned_and_unclear())
    given.decide("validation", by_coder(draft_of(given).chart))
    assert [(row.version, row.body) for row in rows(given, drafts)] == [(1, b"")]


def test_a_chart_s_trace_names_the_day_it_waits_for(given: Stages) -> None:
    given.decide("validation", sent(UNSIGNED))
    with given.assembly.ledger.reading() as tx:
        trace = trace_chart(tx, given.assembly.states, *UNSIGNED)
    assert trace is not None
    assert [(row.kind, row.stage) for row in trace.waits] == [("query-overdue", "validation")]


def test_a_refused_answer_opens_the_items_upon_its_revision(given: Stages) -> None:
    given.decide("validation", sent(PHRASE))
    decided = given.decide("validation", by_coder(draft_of(given).chart, diagnoses=()))
    (item,), (draft,) = rows(given, work), rows(given, drafts)
    assert outcomes(decided) == ["rejected-by-edits"]
    assert (item.state, item.base, draft.revision) == ("open", 1, 1)
    assert [finding for finding in draft_of(given).chart.findings if finding.severity == "reject"]
