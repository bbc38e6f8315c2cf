"""A query to a hospital, as the desk shows it."""

from typing import NamedTuple

from agents.assembly import Assembly
from agents.desk import only
from agents.stage import Row
from claims.draft import Draft, place_asked
from ledger import worklist
from schemas.events.coded import Query


class Asked(NamedTuple):
    """A query, and where in its chart stands what it asks about, as far as the desk has that chart."""

    row: Row
    query: Query
    place: str | None


def asked(parts: Assembly, beginning: str) -> Asked | None:
    """The query whose id begins so, and nothing else's at the desk; None where none does."""
    with parts.ledger.reading() as tx:
        rows = worklist.find_queries(tx, beginning)
        if not rows:
            return None
        row = only([*rows, *worklist.find_work(tx, beginning)], beginning, "item or query")
        body = worklist.draft_beside(tx, row)
    query = parts.states.load(Query, bytes(row["body"]))
    return Asked(row, query, place_asked(parts.states.load(Draft, bytes(body)), query) if body else None)
