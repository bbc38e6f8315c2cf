"""What a transaction writes is sent together, and behaves as if each statement had been sent by itself."""

from contextlib import suppress

import pytest
import sqlalchemy as sa

from ledger import accounts
from ledger.rows import put
from ledger.store import Ledger
from ledger.tables import slots
from ledger.writes import Conflict, Write, flush, write

_COUNT = sa.select(sa.func.count()).select_from(slots)
_SET = "UPDATE slots SET until = :until WHERE slot = :slot"


def row(slot: str, until: int = 1) -> dict[str, object]:
    return {"stage": "claiming", "slot": slot, "owner": "w", "until": until}


def until(ledger: Ledger) -> list[tuple[str, int]]:
    with ledger.reading() as tx:
        return sorted((kept.slot, kept.until) for kept in tx.execute(sa.select(slots)))


def written(ledger: Ledger, change: Write) -> None:
    with ledger.transaction() as tx:
        put(tx, slots, [row("1")])
        write(tx, change)


def failed(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, slots, [row("1")])
        raise LookupError


def statements(ledger: Ledger) -> list[str]:
    sent = list[str]()
    sa.event.listen(ledger.engine, "before_cursor_execute", lambda *about: sent.append(about[2]))
    return sent


def test_who_reads_finds_what_was_written_before(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, slots, [row("1"), row("2")])
        assert tx.execute(_COUNT).scalar() == 2


def test_what_is_written_last_is_there_at_the_end(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, slots, [row("1")])
    assert until(ledger) == [("1", 1)]


def test_changes_of_the_same_rows_follow_their_order(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, slots, [row("1")])
        for value in (5, 7):
            write(tx, Write("slots", _SET, {"until": value, "slot": "1"}))
    assert until(ledger) == [("1", 7)]


def test_several_tables_are_one_statement_where_there_are_round_trips_to_save(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        read = accounts.lock(tx, "claiming", ["a"])
        sent = statements(ledger)
        put(tx, slots, [row("1")])
        accounts.save(tx, "claiming", read, {"a": b"state"})
        flush(tx)
    assert len(sent) == (2 if ledger.is_sqlite else 1)


def test_a_change_of_too_few_rows_is_a_conflict(ledger: Ledger) -> None:
    with pytest.raises(Conflict, match="slot"), ledger.transaction() as tx:
        write(tx, Write("slots", _SET, {"until": 5, "slot": "none"}, rows=1, conflict="slot"))


def test_a_conflict_takes_back_what_was_written_with_it(ledger: Ledger) -> None:
    none_there = Write("others", _SET, {"until": 5, "slot": "none"}, rows=1, conflict="slot")
    with pytest.raises(Conflict):
        written(ledger, none_there)
    assert until(ledger) == []


def test_a_transaction_that_fails_leaves_nothing_to_the_next(ledger: Ledger) -> None:
    with suppress(LookupError):
        failed(ledger)
    with ledger.transaction() as tx:
        put(tx, slots, [row("2")])
    assert until(ledger) == [("2", 1)]


def test_a_colon_in_a_word_is_no_parameter(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, slots, [row("1")])
        write(tx, Write("slots", "UPDATE slots SET owner = 'at 12:30' WHERE slot = :slot", {"slot": "1"}))
    with ledger.reading() as tx:
        assert tx.execute(sa.select(slots.c.owner)).scalar() == "at 12:30"
