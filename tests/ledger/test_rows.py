"""Many rows in one statement, whatever they hold and whatever their columns are called."""

import pytest
import sqlalchemy as sa

from ledger.rows import pick, put
from ledger.store import Ledger
from ledger.tables import accounts, cells, charts, facts, outputs, windows

AWKWARD = [b"", b"\x00", b"\xff\xfe", b"\\x00", b"{NULL}", b"','"]
NAMES = ["", "NULL", "a,b", 'a"b', "a'b", "a\\b", "{a}", "ä €", "%s :x ?"]


def account(key: str, body: bytes | None) -> dict[str, object]:
    return {"stage": "claiming", "key": key, "version": 0, "body": body}


def bodies(ledger: Ledger, *keys: str) -> dict[str, bytes | None]:
    with ledger.transaction() as tx:
        return {row.key: row.body for row in pick(tx, accounts, {"stage": "claiming"}, "key", keys)}


def test_any_bytes_come_back(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, accounts, [account(str(n), body) for n, body in enumerate(AWKWARD)])
    assert list(bodies(ledger, *"012345").values()) == AWKWARD


def test_a_missing_value_among_others_comes_back_as_missing(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, accounts, [account("a", None), account("b", b"state"), account("c", None)])
    assert bodies(ledger, "a", "b", "c") == {"a": None, "b": b"state", "c": None}


def test_a_column_of_nothing_but_missing_values_is_written(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, accounts, [account("a", None), account("b", None)])
    assert bodies(ledger, "a", "b") == {"a": None, "b": None}


def test_any_name_is_found_again(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, accounts, [account(name, name.encode()) for name in NAMES])
    assert bodies(ledger, *NAMES) == {name: name.encode() for name in NAMES}


def test_reserved_words_are_columns(ledger: Ledger) -> None:
    place = {"stage": "claiming", "topic": "t", "part": 0, "first": 0}
    with ledger.transaction() as tx:
        put(tx, facts, [{"window": "2026-09", **place, "body": b"fact"}])
        put(tx, outputs, [{**place, "last": 3, "body": b"said"}])
        put(tx, cells, [{"window": "2026-09", "name": "t", "published": 5, "suppressed": 1, "body": b"table"}])
        found = pick(tx, facts, {"stage": "claiming"}, "window", ["2026-09"])
        assert found[0]._mapping["window"] == "2026-09"


def test_a_row_that_is_there_fails_unless_told_otherwise(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        put(tx, windows, [{"id": "2026-09", "opened": 1, "state": "open"}])
    with pytest.raises(sa.exc.IntegrityError), ledger.transaction() as tx:
        put(tx, windows, [{"id": "2026-09", "opened": 2, "state": "open"}])


@pytest.mark.parametrize(("conflict", "stands"), [("keep", 1), ("replace", 2)])
def test_a_row_that_is_there_is_kept_or_replaced(ledger: Ledger, conflict: str, stands: int) -> None:
    with ledger.transaction() as tx:
        put(tx, windows, [{"id": "2026-09", "opened": 1, "state": "open"}])
        put(tx, windows, [{"id": "2026-09", "opened": 2, "state": "open"}], conflict=conflict)
        assert tx.execute(sa.select(windows.c.opened)).scalar_one() == stands


def test_nothing_wanted_is_nothing_found(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        assert pick(tx, accounts, {"stage": "claiming"}, "key", []) == ()
        put(tx, charts, [])


def test_five_hundred_rows_are_found_by_key(ledger: Ledger) -> None:
    names = [f"account-{n:03d}" for n in range(500)]
    with ledger.transaction() as tx:
        put(tx, accounts, [account(name, name.encode()) for name in names])
    assert list(bodies(ledger, *names)) == names
