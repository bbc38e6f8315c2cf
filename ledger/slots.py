"""A worker's slot, leased, so that two don't share one by mistake. What keeps the data right is Kafka's epoch."""

import os
import socket
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ledger.rows import put
from ledger.tables import slots


def me() -> str:
    """This process, told apart from an earlier one with its number by when it was born."""
    return f"{socket.gethostname()}/{os.getpid()}/{_born(os.getpid())}"


def lease(tx: Connection, stage: str, slot: str, owner: str, now_ms: int, *, ttl_ms: int = 15_000) -> bool:
    """Takes or renews the slot until `now_ms + ttl_ms`; false when a living owner holds it."""
    ours = {"stage": stage, "slot": slot, "owner": owner, "until": now_ms + ttl_ms}
    put(tx, slots, [ours], conflict="keep")  # so that there is a row to lock: of two who begin together one waits
    where = (slots.c.stage == stage) & (slots.c.slot == slot)
    held = tx.execute(sa.select(slots.c.owner, slots.c.until).where(where).with_for_update()).one()
    if held.owner != owner and held.until > now_ms and not _dead_here(held.owner):
        return False
    put(tx, slots, [ours], conflict="replace")
    return True


def release(tx: Connection, stage: str, slot: str, owner: str) -> None:
    tx.execute(sa.delete(slots).where(slots.c.stage == stage, slots.c.slot == slot, slots.c.owner == owner))


def _dead_here(owner: str) -> bool:
    """True when the owner ran on this host and its process is gone, so that a restart needs not wait for the lease."""
    host, pid, born = owner.rsplit("/", 2)
    return host == socket.gethostname() and _born(int(pid)) != born


def _born(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except OSError:
        return "gone"
