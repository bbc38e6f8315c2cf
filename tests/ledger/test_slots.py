"""A slot is leased to one living worker."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from ledger import slots
from ledger.store import Ledger

ELSEWHERE, ALSO_ELSEWHERE = "other-host/7/100", "another-host/7/100"


def lease(ledger: Ledger, owner: str, now_ms: int = 0, slot: str = "1") -> bool:
    return ledger.run(lambda tx: slots.lease(tx, "claiming", slot, owner, now_ms, ttl_ms=1_000))


def test_a_free_slot_is_taken(ledger: Ledger) -> None:
    assert lease(ledger, ELSEWHERE)


def test_a_slot_held_by_a_living_owner_is_refused(ledger: Ledger) -> None:
    lease(ledger, slots.me())
    assert not lease(ledger, ELSEWHERE, now_ms=999)


def test_a_refused_worker_changes_nothing_of_the_lease(ledger: Ledger) -> None:
    lease(ledger, ELSEWHERE)
    lease(ledger, ALSO_ELSEWHERE, now_ms=500)
    assert lease(ledger, ALSO_ELSEWHERE, now_ms=1_000)


def test_a_lease_that_ran_out_is_free(ledger: Ledger) -> None:
    lease(ledger, ELSEWHERE)
    assert lease(ledger, ALSO_ELSEWHERE, now_ms=1_000)


def test_an_owner_renews_its_lease(ledger: Ledger) -> None:
    lease(ledger, ELSEWHERE)
    lease(ledger, ELSEWHERE, now_ms=900)
    assert not lease(ledger, ALSO_ELSEWHERE, now_ms=1_500)


def test_an_owner_whose_slot_was_taken_over_is_told(ledger: Ledger) -> None:
    lease(ledger, ELSEWHERE)
    lease(ledger, ALSO_ELSEWHERE, now_ms=1_000)
    assert not lease(ledger, ELSEWHERE, now_ms=1_500)


def test_slots_and_stages_are_leased_apart(ledger: Ledger) -> None:
    lease(ledger, ELSEWHERE)
    assert lease(ledger, ALSO_ELSEWHERE, slot="2")
    assert ledger.run(lambda tx: slots.lease(tx, "validation", "1", ALSO_ELSEWHERE, 0))


def test_a_released_slot_is_free(ledger: Ledger) -> None:
    lease(ledger, ELSEWHERE)
    ledger.run(lambda tx: slots.release(tx, "claiming", "1", ELSEWHERE))
    assert lease(ledger, ALSO_ELSEWHERE)


def test_nobody_releases_another_s_slot(ledger: Ledger) -> None:
    lease(ledger, ELSEWHERE)
    ledger.run(lambda tx: slots.release(tx, "claiming", "1", ALSO_ELSEWHERE))
    assert not lease(ledger, ALSO_ELSEWHERE)


def test_a_dead_owner_on_this_host_does_not_count(ledger: Ledger) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    lease(ledger, f"{socket.gethostname()}/{gone.pid}/1")
    assert lease(ledger, slots.me())


def test_a_number_that_another_process_has_got_since_does_not_count(ledger: Ledger) -> None:
    lease(ledger, f"{socket.gethostname()}/{os.getpid()}/born-before-us")
    assert lease(ledger, slots.me())


def test_of_two_who_begin_together_one_has_the_slot(ledger: Ledger) -> None:
    together = Barrier(2)

    def begin(owner: str) -> bool:
        together.wait()
        return lease(ledger, owner)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(begin, [ELSEWHERE, ALSO_ELSEWHERE])) == [False, True]
